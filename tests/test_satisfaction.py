"""NPS and satisfaction: hand-checked shares, with who answered."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import personae
from personae.errors import UsageError
from test_survey import Asked, asked, notes, values, wide  # noqa: F401 - asked is a fixture

HEAVY = [*[10] * 10, *[9] * 8, *[8] * 3, *[7] * 3, *[6] * 4, *[0] * 2, *[""] * 30]
"""60 people: 18 promote, 6 are passive, 6 detract, 30 are silent: NPS 40, half of them answered."""
LIGHT = [*[9] * 10, *[7] * 10, *[5] * 15, *[1] * 5, *[""] * 20]
"""60 people: 10 promote, 10 are passive, 20 detract, 20 are silent: NPS -25, two thirds of them answered."""
CONTENT = [*[5] * 20, *[4] * 20, *[3] * 10, *[1] * 10, *[2] * 30, *[5] * 15, *[""] * 15]
"""The heavy: 40 of 60 give one of the two best answers; the light: 15 of 45."""


def answers(path: Path) -> Path:
    rng = np.random.default_rng(4)
    heavy = np.repeat([1, 0], 60)
    columns: Mapping[str, list[str]] = {
        **{f"use_{c}": [f"{v:.3f}" for v in rng.normal(0, 1, 120) + 9 * heavy] for c in "abc"},
        "would_recommend": [str(v) for v in (*HEAVY, *LIGHT)],
        "satisfaction": [str(v) for v in CONTENT],
    }
    return wide(path, columns)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return personae.run(personae.read(answers(tmp_path_factory.mktemp("nps") / "answers.csv"), entity="person"), groups=2)


def fact(result: Any, subject: str, measure: str, unit: str = "") -> dict[str, Any]:
    (found,) = [f for f in result.facts if (f["subject"], f["measure"]) == (subject, measure) and f["statistic"] != "median"]
    assert not unit or found["unit"] == unit
    return found


def heavy(result: Any) -> str:
    """The key of the persona of p0, who is one of the heavy."""
    users = dict(zip(result.users["id"].to_pylist(), result.users["persona"].to_pylist(), strict=True))
    assert len({users[f"p{i}"] for i in range(60)}) == 1 and users["p0"] != users["p60"]
    return users["p0"]


def test_nps_is_promoters_minus_detractors(result: Any) -> None:
    """Requirement 46: of everyone (28 - 26) / 70, of the groups 40 and -25, each with its interval."""
    key = heavy(result)
    other = {"P1": "P2", "P2": "P1"}[key]
    assert fact(result, "all", "nps", "points")["value"] == pytest.approx(100 * 2 / 70)
    assert [fact(result, k, "nps")["value"] for k in (key, other)] == pytest.approx([40, -25])
    assert fact(result, key, "nps")["n"] == 30 and fact(result, key, "nps")["rest"] == pytest.approx(-25)
    spread = np.std([100] * 18 + [0] * 6 + [-100] * 6, ddof=1) / np.sqrt(30) * 2.0452
    found = fact(result, key, "nps")
    assert (found["low"], found["high"]) == pytest.approx((40 - spread, 40 + spread), abs=0.01)
    assert fact(result, other, "nps")["p"] < 0.05


def test_no_interval_of_an_nps_leaves_its_scale(tmp_path: Path) -> None:
    """Eleven of twelve detract: the interval of -92 would end below -100."""
    said = ["0"] * 11 + ["8"] + ["10"] * 20 + ["5"] * 20
    use = [f"{9 * (i < 12) + i % 3}" for i in range(52)]
    columns = {"nps": said, **{f"use_{c}": use for c in "ab"}, "use_c": [f"{float(u) + i % 2}" for i, u in enumerate(use)]}
    found = personae.run(personae.read(wide(tmp_path / "a.csv", columns)), groups=2)
    low = [f["low"] for f in found.facts if f["measure"] == "nps" and f["low"] is not None]
    assert low and min(low) == -100


def test_the_share_of_answers_is_a_fact_and_compared(result: Any) -> None:
    """Requirement 46: response share, and whether silence differs between groups."""
    key = heavy(result)
    assert fact(result, "all", "would_recommend: answered")["value"] == pytest.approx(70 / 120)
    found = fact(result, key, "would_recommend: answered")
    assert (found["value"], found["rest"]) == pytest.approx((0.5, 2 / 3)) and found["p"] > 0.05
    assert found["n"] == 60


def test_satisfaction_is_a_mean_and_the_two_best_answers(result: Any) -> None:
    key = heavy(result)
    assert fact(result, key, "satisfaction: top two")["value"] == pytest.approx(40 / 60)
    assert fact(result, key, "satisfaction: top two")["rest"] == pytest.approx(15 / 45)
    assert fact(result, key, "satisfaction", "points from 1 to 5")["value"] == pytest.approx(220 / 60)
    assert fact(result, "all", "satisfaction: answered")["value"] == pytest.approx(105 / 120)


def test_each_person_has_a_score_and_a_side(asked: Asked) -> None:  # noqa: F811
    """Requirement 49: `nps_score` by this name; none of it forms groups."""
    said = ["10", "9", "8", "7", "6", "0", ""] * 10
    table, features = asked({"recommend": said, "visits": [str(i % 9) for i in range(70)]})
    assert values(features, "nps_score")[:6] == [10, 9, 8, 7, 6, 0]
    assert values(features, "promoter")[:6] == [1, 1, 0, 0, 0, 0]
    assert values(features, "passive")[:6] == [0, 0, 1, 1, 0, 0]
    assert values(features, "detractor")[:6] == [0, 0, 0, 0, 1, 1]
    assert np.isnan(values(features, "promoter")[6]) and values(features, "recommend: answered")[6] == 0
    assert [m.name for m in features.forming()] == ["visits"]
    assert notes(table, "gives the NPS")


def test_the_column_of_the_nps_can_be_named(asked: Asked) -> None:  # noqa: F811
    columns = {"q12": [str(i % 11) for i in range(66)], "q13": [str(i % 60) for i in range(66)]}
    _, features = asked(columns, nps=("q12",))
    assert np.mean(values(features, "nps")) == pytest.approx(100 * (2 - 7) / 11)
    with pytest.raises(UsageError, match="from 0 to 59") as caught:
        asked(columns, nps=("q13",))
    assert caught.value.code == "P001"


def test_stars_are_no_nps_and_two_questions_are_told_apart(asked: Asked) -> None:  # noqa: F811
    stars = {"recommend": [str(1 + i % 5) for i in range(60)], "visits": [str(i % 9) for i in range(60)]}
    assert "nps" not in {m.name for m in asked(stars)[1].measures}
    twice = {f"recommend_{x}": [str((i * k) % 11) for i in range(66)] for x, k in (("us", 1), ("them", 3))}
    _, features = asked(twice)
    assert {"nps", "nps: recommend_them"} <= {m.name for m in features.measures}
    assert len({m.label for m in features.measures}) == len(features.measures)


def test_a_score_that_forms_groups_is_not_read_against_them(asked: Asked) -> None:  # noqa: F811
    columns = {"recommend": ["10", "9", "8", "0", ""] * 12, "visits": [str(i % 9) for i in range(60)]}
    _, features = asked(columns, group_by=("recommend", "visits"))
    assert "nps" not in {m.name for m in features.measures} and features.measure("nps_score").forms


@pytest.mark.slow
def test_the_card_says_the_nps_and_who_answered(tmp_path: Path) -> None:
    """What the command writes: the score with its interval against the rest, and the share of answers."""
    command = [sys.executable, "-m", "personae", "run", str(answers(tmp_path / "answers.csv")), "--groups", "2", "--out", "out"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    personas = json.loads((tmp_path / "out" / "personas.json").read_text())["personas"]
    said = " ".join(c["text"] for p in personas for c in p["outcomes"])
    assert "NPS: 40.0 (" in said and "NPS: -25.0 (-51.9 to 1.9), against 40.0 for the rest" in said
    assert "against -25.0 for the rest" in said
    assert "Answered would recommend: 50 % of them" in said and "no clear difference" in said
    report = (tmp_path / "out" / "report.html").read_text()
    assert "NPS" in report and "points" in report


def test_other_answers_of_a_survey_do_not_give_away_who_answered(tmp_path: Path) -> None:
    """Who skips the survey skips all of it: that stops no run."""
    rng = np.random.default_rng(2)
    there = np.arange(200) % 2 == 0
    path = wide(tmp_path / "survey.csv", {"recommend": [str(rng.integers(0, 11)) if t else "" for t in there],
                                          "hours": [str(rng.integers(0, 60)) if t else "" for t in there],
                                          "visits": [str(rng.integers(0, 90)) for _ in there]})  # fmt: skip
    assert personae.run(personae.read(path)).verdict.kind == "nothing"
