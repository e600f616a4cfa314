"""Which part of a date is the day: evidence from every value, a question where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personae.audit.look import Seen
from personae.audit.numbers import Find
from personae.errors import DataError

_FAMILIES = {
    "year first": ("iso", "isot", "ymd", "ymdt"),
    "with an offset": ("isoz",),
    "day or month first": ("dmy", "dmyt", "mdy", "mdyt", "dm", "dmt", "dd", "ddt", "ger", "gert"),
    "months as words": ("named", "namedt"),
}
_WORDS = {"dmy": "day first", "mdy": "month first"}


@dataclass(frozen=True)
class Dates:
    """How the dates of a column are written, whether with times, and the shapes that decided it."""

    format: str
    timed: bool
    proof: tuple[str, ...] = ()


def decide(seen: Seen, find: Find, known: str) -> Dates | None:
    """How the dates are written; None when 03/04/2024 is all there is and `known` ("", "dmy" or "mdy") does not help.

    Raises DataError P105 when two values contradict each other.
    """
    timed = any(s.endswith(("t", "isoz")) for s in seen.groups if s not in ("marker",))
    families = {f: [s for s in shapes if s in seen.groups] for f, shapes in _FAMILIES.items()}
    present = [f for f, shapes in families.items() if shapes]
    if len(present) > 1:
        raise _contradiction(seen, find, families[present[0]], families[present[1]])
    if present == ["year first"]:
        return Dates("ymd" if {"ymd", "ymdt"} & set(seen.groups) else "", timed)
    if present != ["day or month first"]:
        return Dates("zoned" if present == ["with an offset"] else "named", timed)
    day = [s for s in ("dmy", "dmyt") if s in seen.groups]
    month = [s for s in ("mdy", "mdyt") if s in seen.groups]
    dotted = [s for s in ("ger", "gert") if s in seen.groups]
    if (day or dotted) and month:
        raise _contradiction(seen, find, day or dotted, month)
    if day or month or dotted:
        return Dates("mdy" if month else "dmy", timed, tuple(day or month))
    if not any(s in seen.groups for s in ("dm", "dmt")):
        return Dates("dmy", timed)
    return Dates(known, timed) if known in _WORDS else None


def words(format: str) -> str:
    """The order of parts for a reader."""
    return _WORDS.get(format, "year first")


def question(seen: Seen, find: Find) -> DataError:
    """P105: the column can be read in two ways."""
    file, line, text = find(seen, ("dm", "dmt"))[0]
    first, second = text.strip().replace("-", "/").replace(".", "/").split("/")[:2]
    return DataError(
        "P105",
        f'"{text}" in column "{seen.column.name}" of {file} can be day {int(first)}, month {int(second)} or the reverse',
        where=f"{file}: line {line:,}; no value of the column or the file says which",
        fix="say which comes first: --dates dmy (day) or --dates mdy (month)",
    )


def _contradiction(seen: Seen, find: Find, one: Sequence[str], two: Sequence[str]) -> DataError:
    """P105: dates in one column are written in two ways."""
    (file, line, text), (other_file, other_line, other) = find(seen, one)[0], find(seen, two)[0]
    return DataError(
        "P105",
        f'dates in column "{seen.column.name}" are written in two ways',
        where=f'{file}: line {line:,} has "{text}", {other_file}: line {other_line:,} has "{other}"',
        fix=f'write them in one way, or leave the column out: --ignore "{seen.column.name}"',
    )
