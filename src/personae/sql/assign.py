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

from personae.model.rule import BORDERLINE, SHARED, Feature, Guard, Place, Rule, learned_of

GONE = 1e300
"""The squared distance to a persona that was joined with another or split: no user is as far from any."""

Sql = Callable[[str], Any]
"""The name of a step to its `sql` face."""


def assign(rule: Rule, users: Any, counts: Any | None, step: Sql) -> Any:
    """Rows (id, persona, second, membership, margin, kind), one per row of `users`.

    `users` has the column "id" and one column per measure of the rule; `counts` has id, event, count. `step` finds the SQL face
    of a step by its name. Persona and second are indices, -1 for none.
    """
    size, r = rule.size, rule.projection.shape[1]
    t = _with_events(rule, users, counts, step) if counts is not None and _events(rule) else _without_events(rule, users)
    t = _with_measures(rule, t, step)
    t = t.select("id", "known", "lacking", "total", *[f"g{i}" for i in range(len(rule.guards))], *[f"z{j}" for j in range(r)])
    refused = (_refused(rule, t) | t.lacking).name("refused")
    t = t.select("id", "known", refused, **_distances(rule, t))
    t = t.select("id", "known", "refused", reach=_reach(rule, t), **_by_persona(rule, t))
    d = [t[f"d{c}"] for c in range(size)]
    t = t.mutate(near=ibis.least(*d) if size > 1 else d[0])
    t = t.mutate(first=_first(t, size, lambda c: t[f"d{c}"] == t.near))
    others = [ibis.ifelse(t.first == c, np.inf, t[f"d{c}"]) for c in range(size)]
    t = t.mutate(other=ibis.least(*others) if size > 1 else ibis.literal(np.inf))
    t = t.mutate(
        next=_first(t, size, lambda c: (t[f"d{c}"] == t.other) & (t.first != c)) if size > 1 else ibis.literal(-1),
        weight=reduce(lambda a, b: a + b, [((t.near - t[f"d{c}"]) / (2 * rule.spread)).exp() for c in range(size)]),
        margin=(1 - (t.near / ibis.greatest(t.other, 1e-300)).sqrt()) if size > 1 else ibis.literal(1.0),
        far=t.near.sqrt() > t.reach,
    )
    out = t.refused | t.far | ~t.known
    border = ibis.ifelse(t.margin < BORDERLINE, int(Place.BORDER), int(Place.CORE))
    return t.select(
        "id",
        persona=ibis.ifelse(out, -1, t.first).cast("int32"),
        second=ibis.ifelse(~t.known, -1, ibis.ifelse(out, t.first, t.next)).cast("int32"),
        membership=ibis.ifelse(out, 0.0, (1 / t.weight).round(6)),
        margin=ibis.ifelse(out, 0.0, t.margin.round(6)),
        kind=ibis.ifelse(out, int(Place.OUTSIDE), border).cast("int32"),
    )


def _events(rule: Rule) -> int:
    return sum(f.of == "event" for f in rule.features)


def _with_events(rule: Rule, users: Any, counts: Any, step: Sql) -> Any:
    """Users with the sums of their events: z, the parts of each guard that read events, and the total."""
    m, r = _events(rule), rule.projection.shape[1]
    features, last = rule.features[:m], learned_of(rule.features[:m], -1)
    zero = last.get("zero", np.zeros(m))
    mean, by = last["mean"] - zero, last["by"]
    weight = rule.projection[:m] / by[:, None]
    table: dict[str, Any] = {"event": [f.column for f in features], "zero": zero, **{f"c{j}": weight[:, j] for j in range(r)}}
    for i in range(len(features[0].steps) - 1):
        table |= {f"p{i}_{k}": v for k, v in learned_of(features, i).items()}
    read = [(i, g) for i, g in enumerate(rule.guards) if g.stop <= m]
    for i, g in read:
        w = g.weight / by[g.start : g.stop] ** 2
        table[f"s{i}"], table[f"x{i}"] = np.zeros(m), np.zeros(m)
        table[f"s{i}"][g.start : g.stop], table[f"x{i}"][g.start : g.stop] = w, w * mean[g.start : g.stop]
    joined = counts.join(ibis.memtable(pa.table(table)), "event")
    n = joined["count"].cast("float64")
    size = {"length": (n * joined.p0_idf * n * joined.p0_idf).sum().sqrt()} if features[0].steps[0].name == "tfidf" else {}
    totals = joined.group_by("id").agg(total=n.sum(), **size)
    shared = joined.join(totals, "id")
    shared = shared.mutate(v=_stepped(shared, features, step) - shared.zero)
    sums = {f"e{j}": (shared.v * shared[f"c{j}"]).sum() for j in range(r)}
    sums |= {f"n{i}": (shared.v * shared.v * shared[f"s{i}"] - 2 * shared.v * shared[f"x{i}"]).sum() for i, _ in read}
    done = shared.group_by("id").agg(total=shared.total.max(), **sums)
    t = users.left_join(done, "id").drop("id_right")
    offset = (mean / by) @ rule.projection[:m]
    seen = t.total.fill_null(0.0) > 0
    rest = {i: float((g.weight / by[g.start : g.stop] ** 2 * mean[g.start : g.stop] ** 2).sum()) for i, g in read}
    norms = {f"n{i}": ibis.ifelse(seen, t[f"n{i}"] + rest[i], 0.0) for i, _ in read}
    coordinates = {f"e{j}": ibis.ifelse(seen, t[f"e{j}"] - float(offset[j]), 0.0) for j in range(r)}
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


