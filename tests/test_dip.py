"""The dip against the reference implementation, and its p-values against the law they are taken from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae import dip

diptest = pytest.importorskip("diptest")


@pytest.mark.parametrize("n", [10, 57, 400, 3000])
@pytest.mark.parametrize("law", ["uniform", "normal", "two humps", "skewed"])
def test_dip_equals_the_reference_implementation(n: int, law: str) -> None:
    rng = np.random.default_rng(n)
    x = {
        "uniform": rng.random(n),
        "normal": rng.standard_normal(n),
        "two humps": np.r_[rng.standard_normal(n // 2), 4 + rng.standard_normal(n - n // 2)],
        "skewed": rng.exponential(size=n),
    }[law]
    assert dip.dip(x) == pytest.approx(diptest.dipstat(x), abs=1e-9)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=60, unique=True), st.integers(1, 50), st.integers(-99, 99))
def test_dip_does_not_care_about_scale_place_or_order(values: list[int], scale: int, shift: int) -> None:
    x = np.array(values, float)
    one = dip.dip(x)
    assert 0 <= one <= 0.25 + 1e-9
    assert dip.dip(x[::-1] * scale + shift) == pytest.approx(one, abs=1e-9)


@pytest.mark.parametrize("n", [40, 150, 1500])
def test_p_values_of_uniform_samples_are_uniform(n: int) -> None:
    rng = np.random.default_rng(7)
    p = np.array([dip.test(rng.random(n))[1] for _ in range(400)])
    for level in (0.05, 0.2, 0.5):
        assert abs((p <= level).mean() - level) < 0.06


def test_two_far_humps_are_seen_and_one_hump_is_not() -> None:
    rng = np.random.default_rng(1)
    assert dip.test(np.r_[rng.standard_normal(200), 6 + rng.standard_normal(200)])[1] <= 1e-4
    assert dip.test(rng.standard_normal(400))[1] > 0.5


def test_a_constant_has_no_dip() -> None:
    assert dip.dip([3.0, 3.0, 3.0]) == 0.0
