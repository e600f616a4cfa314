"""Who splits into whom from one number of groups to the next, against what shuffled groups would show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from personae.model.lineage import CLEAN, LOOSE, Branch, Flow, Level, Lineage, Passage
from personae.model.rule import Feature
from personae.model.trial import Case, Tried
from personae.words.names import doing, readable

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

TURNS = 20
"""Times the finer groups are shuffled."""
TELLING = 0.3
"""Standard deviations from everyone's mean from which on a measure takes part in a name."""
WORDS = 2


def lineage(case: Case) -> Lineage | None:
    """The lineage of the method's numbers that follow one another; None where there are fewer than two."""
    tried = sorted((t for t in case.trial.tried if t.clustering.size > 1), key=lambda t: t.clustering.size)
    if len(tried) < 2:
        return None
    orders = [_order(t, case) for t in tried]
    levels = tuple(_level(t, o, case) for t, o in zip(tried, orders))
    placed = [_placed(t, o) for t, o in zip(tried, orders)]
    passages = tuple(
        passage(a, b, low, high, case.study.floor, case.study.seed)
        for a, b, low, high in zip(placed, placed[1:], levels, levels[1:])
    )
    return Lineage(tried[0].clustering.method, levels, passages, _summary(passages))


def passage(coarse: Ints, fine: Ints, low: Level, high: Level, floor: int, seed: int) -> Passage:
    """From the labels of one number to those of the next; users with -1 in either are left out."""
    both = (coarse >= 0) & (fine >= 0)
    coarse, fine = coarse[both], fine[both]
    table = _merged(_table(coarse, fine, len(low.branches), len(high.branches)), floor)
    rng = np.random.default_rng([seed, 34])
    turns = [_table(coarse, rng.permutation(fine), *table.shape).max(axis=0).sum() for _ in range(TURNS)]
    n = max(len(fine), 1)
    rows, columns = linear_sum_assignment(-table)
    share = table / np.maximum(table.sum(axis=0), 1)
    known = tuple(
        Flow(int(i), int(j), int(round(table[i, j] / floor) * floor), round(float(share[i, j]), 2))
        for i, j in zip(*np.nonzero(table >= floor))
    )
    nested, chance = float(table.max(axis=0).sum() / n), float(np.mean(turns) / n)
    moving = n - table[rows, columns].sum()
    moved = float(max(moving, floor) / n) if moving else 0.0
    words = _words(share, low, high, nested, chance)
    return Passage(low.size, high.size, known, nested, chance, moved, bool((share.max(axis=0) >= CLEAN).all()), words)


def _table(coarse: Ints, fine: Ints, rows: int, columns: int) -> Floats:
    return np.bincount(coarse * columns + fine, minlength=rows * columns).reshape(rows, columns).astype(float)


def _merged(table: Floats, floor: int) -> Floats:
    """Flows under the floor added to the largest flow into the same group, so that what is shown adds up without them."""
    table = table.copy()
    for j in range(table.shape[1]):
        small = (table[:, j] > 0) & (table[:, j] < floor)
        most = int(table[:, j].argmax())
        small[most] = False
        table[most, j] += table[small, j].sum()
        table[small, j] = 0
    return table


def _order(t: Tried, case: Case) -> list[int]:
    """Labels in the order they are listed: personas at the chosen number, else larger groups first."""
    if t.clustering is case.best.clustering and len(set(case.order)) == t.clustering.size:
        return list(case.order)
    return [int(c) for c in np.argsort(-np.bincount(t.clustering.labels, minlength=t.clustering.size), kind="stable")]


def _placed(t: Tried, order: Sequence[int]) -> Ints:
    place = np.empty(len(order), np.int32)
    place[list(order)] = np.arange(len(order))
    return np.asarray(place[t.clustering.labels])


def _level(t: Tried, order: Sequence[int], case: Case) -> Level:
    counts = np.bincount(t.clustering.labels, minlength=t.clustering.size)
    jaccard = t.candidate.jaccard
    names = _names(t, order, case)
    floor = case.study.floor
    return Level(
        t.clustering.size,
        tuple(
            Branch(names[i], int(counts[c]) if counts[c] >= floor else None, float(jaccard[c]) if len(jaccard) > c else None)
            for i, c in enumerate(order)
        ),
    )


def _names(t: Tried, order: Sequence[int], case: Case) -> list[str]:
    """Each group by the measures that tell it from everyone; a letter behind those that would be called the same."""
    counts = case.features.counts
    x, labels = case.space.coordinates, t.clustering.labels
    middle, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-12)
    called = {m.name: m.label for m in case.features.measures}
    made = []
    for c in order:
        mine = labels == c
        if (counts is not None and counts.people) or mine.sum() < case.study.floor:
            made.append("group")
            continue
        d = (x[mine].mean(axis=0) - middle) / spread
        top = [j for j in np.argsort(-np.abs(d), kind="stable")[:WORDS] if abs(d[j]) >= TELLING]
        said = [f"{'more' if d[j] > 0 else 'less'} {_label(case.space.features[j], called)}" for j in top]
        made.append(", ".join(said) or "like everyone")
    twice = {n for n in made if made.count(n) > 1}
    return [f"{n} ({chr(65 + made[:i].count(n))})" if n in twice else n for i, n in enumerate(made)]


def _label(feature: Feature, called: dict[str, str]) -> str:
    """Words for a coordinate: what is done for an event, the given label of a measure, the name of a category."""
    return doing(feature.column) if feature.of == "event" else called.get(feature.name) or readable(feature.name)


def _words(share: Floats, low: Level, high: Level, nested: float, chance: float) -> str:
    """What happens, in a sentence, with the nesting share and its chance value."""
    loose = [j for j in range(share.shape[1]) if share[:, j].max() < LOOSE]
    parent = share.argmax(axis=0)
    split = [i for i in range(share.shape[0]) if (parent == i).sum() > 1]
    figures = f"{100 * nested:.0f} % nested; chance {100 * chance:.0f} %"
    if loose:
        if len(loose) > 1:
            return f"{len(loose)} of {high.size} groups are put together anew from several ({figures})"
        return f'"{high.branches[loose[0]].name}" is put together anew from several groups ({figures})'
    parts = [
        f'"{low.branches[i].name}" splits into ' + _listed([f'"{high.branches[j].name}"' for j in np.flatnonzero(parent == i)])
        for i in split
    ]
    return f"{'; '.join(parts) or 'borders move'} ({figures})"


def _summary(passages: Sequence[Passage]) -> str:
    clean = [p for p in passages if p.persistent]
    nested, chance = np.mean([p.nested for p in passages]), np.mean([p.chance for p in passages])
    figures = f"{100 * nested:.0f} % nested on average; chance {100 * chance:.0f} %"
    if len(clean) == len(passages):
        return f"Each further group is a part of one before it ({figures})"
    if not clean:
        return f"Each further group redraws the others ({figures})"
    sure = _listed([f"{p.low} to {p.high}" for p in clean])
    return f"Groups split whole from {sure}; the other steps redraw borders ({figures})"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(words) if len(words) < 3 else ", ".join(words[:-1]) + f" and {words[-1]}"
