"""A persona that comes back is known again by what sets it apart, and no other is taken for it. REF-01."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

import cast_builder
from personae.model.cast import Cast
from personae.model.descent import Act, Crossing, Departed
from personae.model.fact import Fact
from personae.stages.hand_on import returned
from personae.stages.renew import Renewal

MEASURES = tuple(f"m{i}" for i in range(6))
WHALES = (3.0, 2.0, -1.0, 0.5, 0.0, 0.4)
"""How far, in standard deviations, a persona that is gone lay from everyone in each measure."""


def key_of(born: Sequence[float], living: Sequence[float], gone: Sequence[float] = WHALES) -> str:
    """The key of a new persona beside a living one, where one is gone, each by its distances from everyone."""
    made = cast_builder.cast()
    evidence = replace(made.evidence, keys=("P1", "P7"), given=7)
    facts = tuple(_fact(k, m, d) for k, far in (("P1", living), ("P7", born)) for m, d in zip(MEASURES, far, strict=False))
    people = (made.personas[0], replace(made.personas[1], key="P7"))
    cast: Cast = replace(made, evidence=evidence, facts=facts, personas=people)
    left = Departed("P3", "Whales", tuple((f"{m}/{m}/mean", d) for m, d in zip(MEASURES, gone, strict=False)))
    before = replace(made, evidence=replace(made.evidence, departed=(left,)))
    none, zero = np.zeros(1, np.int64), np.zeros((1, 1), np.int64)
    crossing = Crossing(zero, none, none, zero, none, none, none, 0, 0)
    assert cast.rule is not None
    renewal = Renewal(cast.rule, evidence, (), (Act("new", (), (1,)),), crossing, False, ((0, 0), (1, 1)))
    return returned(before, cast, renewal).evidence.keys[1]


def _fact(key: str, measure: str, far: float) -> Fact:
    """A mean that lies so many standard deviations, of 1, from everyone's."""
    half = 1.959963985 / 10
    return Fact(f"{key}.{measure}", key, measure, measure, "mean", far, "times", 100, far - half, far + half, 0.0)


OTHER = (-2.0, 1.0, 0.0, 0.3, 2.0, 0.0)


def test_who_comes_back_has_the_old_key() -> None:
    assert key_of([d * 1.2 for d in WHALES], OTHER) == "P3"


def test_who_lies_the_same_way_and_not_nearly_as_far_is_another() -> None:
    assert key_of([d * 0.2 for d in WHALES], OTHER) == "P7"
    assert key_of([d * 1.6 for d in WHALES], OTHER, [d * 0.7 for d in WHALES]) == "P7"


def test_in_four_measures_or_fewer_nobody_is_known_again() -> None:
    assert key_of(WHALES[:4], OTHER[:4], WHALES[:4]) == "P7"
    assert key_of(WHALES[:5], OTHER[:5], WHALES[:5]) == "P3"


def test_who_is_more_like_one_that_is_there_is_not_the_one_that_is_gone() -> None:
    assert key_of((3.0, 2.0, -1.0, 0.5, 1.5, 0.4), (3.0, 2.0, -1.0, 0.5, 1.4, 0.4)) == "P7"
