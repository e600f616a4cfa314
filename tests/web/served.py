"""A real server on a free port in a thread of the test, and a client that sends what it is told."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import personae
from conftest import World, planted
from personae.model.cast import Cast
from personae.store import Record
from personae.web import app, guard, server
from personae.web.serving import Serving
from personae.web.tokens import Tokens

TOKEN = "q8Zr3vN5xTw1mKp7sLd2fGh9bYc4jEa6uRt0iOqX"  # noqa: S105 - let in nowhere but here


@dataclass(frozen=True, eq=False)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, eq=False)
class Served:
    """A server that runs, its record, and the world its first run was made of."""

    port: int
    record: Record
    cast: Cast
    world: World
    serving: Serving

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """One request on a connection of its own; `body` is sent as JSON unless it is bytes. Headers as Host="evil"."""
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if raw is not None else {}
        sent |= {k.replace("_", "-"): v for k, v in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host="Host" in sent, skip_accept_encoding=True)
            for name, value in {**sent, **({"Content-Length": str(len(raw))} if raw is not None else {})}.items():
                connection.putheader(name, value)
            connection.endheaders(raw)
            answer = connection.getresponse()
            return Answered(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def record_of(self, at: int) -> dict[str, Any]:
        """A user of the world as a record."""
        counts = dict(zip(self.world.events, self.world.counts[at].tolist(), strict=True))
        return {"id": self.world.ids[at], "events": {e: n for e, n in counts.items() if n}}


@contextmanager
def running(folder: Path, tokens: Tokens | None = None) -> Iterator[Served]:
    """A server over a record with one run of three groups."""
    world = planted(300, 3, 8, seed=5)
    source = personae.read(str(world.log(folder / "events.csv")))
    cast = personae.run(source, groups="3", worlds="none", method="kmeans").cast
    record = Record(folder / ".personae")
    record.add(cast, None, "2026-05-30", more=lambda place, _: None)
    with over(record, tokens) as (port, serving):
        yield Served(port, record, serving.scorer.cast, world, serving)


@contextmanager
def over(record: Record, tokens: Tokens | None = None) -> Iterator[tuple[int, Serving]]:
    """A server over a record, and its port."""
    serving = Serving(record)
    at = server.bound("127.0.0.1", 0)
    port = at.getsockname()[1]
    made = server.made(app.application(serving, guard.hosts(port), tokens))
    thread = threading.Thread(target=made.run, kwargs={"sockets": [at]}, daemon=True)
    thread.start()
    try:
        yield port, serving
    finally:
        made.should_exit = True
        thread.join(15)
        serving.close()
    assert not thread.is_alive(), "a server that was told to stop stops"


def turned(cast: Cast) -> Cast:
    """The same run with the prototypes of its personas exchanged, so that its answers are others."""
    assert cast.rule is not None
    return replace(cast, rule=replace(cast.rule, prototypes=cast.rule.prototypes[::-1].copy()), run="")
