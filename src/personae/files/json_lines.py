"""JSON lines of flat objects read by the engine: faster than object by object, and given up where anything is not plain.

What comes out is what the careful way gives: texts as they are, numbers as they were written. The engine writes numbers anew
(1.50 as 1.5), so those with a point or an exponent are taken from the line itself and must have the value that the engine read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import PersonaeError
from personae.files.rows import path_text, sql_text

SHAPES = 2_000
"""Different lists of keys beyond which the objects are too unlike each other for one query."""
_LENIENT = r",\s*[]}]|\[\s*\["
"""A comma at the end, which the engine takes and JSON does not, and a list in a list, which may nest deeply."""
_NUMBERS = "('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE')"


@dataclass(frozen=True)
class Lines:
    """The lines of a file in the engine: a relation (n, line), how many, and their keys in the order in which they appear."""

    relation: str
    rows: int
    keys: tuple[str, ...]
    numbers: frozenset[str]
    """The keys that hold a number in some line."""


def opened(engine: Any, path: Path, relation: str, lines: int) -> Lines | None:
    """The objects of a file of JSON lines, or None where one of `lines` is blank, malformed, not flat, or has a key twice."""
    held = f"{relation} lines"
    try:
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE {engine.quote(held)} AS SELECT row_number() OVER () AS n, line FROM "
            f"read_csv({path_text(path)}, columns = {{'line': 'VARCHAR'}}, delim = '\x1f', quote = '', escape = '', "
            "auto_detect = false, header = false, strict_mode = true)"
        )
        found = _looked(engine, held, lines)
    except PersonaeError as error:
        if error.code != "P900":
            raise
        found = None
    if found is None:
        engine.execute(f"DROP TABLE IF EXISTS {engine.quote(held)}")
    return found


def _looked(engine: Any, held: str, lines: int) -> Lines | None:
    """Rows and keys of the lines; None for what a single query cannot read."""
    table = engine.quote(held)
    odd_line = f"line IS NULL OR contains(line, '\\u0000') OR regexp_matches(line, {sql_text(_LENIENT)})"
    ((rows, odd),) = engine.rows(f"SELECT count(*), count(*) FILTER ({odd_line}) FROM {table}")
    if odd or not rows or rows != lines:
        return None
    found = engine.rows(f"SELECT json_keys(line) AS k FROM {table} GROUP BY 1 ORDER BY min(n) LIMIT {SHAPES + 1}")
    lists = [k for (k,) in found]
    if len(lists) > SHAPES or not all(k and len(set(k)) == len(k) and all(map(_plain, k)) for k in lists):
        return None
    keys = tuple(dict.fromkeys(k for one in lists for k in one))
    places = range(1, len(keys) + 1)
    flags = ", ".join(f"bool_or(v[{i}] IN {_NUMBERS}), bool_or(v[{i}] = 'OBJECT')" for i in places)
    ((*are,),) = engine.rows(f"SELECT {flags} FROM (SELECT json_type(line, {_paths(keys)}) AS v FROM {table})")
    if any(are[1::2]):
        return None
    return Lines(held, int(rows), keys, frozenset(k for k, number in zip(keys, are[::2], strict=True) if number))


def _plain(key: str) -> bool:
    """Whether a key can stand in a path and in a pattern as it is."""
    return not any(c in key for c in '"\\') and key.isprintable()


def _paths(keys: tuple[str, ...]) -> str:
    listed = ", ".join(sql_text(f'$."{k}"') for k in keys)
    return f"[{listed}]"


def values(lines: Lines, quote: Callable[[str], str], blank: Callable[[str], str]) -> str:
    """SQL of the values of every key, as text, in the order of the lines; `blank` turns declared markers into NULL.

    The query fails (P900) where a number or a list cannot be given back as it was written.
    """
    parsed = f"SELECT n, line, json_extract(line, {_paths(lines.keys)}) AS v FROM {quote(lines.relation)}"
    named = ", ".join(f"{_value(f'CAST(v[{i}] AS VARCHAR)', k)} AS c{i}" for i, k in enumerate(lines.keys, 1))
    listed = ", ".join(blank(f"c{i}") for i in range(1, len(lines.keys) + 1))
    return f"SELECT {listed} FROM (SELECT n, {named} FROM ({parsed}) AS p) AS q ORDER BY n"


def _value(text: str, key: str) -> str:
    """SQL of one value from its JSON text."""
    name = "".join(c if c.isalnum() or c in "_ " or not c.isascii() else f"\\{c}" for c in key)
    pattern = sql_text(f'"{name}"\\s*:\\s*(-?[0-9][0-9.eE+-]*)')
    written = f"regexp_extract(line, {pattern}, 1)"
    same = f"TRY_CAST({written} AS DOUBLE) = TRY_CAST({text} AS DOUBLE)"
    return f"""CASE left({text}, 1)
      WHEN '"' THEN nullif(CASE WHEN contains({text}, '\\') THEN json_extract_string({text}, '$')
        ELSE substr({text}, 2, length({text}) - 2) END, '')
      WHEN 'n' THEN NULL WHEN 't' THEN 'true' WHEN 'f' THEN 'false'
      WHEN '[' THEN CASE WHEN regexp_matches({text}, '[{{]|[0-9][.eE]|-0|\\\\') THEN error('not as written') ELSE {text} END
      ELSE CASE WHEN {text} IS NULL THEN NULL
        WHEN NOT regexp_matches({text}, '[.eEnN]') AND {text} NOT IN ('0', '-0') THEN {text}
        WHEN {same} THEN {written} ELSE error('not as written') END END"""


def close(engine: Any, lines: Lines) -> None:
    """Let go of the lines."""
    engine.execute(f"DROP TABLE IF EXISTS {engine.quote(lines.relation)}")
