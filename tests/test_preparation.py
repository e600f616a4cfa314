"""Preparation that can be chosen: what each choice does, and that it is written down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import adjusted_rand_score as ari
from sklearn.preprocessing import StandardScaler

import personae
from conftest import planted
from personae import plugins
from personae.cli.settings import study as as_study
from personae.errors import UsageError
from personae.model.features import Counts, Features, Measure
from personae.model.rule import REASONS, Place
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.rule import coordinates as stand
from personae.stages.choose import choose
from personae.stages.prepared import planned
from personae.stages.score import inputs, marked, place_features
from personae.stages.settle import settle
from personae.stages.space import behaviour_space
from personae.stages.unlike import in_no_region

Floats = npt.NDArray[np.float64]
STUDY = Study(sources=())
PLAIN = replace(STUDY, scale="standard", reduce="50", method="kmeans", groups="5", outliers="none")
"""The textbook chain."""


def table(x: Floats) -> Features:
    """One measure a column of x (n, d)."""
    made = (Measure(f"m{j:03d}", f"m{j}", Role.BEHAVIOUR, Kind.DECIMAL, x[:, j], forms=True) for j in range(x.shape[1]))
    return Features(pa.array([f"u{i:06d}" for i in range(len(x))]), None, tuple(made))


def counted(x: npt.NDArray[Any]) -> Features:
    """How often each user did each event, as a log would give it."""
    names = tuple(f"e{j:03d}" for j in range(x.shape[1]))
    return Features(pa.array([f"u{i:06d}" for i in range(len(x))]), Counts(csr_matrix(x.astype(float)), names, "log"), ())


def grouped(features: Features, study: Study, size: int = 3) -> npt.NDArray[np.int32]:
    """Everyone's group with k-means alone, without the judging."""
    space = behaviour_space(features, study)
    assert space is not None
    options: dict[str, Any] = {"strict": True} if space.textbook else {}
    rule, _ = settle(space, plugins.find("methods", "kmeans").fit(space, size, study.seed, **options), features, study)
    return place_features(rule, features).persona


def blobs(users: int = 400, columns: int = 3, seed: int = 4, apart: float = 5.0) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Three round groups."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, users)
    return rng.normal(0, apart, (3, columns))[labels] + rng.standard_normal((users, columns)), labels


# ---------------------------------------------------------------- the textbook chain


def wide(groups: int, users: int = 500, columns: int = 240) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Groups in many columns of all units."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, max(groups, 1), users)
    centre = rng.normal(0, 1.2, (max(groups, 1), columns)) if groups else np.zeros((1, columns))
    x = centre[labels] + rng.standard_normal((users, columns))
    return x * np.exp(rng.normal(0, 1, columns)) + rng.normal(0, 5, columns), labels


def by_hand(x: Floats) -> tuple[Floats, KMeans]:
    z = PCA(50, svd_solver="full").fit_transform(StandardScaler().fit_transform(x))
    return z, KMeans(5, n_init=10, random_state=7).fit(z)


@pytest.mark.slow
def test_the_textbook_chain_gives_the_groups_of_a_scikit_learn_script() -> None:
    """Requirements 54 and 55: 240 columns, standardised before they are reduced to 50."""
    x, labels = wide(5)
    rule, evidence = choose(table(x), PLAIN)
    persona = place_features(rule, table(x)).persona
    assert ari(persona, by_hand(x)[1].labels_) == 1.0
    assert ari(persona, labels) == 1.0
    made = evidence.preparation
    assert made is not None
    pca = PCA(50, svd_solver="full").fit(StandardScaler().fit_transform(x))
    assert (made.columns, made.dimensions) == (240, 50)
    assert made.kept == pytest.approx(pca.explained_variance_ratio_.sum())
    np.testing.assert_allclose([c.share for c in made.components], pca.explained_variance_ratio_)
    assert "standard deviation" in made.order[0]
    assert made.order[-1] == "principal components: 50 of 240"


@pytest.mark.slow
def test_the_textbook_chain_finds_as_good_an_optimum_on_noise() -> None:
    """Requirement 55: where k-means has many optima, one of the same inertia or a better one."""
    x, _ = wide(0)
    persona = grouped(table(x), PLAIN, 5)
    z, model = by_hand(x)
    inertia = sum(((z[persona == c] - z[persona == c].mean(axis=0)) ** 2).sum() for c in range(5))
    assert inertia <= model.inertia_ * 1.01


