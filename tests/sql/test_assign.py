"""The SQL face of the rule says what the numpy face says, for every user."""

from collections.abc import Callable

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from personae import plugins
from personae import rule as rules
from personae.errors import Refused
from personae.model.features import Counts, Features, Measure
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.sql.assign import assign
from personae.stages.choose import choose
from personae.stages.score import inputs, place_features
from personae.stages.settle import settle
from personae.stages.space import behaviour_space


def world(users: int, seed: int = 3, counts: bool = True, table: bool = True) -> Features:
    """Four planted kinds of users, with event counts, a skewed number with holes, and a category with holes."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, users, p=[0.4, 0.3, 0.2, 0.1])
    taste = rng.dirichlet(np.full(12, 0.4), 4)
    x = rng.poisson(rng.gamma(2, 8, users)[:, None] * (0.7 * taste[kind] + 0.3 / 12))
    spend = np.where(rng.random(users) < 0.05, np.nan, np.exp(1.0 + kind + 0.4 * rng.standard_normal(users)))
    level = np.where(rng.random(users) < 0.05, -1, np.where(rng.random(users) < 0.7, kind % 3, rng.integers(0, 3, users)))
    measures = (
        Measure("spend", "spend", Role.BEHAVIOUR, Kind.DECIMAL, spend, forms=True),
        Measure("plan", "plan", Role.BEHAVIOUR, Kind.CATEGORY, level.astype(np.int32), ("a", "b", "c"), forms=True),
    )
    events = Counts(csr_matrix(x.astype(float)), tuple(f"e{i:02d}" for i in range(12)), "events")
    ids = pa.array([f"u{i:07d}" for i in range(users)])
    return Features(ids, events if counts else None, measures if table else ())


def by_sql(features: Features, rule: rules.Rule) -> dict[str, np.ndarray]:
    con = ibis.duckdb.connect()
    counts, measures = inputs(rule, features)
    wide = {"id": features.ids, **{k: pa.array(v, from_pandas=True) for k, v in measures.items()}}
    users = con.create_table("users", pa.table(wide))
    long = None
    if counts is not None:
        coo = counts.tocoo()
        names = pa.array(rules.events_of(rule)).take(pa.array(coo.col))
        long = con.create_table(
            "counts", pa.table({"id": features.ids.take(pa.array(coo.row)), "event": names, "count": coo.data})
        )
    asked = assign(rule, users, long, lambda name: plugins.find("steps", name).sql).order_by("id")
    got = con.to_pyarrow(asked)
    return {c: got[c].to_numpy() for c in got.column_names}


@pytest.mark.parametrize(("counts", "table"), [(True, False), (False, True), (True, True)])
def test_sql_and_numpy_place_every_user_alike(counts: bool, table: bool) -> None:
    """MOD-03."""
    features = world(3000, counts=counts, table=table)
    rule, _ = choose(features, Study(sources=(), groups="4"))
    assert rule is not None
    here, there = place_features(rule, features), by_sql(features, rule)
    for name in ("persona", "second", "kind"):
        np.testing.assert_array_equal(getattr(here, name), there[name])
    np.testing.assert_allclose(here.margin, there["margin"], atol=2e-6)
    np.testing.assert_allclose(here.membership, there["membership"], atol=2e-6)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    weigh=st.sampled_from(("auto", "shares", "tfidf", "none")),
    scale=st.sampled_from(("auto", "standard", "minmax", "robust", "log", "quantile", "none")),
    encode=st.sampled_from(("auto", "onehot")),
    empty=st.sampled_from(("draw", "median", "mean", "mode", "category", "zero", "drop")),
    outliers=st.sampled_from(("auto", "none")),
)
def test_sql_and_numpy_agree_however_columns_are_prepared(
    weigh: str, scale: str, encode: str, empty: str, outliers: str
) -> None:
    """MOD-03, R53."""
    features = world(400)
    study = Study(sources=(), weigh=weigh, scale=scale, encode=encode, empty=(empty,), outliers=outliers)
    space = behaviour_space(features, study)
    assert space is not None
    rule, _ = settle(space, plugins.find("methods", "kmeans").fit(space, 3, 7), features, study)
    here, there = place_features(rule, features), by_sql(features, rule)
    for name in ("persona", "second", "kind"):
        np.testing.assert_array_equal(getattr(here, name), there[name])
    np.testing.assert_allclose(here.margin, there["margin"], atol=2e-6)


def parted(users: int = 700) -> Features:
    """Three dense regions of two numbers, and users strewn between them."""
    rng = np.random.default_rng(6)
    kind = rng.integers(0, 3, users)
    x = np.array([[0.0, 0.0], [6.0, 1.0], [2.0, 7.0]])[kind] + 0.5 * rng.standard_normal((users, 2))
    x[: users // 20] = rng.uniform(-3, 10, (users // 20, 2))
    x = x[rng.permutation(users)]
    columns = (Measure(f"x{j}", f"x{j}", Role.BEHAVIOUR, Kind.DECIMAL, x[:, j].copy(), forms=True) for j in range(2))
    return Features(pa.array([f"u{i:07d}" for i in range(users)]), None, tuple(columns))


@pytest.mark.parametrize("name", plugins.names("methods"))
@pytest.mark.parametrize("make", [parted, lambda: world(700)])
def test_every_method_has_one_rule_for_a_crowd_for_one_and_for_a_database(name: str, make: Callable[[], Features]) -> None:
    """MOD-03: fit = score = batch = single, of any shape, noise and radii included."""
    features, study = make(), Study(sources=())
    space = behaviour_space(features, study)
    assert space is not None
    plug = plugins.find("methods", name)
    try:
        made = plug.fit(space, 0 if getattr(plug, "UNSIZED", False) else 3, 7)
    except Refused as no:
        pytest.skip(no.reason)
    rule, fidelity = settle(space, made, features, study)
    here, there = place_features(rule, features), by_sql(features, rule)
    for field in ("persona", "second", "kind"):
        np.testing.assert_array_equal(getattr(here, field), there[field])
    np.testing.assert_allclose(here.margin, there["margin"], atol=2e-6)
    assert len(rule.radius) == len(rule.prototypes)
    assert fidelity >= 0.85
    counts, measures = inputs(rule, features)
    for a in range(0, 70, 7):
        few = None if counts is None else counts[a : a + 7]
        part = rules.place(rule, few, {k: v[a : a + 7] for k, v in measures.items()}, 7)
        np.testing.assert_array_equal(part.persona, here.persona[a : a + 7])
        np.testing.assert_array_equal(part.margin, here.margin[a : a + 7])


@pytest.mark.slow
def test_a_million_users_are_placed_alike_by_sql_and_numpy() -> None:
    """MOD-03 at the size that matters."""
    rule, _ = choose(world(5000), Study(sources=(), groups="4"))
    assert rule is not None
    features = world(1_000_000, seed=4)
    here, there = place_features(rule, features), by_sql(features, rule)
    assert (here.persona != there["persona"]).sum() == 0
    assert (here.kind != there["kind"]).sum() == 0


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_one_user_alone_gets_the_bits_they_get_in_a_crowd(batch: int) -> None:
    """MOD-03."""
    features = world(1500)
    rule, _ = choose(features, Study(sources=(), groups="4"))
    assert rule is not None
    counts, measures = inputs(rule, features)
    assert counts is not None
    whole = rules.place(rule, counts, measures, len(features))
    upto = 1500 if batch > 1 else 200
    for a in range(0, upto, batch):
        part = rules.place(
            rule, counts[a : a + batch], {k: v[a : a + batch] for k, v in measures.items()}, min(batch, 1500 - a)
        )
        for name in ("persona", "second", "membership", "margin", "kind", "reason"):
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[a : a + batch])
