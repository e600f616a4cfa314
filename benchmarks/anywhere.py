"""The same users placed by numpy, DuckDB, PostgreSQL and JavaScript: who stands elsewhere, and how many users a second.

    python benchmarks/anywhere.py --users 1000000

The rule comes of a search on 5,000 planted users with event counts, a skewed number with holes and a category. Seconds are of
placing alone: tables are filled and statements written before. Processor seconds stand beside the clock's, for busy machines.
PostgreSQL is started as the tests start it and needs its server, JavaScript needs node; what is missing is left out. One
JSON document on stdout.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from scipy.sparse import csr_matrix, vstack

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from cast_builder import cast as small_cast
from personae import plugins
from personae import rule as rules
from personae.exporters.inputs import tables
from personae.exporters.javascript import text as script
from personae.model.features import Counts, Features, Measure
from personae.model.intake import Field, How, Intake
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.sql.statement import Named, statement
from personae.stages.choose import choose
from personae.stages.score import inputs

EVENTS = tuple(f"event {i:02d}" for i in range(40))
FIELDS = ("persona", "second", "kind", "reason")
NODE = """
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { placeMany } from "./rule.mjs";
const out = createWriteStream("placed.csv");
let spent = 0n, used = 0, some = [];
const flush = () => {
  const start = process.hrtime.bigint(), before = process.cpuUsage();
  const placed = placeMany(some);
  spent += process.hrtime.bigint() - start;
  used += process.cpuUsage(before).user;
  const row = (a) => [a.id, a.persona, a.second, a.kind, a.reason, a.membership, a.margin].join("\\t") + "\\n";
  out.write(placed.map(row).join(""));
  some = [];
};
for await (const line of createInterface({ input: createReadStream("records.jsonl") })) {
  some.push(JSON.parse(line));
  if (some.length === 10000) flush();
}
if (some.length) flush();
out.end(() => console.log(Number(spent) / 1e9, used / 1e6));
"""


def world(users: int, seed: int) -> Features:
    """Four planted kinds of users with 40 events, an amount with holes and a plan with holes."""
    rng, taste = np.random.default_rng(seed), np.random.default_rng(99).dirichlet(np.full(len(EVENTS), 0.3), 4)
    kind = rng.choice(4, users, p=[0.4, 0.3, 0.2, 0.1])
    parts = [
        csr_matrix(rng.poisson(rng.gamma(2, 8, len(k))[:, None] * (0.7 * taste[k] + 0.3 / len(EVENTS))).astype(float))
        for k in np.array_split(kind, max(1, users // 50_000))
    ]
    spend = np.where(rng.random(users) < 0.05, np.nan, np.exp(1.0 + kind + 0.4 * rng.standard_normal(users)))
    plan = np.where(rng.random(users) < 0.05, -1, np.where(rng.random(users) < 0.7, kind % 3, rng.integers(0, 3, users)))
    return Features(
        pa.array([f"u{i:07d}" for i in range(users)]),
        Counts(vstack(parts, format="csr"), EVENTS, "events"),
        (
            Measure("spend", "spend", Role.BEHAVIOUR, Kind.DECIMAL, spend, forms=True),
            Measure("plan", "plan", Role.BEHAVIOUR, Kind.CATEGORY, plan.astype(np.int32), ("a", "b", "c"), forms=True),
        ),
    )


def codes(table: pa.Table) -> dict[str, np.ndarray]:
    """Answers in the order of the ids, texts as codes of their own words."""
    table = table.sort_by("id")
    found = {n: np.asarray(table[n].to_numpy(zero_copy_only=False), float) for n in ("membership", "margin")}
    for n in FIELDS:
        words = table[n].fill_null("").to_pylist()
        found[n] = np.array([hash(w) for w in words])
    return found


def against(known: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> dict[str, object]:
    """Users who stand elsewhere, and the largest gap of the two numbers."""
    differ = np.zeros(len(known["kind"]), bool)
    for n in FIELDS:
        differ |= known[n] != other[n]
    gaps = {n: float(np.abs(known[n] - other[n]).max()) for n in ("membership", "margin")}
    return {"differences": int(differ.sum()), **gaps}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=1_000_000)
    users = parser.parse_args().users
    rule, _ = choose(world(5000, 3), Study(sources=(), groups="4", worlds="none"))
    features = world(users, 4)
    counts, measures = inputs(rule, features)
    named = Named({i: f"P{i + 1}" for i in range(rule.size)}, {i: f"Persona {i + 1}" for i in range(rule.size)})
    some = small_cast().personas[0]
    personas = tuple(replace(some, index=i, key=k, name=named.names[i]) for i, k in named.keys.items())
    held = tables(rule, features.ids, counts, measures)
    clock = Clock()
    placement = rules.place(rule, counts, measures, users)
    seconds = {"numpy": clock.spent()}
    known = codes(plugins.find("exporters", "parquet").users(features.ids, placement, personas))
    found = {"numpy": {"differences": 0}}
    for name, place in (("duckdb", in_duckdb), ("postgres", in_postgres), ("javascript", in_node)):
        with tempfile.TemporaryDirectory() as folder:
            answer = place(rule, named, personas, held, counts, measures, Path(folder))
        if answer is None:
            found[name] = {"left out": "not on this machine"}
            continue
        seconds[name], table = answer
        found[name] = against(known, codes(table))
        print(name, seconds[name], found[name], file=sys.stderr, flush=True)
    for name, (wall, used) in seconds.items():
        per = {"users_a_second": round(users / wall), "users_a_processor_second": round(users / used)}
        found[name] |= {"seconds": round(wall, 2), "processor_seconds": round(used, 2), **per}
    counted = {"users": users, "cells": counts.nnz, "features": len(rule.features), "dimensions": rule.projection.shape[1]}
    print(json.dumps({**counted, "personas": rule.size, "faces": found}, indent=1))


class Clock:
    """Seconds of the clock and of the processors of this process since it was made."""

    def __init__(self) -> None:
        self.wall, self.used = time.perf_counter(), time.process_time()

    def spent(self) -> tuple[float, float]:
        return time.perf_counter() - self.wall, time.process_time() - self.used


def _used(backend: int, server: int) -> float:
    """Processor seconds of a backend of PostgreSQL and of the server's processes that have ended."""
    mine, others = (Path(f"/proc/{p}/stat").read_text().rpartition(")")[2].split() for p in (backend, server))
    return (sum(map(int, mine[11:13])) + sum(map(int, others[13:15]))) / os.sysconf("SC_CLK_TCK")


