"""Small finished casts made by hand, with every kind of value that the files of a run must carry."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from personae.model.cast import Cast, Listed
from personae.model.evidence import Axis, Border, Candidate, Evidence, Structure, Verdict, Vote
from personae.model.fact import Fact
from personae.model.features import LeftOut, Window
from personae.model.persona import Claim, Member, Persona, Profile, Trait
from personae.model.rule import Feature, Guard, Placement, Rule, Step
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Level, Match, Note, Reject, Table

IDS = (
    "00123",
    "-8845298781299428018",
    "=cmd|' /C calc'!A0",
    "@handle",
    'quo"te, comma',
    "ünï",
    "'=guarded",
    "+1.5e3",
    "C-1",
    "8",
)


def cast(ids: tuple[str, ...] = IDS, seed: int = 7) -> Cast:
    """Two personas over the ids, the last id outside every group."""
    n = len(ids)
    rng = np.random.default_rng(seed)
    persona = np.array([i % 2 for i in range(n - 1)] + [-1], np.int32)
    return Cast(
        study=Study(
            sources=("users.csv", "events.csv"), id="user", describe=("age",), outcome=("churn",), seed=seed, memory="1GB"
        ),
        tables=_tables(),
        matches=(Match("users.csv", "events.csv", n - 1, 1, 0),),
        window=Window("2026-03-01T00:00:00", "2026-05-30T00:00:00", "Europe/Paris", 90),
        measures=(Listed("orders", "orders", Role.BEHAVIOUR, Kind.INTEGER, "times", "events.csv", True),),
        left_out=(LeftOut("version", "constant"),),
        evidence=_evidence(),
        rule=_rule(rng),
        profiles=tuple(_profile(i, n) for i in range(2)),
        facts=(
            Fact("P1.orders", "P1", "orders", "orders", "mean", 1 / 3, "times", 5, 0.3, 0.4, 0.2, None, 1.7, query="select 1"),
            Fact("P2.users", "P2", "users", "users", "count", 4.0, "users", 4),
        ),
        personas=tuple(_persona(i) for i in range(2)),
        members=(Member("P1", "typical", "00123", 0.98, 0.75), Member("P2", "borderline", "=cmd|' /C calc'!A0", 0.5, 0.01)),
        ids=pa.array(ids, pa.string()),
        placement=Placement(
            persona,
            np.where(persona >= 0, 1 - persona, -1).astype(np.int32),
            np.where(persona >= 0, np.round(rng.uniform(0.5, 1, n), 6), np.nan),
            np.where(persona >= 0, np.round(rng.uniform(0, 1, n), 6), np.nan),
            np.array([0, 1, *[0] * (n - 3), 2], np.int8),
            np.array([0, 1, *[0] * (n - 3), 4], np.int8),
        ),
        warnings=("2 rows are odd",),
        versions={"personae": "0.1.0", "python": "3.11.7"},
    )


def nothing() -> Cast:
    """A cast without personas."""
    from dataclasses import replace

    some = cast()
    none = np.full(some.users, -1, np.int32)
    blank = np.full(some.users, np.nan)
    placement = Placement(none, none, blank, blank, np.full(some.users, 2, np.int8), np.full(some.users, 5, np.int8))
    verdict = Verdict(Structure.NOTHING, 0, None, "no grouping beats chance")
    evidence = replace(some.evidence, verdict=verdict, steadiness=(), borders=(), chosen="")
    return replace(some, rule=None, profiles=(), personas=(), facts=(), members=(), placement=placement, evidence=evidence)


def _tables() -> tuple[Table, ...]:
    id_column = Column("user", Kind.TEXT, Role.ID, "one value a row", 10, 0, 10, ("00123",), "+1.5e3", "ünï")
    age = Column(
        "age", Kind.INTEGER, Role.DEMOGRAPHIC, "describes a person", 10, 2, 7, ("31",), "18", "77", markers=(("NA", 2),)
    )
    rejects = (Reject("users.csv", 3, "3 fields where 2 are expected", "a;b;=c"),)
    note = Note(Level.WARN, "N1", "2 users have no age", "age")
    return (
        Table(
            "users.csv", "t0", "entities", (id_column, age), 11, 10, rejects, (("users.csv", "ab" * 32, 99),), "CSV", (note,)
        ),
        Table("events.csv", "t1", "events", (id_column,), 500, 500, (), (("events.csv", "cd" * 32, 9_999),), "CSV"),
    )


def _evidence() -> Evidence:
    return Evidence(
        Verdict(Structure.NATURAL, 2, 3, "two groups come back"),
        (Candidate("kmeans", 2, 0.4, 0.1, 0.51, stability=0.9, jaccard=(0.91, 0.87)), Candidate("nmf", 3, 0.3, 0.05)),
        (Vote("Separation", "silhouette", 2, "2 are best separated"), Vote("Elbow", "elbow", None, "no bend")),
        (0.91, 0.87),
        (Border(0, 1, 0.003, False),),
        (Axis(0.6, ("few orders",), ("many orders",)),),
        "kmeans",
        (("kmeans", "nmf", 0.88),),
        4,
        0.97,
        10,
        1,
        (("hdbscan", "too few users"),),
        "1 measure",
    )


def _rule(rng: np.random.Generator) -> Rule:
    features = tuple(
        Feature(f"f{j}", "event", f"event {j}", (Step("root", {"power": 0.5, "kind": "share"}),)) for j in range(4)
    )
    return Rule(
        features,
        rng.standard_normal((4, 3)) / 3,
        rng.standard_normal((2, 3)) * np.pi,
        np.array([0, 1], np.int32),
        np.array([1 / 3, np.inf]),
        float(np.exp(1)),
        (Guard(0, 4, rng.random(4), np.array([3.5]), np.array([9.1, np.inf]), 1e6 / 7),),
    )


def _profile(index: int, users: int) -> Profile:
    trait = Trait("orders", "orders", "P1.orders", 1.7, 1 / 3, 0.2, "mean", "times", "behaviour", True)
    return Profile(
        index, f"P{index + 1}", 5 - index, (5 - index) / users, 0.1, 0.91, (trait,), (), (), (), ("P2.users",), f"P{2 - index}"
    )


def _persona(index: int) -> Persona:
    claim = Claim("1.7 times the orders of everyone.", "M", ("P1.orders",))
    name = ("Frequent buyers", "Quiet browsers")[index]
    return Persona(
        f"P{index + 1}", index, name, "natural", 5 - index, (5 - index) / 10, 0.91, "steady",
        claim, (claim,), (claim,), (), (), None, f"P{2 - index}",
    )  # fmt: skip
