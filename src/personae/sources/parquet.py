"""Parquet files, looked at where they lie: a view, never a copy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from personae.errors import DataError, PersonaeError
from personae.files.names import name_columns
from personae.files.opening import RATIO, Opened, open_file
from personae.files.rows import check_width, missing, path_text, waiting
from personae.model.study import Study
from personae.model.table import Column, Table

ENDINGS: tuple[str, ...] = (".parquet", ".pq")
DENSE = 1_000
"""Bytes of values per byte of file beyond which a file of many rows claims more than it can hold."""
MANY = 10_000_000
"""Rows from which that matters."""


def read(engine: Any, location: Path | Sequence[Opened] | Opened, study: Study, relation: str) -> tuple[Table, ...]:
    """One table over one or more Parquet files with the same columns, types kept; folders such as country=FR become columns.

    Raises DataError P102 (columns differ), P107 (no rows), P108 (damaged), P110 (claims more rows than it can hold).
    """
    files = _opened(engine, location, study)
    schemas = [_schema(engine, f) for f in files]
    _same(files, schemas)
    check_width(files[0].name, len(schemas[0]))
    parts = tuple(_rows(engine, f, s, study) for f, s in zip(files, schemas, strict=True))
    rows = sum(parts)
    names, notes = name_columns([name for name, _ in schemas[0]])
    paths = ", ".join(path_text(f.content) for f in files)
    hive = len(files) > 1 and all("=" in f.path.parent.name for f in files)
    source = f"read_parquet([{paths}], hive_partitioning = {str(hive).lower()}, hive_types_autocast = false)"
    described = engine.rows(f"DESCRIBE SELECT * FROM {source}")
    extra = [(row[0], row[1]) for row in described if row[0] not in {n for n, _ in schemas[0]}] if hive else []
    originals = [row[0] for row in described]
    names = (*names, *(n for n, _ in extra)) if hive else names
    types = [row[1] for row in described]
    select = ", ".join(
        f"{_value(engine, o, t, study)} AS {engine.quote(n)}" for o, n, t in zip(originals, names, types, strict=True)
    )
    engine.execute(f"CREATE OR REPLACE VIEW {engine.quote(relation)} AS SELECT {select} FROM {source}")
    return (
        Table(
            source=files[0].name,
            relation=relation,
            shape="",
            columns=tuple(_column(n, t) for n, t in zip(names, types, strict=True)),
            seen=rows,
            used=rows,
            files=tuple(f.file for f in files),
            parts=parts,
            format="Parquet" + (f", {len(files)} files" if len(files) > 1 else ""),
            notes=notes,
        ),
    )


def _opened(engine: Any, location: Path | Sequence[Opened] | Opened, study: Study) -> tuple[Opened, ...]:
    """The files behind a location."""
    if isinstance(location, Opened):
        return (location,)
    return (open_file(location, engine.folder, study),) if isinstance(location, Path) else tuple(location)


def _column(name: str, native: str) -> Column:
    """A column that the audit has not looked at; enumerations are text."""
    return waiting([name], "VARCHAR" if native.startswith("ENUM") else native)[0]


def _value(engine: Any, name: str, native: str, study: Study) -> str:
    """SQL of a column with empty texts and declared markers as NULL."""
    quoted: str = engine.quote(name)
    if native.startswith("ENUM"):
        quoted = f"CAST({quoted} AS VARCHAR)"
    elif native != "VARCHAR":
        return quoted
    return missing(f"nullif({quoted}, '')", study) if study.missing else f"nullif({quoted}, '')"


def _schema(engine: Any, file: Opened) -> list[tuple[str, str]]:
    """(column, type) of a file. Raises P108 when it cannot be read."""
    try:
        rows = engine.rows(f"DESCRIBE SELECT * FROM read_parquet({path_text(file.content)}, hive_partitioning = false)")
    except PersonaeError as error:
        raise _damaged(file, error) from error
    return [(row[0], row[1]) for row in rows]


def _rows(engine: Any, file: Opened, schema: Sequence[tuple[str, str]], study: Study) -> int:
    """Rows a file says it holds, once what they unfold to is within the limits (ING-06)."""
    try:
        ((rows,),) = engine.rows(f"SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata({path_text(file.content)})")
        values = int(rows) * 8 * len(schema)
        too_much = (rows > MANY and values > DENSE * file.size) or _texts(engine, file, study)
    except PersonaeError as error:
        raise _damaged(file, error) from error
    if too_much:
        where = f"{file.path}: {file.size:,} bytes on disk, {rows:,} rows declared"
        fix = "write the file again from its source" + f", or raise the limit: --max-inflated {too_much}" * (too_much > 1)
        raise DataError("P110", f"{file.name} unfolds to more than a file of its size can hold", where=where, fix=fix)
    return int(rows)


def _texts(engine: Any, file: Opened, study: Study) -> int:
    """Bytes of the texts of a file where they pass the limit, else 0: a text that is held once may stand in every row.

    Only columns whose rows times bytes could reach the limit are looked at, and only their lengths.
    """
    limit, at = max(study.max_inflated, RATIO * file.size), path_text(file.content)
    found = engine.rows(
        f"SELECT path_in_schema FROM parquet_metadata({at}) WHERE type = 'BYTE_ARRAY' AND encodings LIKE '%DICTIONARY%' "
        f"AND NOT contains(path_in_schema, ', ') GROUP BY 1 "
        f"HAVING sum(CAST(num_values AS DOUBLE) * total_uncompressed_size) > {limit} ORDER BY 1"
    )
    total = sum(_unfolded(file.content, name) for (name,) in found)
    return total if total > limit else 0


def _unfolded(path: Path, name: str) -> int:
    """Bytes of the texts of a column written out, without writing them out."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    total = 0
    try:
        with pq.ParquetFile(path, read_dictionary=[name]) as whole:
            for batch in whole.iter_batches(65_536, columns=[name]):
                column = batch.column(0)
                lengths = pc.binary_length(column.dictionary).to_numpy(zero_copy_only=False)
                counts = np.bincount(column.indices.drop_null().to_numpy(), minlength=len(lengths))
                total += int(counts @ lengths.astype(np.int64))
    except (pa.ArrowException, OSError) as error:
        raise PersonaeError("P900", "the pages cannot be read", where=str(path)) from error
    return total


def _same(files: Sequence[Opened], schemas: Sequence[list[tuple[str, str]]]) -> None:
    """Raise P102 when files differ in columns or types, naming both."""
    first = dict(schemas[0])
    for file, schema in zip(files[1:], schemas[1:], strict=True):
        for name, native in schema:
            if name not in first or native != first[name]:
                said = f'"{name}" is {native.lower()}' if name in first else f'has also "{name}"'
                want = f", in {files[0].name} it is {first[name].lower()}" if name in first else ""
                raise _differs(file, files[0], f"{file.name}: {said}{want}")
        if lacks := [n for n in first if n not in dict(schema)]:
            raise _differs(file, files[0], f"{file.name} has no " + ", ".join(f'"{n}"' for n in lacks[:5]))


def _differs(file: Opened, first: Opened, where: str) -> DataError:
    """P102 for a file that does not match the others."""
    fix = "write it with the same columns and types, or give the files as separate sources"
    return DataError("P102", f"{file.name} does not have the columns of {first.name}", where=where, fix=fix)


def _damaged(file: Opened, error: PersonaeError) -> PersonaeError:
    """P108 for a file that cannot be read."""
    if error.code != "P900":
        return error
    return DataError(
        "P108", f"{file.name} is damaged: it cannot be read as Parquet", where=f"{file.path}", fix="fetch or write it again"
    )
