"""A stream of Redis, read by a consumer group: each record in it is placed, and the answer kept under the user's id.

A record is an entry of the stream: its fields are the columns of a table, or it has one field "record" that holds JSON (with
"events", say). An answer and the acknowledgement of its record are one act of the server, so that whoever is killed in between
loses nothing and doubles nothing; what a dead consumer had taken is taken over after `IDLE` seconds. A record that cannot be
placed, or that was taken `MOST` times without an end, is set aside in a stream of its own.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from personae.databases.address import Address, parted, scheme
from personae.databases.lasting import lasting, lost
from personae.databases.refusals import refusal, without_driver
from personae.errors import DataError, PersonaeError, UsageError
from personae.model.arrival import Came, Stop, Tell
from personae.model.exclusion import Exclusion
from personae.model.intake import Answer
from personae.stages.arrive import Placer, arrive

KINDS = {"redis": ("redis", "Redis"), "rediss": ("redis", "Redis")}
TO, GROUP, RECORD = "personae", "personae", "record"
"""Where answers go where nothing is said, the name of the consumer group, and the field that holds a record as JSON."""
BATCH, MOST = 500, 5
"""Records taken at a time, which is all that is held in memory; and how often one is taken at most."""
IDLE = 30.0
"""Seconds after which what another consumer has taken is taken over."""
STRICT = True
"""What does not fit its column sets the record aside."""

_KEEP = """if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
local function later(a, b)
  local x, m = string.match(a, '(%d+)-(%d+)')
  local y, n = string.match(b, '(%d+)-(%d+)')
  if #x ~= #y then return #x > #y end
  if x ~= y then return x > y end
  if #m ~= #n then return #m > #n end
  return m >= n
end
local known = redis.call('HGET', KEYS[2], 'entry')
if not known or later(ARGV[2], known) then redis.call('HSET', KEYS[2], 'entry', ARGV[2], unpack(ARGV, 4)) end
redis.call('PUBLISH', KEYS[3], ARGV[3])
return 1"""
"""Acknowledge a record and keep its answer, unless that of a later one is there: all of it, or nothing the second time."""

_SPARE = """if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('DEL', KEYS[2])
return 1"""
"""Acknowledge a record of somebody who takes no part, and keep no answer of them."""

_ASIDE = """if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'entry', ARGV[2], 'code', ARGV[3], 'what', ARGV[4])
return 1"""
"""Acknowledge a record and list why it was not placed."""

Entry = tuple[bytes, Mapping[bytes, bytes]]


def takes(source: str) -> bool:
    """Whether a source is on a server of Redis."""
    return scheme(source) in KINDS


def listen(sources: Sequence[str], to: str, current: Any, tell: Tell, stop: Stop, *, once: bool = False) -> None:
    """Answer every record of the one stream in `sources` under the keys `to`:<id>, and go on until `stop`; with `once` until
    none is left. Where the server goes away it is waited for.

    Raises P116 where the server refuses.
    """
    address, stream = parted(sources[0], KINDS)
    if not stream or len(sources) > 1:
        what = "several streams are named" if stream else "no stream is named"
        raise UsageError("P001", what, where="SOURCE", fix="name one: env:REDIS_URL::arrivals")

    def work(again: bool) -> None:
        with _connected(address, scheme(sources[0]) == "rediss", again) as server:
            desk = Desk(server, stream, to)
            desk.begin()
            said = "the server is back" if again else f"listening on the stream {stream} ({address.label})"
            tell(Came(said=said, run=current.get().cast.run))
            _work(desk, current, tell, stop, once)
            desk.end()

    lasting(work, tell, stop)


class Desk:
    """Where records are taken from and answers are put: one consumer of a stream's group."""

    def __init__(self, server: Any, stream: str, to: str) -> None:
        self.server, self.stream, self.to = server, stream, to
        self.name = f"{sha256(platform.node().encode()).hexdigest()[:8]}-{os.getpid()}"
        self._keep, self._aside, self._spare = map(server.register_script, (_KEEP, _ASIDE, _SPARE))

    def begin(self) -> None:
        """Make the group where there is none, from the first record on, and forget consumers that went long ago."""
        known = [g["name"] for g in self.server.xinfo_groups(self.stream)] if self.server.exists(self.stream) else []
        if GROUP.encode() not in known:
            self.server.xgroup_create(self.stream, GROUP, id="0", mkstream=True)
        for c in self.server.xinfo_consumers(self.stream, GROUP):
            if not c["pending"] and c["idle"] > 86_400_000:
                self.server.xgroup_delconsumer(self.stream, GROUP, c["name"])

    def end(self) -> None:
        """Take our name off the group, unless something that we took is not answered."""
        mine = [c for c in self.server.xinfo_consumers(self.stream, GROUP) if c["name"] == self.name.encode()]
        if mine and not mine[0]["pending"]:
            self.server.xgroup_delconsumer(self.stream, GROUP, self.name)

    def new(self, wait: float) -> list[Entry]:
        """Records nobody has taken yet, after so many seconds at most; at least one of a hundredth."""
        found = self.server.xreadgroup(GROUP, self.name, {self.stream: ">"}, count=BATCH, block=max(10, int(1000 * wait)))
        return list(found[0][1]) if found else []

    def left(self) -> tuple[list[Entry], int]:
        """One record that a consumer took and did not answer, if any, and how often it was taken. They are taken over one by
        one, so that the record that ends whoever takes it is told from those that were taken with it."""
        found = self.server.xautoclaim(self.stream, GROUP, self.name, int(1000 * IDLE), "0-0", count=1)[1]
        if not found:
            return [], 0
        times = self.server.xpending_range(self.stream, GROUP, min=found[0][0], max=found[0][0], count=1)
        return list(found), times[0]["times_delivered"] if times else 1

    @property
    def pending(self) -> int:
        """Records that somebody took and has not answered."""
        return int(self.server.xpending(self.stream, GROUP)["pending"])

    def put(self, answers: Sequence[tuple[Entry, Answer | PersonaeError]], spared: Exclusion) -> list[bool]:
        """Keep answers but of those who are spared, and list those that are none; whether each was ours to answer still."""
        pipe = self.server.pipeline(transaction=False)
        for (entry, _), answer in answers:
            if isinstance(answer, Answer) and answer.id in spared:
                self._spare([self.stream, f"{self.to}:{answer.id}"], [GROUP, entry], client=pipe)
            elif isinstance(answer, Answer):
                told = {k: v for k, v in vars(answer).items() if k not in ("why", "unknown")}
                fields = [x for k, v in told.items() for x in (k, repr(v) if isinstance(v, float) else v)]
                told["unknown"] = asdict(answer.unknown)
                fields += ["unknown", json.dumps(told["unknown"], ensure_ascii=False)]
                keys = [self.stream, f"{self.to}:{answer.id}", self.to]
                self._keep(keys, [GROUP, entry, json.dumps(told, ensure_ascii=False), *fields], client=pipe)
            else:
                self._aside([self.stream, f"{self.to}:failed"], [GROUP, entry, answer.code, answer.what], client=pipe)
        return [bool(x) for x in pipe.execute()]