def test_a_share_of_the_variance_keeps_the_fewest_components_that_hold_it() -> None:
    """Requirement 54."""
    x, _ = wide(5)
    space = behaviour_space(table(x), replace(PLAIN, reduce="0.9"))
    assert space is not None
    held = np.cumsum(PCA().fit(StandardScaler().fit_transform(x)).explained_variance_ratio_)
    assert space.scores.shape[1] == int(np.searchsorted(held, 0.9)) + 1


def test_without_reduction_the_columns_stand_for_themselves() -> None:
    x, _ = blobs()
    space = behaviour_space(table(x), replace(STUDY, scale="standard", reduce="none", outliers="none"))
    assert space is not None
    order = [int(f.name[1:]) for f in space.features]
    np.testing.assert_allclose(space.scores, StandardScaler().fit_transform(x)[:, order], atol=1e-12)


def test_a_wide_table_of_counts_is_scaled_as_asked_where_scaling_is_all_that_was_asked(tmp_path: Any) -> None:
    """Requirement 55: counts with many zeros are weighed unless a scaling was chosen for them."""
    world = planted(users=300, groups=3, events=10)
    path = world.wide(tmp_path / "wide.csv")
    made = personae.run(path, id="user_id", scale="standard", reduce="5", method="kmeans", groups=3, outliers="none")
    z = PCA(5).fit_transform(StandardScaler().fit_transform(world.counts))
    place = {r["id"]: r["persona"] for r in made.users.to_pylist()}
    assert ari([place[i] for i in world.ids], KMeans(3, n_init=10, random_state=7).fit(z).labels_) == 1.0


def test_tfidf_is_scikit_learns() -> None:
    world = planted(users=300, groups=3, events=10)
    space = behaviour_space(world.features(), replace(STUDY, weigh="tfidf", reduce="none", outliers="none"))
    assert space is not None
    order = [world.events.index(f.name) for f in space.features]
    v = TfidfTransformer().fit_transform(world.counts).toarray()[:, order]
    np.testing.assert_allclose(space.scores, v - v.mean(axis=0), atol=1e-9)


def test_ways_that_do_not_exist_are_refused() -> None:
    for setting, value in (("scale", "z"), ("weigh", "tf"), ("reduce", "-3"), ("outliers", "lof"), ("encode", "hash")):
        with pytest.raises(UsageError) as error:
            behaviour_space(table(blobs()[0]), replace(STUDY, **{setting: value}))  # type: ignore[arg-type]
        assert error.value.code == "P001"
        assert setting in error.value.what


@pytest.mark.parametrize("given", [{"reduce": "1.5"}, {"reduce": "-2"}, {"empty": "age=average"}, {"scale": "zscore"}])
def test_flags_that_cannot_be_are_refused_before_anything_is_read(given: dict[str, str]) -> None:
    with pytest.raises(UsageError) as error:
        as_study(["nowhere.csv"], given, {})
    assert error.value.code == "P001"


# ---------------------------------------------------------------- units, names, copies


@pytest.mark.parametrize("scale", ["auto", "standard", "robust", "minmax", "quantile"])
def test_other_units_are_the_same_partition(scale: str) -> None:
    """FEA-05: dollars as cents, minutes as hours."""
    x, _ = blobs()
    study = replace(STUDY, scale=scale)
    assert ari(grouped(table(x), study), grouped(table(x * np.array([100.0, 1 / 60, 1.0])), study)) == 1.0


@pytest.mark.slow
@settings(max_examples=2, deadline=None, derandomize=True)
@given(order=st.permutations(("1", "2", "3", "4")), encode=st.sampled_from(("auto", "onehot")))
def test_other_codes_of_countries_are_the_same_partition(order: list[str], encode: str) -> None:
    """Requirement 51, FEA-04: USA = 1, Canada = 2 is a name, not an amount."""
    x, labels = blobs(120)
    code = (labels + np.random.default_rng(2).integers(0, 2, len(x))) % 4
    how = {"id": "user", "group_by": ("country_code", "a", "b"), "override": "a test", "groups": 3, "encode": encode}

    def partition(names: list[str]) -> list[str]:
        columns = {"user": [f"u{i:03d}" for i in range(len(x))], "a": x[:, 0], "b": x[:, 1]}
        frame = pa.table({**columns, "country_code": [names[c] for c in code]})
        return [r["persona"] for r in sorted(personae.run(frame, **how).users.to_pylist(), key=lambda r: r["id"])]

    assert ari(partition(list("1234")), partition(order)) == 1.0


