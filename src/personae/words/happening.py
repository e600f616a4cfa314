"""What became of the personas from one run to the next, in sentences that say how many."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from personae.model.cast import Cast
from personae.model.change import Change, Turnover
from personae.model.descent import Descent
from personae.words import drifting
from personae.words.names import plural
from personae.words.numbers import count, percent

CROWD = 0.2
"""Change of the number of users, as a part of those before, above which it is said."""
LEAST = 0.01
"""Change of a share of everyone from which on a persona grew or shrank, where it is beyond two standard errors."""
NEW, LOST, NO_GROUP = "new in the data", "no longer in the data", "not in any group"
MOST = 12
"""Sentences on single personas; the table has all of them."""


def named(cast: Cast, gone: Mapping[str, str] = MappingProxyType({})) -> Change | None:
    """The change of a cast, its personas called as they are called now, in what shifted too; None where the run is no refresh.

    `gone` are the names, by key, that people gave to personas of the run before that are not in this one.
    """
    made = cast.change
    if made is None:
        return None
    now, old = {p.key: p.name for p in cast.personas}, made.before.personas
    found = {k: n for k, n, _ in made.after.personas}
    given = {e.persona for e in cast.edits if e.kind == "rename" and e.taken_from}  # before, and gone on from there
    then = {k: gone.get(k, n) if k not in now else now[k] if k in given or found.get(k) == n else n for k, n, _ in old}
    sides = [
        replace(s, personas=tuple((k, called.get(k, n), u) for k, n, u in s.personas))
        for s, called in ((made.before, then), (made.after, now))
    ]
    turnover = tuple(replace(t, name=now.get(t.key, then.get(t.key, t.name))) for t in made.turnover)
    descents = tuple(
        replace(
            d,
            before_names=tuple(then.get(k, n) for k, n in zip(d.before, d.before_names, strict=True)),
            after_names=tuple(now.get(k, n) for k, n in zip(d.after, d.after_names, strict=True)),
        )
        for d in made.descents
    )
    pairs = tuple(
        replace(p, before_name=then.get(p.before, p.before_name), after_name=now.get(p.after, p.after_name)) for p in made.pairs
    )
    drift = made.drift and drifting.called(made.drift, then, made.entity, made.before.run)
    return replace(made, before=sides[0], after=sides[1], turnover=turnover, descents=descents, pairs=pairs, drift=drift)


def notice(made: Change) -> tuple[str, ...]:
    """What changed, for people elsewhere: how much, what became of each persona, and how the data shifted."""
    drift = (made.drift.words,) if made.drift is not None and made.drift.words else ()
    return (f"{headline(made)} since {made.before.run or 'the run before'}.", *happened(made), *drift)


def headline(made: Change) -> str:
    """How many personas are still there, and how many users changed theirs."""
    return f"{_personas(made)}; {_movers(made)}"


def happened(made: Change) -> tuple[str, ...]:
    """How many users there are, where that is another number; a sentence on each persona that is not as it was, the largest act
    first; then one on who did nothing, and one on those that are as they were."""
    acts = [_act(d, made) for d in made.descents if d.kind != "same"]
    then = {k: n for k, n, _ in made.before.personas}
    sizes = [(abs(_gap(t, made)), f"{_called(t, then)}{_size(t, made)}") for t in made.turnover if _plain(t, made)]
    resized = [words.strip() for _, words in sorted(sizes, key=lambda x: -x[0]) if words]
    still = sum(1 for _, words in sizes if not words)
    told = [*acts, *resized]
    more = [f"{len(told) - MOST} more personas changed; the table has them."] if len(told) > MOST else []
    kept = "keeps its name and its share" if still == 1 else "keep their names and their shares"
    return (*_crowd(made), *told[:MOST], *more, *_idle(made), *((f"{_number(still)} {kept}.",) if still else ()))


def turned(made: Change) -> str:
    """Which persona gained or lost most, where one did beyond luck."""
    found = [(abs(_gap(t, made)), t) for t in made.turnover if _turn(t, made)]
    if not found:
        return "No persona grew or shrank beyond chance"
    t = max(found, key=lambda x: x[0])[1]
    before, after = (percent(s) for s in _shares(t, made))
    return f"{t.name} {'gained' if _turn(t, made) > 0 else 'lost'} most: from {before} to {after} of all {plural(made.entity)}"


def fate(t: Turnover, made: Change) -> str:
    """What became of one persona, in a few words."""
    act = next((d for d in made.descents if d.kind != "same" and t.key in (*d.before, *d.after)), None)
    if act is None:
        kind = "gone" if not t.after else "new" if not t.before else ""
        return kind or {1: "grew", -1: "shrank", 0: "about as many"}[_turn(t, made)]
    if act.kind == "split":
        return "split" if t.key in act.before else f"split off {_listed(act.before_names)}"
    if act.kind == "merged":
        return f"merged with {_others(act, t.key)}" if t.key in act.before else f"merged from {_listed(act.before_names)}"
    return act.kind


def users(n: int | None, made: Change) -> str:
    """A number of movers: exact, about, or fewer than the floor."""
    many = plural(made.entity)
    if n is None:
        return f"fewer than {made.floor} {many}"
    if not n:
        return "nobody"
    return f"{'about ' if made.rounded else ''}{count(n)} {made.entity if n == 1 else many}"


def places(made: Change) -> dict[str, str]:
    """The names of all personas of both runs by key."""
    return {k: n for side in (made.before, made.after) for k, n, _ in side.personas}


def _crowd(made: Change) -> tuple[str, ...]:
    """That there are many more or fewer users: shares and averages do not tell."""
    then, now, many = made.before.users, made.after.users, plural(made.entity)
    return (f"There are {count(now)} {many} now, and there were {count(then)}.",) if abs(now - then) > CROWD * then else ()


def _idle(made: Change) -> tuple[str, ...]:
    """How many are in no persona as they did nothing."""
    many = f"About {count(made.idle)} {plural(made.entity)} did nothing this time and are in no persona."
    return (many,) if made.idle else ()


def _personas(made: Change) -> str:
    kept = [t for t in made.turnover if t.before and t.after]
    there, now = len(made.before.personas), len(made.after.personas)
    if not now:
        return "No groups hold any more" if there else "There are still no groups"
    if not there:
        return f"{now} personas where there were none"
    all_ = {1: "The one", 2: "Both"}.get(there, f"All {there}")
    many = all_ if len(kept) == there else f"{len(kept)} of {there}"
    kinds = [(sum(d.kind == k for d in made.descents), k) for k in ("split", "merged", "new", "gone")]
    more = ", ".join(f"{n} {k}" for n, k in kinds if n)
    are = f"persona{'' if there == 1 else 's'} {'is' if len(kept) == 1 else 'are'}"
    return f"{many} {are} still there{f' ({more})' if more else ''}"


def _movers(made: Change) -> str:
    if not made.both:
        return f"no {made.entity} is in both runs" if made.both == 0 else f"{users(None, made)} are in both runs"
    share = f" ({percent(made.moved / made.both)} of those in both runs)" if made.moved else ""
    return f"{users(made.moved, made)} changed persona{share}"


def _act(d: Descent, made: Change) -> str:
    """A split, a merger, a birth or an end."""
    sizes = {k: u for k, _, u in made.after.personas}
    if d.kind == "split":
        return f"{d.before_names[0]} split into {_listed(d.after_names)}."
    if d.kind == "merged":
        return f"{_listed(d.before_names)} merged into {d.after_names[0]}."
    if d.kind == "new":
        size = sizes.get(d.after[0], 0)
        shown = f"{count(size)} {plural(made.entity)}" if size >= made.floor else users(None, made)
        return f"{d.after_names[0]} is new: {shown} ({percent(size / max(made.after.users, 1))} of all)."
    return f"{d.before_names[0]} is gone: {_whereto(d.before[0], made)}."


def _whereto(key: str, made: Change) -> str:
    """Where most users of a persona that is gone went."""
    names, sizes = places(made), {k: u for k, _, u in made.before.personas}
    moves = [(m.users, names.get(m.after, NO_GROUP)) for m in made.moves if m.before == key]
    moves += [(m.users, LOST) for m in made.went if m.before == key]
    if not moves:
        return "its users went several ways"
    most, where = max(moves)
    share = percent(min(1.0, most / max(sizes.get(key, most), 1)))
    return f"about {share} of its users are {where if where in (LOST, NO_GROUP) else 'in ' + where} now"


def _plain(t: Turnover, made: Change) -> bool:
    """Whether nothing but the size of a persona can have changed."""
    acted = {k for d in made.descents if d.kind != "same" for k in (*d.before, *d.after)}
    return bool(t.before and t.after) and t.key not in acted


def _called(t: Turnover, then: dict[str, str]) -> str:
    """That a persona has another name than before, as what sets it apart is another thing; "" where it has not."""
    was = then.get(t.key, t.name)
    return "" if was == t.name else f"{was} is called {t.name} now, after what sets it apart now. "


def _size(t: Turnover, made: Change) -> str:
    """That a persona grew or shrank, and its movers; "" where it did not."""
    turn = _turn(t, made)
    if not turn:
        return ""
    before, after = (percent(s) for s in _shares(t, made))
    came = f"{users(t.joined, made)} joined and {users(t.left, made)} left"
    verb = "grew" if turn > 0 else "shrank"
    return f"{t.name} {verb} from {count(t.before)} to {count(t.after)} ({before} to {after} of all): {came}."


def _shares(t: Turnover, made: Change) -> tuple[float, float]:
    return t.before / max(made.before.users, 1), t.after / max(made.after.users, 1)


def _gap(t: Turnover, made: Change) -> float:
    before, after = _shares(t, made)
    return after - before


def _turn(t: Turnover, made: Change) -> int:
    """1 where the share of a persona grew beyond luck and by a point, -1 where it shrank, 0 for neither."""
    one, other = _shares(t, made)
    error = math.sqrt(one * (1 - one) / max(made.before.users, 1) + other * (1 - other) / max(made.after.users, 1))
    gap = other - one
    return 0 if abs(gap) < max(LEAST, 2 * error) else 1 if gap > 0 else -1


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _others(act: Descent, key: str) -> str:
    return _listed(tuple(n for k, n in zip(act.before, act.before_names, strict=True) if k != key))


def _number(n: int) -> str:
    return "One persona" if n == 1 else f"{n} personas"
