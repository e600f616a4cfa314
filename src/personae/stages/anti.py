"""Anti-personas: users who are noise, machines or misuse, told by facts and never as people.

A machine keeps even time (the gaps between its events vary little: coefficient of variation below a quarter, where that of
events at random is 1) or never sleeps (no six hours of the day with less than 15 % of its events, where an even spread gives
25 %). Where more than a fifth of the users bear such a mark it says something of the log and not of them, and is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from personae.facts.floor import apart
from personae.model.anti import Anti
from personae.model.dossier import Known
from personae.model.features import Features
from personae.model.rule import REASONS
from personae.model.study import Role
from personae.model.table import Kind, Table
from personae.model.vocabulary import words
from personae.sql.regularity import spacing
from personae.stages.part import keyed
from personae.stages.reopened import reopened

if TYPE_CHECKING:
    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

NOISE = (2, 3, 4, 6, 7)
"""Reasons of a placement that make no persona."""
GAPS, EVENTS = 30, 100
"""Gaps from which evenness, and events from which sleep can be told."""
EVEN, AWAKE, REST = 0.25, 0.15, 6
COMMON = 0.2
TIMES, OFTEN = 5, 10.0
"""Misuse: at least so many such events, and so many times the average of everyone."""
MISUSE = frozenset((
    "fraud", "chargeback", "chargebacks", "abuse", "spam", "blocked", "banned", "ban", "dispute", "disputes", "violation",
    "fake", "scam", "phishing", "suspended", "stolen", "bot",
))  # fmt: skip
"""Words of events that name misuse."""


def anti(known: Known) -> tuple[Anti, ...]:
    """Every mark that at least the floor of users bear: noise, then machines, then misuse."""
    if not known.shown:
        return ()
    return tuple(a for kind, mark, rows, looked_at in _marks(known) if (a := _told(known, kind, mark, rows, looked_at)))


def _marks(known: Known) -> Iterator[tuple[str, str, Bools, int]]:
    """Kind, mark, who bears it, and of how many first users that is known."""
    n = len(known.features)
    reason = np.asarray(known.placement.reason)
    for i in NOISE:
        yield "noise", REASONS[i], reason == i, n
    yield from _machines(known)
    if known.features.counts is not None and not known.features.counts.people:
        yield from _misuse(known.features)


def _misuse(features: Features) -> Iterator[tuple[str, str, Bools, int]]:
    """Users with many times as many events that name misuse as the average user."""
    counts = features.counts
    if counts is None:
        return
    named = [j for j, e in enumerate(counts.events) if set(words(e)) & MISUSE]
    if named:
        done = np.asarray(counts.matrix[:, named].sum(axis=1)).ravel()
        names = ", ".join(counts.events[j] for j in named[:3])
        often = (done >= TIMES) & (done >= OFTEN * done.mean())
        yield "misuse", f"{OFTEN:.0f} times as often as the average: {names}", often, len(features)


def _machines(known: Known) -> Iterator[tuple[str, str, Bools, int]]:
    """Users whose events keep the time of a machine, in the first log with times of day."""
    for table in known.tables:
        found = _spacing(known, table)
        if found is None:
            continue
        n = min(len(known.features), known.study.sample)
        r, gaps, mean, sd, hours = found
        even, awake = np.zeros(len(known.features), bool), np.zeros(len(known.features), bool)
        even[r[(gaps >= GAPS) & (mean > 0) & (sd < EVEN * mean)]] = True
        awake[r[sleepless(hours)]] = True
        for mark, rows in (("evenly spaced events, as by a timer", even), ("active round the clock, without a pause", awake)):
            if rows.sum() <= COMMON * n:
                yield "machine", mark, rows, n
        return


def sleepless(hours: Floats) -> Bools:
    """Which users (n, 24), events by hour of the day, have no rest: at least EVENTS events and no six hours nearly empty."""
    around = np.concatenate((hours, hours[:, : REST - 1]), axis=1)
    sums = np.concatenate((np.zeros((len(hours), 1)), np.cumsum(around, axis=1)), axis=1)
    quiet = (sums[:, REST:] - sums[:, :-REST]).min(axis=1, initial=np.inf)
    total = hours.sum(axis=1)
    return np.asarray((total >= EVENTS) & (quiet >= AWAKE * total))


def _spacing(known: Known, table: Table) -> tuple[Any, Floats, Floats, Floats, Floats] | None:
    """Users with enough events, how evenly these are spaced, and their hours; None for tables that say nothing of it."""
    time = table.column(Role.TIME)
    if table.shape != "events" or table.sums or time is None or time.kind is not Kind.TIMESTAMP or known.engine is None:
        return None
    seen, relation, second, _ = reopened(known, table)
    n = min(len(known.features), known.study.sample)
    got = known.engine.arrow(spacing(relation, keyed(known.engine, seen)[1], second, n, GAPS))
    r, gaps, mean, sd, fine, *hours = (got.column(i).to_numpy().astype(np.float64) for i in range(got.num_columns))
    if not len(r) or fine.sum() < 0.5 * gaps.sum():
        return None
    return r.astype(np.int64), gaps, mean, sd, np.stack(hours, axis=1)


def _told(known: Known, kind: str, mark: str, rows: Bools, looked_at: int) -> Anti | None:
    """What may be said of the users who bear a mark; None of fewer than the floor."""
    floor, users = known.study.floor, int(rows.sum())
    if users < floor or 0 < looked_at - users < floor:
        return None
    persona = known.placement.persona
    both = {p.key: int((rows & (persona == p.index)).sum()) for p in known.shown}
    sizes = {p.key: p.users for p in known.shown}
    fit = {k: n for k, n in both.items() if n >= floor and (sizes[k] - n >= floor or sizes[k] == n)}
    inside = tuple(apart(fit, users, floor).items())
    counts = known.features.counts
    activity = everyone = None
    if counts is not None and not counts.people:
        total = np.asarray(counts.matrix.sum(axis=1)).ravel()
        activity, everyone = float(np.median(total[rows])), float(np.median(total))
    return Anti(kind, mark, users, users / looked_at, activity, everyone, inside, looked_at)
