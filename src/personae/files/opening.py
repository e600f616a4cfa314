"""Opening a file: what it really is, its hash, and its content unpacked within limits."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from personae.errors import DataError, MachineError
from personae.model.study import Study

RATIO = 200
"""How many times larger than its file a content may be; honest logs shrink 5 to 60 times."""
SMALL = 16 << 20
"""Bytes below which the ratio does not matter."""
CHUNK = 1 << 20

_MAGIC = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"ARROW1", "arrow"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x7fELF", "program"),
    (b"ORC", "orc"),
    (b"Obj\x01", "avro"),
)
_REFUSED = {
    "pickle": ("a Python pickle, which can run code when opened", "write the table as Parquet or CSV and give that file"),
    "html": ("a web page", "download the data itself; a page is often what a site sends when you are not signed in"),
    "xml": ("an XML document", "save the table as CSV, Parquet or Excel"),
    "arrow": ("an Arrow (Feather) file", "write it as Parquet, or pass the table from Python"),
    "sqlite": ("a SQLite database", "export the table as CSV or Parquet"),
    "pdf": ("a PDF document", "save the table as CSV or Excel"),
    "image": ("an image", "give the table the image was made from"),
    "rar": ("a RAR archive", "unpack it first"),
    "7z": ("a 7z archive", "unpack it first"),
    "zst": ("compressed with Zstandard", "unpack it first with: unzstd FILE"),
    "tar": ("a tar archive", "unpack it first with: tar xf FILE"),
    "orc": ("an ORC file", "write it as Parquet"),
    "avro": ("an Avro file", "write it as Parquet"),
    "program": ("a program", "give a file that holds a table"),
    "ods": ("an OpenDocument file that is not a spreadsheet", "save the table as CSV or Excel"),
    "archive": ("an archive inside an archive", "unpack it first"),
    "locked": ("protected by a password", "open it, save it without the password, and give that file"),
}


@dataclass(frozen=True)
class Opened:
    """A file and its content: `path` as it was given, `content` where the unpacked bytes lie.

    `kind` is "text", "json", "parquet", "excel" or the name of something that cannot be read.
    """

    path: Path
    content: Path
    name: str
    kind: str
    sha256: str
    size: int
    modified: int
    packed: str = ""

    @property
    def file(self) -> tuple[str, str, int]:
        """(name, sha256, bytes) for the record of a run."""
        return self.name, self.sha256, self.size


def open_file(path: Path, scratch: Path, study: Study, *, name: str = "") -> Opened:
    """Look at a file, hash it, and unpack it into `scratch` if it is packed.

    Raises DataError P101 (missing), P107 (empty), P108 (not a table), P110 (grows too far); MachineError P501 (no rights).
    """
    name = name or path.name
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DataError(
                "P101", f"{name} is a folder", where=str(path), fix="give a file, or a pattern such as folder/*.csv"
            )
        if not stat.S_ISREG(status.st_mode):
            fix = "give a file; what another program writes is read from standard input: ... | personae check -"
            raise DataError("P101", f"{name} is no file but a device or a pipe", where=str(path), fix=fix)
        digest = _hash(path)
        head = _head(path)
    except PermissionError as error:
        raise MachineError("P501", f"{name} may not be read", where=str(path), fix="ask for the right to read it") from error
    except OSError as error:
        raise DataError("P101", f"{name} cannot be opened", where=f"{path}: {error.strerror}", fix="check the path") from error
    if not status.st_size:
        raise DataError(
            "P107", f"{name} is empty: 0 bytes", where=str(path), fix="export it again; the download may have failed"
        )
    kind, packed, content = _kind(head, path), "", path
    if kind in ("gz", "bz2", "xz", "zip"):
        packed = kind
        content, inner = _unpack(path, kind, scratch, study, name)
        kind = _kind(_head(content), Path(inner)) if content != path else "excel"
        if kind in ("gz", "bz2", "xz", "zip", "zst", "rar", "7z"):
            kind = "archive"
    elif kind == "ole":
        kind = "locked" if _encrypted(path) else "excel"
    if kind in _REFUSED:
        what, fix = _REFUSED[kind]
        raise DataError("P108", f"{name} is {what}", where=str(path), fix=fix)
    if content != path and not content.stat().st_size:
        raise DataError("P107", f"{name} holds an empty file", where=str(path), fix="export it again")
    return Opened(path, content, name, kind, digest, status.st_size, status.st_mtime_ns, "" if content == path else packed)


def unchanged(opened: Opened) -> None:
    """Raise DataError P112 when the file is no longer what was looked at."""
    try:
        status = opened.path.stat()
        same = (status.st_size, status.st_mtime_ns) == (opened.size, opened.modified)
        same = same or (status.st_size == opened.size and _hash(opened.path) == opened.sha256)
    except OSError:
        same = False
    if not same:
        fix = "run again when nothing writes to it any more, or copy it first"
        raise DataError("P112", f"{opened.name} changed while it was being read", where=str(opened.path), fix=fix)


def _head(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(4096)


def _hash(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind(head: bytes, path: Path) -> str:
    """What the first bytes say it is; the name decides only between things that look alike."""
    ending = path.suffix.lower()
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if (head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")) or ending in (".pkl", ".pickle", ".joblib"):
        return "pickle"
    if head[257:262] == b"ustar":
        return "tar"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    if start.startswith(b"<?xml"):
        return "html" if b"<html" in start else "xml"
    if ending in (".json", ".jsonl", ".ndjson") or start.startswith((b'{"', b'[{"', b"[\n", b"[\r\n", b"{\n", b"{\r\n")):
        return "json"
    return "text"


def _encrypted(path: Path) -> bool:
    """Whether an OLE container holds an encrypted workbook."""
    marker = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as file:
        overlap = b""
        while chunk := file.read(CHUNK):
            if marker in overlap + chunk:
                return True
            overlap = chunk[-64:]
    return False


def _unpack(path: Path, kind: str, scratch: Path, study: Study, name: str) -> tuple[Path, str]:
    """The unpacked content and the name inside; a workbook is checked and left as it is."""
    target = scratch / f"unpacked-{len(list(scratch.glob('unpacked-*')))}"
    try:
        if kind != "zip":
            opener = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}[kind]
            with opener(path, "rb") as stream:  # type: ignore[operator]
                _copy(stream, target, path, study, name)
            return target, path.stem
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            names = {m.filename for m in members}
            if "[Content_Types].xml" in names or "content.xml" in names:
                _measure(archive, members, path, study, name)
                return path, name
            return target, _only(archive, members, target, path, study, name)
    except (zipfile.BadZipFile, gzip.BadGzipFile, lzma.LZMAError, zlib.error, EOFError, NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise MachineError("P501", f"{name} cannot be unpacked", where=str(error), fix="make room on the disk") from error
        raise DataError(
            "P108", f"{name} is damaged: it cannot be unpacked", where=str(path), fix="fetch the file again"
        ) from error


def _only(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], target: Path, path: Path, study: Study, name: str) -> str:
    """Unpack the one data file of an archive and return its name."""
    data = [m for m in members if not _furniture(m)]
    if data and all(_is_lines(archive, m) for m in data):
        return _joined(archive, data, target, path, study, name)
    if len(data) != 1:
        inside = ", ".join(m.filename for m in data[:5]) or "nothing"
        fix = "unpack it and give the files that hold the data"
        raise DataError("P108", f"{name} holds {len(data)} files: one is needed", where=f"{path}: {inside}", fix=fix)
    if data[0].flag_bits & 1:
        raise DataError("P108", f"{name} is {_REFUSED['locked'][0]}", where=str(path), fix="unpack it first")
    with archive.open(data[0]) as stream:
        _copy(stream, target, path, study, name)
    return data[0].filename


def _is_lines(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a member is compressed JSON lines, as exports of event tools are: many in one archive."""
    if not member.filename.lower().endswith((".json.gz", ".jsonl.gz", ".ndjson.gz")) or member.flag_bits & 1:
        return False
    with archive.open(member) as packed, gzip.open(packed) as stream:
        return stream.read(64).lstrip()[:1] in (b"{", b"")


