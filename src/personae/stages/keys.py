"""Which column is the id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from personae.audit.ids import exact_ids
from personae.errors import DataError, UsageError
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Level, Note, Table
from personae.model.vocabulary import Topic, is_thing, singular, topics, words
from personae.model.vocabulary import repeats as counts
from personae.sql import repeats
from personae.stages.roles import LEVELS, Guess, is_quantity, unique

PERSON, MANY = 4.0, 0.3
"""Score of a name that says a person's id; and values there must be for each value of the id, or they name groups of people."""
NARROW = 8
"""Columns of a table that can be a log although hardly any user appears twice."""
_NO_ID = (Kind.DATE, Kind.TIMESTAMP, Kind.BOOLEAN, Kind.EMPTY)


def id_columns(tables: Sequence[Table], study: Study, ids: Collection[str]) -> list[Column | None]:
    """The id column of every table, None where there is none. An id that was named is the id of all of them (P002)."""
    known = [n for n in (study.id, *ids) if n]
    said = [t.column(Role.ID) or next((c for n in known for c in t.columns if c.name == n), None) for t in tables]
    if study.id and not ids:
        for table, found in zip(tables, said, strict=True):
            if found is None:
                raise _without(table, study.id)
    entity = {singular(w) for w in words(study.entity)}
    orders = [[] if s else ranked(t, entity, study) for t, s in zip(tables, said, strict=True)]
    settled = {_plain(r[0][1]) for r in orders if len(r) == 1 or (r and r[0][0] > r[1][0])} | {_plain(s) for s in said if s}
    keys: list[Column | None] = []
    for table, fits, named in zip(tables, orders, said, strict=True):
        best = [c for score, c in fits if score == fits[0][0]]
        shared = [c for c in best if _plain(c) in settled]
        if len(best) > 1 and len(shared) != 1:
            raise _two_fit(table, best)
        key = named or next(iter(shared or best), None)
        if key is None:
            _check_one_row_each(table, study.entity)
        keys.append(key)
    return keys


def told_of_people(table: Table, key: Column, study: Study) -> Table:
    """The table with a warning where another column that is named after people has fewer values: one may have several ids."""
    entity = {singular(w) for w in words(study.entity)}
    fits = [c for score, c in ranked(table, entity, study) if score >= PERSON and c.name != key.name and not c.empty]
    fewer = [c for c in fits if unique(key) and key.distinct > c.distinct >= MANY * key.distinct]
    if not fewer:
        return table
    other = fewer[0]
    said = f'"{key.name}" of {table.source} was taken for the id; its {key.distinct:,} values belong to {other.distinct:,} of '
    fix = f'if each of these is one person: --id "{other.name}"'
    note = Note(Level.WARN, "P003", f'{said}"{other.name}"', table.source, fix)
    return replace(table, notes=(*table.notes, note))


def _without(table: Table, name: str) -> UsageError:
    """P002: the id column that was named is in another file, not in this one."""
    listed = ", ".join(c.name for c in table.columns[:20]) + (", ..." if len(table.columns) > 20 else "")
    what = f'{table.source} has no column "{name}", so its rows cannot be told to belong to the same users'
    fix = f'leave {table.source} out, or rename its column that holds the same ids to "{name}"'
    return UsageError("P002", what, where=f"--id; {table.source} has {listed}", fix=fix)


def other_ids(
    table: Table, key: Column, keys: Sequence[Column], guesses: Mapping[str, Guess], study: Study
) -> dict[str, Guess]:
    """Columns that are ids, by name or because another table is joined by them: they say nothing of what users do."""
    names = {_plain(k) for k in keys}
    entity = {singular(w) for w in words(study.entity)}
    scores = {c.name: _fits(c, i, entity) for i, c in enumerate(table.columns)}
    best = max(scores.values(), default=0.0)
    asked = {n for n, s in scores.items() if s == best > 0}
    could = asked if len(asked) > 1 else {c.name for c in _could(table)} - asked if not asked else set()
    return {
        c.name: (Role.IGNORE, "an id of something else: it only names, so it forms no groups")
        for c in table.columns
        if c.name != key.name and guesses[c.name][0] in (Role.BEHAVIOUR, Role.VALUE) and not _amount(c)
        and (_plain(c) in names or c.name in could or (scores[c.name] >= 3 and (not c.kind.numeric or c.distinct > LEVELS)))
    }  # fmt: skip


def _plain(column: Column) -> str:
    return "".join(words(column.name))


def _two_fit(table: Table, best: Sequence[Column]) -> UsageError:
    listed = [f'"{c.name}" ({counted(c)})' for c in best]
    what = f"the id column is not set and we found {len(best)} that fit: {', '.join(listed[:-1])} and {listed[-1]}"
    return UsageError("P003", what, where=table.source, fix="say which: " + " or ".join(f'--id "{c.name}"' for c in best))


def counted(column: Column) -> str:
    """How many values a column has, for a reader who has to choose."""
    personal = ", personal data" if Topic.PERSONAL in topics(column.name) else ""
    return f"unique{personal}" if unique(column) else f"{column.distinct:,} different in {column.rows:,} rows{personal}"


def ranked(table: Table, entity: set[str], study: Study) -> list[tuple[float, Column]]:
    """Columns that can be the id, best first; equal scores mean that nothing decides."""
    taken = {study.time, study.event, study.value, *study.group_by, *study.describe, *study.outcome, *study.ignore}
    pinned = {name for name, role, _ in table.said if role is Role.ID} - taken
    if pinned:
        return [(4.0, c) for c in table.columns if c.name in pinned]
    scored = [(_fits(c, i, entity), i, c) for i, c in enumerate(table.columns) if c.name not in taken]
    return [(s, c) for s, i, c in sorted(scored, key=lambda x: (-x[0], x[1])) if s > 0]