def test_everybody_twice_gives_the_same_centres_and_shares() -> None:
    """FEA-09."""
    x, _ = blobs(600)  # with limits on how far groups go, which few users have not, both times
    once, twice = table(x), table(np.vstack([x, x]))
    made = []
    for features in (once, twice):
        space = behaviour_space(features, STUDY)
        assert space is not None
        rule, _ = settle(space, plugins.find("methods", "kmeans").fit(space, 3, 7), features, STUDY)
        persona = place_features(rule, features).persona[: len(x)]
        made.append((persona, [x[persona == c].mean(axis=0) for c in range(3)]))
    assert ari(made[0][0], made[1][0]) == 1.0
    np.testing.assert_allclose(np.sort(made[0][1], axis=0), np.sort(made[1][1], axis=0))


# ---------------------------------------------------------------- scaling is critical


def age_and_spend() -> tuple[Floats, npt.NDArray[np.int64]]:
    """Three groups that age and spend part equally: age sets one apart, spend the other two."""
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 3, 900)
    age = np.clip(np.array([30, 30, 66])[labels] + 5 * rng.standard_normal(900), 18, 80)
    spend = np.clip(10 ** (np.array([2.0, 5.0, 3.5])[labels] + 0.35 * rng.standard_normal(900)), 10, 1e6)
    return np.column_stack([age, spend]), labels


def explained(values: Floats, persona: npt.NDArray[np.int32]) -> float:
    """Share of the variance that lies between the groups."""
    groups = [values[persona == c] for c in np.unique(persona)]
    return float(sum(len(g) * (g.mean() - values.mean()) ** 2 for g in groups) / ((values - values.mean()) ** 2).sum())


def test_age_and_spend_both_separate_the_groups_by_default() -> None:
    """Requirement 52."""
    x, labels = age_and_spend()
    persona = place_features(choose(table(x), STUDY)[0], table(x)).persona
    inside = persona >= 0
    age, spend = explained(x[inside, 0], persona[inside]), explained(np.log(x[inside, 1]), persona[inside])
    assert min(age, spend) / (age + spend) >= 0.3
    assert ari(labels[inside], persona[inside]) > 0.95


def test_without_scaling_spend_is_all_there_is() -> None:
    """Requirement 52: the baseline."""
    x, _ = age_and_spend()
    persona = grouped(table(x), replace(STUDY, scale="none", reduce="none", outliers="none"))
    age, spend = explained(x[:, 0], persona), explained(x[:, 1], persona)
    assert spend > 0.8
    assert age < 0.2


def test_one_extreme_spender_spoils_min_max_and_not_the_default() -> None:
    """Requirement 52."""
    x, labels = age_and_spend()
    x[0, 1] = 1e9
    squeezed = grouped(table(x), replace(STUDY, scale="minmax", outliers="none"))
    rest = np.arange(1, len(x))
    assert explained(np.log(x[rest, 1]), squeezed[rest]) < 0.6
    usual = grouped(table(x), STUDY)
    assert ari(labels[rest], usual[rest]) > 0.95 > ari(labels[rest], squeezed[rest])


def test_minmax_and_standard_keep_what_they_learnt_for_those_who_come_later() -> None:
    """Requirement 53."""
    x, _ = blobs()
    for scale, step, want in (("minmax", "minmax", {"low", "span"}), ("standard", "scale", {"mean", "by"})):
        space = behaviour_space(table(x), replace(STUDY, scale=scale, outliers="none"))
        assert space is not None
        first = next(f for f in space.features if f.name == table(x).measures[0].name).steps[0]
        assert (first.name, set(first.learned)) == (step, want)
        assert first.learned["low" if scale == "minmax" else "mean"] == pytest.approx(
            x[:, 0].min() if scale == "minmax" else x[:, 0].mean()
        )


