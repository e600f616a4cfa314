"""Value: the part of all that was paid that comes from each persona."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from personae.facts.floor import apart
from personae.model.dossier import Known
from personae.model.fact import Fact
from personae.model.features import Features, Measure
from personae.model.study import Role
from personae.model.table import Kind
from personae.model.vocabulary import Topic, topics, words

MONEY = frozenset(("revenue", "spend", "spending", "spent", "sales", "turnover", "monetary", "amount", "paid", "payments"))
MEANS = frozenset(("mean", "avg", "average", "largest", "max", "min", "per", "median", "rate", "share", "score", "mentions"))
"""Words of measures that cannot be added up."""


def value(known: Known) -> tuple[Fact, ...]:
    """A fact for each persona: its part of the first measure of money that can be added up; none where there is none, or
    where the part, what is left, or what the personas not told of paid together comes from fewer users than the floor."""
    measure = next(_money(known.features), None)
    if measure is None:
        return ()
    paid = np.nan_to_num(np.asarray(measure.values, np.float64))
    total, payers = float(paid.sum()), paid > 0
    label = (measure.label or measure.name).lower()
    label = label if "total" in label else f"total {label}"
    persona, floor, whole = known.placement.persona, known.study.floor, int(payers.sum())
    own = {p.key: int((payers & (persona == p.index)).sum()) for p in known.shown}
    told = apart({k: n for k, n in own.items() if min(n, whole - n) >= floor}, whole, floor)
    return tuple(
        Fact(
            f"{p.key}.worth.{measure.name}", p.key, f"part of {measure.name}", label, "share",
            float(paid[persona == p.index].sum() / total), "share", p.users, source=measure.source,
            query=f'sum("{measure.name}") over users of {p.key} / sum("{measure.name}") over all users',
        )
        for p in known.shown if p.key in told
    )  # fmt: skip


def _money(features: Features) -> Iterator[Measure]:
    """Measures of what was paid in all, those named most plainly first."""
    for m in features.measures:
        named = set(words(m.name)) | set(words(m.label))
        fits = m.role in (Role.BEHAVIOUR, Role.VALUE, Role.OUTCOME) and m.kind in (Kind.INTEGER, Kind.DECIMAL)
        if fits and not m.levels and named & MONEY and not named & MEANS and Topic.DEMOGRAPHIC not in topics(m.name):
            values = np.asarray(m.values, np.float64)
            if np.isfinite(values).any() and np.nanmin(values) >= 0:
                yield m
