"""One world, many faces: file, folder, table, stream, HTTP and record give every user the same answer."""

from __future__ import annotations

import csv
import http.client
import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from arriving import Always, Heard, Shop, log
from personae import plugins
from personae.cli import main
from servers import Server
from web.served import over

Answers = dict[str, tuple[Any, ...]]
NAMES = ("persona", "persona_name", "membership", "margin", "kind", "reason")


def _of_csv(path: Path) -> Answers:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        r["id"]: (r["persona"], r["persona_name"], float(r["membership"]), float(r["margin"]), r["kind"], r["reason"])
        for r in rows
    }


def test_all_faces_give_the_same_answers(
    shop: Shop, postgres: Server, redis: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirement 40: whatever the way in, the answer is that of the batch."""
    monkeypatch.setenv("DB_URL", postgres.url())
    monkeypatch.setenv("REDIS_URL", redis.url)
    monkeypatch.setattr(plugins.find("arrivals", "folder"), "SETTLE", 0.1)
    (tmp_path / "inbox").mkdir()
    log(tmp_path / "inbox" / "new.csv", shop.later)
    with pytest.raises(SystemExit):
        batch = ["score", str(tmp_path / "inbox" / "new.csv"), "--store", str(shop.record.root)]
        main.main([*batch, "--out", str(tmp_path / "batch.csv")])
    expected = _of_csv(tmp_path / "batch.csv")

    counts: dict[str, Counter[str]] = {}
    for user, event, _ in shop.later:
        counts.setdefault(user, Counter())[event] += 1
    records = [{"user_id": u, "events": dict(c)} for u, c in counts.items()]
    placed = shop.placer().scorer.place(records)
    assert {a.id: (a.persona, a.persona_name, a.membership, a.margin, a.kind, a.reason) for a in placed} == expected

    with over(shop.record) as (port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", "/v1/score", json.dumps(records), {"Content-Type": "application/json"})
        told = json.loads(connection.getresponse().read())["answers"]
        connection.close()
    assert {a["id"]: tuple(a[n] for n in NAMES) for a in told} == expected

    _listen(shop, "folder", str(tmp_path / "inbox"), str(tmp_path / "placed"))
    assert _of_csv(tmp_path / "placed" / "new.csv") == expected

    values = ", ".join(f"('{u}', '{e}', '{t}')" for u, e, t in shop.later)
    postgres.run("CREATE TABLE seen (user_id text, event text, time timestamptz)")
    plugins.find("arrivals", "postgres").install(["env:DB_URL::seen"], "seen_personas", shop.placer())
    postgres.run(f"INSERT INTO seen VALUES {values}")
    _listen(shop, "postgres", "env:DB_URL::seen", "seen_personas")
    names = "coalesce(persona_key, ''), coalesce(persona_name, ''), membership, margin, kind, reason"
    assert {id: tuple(rest) for id, *rest in postgres.run(f"SELECT id, {names} FROM seen_personas")} == expected
    postgres.run("DROP TABLE seen, seen_personas, seen_personas_queue, seen_personas_failed CASCADE")

    for record in records:
        redis.xadd("seen", {"record": json.dumps(record)})
    _listen(shop, "redis", "env:REDIS_URL::seen", "seen_personas")
    kept = [redis.hgetall(f"seen_personas:{u}") for u in counts]
    redis.flushall()
    assert {
        a["id"]: (a["persona"], a["persona_name"], float(a["membership"]), float(a["margin"]), a["kind"], a["reason"])
        for a in kept
    } == expected


def _listen(shop: Shop, plug: str, source: str, to: str) -> None:
    found = plugins.find("arrivals", plug)
    found.listen([source], to, Always(shop.placer(strict=found.STRICT)), Heard().tell, threading.Event(), once=True)
