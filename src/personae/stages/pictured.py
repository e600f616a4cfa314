"""Own pictures of personas: read, freed of all that is no picture, and carried inside the report."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from personae.errors import UsageError
from personae.model.persona import Persona
from personae.model.study import Study
from personae.progress import warn

MOST = 200_000
"""Bytes of a picture, so that a report of many stays small enough to send."""
_FLAG = "--picture"
_FIX = "give a PNG or JPEG under 200 kB for the key of a persona: --picture P1=portrait.png"
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def pictures(study: Study) -> dict[str, str]:
    """The pictures that a study names, by persona key, as data addresses.

    Raises UsageError P001 for what is no PNG or JPEG, too large, or not to be read.
    """
    found = {}
    for entry in study.picture:
        key, equals, name = entry.partition("=")
        if not equals or not re.fullmatch(r"P[1-9]\d*", key):
            raise UsageError("P001", f"{entry!r} does not say whose picture it is", where=_FLAG, fix=_FIX)
        found[key] = _address(Path(name))
    return found


def pictured(personas: tuple[Persona, ...], own: dict[str, str]) -> tuple[Persona, ...]:
    """The personas with their own pictures; a picture for a persona that there is not is left out with a warning."""
    for key in own.keys() - {p.key for p in personas}:
        warn(f"there is no persona {key}: its picture is left out")
    return tuple(replace(p, picture=own.get(p.key, "")) for p in personas)


def _address(path: Path) -> str:
    """A picture file as a data address."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST else b""
    except OSError as error:
        raise UsageError("P001", f"{path.name} cannot be read: {error.strerror}", where=_FLAG, fix=_FIX) from error
    if not raw:
        raise UsageError("P001", f"{path.name} is empty or larger than 200 kB", where=_FLAG, fix=_FIX)
    kind = "png" if raw.startswith(_PNG) else "jpeg" if raw.startswith(_JPEG) else ""
    clean = {"png": _png, "jpeg": _jpeg}[kind](raw) if kind else b""
    if not clean:
        raise UsageError("P001", f"{path.name} is no whole PNG or JPEG", where=_FLAG, fix=_FIX)
    return f"data:image/{kind};base64,{b64encode(clean).decode()}"


def _png(raw: bytes) -> bytes:
    """A PNG with the chunks of the picture alone: no author, no place, no time; b"" where it is not whole."""
    at, made = len(_PNG), [_PNG]
    while at + 12 <= len(raw):
        size, name = int.from_bytes(raw[at : at + 4]), raw[at + 4 : at + 8]
        if name in _KEPT:
            made.append(raw[at : at + 12 + size])
        at += 12 + size
        if name == b"IEND":
            return b"".join(made) if at <= len(raw) else b""
    return b""


def _jpeg(raw: bytes) -> bytes:
    """A JPEG without comments and application data such as camera, place and time; b"" where it is not whole."""
    at, made = 2, [raw[:2]]
    while at + 4 <= len(raw) and raw[at] == 0xFF:
        mark, size = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4])
        if mark == 0xDA:  # the picture itself goes on to the end
            return b"".join((*made, raw[at:])) if raw.rstrip(b"\0").endswith(b"\xff\xd9") else b""
        idle = mark == 0xFE or (0xE1 <= mark <= 0xEF and mark != 0xEE)
        if not idle:
            made.append(raw[at : at + 2 + size])
        at += 2 + size
    return b""
