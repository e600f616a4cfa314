"""Dossier: a further look at placed users in their raw data, each part in a file of its own."""

from __future__ import annotations

from personae.model.dossier import Dossier, Known
from personae.model.fact import Fact


def dossier(known: Known) -> tuple[Dossier, tuple[Fact, ...]]:
    """Every part of the dossier, and the facts that its sentences may cite beside those of the description."""
    return Dossier(), ()
