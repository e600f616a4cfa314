"""k-means (Lloyd 1982) round by round, in the two directions of the map, so that it can be watched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from personae.model.map import Frame, Map, Replay
from personae.model.trial import Case
from personae.stages.map import directions, kept, persona_labels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
USERS = 5000
"""Users it is shown with; ids are in the order of a hash, so the first are a sample."""
ROUNDS = 100


def replay(case: Case, seen: Map | None) -> Replay | None:
    """The rounds from a start by chance to rest; None without personas or without a map."""
    if case.rule is None or seen is None or len(seen.outlines) < 2:
        return None
    scores = case.best.clustering.seen_in(case.space)
    at = ((scores - scores.mean(axis=0)) @ directions(case))[persona_labels(case) >= 0][:USERS]
    start = _start(at, len(seen.outlines), case.study.floor, case.study.seed)
    rounds = lloyd(at, start)
    order = _as_personas(rounds[-1][0], np.array([(o.x, o.y) for o in seen.outlines]))
    frames, before = [], None
    for centres, labels, objective in rounds:
        counts = np.bincount(labels, minlength=len(centres))
        shown = tuple((kept(centres[c][0]), kept(centres[c][1])) if counts[c] >= case.study.floor else None for c in order)
        moving = len(at) if before is None else int((labels != before).sum())
        moved = min(max(moving, case.study.floor), len(at)) if moving else 0
        frames.append(Frame(shown, kept(objective), kept(moved / len(at))))
        before = labels
    return Replay(tuple(frames), len(at), frames[-1].moved == 0.0)


def lloyd(at: Floats, start: Floats, rounds: int = ROUNDS) -> list[tuple[Floats, Ints, float]]:
    """Centres (k, d), the nearest of them for each of the users at (n, d), and the mean squared distance, from the start on
    until nobody moves."""
    made: list[tuple[Floats, Ints, float]] = []
    centres = start
    for _ in range(rounds):
        far = ((at[:, None, :] - centres) ** 2).sum(axis=2)
        labels = far.argmin(axis=1)
        made.append((centres, labels, float(far.min(axis=1).mean())))
        if len(made) > 1 and np.array_equal(labels, made[-2][1]):
            break
        centres = np.array([at[labels == c].mean(axis=0) if (labels == c).any() else centres[c] for c in range(len(centres))])
    return made


def _start(at: Floats, size: int, floor: int, seed: int) -> Floats:
    """Users drawn by chance (Forgy 1965), for there is more to watch than from a clever start; no single user is shown, but the
    mean of those around them."""
    chosen = at[np.random.default_rng([seed, 61]).choice(len(at), size, replace=False)]
    near = [np.argsort(((at - c) ** 2).sum(axis=1), kind="stable")[:floor] for c in chosen]
    return np.array([at[i].mean(axis=0) for i in near])


def _as_personas(last: Floats, means: Floats) -> list[int]:
    """The centres in the order of the personas they end nearest to."""
    _, order = linear_sum_assignment(((means[:, None, :] - last) ** 2).sum(axis=2))
    return [int(c) for c in order]
