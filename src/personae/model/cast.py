"""All that reading, scoring, comparing and rendering need of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from personae.model.baseline import Baseline
from personae.model.change import Change
from personae.model.dossier import Dossier
from personae.model.edit import Edit
from personae.model.evidence import Evidence
from personae.model.fact import Fact
from personae.model.features import LeftOut, Window
from personae.model.persona import Member, Persona, Profile, number
from personae.model.rule import Placement, Rule
from personae.model.study import Study
from personae.model.table import Match, Table
from personae.model.worded import Worded

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa


@dataclass(frozen=True)
class Listed:
    """A measure or event as the record keeps it, without values."""

    name: str
    label: str
    role: str
    kind: str
    unit: str
    source: str
    forms: bool


@dataclass(frozen=True, eq=False)
class Cast:
    """The result of a run. `ids` and `placement` list every user once, in the same order."""

    study: Study
    tables: tuple[Table, ...]
    matches: tuple[Match, ...]
    window: Window | None
    measures: tuple[Listed, ...]
    left_out: tuple[LeftOut, ...]
    evidence: Evidence
    rule: Rule | None
    profiles: tuple[Profile, ...]
    facts: tuple[Fact, ...]
    personas: tuple[Persona, ...]
    members: tuple[Member, ...]
    ids: pa.StringArray
    placement: Placement
    warnings: tuple[str, ...]
    versions: Mapping[str, str]
    run: str = ""
    """The run's id, set when it is recorded."""
    leaf: npt.NDArray[np.int32] | None = None
    """(n,) the leaf of the rule's tree each user stands in, where there is a tree."""

    dossier: Dossier = field(default_factory=Dossier)
    """What was looked up in the raw data once everybody had a place."""
    edits: tuple[Edit, ...] = ()
    """What people changed, oldest first; everything above has it applied."""
    worded: Worded | None = None
    """Which language model worded the personas, and when; None where none was asked."""
    change: Change | None = None
    """What is otherwise than in the run that this one is a refresh of; None where it is none."""
    baseline: Baseline | None = None
    """How its measures were spread, for the refresh after it; None in runs recorded before that was kept."""
    since: pa.StringArray | None = None
    """(n,) the id of the run in which each user came into their persona, "" for this one; None where the run is no refresh."""

    @property
    def users(self) -> int:
        """Distinct users in the sources."""
        return len(self.ids)

    @property
    def given(self) -> int:
        """The highest number that a key ever had, as far as it knows."""
        return max(
            [
                self.evidence.given,
                *map(number, (*self.evidence.keys, *(p.key for p in self.personas), *(k for e in self.edits for k in e.made))),
            ]
        )

    def fact(self, id: str) -> Fact:
        """The fact of that id; KeyError when there is none."""
        for f in self.facts:
            if f.id == id:
                return f
        raise KeyError(id)

    def __getitem__(self, name: str | int) -> Persona:
        """A persona by name, key or position."""
        for p in self.personas:
            if name in (p.name, p.key, p.index):
                return p
        raise KeyError(name)
