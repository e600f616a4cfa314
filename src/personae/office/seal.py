"""The same bytes every time: office files are zip archives whose members carry a clock and whose properties name people."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

STAMP = "2000-01-01T00:00:00Z"
"""The moment that stands where a format asks for one."""

_FIRST = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_NESTED = re.compile(r"\.(xlsx|docx|pptx)$")
Change = Callable[[str, bytes], bytes | None]
"""From the name and the bytes of a member to the bytes it shall have; None leaves it out."""


def seal(blob: bytes, change: Change | None = None) -> bytes:
    """An office file without clocks, archives inside it as well; `change` is asked for every member first."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blob)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            body = old.read(member)
            kept = change(member.filename, body) if change else body
            if kept is not None:
                new.writestr(_entry(member.filename), _sealed(member.filename, kept), zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def seal_file(path: Path, blob: bytes, change: Change | None = None) -> None:
    """Write an office file to `path`, sealed."""
    path.write_bytes(seal(blob, change))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIRST)
    entry.external_attr = 0o600 << 16
    entry.create_system = 3
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sealed(name: str, body: bytes) -> bytes:
    if _NESTED.search(name):
        return seal(body)
    return _DATES.sub(rb"\g<1>" + STAMP.encode() + rb"\g<3>", body) if name == "docProps/core.xml" else body
