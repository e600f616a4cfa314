"""Data frames of any kind in, and the same kind out; inside there is only Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from personae.errors import DataError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

ARROW = "pyarrow"
LAZY = ("duckdb",)
EAGER = ("pandas", "polars", "pyarrow")


def arrow(frame: Any) -> tuple[pa.Table, str]:
    """The frame as an Arrow table, and its kind for `like`.

    Takes pandas, Polars (also lazy), PyArrow, DuckDB relations, everything else that narwhals knows, and any object with an
    Arrow stream (`__arrow_c_stream__`); the last two come back as Arrow. Raises UsageError for other objects and DataError
    where a column holds values of several types.
    """
    import narwhals as nw
    import pyarrow as pa

    known = nw.from_native(frame, pass_through=True)
    try:
        if isinstance(known, nw.LazyFrame):
            table = known.collect("pyarrow").to_native()
        elif isinstance(known, nw.DataFrame):
            table = known.to_arrow()
        elif hasattr(frame, "__arrow_c_stream__") or isinstance(frame, pa.RecordBatch):
            return pa.table(frame) if not isinstance(frame, pa.RecordBatch) else pa.Table.from_batches([frame]), ARROW
        else:
            raise UsageError(
                "P001",
                f"a {type(frame).__name__} is neither a path nor a data frame",
                fix="pass a path, or a pandas, Polars, PyArrow or DuckDB frame",
            )
    except (pa.ArrowInvalid, pa.ArrowTypeError) as problem:
        raise DataError(
            "P103",
            "a column of the frame holds values of several types",
            where=str(problem),
            fix="turn that column into text first",
        ) from problem
    kind = known.implementation.value
    return table, kind if kind in (*EAGER, *LAZY) else ARROW


def like(table: pa.Table, kind: str) -> Any:
    """The Arrow table as a frame of that kind, as `arrow` named it."""
    import narwhals as nw

    if kind == ARROW:
        return table
    if kind in LAZY:
        return nw.from_native(table).lazy(backend=kind).to_native()
    return nw.from_arrow(table, backend=kind).to_native()


def is_frame(thing: Any) -> bool:
    """Whether something is a frame rather than a path."""
    from os import PathLike

    return not isinstance(thing, str | PathLike)


def in_order(table: pa.Table, frame: pa.Table, column: str) -> pa.Table:
    """The rows of `table` in the order in which the frame's id column first names their `id`, so that the two
    can stand side by side."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column not in frame.column_names:
        return table
    place = pc.index_in(table["id"], value_set=pc.unique(frame[column].cast(pa.string())))
    return table.take(pc.sort_indices(pa.table({"place": place}), [("place", "ascending")]))
