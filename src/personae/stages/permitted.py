"""Ids that a list or a column names: those who may be asked, or who may not."""

from __future__ import annotations

from typing import Any

from personae.errors import UsageError
from personae.model.study import Study
from personae.model.table import Table
from personae.stages.read import read

YES = frozenset(
    ("yes", "y", "true", "t", "1", "on", "opt in", "opt-in", "opted in", "subscribed", "agreed", "allowed", "granted")
)
NO = frozenset(
    ("no", "n", "false", "f", "0", "off", "opt out", "opt-out", "opted out", "unsubscribed", "denied", "refused", "")
)
"""Answers that a column of consent may hold, in small letters."""
ID = ("id", "user_id", "userid", "user", "customer_id", "customer")
"""Names of a column of ids, where the run has no other."""
EXCLUDE = "--exclude"


def permitted(engine: Any, source: str, key: str, column: str = "", flag: str = "--consent") -> frozenset[str]:
    """The ids in a source, byte for byte; with `column` of those alone whose every row says yes, or, for a list of people to
    leave out (`flag` "--exclude"), one row.

    `key` is the name of the id column of the run. Raises UsageError P002 for a column that is not
    there, P001 for one that says other than yes and no, DataError for a file that cannot be read.
    """
    (table, *_) = read(engine, Study(sources=(source,)), {}, least=1, rows=True)
    id = _id(table, key)
    whose = f"CAST({engine.quote(id)} AS VARCHAR) AS id"
    if not column:
        ids = engine.arrow(f"SELECT {whose} FROM {engine.quote(table.relation)}").column(0).to_pylist()
        return frozenset(i for i in (*ids, id) if i is not None)  # the name of the column too: a bare list has no header
    names = {c.name.lower(): c.name for c in table.columns}
    if column.lower() not in names:
        raise UsageError(
            "P002", f"{table.source} has no column {column}", where=flag, fix=f"it has {', '.join(names.values())}"
        )
    said = f"{engine.quote(names[column.lower()])} AS said"
    cells = engine.arrow(f"SELECT {whose}, {said} FROM {engine.quote(table.relation)}")
    yes: set[str] = set()
    no: set[str] = set()
    for person, answer in zip(*(c.to_pylist() for c in cells.columns), strict=True):
        (yes if _yes(answer, column, flag) else no).add(person)
    return frozenset(yes - (set() if flag == EXCLUDE else no) - {None})


def _yes(answer: Any, column: str, flag: str) -> bool:
    """Whether an answer is a consent; no answer is none."""
    said = "" if answer is None else str(answer).strip().casefold().replace("_", " ")
    if said in YES:
        return True
    if said in NO:
        return False
    raise UsageError(
        "P001",
        f'the column "{column}" holds other answers than yes and no',
        where=flag,
        fix="name a column of yes and no, or bring a list of ids: "
        + ("--only FILE" if flag == "--consent" else f"{flag} FILE"),
    )


def _id(table: Table, key: str) -> str:
    """The column of ids: of the run's name, of a usual one, or the only one."""
    names = {c.name.lower(): c.name for c in table.columns}
    found = next((names[n] for n in (key.lower(), *ID) if n in names), "")
    if found or len(names) == 1:
        return found or next(iter(names.values()))
    raise UsageError(
        "P002", f"{table.source} does not say which column is the id", where=f"it has {', '.join(names.values())}",
        fix=f'name the column "{key or "id"}"',
    )  # fmt: skip
