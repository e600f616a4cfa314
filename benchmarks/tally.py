"""How much sooner everyone is placed after today's events when the days before were counted: two million events, thirty files.

    python benchmarks/tally.py [EVENTS] [USERS]

A run is made on the first days; then the thirtieth day is scored once by reading all files and once with a tally of the others.
Answers are compared byte for byte. Prints seconds of wall clock and of CPU, and the bytes of the tally.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

import personae
from personae import flow, tallying
from personae.model.cast import Cast

DAYS, FIRST = 30, 1_772_323_200
"""Days, and the second in which the first begins."""
LAWS = np.array([[60, 20, 10, 5, 3, 2], [10, 55, 5, 20, 5, 5], [5, 10, 40, 5, 35, 5], [20, 5, 5, 30, 5, 35]]) / 100
NAMES = np.array(["view", "search", "save", "buy", "share", "comment"])


def written(folder: Path, events: int, users: int) -> list[Path]:
    """One file a day; users of four kinds, of whom some do far more than others."""
    draw = np.random.default_rng(7)
    weight = draw.lognormal(0, 1, users)
    files = []
    for day in range(DAYS):
        who = draw.choice(users, events // DAYS, p=weight / weight.sum())
        kind = (draw.random(len(who))[:, None] > LAWS[who % 4].cumsum(axis=1)).sum(axis=1)
        at = FIRST + 86_400 * day + draw.integers(0, 86_400, len(who))
        ids = pa.array([f"u{i:07}" for i in who])
        table = pa.table({"user_id": ids, "event": NAMES[kind.clip(max=5)], "time": pa.array(at, pa.timestamp("s", "UTC"))})
        files.append(folder / f"day{day:02}.csv")
        pc.write_csv(table, files[-1])
    return files


def timed(what: str, act: Callable[[], Any]) -> tuple[Any, float]:
    """What an act gives, and its seconds of wall clock."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:<44}{wall:>8.1f} s  {cpu:>8.1f} CPU s", flush=True)
    return made, wall


def main() -> None:
    """Print the table."""
    events, users = (
        (int(x) for x in (*sys.argv[1:], "2000000", "100000")[:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 100_000)
    )
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "log").mkdir()
        files = written(folder / "log", events, users)
        first = personae.run(*map(str, files[:1]), worlds="none", groups="4", sample=2_000).cast
        for window in ("", "14d"):
            compared(replace(first, study=replace(first.study, window=window)), files, folder / f"counted{window}")


def compared(cast: Cast, files: list[Path], counted: Path) -> None:
    """One window."""
    print(f"window: {cast.study.window or 'all of the log'}")
    timed("29 days into a new tally", lambda: tallying.score(cast, [str(f) for f in files[:-1]], counted))
    added, quick = timed("the 30th day with the tally", lambda: tallying.score(cast, [str(files[-1])], counted))
    (ids, place), whole = timed("all 30 days without", lambda: flow.place(cast, (str(files[0].parent),)))
    same = added.ids.equals(ids) and all(
        getattr(place, n).tobytes() == getattr(added.placement, n).tobytes()
        for n in ("persona", "second", "membership", "margin", "kind", "reason")
    )
    size = sum(p.stat().st_size for p in counted.rglob("*.parquet"))
    print(
        f"{len(ids):,} users; {whole / quick:.1f} times sooner; same answers: {same}; the tally holds {size / 1e6:.1f} MB\n",
        flush=True,
    )
    if not same:
        sys.exit(1)


if __name__ == "__main__":
    main()
