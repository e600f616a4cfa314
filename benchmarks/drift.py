"""Refreshes in which nothing shifted, and refreshes in which one thing did: how often drift says so.

    python benchmarks/drift.py --users 1000 --refreshes 1000

Sixty measures of mixed kinds (skewed and normal amounts, amounts that most have none of, counts of events, flags, answers), tied
together by four hidden directions, a twentieth of the cells of some of them empty; personas by the rule of a k-means on them.
Half of the refreshes measure the same people again (their hidden places keep 0.7 of what they were), half bring other people of
the same law. Of more than `sample` users only the first `sample` are drawn, as only these are looked at; persona sizes are drawn
for all. One line of JSON a setting.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix
from scipy.special import ndtr

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import cast_builder
from personae.facts.intervals import wilson
from personae.model.cast import Cast
from personae.model.features import Counts, Features, Measure
from personae.model.rule import Placement
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.rule import nowhere
from personae.stages.baseline import baseline
from personae.stages.drift import drift

SAMPLE = 20_000
GROUPS = 5
SIZES = np.array([0.36, 0.26, 0.16, 0.12, 0.10])


@dataclass(frozen=True)
class Law:
    """Where personas lie (groups, 4), how each measure follows the hidden directions (60, 4), the standard deviation (60) of what
    then comes out, and parameters of its own (60): of the first fifteen the standard deviation of the logarithm."""

    centres: Any
    loads: Any
    scale: Any
    spread: Any


def law(seed: int) -> Law:
    """A law of its own for each world."""
    rng = np.random.default_rng((seed, 1))
    centres, loads = rng.normal(0, 1.5, (GROUPS, 4)), rng.normal(0, 0.35, (60, 4))
    between = (SIZES @ (centres @ loads.T) ** 2) - (SIZES @ (centres @ loads.T)) ** 2
    spread = np.concatenate([np.repeat([0.5, 0.8, 1.2], 5), rng.uniform(0.4, 1.2, 45)])
    return Law(centres, loads, np.sqrt(1 + (loads**2).sum(axis=1) + between), spread)


def people(rng: Any, users: int, sizes: Any = SIZES) -> tuple[Any, Any, Any]:
    """Personas (n), hidden places (n, 4) around nothing, and what is each measure's own (n, 60)."""
    return rng.choice(GROUPS, users, p=sizes), rng.normal(size=(users, 4)), rng.normal(size=(users, 60))


