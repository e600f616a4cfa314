"""personae export --sql and --js: the rule of a run for other machines to place users with."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personae.cli.screen import Screen
from personae.cli.settings import closest
from personae.errors import Refused, UsageError

if TYPE_CHECKING:
    from personae.model.cast import Cast
    from personae.model.raw import Raw


@dataclass(frozen=True)
class Face:
    """What was asked for: SQL of a dialect, or JavaScript."""

    sql: str = ""
    js: bool = False
    form: tuple[str, str] | None = None
    """("view", its name)"""
    tables: tuple[str, ...] = ()
    """"NAME=YOURS": what a table is called."""
    read: str = ""
    """"tables" or "inputs": what the SQL starts from."""
    out: str = ""
    overwrite: bool = False


def face(cast: Cast, asked: Face, screen: Screen) -> None:
    """Write the rule as a file, or to stdout. Raises UsageError for what cannot be."""
    if cast.rule is None:
        raise UsageError(
            "P201",
            "this run found no groups, so it has no rule to export",
            where=f"run {cast.run}",
            fix="name another run: personae runs",
        )
    text, said = _script(cast) if asked.js else _sql(cast, asked)
    if not asked.out:
        if screen.json:
            raise UsageError("P001", "--json and the text would both go to stdout", where="--json", fix="add --out FILE")
        sys.stdout.write(text)
    else:
        from personae.store import whole_file

        with whole_file(Path(asked.out), overwrite=asked.overwrite) as temp:
            temp.write_text(text, encoding="utf-8", newline="\n")
    if screen.json:
        screen.give({"run": cast.run, "file": Path(asked.out).as_posix(), **said})
    elif asked.out:
        screen.say(f"export   {asked.out}   {', '.join(f'{k} {v}' for k, v in said.items())}")


def _script(cast: Cast) -> tuple[str, dict[str, Any]]:
    from personae import plugins
    from personae.stages.intake import intake

    try:
        text = plugins.find("exporters", "javascript").text(cast, intake(cast))
    except ValueError as no:  # a step of another package
        fix = "use personae score, personae serve or --sql"
        raise UsageError("P001", f"no JavaScript can be had: {no}", where="--js", fix=fix) from no
    return text, {"language": "JavaScript", "bytes": len(text.encode())}


def _sql(cast: Cast, asked: Face) -> tuple[str, dict[str, Any]]:
    from personae import plugins
    from personae.sql.statement import DIALECTS, MOST

    if asked.sql not in DIALECTS:
        near = closest(asked.sql, DIALECTS)
        fix = f"did you mean --sql {near}?" if near else f"give one of {', '.join(DIALECTS)}"
        raise UsageError("P001", f"--sql {asked.sql} is not known", where="personae export", fix=fix)
    rule = cast.rule
    assert rule is not None  # noqa: S101 - asked by face
    if asked.sql == "postgres" and len(rule.prototypes) + rule.size > MOST:
        what = f"the rule has {len(rule.prototypes):,} prototypes, more than PostgreSQL has columns in a row"
        raise UsageError("P001", what, where="--sql postgres", fix="use another dialect, or personae score")
    plug = plugins.find("exporters", "sql")
    raw, why = _raw(cast, asked.read)
    wanted = plug.Wanted(asked.sql, _view(asked), _tables(asked, plug.called(raw)))
    starts = "the raw tables" if raw is not None else "inputs and counts"
    return plug.text(cast, wanted, raw, why), {"dialect": asked.sql, "reads": starts}


def _raw(cast: Cast, read: str) -> tuple[Raw | None, str]:
    """The raw tables, or why not. Raises UsageError P001 where they were asked for and do not do."""
    from personae.stages.raw import raw

    if read not in ("", "tables", "inputs"):
        raise UsageError("P001", f"--from is {read}", where="--from", fix="use --from tables or --from inputs")
    if read == "inputs" or cast.rule is None:
        return None, ""
    try:
        return raw(cast, cast.rule), ""
    except Refused as no:
        if read == "tables":
            fix = "leave --from tables out: the SQL then reads what personae score FILES --inputs DIR writes"
            raise UsageError(
                "P001", f"SQL over the raw tables cannot be had: {no.reason}", where="--from tables", fix=fix
            ) from no
        return None, no.reason


def _view(asked: Face) -> str:
    if asked.form is None:
        return ""
    kind, name = asked.form
    if kind != "view":
        raise UsageError("P001", f"--as {kind} is not known", where="--as", fix=f"write --as view {name or 'segments'}")
    _check(name, asked.sql, "--as view")
    return name


def _tables(asked: Face, known: Sequence[str]) -> dict[str, str]:
    """NAME=YOURS as a mapping. Raises UsageError P001 for a table that is not read, and for a name that is none."""
    made = {}
    for pair in (p.strip() for given in asked.tables for p in given.split(",") if p.strip()):
        name, mark, own = (x.strip() for x in pair.partition("="))
        if not mark or name not in known:
            near = closest(name, known)
            fix = f"did you mean --table {near}={own or 'YOURS'}?" if near else f"the tables are {', '.join(known)}"
            raise UsageError("P001", f"no table {name} is read", where=f"--table {pair}", fix=fix)
        _check(own, asked.sql, "--table")
        made[name] = own
    return made


def _check(name: str, dialect: str, where: str) -> None:
    from personae.sql.statement import named_table

    try:
        named_table(name, dialect)
    except ValueError:
        fix = 'write it as the database does: crm.customers, or "my table" in its quotes'
        raise UsageError("P001", f"{name!r} is no name of a table", where=where, fix=fix) from None
