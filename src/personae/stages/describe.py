"""The groups in numbers: facts, traits, outcomes, demographics, and users worth talking to."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from personae import progress
from personae.facts.contrast import Contrast, contrast
from personae.facts.floor import bounded, coarse, hidden, nobody
from personae.facts.growth import growth
from personae.facts.intervals import holm, wilson
from personae.facts.members import members
from personae.facts.tally import Item, Tally, tally
from personae.facts.traits import strongest, telling
from personae.model.evidence import Evidence, Structure
from personae.model.fact import Fact
from personae.model.features import Features
from personae.model.persona import Member, Profile, Trait
from personae.model.rule import Place, Placement
from personae.model.study import Role, Study
from personae.stages.select import only
from personae.words.names import CAPPED, parts, readable

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

EVERYONE = "all"


def describe(
    features: Features, placement: Placement, evidence: Evidence, study: Study
) -> tuple[tuple[Profile, ...], tuple[Fact, ...], tuple[Member, ...]]:
    """Facts about everyone and each persona, each persona's profile, and its users worth talking to.

    A group with fewer users than `study.floor` has no facts, no members, and a profile of zeros; its users then count
    neither for everyone, when they and those in no group are together fewer than the floor. Facts come in the order of
    subjects (everyone first), then of what was measured. No group is described when the verdict is nothing and unforced.
    """
    world = _world(features, placement, evidence, study)
    facts = [*_sizes(world), *_facts(world), *_growths(world)]
    profiles = tuple(_profile(world, g, facts) for g in range(world.k))
    profiles = tuple(_with_nearest(world, p) for p in profiles)
    people = tuple(
        m
        for g in range(world.k)
        if world.shown[g]
        for m in members(features, placement, g, evidence.key(g), world.tally.items, *world.told[g])
    )
    progress.tell("describe", f"{len(facts):,} facts about {sum(world.shown)} groups")
    return profiles, tuple(facts), people


@dataclass(frozen=True, eq=False)
class _World:
    """What the parts of a description share. Rows of arrays are groups in order, the last those in no shown group."""

    features: Features
    placement: Placement
    evidence: Evidence
    k: int
    sizes: tuple[int, ...]
    users: int
    shown: tuple[bool, ...]
    tally: Tally
    contrast: Contrast
    hidden: Bools
    corrected: Floats
    keep: Bools
    strength: Floats
    told: tuple[tuple[list[int], list[int]], ...]
    floor: int

    def key(self, g: int) -> str:
        """The key of a group."""
        return self.evidence.key(g)


def _world(features: Features, placement: Placement, evidence: Evidence, study: Study) -> _World:
    """Count, compare and choose, once for all groups."""
    verdict = evidence.verdict
    none = verdict.kind == Structure.NOTHING and not verdict.forced
    persona = placement.persona.astype(np.int64)
    k = 0 if none else max(verdict.groups, int(persona.max(initial=-1)) + 1)
    sizes = np.bincount(persona[persona >= 0], minlength=k)[:k] if k else np.zeros(0, dtype=np.int64)
    shown = sizes >= max(study.floor, 1)
    place = np.append(np.where(shown, np.arange(k), k), k)
    group = place[np.where((persona < 0) | none, k, persona)]
    few = (group == k).sum() < study.floor and k > 0
    kept = only(features, group < k) if few else features
    sums = tally(kept, group[group < k] if few else group, k + 1)
    sums = labelled(sums, features, study)
    sums = bounded(sums, study.floor)
    versus = contrast(sums)
    mask = hidden(sums, study.floor)
    fresh = np.array([i.lead and not i.forms for i in sums.items], dtype=bool)
    tested = fresh & ~mask & ~np.isnan(versus.p)
    tested[-1] = False
    keep, strength = telling(sums, versus, mask, study.floor)
    told = tuple(strongest(features, sums.items, strength[g], persona) if shown[g] else ([], []) for g in range(k))
    return _World(
        features, placement, evidence, k, tuple(int(s) for s in sizes), len(features), tuple(bool(s) for s in shown),
        sums, versus, mask, holm(versus.p, tested), keep, strength, told, study.floor,
    )  # fmt: skip


def labelled(sums: Tally, features: Features, study: Study) -> Tally:
    """The same sums, their items with labels and units for a reader."""
    called = _called(features, study)
    return replace(sums, items=tuple(replace(i, label=_label(i, called), unit=_unit(i)) for i in sums.items))


def _called(features: Features, study: Study) -> str:
    """What an event is called that has only a number: "offer" for a column "Offer #"."""
    column = (features.counts.column if features.counts is not None else "") or study.event
    words = [w for w in re.findall(r"[^\W\d_]+", readable(column)) if w.lower() not in ("id", "no", "nr", "number", "code")]
    return " ".join(words).lower() or "event"


def _label(item: Item, called: str) -> str:
    """Words for an item: events and raw column names are made readable, given labels are kept."""
    if item.code.startswith("e"):
        name = readable(item.label) if re.search(r"[^\W\d]", item.label) else f"{called} {item.label}"
        return f"{name} (at least once)" if item.proportion else name
    stem, level = parts(item.label, item.measure)
    cap = CAPPED.search(item.label)
    words = readable(stem) if stem == item.about else stem
    if cap:
        return words + cap.group()
    return words + item.label.removeprefix(stem) if level and item.label.startswith(stem) else words


def _unit(item: Item) -> str:
    """The unit, with its ends for an answer scale: "points from 1 to 5"."""
    return f"points from {item.scale[0]:g} to {item.scale[1]:g}" if item.scale and not item.unit else item.unit


def _sizes(world: _World) -> list[Fact]:
    """Size, share, steadiness and borderline share of each group, and how many users there are."""
    source = "users placed by the rule"
    facts = [Fact("all.size", EVERYONE, "users", "users", "count", float(world.users), "users", world.users,
                  source=source, query="count(*) over all users")]  # fmt: skip
    left = world.users - sum(size for size, ok in zip(world.sizes, world.shown) if ok)
    if world.k and left >= world.floor:
        facts.append(Fact("all.outside", EVERYONE, "not in any group", "not in any group", "count", float(left), "users", left,
                          source=source, query="count(*) over users in no group that is shown"))  # fmt: skip
    for g in range(world.k):
        if world.shown[g]:
            facts += _size(world, g, source)
    return facts


def _size(world: _World, g: int, source: str) -> list[Fact]:
    """The four facts of a group as a group."""
    n, name = world.sizes[g], world.key(g)
    share = n / world.users
    low, high = _wilson(share, world.users)
    facts = [
        Fact(f"{name}.size", name, "users", "users", "count", float(n), "users", n, everyone=float(world.users),
             source=source, query=f"count(*) over users of {name}"),
        Fact(f"{name}.share", name, "share of users", "share of users", "share", share, "share of users", n, low, high,
             source=source, query=f"users of {name} / all users"),
    ]  # fmt: skip
    if g < len(world.evidence.steadiness) and math.isfinite(world.evidence.steadiness[g]):
        facts.append(
            Fact(f"{name}.steadiness", name, "steadiness", "same group in resamples", "mean", world.evidence.steadiness[g],
                 "Jaccard", n, source="bootstrap resamples", query=f"mean best Jaccard of {name} over bootstrap samples"),
        )  # fmt: skip
    border = int(((world.placement.persona == g) & (world.placement.kind == Place.BORDER)).sum())
    if border == 0 or border >= world.floor:
        low, high = _wilson(border / n, n)
        facts.append(
            Fact(f"{name}.border", name, "borderline", "near the border with a second group", "share", border / n,
                 "share of users", n, low, high, source=source, query=f"share of users of {name} near a border"),
        )  # fmt: skip
    return [*facts, *_borders(world, g)]


def _borders(world: _World, g: int) -> list[Fact]:
    """How many borders of a group are clear, of how many that were looked at, and each border that is soft."""
    name, n = world.key(g), world.sizes[g]
    found = ((b.second if b.first == g else b.first, b) for b in world.evidence.borders if g in (b.first, b.second))
    met = sorted(((h, b) for h, b in found if h < world.k and world.shown[h]), key=lambda x: x[0])
    if not met:
        return []
    source, clear = "dip test at the borders", sum(not b.soft for _, b in met)
    facts = [Fact(f"{name}.borders", name, "borders", "borders with a gap", "count", float(clear), "borders", n,
                  everyone=float(len(met)), source=source, query=f"clear borders of {name} / its borders")]  # fmt: skip
    return facts + [
        Fact(f"{name}.soft.{world.key(h)}", name, "soft border", f"no gap to {world.key(h)}", "p", b.p, "", n,
             source=source, query=f"p of the dip test between {name} and {world.key(h)}")
        for h, b in met if b.soft
    ]  # fmt: skip


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval of one share."""
    low, high = wilson(np.array([share]), np.array([float(n)]))
    return float(low[0]), float(high[0])


