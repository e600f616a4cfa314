"""Events that are to be left out of the calculation: --ignore event=heartbeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from personae import plugins
from personae.errors import UsageError
from personae.model.features import LeftOut
from personae.model.study import Role, Study
from personae.model.table import Table
from personae.progress import tell
from personae.sql import per_user


def hidden(study: Study, tables: Sequence[Table]) -> dict[str, tuple[str, ...]]:
    """The hidden values of each event column. An entry that is the name of a column is that column, whatever is in it."""
    columns = {c.name for t in tables for c in t.columns}
    found: dict[str, list[str]] = {}
    for entry in study.ignore:
        name, mark, value = entry.partition("=")
        if mark and entry not in columns:
            found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def check(study: Study, tables: Sequence[Table]) -> None:
    """Raises UsageError P001 for values of a column that is not the event of any log."""
    events = {c.name for t in tables if t.shape == "events" and (c := t.column(Role.EVENT)) is not None}
    for name, values in hidden(study, tables).items():
        if name not in events:
            what = f'single values of "{name}" cannot be hidden: it does not say what happened'
            where = f"; events are in {', '.join(sorted(events))}" if events else ""
            fix = f"--ignore {name} leaves the whole column out{where}"
            raise UsageError("P001", what, where=f"--ignore {name}={values[0]}", fix=fix)


def shown(engine: Any, table: Table, study: Study, *, strict: bool) -> tuple[Table, tuple[LeftOut, ...]]:
    """A log without its hidden events, and what was hidden; users who did nothing else stay users.

    Raises UsageError P002 for an event that nobody did, where `strict`.
    """
    event = table.column(Role.EVENT)
    values = hidden(study, [table]).get(event.name, ()) if event else ()
    if event is None or not values:
        return table, ()
    engine_plug = plugins.find("engines", "duckdb")
    name, text = f"CAST({engine.quote(event.name)} AS VARCHAR)", engine_plug.text
    times = dict(engine.rows(per_user.times(engine.quote(table.relation), name, [text(v) for v in values])))
    unknown = [v for v in values if v not in times]
    if strict and unknown:
        raise _unknown(engine, table, name, unknown[0])
    view = f"{table.relation}__shown"
    engine.execute(per_user.without(engine.quote(view), engine.quote(table.relation), name, [text(v) for v in values]))
    made = tuple(LeftOut(v, f"hidden because you said so: {times[v]:,} rows of {table.source}") for v in values if v in times)
    for x in made:
        tell("measure", f"{x.name}: {x.reason}")
    return replace(table, relation=view, used=table.used - sum(times.values())), made


def _unknown(engine: Any, table: Table, name: str, value: str) -> UsageError:
    known = [str(e) for e, _ in engine.rows(per_user.events(engine.quote(table.relation), name))]
    near = get_close_matches(value, known, 1, 0.5)
    fix = f"did you mean {near[0]!r}?" if near else f"the events are {', '.join(known[:20])}"
    return UsageError("P002", f"there is no event {value!r} to hide", where=f"--ignore, looked in {table.source}", fix=fix)
