"""The map of a run and the replay of k-means on it: true to the distances, silent about few, and known answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

import personae
from conftest import planted
from personae import Result
from personae.charts.map import finding
from personae.model.clustering import Clustering
from personae.model.evidence import Border, Candidate, Structure
from personae.model.rule import Rule
from personae.model.study import Study
from personae.model.trial import Case, Trial, Tried
from personae.stages.map import directions, mapped
from personae.stages.replay import lloyd, replay
from personae.stages.space import behaviour_space

STUDY = Study(sources=(), worlds="none")


def case(users: int = 600, groups: int = 3, covariances: bool = False, seed: int = 1) -> Case:
    """A finished search of planted groups whose labels are the truth."""
    world = planted(users=users, groups=groups, seed=seed)
    features = world.features()
    space = behaviour_space(features, STUDY)
    assert space is not None
    labels = world.labels[space.rows].astype(np.int32)
    r = space.scores.shape[1]
    own = np.stack([np.diag(np.arange(1.0, r + 1)) * (c + 1) for c in range(groups)]) if covariances else None
    clustering = Clustering("gmm" if covariances else "kmeans", labels, groups, 7, covariances=own)
    best = Tried(clustering, Candidate("kmeans", groups, 0.5, 0.2), (), 0.0)
    means = np.array([space.scores[labels == c].mean(axis=0) for c in range(groups)])
    rule = Rule(space.features, space.projection, means, np.arange(groups, dtype=np.int32), np.full(groups, np.inf), 1.0)
    return Case(features, STUDY, space, Trial((best,), None, ()), best, Structure.NATURAL, tuple(range(groups)), rule)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A run of three planted groups."""
    log = planted(users=500, groups=3, events=12).log(tmp_path_factory.mktemp("map") / "log.csv")
    return personae.run(log, id="user_id", groups=3, worlds="none")


@pytest.mark.parametrize("users", [60, 600])
def test_no_square_holds_fewer_users_than_the_floor_nor_lets_them_be_worked_out(users: int) -> None:
    seen = mapped(case(users))
    assert seen is not None
    assert min(c.users for c in seen.cells) >= STUDY.floor
    assert sum(c.users for c in seen.cells) + seen.left_out == seen.users
    assert seen.left_out == 0 or seen.left_out >= STUDY.floor
    assert all(o.users >= STUDY.floor for o in seen.outlines)


def test_the_map_turns_the_space_and_never_brings_users_further_apart() -> None:
    """Its two directions are at right angles and of length one."""
    of = case(groups=5)
    turn = directions(of)
    assert of.space.scores.shape[1] > 2
    np.testing.assert_allclose(turn.T @ turn, np.eye(2), atol=1e-9)
    z = of.space.scores[:80]
    far = np.linalg.norm(z[:, None] - z, axis=2)
    near = np.linalg.norm((z @ turn)[:, None] - z @ turn, axis=2)
    assert (near <= far + 1e-9).all()


def test_three_groups_show_all_of_their_differences() -> None:
    """Three middles always lie in one plane."""
    seen = mapped(case())
    assert seen is not None and seen.across.between is not None and seen.up.between is not None
    assert seen.across.between + seen.up.between == pytest.approx(1.0)
    assert seen.across.between >= seen.up.between and 0 < seen.across.whole + seen.up.whole <= 1 + 1e-9


def test_two_groups_leave_the_second_direction_to_the_users() -> None:
    seen = mapped(case(groups=2))
    assert seen is not None and seen.across.between == pytest.approx(1.0) and seen.up.between == pytest.approx(0.0, abs=1e-9)
    assert seen.up.whole > 0


def test_outlines_of_a_mixture_are_its_own_covariances_seen_from_the_map() -> None:
    """Requirement 77."""
    of = case(covariances=True)
    seen, turn, own = mapped(of), directions(of), of.best.clustering.covariances
    assert seen is not None and own is not None
    for o in seen.outlines:
        expected = turn.T @ own[o.persona] @ turn
        np.testing.assert_allclose([[o.xx, o.xy], [o.xy, o.yy]], expected, rtol=1e-6, atol=1e-6)
        assert o.model


def test_outlines_of_other_methods_are_those_of_the_users() -> None:
    of = case()
    seen = mapped(of)
    assert seen is not None
    at = (of.space.scores - of.space.scores.mean(axis=0)) @ directions(of)
    o = seen.outlines[1]
    assert (o.x, o.y) == pytest.approx(tuple(at[of.labels == 1].mean(axis=0)))
    assert o.xx == pytest.approx(at[of.labels == 1][:, 0].var()) and not o.model


