"""Metrics, goals and their standing, groups that end badly, and the busiest users."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import personae
from advised import STUDY, cast, product
from described import Described, described, events, evidence, number, placed
from personae.errors import UsageError
from personae.model.dossier import Dossier, Known
from personae.model.fact import Fact
from personae.model.features import Window
from personae.model.persona import Claim
from personae.model.sheet import Cell, Sheet
from personae.model.study import Role
from personae.model.table import Kind
from personae.model.target import Target
from personae.report.binder import sheets
from personae.report.sheets.metrics import status
from personae.stages.loudest import loudest
from personae.stages.retention import retention
from personae.words.better import worse
from personae.words.stating import stated
from personae.words.targets import target

WORLD = product()


def sheet(id: str, world: Described = WORLD, dossier: Dossier | None = None, **settings: object) -> Sheet | None:
    made = cast(world, dossier, replace(STUDY, **settings))  # type: ignore[arg-type]
    return next((s for s in sheets(made) if s.id == id), None)


def text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Claim) else str(cell)


def test_a_target_is_read_as_it_is_typed() -> None:
    assert target("P1.purchase=60%@2026-12-31") == Target("P1", "purchase", 0.6, True, False, "2026-12-31")
    assert target("all.tickets a month<=0.5") == Target("all", "tickets a month", 0.5, False, True)
    assert target("Recipe savers.sessions>=5") == Target("Recipe savers", "sessions", 5, False)


@pytest.mark.parametrize("wrong", ["P1", "P1.x", "P1.x=many", "P1.x=60%@soon", "P1.x=60%@2026-13-01", "x=5"])
def test_what_is_no_target_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="is not a target"):
        target(wrong)
    with pytest.raises(UsageError, match="is not a target"):
        personae.read("log.csv", target=(wrong,))


@pytest.mark.parametrize(
    ("goal", "value", "end", "stands"),
    [
        ("P1.x=60%", 0.6, "", "met"), ("P1.x=60%", 0.59, "", "on the way"), ("P1.x<=60%", 0.61, "", "on the way"),
        ("P1.x<=60%", 0.6, "", "met"), ("P1.x=60%@2026-03-31", 0.5, "2026-04-01", "missed"),
        ("P1.x=60%@2026-03-31", 0.5, "2026-03-31", "on the way"), ("P1.x=60%@2026-03-31", 0.7, "2026-05-01", "met"),
        ("P1.x=60%", None, "2026-05-01", "unknown"),
    ],
)  # fmt: skip
def test_the_status_of_a_goal_is_computed(goal: str, value: float | None, end: str, stands: str) -> None:
    """Requirement 126."""
    assert status(target(goal), value, end) == stands


def test_each_goal_has_metric_value_denominator_date_and_status() -> None:
    """Requirement 126."""
    goals = ("P1.renewed=50%", "P3.renewed=50%@2026-01-01", "all.moonlight=3")
    found = sheet("targets", target=goals)
    assert found is not None
    assert [r[-1] for r in found.rows] == ["met", "missed", "unknown"]
    fact = WORLD.of("P1", "renewed", "rate")
    assert text(found.rows[0][2]).startswith("Renewed: ") and found.rows[0][3] == fact.n and found.rows[1][5] == "2026-01-01"
    assert found.rows[2][2:4] == (None, None)


def test_without_goals_there_is_no_sheet_of_them() -> None:
    assert sheet("targets") is None


def test_usual_metrics_are_there_where_columns_are_and_absent_otherwise() -> None:
    """Requirement 127: absent, not zero."""
    found = sheet("metrics")
    assert found is not None
    names = dict.fromkeys(r[0] for r in found.rows)
    assert list(names) == ["retention", "tickets"]
    assert [r[1] for r in found.rows if r[0] == "retention"] == ["Everyone", *(p.name for p in cast(WORLD).personas)]
    bare = described(np.arange(300) % 2, counts=events(np.eye(2)[np.arange(300) % 2] * 5, ("a", "b")))
    assert sheet("metrics", bare) is None


def test_goals_are_ranked_by_size_times_gap_to_the_best() -> None:
    """Requirement 19."""
    found = sheet("goals")
    assert found is not None and "not an effect" in found.about
    values = {p.name: WORLD.of(p.key, "renewed", "rate") for p in cast(WORLD).personas}
    best = max(f.value for f in values.values())
    by_hand = sorted(((f.n * (best - f.value), n) for n, f in values.items() if f.value < best), reverse=True)
    assert [r[2] for r in found.rows if r[0] == "renewed"] == [n for _, n in by_hand]
    assert [r[-1] for r in found.rows] == pytest.approx([w for w, _ in by_hand], abs=0.051)


def amounts(label: str, values: Any, **more: Any) -> Described:
    """Two groups of 300 with one number each."""
    labels = np.arange(600) % 2
    return described(labels, number(label, values, **more), counts=events(np.eye(2)[labels] * 5 + 1, ("a", "b")))


def test_points_are_not_added_up() -> None:
    scores = np.random.default_rng(1).integers(0, 6, 600) + 4 * (np.arange(600) % 2)
    found = sheet("goals", amounts("nps", scores, role=Role.OUTCOME, unit="points"))
    assert found is not None and [r[-1] for r in found.rows] == [None]


def test_amounts_of_those_who_paid_are_called_so() -> None:
    """A mean of 267 over buyers is not the revenue of a user."""
    paid = np.where(np.arange(600) % 3 == 0, np.nan, 267.0)
    for values, name in ((paid, "revenue per buyer"), (np.full(600, 267.0), "revenue per user")):
        world = amounts("revenue", values, role=Role.OUTCOME, unit="EUR")
        made = replace(cast(world), ids=world.features.ids)
        found = next(s for s in sheets(made) if s.id == "metrics")
        assert {r[0] for r in found.rows} == {name}


def test_equal_values_are_not_set_against_each_other() -> None:
    fact = Fact("P1.d.mean", "P1", "active_days", "active days", "mean", 7.71, "", 300, everyone=7.68)
    assert stated(fact).text == "Active days: 7.7 on average."
    assert stated(replace(fact, everyone=7.9)).text == "Active days: 7.7 on average, against 7.9 for everyone."


def test_who_ends_worse_is_listed_with_what_they_get_less_of() -> None:
    """Requirement 132."""
    found = sheet("underserved")
    assert found is not None
    people = cast(WORLD).personas
    assert {r[0] for r in found.rows} == {people[2].name}
    assert any("mail sent" in text(r[4]).lower() for r in found.rows)
    assert sheet("underserved", smallest="400") is None


def test_of_some_outcomes_less_is_better() -> None:
    labels = np.arange(600) % 2
    rng = np.random.default_rng(1)
    churn = number("churn", rng.random(600) < np.array([0.1, 0.6])[labels], Role.OUTCOME, kind=Kind.BOOLEAN)
    world = described(labels, churn, counts=events(np.eye(2)[labels] * 5 + 1, ("a", "b")))
    goals, worse_off = sheet("goals", world), sheet("underserved", world)
    assert goals is not None and worse_off is not None
    names = [p.name for p in cast(world).personas]
    assert goals.rows[0][2] == names[1] and [r[0] for r in worse_off.rows] == [names[1]]
    assert [worse(x) for x in ("churn", "Refund requests", "renewed", "returning visitors")] == [True, True, False, False]


def test_traits_by_activity_are_those_computed_by_hand() -> None:
    """Requirement 133."""
    labels = np.arange(200) % 2
    counts = np.array([[9, 1], [2, 8]])[labels]
    counts[:100:2] = [10, 990]  # half of P1 do a hundred times as much, and something else
    world = described(labels, counts=events(counts, ("a", "b")))
    known = Known(None, (), world.features, placed(labels), evidence(2), world.profiles, world.facts, STUDY)
    found = {(x.persona, x.label): x for x in loudest(known)}
    mine = found["P1", "a"]
    inside = labels == 0
    by_hand = (counts[inside, 0].sum() / counts[inside].sum()) / (counts[:, 0].sum() / counts.sum())
    assert mine.by_activity == pytest.approx(by_hand) and mine.once == world.profiles[0].above[0].multiple
    assert mine.busiest == pytest.approx(10 * 1000 / counts[inside].sum())
    turned = sheet("loudest", world, Dossier(loudest=tuple(found.values())))
    assert turned is not None and ("yes" in [r[4] for r in turned.rows]) == any(x.turned for x in found.values())


def test_who_was_active_lately_is_counted_where_nothing_says_who_stayed() -> None:
    """Requirement 127."""
    labels = np.arange(400) % 2
    last = np.where(labels == 0, 3, np.where(np.arange(400) < 200, 3, 60)).astype(float)
    world = described(
        labels, number("days_since_last", last, forms=False), counts=events(np.eye(2)[labels] * 5 + 1, ("a", "b"))
    )
    features = replace(world.features, window=Window("2026-01-01T00:00:00", "2026-04-01T00:00:00", "UTC", 90))
    known = Known(None, (), features, placed(labels), evidence(2), world.profiles, world.facts, STUDY)
    found = {f.subject: f.value for f in retention(known)}
    assert found == {"all": 0.75, "P1": 1.0, "P2": 0.5}
    assert retention(replace(known, features=world.features)) == ()
