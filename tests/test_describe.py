"""Facts about groups: the right numbers, tested where testing is fair, and none about too few users."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from described import category, described, events, number, shop
from personae.facts import intervals
from personae.facts.contrast import contrast
from personae.facts.floor import hidden
from personae.facts.tally import tally
from personae.model.features import Features, Measure
from personae.model.study import Role, Study
from personae.model.table import Kind

THREE = np.repeat([0, 1, 2], [200, 120, 80])


def seeds_three(seed: int = 1) -> tuple[npt.NDArray[np.float64], ...]:
    """Logins, dollars and NPS of R101 with the exact group means 25/15/9, 2/400/3, 1/10/5."""
    rng = np.random.default_rng(seed)
    columns = []
    for means, spread in (((25, 2, 1), 0.2), ((15, 400, 10), 0.2), ((9, 3, 5), 0.05)):
        noise = rng.normal(1, spread, len(THREE))
        for g in range(3):
            noise[g == THREE] /= noise[g == THREE].mean()
        columns.append(np.array(means)[THREE] * noise)
    return tuple(columns)


def test_the_means_of_the_three_groups_of_the_seed_come_back() -> None:
    """R101."""
    logins, dollars, nps = seeds_three()
    world = described(THREE, number("logins", logins), number("dollars", dollars), number("nps", nps, Role.ATTITUDE))
    got = [[world.of(p.key, m).value for m in ("logins", "dollars", "nps")] for p in world.profiles]
    np.testing.assert_allclose(got, [[25, 15, 9], [2, 400, 3], [1, 10, 5]], rtol=1e-9)


def test_shares_of_activity_are_means_of_each_users_shares_and_not_of_totals() -> None:
    labels = np.repeat([0, 1], [20, 20])
    counts = np.array([[1, 1]] * 10 + [[0, 1000]] * 10 + [[3, 1]] * 20)
    world = described(labels, counts=events(counts, ("a", "b")))
    assert world.of("P1", "a").value == pytest.approx(0.25)
    assert world.of("P2", "a").value == pytest.approx(0.75)
    assert world.of("P1", "a").everyone == pytest.approx(0.5)
    assert world.of("P1", "a").rest == pytest.approx(0.75)
    assert world.of("P1", "a").multiple == pytest.approx(0.5)
    assert world.of("P1", "a", "share").value == pytest.approx(0.5)


def test_sums_over_sparse_counts_equal_those_over_the_dense_matrix() -> None:
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.3, (500, 40)) * rng.integers(0, 4, (500, 1))
    group = rng.integers(0, 4, 500)
    found = tally(described(group, counts=events(counts, [f"e{j}" for j in range(40)])).features, group, 4)
    total = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
    dense = np.stack([share[group == g].sum(axis=0) for g in range(4)])
    np.testing.assert_allclose(found.total[:, :40], dense, atol=1e-12)
    np.testing.assert_array_equal(found.base[:, 40:], np.stack([(counts[group == g] > 0).sum(axis=0) for g in range(4)]))


def test_a_planted_trait_is_found_and_a_noise_trait_is_not() -> None:
    """R113: over 20 worlds of 400 users the planted trait is always first and the eleven others are never told."""
    told = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        noise = [number(f"noise {i}", rng.gamma(4, 1, 400)) for i in range(11)]
        planted = number("planted", rng.gamma(4, 1, 400) * np.array([2.0, 1.0, 1.0])[THREE])
        world = described(THREE, *noise, planted)
        assert world.profiles[0].above[0].measure == "planted"
        told += [t.measure for p in world.profiles for t in (*p.above, *p.below)]
    assert set(told) == {"planted"}


def test_what_formed_the_groups_is_described_and_what_did_not_is_tested() -> None:
    world = shop()
    formed = {m.name for m in world.features.measures if m.forms} | set(world.features.counts.events)  # type: ignore[union-attr]
    for f in world.facts:
        if f.measure.partition("=")[0] in formed:
            assert f.p is None, f.id
    assert world.of("P1", "active_days").p is not None
    assert all(t.formed == (t.measure.partition("=")[0] in formed) for p in world.profiles for t in (*p.above, *p.below))


def test_under_no_difference_at_all_hardly_any_outcome_is_called_different() -> None:
    """Holm: the chance of even one false difference in a world is at most 5 %; 60 worlds give at most 8 (p = 0.99)."""
    false = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        outcomes = [number(f"o{i}", rng.random(400) < 0.3, Role.OUTCOME, kind=Kind.BOOLEAN) for i in range(6)]
        world = described(THREE, *outcomes)
        false += any(f.p is not None and f.p < 0.05 for f in world.facts)
    assert false <= 8


def test_intervals_of_multiples_hold_what_they_promise() -> None:
    """Of 1,500 samples the 95 % interval of the multiple holds the true one in 93.5 to 96.5 of 100."""
    rng = np.random.default_rng(0)
    drawn = np.concatenate([rng.gamma(3, 2.0, (60, 1500)), rng.gamma(3, 1.0, (140, 1500))])
    found = contrast(tally(_features(*(number(f"m{i}", drawn[:, i]) for i in range(1500))), np.repeat([0, 1], [60, 140]), 2))
    truth = 6 / (0.3 * 6 + 0.7 * 3)
    inside = (found.multiple_low[0] <= truth) & (truth <= found.multiple_high[0])
    assert 0.935 <= inside.mean() <= 0.965


def _features(*measures: Measure) -> Features:
    """Features of measures alone."""
    return Features(pa.array([str(i) for i in range(len(measures[0].values))]), None, measures)


def test_wilson_gives_the_interval_of_the_textbook() -> None:
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611."""
    low, high = intervals.wilson(np.array([81 / 263, 0.0]), np.array([263.0, 20.0]))
    np.testing.assert_allclose([low, high], [[0.2553, 0], [0.3662, 0.1611]], atol=5e-5)


