"""A table of PostgreSQL: triggers queue every row that comes, changes or goes, and wake us when that is committed.

Each change is answered exactly once: those who wait are taken, read, placed, written and taken off the queue in one
transaction. When we are down, or are killed in the middle, they wait. Several listeners share the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personae.databases import queue as queues
from personae.databases.address import Address, parted, scheme
from personae.databases.arrived import Arrived
from personae.databases.lasting import lasting
from personae.databases.live import connected, unsuited
from personae.databases.queue import Queue, Rows
from personae.databases.tables import POSTGRES, chosen, is_query, quoted
from personae.errors import DataError, PersonaeError, UsageError
from personae.model.arrival import Came, Stop, Tell
from personae.model.intake import Answer
from personae.progress import warn
from personae.stages.arrive import Placer, arrive
from personae.stages.arrived import Types, arrived, ids

KINDS = {"postgresql": ("postgres", "PostgreSQL"), "postgres": ("postgres", "PostgreSQL")}
TO = "personae_personas"
"""The table of answers where none is named."""
BATCH = 500
"""Changes answered in one transaction at most."""
LOOK = 1.0
"""Seconds until the queue is looked at without being woken."""
Readings = tuple[Arrived, ...]
Used = tuple[Placer, Readings]
STRICT = False
"""What does not fit its column is taken as empty, as `personae score` takes it."""


def takes(source: str) -> bool:
    """Whether a source is on a server of PostgreSQL."""
    return scheme(source) in KINDS


def listen(sources: Sequence[str], to: str, current: Any, tell: Tell, stop: Stop, *, once: bool = False) -> None:
    """Answer everyone who is in the queue of the tables `sources` into the table `to`, and go on until `stop`; with `once`
    until the queue is empty. Where the server goes away it is waited for. Where the tables do not have what the rule of a run
    that became current reads, the run before stays in use until another one is current.

    Raises P116 where the server refuses, P002 or P115 where the tables do not have what the rule of the first run reads.
    """
    address, last = _address(sources), list[tuple[Placer, Placer]]()

    def work(again: bool) -> None:
        with connected(address, again) as con:
            first, seen = last[-1] if last else (current.get(),) * 2
            queue, types = _found(con, address, sources, to, first)
            _ready(con, queue, sources)
            names = " and ".join(r.table for r in queue.rows)
            said = "the server is back" if again else f"listening on {names} ({address.label})"
            tell(Came(said=said, run=first.cast.run))
            last.append((first, seen))
            _work(con, queue, types, last, current, tell, stop, once)

    lasting(work, tell, stop)


def install(sources: Sequence[str], to: str, placer: Placer, *, everyone: bool = False, dry: bool = False) -> tuple[str, ...]:
    """Make tables and triggers, and with `everyone` queue who is there already; gives the statements, not run with `dry`."""
    address = _address(sources)
    with connected(address) as con:
        queue, types = _found(con, address, sources, to, placer)
        arrived(placer.cast, list(zip(queue.rows, types, strict=True)))
        statements = (*queues.installed(queue), *((queues.everyone(queue),) if everyone else ()))
        for rows in queue.rows:
            if not con.execute(_INDEXED, [rows.name, rows.id]).fetchone():
                make = f"CREATE INDEX ON {rows.name} ({quoted(rows.id)})"
                warn(f"no index of {rows.table} begins with {rows.id}, so that each answer reads all of it: {make}")
        if not dry:
            _run(con, statements)
    return statements


def remove(sources: Sequence[str], to: str, placer: Placer, *, dry: bool = False) -> tuple[str, ...]:
    """Take triggers and queue away; answers stay. The statements, which with `dry` are not run."""
    address = _address(sources)
    with connected(address) as con:
        queue, _ = _found(con, address, sources, to, placer)
        statements = queues.removed(queue)
        if not dry:
            _run(con, statements)
    return statements


def _work(
    con: Any,
    queue: Queue,
    types: Sequence[Types],
    last: list[tuple[Placer, Placer]],
    current: Any,
    tell: Tell,
    stop: Stop,
    once: bool,
) -> None:
    """Work the queue off, and wait to be woken. The last of `last` is the run that is used until another one is current, and
    the one that was looked at: each change of either is added."""
    con.execute(f"LISTEN {quoted(queue.channel)}")
    tables = list(zip(queue.rows, types, strict=True))
    placer, seen = last[-1]
    readings = _settled(con, arrived(placer.cast, tables))
    while not stop.is_set():
        if (now := current.get()) is not seen:
            placer, readings = _changed(con, tables, now, (placer, readings))
            seen = now
            last[:] = [(placer, seen)]
        came = _answered(con, queue, placer, readings)
        if came is not None:
            tell(came)
        elif once:
            return
        else:
            for _ in con.notifies(timeout=LOOK, stop_after=1):
                break


def _changed(con: Any, tables: Sequence[tuple[Rows, Types]], new: Placer, old: Used) -> Used:
    """The run that became current, and how its users are read; the old ones where the tables do not suit it, or the server
    takes no question that it has of them."""
    kinds: tuple[type[Exception], ...] = (PersonaeError, *unsuited())
    try:
        readings = _settled(con, arrived(new.cast, tables))
        for r in readings:
            con.execute(r.query(), [[], *([con.execute(r.ends).fetchone()[0]] if r.ends else [])])
        return new, readings
    except kinds as wrong:
        why = wrong.what if isinstance(wrong, PersonaeError) else str(wrong).partition("\n")[0]
        warn(
            f"run {old[0].cast.run} stays in use until another one is current, as the tables do not suit {new.cast.run}: {why}"
        )
        return old


def _settled(con: Any, readings: Readings) -> Readings:
    """How users are read: where no event lies between the two days of the run, the last days count, as in `personae score`."""
    none = [bool(r.any_inside) and not con.execute(r.any_inside).fetchone()[0] for r in readings]
    return tuple(r.later() if empty else r for r, empty in zip(readings, none, strict=True))


def _answered(con: Any, queue: Queue, placer: Placer, readings: Readings) -> Came | None:
    """Answer some of those who wait, in one transaction; None when nobody does. Statements are sent together where none needs
    what another one gives, so that an answer takes four ways there and back."""
    with con.pipeline(), con.transaction():
        rows = con.execute(queues.taken(queue), [BATCH]).fetchall()
        if not rows:
            return None
        keys = list(dict.fromkeys(key for _, key in rows))
        con.execute(queues.HELD, [queue.to, keys])
        spared = placer.spared.among(keys)
        records, wrong = _records(con, [k for k in keys if k not in spared], placer, readings)
        results = dict(zip(records, arrive(placer.scorer, list(records.values())), strict=True))
        wrong |= {k: e for k, e in results.items() if isinstance(e, PersonaeError)}
        answers = [a for a in results.values() if isinstance(a, Answer)]
        _write(con, queue, answers, wrong, [k for k in keys if k not in results and k not in wrong])
        waited = con.execute(queues.finished(queue), [[seq for seq, _ in rows]]).fetchall()
    outside = sum(a.kind == "outside" for a in answers)
    return Came(len(answers), len(wrong), outside, tuple(w for (w,) in waited), placer.cast.run)


def _records(
    con: Any, keys: Sequence[str], placer: Placer, readings: Readings
) -> tuple[dict[str, dict[str, Any]], dict[str, PersonaeError]]:
    """A record for each user who is in one of the tables, and what is wrong with the rows of some."""
    records: dict[str, dict[str, Any]] = {}
    wrong: dict[str, PersonaeError] = {}
    ends = [[con.execute(r.ends).fetchone()[0]] if r.ends else [] for r in readings]
    asked = [con.execute(r.query(), [keys, *last]) for r, last in zip(readings, ends, strict=True)]
    for reading, rows in zip(readings, asked, strict=True):
        for key, part in reading.records(rows.fetchall()).items():
            if part is None:
                what = f"{reading.rows.table} has several rows of the user, and they disagree"
                wrong[key] = DataError("P104", what, fix="keep one row a user")
            else:
                records.setdefault(key, {placer.scorer.intake.id: key}).update(part)
    return {k: r for k, r in records.items() if k not in wrong}, wrong


def _write(con: Any, queue: Queue, answers: Sequence[Answer], wrong: Mapping[str, PersonaeError], gone: Sequence[str]) -> None:
    if answers:
        ids = [a.id for a in answers]
        names = [[a.persona or None for a in answers], [a.persona_name or None for a in answers]]
        numbers = [[a.membership for a in answers], [a.margin for a in answers]]
        words = [[a.kind for a in answers], [a.reason for a in answers], [a.run for a in answers]]
        con.execute(queues.answered(queue), [ids, *names, *numbers, *words])
        con.execute(queues.cleared(queue), [ids])
    if wrong:
        con.execute(queues.refused(queue), [list(wrong), [e.code for e in wrong.values()], [e.what for e in wrong.values()]])
    if gone:
        con.execute(queues.gone(queue), [list(gone)])


def _address(sources: Sequence[str]) -> Address:
    """The database that all sources are in."""
    addresses = [parted(s, KINDS)[0] for s in sources]
    if len(set(addresses)) > 1:
        fix = "listen to each database by a command of its own"
        raise UsageError("P001", "the tables are in different databases", where="SOURCES", fix=fix)
    return addresses[0]


def _found(con: Any, address: Address, sources: Sequence[str], to: str, placer: Placer) -> tuple[Queue, list[Types]]:
    """The queue of tables, and the types of the columns of each."""
    there = [tuple(r) for r in con.execute(POSTGRES).fetchall()]
    rows: list[Rows] = []
    types: list[Types] = []
    for wanted in (parted(s, KINDS)[1] for s in sources):
        if is_query(wanted):
            fix = "name the table that rows are written to, such as env:DB_URL::customers"
            raise UsageError("P001", "a query cannot be listened to", where="SOURCE", fix=fix)
        schema, table = chosen(there, wanted, address)
        columns = dict(con.execute(_COLUMNS, [f"{quoted(schema)}.{quoted(table)}"]).fetchall())
        id = next((name for name in ids(placer.cast) if name in columns), "")
        if not id:
            what = f"there is no id column {' or '.join(ids(placer.cast))}, which the run was made with"
            raise UsageError(
                "P002", what, where=f"{table} has {', '.join(columns)}", fix=f"name the id column {ids(placer.cast)[0]}"
            )
        rows.append(Rows(schema, table, id))
        types.append(columns)
    place, _, answers = to.rpartition(".")
    if len(answers) > queues.LONGEST or not answers:
        fix = f"choose a name of at most {queues.LONGEST} characters, such as {TO}"
        raise UsageError("P001", f"{to} is too long for the name of a table of answers", where="--to", fix=fix)
    place = place or con.execute("SELECT current_schema()::text").fetchone()[0] or rows[0].schema
    if (place, answers) in [(r.schema, r.table) for r in rows]:
        raise UsageError("P001", "answers would be written into a table that is listened to", where="--to", fix="--to another")
    return Queue(place, answers, tuple(rows)), types


_COLUMNS = """SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
_TOLD = """SELECT n.nspname || '.' || c.relname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE t.tgname = $1::text"""
_INDEXED = """SELECT 1 FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = $1::regclass AND i.indisvalid AND i.indpred IS NULL AND a.attname = $2::text"""


def _ready(con: Any, queue: Queue, sources: Sequence[str]) -> None:
    """Raise P116 where the queue or the triggers of a table are not there."""
    there = con.execute("SELECT to_regclass($1::text) IS NOT NULL", [queue.waiting]).fetchone()[0]
    told = {name for (name,) in con.execute(_TOLD, [queue.trigger]).fetchall()}
    silent = [r.table for r in queue.rows if not there or f"{r.schema}.{r.table}" not in told]
    if silent:
        fix = f"personae listen {' '.join(sources)} --to {queue.answers} --install (--print-sql shows what that does)"
        where = "no trigger" if there else f"no table {queue.waiting}"
        raise UsageError(
            "P116", f"nothing tells who arrives in {' and '.join(silent)}", where=where, did="nothing was written", fix=fix
        )


def _run(con: Any, statements: Sequence[str]) -> None:
    """Run statements, all or none."""
    with con.transaction():
        for statement in statements:
            con.execute(statement)
