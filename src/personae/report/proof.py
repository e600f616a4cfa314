"""Sentences with the numbers behind them, ready to be opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from personae.charts.numbers import amount, count, span, times, value
from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.persona import Claim
from personae.words.names import follow

GRADES = {"M": "measured", "S": "said in answers", "A": "worded by a machine from the facts", "?": "to find out"}


@dataclass(frozen=True)
class Proof:
    """One fact as text; empty where it has no such part. `anchor` is where the full table has it."""

    id: str
    anchor: str
    label: str
    value: str
    everyone: str
    rest: str
    multiple: str
    interval: str
    multiple_interval: str
    p: str
    n: str
    source: str
    query: str


@dataclass(frozen=True)
class Said:
    """A claim: its text, its grade as a letter and in words, and its facts."""

    text: str
    grade: str
    meaning: str
    proofs: tuple[Proof, ...]


def facts_shown(cast: Cast) -> dict[str, Fact]:
    """The facts that may leave the tool, by id: none rests on fewer users than the floor."""
    return {f.id: f for f in cast.facts if f.n >= cast.study.floor}


def anchors(cast: Cast) -> dict[str, str]:
    """A place on the page for each fact; fact ids hold names from the data and cannot serve as one."""
    return {id: f"fact-{i}" for i, id in enumerate(facts_shown(cast), 1)}


def proof(fact: Fact, anchor: str, floor: int, entity: str = "user") -> Proof:
    """A fact as text that follows the entity."""
    own = follow(fact.label, entity) if fact.measure in ("users", "share of users") else fact.label
    fact = replace(fact, label=own, unit=follow(fact.unit, entity))

    def same(v: float | None) -> str:
        return "" if v is None else amount(v, fact.statistic, fact.unit)

    return Proof(
        fact.id,
        anchor,
        fact.label,
        value(fact, floor),
        same(fact.everyone),
        same(fact.rest),
        "" if fact.multiple is None else times(fact.multiple),
        span(fact.low, fact.high, fact.statistic, fact.unit),
        span(fact.multiple_low, fact.multiple_high, "multiple"),
        "" if fact.p is None else "below 0.001" if fact.p < 0.001 else f"{fact.p:.3f}",
        count(fact.n),
        follow(fact.source, entity) if fact.source.startswith("users ") else fact.source,
        follow(fact.query, entity),
    )


def said(claim: Claim, proofs: Mapping[str, Proof]) -> Said:
    """A claim with those of its facts that may be shown."""
    return Said(claim.text, claim.grade, GRADES.get(claim.grade, ""), tuple(proofs[id] for id in claim.facts if id in proofs))
