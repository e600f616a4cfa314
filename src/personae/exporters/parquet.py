"""users.parquet: every user once, with the persona and how firmly they sit in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from personae.model.cast import Cast
from personae.model.persona import Claim, Persona
from personae.model.rule import REASONS, Place, Placement
from personae.model.sheet import Sheet

ROWS = 131_072
"""Rows a group: fixed, so that the same users give the same bytes."""


def export(cast: Cast, path: Path) -> Path:
    """Write `users` of the cast to `path`; the same cast always gives the same bytes."""
    return write(users(cast.ids, cast.placement, cast.personas), path)


_AS_WRITTEN: dict[str, Any] = {
    "compression": "zstd",
    "use_dictionary": ["persona", "persona_name", "second", "kind", "reason"],
    "store_schema": False,
}


def write(table: pa.Table, path: Path) -> Path:
    """Write a table with the columns of `users`: rows in groups of a fixed size, no clock and no schema beside the columns."""
    with path.open("wb") as sink:
        pq.write_table(table, sink, row_group_size=ROWS, **_AS_WRITTEN)
    return path


def pour(tables: Iterable[pa.Table], path: Path) -> Path:
    """Write tables one after another as one file, the same as of all of them at once where each but the last has a multiple of
    ROWS rows."""
    with path.open("wb") as sink:
        writer = None
        for table in tables:
            writer = writer or pq.ParquetWriter(sink, table.schema, **_AS_WRITTEN)
            writer.write_table(table, row_group_size=ROWS)
        if writer is not None:
            writer.close()
    return path


def users(ids: pa.StringArray, placement: Placement, personas: Sequence[Persona]) -> pa.Table:
    """The columns id, persona, persona_name, membership, second, margin, kind, reason; one row an id, in the order given.

    `persona` and `second` are keys, empty where there is none; `kind` is core, border or outside.
    """
    keys = {p.index: p.key for p in personas}
    called = {p.index: p.name for p in personas}
    return pa.table(
        {
            "id": ids,
            "persona": _named(placement.persona, keys),
            "persona_name": _named(placement.persona, called),
            "membership": _numbers(placement.membership),
            "second": _named(placement.second, keys),
            "margin": _numbers(placement.margin),
            "kind": _worded(placement.kind, [p.name.lower() for p in Place]),
            "reason": _worded(placement.reason, REASONS),
        }
    )


def sheet(sheet: Sheet) -> pa.Table:
    """A table for readers as columns: numbers as numbers, sentences as their text with their fact ids in a column beside."""
    columns: dict[str, pa.Array] = {}
    for j, heading in enumerate(sheet.headings):
        cells = [row[j] for row in sheet.rows]
        claims = any(isinstance(c, Claim) for c in cells)
        texts = claims or heading.kind == "text"
        shown = [c.text if isinstance(c, Claim) else c if c is None or not texts else str(c) for c in cells]
        columns[heading.name] = pa.array(shown, pa.string() if texts else pa.float64())
        if heading.kind == "count" and not claims:
            columns[heading.name] = columns[heading.name].cast(pa.int64())
        if claims:
            columns[f"{heading.name} (facts)"] = pa.array(
                [" ".join(c.facts) if isinstance(c, Claim) else None for c in cells], pa.string()
            )
    return pa.table(columns)


def leaves(leaf: Any, path: Path) -> Path:
    """Write the leaf of the tree each user stands in, one row a user in the order of users.parquet."""
    with path.open("wb") as sink:
        pq.write_table(
            pa.table({"leaf": pa.array(leaf, pa.int32())}), sink, row_group_size=ROWS, compression="zstd", store_schema=False
        )
    return path


def since(runs: pa.StringArray, path: Path) -> Path:
    """Write the run in which each user came into their persona, one row a user in the order of users.parquet."""
    with path.open("wb") as sink:
        pq.write_table(pa.table({"since": runs}), sink, row_group_size=ROWS, compression="zstd", store_schema=False)
    return path


def cut(ids: pa.StringArray, groups: Any, placement: Placement, personas: Sequence[Persona]) -> pa.Table:
    """The columns id, group, persona; `group` counts from 1, the largest first, and is empty for who is in none."""
    numbers = pa.array(np.asarray(groups) + 1, pa.int32(), mask=np.asarray(groups) < 0)
    return pa.table({"id": ids, "group": numbers, "persona": _named(placement.persona, {p.index: p.key for p in personas})})


def _named(indices: Any, names: dict[int, str]) -> pa.Array:
    top = max(names, default=-1)
    words = pa.array([names.get(i) for i in range(top + 1)], pa.string())
    known = np.where((indices >= 0) & (indices <= top), indices, -1)
    return words.take(pa.array(known, pa.int32(), mask=known < 0))


def _numbers(values: Any) -> pa.Array:
    return pa.array(np.round(np.asarray(values, dtype=np.float64), 6), pa.float64(), from_pandas=True)


def _worded(codes: Any, words: Sequence[str]) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(np.asarray(codes, dtype=np.int32)))
