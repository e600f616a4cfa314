"""users.csv and the private lists, safe to open in a spreadsheet.

A text that a spreadsheet would run as a formula gets a leading apostrophe (ASVS 1.2.10); plain numbers, signed ids among
them, stay as they are. A text that already looks guarded gets one more, so that `unguard` always restores the original.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from personae import plugins
from personae.model.cast import Cast

ROWS = 250_000
"""Rows turned into text at once, which bounds the memory."""

_FORMULA = r"^['\s]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^'*[\t\r\n\x00]"
_NUMBER = r"^ *[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)? *$"
_QUOTED = '[",\r\n]|^\\s|\\s$'


def export(cast: Cast, path: Path, *, raw: bool = False) -> Path:
    """Write users.csv: every user once, UTF-8, one line feed a row. `raw` leaves the formula guard off, for machines."""
    return write(plugins.find("exporters", "parquet").users(cast.ids, cast.placement, cast.personas), path, raw=raw)


def rejects(cast: Cast, path: Path) -> Path:
    """Write the rows that were set aside: source, line, reason, text."""
    rows = [(t.source, r.line, r.reason, r.text) for t in cast.tables for r in t.rejects]
    return write(_table({"source": pa.string(), "line": pa.int64(), "reason": pa.string(), "text": pa.string()}, rows), path)


def members(cast: Cast, path: Path) -> Path:
    """Write the users worth talking to: persona, part (typical, borderline, extreme), id, membership, margin."""
    rows = [(m.persona, m.part, m.id, m.membership, m.margin) for m in cast.members]
    kinds = {"persona": pa.string(), "part": pa.string(), "id": pa.string(), "membership": pa.float64(), "margin": pa.float64()}
    return write(_table(kinds, rows), path)


def nobody(cast: Cast, path: Path) -> Path:
    """Write the users in no group: id, reason, and the nearest group where there is one."""
    table = plugins.find("exporters", "parquet").users(cast.ids, cast.placement, cast.personas)
    out = table.filter(pa.array(cast.placement.persona < 0))
    return write(out.select(["id", "reason", "second"]).rename_columns(["id", "reason", "nearest"]), path)


def write(table: pa.Table, path: Path, *, raw: bool = False) -> Path:
    """Write any table of texts and numbers."""
    with path.open("wb") as sink:
        pour(table, sink, raw=raw)
    return path


def pour(table: pa.Table, sink: BinaryIO, *, raw: bool = False, heads: bool = True) -> None:
    """Write any table of texts and numbers to an open binary file; without `heads` its rows alone."""
    if heads:
        names = pa.array(table.column_names, pa.string())
        sink.write((",".join(_quoted(names if raw else guard(names)).to_pylist()) + "\n").encode())
    for batch in table.to_batches(max_chunksize=ROWS):
        sink.write(_lines(batch, raw))


def guard(texts: Any) -> Any:
    """The same texts with an apostrophe before those that a spreadsheet would run as a formula."""
    risky = pc.and_(pc.match_substring_regex(texts, _FORMULA), pc.invert(pc.match_substring_regex(texts, _NUMBER)))
    return pc.if_else(risky, pc.binary_join_element_wise("'", texts, ""), texts)


def unguard(texts: Any) -> Any:
    """The texts as they were before `guard`."""
    risky = pc.and_(pc.match_substring_regex(texts, _FORMULA), pc.starts_with(texts, "'"))
    return pc.if_else(risky, pc.utf8_slice_codeunits(texts, 1), texts)


def _lines(batch: Any, raw: bool) -> bytes:
    cells = [pc.cast(pc.fill_null(_cell(column, raw), ""), pa.large_string()) for column in batch.columns]
    large = pa.large_string()
    rows = pc.binary_join_element_wise(*cells, pa.scalar(",", large))
    whole = pc.binary_join_element_wise(rows, pa.scalar("", large), pa.scalar("\n", large))
    return bytes(memoryview(whole.buffers()[2])[: pc.sum(pc.binary_length(whole)).as_py()])


def _cell(column: Any, raw: bool) -> Any:
    """A column as it stands in the file; each of a few words is looked at once and not once a row."""
    if not pa.types.is_string(column.type):
        return pc.cast(column, pa.string())
    words = column.dictionary_encode()
    if len(words.dictionary) > len(column) // 10:
        return _quoted(column if raw else guard(column))
    return _quoted(words.dictionary if raw else guard(words.dictionary)).take(words.indices)


def _quoted(texts: Any) -> Any:
    inner = pc.replace_substring(texts, '"', '""')
    return pc.if_else(pc.match_substring_regex(texts, _QUOTED), pc.binary_join_element_wise('"', inner, '"', ""), texts)


def _table(kinds: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in kinds)
    return pa.table({n: pa.array(c, k) for (n, k), c in zip(kinds.items(), columns, strict=True)})
