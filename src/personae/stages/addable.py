"""What of the inputs of a rule adds up over files, so that a log need not be read again for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from personae import habits, plugins
from personae.errors import UsageError
from personae.model.cast import Cast
from personae.model.recipe import Asked
from personae.model.rule import Rule
from personae.model.study import Role
from personae.model.table import Column, Kind, Table
from personae.model.tally import Counted
from personae.model.vocabulary import repeats
from personae.stages.asked import asked, makes
from personae.stages.hidden import hidden

_NUMBERED = re.compile(r"(.*) \(\d+\)", re.DOTALL)
_RHYTHM = ("events", "active_days", "events_per_active_day", "days_since_last", "days_since_first", "days_first_to_last",
           "weekend_share", "later_half_share")  # fmt: skip
_CLOCK = ("sessions", "events_per_session", *(f"{p}_share" for p in habits.PARTS))
_PLAIN = ("frequency", "event_count", "event_share", "variety")
"""Recipes that ask for no day."""


def addable(cast: Cast) -> Counted:
    """What is to be counted for the rule of a run. Raises UsageError P115 where it reads something that does not add up,
    P201 where there is no rule."""
    if cast.rule is None:
        what = "this run found no groups, so it has no rule to place users by"
        raise UsageError("P201", what, where=f"run {cast.run}", did="nothing was read", fix="use a run that found groups")
    log = the_log(cast)
    event, time, key = log.column(Role.EVENT), log.column(Role.TIME), log.column(Role.ID)
    dated = time is not None and time.kind in (Kind.DATE, Kind.TIMESTAMP)
    read = set(read_of(cast, cast.rule, log))
    sums = tuple(c for c in log.columns if c.kind.numeric and read & {c.name, *(f"{c.name}_{e}" for e in _OF_SUMS)})
    named = {c.name for c in sums} | {f"{c.name}_{e}" for c in sums for e in _OF_SUMS}
    left = read - named - {m for r in adding(cast) for m in makes(r)} - set(_RHYTHM) - set(_CLOCK) - set(habits.VARIETY)
    if left:
        raise _refused(
            f"the rule reads {', '.join(sorted(left))}, which {'do' if len(left) > 1 else 'does'} not add up over files", cast
        )
    plain = {m for r in adding(cast) if r.name in _PLAIN for m in makes(r)} | set(habits.VARIETY)
    clock = bool(read & set(_CLOCK))
    days = dated and (clock or bool(cast.study.window) or bool(read - named - plain))
    exact = plugins.find("engines", "duckdb").exact
    return Counted(
        id=key.name if key is not None else "",
        event=event.name if event is not None else "",
        time=time.name if dated and time is not None else "",
        format=f"{time.kind.value} {time.format}".strip() if dated and time is not None else "",
        zone=cast.study.timezone,
        window=cast.study.window if dated else "",
        amounts=tuple((c.name, f"{c.kind} {c.format} {exact(c).rpartition(' AS ')[2][:-1]}") for c in sums),
        hidden=hidden(cast.study, [log]).get(event.name, ()) if event is not None else (),
        missing=cast.study.missing,
        days=days,
        clock=clock,
    )


_OF_SUMS = ("total", "largest", "mean")


def the_log(cast: Cast) -> Table:
    """The one log of a run. Raises UsageError P115 where it has none, or one that cannot be counted file by file."""
    tables = [t for t in cast.tables if t.measured]
    logs = [t for t in tables if t.shape == "events"]
    if not logs:
        raise _refused("the run read no log of events", cast)
    if len(logs) > 1:
        raise _refused(f"the run read {len(logs)} logs ({', '.join(t.source for t in logs)})", cast)
    log = logs[0]
    tool = next((t for t in tables if t.tool), None)
    joined = next((t for t in tables if t.links), None)
    event, value = log.column(Role.EVENT), log.column(Role.VALUE)
    if tool is not None:
        raise _refused(f"{tool.source} is an export of a tool, whose rows are brought into another shape together", cast)
    if joined is not None:
        raise _refused(f"the rows of {joined.source} got columns from another table", cast)
    if log.sums:
        raise _refused(f"{log.source} was added up by a database", cast)
    if event is None and log.column(Role.TIME) is None:
        raise _refused(f"{log.source} says neither what happened nor when", cast)
    if event is not None and value is not None and repeats(value.name) and log.column(Role.TIME) is None:
        raise _refused(f'"{value.name}" of {log.source} says how often each row happened', cast)
    if any(r.name == "counts" for r in asked(cast.study.features)):
        raise _refused("events are counted together with a property of theirs", cast)
    return log


def read_of(cast: Cast, rule: Rule, log: Table) -> Iterator[str]:
    """The measures of the log that a rule reads, as they are called where nothing has to be told apart."""
    of_log = {m.name for m in cast.measures if m.source == log.source}
    for name in dict.fromkeys(f.column for f in rule.features if f.of == "measure"):
        if name in of_log:
            number = _NUMBERED.fullmatch(name)
            yield number[1] if number and number[1] in {m.name for m in cast.measures} else name


def adding(cast: Cast) -> tuple[Asked, ...]:
    """The recipes of a run that follow from counts of events on days."""
    return tuple(r for r in asked(cast.study.features) if _adds(r))


def _adds(recipe: Asked) -> bool:
    allowed: Sequence[str] | None = plugins.find("recipes", recipe.name).RECIPE.adds
    return allowed is not None and all(k in allowed for k, v in recipe.options.items() if v != "")


def check_few(cast: Cast, events: int, most: int) -> None:
    """Raise UsageError P115 where there are more kinds of events than are looked at beside other measures of a log."""
    if events > most:
        raise _refused(f"there are {events:,} kinds of events, of which only those that most users do are looked at", cast)


def _refused(why: str, cast: Cast) -> UsageError:
    return UsageError(
        "P115",
        f"this run cannot be scored by a tally: {why}",
        where="--tally",
        did="nothing was read",
        fix=f"score the whole log, without --tally: personae score FILES{f' --run {cast.run}' if cast.run else ''}",
    )


def columns_of(counted: Counted) -> tuple[str, ...]:
    """The columns of the log that are read."""
    return tuple(dict.fromkeys(n for n in (counted.id, counted.event, counted.time, *(n for n, _ in counted.amounts)) if n))


def amounts_of(counted: Counted, log: Table) -> tuple[Column, ...]:
    """The columns whose sums are kept, in the order of the log's own."""
    kept = {n for n, _ in counted.amounts}
    return tuple(c for c in log.columns if c.name in kept)
