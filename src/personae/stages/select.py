"""Which users a condition holds for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from personae.errors import UsageError
from personae.model.condition import Compare, Condition, Every, Not
from personae.model.features import Features, Measure
from personae.model.table import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

YES, NO = ("yes", "true", "1", "y", "t"), ("no", "false", "0", "n", "f")
EVENT = "event"
"""The name that stands for what users did, beside the name of the event column itself."""


def select(features: Features, condition: Condition, floor: int) -> tuple[Bools, Bools]:
    """For whom a condition holds (n,), and for whom that is known (n,): an empty value is neither yes nor no.

    A name is a measure, "event" (who did it at least once), or one of the events itself, which is then how often. No answer of
    fewer than `floor` users is suggested. Raises UsageError P002 for an unknown name, P001 for a value that does not fit.
    """
    if isinstance(condition, Compare):
        return _compared(features, condition, floor)
    if isinstance(condition, Not):
        holds, known = select(features, condition.part, floor)
        return known & ~holds, known
    parts = [select(features, p, floor) for p in condition.parts]
    every = isinstance(condition, Every)
    holds, known = parts[0]
    for other, told in parts[1:]:
        if every:  # one sure no is a no
            known, holds = (known & told) | (known & ~holds) | (told & ~other), holds & other & known & told
        else:
            known, holds = (known & told) | (known & holds) | (told & other), (holds & known) | (other & told)
    return holds, known


def only(features: Features, rows: Bools) -> Features:
    """What is known of some users; the ids stay as they are."""
    counts = features.counts
    return replace(
        features,
        counts=replace(counts, matrix=counts.matrix[rows]) if counts is not None else None,
        measures=tuple(replace(m, values=m.values[rows]) for m in features.measures),
    )


def _compared(features: Features, c: Compare, floor: int) -> tuple[Bools, Bools]:
    """One comparison."""
    counts = features.counts
    measure = next((m for m in features.measures if m.name == c.name), None)
    if measure is None and counts is not None and c.name in (EVENT, counts.column):
        return _did(features, c)
    if measure is None and counts is not None and c.name in counts.events:
        times = np.asarray(counts.matrix[:, counts.events.index(c.name)].todense(), np.float64).ravel()
        return _number(times, c), np.ones(len(features), bool)
    if measure is None:
        raise unknown_name(features, c.name)
    if measure.kind in (Kind.TEXT, Kind.EMPTY) and not measure.levels:
        raise UsageError("P001", f'"{c.name}" is free text, which cannot be compared', where="--who", fix="name another column")
    if measure.levels and not np.issubdtype(measure.values.dtype, np.floating):
        return _level(measure, c, floor)
    values = np.asarray(measure.values, np.float64)
    known = np.isfinite(values)
    flag = measure.kind is Kind.BOOLEAN or set(np.unique(values[known]).tolist()) <= {0.0, 1.0}
    made = Compare(c.name, c.op, tuple(_flagged(measure, v) for v in c.values)) if flag else c
    return _number(values, made) & known, known


def unknown_name(features: Features, name: str, where: str = "--who") -> UsageError:
    """P002 with the names that are near."""
    counts = features.counts
    left = next((x for x in features.left_out if x.name == name), None)
    if left is not None:
        return UsageError("P001", f'"{name}" cannot be used: {left.reason}', where=where, fix="name another column")
    there = [m.name for m in features.measures] + (list(counts.events) if counts is not None else [])
    plain = {n.lower(): n for n in there}
    near = [plain[n] for n in get_close_matches(name.lower(), list(plain), 3, 0.5)]
    listed = ", ".join(there[:20]) + (", ..." if len(there) > 20 else "")
    return UsageError(
        "P002",
        f'there is no column, measure or event "{name}"',
        where=where,
        fix=f"did you mean {' or '.join(map(_quoted, near))}?" if near else f"there is {listed}",
    )


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _did(features: Features, c: Compare) -> tuple[Bools, Bools]:
    """Who did one of some events at least once."""
    counts = features.counts
    assert counts is not None  # noqa: S101 - the caller looked
    if c.op not in ("=", "!=", "in"):
        raise UsageError("P001", f'"{c.op}" does not fit an event', where="--who", fix=f'write {c.name} = "{counts.events[0]}"')
    at = [_one_of(v, counts.events, c.name) for v in c.values]
    did = np.asarray((counts.matrix[:, at] > 0).sum(axis=1)).ravel() > 0
    return (~did if c.op == "!=" else did), np.ones(len(features), bool)


def _level(measure: Measure, c: Compare, floor: int) -> tuple[Bools, Bools]:
    """One answer of a category."""
    codes = np.asarray(measure.values)
    known = codes >= 0
    if c.op not in ("=", "!=", "in"):
        raise UsageError(
            "P001", f'"{c.name}" has answers, not amounts, so "{c.op}" does not fit', where="--who", fix="use =, != or in"
        )
    sizes = np.bincount(codes[known], minlength=len(measure.levels))
    often = [v for v, n in zip(measure.levels, sizes) if n >= floor]
    at = [measure.levels.index(v) if v in measure.levels else _one_of(v, often, c.name) for v in c.values]
    holds = np.isin(codes, at)
    return (known & ~holds if c.op == "!=" else known & holds), known


def _one_of(value: str, there: Sequence[str], name: str) -> int:
    """The position of a value; UsageError P001 with near ones."""
    if value in there:
        return list(there).index(value)
    plain = {v.lower(): v for v in there}
    near = get_close_matches(value.lower(), list(plain), 1, 0.5)
    listed = ", ".join(list(there)[:12])
    fix = f'did you mean {name} = "{plain[near[0]]}"?' if near else f"its values are {listed}"
    raise UsageError("P001", f'no {name} is "{value}"', where="--who", fix=fix)


def _flagged(measure: Measure, value: str) -> str:
    """Yes and no of a flag as a number."""
    said = measure.label.rpartition(" = ")[2].lower()
    word = value.lower()
    if word in (said, *YES):
        return "1"
    if word in NO:
        return "0"
    raise UsageError("P001", f'"{measure.name}" is yes or no, not "{value}"', where="--who", fix=f"write {measure.name} = yes")


def _number(values: Floats, c: Compare) -> Bools:
    """A comparison of numbers."""
    made = []
    for v in c.values:
        try:
            made.append(float(v))
        except ValueError:
            fix = f"write a number, such as {c.name} >= 10"
            raise UsageError("P001", f'"{c.name}" holds numbers, and "{v}" is none', where="--who", fix=fix) from None
    with np.errstate(invalid="ignore"):
        first = made[0]
        if c.op == "in":
            return np.isin(values, made)
        if c.op in ("=", "!="):
            return np.asarray(values == first if c.op == "=" else values != first)
        if c.op in ("<", "<="):
            return np.asarray(values < first if c.op == "<" else values <= first)
        return np.asarray(values > first if c.op == ">" else values >= first)