def test_the_tests_agree_with_scipy() -> None:
    from scipy import stats

    rng = np.random.default_rng(4)
    a, b = rng.normal(0, 1, 30), rng.normal(0.5, 3, 50)
    ours = intervals.welch(*(np.array([v]) for v in (a.mean(), a.var(ddof=1), 30.0, b.mean(), b.var(ddof=1), 50.0)))
    assert ours[0] == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)
    z = intervals.two_shares(np.array([0.4]), np.array([50.0]), np.array([0.25]), np.array([80.0]))
    assert z[0] == pytest.approx(stats.chi2_contingency([[20, 30], [20, 60]], correction=False).pvalue)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_never_falls_below_the_raw_value_nor_changes_the_order(p: list[float]) -> None:
    raw = np.array(p)
    corrected = intervals.holm(raw, np.ones(len(p), dtype=bool))
    assert (corrected >= raw).all() and (corrected <= 1).all()
    assert (np.diff(corrected[np.argsort(raw, kind="stable")]) >= 0).all()


def test_shuffling_a_demographic_column_leaves_everything_else_the_same() -> None:
    """R22."""
    rng = np.random.default_rng(5)
    x, age = rng.gamma(3, 1, 400), rng.normal(40, 9, 400)
    before = described(THREE, number("x", x), number("age", age, Role.DEMOGRAPHIC))
    after = described(THREE, number("x", x), number("age", rng.permutation(age), Role.DEMOGRAPHIC))

    def others(world: object) -> list[object]:
        return [f for f in world.facts if f.measure != "age"]  # type: ignore[attr-defined]

    assert others(before) == others(after)
    assert before.members == after.members
    assert [(p.name, p.traits, p.story, p.tagline) for p in before.personas] == [
        (p.name, p.traits, p.story, p.tagline) for p in after.personas
    ]


def test_sizes_and_users_in_no_group_add_up_to_everyone() -> None:
    """R103, R115, R118, MOD-10."""
    world = shop()
    outside = world.fact("all.outside").value
    assert sum(p.users for p in world.profiles) + outside == len(world.features)
    assert sum(p.share for p in world.profiles) + outside / len(world.features) == pytest.approx(1, abs=1e-12)
    assert all(p.users == world.fact(f"{p.key}.size").value == round(p.share * len(world.features)) for p in world.profiles)


