"""Dossier: a further look at placed users in their raw data, each part in a file of its own."""

from __future__ import annotations

from personae.model.dossier import Dossier, Known
from personae.model.fact import Fact
from personae.model.vocabulary import is_thing
from personae.stages.pains import pains


def dossier(known: Known) -> tuple[Dossier, tuple[Fact, ...]]:
    """Every part of the dossier, and the facts that its sentences may cite beside those of the description."""
    hindered, felt = ((), ()) if is_thing(known.study.entity) else pains(known, None, ())
    return Dossier(pains=hindered), (*felt,)
