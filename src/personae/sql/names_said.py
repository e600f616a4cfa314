"""Which words of texts stand in columns that name people, as an SQL text: the names never leave the engine but for those."""

from __future__ import annotations

from collections.abc import Sequence

SAID = "personae_said"
"""The relation of the words (w) in small letters."""


def names_said(relation: str, columns: Sequence[str]) -> str:
    """Rows (w): words of `SAID` that are a run of two letters or more in one of these columns; addresses and what
    holds a digit are no names."""
    cells = " UNION ALL ".join(f"SELECT lower(CAST({c} AS VARCHAR)) AS cell FROM {relation}" for c in columns)
    bare = r"regexp_replace(cell, '\S*[@\d]\S*|https?://\S+|www\.\S+', ' ', 'g')"
    runs = rf"SELECT DISTINCT unnest(regexp_extract_all({bare}, '\p{{L}}{{2,}}')) AS w FROM ({cells}) AS c"
    return f"SELECT s.w FROM {SAID} AS s WHERE s.w IN (SELECT w FROM ({runs}) AS r) ORDER BY 1"
