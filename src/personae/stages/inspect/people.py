"""Personal data by what stands in the cells, and what nobody may be grouped by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from personae.model import personal
from personae.model.inspection import Finding, Number
from personae.model.study import Role
from personae.model.table import Column, Kind, Level, Table
from personae.model.vocabulary import Topic, topics
from personae.stages.inspect.view import Checked, View
from personae.stages.roles import is_personal
from personae.words.findings import quoted

DIFFERENT, LONGEST = 200_000, 10_000
"""Different texts of a column that are read, the most frequent ones, and characters of each."""
CARD = 13
"""Digits of the shortest payment card."""
MOST = 0.7
"""Share of different texts written like names from which a column holds names."""
_UNLIKE = frozenset({Topic.ITEM, Topic.EVENT, Topic.THING, Topic.DEMOGRAPHIC, Topic.CODE, Topic.CALENDAR, Topic.OUTCOME})
_USED = (Role.BEHAVIOUR, Role.ATTITUDE, Role.DEMOGRAPHIC, Role.EVENT, Role.OUTCOME)


def personal_data(view: View) -> Checked:
    """One finding a column that holds mail addresses, telephone numbers, accounts, cards or names."""
    found, looked, many = [], 0, []
    for table, column in view.columns():
        if column.native != "VARCHAR" or column.kind in _NEVER:
            continue
        looked += 1
        if column.kind is Kind.INTEGER and len(column.high) < CARD:
            continue
        if column.distinct > DIFFERENT and not column.kind.numeric:
            many.append(column.name)
        found += list(_judged(table, column, _texts(view, table, column)))
    bound = f"personal data were looked for in the {DIFFERENT:,} most frequent texts of {quoted(tuple(many))}" if many else ""
    return Checked(found, f"no personal data in the cells of {looked:,} columns", bound)


_NEVER = (Kind.EMPTY, Kind.DATE, Kind.TIMESTAMP, Kind.BOOLEAN, Kind.DECIMAL)


def _texts(view: View, table: Table, column: Column) -> Mapping[str, int]:
    """Different texts of a column with the cells that hold them. Whole numbers can only be cards, which are long."""
    name, relation = view.engine.quote(column.name), view.engine.quote(table.relation)
    where = f"length(v) BETWEEN {CARD} AND 19" if column.kind is Kind.INTEGER else "v <> ''"
    found = view.engine.rows(
        f"SELECT substr(v, 1, {LONGEST}), n FROM (SELECT v, count(*) AS n FROM (SELECT {name} AS v FROM {relation}) "
        f"WHERE {where} GROUP BY v) ORDER BY n DESC, v LIMIT {DIFFERENT}"
    )
    return {str(v): int(n) for v, n in found}


def _judged(table: Table, column: Column, texts: Mapping[str, int]) -> Iterator[Finding]:
    cells: Counter[str] = Counter()
    for text, n in texts.items():
        for kind in personal.kinds(text):
            cells[kind] += n
    filled = max(sum(texts.values()), 1)
    few = {k for k, n in cells.items() if k in ("network address", "payment card") and n < 0.5 * filled}
    held = {k: n for k, n in cells.items() if k not in few}
    named = is_personal(column) or (
        column.role is not Role.ID and Topic.PERSONAL in topics(column.name) and column.why == "personal data"
    )
    if not held and _names(column, texts):
        held = {"name": sum(n for t, n in texts.items() if personal.names(t))}
    if held:
        yield _finding(table, column, held)
    elif named:
        said = (f'"{column.name}" holds personal data, by its name',)
        yield Finding("personal", Level.PASS, said, (column.name,), table.source, _done(column))


def _names(column: Column, texts: Mapping[str, int]) -> bool:
    """Whether a column holds names of people: many different texts, most of them written like names, and not of things."""
    if column.kind not in (Kind.TEXT, Kind.CATEGORY) or column.role is Role.ID or topics(column.name) & _UNLIKE:
        return False
    if column.distinct < 20 or column.distinct < 0.5 * (column.rows - column.empty):
        return False
    return sum(bool(personal.names(t)) for t in texts) >= MOST * len(texts)


def _finding(table: Table, column: Column, held: Mapping[str, int]) -> Finding:
    ranked = sorted(held.items(), key=lambda kn: (-kn[1], kn[0]))
    parts: list[str | Number] = []
    for i, (kind, n) in enumerate(ranked):
        parts += [" and " if i else "", Number(n, kind)]
    used = column.role in _USED
    said = (f'"{column.name}" holds ', *parts)
    flag = f'--ignore "{column.name}"' if used else ""
    return Finding("personal", Level.WARN if used else Level.PASS, said, (column.name,), table.source, _done(column), flag)


def _done(column: Column) -> str:
    """What becomes of the column."""
    if column.role is Role.ID:
        return "it tells users apart; ids are never shown, and stand in users.csv and private/ only"
    if column.role in _USED:
        return "its values are used as answers; in the report they appear only where many users share one"
    return "it forms no groups and describes none; masked here, not in the report"


def sensitive(view: View) -> Checked:
    """What says of people that nobody may be grouped by: kept out, or let in for a written reason (R48)."""
    told = [(t, c) for t, c in view.columns() if c.why.startswith("sensitive") or "forms groups because you said" in c.why]
    found = []
    for level, mine, done, flag in (
        (Level.PASS, [c.name for _, c in told if c.why.startswith("sensitive")], "kept out of the groups: describes only",
         'to group by it all the same, give your reason: --override "why" --group-by COLUMN'),
        (Level.WARN, [c.name for _, c in told if not c.why.startswith("sensitive")],
         f"forms groups because you said: {view.study.override}", ""),
    ):  # fmt: skip
        if mine:
            said = (f"{quoted(tuple(mine))} {'says' if len(mine) == 1 else 'say'} who people are or what they believe",)
            found.append(Finding("sensitive", level, said, tuple(mine), done=done, flag=flag))
    return Checked(found, "no column about health, belief, origin or orientation")
