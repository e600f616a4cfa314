"""Who is to be placed, kept in the database where they arrive: statements of PostgreSQL as text, no connection.

Triggers write the id of every row that came, changed or went into a queue, in the transaction of whoever wrote the row, and
wake the listener when that commits. What is waiting is taken with row locks that others skip, read, answered and taken off the
queue in one transaction, so that a listener that dies leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from personae.databases.tables import quoted

LONGEST = 45
"""Characters of the name of a table of answers: names of PostgreSQL have 63, and those of what belongs to it are longer."""

ANSWERS = (
    ("id", "text PRIMARY KEY"),
    ("persona_key", "text"),
    ("persona_name", "text"),
    ("membership", "double precision"),
    ("margin", "double precision"),
    ("kind", "text NOT NULL"),
    ("reason", "text NOT NULL"),
    ("run_id", "text NOT NULL"),
    ("placed_at", "timestamptz NOT NULL DEFAULT now()"),
)
"""Columns of the table of answers; key and name are empty for users in no group."""


@dataclass(frozen=True)
class Rows:
    """A table whose rows are about users, and the column of their ids. All names as they are, unquoted."""

    schema: str
    table: str
    id: str

    @property
    def name(self) -> str:
        """The table, quoted."""
        return f"{quoted(self.schema)}.{quoted(self.table)}"


@dataclass(frozen=True)
class Queue:
    """A table of answers, named as it is, and the tables whose rows are listened to."""

    schema: str
    answers: str
    rows: tuple[Rows, ...]

    @property
    def to(self) -> str:
        """The table of answers, quoted."""
        return f"{quoted(self.schema)}.{quoted(self.answers)}"

    @property
    def waiting(self) -> str:
        """The table of those who wait, quoted."""
        return f"{quoted(self.schema)}.{quoted(self.answers + '_queue')}"

    @property
    def aside(self) -> str:
        """The table of those who could not be placed, quoted."""
        return f"{quoted(self.schema)}.{quoted(self.answers + '_failed')}"

    @property
    def channel(self) -> str:
        """The channel on which the listener is woken."""
        return self.answers

    @property
    def trigger(self) -> str:
        """The name of the first trigger on each table."""
        return f"{self.answers}_insert"

    def function(self, rows: Rows) -> str:
        """The function of the triggers of a table, quoted."""
        own = sha256(rows.name.encode()).hexdigest()[:8]
        return f"{quoted(self.schema)}.{quoted(f'{self.answers}_{own}')}"


def installed(queue: Queue) -> tuple[str, ...]:
    """Statements that make tables, functions and triggers; what is there already stays or is replaced by the same."""
    columns = ", ".join(f"{name} {kind}" for name, kind in ANSWERS)
    return (
        f"CREATE TABLE IF NOT EXISTS {queue.to} ({columns})",
        f"CREATE TABLE IF NOT EXISTS {queue.waiting} (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
        "key text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())",
        f"CREATE TABLE IF NOT EXISTS {queue.aside} (key text PRIMARY KEY, code text NOT NULL, what text NOT NULL, "
        "at timestamptz NOT NULL DEFAULT now())",
        *(statement for rows in queue.rows for statement in (_function(queue, rows), *_triggers(queue, rows))),
    )


_EVENTS = {
    "insert": (("NEW", "came"),),
    "update": (("NEW", "came"), ("OLD", "gone")),
    "delete": (("OLD", "gone"),),
    "truncate": (),
}


def _triggers(queue: Queue, rows: Rows) -> Iterator[str]:
    for event, tables in _EVENTS.items():
        name = quoted(f"{queue.answers}_{event}")
        seen = " ".join(f"{which} TABLE AS {as_}" for which, as_ in tables)
        yield f"DROP TRIGGER IF EXISTS {name} ON {rows.name}"
        yield (
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {rows.name} {f'REFERENCING {seen} ' if seen else ''}"
            f"FOR EACH STATEMENT EXECUTE FUNCTION {queue.function(rows)}()"
        )


def _function(queue: Queue, rows: Rows) -> str:
    """The function of the triggers: it runs with the rights of whoever installed it, so that writers need none on the queue."""

    def put(*tables: str) -> str:
        keys = " UNION ".join(
            f"SELECT DISTINCT {quoted(rows.id)}::text FROM {t} WHERE {quoted(rows.id)} IS NOT NULL" for t in tables
        )
        return f"INSERT INTO {queue.waiting} (key) {keys};"

    channel, tag = queue.channel.replace("'", "''"), "$came$"
    while tag in queue.waiting + rows.id:  # a name that would end the body of the function
        tag = f"$x{tag[1:]}"
    return f"""CREATE OR REPLACE FUNCTION {queue.function(rows)}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS {tag}
