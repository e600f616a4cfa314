"""Rows per second from each kind of source into audited tables, against DuckDB's plain scan of the same data.

    python benchmarks/reading.py --rows 1000000
    DB_URL=postgresql://user@localhost/test python benchmarks/reading.py --postgres DB_URL

A log of user, event, time, amount and three properties. "scan" reads every value and keeps none; "read" is what personae does
before anything is measured: every value looked at, typed and counted, ids as text. Each runs in a process of its own. With
--postgres the log is also put into a table personae_benchmark of that database, read from there, and dropped; its scan is the
server's own. One JSON document on stdout.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

SCAN = """
import duckdb, sys
c = duckdb.connect(); c.execute("SET threads=2")
columns = [r[0] for r in c.execute(f"DESCRIBE SELECT * FROM {sys.argv[1]}").fetchall()]
print(c.execute(f"SELECT count(*), {', '.join(f'max({x})' for x in columns)} FROM {sys.argv[1]}").fetchone())
"""

READ = """
import sys
from personae import plugins
from personae.model.study import Study
from personae.stages.read import read
with plugins.find("engines", "duckdb").connect(threads=2) as engine:
    print([t.used for t in read(engine, Study(sources=(sys.argv[1],)), {}, rows=True)])
"""

LOG = """
SELECT 'U' || lpad(CAST(hash(i) % ({rows} // 50 + 1) AS VARCHAR), 7, '0') AS user_id,
  'event ' || CAST(hash(i + 1) % 60 AS VARCHAR) AS event,
  CAST(TIMESTAMP '2026-01-01' + to_seconds(CAST(hash(i + 2) % 7776000 AS BIGINT)) AS VARCHAR) AS time,
  CAST(hash(i + 3) % 10000 AS DECIMAL(9, 2)) / 100 AS amount,
  ['DE', 'FR', 'PL', 'PT'][CAST(hash(i + 4) % 4 AS INTEGER) + 1] AS country,
  ['phone', 'desk', 'tablet'][CAST(hash(i + 5) % 3 AS INTEGER) + 1] AS device,
  CAST(hash(i + 6) % 100000 AS INTEGER) AS page
FROM range({rows}) AS t(i)
"""


def written(rows: int, folder: Path) -> dict[str, tuple[str, str]]:
    """The log in each form: name -> (path, how DuckDB reads it)."""
    made = {
        "CSV": ("log.csv", "(HEADER)", "read_csv('{}')"),
        "CSV, gzipped": ("log.csv.gz", "(HEADER, COMPRESSION gzip)", "read_csv('{}')"),
        "JSON lines": ("log.jsonl", "(FORMAT json)", "read_json('{}')"),
        "Parquet": ("log.parquet", "(FORMAT parquet)", "read_parquet('{}')"),
    }
    con = duckdb.connect()
    con.execute(f"CREATE TABLE log AS {LOG.format(rows=rows)}")
    for file, how, _ in made.values():
        con.execute(f"COPY log TO '{folder / file}' {how}")
    return {name: (str(folder / file), scan.format(folder / file)) for name, (file, _, scan) in made.items()}


def timed(*command: str) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds and the peak memory in MB of one process."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", *command], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"failed: {command[1:]}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def compared(rows: int, scan: tuple[float, float, int] | None, read: tuple[float, float, int]) -> dict[str, float]:
    """One line of the table."""
    line = {"rows_per_s": round(rows / read[0]), "cpu_s": round(read[1], 2), "peak_mb": read[2]}
    if scan:
        line |= {"scan_rows_per_s": round(rows / scan[0]), "times_a_scan_cpu": round(read[1] / scan[1], 1)}
    return line


def from_postgres(rows: int, variable: str) -> dict[str, float]:
    """The log in a table of a server, read from there, and the server's own scan of it."""
    from adbc_driver_postgresql import dbapi

    log = duckdb.sql(LOG.format(rows=rows)).to_arrow_table()
    columns = ", ".join(f"max({name})" for name in log.column_names)
    with dbapi.connect(os.environ[variable]) as server, server.cursor() as cursor:
        cursor.adbc_ingest("personae_benchmark", log, mode="replace")
        server.commit()
        try:
            start = time.perf_counter()
            cursor.execute(f"SELECT count(*), {columns} FROM personae_benchmark")
            cursor.fetchall()
            scan = time.perf_counter() - start
            server.commit()
            read = timed(READ, f"env:{variable}::personae_benchmark")
        finally:
            cursor.execute("DROP TABLE personae_benchmark")
            server.commit()
    return {**compared(rows, None, read), "scan_rows_per_s": round(rows / scan)}


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--rows", type=int, default=1_000_000)
    args.add_argument("--postgres", default="", metavar="VARIABLE", help="environment variable that holds the URL")
    a = args.parse_args()
    table = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (path, scan) in written(a.rows, Path(folder)).items():
            table[name] = compared(a.rows, timed(SCAN, scan), timed(READ, path))
    if a.postgres:
        table["PostgreSQL"] = from_postgres(a.rows, a.postgres)
    print(json.dumps({"rows": a.rows, "sources": table}, indent=1))


if __name__ == "__main__":
    main()
