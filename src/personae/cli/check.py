"""personae check: what the data are, what is wrong with them, and what run would do with them."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from personae.cli import settings, summary
from personae.cli.ask import answered
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, columns, count, cut, labelled, table
from personae.cli.settings import settings as with_settings
from personae.cli.watch import watching
from personae.model import personal
from personae.model.features import Features
from personae.model.inspection import Finding, Inspection
from personae.model.study import Role, Study
from personae.model.table import Column, Level, Table
from personae.stages.roles import is_personal, use
from personae.words.findings import LOOKS, said, typed

_NAMED = re.compile(
    r"(^|[_\s.-])(e?mail|phone|tel|mobile|(first|last|full|sur|family)?[_ ]?name|address|street|birth|dob|ssn|iban|ip)"
    r"([_\s.-]|$)",
    re.IGNORECASE,
)
_THING = re.compile(r"(^|[_\s.-])(product|category|item|brand|event|campaign|plan)s?[_ ]names?([_\s.-]|$)", re.IGNORECASE)
"""Columns with names of things, which point at nobody."""
LEVELS = {Level.STOP: "stop", Level.WARN: "warning", Level.PASS: "note"}
"""What a finding of each level is called on a terminal."""
READING = 6
"""Notes on how columns were read that a terminal shows: a survey can have one for each of its questions."""


@with_settings
def check(
    given: Mapping[str, Any],
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILES", help="Files, folders, globs, or DATABASE::TABLE.", show_default=False)
    ] = None,
    html: Annotated[
        str, typer.Option("--html", help="Write the report as one page.", metavar="FILE", rich_help_panel="Output")
    ] = "",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the page of --html.", rich_help_panel="Output")
    ] = False,
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Look at your data: what each column is, what it would be used for, and what is wrong with it.

    Ends with 0 whatever it finds: it is a report. What it marks as stop is what personae run stops at (P113).

    Example: personae check users.csv events.csv --html data.html
    """
    study = settings.study(files or (), given, settings.keep(Path()))
    if html:
        _free(Path(html), overwrite)
    look(study, Screen(as_json, plain, quiet, no_color), "personae run with the same files finds the groups", html)


def _free(path: Path, overwrite: bool) -> None:
    from personae.errors import UsageError

    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError("P001", f"{path} is no name of a page", where="--html", fix="let it end in .html")
    if path.exists() and not overwrite:
        raise UsageError("P001", f"{path} is there already", where="--html", fix="choose another name, or add --overwrite")


def look(study: Study, screen: Screen, last: str, html: str = "") -> None:
    """Read, understand, measure and inspect, then say what was seen. Rows that do not fit are shown, however many they are."""
    open_to_all = replace(study, allow_rejects=max(study.allow_rejects, sys.maxsize))
    with watching(screen) as watch:
        (tables, features, seen), asked = answered(open_to_all, screen, _look)
    from personae.stages.recognise import entity

    study = replace(asked, allow_rejects=study.allow_rejects, entity=entity(tables, asked))
    seen = _stopped_by_rows(seen, tables, study)
    if html:
        from personae import plugins

        uses = {f"{t.source}/{c.name}": use(t, c, study.group_by) for t in tables for c in t.columns}
        plugins.find("exporters", "html").data(tables, features, seen, study, uses, Path(html))
    if screen.json:
        screen.give(document(tables, features, seen))
        return
    for line in lines(tables, features, seen, study, screen):
        screen.say(line)
    for line in summary.warnings(watch.warnings):
        screen.talk(line)
    if html:
        screen.say(f"page     {screen.strong(html)}")
    screen.say(f"next     {_with_flags(last, seen)}")


def _look(study: Study) -> tuple[tuple[Table, ...], Features, Inspection]:
    from personae import flow
    from personae.store import spared

    return flow.inspected(spared(study, settings.record()))


def _stopped_by_rows(seen: Inspection, tables: Sequence[Table], study: Study) -> Inspection:
    """With a stop for rows that a run would not set aside: check reads on where run ends."""
    from personae.model.inspection import Number

    aside = sum(t.set_aside for t in tables)
    if max(t.set_aside for t in tables) <= study.allow_rejects:
        return seen
    flag = f"run goes on with --allow-rejects {aside}"
    stop = Finding("reading", Level.STOP, (Number(aside, "row"), " would be set aside"), flag=flag)
    return replace(seen, findings=(stop, *seen.findings))


