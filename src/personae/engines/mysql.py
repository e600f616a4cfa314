"""MySQL and MariaDB through PyMySQL: values arrive as the server writes them, in one read-only snapshot."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personae.databases.address import Address
from personae.databases.refusals import refusal, without_driver
from personae.databases.tables import Field
from personae.errors import PersonaeError
from personae.redaction import hide

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
"""Rows of a batch."""
_BINARY = 63
"""The character set of bytes."""
_LOGIN, _RIGHTS, _NOWHERE = (1045, 1698, 1251), (1044, 1142, 1143, 1370), (1049,)
_UNREACHABLE, _LOST = (2002, 2003, 2005), (2006, 2013, 2014, 1053, 1927, 0)
_INTEGERS = {1: "SMALLINT", 2: "INTEGER", 9: "INTEGER", 3: "BIGINT", 13: "SMALLINT"}
"""Codes of whole numbers -> a type that holds them signed or not."""
_OTHERS = {4: ("FLOAT", ""), 5: ("DOUBLE", ""), 246: ("VARCHAR", "NUMERIC"), 0: ("VARCHAR", "NUMERIC")}
_DATED = {10: "DATE", 12: "TIMESTAMP", 7: "TIMESTAMP WITH TIME ZONE"}
_BIT, _BIGINT, _TINYINT = 16, 8, 1
_BYTES = (249, 250, 251, 252, 253, 254, 255)
_UNSIGNED = 32
_TABLE = "SELECT * FROM `"
"""How the query of a whole table begins."""


class MySQL:
    """A connection in one read-only snapshot."""

    dialect = "mysql"
    hexed = True

    def __init__(self, address: Address) -> None:
        self._address = address
        try:
            import pymysql
            from pymysql.cursors import SSCursor
        except ImportError:
            raise without_driver(address, "PyMySQL", "mysql") from None
        self._error, self._streamed = pymysql.MySQLError, SSCursor
        with self._own_errors():
            writing = {k: v for k, v in pymysql.converters.conversions.items() if not isinstance(k, int)}
            self._con = pymysql.connect(**_arguments(address), conv=writing)
            for statement in (
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "SET SESSION time_zone = '+00:00'",
                "SET SESSION net_write_timeout = 600",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            ):
                self._con.query(statement)

    def tables(self) -> list[tuple[str, str, bool]]:
        """Tables and views of every database that this user may see."""
        found = self.rows(
            "SELECT table_schema, table_name, table_schema = coalesce(database(), '') FROM information_schema.tables "
            "WHERE table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') ORDER BY 1, 2"
        )
        return [(str(schema), str(name), str(seen) == "1") for schema, name, seen in found]

    @staticmethod
    def quote(name: str) -> str:
        """A name as an identifier."""
        return "`" + name.replace("`", "``") + "`"

    @staticmethod
    def text(column: str) -> str:
        """The bytes of a column as UTF-8 in hexadecimal: collations take a and A, and e and \u00e9, for the same."""
        return f"HEX(CONVERT({column} USING utf8mb4))"

    @staticmethod
    def second(column: str, per: int) -> str:
        """The second of a time; the session is in UTC."""
        return f"{column} DIV {per}" if per else f"TIMESTAMPDIFF(SECOND, '1970-01-01', {column})"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a small query, values as texts."""
        with self._own_errors(), self._con.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def fields(self, query: str) -> tuple[Field, ...]:
        """The columns of a query, by the server's own types."""
        inner = f"({query}\n)" if query.lstrip("(").lower().startswith("select") else f"SELECT * FROM ({query}\n) AS q"
        with self._own_errors(), self._con.cursor() as cursor:
            cursor.execute(f"{query if query.startswith(_TABLE) else inner} LIMIT 0")
            return tuple(_field(f) for f in cursor._result.fields)

    def batches(self, query: str, fields: Sequence[Field]) -> Iterator[pa.RecordBatch]:
        """The rows of a query in pieces."""
        import pyarrow as pa

        names = [f"c{i}" for i in range(len(fields))]
        with self._own_errors():
            cursor = self._con.cursor(self._streamed)
            try:
                cursor.execute(self._exact(query, fields))
                while rows := cursor.fetchmany(BATCH):
                    columns = zip(*rows, strict=True)
                    yield pa.record_batch([_array(c, f.carried) for c, f in zip(columns, fields, strict=True)], names=names)
            finally:
                if cursor._result is not None:
                    cursor._result.unbuffered_active = False  # else it would be read to its end when it is forgotten

    def _exact(self, query: str, fields: Sequence[Field]) -> str:
        """The query of a whole table with its short floats as long ones: as texts they would keep six digits."""
        if not query.startswith(_TABLE):
            return query
        columns = (f"{self.quote(f.name)} + 0e0" if f.carried == "FLOAT" else self.quote(f.name) for f in fields)
        return f"SELECT {', '.join(columns)} FROM {query.removeprefix('SELECT * FROM ')}"

    def close(self) -> None:
        """End the snapshot; what was not fetched is not waited for."""
        self._con._force_close()

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except self._error as error:
            raise _refused(error, self._address) from None
        except (ConnectionError, TimeoutError) as error:
            raise refusal("lost", self._address, type(error).__name__) from None


