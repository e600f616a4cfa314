"""The same users grouped by the other methods: one fit serves both the comparison of methods and the worlds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from personae import plugins
from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.trial import Case
from personae.stages.plan import FAMILIES, PART
from personae.stages.search import each, fitted, unsized

Made = Mapping[str, Clustering | str]


FLAT = 3
"""Directions up to which peaks of the density can be counted."""


def others(case: Case) -> Made:
    """One method of each family but the run's own, at the same number of groups or the number it finds itself, on the first
    `PART` users, who are a random sample: its grouping, or why there is none."""
    space = part(case)
    known = {n.replace("_", "-") for n in plugins.names("methods")}
    names = [n for _, members in FAMILIES for n in members if n in known and n != case.best.clustering.method]
    return dict(zip(names, each(lambda name: attempt(space, name, case), names), strict=True))


def part(case: Case) -> Space:
    """The first `PART` of the searched users."""
    return case.space.only(np.arange(min(PART, len(case.space.rows))))


def attempt(space: Space, name: str, case: Case) -> Clustering | str:
    """A method's grouping of a space, or why there is none. Peaks are counted where directions are few: elsewhere mean shift
    costs as much as all the others and finds one."""
    if name == "meanshift" and not (space.numeric and space.scores.shape[1] <= FLAT):
        return f"peaks of the density can be counted in up to {FLAT} directions of numbers"
    size = 0 if unsized(name) else case.best.clustering.size
    try:
        return fitted(space, name, size, case.study.seed, asked(space, name))
    except Refused as no:
        return no.reason


def asked(space: Space, name: str) -> dict[str, Any]:
    """The options a method is asked with: as the search asks k-means, and every other one by its own defaults."""
    return {"refine": True} if name == "kmeans" and not space.counted and not space.textbook else {}
