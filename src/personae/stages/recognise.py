"""Recognise: exports of well-known tools, by their columns; what the columns mean is then known and not guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from personae import plugins
from personae.errors import UsageError
from personae.files.preamble import HEADED
from personae.model.format import Format
from personae.model.study import Study
from personae.model.table import Table
from personae.stages.export import Export, bring, owners


def recognise(engine: Any, tables: tuple[Table, ...], study: Study) -> tuple[Table, ...]:
    """The same tables, those that are exports of a tool in `formats/` brought into shape, with roles and reasons in `said`.

    `study.tool` names the tool for all tables that have its columns, "none" leaves everything as it stands.
    Raises UsageError P001 (no such tool), P002 (no table has its columns), P003 (two tools fit equally well).
    """
    if study.tool == "none":
        return tables
    found = [_export(t, study) for t in tables]
    if study.tool and not any(found):
        raise _lacking(study.tool, tables)
    made: list[Table] = []
    for table, export in zip(tables, found, strict=True):
        made += bring(engine, export, study) if export else (table,)
    return tuple(made)


def whose(engine: Any, table: Table, study: Study) -> tuple[str, ...]:
    """SQL over the rows of an export as it came: the id of each row, in every table that is made of it."""
    export = _export(table, study)
    return owners(engine, export, study) if export else ()


def _export(table: Table, study: Study) -> Export | None:
    """The tool whose columns a table has; the one with most of them where several fit."""
    names = {c.name.lower() for c in table.columns}
    fits = {tool: (fit, plug) for tool, plug in _plugs(study.tool) if (fit := _fit(plug.FORMAT, names, table))}
    if not fits:
        return None
    most = max(fit for fit, _ in fits.values())
    best = [tool for tool, (fit, _) in fits.items() if fit == most]
    if len(best) > 1:
        titles = " and ".join(fits[t][1].FORMAT.title for t in best)
        fix = "say which: " + " or ".join(f"--tool {t}" for t in best) + "; or --tool none to take the columns as they stand"
        raise UsageError("P003", f"{table.source} looks like {titles}, equally well", where=table.source, fix=fix)
    plug = fits[best[0]][1]
    return Export(table, best[0], plug.FORMAT, getattr(plug, "shaped", None))


def _plugs(tool: str) -> Iterator[tuple[str, Any]]:
    """The formats to be tried."""
    known, name = plugins.names("formats"), tool.replace("-", "_")
    if tool and name not in known:
        near = get_close_matches(name, known, 1, 0.6)
        fix = f"did you mean --tool {near[0]}?" if near else "name one of: " + ", ".join(known) + "; or none"
        raise UsageError("P001", f'"{tool}" is no tool that is known', where="--tool", fix=fix)
    for plug in (name,) if tool else known:
        yield plug, plugins.find("formats", plug)


def _fit(format: Format, names: set[str], table: Table) -> int:
    """The size of the largest set of signs that a table has, 0 where it has none."""
    return max(
        (
            len(signs.columns)
            for signs in format.signs
            if all(n.lower() in names for n in signs.columns) and (HEADED in table.format or not signs.headed)
        ),
        default=0,
    )


def _lacking(tool: str, tables: Sequence[Table]) -> UsageError:
    format = plugins.find("formats", tool.replace("-", "_")).FORMAT
    sets = " or ".join(", ".join(s.columns) + " below lines that begin with #" * s.headed for s in format.signs[:3])
    what = f"no table has the columns of {format.title}: {sets}"
    return UsageError("P002", what, where=", ".join(t.source for t in tables), fix="check the export, or leave --tool out")


def entity(tables: Sequence[Table], study: Study) -> str:
    """What one id is about: the word of the study, or of the tool all tables come from where the study leaves it open."""
    words = {t.entity for t in tables}
    (word,) = words if len(words) == 1 else ("",)
    return word if word and study.entity == Study(sources=()).entity else study.entity


def tool(recorded: Sequence[Table]) -> str:
    """The tool that new data of a run come from: the one of its tables, "none" where none was recognised, "" if they differ."""
    tools = {t.tool for t in recorded}
    return (tools.pop() or "none") if len(tools) == 1 else ""
