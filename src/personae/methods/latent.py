"""Latent classes (Lazarsfeld & Henry 1968; Goodman 1974): kinds of people who answer a set of items alike.

For surveys: every class has its own share of each answer of each item, and within a class the items have nothing to do with
each other. Estimated by expectation maximisation through stepmix (Morin et al. 2025), an extra: personae[latent].
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from personae.errors import Refused
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

FEW = 10
"""Different values up to which a column is an item."""
ITEMS = 3
"""Items below which classes cannot be told from chance answers (with two, any table is explained by few classes)."""


def fit(space: Space, size: int, seed: int, starts: int = 3, iterations: int = 500) -> Clustering:
    """`size` classes of the columns of few values; other columns are left out, which the settings say.

    `memberships` are the posterior shares of the classes. Settings: `items`, `left_out`, `bic`, `log_likelihood` (of all
    users), `iterations`, `converged`. Refused without the extra, for event counts, and where fewer than three columns have few
    values.
    """
    if space.counted:
        raise Refused("latent classes are for answers of few values, not for counts of events")
    try:
        from stepmix.stepmix import StepMix
    except ImportError:
        raise Refused('latent classes need an extra: pip install "personae[latent]"') from None
    x, left_out = items(space)
    if x.shape[1] < ITEMS:
        raise Refused(f"latent classes need {ITEMS} columns of at most {FEW} different values; here are {x.shape[1]}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is said in the settings
        model = StepMix(
            size, measurement="categorical", n_init=starts, max_iter=iterations, random_state=seed, progress_bar=0, verbose=0
        ).fit(x)
        shares = np.asarray(model.predict_proba(x))
        fit_, bic = float(model.score(x)) * len(x), float(model.bic(x))
    settings: dict[str, float | str] = {
        "items": x.shape[1],
        "left_out": left_out,
        "bic": bic,
        "log_likelihood": fit_,
        "iterations": int(model.n_iter_),
        "converged": "yes" if model.converged_ else "no",
    }
    labels = shares.argmax(axis=1).astype(np.int32)
    return Clustering("latent", labels, size, seed, settings, memberships=shares / shares.sum(axis=1, keepdims=True))


def items(space: Space) -> tuple[Ints, int]:
    """The answers (n, items) as numbers from 0, and how many columns are no items. A category is one item, whose levels that
    have no coordinate of their own are one answer."""
    columns: dict[tuple[str, bool], list[int]] = {}
    for j, f in enumerate(space.features):
        is_level = any(s.name == "level" for s in f.steps)
        columns.setdefault((f.column if is_level else f.name, is_level), []).append(j)
    coded = [np.unique(np.round(space.exact[:, js], 9), axis=0, return_inverse=True)[1].ravel() for js in columns.values()]
    few = [c for c in coded if 1 < len(np.unique(c)) <= FEW]
    x = np.column_stack(few) if few else np.empty((len(space.exact), 0), np.int64)
    return x, len(coded) - len(few)
