"""The library of actions: the one that comes with the package, and a file of the user's own that changes it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from personae.errors import UsageError
from personae.model.library import EFFORTS, HORIZONS, KINDS, Entry, Library

FILE = Path(__file__).with_name("library.toml")
"""The library of the package; `personae export --library` writes it out to be changed."""
_ONE_OF = {"kind": KINDS, "horizon": ("", *HORIZONS), "effort": ("", *EFFORTS)}
_ACTION = ("horizon", "effort", "metric")
"""What an action must say."""


def library(path: str = "") -> Library:
    """The entries of the package, and of the TOML file at `path` where one is named: an entry of the same id takes the other's
    place, new ones stand before those of the package, and `replace = true` leaves the package's away.

    Raises UsageError P001 for a file that is missing, no TOML, or has an entry that does not fit, naming it.
    """
    known = _read(FILE)
    return _joined(known, _read(Path(path).expanduser())) if path else _made(known)


def _joined(known: Mapping[str, Any], own: Mapping[str, Any]) -> Library:
    """The package's library changed by another."""
    if own.get("replace") is True:
        return _made({**own, "smallest": {**known["smallest"], **own.get("smallest", {})}})
    mine = {e["id"]: e for e in own["entry"]}
    old = [mine.pop(e["id"], e) for e in known["entry"]]
    return _made({"smallest": {**known["smallest"], **own.get("smallest", {})}, "entry": [*mine.values(), *old]})


def _read(path: Path) -> Mapping[str, Any]:
    """A library file, every entry checked."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise _wrong(f"the library {path.name} cannot be read", wrong.strerror or "", "check the path") from wrong
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise _wrong(f"the library {path.name} is not valid TOML: {wrong}", path.name, "correct that line") from wrong
    odd = [k for k in data if k not in ("entry", "smallest", "replace")]
    if odd:
        raise _wrong(f"the library has the unknown key {odd[0]!r}", path.name, "use entry, smallest and replace")
    entries = data.setdefault("entry", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise _wrong("the entries of the library are no list", path.name, "begin each one with [[entry]]")
    for number, entry in enumerate(entries, 1):
        _check(entry, f"{path.name}, entry {entry.get('id', number)}")
    names = [e["id"] for e in entries]
    if twice := next((n for n in names if names.count(n) > 1), ""):
        raise _wrong(f"the library has two entries {twice!r}", path.name, "give each an id of its own")
    _check_smallest(data.get("smallest", {}), path.name)
    return data


def _check(entry: Mapping[str, Any], where: str) -> None:
    """Raise P001 where an entry does not fit."""
    known = {f.name: f for f in fields(Entry)}
    for key, value in entry.items():
        if key not in known:
            raise _wrong(f"an entry of the library has the unknown key {key!r}", where, f"use {', '.join(known)}")
        if not _fits(known[key], value):
            raise _wrong(f"{key} of an entry of the library is {value!r}", where, f"give it {_needs(known[key])}")
    missing = [n for n, f in known.items() if f.default is MISSING and n not in entry]
    missing += [n for n in _ACTION if entry.get("kind") == "action" and not entry.get(n)]
    missing += ["surface"] if entry.get("kind") == "experience" and not entry.get("surface") else []
    if missing:
        raise _wrong(f"an entry of the library has no {missing[0]}", where, f"add {missing[0]} = ...")
    for key, among in _ONE_OF.items():
        if entry.get(key, "") not in among and key in entry:
            wanted = ", ".join(a for a in among if a)
            raise _wrong(f"{key} of an entry of the library is {entry[key]!r}", where, f"use one of {wanted}")


def _fits(field: Field[Any], value: Any) -> bool:
    if str(field.type).startswith("tuple"):
        return isinstance(value, list) and all(isinstance(v, str) and v for v in value)
    if str(field.type) == "float":
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return isinstance(value, str)


def _needs(field: Field[Any]) -> str:
    if str(field.type).startswith("tuple"):
        return "a list of texts"
    return "a number from 0 to 1" if str(field.type) == "float" else "a text"


def _check_smallest(smallest: Any, where: str) -> None:
    """Raise P001 where the smallest changes worth finding are no parts."""
    for key, value in smallest.items() if isinstance(smallest, dict) else [("smallest", smallest)]:
        if key not in ("share", "mean") or not isinstance(value, float) or not 0 < value < 1:
            raise _wrong(f"smallest {key} of the library is {value!r}", where, "give share and mean as numbers such as 0.05")


def _made(data: Mapping[str, Any]) -> Library:
    """Checked data as a Library."""
    entries: Iterator[dict[str, Any]]
    entries = ({k: tuple(v) if isinstance(v, list) else v for k, v in e.items()} for e in data["entry"])
    return Library(tuple(Entry(**e) for e in entries), **data["smallest"])


def _wrong(what: str, where: str, fix: str) -> UsageError:
    return UsageError("P001", what, where=where, fix=fix)
