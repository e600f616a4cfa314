"""Columns that say the same thing twice: copies, answers that always go together, and numbers that rise and fall together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from personae.audit.shapes import MARKERS
from personae.model.features import Measure
from personae.model.inspection import Finding, Pair
from personae.model.table import Kind, Level
from personae.stages.inspect.view import WIDE, Checked, Floats, View, ranks
from personae.words.findings import quoted, typed
from personae.words.names import plural

COPY, SAME, TOGETHER = 0.999, 0.99, 0.9
"""Rank correlation of copies, share of equal rows of copies, rank correlation that is worth a note (Spearman)."""
LEAST = 30
"""Users with both values below which two columns are not compared."""
ANSWERS = 500
"""Answers of categories that are compared with each other."""


def numbers(view: View) -> Checked:
    """Numbers that are copies, or rise and fall together; those that form groups, and columns of tables."""
    dates = {c.name for _, c in view.columns() if c.kind in (Kind.DATE, Kind.TIMESTAMP)}
    asked = [m for m in view.numbers() if m.kind is not Kind.BOOLEAN and (m.forms or m.name in view.own)]
    taken = [m for m in asked if m.name not in dates]
    names, counts = view.events
    columns = [np.asarray(m.values[view.sample], np.float64) for m in taken] + list(counts.T)
    if len(columns) < 2:
        return Checked(list(_exact(view)))
    told = _Told(tuple(m.name for m in taken) + names, {m.name for m in taken if m.forms} | set(names), view.sources)
    bound = f"the first {WIDE} of {len(columns):,} columns were compared in pairs" if len(columns) > WIDE else ""
    x = np.column_stack(columns[:WIDE])
    rho = ranked(x)
    at = zip(*np.nonzero(np.triu(np.abs(rho) >= TOGETHER, 1)), strict=True)
    found = [(int(i), int(j), float(rho[i, j])) for i, j in at if not told.one_column(int(i), int(j))]
    pairs = [Pair(told.names[i], told.names[j], r) for i, j, r in found]
    equal = {(p.first, p.second) for p, (i, j, _) in zip(pairs, found, strict=True) if _equal(x, i, j) >= SAME}
    copies = [p for p in pairs if abs(p.rho) >= COPY or (p.first, p.second) in equal]
    alike = groups(copies)
    spare = {n for g in alike for n in g[1:]}
    others = [p for p in pairs if p not in copies and not {p.first, p.second} & spare]
    said = [_copied(g, copies, equal, told) for g in alike] + [_together(g, others, told) for g in groups(others)]
    looked = f"no two of {min(len(columns), WIDE):,} numbers rise and fall together"
    return Checked([*_exact(view), *said], looked, bound, tuple(sorted(pairs, key=lambda p: (-abs(p.rho), p.first, p.second))))


@dataclass(frozen=True)
class _Told:
    """Names of what is compared, which of it forms groups, and the columns that measures were made of."""

    names: tuple[str, ...]
    forming: set[str]
    sources: Mapping[str, str]

    def one_column(self, i: int, j: int) -> bool:
        """Whether both are made of one column, such as its total and its mean."""
        a, b = (self.sources.get(self.names[k], "") for k in (i, j))
        return bool(a) and a == b

    def leave_out(self, names: Sequence[str]) -> str:
        """The flag that leaves out all but the first; "" where one of them is no column."""
        columns = tuple(dict.fromkeys(self.sources.get(n, "") for n in names if n in self.forming))[1:]
        return f"--ignore {typed(columns)}" if columns and all(columns) and len(columns) <= 4 else ""


def ranked(x: Floats) -> Floats:
    """Spearman's rank correlation of columns (n, m) with empty cells as (m, m); 0 where too few users have both."""
    there = np.isfinite(x)
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        if _varies(x[there[:, j], j]):
            r = ranks(x[there[:, j], j])
            sd = r.std()
            z[there[:, j], j] = (r - r.mean()) / sd if sd > 0 else 0.0
    mask = there.astype(np.float64)
    both = mask.T @ mask
    size = np.sqrt((z**2).T @ mask)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = (z.T @ z) / (size * size.T)
    rho[(both < max(LEAST, 0.05 * len(x))) | ~np.isfinite(rho)] = 0.0
    return np.asarray(rho)


def _varies(values: Floats) -> bool:
    """Whether enough users have another value than the most frequent one to say that a column goes with another."""
    return len(values) > 1 and len(values) - int(np.unique(values, return_counts=True)[1].max()) >= LEAST // 2


def _equal(x: Floats, i: int, j: int) -> float:
    """The share of users with both values whose values are equal; 0 where one of the columns has hardly more than one value."""
    both = np.isfinite(x[:, i]) & np.isfinite(x[:, j])
    a, b = x[both, i], x[both, j]
    usual = np.unique(a, return_counts=True)[1].max() / len(a)
    return float((a == b).mean()) if usual < 0.95 else 0.0


def groups(pairs: Iterable[Pair]) -> list[tuple[str, ...]]:
    """Names that pairs tie together, in the order in which they appear."""
    home: dict[str, list[str]] = {}
    for p in pairs:
        a, b = home.setdefault(p.first, [p.first]), home.setdefault(p.second, [p.second])
        if a is not b:
            a += b
            for name in b:
                home[name] = a
    return [tuple(g) for g in {id(g): g for g in home.values()}.values()]


def _exact(view: View) -> Iterator[Finding]:
    """Columns that were left out as copies."""
    for left in view.features.left_out:
        before, mark, other = left.reason.partition("copy of ")
        if mark and not before:
            said = (f'"{left.name}" is a copy of "{other}": the same value for every {view.noun}',)
            yield Finding("copy", Level.PASS, said, (left.name, other), done=f'"{left.name}" is left out')


