"""The rule as a question: which persona is each user?

The same arithmetic as personae.rule, as an Ibis expression: per-user event counts join a table of coefficients, measures become
arithmetic on columns, and the nearest prototype is the least of the distances. Sums of events run in the engine's own order, so
that coordinates agree to about 1e-12, and personas exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from personae.model.rule import BORDERLINE, SHARED, Extent, Feature, Guard, Place, Rule
from personae.sql.coefficients import coefficients

GONE = 1e200
"""The squared distance to a persona that was joined with another or split: no user is as far from any."""

HUGE = 1e90
"""A coordinate beyond which it makes no difference how far out a user is."""
LARGEST = 1.7976931348623157e308
"""The largest number that is one."""

Sql = Callable[[str], Any]
"""The name of a step to its `sql` face."""


def assign(
    rule: Rule,
    users: Any,
    counts: Any | None,
    step: Sql,
    *,
    weights: Any | None = None,
    fence: Callable[[Any], Any] | None = None,
) -> Any:
    """Rows (id, persona, second, membership, margin, kind, reason), one per row of `users`.

    `users` has the column "id" and one column per measure of the rule; `counts` has id, event, count. `step` finds the SQL face
    of a step by its name. Persona and second are indices, -1 for none; reason is a position in REASONS. `weights` is the
    relation of the columns of `coefficients`, one held in memory when left out; `fence` keeps an engine from working out
    what it stands behind once for every time that it is named.
    """
    size, r = rule.size, rule.projection.shape[1]
    apart = fence or (lambda t: t)
    t = (
        _with_events(rule, users, counts, step, weights)
        if counts is not None and _events(rule)
        else _without_events(rule, users)
    )
    t = apart(_with_measures(rule, t, step, apart))
    t = t.select("id", "known", "lacking", "total", *[f"g{i}" for i in range(len(rule.guards))], *[f"z{j}" for j in range(r)])
    beyond = {"most": _by_activity(rule.extent, rule.extent.near, t), "unseen": _unseen(rule, t)} if rule.extent else {}
    t = apart(t.select("id", "known", "lacking", refused=_refused(rule, t), **beyond, **_distances(rule, t)))
    if rule.extent:
        beyond = {"most": _of_nearest(rule, rule.extent.unit, t) * t.most, "unseen": t.unseen}
    reach = _of_nearest(rule, rule.radius, t)
    t = t.select("id", "known", "lacking", "refused", reach=reach, **beyond, **_by_persona(rule, t))
    d = [t[f"d{c}"] for c in range(size)]
    t = apart(t.mutate(near=ibis.least(*d) if size > 1 else d[0]))
    t = apart(t.mutate(first=_first(size, lambda c: t[f"d{c}"] == t.near)))
    others = [ibis.ifelse(t.first == c, np.inf, t[f"d{c}"]) for c in range(size)]
    t = apart(t.mutate(other=ibis.least(*others) if size > 1 else ibis.literal(np.inf)))
    t = apart(
        t.mutate(
            next=_first(size, lambda c: (t[f"d{c}"] == t.other) & (t.first != c)) if size > 1 else ibis.literal(-1),
            weight=_halved([_soft((t.near - t[f"d{c}"]) / (2 * rule.spread)) for c in range(size)], lambda a, b: a + b),
            margin=(1 - (t.near / ibis.greatest(t.other, 1e-300)).sqrt()) if size > 1 else ibis.literal(1.0),
            far=t.near.sqrt() > t.reach,
            beyond=(t.near.sqrt() > t.most) if rule.extent else ibis.literal(False),
            unseen=t.unseen if rule.extent else ibis.literal(False),
        )
    )
    out = t.refused | t.lacking | t.far | t.beyond | t.unseen | ~t.known
    border = ibis.ifelse(t.margin < BORDERLINE, int(Place.BORDER), int(Place.CORE))
    like = ibis.ifelse(t.beyond, 8, ibis.ifelse(t.unseen, 9, border))
    why = ibis.ifelse(t.refused, 2, ibis.ifelse(t.far, 3, like))
    return t.select(
        "id",
        persona=ibis.ifelse(out, -1, t.first).cast("int32"),
        second=ibis.ifelse(~t.known, -1, ibis.ifelse(out, t.first, t.next)).cast("int32"),
        membership=ibis.ifelse(out, 0.0, (1 / t.weight).round(6)),
        margin=ibis.ifelse(out, 0.0, t.margin.round(6)),
        kind=ibis.ifelse(out, int(Place.OUTSIDE), border).cast("int32"),
        reason=ibis.ifelse(~t.known, 4, ibis.ifelse(t.lacking, 6, why)).cast("int32"),
    )


def _soft(exponent: Any) -> Any:
    """exp of a number of at most 0; where it is nothing beside 1, 0, since some engines fail where a number gets too small."""
    return ibis.ifelse(exponent < -300.0, 0.0, exponent.exp())


def _events(rule: Rule) -> int:
    return sum(f.of == "event" for f in rule.features)


def _with_events(rule: Rule, users: Any, counts: Any, step: Sql, weights: Any | None) -> Any:
    """Users with the sums of their events: z, the parts of each guard that read events, and the total."""
    known = coefficients(rule)
    if known is None:
        raise ValueError("this rule counts no events")
    features, read = rule.features[: len(known.events)], known.guards
    relation = ibis.memtable(pa.table(known.columns())) if weights is None else weights
    joined = counts.filter(counts["count"] > 0).join(relation, "event")
    n = joined["count"].cast("float64")
    size = {"length": (n * joined.p0_idf * n * joined.p0_idf).sum().sqrt()} if features[0].steps[0].name == "tfidf" else {}
    totals = joined.group_by("id").agg(total=n.sum(), **size)
    shared = joined.join(totals, "id")
    shared = shared.mutate(v=_stepped(shared, features, step) - shared.zero)
    sums = {f"e{j}": (shared.v * shared[f"c{j}"]).sum() for j in range(len(known.offset))}
    sums |= {f"n{i}": (shared.v * shared.v * shared[f"s{i}"] - 2 * shared.v * shared[f"x{i}"]).sum() for i, *_ in read}
    done = shared.group_by("id").agg(total=shared.total.max(), **sums)
    t = users.left_join(done, "id").drop("id_right")
    seen = t.total.fill_null(0.0) > 0
    norms = {f"n{i}": ibis.ifelse(seen, t[f"n{i}"] + constant, 0.0) for i, _, _, constant in read}
    coordinates = {f"e{j}": ibis.ifelse(seen, t[f"e{j}"] - float(offset), 0.0) for j, offset in enumerate(known.offset)}
    return t.mutate(total=t.total.fill_null(0.0), **coordinates, **norms)


def _stepped(shared: Any, features: Sequence[Feature], step: Sql) -> Any:
    """A count as its event's steps make it, all but the last: weighed by the user, then step by step."""
    first, n = features[0].steps[0].name, shared["count"].cast("float64")
    v = n / shared.total if first in SHARED else n / shared.length if first == "tfidf" else n
    for i, s in enumerate(features[0].steps[:-1]):
        v = step(s.name)(v, {k: shared[f"p{i}_{k}"] for k in s.learned})
    return v


