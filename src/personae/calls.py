"""Texts such as "time_to_first(event=purchase)" or "gmm(covariance=tied)": a name, and options in brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from personae.errors import UsageError

_CALL = re.compile(r"\s*([A-Za-z_][\w-]*)\s*(?:\((.*)\))?\s*", re.DOTALL)
_PART = re.compile(r"""\s*(?:([A-Za-z_]\w*)\s*=)?\s*("[^"]*"|'[^']*'|[^,"']+?)\s*(?:,|$)""")


def called(text: str, where: str, what: str, fix: str) -> tuple[str, str]:
    """The name, and what stands in the brackets. Raises UsageError P001 where the text is not of that form."""
    found = _CALL.fullmatch(text)
    if found is None:
        if text.count("(") > text.count(")"):
            raise UsageError("P001", f'"{text}" opens a bracket that nothing closes', where=where, fix="close the bracket")
        raise UsageError("P001", f'"{text}" is not {what}', where=where, fix=fix)
    return found[1], found[2] or ""


def given_in(text: str, inside: str, known: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The options in the brackets; a first one without a name is the first that is `known` (name to type).

    Options whose type is int or float are read as numbers above 0, bool as yes or no, all others stay text. Raises UsageError
    P001.
    """
    made: dict[str, Any] = {}
    at = 0
    while inside[at:].strip():
        part = _PART.match(inside, at)
        if part is None:
            raise UsageError("P001", f'the options of "{text}" cannot be read', where=where, fix="write name=value, ...")
        name = part[1] or (next(iter(known), "") if at == 0 else "")
        if name not in known:
            near = get_close_matches(name, known, 1, 0.5)
            listed = ", ".join(known) or "none"
            fix = f"did you mean {near[0]}=?" if near else f"its options: {listed}"
            raise UsageError("P001", f'"{text}" has no option "{name or part[2]}"', where=where, fix=fix)
        raw = part[2]
        made[name] = _typed(text, name, raw[1:-1] if raw[:1] in "\"'" else raw, known[name], where)
        at = part.end()
    return made


def _typed(text: str, name: str, value: str, kind: Any, where: str) -> Any:
    """The value as a number or as yes and no where the option is one."""
    if kind is bool:
        if value.lower() in ("yes", "true", "no", "false"):
            return value.lower() in ("yes", "true")
        raise UsageError("P001", f'"{value}" is no value for {name} in "{text}"', where=where, fix=f"write {name}=yes or no")
    if kind not in (int, float):
        return value
    try:
        number = kind(value)
    except ValueError:
        number = 0
    if number <= 0:
        what = f'"{value}" is no value for {name} in "{text}"'
        fix = f"write a {'whole ' if kind is int else ''}number above 0: {name}={'30' if kind is int else '0.5'}"
        raise UsageError("P001", what, where=where, fix=fix)
    return number
