"""An export that was recognised, brought into shape: its rows, its ids, its times and numbers, its roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from personae import plugins
from personae.audit.columns import audit
from personae.files.rows import waiting
from personae.model.format import ROW, Cell, Format, Part, Shape
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Level, Note, Table
from personae.progress import tell
from personae.sql import cells, exports


@dataclass(frozen=True)
class Export:
    """A table that was recognised as the export of `tool`."""

    table: Table
    tool: str
    format: Format
    shaped: Shape | None

    @property
    def columns(self) -> dict[str, Column]:
        """The columns by their names in lower case."""
        return {c.name.lower(): c for c in self.table.columns}

    def filled(self, names: Sequence[str]) -> list[Column]:
        """Those of some columns that are there and hold values, in that order."""
        found = [self.columns[n.lower()] for n in names if n.lower() in self.columns]
        return [c for c in found if c.kind is not Kind.EMPTY and c.empty < c.rows]

    @property
    def id(self) -> Column | None:
        """The column that is to hold the id: the first of the format that is there, though it be empty, so that an export of
        people who never signed in has its ids where one of others has them. None where no column holds any."""
        there = (self.columns[n.lower()] for n in self.format.id if n.lower() in self.columns)
        return next(there, None) if self.filled(self.format.id) else None


def bring(engine: Any, export: Export, study: Study) -> tuple[Table, ...]:
    """The tables made of an export, audited where they changed, with what their columns mean in `said`."""
    export = _once(engine, export)
    dialect = plugins.find("engines", "duckdb")
    parts = export.shaped(export.columns, dialect) if export.shaped else (Part(),)
    return tuple(_part(engine, export, part, study) for part in parts)


def owners(engine: Any, export: Export, study: Study) -> tuple[str, ...]:
    """SQL over the rows of an export as it came: the id of each row, in every table that is made of it."""
    q, dialect = engine.quote, plugins.find("engines", "duckdb")
    parts = export.shaped(export.columns, dialect) if export.shaped else (Part(),)
    first = study.id or (export.id.name if export.id is not None else "")
    made = []
    for part in parts:
        columns = _renamed(export, study, q) | dict(part.columns)
        columns |= _names(export, study, q, columns)
        named = next((n for n, role in part.roles.items() if role is Role.ID), first)
        made.append(columns.get(named) or q(named))
    return tuple(dict.fromkeys(made))


def _once(engine: Any, export: Export) -> Export:
    """The export with each event once: rows of the same key are one event that was exported twice (ING-19)."""
    table, q = export.table, engine.quote
    key = next(iter(export.filled(export.format.key)), None)
    if key is None:
        return export
    ((again,),) = engine.rows(exports.repeated(q(table.relation), q(key.name)))
    if not again:
        return export
    into = f"{table.relation}__once"
    engine.execute(exports.once(q(into), q(table.relation), q(key.name), q(ROW)))
    words = f'{again:,} rows of {table.source} repeat the "{key.name}" of another: exported twice, each event counts once'
    note = Note(Level.WARN, "P104", words, table.source, "to count every row: --tool none")
    known = tuple(replace(c, rows=c.rows - again) for c in table.columns)
    table = replace(
        table, relation=into, used=table.used - again, folded=table.folded + again, notes=(*table.notes, note), columns=known
    )
    return replace(export, table=table)


def _part(engine: Any, export: Export, part: Part, study: Study) -> Table:
    """One table made of an export."""
    q, source = engine.quote, export.table
    columns = _renamed(export, study, q) | dict(part.columns)
    columns |= _names(export, study, q, columns)
    columns |= _utc(export, study, q, columns)
    table = _relation(engine, export, part, columns, study) if columns or part.where or source.folded else source
    said = _said(export, part, table)
    notes = [*table.notes, *_stood_in(export, columns)]
    if several := _currencies(engine, export):
        said |= {n: (Role.IGNORE, "amounts in several currencies") for n, (role, _) in said.items() if role is Role.VALUE}
        notes.append(several)
    words = _words(export, said)
    tell("tool", f"{table.source}  {words}")
    notes.append(Note(Level.PASS, "P003", words, table.source, "to take the columns as they stand: --tool none"))
    entity = next((export.format.entities.get(n.lower(), "") for n, (role, _) in said.items() if role is Role.ID), "")
    pinned = tuple((n, role, why) for n, (role, why) in said.items())
    return replace(table, tool=export.tool, said=pinned, entity=entity or export.format.entity, notes=tuple(notes))


def _relation(engine: Any, export: Export, part: Part, columns: Mapping[str, str], study: Study) -> Table:
    """The relation with other columns or fewer rows, audited; rows that went are folded."""
    table, q = export.table, engine.quote
    into = f"{table.relation}__{part.name or export.tool}"
    known = {c.name: c for c in table.columns}
    names = [n for n in (*known, *(n for n in columns if n not in known)) if columns.get(n, n)]
    select = [f"CAST({columns[n]} AS VARCHAR) AS {q(n)}" if n in columns else q(n) for n in names]
    if part.where or any(ROW in sql or " OVER " in sql for sql in columns.values()):
        engine.execute(exports.made(q(into), q(table.relation), q(ROW), select, part.where))
    else:
        engine.execute(exports.seen(q(into), q(table.relation), select))
    if not part.where and (locate := engine.locator(table.relation)) is not None:
        engine.remember(into, locate)
    ((used,),) = engine.rows(exports.count(q(into)))
    notes = [n for n in table.notes if not any(f'"{c}"' in n.words for c in columns)]
    if gone := table.used - used:
        rows = "1 row" if gone == 1 else f"{gone:,} rows"
        notes.append(Note(Level.PASS, "P104", f"{rows} of {table.source} left out: {part.left}", table.source))
    fresh = tuple(_fresh(known[n]) if n in known and n not in columns else waiting([n])[0] for n in names)
    source = f"{table.source}, {part.name}" if part.name else table.source
    blank = replace(
        table, source=source, relation=into, columns=fresh, used=used, folded=table.folded + gone, notes=tuple(notes)
    )
    audited = audit(engine, blank, study)
    return replace(audited, notes=tuple(dict.fromkeys(audited.notes)))


def _fresh(column: Column) -> Column:
    """A column to be audited again; numbers whose decimal mark was a dot keep it."""
    return replace(column, format="." if column.kind.numeric and not column.format else "")


# ---------------------------------------------------------------- columns


def _renamed(export: Export, study: Study, q: Any) -> dict[str, str]:
    """Cells of a report as numbers, under names that all reports share; a column that a flag names keeps its own."""
    named = {*study.group_by, *study.describe, *study.outcome, *study.ignore, study.id, study.value, study.time, study.event}
    made: dict[str, str] = {}
    for cell in export.format.cells:
        for column in export.filled(cell.called)[:1]:
            name = column.name if column.name in named else cell.name
            made |= {column.name: "", name: _number(column, cell, q)}
    return made


def _number(column: Column, cell: Cell, q: Any) -> str:
    if cell.how == "seconds":
        return cells.seconds(q(column.name))
    if cell.how == "percent":
        share = column.kind.numeric and not column.low.startswith("-") and float(column.high or 2) <= 1
        return cells.percent(q(column.name), share=share)
    return cells.number(q(column.name)) if not column.kind.numeric else str(q(column.name))


def _names(export: Export, study: Study, q: Any, made: Mapping[str, str]) -> dict[str, str]:
    """Ids and events with another column where the first is empty."""
    found: dict[str, str] = {}
    for names, flag, sql in (
        (export.format.id, study.id, exports.identified),
        (export.format.event, study.event, exports.stood_in),
    ):
        there = [c for c in export.filled(names) if made.get(c.name, c.name)]
        first = export.id if sql is exports.identified else next(iter(there), None)
        if not flag and first is not None and first.empty and [c for c in there if c.name != first.name]:
            found[first.name] = sql([made.get(c.name) or q(c.name) for c in there])
    return found


def _stood_in(export: Export, made: Mapping[str, str]) -> list[Note]:
    """How many rows have another column for their id."""
    id = export.id
    others = [c for c in export.filled(export.format.id) if id is not None and c.name != id.name]
    if id is None or not others or not id.empty or not made.get(id.name):
        return []
    also = " or ".join(f'"{c.name}"' for c in others)
    rows = f"1 row of {export.table.source} has" if id.empty == 1 else f"{id.empty:,} rows of {export.table.source} have"
    words = f'{rows} no "{id.name}" and belong to the one that {also} names elsewhere, or to a user known by that alone'
    return [Note(Level.PASS, "P003", words, export.table.source)]


def _utc(export: Export, study: Study, q: Any, made: Mapping[str, str]) -> dict[str, str]:
    """Times that name no zone, with the zone of the tool."""
    time = next(iter(export.filled(export.format.time)), None)
    naive = time is not None and time.kind is Kind.TIMESTAMP and time.native == "VARCHAR" and not time.format
    if time is None or not naive or not export.format.utc or study.timezone or made.get(time.name) == "":
        return {}
    return {time.name: cells.utc(made.get(time.name) or q(time.name))}


# ---------------------------------------------------------------- roles


def _said(export: Export, part: Part, table: Table) -> dict[str, tuple[Role, str]]:
    """Column -> role and reason, as the format declares them."""
    format, why = export.format, f"as in {export.format.title}"
    there = {c.name.lower(): c.name for c in table.columns}
    said: dict[str, tuple[Role, str]] = {}
    lists = (
        (Role.BEHAVIOUR, format.behaviour), (Role.DEMOGRAPHIC, format.describe),
        (Role.OUTCOME, format.outcome), (Role.IGNORE, format.leave),
    )  # fmt: skip
    for role, names in lists:
        for name in names:
            reason = f"says nothing of what people do, {why}" if role is Role.IGNORE else why
            said |= {there[n]: (role, reason) for n in there if fnmatchcase(n, name.lower()) and there[n] not in said}
    said |= {c.name: (Role.BEHAVIOUR, why) for c in format.cells if c.name in there.values()}
    for role, names in (
        (Role.ID, format.id), (Role.TIME, format.time), (Role.EVENT, format.event), (Role.VALUE, format.value),
    ):  # fmt: skip
        filled = ([export.id] if export.id is not None else []) if role is Role.ID else export.filled(names)
        first = next((there[c.name.lower()] for c in filled if c.name.lower() in there), None)
        first = first or next((there[n.lower()] for n in names if n.lower() in there and n.lower() not in export.columns), None)
        if first and role not in part.roles.values():
            said[first] = role, why
        spare = [there[n.lower()] for n in names if n.lower() in there and there[n.lower()] != first]
        said |= dict.fromkeys(spare, (Role.IGNORE, f"another column stands for it, {why}"))
    return said | {n: (role, why) for n, role in part.roles.items() if n in there.values()}


def _currencies(engine: Any, export: Export) -> Note | None:
    """A warning where amounts are in several currencies, which nobody may add up."""
    table, q = export.table, engine.quote
    for column in export.filled(export.format.currency)[:1]:
        ((several,),) = engine.rows(exports.different(q(table.relation), q(column.name)))
        if several > 1:
            words = f'amounts of {table.source} are in {several:,} currencies ("{column.name}") and are not added up'
            return Note(Level.WARN, "P105", words, table.source, "export one currency, or convert the amounts first")
    return None


_DOES = {Role.ID: "names the {entity}", Role.TIME: "says when", Role.EVENT: "says what happened", Role.VALUE: "says how much"}


def _words(export: Export, said: Mapping[str, tuple[Role, str]]) -> str:
    """What it was recognised as, and what the main columns are."""
    chosen = {role: n for n, (role, _) in said.items() if role in _DOES}
    entity = export.format.entities.get(chosen.get(Role.ID, "").lower(), "") or export.format.entity
    parts = [f"{chosen[role]} {does.format(entity=entity)}" for role, does in _DOES.items() if role in chosen]
    return f"recognised as {export.format.title}: {', '.join(parts)}"
