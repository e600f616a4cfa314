"""Simulated weeks of a product whose groups are known: does a refresh tell what became of them, and do keys stay with people?

    python benchmarks/weeks.py --world log --seed 1 --weeks 52 --out weeks.json

Each week the same people (but a tenth of them, who are replaced) behave anew by the law of their group; some change groups.
Most weeks nothing else happens, or only the seed of the search changes, one group grows, or means drift. In the others a group
splits, two merge, one is born or one dies. Every group of every week is a transition that must be told right; a key that passes
to people of another group is a label swap; any act but "same" in a week without one is a false alarm.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from personae import flow
from personae.errors import PersonaeError
from personae.model.cast import Cast
from personae.model.study import Study

NULL = ("turnover", "turnover", "reseed", "drift", "growth")
PLANTED = ("split", "merge", "birth", "death")
EVENTS, MEASURES = 16, 6


@dataclass
class World:
    """People by group, and the law of each group: weights of events, or means of measures. Groups have numbers of their own,
    which are never used again."""

    kind: str
    rng: np.random.Generator
    apart: float
    users: int
    laws: dict[int, np.ndarray] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    group: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    dead: dict[int, np.ndarray] = field(default_factory=dict)
    last: int = 0
    given: int = 0

    def start(self, groups: int) -> None:
        for _ in range(groups):
            self.laws[self.number()] = self.law()
        self.arrive(self.users, list(self.laws))

    def number(self) -> int:
        self.last += 1
        return self.last

    def arrive(self, people: int, groups: list[int]) -> None:
        self.ids += [f"u{self.given + i:06d}" for i in range(people)]
        self.given += people
        self.group = np.append(self.group, self.rng.choice(groups, people)).astype(np.int64)

    def leave(self, who: np.ndarray) -> None:
        self.ids = [i for i, gone in zip(self.ids, who, strict=True) if not gone]
        self.group = self.group[~who]

    def law(self) -> np.ndarray:
        """A law that is as far from all others as asked."""
        best, far = None, -1.0
        for _ in range(200):
            if self.kind == "log":
                weights = self.rng.dirichlet(np.full(EVENTS, 8.0))
                weights[self.rng.permutation(EVENTS)[:4]] *= self.apart
                made = weights / weights.sum()
            else:
                made = self.rng.normal(0, 1, MEASURES)
                made *= self.apart / np.linalg.norm(made)
            gap = min((self.distance(made, other) for other in self.laws.values()), default=9.0)
            if gap > far:
                best, far = made, gap
            if gap >= (0.55 if self.kind == "log" else 1.2 * self.apart):
                break
        assert best is not None
        return best

    def distance(self, one: np.ndarray, other: np.ndarray) -> float:
        if self.kind == "log":
            return float(np.linalg.norm(np.sqrt(one) - np.sqrt(other)))
        return float(np.linalg.norm(one - other))

    def near(self, law: np.ndarray) -> np.ndarray:
        """A law that is new beside one: what a part of a group turns to."""
        return self.law() if self.kind == "log" else law + (self.law() - law) * 0.8

    def week(self, kind: str) -> tuple[str, tuple[int, ...], tuple[int, ...]] | None:
        """Let a week pass; what happened to groups in it, as (kind, before, after)."""
        old = self.rng.random(len(self.ids)) < 0.1
        self.leave(old)
        self.arrive(int(old.sum()), list(self.laws))
        moving = self.rng.random(len(self.ids)) < 0.02
        self.group[moving] = self.rng.choice(list(self.laws), int(moving.sum()))
        groups = sorted(self.laws)
        one = int(self.rng.choice(groups))
        if kind == "growth":
            self.arrive(self.users // 10, [one])
            self.leave(self.rng.random(len(self.ids)) < 0.09)
        elif kind == "drift":
            self.drift(one)
        elif kind == "split" and len(groups) < 6:
            return self.split(int(max(groups, key=lambda g: (self.group == g).sum())))
        elif kind == "merge" and len(groups) > 3:
            return self.merge(groups)
        elif kind == "birth" and len(groups) < 6:
            back = bool(self.dead) and self.rng.random() < 0.4
            new = int(self.rng.choice(sorted(self.dead))) if back else self.number()
            self.laws[new] = self.dead.pop(new) if back else self.law()
            self.arrive(self.users // (len(groups) + 1), [new])
            self.leave((self.group != new) & (self.rng.random(len(self.ids)) < 1 / (len(groups) + 1)))
            return ("new", (), (new,))
        elif kind == "death" and len(groups) > 3:
            self.dead[one] = self.laws.pop(one)
            gone = self.group == one
            stay = gone & (self.rng.random(len(self.ids)) < 0.3)
            self.group[stay] = self.rng.choice(list(self.laws), int(stay.sum()))
            self.leave(gone & ~stay)
            self.arrive(int((gone & ~stay).sum()), list(self.laws))
            return ("gone", (one,), ())
        return None

    def drift(self, one: int) -> None:
        law = self.laws[one]
        if self.kind == "log":
            moved = law * np.exp(self.rng.normal(0, 0.12, EVENTS))
            self.laws[one] = moved / moved.sum()
        else:
            self.laws[one] = law + self.rng.normal(0, 0.15, MEASURES)

    def split(self, one: int) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
        law = self.laws.pop(one)
        parts = self.number(), self.number()
        self.laws[parts[0]] = law
        self.laws[parts[1]] = self.near(law)
        mine = np.flatnonzero(self.group == one)
        self.group[mine] = self.rng.choice(parts, len(mine), p=[0.55, 0.45])
        return ("split", (one,), parts)

    def merge(self, groups: list[int]) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
        pairs = [(self.distance(self.laws[a], self.laws[b]), a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]]
        _, a, b = min(pairs)
        new = self.number()
        self.laws[new] = (self.laws.pop(a) + self.laws.pop(b)) / 2
        self.group[(self.group == a) | (self.group == b)] = new
        return ("merged", (a, b), (new,))

    def data(self) -> pa.Table:
        """What the people of this week did."""
        if self.kind == "log":
            return self.log()
        made = np.array([self.laws[int(g)] for g in self.group]) + self.rng.normal(0, 1, (len(self.ids), MEASURES))
        columns = {f"measure {chr(97 + j)}": np.round(made[:, j] * 10 + 100, 3) for j in range(MEASURES)}
        return pa.table({"user_id": self.ids, **columns}).take(pa.array(self.rng.permutation(len(self.ids))))

    def log(self) -> pa.Table:
        totals = np.maximum(5, self.rng.lognormal(np.log(45), 0.5, len(self.ids)).astype(int))
        counts = np.stack([self.rng.multinomial(t, self.laws[int(g)]) for t, g in zip(totals, self.group, strict=True)])
        user, event = (np.repeat(x.ravel(), counts.ravel()) for x in np.indices(counts.shape))
        second = self.rng.integers(0, 28 * 86_400, len(user))
        order = self.rng.permutation(len(user))
        times = (np.datetime64("2026-01-05") + second.astype("timedelta64[s]"))[order]
        names = np.array([f"event {chr(97 + j)}" for j in range(EVENTS)])
        return pa.table({"user_id": np.array(self.ids)[user[order]], "event": names[event[order]], "time": times})

    def truth(self) -> dict[str, int]:
        return dict(zip(self.ids, self.group.tolist(), strict=True))


def owners(cast: Cast, truth: dict[str, int]) -> dict[str, tuple[int, float]]:
    """The group that most users of each persona are of, and their share."""
    made = {}
    ids = cast.ids.to_pylist()
    for p in cast.personas:
        mine = Counter(truth[i] for i, at in zip(ids, cast.placement.persona, strict=True) if at == p.index)
        (group, n), *_ = mine.most_common(1) or [(0, 0)]
        made[p.key] = (group, n / max(sum(mine.values()), 1))
    return made


@dataclass
class Score:
    """What was told of all weeks."""

    right: int = 0
    wrong: int = 0
    acts_right: int = 0
    acts_late: int = 0
    acts_missed: int = 0
    null_weeks: int = 0
    alarms: int = 0
    swaps: int = 0
    back: int = 0
    back_known: int = 0
    stopped: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


def simulate(kind: str, seed: int, weeks: int, users: int, groups: int, apart: float, show: bool) -> Score:
    """One world, week by week."""
    world = World(kind, np.random.default_rng([seed, 52]), apart, users)
    world.start(groups)
    study = Study(sources=("frame",), id="user_id", timezone="UTC", worlds="none")
    cast = replace(flow.run(study, {"frame": world.data()}), run="r00")
    score, meaning, pending = Score(), owners(cast, world.truth()), []
    meaning_of = {k: g for k, (g, _) in meaning.items()}
    ever = dict(meaning_of)
    for number, (name, act) in enumerate(_plan(world, weeks), 1):
        table, began = world.data(), time.monotonic()
        settings = replace(cast.study, seed=1000 + number) if name == "reseed" else cast.study
        try:
            after = replace(flow.refresh(cast, settings, {"frame": table}), run=f"r{number:02d}")
        except PersonaeError as no:
            score.stopped += 1
            score.notes.append(f"week {number} {name}: {no}")
            after = None
        score.seconds += time.monotonic() - began
        if after is None or (after.change and any(not g.passed for g in after.change.gates)):
            score.stopped += after is not None
            score.wrong += len(world.laws)
            score.acts_missed += act is not None
            continue
        _judge(score, f"week {number} {name}", act, cast, after, meaning_of, ever, owners(after, world.truth()), pending, show)
        cast = after
    return score


def _plan(world: World, weeks: int) -> Iterator[tuple[str, Any]]:
    for number in range(1, weeks + 1):
        name = str(world.rng.choice(PLANTED if number % 3 == 0 else NULL))
        act = world.week(name)
        if name in PLANTED and act is None:
            name = "turnover"
        yield name, act


def _judge(
    score: Score, week: str, act: Any, before: Cast, after: Cast, meaning: dict[str, int], ever: dict[str, int],
    now: dict[str, tuple[int, float]], pending: list[Any], show: bool,
) -> None:  # fmt: skip
    """Hold what was told of a week against what happened in it; `meaning` says which group each key stands for."""
    told = []
    for d in after.change.descents if after.change else ():
        was = frozenset(meaning.get(k, 0) for k in d.before)
        told.append((d.kind, was, frozenset(now[k][0] for k in d.after)))
    changes = [t for t in told if t[0] != "same"]
    true = (act[0], frozenset(act[1]), frozenset(act[2])) if act else None
    owed = {id(t): p for t in changes if t != true for p in pending if t == p or (t[0] in ("split", "new") and p[2] & t[2])}
    false = [t for t in changes if t != true and id(t) not in owed]
    for p in set(owed.values()):  # told in a later week, of the persona that its people were in meanwhile
        pending.remove(p)
        score.acts_late += 1
    if true is not None:
        score.acts_right += true in changes
        if true not in changes:
            score.acts_missed += 1
            pending.append(true)
    else:
        score.null_weeks += 1
        score.alarms += bool(false)
    changed = {*act[1], *act[2]} if act else set()
    same = {g for g in meaning.values() if g not in changed}
    good = sum(("same", frozenset((g,)), frozenset((g,))) in told for g in same)
    score.right += good + (true is not None and true in changes)
    score.wrong += len(same) - good + (true is not None and true not in changes)
    heirs = {(a, b) for a in act[1] for b in act[2]} if act else set()
    if act and act[0] == "new" and act[2][0] in ever.values():
        score.back += 1
        score.back_known += any(ever.get(k) == act[2][0] for k, (g, _) in now.items() if g == act[2][0])
    swaps = [k for k, (g, _) in now.items() if k in ever and g != ever[k] and (ever[k], g) not in heirs]
    swaps = [k for k in swaps if not any(ever[k] in p[1] and now[k][0] in p[2] for p in pending)]
    score.swaps += len(swaps)
    if false or swaps or (true is not None and true not in changes) or good < len(same):
        held = after.evidence.verdict
        score.notes.append(
            f"{week}: happened {_said(true)}; told {[_said(t) for t in changes]}; swaps {swaps}; same {good}/{len(same)}; "
            f"{held.kind.value} own {held.own} given {held.groups}; purity {min(x for _, x in now.values()):.2f}"
        )
        if show:
            print(score.notes[-1], flush=True)
    meaning.clear()
    meaning.update({k: g for k, (g, _) in now.items()})
    ever.update(meaning)


def _said(act: Any) -> str:
    return "nothing" if act is None else f"{act[0]} {sorted(act[1])}->{sorted(act[2])}"


def main() -> None:
    """Simulate, and say what came of it."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--world", choices=("log", "table"), default="log")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--weeks", type=int, default=52)
    ask.add_argument("--users", type=int, default=1000)
    ask.add_argument("--groups", type=int, default=4)
    ask.add_argument("--apart", type=float, default=0.0, help="how far groups lie apart; 0: 6 times for logs, 4 sd for tables")
    ask.add_argument("--out", default="")
    ask.add_argument("--quiet", action="store_true")
    a = ask.parse_args()
    apart = a.apart or (6.0 if a.world == "log" else 4.0)
    made = simulate(a.world, a.seed, a.weeks, a.users, a.groups, apart, not a.quiet)
    figures = {k: v for k, v in made.__dict__.items() if k != "notes"}
    print(json.dumps({"world": a.world, "seed": a.seed, "weeks": a.weeks, "users": a.users, "apart": apart, **figures}))
    if a.out:
        Path(a.out).write_text(json.dumps({**figures, "notes": made.notes}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
