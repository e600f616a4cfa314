"""A stream of Redis: every record is answered once, whoever dies in between, and a bad one stops nothing."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arriving import Always, Heard, Shop, listening, until
from personae.arrivals import redis as plug
from personae.errors import MachineError, UsageError
from personae.stages.arrive import placer

SOURCE = ["env:REDIS_URL::arrivals"]


@pytest.fixture
def server(redis: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The server, empty."""
    monkeypatch.setenv("REDIS_URL", redis.url)
    yield redis
    redis.flushall()


def _records(shop: Shop) -> dict[str, Mapping[str, Any]]:
    events: dict[str, Counter[str]] = {}
    for user, event, _ in shop.later:
        events.setdefault(user, Counter())[event] += 1
    return {user: {"user_id": user, "events": dict(counted)} for user, counted in events.items()}


def _add(server: Any, record: Mapping[str, Any]) -> str:
    return str(server.xadd("arrivals", {"record": json.dumps(record)}))


def _once(current: Any) -> Heard:
    heard = Heard()
    plug.listen(SOURCE, "personae", current, heard.tell, threading.Event(), once=True)
    return heard


def _answers(server: Any) -> dict[str, tuple[Any, ...]]:
    found = (server.hgetall(k) for k in server.keys("personae:*") if k != "personae:failed")
    texts = ("persona", "persona_name"), ("kind", "reason")
    return {
        a["id"]: (*(a[n] or None for n in texts[0]), float(a["membership"]), float(a["margin"]), *(a[n] for n in texts[1]))
        for a in found
    }


def test_every_record_is_answered_as_by_personae_score(server: Any, shop: Shop) -> None:
    """Requirement 40: by stream, equal to batch."""
    for record in _records(shop).values():
        _add(server, record)
    assert _once(Always(shop.placer(strict=True))).placed == 40
    assert _answers(server) == shop.batch(shop.later)
    assert not _once(Always(shop.placer(strict=True))).placed  # nothing is done twice
    assert server.xinfo_groups("arrivals")[0]["pending"] == 0


def test_a_listener_answers_at_once_tells_who_subscribed_and_lives_through_a_cut(server: Any, shop: Shop) -> None:
    first, second, *_ = _records(shop).values()
    told = server.pubsub()
    told.subscribe("personae")
    with listening(plug.listen, SOURCE, "personae", Always(shop.placer(strict=True))) as heard:
        until(lambda: heard.came)
        _add(server, first)
        until(lambda: heard.placed == 1)
        server.client_kill_filter(_type="normal", skipme=True)
        _add(server, second)
        until(lambda: heard.placed == 2)
    assert {c.run for c in heard.came if c.placed} == {"r01"}
    said = [m for m in iter(lambda: told.get_message(timeout=1.0), None) if m["type"] == "message"]
    assert json.loads(said[0]["data"])["id"] == first["user_id"]
    told.close()


def test_events_that_nobody_of_the_run_did_are_kept_with_the_answer(server: Any, shop: Shop) -> None:
    """As JSON: a name may hold a comma, and no more than three are named."""
    strange = [f"evnet, {n}" for n in range(4)]
    _add(server, {"user_id": "x", "events": {"event_01": 1, **dict.fromkeys(strange, 1)}})
    _once(Always(shop.placer(strict=True)))
    assert json.loads(server.hget("personae:x", "unknown")) == {"count": 4, "names": strange[:3]}


def test_poison_is_set_aside_with_its_reason_and_the_rest_goes_on(server: Any, shop: Shop) -> None:
    good = next(iter(_records(shop).values()))
    bad = [
        server.xadd("arrivals", {"record": "{broken"}),
        server.xadd("arrivals", {"record": "[" * 100_000}),
        server.xadd("arrivals", {"colour": "red"}),
        server.xadd("arrivals", {b"\xff\xfe": b"\xff"}),
        _add(server, {"user_id": "x", "events": {"event_01": "often"}}),
        _add(server, {"user_id": "x", "events": {"event_01": 1, "\ud800": 1}}),
        _add(server, {"user_id": "\ud800", "events": {"event_01": 1}}),
    ]
    _add(server, good)
    heard = _once(Always(shop.placer(strict=True)))
    listed = {f["entry"]: f["code"] for _, f in server.xrange("personae:failed")}
    assert (heard.placed, heard.aside) == (1, len(bad))
    assert set(listed) == set(bad)


def test_what_a_dead_consumer_had_taken_is_answered_by_another_and_what_kills_is_set_aside(
    server: Any, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once, and a record that ends whoever takes it ends nobody for ever."""
    monkeypatch.setattr(plug, "IDLE", 0.05)
    entries = {user: _add(server, record) for user, record in list(_records(shop).items())[:4]}
    server.xgroup_create("arrivals", plug.GROUP, id="0")
    server.xreadgroup(plug.GROUP, "dead", {"arrivals": ">"}, count=10)
    deadly = next(iter(entries.values()))
    for _ in range(plug.MOST + 1):
        server.xclaim("arrivals", plug.GROUP, "dead too", 0, [deadly])
    time.sleep(0.1)
    heard = _once(Always(shop.placer(strict=True)))
    assert (heard.placed, heard.aside) == (3, 1)
    assert [f["entry"] for _, f in server.xrange("personae:failed")] == [deadly]


def test_an_answer_that_comes_late_does_not_replace_that_of_a_later_record(server: Any, shop: Shop) -> None:
    """Idempotent, in any order."""
    one, other, *_ = _records(shop).values()
    old = _add(server, {**other, "user_id": "x"})
    _add(server, {**one, "user_id": "x"})
    server.xgroup_create("arrivals", plug.GROUP, id=old)
    current = Always(shop.placer(strict=True))
    _once(current)
    newer = _answers(server)["x"]
    server.xgroup_setid("arrivals", plug.GROUP, "0")
    _once(current)
    assert _answers(server)["x"] == newer == shop.batch([r for r in shop.later if r[0] == one["user_id"]])[one["user_id"]]


def test_people_on_the_exclusion_list_get_no_answer_here(server: Any, shop: Shop, tmp_path: Path) -> None:
    """SEC-05."""
    user, record = next(iter(_records(shop).items()))
    (tmp_path / "objectors.csv").write_text(f"user_id\n{user}\n", encoding="utf-8")
    cast = replace(shop.cast, study=replace(shop.cast.study, exclude=(str(tmp_path / "objectors.csv"),)))
    _add(server, record)
    assert not _once(Always(placer(cast, strict=True))).placed
    assert _answers(server) == {}
    assert server.xpending("arrivals", plug.GROUP)["pending"] == 0


def test_what_redis_refuses_is_said_without_the_password(server: Any, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-01."""
    current = Always(shop.placer(strict=True))
    monkeypatch.setenv("REDIS_URL", server.url.replace("41@", "42@"))
    with pytest.raises(MachineError, match="does not accept") as told:
        _once(current)
    assert "w/o" not in str(told.value.as_dict())
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    with pytest.raises(MachineError, match="does not answer"):
        _once(current)
    with pytest.raises(UsageError, match="no stream"):
        plug.listen(["env:REDIS_URL"], "personae", current, Heard().tell, threading.Event(), once=True)
