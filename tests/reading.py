"""What the tests of reading share: files of given bytes, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from personae.engines.duckdb import DuckDB, connect
from personae.errors import PersonaeError
from personae.model.study import Study
from personae.model.table import Column, Table
from personae.stages.read import read


def write(path: Path, content: str | bytes) -> Path:
    """A file with exactly these bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@contextmanager
def opened(
    *sources: str | Path, frames: Mapping[str, object] | None = None, **settings: Any
) -> Iterator[tuple[DuckDB, tuple[Table, ...]]]:
    """The engine and the tables read from some sources."""
    with connect(memory="1GB", threads=2) as engine:
        yield engine, read(engine, Study(sources=tuple(map(str, sources)), **settings), frames or {})


def table(*sources: str | Path, frames: Mapping[str, object] | None = None, **settings: Any) -> Table:
    """The one table of some sources."""
    with opened(*sources, frames=frames, **settings) as (_, tables):
        (only,) = tables
        return only


def columns(*sources: str | Path, **settings: Any) -> dict[str, Column]:
    """The columns of the one table, by name."""
    return {c.name: c for c in table(*sources, **settings).columns}


def values(
    source: str | Path, column: str, *, as_typed: bool = False, frames: Mapping[str, object] | None = None, **settings: Any
) -> list[Any]:
    """The values of a column in the order of the file: raw text, or typed as the audit says."""
    with opened(source, frames=frames, **settings) as (engine, (only,)):
        wanted = next(c for c in only.columns if c.name == column)
        expression = engine.typed(wanted) if as_typed else engine.quote(column)
        return [v for (v,) in engine.rows(f"SELECT {expression} FROM {engine.quote(only.relation)}")]


def refused(code: str, *sources: str | Path, frames: Mapping[str, object] | None = None, **settings: Any) -> PersonaeError:
    """The error with that code, which reading must raise; all four parts are filled."""
    with pytest.raises(PersonaeError) as caught, opened(*sources, frames=frames, **settings):
        pass
    error = caught.value
    assert error.code == code, f"{error.code}: {error.what} | {error.where} | {error.fix}"
    assert error.what
    assert error.fix
    return error


def words(table: Table) -> str:
    """Everything the notes say."""
    return "\n".join(f"{n.level} {n.words} | {n.where} | {n.fix}" for n in table.notes)
