"""personae describe: some users against the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from personae.cli import settings, summary
from personae.cli.ask import answered
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, cut, labelled, table
from personae.cli.settings import settings as with_settings
from personae.cli.watch import watching
from personae.errors import UsageError
from personae.model.portrait import Difference, Portrait
from personae.model.study import Study

ENDINGS = (".html", ".csv")
SHOWN = 12
"""Sure differences of each part in the terminal."""


@with_settings
def describe(
    given: Mapping[str, Any],
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILES", help="Files, folders, globs, or DATABASE::TABLE.", show_default=False)
    ] = None,
    who: Annotated[
        str, typer.Option("--who", metavar="CONDITION", help='Whom to describe, such as "outcome = 1 and age >= 50".')
    ] = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="A page (.html) or every number (.csv).")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.", rich_help_panel="Output")] = False,
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Say who some users are and what they do, against the rest.

    Example: personae describe users.csv --who "churned = yes"
    """
    screen = Screen(as_json, plain, quiet, no_color)
    if not who:
        raise UsageError("P001", "nobody was named", where="--who", fix='say whom: --who "churned = yes"')
    if out and Path(out).suffix.lower() not in ENDINGS:
        raise UsageError("P001", f"{out} is neither .html nor .csv", where="--out", fix="name a file such as best.html")
    study = settings.study(files or (), given, settings.keep(Path()))
    with watching(screen) as watch:
        made, _ = answered(study, screen, lambda s: _found(s, who))
    if out:
        write(made, Path(out), overwrite)
    if screen.json:
        from personae.model.plain import plain as as_plain

        screen.give(as_plain(made))
        return
    for line in summary.warnings(watch.warnings):
        screen.talk(line)
    for line in (*lines(made, screen), *(labelled("page", out) if out else ())):
        screen.say(line)


def _found(study: Study, who: str) -> Portrait:
    from personae import flow
    from personae.store import spared

    return flow.portrait(spared(study, settings.record()), who)


def write(made: Portrait, path: Path, overwrite: bool) -> None:
    """The page, or every number as a table, by the ending of the path."""
    from personae import plugins
    from personae.report import leaf
    from personae.store import whole_file

    text = _table(made) if path.suffix.lower() == ".csv" else plugins.find("exporters", "html").leaf(leaf.portrait(made))
    with whole_file(path, overwrite=overwrite) as temp:
        temp.write_text(text, encoding="utf-8")


def _table(made: Portrait) -> str:
    """Every difference as a row of CSV; texts that spreadsheets run as formulas are guarded."""
    import csv
    import io

    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    names = [f.name for f in fields(Difference)]
    writer.writerow(names)
    for d in made.differences:
        values = (getattr(d, n) for n in names)
        writer.writerow("" if v is None else _guarded(v) if isinstance(v, str) else v for v in values)
    return file.getvalue()


def _guarded(text: str) -> str:
    return f"'{text}" if text.lstrip("' ")[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def lines(made: Portrait, screen: Screen) -> list[str]:
    """Who is meant, then a table a part: theirs, the others', how many times."""
    from personae.words.names import plural
    from personae.words.portraying import PARTS, lift, number, percent_of, span

    many = plural(made.entity)
    found = labelled("who", made.words[0])
    if made.unknown != 0:
        found += labelled("unknown", made.words[1])
    for part, title in PARTS.items():
        sure = [d for d in made.differences if d.part == part and d.sure]
        every = [d for d in made.differences if d.part == part]
        if not every:
            continue
        rows = [[percent_of(every), "these", "95 % interval", f"other {many}", "times the others"]]
        rows += [
            [
                cut(d.label, 44),
                number(d.value, d.statistic, d.unit),
                span(d.low, d.high, d.statistic, d.unit),
                number(d.rest, d.statistic, d.unit),
                lift(d) or "-",
            ]
            for d in sure[:SHOWN]
        ]
        found += ["", screen.strong(title)]
        if sure:
            head, *rest = table(rows, right=(1, 2, 3))
            found += [screen.faint(head), *rest]
        if notes := _notes(len(every), len(sure)):
            found.append(f"  {notes}")
    found += [""]
    if made.alike:
        found += labelled("alike", made.words[-1])
    if made.hidden:
        found += labelled("hidden", f"{made.hidden} numbers stand for too few {many} and are not told")
    return [*found, *labelled("note", "these describe; they do not say what causes what")]


def _notes(every: int, sure: int) -> str:
    """What the table of a part does not show."""
    more, left = sure - SHOWN, every - sure
    said = [f"{more} more {'is' if more == 1 else 'are'} surely different"] if more > 0 else []
    if left:
        said.append(
            f"{left} more {'is' if left == 1 else 'are'} not surely different" if sure else "nothing is surely different"
        )
    return "; ".join(said)
