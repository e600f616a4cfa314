"""personae bands: where one measure falls apart, or tells an outcome apart; or that it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from personae.cli import settings, summary
from personae.cli.ask import answered
from personae.cli.run import GATE
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, count, labelled, table
from personae.cli.settings import settings as with_settings
from personae.cli.watch import watching
from personae.errors import UsageError
from personae.model.bands import Bands, Wanted
from personae.model.study import Study

ENDINGS = (".html", ".svg")
HIGH = 6
"""Lines of the picture."""
_MOST = 20


@with_settings
def bands(
    given: Mapping[str, Any],
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILES", help="Files, folders, globs, or DATABASE::TABLE.", show_default=False)
    ] = None,
    column: Annotated[str, typer.Option("--column", metavar="COL", help="The measure to cut.")] = "",
    against: Annotated[
        str, typer.Option("--against", metavar="COL", help="An outcome that the bands are to tell apart, such as churn.")
    ] = "",
    most: Annotated[int, typer.Option("--max", metavar="N", help="Bands at most.")] = 6,
    buckets: Annotated[
        str, typer.Option("--buckets", metavar="CUTS", help="Fixed buckets to compare with, such as 18,26,36,51,66.")
    ] = "",
    sql: Annotated[bool, typer.Option("--sql", help="Print the bands as an SQL CASE and nothing else.")] = False,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="The answer as a page (.html) or its picture (.svg).")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.", rich_help_panel="Output")] = False,
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Cut one measure into the bands that the data suggest, or learn that there are none.

    Example: personae bands users.csv --column age --against churned
    """
    screen = Screen(as_json, plain, quiet, no_color)
    study = settings.study(files or (), given, settings.keep(Path()))
    wanted = Wanted(column=column, against=against, most=_checked(most), buckets=_cuts(buckets))
    if not column:
        raise UsageError("P001", "no column was named", where="--column", fix="name the measure to cut: --column age")
    if out and Path(out).suffix.lower() not in ENDINGS:
        raise UsageError("P001", f"{out} is neither .html nor .svg", where="--out", fix="name a file such as bands.html")
    with watching(replace(screen, quiet=screen.quiet or sql)) as watch:
        made, _ = answered(study, replace(screen, quiet=screen.quiet or sql), lambda s: _found(s, wanted))
    if out:
        write(made, Path(out), overwrite)
    if screen.json:
        screen.give(document(made))
    elif sql:
        screen.say(made.case())
    else:
        for line in summary.warnings(watch.warnings):
            screen.talk(line)
        for line in (*lines(made, screen), *(labelled("page", out) if out else ())):
            screen.say(line)
    raise typer.Exit(GATE if made.kind == "none" else 0)


def _checked(most: int) -> int:
    if not 2 <= most <= _MOST:
        raise UsageError("P001", f"--max is {most}", where="--max", fix=f"give a number from 2 to {_MOST}")
    return most


def _cuts(text: str) -> tuple[float, ...]:
    """Cuts as typed."""
    parts = [p.strip() for p in text.split(",") if p.strip()]
    wrong = next((p for p in parts if not re.fullmatch(r"-?\d+(\.\d+)?", p)), None)
    if wrong is not None:
        raise UsageError("P001", f"{wrong!r} is no number", where="--buckets", fix="write the cuts, such as 18,26,36,51,66")
    return tuple(sorted({float(p) for p in parts}))


def _found(study: Study, wanted: Wanted) -> Bands:
    from personae import flow
    from personae.store import spared

    return flow.bands(spared(study, settings.record()), wanted)


def write(made: Bands, path: Path, overwrite: bool) -> None:
    """The page or the picture, by the ending of the path."""
    from personae import plugins
    from personae.charts.bands import bands as chart
    from personae.charts.picture import svg
    from personae.report import leaf
    from personae.store import whole_file

    picture = chart(made)
    if path.suffix.lower() == ".svg" and not picture.spec:
        raise UsageError("P001", "there is no picture: too few have any one value", where="--out", fix="write a page: .html")
    page = plugins.find("exporters", "html").leaf(leaf.bands(made)) if path.suffix.lower() != ".svg" else ""
    with whole_file(path, overwrite=overwrite) as temp:
        temp.write_text(page or svg(picture.spec, picture.alt), encoding="utf-8")


def document(made: Bands) -> dict[str, Any]:
    """What --json prints."""
    from personae.model.plain import plain

    return {**plain(made), "sql": made.case() if made.cuts else ""}


def lines(made: Bands, screen: Screen) -> list[str]:
    """The answer, the picture, the table, the comparison."""
    from personae.charts.bands import bands as chart
    from personae.report.leaf import chance, interval
    from personae.words.banding import said

    some = "a few" if made.empty is None else count(made.empty)
    empty = f", {some} without a value" if made.empty != 0 else ""
    head = f"{count(made.users, made.entity)}{empty}; {'log scale' if made.scale == 'log' else 'scale as it is'}"
    picture = chart(made)
    first, *rest = table([list(picture.columns), *map(list, picture.rows)], right=range(1, len(picture.columns)))
    cuts = [
        ["cut", said(c.value), f"found at {said(c.at)}, {interval(c.low, c.high)} in 95 of 100 resamples", f"p {chance(c.p)}"]
        for c in made.cuts
        if c.kind != "zero"
    ]
    return [
        *labelled("measure", f"{made.label}{f' ({made.unit})' if made.unit else ''}   {head}"),
        *labelled("bands", summary.sentence(made.why)),
        "",
        *drawn(made, screen),
        screen.faint(first),
        *rest,
        "",
        *table([c if c[3] != "p -" else [*c[:3], ""] for c in cuts], right=(1,), indent=0),
        *(line for n in made.notes for line in labelled("note", n)),
        *(labelled("compare", made.contest.words) if made.contest else ()),
    ]


def drawn(made: Bands, screen: Screen) -> list[str]:
    """The picture in blocks: bars of users, and a mark under each cut."""
    from personae.words.banding import said

    top = max(made.counts, default=0)
    if not top:
        return []
    eighths = "#" if screen.plain else "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
    heights = [round(n / top * HIGH * len(eighths)) for n in made.counts]
    rows = []
    for level in range(HIGH - 1, -1, -1):
        cells = (min(max(h - level * len(eighths), 0), len(eighths)) for h in heights)
        rows.append("  " + "".join((eighths[c - 1] if c else " ") * 2 for c in cells))
    size = 2 * len(heights)
    marks, names = [" "] * (size + 1), [" "] * (size + 24)
    for c in made.cuts:
        at = 2 * sum(e <= c.value for e in made.edges[1:])
        if made.edges[0] < c.value < made.edges[-1]:
            marks[at] = "^"
            for i, letter in enumerate(said(c.value)):
                names[at + i] = letter
    low, high = said(float(f"{made.edges[0]:.3g}")), said(float(f"{made.edges[-1]:.3g}"))
    rule = f"  {low} {'-' * max(1, size - len(low) - len(high) - 2)} {high}"
    under = ["  " + "".join(marks).rstrip(), "  " + "".join(names).rstrip()] if "^" in marks else []
    return [*(r.rstrip() for r in rows), rule, *under, ""]
