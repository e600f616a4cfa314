"""What people wrote goes on to a refresh in Python, too: names, notes and hidden measures. REF-07."""

from __future__ import annotations

from dataclasses import replace

import pytest

import cast_builder
import personae
import refreshed
from personae import flow
from personae.api import Result
from personae.stages.hand_on import named

IDS = [f"u{i}" for i in range(100)]


def test_in_python_names_and_notes_go_on_with_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = refreshed.placed(["P1"] * 50 + ["P2"] * 50, IDS)
    after = refreshed.refreshed(before, refreshed.placed(["P1"] * 60 + ["P2"] * 40, IDS))
    monkeypatch.setattr(flow, "refresh", lambda *_: after)
    known = Result(before).rename("P1", "Bargain hunters").note("P1", "They read the sale page first.")
    new = personae.refresh(known, "users.csv")
    assert (new["P1"].name, new["P2"].name) == ("Bargain hunters", "Quiet browsers")
    assert [n.text for n in new["P1"].notes] == ["They read the sale page first."]
    assert [e.kind for e in new.cast.edits] == ["rename", "note"]
    monkeypatch.setattr(flow, "refresh", lambda *_: known.cast)
    assert [n.text for n in personae.refresh(known, "users.csv")["P1"].notes] == ["They read the sale page first."]


def test_a_name_that_a_person_gave_stays_whatever_sets_the_persona_apart() -> None:
    made = cast_builder.cast()
    low, high = (
        replace(made.facts[0], id=f"P1.{way}", everyone=0.0, value=way, low=way - 0.1, high=way + 0.1) for way in (-2.0, 2.0)
    )
    before, after = replace(made, facts=(low,)), replace(made, facts=(high,))
    other = replace(after, personas=(replace(after.personas[0], name="Night readers"), after.personas[1]))
    assert named(before, other)["P1"].name == "Night readers", "a found name is found anew"
    by_person = replace(before, personas=(replace(before.personas[0], name="Anna", origin="edited"), before.personas[1]))
    assert named(by_person, other)["P1"].name == "Anna"