def _with_measures(rule: Rule, t: Any, step: Sql) -> Any:
    m, r = _events(rule), rule.projection.shape[1]
    values = {}
    for j, f in enumerate(rule.features[m:], start=m):
        x = t[f.column]
        for s in f.steps:
            x = step(s.name)(x, s.learned)
        x = x.cast("float64")
        values[f"x{j}"] = ibis.ifelse(x.isnan(), 0.0, x).fill_null(0.0)
    known = [t.total > 0, *[_filled(t[c]) for c in dict.fromkeys(f.column for f in rule.features[m:])]]
    lacking = [~_filled(t[c]) for c in rule.needs]
    t = t.mutate(known=_any(known), lacking=_any([ibis.literal(False), *lacking]), **values)
    return t.mutate(
        **{f"z{j}": _sum([*([t[f"e{j}"]] if m else []), *_terms(rule, t, m, j)]) for j in range(r)},
        **{f"g{i}": _norm(g, t, m, i) for i, g in enumerate(rule.guards)},
    )


def _terms(rule: Rule, t: Any, m: int, axis: int) -> list[Any]:
    return [t[f"x{f}"] * float(rule.projection[f, axis]) for f in range(m, len(rule.features))]


def _norm(guard: Guard, t: Any, m: int, i: int) -> Any:
    if guard.stop <= m:
        return t[f"n{i}"]
    return _sum([float(guard.weight[f - guard.start]) * t[f"x{f}"] * t[f"x{f}"] for f in range(guard.start, guard.stop)])


def _sum(terms: Sequence[Any]) -> Any:
    return reduce(lambda a, b: a + b, terms)


def _any(terms: Sequence[Any]) -> Any:
    return reduce(lambda a, b: a | b, terms)


def _filled(column: Any) -> Any:
    if column.type().is_string():
        return column.fill_null("") != ""
    number = column.cast("float64")
    return ~(number.isnull() | number.isnan().fill_null(True))


def _refused(rule: Rule, t: Any) -> Any:
    refused = ibis.literal(False)
    for i, g in enumerate(rule.guards):
        limit = ibis.literal(float(g.limits[-1]))
        for edge, below in list(zip(g.edges, g.limits))[::-1]:
            limit = ibis.ifelse(t.total < float(edge), float(below), limit)
        refused = refused | (t[f"g{i}"] > limit)
        if np.isfinite(g.most):
            refused = refused | (t.total > float(g.most))
    return refused


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


def _reach(rule: Rule, t: Any) -> Any:
    """The radius of the nearest prototype; of two that are as near, that of the first persona."""
    order = np.argsort(rule.owner, kind="stable")
    near = [t[f"q{i}"] for i in order]
    if len(set(rule.radius.tolist())) == 1 or len(near) == 1:
        return ibis.literal(float(rule.radius[0]))
    least = ibis.least(*near)
    return ibis.cases(*[(q == least, float(rule.radius[i])) for q, i in zip(near, order)], else_=float(rule.radius[order[-1]]))


def _first(t: Any, size: int, holds: Callable[[int], Any]) -> Any:
    out = ibis.literal(size - 1)
    for c in reversed(range(size)):
        out = ibis.ifelse(holds(c), c, out)
    return out
