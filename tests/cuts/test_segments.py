"""The best cuts of one line, against trying them all."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.cuts import heaps, segments
from personae.cuts.rounding import roundest


def _cost(values: np.ndarray) -> float:
    return float(((values - values.mean()) ** 2).sum())


def _cuts(x: np.ndarray, parts: int) -> np.ndarray:
    line = segments.cells(x)
    cost = segments.squares(line.sums(), line.sums(x), line.sums(x * x), 1)
    return line.first[segments.best(cost, parts)[-1]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=4, max_size=14), st.integers(2, 4))
def test_no_other_partition_leaves_less(values: list[int], parts: int) -> None:
    x = np.sort(np.array(values, float))
    starts = _cuts(x, parts)
    mine = sum(_cost(p) for p in np.split(x, np.searchsorted(x, starts)))
    places = [i for i in range(1, len(x)) if x[i] > x[i - 1]]
    best = min((sum(_cost(p) for p in np.split(x, list(at))) for at in combinations(places, len(starts))), default=_cost(x))
    assert mine == pytest.approx(best, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-1000, 1000))
def test_cuts_move_with_the_scale_and_not_with_order_or_repeated_rows(seed: int, by: float, start: float) -> None:
    """Requirement 36."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(m, 1.0, 60) for m in (0, 9, 21)])
    at = _cuts(x, 3)
    np.testing.assert_allclose(_cuts(x * by + start, 3), at * by + start, rtol=1e-9, atol=1e-9 * (1 + abs(start)))
    assert (_cuts(rng.permutation(x), 3) == at).all()
    assert (_cuts(np.repeat(x, 3), 3) == at).all()


def test_a_part_too_small_is_no_part() -> None:
    x = np.array([0.0] * 50 + [1.0] * 3 + [2.0] * 50)
    line = segments.cells(x)
    cost = segments.squares(line.sums(), line.sums(x), line.sums(x * x), 10)
    assert [len(at) for at in segments.best(cost, 3)] == [0, 1]


def test_many_different_values_share_cells_of_about_as_many_users() -> None:
    line = segments.cells(np.random.default_rng(1).lognormal(size=10_000))
    sizes = line.sums()
    assert len(line) == segments.CELLS
    assert sizes.max() <= 2 * sizes.min()
    assert (line.first[1:] > line.last[:-1]).all()


def test_heaps_are_spread_and_a_single_popular_number_is_left_out() -> None:
    rng = np.random.default_rng(2)
    exact = rng.normal(42, 14, 20_000)
    heaped = np.where(rng.random(20_000) < 0.5, np.rint(exact / 5) * 5, np.rint(exact))
    spread, coarse = heaps.smoothed(heaped)
    assert coarse == pytest.approx(5)
    assert np.abs(np.quantile(spread, [0.1, 0.5, 0.9]) - np.quantile(exact, [0.1, 0.5, 0.9])).max() < 1
    flat = np.concatenate([np.rint(rng.normal(50, 15, 5000)), np.full(3000, 99.0)])
    assert (np.abs(heaps.smoothed(flat)[0] - 99) < 0.5).sum() < 100


@pytest.mark.parametrize(
    ("low", "high", "at", "days", "round_"),
    [
        (24.2, 27.9, 25.87, False, 25),
        (25, 27, 26.3, False, 26),
        (83, 97, 88.0, True, 90),
        (0.012, 0.019, 0.0133, False, 0.015),
        (-12, -3, -7.7, False, -10),
        (480, 530, 506.0, False, 500),
        (1, 1, 1.0, False, 1),
        (360, 370, 364.2, True, 365),
    ],
)
def test_a_cut_is_the_roundest_number_of_its_interval(low: float, high: float, at: float, days: bool, round_: float) -> None:
    assert roundest(low, high, at, days) == round_
