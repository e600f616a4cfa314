"""Delimited text in any dialect and encoding: fast when every row fits, careful when one does not."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from personae import progress
from personae.audit.headers import names_id
from personae.errors import DataError, PersonaeError
from personae.files.dialect import Dialect, sniff
from personae.files.header import header_of
from personae.files.names import name_columns
from personae.files.opening import Opened, open_file
from personae.files.preamble import HEADED, Headed, first_table
from personae.files.records import Record, misfit, records
from personae.files.rows import check_rejects, check_same, check_width, load, missing, path_text, sql_text, waiting
from personae.files.text import Text, as_text
from personae.model.study import Study
from personae.model.table import Level, Note, Reject, Table

ENDINGS: tuple[str, ...] = (".csv", ".tsv", ".tab", ".txt", ".dat", ".psv")
BATCH = 20_000
_HEADING = re.compile(r"above the table of .* (is|are) a heading")


@dataclass(frozen=True)
class _File:
    """One delimited file, ready to be read: `start` is the line after the header."""

    opened: Opened
    text: Text
    separator: str
    dialect: Dialect
    header: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[Note, ...]
    start: int


def read(engine: Any, location: Path | Sequence[Opened] | Opened, study: Study, relation: str) -> tuple[Table, ...]:
    """One table from one or more delimited files with the same columns; every value is text, the empty field NULL.

    Raises DataError P102 when more rows than `study.allow_rejects` do not fit, or the files' columns differ.
    """
    files = [_look(engine, o, study) for o in _opened(engine, location, study)]
    check_same([(f.opened.name, f.names) for f in files])
    first = files[0]
    rejects: list[Reject] = []
    shares: list[dict[str, float]] = []
    spans: list[tuple[_File, int, array[int] | None]] = []
    for file in files:
        progress.step("read", file.opened.name)
        into = relation if len(files) == 1 else f"{relation} part"
        used, bad, starts = _load(engine, file, study, into)
        rejects += bad
        spans.append((file, used, starts))
        check_rejects(rejects, study.allow_rejects)
        if len(files) > 1:
            shares.append(_numeric(engine, into, file))
            engine.execute(_append(engine, relation, into, create=file is first))
            engine.execute(f"DROP TABLE {engine.quote(into)}")
    _check_types(files, shares, study)
    used = sum(n for _, n, _ in spans)
    engine.remember(relation, lambda positions: _locate(spans, positions))
    return (
        Table(
            source=first.opened.name,
            relation=relation,
            shape="",
            columns=waiting(first.names),
            seen=used + len(rejects),
            used=used,
            rejects=tuple(rejects),
            files=tuple(f.opened.file for f in files),
            parts=tuple(n for _, n, _ in spans),
            format=_words(files),
            notes=tuple(dict.fromkeys(n for f in files for n in f.notes)),
        ),
    )


def _opened(engine: Any, location: Path | Sequence[Opened] | Opened, study: Study) -> tuple[Opened, ...]:
    """The files behind a location."""
    if isinstance(location, Opened):
        return (location,)
    return (open_file(location, engine.folder, study),) if isinstance(location, Path) else tuple(location)


def _words(files: Sequence[_File]) -> str:
    """How the files were read."""
    first = files[0]
    parts = ["CSV", first.separator, first.text.words]
    parts += [HEADED] * any(_HEADING.search(n.words) for f in files for n in f.notes)
    return ", ".join(parts) + (f" ({first.opened.packed})" if first.opened.packed else "")


def _look(engine: Any, opened: Opened, study: Study) -> _File:
    """Encoding, dialect and header of a file."""
    text = as_text(opened, engine.folder, study)
    headed = first_table(text.path, engine.folder / f"headed-{len(list(engine.folder.glob('headed-*')))}")
    if headed is not None:
        text = replace(text, path=headed.path)
    dialect = sniff(text.path, study)
    separator = dialect.words
    path = text.path
    if dialect.delimiter == " ":
        path = _tabbed(text.path, engine.folder / f"{text.path.name}-tabbed-{len(list(engine.folder.glob('*-tabbed-*')))}")
        text, dialect = (
            Text(path, text.encoding, text.guessed, text.lines, 0, 0, text.quotes),
            Dialect("\t", dialect.quote, dialect.quote),
        )
    header = next(records(path, dialect, None), None)
    if header is None:
        fix = "export the file again"
        raise DataError("P107", f"{opened.name} holds only blank lines", where=str(opened.path), fix=fix)
    if header.reason:
        where = f"{opened.path}: line {header.line}: {header.text[:200]}"
        raise DataError(
            "P102", f"the header of {opened.name} cannot be read: {header.reason}", where=where, fix="close the quote"
        )
    check_width(opened.name, len(header.fields))
    fields, start = header_of(header, opened, study)
    names, notes = name_columns(fields)
    if headed is not None:
        notes = (_above(opened, headed), *notes)
    return _File(opened, text, separator, dialect, fields, names, notes, start)


def _above(opened: Opened, headed: Headed) -> Note:
    """What stands above and below the table of a report."""
    lines = "1 line above the table of {} is" if headed.above == 1 else f"{headed.above:,} lines above the table of {{}} are"
    words = f"{lines.format(opened.name)} a heading"
    if not headed.below:
        return Note(Level.PASS, "P102", words, opened.name)
    words += f'; {headed.below:,} lines below it, from "{headed.next}", are another table and are not read'
    return Note(Level.WARN, "P102", words, opened.name, "to read the other table, save it as a file of its own")


def _tabbed(path: Path, target: Path) -> Path:
    """A copy in which runs of blanks are tabs, line for line."""
    with path.open("rb") as lines, target.open("wb") as out:
        out.writelines(re.sub(rb"[ \t]+", b"\t", line.strip()) + b"\n" for line in lines)
    return target


def _load(engine: Any, file: _File, study: Study, relation: str) -> tuple[int, list[Reject], array[int] | None]:
    """Fill the relation with the file's rows: how many, which do not fit, and the line of each where lines are not rows."""
    rows = _read_whole(engine, file, study, relation)
    if rows is not None:
        return rows, [], None
    rejects: list[Reject] = []
    starts = array("q")
    if not file.text.quotes and file.dialect.quote == file.dialect.escape == '"':
        if _read_whole(engine, _sifted(engine, file, rejects, starts), study, relation) == len(starts):
            return len(starts), rejects, starts
        rejects, starts = [], array("q")
    used = load(engine, relation, file.names, _batches(file, rejects, starts), study)
    return used, rejects, starts


