"""Who is in no group, and why: never so that a few can be told by subtraction."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from personae.model.features import Features
from personae.model.rule import REASONS, Placement
from personae.model.study import Study
from personae.stages.nobody import nobody

FAR, QUIET, ODD = 3, 4, 2


def why(out: dict[int, int]) -> str:
    """The first sentence on users who are out for these reasons, beside 100 in one group."""
    reason = np.repeat([0, *out], [100, *out.values()]).astype(np.int8)
    n = len(reason)
    persona = np.where(np.arange(n) < 100, 0, -1).astype(np.int32)
    blank = np.zeros(n)
    placement = Placement(persona, persona, blank, blank, np.zeros(n, np.int8), reason)
    features = Features(pa.array([f"u{i}" for i in range(n)]), None, ())
    return nobody(features, placement, Study(sources=("x.csv",)))[0]


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ({FAR: 60, QUIET: 40}, f"Why: 60 {REASONS[FAR]}; 40 {REASONS[QUIET]}."),
        ({FAR: 60, QUIET: 20, ODD: 12}, f"Why: 12 {REASONS[ODD]}; 60 {REASONS[FAR]}; 20 {REASONS[QUIET]}."),
        ({FAR: 63, QUIET: 5}, f"Why: mostly {REASONS[FAR]}."),
        ({FAR: 60, QUIET: 12, ODD: 5}, f"Why: 60 {REASONS[FAR]}."),
        ({FAR: 60, QUIET: 6, ODD: 6}, f"Why: 60 {REASONS[FAR]}."),
    ],
)
def test_reasons_that_leave_a_few_by_subtraction_are_not_counted_out(out: dict[int, int], said: str) -> None:
    assert why(out) == said
