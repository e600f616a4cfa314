"""Own pictures: carried inside, labelled, freed of what a camera wrote beside them, refused before any work is done."""

from __future__ import annotations

import zlib
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from exporters import worlds
from personae import flow
from personae.errors import UsageError
from personae.exporters import html
from personae.model.study import Study
from personae.stages.pictured import MOST, pictured, pictures


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


PIXELS = (_chunk(b"IHDR", bytes((0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0))), _chunk(b"IDAT", zlib.compress(b"\0\x80")))
PNG = b"\x89PNG\r\n\x1a\n" + PIXELS[0] + _chunk(b"tEXt", b"Author\0Jane Canary") + PIXELS[1] + _chunk(b"IEND", b"")
JPEG = (
    b"\xff\xd8"
    + b"\xff\xe0\0\x04ab"
    + b"\xff\xe1\0\x12Exif\0\0Canary GPS"
    + b"\xff\xfe\0\x08Canary"
    + b"\xff\xda\0\x02\1\xff\xd9"
)


def _segment(mark: int, data: bytes) -> bytes:
    return bytes((0xFF, mark)) + (len(data) + 2).to_bytes(2) + data


SCANS = (_segment(0xDA, b"\1") + b"\1\xff\0\2\xff\xd0\3", _segment(0xDA, b"\2") + b"\4\xff\xd7\n")
EXIF = _segment(0xE1, b"Exif\0\0Canary GPS")
TABLE = _segment(0xC4, b"codes")
HEAD = _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
HIDING = {
    "a second picture with its own place": (b"", b"\xff\xd8" + EXIF + SCANS[0] + b"\xff\xd9"),
    "a comment between scans": (_segment(0xFE, b"Canary"), b""),
    "a place between scans, after padding": (b"\xff\xff" + EXIF, b"\0\0"),
    "words after the end": (b"", b"Canary"),
    "a segment of no picture": (_segment(0xF7, b"Canary") + _segment(0x02, b"Canary"), b""),
}


@pytest.mark.parametrize("hidden", HIDING)
def test_a_picture_in_several_scans_keeps_all_of_them_and_nothing_else(hidden: str, tmp_path: Path) -> None:
    """EXP-08: cameras put more between the scans, and a whole second picture behind the first."""
    between, after = HIDING[hidden]
    small = b"JFIF\0\1\1\0\0\1\0\1\1\2Canary"  # with a thumbnail of one by two points
    start = b"\xff\xd8" + _segment(0xE0, small) + _segment(0xE0, b"JFXX\0\x13Canary") + EXIF
    raw = start + SCANS[0] + between + TABLE + SCANS[1] + b"\xff\xd9" + after
    clean = b64decode(pictures(_study(tmp_path, raw))["P1"].partition(",")[2])
    assert clean == b"\xff\xd8" + HEAD + SCANS[0] + TABLE + SCANS[1] + b"\xff\xd9"


def _study(folder: Path, raw: bytes, name: str = "me.png") -> Study:
    (folder / name).write_bytes(raw)
    return Study(sources=("x.csv",), picture=(f"P1={folder / name}",))


@pytest.mark.parametrize(("raw", "kind"), [(PNG, "png"), (JPEG, "jpeg")])
def test_a_picture_keeps_its_pixels_and_loses_author_and_place(tmp_path: Path, raw: bytes, kind: str) -> None:
    """EXP-08: nothing hidden leaves the tool."""
    address = pictures(_study(tmp_path, raw))["P1"]
    assert address.startswith(f"data:image/{kind};base64,")
    clean = b64decode(address.partition(",")[2])
    assert b"Canary" not in clean and len(clean) < len(raw)
    assert (PIXELS[1] if kind == "png" else b"\xff\xda\0\x02\1\xff\xd9") in clean


def test_an_own_picture_takes_the_place_of_the_drawing_and_says_so(tmp_path: Path) -> None:
    """Requirement 111: labelled; the others keep their drawings."""
    cast = worlds.natural()
    cast = replace(cast, personas=pictured(cast.personas, pictures(_study(tmp_path, PNG))))
    page = html.export(cast, tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('<img src="data:image/png') == 1 and "<figcaption>own picture</figcaption>" in page
    assert page.count('aria-label="Abstract drawing of') == len(cast.personas) - 1
    assert "<img src=" in html.card(cast, cast.personas[0])


@pytest.mark.parametrize(
    "raw", [b"", b"<svg onload='x'/>", PNG[:40], PNG + b"\0" * MOST, JPEG[:20], JPEG[:-2], JPEG[:-5]], ids=range(7)
)
def test_what_is_no_picture_is_refused_before_the_data_are_read(tmp_path: Path, raw: bytes) -> None:
    """An SVG could carry a script; half a file is none. x.csv does not exist, and nobody gets to know."""
    with pytest.raises(UsageError, match=r"PNG|200 kB") as wrong:
        flow.run(_study(tmp_path, raw))
    assert wrong.value.code == "P001" and wrong.value.where == "--picture"


@pytest.mark.parametrize("entry", ["me.png", "Peter=me.png", "P1=nowhere.png"])
def test_a_picture_without_a_persona_or_a_file_is_refused(entry: str) -> None:
    with pytest.raises(UsageError):
        pictures(Study(sources=("x.csv",), picture=(entry,)))
