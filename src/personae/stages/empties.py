"""What stands for an empty cell, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from personae.errors import UsageError
from personae.model.features import Features, Measure
from personae.model.study import Study
from personae.model.table import Kind

HOWS = ("draw", "median", "mean", "mode", "category", "zero", "drop")
USUAL = ""
"""Lent by somebody alike while groups are looked for, the middle of the column when users are placed."""
_NUMBERS = ("median", "mean", "zero")
"""Ways that only a number has."""


def choices(study: Study, measures: Sequence[Measure]) -> dict[str, str]:
    """How the empty cells of each measure are treated, by its name; "" is the usual way.

    A way without a column counts for all columns that can take it. Raises UsageError P001 for a way or column that is unknown,
    and where a category is to get a median, a mean or a zero.
    """
    plain = [e for e in study.empty if "=" not in e]
    said = {n.strip(): h.strip() for n, h in (e.rsplit("=", 1) for e in study.empty if "=" in e)}
    for how in (*plain, *said.values()):
        if how not in HOWS:
            what = f"{how!r} is no way to treat an empty cell"
            raise UsageError("P001", what, where="--empty", fix=f"one of {', '.join(HOWS)}")
    if len(plain) > 1:
        raise UsageError("P001", f"{plain[0]} and {plain[1]} are both for all columns", where="--empty", fix="COLUMN=WAY")
    known = {m.name: m for m in measures}
    for name, how in said.items():
        if name not in known:
            _unknown(name, measures)
        if known[name].kind is Kind.CATEGORY and how in _NUMBERS:
            what = f'"{name}" is a category, which has no {how}'
            raise UsageError("P001", what, where="--empty", fix=f"--empty {name}=mode, or category, draw, drop")
    everyone = plain[0] if plain else USUAL
    return {m.name: said.get(m.name, _fitting(everyone, m)) for m in measures}


def _fitting(how: str, measure: Measure) -> str:
    """The way for all columns, as far as this one can take it: a category has a mode where a number has a median."""
    if measure.kind is not Kind.CATEGORY or how not in _NUMBERS:
        return how
    return USUAL if how == "zero" else "mode"


def _unknown(name: str, measures: Sequence[Measure]) -> None:
    from difflib import get_close_matches

    names = [m.name for m in measures]
    near = get_close_matches(name, names, 1, 0.5)
    listed = f"the columns that form groups are {', '.join(names[:20])}" if names else "none with empty cells: leave it out"
    fix = f"did you mean --empty {near[0]}=...?" if near else listed
    raise UsageError("P001", f'there is no column "{name}" that forms groups', where="--empty", fix=fix)


def empty(measure: Measure) -> NDArray[np.bool_]:
    """Which users (n,) have no value."""
    values = np.asarray(measure.values)
    return np.asarray(values < 0 if measure.kind is Kind.CATEGORY else np.isnan(values))


def lacking(features: Features, ways: Mapping[str, str]) -> NDArray[np.bool_]:
    """Which users (n,) are left out because a column that was to be dropped where empty is empty for them."""
    out = np.zeros(len(features), bool)
    for m in features.forming():
        if ways[m.name] == "drop":
            out |= empty(m)
    return out