def reach(address: Address, scratch: Path) -> MySQL:
    """Connect. Raises P116 with what the server says."""
    return MySQL(address)


def _arguments(address: Address) -> dict[str, Any]:
    """What the driver connects with; MYSQL_PWD is used as the server's own clients use it."""
    options = dict(address.options)
    found: dict[str, Any] = {"charset": "utf8mb4", "connect_timeout": int(options.get("connect_timeout", "15"))}
    if address.host or "unix_socket" not in options:
        found |= {"host": address.host or "localhost", "port": address.port or 3306}
    if "unix_socket" in options:
        found["unix_socket"] = options["unix_socket"]
    if address.user:
        found["user"] = address.user
    password = address.password or os.environ.get("MYSQL_PWD", "")
    hide(password)
    ssl: dict[str, Any] = {k: options[k] for k in ("ssl_ca", "ssl_cert", "ssl_key") if k in options}
    return {**found, **ssl, "password": password, "database": address.database or None}


def _field(field: Any) -> Field:
    """A column by the code of its type."""
    code, name, unsigned = field.type_code, field.name, bool(field.flags & _UNSIGNED)
    if code == _TINYINT and field.length == 1:
        return Field(name, "SMALLINT", "BOOLEAN")
    if code == _BIGINT:
        return Field(name, "UBIGINT" if unsigned else "BIGINT")
    if code in _INTEGERS:
        return Field(name, _INTEGERS[code])
    if code in _OTHERS:
        return Field(name, *_OTHERS[code])
    if code in _DATED:
        return Field(name, "VARCHAR", _DATED[code])
    if code == _BIT:
        return Field(name, "UBIGINT", "BOOLEAN")
    return Field(name, "BLOB" if code in _BYTES and field.charsetnr == _BINARY else "VARCHAR")


def _array(values: Sequence[Any], carried: str) -> pa.Array:
    """Texts of the server as values."""
    import pyarrow as pa

    types = {"SMALLINT": pa.int16(), "INTEGER": pa.int32(), "BIGINT": pa.int64(), "UBIGINT": pa.uint64()}
    types |= {"FLOAT": pa.float32(), "DOUBLE": pa.float64()}
    if carried == "BLOB":
        return pa.array(values, pa.binary())
    if carried == "UBIGINT" and any(isinstance(v, bytes) for v in values):
        return pa.array([None if v is None else int.from_bytes(v, "big") for v in values], pa.uint64())
    texts = pa.array(values, pa.string())
    return texts.cast(types[carried]) if carried in types else texts


def _refused(error: Any, address: Address) -> PersonaeError:
    """An error of the driver as one of ours."""
    number, said = error.args if len(error.args) == 2 else (-1, str(error))
    for why, numbers in (("login", _LOGIN), ("rights", _RIGHTS), ("nowhere", _NOWHERE)):
        if number in numbers:
            return refusal(why, address, "" if why == "login" else str(said))
    if number in _UNREACHABLE:
        return refusal("unreachable", address, str(said))
    if number in _LOST or "lost connection" in str(said).lower():
        return refusal("lost", address, str(said))
    if 1050 <= number < 1400 or number in (1030, 4161, 4078):
        return refusal("query", address, str(said))
    return refusal("unclear", address, str(said))
