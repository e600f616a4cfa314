"""Small sets for the calibration of the verdict: nothing to find, continua that bend, and groups of moderate separation.

NULLS and PLANTED map a family to a function (rng) -> (columns, kinds, labels); labels are all 0 where there is nothing.
INDEPENDENT names the families whose columns have nothing to do with each other; few-of-few is none of them, as one to three events
over a handful of columns hold each other down, and fewer than eight columns are read as a table.
"""

import csv
import os

import generate
import numpy as np


def _numbers(x):
    return list(np.asarray(x, float).T), ["number"] * x.shape[1]


def _none(x):
    return (*_numbers(x), np.zeros(len(x), int))


def _users(rng, low=200, high=1500):
    return int(rng.integers(low, high))


def _curve(shape):
    def made(rng):
        n = _users(rng)
        t, e = rng.random(n), rng.standard_normal((n, 2)) * rng.uniform(0.05, 0.2)
        return _none(shape(t, e, rng))

    return made


def _arc(t, e, rng):
    a = np.pi * t * rng.uniform(0.5, 0.9)
    return np.column_stack([np.cos(a), np.sin(a)]) + e


def _half_circle(t, e, rng):
    return np.column_stack([np.cos(np.pi * t), np.sin(np.pi * t)]) + e


def _half_circle_800(rng):
    t, e = rng.random(800), rng.standard_normal((800, 2))
    return _none(np.column_stack([np.cos(np.pi * t), np.sin(np.pi * t)]) + 0.15 * e)


def _spiral(t, e, rng):
    a = 3 * np.pi * np.sqrt(t)
    return np.column_stack([a * np.cos(a), a * np.sin(a)]) + 3 * e


def _parabola(t, e, rng):
    x = rng.standard_normal(len(t))
    return np.column_stack([x, x**2]) + 4 * e


def _funnel(t, e, rng):
    return np.column_stack([6 * t, np.exp(1.2 * t) * e[:, 0] * 8])


def _curved_many(rng):
    """A bent line in eight columns."""
    n = _users(rng)
    t = rng.standard_normal(n)
    bend = np.column_stack([t, t**2, t**3 / 3, np.sin(2 * t), np.abs(t), np.exp(t / 2), -t, t * (t > 0)])
    return _none(bend + 0.5 * rng.standard_normal(bend.shape))


def _few_types(rng):
    n, m = _users(rng), int(rng.integers(2, 6))
    p = rng.dirichlet(np.full(m, 3.0))
    total = np.maximum(1, rng.lognormal(3, 1, n).astype(int))
    return list(rng.multinomial(total, rng.dirichlet(p * 12, n)).T), ["count"] * m, np.zeros(n, int)


def _few_events(rng):
    n, m = _users(rng), int(rng.integers(6, 30))
    p = rng.dirichlet(np.full(m, 1.0))
    return list(rng.multinomial(rng.integers(1, 4, n), np.tile(p, (n, 1))).T), ["count"] * m, np.zeros(n, int)


def _few_of_few(rng):
    n, m = _users(rng), int(rng.integers(2, 6))
    return list(rng.multinomial(rng.integers(1, 4, n), np.tile(rng.dirichlet(np.full(m, 3.0)), (n, 1))).T), ["count"] * m, np.zeros(n, int)


def _gradient(rng):
    d = generate.make("null-gradient", int(rng.integers(1e6)), n=_users(rng, 300, 1500), events=int(rng.integers(8, 60)))
    return d.rows, d.kinds, d.labels


def _items(rng):
    """Ordinal answers along one or two dimensions."""
    n, m, f = _users(rng), int(rng.integers(5, 20)), int(rng.integers(1, 3))
    x = rng.standard_normal((n, f)) @ rng.uniform(0.4, 1, (f, m)) + rng.standard_normal((n, m))
    return _none(np.clip(np.round(3 + x), 1, 5))


