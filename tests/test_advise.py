"""Which methods are compared, what is advised and why, and how far a sample reaches."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from conftest import planted
from kinds import KINDS, separated
from personae.charts.agreement import agreement
from personae.charts.tradeoff import tradeoff
from personae.errors import Refused
from personae.model.advice import Rival
from personae.model.evidence import Evidence, Structure
from personae.model.features import Features, Measure
from personae.model.plain import noun, plain
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.choose import choose
from personae.stages.likeness import likeness
from personae.stages.method import names
from personae.stages.others import asked
from personae.stages.plan import plan, size
from personae.stages.rivals import balance, explained, front, readability
from personae.stages.score import place_features
from personae.stages.search import fitted, unsized
from personae.stages.space import behaviour_space

STUDY = Study(sources=())


def table(x: NDArray[np.float64]) -> Features:
    """A table of numbers, one column a measure."""
    columns = (
        Measure(f"m{j}", f"m{j}", Role.BEHAVIOUR, Kind.DECIMAL, x[:, j].astype(float), forms=True) for j in range(x.shape[1])
    )
    return Features(pa.array([f"u{i}" for i in range(len(x))]), None, tuple(columns))


def rival(method: str, *scales: float) -> Rival:
    return Rival(method, 3, *scales, agrees=1.0)


@pytest.fixture(scope="module")
def found() -> Evidence:
    return choose(table(separated(1)[0]), STUDY)[1]


def test_at_least_three_methods_are_compared_and_every_pair_has_its_agreement(found: Evidence) -> None:
    """Requirements 17, 29."""
    assert found.comparison is not None
    methods = [r.method for r in found.comparison.rivals]
    assert len(methods) >= 4
    assert {frozenset(p[:2]) for p in found.agreement} == {frozenset((a, b)) for a in methods for b in methods if a != b}
    assert min(v for a, b, v in found.agreement if {a, b} <= {"kmeans", "gmm", "ward", "hdbscan"}) > 0.9


def test_the_first_choice_is_the_method_that_made_the_groups(found: Evidence) -> None:
    """Requirement 80."""
    assert found.advice is not None and found.comparison is not None
    assert found.advice.suggested[0].method == found.chosen == found.comparison.rivals[0].method
    assert all(s.reason for s in (*found.advice.suggested, *found.advice.left_out))
    assert {s.method for s in (*found.advice.suggested, *found.advice.left_out)} == set(names())


def test_evidence_with_advice_comes_back_from_its_file(found: Evidence) -> None:
    again = noun(Evidence, json.loads(json.dumps(plain(found))))
    assert again.advice == noun(type(found.advice), plain(found.advice))  # type: ignore[arg-type]
    assert [r.method for r in again.comparison.rivals] == [r.method for r in found.comparison.rivals]  # type: ignore[union-attr]


def test_pictures_say_how_many_methods_agree_and_which_are_unbeaten(found: Evidence) -> None:
    """Requirements 17, 30."""
    one, two = agreement(found), tradeoff(found)
    assert one is not None and two is not None and found.comparison is not None
    assert one.title.endswith("methods find the same groups")
    assert [row[-1] == "yes" for row in two.rows] == [r.front for r in found.comparison.rivals]


def test_a_known_number_is_the_first_question() -> None:
    """Requirement 81: a method that finds another number by itself is left out."""
    x = separated(2)[0][:600]
    known = choose(table(x), replace(STUDY, groups="3"))[1]
    open_ = choose(table(x), STUDY)[1]
    assert known.advice is not None and open_.advice is not None
    assert known.advice.known.startswith("The number is known: 3") and open_.advice.known.startswith("The number is not known")
    assert "hdbscan" in {s.method for s in (*open_.advice.suggested, *open_.advice.left_out)}
    why = {s.method: s.reason for s in known.advice.left_out}
    assert "not the 3 that were asked for" in why["hdbscan"]


def test_nothing_is_advised_where_nothing_holds() -> None:
    x = np.random.default_rng(1).standard_normal((400, 4))
    nothing = choose(table(x), STUDY)[1]
    assert nothing.verdict.kind == Structure.NOTHING and nothing.comparison is not None
    assert nothing.comparison.why.startswith("No method is recommended")


def test_only_methods_that_another_beats_on_every_scale_leave_the_trade_off_set() -> None:
    """Requirement 30, by hand."""
    marked = front((rival("a", 0.9, 0.5, 0.5, 0.5), rival("b", 0.5, 0.9, 0.5, 0.5), rival("c", 0.5, 0.5, 0.5, 0.5)))
    assert [r.front for r in marked] == [True, True, False]


def test_scales_by_hand() -> None:
    z = np.array([[0.0], [0.0], [2.0], [2.0]])
    assert explained(z, np.array([0, 0, 1, 1])) == 1.0
    assert explained(z, np.array([0, 1, 0, 1])) == 0.0
    assert balance(np.array([0, 0, 1, 1])) == 1.0
    assert balance(np.array([0, 0, 0, 1])) == pytest.approx(0.8113, abs=1e-4)
    x = np.repeat(np.arange(4.0), 50)[:, None]
    assert readability(x, x[:, 0].astype(np.int32), 1) == 1.0


@pytest.mark.parametrize(
    ("users", "kmeans", "ward"),
    [(9_000, 9_000, 2000), (50_000, 20_000, 2000), (500_000, 20_000, 2000), (5_000_000, 20_000, 2000)],
)
def test_the_plan_follows_the_number_of_users(users: int, kmeans: int, ward: int) -> None:
    """Requirement 82."""
    made = {p.method: p for p in plan(users, 20_000, ("kmeans", "minibatch", "ward"))}
    assert made["kmeans"].users == kmeans
    assert made["kmeans"].where == ("everyone" if users <= 20_000 else "sample")
    assert made["ward"].users == ward
    assert ("do not fit in memory" in made["ward"].reason) == (users > 10_000)
    assert made["minibatch"].where == "not"
    assert f"{users:,}" in size(users, 20_000)


def test_a_tight_group_inside_a_wide_one_is_no_twin_of_it() -> None:
    """Decision 0115: no gap shows between the two, and still they are not one group."""
    _, evidence = choose(table(KINDS["unequal"](11)[0]), STUDY)
    assert evidence.chosen == "gmm" and any(b.soft for b in evidence.borders)
    assert evidence.flags is not None and evidence.flags.twins == ()


def test_the_sample_gives_the_groups_that_everyone_would_give() -> None:
    """Requirement 82: everybody's groups from a fifth of the users and from all of them agree by an index of 0.95 or more."""
    world = planted(users=5000, groups=4, seed=5)
    placed = []
    for sample in (1000, 5000):
        rule, evidence = choose(world.features(), replace(STUDY, sample=sample))
        assert evidence.searched == sample
        placed.append(place_features(rule, world.features()).persona)
    assert adjusted_rand_score(*placed) >= 0.95


