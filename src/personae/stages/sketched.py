"""Hand-made personas and lists of segments, read from the files people keep them in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from personae.errors import DataError, UsageError
from personae.model.belief import ORIGINS, Sketch

KEYS = ("name", "traits", "claims", "origin")
_FORM = 'name = "Marketing Mary" and traits = ["sessions >= 10", "plan = pro"] are what it needs'


def sketched(path: Path) -> Sketch:
    """The persona of a TOML file. Raises DataError P101 where it cannot be opened, UsageError P001 with the line at fault."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as no:
        raise DataError("P101", f"{path} cannot be opened: {no.strerror}", where=str(path), fix="name a TOML file") from no
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise UsageError("P001", f"{path.name} is not valid TOML: {wrong}", where=str(path), fix="correct that line") from wrong
    return sketch(data, str(path), text)


def sketch(data: Mapping[str, Any], where: str = "persona", text: str = "") -> Sketch:
    """A persona from plain data: name, traits, and, if wanted, claims and origin. Raises UsageError P001."""

    def wrong(what: str, key: str, fix: str = _FORM) -> UsageError:
        line = _line(text, key)
        return UsageError("P001", what, where=f"{where}, line {line}" if line else where, fix=fix)

    for key in data:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1, 0.5)
            raise wrong(f"there is no key {key!r}", key, f"did you mean {near[0]!r}?" if near else f"use {', '.join(KEYS)}")
    name, origin = data.get("name", ""), data.get("origin", "assumption")
    if not isinstance(name, str) or not name.strip():
        raise wrong("the persona has no name", "name")
    if origin not in ORIGINS:
        raise wrong(f"origin is {origin!r}", "origin", f"use one of {', '.join(ORIGINS)}")
    lists = {}
    for key in ("traits", "claims"):
        lists[key] = data.get(key, [])
        if not isinstance(lists[key], list | tuple) or not all(isinstance(x, str) and x.strip() for x in lists[key]):
            raise wrong(f"{key} is not a list of conditions", key)
    if not lists["traits"]:
        raise wrong("the persona has no traits", "traits" if "traits" in data else "name")
    traits, claims = tuple(lists["traits"]), tuple(lists["claims"])
    return Sketch(name.strip(), traits, claims, origin, where, tuple(_line(text, t) for t in (*traits, *claims)))


def _line(text: str, part: str) -> int:
    """The first line that holds a text, as typed or with its quotes escaped; 0 for none."""
    for number, line in enumerate(text.splitlines(), 1):
        if part in line or part.replace('"', '\\"') in line:
            return number
    return 0
