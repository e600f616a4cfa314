"""What a search found and a refresh did not take is said, with the reason. REF-02."""

from __future__ import annotations

import numpy as np

import refreshed
from personae.model.descent import Act, Crossing
from personae.stages.renew import untaken

BEFORE = refreshed.placed(["P1"] * 50 + ["P2"] * 30 + ["P3"] * 20)
NOW = np.zeros((3, 3), np.int64)
COUNTS = np.array([300, 300, 40])
CROSSING = Crossing(NOW, COUNTS, COUNTS, NOW, COUNTS, COUNTS, COUNTS, 640, 640)
SAME = Act("same", (0,), (0,))
MERGED = Act("merged", (1, 2), (1,), False, "a person made the group")
BORN = Act("new", (), (2,))


def test_a_sure_birth_beside_an_unsure_merger_is_named_with_the_reason() -> None:
    stays = (SAME, Act("same", (1,), ()), Act("same", (2,), ()))
    assert untaken(BEFORE, (SAME, MERGED, BORN), stays, CROSSING) == (
        "The search also found P2 and P3 as one, not taken because a person made the group; "
        "a new group of 40, not taken because another act of the same search is not sure."
    )


def test_where_all_was_taken_nothing_is_said() -> None:
    assert untaken(BEFORE, (SAME, BORN), (SAME, BORN), CROSSING) == ""
