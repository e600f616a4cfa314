"""Measures made by recipes: what each needs is there or the run stops; what it makes describes unless it is asked to form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from personae import plugins
from personae.errors import DataError, UsageError
from personae.model.features import Measure
from personae.model.recipe import Asked, EventName, Habit, Log, NumberColumn
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table
from personae.model.vocabulary import repeats
from personae.progress import warn
from personae.stages.asked import columns, forms, options
from personae.sums import named as joined

_FLAGS = {
    "time": ("a time", "name the column: --time COL"),
    "clock": ("times of day", "bring a log whose times hold hours and minutes"),
    "event": ("a column that says what happened", "name it: --event COL"),
    "value": ("an amount", "name the column: --value COL"),
}


def needed(recipes: Sequence[Asked], table: Table) -> tuple[Column, ...]:
    """The columns of a table that recipes name, as far as it has them."""
    named = {c for r in recipes for _, c, _ in columns(r)}
    return tuple(c for c in table.columns if c.name in named)


def lacking(recipe: Asked, table: Table, has: Sequence[str]) -> DataError | None:
    """Why a recipe cannot be made from a log that `has` some of "time", "clock", "event" and "value"; None when it can."""
    plug, event, value = plugins.find("recipes", recipe.name), table.column(Role.EVENT), table.column(Role.VALUE)
    if event is not None and value is not None and repeats(value.name) and "time" not in has:
        return _refused(recipe, table, "rows of single events", f'"{value.name}" counts; bring the log it was added up from')
    events = [n for n, p in options(recipe.name).items() if p.annotation == EventName and recipe.options.get(n)]
    for need in dict.fromkeys((*plug.RECIPE.needs, *(["event"] if events or recipe.name == "counts" else []))):
        if need not in has and not (need == "event" and not events and recipe.options.get("where")):
            return _refused(recipe, table, *_FLAGS[need])
    known = {c.name: c for c in table.columns}
    for option, name, kind in columns(recipe):
        if name not in known:
            return _refused(recipe, table, f'a column "{name}"', _closest(recipe, option, name, [*known]))
        if kind == NumberColumn and not known[name].kind.numeric:
            fix = f"name a column of numbers: {option}={_numeric(known) or 'COLUMN'}"
            return _refused(recipe, table, f'numbers in "{name}"', fix)
    return None


def unknown(recipe: Asked, table: Table, log: Log) -> DataError | None:
    """Why a recipe would look for what never happens: an event or a value that is not in the log. None when all is there."""
    for option, parameter in options(recipe.name).items():
        said = recipe.options.get(option)
        if parameter.annotation == EventName and said and said not in log.events:
            return _refused(recipe, table, f'an event "{said}"', _closest(recipe, option, said, log.events))
    where, value = recipe.options.get("where"), recipe.options.get("value")
    if where and value not in log.texts[where][1]:
        fix = _closest(recipe, "value", str(value or "VALUE"), log.texts[where][1])
        return _refused(recipe, table, f'the value "{value or ""}" of {where}', fix)
    return None


def _refused(recipe: Asked, table: Table, what: str, fix: str) -> DataError:
    said = f'the recipe "{recipe.text}" needs {what}, which {table.source} does not have'
    return DataError("P115", said, where=f"--features, looked in {table.source}", fix=fix)


def _closest(recipe: Asked, option: str, said: str, known: Sequence[str]) -> str:
    """What to type instead."""
    plain = {k.lower(): k for k in known}
    near = get_close_matches(said.lower(), list(plain), 1, 0.5)
    if near:
        given = {**recipe.options, option: plain[near[0]]}
        inside = ", ".join(f'{k}="{v}"' if "," in str(v) or ")" in str(v) else f"{k}={v}" for k, v in given.items())
        return f"did you mean --features '{recipe.name}({inside})'?"
    return f"there are: {', '.join(known[:12])}{' ...' if len(known) > 12 else ''}"


def _numeric(known: Mapping[str, Column]) -> str:
    fits = (c.name for c in known.values() if c.kind.numeric and c.role not in (Role.ID, Role.TIME))
    return next(fits, "")


def check_columns(recipes: Sequence[Asked], table: Table, study: Study) -> None:
    """Raise UsageError P001 where groups would be formed by who users are, or by how it ended, by way of a recipe (R48)."""
    for recipe in recipes:
        named = next((n for n in study.group_by if forms(recipe, n)), "") or ("counts" if recipe.name == "counts" else "")
        for c in needed([recipe], table) if named else ():
            if c.role is Role.OUTCOME:
                what = f'"{c.name}" is an outcome, so no group is formed by {recipe.text}'
                raise UsageError("P001", what, where="--features", fix=f"leave {recipe.text} out")
            if c.role is Role.DEMOGRAPHIC and not study.override.strip():
                what = f'"{c.name}" says who users are, not what they do, so no group is formed by {recipe.text}'
                fix = f'leave it out, or give your reason, which the report will print: --override "why {c.name}"'
                raise UsageError("P001", what, where="--features", fix=fix)


def made(
    recipes: Sequence[Asked], log: Log, table: Table, group_by: Sequence[str], form: bool, floor: int = 0
) -> tuple[Measure, ...]:
    """The measures that recipes make of a log. Those named in `group_by` form groups; without it they do where `form` says
    that nothing else forms them, except outcomes, what depends on who else is there, and what is made of columns that say who
    users are, what they think or how it ended. A value that gives a measure its name is held by at least `floor` users."""
    found: list[tuple[Asked, Measure]] = []
    for recipe in recipes:
        plug = plugins.find("recipes", recipe.name)
        named = any(forms(recipe, n) for n in group_by)
        habits = [h for h in plug.values(log, **recipe.options) if recipe.only in ("", h.name)]
        if not habits:
            warn(f"{recipe.text} could not be made: {plug.RECIPE.formula}")
        if plug.RECIPE.relative and not plug.RECIPE.makes:
            habits = _held(recipe, habits, floor)
        role = next((c.role for c in needed([recipe], table) if c.role in _SAID), Role.BEHAVIOUR)
        able = not plug.RECIPE.relative and (named if group_by else form and role is Role.BEHAVIOUR)
        habits = [replace(h, role=role) if h.role is Role.BEHAVIOUR else h for h in habits]
        for h in habits:
            found.append((recipe, _measure(h, table.source, able and (not group_by or _meant(recipe, h, group_by)))))
    return tuple(_once(found))


def _held(recipe: Asked, habits: Sequence[Habit], floor: int) -> list[Habit]:
    """The measures of values that enough users have: a value of few, in the name of a measure, would point at them."""
    kept = [h for h in habits if (h.values > 0).sum() >= floor]
    if len(kept) < len(habits):
        warn(f"{recipe.text}: values that fewer than {floor} have are not measured")
    return kept


_SAID = (Role.OUTCOME, Role.DEMOGRAPHIC, Role.ATTITUDE)
"""Roles of columns that measures made of them take on."""


def _meant(recipe: Asked, habit: Habit, group_by: Sequence[str]) -> bool:
    """Whether --group-by means this measure of a recipe: all of them where it names the recipe."""
    return any(n in (recipe.name, recipe.text, recipe.only, habit.name) for n in group_by)


def _measure(habit: Habit, source: str, form: bool) -> Measure:
    flag = habit.name == "attrition"
    kind = Kind.BOOLEAN if flag else Kind.DECIMAL
    return Measure(
        habit.name, habit.label, habit.role, kind, habit.values, (), habit.unit, source, habit.how,
        form and habit.role is not Role.OUTCOME, habit.against,
    )  # fmt: skip


def ended(measures: tuple[Measure, ...], asked: Sequence[Measure], group_by: Sequence[str]) -> tuple[Measure, ...]:
    """The measures, of which none that counts days since the last event forms groups where attrition is an outcome: groups
    formed by it would be compared on what formed them."""
    if group_by or all(m.name != "attrition" for m in asked):
        return measures
    return tuple(replace(m, forms=False) if m.name.partition("_")[0] == "recency" or m.name in _SINCE else m for m in measures)


_SINCE = ("days_since_last",)


def _once(measures: Sequence[tuple[Asked, Measure]]) -> Iterator[Measure]:
    """Measures that two requests make come once; of the same name with other options, the later ones say theirs."""
    seen: dict[str, list[dict[str, Any]]] = {}
    labels = {m.name: m.label for _, m in reversed(measures)}
    for recipe, m in measures:
        meant = {n: recipe.options.get(n, p.default) for n, p in options(recipe.name).items()}
        before = seen.setdefault(m.name, [])
        if meant in before:
            continue
        before.append(meant)
        if meant is before[0]:
            yield m
            continue
        own = {n: str(v) or "any" for n, v in meant.items() if v != before[0].get(n)}
        name, against = (joined(x, *own.values()) if x else "" for x in (m.name, m.against))
        same = m.label == labels[m.name]
        label = f"{m.label} ({', '.join(f'{n} {v}' for n, v in own.items())})" if same else m.label
        yield replace(m, name=name, label=label, against=against)
