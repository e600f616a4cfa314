"""Text as UTF-8, whatever it was written in: every byte is checked, none is replaced."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from personae.errors import DataError, UsageError
from personae.files.opening import CHUNK, Opened
from personae.model.study import Study

CANDIDATES = (
    "cp1252", "mac_roman", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254",
    "cp1255", "cp1256", "latin_1", "cp850", "cp437",
)  # fmt: skip
"""Encodings that are tried where UTF-8 fails; among equally likely ones the first wins."""
_WORDS = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a byte order mark", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252", "cp932": "Shift-JIS", "mac_roman": "Mac Roman", "latin_1": "Latin-1",
}  # fmt: skip
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_MESSY = 0.2
"""Share of unlikely character sequences beyond which no guess is made."""


@dataclass(frozen=True)
class Text:
    """A file of UTF-8 without byte order mark: `lines` counts line feeds, `returns` lone carriage returns, `pairs` both."""

    path: Path
    encoding: str
    guessed: bool
    lines: int
    returns: int
    pairs: int
    quotes: int

    @property
    def words(self) -> str:
        """The encoding's name for a reader."""
        return _WORDS.get(self.encoding, self.encoding)


def as_text(opened: Opened, scratch: Path, study: Study) -> Text:
    """The file's text as UTF-8, in place where it is that already.

    Raises DataError P106 when the encoding is not clear or does not hold for every byte, P108 when it is no text at all.
    """
    encoding, guessed = _encoding(opened, study)
    if encoding == "utf-8" and (not study.encoding or _holds(opened, encoding)):
        return _count(Text(opened.content, encoding, False, 0, 0, 0, 0), opened)
    target = scratch / f"text-{len(list(scratch.glob('text-*')))}"
    with target.open("wb") as out:
        for piece in _decoded(opened, encoding):
            out.write(piece.encode("utf-8"))
    return _count(Text(target, encoding, guessed, 0, 0, 0, 0), opened)


def _encoding(opened: Opened, study: Study) -> tuple[str, bool]:
    """What the file is written in, and whether that is a guess."""
    head = _chunks(opened.content, 4096).__next__()
    mark = next((name for bom, name in _BOMS if head.startswith(bom)), "")
    if study.encoding:
        try:
            name = codecs.lookup(study.encoding).name
        except LookupError as error:
            fix = "use a name such as utf-8, cp1252, utf-16, shift_jis"
            raise UsageError("P001", f'"{study.encoding}" is not an encoding', where="--encoding", fix=fix) from error
        return (mark or name) if name in ("utf-8", "utf-16") else name, False
    if mark:
        return mark, False
    if zeros := head.count(0):
        even = head[::2].count(0)
        if zeros > len(head) // 4 and min(even, zeros - even) < zeros // 20 + 1:
            return ("utf-16-be" if even > zeros - even else "utf-16-le"), False
        _refuse_binary(opened, head.index(0))
    bad = _bad_bytes(opened.content)
    if bad is None:
        return "utf-8", False
    return _guess(opened, bad), True


@dataclass(frozen=True)
class _Bad:
    """Bytes that are no UTF-8: the first one's offset and line, how many, and how many characters beyond ASCII are fine."""

    offset: int
    line: int
    byte: int
    before: int
    count: int
    fine: int