def _binary(rng):
    n, m = _users(rng), int(rng.integers(5, 15))
    return _none((rng.standard_normal((n, 1)) * 0.8 + rng.standard_normal((n, m)) > rng.normal(0, 0.7, m)).astype(float))


def _zero_amounts(rng):
    n, m = _users(rng), int(rng.integers(3, 7))
    z = rng.standard_normal((n, 1)) * 0.6 + rng.standard_normal((n, m))
    return _none(np.exp(z) * 20 * (rng.random((n, m)) > rng.uniform(0.2, 0.6)))


def _small_cloud(rng):
    n, d = _users(rng, 60, 400), int(rng.integers(2, 9))
    return _none(rng.multivariate_normal(np.zeros(d), generate._cov(rng, d, 1.0), n))


def _heavy_cloud(rng):
    n, d = _users(rng), int(rng.integers(2, 7))
    x = rng.multivariate_normal(np.zeros(d), generate._cov(rng, d, 1.0), n)
    return _none(x / np.sqrt(rng.chisquare(3, (n, 1)) / 3))


def _null(family, low=300, high=1500):
    def made(rng):
        d = generate.make(family, int(rng.integers(1e6)), n=_users(rng, low, high))
        return d.rows, d.kinds, d.labels

    return made


def _independent(rng):
    n, d = _users(rng), int(rng.integers(3, 12))
    draw = [rng.random, rng.standard_normal, lambda k: rng.lognormal(0, 1, k), lambda k: rng.integers(1, 6, k), lambda k: rng.poisson(3, k)]
    return _none(np.column_stack([draw[int(rng.integers(5))](n) for _ in range(d)]).astype(float))


def _independent_mixed(rng):
    n = _users(rng)
    rows, kinds, labels = _none(np.column_stack([rng.random(n), rng.lognormal(0, 1, n), rng.standard_normal(n)]))
    for levels in (3, 5):
        rows.append(np.array([f"l{v}" for v in rng.choice(levels, n, p=rng.dirichlet(np.full(levels, 3.0)))], object))
        kinds.append("category")
    return rows, kinds, labels


def _independent_small(rng):
    return _none(rng.standard_normal((_users(rng, 60, 300), int(rng.integers(3, 8)))))


REAL = os.environ.get("PERSONAE_DATA", "")
"""A folder of public tables; shuffled ones take part where it is named."""


def _shuffled(path, columns):
    def made(rng):
        with open(os.path.join(REAL, path), newline="") as source:
            rows = list(csv.DictReader(source))
        x = np.array([[float(r[c] or "nan") for c in columns] for r in rows])
        x = x[np.isfinite(x).all(axis=1)]
        x = x[rng.permutation(len(x))[:1500]]
        return _none(np.column_stack([rng.permutation(c) for c in x.T]))

    return made


NULLS = {
    "arc": _curve(_arc), "half-circle": _curve(_half_circle), "half-circle-800": _half_circle_800, "spiral": _curve(_spiral),
    "parabola": _curve(_parabola), "funnel": _curve(_funnel), "bent-line-8": _curved_many, "few-types": _few_types,
    "few-events": _few_events, "few-of-few": _few_of_few, "gradient": _gradient, "items": _items, "binary": _binary,
    "zero-amounts": _zero_amounts, "small-cloud": _small_cloud, "heavy-cloud": _heavy_cloud,
    "poisson": _null("null-poisson"), "dirichlet": _null("null-dirichlet"), "sparse": _null("null-sparse"),
    "gauss": _null("null-gauss"), "rfm": _null("null-rfm"), "uniform": _null("null-uniform"), "mixed": _null("null-mixed"),
    "independent": _independent, "independent-mixed": _independent_mixed, "independent-small": _independent_small,
}  # fmt: skip
if os.path.exists(os.path.join(REAL, "mall_customers", "mall_customers.csv")):
    NULLS["shuffled-mall"] = _shuffled("mall_customers/mall_customers.csv", ("age", "income", "score"))
