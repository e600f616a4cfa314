"""Personas that a person joins or splits: the rule with its prototypes under other owners, and the evidence that still holds.

What comes of it gets a key of its own: a key never comes to mean other people. The keys it was made of are not used again.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from personae.errors import DataError, UsageError
from personae.model.cast import Cast
from personae.model.evidence import Evidence
from personae.model.features import Features
from personae.model.persona import UNTESTED, Claim, Persona
from personae.model.rule import Rule
from personae.model.tree import Tree
from personae.stages.score import coordinates, place_features
from personae.stages.since import regrouped
from personae.words.edited import called_still

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

ROUNDS = 100
"""Rounds of 2-means at most."""


def check(cast: Cast, features: Features) -> None:
    """That the data are those of the run: the same users, each where they were. Raises DataError P112."""
    same = features.ids.equals(cast.ids) and cast.rule is not None
    if same and (place_features(cast.rule, features).persona == cast.placement.persona).all():
        return
    raise DataError(
        "P112",
        "the data have changed since the run: not every user is there and where they were",
        where=", ".join(cast.study.sources),
        did="nothing was changed",
        fix="run the new data, then merge or split there: personae run FILES",
    )


def regroup(cast: Cast, features: Features, kind: str, keys: tuple[str, ...]) -> tuple[Rule, Evidence, tuple[str, ...]]:
    """The rule and what is left of the evidence once personas are joined ("merge") or one is in two ("split"); the new keys.

    Raises UsageError P001 where it cannot be done, P201 where there is no rule.
    """
    if cast.rule is None:
        raise UsageError("P201", "this run found no groups", fix="use another run: personae runs")
    gone = tuple(p.index for p in cast.personas if p.key in keys)
    first = max(cast.rule.size, cast.evidence.verdict.groups, *(p.index + 1 for p in cast.personas))
    rule = _joined(cast, cast.rule, gone, first) if kind == "merge" else _split(cast, cast.rule, features, gone[0], first)
    made = tuple(range(first, rule.size))
    placed = place_features(rule, features).persona
    small = next((i for i in made if (placed == i).sum() < max(cast.study.floor, 1)), None)
    if small is not None:
        what = f"one part of {keys[0]} would have fewer than {cast.study.floor} users"
        raise UsageError("P001", what, where="KEY", did="nothing was changed", fix="leave it whole, or split another one")
    evidence = _evidence(replace(cast.evidence, given=cast.given), gone, first, rule.size)
    return rule, evidence, tuple(evidence.key(i) for i in made)


def finish(before: Cast, anew: Cast, made: tuple[str, ...]) -> Cast:
    """The new description with the old names of all who stayed, and words on the new ones that promise nothing."""
    hand = {*made, *(p.key for p in before.personas if p.steady == UNTESTED)}
    personas = tuple(by_hand(p) if p.key in hand else p for p in anew.personas if p.users)
    pictures = {p.key: p.picture for p in before.personas}
    personas = tuple(replace(p, picture=pictures.get(p.key, "")) for p in personas)
    stay = {p.key: p.name for p in before.personas if p.key in {q.key for q in personas}}
    cast = called_still(replace(anew, personas=personas, study=before.study), stay)
    return replace(cast, change=before.change, since=regrouped(before, cast))


def by_hand(p: Persona) -> Persona:
    """A persona that a person made: how firm it is was not tested."""
    claim = Claim("A person made this group out of others; whether it holds together was not tested.", "A", (f"{p.key}.size",))
    return replace(p, origin="edited", steady=UNTESTED, steadiness=0.0, story=(*p.story[:-1], claim))


def _joined(cast: Cast, rule: Rule, gone: tuple[int, ...], first: int) -> Rule:
    """The rule with the prototypes of several personas under one owner."""
    if len(gone) < 2 or len(cast.personas) - len(gone) < 1:
        what = "a merge takes two personas" if len(gone) < 2 else "nothing would be left beside the merged persona"
        raise UsageError("P001", what, where="KEY", did="nothing was changed", fix="personae merge P2 P3")
    owner = np.where(np.isin(rule.owner, gone), first, rule.owner).astype(np.int32)
    return replace(rule, owner=owner)


def _split(cast: Cast, rule: Rule, features: Features, gone: int, first: int) -> Rule:
    """The rule with a persona in two: at the highest joint of the run's own tree below it, else by 2-means of its users."""
    own = rule.owner == gone
    if rule.tree is not None and rule.leaf is not None and len(set(rule.leaf[own].tolist())) > 1:
        side = _side(rule.tree, rule.leaf, own)
        owner = rule.owner.copy()
        owner[own] = np.where(side[own], first, first + 1)
        return replace(rule, owner=owner)
    z = coordinates(rule, features)[cast.placement.persona == gone]
    centres = _two(z)
    at = int(np.flatnonzero(own)[0])
    return replace(
        rule,
        prototypes=np.vstack((rule.prototypes[~own], centres)),
        owner=np.append(rule.owner[~own], [first, first + 1]).astype(np.int32),
        radius=np.append(rule.radius[~own], [rule.radius[own].max()] * 2),
        leaf=None if rule.leaf is None else np.append(rule.leaf[~own], [rule.leaf[at]] * 2).astype(np.int32),
        extent=None if rule.extent is None else rule.extent.only(np.append(np.flatnonzero(~own), [at] * 2)),
    )


def _side(tree: Tree, leaf: NDArray[np.int32], own: Bools) -> Bools:
    """Which prototypes (p,) lie in the first child of a persona in the tree; `leaf` (p,) holds several leaves of its own."""
    cuts = (np.array(tree.cut(groups))[leaf] for groups in range(2, tree.leaves + 1))
    cut = next(c for c in cuts if len(set(c[own].tolist())) > 1)
    return np.asarray(cut == cut[own].min())


def _two(z: Floats) -> Floats:
    """The centres (2, r) of 2-means, the larger part first; it starts from both sides of the longest direction."""
    middle = z - z.mean(axis=0)
    longest = np.linalg.svd(middle.T @ middle)[0][:, 0]
    first = middle @ longest > 0
    for _ in range(ROUNDS):
        if first.all() or not first.any():
            raise UsageError("P001", "its users stand in one place and cannot be split", where="KEY", fix="leave it whole")
        centres = np.vstack((z[first].mean(axis=0), z[~first].mean(axis=0)))
        d = ((z[:, None, :] - centres[None]) ** 2).sum(axis=2)
        nearer = d[:, 0] < d[:, 1]
        if (nearer == first).all():
            break
        first = nearer
    return centres if first.sum() * 2 >= len(z) else centres[::-1]


def _evidence(found: Evidence, gone: tuple[int, ...], first: int, size: int) -> Evidence:
    """What was tested of the groups that stay; what spoke of them as a set is left out. Groups from `first` on are new."""
    steady = (*found.steadiness, *([math.nan] * size))[:size]
    last = max(found.given, first)
    return replace(
        as_groups_apart(found, tuple(math.nan if i in gone else s for i, s in enumerate(steady))),
        keys=(*(found.key(i) for i in range(first)), *(f"P{last + 1 + i}" for i in range(size - first))),
        given=last + size - first,
    )


def as_groups_apart(found: Evidence, steadiness: tuple[float, ...]) -> Evidence:
    """The evidence with this steadiness of each group, and without what spoke of the groups as a set."""
    return replace(
        found,
        steadiness=steadiness,
        borders=(),  # a group that stays has new neighbours, and the borders to them were not tested
        map=None,
        replay=None,
        worlds=None,
        kinship=None,
        torn=None,
        lineage=None,
        flags=None,
        silhouettes=(),
    )