def test_nothing_is_told_of_a_group_of_nine_and_nothing_of_it_can_be_worked_out() -> None:
    """EXP-03, MOD-09: 9 users with a mean of 1000 among 391 others: no fact is theirs, and everyone's mean leaves them out."""
    labels = np.repeat([0, 1, 2], [250, 141, 9])
    values = np.where(labels == 2, 1000.0, np.random.default_rng(0).gamma(3, 1, 400))
    world = described(labels, number("x", values), category("plan", labels, ("a", "b", "c")))
    assert not [f for f in world.facts if f.subject == "P3"]
    assert (world.profiles[2].users, world.profiles[2].facts) == (0, ())
    assert world.of("all", "x").value == pytest.approx(values[labels < 2].mean())
    assert "fewer than 10" in world.personas[2].tagline.text
    assert not [m for m in world.members if m.persona == "P3"]
    assert not [f for f in world.facts if f.measure == "plan=c"]


def test_a_group_of_ten_is_told_of() -> None:
    labels = np.repeat([0, 1], [50, 10])
    world = described(labels, number("x", np.arange(60.0) + 1))
    assert world.fact("P2.size").value == 10
    assert world.of("P2", "x").n == 10


def test_a_small_cell_is_hidden_with_another_so_that_it_cannot_be_subtracted() -> None:
    """R107, EXP-03: 3 of 80 answer "c"; one further cell of that level and of that group must go too."""
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 3, 400)
    codes[THREE == 2] = np.repeat([0, 1, 2], [40, 37, 3])
    world = described(THREE, number("x", rng.gamma(3, 1, 400)), category("answer", codes, ("a", "b", "c")))
    shown = {(f.subject, f.measure) for f in world.facts if f.measure.startswith("answer=")}
    assert ("P3", "answer=c") not in shown
    assert len({f"answer={x}" for x in "abc"} - {m for s, m in shown if s == "P3"}) >= 2
    assert len({"P1", "P2", "P3"} - {s for s, m in shown if m == "answer=c"}) >= 2
    for f in world.facts:
        if f.measure.startswith("answer="):
            assert round(f.value * f.n) == 0 or round(f.value * f.n) >= 10


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=5),
    st.sampled_from([Role.DEMOGRAPHIC, Role.OUTCOME, Role.BEHAVIOUR]),
)
def test_no_shown_cell_is_small_and_no_hidden_one_stands_alone(table: list[list[int]], role: Role) -> None:
    """EXP-03 for any table of groups by answers: lines of hidden cells never leave a single small one to subtraction."""
    cells = np.array(table)
    group = np.repeat(np.repeat(np.arange(len(cells)), 3), cells.ravel())
    codes = np.repeat(np.tile(np.arange(3), len(cells)), cells.ravel())
    if not len(group):
        return
    features = _features(category("m", codes, ("a", "b", "c"), role))
    found = tally(features, group, len(cells) + 1)
    mask = hidden(found, 10)
    shown = found.base[~mask]
    assert not ((shown > 0) & (shown < 10)).any()
    for j in range(mask.shape[1]):
        lost = found.base[:-1, j][mask[:-1, j] & (found.n[:-1, j] > 0)]
        everything = len(lost) == (found.n[:-1, j] > 0).sum()
        assert not (len(lost) == 1 and 0 < lost[0] < 10) or everything


def test_few_doers_of_an_event_are_not_told() -> None:
    labels = np.repeat([0, 1, 2], [100, 100, 100])
    counts = np.ones((300, 2))
    counts[:, 1] = 0
    counts[:60, 1] = 5
    counts[100:103, 1] = 5
    counts[200:250, 1] = 5
    world = described(labels, counts=events(counts, ("base", "rare")))
    assert not [f for f in world.facts if f.subject == "P2" and f.measure == "rare"]
    assert world.of("P1", "rare", "share").value == pytest.approx(0.6)


