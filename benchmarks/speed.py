"""Seconds and memory of the whole command on a raw log, as ratios to one scan of it and to what an analyst would run instead.

    python benchmarks/speed.py --users 10000 --peer
    python benchmarks/speed.py --log "FOLDER/*.parquet" --id user_id

The peer is the usual notebook (pandas pivot, log1p, scaling, PCA to 50, k-means for 2 to 15 groups with ten starts, silhouette
on 20,000 users); it needs pandas. Everything runs in processes of its own, one after the other. One JSON document on stdout.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

EVENTS, KINDS = 300, 8

SCAN = """
import duckdb, sys
c = duckdb.connect(); c.execute("SET threads=2")
print(c.execute("SELECT count(*), max(user_id), max(event) FROM read_parquet(?)", [sys.argv[1]]).fetchone())
"""

NOTEBOOK = """
import sys
import numpy as np, pandas as pd
from glob import glob
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler
log = pd.concat([pd.read_parquet(f, columns=["user_id", "event"]) for f in sorted(glob(sys.argv[1]))])
X = log.groupby(["user_id", "event"], observed=True).size().unstack(fill_value=0)
Z = PCA(50, random_state=0).fit_transform(StandardScaler().fit_transform(np.log1p(X)))
for k in range(2, 16):
    labels = KMeans(k, n_init=10, random_state=0).fit_predict(Z)
    silhouette_score(Z, labels, sample_size=min(len(Z), 20000), random_state=0)
"""


def generate(users: int, folder: Path, seed: int = 1) -> str:
    """A log of about 50 events a user in random order, 8 planted kinds of users, 300 event types."""
    rng = np.random.default_rng(seed)
    common = 1 / np.arange(1, EVENTS + 1) ** 1.1
    common = rng.permutation(common / common.sum())
    own = np.stack([rng.multinomial(1000, rng.dirichlet(np.full(EVENTS, 0.05))) / 1000 for _ in range(KINDS)])
    kind = rng.choice(KINDS, users, p=[0.25, 0.2, 0.15, 0.12, 0.1, 0.08, 0.06, 0.04])
    laws = np.cumsum(0.45 * common + 0.55 * own, axis=1)
    many = np.maximum(1, rng.lognormal(np.log(28), 1.1, users).astype(int)).clip(max=20_000)
    who = np.repeat(np.arange(users), many)
    what = np.empty(len(who), np.int64)
    for k in range(KINDS):
        mine = kind[who] == k
        what[mine] = np.searchsorted(laws[k] / laws[k, -1], rng.random(mine.sum()))
    order = rng.permutation(len(who))
    names = pa.array([f"event_{i:03d}" for i in range(EVENTS)])
    when = 1_700_000_000_000 + np.sort(rng.integers(0, 28 * 86_400_000, len(who)))
    table = pa.table({"user_id": who[order], "event": names.take(pa.array(what[order])), "ts": when})
    path = folder / "log.parquet"
    pq.write_table(table, path)
    return str(path)


def timed(command: list[str]) -> dict[str, float]:
    """Wall seconds, CPU seconds and peak memory of a command. Raises CalledProcessError where it fails."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, spent = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(running.returncode, command, said.read())
    wall, cpu = time.perf_counter() - start, spent.ru_utime + spent.ru_stime
    return {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2), "peak_mb": spent.ru_maxrss // 1024}


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--users", type=int, default=10_000)
    args.add_argument("--log", default="")
    args.add_argument("--id", default="user_id")
    args.add_argument("--peer", action="store_true")
    a = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if not a.log:  # in a process of its own, whose memory would else count as that of every command after it
            with ProcessPoolExecutor(1, get_context("spawn")) as apart:
                a.log = apart.submit(generate, a.users, Path(folder)).result()
        log = a.log
        out = Path(folder) / "run"
        said = {"scan": timed([sys.executable, "-c", SCAN, log])}
        said["personae"] = timed([sys.executable, "-m", "personae", "run", log, "--id", a.id, "--out", str(out), "--quiet"])
        said["stages"] = json.loads((out / "timings.json").read_text())["stages"]
        said["ratio to one scan"] = round(said["personae"]["cpu_s"] / said["scan"]["cpu_s"], 1)
        if a.peer:
            said["notebook"] = timed([sys.executable, "-c", NOTEBOOK, log])
            said["notebook to personae"] = round(said["notebook"]["cpu_s"] / said["personae"]["cpu_s"], 1)
    print(json.dumps(said, indent=1))


if __name__ == "__main__":
    main()
