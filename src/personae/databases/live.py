"""A connection to PostgreSQL that stays: it writes, and is told when something happens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from personae.databases.address import Address
from personae.databases.lasting import lost
from personae.databases.refusals import refusal, without_driver
from personae.errors import PersonaeError
from personae.redaction import hide


@contextmanager
def connected(address: Address, again: bool = False) -> Iterator[Any]:
    """A connection of its own transactions; what the server refuses comes as P116, a connection that broke as Lost."""
    try:
        import psycopg
    except ImportError:
        raise without_driver(address, "psycopg", "postgres") from None
    hide(os.environ.get("PGPASSWORD", ""))
    given = {"host": address.host, "port": address.port, "dbname": address.database, "user": address.user}
    given |= {"password": address.password, "application_name": "personae", "connect_timeout": 15, "keepalives_idle": 30}
    given |= {"client_encoding": "UTF8", **dict(address.options)}
    open_ = False
    try:
        with psycopg.connect(autocommit=True, cursor_factory=psycopg.RawCursor, **{k: v for k, v in given.items() if v}) as con:
            con.isolation_level, open_ = psycopg.IsolationLevel.READ_COMMITTED, True
            yield con
    except psycopg.Error as error:
        raise _refused(error, address, opening=not open_, again=again) from None


def unsuited() -> tuple[type[Exception], ...]:
    """What the driver raises where the tables are not those that a question is about."""
    import psycopg

    known: tuple[type[Exception], ...] = (psycopg.ProgrammingError, psycopg.DataError)
    return known


def _refused(error: Any, address: Address, *, opening: bool, again: bool) -> PersonaeError:
    """An error of the driver as one of ours."""
    state, said = error.sqlstate or "", str(error).splitlines()[0] if str(error) else ""
    if state.startswith("28") or (opening and "password" in said):
        return refusal("login", address, "")
    if state == "3D000" or (opening and "does not exist" in said and "database" in said):
        return refusal("nowhere", address, "")
    if state == "42501":
        return refusal("rights", address, said)
    if opening and not again:
        return refusal("unreachable", address, said)
    if opening or state in ("", "40001", "40P01") or state.startswith(("08", "53", "57P")):
        return lost(refusal("lost", address, said))
    return refusal("query" if state.startswith(("42", "22", "21", "25")) else "unclear", address, said)