def _facts(world: _World) -> list[Fact]:
    """The facts of everyone and of every shown group about everything that was tallied."""
    facts = []
    unsaid = nobody(world.tally)
    for j in range(len(world.tally.items)):
        if _open(world, j) and not unsaid[j]:
            facts += [_about_everyone(world, j), *_median(world, j, world.k + 1, EVERYONE)]
    for g in range(world.k):
        if world.shown[g]:
            for i in np.flatnonzero(~world.hidden[g]):
                facts += [_about_group(world, g, int(i)), *_median(world, int(i), g, world.key(g))]
    return facts


def _growths(world: _World) -> list[Fact]:
    """The growth of each amount against the time before, of everyone and every shown group (R18)."""
    persona, k = world.placement.persona, world.k
    inside = np.isin(persona, [g for g in range(k) if world.shown[g]])
    everyone = inside if 0 < (~inside).sum() < world.floor and k else np.ones(len(persona), bool)
    facts = []
    known = {m.name: m for m in world.features.measures}
    for now in known.values():
        before = known.get(now.against)
        if before is None:
            continue
        whole = growth(now.values, before.values, everyone, world.floor)
        for name, rows in ((EVERYONE, everyone), *((world.key(g), persona == g) for g in range(k) if world.shown[g])):
            own = growth(now.values, before.values, rows, world.floor)
            if own is None:
                continue
            rest = growth(now.values, before.values, everyone & ~rows, world.floor) if name != EVERYONE else None
            words, label = (f"growth of {m}" for m in (now.name, now.label))
            users = "all users" if name == EVERYONE else f"users of {name}"
            facts.append(Fact(
                f"{name}.growth.{now.name}", name, words, label, "growth", own.value, "share", own.n, own.low, own.high,
                whole.value if whole and name != EVERYONE else None, rest.value if rest else None, source=now.source,
                query=f'sum("{now.name}") / sum("{before.name}") - 1 over {users}',
            ))  # fmt: skip
    return facts


