"""A cell of a record as a value, read as the run read its column."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from personae.audit.scales import plain, ranks, silent
from personae.audit.several import answers
from personae.model.intake import Field, How
from personae.model.table import Scheme, Way

NUMBER = re.compile(r"[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
"""A text that is a number once its marks are gone."""
_MARKS = " '\u2019\u00a0\u202f"
_COMMA = str.maketrans(",", ".", _MARKS + ".")
_GROUPED = str.maketrans("", "", _MARKS + ",")
_BLANKS = " \t\n\r\v\f\u00a0\u202f"
_LARGEST = 2**63

Read = Callable[[Any], Any]
"""A cell that is not empty as a float, a text, or one float a word; None where it says nothing. Raises ValueError, with words,
where it does not fit."""


def reader(field: Field) -> Read:
    """How the cells of a field are read."""
    match field.how:
        case How.NUMBER:
            return lambda cell: number(cell, field.format)
        case How.WHOLE:
            return lambda cell: _whole(cell, field.format)
        case How.FLAG:
            return lambda cell: _flag(cell, field.words)
        case How.RANK:
            return _ranked(field)
        case How.SEVERAL:
            return _several(field)
        case How.OPTION:
            return lambda cell: _option(cell, field.mark)
    return lambda cell: text(cell, field.point)


def text(cell: Any, point: bool = False) -> str:
    """A cell as a text; "" for one of blanks alone."""
    if isinstance(cell, str):
        return cell if cell.strip() else ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            raise ValueError("is no finite number")
        return str(int(cell)) if cell.is_integer() and not point else repr(cell)
    if isinstance(cell, int):
        return f"{cell}.0" if point else str(cell)
    raise ValueError(f"is {_kind(cell)}, where one value is expected")


def empty(cell: Any) -> bool:
    """Whether nothing is in a cell: None, the empty text, or nan."""
    return cell is None or cell == "" or (isinstance(cell, float) and cell != cell)


def unwrapped(cell: Any) -> Any:
    """A number of numpy, or a decimal, as one of Python; anything else as it is."""
    if isinstance(cell, str | int | float | dict | list) or cell is None:
        return cell
    if isinstance(cell, Decimal):
        return float(cell)
    return cell.item() if hasattr(cell, "item") and getattr(cell, "ndim", 1) == 0 else cell


def number(cell: Any, marks: str = "") -> float:
    """A cell as a number. Raises ValueError where it is none."""
    if isinstance(cell, float):
        if not math.isfinite(cell):
            raise ValueError("is no finite number")
        return cell
    if isinstance(cell, int):
        return _float(cell)
    word = _digits(cell, marks)
    return _float(word) if word else math.nan


def _float(digits: Any) -> float:
    try:
        value = float(digits)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ValueError("is larger than any number that can be held")
    return value


def _whole(cell: Any, marks: str = "") -> float:
    if isinstance(cell, float) and not math.isfinite(cell):
        raise ValueError("is no finite number")
    word = cell if isinstance(cell, int | float) else _digits(cell, marks).replace("_", "")
    if word == "":
        return math.nan
    exact = Decimal(word)
    if exact.adjusted() > 18:
        raise ValueError("is larger than a whole number of 64 bits")
    value = int(exact.to_integral_value(ROUND_HALF_UP))
    if not -_LARGEST <= value < _LARGEST:
        raise ValueError("is larger than a whole number of 64 bits")
    return float(value)


def _digits(cell: Any, marks: str) -> str:
    """The number in a text without the marks of its column; "" for blanks."""
    if not isinstance(cell, str):
        raise ValueError(f"is {_kind(cell)}, where a number is expected")
    word = cell.strip(_BLANKS)
    if marks:
        word = word.translate(_COMMA if marks == "comma" else _GROUPED)
    if word and not NUMBER.fullmatch(word):
        raise ValueError("cannot be read as a number" + _SPELLED.get(marks, ""))
    return word


_SPELLED = {"comma": " with a decimal comma", "grouped": " with thousands marks"}


def _flag(cell: Any, words: tuple[str, ...]) -> float:
    if isinstance(cell, bool):
        return float(cell)
    word = text(cell).strip(" ").lower()
    if not word:
        return math.nan
    if word not in words:
        raise ValueError(f'is neither "{words[0]}" nor "{words[1]}"')
    return float(word == words[0])


def _ranked(field: Field) -> Read:
    known = ranks(field.words)

    def read(cell: Any) -> float:
        said = text(cell)
        if not said:
            return math.nan
        place = known.get(plain(said))
        if place is None and not silent(said):
            raise ValueError(f"has no place in {' < '.join(field.words)}")
        return math.nan if place is None else float(place)

    return read


def _several(field: Field) -> Read:
    scheme = Scheme(Way.SEVERAL, field.words, field.mark, field.rest)
    options = (*field.words, *([""] if field.rest else []))

    def read(cell: Any) -> tuple[float, ...] | None:
        said = text(cell)
        found = set(answers(said, scheme)) if said else set()
        return tuple(float(o in found) for o in options) if said else None

    return read


def _option(cell: Any, mark: str) -> float:
    said = text(cell)
    return math.nan if not said else float(not mark or said.strip().lower() != mark)


def _kind(cell: Any) -> str:
    return {dict: "an object", list: "a list", tuple: "a list", bool: "true or false"}.get(type(cell), type(cell).__name__)
