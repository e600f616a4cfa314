"""What fails is repaired twice, then gives way to the plain writer's line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from described import Described, described, number
from personae.claims.settle import Refusal, settled
from personae.claims.walk import claims, each
from personae.model.persona import Claim, Opportunity, Persona, Quadrant
from personae.model.study import Role
from personae.model.table import Kind

WRONG = Claim("Churn: 99 % of them.", "M", ("P1.m1.share",))
RIGHT = Claim("Churn: 31 % of them.", "M", ("P1.m1.share",))


@pytest.fixture(scope="module")
def world() -> Described:
    """Two groups: 31 % against 62 % churn, 12 orders against 2.4 on average."""
    labels = np.repeat([0, 1], [200, 100])
    orders = np.where(labels == 0, 12.0, 2.4) + np.tile([0.5, -0.5], 150)
    churn = np.concatenate([np.arange(200) < 62, np.arange(100) < 62]).astype(float)
    return described(labels, number("orders", orders), number("churn", churn, Role.OUTCOME, kind=Kind.BOOLEAN))


def with_outcome(world: Described, *said: Claim) -> tuple[Persona, ...]:
    """The personas, the first with these outcomes."""
    return (replace(world.personas[0], outcomes=said), *world.personas[1:])


def test_a_writer_gets_the_reason_and_repairs_what_failed(world: Described) -> None:
    asked: list[tuple[Refusal, ...]] = []

    def rewrite(personas: tuple[Persona, ...], bad: tuple[Refusal, ...]) -> tuple[Persona, ...]:
        asked.append(bad)
        return with_outcome(world, RIGHT if len(asked) == 2 else WRONG)

    done = settled(with_outcome(world, WRONG), world.facts, rewrite=rewrite, plain=world.personas)
    assert done.personas == with_outcome(world, RIGHT) and done.replaced == ()
    assert [r.text for r in done.repaired] == [WRONG.text]
    assert len(asked) == 2 and "99" in asked[0][0].reason


def test_after_two_tries_the_plain_line_stands(world: Described) -> None:
    """LLM-01: two retries, then the template; which ones is told."""
    tries: list[int] = []

    def stubborn(personas: tuple[Persona, ...], bad: tuple[Refusal, ...]) -> tuple[Persona, ...]:
        tries.append(len(bad))
        return personas

    done = settled(with_outcome(world, WRONG), world.facts, rewrite=stubborn, plain=world.personas)
    assert done.personas == world.personas
    assert tries == [1, 1] and [(r.persona, r.part) for r in done.replaced] == [("P1", "outcomes")]


def test_a_plain_line_is_told_once_and_what_has_none_is_left_out(world: Described) -> None:
    plain = world.personas[0].outcomes[0]
    done = settled(with_outcome(world, WRONG, plain), world.facts, plain=world.personas)
    assert done.personas[0].outcomes == (plain,)
    assert settled(with_outcome(world, WRONG), world.facts).personas[0].outcomes == ()


def test_every_claim_of_a_persona_is_visited_and_can_be_taken_out(world: Described) -> None:
    evidence = Claim("Churn: 31 % of them.", "M", ("P1.m1.share",))
    chance = Opportunity("o1", "win-back", "", "Ask", evidence, "Write", "churn", "quick win", "low", "team", "Ask ten", "Mind")
    line = Claim("x", "?", ())
    full = replace(
        world.personas[0], does=(line,), wants=(line,), hinders=(line,), meets=(line,), value=(line,), opportunities=(chance,),
        empathy=(Quadrant("sees", (line,), "What do they see?"),),
    )  # fmt: skip
    parts = [part for part, _ in claims(full)]
    assert {"tagline", "story", "does", "wants", "hinders", "meets", "value", "empathy sees", "empathy sees ask"} <= set(parts)
    assert {f"opportunity {x}" for x in ("title", "evidence", "action", "metric", "test", "caution")} <= set(parts)
    assert each(full, lambda part, claim: claim) == full
    assert claims(each(full, lambda part, claim: None)) == ()
    unproved = each(full, lambda part, claim: None if part == "opportunity action" else claim)
    assert unproved.opportunities == () and unproved.does == full.does