def again(rng: Any, who: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    """The same people at another time."""
    group, place, own = who
    return group, *(0.7 * x + np.sqrt(1 - 0.49) * rng.normal(size=x.shape) for x in (place, own))


def measured(rng: Any, how: Law, who: tuple[Any, Any, Any], twist: str = "") -> Features:
    """Sixty measures of some people; `twist` is what is done to them."""
    group, place, own = who
    z = ((place + how.centres[group]) @ how.loads.T + own) / how.scale
    n = len(group)
    measures, counts = [], []
    for j in range(60):
        u, name = z[:, j], f"m{j:02d}"
        if j < 15:  # amounts, log-normal, of three widths
            values = np.exp(2 + how.spread[j] * u)
            measures.append(_number(name, values * (1.2 if twist == f"more {j}" else 1.0)))
        elif j < 25:  # normal, as heights and ages are
            values = 50 + 15 * u
            measures.append(_number(name, values * (1.2 if twist == f"more {j}" else 1.0)))
        elif j < 35:  # amounts that most have none of
            some = u > 0.3 + 0.1 * (j - 25)
            measures.append(_number(name, np.where(some, np.exp(1 + how.spread[j] * rng.normal(size=n)), 0.0)))
        elif j < 47:  # events
            counts.append(rng.poisson(np.exp(0.8 * u + how.spread[j] - 0.25 * (j - 35))).astype(float))
        elif j < 54:  # flags
            measures.append(replace(_number(name, (u > 0.2 * (j - 50)).astype(float)), kind=Kind.BOOLEAN, unit="share"))
        else:  # answers
            levels = tuple(f"a{i}" for i in range(3 + 4 * (j - 54)))
            codes = np.minimum((ndtr(u / 1.3) ** 2 * len(levels)).astype(np.int32), len(levels) - 1)
            measures.append(Measure(name, name, Role.DEMOGRAPHIC, Kind.CATEGORY, codes, levels))
        if j % 7 == 3 and j < 35:
            holes = rng.random(n) < (0.3 if twist == f"holes {j}" else 0.02)
            measures[-1] = replace(measures[-1], values=np.where(holes, np.nan, measures[-1].values))
    matrix = csr_matrix(np.stack(counts, axis=1))
    return Features(pa.array([str(i) for i in range(n)]), Counts(matrix, tuple(f"e{j}" for j in range(12)), "log"), tuple(measures))


def _number(name: str, values: Any) -> Measure:
    return Measure(name, name, Role.BEHAVIOUR, Kind.DECIMAL, values, forms=True)


def placed(how: Law, who: tuple[Any, Any, Any], rule: Any = None) -> tuple[Placement, Any]:
    """Places by the nearest of five means of some people's hidden places, and beyond the 98th percentile of their distances
    none: a rule that is learnt from the people before and meets those after."""
    group, place, _ = who
    z = place + how.centres[group]
    if rule is None:
        means = np.stack([z[group == g].mean(axis=0) for g in range(GROUPS)])
        near = ((z[:, None] - means) ** 2).sum(axis=2).min(axis=1)
        rule = means, float(np.quantile(near, 0.98))
    far = ((z[:, None] - rule[0]) ** 2).sum(axis=2)
    labels = np.where(far.min(axis=1) > rule[1], -1, far.argmin(axis=1))
    return replace(nowhere(len(z), 0), persona=labels.astype(np.int32)), rule


def cast_of(features: Features, placement: Placement, users: int) -> Cast:
    """A cast that knows its baseline and places."""
    study = Study(sources=("users.csv",), sample=SAMPLE)
    made = cast_builder.cast()
    personas = tuple(replace(made.personas[0], key=f"P{g + 1}", index=g, name=f"Group {g + 1}") for g in range(GROUPS))
    return replace(
        made, study=study, personas=personas, ids=pa.array(["0"] * users), placement=placement, window=None,
        baseline=replace(baseline(features, study), users=users),
    )  # fmt: skip


def everyone(placement: Placement, users: int, rng: Any) -> Placement:
    """The places of all users, where only some were drawn."""
    n = len(placement.persona)
    if users <= n:
        return placement
    found = rng.multinomial(users - n, np.bincount(placement.persona + 1, minlength=GROUPS + 1) / n)
    more = np.repeat(np.arange(-1, GROUPS), found).astype(np.int32)
    return replace(placement, persona=np.concatenate([placement.persona, more]))


def refresh(seed: int, users: int, twist: str) -> list[str]:
    """The kinds and names of what is said to have shifted."""
    rng = np.random.default_rng((seed, users))
    how, drawn = law(seed), min(users, SAMPLE)
    who = people(rng, drawn)
    before, rule = placed(how, who)
    cast = cast_of(measured(rng, how, who), before if users <= drawn else law_sizes(how, rule, users, rng), users)
    sizes = np.append(SIZES[[0, 1, 2, 4]] * 0.76 / 0.88, 0.24)[[0, 1, 2, 4, 3]] if twist == "double" else SIZES
    fresh = seed % 2 or twist == "double"
    after_who = people(rng, drawn, sizes) if fresh else again(rng, who)
    after, _ = placed(how, after_who, rule)
    after = after if users <= drawn else law_sizes(how, rule, users, rng, sizes)
    found = drift(cast, measured(rng, how, after_who, twist), after, cast.study)
    return [f"{s.of} {s.name}: {s.words}" for s in found.shifts]


def law_sizes(how: Law, rule: Any, users: int, rng: Any, sizes: Any = SIZES) -> Placement:
    """Places of as many users, drawn anew in pieces."""
    parts = []
    for _ in range(0, users, 100_000):
        group, place = rng.choice(GROUPS, min(users, 100_000), p=sizes), rng.normal(size=(min(users, 100_000), 4))
        parts.append(placed(how, (group, place, None), rule)[0].persona)
    return replace(nowhere(users, 0), persona=np.concatenate(parts)[:users])


def main() -> None:
    """One setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--refreshes", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--twist", default="", help='"more 7", "holes 3" or "double"; "" for none')
    asked = parser.parse_args()
    found = [refresh(asked.first + i, asked.users, asked.twist) for i in range(asked.refreshes)]
    want = {"more": "measure m", "holes": "empty m", "double": "persona P4"}.get(asked.twist.partition(" ")[0], "")
    want += asked.twist.partition(" ")[2].zfill(2) if want.endswith("m") else ""
    hits = [any(x.startswith(want + ":") for x in f) if want else bool(f) for f in found]
    low, high = wilson(np.array(np.mean(hits)), np.array(float(len(hits))))
    example = next((x for f in found for x in f if x.startswith(want)), "")
    print(json.dumps({
        "users": asked.users, "twist": asked.twist, "refreshes": asked.refreshes, "said": int(np.sum(hits)),
        "share": float(np.mean(hits)), "from": float(low), "to": float(high), "example": example,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
