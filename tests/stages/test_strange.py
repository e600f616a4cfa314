"""What a record tells that the rule has nothing for is said, and refuses nobody."""

from __future__ import annotations

from dataclasses import replace

import cast_builder
from personae import rule as rules
from personae.model.rule import Feature, Step
from personae.stages.strange import strange


def test_an_event_and_a_level_that_the_rule_does_not_know_are_named() -> None:
    made = cast_builder.cast().rule
    assert made is not None
    levels = tuple(Feature(f"plan {w}", "measure", "plan", (Step("level", {"level": w}),)) for w in ("free", "pro"))
    opened = (Feature("open app", "event", "open app", ()),)
    rule = replace(made, features=(*opened, *levels))
    assert tuple(rules.events_of(rule)) == ("open app",)
    assert tuple(strange(rule, ["open app"], {"plan": "pro"})) == ()
    assert tuple(strange(rule, ["open app", "opne app"], {"plan": "gold"})) == (
        "the rule of this run does not count 'opne app'; did you mean 'open app'?",
        "the rule of this run has nothing for plan = 'gold'; it reads free, pro",
    )
    assert tuple(strange(rule, [], {"plan": ""})) == ()
    assert "and 2 more" in next(strange(rule, [f"new {i}" for i in range(7)], {}))
