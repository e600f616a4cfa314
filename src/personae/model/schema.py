"""The JSON files of a run as JSON Schema (2020-12), made from the nouns they hold, so that it cannot say otherwise."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    float: {"anyOf": [{"type": ["number", "null"]}, {"enum": ["inf", "-inf"]}]},
}
"""What is not a number is null, and infinities are texts: JSON has no words for them."""


def document(title: str, version: int, kinds: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a document whose keys hold values of those kinds, `schema_version` beside them."""
    found: dict[str, Any] = {}
    keys = {name: _schema(kind, found) for name, kind in kinds.items()}
    return {
        "$schema": DRAFT,
        "title": title,
        "type": "object",
        "properties": {"schema_version": {"const": version}, **keys},
        "required": ["schema_version", *keys],
        "$defs": dict(sorted(found.items())),
    }


def noun(title: str, version: int, kind: type) -> dict[str, Any]:
    """The schema of a document that is one noun, with its keys at the top."""
    hints = get_type_hints(kind)
    made = document(title, version, {f.name: hints[f.name] for f in fields(kind) if f.init})
    made["required"] = ["schema_version", *(f.name for f in fields(kind) if f.init and _needed(f))]
    return made


def _schema(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type; nouns go to `found` and are referred to."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(args)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(a, found) for a in args]}
    if origin is tuple:
        return _tuple(args, found)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(args[1], found)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [m.value for m in kind]}
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in found:
            found[kind.__name__] = {}
            found[kind.__name__] = _object(kind, found)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    return dict(_PLAIN.get(kind, {}))


def _tuple(args: tuple[Any, ...], found: dict[str, Any]) -> dict[str, Any]:
    if args[-1:] == (Ellipsis,):
        return {"type": "array", "items": _schema(args[0], found)}
    return {"type": "array", "prefixItems": [_schema(a, found) for a in args], "minItems": len(args), "maxItems": len(args)}


def _object(kind: type, found: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    own = [f for f in fields(kind) if f.init]
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "properties": {f.name: _schema(hints[f.name], found) for f in own},
        "required": [f.name for f in own if _needed(f)],
    }


def _needed(field: Any) -> bool:
    """Whether a field was always there: one with a default may be missing from files of before."""
    return field.default is MISSING and field.default_factory is MISSING
