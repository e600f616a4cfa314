"""PostgreSQL through ADBC: rows arrive as Arrow batches of binary COPY, in one read-only snapshot."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from personae import progress
from personae.databases.address import Address
from personae.databases.refusals import refusal, without_driver
from personae.databases.tables import POSTGRES, Field, quoted
from personae.errors import DataError, PersonaeError
from personae.redaction import hide
from personae.sql import standing

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = {
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "oid": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "bool": "BOOLEAN",
    "text": "VARCHAR",
    "varchar": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "bytea": "BLOB",
}
"""Types that arrive as they are; all others are asked for as text."""
_DATED = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
_ALIVE = {"connect_timeout": "15", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
_HINT = "adbc.postgresql.batch_size_hint_bytes"
_ONE_WRITER = 7_317_040_031
"""Of the lock that writers of these tables take; any number would do."""
BYTES = 8 << 20
"""Bytes of a batch, about."""


class Postgres:
    """A connection in one read-only snapshot."""

    dialect = "postgres"
    hexed = False

    def __init__(self, address: Address) -> None:
        self._address = address
        try:
            from adbc_driver_postgresql import dbapi
        except ImportError:
            raise without_driver(address, "adbc-driver-postgresql", "postgres") from None
        hide(os.environ.get("PGPASSWORD", ""))  # the driver reads it by itself
        self._error = (dbapi.Error, OSError)  # what breaks while rows stream comes as an OSError of Arrow
        with self._own_errors(opening=True):
            self._con = dbapi.connect(_url(address))
        self._cursor = self._con.cursor()
        with self._own_errors():
            self._cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def tables(self) -> list[tuple[str, str, bool]]:
        """Tables, views and the like that this user may read."""
        found = self.rows(POSTGRES)
        return [(str(schema), str(name), bool(seen)) for schema, name, seen in found]

    quote = staticmethod(quoted)

    @staticmethod
    def text(column: str) -> str:
        """A column as text, compared byte by byte whatever its collation."""
        return f'CAST({column} AS text) COLLATE "C"'

    @staticmethod
    def second(column: str, per: int) -> str:
        """The second of a time; without an end it is none."""
        if per:
            return f"CAST({column} / {per} AS bigint)"
        return f"CASE WHEN isfinite({column}) THEN CAST(floor(extract(epoch FROM {column})) AS bigint) END"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a small query."""
        with self._own_errors():
            self._cursor.execute(query)
            return list(self._cursor.fetchall())

    def fields(self, query: str) -> tuple[Field, ...]:
        """The columns of a query, by the server's own types."""
        with self._own_errors():
            schema = self._cursor.adbc_execute_schema(f"SELECT * FROM ({query}\n) AS q")
        return tuple(_field(f.name, (f.metadata or {}).get(b"POSTGRESQL:type", b"").decode()) for f in schema)

    def batches(self, query: str, fields: Sequence[Field]) -> Iterator[pa.RecordBatch]:
        """The rows of a query in pieces; days without end become empty, and are told of."""
        import pyarrow as pa

        endless = [f"c{i}" for i, f in enumerate(fields) if f.carried in _DATED]
        columns = [_value(i, f) for i, f in enumerate(fields)]
        columns += [f"NOT ({' AND '.join(f'coalesce(isfinite({c}), true)' for c in endless)}) AS endless"] if endless else []
        names = ", ".join(f"c{i}" for i in range(len(fields)))
        dropped = 0
        with self._own_errors():
            self._cursor.adbc_statement.set_options(**{_HINT: str(BYTES)})
            self._cursor.execute(f"WITH q ({names}) AS ({query}\n) SELECT {', '.join(columns)} FROM q")
            for batch in self._cursor.fetch_record_batch():
                if endless:
                    dropped += batch.column(len(fields)).true_count
                try:
                    batch.validate(full=True)
                except pa.ArrowInvalid:
                    raise self._not_text() from None
                yield batch.select(range(len(fields)))
        if dropped:
            progress.warn(f"{dropped:,} rows of {self._address.label} hold a date of infinity, which is taken as empty")

    def _not_text(self) -> DataError:
        fix = "correct the texts in the database, or leave the column out with a query: URL::select ..."
        return DataError("P106", "the database holds texts that are not UTF-8", where=self._address.place, fix=fix)

    def close(self) -> None:
        """End the snapshot."""
        try:
            self._cursor.close()
            self._con.close()
        except self._error:  # a connection that broke has nothing left to close
            return

    @contextmanager
    def _own_errors(self, opening: bool = False) -> Iterator[None]:
        try:
            yield
        except self._error as error:
            raise _refused(error, self._address, opening) from None


