"""Rule cards: each persona as at most three conditions that anybody can read, with their precision and recall.

A beam search over cuts of single measures (Friedman & Fisher 1999 call such rules "bumps"), steered by the F1 measure (van
Rijsbergen 1979) on every second user; the figures come from the others. Ids are in random order, and so are both halves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from personae.model.dossier import Known
from personae.model.features import Features, Measure
from personae.model.rule_card import Cut, Portion, RuleCard
from personae.model.study import Role
from personae.model.table import Kind
from personae.sql.rule_card import query
from personae.words.rules import told

if TYPE_CHECKING:
    import numpy.typing as npt
    from scipy.sparse import csc_matrix

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

MOST = 3
LEARNT = 4_000
"""Users on whom conditions are sought at most."""
EVENTS = 80
"""Events looked at: those whose shares differ most between the personas."""
BEAM, GAIN = 6, 0.02
"""Rules kept at each length, and the F1 that one more condition must bring."""
ROLES = (Role.BEHAVIOUR, Role.VALUE)


def rule_cards(known: Known) -> tuple[RuleCard, ...]:
    """A card for each persona that is told of, in their order; none where no condition finds a persona at all."""
    features, shown = known.features, [p.index for p in known.shown]
    n = min(len(features), known.study.sample)
    learn, test = np.arange(0, n, 2)[:LEARNT], np.arange(1, n, 2)
    persona = known.placement.persona
    cuts = candidates(features, learn, persona[learn], known.study.floor)
    if not cuts or not shown:
        return ()
    looked = seen(features, learn)
    met = np.stack([holds(looked, c) for c in cuts], axis=1).astype(np.float32)
    with threadpool_limits(limits=1):  # the products are small: a second thread only waits
        found = [(g, best(met, persona[learn] == g, known.study.floor)) for g in shown]
    others = seen(features, test)
    return tuple(_card(known, g, tuple(cuts[j] for j in chosen), others) for g, chosen in found if chosen)


def _card(known: Known, g: int, cuts: tuple[Cut, ...], others: Seen) -> RuleCard:
    """What the conditions are worth on users who had no part in them."""
    floor, own = known.study.floor, known.placement.persona[others.rows] == g
    meets = np.logical_and.reduce([holds(others, c) for c in cuts])
    both = int((meets & own).sum())
    return RuleCard(
        known.profiles[g].key, cuts, portion(both, int(meets.sum()), floor), portion(both, int(own.sum()), floor), len(own),
        told(cuts), query(cuts),
    )  # fmt: skip


def portion(part: int, whole: int, floor: int) -> Portion | None:
    """A share of which neither the part nor the rest tells of fewer than `floor` users.

    >>> portion(95, 100, 10), portion(5, 100, 10), portion(100, 100, 10)
    (Portion(value=0.9, least=True), None, Portion(value=1.0, least=False))
    """
    if whole < floor or part < floor:
        return None
    if 0 < whole - part < floor:
        return Portion((whole - floor) / whole, least=True) if whole >= 2 * floor else None
    return Portion(part / whole)


def best(met: npt.NDArray[np.float32], own: Bools, floor: int) -> tuple[int, ...]:
    """The columns of `met` (users, conditions) that together find `own` (users,) best; empty where none finds any."""
    y, size = own.astype(np.float32), float(own.sum())
    beam: list[tuple[float, tuple[int, ...], npt.NDArray[np.float32]]] = [(0.0, (), np.ones(len(y), np.float32))]
    top: tuple[float, tuple[int, ...]] = (0.0, ())
    for _ in range(MOST):
        longer: dict[tuple[int, ...], float] = {}
        masks = np.stack([mask for _, _, mask in beam])
        sums = np.vstack((masks, masks * y)) @ met
        for (_, chosen, _), users, hits in zip(beam, sums[: len(beam)], sums[len(beam) :], strict=True):
            score = np.where((users >= floor) & (hits > 0), 2 * hits / (users + size), 0.0)
            for j in np.argsort(-score, kind="stable")[:BEAM].tolist():
                if j not in chosen and score[j] > 0:
                    longer[tuple(sorted((*chosen, j)))] = float(score[j])
        ranked = sorted(longer.items(), key=lambda x: (-x[1], x[0]))[:BEAM]
        if not ranked or ranked[0][1] < top[0] + (GAIN if top[1] else 0.0):
            break
        top = (ranked[0][1], ranked[0][0])
        beam = [(s, c, met[:, list(c)].min(axis=1)) for c, s in ranked]
    return top[1]


def candidates(features: Features, rows: Ints, persona: npt.NDArray[np.int32], floor: int) -> tuple[Cut, ...]:
    """Every condition worth trying, each with at least `floor` users on either side."""
    forming = [m for m in features.forming() if m.role in ROLES]
    measures = forming or [m for m in features.measures if m.role in ROLES]
    made = [c for m in measures for c in _of_measure(m, rows, floor)]
    counts = features.counts
    if counts is not None and not counts.people and len(counts.events):
        dense = counts.matrix[rows].toarray()
        total = dense.sum(axis=1)
        for j in _apart(dense, total, persona):
            name = counts.events[j]
            made += [Cut("event", name, name, op, v) for op, v in _cuts(dense[:, j], floor, whole=True)]
            shares = np.divide(dense[:, j], total, out=np.full(len(total), np.nan), where=total > 0)
            made += [Cut("share", name, name, op, v) for op, v in _cuts(shares, floor, whole=False)]
    return tuple(made)


def _apart(dense: Floats, total: Floats, persona: npt.NDArray[np.int32]) -> list[int]:
    """The events whose shares differ most between the personas, in their own order."""
    roots = np.sqrt(dense / np.maximum(total, 1)[:, None])
    whole, between = roots.var(axis=0), np.zeros(dense.shape[1])
    for g in np.unique(persona):
        part = roots[persona == g]
        between += len(part) / len(roots) * (part.mean(axis=0) - roots.mean(axis=0)) ** 2
    ratio = np.divide(between, whole, out=np.zeros_like(whole), where=whole > 0)
    return sorted(np.argsort(-ratio, kind="stable")[:EVENTS].tolist())


def _of_measure(m: Measure, rows: Ints, floor: int) -> list[Cut]:
    """The conditions on one measure."""
    values, label = m.values[rows], m.label or m.name
    if m.levels or not np.issubdtype(values.dtype, np.floating):
        sizes = np.bincount(values[values >= 0], minlength=len(m.levels))
        good = [j for j, n in enumerate(sizes.tolist()) if n >= floor and sizes.sum() - n >= floor]
        return [Cut("level", m.name, label, op, level=m.levels[j]) for j in good for op in ("=", "<>")]
    if m.kind is Kind.BOOLEAN:
        known = int(np.isfinite(values).sum())
        return [Cut("flag", m.name, label, "=", v) for v in (0.0, 1.0) if floor <= (values == v).sum() <= known - floor]
    whole = bool((values[np.isfinite(values)] % 1 == 0).all())
    return [Cut("measure", m.name, label, op, v, unit=m.unit) for op, v in _cuts(values, floor, whole=whole)]


def _cuts(values: Floats, floor: int, *, whole: bool) -> list[tuple[str, float]]:
    """Cuts of a line at round numbers near its twentieths."""
    there = values[np.isfinite(values)]
    if len(there) < 2 * floor:
        return []
    ends = np.quantile(there, np.arange(1, 20) / 20)
    ends = np.unique(np.append(np.rint(ends), 1.0) if whole else [float(f"{e:.2g}") for e in ends])
    made = [(op, float(e), int((there >= e).sum() if op == ">=" else (there <= e).sum())) for e in ends for op in (">=", "<=")]
    return [(op, e) for op, e, n in made if floor <= n <= len(there) - floor]


@dataclass(frozen=True, eq=False)
class Seen:
    """Some users as conditions see them: their counts by event (csc), and how much each did in all."""

    features: Features
    rows: Ints
    counts: csc_matrix | None
    total: Floats


def seen(features: Features, rows: Ints) -> Seen:
    """The users at these rows."""
    if features.counts is None:
        return Seen(features, rows, None, np.zeros(len(rows)))
    part = features.counts.matrix[rows]
    return Seen(features, rows, part.tocsc(), np.asarray(part.sum(axis=1), np.float64).ravel())


def holds(users: Seen, cut: Cut) -> Bools:
    """For which users a condition holds."""
    if cut.of in ("event", "share"):
        counts = users.features.counts
        if counts is None or users.counts is None:
            return np.zeros(len(users.rows), bool)
        done = _done(users.counts, counts.events.index(cut.name))
        if cut.of == "event":
            return _compared(done, cut.op, np.full(len(done), cut.value))
        return _compared(done, cut.op, cut.value * users.total) & (users.total > 0)
    m = users.features.measure(cut.name)
    values = m.values[users.rows]
    if cut.of == "level":
        same = values == m.levels.index(cut.level)
        return np.asarray(same if cut.op == "=" else ~same & (values >= 0))
    return _compared(values, cut.op, np.full(len(values), cut.value))


def _done(counts: csc_matrix, j: int) -> Floats:
    """One column of counts, dense."""
    done = np.zeros(counts.shape[0])
    part = slice(counts.indptr[j], counts.indptr[j + 1])
    done[counts.indices[part]] = counts.data[part]
    return done


def _compared(values: Floats, op: str, against: Floats) -> Bools:
    if op == "=":
        return np.asarray(values == against)
    return np.asarray(values >= against if op == ">=" else values <= against)