def _read_whole(engine: Any, file: _File, study: Study, relation: str) -> int | None:
    """How many rows the engine reads by itself; None when it cannot, or a row does not fit."""
    try:
        return _fast(engine, file, study, relation)
    except PersonaeError as error:
        if error.code != "P900":
            raise
        return None


def _sifted(engine: Any, file: _File, rejects: list[Reject], starts: array[int]) -> _File:
    """A copy of a file without quotes that holds the lines that fit and no header; the others go to `rejects`, the line of each
    that stays to `starts`. It costs a tenth of going through records."""
    target = engine.folder / f"{file.text.path.name}-sifted-{len(list(engine.folder.glob('*-sifted-*')))}"
    between, again = len(file.header) - 1, file.dialect.delimiter.join(file.header)
    with (
        file.text.path.open(encoding="utf-8", newline="") as lines,
        target.open("w", encoding="utf-8", newline="") as fitting,
    ):
        for number, line in enumerate(lines, 1):
            if number < file.start or (between and not line.strip()):
                continue
            bare = line.rstrip("\r\n")
            if bare.count(file.dialect.delimiter) != between or bare == again:
                fault = misfit(bare.split(file.dialect.delimiter), file.header, 1)
                if fault:
                    rejects.append(Reject(file.opened.name, number, fault, bare))
                    continue
            starts.append(number)
            fitting.write(bare + "\n")
    return replace(file, text=replace(file.text, path=target), start=1)


def _fast(engine: Any, file: _File, study: Study, relation: str) -> int | None:
    """Let the engine read the file; None when a row does not fit or the counts do not add up."""
    d, name = file.dialect, engine.quote(relation)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(file.names)))
    options = {
        "columns": f"{{{columns}}}",
        "auto_detect": "false",
        "header": "false",
        "skip": str(file.start - 1),
        "delim": sql_text(d.delimiter),
        "quote": sql_text(d.quote),
        "escape": sql_text(d.escape),
        "strict_mode": "true",
        "null_padding": "false",
        "parallel": "true",
    }
    said = ", ".join(f"{k} = {v}" for k, v in options.items())
    select = ", ".join(f"{missing(f'c{i}', study)} AS {engine.quote(n)}" for i, n in enumerate(file.names))
    engine.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {select} FROM read_csv({path_text(file.text.path)}, {said})")
    again = " AND ".join(
        f"{engine.quote(n)} IS NOT DISTINCT FROM {sql_text(h)}" for n, h in zip(file.names[:200], file.header[:200])
    )
    ((rows, headers),) = engine.rows(f"SELECT count(*), count_if({again}) FROM {name}")
    if (headers and len(file.names) > 1) or (not file.text.quotes and file.dialect.quote == '"' and rows != _plain_rows(file)):
        engine.execute(f"DROP TABLE {name}")
        return None
    return int(rows)


