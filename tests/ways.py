"""Small logs whose groups are known, looked at as a run looks at them, but without a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from tests.described import evidence, placed

from personae import flow, plugins
from personae.model.dossier import Dossier, Known
from personae.model.fact import Fact
from personae.model.pain import Pain
from personae.model.persona import Persona
from personae.model.study import Study
from personae.stages.describe import describe
from personae.stages.dossier import dossier
from personae.writers.plain import write

Visit = Sequence[str]


@dataclass(frozen=True, eq=False)
class Looked:
    """What was found, and the personas in words."""

    dossier: Dossier
    facts: dict[str, Fact]
    personas: tuple[Persona, ...]

    def pains(self, key: str) -> list[Pain]:
        """The pains of one persona."""
        return [p for p in self.dossier.pains if p.persona == key]


def log(users: Sequence[tuple[str, Sequence[Visit]]], seconds: int = 60, days: int = 3) -> pd.DataFrame:
    """A log in which each user makes visits some days apart, one event a minute."""
    start = pd.Timestamp("2026-03-02 10:00:00")
    rows = []
    for u, (user, visits) in enumerate(users):
        for v, visit in enumerate(visits):
            begin = start + pd.Timedelta(days=v * days, minutes=u)
            rows += [(user, begin + pd.Timedelta(seconds=i * seconds), e) for i, e in enumerate(visit)]
    return pd.DataFrame(rows, columns=["user_id", "time", "event"])


def looked(groups: dict[str, int], *frames: pd.DataFrame, **settings: Any) -> Looked:
    """Place the users as `groups` says (-1 in none) and look at them."""
    named = {f"table{i}": f for i, f in enumerate(frames)}
    study = Study(sources=tuple(named), **{"id": "user_id", "entity": "user", **settings})
    with plugins.find("engines", "duckdb").connect(threads=1) as engine:
        tables, features = flow._measured(engine, study, named)
        labels = np.array([groups[i] for i in features.ids.to_pylist()])
        placement, proof = placed(labels), evidence(int(labels.max()) + 1)
        profiles, facts, _ = describe(features, placement, proof, study)
        found, more = dossier(Known(engine, tables, features, placement, proof, profiles, facts, study))
    every = (*facts, *more)
    return Looked(found, {f.id: f for f in every}, write(profiles, every, proof, study, found))
