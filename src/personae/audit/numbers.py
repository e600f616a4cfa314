"""Which mark is the decimal one: evidence from every value, a question where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from personae.audit.look import Seen
from personae.errors import DataError

Find = Callable[[Seen, Sequence[str]], "list[tuple[str, int, str]]"]
"""(column, shapes) -> (file, line, text) of the first values of these shapes."""

_MARKS = ("us", "coms", "sp", "spdot", "spcom", "dots", "eu")
_FRACTIONS = ("dec", "comdec", "eu", "us", "spdot", "spcom")


@dataclass(frozen=True)
class Numbers:
    """How the numbers of a column are written; `mark` is "" when no value says which mark is the decimal one."""

    format: str
    whole: bool
    mark: str


def decide(seen: Seen, find: Find, known: str) -> Numbers | None:
    """How the numbers are written, None when 1.234 or 1,234 is all there is and `known` ("", "." or ",") does not help.

    Raises DataError P105 when two values contradict each other.
    """
    dot = [s for s in ("dec", "us", "spdot") if s in seen.groups] + ["coms"] * ("coms" in seen.groups)
    comma = [s for s in ("comdec", "eu", "spcom") if s in seen.groups] + ["dots"] * ("dots" in seen.groups)
    if dot and comma:
        raise _contradiction(seen, find, dot, comma)
    if dot:
        grouped = any(s in seen.groups for s in ("com3", *_MARKS))
        return Numbers("grouped" if grouped else "", _whole(seen, "."), ".")
    if comma:
        return Numbers("comma", _whole(seen, ","), ",")
    unclear = [s for s in ("dot3", "com3") if s in seen.groups]
    if not unclear:
        return Numbers("grouped" if "sp" in seen.groups else "", True, "")
    if len(unclear) == 1 and known == "" and unclear == ["dot3"] and _long_plain(seen):
        known = "."
    if not known or len(unclear) == 2:
        return None
    return Numbers(
        "comma" if known == "," else ("grouped" if "com3" in unclear or "sp" in seen.groups else ""), _whole(seen, known), known
    )


def _whole(seen: Seen, mark: str) -> bool:
    """Whether no value has digits after the decimal mark."""
    if any(s in seen.groups and seen.groups[s].scale > 0 for s in _FRACTIONS):
        return False
    return ("dot3" if mark == "." else "com3") not in seen.groups


def _long_plain(seen: Seen) -> bool:
    """Whether numbers of four and more digits are written without a thousands mark."""
    return "int" in seen.groups and seen.groups["int"].longest >= 5


def question(seen: Seen, find: Find) -> DataError:
    """P105: the column can be read in two ways."""
    shapes = [s for s in ("dot3", "com3") if s in seen.groups]
    file, line, text = find(seen, shapes)[0]
    plain, mark = text.strip().replace(".", "").replace(",", ""), "." if "." in text else ","
    other, opposite = text.strip().replace(",", "."), "," if mark == "." else "."
    return DataError(
        "P105",
        f'"{text}" in column "{seen.column.name}" of {file} can be {int(plain):,} or {other}',
        where=f"{file}: line {line:,}; no value of the column or the file says which",
        fix=f"say which mark is the decimal one: --decimal {mark} ({other}) or --decimal {opposite} ({int(plain):,})",
    )


def _contradiction(seen: Seen, find: Find, dot: Sequence[str], comma: Sequence[str]) -> DataError:
    """P105: two values of a column cannot both be right."""
    (file, line, text), (other_file, other_line, other) = find(seen, dot)[0], find(seen, comma)[0]
    return DataError(
        "P105",
        f'numbers in column "{seen.column.name}" are written in two ways',
        where=f'{file}: line {line:,} has "{text}", {other_file}: line {other_line:,} has "{other}"',
        fix=f'write them in one way, or leave the column out: --ignore "{seen.column.name}"',
    )
