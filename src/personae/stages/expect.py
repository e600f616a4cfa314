"""Expectations against a run."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from personae.errors import UsageError
from personae.model.cast import Cast
from personae.model.change import Turnover
from personae.model.expectation import Expectation, Outcome
from personae.model.persona import UNTESTED, Persona
from personae.words.expecting import DRIFT
from personae.words.names import plural
from personae.words.numbers import count, hundred, percent

Found = tuple[float | None, str]
"""A value, None where the run cannot say, and the value in words."""


def expect(cast: Cast, wanted: Sequence[Expectation], file: str = "") -> tuple[Outcome, ...]:
    """What becomes of each expectation. Raises UsageError P001 for a persona that neither this run nor the run before has."""
    return tuple(_outcome(cast, e, file) for e in wanted)


def _outcome(cast: Cast, e: Expectation, file: str) -> Outcome:
    if e.persona:
        persona = _find(cast, e, e.persona, file)
        if persona is None:
            return Outcome(e, "failed", "it is gone")
        return _within(e, _OF_PERSONA[e.what](cast, persona))
    if e.what in _WORDS:
        return _WORDS[e.what](cast, e, file)
    return _within(e, _OF_RUN[e.what](cast))


def _within(e: Expectation, found: Found) -> Outcome:
    value, words = found
    if value is None:
        return Outcome(e, "not checked", words)
    low = e.low is None or value >= e.low - 1e-12
    high = e.high is None or value <= e.high + 1e-12
    return Outcome(e, "held" if low and high else "failed", words)


def _find(cast: Cast, e: Expectation, name: str, file: str) -> Persona | None:
    """The persona of a key or name; None where the run before had it."""
    for p in cast.personas:
        if name.casefold() in (p.key.casefold(), p.name.casefold()):
            return p
    gone = cast.change.before.personas if cast.change else ()
    if any(name.casefold() in (k.casefold(), n.casefold()) for k, n, _ in gone):
        return None
    known = [x for p in cast.personas for x in (p.name, p.key)]
    near = next(iter(difflib.get_close_matches(name, known, 1, 0.5)), "")
    listed = f"the personas are {', '.join(p.name for p in cast.personas)}" if known else "this run has no personas"
    raise UsageError(
        "P001", f"no persona is called {name!r}, and none was in the run before", where=f"{file}, line {e.line}",
        did="nothing was checked", fix=f"did you mean {near!r}?" if near else listed,
    )  # fmt: skip


# ---------------------------------------------------------------- of a persona


def _share(cast: Cast, p: Persona) -> Found:
    share = p.users / max(cast.users, 1)
    return share, f"{percent(share)} ({_users(cast, p)[1]})"


def _users(cast: Cast, p: Persona) -> Found:
    return float(p.users), _people(cast, p.users)


def _steadiness(cast: Cast, p: Persona) -> Found:
    if p.steady == UNTESTED:
        return None, "how steady it is was not tested: a person made it"
    return p.steadiness, f"the same group {hundred(p.steadiness)}"


def _kept(cast: Cast, p: Persona) -> Found:
    t = next((t for t in cast.change.turnover if t.key == p.key), None) if cast.change else None
    if t is None or not t.before:
        return None, "there is no run before to compare with"
    return _stayed(cast, t)


def _stayed(cast: Cast, t: Turnover) -> Found:
    if t.left is None:
        least = 1 - (cast.change.floor if cast.change else 0) / max(t.before, 1)
        return 1.0, f"over {percent(max(least, 0.0))}"
    kept = 1 - t.left / max(t.before, 1)
    return kept, percent(kept)


_OF_PERSONA: dict[str, Callable[[Cast, Persona], Found]] = {
    "share": _share, "users": _users, "steadiness": _steadiness, "kept": _kept,
}  # fmt: skip


# ---------------------------------------------------------------- of a run


def _smallest(cast: Cast) -> Found:
    if not cast.personas:
        return None, "there are no personas"
    p = min(cast.personas, key=lambda p: (p.users, p.index))
    return float(p.users), f"{p.name} with {_people(cast, p.users)}"


def _all(cast: Cast) -> Found:
    return float(cast.users), _people(cast, cast.users)


def _groups(cast: Cast) -> Found:
    return float(len(cast.personas)), f"{len(cast.personas)} personas"


def _outside(cast: Cast) -> Found:
    n = cast.users - sum(p.users for p in cast.personas)
    share = n / max(cast.users, 1)
    return share, f"fewer than {cast.study.floor}" if 0 < n < cast.study.floor else percent(share)


def _moved(cast: Cast) -> Found:
    made = cast.change
    if made is None or not made.both:
        return None, "there is no run before to compare with"
    if made.moved is None:
        return 0.0, f"fewer than {made.floor} {plural(made.entity)}"
    return made.moved / made.both, f"{'about ' if made.rounded else ''}{percent(made.moved / made.both)}"


def _set_aside(cast: Cast) -> Found:
    seen, aside = sum(t.seen for t in cast.tables), sum(t.set_aside for t in cast.tables)
    return aside / max(seen, 1), f"{count(aside)} of {count(seen)} rows"


_OF_RUN: dict[str, Callable[[Cast], Found]] = {
    "smallest": _smallest, "users": _all, "groups": _groups, "outside": _outside, "moved": _moved, "set_aside": _set_aside,
}  # fmt: skip


def _verdict(cast: Cast, e: Expectation, _file: str) -> Outcome:
    kind = cast.evidence.verdict.kind.value
    return Outcome(e, "held" if kind in e.words else "failed", kind)


def _drift(cast: Cast, e: Expectation, _file: str) -> Outcome:
    made = cast.change.drift if cast.change else None
    if made is None:
        return Outcome(e, "not checked", "there is no run before to compare with")
    worst = max((DRIFT.index(s.size) if s.size in DRIFT else len(DRIFT) for s in made.shifts), default=0)
    said = made.words or ("nothing shifted" if made.clear else f"{len(made.shifts)} of {made.tested} shifted")
    return Outcome(e, "held" if worst <= DRIFT.index(e.words[0]) else "failed", said)


def _personas(cast: Cast, e: Expectation, file: str) -> Outcome:
    gone = [name for name in e.words if _find(cast, e, name, file) is None]
    return Outcome(e, "failed" if gone else "held", f"gone: {', '.join(gone)}" if gone else "all are there")


_WORDS: dict[str, Callable[[Cast, Expectation, str], Outcome]] = {"verdict": _verdict, "drift": _drift, "personas": _personas}


def _people(cast: Cast, n: int) -> str:
    """A number of users; few are not told."""
    many = plural(cast.study.entity)
    return f"fewer than {cast.study.floor} {many}" if 0 < n < cast.study.floor else f"{count(n)} {many}"
