"""Sure acts of a refresh stand beside unsure ones of other personas, which are held back. REF-01."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import cast_builder
from personae.model.cast import Cast
from personae.model.descent import Act
from personae.model.evidence import Border, Evidence, Structure, Verdict
from personae.model.features import Features, Measure
from personae.model.persona import UNTESTED
from personae.model.rule import Feature, Placement, Rule, Step
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.beside import beside
from personae.stages.renew import Renewal, renew
from personae.stages.score import place_features

AT = {"a": (0, 0), "A": (0, 9), "c": (20, 0), "d": (20, 5), "e": (40, 0), "f": (42, 9)}
"""Centres of people, each of standard deviation 1: `a` and `A` are the parts of a persona, `c` and `d` two that lie near."""
STUDY = Study(sources=("users.csv",), floor=10)


def _people(sizes: Mapping[str, int]) -> Features:
    rng = np.random.default_rng(1)
    ids = pa.array([f"{g}{i}" for g, n in sizes.items() for i in range(n)])
    z = np.vstack([rng.normal(AT[g], 1, (n, 2)) for g, n in sizes.items()])
    return Features(
        ids, None, tuple(Measure(m, m, Role.BEHAVIOUR, Kind.DECIMAL, z[:, j], forms=True) for j, m in enumerate("xy"))
    )


def _rule(*centres: Sequence[float]) -> Rule:
    step = (Step("scale", {"mean": 0.0, "by": 1.0}),)
    features = tuple(Feature(m, "measure", m, step) for m in "xy")
    k = len(centres)
    return Rule(features, np.eye(2), np.array(centres, float), np.arange(k, dtype=np.int32), np.full(k, np.inf), 1.0)


def _before(rule: Rule, features: Features, *, hand: str = "") -> Cast:
    """The run before of these people, with personas P1, P2, ... of its rule; one of them made by hand."""
    made, placed = cast_builder.cast(), place_features(rule, features)
    keys = [f"P{i + 1}" for i in range(rule.size)]
    people = tuple(
        replace(made.personas[0], key=k, index=i, steady=UNTESTED if k in hand else "steady") for i, k in enumerate(keys)
    )
    evidence = replace(made.evidence, keys=tuple(keys), given=len(keys))
    return replace(made, study=STUDY, rule=rule, ids=features.ids, placement=placed, personas=people, evidence=evidence)


def _found(steadiness: Sequence[float], *borders: Border) -> Evidence:
    return Evidence(Verdict(Structure.NATURAL, len(steadiness), None, ""), (), (), tuple(steadiness), borders, (), "kmeans")


def _renewed(before: Cast, features: Features, rule: Rule, found: Evidence) -> tuple[Renewal, Placement, set[object]]:
    made = renew(before, features, features, rule, found, STUDY)
    return (
        made,
        place_features(made.rule, features),
        {(a.kind, *(before.personas[i].key for i in a.before)) for a in made.taken},
    )


def test_a_sure_split_stands_beside_a_merger_of_others_that_nobody_is_sure_of() -> None:
    now = _people({"a": 60, "A": 60, "c": 60, "d": 60})
    before = _before(_rule((0, 4), (20, 0), (20, 5)), now)
    made, placed, told = _renewed(
        before, now, _rule((0, 0), (0, 9), (20, 2.5)), _found((0.9, 0.9, 0.5), Border(0, 1, 0.001, False))
    )
    assert told == {("split", "P1"), ("same", "P2"), ("same", "P3")}
    keys = np.array([made.evidence.key(i) for i in placed.persona])
    who = {g: keys[[i.as_py()[0] == g for i in now.ids]].tolist() for g in "aAcd"}
    assert min(who["c"].count("P2"), who["d"].count("P3")) >= 57
    assert not set(who["a"]) & set(who["A"])
    assert not set(who["a"] + who["A"]) & {"P2", "P3"}
    assert "P2 and P3 as one, not taken because other samples of the same users do not give it" in made.evidence.verdict.why
    assert "the 4 are taken" in made.evidence.verdict.why


def test_a_persona_made_by_hand_stays_and_holds_nobody_else_back() -> None:
    now = _people({"a": 60, "A": 60, "c": 60, "d": 60})
    before = _before(_rule((0, 4), (20, 0), (20, 5)), now, hand="P2 P3")
    made, _, told = _renewed(before, now, _rule((0, 0), (0, 9), (20, 2.5)), _found((0.9, 0.9, 0.9), Border(0, 1, 0.001, False)))
    assert told == {("split", "P1"), ("same", "P2"), ("same", "P3")}
    known = {made.evidence.key(i) for i, s in enumerate(made.evidence.steadiness) if s == s}
    assert not known & {"P2", "P3"}, "whether it holds together was not tested, a person's card says"
    assert len(known) == 2


def test_a_birth_that_nobody_is_sure_of_stays_with_the_persona_whose_users_it_has() -> None:
    then, now = _people({"a": 60, "A": 60, "e": 80}), _people({"a": 60, "A": 60, "e": 80, "f": 30})
    before = _before(_rule((0, 4), (40, 0)), then)
    soft = Border(2, 3, 0.4, True)
    made, placed, told = _renewed(
        before, now, _rule((0, 0), (0, 9), (40, 0), (42, 9)), _found((0.9,) * 4, Border(0, 1, 0.001, False), soft)
    )
    assert told == {("split", "P1"), ("same", "P2")}
    keys = [made.evidence.key(i) for i in placed.persona]
    assert {k for k, i in zip(keys, now.ids.to_pylist(), strict=True) if i[0] in "ef"} == {"P2"}


def test_where_those_held_back_would_not_keep_their_people_the_old_rule_stays() -> None:
    now = _people({"a": 60, "A": 60, "c": 60, "d": 60})
    old = place_features(_rule((0, 4), (20, 0), (20, 5)), now).persona.astype(np.int64)
    old[120:] = 1 + np.arange(120) % 2
    rule = _rule((0, 0), (0, 9), (20, 2.5))
    acts = (Act("split", (0,), (0, 1)), Act("merged", (1, 2), (2,), False, "a gap still parts them"))
    assert beside(acts, rule, now, old, place_features(rule, now).persona.astype(np.int64), 10) is None


def _spread(*parts: tuple[tuple[float, float], float, int]) -> Features:
    """People about centres, with a standard deviation and a number each."""
    rng = np.random.default_rng(3)
    z = np.vstack([rng.normal(at, by, (n, 2)) for at, by, n in parts])
    ids = pa.array([f"u{i}" for i in range(len(z))])
    return Features(
        ids, None, tuple(Measure(m, m, Role.BEHAVIOUR, Kind.DECIMAL, z[:, j], forms=True) for j, m in enumerate("xy"))
    )


@pytest.mark.parametrize(("near", "floor", "whole"), [(2, 10, False), (2, 5, True), (0, 10, True)])
def test_a_persona_kept_apart_by_new_borders_has_no_fewer_users_than_the_floor(near: int, floor: int, *, whole: bool) -> None:
    """Of ten who were a persona, some lie nearer to the mean of the others."""
    now = _spread(((0, 0), 0.5, 60), ((0, 9), 0.5, 60), ((20, 0), 0.2, 60), ((20, 3), 0.01, 10 - near), ((20, 1.1), 0.01, near))
    old = np.repeat([0, 1, 2], [120, 60, 10]).astype(np.int64)
    rule = _rule((0, 0), (0, 9), (20, 0.5))
    acts = (Act("split", (0,), (0, 1)), Act("merged", (1, 2), (2,), False, "a gap still parts them"))
    found = beside(acts, rule, now, old, place_features(rule, now).persona.astype(np.int64), floor)
    assert (found is not None) == whole
    if found is not None:
        assert found.users.tolist() == [60, 60, 60 + near, 10 - near]


@pytest.mark.parametrize(("strangers", "whole"), [(30, False), (2, True)])
def test_a_birth_of_people_whom_the_old_rule_left_outside_goes_to_no_persona(strangers: int, *, whole: bool) -> None:
    """Decision 0108: to the persona that six in ten of its users are in."""
    now = _spread(((0, 0), 0.5, 60), ((0, 9), 0.5, 60), ((40, 0), 1, 200), ((42, 20), 0.5, strangers), ((42, 17), 0.1, 8))
    old = np.repeat([0, 1, -1, 1], [120, 200, strangers, 8]).astype(np.int64)
    rule = _rule((0, 0), (0, 9), (40, 0), (42, 19))
    acts = (Act("split", (0,), (0, 1)), Act("same", (1,), (2,)), Act("new", (), (3,), False, "no gap parts them"))
    found = beside(acts, rule, now, old, place_features(rule, now).persona.astype(np.int64), 5)
    assert (found is not None) == whole