INDEPENDENT = ("poisson", "dirichlet", "sparse", "few-events", "uniform", "independent", "independent-mixed",
               "independent-small", "shuffled-mall")  # fmt: skip


# ---------------------------------------------------------------- groups of moderate separation


def _planted(family, low=800, high=2000):
    def made(rng):
        d = generate.make(family, int(rng.integers(1e6)), n=_users(rng, low, high))
        return d.rows, d.kinds, d.labels

    return made


def _blobs(low, high, dims, gap):
    def made(rng):
        n, d, k = _users(rng, low, high), int(rng.integers(*dims)), int(rng.integers(2, 6))
        z = rng.choice(k, n, p=rng.dirichlet(np.full(k, 8.0)))
        x = generate._spread(rng, k, d, gap)[z] + rng.multivariate_normal(np.zeros(d), generate._cov(rng, d, 0.5), n)
        return (*_numbers(x), z)

    return made


def _moons(rng):
    n = _users(rng, 300, 1500)
    z, t = rng.integers(0, 2, n), np.pi * rng.random(n)
    x = np.column_stack([np.where(z, 1 - np.cos(t), np.cos(t)), np.where(z, 0.5 - np.sin(t), np.sin(t))])
    return (*_numbers(x + 0.08 * rng.standard_normal((n, 2))), z)


def _rings(rng):
    n = _users(rng, 300, 1500)
    z, a = rng.integers(0, 2, n), 2 * np.pi * rng.random(n)
    x = np.column_stack([np.cos(a), np.sin(a)]) * (1 + 2 * z)[:, None] + 0.15 * rng.standard_normal((n, 2))
    return (*_numbers(x), z)


def _types_apart(rng):
    """Three kinds of users of four or five events."""
    n, m = _users(rng, 300, 1500), int(rng.integers(4, 6))
    z = rng.integers(0, 3, n)
    law = np.full((3, m), 0.12)
    law[[0, 1, 2], [0, 1, 2]] = 0.6
    total = np.maximum(8, rng.lognormal(3.5, 0.7, n).astype(int))
    user = np.array([rng.dirichlet(40 * p) for p in (law / law.sum(axis=1, keepdims=True))[z]])
    return list(rng.multinomial(total, user).T), ["count"] * m, z


def _items_apart(rng):
    n, m, k = _users(rng, 300, 1500), int(rng.integers(8, 20)), int(rng.integers(2, 5))
    z = rng.integers(0, k, n)
    shift = rng.choice([-1.1, 0, 1.1], (k, m))
    return (*_numbers(np.clip(np.round(3 + shift[z] + 0.8 * rng.standard_normal((n, m))), 1, 5)), z)


def _amounts_apart(rng):
    """Groups that buy in different departments, nothing in the others."""
    n, m, k = _users(rng, 300, 1500), 6, int(rng.integers(2, 4))
    z = rng.integers(0, k, n)
    buys = np.full((k, m), 0.15)
    for c in range(k):
        buys[c, c * 2 : c * 2 + 2] = 0.9
    return (*_numbers(np.exp(3 + rng.standard_normal((n, m)) * 0.5) * (rng.random((n, m)) < buys[z])), z)


PLANTED = {
    **{f: _planted(f) for f in ("events-easy", "events-typical", "events-small", "events-heavy", "events-sparse", "events-overlap",
       "events-mixed", "events-narrow", "events-volume", "table-rfm", "table-mixed", "table-likert", "table-blobs")},
    "blobs-60-to-400": _blobs(60, 400, (2, 5), 6.0), "blobs-2d": _blobs(300, 1500, (2, 3), 5.0),
    "blobs-many": _blobs(400, 1500, (5, 10), 5.0), "moons": _moons, "rings": _rings, "few-types": _types_apart,
    "items": _items_apart, "amounts": _amounts_apart,
}  # fmt: skip
