"""personae export: every user of a run with their persona."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count
from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.cli.interviews import Wanted
    from personae.model.cast import Cast
    from personae.model.sheet import Sheet
    from personae.store import Record

FORMATS = ("csv", "parquet", "xlsx", "json")


def export(
    name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id or folder; else the current one.")] = "",
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="The file: .csv, .parquet, .xlsx; else users.csv, or the sheet's name.")
    ] = "",
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
    lock: Annotated[
        bool, typer.Option("--lock", help="The personas as text for reviews, personas.lock; replaces the file that is there.")
    ] = False,
    interviews: Annotated[
        int | None, typer.Option("--interviews", metavar="N", help="People to talk to instead, N in all, and a guide.")
    ] = None,
    persona: Annotated[str, typer.Option("--persona", metavar="KEY", help="Interview people of this persona alone.")] = "",
    only: Annotated[
        str, typer.Option("--only", metavar="FILE", help="List or interview nobody but the ids in this file.")
    ] = "",
    consent: Annotated[
        str, typer.Option("--consent", metavar="COL", help="Only those who say yes in this column of --only or the data.")
    ] = "",
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="FILE", help="List or interview nobody whose id is in this file.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Interview people on earlier lists, too.")] = False,
    guide: Annotated[str, typer.Option("--guide", metavar="FILE", help="Where the interview guide goes.")] = "",
    audience: Annotated[
        str, typer.Option("--audience", metavar="PERSONA,...", help="Only the ids of these personas, by key or name.")
    ] = "",
    changes: Annotated[
        str,
        typer.Option(
            "--changes", metavar="[RUN]", help="Who joined and who left each persona since that run, or the run before."
        ),
    ] = "",
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="FILE|DB", help="persona_current and persona_changes: .csv, .parquet, .db, .duckdb or env:DB_URL."
        ),
    ] = "",
    firm: Annotated[bool, typer.Option("--firm", help="With --audience: leave out who is near a border.")] = False,
    schema: Annotated[
        str, typer.Option("--schema", metavar="NAME", help="The JSON Schema of a file of a run, such as personas.json.")
    ] = "",
    nobody: Annotated[bool, typer.Option("--nobody", help="Only the users in no group, with the reason.")] = False,
    sql: Annotated[
        str,
        typer.Option(
            "--sql",
            metavar="DIALECT",
            help="The rule as SQL: duckdb, postgres, spark, bigquery or snowflake; stdout without --out.",
        ),
    ] = "",
    form: Annotated[
        tuple[str, str] | None, typer.Option("--as", metavar="view NAME", help="With --sql: a view of that name.")
    ] = None,
    tables: Annotated[
        list[str] | None, typer.Option("--table", metavar="NAME=YOURS", help="With --sql: what a table is called.")
    ] = None,
    read: Annotated[
        str, typer.Option("--from", metavar="WHAT", help="With --sql: start from the raw tables, or from inputs.")
    ] = "",
    js: Annotated[bool, typer.Option("--js", help="The rule as a JavaScript module; to stdout without --out.")] = False,
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

    Example: personae export --lock

    Example: personae export r02 --audience P1,P3 --exclude objected.csv --out mailing.csv

    Example: personae export r02 --changes r01 --out moved.csv

    Example: personae export --changes --to env:DB_URL

    Example: personae export r01 --interviews 10 --persona P2 --consent newsletter

    Example: personae export r01 --sql postgres --as view crm.personas --table users=crm.customers --out personas.sql

    Example: personae export r01 --js --out personae.mjs
    """
    from personae.cli.interviews import Wanted, kit
    from personae.cli.standing import hand
    from personae.store import Record

    screen = Screen(as_json, plain, quiet, no_color)
    for lists in (("--audience", audience), ("--changes", changes)):
        _apart(
            ("--library", library), ("--interviews", interviews), ("--cut", cut), ("--sheet", sheet), lists,
            ("--nobody", nobody), ("--schema", schema), ("--lock", lock), ("--sql", sql), ("--js", js),
        )  # fmt: skip
    if library:
        _library(screen, Path(out or "actions.toml"), overwrite=overwrite)
        return
    wanted = Wanted(interviews or 0, persona, only, consent, tuple(exclude or ()), again)
    record = Record(Path(store or ".personae"))
    if interviews is not None:
        kit(record, name, wanted, out, guide, overwrite, screen)
        return
    if to:
        _apart(
            ("--to", to),
            ("--audience", audience),
            ("--sheet", sheet),
            ("--cut", cut),
            ("--nobody", nobody),
            ("--schema", schema),
        )
        hand(record, name, changes, to, wanted, screen, overwrite=overwrite, raw=raw)
        return
    if lock:
        _lock(record.load(name), Path(out or "personas.lock"), screen)
        return
    if sql or js or form or tables or read:
        from personae.cli.faces import Face, face

        _needs_sql(sql, ("--as", form), ("--table", tables), ("--from", read))
        asked = Face(sql, js, form, tuple(tables or ()), read, out, overwrite)
        face(record.load(name), asked, screen)
        return
    out = out or (f"{schema.removesuffix('.json')}.schema.json" if schema else f"{sheet or 'users'}.csv")
    ending = _form(out, bool(sheet or schema))
    if schema:
        _write(Path(out), overwrite, lambda temp: _schema(schema, temp))
        screen.say(f"export   {out}   the schema of {schema}")
        return
    cast = record.load(name)
    made = _sheet(cast, sheet) if sheet else None
    if made is not None:
        rows, what = _tabled(made, ending, Path(out), raw, overwrite), "row"
    else:
        before = _since(record, cast, changes)
        table = _allowed(_list(cast, before, audience, firm, cut, nobody), cast, wanted, screen)
        rows, what = table.num_rows, cast.study.entity
        _write(Path(out), overwrite, lambda temp: _plug(ending).write(table, temp, **_raw(raw, ending)), private=True)
    if raw and ending == "csv":
        screen.talk("note: formulas in texts are not guarded; do not open this file in a spreadsheet")
    if screen.json:
        screen.give({"run": cast.run, "file": Path(out).as_posix(), "rows" if sheet else "users": rows})
    else:
        screen.say(f"export   {out}   {count(rows, what)}")


