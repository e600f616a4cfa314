"""Readers and a writer at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import cast_builder
from personae.model.edit import Edit
from personae.store import Record
from personae.store.forgetting import forget
from personae.store.keeping import prune, rollback


def _read(record: Record, done: Event) -> int:
    """Open the current run until the writer is done, and compare it with what it was made of."""
    opened = 0
    while not done.is_set():
        cast = record.load()
        made = cast_builder.cast(seed=cast.study.seed)
        assert cast.rule is not None
        assert made.rule is not None
        assert cast.rule.prototypes.tolist() == made.rule.prototypes.tolist()
        assert [i for i in cast.ids.to_pylist() if i != "00123"] == [i for i in made.ids.to_pylist() if i != "00123"]
        opened += 1
    return opened


def test_readers_never_see_a_torn_run_whatever_the_writer_does(tmp_path: Path) -> None:
    """PER-03; benchmarks/hammer.py does it for a minute with 20 processes."""
    record, done = Record(tmp_path / ".personae"), Event()
    record.add(cast_builder.cast(seed=1), None, "2026-05-30", more=lambda place, cast: None)
    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(_read, record, done) for _ in range(3)]
        try:
            for seed in range(2, 6):
                record.add(cast_builder.cast(seed=seed), None, "2026-05-30", more=lambda place, cast: None)
                record.edit("", lambda _: (Edit(0, "2026-06-01", "rename", "P1", "Anna"), None))
                rollback(record, "", "2026-06-01")
                rollback(record, "", "2026-06-01")
            forget(record, ["00123"])
            prune(record, 1)
        finally:
            done.set()
    assert sum(r.result() for r in readers) > 3
