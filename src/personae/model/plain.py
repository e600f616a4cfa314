"""Nouns as plain data and back: what JSON, HTTP and the record share, so that no noun needs its own codec."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def plain(value: Any, digits: int | None = 9) -> Any:
    """A noun as dicts, lists, texts and numbers, floats rounded to `digits` significant digits (None: exact).

    JSON has no words for what is not finite: nan becomes null, infinities the texts "inf" and "-inf".
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name), digits) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "tolist"):  # numpy arrays and scalars, without importing numpy
        return plain(value.tolist(), digits)
    if isinstance(value, Mapping):
        return {str(k): plain(v, digits) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v, digits) for v in value]
    if isinstance(value, float):
        return _number(value, digits)
    return value


def _number(value: float, digits: int | None) -> float | str | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value if digits is None else float(f"{value:.{digits}g}")


def noun(kind: type[T], data: Any) -> T:
    """Plain data as the noun it came from. Raises KeyError, TypeError or ValueError when it does not fit.

    A field that is missing takes its default, so that files written before a field existed still open.
    """
    built: T = _build(kind, data)
    return built


def _build(kind: Any, data: Any) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _choice(args, data)
    if origin is tuple:
        inner = args[:1] * len(data) if args[-1:] == (Ellipsis,) else args
        return tuple(_build(k, v) for k, v in zip(inner, data, strict=True))
    if origin is not None:  # Mapping[str, X]
        return {k: _build(args[1], v) for k, v in data.items()}
    if is_dataclass(kind):
        return _whole(kind, data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind is float:
        return math.nan if data is None else float(data)
    if kind is not Any and not isinstance(data, kind):
        raise TypeError(f"expected {kind.__name__}, found {type(data).__name__}")
    return data


def _choice(kinds: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in kinds:
        return None
    rest = [k for k in kinds if k is not type(None)]
    if float in rest and isinstance(data, float | int) and not isinstance(data, bool):
        return float(data)
    return data if len(rest) > 1 else _build(rest[0], data)


def _whole(kind: Any, data: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{f.name: _build(hints[f.name], data[f.name]) for f in fields(kind) if f.init and f.name in data})


@cache
def _hints(kind: type) -> dict[str, Any]:
    """What each field of a noun holds; a run has thousands of nouns of a few kinds."""
    return get_type_hints(kind)
