"""personae export: every user of a run with their persona."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count
from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.model.cast import Cast
    from personae.model.sheet import Sheet

FORMATS = ("csv", "parquet", "xlsx", "json")


def export(
    name: Annotated[str, typer.Argument(metavar="[RUN]", help="A run's id or folder; the newest when left out.")] = "",
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="The file to write: .csv, .parquet or .xlsx.")
    ] = "users.csv",
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV for machines: texts that spreadsheets run as formulas stay as they are.")
    ] = False,
    cut: Annotated[
        int | None,
        typer.Option("--cut", metavar="N", help="Another number of groups, cut from the run's own tree: id, group, persona."),
    ] = None,
    sheet: Annotated[
        str, typer.Option("--sheet", metavar="NAME", help="A table of the report instead, as .csv, .parquet, .xlsx or .json.")
    ] = "",
    library: Annotated[
        bool, typer.Option("--library", help="The library of actions as it stands, as .toml, to be changed and given to run.")
    ] = False,
    interviews: Annotated[
        int | None, typer.Option("--interviews", metavar="N", help="People to talk to instead, N in all, and a guide.")
    ] = None,
    persona: Annotated[str, typer.Option("--persona", metavar="KEY", help="Interview people of this persona alone.")] = "",
    only: Annotated[str, typer.Option("--only", metavar="FILE", help="Interview nobody but the ids in this file.")] = "",
    consent: Annotated[
        str, typer.Option("--consent", metavar="COL", help="Interview those who say yes in this column of --only or the data.")
    ] = "",
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="FILE", help="Interview nobody whose id is in this file.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Interview people on earlier lists, too.")] = False,
    guide: Annotated[str, typer.Option("--guide", metavar="FILE", help="Where the interview guide goes.")] = "",
    nobody: Annotated[bool, typer.Option("--nobody", help="Only the users in no group, with the reason.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Write every user with their persona.

    Example: personae export r01 --out users.parquet

    Example: personae export r01 --cut 4 --out four.csv

    Example: personae export r01 --sheet personas --out personas.csv

    Example: personae export --library --out actions.toml

    Example: personae export r01 --interviews 10 --persona P2 --consent newsletter
    """
    from personae import plugins
    from personae.store import Record, whole_file

    screen = Screen(as_json, plain, quiet, no_color)
    if library:
        _library(screen, Path(out), overwrite=overwrite)
        return
    if interviews is not None:
        from personae.cli.interviews import Wanted, kit

        wanted = Wanted(interviews, persona, only, consent, tuple(exclude or ()), again)
        kit(Record(Path(store or ".personae")), name, wanted, "" if out == "users.csv" else out, guide, overwrite, screen)
        return
    form = Path(out).suffix[1:].lower()
    if form not in FORMATS or (form == "json" and not sheet):
        raise UsageError(
            "P001", f"{out} is not .csv, .parquet or .xlsx", where="--out", fix="name a file such as users.csv or users.xlsx"
        )
    cast = Record(Path(store or ".personae")).load(name)
    made = _sheet(cast, sheet) if sheet else None
    if made is not None and form in ("json", "xlsx"):
        with whole_file(Path(out), overwrite=overwrite) as temp:
            plugins.find("exporters", form).sheet(made, temp)
        rows, what = len(made.rows), "row"
    else:
        table = _table(cast, cut, nobody) if made is None else plugins.find("exporters", "parquet").sheet(made)
        with whole_file(Path(out), overwrite=overwrite) as temp:
            plugins.find("exporters", form).write(table, temp, **({"raw": raw} if form == "csv" else {}))
        rows, what = table.num_rows, cast.study.entity if made is None else "row"
    if raw and form == "csv":
        screen.talk("note: formulas in texts are not guarded; do not open this file in a spreadsheet")
    if screen.json:
        screen.give({"run": cast.run, "file": Path(out).as_posix(), "rows" if sheet else "users": rows})
    else:
        screen.say(f"export   {out}   {count(rows, what)}")


def _library(screen: Screen, out: Path, *, overwrite: bool) -> None:
    """Write the library of actions. Raises UsageError P001 where the file is not .toml."""
    from personae.guidance.library import FILE, library
    from personae.store import whole_file

    if out.suffix.lower() != ".toml":
        raise UsageError("P001", f"{out} is not .toml", where="--out", fix="name a file such as actions.toml")
    with whole_file(out, overwrite=overwrite) as temp:
        temp.write_bytes(FILE.read_bytes())
    entries = len(library().entries)
    if screen.json:
        screen.give({"file": out.as_posix(), "entries": entries})
    else:
        screen.say(f"export   {out}   {count(entries, 'entry')}")


def _sheet(cast: Cast, name: str) -> Sheet:
    """The table of that name. Raises UsageError P001 for one that this run does not have."""
    from personae.cli.settings import closest
    from personae.report.binder import sheets
    from personae.report.sheets.ledger import ledger

    if name == "ledger" and (made := ledger(cast)) is not None:
        return made
    known = {s.id: s for s in sheets(cast)}
    if name not in known:
        near = closest(name, [*known, "ledger"])
        fix = f"did you mean --sheet {near}?" if near else f"use one of: {', '.join((*known, 'ledger')) if known else 'none'}"
        raise UsageError("P001", f"this run has no table {name}", where="--sheet", fix=fix)
    return known[name]


def _table(cast: Cast, groups: int | None, nobody: bool) -> Any:
    """Every user with their persona, or with another cut, or those in no group."""
    from personae import plugins
    from personae.stages.cut import cut

    if groups is not None and nobody:
        raise UsageError("P001", "--cut and --nobody go apart", where="--nobody", fix="use one of them")
    made = plugins.find("exporters", "parquet")
    if groups is not None:
        return made.cut(cast.ids, cut(cast, groups), cast.placement, cast.personas)
    users = made.users(cast.ids, cast.placement, cast.personas)
    return users.filter(cast.placement.persona < 0) if nobody else users