def _fits(column: Column, position: int, entity: set[str]) -> float:
    """How well a column fits as the id: 4 a user's id by name, 3 "id", 2 "user", 1.5 an unnamed index, 1 another id, 0 not."""
    hints, parts = topics(column.name), words(column.name)
    named = bool({singular(p) for p in parts} & entity)
    person = Topic.PERSON in hints or named
    if column.kind in _NO_ID:
        return 0.0
    if entity and is_thing(" ".join(entity)):
        if named:
            return _thing_fits(column, entity)
        if Topic.PERSON in hints:
            return 0.0  # it says who took the things
    if person and Topic.KEY in hints and not hints & {Topic.DEMOGRAPHIC, Topic.AMOUNT}:
        return 4.0
    if parts in (("id",), ("ids",)):
        return 3.0
    if column.kind is Kind.DECIMAL:
        return 0.0
    if person and not hints - {Topic.PERSON, Topic.PERSONAL, Topic.MOMENT} and column.distinct >= min(10, column.rows):
        return 2.0
    if column.empty or not unique(column):
        return 0.0
    if position == 0 and parts in ((), ("unnamed",), ("index",), ("row",), ("rownames",), ("column",)):
        return 1.5
    token = position == 0 and not column.kind.numeric and not any(" " in e for e in column.examples)
    return 1.0 if (Topic.KEY in hints and Topic.DEMOGRAPHIC not in hints) or "email" in parts or token else 0.0


_CALLED = frozenset(
    [
        "name",
        "title",
        "description",
        "label",
        "beschreibung",
        "bezeichnung",
        "nom",
        "nome",
        "nombre",
        "descricao",
        "descripcion",
    ]
)


def _thing_fits(column: Column, entity: set[str]) -> float:
    """How well a column that is named after the things to be grouped is their id: 4 by "id", 3.5 the bare word, 3.2 a name."""
    hints, others = topics(column.name), [p for p in words(column.name) if singular(p) not in entity]
    if Topic.AMOUNT in hints or column.kind is Kind.DECIMAL:
        return 0.0
    if Topic.KEY in hints:
        return 4.0
    return 3.5 if not others else 3.2 if set(others) <= _CALLED else 0.0


def _check_one_row_each(table: Table, entity: str) -> None:
    """A dated list without an id by name is not one row a user, or a product: ask (P003)."""
    could, thing = _could(table), is_thing(entity)
    if thing:
        could = [c for c in could if Topic.PERSON not in topics(c.name)] or could
    if could:
        listed = ", ".join(f'"{c.name}" ({counted(c)})' for c in could[:4])
        named, has = (f'after "{entity}"', f"a {entity} has") if thing else ("like an id", "users have")
        what = f"no column is named {named}, and the dates say that {has} several rows; it could be {listed}"
        raise UsageError("P003", what, where=table.source, fix=f'say which: --id "{could[0].name}"')


def _could(table: Table) -> list[Column]:
    """The columns of a dated list that can be its id although none is named so: those of many values, no amounts."""
    dated = any(c.kind in (Kind.DATE, Kind.TIMESTAMP) and Topic.MOMENT not in topics(c.name) for c in table.columns)
    if not dated or len(table.columns) > NARROW:
        return []
    many = [c for c in table.columns if not unique(c) and c.distinct > LEVELS]
    return [c for c in many if c.kind in (Kind.TEXT, Kind.CATEGORY) or (c.kind is Kind.INTEGER and not _amount(c))]


def _amount(column: Column) -> bool:
    """Whether whole numbers say by their name how much or how many."""
    return (
        Topic.AMOUNT in topics(column.name)
        or counts(column.name)
        or is_quantity(column)
        or bool(_MUCH & set(words(column.name)))
    )


_MUCH = frozenset(
    ("quantity", "qty", "menge", "quantite", "cantidad", "quantidade", "quantidades", "duration", "length", "score")
)


NUMBERED = "no column holds an id, so every row is one user, known by its number"
"""Why a column is the id that no source has."""


def numbered(engine: Any, table: Table) -> tuple[Table, Column]:
    """The table with the number of each row as its id."""
    taken = {c.name for c in table.columns}
    name = next(n for n in ("row", *(f"row {i}" for i in range(len(taken) + 1))) if n not in taken)
    view, q = f"{table.relation}__numbered", engine.quote
    engine.execute(repeats.numbered(q(view), q(table.relation), q(name)))
    _carry_origin(engine, table.relation, view)
    n = table.used
    key = Column(name, Kind.INTEGER, Role.ID, NUMBERED, n, 0, n, ("1", "2"), "1", str(n), native="BIGINT")
    note = Note(Level.WARN, "P003", f"{table.source}: {NUMBERED}", table.source, "if a column does: --id COLUMN")
    return replace(table, relation=view, columns=(key, *table.columns), notes=(*table.notes, note)), key


def _carry_origin(engine: Any, before: str, after: str) -> None:
    """The rows of a view come from the same lines as those below it."""
    locate = engine.locator(before)
    if locate is not None:
        engine.remember(after, locate)


def check_exact(engine: Any, table: Table, key: Column) -> None:
    """Ids that were rounded on their way cannot be told apart (ING-01)."""
    wrong = exact_ids(engine, table, key)
    if wrong:
        what = (
            f'the id column "{key.name}" holds {wrong:,} numbers that were stored with a decimal point and are no longer exact'
        )
        fix = f'read or export "{key.name}" as text or whole numbers, or name another column: --id COLUMN'
        raise DataError("P109", what, where=f'{table.source}, column "{key.name}"', fix=fix)
