"""Blocks of answers on one scale: straight lines, style of answering, and taking it away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

import personae
from personae.errors import UsageError
from test_survey import Asked, asked, notes, places, values, wide  # noqa: F401 - asked is a fixture

ITEMS = 12


def styled(path: Path, style: bool, worded: bool = False) -> tuple[Path, list[int], list[int]]:
    """300 people of two kinds of content (which half of the items they like), each answering high or low whatever is asked."""
    rng = np.random.default_rng(11)
    content, manner = rng.integers(0, 2, 300), rng.integers(0, 2, 300)
    liked = np.where((np.arange(ITEMS) % 2)[None, :] == content[:, None], 0.7, -0.7)
    level = 4.0 + style * np.where(manner, 1.7, -1.7)
    x = np.clip(np.round(level[:, None] + liked + rng.normal(0, 0.7, (300, ITEMS))), 1, 7).astype(int)
    return wide(path, {f"likes_{j}": [str(v) for v in x[:, j]] for j in range(ITEMS)}), content.tolist(), manner.tolist()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, float]]:
    """How well the groups found with each setting follow content and style (adjusted Rand index)."""
    folder = tmp_path_factory.mktemp("styled")
    path, content, manner = styled(folder / "answers.csv", style=True)
    agreement = {}
    for style in ("keep", "remove"):
        result = personae.run(personae.read(path, entity="person", style=style), groups=2)
        place = places(result.users)
        mine = [place[f"p{i}"] for i in range(300)]
        agreement[style] = adjusted_rand_score(content, mine), adjusted_rand_score(manner, mine)
        result.save(folder / style)
        assert places(personae.load(folder / style).score(path)) == place
    return agreement


@pytest.mark.slow
def test_groups_follow_style_when_it_is_kept_and_content_when_it_is_removed(found: dict[str, tuple[float, float]]) -> None:
    """Planted acquiescence; the places are the same in scoring."""
    assert found["keep"][1] > 0.8 > 0.2 > found["keep"][0]
    assert found["remove"][0] > 0.8 > 0.2 > found["remove"][1]


def test_the_own_mean_is_taken_off_and_the_own_spread_divided(asked: Asked) -> None:  # noqa: F811
    """By hand: answers 1 2 3 4 5 have mean 3 and standard deviation the root of 2; who says 4 everywhere stands at 0."""
    people = [[1, 2, 3, 4, 5], [4] * 5, [5, 5, 1, 1, ""], *[[1 + (i * j) % 5 for j in range(1, 6)] for i in range(40)]]
    columns = {f"q{j}": [str(p[j]) for p in people] for j in range(5)}
    table, features = asked(columns, style="remove")
    first = [values(features, f"q{j}")[0] for j in range(5)]
    assert first == pytest.approx([-(2**0.5), -(0.5**0.5), 0, 0.5**0.5, 2**0.5])
    assert [values(features, f"q{j}")[1] for j in range(5)] == [0] * 5
    assert [values(features, f"q{j}")[2] for j in range(4)] == [1, 1, -1, -1] and np.isnan(values(features, "q4")[2])
    assert features.measure("q0").label == "q0, against own average" and features.measure("q0").forms
    assert notes(table, "own mean is taken off")
    assert values(asked(columns)[1], "q0")[0] == 1


def test_that_people_differ_mostly_in_style_is_said(tmp_path: Path, asked: Asked) -> None:  # noqa: F811
    import csv

    for style in (True, False):
        path, _, _ = styled(tmp_path / "styled.csv", style=style)
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        table, _ = asked({k: [r[k] for r in rows] for k in rows[0] if k != "person_id"})
        assert bool(notes(table, "mostly in how high or low")) is style


def test_straight_lines_are_counted(asked: Asked) -> None:  # noqa: F811
    """Fifteen people tick the same ten times; nine answers alike do not count, and few people are not numbered."""
    rng = np.random.default_rng(1)
    x = rng.integers(1, 6, (80, 10)).astype(str)
    x[:15] = "3"
    x[20, :9], x[20, 9] = "2", ""
    columns = {f"q{j}": x[:, j].tolist() for j in range(10)}
    (said,) = notes(asked(columns)[0], "the same answer to everything")
    assert said.startswith("15 people")
    x[2:15] = "1"
    x[2:15, 1] = "5"
    (said,) = notes(asked({f"q{j}": x[:, j].tolist() for j in range(10)})[0], "the same answer to everything")
    assert said.startswith("fewer than 10 people")


def test_worded_answers_are_a_block_too(asked: Asked) -> None:  # noqa: F811
    words = ["Never", "Rarely", "Sometimes", "Often", "Always"]
    columns = {f"q{j}": [words[(i * (j + 1) + i // 5) % 5] for i in range(60)] for j in range(5)}
    _, features = asked(columns, style="remove")
    assert features.measure("q0").unit == "points of own spread"


def test_removing_style_without_a_block_is_refused(asked: Asked) -> None:  # noqa: F811
    with pytest.raises(UsageError, match="no style to remove") as caught:
        asked({"visits": [str(i % 40) for i in range(60)], "plan": ["a", "b"] * 30}, style="remove")
    assert caught.value.code == "P001"


def test_how_it_ended_takes_no_part_in_the_own_mean(asked: Asked) -> None:  # noqa: F811
    """An outcome on the same scale would reach the groups by way of the mean that is taken off."""
    people = [[1 + (i * j) % 5 for j in range(1, 7)] for i in range(40)]
    columns = {f"q{j}": [str(p[j - 1]) for p in people] for j in range(1, 7)}
    ends = ([str(1 + i % 5) for i in range(40)], [str(5 - i % 5) for i in range(40)])
    one, other = (asked({**columns, "left_happy": e}, style="remove", outcome=("left_happy",))[1] for e in ends)
    assert values(one, "q1") == values(other, "q1")
    assert values(one, "left_happy") == [float(e) for e in ends[0]]