def test_without_groups_the_map_has_no_personas_and_shows_where_users_differ_most() -> None:
    seen = mapped(replace(case(), rule=None))
    assert seen is not None and not seen.outlines and {c.persona for c in seen.cells} == {-1}
    assert seen.across.between is None and seen.across.whole >= seen.up.whole
    assert replay(replace(case(), rule=None), seen) is None


@pytest.mark.parametrize(
    ("soft", "title"),
    [
        ((), "All three groups stand apart from their neighbours"),
        (((0, 1),), "Cooks stand apart; Browsers and Lurkers shade into each other"),
        (((0, 1), (0, 2)), "Browsers shade into Lurkers and Cooks"),
        (((0, 1), (0, 2), (1, 2)), "Browsers, Lurkers and Cooks shade into each other"),
    ],
)
def test_the_title_says_what_the_test_of_the_borders_found(soft: tuple[tuple[int, int], ...], title: str) -> None:
    borders = tuple(Border(a, b, 0.5 if (a, b) in soft else 0.001, (a, b) in soft) for a, b in ((0, 1), (0, 2), (1, 2)))
    assert finding(borders, {0: "Browsers", 1: "Lurkers", 2: "Cooks"}) == title


def test_without_groups_the_title_says_so() -> None:
    assert finding((), {}, "customers") == "No groups stand apart among these customers"


@given(st.integers(0, 10_000), st.integers(2, 6))
@settings(max_examples=30, deadline=None)
def test_what_is_left_over_never_rises_from_round_to_round(seed: int, size: int) -> None:
    """Requirement 61."""
    rng = np.random.default_rng(seed)
    at = rng.standard_normal((200, 2)) * rng.uniform(0.1, 5, 2)
    left = [objective for _, _, objective in lloyd(at, at[:size])]
    assert all(b <= a * (1 + 1e-12) for a, b in pairwise(left))


def test_the_replay_ends_where_scikit_learn_ends_from_the_same_start() -> None:
    """Requirement 61: the same labels."""
    rng = np.random.default_rng(3)
    at = rng.standard_normal((500, 2)) + np.repeat([[0, 0], [4, 0], [0, 4], [5, 5], [2, 2]], 100, axis=0)
    mine = lloyd(at, at[::100])[-1]
    theirs = KMeans(5, init=at[::100], n_init=1, algorithm="lloyd", tol=0).fit(at)
    np.testing.assert_array_equal(mine[1], theirs.labels_)
    assert mine[2] * len(at) == pytest.approx(theirs.inertia_)


def test_rounds_can_be_watched_with_what_is_left_over_in_each(made: Result) -> None:
    """Requirement 61a: frames in Python, a strip of them as a drawing."""
    played, picture = made.cast.evidence.replay, made.charts["evolution"]
    assert played is not None and played.settled and len(played.frames) == len(picture.data) >= 2
    assert all(b.objective <= a.objective for a, b in pairwise(played.frames))
    assert played.frames[-1].moved == 0.0 and all(len(f.centres) == 3 for f in played.frames)
    names = {p.name for p in made.personas}
    assert list(picture.data[0])[:3] == ["round", "left over", "changed sides"] and set(picture.data[0]) > names
    assert picture.svg.startswith("<svg") and "at rest" in picture.svg


def test_pictures_in_notebooks_are_small_and_can_be_saved(made: Result, tmp_path: Path) -> None:
    for name in ("map", "evolution"):
        picture = made.charts[name]
        assert len(picture.html.encode()) < 300_000 and "<script" not in picture.html and picture.data
        assert picture.save(tmp_path / f"{name}.svg").read_text(encoding="utf-8") == picture.svg
        assert not any(id in picture.html for id in made.cast.ids.to_pylist())


def test_pictures_come_after_what_is_common_inside_each_group(made: Result, tmp_path: Path) -> None:
    """Requirement 20."""
    page = made.report(tmp_path / "report.html").read_text(encoding="utf-8")
    at = [page.index(f'id="{name}"') for name in ("glance", "personas", "look-map", "look-evolution")]
    assert at == sorted(at)


def test_the_map_of_a_saved_run_is_the_same(made: Result, tmp_path: Path) -> None:
    made.save(tmp_path / "run")
    again = personae.load(tmp_path / "run")
    assert again.charts["map"].svg == made.charts["map"].svg and again.charts["evolution"].data == made.charts["evolution"].data


def test_the_order_of_rows_does_not_move_the_map(planted: Callable[..., object], tmp_path: Path) -> None:
    """DET: rows in any order."""
    drawn = []
    for shuffled in (0, 5):
        log = planted(users=150, groups=2, events=6).log(tmp_path / f"log{shuffled}.csv", shuffled)  # type: ignore[attr-defined]
        drawn.append(personae.run(log, id="user_id", groups=2, worlds="none").cast.evidence.map)
    assert drawn[0] == drawn[1] and drawn[0] is not None and math.isfinite(drawn[0].side)
