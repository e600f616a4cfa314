"""A condition on users: "outcome = 1 and age >= 50"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Compare:
    """A name compared with one value, or with several for "in". `op` is "=", "!=", "<", "<=", ">", ">=" or "in"."""

    name: str
    op: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: Condition


@dataclass(frozen=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Compare | Not | Every | Some


def names(condition: Condition) -> tuple[str, ...]:
    """Every name in a condition, once, in order."""
    if isinstance(condition, Compare):
        return (condition.name,)
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return tuple(dict.fromkeys(n for p in parts for n in names(p)))
