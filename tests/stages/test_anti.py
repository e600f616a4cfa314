"""Users who are no persona: machines told by the clock, misuse by its events, noise by its place (requirement 74)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from conftest import planted
from described import events
from known import given, known
from personae import flow, plugins
from personae.model.anti import Anti
from personae.model.study import Study
from personae.stages.anti import anti, sleepless

START = datetime(2026, 3, 1, tzinfo=UTC)


def _log(folder: Path, bots: int) -> Path:
    """120 people who act by day at uneven times, some machines every 600 seconds, and machines at random round the clock."""
    rng = np.random.default_rng(3)
    rows = []
    for i in range(120):
        days = np.sort(rng.integers(0, 80, 60))
        at = days * 86_400 + rng.integers(8 * 3600, 21 * 3600, 60)
        rows += [(f"person{i}", "view" if k % 3 else "buy", int(s)) for k, s in enumerate(at)]
    for i in range(bots):
        rows += [(f"timer{i}", "view", i * 37 + 600 * k) for k in range(200)]
        rows += [(f"crawler{i}", "view", int(s)) for s in rng.integers(0, 80 * 86_400, 300)]
    path = folder / "log.csv"
    lines = (f"{u},{e},{(START + timedelta(seconds=s)).strftime('%Y-%m-%dT%H:%M:%SZ')}" for u, e, s in rows)
    path.write_text("user_id,event,time\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def _found(path: Path, window: str = "") -> dict[str, Anti]:
    study = Study(sources=(str(path),), window=window)
    with plugins.find("engines", "duckdb").connect() as engine:
        tables, features = flow._measured(engine, study)
        labels = np.arange(len(features)) % 2
        return {a.mark: a for a in anti(given(features, labels, study, engine, tables=tables))}


def test_machines_are_told_from_people_by_the_clock_alone(tmp_path: Path) -> None:
    """Twelve timers are even; they and the crawlers never sleep; no person is among them."""
    found = _found(_log(tmp_path, 12))
    even = found["evenly spaced events, as by a timer"]
    awake = found["active round the clock, without a pause"]
    assert (even.users, awake.users, even.kind) == (12, 24, "machine")
    assert even.activity == 200 and even.everyone == 60


def test_only_what_happened_in_the_window_tells_a_machine(tmp_path: Path) -> None:
    """The timers stop two days after the log begins, the crawlers go on."""
    found = _found(_log(tmp_path, 12), "2026-03-10..2026-05-19")
    assert {mark: a.users for mark, a in found.items()} == {"active round the clock, without a pause": 12}


def test_people_are_no_machines_and_few_machines_are_not_told_of(tmp_path: Path) -> None:
    """EXP-03: nine of them are fewer than the floor."""
    assert "evenly spaced events, as by a timer" not in _found(_log(tmp_path, 9))
    assert not _found(_log(tmp_path, 0))


def test_sleep_is_six_hours_with_next_to_nothing() -> None:
    even, asleep, few = np.full(24, 10.0), np.r_[np.zeros(7), np.full(17, 20.0)], np.full(24, 2.0)
    over_midnight = np.roll(asleep, -3)
    assert sleepless(np.stack([even, asleep, few, over_midnight])).tolist() == [True, False, False, False]


def test_misuse_is_told_by_its_events_and_personas_by_counts_of_the_floor() -> None:
    """Thirty users with twenty chargebacks each, all in one persona; with three elsewhere no group is named."""
    labels = np.repeat([0, 1], 200)
    counts = np.random.default_rng(1).poisson(5, (400, 2))
    counts[:, 1] = 0
    counts[:30, 1], counts[200:203, 1] = 20, 20
    (only,) = anti(known(labels, counts=events(counts, ("buy", "chargeback"))))
    assert (only.kind, only.users, only.inside) == ("misuse", 33, ())
    counts[200:203, 1] = 0
    (only,) = anti(known(labels, counts=events(counts, ("buy", "chargeback"))))
    assert (only.users, only.inside) == (30, (("P1", 30),))


def test_noise_is_counted_by_its_reason_and_never_a_persona() -> None:
    world = planted(users=300, groups=2)
    labels = np.where(np.arange(300) < 40, -1, world.labels)
    seen = given(world.features(), labels)
    reason = np.where(labels < 0, 3, 0).astype(np.int8)
    from dataclasses import replace

    (far,) = anti(replace(seen, placement=replace(seen.placement, reason=reason)))
    assert (far.kind, far.mark, far.users, far.inside) == ("noise", "too far from every group", 40, ())
