"""Columns by their values: constants, numbers without end, values far beyond the others, ids and codes among the measures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from personae.model.inspection import Finding, Number
from personae.model.study import Role
from personae.model.table import Column, Kind, Level, Table
from personae.stages.inspect.view import Checked, View
from personae.stages.roles import unique
from personae.words.findings import quoted, typed

FAR = 1_000
"""Multiple of the median from which the largest value is worth a warning."""
SKEWED = 3.0
"""Skewness (third standardised moment) from which a column is called skewed."""
FEW, STEPS = 5, 11
"""Values of a number that may be a name, and of an answer on a scale, whose tail is no wonder."""
DENSE = 0.5
"""Share of the whole numbers between the lowest and the highest that are taken: more, all different, is a running number."""
LEAST = 50


_USELESS = (
    ("constant", "the same value in every cell"),
    ("nearly constant", "one value for nearly every user"),
    ("empty", "no value"),
)


def constants(view: View) -> Checked:
    """Columns that tell nobody apart (FEA-03)."""
    found = []
    for word, said in _USELESS:
        names = tuple(dict.fromkeys(x.name for x in view.features.left_out if x.reason.partition(":")[0] == word))
        if names:
            verb = "has" if len(names) == 1 else "have"
            found.append(Finding("constant", Level.PASS, (f"{quoted(names)} {verb} {said}",), names, done="left out"))
    return Checked(found, "no constant and no empty column")


def infinite(view: View) -> Checked:
    """Numbers without end and numbers that are none, in columns that can hold them (FEA-01)."""
    found, looked = [], 0
    q = view.engine.quote
    for table in view.tables:
        floats = [c for c in table.columns if c.native in ("FLOAT", "DOUBLE")]
        looked += len(floats)
        for start in range(0, len(floats), 100):
            some = floats[start : start + 100]
            asked = ", ".join(
                f"count_if(isnan({q(c.name)})), count_if({q(c.name)} = 'infinity'), count_if({q(c.name)} = '-infinity')"
                for c in some
            )
            ((*counts,),) = view.engine.rows(f"SELECT {asked} FROM {q(table.relation)}")
            found += [f for i, c in enumerate(some) for f in _endless(table, c, *counts[3 * i : 3 * i + 3])]
    return Checked(found, f"every number of {looked:,} columns is finite" if looked else "")


def _endless(table: Table, column: Column, nan: int, high: int, low: int) -> Iterator[Finding]:
    parts: list[str | Number] = []
    for n, what in ((nan, "value that is not a number"), (high, "infinite value"), (low, "value of minus infinity")):
        if n:
            parts += [", " if parts else "", Number(n), f" {what if n == 1 else _many(what)}"]
    if parts:
        level = Level.WARN if high or low else Level.PASS
        said = (f'"{column.name}" has ', *parts)
        yield Finding("infinite", level, said, (column.name,), table.source, "taken as empty, never as zero")


def _many(what: str) -> str:
    head, _, tail = what.partition("value")
    return f"{head}values{tail.replace(' is ', ' are ').replace('a number', 'numbers')}"


def extremes(view: View) -> Checked:
    """Values far beyond the others, and columns with a long tail."""
    found: list[Finding] = []
    skewed: list[str] = []
    known = view.own | {m.name for m in view.features.forming()}
    taken = [m for m in view.numbers() if m.kind is not Kind.BOOLEAN and m.name in known]
    for m in taken:
        x = np.asarray(m.values)[np.isfinite(m.values)]
        if len(x) < LEAST:
            continue
        positive = x[x > 0]
        if len(positive) >= LEAST and (times := float(x.max() / np.median(positive))) >= FAR:
            more = Number(10.0 ** np.floor(np.log10(times)), "times")
            said = (f'the largest values of "{m.name}" are more than ', more, " the median of those above zero")
            done = "logged and cut at its end, so that one user makes no group" if m.forms else "averages of it lean on a few"
            found.append(Finding("extreme", Level.WARN, said, (m.name,), m.source, done))
        elif m.forms and _skewness(x) >= SKEWED and len(np.unique(x)) > STEPS:
            skewed.append(m.name)
    if skewed:
        names = tuple(skewed)
        verb = "has" if len(names) == 1 else "have"
        tail = (f"{quoted(names)} {verb} a long tail: a few {view.many} have much more than the others",)
        found.append(Finding("extreme", Level.PASS, tail, names, done="logged and cut at its end", flag="--scale changes that"))
    return Checked(found, f"no value of {len(taken):,} numbers is more than {FAR:,} times the median" if taken else "")


def _skewness(x: NDArray[np.float64]) -> float:
    sd = x.std()
    return float(((x - x.mean()) ** 3).mean() / sd**3) if sd > 0 else 0.0


def few(view: View) -> Checked:
    """Numbers of hardly any different values, which may be names."""
    taken = [
        c
        for t, c in view.columns()
        if t.shape == "entities" and c.role is Role.BEHAVIOUR and c.kind.numeric and 2 < c.distinct <= FEW
        and not c.why.startswith("an answer")
    ]  # fmt: skip
    names = tuple(c.name for c in taken)
    if not names:
        return Checked([], "no number takes only a few values")
    said = (
        f"{quoted(names)} {'takes' if len(names) == 1 else 'take'} at most {max(c.distinct for c in taken)} different numbers",
    )
    flag = f"if they are names of something: --describe {typed(names)}" if len(names) <= 4 else "if they are names: --describe"
    return Checked(
        [
            Finding(
                "few", Level.PASS, said, names, done="taken as amounts, spread a little so that ties make no group", flag=flag
            )
        ]
    )


def identifiers(view: View) -> Checked:
    """Columns that only name: running numbers among the measures, ids of other things, ids that were rounded."""
    found = []
    for table, c in view.columns():
        if table.shape == "entities" and c.role in (Role.BEHAVIOUR, Role.VALUE) and _running(c):
            said = (f'"{c.name}" has a different whole number in every row, hardly any left out: a running number, it seems',)
            done = "it forms groups, as an amount"
            found.append(Finding("identifier", Level.WARN, said, (c.name,), table.source, done, f"--ignore {typed((c.name,))}"))
        if c.role is Role.ID and c.native == "VARCHAR" and c.kind is not Kind.EMPTY:
            found += _rounded(view, table, c)
    names = tuple(dict.fromkeys(c.name for _, c in view.columns() if c.role is Role.IGNORE and " id" in f" {c.why}"))
    if names:
        said = (f"{quoted(names)} only {'names' if len(names) == 1 else 'name'} things",)
        found.append(Finding("identifier", Level.PASS, said, names, done="left out: ids form no groups"))
    return Checked(found, "no id among the measures")


def _running(c: Column) -> bool:
    """Whether whole numbers count the rows."""
    if c.kind is not Kind.INTEGER or not unique(c) or c.distinct < LEAST:
        return False
    try:
        width = float(c.high) - float(c.low) + 1
    except ValueError:
        return False
    return bool(c.distinct >= DENSE * width)


def _rounded(view: View, table: Table, c: Column) -> Iterator[Finding]:
    """Ids of 16 digits or more that nearly all end in zeros: a spreadsheet keeps 15 digits (ING-11)."""
    name = view.engine.quote(c.name)
    long = f"regexp_full_match({name}, '[1-9][0-9]{{15,}}')"
    cut = f"regexp_full_match({name}, '[1-9][0-9]{{14}}0+')"
    relation = view.engine.quote(table.ids or table.relation)
    ((n, ends),) = view.engine.rows(f"SELECT count_if({long}), count_if({cut}) FROM {relation}")
    if n >= 20 and ends >= 0.9 * n:
        said = (
            Number(ends, "id"),
            f' of "{c.name}" have 16 digits or more and end in zeros: rounded by a spreadsheet, it seems',
        )
        fix = "export the ids as text"
        yield Finding(
            "identifier", Level.WARN, said, (c.name,), table.source, f"{view.many} whose ids became equal are taken as one", fix
        )


def codes(view: View) -> Checked:
    """Numbers that are names: they carry no order (FEA-04)."""
    names = tuple(dict.fromkeys(c.name for _, c in view.columns() if c.why.startswith("a code")))
    if not names:
        return Checked([], "no number is a code by its name")
    said = (f"{quoted(names)} {'holds' if len(names) == 1 else 'hold'} codes, by the name: numbers that carry no order",)
    done = "taken as names, so 3 is no more than 1; describes only"
    return Checked([Finding("code", Level.PASS, said, names, done=done, flag="to form groups by them: --group-by")])
