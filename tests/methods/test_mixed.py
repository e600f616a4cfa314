"""Numbers and categories together, and what stands for the cells that are empty."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, silhouette_score

from methods.spaces import space
from personae import mixed
from personae.checks import copula
from personae.methods import kmeans
from personae.model.clustering import Mixed
from personae.model.study import Study

AUTO = Study(sources=())


def _customers(n: int = 1500, seed: int = 1, holes: float = 0.0) -> tuple[dict[str, Any], NDArray[np.int64]]:
    """Three kinds who differ a little in four numbers and a little in three categories; a fourth says nothing."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, n)
    middle = np.array([[0, 0, 0, 0], [2.2, 0, 1.5, 0], [0, 2.2, 0, 1.5]])
    numbers = middle[kind] + rng.standard_normal((n, 4))
    numbers[rng.random((n, 4)) < holes] = np.nan
    columns: dict[str, Any] = {f"n{j}": numbers[:, j] for j in range(4)}
    shares = np.array([[0.7, 0.2, 0.1], [0.1, 0.7, 0.2], [0.2, 0.1, 0.7]])
    for name in ("plan", "device", "channel"):
        columns[name] = np.array(["abc"[rng.choice(3, p=shares[k])] for k in kind])
    columns["region"] = rng.choice(list("nsew"), n)
    return columns, kind


def test_kinds_that_differ_in_numbers_and_in_categories_are_found() -> None:
    columns, kind = _customers()
    found = kmeans.fit(space(AUTO, **columns), 3, 1, refine=True)
    assert adjusted_rand_score(kind, found.labels) > 0.83  # 0.81 with levels as coordinates


def test_a_group_is_not_one_level_of_a_category() -> None:
    """To a criterion that looks for narrow groups a level has no width at all; here it says no more than it should."""
    columns, kind = _customers(seed=2)
    found = kmeans.fit(space(AUTO, **columns), 3, 1, refine=True).labels
    for name in ("plan", "device", "channel", "region"):
        assert adjusted_rand_score(columns[name], found) < 0.5
    assert adjusted_rand_score(kind, found) > 0.8


def test_the_number_of_kinds_is_the_cheapest_description() -> None:
    columns, _ = _customers(seed=3)
    made = space(AUTO, **columns)
    assert made.mixed is not None
    costs = {k: mixed.bic(made.mixed, kmeans.fit(made, k, 1, refine=True).labels, k) for k in range(2, 7)}
    assert min(costs, key=lambda k: costs[k]) == 3


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_a_category_that_is_empty_for_everybody_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, 200).astype(np.int32)
    known = Mixed(rng.standard_normal((200, 2)) + 3 * labels[:, None], (rng.integers(0, 3, 200).astype(np.int32),))
    more = Mixed(known.numbers, (*known.levels, np.full(200, -1, np.int32)))
    start = rng.integers(0, 3, 200).astype(np.int32)
    assert mixed.best(known, [start], 3).tolist() == mixed.best(more, [start], 3).tolist()
    # one level that nobody has is one parameter less than one level, for each group
    assert mixed.bic(known, labels, 3) == pytest.approx(mixed.bic(more, labels, 3))


def test_a_start_that_would_lose_a_group_stays_where_it_was() -> None:
    rng = np.random.default_rng(1)
    known = Mixed(rng.standard_normal((60, 1)), (np.zeros(60, np.int32),))
    start = np.zeros(60, np.int32)
    start[:2] = (1, 2)
    assert len(np.unique(mixed.best(known, [start], 3))) == 3


def test_an_empty_number_is_lent_by_somebody_alike() -> None:
    rng = np.random.default_rng(4)
    kind = rng.integers(0, 2, 1000)
    a, b, c = (8.0 * kind + rng.standard_normal(1000) for _ in range(3))
    holes = rng.random(1000) < 0.2
    made = space(AUTO, a=a, b=b, c=np.where(holes, np.nan, c))
    at = [f.column for f in made.features].index("c")
    empty, seen = holes[made.rows], made.coordinates[:, at]
    assert ((seen[empty] > 0) == (kind[made.rows][empty] == 1)).mean() > 0.99
    assert np.corrcoef(seen[~empty], c[made.rows][~empty])[0, 1] > 0.99


def test_holes_that_nobody_alike_can_fill_are_drawn_from_the_column() -> None:
    rng = np.random.default_rng(5)
    a = rng.standard_normal(600)
    b = np.where(np.arange(600) < 60, rng.standard_normal(600), np.nan)
    made = space(AUTO, a=a, b=b)
    values = np.round(made.coordinates[:, [f.column for f in made.features].index("b")], 9)
    assert np.isin(values, values[made.rows < 60]).all() and len(np.unique(values)) > 50


def test_what_data_without_groups_give_is_measured_on_data_without_groups() -> None:
    columns, _ = _customers(n=600)
    nulls = list(copula.null_spaces(space(AUTO, **columns), 1, 3))
    found = [kmeans.fit(null, 3, 1, refine=True) for null in nulls]
    assert all(silhouette_score(n.scores, f.labels) > 0.03 for n, f in zip(nulls, found, strict=True))


def test_kinds_are_found_although_most_people_have_an_empty_cell() -> None:
    """One number in eight empty, for two people of five: with draws from the whole column the index is 0.69."""
    columns, kind = _customers(seed=6, holes=0.125)
    made = space(AUTO, **columns)
    found = kmeans.fit(made, 3, 1, refine=True).labels
    assert adjusted_rand_score(kind[made.rows], found) > 0.78


def test_columns_that_have_nothing_to_do_with_each_other_stay_so_when_holes_are_lent() -> None:
    rng = np.random.default_rng(7)
    made = space(AUTO, **{f"n{j}": np.where(rng.random(2000) < 0.15, np.nan, rng.standard_normal(2000)) for j in range(6)})
    related = np.corrcoef(made.coordinates.T)[np.triu_indices(6, 1)]
    assert made.factors == 0 and np.abs(related).max() < 0.08
