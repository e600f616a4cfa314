"""DuckDB files, read only, apart from our own engine: what is written in such a file reaches no other file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from personae.databases.address import Address
from personae.databases.refusals import refusal, translated
from personae.databases.tables import Field, quoted
from personae.errors import DataError, MachineError, PersonaeError
from personae.sql import standing

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 100_000
"""Rows of a batch."""
MEMORY = "2GB"
"""What the engine of the file may take beside ours; it spills beyond."""
_LOCKED = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "allow_community_extensions": "false"}
_PLAIN = (
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE",
    "VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "BLOB",
)  # fmt: skip
"""Types that arrive as they are."""
_WIDE = ("HUGEINT", "UHUGEINT")


class DuckDBFile:
    """One DuckDB file in one transaction."""

    dialect = "duckdb"
    hexed = False

    def __init__(self, address: Address, scratch: Path) -> None:
        self._address = address
        with self._own_errors():
            self._con = duckdb.connect(address.database, read_only=True, config=_LOCKED)
            for name, value in (
                ("temp_directory", str(scratch / "spill of a file")),
                ("memory_limit", MEMORY),
                ("TimeZone", "UTC"),
                ("python_enable_replacements", "false"),
                ("enable_external_access", "false"),
                ("lock_configuration", "true"),
            ):
                self._con.execute(f"SET {name} = '{value.replace(chr(39), chr(39) * 2)}'")
            self._con.execute("BEGIN TRANSACTION")

    def tables(self) -> list[tuple[str, str, bool]]:
        """Tables and views of the file."""
        found = self.rows(
            "SELECT table_schema, table_name, table_schema = current_schema() FROM information_schema.tables WHERE "
            "table_catalog = current_database() AND table_schema NOT IN ('information_schema', 'pg_catalog') "
            "ORDER BY 1, 2"
        )
        return [(str(schema), str(name), bool(seen)) for schema, name, seen in found]

    quote = staticmethod(quoted)

    @staticmethod
    def text(column: str) -> str:
        """A column as text."""
        return f"CAST({column} AS VARCHAR)"

    @staticmethod
    def second(column: str, per: int) -> str:
        """The second of a time; instants are read in UTC."""
        return f"{column} // {per}" if per else f"CAST(epoch_us(CAST({column} AS TIMESTAMP)) // 1000000 AS BIGINT)"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a small query."""
        with self._own_errors():
            return list(self._con.execute(query).fetchall())

    def fields(self, query: str) -> tuple[Field, ...]:
        """The columns of a query; types that Arrow knows otherwise are carried as text."""
        return tuple(_field(str(name), str(type)) for name, type, *_ in self.rows(f"DESCRIBE SELECT * FROM ({query}\n)"))

    def batches(self, query: str, fields: Sequence[Field]) -> Iterator[pa.RecordBatch]:
        """The rows of a query in pieces."""
        names = ", ".join(f"c{i}" for i in range(len(fields)))
        columns = ", ".join(
            f"CAST(c{i} AS VARCHAR) AS c{i}" if f.carried == "VARCHAR" else f"c{i}" for i, f in enumerate(fields)
        )
        with self._own_errors():
            yield from self._con.execute(f"SELECT {columns} FROM ({query}\n) AS q({names})").to_arrow_reader(BATCH)

    def close(self) -> None:
        """Close the file."""
        self._con.close()

    def _own_errors(self) -> AbstractContextManager[None]:
        return translated(duckdb.Error, lambda error: _refused(error, self._address))


def reach(address: Address, scratch: Path) -> DuckDBFile:
    """Open a file for reading; it spills into `scratch`. Raises P116 when it is in use, P108 when it is damaged."""
    return DuckDBFile(address, scratch)


def put(address: Address, tables: Mapping[str, pa.Table], run: str) -> None:
    """Bring `standing`'s tables to these rows in one transaction, in a file that is made where there is none. Raises P116."""
    locked = {**_LOCKED, "python_enable_replacements": "false", "enable_external_access": "false"}
    with translated(duckdb.Error, lambda error: _not_put(error, address)):
        new = not Path(address.database).exists()
        with duckdb.connect(address.database, config=locked) as con:
            if new:
                Path(address.database).chmod(0o600)
            con.execute("BEGIN TRANSACTION")
            for name, rows in tables.items():
                con.execute(standing.create(name))
                con.execute(standing.check(name))
                con.register(f"{standing.STAGED}{name}", rows)
                for statement in standing.merge(name, run):
                    con.execute(statement)
                con.unregister(f"{standing.STAGED}{name}")
            con.execute("COMMIT")


def _not_put(error: duckdb.Error, address: Address) -> PersonaeError:
    """An error of DuckDB while writing."""
    said = str(error).partition("\n")[0]
    ours = isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ConstraintException)
    return refusal("put", address, said) if ours else _refused(error, address)


def _field(name: str, type: str) -> Field:
    if type in _PLAIN or type.startswith("DECIMAL"):
        return Field(name, type)
    if type.startswith("TIMESTAMP"):
        return Field(name, "VARCHAR", "TIMESTAMP")
    return Field(name, "VARCHAR", "NUMERIC" if type in _WIDE else "")


def _refused(error: duckdb.Error, address: Address) -> PersonaeError:
    """An error of DuckDB as one of ours."""
    said = str(error).partition("\n")[0]
    low = said.lower()
    if isinstance(error, duckdb.OutOfMemoryException):
        return MachineError(
            "P501", f"the query needs more than {MEMORY}", where=address.place, fix="ask for fewer rows or columns"
        )
    if "could not set lock" in low or "different configuration" in low:
        return refusal("busy", address, said)
    if "permission" in low:
        return refusal("rights", address, "")
    if isinstance(error, duckdb.IOException | duckdb.SerializationException | duckdb.InternalException | duckdb.FatalException):
        fix = "restore it from a copy, or open it with the version of DuckDB that wrote it and export the table as Parquet"
        name = Path(address.database).name
        return DataError(
            "P108", f"{name} is damaged or of another version of DuckDB", where=f"{address.place}: {said}"[:400], fix=fix
        )
    return refusal("query", address, said)
