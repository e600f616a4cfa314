"""Small rules of every shape with users of every oddity, for the tests that hold the faces of the rule to one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from personae import plugins
from personae import rule as rules
from personae.model.rule import Extent, Feature, Guard, Placement, Rule, Step

NASTY = ("'; drop table users; --", 'a "b"', "back\\slash \\v", "ünï ☃", "</script>", "two\nlines", "%s {x} $1 ?")
LEVELS = ("free", "pl'us", "family \\ f", "")


@dataclass(frozen=True, eq=False)
class World:
    """A rule and users: counts (n, m) or None, measures (n,) by name, ids."""

    rule: Rule
    ids: tuple[str, ...]
    counts: csr_matrix | None
    measures: Mapping[str, np.ndarray[Any, Any]]

    def placed(self) -> Placement:
        """What numpy says; endless numbers are read as empty, as they are from files."""
        finite = {k: np.where(np.isfinite(v), v, np.nan) if v.dtype.kind == "f" else v for k, v in self.measures.items()}
        return rules.place(self.rule, self.counts, finite, len(self.ids))


def world(seed: int, users: int = 120) -> World:
    """A rule at random: with events or without, weighed in each way; numbers and texts; guards; groups that were joined."""
    rng = np.random.default_rng(seed)
    m = int(rng.integers(2, 6)) if seed % 3 else 0
    counts = _counts(rng, users, m) if m else None
    measures = _measures(rng, users) if seed % 3 != 1 else {}
    features = (*_events(rng, counts, m), *_columns(rng, measures))
    d, r = len(features), int(rng.integers(1, 4))
    rule = Rule(features, rng.standard_normal((d, r)), np.zeros((1, r)), np.zeros(1, np.int32), np.ones(1), 1.0)
    finite = {k: np.where(np.isfinite(v), v, np.nan) if v.dtype.kind == "f" else v for k, v in measures.items()}
    z = rules.coordinates(rule, counts, finite, users)
    owner = [(0, 1, 2), (0, 2, 2, 4), (0, 0, 1, 1, 3), (0,)][seed % 4]
    prototypes = z[rng.integers(0, users, len(owner))] + 0.1 * rng.standard_normal((len(owner), r))
    if seed % 5 == 0:
        prototypes[-1] = prototypes[0]
    radius = np.where(rng.random(len(owner)) < 0.5, np.inf, np.quantile(np.abs(z), 0.95) * rng.uniform(0.5, 3, len(owner)))
    guards = tuple(_guard(rng, a, b, bool(m)) for a, b in ((0, m), (m, d)) if b > a)
    needs = tuple(measures)[:1] if seed % 2 else ()
    made = replace(
        rule, prototypes=prototypes, owner=np.array(owner, np.int32), radius=radius, spread=float(rng.uniform(0.2, 2)),
        guards=guards, needs=needs, active=bool(m) and seed % 4 in (0, 3),
    )  # fmt: skip
    if seed % 7:
        made = replace(made, extent=_extent(rng, made, counts, finite, users))
    odd = ("007", "-1", "", "é'\"", "a b")
    ids = tuple(f"{odd[i % 5]}{i}" for i in range(users))
    return World(made, ids, counts, measures)


def _counts(rng: np.random.Generator, users: int, m: int) -> csr_matrix:
    x = rng.poisson(rng.gamma(1, 3, (users, 1)) * rng.dirichlet(np.ones(m), users)).astype(float)
    x[:3] = 0
    x[3] *= 1e6
    x[4, 0] = -2.0
    return csr_matrix(x)


def _measures(rng: np.random.Generator, users: int) -> dict[str, np.ndarray[Any, Any]]:
    spend = np.exp(rng.standard_normal(users))
    spend[rng.random(users) < 0.1] = np.nan
    spend[4:8] = (-0.0, 1e60, np.inf, -np.inf)
    quarter = rng.integers(-8, 8, users) / 4
    plan = np.array(LEVELS, object)[rng.integers(0, len(LEVELS), users)]
    if users > 2:
        spend[1], quarter[1], plan[1] = np.nan, np.nan, ""
    return {"spend": spend, "a quarter of 'it'": quarter, "plan": plan}


_WEIGHED = (("root",), ("share",), ("tfidf",), ("log",), (), ("tfidf", "quantile"), ("share", "minmax"))


def _events(rng: np.random.Generator, counts: csr_matrix | None, m: int) -> tuple[Feature, ...]:
    if counts is None:
        return ()
    names, chosen = [*NASTY[:m]], _WEIGHED[rng.integers(0, len(_WEIGHED))]
    x = np.asarray(counts.todense())
    made = []
    for j in range(m):
        steps = tuple(
            Step(s, plugins.find("steps", s).fit(x[:, j] / max(1.0, x[:, j].max()) if i else x[:, j]))
            for i, s in enumerate(chosen)
        )
        zero = np.zeros(1)
        for s in steps:
            zero = plugins.find("steps", s.name).apply(zero, s.learned)
        more = {"zero": float(zero[0])} if zero[0] else {"zero": 0.0}
        made.append(Feature(names[j], "event", names[j], (*steps, _scale(rng, more))))
    return tuple(made)


def _scale(rng: np.random.Generator, more: Mapping[str, float]) -> Step:
    return Step("scale", {"mean": float(rng.normal(0.2, 0.1)), "by": float(rng.uniform(0.2, 1.5)), **more})


def _columns(rng: np.random.Generator, measures: Mapping[str, Any]) -> list[Feature]:
    if not measures:
        return []
    made = []
    x = np.where(np.isfinite(measures["spend"]), measures["spend"], np.nan)
    for chosen in (("clip", "log"), ("fill", "robust"), ("blank",), ("quantile",))[: rng.integers(1, 5)]:
        steps, values = [], x
        for s in chosen:
            plug = plugins.find("steps", s)
            steps.append(Step(s, plug.fit(values)))
            values = plug.apply(values, steps[-1].learned)
        made.append(Feature("spend", "measure", "spend", (*steps, _scale(rng, {}))))
    made.append(Feature("q", "measure", "a quarter of 'it'", (Step("scale", {"mean": 0.0, "by": 1.0}),)))
    for level in LEVELS[:2]:
        steps = [Step("fill", {"value": "free"})] if rng.random() < 0.5 else []
        made.append(Feature(f"plan {level}", "measure", "plan", (*steps, Step("level", {"level": level}), _scale(rng, {}))))
    return made


def _extent(rng: np.random.Generator, rule: Rule, counts: csr_matrix | None, measures: Mapping[str, Any], users: int) -> Extent:
    """Limits that some of the users keep and some do not; with what is unseen and without, endless in a band."""
    edges = np.array([0.5, 5.0]) if counts is not None else np.zeros(0)
    z, norms, *_ = rules.projected(rule, counts, measures, users)
    columns = int(rng.integers(0, z.shape[1] + 1))
    basis = 0.3 * rng.standard_normal((z.shape[1], columns))
    unit = rng.uniform(0.5, 2, len(rule.owner)) * np.quantile(np.abs(z), 0.7)
    near, none = rng.uniform(0.5, 3, len(edges) + 1), np.full(len(edges) + 1, np.inf)
    left = rules.unseen(Extent(edges, unit, near, basis, none), z, norms)
    apart = np.quantile(left, rng.uniform(0.3, 0.9, len(near)))
    near[0], apart[-1] = (np.inf, apart[-1]) if rng.random() < 0.5 else (near[0], np.inf)
    return Extent(edges, unit, near, basis, apart)


def _guard(rng: np.random.Generator, start: int, stop: int, events: bool) -> Guard:
    edges = np.array([3.0, 8.0]) if events else np.zeros(0)
    return Guard(
        start, stop, rng.uniform(0.2, 1, stop - start), edges, rng.uniform(15, 60, len(edges) + 1), 1e4 if events else np.inf
    )
