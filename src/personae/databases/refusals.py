"""What a database says no with, in four parts and without secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from personae.databases.address import Address
from personae.errors import DataError, MachineError, PersonaeError, UsageError, lacking
from personae.redaction import redacted

E = TypeVar("E", bound=Exception)

_NOTHING = "nothing was read"
_GONE = "the rows that had come were thrown away; nothing was written"


def refusal(why: str, address: Address, said: str) -> PersonaeError:
    """The P116 of a kind: "login", "unreachable", "lost", "rights", "put", "query", "nowhere", "busy" or "unclear".

    `said` is the driver's own first words. Raised `from None`, so that no traceback repeats the driver.
    """
    name, said = address.label, redacted(" ".join(said.split()))[:300]
    where = f"{address.place}: {said}" if said else address.place
    match why:
        case "login":
            fix = "check user and password in the URL; in a password @ : / % are written %40 %3A %2F %25"
            return MachineError("P116", f"{name} does not accept the user or the password", where=where, did=_NOTHING, fix=fix)
        case "unreachable":
            fix = "check host and port, and whether the server runs and lets this machine in"
            return MachineError("P116", f"{name} does not answer", where=where, did=_NOTHING, fix=fix)
        case "lost":
            fix = "run the command again; if it happens again, ask who runs the server how long a query may take"
            return MachineError("P116", f"the connection to {name} was lost", where=where, did=_GONE, fix=fix)
        case "rights":
            fix = "ask for the right to SELECT from it"
            return MachineError("P116", f"{name} does not let this user read it", where=where, did=_NOTHING, fix=fix)
        case "put":
            fix = "ask for the right to make tables; a table of that name with other columns has to be renamed first"
            did = "nothing was written"
            return DataError("P116", f"{name} does not take the tables of personas", where=where, did=did, fix=fix)
        case "busy":
            fix = "close the program that has it open, or read a copy of the file"
            return MachineError("P116", f"the {name} file is in use", where=where, did=_NOTHING, fix=fix)
        case "query":
            fix = f"try the query in a client of {name}, and give the corrected one"
            return UsageError("P116", f"{name} cannot answer the query", where=where, did=_NOTHING, fix=fix)
        case "nowhere":
            fix = "check the last part of the URL"
            return DataError("P116", f"{name} has no database of that name", where=where, did=_NOTHING, fix=fix)
    fix = "see what it says under where; the server's own log may say more"
    return MachineError("P116", f"{name} refused", where=where, did=_GONE, fix=fix)


@contextmanager
def translated(kind: type[E], ours: Callable[[E], PersonaeError]) -> Iterator[None]:
    """Turn the errors of a driver into ours, `from None`, so that no traceback repeats the driver."""
    try:
        yield
    except kind as error:
        raise ours(error) from None


def without_driver(address: Address, package: str, extra: str) -> MachineError:
    """P501 for a driver that is not installed."""
    return lacking(package, extra, where=address.reference, did=_NOTHING)


def changed(address: Address, name: str, counted: int, came: int) -> DataError:
    """P116 for a table that gave another number of rows than it counted in the same snapshot."""
    what = f"{name} changed while it was being read: {counted:,} rows were counted, {came:,} came"
    fix = "run the command again when nothing writes to it, or read a copy; tables without transactions cannot be held still"
    return DataError("P116", what, where=address.place, did=_GONE, fix=fix)
