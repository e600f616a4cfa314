"""Sizes and tests of shifts: known answers, and what must hold for all samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from personae.facts.shifting import rank, seen, share, spread
from personae.model.drift import size

counts = st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(lambda c: sum(c) > 0)


def test_a_rank_size_by_hand() -> None:
    """Half of those before lie in each bin, all after in the upper: above 10 of 20, level with 10, so the chance is 0.75."""
    d, _ = rank((10, 10), (0, 20))
    assert d == pytest.approx(np.sqrt(2) * 0.6744898)


def test_a_rank_test_is_that_of_wilcoxon_with_ties() -> None:
    a, b = np.repeat([0, 1, 2], (20, 30, 10)), np.repeat([0, 1, 2], (10, 30, 30))
    expected = mannwhitneyu(a, b, method="asymptotic", use_continuity=False).pvalue
    assert rank((20, 30, 10), (10, 30, 30))[1] == pytest.approx(expected)


def test_a_normal_measure_moved_by_two_tenths_has_that_size() -> None:
    from scipy.special import ndtri

    x = ndtri((np.arange(20_000) + 0.5) / 20_000)
    edges = np.quantile(x, np.arange(1, 20) / 20)
    before, after = (np.bincount(np.searchsorted(edges, v), minlength=20) for v in (x, x + 0.2))
    assert rank(before.tolist(), after.tolist())[0] == pytest.approx(0.2, abs=0.005)


def test_a_share_by_hand() -> None:
    """None of 10 against 5 of 10: the smaller tail is C(10,5)/C(20,5) = 252/15504."""
    assert share(120, 1000, 240, 1000)[0] == pytest.approx(0.31646, abs=1e-5)
    assert share(0, 10, 5, 10)[1] == pytest.approx(2 * 252 / 15504)


def test_a_spread_by_hand() -> None:
    """50 and 50 against 30 and 70: chi-squared is 200 (50 x 70 - 50 x 30)^2 / (100 x 100 x 80 x 120) = 8.33."""
    assert spread((50, 50), (30, 70), ordered=False)[1] == pytest.approx(0.003892, abs=1e-6)


def test_the_smallest_size_that_can_be_told_by_hand() -> None:
    assert seen(100, 100, 0.05) == pytest.approx(1.959964 * np.sqrt(2 / 100))


def test_sizes_have_three_words_and_none_for_what_does_not_matter() -> None:
    assert [size(x) for x in (0.099, -0.1, 0.3, 0.5, -4.0)] == ["", "small", "medium", "large", "large"]


@given(counts, counts)
@settings(deadline=None, max_examples=60)
def test_going_back_is_as_large_and_as_sure_as_going(a: list[int], b: list[int]) -> None:
    (d, p), (back, q) = rank(a, b), rank(b, a)
    assert d == pytest.approx(-back, abs=1e-9) and p == pytest.approx(q, abs=1e-9)
    (w, p), (again, q) = spread(a, b, ordered=True), spread(b, a, ordered=True)
    assert w == pytest.approx(again, abs=1e-9) and p == pytest.approx(q, abs=1e-9)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
@settings(deadline=None, max_examples=60)
def test_a_share_is_symmetric_and_p_is_a_probability(x: int, more: int, y: int, rest: int) -> None:
    m, n = x + more, y + rest
    (h, p), (back, q) = share(x, m, y, n), share(y, n, x, m)
    assert h == pytest.approx(-back) and p == pytest.approx(q) and 0 <= p <= 1
    assert share(x, m, x, m) == (0.0, 1.0)


@given(counts, counts, st.integers(2, 20))
@settings(deadline=None, max_examples=60)
def test_the_same_shares_of_more_people_are_surer_and_no_larger(a: list[int], b: list[int], k: int) -> None:
    d, p = rank(a, b)
    more, q = rank([k * x for x in a], [k * x for x in b])
    assert more == pytest.approx(d, abs=1e-9) and q <= p + 1e-9
