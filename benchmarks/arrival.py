"""How soon whoever arrives is answered, and whether anybody is lost or answered twice when listeners are killed.

Real servers of their own (PostgreSQL with fsync, Redis) and real `personae listen` processes on the sample company. Needs what
the tests need.

    PYTHONPATH=src python benchmarks/arrival.py [--records 300] [--kills 40] [--backlog 20000]

A line of JSON for each part: postgres and redis (milliseconds from the commit of one record to its answer being there), folder
(from the rename of a file with one user to its answer), backlog (users a second when many wait), kills.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from servers import _do, _folder, _free_port, _running

EVENTS = ("open app", "save recipe", "read recipe", "add recipe to basket", "place order", "view offers", "redeem coupon")


def main() -> None:
    """Measure all parts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=300)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--backlog", type=int, default=20_000)
    parser.add_argument("--demo", type=Path, help="the folder of a finished `personae demo`; made when left out")
    asked = parser.parse_args()
    random.seed(1)
    with ExitStack() as open_:
        home = Path(open_.enter_context(tempfile.TemporaryDirectory())) / "demo"
        if asked.demo:
            shutil.copytree(asked.demo, home)
        else:
            made = [sys.executable, "-m", "personae", "demo", "--out", home]
            subprocess.run(made, check=True, capture_output=True)
        con, url = open_.enter_context(_postgres())
        os.environ["DB_URL"] = url
        _tables(con, home)
        told("postgres", _postgres_one_by_one(con, home, asked.records))
        told("backlog", _backlog(con, home, asked.backlog))
        told("kills", _kills(con, home, asked.kills))
        server, os.environ["REDIS_URL"] = open_.enter_context(_redis())
        told("redis", _redis_one_by_one(server, home, asked.records))
        told("folder", _folder_one_by_one(home, asked.records // 10))


def told(part: str, found: dict[str, Any]) -> None:
    """A line."""
    print(json.dumps({"part": part, **found}), flush=True)


def _spread(seconds: list[float]) -> dict[str, Any]:
    ordered = sorted(seconds)
    return {"records": len(ordered)} | {
        f"p{p}_ms": round(1000 * ordered[min(len(ordered) - 1, int(p / 100 * len(ordered)))], 1) for p in (50, 95, 99)
    }


@contextmanager
def _postgres() -> Iterator[tuple[Any, str]]:
    import psycopg

    program = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))[-1]
    with _folder("postgres") as (folder, who):
        _do(
            [program.parent / "initdb", "-D", folder / "data", "-U", "anna", "-A", "trust", "--locale=C", "-E", "UTF8"],
            folder,
            who,
        )
        port = _free_port()
        url = f"postgresql://anna@127.0.0.1:{port}/postgres"
        command = [program, "-D", folder / "data", "-k", folder, "-h", "127.0.0.1", "-p", port]
        there = _running(command, folder, who, lambda: psycopg.connect(url).close(), signal.SIGINT)
        with there, psycopg.connect(url, autocommit=True) as con:
            yield con, url


@contextmanager
def _redis() -> Iterator[tuple[Any, str]]:
    import redis

    port, folder = _free_port(), Path(tempfile.mkdtemp())
    server = redis.Redis(port=port, protocol=2, decode_responses=True)
    command = [shutil.which("redis-server") or "redis-server", "--port", port, "--save", "", "--dir", folder]
    with _running(command, folder, {}, server.ping, signal.SIGTERM):
        yield server, f"redis://127.0.0.1:{port}/0"
    shutil.rmtree(folder)


@contextmanager
def _listener(home: Path, *sources: str, more: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "personae", "listen", *sources, "--store", home / ".personae", *more]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert "listening" in said, said
        yield process
        if process.poll() is None:
            process.terminate()
            process.wait(30)


EACH = 1_000
"""Users who arrive at once before a listener is killed: it is in the middle of them."""
SOURCES = ("env:DB_URL::users", "env:DB_URL::events")


