"""Sums per user over the rows of a log, the same in any order of rows: what the numpy faces of recipes are made of."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.model.recipe import Log

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]


def happened(log: Log, event: str) -> Bools:
    """(rows,) whether a row is of that event; "" stands for all."""
    if not event:
        return np.ones(len(log.user), bool)
    return np.asarray(log.event == (log.events.index(event) if event in log.events else -2))


def has(log: Log, column: str, value: str) -> Bools:
    """(rows,) whether a column holds that value; without a column, all rows."""
    if not column:
        return np.ones(len(log.user), bool)
    codes, levels = log.texts[column]
    return np.asarray(codes == (levels.index(value) if value in levels else -2))


def count(log: Log, rows: Bools | None = None) -> Floats:
    """(users,) rows of each user among `rows`; nan for users without any event."""
    every = np.bincount(log.user, log.n, log.users)
    n = None if log.n is None or rows is None else log.n[rows]
    some = every if rows is None else np.bincount(log.user[rows], n, log.users)
    return np.where(every > 0, some.astype(np.float64), np.nan)


def total(log: Log, values: Floats, rows: Bools) -> Floats:
    """(users,) sum of values (rows,) over `rows`, added from the smallest up; nan where there is nothing to add."""
    who, what = log.user[rows], values[rows]
    order = np.lexsort((what, who))
    sums = np.bincount(who[order], what[order], log.users).astype(np.float64)
    return np.where(np.bincount(who, minlength=log.users) > 0, sums, np.nan)


def over(part: Floats, whole: Floats) -> Floats:
    """part / whole, nan where the whole is nothing."""
    out = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=whole != 0)
    return out


def least(log: Log, values: Any, rows: Bools) -> Floats:
    """(users,) the smallest of values (rows,) over `rows`; nan for users without any."""
    out = np.full(log.users, np.inf)
    np.minimum.at(out, log.user[rows], values[rows].astype(np.float64))
    return np.where(np.isfinite(out), out, np.nan)


def kinds(log: Log, codes: Codes, rows: Bools) -> tuple[Codes, Codes, Floats]:
    """Every different pair of user and code among `rows` that have a code, in order, and how often it comes."""
    some = rows & (codes >= 0)
    pairs = log.user[some].astype(np.int64) << 32 | codes[some]
    found, often = np.unique(pairs, return_counts=True)
    return (found >> 32).astype(np.int32), (found & 0xFFFFFFFF).astype(np.int32), often.astype(np.float64)


def by_user(users: Codes, values: Floats, log: Log) -> Floats:
    """(users,) sum of values of pairs; nan for users without a pair."""
    some = np.bincount(users, minlength=log.users) > 0
    return np.where(some, np.bincount(users, values, log.users).astype(np.float64), np.nan)


def named(*words: str) -> str:
    """The name of a measure: its words as one, "time_to_first_add_to_cart"."""
    return "_".join(re.sub(r"[^\w]+", "_", w).strip("_") for w in words if w)
