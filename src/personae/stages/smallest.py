"""The smallest group that is of use, as it was asked for."""

from __future__ import annotations

import math
import re

from personae.errors import UsageError


def smallest(text: str, users: int) -> int:
    """How many of so many users "5%" or "200" are; 0 for an empty text. Raises UsageError P001 for anything else, and for a
    share of more than half, which two groups cannot both have."""
    if not text:
        return 0
    said = re.fullmatch(r"(\d+|\d*\.\d+) ?%|([1-9]\d*)", text.strip())
    fix = "a share of the users up to 50%, such as 5%, or a number of users such as 200"
    if said is None:
        raise UsageError("P001", f'smallest is "{text}"', where="--smallest", fix=fix)
    if said[2]:
        return int(said[2])
    share = float(said[1])
    if not 0 < share <= 50:
        raise UsageError("P001", f'smallest is "{text}"', where="--smallest", fix=fix)
    return math.ceil(users * share / 100 - 1e-9)


def reaches(share: float, users: int, least: int) -> bool:
    """Whether a share of so many users is `least` of them or more; 1/49 of 49 is one, though not in floating point."""
    return share * users >= least - 1e-6
