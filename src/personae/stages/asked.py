"""The recipes that a study asks for: read from texts such as "time_to_first(event=purchase)" and checked."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from personae import plugins
from personae.calls import called, given_in
from personae.errors import UsageError
from personae.model.recipe import Asked, EventName, Log, NumberColumn, TextColumn

_EXAMPLE = 'write a name, and options in brackets: "time_to_first(event=purchase)"'


def asked(texts: Sequence[str]) -> tuple[Asked, ...]:
    """Each text as a recipe and its options. Raises UsageError P001 for a recipe, an option or a value that does not exist."""
    known = plugins.names("recipes") if texts else ()
    return tuple(_asked(text, known) for text in dict.fromkeys(texts))


def options(name: str) -> Mapping[str, inspect.Parameter]:
    """The options of a recipe by name, in order; annotations are EventName, TextColumn, NumberColumn, int, float or str."""
    found = inspect.signature(plugins.find("recipes", name).values, eval_str=True).parameters
    return {p.name: p for p in list(found.values())[1:]}


def columns(recipe: Asked) -> Iterator[tuple[str, str, Any]]:
    """(option, column, TextColumn or NumberColumn) of each column that a request names."""
    for name, parameter in options(recipe.name).items():
        if parameter.annotation in (TextColumn, NumberColumn) and recipe.options.get(name):
            yield name, str(recipe.options[name]), parameter.annotation


def makes(recipe: Asked) -> tuple[str, ...]:
    """The names of its measures, as far as they do not depend on the data."""
    if recipe.only:
        return (recipe.only,)
    nothing, none = np.zeros(0), np.zeros(0, np.int32)
    texts = {c: (none, ()) for _, c, kind in columns(recipe) if kind == TextColumn}
    numbers = {c: nothing for _, c, kind in columns(recipe) if kind == NumberColumn}
    log = Log(0, none, none.astype(np.int64), none, (), nothing, 0, 99_999, True, texts, numbers)
    return tuple(h.name for h in plugins.find("recipes", recipe.name).values(log, **recipe.options))


def check_forming(recipes: Sequence[Asked], names: Sequence[str]) -> None:
    """Raise UsageError P001 where --group-by names a recipe that cannot form groups."""
    for recipe in recipes:
        said = next((n for n in names if forms(recipe, n)), "")
        plug = plugins.find("recipes", recipe.name)
        if said and plug.RECIPE.outcome:
            what = f'"{said}" is an outcome: groups are compared on it and never formed by it'
            raise UsageError("P001", what, where="--group-by", fix=f"leave {said} out of --group-by")
        if said and plug.RECIPE.relative:
            what = f'"{said}" depends on who else is there, so a rule made on it could not place new users'
            instead = {"rfm": "--features recency,frequency,monetary --group-by recency,frequency,monetary"}
            fix = instead.get(recipe.name, f"name the column as the event (--event), or leave {said} out of --group-by")
            raise UsageError("P001", what, where="--group-by", fix=fix)


def forms(recipe: Asked, name: str) -> bool:
    """Whether a name in --group-by means this recipe: its own, the whole request, or that of a measure it makes."""
    return name in (recipe.name, recipe.only, recipe.text) or name in makes(recipe)


def _asked(text: str, recipes: Sequence[str]) -> Asked:
    said, inside = called(text, "--features", "a recipe", _EXAMPLE)
    name, only = _named(said.replace("-", "_"), text, recipes)
    known = options(name)
    given = given_in(text, inside, {k: p.annotation for k, p in known.items()}, "--features")
    for option, parameter in known.items():
        if parameter.default is inspect.Parameter.empty and not given.get(option):
            kind = "EVENT" if parameter.annotation == EventName else "COLUMN"
            fix = f'--features "{name}({option}={kind})"; {_told(name)}'
            raise UsageError("P001", f'the recipe "{name}" needs {option}=', where="--features", fix=fix)
    return Asked(name, given, text.strip(), only)


def _named(name: str, text: str, known: Sequence[str]) -> tuple[str, str]:
    """The recipe of that name, and the one measure of it where the name is a measure's."""
    if name in known:
        return name, ""
    made = {m: r for r in known for m in plugins.find("recipes", r).RECIPE.makes}
    if name in made:
        return made[name], name
    near = get_close_matches(name, (*known, *made), 1, 0.6)
    fix = f"did you mean {near[0]}? " if near else ""
    what = f'there is no recipe "{name}"' + (f" in {text}" if text.strip() != name else "")
    raise UsageError("P001", what, where="--features", fix=f"{fix}personae features lists them")


def _told(name: str) -> str:
    return f"personae features {name} tells more"