def _open(world: _World, j: int) -> bool:
    """Whether everyone's value of an item may be shown."""
    n, base = float(world.tally.n[:, j].sum()), float(world.tally.base[:, j].sum())
    item = world.tally.items[j]
    small = 0 < base < world.floor or (item.proportion and not item.doing and 0 < n - base < world.floor)
    return n >= world.floor and not small


def _about_everyone(world: _World, j: int) -> Fact:
    """The value of an item among all users."""
    item, c = world.tally.items[j], world.contrast
    return Fact(
        f"{EVERYONE}.{item.code}", EVERYONE, item.measure, item.label, item.statistic, float(c.everyone[j]), item.unit,
        coarse(c.everyone_n[j], world.users, world.floor), _number(c.everyone_low[j]), _number(c.everyone_high[j]),
        source=item.source, query=item.query.replace("{users}", "all users"), least=world.tally.bound(None, j),
    )  # fmt: skip


def _about_group(world: _World, g: int, j: int) -> Fact:
    """The value of an item in one group, against everyone and the rest."""
    item, c = world.tally.items[j], world.contrast
    multiple = _number(c.multiple[g, j]) if item.lead else None
    return Fact(
        f"{world.key(g)}.{item.code}", world.key(g), item.measure, item.label, item.statistic, float(c.value[g, j]), item.unit,
        coarse(world.tally.n[g, j], world.sizes[g], world.floor),
        _number(c.low[g, j]), _number(c.high[g, j]), _number(c.everyone[j]), _number(c.rest[g, j]),
        multiple, _number(c.multiple_low[g, j]) if multiple is not None else None,
        _number(c.multiple_high[g, j]) if multiple is not None else None, _number(world.corrected[g, j]),
        item.source, item.query.replace("{users}", f"users of {world.key(g)}"), world.tally.bound(g, j),
    )  # fmt: skip


