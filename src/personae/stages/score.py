"""Every user's place by the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from personae import rule as rules
from personae.model.features import Features, Measure
from personae.model.rule import Placement, Rule
from personae.model.table import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

NO_GROUPS = 5
PLACED_ALL_THE_SAME = 7


def place_features(rule: Rule | None, features: Features) -> Placement:
    """The place of every user of `features`, in their order; nowhere when there is no rule."""
    if rule is None:
        return rules.nowhere(len(features), NO_GROUPS)
    counts, measures = inputs(rule, features)
    return rules.place(rule, counts, measures, len(features))


def leaves(rule: Rule | None, features: Features) -> NDArray[np.int32] | None:
    """The leaf (n,) of the rule's tree each user stands in; None where there is no tree."""
    if rule is None or rule.leaf is None:
        return None
    counts, measures = inputs(rule, features)
    parts = []
    for a in range(0, len(features), rules.CHUNK):
        few = None if counts is None else counts[a : a + rules.CHUNK]
        some = {k: v[a : a + rules.CHUNK] for k, v in measures.items()}
        parts.append(rules.leaves(rule, few, some, min(rules.CHUNK, len(features) - a)))
    return np.concatenate(parts)


def marked(placement: Placement, apart: Sequence[int]) -> Placement:
    """The places of a run, with the reason of those who took no part in its search and are in a group all the same."""
    at = np.array(apart, np.int64)
    at = at[placement.persona[at] >= 0]
    reason = placement.reason.copy()
    reason[at] = PLACED_ALL_THE_SAME
    return replace(placement, reason=reason)


def coordinates(rule: Rule, features: Features) -> NDArray[np.float64]:
    """Where every user (n, r) stands in the rule's space."""
    counts, measures = inputs(rule, features)
    parts = [
        rules.coordinates(
            rule,
            None if counts is None else counts[a : a + rules.CHUNK],
            {k: v[a : a + rules.CHUNK] for k, v in measures.items()},
            min(rules.CHUNK, len(features) - a),
        )
        for a in range(0, len(features), rules.CHUNK)
    ]
    return np.concatenate(parts)


def inputs(rule: Rule, features: Features) -> tuple[csr_matrix | None, dict[str, NDArray[Any]]]:
    """What the rule reads: its events as columns of counts, in its order, and the raw values of its measures.

    An event nobody did is a column of zeros; a measure that is missing is empty for everyone.
    """
    wanted = rules.events_of(rule)
    known = {m.name: m for m in features.measures}
    names = dict.fromkeys(f.column for f in rule.features if f.of == "measure")
    texts = {f.column for f in rule.features if any(s.name == "level" for s in f.steps)}
    measures = {n: _raw(known[n], n in texts) if n in known else _empty(len(features), n in texts) for n in names}
    return (_columns(features, wanted) if wanted else None), measures


def _raw(measure: Measure, text: bool) -> NDArray[Any]:
    if not text:
        return np.asarray(measure.values, np.float64)
    if measure.kind != Kind.CATEGORY:
        return np.array([str(v) for v in measure.values], object)
    return np.asarray(np.array([*measure.levels, ""], object)[measure.values])


def _empty(users: int, text: bool) -> NDArray[Any]:
    return np.full(users, "", object) if text else np.full(users, np.nan)


def _columns(features: Features, wanted: list[str]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    if features.counts is None:
        return csr_matrix((len(features), len(wanted)))
    at = {e: i for i, e in enumerate(features.counts.events)}
    if tuple(wanted) == features.counts.events:
        return features.counts.matrix
    pick = csr_matrix(
        (
            np.ones(sum(e in at for e in wanted)),
            ([at[e] for e in wanted if e in at], [j for j, e in enumerate(wanted) if e in at]),
        ),
        shape=(len(at), len(wanted)),
    )
    out = csr_matrix(features.counts.matrix @ pick)
    out.sort_indices()
    return out
