"""Kill writers at random instants, and see that nothing is lost and nothing is half there (PER-01).

For every instant: a record with two runs, a process that does one act to it, SIGKILL at a moment drawn evenly from the time
the act takes, then the checks: the record opens, no run is damaged, earlier results have their bytes, the record is as it
was or as it would have been; and the same act, done again, gives the same bytes as where nobody was killed.

    python benchmarks/kill.py [INSTANTS] [--commands N]

`--commands` adds N kills of the command `personae run` itself, at moments of the whole of its time. Measured with 12 instants,
one an act, and 10 kills of the command: nothing lost; of the 10 runs 4 were recorded whole and 6 not at all.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import old_stores
from personae.store import Record
from test_refusals import ACTS, AGED, _files, _filled, _state


def act(name: str, root: str, say: Connection) -> None:
    """In a process of its own: do the act once."""
    record = Record(Path(root) / ".personae")
    record.load()
    say.send("ready")
    ACTS[name](record)
    say.send("done")


def started(name: str, root: Path) -> tuple[Any, Connection]:
    """A process that is about to do the act."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["test_refusals"])
    here, there = context.Pipe()
    process = context.Process(target=act, args=(name, str(root), there))
    process.start()
    here.recv()
    return process, here


def prepared(name: str, root: Path) -> None:
    """A record in which the act can be done."""
    record = _filled(root)
    if name in AGED:
        old_stores.aged(record.root)


def killed(instants: int, base: Path) -> Counter[str]:
    """Every act in turn; counts of what the record was afterwards."""
    found: Counter[str] = Counter()
    draw = random.Random(7)
    known: dict[str, tuple[float, Any, Any, Any]] = {}
    for i in range(instants):
        name = list(ACTS)[i % len(ACTS)]
        if name not in known:
            known[name] = undisturbed(name, base / f"{name}-kept")
        seconds, before, after, made = known[name]
        root = base / f"{name}-here"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(base / f"{name}-kept" / "before", root)
        process, _ = started(name, root)
        time.sleep(draw.uniform(0, 1.2 * seconds))
        process.kill()
        process.join()
        found[checked(name, root, before, after, made)] += 1
    return found


def undisturbed(name: str, base: Path) -> tuple[float, Any, Any, Any]:
    """How long an act takes, the states before and after it, and the files that it leaves."""
    prepared(name, base / "before")
    shutil.copytree(base / "before", base / "after")
    process, pipe = started(name, base / "after")
    start = time.perf_counter()
    pipe.recv()
    seconds = time.perf_counter() - start
    process.join()
    states = [_state(Record(base / n / ".personae")) for n in ("before", "after")]
    return seconds, *states, _files(base / "after", hidden=True)


def checked(name: str, root: Path, before: Any, after: Any, made: Any) -> str:
    """What the record is like after the kill; AssertionError where something was lost or is half there."""
    record = Record(root / ".personae")
    state = _state(record)
    assert state in (before, after) or (name == "forget" and state[0] == after[0]), name
    assert not [why for e in record.entries() if (why := record.damage(e, whole=True))], name
    for entry in record.entries():
        record.load(entry.id)
    done = state != before
    if not done or name in ("forget", "prune"):
        ACTS[name](record)
    record.prepare()
    with record.writing() as rows:  # the next start clears what was left
        record.clean(rows)
    assert _state(record) == after, name
    now = _files(root, hidden=True)
    hidden = [n for n in now if ".personae-tmp-" in n]
    assert {n: b for n, b in now.items() if n not in hidden} == made, (name, sorted(set(now) ^ set(made)))
    return f"{name}: {'done' if done else 'not done'}" + (", hidden leftovers outside the record" if hidden else "")


def commands(instants: int, base: Path) -> Counter[str]:
    """Kills of `personae run` on a small file, groups given, at any moment of its time."""
    found: Counter[str] = Counter()
    draw = random.Random(8)
    rows = [f"u{i},{draw.gauss(i % 3 * 8, 1):.2f},{draw.gauss(i % 3 * 5, 1):.2f}" for i in range(300)]
    base.mkdir()
    (base / "users.csv").write_text("\n".join(["id,a,b", *rows]) + "\n")
    command = [sys.executable, "-m", "personae", "run", "users.csv", "--groups", "3", "--worlds", "none", "--quiet"]
    start = time.perf_counter()
    subprocess.run(command, cwd=base, check=True)
    seconds = time.perf_counter() - start
    record = Record(base / ".personae")
    first = _files(base / ".personae" / "runs", hidden=True)
    for _ in range(instants):
        listed = len(record.entries())
        process = subprocess.Popen(command, cwd=base)
        time.sleep(seconds * draw.uniform(0.3, 1.05))
        process.kill()
        process.wait()
        entries = record.entries()
        assert not [why for e in entries if (why := record.damage(e, whole=True))]
        now = _files(base / ".personae" / "runs", hidden=True)
        assert {n: now.get(n) for n in first} == first
        found[f"run: {'done' if len(entries) > listed else 'not done'}"] += 1
    subprocess.run(command, cwd=base, check=True)
    assert len({e.digest for e in record.entries()}) == 1, "an undisturbed run gives the same bytes"
    assert {p.name for p in (base / "reports").iterdir()} == {Path(e.folder).name for e in record.entries()}
    return found


if __name__ == "__main__":
    given = [a for a in sys.argv[1:] if a.isdigit()]
    with tempfile.TemporaryDirectory() as folder:
        counts = killed(int(given[0]) if given else 200, Path(folder) / "acts")
        print(json.dumps({"instants": counts.total(), "lost": 0, "found": dict(sorted(counts.items()))}, indent=1))
        if "--commands" in sys.argv:
            counts = commands(int(given[-1]), Path(folder) / "commands")
            print(json.dumps({"commands": counts.total(), "lost": 0, "found": dict(counts)}, indent=1))