def test_an_event_that_only_users_who_are_left_out_did_is_not_even_named() -> None:
    """EXP-03: "secret: 0 %" of everyone shown says that the nine who are not shown did it."""
    labels = np.repeat([0, 1, 2], [250, 141, 9])
    counts = np.ones((400, 2))
    counts[:, 1] = labels == 2
    world = described(labels, counts=events(counts, ("base", "secret")))
    assert world.of("all", "base").n == 390, "not 391: nine fewer than all would tell of the nine"
    assert not [f for f in world.facts if f.measure == "secret"]


def test_users_on_the_border_are_given_as_half_the_floor_when_fewer() -> None:
    """EXP-03: the exact share of fewer than ten borderline users is nowhere."""
    world = described(np.repeat([0, 1], [300, 30]), number("x", np.arange(330.0)))
    assert "P2.border" not in {f.id for f in world.facts}
    assert world.profiles[1].border_share == pytest.approx(5 / 30)


def test_nothing_is_described_of_groups_that_do_not_exist() -> None:
    world = described(np.full(200, -1), number("x", np.arange(200.0)), kind="nothing")
    assert (world.profiles, world.members, world.personas) == ((), (), ())
    assert {f.subject for f in world.facts} == {"all"}


def test_forced_groups_are_described() -> None:
    world = described(THREE, number("x", np.arange(400.0)), kind="nothing", forced=True)
    assert len(world.profiles) == 3


def test_the_same_thing_is_told_once() -> None:
    rng = np.random.default_rng(1)
    x = rng.gamma(3, 1, 400) * np.array([3.0, 1.0, 1.0])[THREE]
    world = described(THREE, number("x", x), number("x in cents", x * 100 + rng.normal(0, 1, 400)))
    assert len(world.profiles[0].above) == 1


def test_answers_on_a_scale_are_compared_by_difference() -> None:
    rng = np.random.default_rng(1)
    answers = np.clip(np.rint(rng.normal(np.array([5.0, 3.0, 3.0])[THREE], 1)), 1, 6)
    world = described(THREE, number("q_1", answers, kind=Kind.INTEGER))
    fact, trait = world.of("P1", "q_1"), world.profiles[0].above[0]
    assert (fact.multiple, fact.unit, trait.scale) == (None, "points from 1 to 6", (1.0, 6.0))
    assert trait.distance is not None and trait.distance > 0.35


def test_counts_that_happen_to_be_small_keep_their_multiple() -> None:
    rng = np.random.default_rng(1)
    world = described(THREE, number("tickets", rng.poisson(np.array([2.0, 0.5, 0.5])[THREE]), kind=Kind.INTEGER))
    assert world.of("P1", "tickets").multiple is not None


def test_a_few_giants_do_not_make_a_trait() -> None:
    """R2: 1 % of users at 1,000 times the amount all fall in one group; compared is the capped mean, which says so."""
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1], [2000, 2000])
    amount = rng.gamma(3, 1, 4000)
    amount[:30] *= 1000
    world = described(labels, number("amount", amount))
    assert world.of("P1", "amount").value == pytest.approx(amount[:2000].mean())
    assert not world.profiles[0].above
    assert any(f.id == "P1.m0.capped" and ", capped at " in f.label for f in world.facts)


def test_a_measure_without_values_and_one_without_variation_are_no_trouble() -> None:
    world = described(
        THREE, number("empty", np.full(400, np.nan)), number("same", np.ones(400) * 3), number("x", np.arange(400.0))
    )
    assert not [f for f in world.facts if f.measure == "empty"]
    assert all(t.measure == "x" for p in world.profiles for t in (*p.above, *p.below))


def test_missing_values_count_for_nobody() -> None:
    values = np.where(np.arange(400) % 4 == 0, np.nan, 2.0 + THREE)
    world = described(THREE, number("x", values))
    assert (world.of("P1", "x").n, world.of("P1", "x").value) == (150, 2.0)
    assert world.of("all", "x").n == 300


