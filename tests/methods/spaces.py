"""Spaces of known data, made without files."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from personae.model.clustering import Space
from personae.model.features import Features, Measure
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.space import behaviour_space

Floats = NDArray[np.float64]
PLAIN = Study(sources=(), scale="standard", reduce="none", outliers="none")


def table(**columns: Any) -> Features:
    """Columns of numbers, and of texts as categories."""
    made = []
    for name, values in columns.items():
        values = np.asarray(values)
        if values.dtype.kind in "US":
            levels, codes = np.unique(values, return_inverse=True)
            levels = tuple(str(v) for v in levels)
            made.append(Measure(name, name, Role.BEHAVIOUR, Kind.CATEGORY, codes, levels=levels, forms=True))
        else:
            made.append(Measure(name, name, Role.BEHAVIOUR, Kind.DECIMAL, values.astype(float), forms=True))
    n = len(next(iter(columns.values())))
    return Features(pa.array([f"u{i:06d}" for i in range(n)]), None, tuple(made))


def space(study: Study = PLAIN, **columns: Any) -> Space:
    """The behaviour space of these columns; without a study as standard scaling alone makes it."""
    made = behaviour_space(table(**columns), study)
    assert made is not None
    return made


def cloud(x: Floats) -> Space:
    """A space whose scores and amounts are these numbers (n, d) themselves."""
    x = np.asarray(x, float)
    made = space(a=np.arange(len(x)), b=np.arange(len(x))[::-1] % 7)
    return replace(made, scores=x, coordinates=x, exact=x, blurred=x, weighted=np.abs(x))


def blobs(n: int = 300, groups: int = 3, columns: int = 3, gap: float = 6.0, seed: int = 1) -> tuple[Floats, NDArray[np.int64]]:
    """Round groups of equal size."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, groups, n)
    return rng.normal(0, gap, (groups, columns))[labels] + rng.standard_normal((n, columns)), labels
