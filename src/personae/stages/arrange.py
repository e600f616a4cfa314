"""The columns of a matrix in an order that hangs on their values alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import md5

import numpy as np
from numpy.typing import NDArray

from personae.model.features import Counts, Features, Measure
from personae.model.table import Kind

FIRST = 2000
"""Users whose values settle the order: the first by the hash of their id."""


def arrange(features: Features) -> Features:
    """The same features with measures and events in an order that neither their names nor their places in a file settle, so
    that random numbers, drawn column by column, meet the same column however a file is written (MOD-07, MOD-16).

    Columns that put these users in the same order keep the order of their names.
    """
    counts = features.counts
    measures = sorted(features.measures, key=lambda m: (_mark(m), m.name.encode()))
    return replace(features, counts=None if counts is None else _events(counts), measures=tuple(measures))


def _events(counts: Counts) -> Counts:
    some = counts.matrix[:FIRST].tocsc()
    marks = [md5(_ranks(some[:, j].toarray().ravel()), usedforsecurity=False).digest() for j in range(some.shape[1])]
    order = _order(marks, counts.events)
    return replace(counts, matrix=counts.matrix[:, order].tocsr(), events=tuple(counts.events[j] for j in order))


def _order(marks: Sequence[bytes], names: Sequence[str]) -> list[int]:
    return sorted(range(len(marks)), key=lambda j: (marks[j], names[j].encode()))


def _mark(m: Measure) -> bytes:
    """What the values of a measure come down to: the same for other names, other units and other names of levels."""
    values = np.asarray(m.values[:FIRST])
    ranks = _firsts(values) if m.kind is Kind.CATEGORY else _ranks(values)
    return md5(ranks, usedforsecurity=False).digest()


def _ranks(values: NDArray[np.float64]) -> bytes:
    """The place of each value among the different ones; empty ones share the last."""
    return np.unique(values, return_inverse=True)[1].astype(np.int32).tobytes()


def _firsts(codes: NDArray[np.int32]) -> bytes:
    """The place of the first user with the same level."""
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    return first[which].astype(np.int32).tobytes()
