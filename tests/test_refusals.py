"""A machine that says no at any moment: nothing is lost or half there, and the next try gives what it would have given."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import cast_builder
import old_stores
from failing import failing
from personae import plugins
from personae.errors import MachineError
from personae.model.cast import Cast
from personae.model.edit import Edit
from personae.model.features import Window
from personae.store import Record, whole_file
from personae.store.forgetting import forget
from personae.store.keeping import pin, prune, rollback
from personae.store.switches import switches


def _cast(seed: int, day: int = 30) -> Cast:
    return replace(cast_builder.cast(seed=seed), window=Window("2026-03-01", f"2026-05-{day}", "UTC", 90))


def _add(record: Record, cast: Cast, folder: Path | None = None, overwrite: bool = False) -> None:
    record.add(cast, folder, "2026-05-30", overwrite=overwrite, more=_readable)


def _readable(place: Path, cast: Cast) -> None:
    plugins.find("exporters", "csv").export(cast, place / "users.csv")


def _rename(record: Record, anew: Cast | None = None) -> None:
    kind = "rename" if anew is None else "split"
    record.edit("r02", lambda _: (Edit(0, "2026-06-01", kind, "P1", "Anna", keys=("P1",), made=("P1",)), anew))


def _export(record: Record) -> None:
    table = plugins.find("exporters", "parquet").users(*(getattr(record.load(), n) for n in ("ids", "placement", "personas")))
    with whole_file(record.root.parent / "out" / "users.csv", overwrite=True) as temp:
        plugins.find("exporters", "csv").write(table, temp)


def _move(record: Record) -> None:
    """What every writer does first."""
    with record.writing():
        pass


ACTS: dict[str, Callable[[Record], Any]] = {
    "run": lambda record: _add(record, _cast(9)),
    "run_into": lambda record: _add(record, _cast(9), record.root.parent / "mine"),
    "run_over": lambda record: _add(record, _cast(9), record.root.parent / "reports" / "2026-05-30_r01", overwrite=True),
    "edit": _rename,
    "split": lambda record: _rename(record, _cast(9)),
    "undo": lambda record: record.undo("r01"),
    "pin": lambda record: pin(record, "r01", "2026-06-01"),
    "rollback": lambda record: rollback(record, "r01", "2026-06-01"),
    "prune": lambda record: prune(record, 1, reports=True),
    "interview": lambda record: record.ask("r01", "2026-06-01", ["ünï"]),
    "forget": lambda record: forget(record, ["00123"]),
    "export": _export,
    "migrate": lambda record: _move(record),
}
AGED = ("migrate",)
"""Acts that begin with a record of an earlier version."""

STEPS = {"run": 5, "run_into": 11, "run_over": 5, "forget": 17, "prune": 2, "split": 7}


def _filled(root: Path) -> Record:
    """Two runs, the first with an edit, the second the current one."""
    record = Record(root / ".personae")
    for seed in (1, 2):
        _add(record, _cast(seed))
    record.edit("r01", lambda _: (Edit(0, "2026-06-01", "rename", "P1", "Anna"), None))
    return record


def _files(root: Path, *, hidden: bool) -> dict[str, bytes]:
    """Every file below a folder but those of SQLite and the lock."""
    there = (p for p in root.rglob("*") if p.is_file() and not p.name.startswith(("index.db", "lock", "pruning.json")))
    return {str(p.relative_to(root)): p.read_bytes() for p in there if hidden or ".personae-tmp-" not in str(p)}


def _state(record: Record) -> tuple[Any, ...]:
    """All that the record says."""
    with record.reading() as index:
        return record.entries(), record.entry(), switches(index), [record.edits(e.id) for e in record.entries()], record.asked()


@pytest.mark.slow
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("name", ACTS)
def test_whichever_call_fails_the_record_stays_and_the_next_try_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, lasting: bool
) -> None:
    """PER-02, PER-01: fail the Nth write, open, rename, flush or statement, for N = 1, 2, ... until the act succeeds; for acts
    with hundreds of calls every few of them, and every one with PERSONAE_SWEEP=every."""
    here, was = tmp_path / "here", tmp_path / "was"
    record, undisturbed = _filled(here), Record(tmp_path / "undisturbed" / ".personae")
    if name in AGED:
        old_stores.aged(record.root)
    for copy in ("undisturbed", "was"):
        shutil.copytree(here, tmp_path / copy)
    ACTS[name](undisturbed)
    before, files = _state(record), _files(here, hidden=False)
    after, made = _state(undisturbed), _files(tmp_path / "undisturbed", hidden=True)
    for nth in count(1, STEPS.get(name, 1) if os.environ.get("PERSONAE_SWEEP") != "every" else 1):
        try:
            with failing(monkeypatch, nth, lasting=lasting) as calls:
                ACTS[name](record)
        except MachineError as no:
            assert (no.code, no.exit_code) == ("P501", 5)
            if _state(record) == before:
                _unharmed(record, {} if lasting else files, calls.refused)
                continue
            assert name == "forget"  # people are gone from what is listed; the next try clears the rest
            ACTS[name](record)
        assert _state(record) == after, calls.refused
        assert _files(here, hidden=True) == made, calls.refused
        if not calls.refused:
            break
        shutil.rmtree(here)
        shutil.copytree(was, here)
    assert nth > 4


def _unharmed(record: Record, files: dict[str, bytes], refused: str) -> None:
    """No run is damaged; where going back was not refused, too, every file has its bytes, and none came to them."""
    assert not [why for e in record.entries() if (why := record.damage(e, whole=True))], refused
    now = _files(record.root.parent, hidden=False)
    assert {n: now.get(n) for n in files} == files, refused
    assert not files or not [n for n in now if n not in files and not n.startswith(".personae/")], refused
