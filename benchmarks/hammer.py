"""Many readers and one writer on one record: no reader waits, fails, or sees a run that is torn (PER-03).

    python benchmarks/hammer.py [SECONDS] [READERS]

The writer records runs, edits, goes back, prunes and forgets without a pause; each reader opens the current run again and again
and compares it with what that run was made of.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import cast_builder
from personae.model.edit import Edit
from personae.store import Record
from personae.store.forgetting import forget
from personae.store.keeping import prune, rollback


def write(root: str, until: float, say: Connection) -> None:
    """Change the record in every way until the time is over; says what was done."""
    record, done, seed = Record(Path(root)), Counter[str](), 1
    while time.monotonic() < until:
        seed += 1
        record.add(cast_builder.cast(seed=seed), None, "2026-05-30", more=lambda place, cast: None)
        record.edit("", lambda _: (Edit(0, "2026-06-01", "rename", "P1", "Anna"), None))
        rollback(record, "", "2026-06-01")
        rollback(record, "", "2026-06-01")
        done["runs"] += 1
        if seed % 5 == 0:
            prune(record, 3, reports=True)
            forget(record, ["00123"])
            done["pruned and forgotten"] += 1
    say.send(dict(done))


def read(root: str, until: float, say: Connection) -> None:
    """Open the current run until the time is over; says how often, and the longest time that it took."""
    record, opened, longest, wrong = Record(Path(root)), 0, 0.0, []
    while time.monotonic() < until:
        start = time.monotonic()
        cast = record.load()
        longest = max(longest, time.monotonic() - start)
        opened += 1
        made = cast_builder.cast(seed=cast.study.seed)
        whole = cast.rule is not None and made.rule is not None and (cast.rule.prototypes == made.rule.prototypes).all()
        ids = [i for i in made.ids.to_pylist() if i != "00123"]
        if not whole or [i for i in cast.ids.to_pylist() if i != "00123"] != ids:
            wrong.append(cast.run)
    say.send((opened, longest, wrong))


def hammered(seconds: float, readers: int, root: Path) -> dict[str, object]:
    """Everybody at once; AssertionError where a reader failed or saw something torn."""
    Record(root).add(cast_builder.cast(seed=1), None, "2026-05-30", more=lambda place, cast: None)
    context = get_context("spawn")
    until = time.monotonic() + seconds
    pipes, workers = [], []
    for job in (write, *[read] * readers):
        here, there = context.Pipe()
        workers.append(context.Process(target=job, args=(str(root), until, there)))
        workers[-1].start()
        there.close()
        pipes.append(here)
    done, *seen = (pipe.recv() for pipe in pipes)
    for worker in workers:
        worker.join()
    record = Record(root)
    assert not [w for _, _, wrong in seen for w in wrong]
    assert not [e.id for e in record.entries() if record.damage(e, whole=True)]
    return {
        "readers": readers,
        "opened": sum(n for n, _, _ in seen),
        "longest_s": max(t for _, t, _ in seen),
        "torn": 0,
        **done,
    }


if __name__ == "__main__":
    seconds, readers = [*map(int, sys.argv[1:]), *(60, 20)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(hammered(seconds, readers, Path(folder) / ".personae")))
