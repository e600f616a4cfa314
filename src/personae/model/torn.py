"""Whether groups cut across dense regions of another shape."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Torn:
    """Dense regions of any shape beside the groups: how many, how far apart (DBCV, -1 to 1), and the share of users who are
    parted from most of their region and joined with most of another (0 where they are fewer than the floor)."""

    regions: int
    validity: float
    share: float
    words: str
    """The warning; "" where groups and regions go together."""
