"""Mean shift and spectral clustering."""

import numpy as np
import pytest
from sklearn.cluster import estimate_bandwidth
from sklearn.metrics import adjusted_rand_score as ari

from methods.spaces import blobs, cloud
from personae.errors import Refused
from personae.methods import meanshift, spectral


def test_peaks_are_counted_and_the_bandwidth_is_said() -> None:
    """Requirement 79."""
    x, labels = blobs(300, 4, gap=9.0)
    made = meanshift.fit(cloud(x), 0, 5)
    assert made.size == 4
    assert ari(labels, made.labels) == 1.0
    assert made.settings["bandwidth"] == pytest.approx(estimate_bandwidth(x, quantile=0.2, n_samples=300, random_state=5))


def test_a_small_peak_joins_the_nearest_other_one() -> None:
    x, _ = blobs(300, 2, columns=2, gap=9.0, seed=3)
    x[0] = x[1:].mean(axis=0) + 200.0
    made = meanshift.fit(cloud(x), 0, 5)
    assert made.settings["small_peaks"] == 1
    assert set(made.labels) == set(range(made.size))


def test_one_peak_and_too_many_users_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requirement 79."""
    x = np.random.default_rng(1).standard_normal((300, 2))
    with pytest.raises(Refused, match="one peak at a bandwidth of"):
        meanshift.fit(cloud(x), 0, 1, bandwidth=5.0)
    with pytest.raises(Refused, match="give one"):
        meanshift.fit(cloud(np.zeros((300, 2))), 0, 1)
    monkeypatch.setattr(meanshift, "LIMIT", 200)
    with pytest.raises(Refused, match="300 users are more than its limit of 200"):
        meanshift.fit(cloud(x), 0, 1)


def test_rings_are_told_apart_where_their_number_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    ring, t = rng.integers(0, 2, 500), rng.uniform(0, 2 * np.pi, 500)
    x = np.column_stack([np.cos(t), np.sin(t)]) * (1 + 2 * ring[:, None]) + 0.08 * rng.standard_normal((500, 2))
    assert ari(ring, spectral.fit(cloud(x), 2, 1).labels) == 1.0
    with pytest.raises(Refused, match="neighbours each"):
        spectral.fit(cloud(x[:8]), 2, 1)
    monkeypatch.setattr(spectral, "LIMIT", 200)
    with pytest.raises(Refused, match="500 users are more than its limit of 200"):
        spectral.fit(cloud(x), 2, 1)
