"""personae check: what the data are, and what run would do with them; writes nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from personae.cli import settings, summary
from personae.cli.ask import answered
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, count, cut, labelled, table
from personae.cli.settings import settings as with_settings
from personae.cli.watch import watching
from personae.model.features import Features
from personae.model.study import Role, Study
from personae.model.table import Column, Level, Table
from personae.stages.roles import is_personal, use

_PERSONAL = (
    (re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"), "***@***"),
    (re.compile(r"\+?\d[\d ()/.-]{8,}\d"), "*** ***"),
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b"), "*.*.*.*"),
)
_NAMED = re.compile(
    r"(^|[_\s.-])(e?mail|phone|tel|mobile|(first|last|full|sur|family)?[_ ]?name|address|street|birth|dob|ssn|iban|ip)"
    r"([_\s.-]|$)",
    re.IGNORECASE,
)
_LEVELS = {Level.STOP: "stop", Level.WARN: "warning", Level.PASS: "note"}


@with_settings
def check(
    given: Mapping[str, Any],
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILES", help="Files, folders or globs.", show_default=False)
    ] = None,
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Look at your data: what each column is, what it would be used for, and what is wrong; writes nothing.

    Example: personae check users.csv events.csv
    """
    study = settings.study(files or (), given, settings.keep(Path()))
    look(study, Screen(as_json, plain, quiet, no_color), "personae run with the same files finds the groups")


def look(study: Study, screen: Screen, last: str) -> None:
    """Read, understand and measure, then say what was seen. Rows that do not fit are shown, however many they are."""
    with watching(screen) as watch:
        (tables, features), _ = answered(replace(study, allow_rejects=max(study.allow_rejects, sys.maxsize)), screen, _look)
    if screen.json:
        screen.give(document(tables, features))
        return
    for line in lines(tables, features, study, screen):
        screen.say(line)
    for line in summary.warnings(watch.warnings):
        screen.talk(line)
    aside = sum(t.set_aside for t in tables)
    if max(t.set_aside for t in tables) > study.allow_rejects:
        screen.say(f"stop     {count(aside, 'row')} would be set aside: run goes on with --allow-rejects {aside}")
        last = last.replace("with the same files", f"with the same files and --allow-rejects {aside}")
    screen.say(f"next     {last}")


def _look(study: Study) -> tuple[tuple[Table, ...], Features]:
    from personae import flow

    return flow.measured(study)


def lines(tables: tuple[Table, ...], features: Features, study: Study, screen: Screen) -> list[str]:
    """A table of columns a source, then what is worth knowing, then what the groups would be formed on."""
    found = summary.sources(tables, features.window)
    for t in tables:
        rows = [["column", "kind", "used as", "filled", "empty", "examples", "why"]]
        rows += [_row(t, c, study) for c in t.columns]
        head, *rest = table(rows, right=(3, 4))
        found += ["", f"{screen.strong(t.source)}   {t.format}   {_shape(t, study)}", screen.faint(head), *rest]
        for r in t.rejects[:5]:
            found += labelled("aside", f"line {r.line:,}: {r.reason}")
        if len(t.rejects) > 5:
            found += labelled(
                "aside", f"and {count(len(t.rejects) - 5, 'more row')}; run writes them all to private/rejects.csv"
            )
        for n in sorted(t.notes, key=lambda n: list(_LEVELS).index(n.level)):
            more = (n.words, n.where and f"({n.where})", n.fix and f"-> {n.fix}")
            found += labelled(_LEVELS[n.level], " ".join(x for x in more if x))
        found += _markers(t)
    made = len(features.measures) + (len(features.counts.events) if features.counts else 0)
    forming = len(features.forming()) + (len(features.counts.events) if features.counts else 0)
    return [
        *found,
        "",
        *summary.links(tables),
        *summary.matches(features.matches, study.entity),
        *summary.measures(made, features.left_out),
        *labelled("group by", f"{count(forming, 'measure')} of what {count(len(features), study.entity)} do"),
    ]


def _markers(table: Table) -> list[str]:
    """A note for each text that may mean "empty", however many columns have it."""
    where: dict[str, list[tuple[str, int]]] = {}
    for c in table.columns:
        for text, times in c.markers:
            where.setdefault(text, []).append((c.name, times))
    found = []
    for text, columns in where.items():
        if len(columns) == 1:
            ((name, times),) = columns
            seen = f'column "{name}" has {text!r} {count(times, "time")}'
        else:
            listed = ", ".join(f'"{n}"' for n, _ in columns[:3]) + (", ..." if len(columns) > 3 else "")
            low, high = min(n for _, n in columns), max(n for _, n in columns)
            each = count(low, "time") if low == high else f"{count(low)} to {count(high, 'time')}"
            seen = f"{count(len(columns), 'column')} ({listed}) have {text!r}, {each} each"
        found += labelled("note", f"{seen}; if it means empty: --missing {text!r}")
    return found


def document(tables: tuple[Table, ...], features: Features) -> dict[str, Any]:
    """The same as one JSON document."""
    from personae.model.plain import plain

    def masked(t: Table) -> Table:
        return replace(t, rejects=(), columns=tuple(replace(c, examples=examples(c), low="", high="") for c in t.columns))

    return {
        "tables": [{**plain(masked(t)), "set_aside": t.set_aside} for t in tables],
        "matches": plain(features.matches),
        "window": plain(features.window),
        "users": len(features),
        "measures": [{"name": m.name, "label": m.label, "role": m.role.value, "forms": m.forms} for m in features.measures],
        "events": list(features.counts.events) if features.counts else [],
        "left_out": plain(features.left_out),
    }


def examples(column: Column) -> tuple[str, ...]:
    """Some values, with what points at a person masked."""
    named = column.role != Role.ID and _NAMED.search(column.name) and column.kind.value in ("text", "category")
    if named or is_personal(column):
        return ("(personal, not shown)",) if column.examples else ()
    return tuple(_masked(x) for x in column.examples[:3])


_DATE = re.compile(r"(\d{4}[-/.](0?\d|1[0-2])[-/.]([0-2]?\d|3[01])|([0-2]?\d|3[01])[-/.]([0-2]?\d|3[01])[-/.]\d{2,4})(\D.*)?")
_NUMBER = re.compile(r"[-+]?[\d.,]+([eE][-+]?\d+)?")


def _masked(text: str) -> str:
    address, phone, network = _PERSONAL
    text = address[0].sub(address[1], text)
    if re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", text):
        return network[1]
    if not _DATE.fullmatch(text.strip()) and not _number(text.strip()):
        text = network[0].sub(network[1], phone[0].sub(phone[1], text))
    return text if len(text) <= 24 else text[:21] + "..."


def _number(text: str) -> bool:
    """Whether a text is a number as it stands; with a plus before it, it is a telephone number."""
    return bool(_NUMBER.fullmatch(text)) and not text.startswith("+")


def _row(t: Table, c: Column, study: Study) -> list[str]:
    filled, empty = count(c.rows - c.empty), count(c.empty)
    return [c.name, c.kind.value, use(t, c, study.group_by), filled, empty, cut(", ".join(examples(c)), 30), c.why]


def _shape(table: Table, study: Study) -> str:
    if not table.measured:
        return "looked up by other files" if table.shape == "lent" else "left out"
    return f"one row an event, many a {study.entity}" if table.shape == "events" else f"one row a {study.entity}"
