"""Planted groups of each kind that one method is said to be made for: points (n, d) and the truth (n,)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Planted = tuple[NDArray[np.float64], NDArray[np.int64]]


def separated(seed: int) -> Planted:
    """Five round groups, six standard deviations apart."""
    rng = np.random.default_rng(seed)
    centres = np.vstack([np.zeros(4), 6 * np.eye(4)])
    labels = rng.choice(5, 1500, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    return centres[labels] + rng.standard_normal((1500, 4)), labels


def moons(seed: int) -> Planted:
    """Two bent groups inside each other, and 5 % of users anywhere (label -1)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, 1500)
    t = rng.uniform(0, np.pi, 1500)
    x = np.where(labels[:, None] == 0, np.c_[np.cos(t), np.sin(t)], np.c_[1 - np.cos(t), 0.5 - np.sin(t)])
    x = x + 0.06 * rng.standard_normal(x.shape)
    lost = rng.random(1500) < 0.05
    x[lost] = rng.uniform([-1.2, -0.8], [2.2, 1.3], (int(lost.sum()), 2))
    return x, np.where(lost, -1, labels)


def nested(seed: int) -> Planted:
    """Few users: three far groups, each of two near ones."""
    rng = np.random.default_rng(seed)
    far = 12 * np.eye(3)
    near = np.array([[0, 0, 2.5], [2.5, 0, 0], [0, 2.5, 0]])
    labels = rng.integers(0, 6, 300)
    side = np.where(labels % 2 == 0, 1.0, -1.0)[:, None]
    return far[labels // 2] + side * near[labels // 2] + rng.standard_normal((300, 3)), labels


def unequal(seed: int) -> Planted:
    """Three overlapping groups, one tight inside a wide one and one long."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(3, 1800, p=[0.4, 0.35, 0.25])
    middle = np.array([[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
    spread = np.array([[2.2, 2.2, 2.2], [0.4, 0.4, 0.4], [3.0, 0.5, 0.5]])
    return middle[labels] + spread[labels] * rng.standard_normal((1800, 3)), labels


def modes(seed: int) -> Planted:
    """Four peaks in two directions, of one height and heavy tails."""
    rng = np.random.default_rng(seed)
    middle = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0], [6.0, 6.0]])
    labels = rng.integers(0, 4, 1200)
    return middle[labels] + rng.standard_t(5, (1200, 2)), labels


KINDS = {"separated": separated, "moons": moons, "nested": nested, "unequal": unequal, "modes": modes}
MADE_FOR = {
    "separated": ("kmeans",),
    "moons": ("dbscan", "hdbscan"),
    "nested": ("ward", "average", "complete"),
    "unequal": ("gmm",),
    "modes": ("meanshift",),
}
"""What the usual guide names for each kind."""
