"""Fairness: what the personas, and the measures that formed them, give away of who people are.

For each attribute: Cramer's V of persona and attribute without its bias (Bergsma 2013), the share guessed right on users held
out, and the measures that carry it, by the correlation ratio of their ranks (Kruskal & Wallis 1952). All tests are corrected
for their number (Holm 1979). Something is flagged only when it is sure and no trifle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from personae.facts.floor import coarse
from personae.facts.intervals import holm
from personae.model.dossier import Known
from personae.model.fairness import Attribute, Carrier
from personae.model.features import Features, Measure
from personae.model.study import Role
from personae.words.grounds import CORE, ground
from personae.words.names import parts, readable

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

ALPHA = 0.05
WEAK, STRONG = 0.1, 0.3
"""Cohen (1988): from 0.1 an association is small, from 0.3 medium. A persona is flagged from the first, a measure from the
second, for every measure is weighed against many others before it reaches a persona."""
FEWEST, LEVEL = 100, 30
"""Users of whom an attribute must be known; users below which one of its answers counts as another."""
FIFTHS, MOST = 5, 12
EVENTS = 80
NAMED = 3


def fairness(known: Known) -> tuple[Attribute, ...]:
    """Every attribute of people, those given away first."""
    features = known.features
    n = min(len(features), known.study.sample)
    found = [m for m in features.measures if m.role is Role.DEMOGRAPHIC or (m.forms and ground(m.name) in CORE)]
    if not found or not known.shown:
        return ()
    codes = [coded(m, n) for m in found]
    columns = forming(features, n)
    persona = known.placement.persona[:n].astype(np.int64)
    placed = int((persona >= 0).sum())
    made = audit(found, codes, persona, columns)
    return tuple(replace(a, users=coarse(a.users, placed, known.study.floor)) for a in made)


def audit(
    found: Sequence[Measure], codes: Sequence[Ints], persona: Ints, columns: Sequence[tuple[str, str, Floats]]
) -> tuple[Attribute, ...]:
    """The attributes with their `codes` (n,), -1 for unknown, against `persona` (n,), -1 for none, and the `columns` that
    formed the groups: (name, label, values (n,), nan for empty)."""
    tables = [_table(c, persona) for c in codes]
    enough = np.array([t.sum() >= FEWEST and min(t.shape) > 1 for t in tables])
    met = [chance_of(t) if ok else (0.0, 1.0) for t, ok in zip(tables, enough, strict=True)]
    corrected = holm(np.array([p for _, p in met]), enough)
    carriers = _carriers(found, codes, columns, enough)
    made = [
        _attribute(m, t, v, float(p), _guessed(c, persona) if ok else None, held)
        for m, t, (v, _), p, c, held, ok in zip(found, tables, met, corrected, codes, carriers, enough, strict=True)
    ]
    order = ("formed", "flagged", "proxy", "clear", "few")
    return tuple(sorted(made, key=lambda a: (order.index(a.finding), -(a.strength or 0.0), a.name)))


def _attribute(
    m: Measure, table: Floats, v: float, p: float, guessed: tuple[float, float] | None, held: tuple[Carrier, ...]
) -> Attribute:
    label, kind = readable(parts(m.label or m.name, m.name)[0]), ground(m.name)
    if guessed is None:
        return Attribute(m.name, label, kind, 0, None, None, None, None, (), "formed" if m.forms else "few")
    strong = any(c.strength >= STRONG for c in held)
    finding = "flagged" if p < ALPHA and v >= WEAK else "proxy" if strong else "clear"
    return Attribute(
        m.name, label, kind, int(table.sum()), v, p, *guessed, held[:NAMED], "formed" if m.forms else finding
    )  # fmt: skip


def coded(m: Measure, n: int) -> Ints:
    """An attribute as codes of its common answers, or of its fifths; -1 where it is unknown."""
    values = m.values[:n]
    if m.levels or not np.issubdtype(values.dtype, np.floating):
        codes = values.astype(np.int64)
    else:
        there = np.isfinite(values)
        distinct = np.unique(values[there])
        fifths = np.arange(1, FIFTHS) / FIFTHS
        ends = distinct[1:] if len(distinct) <= FIFTHS else np.unique(np.quantile(values[there], fifths))
        codes = np.where(there, np.searchsorted(ends, np.where(there, values, 0.0), side="right"), -1)
    sizes = np.bincount(codes[codes >= 0], minlength=1)
    common = [j for j in np.argsort(-sizes, kind="stable").tolist() if sizes[j] >= LEVEL][:MOST]
    place = np.full(len(sizes) + 1, len(common))
    place[common] = np.arange(len(common))
    place[-1] = -1
    codes = place[codes]
    rest = codes == len(common)
    return np.asarray(np.where(rest, -1, codes) if rest.sum() < LEVEL else codes)


def forming(features: Features, n: int) -> list[tuple[str, str, Floats]]:
    """What formed the groups, as columns of numbers: a category is a column for each of its answers, an event its share."""
    made: list[tuple[str, str, Floats]] = []
    for m in features.forming():
        values, label = m.values[:n], readable(m.label or m.name)
        if m.levels or not np.issubdtype(values.dtype, np.floating):
            sizes = np.bincount(values[values >= 0], minlength=len(m.levels))
            keep = [j for j, s in enumerate(sizes.tolist()) if s >= LEVEL][:MOST]
            made += [(m.name, f"{label}: {m.levels[j]}", np.where(values < 0, np.nan, values == j)) for j in keep]
        else:
            made.append((m.name, label, values.astype(np.float64)))
    counts = features.counts
    if counts is not None and not counts.people and len(counts.events):
        part = counts.matrix[:n]
        total = np.maximum(np.asarray(part.sum(axis=1)).ravel(), 1.0)
        reach = np.bincount(part.indices, minlength=len(counts.events))
        common = sorted(np.argsort(-reach, kind="stable")[:EVENTS].tolist())
        shares = part[:, common].toarray() / total[:, None]
        made += [(counts.events[j], readable(counts.events[j]), shares[:, i]) for i, j in enumerate(common)]
    return made


def _table(codes: Ints, persona: Ints) -> Floats:
    """Users by answer and persona, without empty rows and columns."""
    both = (codes >= 0) & (persona >= 0)
    width = int(persona.max(initial=0)) + 1
    height = int(codes.max(initial=0)) + 1
    table = np.bincount(codes[both] * width + persona[both], minlength=height * width).reshape(height, width)
    return np.asarray(table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0], np.float64)


def chance_of(table: Floats) -> tuple[float, float]:
    """Cramer's V of a table without its bias (Bergsma 2013), and p of the chi-squared test."""
    n, (r, c) = table.sum(), table.shape
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    x2 = float(((table - expected) ** 2 / expected).sum())
    phi = max(0.0, x2 / n - (r - 1) * (c - 1) / (n - 1))
    least = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(phi / least)), float(chdtrc((r - 1) * (c - 1), x2))


