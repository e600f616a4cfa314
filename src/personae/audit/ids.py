"""Whether ids are still what they were."""

from __future__ import annotations

from typing import Any

from personae.model.table import Column, Table


def exact_ids(engine: Any, table: Table, column: Column) -> int:
    """How many values of an id column are no longer exact; 0 means every id is what its source held.

    A column of floats is never exact, since 7 has become 7.0: all its values count. In text, whole numbers that end in ".0"
    or were written as 1.23E+15 give a past as a float away, and count likewise.
    """
    name, relation = engine.quote(column.name), engine.quote(table.relation)
    if column.native in ("FLOAT", "DOUBLE"):
        condition = f"NOT isnan({name})"
    elif column.native == "VARCHAR":
        condition = rf"regexp_full_match({name}, '-?[0-9]+[.]0|-?[0-9][.][0-9]+[eE][+][0-9]+')"
    else:
        return 0
    ((count,),) = engine.rows(f"SELECT count_if({condition}) FROM {relation} WHERE {name} IS NOT NULL")
    return int(count or 0)