def _with_flags(last: str, seen: Inspection) -> str:
    """The next command with what keeps it from stopping: rows set aside, columns left out, else findings accepted."""
    flags = [f.flag.removeprefix("run goes on with ") for f in seen.stops if f.flag.startswith("run goes on with ")]
    leaks = [f for f in seen.stops if f.kind == "leak"]
    out = tuple(dict.fromkeys(n for f in leaks if f.flag.startswith("--ignore") for n in f.columns))
    on = tuple(f"leak:{n}" for f in leaks if not f.flag.startswith("--ignore") for n in f.columns)
    flags += [f"--{name} {typed(names)}" for name, names in (("ignore", out), ("accept", on)) if names]
    return last.replace("with the same files", f"with the same files and {' '.join(flags)}") if flags else last


# ---------------------------------------------------------------- the page of a terminal


def lines(tables: tuple[Table, ...], features: Features, seen: Inspection, study: Study, screen: Screen) -> list[str]:
    """A table of columns a source, what the groups would be formed on, then the findings, the stops last."""
    from personae.stages.prepared import planned

    found = summary.sources(tables, features.window)
    hidden = personal_columns(seen)
    for t in tables:
        rows = [["column", "kind", "used as", "filled", "empty", "examples", "why"]]
        rows += [_row(t, c, study, hidden) for c in t.columns]
        head, *rest = table(rows, right=(3, 4))
        found += ["", f"{screen.strong(t.source)}   {t.format}   {_shape(t, study)}", screen.faint(head), *rest]
        for r in t.rejects[:5]:
            found += labelled("aside", f"line {r.line:,}: {r.reason}")
        if len(t.rejects) > 5:
            more = count(len(t.rejects) - 5, "more row")
            found += labelled("aside", f"and {more}; run writes them all to private/rejects.csv")
    made = len(features.measures) + (len(features.counts.events) if features.counts else 0)
    forming = len(features.forming()) + (len(features.counts.events) if features.counts else 0)
    return [
        *found,
        "",
        *summary.links(tables),
        *summary.matches(features.matches, study.entity),
        *summary.measures(made, features.left_out),
        *labelled("group by", f"{count(forming, 'measure')} of what {count(len(features), study.entity)} do"),
        *(line for words in planned(features, study) for line in labelled("prepare", words)),
        "",
        *findings(seen, screen),
    ]


def findings(seen: Inspection, screen: Screen) -> list[str]:
    """What was looked for in vain, then notes, warnings and stops: what matters most stands last."""
    found = labelled("passed", ", ".join(LOOKS[x.kind] for x in seen.passed)) if seen.passed else []
    for bound in seen.bounds:
        found += labelled("bound", bound)
    notes = [f for f in seen.findings if f.level is Level.PASS]
    reading = [f for f in notes if f.kind == "reading"]
    kept = [f for f in notes if f.kind != "reading" or f in reading[:READING]]
    for f in kept:
        found += _finding(f, screen)
    if more := len(notes) - len(kept):
        found += labelled("note", f"{count(more, 'more note')} on how columns were read: --html FILE or --json has all")
    for level in (Level.WARN, Level.STOP):
        for f in seen.findings:
            found += _finding(f, screen) if f.level is level else []
    amounts = [(sum(f.level is level for f in seen.findings), word) for level, word in LEVELS.items()]
    told = ", ".join(count(n, word) for n, word in amounts if n) or "nothing worth a word"
    return [*found, *labelled("found", told)]


def _finding(f: Finding, screen: Screen) -> list[str]:
    """A finding in a few lines: what was seen, what will be done, what to type."""
    first = said(f) + (f" ({f.example})" if f.example else "")
    made = labelled(LEVELS[f.level], f"{first}; {f.done}" if f.done else first)
    if f.flag:
        made += _kept_whole(f"-> {f.flag}")
    if f.level is Level.PASS:
        return made
    head, rest = made[0][:9], made[0][9:]
    return [screen.strong(head) + rest, *made[1:]]


