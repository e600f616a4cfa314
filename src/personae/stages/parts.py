"""The users of new data a part at a time, with what a rule reads of them and nothing else.

As many as a disk holds are placed in the memory of one part, where the rule reads counts of one log inside the window and
columns of tables with one row a user; what needs a look at everyone is looked at once, inside the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from personae import rule as rules
from personae.errors import DataError, Refused
from personae.model.cast import Cast
from personae.model.features import Counts, Features, Measure
from personae.model.rule import Rule
from personae.model.study import Role, Study
from personae.model.table import Table
from personae.progress import step
from personae.sql import per_user
from personae.stages import hidden
from personae.stages.log import left_behind, text_of
from personae.stages.part import floats, keyed
from personae.stages.prepare import matched, named_ids
from personae.stages.raw import raw
from personae.stages.traits import from_table
from personae.stages.when import opened

PART = 262_144
"""Users at a time; a multiple of the rows of a group in a Parquet file, so that parts leave no trace in it."""
_DONE = "personae_done"


def able(cast: Cast, rule: Rule, tables: Sequence[Table]) -> bool:
    """Whether the users of these tables can be taken a part at a time."""
    try:
        raw(replace(cast, study=replace(cast.study, exclude=())), rule)
    except Refused:
        return False
    measured = [t for t in tables if t.measured]
    logs = [t for t in measured if t.shape == "events"]
    if any(t.links or t.tool or t.sums for t in measured) or len(logs) != bool(rules.events_of(rule)):
        return False
    if any((e := t.column(Role.EVENT)) is None or e.kind.numeric for t in logs):
        return False
    names = [c.name for t in measured if t.shape == "entities" for c in t.columns]
    return all(names.count(f.column) == 1 for f in rule.features if f.of == "measure")


def parts(engine: Any, tables: Sequence[Table], study: Study, rule: Rule, users: int = PART) -> Iterator[Features]:
    """The Features of so many users at a time, in the order of the md5 of the ids.

    Raises DataError P111 when there is no user, P103 when times cannot be used.
    """
    measured = tuple(t for t in tables if t.measured)
    engine.execute(per_user.users([named_ids(engine, t) for t in measured]))
    ((total,),) = engine.rows(f"SELECT count(*) FROM {per_user.USERS}")
    if not total:
        raise DataError("P111", "no row has an id, so there is no user", where=", ".join(t.source for t in measured))
    matched(engine, measured)
    log = next((t for t in measured if t.shape == "events"), None)
    events = _counted(engine, log, study, rule) if log is not None else ()
    engine.execute(per_user.set_apart())
    wanted = {f.column for f in rule.features if f.of == "measure"}
    tables_of_users = [_only(t, wanted) for t in measured if t.shape == "entities" and wanted & {c.name for c in t.columns}]
    for start in range(0, total, users):
        engine.execute(per_user.part(start, users))
        ids = named(engine)
        counts = _counts(engine, log, rule, events, start, len(ids)) if log is not None else None
        measures: tuple[Measure, ...] = ()
        for t in tables_of_users:
            measures += from_table(engine, t, study, len(ids), rule).measures
        step("measure", "users", min(start + users, total), total, "users")
        yield Features(ids, counts, measures)


def named(engine: Any) -> Any:
    """The ids of the part, as one array."""
    import pyarrow as pa

    column = engine.arrow(per_user.ids()).column(0).cast(pa.string()).combine_chunks()
    return column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)


def _only(table: Table, wanted: set[str]) -> Table:
    """A table without the columns that the rule does not read."""
    return replace(table, columns=tuple(c for c in table.columns if c.role is Role.ID or c.name in wanted))


def _counted(engine: Any, table: Table, study: Study, rule: Rule) -> tuple[str, ...]:
    """Count what every user did, of the events that the rule reads, into a table in the order of users; returns all events of
    the log inside its window."""
    import pyarrow as pa

    seen, _ = hidden.shown(engine, table, study, strict=False)
    relation, *_ = opened(engine, seen, study, placing=True)
    event = table.column(Role.EVENT)
    assert event is not None  # noqa: S101 - asked by able
    id, what = keyed(engine, table)[1], text_of(event)
    known = rules.events_of(rule)
    held = pa.table({"c": pa.array(range(len(known)), pa.int32()), "event": pa.array(known, pa.string())})
    engine.register("personae_known", held)
    engine.execute(per_user.done(_DONE, relation, id, what, "personae_known"))
    engine.unregister("personae_known")
    ((nobody,),) = engine.rows(per_user.of_nobody(relation, id))
    left_behind(table, nobody, event)
    return tuple(engine.arrow(per_user.events(relation, what)).column(0).to_pylist())


def _counts(engine: Any, table: Table | None, rule: Rule, events: Sequence[str], start: int, users: int) -> Counts:
    """The counts of the part; events of the log that the rule does not read are there with nothing done."""
    from scipy.sparse import csr_matrix

    known = rules.events_of(rule)
    names = (*known, *(e for e in events if e not in set(known))) if events else ()
    found = engine.arrow(per_user.done_by(_DONE, start, users))
    who, what = (found.column(i).to_numpy() for i in (0, 1))
    matrix = csr_matrix((floats(found.column(2)), (who, what)), shape=(users, len(names)))
    matrix.sort_indices()
    there = np.array([n in set(events) for n in names], bool) if events else np.zeros(0, bool)
    kept = np.flatnonzero(there)
    source = table.source if table is not None else ""
    return Counts(matrix[:, kept], tuple(names[i] for i in kept.tolist()), source)
