"""Spared: the rows of people who take no part are taken out of what was read, before anything is learnt from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.audit.columns import audit
from personae.errors import DataError, UsageError
from personae.model.exclusion import NOBODY, Exclusion
from personae.model.study import Study
from personae.model.table import Column, Table
from personae.progress import quietly, tell
from personae.sql import owned
from personae.stages.keys import id_columns
from personae.stages.link import link
from personae.stages.recognise import recognise, whose

Keyed = tuple[Table, Column]
"""A table and its id column."""
_LOOK = "personae look"
_MARKS = re.compile(r"[,;\t|]")


@dataclass(frozen=True)
class Spare:
    """Who takes no part. `ids` and `recorded` are the id columns and the tables of the run whose data these resemble."""

    listed: Exclusion = NOBODY
    ids: frozenset[str] = frozenset()
    recorded: tuple[Table, ...] = ()


def spared(engine: Any, tables: Sequence[Table], study: Study, spare: Spare) -> list[Table]:
    """Tables as they were opened, not audited yet, without the rows of those who take no part; `excluded` counts the rows and
    `rolls` names the lists. All that is learnt later, kinds of columns included, is learnt from the rest alone.

    Whose a row is is found as a run finds it: the data are looked at once with everybody, nothing of which is kept. Rows that
    lead to a person through another file (the lines of an order) go with the person. Raises UsageError P002 where rows have no
    id, DataError P107 where nobody is left.
    """
    with quietly():
        views, keyed = _look(engine, tables, study, spare)
    people = _people(engine, keyed, spare.listed)
    owners = [_owners(engine, v, [k for k in keyed if _number(k[0]) == i], keyed, study) for i, v in enumerate(views)]
    made = [_without(engine, t, o, spare.listed) for t, o in zip(tables, owners, strict=True)]  # the views see this
    _clear(engine)
    rows = sum(t.excluded for t in made)
    where = " and ".join(r.name for r in spare.listed.rolls)
    tell("exclude", f"{len(people):,} {'person' if len(people) == 1 else 'people'}, {rows:,} rows, named by {where}")
    return made


def check_spared(ids: Any, listed: Exclusion) -> None:
    """Raise DataError P113 where somebody who takes no part would take part all the same: the last line of defence."""
    if listed.rolls and listed.among(ids.to_pylist()):
        what = "people on the exclusion list would have been used: the id column is another without them"
        raise DataError("P113", what, where="--exclude", fix='name the column that holds the ids: --id "COLUMN"')


# ---------------------------------------------------------------- whose rows


def _look(engine: Any, tables: Sequence[Table], study: Study, spare: Spare) -> tuple[list[Table], list[Keyed]]:
    """Views of what was opened, audited; and every table whose rows belong to people, with its id column."""
    easy = replace(study, allow_rejects=1 << 60)  # what does not fit may be the row of somebody who takes no part
    views = []
    for i, table in enumerate(tables):
        view = f"{_LOOK} {i}"
        engine.execute(f"CREATE OR REPLACE VIEW {engine.quote(view)} AS SELECT * FROM {engine.quote(table.relation)}")
        views.append(audit(engine, replace(table, relation=view), easy))
    ids = set(spare.ids)
    linked = link(engine, recognise(engine, tuple(views), easy), easy, recorded=spare.recorded)
    speaking = tuple(t for t in linked if t.measured)
    found = list(zip(speaking, id_columns(speaking, easy, ids), strict=True))
    bare = next((t for t, key in found if key is None), None)
    if bare is not None:
        what = f"{bare.source} has no column of ids, so nobody can be left out of it"
        raise UsageError("P002", what, where="--exclude", fix="name its id column with --id, or bring data with ids")
    return views, [(t, key) for t, key in found if key is not None]


def _number(table: Table) -> int:
    """Which of the tables that were opened a relation was made of."""
    return int(table.relation.removeprefix(_LOOK).split("__")[0])


def _people(engine: Any, keyed: Sequence[Keyed], listed: Exclusion) -> frozenset[str]:
    """Those on a list who are in the data, in a relation of their own."""
    import pyarrow as pa

    q, found = engine.quote, frozenset[str]()
    for table, key in keyed:
        ids = engine.arrow(owned.people(q(table.relation), q(key.name))).column(0)
        found |= listed.among(ids.to_pylist())
    engine.register(f"{_LOOK} people", pa.table({"who": pa.array(sorted(found), pa.string())}))
    return found


def _owners(engine: Any, view: Table, own: Sequence[Keyed], every: Sequence[Keyed], study: Study) -> list[tuple[str, str]]:
    """(SQL over the rows as they were opened, relation of the texts that mean somebody who takes no part)."""
    q, found = engine.quote, list[tuple[str, str]]()
    people = q(f"{_LOOK} people")
    for table, key in own:
        way = next((x for x in table.links if x.gives == "id"), None)
        if way is not None:
            parent, other = next((t, k) for t, k in every if t.source == way.to)
            into = q(f"{table.relation}__keys")
            engine.execute(owned.keys(into, q(parent.relation), q(way.key), q(other.name), people))
            found.append((q(way.by), into))
        elif table.tool:
            found += [(sql, people) for sql in whose(engine, view, study)]
        else:
            found.append((q(key.name), people))
    return found


# ---------------------------------------------------------------- without them


def _without(engine: Any, table: Table, owners: Sequence[tuple[str, str]], listed: Exclusion) -> Table:
    """The table without rows that belong to somebody who takes no part."""
    rejects = tuple(r for r in table.rejects if not _names(r.text, listed))
    bad = len(table.rejects) - len(rejects)
    table = replace(table, rejects=rejects, excluded=bad, rolls=listed.rolls)
    if not owners:  # lent to others, or not used: nobody's rows
        return table
    q, relation = engine.quote, engine.quote(table.relation)
    gone = f"{table.relation} gone"
    engine.execute(owned.gone(q(gone), relation, owners))
    rows = engine.arrow(f"SELECT n FROM {q(gone)} ORDER BY n").column(0).to_numpy()
    if not len(rows):
        return table
    if len(rows) == table.used:
        what = f"everybody in {table.source} is on the exclusion list"
        raise DataError("P107", what, where=", ".join(r.name for r in listed.rolls), fix="check the list, or bring other data")
    if engine.rows("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [table.relation]):
        whole = q(f"{table.relation} whole")
        engine.execute(owned.table(whole, relation))
        engine.execute(f"DROP VIEW {relation}")
        engine.execute(f"ALTER TABLE {whole} RENAME TO {relation}")
    engine.execute(owned.without(relation, q(gone)))
    locate = engine.locator(table.relation)
    if locate is not None:
        engine.remember(table.relation, lambda positions: locate([_before(p, rows) for p in positions]))
    return replace(table, used=table.used - len(rows), excluded=bad + len(rows), parts=_parts(table.parts, rows))


def _names(text: str, listed: Exclusion) -> bool:
    """Whether a row that did not fit holds the id of somebody who takes no part in one of its cells."""
    cells = (c.strip().strip("\"'") for c in (*_MARKS.split(text), text))
    return any(c in listed for c in cells)


def _before(position: int, gone: npt.NDArray[np.int64]) -> int:
    """Where a row stood (from 0) before the rows `gone` (from 1, in order) were taken out."""
    low, high = position, position + len(gone)
    while low < high:
        middle = (low + high) // 2
        if middle + 1 - np.searchsorted(gone, middle + 1, "right") > position:
            high = middle
        else:
            low = middle + 1
    return low


def _parts(parts: Sequence[int], gone: npt.NDArray[np.int64]) -> tuple[int, ...]:
    """Rows of each file that are left."""
    made, at = [], 0
    for n in parts:
        low, high = np.searchsorted(gone, (at, at + n), "right")
        made.append(n - int(high - low))
        at += n
    return tuple(made)


def _clear(engine: Any) -> None:
    """Let go of what was made to look."""
    engine.unregister(f"{_LOOK} people")
    for kind in ("view", "table"):
        named = f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE starts_with({kind}_name, ?)"
        for (name,) in engine.rows(named, [_LOOK]):
            engine.execute(f"DROP {kind} IF EXISTS {engine.quote(name)}")
