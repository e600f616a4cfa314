"""What kind of groups these are, in the words that every page repeats."""

from __future__ import annotations

from dataclasses import dataclass

from personae.charts.numbers import count, plural, sentence
from personae.model.cast import Cast
from personae.model.evidence import Structure


@dataclass(frozen=True)
class Badge:
    """The verdict at three lengths: a word, a phrase for every card, and sentences for the cover."""

    kind: str
    word: str
    phrase: str
    sentences: str
    forced: bool


BADGES = {
    Structure.NATURAL: (
        "natural",
        "groups the data show",
        "These are groups the data show: between them lie gaps that one single crowd would not have.",
    ),
    Structure.REPRODUCIBLE: (
        "reproducible",
        "steady cuts of a continuum",
        "These are steady cuts of a continuum. {Entities} differ by degrees, without gaps between kinds. "
        "The parts come back when the work is repeated on other samples, so you can plan with them and follow them; "
        "where one ends and the next begins is our line.",
    ),
    Structure.CONSTRUCTIVE: (
        "constructive",
        "bands made for use",
        "These are bands made for use. Behaviours go together more than chance, "
        "but the lines between the bands are drawn, not found, and another cut would serve as well. "
        "Use them to plan; do not read them as kinds of {entities}.",
    ),
    Structure.NOTHING: (
        "nothing",
        "no evidence of groups",
        "No evidence of groups was found in these data. That is not proof that there are none: "
        "other behaviour, more of it, or a longer time may show them.",
    ),
}
FORCED = (
    "no evidence of groups; drawn by order",
    "These groups were drawn because the run was told to (--force). The data show no evidence of groups: "
    "a line drawn anywhere else would be as good. Do not base a decision on them.",
)


def badge(cast: Cast) -> Badge:
    """The verdict of a cast in words."""
    verdict = cast.evidence.verdict
    word, phrase, sentences = BADGES[verdict.kind]
    if verdict.forced:
        word, (phrase, sentences) = "forced", FORCED
    many = plural(cast.study.entity)
    return Badge(verdict.kind, word, phrase, sentences.format(entities=many, Entities=many.capitalize()), verdict.forced)


def headline(cast: Cast) -> str:
    """The cover line: what was found, in how many."""
    many, users, k = plural(cast.study.entity), count(cast.users), len(cast.personas)
    verdict = cast.evidence.verdict
    if not k:
        return f"No kinds of {many} were found among {users}"
    if verdict.forced:
        return f"{k} forced groups of {users} {many}"
    return {
        Structure.NATURAL: f"{k} kinds of {many} in {users}",
        Structure.REPRODUCIBLE: f"{users} {many} on a continuum, in {k} steady parts",
        Structure.CONSTRUCTIVE: f"{users} {many} in {k} bands made for use",
        Structure.NOTHING: f"{k} groups of {users} {many}",
    }[verdict.kind]


def asked(cast: Cast) -> str:
    """What the data alone would have given, when a number of groups was asked for; else empty."""
    v = cast.evidence.verdict
    if v.asked is None or v.own is None:
        return ""
    if v.given:
        alone = "the data alone would have given " + (f"{v.own}" if v.own > 1 else "none")
        return f"{v.given[:1].upper()}{v.given[1:]}; {alone}."
    if v.own == v.asked:
        return f"You asked for {v.asked} groups; the data alone would have given the same number."
    alone = f"the data alone would have given {v.own}" if v.own > 1 else "the data alone would have given none"
    return f"You asked for {v.asked} groups; {alone}."


def why(cast: Cast) -> str:
    """The reason of the verdict as a sentence."""
    return sentence(cast.evidence.verdict.why)
