"""What people believe of users, held against the data: are there such users, are they a group, and does it tell anything?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from personae import progress
from personae.errors import UsageError
from personae.facts.crossing import crossed, information, jaccard, rand, shown, spans
from personae.facts.crowd import LOOKED_AT, closeness, silhouette, told_apart
from personae.facts.intervals import holm, two_shares, wilson
from personae.model.belief import Beliefs, Believed, Estimate, Held, Part, Segment, Segments, Sketch, Together, Trait
from personae.model.cast import Cast
from personae.model.condition import Condition
from personae.model.features import Features
from personae.stages.foretold import foretold
from personae.stages.segmented import Membership
from personae.stages.select import select
from personae.words import believing
from personae.words.conditions import parse

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

CORE, OF, PART = 0.6, 0.5, 0.6
"""A hand-made persona is a core segment where at least so much of it is in one persona, of which it is at least half."""
ALPHA = 0.05


@dataclass(frozen=True, eq=False)
class Standing:
    """Where users stand: `persona` (n,) is an index of the cast's, -1 for none; `z` (n, r) coordinates in its behaviour
    space, nan for users whose place is not known."""

    persona: Ints
    z: Floats


def believe(
    features: Features, standing: Standing, cast: Cast, segments: Membership | None, sketches: Sequence[Sketch]
) -> Beliefs:
    """Hold existing segments and hand-made personas against the personas of a cast and the users of `features`.

    Raises UsageError P001 or P002 for a trait or claim that cannot be read, with its line.
    """
    study = cast.study
    crowd = _Crowd(features, standing, cast)
    progress.step("believe", "comparing with the personas")
    made = _segments(crowd, segments) if segments else None
    groups = {"persona": standing.persona} if cast.personas else {}
    if segments:
        groups["segment"] = segments.codes
    outcomes = foretold(features, groups, [segments.name] if segments else []) if segments else ()
    return Beliefs(
        cast.run, cast.evidence.verdict.kind.value, study.entity, len(features), made, outcomes,
        tuple(_believed(crowd, s) for s in sketches),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Crowd:
    """All users with their places."""

    features: Features
    standing: Standing
    cast: Cast

    @property
    def floor(self) -> int:
        return self.cast.study.floor

    def together(self, groups: Ints, size: int, wanted: Sequence[int]) -> list[Together | None]:
        """Whether each group stands together; None for one of too few users whose place is known."""
        rows = np.flatnonzero(np.isfinite(self.standing.z).all(axis=1) & (groups >= 0))[:LOOKED_AT]
        z, of, seed = self.standing.z[rows], groups[rows], self.cast.study.seed
        if not len(rows) or not z.shape[1]:
            return [None for _ in wanted]
        sizes = np.bincount(of, minlength=size)
        recalled, chance = told_apart(z, of, size, seed)
        own = silhouette(z, of, size)
        made: list[Together | None] = []
        for g in wanted:
            if sizes[g] < self.floor:
                made.append(None)
                continue
            near = closeness(z, of == g, seed)
            made.append(Together(*near, float(recalled[g]), float(chance[g]), float(own[g]) if np.isfinite(own[g]) else None))
        return made

    def table(self, groups: Ints, size: int) -> Ints:
        """Users (size, personas + 1) by group and persona, those in no persona last."""
        k = len(self.cast.personas)
        return crossed(groups, np.where(self.standing.persona < 0, k, self.standing.persona), size, k + 1)

    def parts(self, table: Ints) -> list[tuple[Part, ...]]:
        """Where each group (row) sits, in shares that give no small number away."""
        if not self.cast.personas:
            return [() for _ in table]
        counts, few = shown(table, self.floor)
        everyone = np.bincount(
            np.where(self.standing.persona < 0, table.shape[1] - 1, self.standing.persona), minlength=table.shape[1]
        ) / max(len(self.standing.persona), 1)
        names = [*((p.key, p.name) for p in self.cast.personas), ("", "no group")]
        return [
            tuple(
                Part(
                    *names[j], None if few[i, j] else min(1.0, float(counts[i, j] / max(table[i].sum(), 1))), float(everyone[j])
                )
                for j in range(table.shape[1])
                if round(everyone[j] * len(self.standing.persona)) >= self.floor
            )
            for i in range(len(table))
        ]

    def few(self, users: int) -> int | None:
        """A number of users that may be told."""
        return None if 0 < users < self.floor else users


def _segments(crowd: _Crowd, found: Membership) -> Segments:
    """Every segment of enough users, largest first, and all of them against the personas."""
    study, n = crowd.cast.study, len(found.names)
    sizes = np.bincount(found.codes[found.codes >= 0], minlength=n)
    told = [g for g in np.argsort(-sizes, kind="stable").tolist() if sizes[g] >= crowd.floor]
    table = crowd.table(found.codes, n)
    parts = crowd.parts(table[told])
    together = crowd.together(found.codes, n, told)
    made = [
        believing.segment(Segment(found.names[g], int(sizes[g]), float(sizes[g] / len(found.codes)), p, t), study.entity)
        for g, p, t in zip(told, parts, together, strict=True)
    ]
    grouped = table[:, :-1]
    one = other = None
    if crowd.cast.personas and grouped.sum() > 1:
        ends = spans(grouped, study.seed)
        one, other = Estimate(rand(grouped), *ends[0]), Estimate(information(grouped), *ends[1])
    whole = Segments(
        found.name, tuple(made), crowd.few(int((found.codes < 0).sum())), crowd.few(found.unknown), crowd.few(found.twice),
        n - len(told), one, other, _formed(crowd.cast, found),
    )  # fmt: skip
    return believing.segments(whole, study.entity, crowd.floor)


def _formed(cast: Cast, found: Membership) -> bool:
    """Whether the rule reads the column of the segments."""
    return found.formed and cast.rule is not None and any(f.column == found.name for f in cast.rule.features)


def _believed(crowd: _Crowd, sketch: Sketch) -> Believed:
    """One hand-made persona."""
    study, floor, features = crowd.cast.study, crowd.floor, crowd.features
    held = [_holds(features, sketch, i, floor) for i in range(len(sketch.traits) + len(sketch.claims))]
    traits, claims = held[: len(sketch.traits)], held[len(sketch.traits) :]
    every = np.logical_and.reduce([h for h, _ in traits])
    never = np.logical_or.reduce([k & ~h for h, k in traits])
    users = int(every.sum())
    made = _traits(crowd, sketch, traits, every)
    blank = Believed(
        sketch.name, sketch.origin, "nobody", crowd.few(users), None, crowd.few(int((~every & ~never).sum())), made,
        _strictest(sketch, traits, every), (), (), None, "", None,
    )  # fmt: skip
    k = len(crowd.cast.personas)
    if users >= floor:
        blank = _placed(crowd, blank, every, never, _claims(crowd, sketch, claims, every, never))
    return believing.believed(blank, k, study.entity, floor)


def _placed(crowd: _Crowd, made: Believed, every: Bools, never: Bools, claims: tuple[Held, ...]) -> Believed:
    """A hand-made persona of enough users: where they sit, and what that makes of it."""
    groups = np.where(every, 1, np.where(never, 0, -1)).astype(np.int64)
    table = crowd.table(groups, 2)
    together = crowd.together(groups, 2, [1])[0]
    verdict, nearest, shared = "anecdote", "", None
    if crowd.cast.personas:
        row = table[1, :-1]
        near = jaccard(table[1:, :-1], table[1:].sum(axis=1), table.sum(axis=0)[:-1])[0]
        best = int(row.argmax())
        nearest, shared = crowd.cast.personas[best].name, float(near[best])
        verdict = _verdict(table, best, together)
    few = crowd.few(int((groups == 0).sum())) is None
    return replace(
        made, verdict=verdict, share=None if few else float(every.mean()), claims=claims,
        parts=crowd.parts(table)[1], together=together, nearest=nearest, jaccard=shared,
    )  # fmt: skip


def _verdict(table: Ints, best: int, together: Together | None) -> str:
    """By the share of them in one persona, and their share of it."""
    users, persona, everyone = int(table[1].sum()), int(table[:, best].sum()), int(table.sum())
    inside, of = table[1, best] / users, table[1, best] / max(persona, 1)
    low = float(wilson(np.array(inside), np.array(float(users)))[0])
    if inside < PART or low <= persona / everyone or (together is not None and together.p >= ALPHA):
        return "anecdote"
    return "core segment" if inside >= CORE and of >= OF else "part of a persona"


def _holds(features: Features, sketch: Sketch, i: int, floor: int) -> tuple[Bools, Bools]:
    """For whom a trait or claim holds, and of whom that is known; an error names its line."""
    text = (*sketch.traits, *sketch.claims)[i]
    line = sketch.lines[i] if i < len(sketch.lines) else 0
    where = f"{sketch.where}, line {line}" if line else sketch.where or sketch.name
    try:
        condition: Condition = parse(text, where)
        holds, known = select(features, condition, floor)
    except UsageError as wrong:
        raise UsageError(wrong.code, wrong.what, where=f"{where}: {text}", did=wrong.did, fix=wrong.fix) from wrong
    return holds & known, known


def _strictest(sketch: Sketch, traits: Sequence[tuple[Bools, Bools]], every: Bools) -> str:
    """The trait without which most users more would fit; "" for a single one."""
    if len(traits) < 2:
        return ""
    gains = [int((_without(traits, i) & ~every).sum()) for i in range(len(traits))]
    return sketch.traits[int(np.argmax(gains))] if max(gains) > 0 else ""


def _without(traits: Sequence[tuple[Bools, Bools]], i: int) -> Bools:
    """Who meets all traits but one."""
    rest = [h for j, (h, _) in enumerate(traits) if j != i]
    return np.asarray(np.logical_and.reduce(rest)) if rest else np.ones(len(traits[0][0]), bool)


def _traits(crowd: _Crowd, sketch: Sketch, traits: Sequence[tuple[Bools, Bools]], every: Bools) -> tuple[Trait, ...]:
    """Every trait alone, all but it, and whether the others go with it."""
    users = len(every)
    tests = [_against(h, k, _without(traits, i)) for i, (h, k) in enumerate(traits)]
    alone = len(traits) < 2
    p = [1.0 if t is None or alone else t[4] for t in tests]
    corrected = holm(np.array(p), np.ones(len(p), bool))
    made = []
    for i, (h, _) in enumerate(traits):
        others, test = _without(traits, i), tests[i]
        own, rest = int(h.sum()), int((others & ~every).sum())
        told = None if test is None or alone or not _tellable(test, crowd.floor) else test
        share = Estimate(told[0], told[1], told[2]) if told else None
        sure = told is not None and corrected[i] < ALPHA and told[0] < told[5]
        made.append(
            believing.trait(
                Trait(
                    sketch.traits[i], crowd.few(own) if crowd.few(users - own) is not None else None,
                    None if 0 < rest < crowd.floor or 0 < int(every.sum()) < crowd.floor else crowd.few(int(others.sum())),
                    share, told[3] if told else None, float(corrected[i]) if told else None, sure,
                ),
                _many(crowd),
            )
        )  # fmt: skip
    return tuple(made)


def _many(crowd: _Crowd) -> str:
    from personae.words.names import plural

    return plural(crowd.cast.study.entity)


_Test = tuple[float, float, float, float, float, float, float, float, float, float]


def _against(holds: Bools, known: Bools, among: Bools) -> _Test | None:
    """Of a condition among some users and the rest: share, its interval, everyone's share, p, the rest's share, and the four
    counts behind them; None where one side is empty."""
    n, m = int((known & among).sum()), int((known & ~among).sum())
    if not n or not m:
        return None
    a, b = int((holds & among).sum()), int((holds & ~among).sum())
    low, high = wilson(np.array(a / n), np.array(float(n)))
    p = two_shares(np.array(a / n), np.array(float(n)), np.array(b / m), np.array(float(m)))
    return a / n, float(low), float(high), (a + b) / (n + m), float(p), b / m, a, n - a, b, m - b


def _tellable(test: _Test, floor: int) -> bool:
    """Whether no count behind a test is of fewer users than the floor without being none."""
    return all(x == 0 or x >= floor for x in test[6:]) and test[6] + test[7] >= floor


def _claims(
    crowd: _Crowd, sketch: Sketch, claims: Sequence[tuple[Bools, Bools]], every: Bools, never: Bools
) -> tuple[Held, ...]:
    """Every claim among those who meet all traits, against the rest."""
    tests = [_against(h, k & (every | never), every) for h, k in claims]
    corrected = holm(np.array([1.0 if t is None else t[4] for t in tests]), np.ones(len(tests), bool))
    made = []
    for text, t, p in zip(sketch.claims, tests, corrected.tolist()):
        if t is None or not _tellable(t, crowd.floor):
            made.append(believing.claim(Held(text, None, None, None, None, "few")))
            continue
        kind = "alike" if p >= ALPHA else "more" if t[0] > t[5] else "less"
        made.append(believing.claim(Held(text, int(t[6] + t[7]), Estimate(t[0], t[1], t[2]), t[5], p, kind)))
    return tuple(made)