def _copied(names: tuple[str, ...], pairs: Sequence[Pair], equal: set[tuple[str, str]], told: _Told) -> Finding:
    mine = [p for p in pairs if p.first in names]
    same = all((p.first, p.second) in equal for p in mine)
    how = "hold nearly the same values" if same else "are in the same order: one follows from the other"
    if any(p.rho < 0 for p in mine):
        how = "are in opposite order: one follows from the other"
    form = tuple(n for n in names if n in told.forming)
    twice = len(form) > 1
    done = (
        f"{len(form)} form groups, so what they say weighs {len(form)} times" if twice else "at most one of them forms groups"
    )
    flag = told.leave_out(names) if twice else ""
    # Habits of a log that say one thing are for the tool to weigh: nobody can leave them out.
    level = Level.WARN if flag else Level.PASS
    return Finding("copy", level, (f"{quoted(names)} {how}",), names, done=done, flag=flag)


def _together(names: tuple[str, ...], pairs: Sequence[Pair], told: _Told) -> Finding:
    mine = [abs(p.rho) for p in pairs if p.first in names and p.second in names]
    low, high = round(min(mine), 2), round(max(mine), 2)
    between = f"{high:.2f}" if low == high else f"{low:.2f} to {high:.2f}"
    form = tuple(n for n in names if n in told.forming)
    done = "they pull in one direction, which weighs as much as all of them" if len(form) > 1 else "at most one forms groups"
    said = (f"{quoted(names)} rise and fall together (rank correlation {between})",)
    flag = told.leave_out(names) if len(form) > 1 else ""
    return Finding("correlated", Level.PASS, said, names, done=done, flag=flag)


# ---------------------------------------------------------------- categories


def answers(view: View) -> Checked:
    """Categories that are each other under other names, and answers that the same users give in several columns."""
    taken = view.categories()[:WIDE]
    if len(taken) < 2:
        return Checked()
    found, tied = [], set()
    for a, b in combinations(taken[:60], 2):
        if _named_twice(a, b, view):
            tied |= {a.name, b.name}
            both = a.forms and b.forms
            done = "both form groups, so what they say weighs twice" if both else "at most one of them forms groups"
            said = (f'"{a.name}" and "{b.name}" are one thing under two names: each answer of one goes with one of the other',)
            flag = f"--ignore {typed((b.name,))}" if both else ""
            found.append(Finding("copy", Level.WARN if both else Level.PASS, said, (a.name, b.name), done=done, flag=flag))
    found += _repeated([m for m in taken if m.name not in tied], view)
    return Checked(found, f"no two of {len(taken):,} categories say the same")


def _named_twice(a: Measure, b: Measure, view: View) -> bool:
    """Whether each level of one goes with one level of the other, and back."""
    if not 3 <= len(a.levels) == len(b.levels) <= 60:
        return False
    x, y = (np.asarray(m.values[view.sample], np.int64) for m in (a, b))
    both = (x >= 0) & (y >= 0)
    if both.sum() < LEAST:
        return False
    cross = np.bincount(x[both] * len(b.levels) + y[both], minlength=len(a.levels) * len(b.levels))
    table = cross.reshape(len(a.levels), len(b.levels))
    total = table.sum()
    if table.sum(axis=1).max() > 0.95 * total:
        return False
    return bool(table.max(axis=1).sum() >= 0.995 * total and table.max(axis=0).sum() >= 0.995 * total)


def _repeated(taken: Sequence[Measure], view: View) -> list[Finding]:
    """Answers of three columns or more that the same users give."""
    least = max(view.study.floor, 10)
    marks: list[NDArray[np.float32]] = []
    names: list[str] = []
    said: dict[str, str] = {}
    for i, m in enumerate(taken):
        codes = np.asarray(m.values[view.sample])
        for level, text in enumerate(m.levels):
            if text.strip().lower() in MARKERS:
                continue
            mine = codes == level
            if least <= mine.sum() <= len(codes) - least and len(marks) < ANSWERS:
                names.append(f"{i}={text}")
                said[names[-1]] = m.name
                marks.append(mine.astype(np.float32))
    if len(marks) < 2:
        return []
    z = np.column_stack(marks)
    z -= z.mean(axis=0)
    z /= np.sqrt((z**2).sum(axis=0))
    phi = z.T @ z
    pairs = [Pair(names[i], names[j], float(phi[i, j])) for i, j in zip(*np.nonzero(np.triu(phi >= SAME, 1)))]
    return [
        f for g in groups(p for p in pairs if said[p.first] != said[p.second]) for f in _answered(g, said, taken, view.noun)
    ]


def _answered(group: tuple[str, ...], said: dict[str, str], taken: Sequence[Measure], noun: str) -> Iterator[Finding]:
    columns = tuple(dict.fromkeys(said[g] for g in group))
    forming = tuple(m.name for m in taken if m.forms and m.name in columns)
    if len(columns) < 3 and len(forming) < 2:
        return
    texts = tuple(dict.fromkeys(g.partition("=")[2] for g in group))
    level = Level.WARN if len(forming) > 2 else Level.PASS
    words = (f"the same {plural(noun)} have {quoted(texts, 3)} in {len(columns)} columns: {quoted(columns)}",)
    done = f"what they share weighs {len(forming)} times in the groups" if len(forming) > 1 else "it weighs once"
    flag = "to let it weigh less: --ignore COLUMN" if len(forming) > 1 else ""
    yield Finding("repeated", level, words, columns, done=done, flag=flag)
