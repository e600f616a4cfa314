"""Small worlds with known groups, described: what the tests of facts, words and checking share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from personae.model.evidence import Evidence, Structure, Verdict
from personae.model.fact import Fact
from personae.model.features import Counts, Features, Measure
from personae.model.persona import Member, Persona, Profile
from personae.model.rule import Placement
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.describe import describe
from personae.writers.plain import write

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Described:
    """Everything the three verbs give for one world."""

    features: Features
    profiles: tuple[Profile, ...]
    facts: tuple[Fact, ...]
    members: tuple[Member, ...]
    personas: tuple[Persona, ...]

    def fact(self, id: str) -> Fact:
        """The fact of that id."""
        return next(f for f in self.facts if f.id == id)

    def of(self, subject: str, measure: str, statistic: str = "mean") -> Fact:
        """The first fact of a measure for a subject."""
        return next(f for f in self.facts if (f.subject, f.measure, f.statistic) == (subject, measure, statistic))


def number(name: str, values: Sequence[float] | npt.NDArray[Any], role: Role = Role.BEHAVIOUR, **more: Any) -> Measure:
    """A measure of numbers."""
    more = {"label": name, "forms": role is Role.BEHAVIOUR, "kind": Kind.DECIMAL} | more
    return Measure(name=name, role=role, values=np.asarray(values, dtype=np.float64), **more)


def category(name: str, codes: npt.NDArray[Any], levels: tuple[str, ...], role: Role = Role.DEMOGRAPHIC) -> Measure:
    """A measure of levels."""
    return Measure(name, name, role, Kind.CATEGORY, codes.astype(np.int32), levels, forms=role is Role.BEHAVIOUR)


def events(counts: npt.NDArray[Any], names: Sequence[str]) -> Counts:
    """Event counts."""
    return Counts(csr_matrix(np.asarray(counts, dtype=np.float64)), tuple(names), "log.csv")


def placed(labels: Labels, border: float = 0.1, seed: int = 3) -> Placement:
    """A placement with those labels (-1 outside); about a share `border` of users sit near a border."""
    margin = np.random.default_rng(seed).random(len(labels)).round(6)
    near = np.where(labels < 0, 2, margin < border).astype(np.int8)
    second = np.where(labels >= 0, (labels + 1) % max(int(labels.max(initial=0)) + 1, 1), -1)
    return Placement(labels.astype(np.int32), second.astype(np.int32), 0.5 + margin / 2, margin, near, near)


def evidence(groups: int, kind: str = "natural", steadiness: float = 0.94, forced: bool = False) -> Evidence:
    """Evidence with that verdict."""
    verdict = Verdict(Structure(kind), groups, None, "", forced=forced)
    return Evidence(verdict, (), (), (steadiness,) * groups, (), (), "kmeans")


def described(
    labels: Labels,
    *measures: Measure,
    counts: Counts | None = None,
    kind: str = "natural",
    study: Study | None = None,
    forced: bool = False,
    steadiness: float = 0.94,
) -> Described:
    """The world of these users described and put into words."""
    features = Features(pa.array([f"u{i:06d}" for i in range(len(labels))]), counts, measures)
    study = study or Study(sources=("log.csv",))
    proof = evidence(int(labels.max(initial=-1)) + 1, kind, steadiness, forced)
    profiles, facts, members = describe(features, placed(labels), proof, study)
    return Described(features, profiles, facts, members, write(profiles, facts, proof, study))


def shop(users: int = 4000, seed: int = 1) -> Described:
    """A shop: events, habits, a plan, an answer scale, two outcomes and three demographics, in four groups."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(4, users, p=[0.4, 0.3, 0.2, 0.1])
    labels = np.where(rng.random(users) < 0.02, -1, labels)
    laws = np.array([
        [0.50, 0.10, 0.10, 0.03, 0.07, 0.15, 0.05],
        [0.20, 0.35, 0.10, 0.03, 0.07, 0.20, 0.05],
        [0.30, 0.02, 0.30, 0.20, 0.08, 0.05, 0.05],
        [0.20, 0.05, 0.10, 0.05, 0.40, 0.10, 0.10],
    ])  # fmt: skip
    counts = np.stack([rng.multinomial(rng.integers(5, 60), laws[max(g, 0)]) for g in labels])
    names = ("view", "COMMENT CREATED", "add_to_cart", "coupon_redeem", "whole milk", "searchItem", "event_017")
    days, by = np.array([3, 9, 5, 4])[labels], np.array([2.0, 4.0, 3.0, 3.0])[labels]
    return described(
        labels,
        number("active_days", rng.poisson(days), label="active days", unit="days", forms=False),
        category("plan", rng.random(users) < np.array([0.2, 0.2, 0.8, 0.4])[labels], ("Free", "Two year"), Role.BEHAVIOUR),
        number("q_17", np.clip(np.rint(rng.normal(by, 1)), 1, 5), Role.ATTITUDE, kind=Kind.INTEGER),
        number("churn", rng.random(users) < np.array([0.1, 0.3, 0.2, 0.25])[labels], Role.OUTCOME, kind=Kind.BOOLEAN),
        number("revenue", rng.lognormal(np.array([2, 3, 2, 4])[labels], 1), Role.OUTCOME, unit="EUR"),
        number("age", rng.normal(np.array([30, 40, 30, 35])[labels], 8).round(), Role.DEMOGRAPHIC, unit="years"),
        category("region", rng.integers(0, 3, users), ("North", "South", "West")),
        number("senior", rng.random(users) < np.array([0.1, 0.4, 0.1, 0.1])[labels], Role.DEMOGRAPHIC, kind=Kind.BOOLEAN),
        counts=events(counts, names),
    )  # fmt: skip
