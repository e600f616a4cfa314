"""Which kind of data frame came in, and the same kind out; inside there is only Arrow."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from personae.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

ARROW = "pyarrow"
_EAGER = ("pandas", "polars")
_LAZY = ("duckdb",)


def is_frame(thing: Any) -> bool:
    """Whether something is a frame rather than a path."""
    return not isinstance(thing, str | PathLike)


def kind(frame: Any) -> str:
    """What `like` needs to make a frame of the same kind; frames we cannot make come back as Arrow.

    Raises UsageError for what is no frame.
    """
    import narwhals as nw

    known = nw.from_native(frame, pass_through=True)
    if isinstance(known, nw.DataFrame | nw.LazyFrame):
        name = known.implementation.value
        return name if name in (*_EAGER, *_LAZY) else ARROW
    if hasattr(frame, "__arrow_c_stream__"):
        return ARROW
    raise UsageError(
        "P001",
        f"a {type(frame).__name__} is neither a path nor a data frame",
        fix="pass a path, or a pandas, Polars, PyArrow or DuckDB frame",
    )


def kept(frame: Any) -> Any:
    """The frame itself, or a table of what can be read only once."""
    import pyarrow as pa

    return pa.table(frame) if isinstance(frame, pa.RecordBatchReader) else frame


def like(table: pa.Table, kind: str) -> Any:
    """The Arrow table as a frame of that kind."""
    import narwhals as nw

    if kind == ARROW:
        return table
    if kind in _LAZY:
        return nw.from_native(table).lazy(backend=kind).to_native()
    return nw.from_arrow(table, backend=kind).to_native()


def in_order(table: pa.Table, frame: Any, column: str) -> pa.Table:
    """The rows of `table` in the order in which the frame's id column first names their `id`, so that both go side by side."""
    import narwhals as nw
    import pyarrow as pa
    import pyarrow.compute as pc

    known = nw.from_native(frame, pass_through=True)
    if not isinstance(known, nw.DataFrame | nw.LazyFrame):
        known = nw.from_native(pa.table(frame))
    if column not in known.collect_schema().names():
        return table
    ids = known.select(column).lazy().collect("pyarrow").to_native()[column].combine_chunks()
    place = pc.index_in(table["id"], value_set=pc.unique(ids.cast(pa.string())))
    return table.take(pc.sort_indices(pa.table({"place": place}), [("place", "ascending")]))