BEGIN
  IF TG_OP = 'INSERT' THEN {put("came")}
  ELSIF TG_OP = 'DELETE' THEN {put("gone")}
  ELSIF TG_OP = 'TRUNCATE' THEN INSERT INTO {queue.waiting} (key) SELECT id FROM {queue.to};
  ELSE {put("came", "gone")}
  END IF;
  IF FOUND THEN PERFORM pg_notify('{channel}', ''); END IF;
  RETURN NULL;
END {tag}"""


def removed(queue: Queue) -> tuple[str, ...]:
    """Statements that take triggers, functions and queue away; answers stay."""
    drops = [
        statement
        for rows in queue.rows
        for statement in (
            *(f"DROP TRIGGER IF EXISTS {quoted(f'{queue.answers}_{event}')} ON {rows.name}" for event in _EVENTS),
            f"DROP FUNCTION IF EXISTS {queue.function(rows)}()",
        )
    ]
    return (*drops, f"DROP TABLE IF EXISTS {queue.waiting}, {queue.aside}")


def everyone(queue: Queue) -> str:
    """A statement that lets everybody wait who is in the tables already, or has an answer."""
    some = (f"SELECT DISTINCT {quoted(r.id)}::text FROM {r.name} WHERE {quoted(r.id)} IS NOT NULL" for r in queue.rows)
    return f"INSERT INTO {queue.waiting} (key) {' UNION '.join((*some, f'SELECT id FROM {queue.to}'))}"


def taken(queue: Queue) -> str:
    """The oldest of those who wait and whom nobody else has taken: rows of seq, key. One parameter: how many at most."""
    return f"SELECT seq, key FROM {queue.waiting} ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED"


HELD = """SELECT pg_advisory_xact_lock(h) FROM (
SELECT DISTINCT hashtextextended($1 || key, 0) AS h FROM unnest($2::text[]) AS key ORDER BY 1) AS keys"""
"""Hold users until the transaction ends, whoever else took another change of them, so that the last to write has read last.
Parameters: the table of answers, and the keys. In one order, so that two listeners never wait for each other."""


def answered(queue: Queue) -> str:
    """Write answers, one array of texts or numbers a column, in the order of ANSWERS without placed_at."""
    names = [name for name, _ in ANSWERS[:-1]]
    kinds = ("float8" if kind.startswith("double") else "text" for _, kind in ANSWERS[:-1])
    arrays = ", ".join(f"${i}::{kind}[]" for i, kind in enumerate(kinds, start=1))
    sets = ", ".join(f"{n} = EXCLUDED.{n}" for n in (*names[1:], "placed_at"))
    return f"INSERT INTO {queue.to} ({', '.join(names)}) SELECT * FROM unnest({arrays}) ON CONFLICT (id) DO UPDATE SET {sets}"


def gone(queue: Queue) -> str:
    """Take away the answers of users who are no more. One parameter: their keys."""
    return f"DELETE FROM {queue.to} WHERE id = ANY($1)"


def refused(queue: Queue) -> str:
    """List users who could not be placed. Three arrays: key, code, what."""
    return (
        f"INSERT INTO {queue.aside} (key, code, what) SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) "
        "ON CONFLICT (key) DO UPDATE SET code = EXCLUDED.code, what = EXCLUDED.what, at = now()"
    )


def cleared(queue: Queue) -> str:
    """Users who are placed again are not listed as failed any more. One parameter: their keys."""
    return f"DELETE FROM {queue.aside} WHERE key = ANY($1)"


def finished(queue: Queue) -> str:
    """Take changes off the queue; gives the seconds that each waited. One parameter: their numbers."""
    waited = "extract(epoch FROM clock_timestamp() - at)::float8"
    return f"DELETE FROM {queue.waiting} WHERE seq = ANY($1::bigint[]) RETURNING {waited}"