def _without_events(rule: Rule, users: Any) -> Any:
    """Users nobody counted anything for."""
    none = [f"e{j}" for j in range(rule.projection.shape[1])] + [f"n{i}" for i in range(len(rule.guards))]
    return users.mutate(total=ibis.literal(0.0), **{name: ibis.literal(0.0) for name in none})


def _with_measures(rule: Rule, t: Any, step: Sql, fence: Callable[[Any], Any]) -> Any:
    m, r = _events(rule), rule.projection.shape[1]
    named = dict.fromkeys(f.column for f in rule.features[m:])
    t = t.mutate(**{c: _finite(t[c]) for c in named if not t[c].type().is_string()})
    values = {}
    for j, f in enumerate(rule.features[m:], start=m):
        x = t[f.column]
        for s in f.steps:
            x = step(s.name)(x, s.learned)
        values[f"x{j}"] = _bounded(x.cast("float64")).fill_null(0.0)
    known = [t.total > 0, *[_filled(t[c]) for c in named if not rule.active]]
    lacking = [~_filled(t[c]) for c in rule.needs]
    t = fence(t.mutate(known=_any(known), lacking=_any([ibis.literal(False), *lacking]), **values))
    return t.mutate(
        **{f"z{j}": _sum([*([t[f"e{j}"]] if m else []), *_terms(rule, t, m, j)]) for j in range(r)},
        **{f"g{i}": _norm(g, t, m, i) for i, g in enumerate(rule.guards)},
    )