@pytest.mark.parametrize("scale", ["standard", "minmax", "robust", "log", "quantile", "none"])
def test_the_rule_stands_users_where_the_search_had_them(scale: str) -> None:
    x, _ = blobs()
    study = replace(STUDY, scale=scale)
    for features in (table(np.abs(x)), planted(users=300).features()):
        space = behaviour_space(features, study)
        assert space is not None
        rule, _ = settle(space, plugins.find("methods", "kmeans").fit(space, 3, 7), features, study)
        counts, measures = inputs(rule, features)
        z = stand(rule, counts, measures, len(features))[space.rows]
        np.testing.assert_allclose(z, space.scores, atol=1e-8 * max(1.0, np.abs(space.scores).max()))


# ---------------------------------------------------------------- events


def mostly_noise(seed: int = 1, users: int = 1500) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Five groups in 500 events: 20 events, three tenths of what people do, tell them apart; 480 are done by all alike."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 5, users)
    laws = np.zeros((5, 500))
    laws[:, 20:] = 0.7 * rng.dirichlet(np.full(480, 0.5))
    for g in range(5):
        own = np.ones(20)
        own[4 * g : 4 * g + 4] = 8
        laws[g, :20] = 0.3 * own / own.sum()
    totals = np.maximum(5, rng.lognormal(np.log(80), 0.6, users).astype(int))
    return np.stack([rng.multinomial(t, laws[g]) for t, g in zip(totals, labels, strict=True)]), labels


def test_five_groups_are_found_among_480_events_of_noise() -> None:
    """Requirement 3."""
    x, labels = mostly_noise()
    rule, evidence = choose(counted(x), STUDY)
    assert evidence.verdict.groups == 5
    assert ari(labels, place_features(rule, counted(x)).persona) >= 0.9
    assert evidence.preparation is not None
    assert len(evidence.preparation.unused) >= 470
    assert any("of 500 kinds used" in s for s in evidence.preparation.order)


def test_events_without_anybody_to_tell_apart_all_stay() -> None:
    """Requirement 3: what is dropped from data without groups must not make any."""
    world = planted(users=800, groups=0, events=60)
    rule, evidence = choose(world.features(), STUDY)
    assert rule is None
    assert evidence.preparation is not None
    assert evidence.preparation.unused == ()


def test_a_few_users_of_a_thousand_times_the_activity_move_nobody_else() -> None:
    """Requirement 2, with plain k-means on raw counts beside it."""
    world = planted(users=1500, groups=4, events=20)
    often = world.counts.copy()
    often[:15] *= 1000
    raw = replace(STUDY, weigh="none", scale="none", reduce="none", outliers="none")
    fall = {}
    for name, study in (("default", STUDY), ("raw", raw)):
        clean, loud = (grouped(counted(c), study, 4)[15:] for c in (world.counts, often))
        fall[name] = ari(world.labels[15:], clean) - ari(world.labels[15:], loud)
    assert fall["default"] <= 0.02 < fall["raw"]


@pytest.mark.parametrize("weigh", ["auto", "shares", "tfidf"])
def test_ten_times_everything_is_the_same_group_exactly(weigh: str) -> None:
    """Requirement 6."""
    world = planted(users=600, groups=3, events=12)
    study = replace(STUDY, weigh=weigh, outliers="none")
    space = behaviour_space(world.features(), study)
    assert space is not None
    rule, _ = settle(space, plugins.find("methods", "kmeans").fit(space, 3, 7), world.features(), study)
    ten = place_features(rule, replace(world, counts=world.counts * 10).features()).persona
    np.testing.assert_array_equal(place_features(rule, world.features()).persona, ten)


def test_what_each_event_weighs_is_written_down() -> None:
    """Requirement 5: an event everyone does weighs less than one of few, and no weighing is a recorded setting."""
    world = planted(users=800, groups=3, events=12)
    counts = np.column_stack(
        [world.counts, np.random.default_rng(1).poisson(60, 800), world.counts[:, 0] * (np.arange(800) % 9 == 0)]
    )
    for weigh in ("auto", "tfidf"):
        _, evidence = choose(counted(counts), replace(STUDY, weigh=weigh))
        assert evidence.preparation is not None
        weights = {w.event: w for w in evidence.preparation.weights}
        assert weights["e012"].weight < weights["e013"].weight
        assert weights["e012"].reach == 1.0
    _, evidence = choose(counted(counts), replace(STUDY, weigh="none", scale="none", force=True))
    assert evidence.preparation is not None
    assert {w.weight for w in evidence.preparation.weights} == {1.0}
    assert evidence.preparation.order[0] == "events: counts as they are, not weighed"


