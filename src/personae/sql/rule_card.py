"""A few conditions on raw measures and counts as a question in plain SQL."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.rule_card import Cut


def query(cuts: Sequence[Cut]) -> str:
    """The ids of all who meet the conditions, in SQL that every dialect of the portable subset reads.

    Of `measures` (id, and a column per measure) and `counts` (id, event, count).
    """
    events = list(dict.fromkeys(c.name for c in cuts if c.of in ("event", "share")))
    where = " AND ".join(_condition(c, events) for c in cuts)
    if not events:
        return f"SELECT u.id FROM measures AS u WHERE {where}"
    sums = ", ".join(f"sum(CASE WHEN event = {_text(e)} THEN count ELSE 0 END) AS n{i}" for i, e in enumerate(events))
    counted = f"SELECT id, sum(count) AS total, {sums} FROM counts GROUP BY id"
    return f"SELECT u.id FROM measures AS u LEFT JOIN ({counted}) AS c ON c.id = u.id WHERE {where}"


def _condition(cut: Cut, events: list[str]) -> str:
    if cut.of == "event":
        return f"coalesce(c.n{events.index(cut.name)}, 0) {cut.op} {cut.value:.0f}"
    if cut.of == "share":
        return f"c.total > 0 AND c.n{events.index(cut.name)} {cut.op} {cut.value:.15g}e0 * c.total"
    name = 'u."' + cut.name.replace('"', '""') + '"'
    if cut.of == "level":
        return f"{name} {cut.op} {_text(cut.level)}"
    if cut.of == "flag":
        return f"CAST({name} AS INTEGER) = {cut.value:.0f}"
    return f"{name} {cut.op} {cut.value:.15g}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