def _guessed(codes: Ints, persona: Ints) -> tuple[float, float]:
    """The share guessed right by persona on every second user, learnt on the others, every answer weighing alike."""
    both = np.flatnonzero((codes >= 0) & (persona >= 0))
    height, width = int(codes.max()) + 1, int(persona.max()) + 1
    halves = []
    for half in (both[::2], both[1::2]):
        flat = np.bincount(codes[half] * width + persona[half], minlength=height * width)
        halves.append(flat.reshape(height, width).astype(np.float64))
    learn, test = halves
    rows = learn.sum(axis=1, keepdims=True)
    guess = (learn / np.maximum(rows, 1)).argmax(axis=0)
    sizes = test.sum(axis=1)
    there = sizes > 0
    right = np.array([test[g, guess == g].sum() for g in range(height)])
    return float((right[there] / sizes[there]).mean()), 1 / int(there.sum())


def _carriers(
    found: Sequence[Measure], codes: Sequence[Ints], columns: Sequence[tuple[str, str, Floats]], enough: npt.NDArray[np.bool_]
) -> list[tuple[Carrier, ...]]:
    """For each attribute the columns that surely go with it, strongest first; itself is none of them."""
    if not columns:
        return [() for _ in found]
    ranks = np.stack([_ranks(v) for _, _, v in columns], axis=1)
    there = np.isfinite(ranks)
    ranks = np.where(there, ranks, 0.0)
    strength, p = np.zeros((len(found), len(columns))), np.ones((len(found), len(columns)))
    for i, c in enumerate(codes):
        if enough[i]:
            strength[i], p[i] = _ratios(ranks, there, c)
    own = np.array([[m.name == name for name, _, _ in columns] for m in found])
    sure = np.nan_to_num(holm(p, enough[:, None] & ~own), nan=1.0) < ALPHA
    made = []
    for i in range(len(found)):
        order = [j for j in np.argsort(-strength[i], kind="stable").tolist() if sure[i, j] and strength[i, j] >= WEAK]
        made.append(tuple(Carrier(columns[j][0], columns[j][1], float(strength[i, j])) for j in order))
    return made


def _ranks(values: Floats) -> Floats:
    """Ranks about their middle, nan for empty."""
    from scipy.stats import rankdata  # takes long to load

    ranks = np.full(len(values), np.nan)
    there = np.isfinite(values)
    ranks[there] = rankdata(values[there]) - (there.sum() + 1) / 2
    return ranks


def _ratios(ranks: Floats, there: npt.NDArray[np.bool_], codes: Ints) -> tuple[Floats, Floats]:
    """The correlation ratio of each column of ranks (n, m) with an attribute, without its bias, and p of it."""
    known = codes >= 0
    groups = (codes[known][:, None] == np.arange(int(codes.max(initial=0)) + 1)[None, :]).astype(np.float64)
    r, k = ranks[known], there[known].astype(np.float64)
    n, sums = groups.T @ k, groups.T @ r
    total, size = r.sum(axis=0), k.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total**2 / size
        between = np.where(n > 0, sums**2 / n, 0.0).sum(axis=0) - mean
        whole = (r * r).sum(axis=0) - mean
        eta = np.where(whole > 0, between / whole, 0.0)
        free = (n > 0).sum(axis=0) - 1
        fair = np.clip(1 - (1 - eta) * (size - 1) / (size - free - 1), 0.0, 1.0)
    usable = (size >= FEWEST) & (free > 0) & (whole > 0)
    p = np.where(usable, chdtrc(np.maximum(free, 1), np.maximum((size - 1) * eta, 0.0)), 1.0)
    return np.where(usable, np.sqrt(np.nan_to_num(fair)), 0.0), p
