"""What differs between two runs, in sentences."""

from __future__ import annotations

from personae.model.change import Change
from personae.words.names import plural
from personae.words.numbers import count, percent

NO_GROUP = "no group"


def agreed(index: float) -> str:
    """An adjusted Rand index in words."""
    if index >= 0.9:
        return "practically the same groups"
    if index >= 0.65:
        return "much the same groups"
    return "groups that overlap" if index >= 0.3 else "groups that have little in common" if index >= 0.05 else "other groups"


def told(made: Change) -> tuple[str, ...]:
    """The sentences: groups, who moved, personas, data, settings."""
    return tuple(x for x in (_groups(made), _moved(made), *_personas(made), _data(made), _set(made)) if x)


def some(users: int | None, made: Change) -> str:
    """A number of users, or that they are fewer than the floor."""
    who = plural(made.entity)
    return f"fewer than {made.floor} {who}" if users is None else f"{count(users)} {made.entity if users == 1 else who}"


def _groups(made: Change) -> str:
    if made.agreement is None:
        none = f"{'hardly any' if made.rounded else 'no'} {made.entity}"
        why = f"{none} is in {'a group in ' if made.both else ''}both runs"
        return f"The groups cannot be compared: {why}."
    a, b = made.before.groups, made.after.groups
    numbers = f"{a} groups before and {b} after" if a != b else f"{a} groups in both runs"
    return f"{numbers}; they are {agreed(made.agreement)} (adjusted Rand index {made.agreement:.2f})."


def _moved(made: Change) -> str:
    if made.both is None or not made.both:
        return ""
    if made.moved is None or made.stayed is None:
        return f"Of the {some(made.both, made)} in both runs nearly all did the same."
    if not made.moved:
        return f"All {some(made.both, made)} in both runs are where they were."
    return f"{count(made.moved)} of the {some(made.both, made)} in both runs ({percent(made.moved / made.both)}) moved."


def _personas(made: Change) -> list[str]:
    lines = []
    for p in made.pairs:
        renamed = f", now called {p.after_name}" if p.after_name != p.before_name else ""
        if p.kind == "alike":
            lines.append(f"{p.before_name} is still there with other borders{renamed} ({percent(p.jaccard)} shared).")
        elif p.kind == "same" and renamed:
            lines.append(f"{p.before_name} is the same{renamed}.")
        elif p.kind == "gone":
            lines.append(f"{p.before_name} has no counterpart after.")
        elif p.kind == "new":
            lines.append(f"{p.after_name} has no counterpart before.")
    return lines


def _data(made: Change) -> str:
    if all(s.same for s in made.sources):
        return "Both runs read the same bytes."
    parts = [f"{some(n, made)} {where}" for n, where in (
        (made.only_before, "only before"), (made.only_after, "only after")) if n != 0]  # fmt: skip
    return f"The data differ: {', '.join(parts)}." if parts else f"The data differ, the {plural(made.entity)} are the same."


def _set(made: Change) -> str:
    if not made.settings:
        return "All settings are the same."
    return "Settings that differ: " + ", ".join(s.name.replace("_", "-") for s in made.settings) + "."