def _joined(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], target: Path, path: Path, study: Study, name: str) -> str:
    """Write the lines of all members one after another, in the order of their names; the limits hold for their sum."""
    total, last = 0, b"\n"
    with target.open("wb") as out:
        for member in sorted(members, key=lambda m: m.filename):
            with archive.open(member) as packed, gzip.open(packed) as stream:
                for chunk in _chunks(stream):
                    total += len(chunk)
                    _within(total, path, study, name)
                    out.write(chunk)
                    last = chunk[-1:]
            if last != b"\n":
                out.write(b"\n")
    return "lines.jsonl"


def _furniture(member: zipfile.ZipInfo) -> bool:
    """Entries that some systems put beside the data."""
    return member.filename.startswith("__MACOSX/") or Path(member.filename).name.startswith(".")


def _measure(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], path: Path, study: Study, name: str) -> None:
    """Count what a workbook unpacks to, whatever its directory claims."""
    total = 0
    for member in members:
        if member.flag_bits & 1:
            raise DataError("P108", f"{name} is {_REFUSED['locked'][0]}", where=str(path), fix=_REFUSED["locked"][1])
        with archive.open(member) as stream:
            for chunk in _chunks(stream):
                total += len(chunk)
                _within(total, path, study, name)
                if b"<!ENTITY" in chunk:
                    what = f"{name} declares entities, by which a short text unfolds to a long one; no spreadsheet program does"
                    fix = "open it in a spreadsheet program you trust and save it again"
                    raise DataError("P108", what, where=f"{path}: {member.filename}", fix=fix)


def _copy(stream: IO[bytes], target: Path, path: Path, study: Study, name: str) -> None:
    """Write a stream to a file, stopping at the limits."""
    total = 0
    with target.open("wb") as out:
        for chunk in _chunks(stream):
            total += len(chunk)
            _within(total, path, study, name)
            out.write(chunk)


def _chunks(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """A stream in pieces."""
    while chunk := stream.read(CHUNK):
        yield chunk


def _within(total: int, path: Path, study: Study, name: str) -> None:
    """Raise P110 when unpacked content passes a limit."""
    size = path.stat().st_size
    if total > study.max_inflated:
        limit = f"the limit of {study.max_inflated:,} bytes"
    elif total > SMALL and total > RATIO * size:
        limit = f"{RATIO} times the size of the file"
    else:
        return
    raise DataError(
        "P110",
        f"{name} grows beyond {limit} when opened",
        where=f"{path}: {size:,} bytes on disk, stopped at {total:,} bytes unpacked",
        fix="if you trust it, unpack it yourself and give the unpacked file"
        + ("" if "times" in limit else f", or raise the limit: --max-inflated {study.max_inflated * 4}"),
    )
