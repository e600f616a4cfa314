"""What one table gives to the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.errors import DataError, UsageError
from personae.model.features import Counts, LeftOut, Measure, Window
from personae.model.study import Role
from personae.model.table import Column, Table

LEVELS = 50
"""Levels of a category that forms groups; of more, the most frequent are kept for describing."""
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
"""Types of an engine that hold whole numbers of at most 64 bits."""


@dataclass(frozen=True, eq=False)
class Part:
    """Counts and measures of the users of all tables, as one table knows them."""

    counts: Counts | None = None
    measures: tuple[Measure, ...] = ()
    window: Window | None = None
    left_out: tuple[LeftOut, ...] = ()
    log: bool = False
    asked: tuple[Measure, ...] = ()
    """What recipes made."""
    refused: tuple[tuple[str, DataError], ...] = ()
    """Recipes that could not be made, by the text that asked for them, and why."""


def id_of(table: Table) -> Column:
    """The id column. Raises UsageError P003 when none is known."""
    key = table.column(Role.ID)
    if key is None:
        raise UsageError("P003", "no column is known to be the id", where=table.source, fix="name it: --id COLUMN")
    return key


def keyed(engine: Any, table: Table) -> tuple[str, str]:
    """The relation and its id column, quoted."""
    return engine.quote(table.relation), engine.quote(id_of(table).name)


def spoken(name: str) -> str:
    """A column's name as words of a sentence: "number_of_cds" is "number of cds"."""
    return " ".join(name.replace("_", " ").split())


def scattered(rows: npt.NDArray[Any], values: npt.NDArray[np.float64], users: int) -> npt.NDArray[np.float64]:
    """Values of some users as values of all (users,), nan for the others."""
    out = np.full(users, np.nan)
    out[rows] = values
    return out


def floats(column: Any) -> npt.NDArray[np.float64]:
    """An Arrow column of numbers as float64, nan for empty; decimals give the nearest float, however many digits they carry."""
    import pyarrow as pa

    if pa.types.is_decimal(column.type):  # divided by their scale they would differ in the last bit between scales
        column = column.cast(pa.string())
    return np.asarray(column.cast(pa.float64()).to_numpy())
