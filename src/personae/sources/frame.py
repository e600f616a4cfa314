"""Data frames held in memory: pandas, Polars, Arrow and all that speak the Arrow stream, without importing any of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from personae.errors import DataError
from personae.files.names import name_columns
from personae.files.rows import check_width, missing, waiting
from personae.model.study import Study
from personae.model.table import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS: tuple[str, ...] = ()


def read(engine: Any, location: object, study: Study, relation: str, *, name: str = "data frame") -> tuple[Table, ...]:
    """One table over a frame, types kept, nothing copied where the frame is Arrow already.

    Columns that mix types are text, each value as Python writes it. An unnamed index is left out, a named one is a column.
    Raises DataError P108 when the object is no frame.
    """
    data = _arrow(location, name)
    check_width(name, data.num_columns)
    names, notes = name_columns([str(n) for n in data.column_names])
    data = data.rename_columns([f"c{i}" for i in range(len(names))])
    held = f"{relation} frame"
    engine.register(held, data)
    types = [row[1] for row in engine.rows(f"DESCRIBE SELECT * FROM {engine.quote(held)}")]
    select = ", ".join(f"{_value(i, t, study)} AS {engine.quote(n)}" for i, (n, t) in enumerate(zip(names, types, strict=True)))
    engine.execute(f"CREATE OR REPLACE VIEW {engine.quote(relation)} AS SELECT {select} FROM {engine.quote(held)}")
    columns = tuple(_column(n, t) for n, t in zip(names, types, strict=True))
    kind = type(location).__module__.partition(".")[0]
    return (
        Table(
            source=name,
            relation=relation,
            shape="",
            columns=columns,
            seen=data.num_rows,
            used=data.num_rows,
            format=f"data frame ({kind})",
            notes=notes,
        ),
    )


def _column(name: str, native: str) -> Column:
    """A column that the audit has not looked at; enumerations are text."""
    return waiting([name], "VARCHAR" if native.startswith("ENUM") else native)[0]


def _value(position: int, native: str, study: Study) -> str:
    """SQL of a column with empty texts and declared markers as NULL."""
    if native == "VARCHAR" or native.startswith("ENUM"):
        return missing(f"nullif(CAST(c{position} AS VARCHAR), '')", study)
    return f"c{position}"


def _arrow(frame: Any, name: str) -> pa.Table:
    """The frame as an Arrow table of flat columns."""
    import pyarrow as pa

    if any(n is not None for n in getattr(getattr(frame, "index", None), "names", ())):
        frame = frame.reset_index()
    if not hasattr(frame, "__arrow_c_stream__"):
        return _by_narwhals(frame, name)
    try:
        table = pa.table(frame)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, ValueError):
        return _by_narwhals(frame, name)
    keep = [i for i, n in enumerate(table.column_names) if not str(n).startswith("__index_level_")]
    table = table.select(keep)
    for i, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            table = table.set_column(i, field.name, pa.nulls(table.num_rows, pa.string()))
    return table.replace_schema_metadata(None)


def _by_narwhals(frame: Any, name: str) -> pa.Table:
    """The frame as an Arrow table, column by column; columns that mix types become text."""
    import narwhals as nw
    import pyarrow as pa

    try:
        wrapped = nw.from_native(frame)
        eager = wrapped.collect() if isinstance(wrapped, nw.LazyFrame) else wrapped
        columns = [eager.get_column(n) for n in eager.columns]
    except (TypeError, AttributeError, ValueError) as error:
        fix = "pass a pandas, Polars or Arrow table, or the path of a file"
        raise DataError("P108", f"{name} is not a data frame but {type(frame).__name__}", fix=fix) from error
    arrays = []
    for column in columns:
        try:
            array = column.to_arrow()
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError):
            array = pa.array(_texts(column.to_list()), pa.string())
        arrays.append(array.cast(pa.string()) if pa.types.is_null(array.type) else array)
    return pa.table(arrays, names=[str(c.name) for c in columns])


def _texts(values: Iterable[Any]) -> list[str | None]:
    """Values of several types as text; None and not-a-number are empty."""
    return [None if v is None or v != v else str(v) for v in values]