def _finite(column: Any) -> Any:
    """A column of numbers as float64, NULL where it is not a number or endless."""
    number = column.cast("float64")
    return ibis.ifelse(number.abs() <= LARGEST, number, ibis.null("float64"))


def _bounded(number: Any) -> Any:
    """A number that can be squared: some engines fail where a number gets too large."""
    return ibis.ifelse(number > HUGE, HUGE, ibis.ifelse(number < -HUGE, -HUGE, number))


def _terms(rule: Rule, t: Any, m: int, axis: int) -> list[Any]:
    return [t[f"x{f}"] * float(rule.projection[f, axis]) for f in range(m, len(rule.features))]


def _norm(guard: Guard, t: Any, m: int, i: int) -> Any:
    if guard.stop <= m:
        return t[f"n{i}"]
    return _sum([float(guard.weight[f - guard.start]) * t[f"x{f}"] * t[f"x{f}"] for f in range(guard.start, guard.stop)])


def _sum(terms: Sequence[Any]) -> Any:
    return reduce(lambda a, b: a + b, terms)


def _any(terms: Sequence[Any]) -> Any:
    return _halved(terms, lambda a, b: a | b)


def _filled(column: Any) -> Any:
    return column.fill_null("") != "" if column.type().is_string() else column.notnull()


def _refused(rule: Rule, t: Any) -> Any:
    refused = ibis.literal(False)
    for i, g in enumerate(rule.guards):
        refused = refused | (t[f"g{i}"] > _by_activity(g, g.limits, t))
        if np.isfinite(g.most):
            refused = refused | (t.total > float(g.most))
    return refused


def _by_activity(of: Guard | Extent, limits: Any, t: Any) -> Any:
    """The limit of the band of activity a user is in."""
    limit = ibis.literal(float(limits[-1]))
    for edge, below in list(zip(of.edges, limits))[::-1]:
        limit = ibis.ifelse(t.total < float(edge), float(below), limit)
    return limit


def _unseen(rule: Rule, t: Any) -> Any:
    """Whether what the rule's directions do not see of a user is more than users of the known groups have."""
    extent = rule.extent
    if extent is None or not extent.basis.size:
        return ibis.literal(False)
    along = [_sum([t[f"z{j}"] * float(v) for j, v in enumerate(column)]) for column in extent.basis.T]
    left = reduce(lambda a, b: a - b * b, along, _sum([t[f"g{i}"] for i in range(len(rule.guards))]))
    return left > _by_activity(extent, extent.apart, t)


def _distances(rule: Rule, t: Any) -> Mapping[str, Any]:
    """The squared distance to each prototype."""
    r = rule.projection.shape[1]
    return {
        f"q{i}": _sum([(t[f"z{j}"] - float(p[j])) * (t[f"z{j}"] - float(p[j])) for j in range(r)])
        for i, p in enumerate(rule.prototypes)
    }


def _by_persona(rule: Rule, t: Any) -> Mapping[str, Any]:
    """The squared distance to the nearest prototype of each persona; out of reach where a persona has none any more."""
    groups = [[t[f"q{i}"] for i, o in enumerate(rule.owner) if o == c] or [ibis.literal(GONE)] for c in range(rule.size)]
    return {f"d{c}": (ibis.least(*g) if len(g) > 1 else g[0]) for c, g in enumerate(groups)}


def _of_nearest(rule: Rule, numbers: Any, t: Any) -> Any:
    """The number (p,) of the nearest prototype; of two that are as near, that of the first persona."""
    order = np.argsort(rule.owner, kind="stable")
    near = [t[f"q{i}"] for i in order]
    if len(set(numbers.tolist())) == 1 or len(near) == 1:
        return ibis.literal(float(numbers[0]))
    least = ibis.least(*near)
    return ibis.cases(*[(q == least, float(numbers[i])) for q, i in zip(near, order)], else_=float(numbers[order[-1]]))


def _first(size: int, holds: Callable[[int], Any]) -> Any:
    """The first persona for which it holds; it holds for one of them."""
    return ibis.cases(*[(holds(c), c) for c in range(size - 1)], else_=size - 1) if size > 1 else ibis.literal(0)


def _halved(terms: Sequence[Any], join: Callable[[Any, Any], Any]) -> Any:
    """Terms joined two by two, so that a thousand of them are ten deep: engines refuse to go a thousand deep."""
    if len(terms) < 3:
        return reduce(join, terms)
    half = len(terms) // 2
    return join(_halved(terms[:half], join), _halved(terms[half:], join))
