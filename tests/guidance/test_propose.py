"""Opportunities, checklists and surfaces, called for by evidence and by nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from advised import STUDY, cast, product, told
from described import category, described, events, number
from personae import plugins
from personae.claims.settle import refusals
from personae.model.dossier import Dossier
from personae.model.fact import Fact
from personae.model.library import EFFORTS, HORIZONS
from personae.model.pain import Pain
from personae.model.study import Role
from personae.report.binder import sheets

WORLD = product()
PEOPLE = told(WORLD)


def test_every_opportunity_states_evidence_action_metric_horizon_effort_and_test() -> None:
    """Requirements 114 and 122."""
    for p in PEOPLE:
        assert 0 < len(p.opportunities) <= 4
        assert [HORIZONS.index(o.horizon) for o in p.opportunities] == sorted(
            HORIZONS.index(o.horizon) for o in p.opportunities
        )
        for o in p.opportunities:
            assert o.evidence.grade == "M" and o.evidence.facts and all(i.startswith(p.key) for i in o.evidence.facts)
            assert o.action and o.metric and o.effort in EFFORTS and o.owner == "" and o.test and o.needs and o.source
            assert "{" not in o.action


def test_the_evidence_of_all_that_is_proposed_passes_the_checker() -> None:
    """Requirement 114: none without evidence."""
    assert refusals(told(WORLD, study=replace(STUDY, surfaces=("default",))), WORLD.facts) == ()


def test_what_is_proposed_follows_what_they_do() -> None:
    """Requirement 125: shortcuts only where batch use is high."""
    asked = [{o.entry for o in p.opportunities} for p in PEOPLE]
    assert "share-buttons" in asked[0] and not asked[0] & {"contextual-tips", "pro-tier"}
    assert asked[1] & {"pro-tier", "beta-tests", "remove-limits"} and "share-buttons" not in asked[1]
    assert "contextual-tips" in asked[2] and "share-buttons" not in asked[2]
    yes = [{c.entry for c in p.checklist if c.answer == "yes"} for p in PEOPLE]
    assert ["shortcuts" in y for y in yes] == [False, True, False]
    assert ["contextual-help" in y for y in yes] == [False, False, True]


def test_nobody_is_offered_more_of_what_nobody_wants() -> None:
    texts = [o.action for o in PEOPLE[2].opportunities if "first screen" in o.action]
    assert all("support" not in t for t in texts)


def test_who_does_nothing_of_note_gets_no_advice() -> None:
    """Requirement 114: what people are calls for nothing."""
    labels = np.arange(600) % 2
    world = described(labels, category("region", labels, ("North", "South")))
    assert [(p.opportunities, {c.answer for c in p.checklist}) for p in world.personas] == [((), {""})] * 2


def test_a_pain_comes_first_and_only_for_whom_it_hurts() -> None:
    """Requirements 120 and 121."""
    pain = Pain("P2", "drop", "payment", 0.3, ("P2.e2.users",))
    people = told(WORLD, Dossier(pains=(pain,), days=90))
    found = {p.key: [o for o in p.opportunities if o.pain == "drop"] for p in people}
    assert not found["P1"] and not found["P3"]
    assert {"payment-repair", "trust-signals"} & {o.entry for o in found["P2"]}
    assert any("payment" in o.action for o in found["P2"])


def test_a_pain_without_its_fact_is_left_out() -> None:
    pain = Pain("P2", "drop", "payment", 0.3, ("P2.nowhere",))
    assert [p.opportunities for p in told(WORLD, Dossier(pains=(pain,)))] == [p.opportunities for p in PEOPLE]


def test_no_uplift_is_promised_anywhere() -> None:
    """Requirement 123."""
    for p in PEOPLE:
        for o in p.opportunities:
            said = " ".join((o.title, o.action, o.metric, o.test, o.caution, o.needs))
            assert not re.search(
                r"\+ ?\d|uplift|\b(boost|raise|increase|grow|improve)s? .*\d+ ?%|will (rise|grow|increase)", said
            )


def test_surfaces_are_those_that_were_asked_for_and_blank_without_evidence(tmp_path: Path) -> None:
    """Requirement 128."""
    study = replace(STUDY, surfaces=("home", "Weekly mix=recommendations", "Lift music"))
    made = cast(WORLD, study=study)
    (sheet,) = (s for s in sheets(made) if s.id == "experience")
    assert len(sheet.rows) == 9 and not any(p.touches for p in PEOPLE)
    for surface, _, _, content, proof, *_ in sheet.rows:
        assert bool(content) == (proof is not None) and not (content and surface == "Lift music")
    path = plugins.find("exporters", "json").sheet(sheet, tmp_path / "flags.json")
    flags = json.loads(path.read_text())["flags"]
    assert sorted(flags) == ["P1", "P2", "P3"] and flags["P1"]["Lift music"] is None
    assert flags["P1"]["home"] == {"variant": "home-first", "content": "Sharing lists at the top."}


def test_default_stands_for_the_usual_five() -> None:
    people = told(WORLD, study=replace(STUDY, surfaces=("default",)))
    assert [t.surface for t in people[0].touches] == ["onboarding", "home", "notifications", "help", "pricing"]


def test_a_cell_whose_evidence_is_refused_is_left_blank() -> None:
    from personae.claims.settle import settled

    (p, *_) = told(WORLD, study=replace(STUDY, surfaces=("home",)))
    touch = p.touches[0]
    assert touch.evidence is not None
    wrong = replace(
        p, touches=(replace(touch, evidence=replace(touch.evidence, text="Sharing lists makes up 99 % of what they do.")),)
    )
    (after,) = settled((wrong,), WORLD.facts).personas
    assert after.touches[0].content == "" and after.touches[0].evidence is None


def test_the_sheet_of_opportunities_is_sorted_by_horizon() -> None:
    """Requirement 122."""
    (sheet,) = (s for s in sheets(cast(WORLD)) if s.id == "opportunities")
    places = [HORIZONS.index(str(r[0])) for r in sheet.rows]
    assert places == sorted(places) and len(places) == sum(len(p.opportunities) for p in PEOPLE)


def test_what_a_group_pays_of_all_is_nothing_to_test() -> None:
    """A part of a total is no share of users."""
    part = Fact("P1.worth.x", "P1", "part of total amount", "total amount", "share", 0.4, "share", 300)
    world = replace(WORLD, facts=(*WORLD.facts, part))
    pain = Pain("P1", "price", "offers", 0.3, ("P1.e2.users",))
    people = told(world, Dossier(pains=(pain,)))
    assert {o.pain for o in people[0].opportunities} >= {"price"}
    assert all(o.experiment is None or o.experiment.fact != part.id for o in people[0].opportunities)


@pytest.mark.parametrize("code", ["e3.users", "e3.mean"])
def test_a_pain_is_said_so_that_the_checker_agrees(code: str) -> None:
    """Requirement 114."""
    pain = Pain("P3", "help", "contact_support", 0.3, (f"P3.{code}",))
    people = told(WORLD, Dossier(pains=(pain,)))
    assert "help" in {o.pain for o in people[2].opportunities}
    assert not [r for r in refusals(people, WORLD.facts) if not r.part.startswith("empathy")]


def test_states_and_amounts_are_not_put_on_screens() -> None:
    """A table of plans and charges holds nothing that people do: its levels are named in no action."""
    rng = np.random.default_rng(3)
    labels = np.arange(600) % 2
    world = described(
        labels,
        category("internet", (labels == 0).astype(int), ("No", "Fiber optic"), Role.BEHAVIOUR),
        category("tech_support", (rng.random(600) < np.array([0.1, 0.9])[labels]).astype(int), ("No", "Yes"), Role.BEHAVIOUR),
        number("total_charges", rng.normal(np.array([10, 50])[labels], 3)),
    )
    study = replace(STUDY, surfaces=("default",))
    texts = [
        t for p in told(world, study=study) for t in (*(o.action for o in p.opportunities), *(x.content for x in p.touches))
    ]
    assert not [t for t in texts if re.search(r"internet|fiber|support is|charges", t, re.IGNORECASE)]


def test_whom_it_ends_badly_for_is_to_be_asked() -> None:
    """Requirement 132: the outcome itself is what should move."""
    found = [[o for o in p.opportunities if o.pain == "outcome"] for p in PEOPLE]
    assert [len(f) for f in found] == [0, 0, 1]
    (ask,) = found[2]
    assert ask.entry == "ask-them" and "renewed" in ask.action and "renewed" in ask.metric


def test_a_share_of_events_is_no_sharing_with_others() -> None:
    """The names of how things are counted call for nothing, whatever words stand in them."""
    labels = np.arange(600) % 2
    rng = np.random.default_rng(7)
    one_thing = rng.normal(np.array([0.95, 0.3])[labels], 0.03)
    counts = np.stack([rng.multinomial(20, law) for law in np.array([[1, 0.0], [0.5, 0.5]])[labels]])
    world = described(
        labels, number("top_event_share", one_thing, label="share of the most frequent event", unit="share"),
        counts=events(counts, ("view", "save")),
    )  # fmt: skip
    assert "top_event_share" in [t.measure for t in world.profiles[0].above]
    (p, _) = told(world)
    assert not {"share-everywhere", "social-proof", "share-buttons"} & {c.entry for c in p.checklist if c.answer == "yes"}
    assert not {"share-buttons", "community", "referral"} & {o.entry for o in p.opportunities}


def test_what_would_fit_most_personas_is_proposed_to_few_and_what_the_data_do_not_hold_to_none() -> None:
    """No trial where nothing is tried, no line of products where nothing is sold, and nothing for more than half of them."""
    looks = Pain("P2", "price", "view_offers", 0.3, ("P2.e2.users",))
    people = told(WORLD, Dossier(pains=(looks,)))
    found = [o.entry for p in people for o in p.opportunities]
    assert found and all(found.count(entry) == 1 for entry in found)
    assert not {"free-trial", "persona-pricing", "product-line"} & set(found)


def test_how_many_proposals_can_be_tested_is_said_first() -> None:
    """Requirement 145."""
    made = cast(WORLD)
    (sheet,) = (s for s in sheets(made) if s.id == "opportunities")
    sure = sum(o.experiment is not None and o.experiment.testable for p in made.personas for o in p.opportunities)
    assert sheet.about.startswith(f"{sure} of these {len(sheet.rows)} can be tested with the users there are")
