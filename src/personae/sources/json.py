"""JSON arrays and JSON lines: numbers keep the digits they were written with."""

from __future__ import annotations

import json
import os
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from personae import progress
from personae.errors import DataError, PersonaeError
from personae.files import json_lines
from personae.files.json_lines import Lines
from personae.files.opening import Opened, open_file
from personae.files.places import located
from personae.files.rows import check_rejects, check_width, missing, waiting
from personae.files.text import Text, as_text
from personae.model.study import Study
from personae.model.table import Level, Note, Reject, Table

ENDINGS: tuple[str, ...] = (".json", ".jsonl", ".ndjson")
BATCH = 20_000
DEEP = 2
"""Levels of objects inside objects that become columns."""
MOST = 1 << 30
"""Bytes of a JSON array, which is held in memory; JSON lines have no such limit."""


class _Number(str):
    """A number as it was written."""


class _DoubtfulError(ValueError):
    """JSON that is well formed and still not clear."""


@dataclass(frozen=True)
class _Row:
    """One object: the line it begins on, its values; or the reason why it cannot be taken, and its text."""

    line: int
    values: dict[str, str | None]
    numbers: frozenset[str] = frozenset()
    reason: str = ""
    text: str = ""


def read(engine: Any, location: Path | Sequence[Opened] | Opened, study: Study, relation: str) -> tuple[Table, ...]:
    """One table of text: objects inside objects become `outer.inner` and `outer.inner.innermost`, lists of keys with values
    `outer.key`; what lies deeper and other lists stay JSON.

    Raises DataError P102 when more rows than `study.allow_rejects` cannot be read, P108 when the file is not JSON.
    """
    files = _opened(engine, location, study)
    columns = _Columns(engine, relation, study, files[0].name)
    rejects: list[Reject] = []
    spans: list[tuple[str, array[int]]] = []
    keys: list[tuple[str, set[str]]] = []
    for file in files:
        lines: array[int] = array("q")
        here: set[str] = set()
        text = as_text(file, engine.folder, study)
        if (whole := _at_once(engine, text, columns)) is not None:
            spans.append((file.name, array("q", range(1, whole.rows + 1))))
            keys.append((file.name, set(whole.keys)))
            continue
        batch: list[_Row] = []
        for row in _rows(text.path, file):
            if row.reason:
                rejects.append(Reject(file.name, row.line, row.reason, row.text))
                continue
            lines.append(row.line)
            here |= row.values.keys()
            batch.append(row)
            if len(batch) == BATCH:
                columns.add(batch)
                batch = []
                progress.step("read", file.name, len(lines), text.lines, "rows")
        columns.add(batch)
        spans.append((file.name, lines))
        keys.append((file.name, here))
    check_rejects(rejects, study.allow_rejects)
    used = sum(len(lines) for _, lines in spans)
    if not used:
        raise DataError("P107", f"{files[0].name} holds no objects", where=files[0].name, fix="export it again with its rows")
    engine.remember(relation, lambda positions: located(spans, positions))
    return (
        Table(
            source=files[0].name,
            relation=relation,
            shape="",
            columns=tuple(replace(c, format="." if c.name in columns.numbers else "") for c in waiting(columns.names.values())),
            seen=used + len(rejects),
            used=used,
            rejects=tuple(rejects),
            files=tuple(f.file for f in files),
            parts=tuple(len(lines) for _, lines in spans),
            notes=_lacking(keys),
            format="JSON, UTF-8" + (f" ({files[0].packed})" if files[0].packed else ""),
        ),
    )


def _at_once(engine: Any, text: Text, columns: _Columns) -> json_lines.Lines | None:
    """What a file of flat JSON lines holds, read by the engine; None where it has to be read object by object."""
    with text.path.open("rb") as file:
        first = file.readline(1 << 16)
        file.seek(-1, os.SEEK_END)
        open_ended = file.read(1) != b"\n"
    if not first.startswith(b"{") or b"{" in first[1:] or text.returns:
        return None
    lines = json_lines.opened(engine, text.path, columns.relation, text.lines + open_ended)
    if lines is None or not lines.rows:
        return None
    try:
        columns.add_lines(lines)
    except PersonaeError as error:
        if error.code != "P900":
            raise
        return None
    finally:
        json_lines.close(engine, lines)
    return lines


