"""Columns that belong together: options of one question, and questions that only some people were asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from personae.model.table import Column, Table

FEWEST = 3
"""Columns from which the same gaps in the same rows are no chance."""
ASKED = 0.8
"""A block that fewer than this share of people answered was not put to everybody; fewer gaps are people who left early."""
_NOT = frozenset(
    (
        "not selected", "not chosen", "not checked", "not ticked", "not mentioned", "unchecked", "unselected", "unticked",
        "nicht gewählt", "nicht ausgewählt", "nicht angekreuzt", "nicht genannt", "non sélectionné", "non coché", "non choisi",
        "non cité", "no seleccionado", "no marcado", "no elegido", "no mencionado", "não selecionado", "não marcado",
        "não escolhido",
    )
)  # fmt: skip
_ENDING = re.compile(r"\s*(?:[\[(][^\[\]()]*[\])]|[_.\-: ]+[0-9]+|[_.\-][A-Za-z]|\s[-\u2013:]\s.*)\s*$")
"""What comes behind the name of the question in the names of its columns: "[Phone]", "_0003", " - Phone"."""


def not_chosen(text: str) -> bool:
    """Whether a text says that an option was not chosen: "Not selected"."""
    return text.strip().lower() in _NOT


def question(name: str) -> str:
    """The name of the question that a column is one answer of, "" when its name does not say: "q4_0003" is of "q4"."""
    start = _ENDING.sub("", name)
    return start if start != name else ""


def asked_of_some(engine: Any, table: Table) -> list[tuple[list[str], str, int]]:
    """Blocks of columns that are empty, or hold the same marker, in exactly the same rows: (names, marker, rows).

    A column that says the same in all of these rows, and in more, belongs to the block: it was asked of fewer still.
    """
    could = [(c, text, rows) for c in table.columns for text, rows in _gaps(c)]
    if len(could) < FEWEST:
        return []
    marks = ", ".join(f"bit_xor(hash(p)) FILTER ({_is(engine, c, text)})" for c, text, _ in could)
    numbered = f"(SELECT *, row_number() OVER () AS p FROM {engine.quote(table.relation)})"
    (found,) = engine.rows(f"SELECT {marks} FROM {numbered}")
    blocks: dict[tuple[str, int, object], list[Column]] = {}
    for (c, text, rows), mark in zip(could, found, strict=True):
        blocks.setdefault((text, rows, mark), []).append(c)
    kept = sorted(((k, cs) for k, cs in blocks.items() if len(cs) >= FEWEST), key=lambda b: (-b[0][1], b[0][0]))
    return [(_with_fewer(engine, table, text, rows, cs, could), text, rows) for (text, rows, _), cs in kept]


def _gaps(column: Column) -> list[tuple[str, int]]:
    """The markers of a column, and "" for the empty cell, with their rows."""
    return [(t, n) for t, n in (("", column.empty), *column.markers) if 0 < n < column.rows and (t.strip() or not t)]


def _is(engine: Any, column: Column, text: str) -> str:
    """SQL: whether a cell holds the marker, or nothing."""
    name = engine.quote(column.name)
    if not text:
        return f"{name} IS NULL OR trim(CAST({name} AS VARCHAR)) = ''"
    said = text.replace("'", "''")
    return f"coalesce({name} = '{said}', FALSE)"


def _with_fewer(
    engine: Any, table: Table, text: str, rows: int, block: Sequence[Column], could: Sequence[tuple[Column, str, int]]
) -> list[str]:
    """The names of a block, in the order of the table, with the columns that hold the same in all of its rows and in more."""
    names = {c.name for c in block}
    more = [c for c, t, n in could if t == text and n > rows and c.name not in names]
    if more:
        within = ", ".join(f"count(*) FILTER (({_is(engine, c, text)}) AND ({_is(engine, block[0], text)}))" for c in more)
        ((*both,),) = engine.rows(f"SELECT {within} FROM {engine.quote(table.relation)}")
        names |= {c.name for c, n in zip(more, both, strict=True) if n == rows}
    return [c.name for c in table.columns if c.name in names]