def test_members_are_real_users_of_their_group_and_nobody_is_named_twice() -> None:
    """R108: ten typical, ten on the border, ten pronounced, or a third of a small group each."""
    labels = np.repeat([0, 1], [300, 12])
    world = described(labels, number("x", np.arange(312.0)))
    ids = world.features.ids.to_pylist()
    assert [sum(m.persona == k and m.part == "typical" for m in world.members) for k in ("P1", "P2")] == [10, 4]
    assert len({m.id for m in world.members}) == len(world.members)
    assert all(labels[ids.index(m.id)] == int(m.persona[1:]) - 1 for m in world.members)
    typical = [m.membership for m in world.members if m.persona == "P1" and m.part == "typical"]
    border = [m.membership for m in world.members if m.persona == "P1" and m.part == "borderline"]
    assert min(typical) > max(border)


def test_ids_of_facts_are_unique_and_every_profile_points_to_facts_that_exist() -> None:
    world = shop()
    ids = [f.id for f in world.facts]
    assert len(ids) == len(set(ids))
    for p in world.profiles:
        assert {*p.facts, *p.outcomes, *p.demographics, *(t.fact for t in (*p.above, *p.below))} <= set(ids)


def test_every_fact_has_a_base_an_interval_around_its_value_a_source_and_a_query() -> None:
    """R13, R32."""
    for f in shop().facts:
        assert f.n >= 10 and f.query and f.source is not None
        if f.low is not None and f.high is not None:
            assert f.low <= f.value + 1e-12 and f.value <= f.high + 1e-12, f.id


def test_facts_and_values_are_plain_python_numbers() -> None:
    for f in shop(400).facts:
        for field in dataclasses.fields(f):
            assert type(getattr(f, field.name)) in (str, float, int, bool, type(None)), (f.id, field.name)


def test_the_nearest_group_is_the_one_with_the_closest_profile() -> None:
    rng = np.random.default_rng(0)
    world = described(
        THREE,
        number("x", np.array([1.0, 1.4, 5.0])[THREE] * rng.gamma(30, 1 / 30, 400)),
        number("y", rng.gamma(3, 1, 400)),
    )  # fmt: skip
    assert [(p.nearest, p.nearest_measure) for p in world.profiles] == [("P2", "x"), ("P1", "x"), ("P2", "x")]


def test_an_outcome_of_two_levels_is_the_rate_of_the_one_that_says_yes() -> None:
    """R14."""
    codes = (np.arange(400) % 4 == 0).astype(int)
    world = described(THREE, number("x", np.arange(400.0)), category("Churn", codes, ("No", "Yes"), Role.OUTCOME))
    assert [f.measure for f in world.facts if f.statistic == "rate" and f.subject == "P1"] == ["Churn=Yes"]
    assert world.of("P1", "Churn=Yes", "rate").value == 0.25


def test_the_floor_of_the_study_is_kept() -> None:
    labels = np.repeat([0, 1], [100, 30])
    world = described(labels, number("x", np.arange(130.0)), study=Study(sources=("a",), floor=50))
    assert world.profiles[1].facts == ()


@pytest.mark.slow
def test_a_million_users_are_described_in_seconds_and_without_a_dense_matrix() -> None:
    """R: 1,000,000 users x 300 events (25 M cells), 20 measures, 8 groups; a dense matrix alone would be 2.4 GB."""
    import resource
    import time

    rng = np.random.default_rng(0)
    users, kinds = 1_000_000, 300
    from scipy.sparse import csr_matrix

    from personae.model.features import Counts

    indptr = np.append(0, np.cumsum(rng.poisson(25, users)))
    matrix = csr_matrix(
        (rng.integers(1, 9, indptr[-1]).astype(float), rng.integers(0, kinds, indptr[-1]).astype(np.int32), indptr),
        shape=(users, kinds),
    )
    labels = rng.integers(-1, 8, users)
    measures = [number(f"m{i}", rng.lognormal(0, 1, users)) for i in range(20)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    described(labels, *measures, counts=Counts(matrix, tuple(f"e{j}" for j in range(kinds)), "log"))
    assert time.perf_counter() - start < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 800_000