def _kept_whole(text: str) -> list[str]:
    """What is to be typed, on a line of its own and never broken inside."""
    return [" " * 9 + text] if len(text) + 9 <= columns() else labelled("", text)


# ---------------------------------------------------------------- one document


def document(tables: tuple[Table, ...], features: Features, seen: Inspection) -> dict[str, Any]:
    """The same as one JSON document."""
    from personae.model.plain import plain

    hidden = personal_columns(seen)

    def masked(t: Table) -> Table:
        shown = tuple(replace(c, examples=examples(c, hidden), low="", high="") for c in t.columns)
        return replace(t, rejects=(), columns=shown)

    return {
        "tables": [{**plain(masked(t)), "set_aside": t.set_aside} for t in tables],
        "matches": plain(features.matches),
        "window": plain(features.window),
        "users": len(features),
        "measures": [{"name": m.name, "label": m.label, "role": m.role.value, "forms": m.forms} for m in features.measures],
        "events": list(features.counts.events) if features.counts else [],
        "left_out": plain(features.left_out),
        "findings": [_as_data(f) for f in seen.findings],
        "passed": plain(seen.passed),
        "pairs": plain(seen.pairs),
        "days": plain(seen.days),
        "sketches": plain(seen.sketches),
        "bounds": list(seen.bounds),
        "stops": len(seen.stops),
    }


def _as_data(f: Finding) -> dict[str, Any]:
    """A finding with its sentence and its numbers; what quotes a value stays out."""
    from personae.model.plain import plain

    return {
        "kind": f.kind, "level": f.level.value, "columns": list(f.columns), "source": f.source, "words": said(f),
        "numbers": plain(f.numbers), "done": f.done, "flag": f.flag, "accepted": f.accepted,
    }  # fmt: skip


# ---------------------------------------------------------------- values


def personal_columns(seen: Inspection) -> frozenset[str]:
    """Columns in which personal data were found: nothing of them is shown."""
    return frozenset(n for f in seen.findings if f.kind == "personal" for n in f.columns)


def examples(column: Column, hidden: Collection[str] = ()) -> tuple[str, ...]:
    """Some values, with what points at a person masked; none of the columns that are `hidden`."""
    meant = column.role not in (Role.ID, Role.EVENT)
    named = (
        meant and _NAMED.search(column.name) and not _THING.search(column.name) and column.kind.value in ("text", "category")
    )
    if named or is_personal(column) or column.name in hidden:
        return ("(personal, not shown)",) if column.examples else ()
    return tuple(_masked(x) for x in column.examples[:3])


_PHONE = re.compile(r"\+?\d[\d ()/.-]{8,}\d")
_DATE = re.compile(r"(\d{4}[-/.](0?\d|1[0-2])[-/.]([0-2]?\d|3[01])|([0-2]?\d|3[01])[-/.]([0-2]?\d|3[01])[-/.]\d{2,4})(\D.*)?")
_NUMBER = re.compile(r"[-+]?[\d.,]+([eE][-+]?\d+)?")


def _masked(text: str) -> str:
    text = personal.masked(text)
    if not _DATE.fullmatch(text.strip()) and not _number(text.strip()):
        text = _PHONE.sub("*** ***", text)
    return text if len(text) <= 24 else text[:21] + "..."


def _number(text: str) -> bool:
    """Whether a text is a number as it stands; with a plus before it, it is a telephone number."""
    return bool(_NUMBER.fullmatch(text)) and not text.startswith("+")


def _row(t: Table, c: Column, study: Study, hidden: Collection[str]) -> list[str]:
    filled, empty = count(c.rows - c.empty), count(c.empty)
    return [c.name, c.kind.value, use(t, c, study.group_by), filled, empty, cut(", ".join(examples(c, hidden)), 30), c.why]


def _shape(table: Table, study: Study) -> str:
    if not table.measured:
        return "looked up by other files" if table.shape == "lent" else "left out"
    return f"one row an event, many a {study.entity}" if table.shape == "events" else f"one row a {study.entity}"
