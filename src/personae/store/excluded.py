"""The people that a record of runs leaves out of everything that is made in it from now on."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from personae.files.excluded import NAME, kept, written
from personae.model.cast import Cast
from personae.model.exclusion import digest
from personae.model.study import Study
from personae.store.atomic import on_disk, whole_file
from personae.store.lock import only_writer

_SECRET = 32
"""Bytes of the secret that a record makes its digests with."""


def exclude(root: Path, ids: Collection[str]) -> int:
    """Put people on the list of the record in `root`, as digests; returns how many were not on it yet. The list is there whole
    or not at all, for its owner alone. Raises MachineError when the machine says no, DataError for a list that is damaged."""
    with on_disk(root):
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with only_writer(root / "lock"):
        path = root / NAME
        secret, people = kept(path) if path.is_file() else (secrets.token_bytes(_SECRET), frozenset[str]())
        more = {digest(i, secret) for i in ids} - people
        if more:
            with whole_file(path, overwrite=True) as temp:
                temp.touch(mode=0o600)
                temp.write_text(written(secret, people | more), encoding="utf-8")
        return len(more)


def spared(study: Study, root: Path) -> Study:
    """The study with the list of the record in `root`, where it has one."""
    own = str(root / NAME)
    return replace(study, exclude=(*study.exclude, own)) if (root / NAME).is_file() and own not in study.exclude else study


def sparing(cast: Cast, root: Path) -> Cast:
    """A run whose study names the list of the record, so that whatever is made of it leaves these people out."""
    return replace(cast, study=spared(cast.study, root))
