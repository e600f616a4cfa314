"""Dossier: a further look at placed users in their raw data, each part in a file of its own."""

from __future__ import annotations

from personae.model.dossier import Dossier, Known
from personae.model.fact import Fact
from personae.model.vocabulary import is_thing
from personae.stages.anti import anti
from personae.stages.fairness import fairness
from personae.stages.journeys import journeys
from personae.stages.loudest import loudest
from personae.stages.offers import offers
from personae.stages.pains import pains
from personae.stages.quotes import quotes
from personae.stages.retention import retention
from personae.stages.rule_cards import rule_cards
from personae.stages.value import value
from personae.stages.worth import worth


def dossier(known: Known) -> tuple[Dossier, tuple[Fact, ...]]:
    """Every part of the dossier, and the facts that its sentences may cite beside those of the description."""
    things = is_thing(known.study.entity)
    ways, walked = (None, ()) if things else journeys(known)
    hindered, felt = ((), ()) if things else pains(known, ways, walked)
    offered, taken = offers(known)
    found = Dossier(
        days=known.days,
        journeys=ways,
        offers=offered,
        loudest=loudest(known),
        pains=hindered,
        quotes=() if things else quotes(known),
        rules=rule_cards(known),
        attributes=() if things else fairness(known),
        anti=() if things else anti(known),
        worth=worth(known),
    )
    return found, (*walked, *felt, *taken, *value(known), *retention(known))
