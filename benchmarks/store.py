"""A year of weekly runs, and more, in one record: its size, and how long its history takes to list.

    python benchmarks/store.py RECORD [RUNS ...]

RECORD is a record with at least one run, such as that of `personae demo`; it is copied. Every further run is a result of
its own of the same size.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import replace
from pathlib import Path

from personae.store import Record
from personae.store.casts import size
from personae.store.keeping import prune


def filled(record: Record, runs: int) -> None:
    """Add runs until there are that many, each a week later than the one before."""
    cast = record.load()
    for number in range(len(record.entries()), runs):
        made = replace(cast, run="", edits=(), warnings=(*cast.warnings, f"week {number}"))
        record.add(made, None, "2026-05-30", more=lambda place, shown: None)


def seconds(*arguments: str, cwd: Path) -> float:
    """Processor time of a command, its start included: the best of three."""
    best = 1e9
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "personae", *arguments], cwd=cwd, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def measured(record: Record) -> dict[str, object]:
    """Sizes and times of a record."""
    folder = record.root / "runs" / record.entry().digest
    texts = b"".join(p.read_bytes() for p in sorted(folder.glob("*.json")))
    start = time.perf_counter()
    entries = record.entries()
    known = time.perf_counter() - start
    return {
        "runs": len(entries),
        "record_MB": round(size(record.root) / 1e6, 1),
        "index_kB": round((record.root / "index.db").stat().st_size / 1e3),
        "a_run_kB": round(size(folder) / 1e3),
        "a_run_compressed_kB": round((len(zlib.compress(texts, 6)) + (folder / "users.parquet").stat().st_size) / 1e3),
        "entries_ms": round(known * 1e3, 1),
        "runs_list_cpu_s": round(seconds("runs", "--json", cwd=record.root.parent), 2),
        "help_cpu_s": round(seconds("--help", cwd=record.root.parent), 2),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(sys.argv[1], Path(folder) / ".personae")
        record = Record(Path(folder) / ".personae")
        for runs in map(int, sys.argv[2:] or ("52", "365", "1000")):
            filled(record, runs)
            print(json.dumps(measured(record)))
        done = prune(record, 20, reports=True)
        print(json.dumps({"pruned": len(done.runs), "freed_MB": round(done.bytes / 1e6, 1), **measured(record)}))
