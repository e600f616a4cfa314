"""personae score: which persona is each of these users?"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from personae.cli import summary
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count
from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.model.cast import Cast

FORMATS = ("csv", "parquet")


def score(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILES", help="Files with the columns that the run had.", show_default=False),
    ] = None,
    name: Annotated[str, typer.Option("--run", metavar="RUN", help="A run's id or folder; else the current one.")] = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="A .csv or .parquet file; stdout when left out.")] = "",
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            metavar="FILE",
            help="Place nobody on this list; the lists of the run when left out. With --tally they leave the tally for good.",
        ),
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="CSV for machines: texts that spreadsheets run as formulas stay.")] = False,
    inputs: Annotated[
        str,
        typer.Option("--inputs", metavar="DIR", help="Place nobody; write what the rule reads, for SQL."),
    ] = "",
    tally: Annotated[
        str,
        typer.Option("--tally", metavar="DIR", help="Add the files to what was counted before, and place by all of it."),
    ] = "",
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help='What the engine may use, such as "1GB"; else as in the run.')
    ] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Place users by the rule of a run, without forming new groups.

    Example: personae score events_later.csv --out placed.csv

    Example: personae score events_later.csv --inputs tables

    Example: personae score today.csv --tally counted --out placed.csv
    """
    from personae.cli.watch import watching

    screen = Screen(as_json, plain, quiet, no_color)
    if not files and not tally:
        raise UsageError("P001", "no files were named", where="personae score", fix="name them: personae score events.csv")
    files = files or []
    if inputs and tally:
        fix = "leave one of them out"
        raise UsageError("P001", "--inputs writes what the rule reads of these files alone", where="--tally", fix=fix)
    if inputs:
        from personae.cli.inputs import write

        write(files, known(name, store, tuple(exclude or ()), memory), inputs, overwrite, screen)
        return
    form = Path(out).suffix[1:].lower() if out else "csv"
    if form not in FORMATS:
        raise UsageError("P001", f"{out} is neither .csv nor .parquet", where="--out", fix="name a file such as placed.csv")
    if screen.json and not out:
        raise UsageError("P001", "--json and the users would both go to stdout", where="--json", fix="add --out FILE")
    cast = known(name, store, tuple(exclude or ()), memory)
    if tally:
        _note(tally, store, out, overwrite)
    sizes: Counter[str | None] = Counter()
    held: dict[str, int] = {}
    with watching(screen) as watch:
        _write(_placed(cast, files, sizes, tally, held), out, form, raw, overwrite)
    for line in summary.warnings(watch.warnings):
        screen.talk(line)
    run, users = cast.run or name, sum(sizes.values())
    if screen.json:
        personas = {str(n): size for n, size in sizes.items() if n is not None}
        more = {"tally": held} if tally else {}
        screen.give({"run": run, "users": users, "personas": personas, "none": sizes[None], "file": out, **more})
    else:
        if tally:
            now = f"{count(held['files'], 'file')} with {count(held['rows'], 'row')}"
            screen.talk(f"tally    {tally}   {count(held['added'], 'file')} added; it holds {now}")
        most = ", ".join(f"{n or 'no persona'} {count(size)}" for n, size in sizes.most_common())
        screen.talk(f"score    {count(users, 'user')} by run {run}: {most}")


def known(name: str, store: str, exclude: tuple[str, ...] = (), memory: str = "") -> Cast:
    """The run, with other lists of people to leave out and another limit of memory where there are.

    Raises UsageError P201 where it has no rule.
    """
    from personae.store import Record, spared

    record = Record(Path(store or ".personae"))
    cast = record.load(name)
    if cast.rule is None:
        raise UsageError(
            "P201",
            "this run found no groups, so it has no rule to place users by",
            where=f"run {cast.run or name}",
            fix=_others(record, cast.run),
        )
    cast = replace(cast, study=replace(cast.study, memory=memory or cast.study.memory))
    return replace(cast, study=spared(replace(cast.study, exclude=exclude), record.root)) if exclude else cast


def _note(tally: str, store: str, out: str, overwrite: bool) -> None:
    """Let forgetting know of the tally; and see that the file can be written before anything is counted."""
    from personae.store import whole_file
    from personae.store.tally import remember

    remember(Path(store or ".personae"), Path(tally))
    if out and Path(out).exists() and not overwrite:
        with whole_file(Path(out)):
            pass  # says so


def _placed(cast: Cast, files: list[str], sizes: Counter[str | None], tally: str, held: dict[str, int]) -> Iterator[Any]:
    """Tables of users one after another, counted by persona as they pass; `held` takes what a tally says of itself."""
    from personae import flow, plugins

    for ids, placement in _tallied(cast, files, Path(tally), held) if tally else flow.placed(cast, tuple(files)):
        table = plugins.find("exporters", "parquet").users(ids, placement, cast.personas)
        for one in table["persona_name"].value_counts().to_pylist():
            sizes[one["values"]] += one["counts"]
        yield table


def _tallied(cast: Cast, files: list[str], folder: Path, held: dict[str, int]) -> Iterator[tuple[Any, Any]]:
    """Everyone in a tally, at once."""
    from personae import tallying

    done = tallying.score(cast, files, folder)
    held |= {"added": done.added, "passed": done.passed, "files": done.files, "rows": done.rows}
    yield done.ids, done.placement


def _others(record: Any, run: str) -> str:
    """The runs that have a rule, newest first, or how to make one."""
    there = [e.id for e in reversed(record.entries()) if e.personas and e.id != run]
    return f"use another run: --run {' or '.join(there[:5])}" if there else "make a run that finds groups: personae run FILES"


def _write(tables: Iterable[Any], out: str, form: str, raw: bool, overwrite: bool) -> None:
    """Write the tables as they come; a file is there whole or not at all."""
    from personae import plugins
    from personae.store import whole_file

    if not out:
        _pour(tables, sys.stdout.buffer, raw)
        sys.stdout.flush()
        return
    with whole_file(Path(out), overwrite=overwrite) as temp:
        if form == "parquet":
            plugins.find("exporters", "parquet").pour(tables, temp)
            return
        with temp.open("wb") as sink:
            _pour(tables, sink, raw)


def _pour(tables: Iterable[Any], sink: BinaryIO, raw: bool) -> None:
    from personae import plugins

    for i, table in enumerate(tables):
        plugins.find("exporters", "csv").pour(table, sink, raw=raw, heads=not i)
