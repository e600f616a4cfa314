"""The scoring API under load: single users, batches, half-open connections beside them, the run exchanged twice.

    python benchmarks/serve.py --seconds 60
    python benchmarks/serve.py --store demo/.personae --seconds 20

A server in a process of its own, a client of raw sockets in this one. Every answer is compared with the label that the same run
gives offline. Phases: 16 connections with single users and 400 half-open ones, the current run exchanged at a third and at two
thirds; batches of 1,000 beside 4 connections with single users; hostile bodies. /health is asked twenty times a second in each.
A line each: requests (users) a second, p50, p99 and longest in ms, wrong answers, errors; then processor time and memory of the
server.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import personae
from conftest import planted
from personae.model.cast import Cast
from personae.stages.intake import Scorer
from personae.store import Record
from personae.store.keeping import rollback

SINGLES, HALF_OPEN, BATCH, USERS = 16, 400, 1_000, 4_000
DAY = "2026-06-30"


@dataclass
class Told:
    """What one kind of request came to."""

    name: str
    users: int = 1
    times: list[float] = field(default_factory=list)
    wrong: int = 0
    errors: int = 0

    def line(self, seconds: float) -> str:
        ms = np.sort(np.array(self.times or [np.nan])) * 1000
        rate = len(self.times) / seconds
        more = f" ({rate * self.users:,.0f} users/s)" if self.users > 1 else ""
        p50, p99 = np.quantile(ms, [0.5, 0.99])
        return (
            f"  {self.name:28} {rate:8,.0f} req/s{more}  p50 {p50:6.1f}  p99 {p99:6.1f}  longest {ms[-1]:7.1f} ms"
            f"  wrong {self.wrong}  errors {self.errors}"
        )


@dataclass(frozen=True)
class Load:
    """Requests as bytes, and per run what each must be answered."""

    port: int
    singles: Sequence[bytes]
    batches: Sequence[bytes]
    expected: dict[str, list[str]]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=60, help="of the first phase; the second takes half of that")
    asked.add_argument("--store", default="", help="a record to copy; else a run of planted groups is made")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        record, runs = prepared(Path(folder), said.store)
        command = [sys.executable, "-m", "personae", "serve", "--port", "0", "--store", str(record.root), "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                port = started(server)
                asyncio.run(phases(loaded(record, runs, port), record, runs, server.pid, said.seconds))
            finally:
                server.terminate()
    print(f"server ended with {server.returncode}")


def prepared(folder: Path, store: str) -> tuple[Record, tuple[str, str]]:
    """A record with two runs that place the same users otherwise."""
    record = Record(folder / ".personae")
    if store:
        shutil.copytree(store, record.root)
    else:
        log = planted(2_000, 5, 30, seed=3).log(folder / "events.csv")
        cast = personae.run(personae.read(str(log)), groups="5", method="kmeans", worlds="none").cast
        record.add(cast, None, DAY, more=lambda place, _: None)
    first = record.load("")
    record.add(turned(first), None, DAY, more=lambda place, _: None, current=True)
    second = record.entries()[-1].id
    rollback(record, first.run, DAY)
    return record, (first.run, second)


def turned(cast: Cast) -> Cast:
    """The same run with its prototypes exchanged."""
    assert cast.rule is not None
    return replace(cast, rule=replace(cast.rule, prototypes=cast.rule.prototypes[::-1].copy()), run="")


def started(server: subprocess.Popen[str]) -> int:
    """The port, once the server says it."""
    assert server.stdout is not None
    text = ""
    while "}" not in text:
        text += server.stdout.readline()
    return int(json.loads(text)["url"].rpartition(":")[2])


def loaded(record: Record, runs: Sequence[str], port: int) -> Load:
    scorers = {r: Scorer(record.load(r)) for r in runs}
    intake, rng = next(iter(scorers.values())).intake, np.random.default_rng(1)
    laws = rng.dirichlet(np.full(len(intake.counted), 0.3), USERS)
    records: list[dict[str, Any]] = []
    for i in range(USERS):
        counts = rng.multinomial(rng.integers(1, 80), laws[i])
        events = {e: int(n) for e, n in zip(intake.counted, counts, strict=True) if n}
        records.append({"id": f"C-{i:05d}", **{f.name: None for f in intake.fields}, "events": events})
    expected = {r: [a.persona for a in s.place(records)] for r, s in scorers.items()}
    bodies = [json.dumps(r).encode() for r in records]
    joined = [b"[" + b",".join(bodies[i : i + BATCH]) + b"]" for i in range(0, USERS, BATCH)]
    return Load(port, [request(port, b) for b in bodies], [request(port, b) for b in joined], expected)


def request(port: int, body: bytes | None, path: str = "/v1/score") -> bytes:
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if body is None:
        return (head + "\r\n").encode()
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


# ---------------------------------------------------------------- clients


async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> tuple[int, bytes]:
    """Send a request and read its answer."""
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.index(b"content-length: ") + 16
    body = await reader.readexactly(int(head[at : head.index(b"\r", at)]))
    return int(head[9:12]), body


async def asking(
    port: int, told: Told, end: float, pick: Callable[[int], bytes], wrong: Callable[[int, bytes], int], pause: float = 0.0
) -> None:
    """One connection that asks again and again until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    i = 0
    while time.perf_counter() < end:
        began = time.perf_counter()
        try:
            status, body = await one(reader, writer, pick(i))
        except (OSError, asyncio.IncompleteReadError):
            told.errors += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
            continue
        told.times.append(time.perf_counter() - began)
        told.errors += status != 200
        told.wrong += wrong(i, body)
        i += 1
        if pause:
            await asyncio.sleep(pause)
    writer.close()