def _opened(engine: Any, location: Path | Sequence[Opened] | Opened, study: Study) -> tuple[Opened, ...]:
    """The files behind a location."""
    if isinstance(location, Opened):
        return (location,)
    return (open_file(location, engine.folder, study),) if isinstance(location, Path) else tuple(location)


def _lacking(keys: Sequence[tuple[str, set[str]]]) -> tuple[Note, ...]:
    """A warning for each file without a key that most of the others have (ING-18)."""
    notes = []
    often = Counter(k for _, here in keys for k in here)
    for name, here in keys:
        lacks = sorted(k for k, n in often.items() if k not in here and n > len(keys) / 2)
        if here and lacks:
            listed = ", ".join(f'"{k}"' for k in lacks[:5]) + (f" and {len(lacks) - 5} more" if len(lacks) > 5 else "")
            notes.append(Note(Level.WARN, "P102", f"{name} has no {listed}, which most files have: empty in its rows", name))
    return tuple(notes)


class _Columns:
    """A growing table: keys become columns in the order in which they first appear."""

    def __init__(self, engine: Any, relation: str, study: Study, source: str) -> None:
        self.engine, self.relation, self.study, self.source = engine, relation, study, source
        self.names: dict[str, str] = {}
        self.numbers: set[str] = set()

    def add(self, rows: Sequence[_Row]) -> None:
        """Append rows; new keys become new columns, empty in the rows before."""
        import pyarrow as pa

        if not rows:
            return
        self._room(k for row in rows for k in row.values)
        keys = list(self.names)
        arrays = [pa.array([row.values.get(k) or None for row in rows], pa.string()) for k in keys]
        self.engine.register("personae_batch", pa.table(arrays, names=[f"c{i}" for i in range(len(keys))]))
        quoted = self.engine.quote(self.relation)
        select = ", ".join(missing(f"c{i}", self.study) for i in range(len(keys)))
        self.engine.execute(f"INSERT INTO {quoted} SELECT {select} FROM personae_batch")
        self.engine.unregister("personae_batch")
        self.numbers |= {self.names[k] for row in rows for k in row.numbers}

    def add_lines(self, lines: Lines) -> None:
        """Append the objects of lines that the engine holds. Raises PersonaeError P900, with nothing appended, where one of
        them cannot be given back as it was written."""
        self._room(lines.keys)
        listed = ", ".join(self.engine.quote(self.names[k]) for k in lines.keys)
        select = json_lines.values(lines, self.engine.quote, lambda value: missing(value, self.study))
        self.engine.execute(f"INSERT INTO {self.engine.quote(self.relation)} ({listed}) {select}")
        self.numbers |= {self.names[k] for k in lines.numbers}

    def _room(self, keys: Iterable[str]) -> None:
        """A column for every key."""
        first = not self.names
        for key in dict.fromkeys(keys):
            if key not in self.names:
                self._column(key, create=first and not self.names)

    def _column(self, key: str, *, create: bool) -> None:
        """Make room for a key."""
        base = key if key.strip() else f"column {len(self.names) + 1}"
        name, copy, taken = base, 2, {n.lower() for n in self.names.values()}
        while name.lower() in taken:
            name, copy = f"{base} ({copy})", copy + 1
        self.names[key] = name
        check_width(self.source, len(self.names))
        table, column = self.engine.quote(self.relation), self.engine.quote(name)
        if create:
            self.engine.execute(f"CREATE OR REPLACE TABLE {table} ({column} VARCHAR)")
        else:
            self.engine.execute(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR")


def _rows(path: Path, file: Opened) -> Iterator[_Row]:
    """The objects of a file, one by one."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        filled = (line for line in lines if line.strip())
        first, second = next(filled, ""), next(filled, "")
    if first.lstrip().startswith("{") and _complete(first) and (second or not _wrapped(first)):
        yield from _lines(path)
        return
    if path.stat().st_size > MOST:
        where = f"{file.path}: {path.stat().st_size:,} bytes, at most {MOST:,}"
        raise DataError(
            "P110",
            f"{file.name} is too large for one JSON document",
            where=where,
            fix="write it as JSON lines, one object a line",
        )
    yield from _document(path.read_text(encoding="utf-8"), file)


def _complete(line: str) -> bool:
    """Whether a line is an object of its own, well formed or not."""
    return line.rstrip().endswith(("}", "},")) or len(line) > 1 << 16


def _wrapped(line: str) -> bool:
    """Whether the only line of a file is an object that holds a list of objects."""
    return bool(_FIRST.match(line) or _AFTER.match(line))


_FIRST = re.compile(r'\s*\{\s*"[^"]*"\s*:\s*\[\s*\{')
_AFTER = re.compile(r'\s*\{(\s*"[^"]*"\s*:\s*("[^"]*"|[\w.+-]+)\s*,)+\s*"(data|results|records|rows)"\s*:\s*\[\s*\{')
"""An answer of an interface: a few words, then the list."""


def _lines(path: Path) -> Iterator[_Row]:
    """JSON lines."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _row(line, number)


def _document(text: str, file: Opened) -> Iterator[_Row]:
    """The objects of one JSON document: an array, or an object that holds one."""
    start = len(text) - len(text.lstrip())
    try:
        value, end = _DECODER.raw_decode(text, start)
        if text[end:].strip():
            raise json.JSONDecodeError("text after the end", text, end)
    except (json.JSONDecodeError, _DoubtfulError, RecursionError) as error:
        line = f"line {error.lineno:,}: {error.msg}" if isinstance(error, json.JSONDecodeError) else _why(error)
        fix = "correct the file, or write JSON lines, one object a line, so that bad lines can be set aside"
        raise DataError("P102", f"{file.name} cannot be read as JSON", where=f"{file.path}: {line}", fix=fix) from error
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        value = lists[0] if len(lists) == 1 else [value]
    if not isinstance(value, list):
        raise DataError(
            "P108", f"{file.name} holds no table", where=str(file.path), fix="give an array of objects or JSON lines"
        )
    for number, item in enumerate(value, 1):
        yield _flat(item, number, "")


def _row(line: str, number: int) -> _Row:
    """One line of JSON lines."""
    text = line.strip().removesuffix(",") if line.rstrip().endswith("},") else line.strip()
    try:
        return _flat(_DECODER.decode(text), number, text)
    except (json.JSONDecodeError, _DoubtfulError, RecursionError) as error:
        return _Row(number, {}, reason=_why(error), text=text[:2000])


def _why(error: Exception) -> str:
    """What is wrong, in a few words."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"not JSON: {error.msg.lower()} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)


def _flat(item: Any, line: int, text: str) -> _Row:
    """An object as named texts."""
    if not isinstance(item, dict):
        return _Row(line, {}, reason="not an object", text=text[:2000] or str(item)[:2000])
    flat = _levels(item, DEEP)
    values = {k: _text(v) for k, v in flat.items()}
    try:
        "".join((*values, *(v for v in values.values() if v))).encode("utf-8")
    except UnicodeEncodeError:
        return _Row(line, {}, reason="half a character (a lone surrogate)", text=ascii(item)[:2000])
    return _Row(line, values, frozenset(k for k, v in flat.items() if isinstance(v, _Number)))


def _levels(item: Mapping[str, Any], deep: int) -> dict[str, Any]:
    """The values of an object and of the objects in it, by their names joined with dots."""
    flat: dict[str, Any] = {}
    for key, value in item.items():
        inner = value if isinstance(value, dict) else _paired(value)
        if inner and deep:
            flat |= {f"{key}.{k}": v for k, v in _levels(inner, deep - 1).items()}
        else:
            flat[key] = None if inner == {} else value
    return flat


def _paired(value: Any) -> dict[str, Any] | None:
    """A list of {"key": k, "value": v} as an object; v may be an object of which one value is set: {"int_value": "3"}."""
    if not isinstance(value, list) or not value:
        return None
    if not all(isinstance(v, dict) and v.keys() == {"key", "value"} and isinstance(v["key"], str) for v in value):
        return None
    return {v["key"]: _one(v["value"]) for v in value}


def _one(value: Any) -> Any:
    """The value that is set among several types: string_value, int_value, double_value..."""
    if not isinstance(value, dict):
        return value
    typed = [v for k, v in value.items() if k.endswith("_value") and v is not None]
    return typed[0] if typed else None


def _text(value: Any) -> str | None:
    """A value as text: strings as they are, numbers as they were written, everything else as JSON."""
    if value is None or isinstance(value, str):
        return str(value) if value is not None else None
    return _dump(value)


def _dump(value: Any) -> str:
    """JSON with numbers as they were written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_basestring(k)}:{_dump(v)}" for k, v in value.items()) + "}"
    return "[" + ",".join(map(_dump, value)) + "]"


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [k for k, _ in pairs]
        raise _DoubtfulError(f'the key "{next(k for k in keys if keys.count(k) > 1)}" appears twice')
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
