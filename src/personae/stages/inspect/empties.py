"""Empty cells: how many, what they go with, and what may stand for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from personae.model.features import Measure
from personae.model.inspection import Finding, Number, Pair
from personae.model.study import Role
from personae.model.table import Column, Kind, Level
from personae.stages.empties import choices
from personae.stages.inspect.pairs import groups
from personae.stages.inspect.view import Checked, View, filled
from personae.words.findings import quoted

SOME, HALF = 0.05, 0.5
"""Share of empty cells that is worth a note, and a warning."""
SIDE = 20
"""Users with an empty cell, and with a full one, below which nothing is said of what emptiness goes with."""
POINTS, SURE = 0.1, 4.0
"""Difference of an outcome (of its standard deviation for a number), and standard errors, that make emptiness telling."""
TIED = 0.95
"""Correlation of flags from which emptiness follows from an answer."""
MOST = 200


def missing(view: View) -> Checked:
    """How much is empty, and whether emptiness itself says something."""
    used = [(t, c) for t, c in view.columns() if c.role not in (Role.ID, Role.IGNORE, Role.TEXT) and c.rows]
    share = {(t.source, c.name): c.empty / c.rows for t, c in used}
    own = [(t, c) for t, c in used if t.shape == "entities"]
    half = [c for t, c in own if share[t.source, c.name] >= HALF]
    some = [c for t, c in own if SOME <= share[t.source, c.name] < HALF]
    part = [c for t, c in used if t.shape == "events" and share[t.source, c.name] >= SOME]
    found = [_much(cs, level, view) for cs, level in ((half, Level.WARN), (some, Level.PASS)) if cs]
    found += [_of_events(part)] if part else []
    gaps = [m for m in view.features.measures if m.name in view.own and _both(~filled(m)[view.sample])]
    found += [*_telling(gaps[:MOST], view), *_together(gaps[:MOST], view)]
    return Checked(found, f"no column of {len(used):,} is empty in more than {SOME:.0%} of its cells".replace("%", " %"))


def _much(columns: Sequence[Column], level: Level, view: View) -> Finding:
    """One finding for all columns with about as many empty cells."""
    ranked = sorted(columns, key=lambda c: -c.empty / c.rows)
    names, shares = tuple(c.name for c in ranked), [Number(c.empty / c.rows, "share", c.rows) for c in (ranked[-1], ranked[0])]
    one = len(ranked) == 1 or round(shares[0].value, 2) == round(shares[1].value, 2)
    amount = (shares[1],) if one else (shares[0], " to ", shares[1])
    forms = any(c.role is Role.BEHAVIOUR and c.name in view.own for c in ranked)
    done = f"empty cells are {_treated(names, view)}" if forms else ""
    said = (f"{quoted(names)} {'is' if len(names) == 1 else 'are'} empty in ", *amount, " of the cells")
    return Finding("missing", level, said, names, done=done, flag="--empty COLUMN=HOW, or --ignore COLUMN" if forms else "")


_DRAWN = "filled by draws from the others, so that they make no group"
_TREATED = {
    "": _DRAWN, "draw": _DRAWN, "median": "filled with the median", "mean": "filled with the mean",
    "mode": "filled with the most frequent value", "zero": "filled with 0", "category": "a category of their own",
    "drop": "a reason to leave the user out",
}  # fmt: skip


def _treated(names: Sequence[str], view: View) -> str:
    """What becomes of the empty cells of some columns, in words."""
    ways = choices(view.study, view.features.forming())
    said = {_TREATED[ways.get(n, "")] for n in names if n in ways} or {_DRAWN}
    return said.pop() if len(said) == 1 else "treated in several ways, as --empty says"


def _of_events(columns: Sequence[Column]) -> Finding:
    """Columns of a log that only some events fill: an amount belongs to orders, not to views."""
    names = tuple(c.name for c in columns)
    shares = sorted(c.empty / c.rows for c in columns)
    low, high = (Number(x, "share", columns[0].rows) for x in (shares[0], shares[-1]))
    amount = (low,) if round(low.value, 2) == round(high.value, 2) else (low, " to ", high)
    said = (f"{quoted(names)} {'is' if len(names) == 1 else 'are'} empty in ", *amount, " of the events")
    return Finding("missing", Level.PASS, said, names, done="sums and means are made of the events that fill it")


def _both(gap: NDArray[np.bool_]) -> bool:
    return bool(SIDE <= gap.sum() <= len(gap) - SIDE)


def _telling(gaps: Sequence[Measure], view: View) -> Iterator[Finding]:
    """Columns whose emptiness goes with an outcome."""
    for y in view.outcomes():
        if y.kind is Kind.CATEGORY:
            continue
        values = np.asarray(y.values[view.sample], np.float64)
        for m in gaps:
            gap = ~filled(m)[view.sample]
            a, b = values[gap & np.isfinite(values)], values[~gap & np.isfinite(values)]
            if min(len(a), len(b)) < SIDE:
                continue
            error = np.sqrt(a.var() / len(a) + b.var() / len(b))
            apart = abs(a.mean() - b.mean())
            scale = 1.0 if y.kind is Kind.BOOLEAN else max(values[np.isfinite(values)].std(), 1e-300)
            if apart >= POINTS * scale and apart >= SURE * error:
                yield _goes_with(m, y, a, b, _treated((m.name,), view))


def _goes_with(m: Measure, y: Measure, a: NDArray[np.float64], b: NDArray[np.float64], treated: str) -> Finding:
    unit = "share" if y.kind is Kind.BOOLEAN else ""
    here, there = (Number(float(x.mean()), unit, len(x) if unit else 0) for x in (a, b))
    said = (f'"{y.label}" is ', here, f' where "{m.name}" is empty and ', there, " where it is not: emptiness says something")
    hides = ", which hides that" if treated.startswith("filled") else ""
    done = f"empty cells are {treated}{hides}" if m.forms else "the column describes only"
    return Finding(
        "missing", Level.WARN, said, (m.name, y.name), done=done, flag=f'--empty "{m.name}=category"' if m.forms else ""
    )


def _together(gaps: Sequence[Measure], view: View) -> Iterator[Finding]:
    """Columns that are empty for the same users, and columns that are empty where another has one answer."""
    if not gaps:
        return
    flags = np.column_stack([~filled(m)[view.sample] for m in gaps]).astype(np.float32)
    z = flags - flags.mean(axis=0)
    z /= np.sqrt((z**2).sum(axis=0))
    phi = z.T @ z
    names = [m.name for m in gaps]
    pairs = [Pair(names[i], names[j], 1.0) for i, j in zip(*np.nonzero(np.triu(phi >= 0.999, 1)))]
    for group in groups(pairs):
        n = Number(int(flags[:, names.index(group[0])].sum()), view.noun)
        said = (f"{quoted(group)} are empty for the same ", n)
        yield Finding("missing", Level.PASS, said, group, done=f"empty cells are {_treated(group, view)}" if view.users else "")
    yield from _follows(gaps, z, view)


def _follows(gaps: Sequence[Measure], z: NDArray[np.float32], view: View) -> Iterator[Finding]:
    """Emptiness that follows from an answer of another column."""
    for a in [m for m in view.categories() if len(m.levels) <= 12][:MOST]:
        codes = np.asarray(a.values[view.sample])
        for level, text in enumerate(a.levels):
            mine = (codes == level).astype(np.float32)
            if not _both(mine > 0):
                continue
            mine -= mine.mean()
            mine /= np.sqrt((mine**2).sum())
            tied = tuple(m.name for m, r in zip(gaps, mine @ z, strict=True) if r >= TIED and m.name != a.name)
            if tied:
                verb = "is" if len(tied) == 1 else "are"
                said = (f'{quoted(tied)} {verb} empty where "{a.name}" is "{text}": not asked, perhaps',)
                yield Finding("missing", Level.PASS, said, (*tied, a.name))


# ---------------------------------------------------------------- what may stand for empty


def markers(view: View) -> Checked:
    """Texts that may mean "empty" (ING-07), and numbers that stand apart as such numbers do."""
    found = [*_texts(view), *_sentinels(view)]
    return Checked(found, "no text or number that may stand for empty")


def _texts(view: View) -> Iterator[Finding]:
    where: dict[str, list[tuple[str, int]]] = {}
    said = {n.words.partition(" stands ")[0].strip('"') for t in view.tables for n in t.notes}
    for _, c in view.columns():
        # Blanks among numbers and dates are empty already; what reading has said is not said again.
        some = [] if c.role in (Role.IGNORE, Role.TEXT) else c.markers
        for text, times in (m for m in some if m[0].strip() and m[0] not in said):
            where.setdefault(text, []).append((c.name, times))
    for text, columns in where.items():
        names = tuple(n for n, _ in columns)
        low, high = (Number(f(n for _, n in columns), "time") for f in (min, max))
        amount = (low,) if low == high else (Number(low.value), " to ", high)
        head = f'column "{names[0]}" has' if len(names) == 1 else f"{len(names):,} columns ({quoted(names, 2)}) have"
        each = "" if len(names) == 1 else " each"
        flag = f"if it means empty: --missing {text!r}"
        yield Finding("marker", Level.PASS, (f"{head} {text!r} ", *amount, each), names, done="taken as an answer", flag=flag)


_HIGH = (9, 99, 999, 9999, 99999, 999999, 88, 888, 8888, 98, 998, 9998, 97, 997, 9997, 77, 777, 7777)


def _sentinels(view: View) -> Iterator[Finding]:
    """Numbers that lie apart from all others and are taken by many: -1 below counts, 999 above ages."""
    where: dict[float, list[tuple[str, int]]] = {}
    for m in view.numbers():
        if m.kind is Kind.BOOLEAN or m.name not in view.own:
            continue
        x = np.asarray(m.values)[np.isfinite(m.values)]
        for v in (x.min(), x.max()) if len(x) else ():
            if _apart(x, float(v)):
                where.setdefault(float(v), []).append((m.name, int((x == v).sum())))
    for v, columns in where.items():
        names, text = tuple(n for n, _ in columns), f"{v:g}"
        n = Number(max(n for _, n in columns), "cell")
        most = " at most" if len(names) > 1 else ""
        words = (
            f"{quoted(names)} {'has' if len(names) == 1 else 'have'} the number {text} in ",
            n,
            f"{most}, far from all others",
        )
        flag = f"if it means empty: --missing={text}"
        yield Finding("marker", Level.WARN, words, names, done="taken as an amount", flag=flag)


def _apart(x: NDArray[np.float64], v: float) -> bool:
    """Whether a number stands for none: negative where no other is, or a row of nines at twice all others or more."""
    rest = x[x != v]
    n = len(x) - len(rest)
    if n < max(10, 0.005 * len(x)) or len(rest) < 10:
        return False
    values = np.unique(rest)
    if len(values) < 5:
        return False
    if v < 0:
        return bool(v in (-1, -9, -99, -999, -9999) and values[0] >= 0 and values[-1] >= 8)
    return bool(v in _HIGH and v == x.max() and v >= 2 * values[-1])
