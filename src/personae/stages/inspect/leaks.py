"""Columns that give an outcome away: a group formed by them is the outcome under another name.

Each column alone predicts the outcome: the mean outcome of each of its values (or of 50 ranges of them, empty being one
more) is learnt on one half of the users and tried on the other, both ways. For an outcome of two answers the strength is the
share of pairs, one user with and one without, that come out in the right order (the area under the ROC curve, Hanley & McNeil
1982; 0.5 is a coin); for a number it is the share of the variance of its ranks that is explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from personae.model.features import Measure
from personae.model.inspection import Finding, Number
from personae.model.study import Role
from personae.model.table import Kind, Level
from personae.model.vocabulary import words
from personae.stages.inspect.view import Checked, Floats, View, ranks
from personae.words.findings import quoted, typed

STRONG, NOTABLE, LATE = 0.98, 0.85, 0.75
"""Strength from which a column stops the run, is warned of, and is warned of when its name says that it was known late. The
strongest honest column of the public data sets reaches 0.95 (detergents bought, against the sales channel)."""
SIDE = 20
"""Users that an outcome must have, and must not have, in each half."""
RANGES = 50
_LATE = """duration length elapsed reason cancel cancelled canceled cancellation closed closing ended exit exited termination
    terminated refund refunded resolution resolved result final last recovered collected dauer grund kuendigungsgrund ende
    raison motif duree motivo duracion duracao"""
_AFTER = frozenset(_LATE.split())
"""Words of a name that say that its value was known late."""


@dataclass(frozen=True, eq=False)
class Clue:
    """One column as codes (n,), and whether it forms groups; `event` marks a kind of event."""

    name: str
    label: str
    codes: NDArray[np.int64]
    forms: bool
    event: bool = False
    query: str = ""


def leaks(view: View) -> Checked:
    """One finding a column that gives an outcome away."""
    asked = [m for m in view.outcomes() if not m.query.endswith(_SILENCE)]
    targets = [t for m in asked for t in [_target(m, view)] if t is not None]
    copies = list(_copies(view))
    if not targets:
        untested = "no column was tested for giving an outcome away: no outcome is known that enough users have and have not"
        return Checked(copies, "", f"{untested} (--outcome COLUMN)")
    clues = list(_clues(view))
    found = [
        f for y, values, binary in targets for c in clues if not _made_of(y, c) for f in _judged(c, y, values, binary, view)
    ]
    many = f"{len(clues):,} columns and events" if view.events[0] else f"{len(clues):,} columns"
    looked = f"none of {many} gives {quoted(tuple(m.name for m, _, _ in targets))} away"
    return Checked(copies + found, looked)


_SILENCE = " is not empty"
"""How the query of a measure ends that says who answered: the other answers of a survey are empty for the same people."""
_MADE = re.compile(r"(: (promoter|passive|detractor|% of .*)| is not empty| is [\d.]+ or [\d.]+)$")
"""How the query of a measure ends that was made of answers: the share of promoters, of the two highest answers."""


def _made_of(outcome: Measure, clue: Clue) -> bool:
    """Whether both were made of one column, such as "satisfaction: top two" of "satisfaction"."""
    return bool(clue.query) and _MADE.sub("", outcome.query) == _MADE.sub("", clue.query)


def _copies(view: View) -> Iterator[Finding]:
    """Columns that are an outcome, value by value, under another name."""
    outcomes = {c.name for _, c in view.columns() if c.role is Role.OUTCOME}
    forming = {m.name for m in view.features.measures if m.forms}
    for left in view.features.left_out:
        before, mark, other = left.reason.partition("copy of ")
        if mark and not before and left.name in outcomes and other in forming:
            said = (f'"{other}" is the outcome "{left.name}" itself: the same value for every {view.noun}',)
            yield _finding(Level.STOP, said, other, "groups formed by it would be the outcome under another name", other)


def _target(m: Measure, view: View) -> tuple[Measure, Floats, bool] | None:
    """An outcome as numbers of the sampled users (n, k), nan for empty; None where too few have it, or too few have not."""
    values = np.asarray(m.values[view.sample], np.float64)
    if m.kind is Kind.CATEGORY:
        one = np.where(values[:, None] < 0, np.nan, values[:, None] == np.arange(len(m.levels)))
    else:
        one = values[:, None].copy()
    binary = m.kind in (Kind.CATEGORY, Kind.BOOLEAN) or len(np.unique(values[np.isfinite(values)])) == 2
    if binary:
        low = np.nanmin(one, initial=np.inf, axis=0)
        yes = np.nansum(one > low, axis=0)
        no = np.isfinite(one).sum(axis=0) - yes
        one = one[:, (yes >= 2 * SIDE) & (no >= 2 * SIDE)]
    else:
        there = np.isfinite(values)
        if there.sum() < 4 * SIDE:
            return None
        one[there, 0] = ranks(values[there])
    return (m, one, binary) if one.shape[1] else None


def _clues(view: View) -> Iterator[Clue]:
    """Every column and kind of event that is not an outcome, as codes."""
    for m in view.numbers():
        yield Clue(m.name, m.label, ranges(np.asarray(m.values[view.sample], np.float64)), m.forms, query=m.query)
    for m in view.categories():
        yield Clue(m.name, m.label, np.asarray(m.values[view.sample], np.int64) + 1, m.forms, query=m.query)
    names, counts = view.events
    for i, name in enumerate(names):
        yield Clue(name, name, ranges(counts[:, i]), True, True)


def ranges(values: Floats, most: int = RANGES) -> NDArray[np.int64]:
    """Numbers as codes: each value its own where they are few, else ranges of 20 users or more; empty is 0."""
    there = np.isfinite(values)
    some = np.unique(values[there])
    most = min(most, max(int(there.sum()) // SIDE, 2))
    if len(some) > most:
        some = np.unique(np.quantile(values[there], np.linspace(0, 1, most + 1)[1:-1]))
        codes = np.searchsorted(some, values, side="right") + 1
    else:
        codes = np.searchsorted(some, values) + 1
    return np.where(there, codes, 0).astype(np.int64)


def strength(codes: NDArray[np.int64], outcome: Floats, binary: bool) -> float:
    """How well codes alone (n,) tell the columns of an outcome (n, k), on users that were not learnt from; 0 to 1."""
    half = np.arange(len(codes)) % 2
    told = []
    for j in range(outcome.shape[1]):
        y = outcome[:, j]
        there = np.isfinite(y)
        parts = [_tried(codes, y, there & (half == h), there & (half != h), binary) for h in (0, 1)]
        told.append((float(np.mean(parts)), int(there.sum())))
    return float(np.average([t for t, _ in told], weights=[n for _, n in told]))


def _tried(codes: NDArray[np.int64], y: Floats, learn: NDArray[np.bool_], on: NDArray[np.bool_], binary: bool) -> float:
    size = int(codes.max()) + 1
    n = np.bincount(codes[learn], minlength=size)
    total = np.bincount(codes[learn], y[learn], minlength=size)
    mean = y[learn].mean()
    score = ((total + mean) / (n + 1))[codes[on]]
    if binary:
        return _order(score, y[on] > y[on].min())
    rest = ((y[on] - score) ** 2).sum() / max(((y[on] - y[on].mean()) ** 2).sum(), 1e-300)
    return float(max(0.0, 1 - rest))


def _order(score: Floats, yes: NDArray[np.bool_]) -> float:
    """The share of pairs in the right order; ties count half."""
    n, m = int(yes.sum()), int((~yes).sum())
    if not n or not m:
        return 0.5
    return float((ranks(score)[yes].sum() - n * (n + 1) / 2) / (n * m))


def _judged(clue: Clue, outcome: Measure, values: Floats, binary: bool, view: View) -> Iterator[Finding]:
    """A finding where a column tells too much."""
    s = strength(clue.codes, values, binary)
    late = bool(_AFTER & set(words(clue.name)))
    if s < (LATE if late and binary else NOTABLE) or (s < STRONG and not clue.forms):
        return
    how: tuple[str | Number, ...]
    if binary:
        right = round(100 * s)
        how = (f" alone puts {right} of 100 pairs of {view.many}, one with and one without, in the right order (a coin: 50)",)
    else:
        how = (" alone explains ", Number(s, "share"), " of the differences in it")
    what = f'event "{clue.name}"' if clue.event else f'"{clue.name}"'
    if s >= STRONG:
        said = (f'{what} gives the outcome "{outcome.name}" away: it', *how)
    else:
        said = (f'{what} tells much of the outcome "{outcome.name}": it', *how)
    hint = ", and its name says that it may be known only afterwards" if late else ""
    done = "it forms groups, so they would be the outcome under another name" if clue.forms else "it describes only"
    if s < STRONG:
        done = "it forms groups; leave it out if it is known only after the outcome"
    level = Level.STOP if s >= STRONG and clue.forms else Level.WARN
    yield _finding(level, (*said, hint), clue.name, done, "" if clue.event else view.sources.get(clue.name, ""))


def _finding(level: Level, said: tuple[str | Number, ...], name: str, done: str, column: str) -> Finding:
    """A finding with the flags that leave the column out, where it is one, or go on all the same."""
    leave = f"--ignore {typed((column,))}" if column else ""
    go_on = f"--accept {typed((f'leak:{name}',))}" if level is Level.STOP else ""
    return Finding("leak", level, said, (name,), done=done, flag=" or ".join(f for f in (leave, go_on) if f))