def _lock(cast: Cast, out: Path, screen: Screen) -> None:
    """Write the personas as text for reviews, over the last one."""
    _write(out, True, lambda temp: _plug("lock").export(cast, temp))
    if screen.json:
        screen.give({"run": cast.run, "file": out.as_posix(), "personas": len(cast.personas)})
    else:
        screen.say(f"export   {out}   {count(len(cast.personas), 'persona')}")


def _since(record: Record, cast: Cast, changes: str) -> Cast | None:
    """The run that joins and leaves are told against, where they are asked for. Raises UsageError P001 where there is none."""
    from personae.cli.standing import earlier

    before = earlier(record, cast, changes) if changes else None
    if changes and before is None:
        what = f"{cast.run} is no refresh of an earlier run"
        raise UsageError("P001", what, where="--changes", fix="name the run to compare with: --changes r01")
    return before


def _apart(*given: tuple[str, object]) -> None:
    """Raises UsageError P001 where two are asked for of which a file can hold one."""
    asked = [flag for flag, value in given if value]
    if len(asked) > 1:
        raise UsageError("P001", f"{' and '.join(asked)} go apart", where=asked[-1], fix="use one of them")


def _needs_sql(sql: str, *given: tuple[str, object]) -> None:
    """Raises UsageError P001 for an option that says something of SQL where none was asked for."""
    alone = [flag for flag, value in given if value]
    if alone and not sql:
        raise UsageError(
            "P001", f"{alone[0]} goes with --sql", where=alone[0], fix=f"add --sql postgres, or leave {alone[0]} out"
        )


def _form(out: str, document: bool) -> str:
    """What the ending of the file asks for. Raises UsageError P001 for one that is not written."""
    form = Path(out).suffix[1:].lower()
    if form not in FORMATS or (form == "json" and not document):
        raise UsageError(
            "P001", f"{out} is not .csv, .parquet or .xlsx", where="--out", fix="name a file such as users.csv or users.xlsx"
        )
    return form


def _plug(form: str) -> Any:
    from personae import plugins

    return plugins.find("exporters", form)


def _raw(raw: bool, form: str) -> dict[str, bool]:
    return {"raw": raw} if form == "csv" else {}


def _write(target: Path, overwrite: bool, write: Callable[[Path], object], *, private: bool = False) -> None:
    """A file that is there whole or not at all; a list of people is for its owner alone."""
    from personae.store import whole_file

    with whole_file(target, overwrite=overwrite) as temp:
        temp.touch(mode=0o600)
        write(temp)
        temp.chmod(0o600 if private else 0o644)


def _tabled(made: Sheet, form: str, target: Path, raw: bool, overwrite: bool) -> int:
    """Write a table of the report; returns its rows."""
    if form in ("json", "xlsx"):
        _write(target, overwrite, lambda temp: _plug(form).sheet(made, temp))
    else:
        table = _plug("parquet").sheet(made)
        _write(target, overwrite, lambda temp: _plug(form).write(table, temp, **_raw(raw, form)))
    return len(made.rows)


def _list(cast: Cast, before: Cast | None, audience: str, firm: bool, cut: int | None, nobody: bool) -> Any:
    """The list of users that was asked for."""
    from personae.stages import audience as lists

    people = tuple(x.strip() for x in audience.split(",") if x.strip())
    if before is not None:
        return lists.changes(before, cast, people)
    return lists.audience(cast, people, firm=firm) if people else _table(cast, cut, nobody)


def _allowed(table: Any, cast: Cast, wanted: Wanted, screen: Screen) -> Any:
    """A list without whom it may not hold; how many that were is said."""
    from personae.cli.interviews import may, may_not, own
    from personae.stages import audience as lists

    kept = lists.without(table, may_not(cast, wanted)) if wanted.exclude or own(cast) else table
    allowed = may(cast, wanted)
    kept = kept if allowed is None else lists.only(kept, allowed)
    if kept.num_rows < table.num_rows:
        screen.talk(f"note: {table.num_rows - kept.num_rows:,} left out: no yes, or on a list of those to leave out")
    return kept


def _schema(name: str, temp: Path) -> None:
    """Write the JSON Schema of a file of a run. Raises UsageError P001 for a file that has none."""
    import json

    known = _plug("json").schemas()
    if name not in known:
        raise UsageError("P001", f"there is no schema of {name}", where="--schema", fix=f"use one of: {', '.join(known)}")
    temp.write_text(json.dumps(known[name], indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")


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
        names = [*known, *(["ledger"] if cast.personas else [])]
        near = closest(name, names)
        fix = f"did you mean --sheet {near}?" if near else f"use one of: {', '.join(names) or 'none'}"
        raise UsageError("P001", f"this run has no table {name}", where="--sheet", fix=fix)
    return known[name]


def _table(cast: Cast, groups: int | None, nobody: bool) -> Any:
    """Every user with their persona, or with another cut, or those in no group."""
    from personae import plugins
    from personae.stages.cut import cut

    made = plugins.find("exporters", "parquet")
    if groups is not None:
        return made.cut(cast.ids, cut(cast, groups), cast.placement, cast.personas)
    users = made.users(cast.ids, cast.placement, cast.personas)
    return users.filter(cast.placement.persona < 0) if nobody else users