def _median(world: _World, j: int, row: int, subject: str) -> list[Fact]:
    """The median of an item in one group or everyone, or nothing where none is kept."""
    item, tally = world.tally.items[j], world.tally
    if math.isnan(tally.middle[row, j]):
        return []
    n, users = (tally.n[:, j].sum(), world.users) if subject == EVERYONE else (tally.n[row, j], world.sizes[row])
    group = "all users" if subject == EVERYONE else f"users of {subject}"
    everyone = None if subject == EVERYONE else float(tally.middle[-1, j])
    return [
        Fact(
            f"{subject}.{item.code.replace('.mean', '.median')}", subject, item.measure, item.label, "median",
            float(tally.middle[row, j]), item.unit, coarse(n, users, world.floor), everyone=everyone,
            source=item.source, query=f'median("{item.measure}") over {group}',
        )
    ]  # fmt: skip


def _number(value: float) -> float | None:
    """The number, or None where there is none."""
    return float(value) if math.isfinite(value) else None


def _profile(world: _World, g: int, facts: list[Fact]) -> Profile:
    """One group in numbers, zeros for one too small to show. Half the floor stands for any fewer users on the border."""
    if not world.shown[g]:
        return Profile(g, world.key(g), 0, 0.0, 0.0, 0.0, (), (), (), (), ())
    own = {f.id: f for f in facts if f.subject == world.key(g)}
    base = tuple(
        i for i in (f"{world.key(g)}.{part}" for part in ("size", "share", "steadiness", "border", "borders")) if i in own
    )
    above, below = world.told[g]

    def of(role: Role) -> tuple[str, ...]:
        items = ((j, i) for j, i in enumerate(world.tally.items) if i.role == role and i.lead and not world.hidden[g, j])
        return tuple(f"{world.key(g)}.{i.code}" for _, i in items)

    return Profile(
        g, world.key(g), world.sizes[g], world.sizes[g] / world.users,
        own[f"{world.key(g)}.border"].value if f"{world.key(g)}.border" in own else world.floor / 2 / world.sizes[g],
        own[f"{world.key(g)}.steadiness"].value if f"{world.key(g)}.steadiness" in own else 0.0,
        tuple(_trait(world, g, j) for j in above), tuple(_trait(world, g, j) for j in below),
        of(Role.OUTCOME) + tuple(i for i, f in own.items() if f.statistic == "growth"), of(Role.DEMOGRAPHIC), base,
    )  # fmt: skip


def _trait(world: _World, g: int, j: int) -> Trait:
    """One difference worth telling."""
    item, c = world.tally.items[j], world.contrast
    value, everyone = float(c.value[g, j]), float(c.everyone[j])
    multiple = float(c.multiple[g, j])
    if not math.isfinite(multiple):
        told = value > 0 and everyone > 0 and (item.scale is not None or not item.unit.startswith("points"))
        multiple = value / everyone if told else 1.0  # the zero of points is nobody's nothing
    return Trait(
        item.measure, item.label, f"{world.key(g)}.{item.code}", multiple, value, everyone,
        item.statistic, item.unit, str(item.role), item.forms, float(c.distance[g, j]) if item.plain else None, item.scale,
    )  # fmt: skip


def _with_nearest(world: _World, profile: Profile) -> Profile:
    """The profile with its nearest other group (mean squared difference in standard deviations over what formed the groups)
    and the measure that separates the two most."""
    g = profile.index
    others = [h for h in range(world.k) if h != g and world.shown[h]]
    lead = [j for j, i in enumerate(world.tally.items) if i.lead and i.role not in (Role.OUTCOME, Role.DEMOGRAPHIC)]
    if not world.shown[g] or not others or not lead:
        return profile
    gap = np.nan_to_num(world.contrast.distance[:, lead] - world.contrast.distance[g, lead])
    formed = np.array([world.tally.items[j].forms for j in lead])
    counted = formed if formed.any() else ~formed
    nearest = min(others, key=lambda h: (float((gap[h, counted] ** 2).sum()), h))
    both = ~world.hidden[g, lead] & ~world.hidden[nearest, lead] & counted
    strength = np.where(both, np.abs(gap[nearest]), -1.0)
    best = int(strength.argmax())
    return replace(
        profile, nearest=world.key(nearest), nearest_measure=world.tally.items[lead[best]].measure if both.any() else ""
    )