def _work(desk: Desk, current: Any, tell: Tell, stop: Stop, once: bool) -> None:
    """Answer records until the end; every few seconds those that others left."""
    looked = -IDLE
    while not stop.is_set():
        if time.monotonic() - looked >= IDLE / 10:
            while not stop.is_set() and (found := desk.left())[0]:
                tell(_answered(desk, current.get(), *found))
            looked = time.monotonic()
        entries = desk.new(0.0 if once else 1.0)
        if entries:
            tell(_answered(desk, current.get(), entries))
        elif once:
            if not desk.pending:
                return
            stop.wait(0.1)


def _answered(desk: Desk, placer: Placer, entries: Sequence[Entry], times: int = 1) -> Came:
    """Answer some records; those that were taken too often are not tried again."""
    read = [_record(fields) if times <= MOST else _deadly(times) for _, fields in entries]
    placed = iter(arrive(placer.scorer, [r for r in read if not isinstance(r, PersonaeError)]))
    answers = [r if isinstance(r, PersonaeError) else next(placed) for r in read]
    kept = desk.put(list(zip(entries, answers, strict=True)), placer.spared)
    ours = [a for a, own in zip(answers, kept, strict=True) if own]
    good = [a for a in ours if isinstance(a, Answer) and a.id not in placer.spared]
    aside = sum(isinstance(a, PersonaeError) for a in ours)
    second, micro = desk.server.time()
    waited = tuple(second + micro / 1e6 - int(entry.partition(b"-")[0]) / 1e3 for entry, _ in entries)
    return Came(len(good), aside, sum(a.kind == "outside" for a in good), waited, placer.cast.run)


def _record(fields: Mapping[bytes, bytes]) -> Mapping[str, Any] | DataError:
    """The record in an entry, or what is wrong with it."""
    try:
        texts = {k.decode(): v.decode() for k, v in fields.items()}
        if RECORD not in texts:
            return texts
        found = json.loads(texts[RECORD])
        json.dumps(found, ensure_ascii=False).encode()  # half a sign of UTF-16 can be written in JSON, and not answered
    except UnicodeError:
        return DataError("P106", "the record is no UTF-8", fix="write its fields as UTF-8")
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    return DataError("P103", f'the field "{RECORD}" holds no JSON object', fix='write {"id": ..., ...}')


def _deadly(times: int) -> DataError:
    what = f"the record was taken {times - 1:,} times, and whoever took it ended before it was answered"
    return DataError("P103", what, fix="look at the record; write it to the stream again when it is right")


@contextmanager
def _connected(address: Address, secure: bool, again: bool) -> Iterator[Any]:
    """A connection; what the server refuses comes as P116, a connection that broke as Lost."""
    try:
        import redis
    except ImportError:
        raise without_driver(address, "redis", "listen") from None
    if address.database and not address.database.isdigit():
        raise UsageError("P001", "a database of Redis has a number", where=address.reference, fix="redis://host:6379/0")
    server = redis.Redis(
        host=address.host or "127.0.0.1", port=address.port or 6379, db=int(address.database or 0), ssl=secure,
        username=address.user or None, password=address.password or None, protocol=2, socket_timeout=15,
        client_name="personae",
    )  # fmt: skip
    there = False
    try:
        server.ping()
        there = True
        yield server
    except redis.RedisError as error:
        raise _refused(error, address, there, again) from None
    finally:
        server.close()


def _refused(error: Exception, address: Address, there: bool, again: bool) -> PersonaeError:
    """An error of the client as one of ours."""
    import redis

    said = str(error)
    if isinstance(error, redis.AuthenticationError | redis.exceptions.NoPermissionError) or "NOAUTH" in said:
        return refusal("login", address, "")
    if isinstance(error, redis.ConnectionError | redis.TimeoutError) or said.startswith(("NOGROUP", "LOADING", "READONLY")):
        return lost(refusal("lost", address, said)) if there or again else refusal("unreachable", address, said)
    return refusal("unclear", address, said)