def _sql(rule, named, dialect):
    return statement(rule, named, dialect, lambda n: plugins.find("steps", n).sql, None, {})


def in_duckdb(rule, named, personas, held, counts, measures, folder):
    """DuckDB with 4 GB at most."""
    with duckdb.connect(str(folder / "t.duckdb"), config={"memory_limit": "4GB", "threads": 2}) as con:
        for name, table in held.items():
            con.register("given", table)
            con.execute(f"CREATE TABLE {name} AS FROM given")
        sql, clock = _sql(rule, named, "duckdb"), Clock()
        con.execute(f"CREATE TABLE placed AS {sql}")
        return clock.spent(), con.execute("FROM placed").to_arrow_table()


def in_postgres(rule, named, personas, held, counts, measures, folder):
    """A private PostgreSQL with its usual settings but for the disk, which it does not wait for."""
    import pytest

    import servers

    started = servers.postgres.__wrapped__()
    try:
        server = next(started)
    except pytest.skip.Exception:
        return None
    with closing(server.connect("shop")) as con, closing(con.cursor()) as cursor:
        for name, table in held.items():
            cursor.adbc_ingest(name, table, mode="replace")
        con.commit()
        cursor.execute("ANALYZE inputs")
        cursor.execute("ANALYZE counts")
        cursor.execute("SELECT pg_backend_pid()")
        own, sql = cursor.fetchone()[0], _sql(rule, named, "postgres")
        before, start = _used(own, server.process.pid), time.perf_counter()
        cursor.execute(f"CREATE TABLE placed AS {sql}")
        con.commit()
        spent = time.perf_counter() - start, _used(own, server.process.pid) - before
        cursor.execute("SELECT * FROM placed")
        table = cursor.fetch_arrow_table()
    next(started, None)
    return spent, table


def in_node(rule, named, personas, held, counts, measures, folder):
    """Node on one core, 10,000 records at a time."""
    if shutil.which("node") is None:
        return None
    fields = (Field("spend", How.NUMBER, ("spend",)), Field("plan", How.TEXT, ("plan",)))
    intake = Intake("id", fields, counted=tuple(rules.events_of(rule)))
    (folder / "rule.mjs").write_text(script(replace(small_cast(), rule=rule, personas=personas), intake), encoding="utf-8")
    (folder / "call.mjs").write_text(NODE)
    names, ids = rules.events_of(rule), held["inputs"]["id"].to_pylist()
    with (folder / "records.jsonl").open("w") as out:
        for i, id in enumerate(ids):
            here = slice(counts.indptr[i], counts.indptr[i + 1])
            done = {names[j]: n for j, n in zip(counts.indices[here].tolist(), counts.data[here].tolist(), strict=True)}
            spend = float(measures["spend"][i])
            row = {"id": id, "spend": None if spend != spend else spend, "plan": measures["plan"][i], "events": done}
            out.write(json.dumps(row) + "\n")
    made = subprocess.run(["node", "call.mjs"], cwd=folder, capture_output=True, text=True, check=True)
    heads = ["id", "persona", "second", "kind", "reason", "membership", "margin"]
    kinds = pc.ConvertOptions(column_types={n: pa.string() for n in heads[:5]} | {n: pa.float64() for n in heads[5:]})
    parse = pc.ParseOptions(delimiter="\t")
    wall, used = map(float, made.stdout.split())
    return (wall, used), pc.read_csv(folder / "placed.csv", pc.ReadOptions(column_names=heads), parse, kinds)


if __name__ == "__main__":
    main()