def test_a_hidden_event_takes_no_part_and_is_recorded(tmp_path: Any) -> None:
    """Requirement 10."""
    path = planted(users=200, groups=3, events=10).log(tmp_path / "log.csv")
    data = personae.read(path, id="user_id", ignore=("event=event_03",))
    made = data.run(groups=3)
    assert "event_03" not in {m.name for m in made.cast.measures}
    assert any(x.name == "event_03" and "hidden" in x.reason for x in made.cast.left_out)
    assert made.cast.study.ignore == ("event=event_03",)
    again = made.score(path).to_pylist()
    assert [r["persona"] for r in again] == [r["persona"] for r in made.users.to_pylist()]


def test_the_number_of_events_that_form_groups_is_a_setting(tmp_path: Any) -> None:
    """Requirement 10: 1,000 unless said otherwise; those that most users do stay, and it is recorded."""
    counts = np.column_stack([planted(users=300, groups=3, events=9).counts, (np.arange(300) % 5 == 0)[:, None] * np.ones(6)])
    assert Study(sources=()).top_events == 1000
    few = replace(STUDY, top_events=9)
    space, full = behaviour_space(counted(counts), few), behaviour_space(counted(counts), STUDY)
    assert space is not None and full is not None
    assert sorted(f.name for f in space.features) == [f"e{j:03d}" for j in range(9)] and len(full.features) > 9
    assert as_study(["log.csv"], {"top_events": "100"}, {}).top_events == 100
    made = personae.run(planted(users=200, groups=3, events=10).log(tmp_path / "log.csv"), id="user_id", top_events=6, groups=3)
    prepared = made.cast.evidence.preparation
    assert (
        prepared is not None and "6 of 10 kinds used" in prepared.order[0] and "the 6 that most users do" in prepared.order[0]
    )
    assert made.cast.study.top_events == 6


@pytest.mark.parametrize(("entry", "code"), [("event=event_3", "P002"), ("time=x", "P001"), ("page=x", "P002")])
def test_what_cannot_be_hidden_is_said(tmp_path: Any, entry: str, code: str) -> None:
    """Requirement 10."""
    path = planted(users=60, groups=2, events=5).log(tmp_path / "log.csv")
    with pytest.raises(UsageError) as error:
        personae.run(path, id="user_id", ignore=(entry,))
    assert error.value.code == code


# ---------------------------------------------------------------- empty cells


