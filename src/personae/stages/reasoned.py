"""Why a user stands where they do: what of their own behaviour leads towards their persona, beside everyone's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from personae import rule as rules
from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.rule import REASONS, Place, Placement, Rule
from personae.words import placed as words

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Floats = NDArray[np.float64]

MOST = 3
"""Sentences about what somebody does."""
_COMPARED = ("rate", "share", "mean")
"""Statistics that a user's own value can be held against; of several of one measure the last."""


def reasoned(
    cast: Cast,
    placed: Placement,
    counts: csr_matrix | None,
    measures: Mapping[str, NDArray[Any]],
    totals: Sequence[float],
) -> list[tuple[str, ...]]:
    """For each of n users: how firmly they stand, and up to three things that lead to their persona more than to the average.

    A thing leads by its coordinate times the nearest prototype of the persona in its direction, and is told where user and
    persona lie on the same side of everyone; what is done more comes before what is done less. Every number of a persona is a
    fact of the run, of as many users as its floor asks for.
    """
    rule = cast.rule
    if rule is None:
        return [(words.unlike(REASONS[int(r)], "", 0.0),) for r in placed.reason]
    x, z = _behaviour(rule, counts, measures, len(totals)), rules.coordinates(rule, counts, measures, len(totals))
    facts = _facts(cast)
    found: list[tuple[str, ...]] = []
    for i, total in enumerate(totals):
        done = None if counts is None else counts[i].toarray().ravel()
        total = max(total, 0.0 if done is None else float(done.sum()))
        persona = int(placed.persona[i])
        if persona < 0:
            found.append((_standing(cast, placed, i, total),))
            continue
        mine = np.flatnonzero(rule.owner == persona)
        nearest = rule.prototypes[mine[rules.distances(z[i : i + 1], rule.prototypes[mine])[0].argmin()]]
        pull = x[i] * (rule.projection @ nearest)
        user = _User(done, {k: v[i] for k, v in measures.items()}, total)
        found.append((_standing(cast, placed, i, total), *_leading(cast, rule, persona, pull, user, facts)))
    return found


def _facts(cast: Cast) -> dict[tuple[str, str], Fact]:
    """The facts that a user's own values are held against, by persona and measure."""
    return {
        (f.subject, f.measure): f
        for statistic in _COMPARED
        for f in cast.facts
        if f.statistic == statistic and f.everyone is not None
    }


def remembered(cast: Cast, placed: Placement) -> tuple[str, ...]:
    """The same for one user of a run, of whom only the place is known: how firmly they stand, and what sets their persona
    apart."""
    persona = int(placed.persona[0])
    first = _standing(cast, placed, 0, 0.0)
    if persona < 0:
        return (first,)
    one = next(p for p in cast.personas if p.index == persona)
    return (first, *(words.apart(one.name, claim.text) for claim in one.traits[:MOST]))


class _User:
    """What one user did: counts of the rule's events, raw values by measure, and all events."""

    def __init__(self, done: Floats | None, values: Mapping[str, Any], total: float) -> None:
        self.done, self.values, self.total = done, values, total


def _leading(
    cast: Cast, rule: Rule, persona: int, pull: Floats, user: _User, facts: Mapping[tuple[str, str], Fact]
) -> list[str]:
    one = next(p for p in cast.personas if p.index == persona)
    more: list[str] = []
    less: list[str] = []
    for j in np.argsort(-pull, kind="stable"):
        if pull[j] <= 0 or len(more) == MOST:
            break
        f = rule.features[j]
        level = next((str(s.learned["level"]) for s in f.steps if s.name == "level"), None)
        fact = facts.get((one.key, f.column if level is None else f"{f.column}={level}"))
        if fact is None:
            continue
        if f.of == "event":
            n = float(user.done[j]) if user.done is not None else 0.0
            value, sentence = n / max(user.total, 1.0), words.did(f.column, n, user.total, one.name, fact)
        elif level is not None:
            value, sentence = float(user.values[f.column] == level), words.measured(level, one.name, fact)
            if not value:
                continue
        else:
            value = float(user.values[f.column])
            if value != value:
                continue
            sentence = words.measured(value, one.name, fact)
        everyone = fact.everyone or 0.0
        if (value - everyone) * (fact.value - everyone) > 0:
            (more if value > everyone else less).append(sentence)
    return [*more, *less][:MOST]


def _standing(cast: Cast, placed: Placement, i: int, events: float) -> str:
    names = {p.index: p.name for p in cast.personas}
    second = names.get(int(placed.second[i]), "")
    if placed.kind[i] == Place.OUTSIDE:
        return words.unlike(REASONS[int(placed.reason[i])], second, events)
    return words.standing(names[int(placed.persona[i])], second, float(placed.membership[i]), float(placed.margin[i]))


def _behaviour(rule: Rule, counts: csr_matrix | None, measures: Mapping[str, NDArray[Any]], users: int) -> Floats:
    """Every coordinate (n, d) of the users before projection."""
    x = np.zeros((users, len(rule.features)))
    m = len(rules.events_of(rule))
    if m and counts is not None:
        values, totals = rules.weighed(rule, counts)
        events = rules.counted(rule)
        x[:, :m] = np.where(totals[:, None] > 0, (values.toarray() - events.mean) / events.by, 0.0)
    for j, f in enumerate(rule.features[m:], start=m):
        x[:, j] = rules.value(f, measures[f.column])
    return x
