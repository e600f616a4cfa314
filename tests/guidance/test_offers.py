"""Which offer for whom: decided from who took what, and reproducible by a group-by."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.ways import looked

import personae
from exporters import worlds
from personae import Result
from personae.facts.offering import decisions, told
from personae.model.dossier import Dossier
from personae.model.fact import Fact
from personae.model.offers import Offers
from personae.model.persona import Claim
from personae.report.binder import sheets

TAKES = np.array([[0.7, 0.1, 0.5], [0.1, 0.7, 0.5], [0.03, 0.03, 0.1]])
ACTIONS = ("browse", "gallery", "compare", "filter", "ask", "rate")
OFFERS = ("red wine", "=white wine", "cheese")


def log(path: Path, users: int = 360) -> Path:
    """Three groups of visitors; the first takes red wine, the second white wine, the third hardly anything."""
    rng = np.random.default_rng(4)
    laws = np.repeat(np.eye(3) * 0.35 + 0.05, 2, axis=1)
    start = datetime(2026, 1, 1)
    with path.open("w", newline="") as sink:
        rows = csv.writer(sink)
        rows.writerow(("user", "time", "action", "campaign_item"))
        for u in range(users):
            group = u % 3
            when = [start + timedelta(minutes=int(m)) for m in rng.integers(0, 60 * 24 * 60, 20)]
            for t, a in zip(when, rng.choice(ACTIONS, 20, p=laws[group]), strict=True):
                rows.writerow((f"u{u}", t.isoformat(), a, ""))
            for offer, chance in zip(OFFERS, TAKES[group], strict=True):
                for _ in range(2 if rng.random() < chance else 0):
                    rows.writerow((f"u{u}", when[0].isoformat(), "browse", offer))
    return path


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    path = log(tmp_path_factory.mktemp("offers") / "log.csv")
    settings = {"id": "user", "time": "time", "event": "action", "offer": "campaign_item", "ignore": ("campaign_item",)}
    return personae.run(path, groups=3, worlds="none", **settings), path


def test_take_up_and_lift_are_those_of_a_group_by(found: tuple[Result, Path]) -> None:
    """Requirements 23 and 24."""
    result, path = found
    users = pd.DataFrame({"user": result.cast.ids.to_pylist(), "p": result.cast.placement.persona})
    rows = pd.read_csv(path, dtype=str).dropna(subset="campaign_item").drop_duplicates(["user", "campaign_item"])
    took = rows.merge(users, on="user")
    names = {p.name: p.index for p in result.cast.personas}
    (top,) = (s for s in sheets(result.cast) if s.id == "top-items")
    known = [r for r in top.rows if r[4] is not None]  # the others would tell of a few people
    assert len(known) >= 2
    for persona, item, lift, _, takers in known:
        own = took[(took.p == names[str(persona)]) & (took.campaign_item == item)]
        share, whole = len(own) / (users.p == names[str(persona)]).sum(), (took.campaign_item == item).sum() / len(users)
        assert takers == len(own) and lift == pytest.approx(share / whole) and lift > 1 and len(own) >= 10


def test_each_group_is_sent_what_it_takes_another_offer_or_nothing(found: tuple[Result, Path]) -> None:
    """Requirement 23."""
    result, _ = found
    (sheet,) = (s for s in sheets(result.cast) if s.id == "offers")
    group = {p.name: _group(result, p.key) for p in result.cast.personas}
    acts = {(group[str(r[0])], r[1]): r[2] for r in sheet.rows}
    assert acts[0, "red wine"] == "send" and acts[1, "=white wine"] == "send"
    assert acts[2, "cheese"] == "do not send"
    shown = [r[5] for r in sheet.rows if r[5] is not None]
    assert shown and all(isinstance(c, Claim) and c.facts for c in shown)


def _group(result: Result, key: str) -> int:
    """The planted group that a persona is."""
    (profile,) = (p for p in result.cast.profiles if p.key == key)
    return ACTIONS.index(profile.above[0].measure) // 2


def test_nothing_is_said_of_cells_under_the_floor(found: tuple[Result, Path]) -> None:
    result, _ = found
    assert all(f.value == 0 or round(f.value * f.n) >= 10 for f in result.cast.facts if ".offer." in f.id)


def fact(key: str, value: float, everyone: float, n: int = 200) -> Fact:
    half = 1.96 * (value * (1 - value) / n) ** 0.5
    return Fact(f"{key}.o{everyone}", key, "o", "o", "share", value, "share of users", n, value - half, value + half, everyone)


def test_the_rule_of_decisions_on_values_chosen_by_hand() -> None:
    """Requirement 23."""
    facts = {
        "all.a": fact("all", 0.3, 0.3), "all.b": fact("all", 0.2, 0.2), "all.c": fact("all", 0.25, 0.25),
        "P1.a": fact("P1", 0.6, 0.3), "P1.b": fact("P1", 0.05, 0.2), "P1.c": fact("P1", 0.25, 0.25),
        "P2.a": fact("P2", 0.1, 0.3), "P2.b": fact("P2", 0.2, 0.2), "P2.c": fact("P2", 0.2, 0.25, 30),
    }  # fmt: skip
    made = decisions(Offers("o", ("A", "B", "C", "D"), ("a", "b", "c", "d"), 400), ("P1", "P2"), facts, 10)
    acts = [(d.persona, d.offer, d.act, d.instead) for d in made]
    assert acts == [
        ("P1", "A", "send", ""), ("P1", "B", "other offer", "A"), ("P1", "C", "other offer", "A"),
        ("P2", "A", "do not send", ""), ("P2", "B", "send", ""), ("P2", "C", "", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("as_text", [True, False])
def test_only_what_was_taken_in_the_window_counts_and_no_hidden_event(as_text: bool) -> None:
    """Everybody took tea before the window and bread with a hidden event in it; twenty of the first group took wine in it."""
    start, rows = pd.Timestamp("2026-03-02 10:00"), []
    for u in range(80):
        for day, event, item in ((0, "view", "tea"), (5, "view", ""), (6, "open", ""), (7, "sync", "bread"), (11, "open", "")):
            rows.append((f"u{u:02d}", start + pd.Timedelta(days=day, minutes=u), event, item))
        if u < 20:
            rows.append((f"u{u:02d}", start + pd.Timedelta(days=8, minutes=u), "view", "wine"))
    frame = pd.DataFrame(rows, columns=["user_id", "time", "event", "item"])
    frame["time"] = frame["time"].astype(str) if as_text else frame["time"]
    settings = {"offer": "item", "ignore": ("item", "event=sync"), "window": "2026-03-06..2026-03-14"}
    found = looked({f"u{u:02d}": u // 40 for u in range(80)}, frame, **settings)
    assert found.dossier.offers is not None
    assert found.dossier.offers.names == ("wine",)
    assert [found.facts[f"{k}.offer.0"].value for k in ("all", "P1", "P2")] == [0.25, 0.5, 0.0]


def taken(key: str, takers: int, n: int) -> Fact:
    return Fact(f"{key}.a", key, "a", "a", "share", takers / n, "share of users", n)


@pytest.mark.parametrize(
    ("cells", "whole", "kept"),
    [
        ({"P1": (40, 60), "P2": (30, 60)}, (70, 120), {"P1", "P2"}),
        ({"P1": (16, 50)}, (17, 100), set()),  # one taker elsewhere
        ({"P1": (12, 14), "P2": (30, 86)}, (42, 100), set()),  # two of P1 did not, and what they took is P2's remainder
        (
            {"P1": (40, 60), "P2": (20, 60), "P3": (16, 60)},
            (79, 240),
            {"P1", "P2"},
        ),  # three elsewhere: P3 goes too
    ],
)
def test_no_take_up_tells_of_a_few_by_itself_or_by_subtraction(
    cells: dict[str, tuple[int, int]], whole: tuple[int, int], kept: set[str]
) -> None:
    facts = {f.id: f for f in (taken("all", *whole), *(taken(k, *c) for k, c in cells.items()))}
    shown = told(Offers("o", ("A",), ("a",), whole[1]), tuple(cells), facts, 10)
    assert {f.subject for f in shown.values()} - {"all"} == kept


def test_what_is_worked_out_from_a_lower_bound_is_not_told_as_a_number() -> None:
    whole = worlds.natural()
    first = replace(taken("P1", 3970, 3980), low=0.99, high=1.0, everyone=0.5, least=True)
    every = (first, replace(taken("P2", 2400, 3210), low=0.7, high=0.8, everyone=0.5), taken("all", 6420, 12837))
    dossier = Dossier(offers=Offers("item", ("tea",), ("a",), 12837))
    one, two = (s for s in sheets(replace(whole, facts=every, dossier=dossier)) if s.id in ("offers", "top-items"))
    bound, known = (next(r for r in one.rows if r[0] == whole.personas[i].name) for i in (0, 1))
    assert bound[2] == known[2] == "send" and bound[6] is None and known[6] == pytest.approx(2400 / 3210 / 0.5)
    takers = {r[0]: (r[2], r[4]) for r in two.rows}
    assert takers[whole.personas[0].name] == (None, None) and takers[whole.personas[1].name][1] == 2400