def holed(share: float, only: int | None = None, seed: int = 3) -> tuple[Features, npt.NDArray[np.int64]]:
    """Three groups in three numbers and a category; the third number is empty for a share of users, or of one group."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, 900)
    x = np.array([[0, 0, 0], [6, 0, 2], [0, 6, 4.0]])[labels] + rng.standard_normal((900, 3))
    hole = rng.random(900) < share
    x[hole & ((labels == only) if only is not None else True), 2] = np.nan
    plan = np.where(rng.random(900) < 0.04, -1, labels % 2).astype(np.int32)
    features = table(x)
    category = Measure("plan", "plan", Role.BEHAVIOUR, Kind.CATEGORY, plan, ("free", "pro"), forms=True)
    return replace(features, measures=(*features.measures, category)), labels


def test_cells_that_are_empty_by_chance_do_not_matter_and_it_is_said() -> None:
    """Requirement 50."""
    features, labels = holed(0.05)
    rule, evidence = choose(features, replace(STUDY, groups="3"))
    assert ari(labels, place_features(rule, features).persona) > 0.9
    made = evidence.preparation
    assert made is not None and made.sensitivity is not None
    assert {e.measure for e in made.empties} == {"m002", "plan"}
    assert made.empties[0].users == int(np.isnan(features.measures[2].values).sum())
    assert made.sensitivity.agreement is not None and made.sensitivity.agreement >= 0.9
    assert "gives the same groups" in made.sensitivity.words


def test_cells_that_are_empty_for_a_reason_matter_and_it_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """Requirement 50: one group answers nothing, so leaving out who is empty leaves that group out."""
    features, _ = holed(0.97, only=2)
    _, evidence = choose(features, replace(STUDY, groups="3"))
    assert evidence.preparation is not None and evidence.preparation.sensitivity is not None
    agreement = evidence.preparation.sensitivity.agreement
    assert agreement is not None and agreement < 0.9
    assert "same groups (" not in evidence.preparation.sensitivity.words
    assert evidence.preparation.sensitivity.words in caplog.messages, "on the terminal too"
    assert evidence.preparation.empties[0].words.startswith("lent by somebody alike in the other columns")


def test_few_empty_cells_are_not_worth_a_second_run() -> None:
    features, _ = holed(0.0)
    some = replace(features, measures=features.measures[:3])
    _, evidence = choose(some, replace(STUDY, groups="3"))
    assert evidence.preparation is not None and evidence.preparation.sensitivity is None


@pytest.mark.parametrize(
    ("way", "steps"),
    [("median", ["fill"]), ("mean", ["fill"]), ("mode", ["fill"]), ("zero", ["fill"]), ("draw", []), ("drop", [])],
)
def test_each_column_is_filled_as_asked(way: str, steps: list[str]) -> None:
    """Requirement 50."""
    features, _ = holed(0.2)
    space = behaviour_space(features, replace(STUDY, empty=(f"m002={way}",)))
    assert space is not None
    made = next(f for f in space.features if f.column == "m002")
    other = next(f for f in space.features if f.column == "m001")
    assert [s.name for s in made.steps if s.name == "fill"] == steps
    assert not [s for s in other.steps if s.name == "fill"]
    x = features.measures[2].values
    want = {"median": np.nanmedian(x), "mean": np.nanmean(x), "zero": 0.0}
    if way in want:
        assert float(made.steps[0].learned["value"]) == pytest.approx(want[way], rel=0.05)


def test_who_is_dropped_is_listed_with_the_reason_now_and_later() -> None:
    """Requirement 50."""
    features, _ = holed(0.1)
    study = replace(STUDY, empty=("m002=drop",), groups="3")
    rule, evidence = choose(features, study)
    placed, hole = place_features(rule, features), np.isnan(features.measures[2].values)
    assert rule is not None and rule.needs == ("m002",)
    assert set(placed.persona[hole]) == {-1}
    assert {REASONS[r] for r in placed.reason[hole]} == {"left out: empty where a value is asked for"}
    assert (placed.persona[~hole] >= 0).mean() > 0.97
    assert evidence.preparation is not None and evidence.preparation.dropped == hole.sum()


def test_being_empty_can_be_a_level() -> None:
    """Requirement 50."""
    features, _ = holed(0.97, only=2)
    space = behaviour_space(features, replace(STUDY, empty=("category",)))
    assert space is not None
    names = [f.name for f in space.features]
    assert "plan = (empty)" in names
    assert "m002 = (empty)" in names


@pytest.mark.parametrize("entry", ["m009=median", "m002=average", "plan=median"])
def test_ways_that_do_not_fit_a_column_are_refused(entry: str) -> None:
    """Requirement 50."""
    with pytest.raises(UsageError) as error:
        behaviour_space(holed(0.1)[0], replace(STUDY, empty=(entry,)))
    assert error.value.code == "P001"


# ---------------------------------------------------------------- outliers


@pytest.mark.parametrize("outliers", ["norm", "isolation", "dbscan"])
@pytest.mark.parametrize("scale", ["auto", "standard"])
def test_users_unlike_everybody_are_kept_out_of_the_search_and_listed(outliers: str, scale: str) -> None:
    """Requirement 58."""
    x, labels = blobs(600, 4)
    x[:6] = np.random.default_rng(1).normal(0, 40, (6, 4))
    rule, evidence = choose(table(x), replace(STUDY, outliers=outliers, scale=scale, groups="3"))
    placed = marked(place_features(rule, table(x)), evidence.apart)
    assert ari(labels[6:], placed.persona[6:]) > 0.98
    listed = [placed.kind[i] == Place.OUTSIDE or "unlike the others" in REASONS[placed.reason[i]] for i in range(6)]
    if outliers == "norm":
        assert evidence.outliers >= 4, "extremes are drawn in to the edge of the bulk, so two of the six are not that far"
        assert sum(listed) >= 4
    else:
        assert set(range(6)) <= set(evidence.apart)
        assert all(listed)
        assert rule is not None and rule.guards == ()


def test_nobody_is_set_apart_where_that_was_asked() -> None:
    """Requirement 58."""
    x, _ = blobs(300, 4)
    x[:3] = 500.0
    rule, evidence = choose(table(x), replace(STUDY, outliers="none", groups="3", force=True))
    assert evidence.outliers == 0
    assert (place_features(rule, table(x)).persona >= 0).all()


def test_noise_is_what_scikit_learns_dbscan_calls_noise() -> None:
    """Requirement 58: the same users at the same reach, without the distances of all pairs."""
    x, _ = blobs(400, 3)
    x[:5] = np.random.default_rng(2).normal(0, 60, (5, 3))
    found = in_no_region(x)
    last = np.sort(np.partition(np.sqrt(((x[:, None] - x[None]) ** 2).sum(axis=-1)), 9, axis=1)[:, 9])
    reach = last[int((np.linspace(last[0], last[-1], len(last)) - last).argmax())]
    np.testing.assert_array_equal(found, DBSCAN(eps=reach + 1e-9, min_samples=10).fit(x).labels_ < 0)


# ---------------------------------------------------------------- what had nothing to act on


def test_settings_without_anything_to_act_on_are_noted() -> None:
    x, _ = blobs(200)
    study = replace(STUDY, weigh="tfidf", encode="onehot", empty=("median",), reduce="9", groups="3")
    _, evidence = choose(table(x), study)
    assert evidence.preparation is not None
    said = " ".join(evidence.preparation.notes)
    for setting in ("--weigh tfidf", "--encode onehot", "--empty", "--reduce 9"):
        assert setting in said


# ---------------------------------------------------------------- those who come later


def test_what_does_not_fit_at_scoring_is_counted_and_said(caplog: pytest.LogCaptureFixture) -> None:
    """FEA-14: a new category, a field that is missing, one that is new, another order, a text among numbers."""
    rng = np.random.default_rng(2)
    kind = rng.integers(0, 2, 120)
    spend, visits = (np.array(c)[kind] + rng.standard_normal(120) for c in ([10, 30], [3, 12]))
    plan = np.where(rng.random(120) < 0.9, kind, 1 - kind)
    frame = pa.table(
        {
            "user": [f"u{i:03d}" for i in range(120)],
            "spend": [f"{v:.3f}" for v in spend],
            "visits": [f"{v:.3f}" for v in visits],
            "plan": [("free", "pro")[p] for p in plan],
        }
    )
    made = personae.run(frame, id="user", groups=2, group_by=("spend", "visits", "plan"))
    whole = {r["id"]: r["persona"] for r in made.users.to_pylist()}
    columns = {n: frame[n].to_pylist() for n in frame.column_names}
    columns["plan"][0], columns["spend"][1] = "gold", "lots"
    later = pa.table({"colour": ["red"] * 120, "plan": columns["plan"], "spend": columns["spend"], "user": columns["user"]})
    with caplog.at_level("WARNING", logger="personae"):
        placed = {r["id"]: r for r in made.score(later).to_pylist()}
    said = " ".join(r.getMessage() for r in caplog.records)
    assert "1 column that the run did not have left out: colour" in said
    assert "1 of 3 columns that the rule reads are missing and are taken as empty: visits" in said
    assert '"spend" has 1 value that cannot be read as numbers' in said
    assert '"plan" has 1 value other than the 2 the rule knows' in said
    assert np.mean([placed[u]["persona"] == p for u, p in whole.items()]) > 0.95


def test_check_says_what_was_chosen_before_anything_is_grouped() -> None:
    features, _ = holed(0.1)
    said = planned(features, replace(STUDY, scale="robust", empty=("m002=median",), weigh="tfidf"))
    assert said[0] == "scale robust, weigh tfidf"
    assert "m002" in said[1] and said[1].endswith("empty, the median")
    assert any("--weigh tfidf has nothing to act on" in s for s in said)
    assert planned(features, STUDY) == ()
    with pytest.raises(UsageError):
        planned(features, replace(STUDY, empty=("m009=median",)))
