"""What a method proposes, and the space it proposes it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from personae.model.rule import Feature, Guard

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Space:
    """The behaviour space of the users the search looks at.

    `scores` (n, r) are coordinates in which distance means something: scores = features @ projection. `weighted` (n, d) is
    the same before centring and projection, non-negative, for methods that add parts up; None when it is not defined.
    `activity` (n,) is how much is known of each user. `rows` (n,) are positions in Features.ids.
    """

    features: tuple[Feature, ...]
    projection: Floats
    scores: Floats
    weighted: Floats | None
    activity: Floats
    rows: npt.NDArray[np.int64]
    guards: tuple[Guard, ...]
    factors: int | None
    outliers: int
    words: str
    discrete: bool = False
    """Whether the coordinates are few-valued, so that gaps between values are no evidence."""


@dataclass(frozen=True, eq=False)
class Clustering:
    """Labels (n,) of the users of a Space, 0 to size - 1, -1 for noise; how they were made."""

    method: str
    labels: Ints
    size: int
    seed: int
    settings: Mapping[str, float | str] = field(default_factory=dict)
