"""Groups that a refresh keeps against its own search are tested themselves, and called no more than they are. REF-02."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conftest import planted
from personae.model.evidence import Border, Candidate, Evidence, Structure, Verdict
from personae.model.study import Study
from personae.stages.kept import Kept, kept

WORLD = planted(300, 3)
STUDY = Study(sources=("events.csv",))


def _tested(labels: Any, size: int, world: Any = WORLD, beyond: float = -9.0) -> Kept | None:
    """`beyond` is what the search saw of three groups beside correlation."""
    found = Evidence(
        Verdict(Structure.NATURAL, 9, None, ""), (Candidate("kmeans", 3, 0.4, 0.1, copula=beyond),), (), (), (), (), ""
    )
    return kept(world.features(), np.asarray(labels, np.int32), size, found, STUDY, active=True)


def test_groups_that_gaps_part_and_that_come_back_are_natural() -> None:
    made = _tested(WORLD.labels, 3)
    assert made is not None
    assert made.kind == Structure.NATURAL
    assert [(b.first, b.second, b.soft) for b in made.borders] == [(0, 1, False), (0, 2, False), (1, 2, False)]
    assert min(made.steadiness) > 0.9
    assert made.words().startswith("Tested anew, 3 of the 3 borders between them show a valley, and in other samples the least")
    assert "the least steady of those that no person made comes back" in made.words((0,))
    assert made.words((0, 1, 2)) == "Tested anew, 3 of the 3 borders between them show a valley: they are natural."


def test_a_group_in_two_without_a_gap_is_not_natural_though_the_other_borders_are_gaps() -> None:
    halved = np.where((WORLD.labels == 2) & (np.arange(300) % 2 == 0), 3, WORLD.labels)
    made = _tested(halved, 4)
    assert made is not None
    assert made.kind == Structure.CONSTRUCTIVE
    assert [b.soft for b in made.borders if (b.first, b.second) == (2, 3)] in ([True], [])
    assert min(made.steadiness[2:]) < 0.75


def test_where_gaps_are_seen_and_no_more_than_that_the_sentence_says_so() -> None:
    clear = (Border(0, 1, 0.001, False), Border(1, 2, 0.001, False))
    said = [Kept(kind, clear, (0.9, 0.8, 0.9)).words() for kind in (Structure.NATURAL, Structure.REPRODUCIBLE)]
    assert said[0].endswith("comes back 80 times in 100: they are natural.")
    assert said[1].endswith("they are steady cuts, as other tests of a search are not met.")


def test_halves_of_users_without_groups_are_not_natural() -> None:
    cloud = planted(300, 0)
    made = _tested(cloud.counts[:, 0] > np.median(cloud.counts[:, 0]), 2, cloud, beyond=-0.3)
    assert made is not None
    assert made.kind in (Structure.CONSTRUCTIVE, Structure.REPRODUCIBLE)


@pytest.mark.parametrize("labels", [np.zeros(300), np.where(np.arange(300) < 5, 1, 0)])
def test_one_group_or_one_of_hardly_anybody_cannot_be_tested(labels: Any) -> None:
    assert _tested(labels, int(labels.max()) + 1) is None