def test_distance_number_and_density_are_settings_with_a_reason_each() -> None:
    """Requirement 31: what was set is in the settings of the run, and what was not has a default that says why."""
    x = table(separated(1)[0])
    said = {d.setting: d for d in choose(x, STUDY)[1].advice.defaults}
    assert set(said) == {"distance", "number of groups", "density"} and all(d.value and d.reason for d in said.values())

    def set_to(method: str, groups: str = "auto") -> dict[str, str]:
        return {d.setting: d.value for d in choose(x, replace(STUDY, method=method, groups=groups))[1].advice.defaults}

    manhattan = set_to("kmedoids(distance=manhattan)", "4")
    assert (manhattan["distance"], manhattan["number of groups"]) == ("Manhattan", "4")
    assert set_to("dbscan(eps=0.6, min_samples=8)")["density"] == "reach eps 0.6, 8 neighbours"


def test_a_sample_is_held_against_everyone_else_on_every_feature() -> None:
    """Requirement 84."""
    world = planted(users=1200, groups=3)
    study = replace(STUDY, sample=400)
    space = behaviour_space(world.features(), study)
    assert space is not None
    like = likeness(world.features(), space, study)
    assert like is not None and like.users + like.rest == 1200 and like.features == len(world.events)
    assert abs(like.largest[0].difference) <= like.chance and "look like the other" in like.words
    counts = world.counts[:, 0].astype(float)
    d = (counts[: like.users].mean() - counts[like.users :].mean()) / counts.std()
    assert {g.feature: g.difference for g in like.largest}.get(world.events[0], d) == pytest.approx(d)


def test_a_sample_unlike_the_rest_is_named() -> None:
    x = np.random.default_rng(2).standard_normal((1200, 2))
    x[:400, 1] += 1.0
    study = replace(STUDY, sample=400)
    space = behaviour_space(table(x), study)
    assert space is not None
    like = likeness(table(x), space, study)
    assert like is not None and like.largest[0].feature == "m1" and "more than" in like.words


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_one_of_the_first_two_choices_is_as_good_as_the_best_method(kind: str) -> None:
    """Requirement 80: told the same number, within 0.05 of the adjusted Rand index of the best."""
    x, truth = KINDS[kind](1)
    evidence = choose(table(x), STUDY)[1]
    space = behaviour_space(table(x), STUDY)
    assert space is not None and evidence.advice is not None
    there = truth[space.rows] >= 0
    scores = {}
    for name in names():
        try:
            made = fitted(space, name, 0 if unsized(name) else len(set(truth[truth >= 0])), 7, asked(space, name))
        except Refused:
            continue
        scores[name] = adjusted_rand_score(truth[space.rows][there], made.labels[there])
    assert max(scores.get(s.method, 0.0) for s in evidence.advice.suggested[:2]) >= max(scores.values()) - 0.05
