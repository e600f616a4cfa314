"""personae features: the recipes that can be asked for, what each needs, and its SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, labelled, table
from personae.cli.settings import closest
from personae.errors import UsageError


def features(
    recipe: Annotated[
        str,
        typer.Argument(metavar="RECIPE", help='Name, with options if you like: "recency(event=buy)".', show_default=False),
    ] = "",
    sql: Annotated[str, typer.Option(help="Print its SQL for this database, such as postgres.", metavar="DIALECT")] = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """List the measures that --features can ask for, or tell one in full.

    Example: personae features recency --sql postgres
    """
    from personae import plugins

    screen = Screen(as_json, plain, quiet, no_color)
    if not recipe:
        if sql:
            raise UsageError(
                "P001", "--sql needs a recipe", where="personae features", fix=f"personae features rfm --sql {sql}"
            )
        names = plugins.names("recipes")
        if screen.json:
            screen.give({"recipes": [document(name) for name in names]})
            return
        for line in listing(names, screen):
            screen.say(line)
        return
    from personae.stages.asked import asked

    name = recipe.partition("(")[0].strip().replace("-", "_")
    known = plugins.names("recipes")
    example = plugins.find("recipes", name).RECIPE.example if name in known and "(" not in recipe else recipe
    (one,) = asked((example,))
    code = compiled(one.name, one.options, sql) if sql else ""
    if screen.json:
        screen.give({**document(one.name), **({"sql": code} if sql else {})})
    elif sql:
        screen.say(code)
    else:
        for line in told(one.name, screen):
            screen.say(line)


def document(name: str) -> dict[str, Any]:
    """A recipe as plain data."""
    from dataclasses import asdict

    from personae import plugins

    return {"name": name, **asdict(plugins.find("recipes", name).RECIPE), "options": options(name)}


def options(name: str) -> dict[str, str]:
    """The options of a recipe, each with its default, or with what it has to name."""
    from inspect import Parameter

    from personae.model.recipe import EventName, NumberColumn, TextColumn
    from personae.stages.asked import options as all_of

    kinds = {EventName: "EVENT", TextColumn: "COLUMN", NumberColumn: "NUMBER COLUMN"}
    shown = {}
    for option, p in all_of(name).items():
        kind = next((word for k, word in kinds.items() if k == p.annotation), "TEXT")
        optional = "" if p.default is Parameter.empty else " or none"
        shown[option] = str(p.default) if isinstance(p.default, int | float) else kind + optional
    return shown


def listing(names: tuple[str, ...], screen: Screen) -> list[str]:
    """A line a recipe."""
    from personae import plugins

    rows = [["recipe", "what", "needs"]]
    for name in names:
        r = plugins.find("recipes", name).RECIPE
        inside = ", ".join(options(name))
        rows.append([f"{name}({inside})" if inside else name, r.title, ", ".join(r.needs)])
    head, *rest = table(rows, indent=0)
    example = 'personae run events.csv --features "rfm,time_to_first(event=purchase)"'
    return [screen.faint(head), *rest, "", f"next     {example}", "         personae features NAME   one recipe in full"]


def told(name: str, screen: Screen) -> list[str]:
    """One recipe in full."""
    from personae import plugins

    r = plugins.find("recipes", name).RECIPE
    lines = [screen.strong(name), *labelled("what", r.title), *labelled("unit", r.unit)]
    lines += labelled("needs", ", ".join(_NEEDS[n] for n in r.needs) or "nothing but the id")
    lines += labelled("formula", r.formula)
    if r.makes:
        lines += labelled("makes", ", ".join(r.makes))
    for option, default in options(name).items():
        lines += labelled("option", f"{option}={default}")
    lines += labelled("groups", FORMS[use(r)])
    lines += labelled("example", f'personae run events.csv --features "{r.example}"')
    return lines


def use(recipe: Any) -> str:
    """What becomes of its measures."""
    return "usual" if recipe.usual else "outcome" if recipe.outcome else "relative" if recipe.relative else "asked"


FORMS = {
    "usual": "measured without being asked for; describes groups, and forms them when also named in --group-by",
    "outcome": "an outcome: groups are compared on it and never formed by it",
    "relative": "describes groups and never forms them: its values depend on who else is there",
    "asked": "describes groups in a log that says what happened, forms them in one that does not, or when named in --group-by",
}
"""What becomes of the measures of a recipe, in words."""
_NEEDS = {
    "time": "a time (--time)",
    "clock": "times of day",
    "event": "a column that says what happened (--event)",
    "value": "an amount (--value)",
}


def compiled(name: str, options: Mapping[str, Any], dialect: str) -> str:
    """The SQL of a recipe over a table `log`. Raises UsageError P001 for a dialect that is not known."""
    from personae import plugins
    from personae.model.recipe import Asked, TextColumn
    from personae.sql.events import DIALECTS, text, unread
    from personae.stages.asked import columns

    if dialect not in DIALECTS:
        near = closest(dialect, DIALECTS)
        fix = f"did you mean --sql {near}?" if near else f"give one of {', '.join(DIALECTS)}"
        raise UsageError("P001", f"--sql {dialect} is not known", where="personae features", fix=fix)
    named = [(column, kind == TextColumn) for _, column, kind in columns(Asked(name, options, name))]
    log = unread([c for c, words in named if words], [c for c, words in named if not words])
    also = "".join(f", {c}" for c, _ in named)
    head = (
        f"-- {name}({', '.join(f'{k}={v}' for k, v in options.items())})\n"
        f"-- log: one row an event; user (text), t (local second since 1970), event (text), value (number){also}\n"
    )
    return head + text(plugins.find("recipes", name).query(log, **options), dialect)
