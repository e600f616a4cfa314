"""What is known of the personas beyond their profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from personae.model.anti import Anti
from personae.model.belief import Foretold
from personae.model.evidence import Evidence
from personae.model.fact import Fact
from personae.model.fairness import Attribute
from personae.model.features import Features
from personae.model.journey import Journeys
from personae.model.loudness import Loudness
from personae.model.offers import Offers
from personae.model.pain import Pain
from personae.model.persona import Profile
from personae.model.quote import Quote
from personae.model.rule import Placement
from personae.model.rule_card import RuleCard
from personae.model.study import Study
from personae.model.table import Table


@dataclass(frozen=True)
class Dossier:
    """What was looked up in the raw data once everybody had a place. Each part is None or empty where the data do not hold it.

    Nothing in it is about a single person, and no number in it rests on fewer users than the floor.
    """

    journeys: Journeys | None = None
    pains: tuple[Pain, ...] = ()
    """What gets in the way, by persona, heaviest first."""
    quotes: tuple[Quote, ...] = ()
    """What users wrote, where they may be quoted."""
    rules: tuple[RuleCard, ...] = ()
    """Each persona as a few conditions that anybody can read."""
    attributes: tuple[Attribute, ...] = ()
    """What the personas give away of who people are."""
    anti: tuple[Anti, ...] = ()
    """Users who are no persona: noise, machines, misuse."""
    worth: tuple[Foretold, ...] = ()
    """What persona and demographics foretell of each outcome, on users held out."""
    offers: Offers | None = None
    """What was offered, and who took it."""
    loudest: tuple[Loudness, ...] = ()
    """How much the busiest users weigh."""
    days: int = 0
    """How many days the data cover; 0 where they have no time."""


@dataclass(frozen=True, eq=False)
class Known:
    """All that a further look at placed users may use. `engine` still holds the tables; `profiles` are in the order of persona
    indices, and `facts` are what was described so far."""

    engine: Any
    tables: tuple[Table, ...]
    features: Features
    placement: Placement
    evidence: Evidence
    profiles: tuple[Profile, ...]
    facts: tuple[Fact, ...]
    study: Study

    @property
    def shown(self) -> tuple[Profile, ...]:
        """The profiles of groups that are large enough to be told of."""
        return tuple(p for p in self.profiles if p.facts)

    @property
    def days(self) -> int:
        """Days that the data cover; 0 where they have no time."""
        window = self.features.window
        return 0 if window is None else window.first_days or window.days
