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
_MARK, _AFTER = re.compile(rb"\xff+([^\x00\xff])"), re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
"""A marker of a JPEG, and the first one after the data of a scan."""
_END, _SCAN, _BARE = 0xD9, 0xDA, frozenset((0x01, *range(0xD0, 0xD9)))
"""The markers of the end and of a scan, and those that no segment follows."""
_PICTURE = frozenset((*range(0xC0, 0xD0), *range(0xDA, 0xDE)))
"""Segments that a picture is made of: frames, tables, scans, lines and restarts."""


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
    """A JPEG up to its end, without comments and application data such as camera, place, time and small copies; b"" where it
    is not whole (ITU-T T.81, annex B). What follows the end, such as a second picture, goes as well."""
    at, made, scans = 2, [raw[:2]], 0
    while found := _MARK.match(raw, at):
        mark, start = found[1][0], found.end()
        if mark == _END:
            return b"".join((*made, b"\xff\xd9")) if scans else b""
        at = start + int.from_bytes(raw[start : start + 2])
        if not start + 2 <= at <= len(raw) or mark in _BARE:
            return b""
        made.append(_segment(mark, raw[start + 2 : at]))
        if mark == _SCAN and (after := _AFTER.search(raw, at)):
            made.append(raw[at : after.start()])
            at, scans = after.start(), scans + 1
    return b""


def _segment(mark: int, data: bytes) -> bytes:
    """A segment of a JPEG as it is kept: tables, frames and scans whole, of application data what tells the colours."""
    if mark == 0xE0 and data.startswith(b"JFIF\0"):
        data = data[:12].ljust(12, b"\0") + b"\0\0"  # and no thumbnail
    elif mark == 0xEE and data.startswith(b"Adobe"):
        data = data[:12]
    elif mark not in _PICTURE:
        return b""
    return bytes((0xFF, mark)) + (len(data) + 2).to_bytes(2) + data
