"""The old rule against a new search on the same new users: which of them places everybody from now on, under which keys.

The old rule stays where the search finds the same groups; it follows the data where its borders lie further from those of the
search than samples of one population differ. Another structure is taken only where a change stands clear of chance; changes
that do not are held back beside it.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from personae import plugins
from personae.facts.crossing import rand
from personae.model.cast import Cast
from personae.model.descent import Act, Crossing
from personae.model.evidence import Border, Evidence, Structure
from personae.model.features import Features
from personae.model.persona import STEADY, UNTESTED
from personae.model.rule import Placement, Rule
from personae.model.study import Study
from personae.rule import events_of
from personae.stages.beside import beside
from personae.stages.descend import cross, descend, known, likeness, vanished
from personae.stages.diff import SAME, position
from personae.stages.regroup import as_groups_apart
from personae.stages.score import coordinates, place_features

if TYPE_CHECKING:
    import numpy.typing as npt

    from personae.stages.kept import Kept

    Ints = npt.NDArray[np.int64]

VALLEY, SOFT = 0.05, 0.2
"""p of the dip up to which a border between two groups is a gap, and above which there is none."""
SLACK = 0.05
"""How much further than groupings of two samples the old rule may lie from the new one, and stay."""
USUAL = 0.9
"""Agreement (adjusted Rand index) from which it stays, where samples were not compared."""
OUTSIDE = 0.03
"""Share of users whom the new rule takes in and the old one does not, up to which it stays."""

UNSEEN = "Gaps between them were not tested anew."


@dataclass(frozen=True, eq=False)
class Renewal:
    """The rule from now on, with evidence that has its keys; what the search alone would have made of the groups; and which of
    it was taken. `kept` says that the old rule stays, `reads` are the features it reads."""

    rule: Rule
    evidence: Evidence
    acts: tuple[Act, ...]
    taken: tuple[Act, ...]
    crossing: Crossing
    kept: bool
    places: tuple[tuple[int, int], ...]
    """(group of the search, index in the rule), where the rule is that of the search."""


@dataclass(frozen=True)
class Group:
    """A group of the renewed rule: the owners its prototypes have in the rule it comes from, and the position of the persona
    before whose key it keeps, None for a key of its own."""

    owners: tuple[int, ...]
    keeps: int | None
    steadiness: float = math.nan
    users: int = 0


def renew(before: Cast, features: Features, reads: Features, rule: Rule, found: Evidence, study: Study) -> Renewal:
    """The rule that places everybody from now on. `rule` and `found` are of a new search on `features`; `reads` are the same
    users with all that the old rule reads."""
    if before.rule is None:
        raise ValueError("a run without groups cannot be renewed")
    placed, new = place_features(before.rule, reads), place_features(rule, features).persona.astype(np.int64)
    old = _positions(before, placed)
    c = cross(before, features.ids, old, new, rule.size)
    acts = tuple(_judged(a, c, before, reads, old, found, study) for a in descend(c, study.floor))
    taken, groups, chosen = _taken(acts, c, before, rule, found, features, old, new)
    own, whole = chosen is before.rule, chosen is rule and len(groups) == rule.size
    plain = len(groups) == rule.size and all(a.kind == "same" and len(a.after) == 1 for a in taken)
    if own and plain:  # in the order of the new groups, whose evidence speaks of the same ones
        heir = {a.before[0]: a.after[0] for a in taken}
        groups = sorted(groups, key=lambda g: heir[-1 if g.keeps is None else g.keeps])
    elif not whole:
        groups = sorted(groups, key=lambda g: -g.users)
    made = _owned(chosen, groups)
    evidence = _keyed(before, groups, found)
    if own and plain:
        evidence = replace(evidence, fidelity=min(found.fidelity, _alike(acts, c)))
    elif not whole:
        at = place_features(made, reads if own else features).persona
        tested = _tested(before.rule, features, at, len(groups), found, study)
        evidence = _apart(evidence, groups, {p for p, q in enumerate(before.personas) if q.steady == UNTESTED}, tested)
    if more := untaken(before, acts, taken, c):
        evidence = replace(evidence, verdict=replace(evidence.verdict, why=f"{evidence.verdict.why} {more}"))
    places = () if own else tuple((o, n) for n, g in enumerate(groups) for o in g.owners)
    return Renewal(made, evidence, acts, taken, c, own, places)


def untaken(before: Cast, acts: tuple[Act, ...], taken: tuple[Act, ...], c: Crossing) -> str:
    """What the search also found and was not taken, each with the reason, in a sentence; "" where all was."""
    done = {(a.kind, a.before, a.after) for a in taken}
    left = [a for a in acts if a.kind != "same" and (a.kind, a.before, a.after) not in done]
    said = []
    for a in left:
        keys = " and ".join(before.personas[i].key for i in a.before)
        what = {"split": f"{keys} in {len(a.after)} parts", "merged": f"{keys} as one", "gone": f"{keys} gone"}.get(a.kind)
        what = what or f"a new group of {int(c.now_after[list(a.after)].sum()):,}"
        said.append(f"{what}, not taken because {a.why or 'another act of the same search is not sure'}")
    return f"The search also found {'; '.join(said)}." if said else ""


def _positions(before: Cast, placed: Placement) -> Ints:
    """The positions among the personas before of users placed by their rule."""
    return position(replace(before, placement=placed))


def _judged(a: Act, c: Crossing, before: Cast, reads: Features, old: Ints, found: Evidence, study: Study) -> Act:
    """An act with whether the evidence holds it."""
    if a.kind == "same":
        return a
    if a.kind == "gone":
        return a if vanished(c, a.before[0], study.floor) else replace(a, sure=False, why="its users are still there")
    if any(before.personas[i].steady == UNTESTED for i in a.before):
        return replace(a, sure=False, why="a person made the group")
    if found.verdict.kind is not Structure.NATURAL:
        return replace(a, sure=False, why=f"the groups of the new search are {found.verdict.kind.value}")
    if any(found.steadiness[j] < STEADY for j in a.after):
        return replace(a, sure=False, why="other samples of the same users do not give it")
    if a.kind == "merged":
        return a if _grown_together(a, c, before, reads, old, study) else replace(a, sure=False, why="a gap still parts them")
    soft = [b for b in found.borders if b.p > VALLEY and _asked(a, b.first, b.second)]
    return replace(a, sure=False, why="no gap parts them") if soft else a


def _asked(a: Act, first: int, second: int) -> bool:
    """Whether a border between two new groups has to be a gap: between parts of a split, and all around a new group."""
    inside = (first in a.after) + (second in a.after)
    return inside == 2 if a.kind == "split" else inside > 0


def _grown_together(a: Act, c: Crossing, before: Cast, reads: Features, old: Ints, study: Study) -> bool:
    """Whether no gap is left between groups that are said to have merged, among new users by the old rule."""
    if before.rule is None:
        return False
    z = coordinates(before.rule, reads)
    there = [i for i in a.before if c.now_before[i] >= study.floor]
    activity = np.ones(len(z)) if reads.counts is None else np.asarray(reads.counts.matrix.sum(axis=1), float).ravel()
    plug, inside = plugins.find("checks", "borders"), old >= 0
    pairs = [(i, j) for n, i in enumerate(there) for j in there[n + 1 :]]
    return all(plug.between(z[inside], old[inside], pair, activity[inside], study.seed) > SOFT for pair in pairs)


def _taken(
    acts: tuple[Act, ...],
    c: Crossing,
    before: Cast,
    rule: Rule,
    found: Evidence,
    features: Features,
    old: Ints,
    new: Ints,
) -> tuple[tuple[Act, ...], list[Group], Rule]:
    """The acts that are taken, the groups that follow, and the rule whose groups they are."""
    changed = [a for a in acts if a.kind != "same" and a.sure]
    unsure = [a for a in acts if not a.sure]
    joinable = all(a.kind == "split" and len(a.before) == 1 for a in unsure)
    near = np.maximum(likeness(c)[0], likeness(c)[1] if known(c) else 0.0)
    if unsure and not joinable:
        beyond = any(a.kind != "gone" for a in changed)  # who is gone is left out of the old rule
        both = beside(acts, rule, features, old, new, before.study.floor) if beyond else None
        if both is None:
            return _old(acts, c, before, found)
        return both.acts, _groups(both.acts, near, both.users, _steady(both.acts, unsure, found, both.rule.size)), both.rule
    if not changed and _stays(acts, c, rule, found):
        return _old(acts, c, before, found)
    held = tuple(Act("same", a.before, a.after) if a in unsure else a for a in acts)
    return held, _groups(held, near, c.now_after, found.steadiness), rule


def _groups(acts: tuple[Act, ...], near: npt.NDArray[np.float64], users: Ints, steadiness: tuple[float, ...]) -> list[Group]:
    """The groups of the new rule that acts leave, in its order."""
    return sorted((g for a in acts for g in _new(a, near, users, steadiness)), key=lambda g: g.owners)


def _steady(acts: tuple[Act, ...], unsure: list[Act], found: Evidence, size: int) -> tuple[float, ...]:
    """The steadiness of each group of a rule, unknown of those that are not as the search found them."""
    touched = {j for a in unsure for j in a.after} | {j for a in acts if len(a.after) > 1 and a.kind == "same" for j in a.after}
    known_ = (*found.steadiness, *([math.nan] * size))[:size]
    return tuple(math.nan if j in touched else s for j, s in enumerate(known_))


def _stays(acts: tuple[Act, ...], c: Crossing, rule: Rule, found: Evidence) -> bool:
    """Whether the old rule lies no further from the new one than two samples of one population do."""
    final = next((x for x in found.candidates if (x.method, x.size) == (found.chosen, found.verdict.groups)), None)
    usual = USUAL if final is None or final.stability is None else final.stability - SLACK
    joined = np.zeros_like(c.now[:, : len(acts)])
    for n, a in enumerate(acts):
        joined[:, n] = c.now[:, list(a.after)].sum(axis=1)
    lost = 1 - c.now_before.sum() / max(c.now_after.sum(), 1)
    return bool(rand(joined) >= usual and lost <= OUTSIDE)


def _old(acts: tuple[Act, ...], c: Crossing, before: Cast, found: Evidence) -> tuple[tuple[Act, ...], list[Group], Rule]:
    """The groups of the old rule, without those that are gone."""
    if before.rule is None:
        raise ValueError("a run without groups has no rule to keep")
    gone = {a.before[0] for a in acts if a.kind == "gone" and a.sure}
    after = {a.before[0]: a.after for a in acts if a.kind == "same"}
    held, groups = [], []
    for i in (i for i in range(len(before.personas)) if i not in gone):
        heir = after.get(i, ())
        held.append(Act("same", (i,), heir))
        steady = found.steadiness[heir[0]] if len(heir) == 1 else math.nan
        groups.append(Group((before.personas[i].index,), i, steady, int(c.now_before[i])))
    return (*held, *(Act("gone", (i,), ()) for i in sorted(gone))), groups, before.rule


def _new(a: Act, near: npt.NDArray[np.float64], users: Ints, steadiness: tuple[float, ...]) -> list[Group]:
    """The groups of the new rule that an act leaves. A key goes on where the people are the same."""
    if a.kind == "same":
        steady = steadiness[a.after[0]] if len(a.after) == 1 else math.nan
        return [Group(a.after, a.before[0], steady, int(users[list(a.after)].sum()))]
    made = []
    for j in a.after:
        best = max(a.before, key=lambda i: near[i, j], default=None)
        keeps = best if best is not None and near[best, j] >= SAME else None
        made.append(Group((j,), keeps, steadiness[j], int(users[j])))
    return made


def _owned(rule: Rule, groups: list[Group]) -> Rule:
    """The rule with the prototypes of these groups alone, which own them in this order."""
    place = {o: n for n, g in enumerate(groups) for o in g.owners}
    keep = np.array([int(o) in place for o in rule.owner])
    owner = np.array([place[int(o)] for o in rule.owner[keep]], np.int32)
    sort = np.argsort(owner, kind="stable")
    return replace(
        rule,
        prototypes=rule.prototypes[keep][sort],
        owner=owner[sort],
        radius=rule.radius[keep][sort],
        leaf=None if rule.leaf is None else rule.leaf[keep][sort],
        extent=None if rule.extent is None else rule.extent.only(np.flatnonzero(keep)[sort]),
    )


def _keyed(before: Cast, groups: list[Group], found: Evidence) -> Evidence:
    """The evidence with the key of each group: that of the persona it is, else one that was never given."""
    last, keys = before.given, []
    for g in groups:
        if g.keeps is None:
            last += 1
        keys.append(f"P{last}" if g.keeps is None else before.personas[g.keeps].key)
    return replace(found, keys=tuple(keys), given=last)


def _tested(
    before: Rule, features: Features, at: npt.NDArray[np.int32], groups: int, found: Evidence, study: Study
) -> Kept | None:
    """The tests of groups that are not all those of the search, on the users that it looked at."""
    from personae.stages.kept import kept  # loads scikit-learn

    return kept(features, at, groups, found, study, active=before.active if events_of(before) else None)


def _apart(found: Evidence, groups: list[Group], hand: Collection[int], tested: Kept | None) -> Evidence:
    """The evidence of a search for groups that are not all its own; `hand` are the personas before that a person made.

    What the search saw at its own borders says nothing of groups that it did not find: they are what their own tests say, and
    made for use where there are none. How steady a group is that a person made stays untold.
    """
    searched, kind, more = found.verdict.groups, Structure.CONSTRUCTIVE, UNSEEN
    steady, borders = tuple(g.steadiness for g in groups), tuple[Border, ...]()
    if tested is not None:
        by_hand = {n for n, g in enumerate(groups) if g.keeps in hand}
        steady = tuple(math.nan if n in by_hand else s for n, s in enumerate(tested.steadiness))
        kind, more, borders = tested.kind, tested.words(by_hand), tested.borders
    why = "some of them were made by a person" if hand else "what it finds otherwise does not stand clear of chance"
    stay = "are taken" if any(g.keeps is None for g in groups) else "that are known stay"
    said = f"A new search alone says {searched} groups; the {len(groups)} {stay}, as {why}. {more}"
    verdict = replace(found.verdict, kind=kind, groups=len(groups), alternative=searched, own=searched, why=said)
    return replace(as_groups_apart(replace(found, verdict=verdict), steady), borders=borders)


def _alike(acts: tuple[Act, ...], c: Crossing) -> float:
    """The share of users of both rules whom the old one puts where the new one does."""
    agreed = sum(int(c.now[i, j]) for a in acts for i in a.before for j in a.after)
    return agreed / max(int(c.now.sum()), 1)