def reach(address: Address, scratch: Path) -> Postgres:
    """Connect. Raises P116 with what the server says."""
    return Postgres(address)


def put(address: Address, tables: Mapping[str, pa.Table], run: str) -> None:
    """Bring `standing`'s tables to these rows in one transaction; readers see all of it or nothing.

    Writers wait for each other. Raises P116 with what the server says; nothing is written then.
    """
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise without_driver(address, "adbc-driver-postgresql", "postgres") from None
    hide(os.environ.get("PGPASSWORD", ""))
    opened = False
    try:
        with dbapi.connect(_url(address)) as con, con.cursor() as cursor:
            opened = True
            cursor.execute(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})")
            for name, rows in tables.items():
                cursor.execute(standing.create(name))
                cursor.execute(standing.check(name))
                cursor.adbc_ingest(f"{standing.STAGED}{name}", rows, mode="create", temporary=True)
                for statement in standing.merge(name, run):
                    cursor.execute(statement)
                cursor.execute(f'DROP TABLE "{standing.STAGED}{name}"')
            con.commit()
    except (dbapi.Error, OSError) as error:
        raise _not_put(error, address, not opened) from None


def _not_put(error: Any, address: Address, opening: bool) -> PersonaeError:
    """An error of the driver while writing."""
    state = str(getattr(error, "sqlstate", None) or "").replace("\x00", "")
    if opening or state.startswith(("08", "57P", "28")) or "closed the connection" in str(error):
        return _refused(error, address, opening)
    return refusal("put", address, _words(str(error)))


def _url(address: Address) -> str:
    """The address as the driver wants it, every part escaped."""
    account = quote(address.user, safe="") + (f":{quote(address.password, safe='')}" if address.password else "")
    host = f"[{address.host}]" if ":" in address.host else quote(address.host, safe="")
    place = f"{host}:{address.port}" if address.port else host
    options = {"application_name": "personae", **_ALIVE, **dict(address.options)}
    query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in options.items())
    return f"postgresql://{account}{'@' if account else ''}{place}/{quote(address.database, safe='')}?{query}"


def _field(name: str, type: str) -> Field:
    if type == "numeric":
        return Field(name, "VARCHAR", "NUMERIC")
    return Field(name, _TYPES.get(type, "VARCHAR"))


def _value(i: int, field: Field) -> str:
    """SQL of a column as it is carried."""
    if field.carried == "VARCHAR":
        return f"CAST(c{i} AS text) AS c{i}"  # also takes the blanks off that fill char(n) up
    if field.carried in _DATED:
        return f"CASE WHEN isfinite(c{i}) THEN c{i} END AS c{i}"
    return f"c{i}"


def _words(said: str) -> str:
    """What the server said, without what the driver puts around it."""
    found = re.search(r"(?:ERROR|FATAL):\s+(.*?)(?:\s+LINE \d+:|\s+Query was:|\. SQLSTATE|$)", said, re.DOTALL)
    return found[1] if found else said.removeprefix("IO: ").removeprefix("[libpq] ").replace("Failed to connect: ", "")


def _refused(error: Any, address: Address, opening: bool) -> PersonaeError:
    """An error of the driver as one of ours."""
    said = _words(str(error))
    state = str(getattr(error, "sqlstate", None) or "").replace("\x00", "")
    if state.startswith("28") or ("password" in said and opening):
        return refusal("login", address, "")
    if state == "3D000" or (opening and "does not exist" in said and "database" in said):
        return refusal("nowhere", address, "")
    if state == "42501":
        return refusal("rights", address, said)
    if opening:
        return refusal("unreachable", address, said)
    if state.startswith(("08", "57P")) or "terminat" in said or "closed the connection" in said or "no connection" in said:
        return refusal("lost", address, said)
    if state.startswith(("42", "22", "21", "25")):
        return refusal("query", address, said)
    return refusal("unclear", address, said)
