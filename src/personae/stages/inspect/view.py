"""What every look is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personae.model.features import Features, Measure
from personae.model.inspection import Days, Finding, Pair
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table
from personae.words.names import plural

LOOKED = 20_000
"""Users whose values are compared with each other: the first by the md5 of the id, which is a sample by chance."""
WIDE = 300
"""Columns that are compared in pairs."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Checked:
    """What one look found. `looked` says what it looked at, "" where there was nothing to look at; `bound` what it left out."""

    findings: list[Finding] = field(default_factory=list)
    looked: str = ""
    bound: str = ""
    pairs: tuple[Pair, ...] = ()
    days: tuple[Days, ...] = ()


@dataclass(frozen=True, eq=False)
class View:
    """The tables as read and the features as measured. `engine` is None where only the features may be looked at."""

    engine: Any
    tables: tuple[Table, ...]
    features: Features
    study: Study

    @property
    def users(self) -> int:
        """All users."""
        return len(self.features)

    @property
    def noun(self) -> str:
        """What a user is called."""
        return self.study.entity

    @property
    def many(self) -> str:
        """What users are called."""
        return plural(self.study.entity)

    @cached_property
    def sample(self) -> slice:
        """The users whose values are compared."""
        return slice(0, min(self.users, LOOKED))

    @property
    def sampled(self) -> str:
        """What to say of the comparisons, "" where they are of everyone."""
        return f"columns were compared over {LOOKED:,} of {self.users:,} {self.many}" if self.users > LOOKED else ""

    def columns(self) -> Iterator[tuple[Table, Column]]:
        """Every column of every table."""
        return ((t, c) for t in self.tables for c in t.columns)

    @cached_property
    def own(self) -> frozenset[str]:
        """Names of the columns of tables of one row a user."""
        return frozenset(c.name for t in self.tables if t.shape == "entities" for c in t.columns)

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """The column that each measure was made of, by the measure's name; habits and events have none."""
        known = {c.name for _, c in self.columns() if c.role is not Role.ID}
        ends = ("", "_mean", "_total", "_largest")
        pairs = ((m.name, m.name.removesuffix(e)) for m in self.features.measures for e in ends if m.name.endswith(e))
        answers = {m.name: m.block for m in self.features.measures if m.block in known}
        return answers | {name: column for name, column in pairs if column in known}

    def numbers(self) -> list[Measure]:
        """Measures that are numbers or flags, outcomes apart, those that form groups first."""
        found = [m for m in self.features.measures if m.kind is not Kind.CATEGORY and m.role not in (Role.OUTCOME, Role.TEXT)]
        return sorted(found, key=lambda m: not m.forms)

    def categories(self) -> list[Measure]:
        """Measures that are categories, outcomes apart, those that form groups first."""
        found = [m for m in self.features.measures if m.kind is Kind.CATEGORY and m.role is not Role.OUTCOME]
        return sorted(found, key=lambda m: not m.forms)

    def outcomes(self) -> list[Measure]:
        """What groups are read against."""
        return [m for m in self.features.measures if m.role is Role.OUTCOME]

    @cached_property
    def events(self) -> tuple[tuple[str, ...], Floats]:
        """The events that most users do and how often each sampled user did them (n, m)."""
        counts = self.features.counts
        if counts is None or not len(counts.events):
            return (), np.zeros((0, 0))
        some = counts.matrix[self.sample]
        often = np.asarray((some > 0).sum(axis=0)).ravel()
        top = np.sort(np.argsort(-often, kind="stable")[:WIDE])
        return tuple(counts.events[i] for i in top), np.asarray(some[:, top].toarray(), np.float64)


def filled(m: Measure) -> NDArray[np.bool_]:
    """Which users have a value (n,)."""
    return np.asarray(m.values >= 0) if m.kind is Kind.CATEGORY else np.isfinite(m.values)


def ranks(values: Floats) -> Floats:
    """Ranks from 1 (n,), equal values sharing the middle of theirs. scipy.stats would take a second to load."""
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(times) - (times - 1) / 2)[place])
