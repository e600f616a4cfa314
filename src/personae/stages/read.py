"""Read: every source becomes a table in the engine, every row counted, every column audited."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from personae import plugins, progress
from personae.audit.columns import audit, text_kind
from personae.databases.address import is_database
from personae.errors import DataError, PersonaeError, UsageError
from personae.files.opening import Opened, open_file, unchanged
from personae.model.study import Study
from personae.model.table import Column, Kind, Level, Note, Table
from personae.stages.spared import Spare, spared

STDIN = "standard input"
"""What standard input is called."""
_CAUGHT = "standard-input"
"""The file of the scratch folder that holds it."""
ALL = Spare()
"""Nobody is left out."""
_PLUGS = {"text": "csv", "json": "json", "parquet": "parquet", "excel": "excel"}
_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".dat", ".psv", ".json", ".jsonl", ".ndjson", ".parquet", ".pq", ".xlsx", ".xlsm",
            ".xls", ".xlsb", ".ods", ".gz", ".zip", ".bz2", ".xz")  # fmt: skip


def read(
    engine: Any, study: Study, frames: Mapping[str, object], *, least: int = 2, rows: bool = False, spare: Spare = ALL
) -> tuple[Table, ...]:
    """One audited table for each of `study.sources`: a path, pattern, folder, "-" (standard input), a table or query of a
    database (`URL::table`, `env:NAME::select ...`) or a name in `frames`.

    Roles are not decided yet. `least` is the fewest rows worth reading (1 for scoring one user). Unless `rows` asks for all
    rows, a log of a slow database may be added up there (Table.sums). Rows of the people in `spare` go before anything is
    learnt from the others.
    Raises UsageError P001 (no source), DataError P101 to P112, P116, MachineError P116, P501.
    """
    if not study.sources:
        raise UsageError("P001", "no data was given", fix="name one or more files: personae run users.csv events.csv")
    opened: list[tuple[Table, tuple[Opened, ...]]] = []
    for number, source in enumerate(study.sources, 1):
        found, files = _found(engine, source, study, frames, f"source_{number}", rows=rows or bool(spare.listed.rolls))
        opened += [(table, files) for table in found]
        for table in found:
            _check_size(table, study, least)
    if spare.listed.rolls:
        left = spared(engine, _named_apart([t for t, _ in opened]), study, spare)
        opened = [(table, files) for table, (_, files) in zip(left, opened, strict=True)]
    tables: list[Table] = []
    for table, files in opened:
        audited = _audited(engine, table, study, files) if not table.sums else _summed(engine, table, study)
        _check_content(audited)
        tables.append(audited)
        _tell(audited)
        for file in files:
            unchanged(file)
    _check_twice(tables, study)
    return _of_one_kind(_named_apart(tables))


def empty(engine: Any, study: Study) -> tuple[Table, ...]:
    """The tables of a source that `read` refused (P107), where each is a header and no rows; else none."""
    piped = study.sources == ("-",)
    source = str(engine.folder / _CAUGHT) if piped else study.sources[0]
    try:
        found, _ = _found(engine, source, study, {}, "source_1", rows=True)
    except DataError:  # not even a header
        return ()
    if any(t.used or t.rejects for t in found):
        return ()
    return tuple(replace(t, source=STDIN) for t in found) if piped else found


def _found(
    engine: Any, source: str, study: Study, frames: Mapping[str, object], relation: str, *, rows: bool
) -> tuple[tuple[Table, ...], tuple[Opened, ...]]:
    """The tables of a source in the engine, not audited yet, and the files behind them."""
    if source in frames:
        return plugins.find("sources", "frame").read(engine, frames[source], study, relation, name=source), ()
    if is_database(source):
        return plugins.find("sources", "database").read(engine, source, study, relation, rows=rows), ()
    files = _open(engine, source, study)
    progress.step("read", files[0].name)
    return plugins.find("sources", _PLUGS[files[0].kind]).read(engine, files, study, relation), files


def _audited(engine: Any, table: Table, study: Study, files: Sequence[Opened]) -> Table:
    """The audited table; values of a Parquet file are seen here for the first time, so that damage shows here."""
    try:
        return audit(engine, table, study)
    except PersonaeError as error:
        if error.code != "P900" or not files or files[0].kind != "parquet":
            raise
        where = ", ".join(str(f.path) for f in files[:5])
        fix = "fetch or write it again"
        raise DataError("P108", f"{table.source} is damaged: its values cannot be read", where=where, fix=fix) from error


def _summed(engine: Any, table: Table, study: Study) -> Table:
    """The audited table of a log that was added up: kinds are those of its sums, counts those of its rows."""
    ((pairs,),) = engine.rows(f"SELECT count(*) FROM {engine.quote(table.relation)}")
    audited = audit(engine, replace(table, used=pairs, seen=pairs), study)
    columns = tuple(_of_rows(engine, table, a, c) for a, c in zip(audited.columns, table.columns, strict=True))
    return replace(audited, columns=columns, used=table.used, seen=table.seen)


def _of_rows(engine: Any, table: Table, audited: Column, counted: Column) -> Column:
    """A column with the counts of all rows, and the kind that follows from them."""
    low, high = counted.low or audited.low, counted.high or audited.high
    column = replace(audited, rows=counted.rows, empty=counted.empty, distinct=counted.distinct, low=low, high=high)
    if column.kind not in (Kind.TEXT, Kind.CATEGORY):
        return column
    ((longest,),) = engine.rows(f"SELECT max(length({engine.quote(column.name)})) FROM {engine.quote(table.relation)}")
    return replace(column, kind=text_kind(column.distinct, column.rows - column.empty, longest or 0))


def _open(engine: Any, source: str, study: Study) -> tuple[Opened, ...]:
    """The files behind a source, all of one kind."""
    if source == "-":
        return (open_file(_standard_input(engine, study), engine.folder, study, name=STDIN),)
    files = tuple(open_file(p, engine.folder, study) for p in paths(source))
    odd = next((f for f in files if f.kind != files[0].kind), None)
    if odd is not None:
        where = f"{files[0].name} is {files[0].kind}, {odd.name} is {odd.kind}"
        raise DataError("P102", f"the files of {source} are not of one kind", where=where, fix="give them as separate sources")
    return files


def _standard_input(engine: Any, study: Study) -> Path:
    """Standard input as a file in the scratch folder."""
    path: Path = engine.folder / _CAUGHT
    total = 0
    with path.open("wb") as out:
        while chunk := sys.stdin.buffer.read(1 << 20):
            total += len(chunk)
            if total > study.max_inflated:
                where = f"stopped at {total:,} bytes"
                fix = f"raise the limit: --max-inflated {study.max_inflated * 4}"
                raise DataError("P110", "standard input grows beyond the limit", where=where, fix=fix)
            out.write(chunk)
    return path


def paths(source: str) -> list[Path]:
    """The files a path, folder or pattern stands for, in the order of their names."""
    path = Path(source).expanduser()
    if len(source.encode()) > 4000 or "\x00" in source:
        raise DataError("P101", "that is not a path", where=source[:100], fix="check the path")
    try:
        if path.is_dir():
            return _tables(sorted(_within(path)), source)
        if path.exists() or path.is_symlink():
            return [path]
    except OSError as error:
        raise DataError(
            "P101", f"{path.name[:80]} cannot be opened", where=error.strerror or "", fix="check the path"
        ) from error
    if any(c in source for c in "*?["):
        found = sorted(p for p in Path(path.anchor).glob(str(path.relative_to(path.anchor))) if p.is_file() and _meant(p, path))
        if found:
            return found
        raise DataError("P101", f"no file fits {source}", where=str(Path.cwd()), fix="check the pattern")
    raise _missing(path, source)


def _within(folder: Path) -> Iterator[Path]:
    """The files of a folder and its folders, without hidden ones and without the files of runs."""
    for path in folder.iterdir():
        if _hidden(Path(path.name)):
            continue
        if path.is_dir():
            if not (path / "run.json").is_file():
                yield from _within(path)
        elif path.is_file():
            yield path


def _meant(path: Path, pattern: Path) -> bool:
    """Whether a pattern stands for a file: hidden ones only where the pattern names them."""
    return not path.name.startswith(".") or pattern.name.startswith(".")


def _hidden(path: Path) -> bool:
    """Files that systems and tools put beside the data."""
    return any(p.startswith((".", "_")) for p in path.parts)


def _tables(found: Sequence[Path], source: str) -> list[Path]:
    """The files of a folder that hold tables, all with one ending."""
    tables = [p for p in found if p.suffix.lower() in _ENDINGS]
    if not tables:
        where = f"{source}: " + (", ".join(p.name for p in found[:5]) or "the folder is empty")
        raise DataError("P107", f"the folder {source} holds no table", where=where, fix="name the files to be read")
    endings = sorted({p.suffix.lower() for p in tables})
    if len(endings) > 1:
        every = source.rstrip("/") + "/*"
        fix = (
            f"give different tables file by file: {every}; or files of one table as a pattern in quotes: '{every}{endings[0]}'"
        )
        raise DataError("P102", f"the folder {source} holds files of several kinds", where=", ".join(endings), fix=fix)
    return tables


def _missing(path: Path, source: str) -> DataError:
    """P101 with the nearest name beside it."""
    folder = path.parent
    if not folder.is_dir():
        return DataError("P101", f"{source} does not exist", where=f"there is no folder {folder}", fix="check the path")
    names = [p.name for p in folder.iterdir() if not p.name.startswith(".") or path.name.startswith(".")]
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    near = (
        near or [n for n in names if n.lower().startswith(path.name.lower()) or Path(n).stem.lower() == path.stem.lower()][:1]
    )
    fix = (
        f"did you mean {folder / near[0]}"
        if near
        else f"the folder {folder} holds: " + (", ".join(sorted(names)[:5]) or "nothing")
    )
    return DataError("P101", f"{source} does not exist", where=str(path), fix=fix)


def _check_size(table: Table, study: Study, least: int) -> None:
    """Raise P107 or P111 when there is nothing, or too little, to read."""
    if not table.used:
        what = "holds a header and no rows" if not table.rejects else "holds no row that fits"
        raise DataError("P107", f"{table.source} {what}", where=table.source, fix="export it again with its rows")
    if len(table.columns) == 1 and least > 1 and len(study.sources) == 1:
        where = f'{table.source}: "{table.columns[0].name}"; read as {table.format}'
        fix = "give a table with an id and what each user did; if columns are there, name what separates them: --delimiter ';'"
        raise DataError("P111", f"{table.source} has one column", where=where, fix=fix)
    if table.used < least:
        fix = "groups need many users; check that the whole table was exported"
        raise DataError("P111", f"{table.source} has {table.used} row", where=table.source, fix=fix)


def _check_content(table: Table) -> None:
    """Raise P107 when every column is empty."""
    if all(c.kind is Kind.EMPTY for c in table.columns):
        where = f"{table.source}: {table.used:,} rows, {len(table.columns):,} columns, not one value"
        raise DataError("P107", f"every column of {table.source} is empty", where=where, fix="export it again with its values")


def _check_twice(tables: Sequence[Table], study: Study) -> None:
    """Raise UsageError P001 when the very same file was given twice (ING-19); tables of one database are different."""
    seen: dict[object, str] = {}
    for table, source in zip(tables, study.sources, strict=False):
        mark = (tuple(f[1] for f in table.files), tuple(c.name for c in table.columns), table.source.partition(", ")[2])
        if table.files and "::" not in source and mark in seen:
            where = f"{seen[mark]} and {source} are the same, byte for byte"
            raise UsageError("P001", f"{table.source} was given twice", where=where, fix="name it once")
        seen[mark] = source


def _of_one_kind(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables, with a warning where two have the same columns: read apart, what they count is counted apart."""
    seen: dict[frozenset[str], str] = {}
    made = []
    for table in tables:
        names = frozenset(c.name for c in table.columns)
        first = seen.setdefault(names, table.source)
        if first != table.source and len(names) > 1:
            words = f"{table.source} has the columns of {first} and is read apart from it"
            fix = "if both are parts of one table, give them as one source: their folder, or a pattern such as events-*.csv"
            table = replace(table, notes=(*table.notes, Note(Level.WARN, "P102", words, table.source, fix)))
        made.append(table)
    return tuple(made)


def _tell(table: Table) -> None:
    """The line that accounts for every row."""
    aside = f"  {table.set_aside:,} set aside -> private/rejects.csv" if table.set_aside else ""
    out = f"  {table.excluded:,} left out by the exclusion list" if table.excluded else ""
    progress.tell("read", f"{table.source}  {table.seen:,} rows  {table.used:,} used{aside}{out}")


def _named_apart(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Names by which a reader can tell tables apart."""
    names = [t.source for t in tables]
    return tuple(replace(t, source=f"{t.source} ({i})") if names.count(t.source) > 1 else t for i, t in enumerate(tables, 1))
