"""What a database holds: tables by name, the columns of a table or query, and the protocol of the engines that reach one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

from personae.databases.address import Address
from personae.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_QUERY = re.compile(r"\s*(?:--[^\n]*\n\s*)*\(*\s*(?:select|with)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Field:
    """A column on its way: batches carry it as the engine's type `carried`; `wanted` is the type it gets when every value fits.

    `wanted` is "" (it stays), "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" or "NUMERIC" (a decimal of as many
    digits as the values have). Values that do not all fit stay as they were carried.
    """

    name: str
    carried: str
    wanted: str = ""


POSTGRES = (
    "SELECT n.nspname::text, c.relname::text, pg_catalog.pg_table_is_visible(c.oid) FROM pg_catalog.pg_class AS c "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' "
    "AND NOT c.relispartition AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')) "
    "ORDER BY 1, 2"
)
"""The tables, views and the like of PostgreSQL that a user may read: schema, name, whether the name alone finds it."""


def quoted(name: str) -> str:
    """A name as an identifier of standard SQL."""
    return '"' + name.replace('"', '""') + '"'


class Database(Protocol):
    """A database that is open for reading, in one snapshot from the first question to the last."""

    dialect: str
    """Its name among SQL dialects."""
    hexed: bool
    """Whether `text` gives hexadecimal digits, because the database takes different texts for the same."""

    def tables(self) -> Sequence[tuple[str, str, bool]]:
        """(schema, name, whether the name alone finds it) of every table and view that may be read."""
        ...

    def quote(self, name: str) -> str:
        """A name as an identifier."""
        ...

    def text(self, column: str) -> str:
        """SQL of a column as text that is grouped byte by byte, in hexadecimal where `hexed`."""
        ...

    def second(self, column: str, per: int) -> str:
        """SQL of the whole second of the epoch of a column of times, or of one of whole numbers, `per` of them a second."""
        ...

    def fields(self, query: str) -> tuple[Field, ...]:
        """The columns of a query."""
        ...

    def batches(self, query: str, fields: Sequence[Field]) -> Iterator[pa.RecordBatch]:
        """The rows of a query in pieces, the columns named c0, c1..., each of the type it is carried in."""
        ...

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """All rows of a small query."""
        ...

    def close(self) -> None:
        """End the snapshot and the connection."""
        ...


def is_query(wanted: str) -> bool:
    """Whether the part after :: is a query rather than the name of a table."""
    return bool(_QUERY.match(wanted))


def chosen(found: Sequence[tuple[str, str, bool]], wanted: str, address: Address) -> tuple[str, str]:
    """(schema, name) of the table that is wanted, or of the only one. Raises DataError P116 naming the nearest or all."""
    if not wanted:
        own = [f for f in found if f[2]] or list(found)
        if len(own) == 1:
            return own[0][0], own[0][1]
        return _ask(own, address)
    typed = {wanted, wanted.replace('"', "").replace("`", "")}
    lower = {t.lower() for t in typed}
    exact = [f for f in found if typed & _spellings(f)]
    fits = exact or [f for f in found if lower & {s.lower() for s in _spellings(f)}]
    fits = [f for f in fits if f[2]] or fits
    if len(fits) == 1:
        return fits[0][0], fits[0][1]
    raise _unknown(found, wanted, address)


def _spellings(found: tuple[str, str, bool]) -> set[str]:
    """Ways to write a table."""
    return {found[1], f"{found[0]}.{found[1]}"}


def names(found: Sequence[tuple[str, str, bool]]) -> list[str]:
    """Tables as a user would write them."""
    return [name if visible or not schema else f"{schema}.{name}" for schema, name, visible in found]


def _ask(found: Sequence[tuple[str, str, bool]], address: Address) -> tuple[str, str]:
    if not found:
        what, fix = (
            f"{address.label} holds no table that may be read",
            "check the name of the database, and the rights of the user",
        )
        raise DataError("P116", what, where=address.place, did="nothing was read", fix=fix)
    listed = names(found)
    what = f"{address.label} holds {len(found)} tables: say which"
    raise DataError(
        "P116", what, where=f"{address.place}: {_some(listed)}", did="nothing was read", fix=f"{address.reference}::{listed[0]}"
    )


def _unknown(found: Sequence[tuple[str, str, bool]], wanted: str, address: Address) -> DataError:
    listed = names(found)
    lower = {n.lower(): n for n in listed} | {n.rpartition(".")[2].lower(): n for n in listed}
    near = get_close_matches(wanted.lower(), list(lower), 1, 0.5)
    if near:
        fix = f"did you mean {address.reference}::{lower[near[0]]}"
    else:
        fix = f"the tables are: {_some(listed)}" if listed else "check the name of the database, and the rights of the user"
    return DataError(
        "P116", f'there is no table "{wanted}" in {address.label}', where=address.place, did="nothing was read", fix=fix
    )


def _some(listed: Sequence[str], most: int = 12) -> str:
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")


def rows_of(database: Database, query: str) -> int:
    """How many rows a query has."""
    return int(str(database.rows(f"SELECT count(*) FROM ({query}\n) AS q")[0][0]))
