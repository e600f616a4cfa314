"""The list of people that a record of runs leaves out of everything: digests made with a secret of the record, and no id."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from personae.errors import DataError

NAME = "excluded"
"""What the file is called, beside the index of the record."""
SCHEMA = 1


def is_kept(path: Path) -> bool:
    """Whether a path is that of such a list."""
    return path.name == NAME and path.is_file()


def kept(path: Path) -> tuple[bytes, frozenset[str]]:
    """The secret and the digests. Raises DataError P202 for a file that is damaged or of a newer version."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        version, secret, people = known["schema_version"], bytes.fromhex(known["secret"]), frozenset(known["people"])
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        what = "the list of people who take no part cannot be read"
        fix = "bring the file back from a copy of the record; without it nobody could be left out"
        raise DataError("P202", what, where=str(path), did="nothing was read", fix=fix) from wrong
    if version > SCHEMA:
        what = "the list of people who take no part was written by a newer personae"
        raise DataError("P202", what, where=str(path), did="nothing was changed", fix="upgrade personae")
    return secret, people


def written(secret: bytes, people: Iterable[str]) -> str:
    """The file as text."""
    return json.dumps({"schema_version": SCHEMA, "secret": secret.hex(), "people": sorted(people)}, indent=1) + "\n"
