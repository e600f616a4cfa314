"""What has shifted since the run before, and which gate says no, in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from personae.model.drift import SIZES, Drift, Shift
from personae.words.names import capital, lowered, plural
from personae.words.numbers import amount, count, percent

MOST = 3
"""Shifts that the summary tells; the table has all."""
LISTED = 6
"""Measures of one finding that are named."""
HARDLY = "a few"
"""Said for a number too small to be shown."""


def shifted(shift: Shift, entity: str, run: str = "") -> str:
    """One shift: "Basket: 41.0 to 52.3, a medium rise.". Sizes of personas are those by the rule of the `run` before, which
    are others than those of the new run where its rule is another."""
    words = _OF[shift.of](shift, plural(entity))
    if shift.of in ("persona", "outside"):
        return f"By the rule of {run or 'the run before'}, {words}"
    return capital(words)


def called(made: Drift, names: Mapping[str, str], entity: str, run: str = "") -> Drift:
    """The same with personas called by these names, by key."""
    words, shifts = made.words, []
    for s in made.shifts:
        name = names.get(s.name, s.label) if s.of == "persona" else s.label
        new = s if name == s.label else replace(s, label=name)
        shifts.append(new if new is s else replace(new, words=shifted(new, entity, run)))
        words = words.replace(s.words, shifts[-1].words) if s.words else words
    return replace(made, shifts=tuple(shifts), words=words)


def summed(made: Drift, entity: str, aside: Sequence[str] = (), *, measured: bool = True) -> str:
    """All of it in a few sentences, the largest shifts among them."""
    who = plural(entity)
    more = list(aside)
    if not measured:
        more.append("The run before kept nothing of its measures, so only the sizes of personas could be compared.")
    if measured and made.least >= SIZES[1][1]:
        more.append(f"With so few {who} only {_from(made.least)} shifts can be told from chance.")
    return " ".join((*_found(made), *more))


def sentences(made: Drift) -> tuple[str, ...]:
    """The same one by one: how many things have shifted, each of the largest, how many more; then the rest of it. One alone
    where the run was recorded with other words."""
    found = _found(made)
    text = " ".join(found)
    if not made.words.startswith(text):
        return (made.words,) if made.words else ()
    rest = made.words.removeprefix(text).strip()
    return (*found, *((rest,) if rest else ()))


def findings(made: Drift) -> tuple[tuple[Shift, ...], ...]:
    """The shifts, the largest first; measures whose emptiness moved alike are one finding: who does nothing leaves many of them
    empty at once."""
    alike: dict[object, list[Shift]] = {}
    for n, s in enumerate(made.shifts):
        same = (s.size, _shares(s), s.effect > 0) if s.of == "empty" else n
        alike.setdefault(same, []).append(s)
    return tuple(map(tuple, alike.values()))


def _found(made: Drift) -> tuple[str, ...]:
    """How many things have shifted, the largest findings, and how many things more."""
    if not made.tested:
        return ("Nothing could be compared with the run before.",)
    things = f"{count(made.tested)} things" if made.tested != 1 else "one thing"
    if not made.shifts:
        return (f"Nothing has shifted: {things} were compared, and none differs by more than chance and by enough to matter.",)
    told = findings(made)[:MOST]
    left = len(made.shifts) - sum(map(len, told))
    more = (f"And {count(left)} more.",) if left else ()
    return (f"{headline(made)}.", *(_one(f) for f in told), *more)


def _one(finding: Sequence[Shift]) -> str:
    """One finding: the words of its shift, those of several measures with their names in front."""
    first = finding[0]
    if len(finding) == 1:
        return first.words
    *names, last = (lowered(s.label) for s in finding[:LISTED])
    names, last = ([*names, last], f"{count(more)} more") if (more := len(finding) - LISTED) > 0 else (names, last)
    return f"{capital(', '.join(names))} and {last}: each {first.words[len(first.label) + 2 :]}"


def headline(made: Drift) -> str:
    """How many of how many."""
    n = len(made.shifts)
    of = f"{count(made.tested)} things" if made.tested != 1 else "one thing"
    return f"{count(n)} of {of} that {'were' if made.tested != 1 else 'was'} compared {'has' if n == 1 else 'have'} shifted"


def longer(before: int, after: int) -> str:
    """That counts are not compared as the time looked at is not as long."""
    return f"Counts of events were not compared: {count(before)} days were looked at before and {count(after)} now."


def anew(labels: Sequence[str]) -> str:
    """That measures or events are new, the first of them by name."""
    n = len(labels)
    named = ", ".join(labels[:MOST]) + (f" and {count(n - MOST)} more" if n > MOST else "")
    are, have = ("are", "have") if n > 1 else ("is", "has")
    things = "measures or events" if n > 1 else "measure or event"
    return f"{count(n)} {things} {are} new and {have} nothing to be compared with: {named}."


def among(label: str, of: str) -> str:
    """A measure of those alone who have any of it."""
    return f"{label}, among those who {'do it' if of == 'event' else 'have any'}"


def height(value: float, unit: str = "") -> str:
    """A mean or a share as a reader sees it."""
    return percent(value) if unit == "share" else amount(value)


def _from(least: float) -> str:
    return "large" if least >= SIZES[2][1] else "medium and large"


def _measure(s: Shift, who: str) -> str:
    if s.unit == "share of users":
        have = " do it" if s.of == "event" else "" if s.level else " have any"
        return f"{s.label}: {_shares(s)} of {who}{have}, {_moved(s)}."
    if math.isnan(s.before):
        return f"{s.label}: {'higher' if s.effect > 0 else 'lower'} than before for most, {_moved(s)}."
    unit = {"times": " times each", "share": ""}.get(s.unit, f" {s.unit}" if s.unit else "")
    return f"{s.label}: {height(s.before, s.unit)} to {height(s.after, s.unit)}{unit}, {_moved(s)}."


def _category(s: Shift, who: str) -> str:
    return f"{s.label}: the answers are spread otherwise, {s.level} most of all, {_shares(s)} of {who}, a {s.size} change."


def _shape(s: Shift, _: str) -> str:
    return f"{s.label}: at about the same height as before, but spread otherwise, a {s.size} change."


def _empty(s: Shift, who: str) -> str:
    return f"{s.label}: empty for {_shares(s)} of {who}, {_moved(s)}."


def _persona(s: Shift, who: str) -> str:
    return f"{s.label} {_grew(s)}: {_shares(s)} of {who}, {_moved(s)}."


def _outside(s: Shift, who: str) -> str:
    kind = "Most of those did nothing this time." if s.level else "Perhaps there is a kind that the run before had not seen."
    hint = f" {kind}" if s.effect > 0 else ""
    return f"in no persona: {_shares(s)} of {who}, {_moved(s)}.{hint}"


_OF = {
    "measure": _measure, "event": _measure, "category": _category, "shape": _shape, "empty": _empty, "persona": _persona,
    "outside": _outside,
}  # fmt: skip


def _moved(s: Shift) -> str:
    return f"a {s.size} {'rise' if s.effect > 0 else 'fall'}"


def _shares(s: Shift) -> str:
    return f"{_share(s.before)} to {_share(s.after)}"


def _share(value: float) -> str:
    """A share; in words where it stands for too few."""
    return HARDLY if math.isnan(value) else percent(value)


def _grew(s: Shift) -> str:
    """The verb of a persona whose share moved."""
    if math.isnan(s.before) or math.isnan(s.after) or not s.before or not s.after:
        return "grew" if s.effect > 0 else "shrank"
    times = s.after / s.before
    for verb, low, high in (("halved", 0.475, 0.525), ("doubled", 1.9, 2.1), ("tripled", 2.85, 3.15)):
        if low <= times <= high:
            return verb
    return "grew" if times > 1 else "shrank"