def _tables(con: Any, home: Path) -> None:
    """The tables of the sample, the log as long as that of a shop: each of its days forty times, by other users."""
    con.execute("CREATE TABLE users (customer_id text PRIMARY KEY, plan text, newsletter text)")
    con.execute("CREATE TABLE events (customer_id text, time timestamptz, event text)")
    lines = (home / "events.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [r for line in lines if len(r := line.split(",")) == 4 and r[0] and r[1].startswith("2026")]
    with con.cursor().copy("COPY events FROM STDIN") as copy:
        for turn in range(8):
            for user, at, event, _ in rows:
                copy.write_row((f"{turn} {user}", at, event))
    con.execute("CREATE INDEX ON events (customer_id)")
    con.execute("ANALYZE")
    subprocess.run(
        [sys.executable, "-m", "personae", "listen", *SOURCES, "--store", home / ".personae", "--install"], check=True
    )
    con.execute("CREATE TABLE written (id text)")
    con.execute("""CREATE FUNCTION wrote() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO written VALUES (NEW.id); PERFORM pg_notify(''answered'', NEW.id); RETURN NULL; END'""")
    on = "AFTER INSERT OR UPDATE ON personae_personas FOR EACH ROW"
    con.execute(f"CREATE TRIGGER wrote {on} EXECUTE FUNCTION wrote()")
    con.execute("LISTEN answered")


def _arrive(con: Any, user: str, events: int = 12) -> None:
    """A new customer with their first events, in one transaction."""
    with con.transaction():
        con.execute("INSERT INTO users VALUES (%s, 'family', 'no')", [user])
        values = [(user, random.choice(EVENTS)) for _ in range(events)]
        with con.cursor() as cursor:
            cursor.executemany("INSERT INTO events VALUES (%s, now(), %s)", values)


def _postgres_one_by_one(con: Any, home: Path, records: int) -> dict[str, Any]:
    waited = []
    with _listener(home, *SOURCES):
        for i in range(records):
            _arrive(con, f"new {i}")
            begun = time.perf_counter()
            for note in con.notifies(timeout=10):
                if note.payload == f"new {i}":
                    break
            waited.append(time.perf_counter() - begun)
            time.sleep(0.01)
    return _spread(waited) | {"events_in_table": con.execute("SELECT count(*) FROM events").fetchone()[0]}


def _backlog(con: Any, home: Path, users: int) -> dict[str, Any]:
    con.execute("INSERT INTO users SELECT 'many ' || i, 'family', 'no' FROM generate_series(1, %s) AS i", [users])
    begun = time.perf_counter()
    with _listener(home, *SOURCES):
        started = time.perf_counter()
        while con.execute("SELECT EXISTS (SELECT 1 FROM personae_personas_queue)").fetchone()[0]:
            time.sleep(0.05)
        spent = time.perf_counter() - started
    return {"users": users, "users_per_second": round(users / spent), "start_seconds": round(started - begun, 1)}


def _kills(con: Any, home: Path, kills: int) -> dict[str, Any]:
    """Kill one of two listeners again and again while customers arrive; every change is answered once, by one or the other."""
    con.execute("TRUNCATE written")
    sent = 0
    with _listener(home, *SOURCES):
        for _ in range(kills):
            with _listener(home, *SOURCES) as other:
                con.execute(
                    "INSERT INTO users SELECT 'k ' || i, 'family', 'no' FROM generate_series(%s::int, %s::int) AS i",
                    [sent + 1, sent + EACH],
                )
                sent += EACH
                time.sleep(random.uniform(0.0, 0.2))
                other.kill()
                other.wait()
    with _listener(home, *SOURCES, more=("--once",)) as last:
        last.wait()
    left = con.execute("SELECT count(*) FROM personae_personas_queue").fetchone()[0]
    doubled = con.execute("SELECT count(*) - count(DISTINCT id) FROM written WHERE id LIKE 'k %'").fetchone()[0]
    lost = sent - con.execute("SELECT count(*) FROM personae_personas WHERE id LIKE 'k %'").fetchone()[0]
    return {"kills": kills, "arrived": sent, "lost": lost, "written_twice": doubled, "left_in_queue": left}


def _redis_one_by_one(server: Any, home: Path, records: int) -> dict[str, Any]:
    waited, told_of = [], server.pubsub(ignore_subscribe_messages=True)
    told_of.subscribe("personae")
    told_of.get_message(timeout=1)
    with _listener(home, "env:REDIS_URL::arrivals"):
        for i in range(records):
            events = {e: random.randint(1, 5) for e in EVENTS}
            record = {"customer_id": f"n{i}", "plan": "family", "newsletter": "no", "events": events}
            begun = time.perf_counter()
            server.xadd("arrivals", {"record": json.dumps(record)})
            while told_of.get_message(timeout=10) is None:
                pass
            waited.append(time.perf_counter() - begun)
            time.sleep(0.01)
    return _spread(waited)


def _folder_one_by_one(home: Path, files: int) -> dict[str, Any]:
    inbox, out, waited = home / "inbox", home / "placed", []
    inbox.mkdir()
    rows = "\n".join(f"n,2026-04-02T10:00:0{i},{e}," for i, e in enumerate(EVENTS))
    with _listener(home, str(inbox), more=("--to", str(out))):
        time.sleep(1)
        for i in range(files):
            (inbox / f"{i}.csv.tmp").write_text(f"customer_id,time,event,amount\n{rows}\n", encoding="utf-8")
            begun = time.perf_counter()
            (inbox / f"{i}.csv.tmp").rename(inbox / f"{i}.csv")
            while not (out / f"{i}.csv").exists():
                time.sleep(0.002)
            waited.append(time.perf_counter() - begun)
    return _spread(waited)


if __name__ == "__main__":
    main()