def _bad_bytes(path: Path) -> _Bad | None:
    """The bytes that are not UTF-8, None when there are none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _count_bad(path)
    return None


def _count_bad(path: Path) -> _Bad:
    """Count what is wrong, chunk by chunk, cut at line ends so that no character is cut."""
    offset, line, count, fine, first = 0, 1, 0, 0, (-1, 0, 0, 0)
    for chunk in _line_chunks(path):
        decoded = chunk.decode("utf-8", errors="surrogateescape")
        here = [i for i, c in enumerate(decoded) if "\udc80" <= c <= "\udcff"] if not chunk.isascii() else []
        if here and first[0] < 0:
            before = decoded[: here[0]].encode("utf-8")
            byte = ord(decoded[here[0]]) - 0xDC00
            first = (offset + len(before), line + before.count(b"\n"), byte, before[-1] if before else 0)
        count += len(here)
        if not chunk.isascii():
            fine += sum(1 for c in decoded if ord(c) > 127) - len(here)
        offset, line = offset + len(chunk), line + chunk.count(b"\n")
    return _Bad(*first, count, fine)


def _guess(opened: Opened, bad: _Bad) -> str:
    """The likely encoding of a file that is not UTF-8. Raises P106 when nothing is likely enough."""
    from charset_normalizer import from_bytes

    letter = (0xC0 <= bad.byte <= 0xFC and bad.byte not in (0xD7, 0xF7)) and chr(bad.before).isalpha()
    if bad.fine >= bad.count or (bad.count == 1 and not (letter and bad.line <= 1000)):
        raise _unclear(opened, bad, "utf-8", f"{bad.count:,} of its bytes are not UTF-8, everything else is")
    likely = from_bytes(_telling_lines(opened.content), cp_isolation=list(CANDIDATES), threshold=_MESSY)
    best = min((m.chaos for m in likely), default=1.0)
    names = {n for m in likely if m.chaos <= best + 0.0005 for n in (m.encoding, *m.could_be_from_charset)}
    for name in CANDIDATES:
        if name in names and _holds(opened, name):
            return name
    raise _unclear(opened, bad, "cp1252", "it is not UTF-8 and no other encoding fits")


def _telling_lines(path: Path, most: int = 60_000) -> bytes:
    """The lines that hold bytes beyond ASCII, up to a number of bytes."""
    found: list[bytes] = []
    size = 0
    for chunk in _line_chunks(path):
        if not chunk.isascii():
            found += (line[:2000] for line in chunk.splitlines() if not line.isascii())
            size = sum(map(len, found))
            if size > most:
                break
    return b"\n".join(found)[:most].rpartition(b"\n")[0] if size > most else b"\n".join(found)


def _holds(opened: Opened, encoding: str) -> bool:
    """Whether every byte can be read in that encoding."""
    try:
        for _ in _decoded(opened, encoding):
            pass
    except DataError:
        return False
    return True


def _decoded(opened: Opened, encoding: str) -> Iterator[str]:
    """The text of a file in pieces, without a byte order mark. Raises P106 at the first byte that does not fit."""
    decoder, offset, line, first = codecs.getincrementaldecoder(encoding)(), 0, 1, True
    for chunk in _ended(opened.content):
        try:
            piece = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            at = max(offset - (len(error.object) - len(chunk)), 0) + error.start
            line += error.object[: error.start].count(b"\n")
            raise _unclear(opened, _Bad(at, line, error.object[error.start], 0, 1, 0), "", f"it is not {encoding}") from error
        if first and piece:
            piece, first = piece.removeprefix("\ufeff"), False
        yield piece
        offset, line = offset + len(chunk), line + piece.count("\n")


def _ended(path: Path) -> Iterator[bytes]:
    """A file in pieces and an empty one that says it is over."""
    yield from _chunks(path)
    yield b""


def _count(text: Text, opened: Opened) -> Text:
    """The same text with its line ends and quotes counted. Raises P108 when it holds zero bytes."""
    lines = returns = pairs = quotes = offset = 0
    last = b""
    for chunk in _chunks(text.path):
        zero = chunk.find(b"\x00")
        if zero >= 0:
            _refuse_binary(opened, offset + zero)
        lines += chunk.count(b"\n")
        if b"\r" in chunk or last == b"\r":
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            returns += chunk.count(b"\r")
        quotes += chunk.count(b'"')
        offset, last = offset + len(chunk), chunk[-1:]
    return replace(text, lines=lines, returns=returns - pairs, pairs=pairs, quotes=quotes)


def _refuse_binary(opened: Opened, offset: int) -> NoReturn:
    """Raise P108: text holds no zero bytes."""
    where = f"{opened.path}: a zero byte at offset {offset:,}"
    raise DataError("P108", f"{opened.name} is not text", where=where, fix="export the table as CSV, Excel or Parquet")


def _unclear(opened: Opened, bad: _Bad, suggestion: str, why: str) -> DataError:
    """P106 with byte, offset, line and the flag."""
    where = f"{opened.path}: byte 0x{bad.byte:02X} at offset {bad.offset:,}, line {bad.line:,}"
    other = "cp1252" if suggestion in ("utf-8", "") else suggestion
    fix = f"correct that byte, or say how the file is written: --encoding {other} (also mac_roman, shift_jis, utf-16)"
    return DataError("P106", f"the encoding of {opened.name} is not clear: {why}", where=where, fix=fix)


def _chunks(path: Path, size: int = CHUNK) -> Iterator[bytes]:
    """A file in pieces of `size` bytes."""
    with path.open("rb") as file:
        while chunk := file.read(size):
            yield chunk


def _line_chunks(path: Path) -> Iterator[bytes]:
    """A file in pieces that end where a line ends."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk + file.readline()
