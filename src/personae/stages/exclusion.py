"""Exclusion: whom the lists of a study name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from personae import plugins
from personae.databases.address import is_database
from personae.errors import DataError, UsageError
from personae.files.excluded import is_kept, kept
from personae.model.exclusion import NOBODY, Exclusion, Roll
from personae.progress import warn
from personae.stages.permitted import EXCLUDE, ID, permitted


def exclusion(lists: Sequence[str], key: str = "") -> Exclusion:
    """Everybody on some lists. A list is a file of ids ("objectors.csv"), a file with a column whose yes leaves a person out
    ("customers.csv::opted_out"), a table of a database, or the list that a record of runs keeps.

    `key` is the name of the id column, where it is known. Raises UsageError P001 for two records, P101 for a list that is not
    there, and what `permitted` raises.
    """
    found = NOBODY
    for entry in lists:
        path = Path(entry).expanduser()
        if is_kept(path):
            found = _with_kept(found, path)
            continue
        ids, roll = _named(entry, key)
        found = Exclusion(found.ids | ids, found.digests, found.secret, (*found.rolls, roll))
    return found


def _with_kept(found: Exclusion, path: Path) -> Exclusion:
    """The list of a record beside others."""
    secret, people = kept(path)
    if found.secret:
        raise UsageError("P001", "two records of runs have a list of their own", where=str(path), fix="name one with --store")
    roll = Roll(f"the record's list ({path.name})", hashlib.sha256(path.read_bytes()).hexdigest(), len(people))
    return Exclusion(found.ids, people, secret, (*found.rolls, roll))


def _named(entry: str, key: str) -> tuple[frozenset[str], Roll]:
    """The ids of one list, and what may be said of it."""
    source, column = entry, ""
    if not _in_database(entry):
        source, _, column = entry.partition("::")
        if not Path(source).expanduser().is_file():
            what = f"the list of people to leave out, {source}, does not exist"
            fix = "bring it back, or name it again: --exclude FILE; without it people who objected would be used"
            raise UsageError("P101", what, where=EXCLUDE, did="nothing was read", fix=fix)
    ids = _ids(source, key, column)
    name = source if _in_database(entry) else Path(source).name
    people = sum(i.lower() not in (key.lower(), *ID) for i in ids)  # the name of the column is no person
    if not people:
        warn(f"{name} names nobody, so it leaves nobody out")
    return ids, Roll(name, _hash(source, ids), people)


def _in_database(entry: str) -> bool:
    """Whether a list is a table of a database, and not a file with a column."""
    source = entry.partition("::")[0]
    return is_database(entry) and (is_database(source) or not Path(source).expanduser().is_file())


def _ids(source: str, key: str, column: str) -> frozenset[str]:
    """Whom a list names; nobody where it has no rows. An engine of its own keeps the relations of the data apart."""
    with plugins.find("engines", "duckdb").connect(memory="1GB", threads=1) as engine:
        try:
            return permitted(engine, source, key, column, flag=EXCLUDE)
        except DataError as error:
            if error.code != "P107":
                raise
            return _header(Path(source))


def _header(path: Path) -> frozenset[str]:
    """The one line of a list without rows: it may be the id of one person; as the name of a column it does no harm."""
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines() if path.is_file() else []
    return frozenset(line.strip().strip("\"'") for line in lines[:1] if line.strip())


def _hash(source: str, ids: frozenset[str]) -> str:
    """Of the bytes of a file; of the ids where a database gave them."""
    path = Path(source).expanduser()
    data = path.read_bytes() if path.is_file() else "\n".join(sorted(ids)).encode()
    return hashlib.sha256(data).hexdigest()