def _plain_rows(file: _File) -> int:
    """Lines after the header that are not blank, for a file without quotes."""
    one = len(file.names) == 1
    with file.text.path.open("rb") as lines:
        return sum(1 for line in islice(lines, file.start - 1, None) if one or line.strip())


def _batches(file: _File, rejects: list[Reject], starts: array[int]) -> Iterator[list[tuple[str, ...]]]:
    """The rows that fit, in pieces; the others go to `rejects`, the line of each to `starts`."""
    batch: list[tuple[str, ...]] = []
    for record in _body(file):
        if record.reason:
            rejects.append(Reject(file.opened.name, record.line, record.reason, record.text))
            continue
        starts.append(record.line)
        batch.append(record.fields)
        if len(batch) == BATCH:
            yield batch
            batch = []
            progress.step("read", file.opened.name, len(starts), file.text.lines, "rows")
    yield batch


def _body(file: _File) -> Iterator[Record]:
    """Every record after the header."""
    return (r for r in records(file.text.path, file.dialect, file.header) if r.line >= file.start)


def _numeric(engine: Any, part: str, file: _File) -> dict[str, float]:
    """Share of numbers among the values of each column of one file; columns without values are left out."""
    names = [n for n in file.names if not names_id(n)]
    if not names:
        return {}
    counts = ", ".join(
        f"count({engine.quote(n)}), count(TRY_CAST(replace({engine.quote(n)}, ',', '.') AS DOUBLE))" for n in names
    )
    ((*found,),) = engine.rows(f"SELECT {counts} FROM {engine.quote(part)}")
    return {n: found[2 * i + 1] / found[2 * i] for i, n in enumerate(names) if found[2 * i]}


def _check_types(files: Sequence[_File], shares: Sequence[dict[str, float]], study: Study) -> None:
    """Raise P103 when a column is numbers in one file and mostly something else in another."""
    for name in dict.fromkeys(n for s in shares for n in s):
        numbers = [f.opened.name for f, s in zip(files, shares, strict=True) if s.get(name) == 1]
        others = [f.opened.name for f, s in zip(files, shares, strict=True) if s.get(name, 1) < 0.5]
        if numbers and others and name not in (study.id, study.event, *study.ignore):
            raise DataError(
                "P103",
                f'column "{name}" holds numbers in {numbers[0]} and something else in {others[0]}',
                where=f"{len(numbers)} files hold numbers, {len(others)} do not: {', '.join(others[:5])}",
                fix=f'give the files as separate sources, or leave the column out: --ignore "{name}"',
            )


def _append(engine: Any, relation: str, part: str, *, create: bool) -> str:
    """SQL that adds a file's rows to the table, columns matched by name."""
    if create:
        return f"CREATE OR REPLACE TABLE {engine.quote(relation)} AS SELECT * FROM {engine.quote(part)}"
    return f"INSERT INTO {engine.quote(relation)} BY NAME SELECT * FROM {engine.quote(part)}"


def _locate(spans: list[tuple[_File, int, array[int] | None]], positions: Sequence[int]) -> list[tuple[str, int]]:
    """(file, line) of rows; the records are gone through once when lines and rows are not the same."""
    found: dict[int, tuple[str, int]] = {}
    first = 0
    for index, (file, used, starts) in enumerate(spans):
        wanted = sorted(p - first for p in positions if first <= p < first + used)
        if wanted and starts is None:
            starts = _starts(file, used)
            spans[index] = (file, used, starts)
        found |= {first + p: (file.opened.name, starts[p] if starts else file.start + p) for p in wanted}
        first += used
    return [found[p] for p in positions]


def _starts(file: _File, used: int) -> array[int] | None:
    """The line of every row, None where row n is simply n lines after the header."""
    if not file.text.quotes and file.dialect.quote == '"':
        with file.text.path.open("rb") as lines:
            if file.start - 1 + used == sum(1 for _ in lines):
                return None
    return array("q", (r.line for r in _body(file) if not r.reason))