def value(body: bytes, name: bytes) -> str:
    at = body.index(b'"' + name + b'":"') + len(name) + 4
    return body[at : body.index(b'"', at)].decode()


def single(load: Load, told: Told, end: float, start: int) -> Awaitable[None]:
    at = lambda i: (start + 17 * i) % USERS  # noqa: E731
    return asking(
        load.port, told, end, lambda i: load.singles[at(i)],
        lambda i, b: value(b, b"persona") != load.expected[value(b, b"run")][at(i)],
    )  # fmt: skip


def batch(load: Load, told: Told, end: float) -> Awaitable[None]:
    def wrong(i: int, body: bytes) -> int:
        found = json.loads(body)
        first = i % len(load.batches) * BATCH
        known = load.expected[found["run"]][first : first + BATCH]
        return sum(a["persona"] != k for a, k in zip(found["answers"], known, strict=True))

    return asking(load.port, told, end, lambda i: load.batches[i % len(load.batches)], wrong)


def health(load: Load, told: Told, end: float) -> Awaitable[None]:
    return asking(
        load.port, told, end, lambda _: request(load.port, None, "/health"), lambda _, b: b != b'{"status":"ok"}', 0.05
    )


async def half_open(port: int, end: float, held: list[float]) -> None:
    """A connection that never says all; opened again when it is closed."""
    while time.perf_counter() < end:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.perf_counter()
        writer.write(b"POST /v1/score HTTP/1.1\r\nHost: 127.0.0.1")
        try:
            await asyncio.wait_for(reader.read(100), max(end - time.perf_counter(), 0.01))
            held.append(time.perf_counter() - began)
        except TimeoutError:
            pass
        except OSError:
            held.append(time.perf_counter() - began)
        writer.close()


# ---------------------------------------------------------------- phases


async def phases(load: Load, record: Record, runs: Sequence[str], pid: int, seconds: float) -> None:
    await single(load, Told("warming up"), time.perf_counter() + 1, 0)
    before, spent = memory(pid), seconds_of(pid)
    told, alive, held = Told("single users"), Told("/health"), list[float]()
    began = time.perf_counter()
    end = began + seconds
    print(f"{SINGLES} connections with single users, {HALF_OPEN} half-open ones, two exchanges of the run, {seconds:.0f} s")
    await asyncio.gather(
        *(single(load, told, end, k * 250) for k in range(SINGLES)), health(load, alive, end), exchanged(record, runs, seconds),
        *(half_open(load.port, end, held) for _ in range(HALF_OPEN)),
    )  # fmt: skip
    for t in (told, alive):
        print(t.line(seconds))
    spent = seconds_of(pid) - spent
    print(f"  processor time of the server: {spent / seconds:.0%} of a core, {spent / len(told.times) * 1000:.2f} ms a request")
    longest = f"after {max(held):.1f} s at the latest" if held else "not within the time of this phase"
    print(f"  half-open connections: {len(held)} closed, {longest}")
    many, beside, alive = Told(f"batches of {BATCH:,}", BATCH), Told("single users beside"), Told("/health")
    end = time.perf_counter() + seconds / 2
    print(f"batches of {BATCH:,} on 2 connections, single users on 4, {seconds / 2:.0f} s")
    await asyncio.gather(
        *(batch(load, many, end) for _ in range(2)),
        *(single(load, beside, end, k * 900) for k in range(4)),
        health(load, alive, end),
    )
    for t in (many, beside, alive):
        print(t.line(seconds / 2))
    print(f"memory of the server: {before:.0f} MB before, {memory(pid):.0f} MB after")
    await hostile(load, pid)


async def exchanged(record: Record, runs: Sequence[str], seconds: float) -> None:
    """Another current run at a third of the time, and the first again at two thirds."""
    for run in (runs[1], runs[0]):
        await asyncio.sleep(seconds / 3)
        await asyncio.to_thread(rollback, record, run, DAY)


async def hostile(load: Load, pid: int) -> None:
    """Bodies that only want to hurt, each timed."""
    print("hostile bodies")
    bodies = {
        "48 MB array": b"[" + b",".join([b"1"] * 24_000_000) + b"]",
        "100,000 levels": b"[" * 100_000,
        "NaN": b'{"id":"a","events":{"x":NaN}}',
        "1e999": b'{"id":"a","events":{"x":1e999}}',
        "1,000,000 names": b"{" + b",".join(b'"%d":1' % i for i in range(1_000_000)) + b"}",
        "99,000 names": b"{" + b",".join(b'"%d":1' % i for i in range(99_000)) + b"}",
        "a name twice": b'{"id":"a","id":"b"}',
        "20,000 records": b"[" + b",".join([b"{}"] * 20_000) + b"]",
    }
    end, alive, before = time.perf_counter() + 600, Told("/health"), memory(pid)
    asking_health = asyncio.create_task(health(load, alive, end))  # type: ignore[arg-type]
    began = time.perf_counter()
    for name, body in bodies.items():
        times, status = [], 0
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", load.port, limit=1 << 24)
            start = time.perf_counter()
            status, _answer = await one(reader, writer, request(load.port, body))
            times.append(time.perf_counter() - start)
            writer.close()
        print(f"  {name:28} {status}   {min(times) * 1000:6.1f} to {max(times) * 1000:.1f} ms, {len(body):,} bytes")
    asking_health.cancel()
    print(alive.line(time.perf_counter() - began))
    print(f"  memory of the server: {before:.0f} MB before, {memory(pid):.0f} MB after")


def seconds_of(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
