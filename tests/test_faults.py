"""The checker against planted faults, and against true sentences in many words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

import paraphrases
from described import Described, shop
from faults import Planted, planted
from personae.claims.experiments import sized
from personae.claims.ground import ground
from personae.claims.refute import refuted
from personae.claims.settle import doubted
from personae.model.persona import Claim, Experiment, Opportunity, Persona


def said(text: str, *ids: str, key: str = "P1", grade: str = "M", part: str = "story") -> str:
    """What the checker says of a sentence about a group of the shop."""
    persona = next(p for p in paraphrases.personas() if p.key == key)
    facts = tuple(i if i[0] == "P" else f"{key}.{i}" for i in ids)
    return doubted(Claim(text, grade, facts), persona, paraphrases.known(), part)


def test_true_sentences_in_other_words_are_let_through() -> None:
    """Of 60 and more true sentences at most 2 in 100 are refused."""
    told = paraphrases.told()
    bad = [c.text for p, part, c in told if doubted(c, p, paraphrases.known(), part)]
    assert len(told) >= 60
    assert len(bad) <= 0.02 * len(told), bad


def test_false_sentences_that_people_wrote_are_refused() -> None:
    """LLM-01: not made by a program, and each false in one thing: a figure, whose it is, a cause, a time, a feeling."""
    lies = paraphrases.told("shop_lies.csv")
    passed = [c.text for p, part, c in lies if not doubted(c, p, paraphrases.known(), part)]
    assert len(lies) >= 60
    assert len(passed) <= 0.01 * len(lies), passed


def sample(found: list[Planted], each: int) -> list[Planted]:
    """The same number of faults of every kind, spread over all of them."""
    kinds = dict.fromkeys(x.kind for x in found)
    picked = []
    for kind in kinds:
        some = [x for x in found if x.kind == kind]
        picked += some[:: max(len(some) // each, 1)][:each]
    return picked


@pytest.mark.parametrize("source", ["paraphrases", "plain writer"])
def test_of_planted_faults_at_least_99_in_100_are_caught(source: str) -> None:
    """LLM-01: swapped personas and figures, wrong direction, magnitude, unit and quantity, invented quotes, causes and more."""
    world: Described = shop(users=800, seed=5)
    if source == "paraphrases":
        known, found = paraphrases.known(), list(planted(paraphrases.personas(), paraphrases.known(), paraphrases.told()))
    else:
        known = ground(world.personas, world.facts)
        found = list(planted(world.personas, known))
    picked = sample(found, 40)
    missed = [(x.kind, x.claim.text) for x in picked if not doubted(x.claim, x.persona, known, x.part)]
    assert len(picked) >= 200 and len(Counter(x.kind for x in picked)) >= 8
    assert len(missed) <= 0.01 * len(picked), missed


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Most of them renewed (57 %).", ("m5.share",)),
        ("More than half of them renewed.", ("m5.share",)),
    ],
)
def test_a_quantity_holds_by_its_interval_and_not_by_its_value_alone(text: str, ids: tuple[str, ...]) -> None:
    """57 % with an interval from 53 % to 61 % is most; were the interval wider, it would not be."""
    assert said(text, *ids, key="P2") == ""
    world = paraphrases.known()
    fact = replace(world.facts["P2.m5.share"], low=0.44, high=0.69)
    wider = replace(world, facts={**world.facts, fact.id: fact})
    claim = Claim(text, "M", (fact.id,))
    assert "interval" in refuted(claim, paraphrases.personas()[1], wider)


def test_a_difference_that_may_be_none_is_not_told() -> None:
    assert "no difference" in said("Age band 18-24 is more frequent than average.", "m2.l0")
    assert said("Age band: like everyone.", "m2.l0") == ""


def test_a_claim_may_not_say_the_opposite_of_a_fact_that_it_does_not_cite() -> None:
    text = "They do more quick checkout and more viewing offers than everyone."
    assert "opposite" in said(text, "e12.mean") or "direction" in said(text, "e12.mean")


@pytest.mark.parametrize(
    "text",
    [
        "Why do they renew?",
        "What would they miss?",
        "Perhaps they shop for a second home.",
    ],
)
def test_what_is_to_be_found_out_is_a_question_or_a_marked_hypothesis(text: str) -> None:
    assert said(text, grade="?") == ""


@pytest.mark.parametrize(
    "text",
    ["They renew for the comfort.", "Why do 80 % of them pay late?", "Why do they pay later than everyone, more than half?"],
)
def test_a_hypothesis_states_no_number_and_a_statement_is_none(text: str) -> None:
    """LLM-11."""
    assert said(text, grade="?")


def test_what_was_said_is_quoted_word_for_word() -> None:
    quote = paraphrases.QUOTES[0].rstrip(".")
    assert said(f"\u201c{quote}\u201d", grade="S", part="wants") == ""
    assert said(f"\u201c{quote.replace('two', 'ten')}\u201d", grade="S", part="wants")
    assert said(f"\u201c{quote}\u201d, as 80 % of them say", grade="S", part="wants")


@pytest.mark.parametrize("grade", ["M", "A", "S"])
def test_no_grade_lets_an_invented_figure_through(grade: str) -> None:
    assert said("Renewed is yes: 99 % of them.", "m5.share", grade=grade)
    assert said("They renew twice as often as everyone.", grade=grade)


def sizes(test: Experiment | None, words: str) -> str:
    """What the checker says of the test of an opportunity for the first group."""
    first: Persona = paraphrases.personas()[0]
    evidence = Claim("x", "M", ("P1.e18.mean",))
    chance = Opportunity("o", "e", "", "t", evidence, "a", "m", "medium", "low", "", words, experiment=test)
    return sized(chance, first, paraphrases.known())


def test_an_experiment_starts_from_its_fact_and_its_words_say_its_numbers() -> None:
    base = paraphrases.known().facts["P1.m5.share"].value
    test = Experiment("P1.m5.share", "share", base, base + 0.05, 0.0, 300, 748, 30)
    words = "Draw two arms of 300 users by lot, of the 748: a change from 91 % to 96 % would be found 80 times in 100."
    assert sizes(test, words) == ""
    assert sizes(test, words.replace("300", "200"))
    assert sizes(test, words.replace("96 %", "99 %"))
    assert sizes(replace(test, base=0.5), words)
    assert sizes(replace(test, per_arm=500), words.replace("300", "500"))
    assert sizes(None, "Twelve users are enough.") and sizes(None, "Cannot be sized.") == ""
