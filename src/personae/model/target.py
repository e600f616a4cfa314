"""What a persona is to reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """`persona` (a key, a name, or "all") should have at least (or with `most` at most) `value` in `metric` by `date` (ISO, ""
    for none). Where `part`, the value is a share and was given in percent."""

    persona: str
    metric: str
    value: float
    part: bool
    most: bool = False
    date: str = ""
