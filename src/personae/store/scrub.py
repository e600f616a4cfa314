"""The files of a run without some people: everything about single users is taken out, everything about groups stays as it is.

Rows of tables go; what people wrote or what was quoted of their rows is blanked, so that the counts of rows still hold.
Numbers that were measured over everyone stay as they were measured.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from personae import plugins
from personae.store import tables

BLANK = "(forgotten)"
"""What stands where words of a person stood."""
_LISTS = ("examples", "rejects", "warnings", "notes", "edits")
"""Parts of a document in which an id of somebody may stand."""
_PROSE = ("text", "words", "was", "source", "warnings")
"""Fields of words in which any id is blanked, though it may be a number of something else: too much is better than a name."""
_ASIDE = ["source", "line", "reason", "text"]
"""The columns of the file of rows that were set aside."""


class Ids:
    """The ids to be forgotten, as they are looked for."""

    def __init__(self, ids: frozenset[str]) -> None:
        self.all = ids
        telling = sorted((i for i in ids if len(i) > 4 or (len(i) > 2 and not i.isdigit())), key=lambda i: (-len(i), i))
        self._amid, self._said = _pattern(telling), _pattern(sorted(ids, key=lambda i: (-len(i), i)))

    def cell(self, text: str) -> bool:
        """Whether a cell of a file is one of the ids, with or without the guard against formulas."""
        return text in self.all or (text[:1] == "'" and text[1:] in self.all)

    def line(self, text: str) -> bool:
        """Whether one of them is a field of a line that was kept as it came, or stands amid its words."""
        return any(f.strip(" \"'") in self.all for f in re.split(r"[,;|\t]", text)) or self.amid(text)

    def amid(self, text: str) -> bool:
        """Whether one of them stands in a text. Numbers of up to four digits and ids of up to two signs are not looked for."""
        return self._amid is not None and self._amid.search(text) is not None

    def said(self, text: str) -> bool:
        """Whether one of them stands in words, be it a number of a figure or two that may count something."""
        return self._said is not None and self._said.search(text) is not None

    def field(self, name: str, text: str) -> str:
        """The text of a field of that name without them: in fields of prose without any, in others without telling ones."""
        pattern = self._said if name in _PROSE else self._amid
        return text if pattern is None else pattern.sub(BLANK, text)


def _pattern(ids: Sequence[str]) -> re.Pattern[str] | None:
    """Finds any of some ids as whole words; None where there are none."""
    some = [re.escape(i) for i in ids if i]
    return re.compile(r"(?<![\w-])(?:" + "|".join(some) + r")(?![\w-])") if some else None


def scrubbed(folder: Path, ids: Ids, to: Path) -> str:
    """Write the files of a run without some people into an empty folder, and run.json with the hashes of what lies there.

    Returns the hash of run.json that stands for all of it, "" where nothing differs from what was. Rights of files stay.
    """
    there = _mask(folder / "users.parquet", ids)
    changed = False
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        target = to / path.relative_to(folder)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        changed |= _file(path, target, ids, there)
        shutil.copymode(path, target)
    return _resealed(to) if changed else ""


def names(folder: Path, ids: Ids) -> bool:
    """Whether a file in a folder names one of them: as a cell of a table, or amid other words of it."""
    return any(named(p, ids) for p in sorted(folder.rglob("*")) if p.is_file())


def named(path: Path, ids: Ids) -> bool:
    """Whether a file names one of them."""
    if path.suffix == ".parquet":
        mask = _mask(path, ids)
        return mask is not None and not all(mask.to_pylist())
    if tables.readable(path):
        return any(ids.cell(c) or ids.amid(c) for c in tables.cells(path))
    text = path.read_bytes().decode("utf-8", "replace")
    if path.suffix == ".csv":
        return any(ids.cell(c) for row in csv.reader(io.StringIO(text, newline="")) for c in row) or ids.amid(text)
    return ids.amid(text)


def _file(path: Path, target: Path, ids: Ids, there: Any) -> bool:
    """Write one file; returns whether it differs."""
    if path.suffix == ".parquet":
        return _parquet(path, target, ids, there)
    make: Callable[[str, Ids], str] | None = {".csv": _csv, ".json": _json}.get(path.suffix)
    if make is None:
        shutil.copyfile(path, target)
        return False
    before = path.read_bytes().decode("utf-8", "surrogateescape")
    after = make(before, ids)
    target.write_bytes(after.encode("utf-8", "surrogateescape"))
    return after != before


def _mask(path: Path, ids: Ids) -> Any:
    """For each row of a table whether it stays; None where it has no ids."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if not path.is_file() or "id" not in pq.read_schema(path).names:
        return None
    column = pq.read_table(path, columns=["id"])["id"]
    return pc.invert(pc.is_in(column, value_set=pa.array(sorted(ids.all), column.type)))


def _parquet(path: Path, target: Path, ids: Ids, there: Any) -> bool:
    """Rows of others alone; a table without ids that has a row for each user is cut in the same way."""
    import pyarrow.parquet as pq

    mask = _mask(path, ids)
    table = pq.read_table(path)
    if mask is None and there is not None and len(there) == table.num_rows:
        mask = there
    if mask is None or all(mask.to_pylist()):
        shutil.copyfile(path, target)
        return False
    plugins.find("exporters", "parquet").write(table.filter(mask), target)
    return True


def _csv(text: str, ids: Ids) -> str:
    """The rows of others, byte for byte; rows that were set aside stay, with their words blanked."""
    lines = io.StringIO(text, newline="").readlines()
    reader, start, made = csv.reader(iter(lines)), 0, []
    key, aside = -1, False
    for i, row in enumerate(reader):
        raw, start = "".join(lines[start : reader.line_num]), reader.line_num
        if i == 0:
            key, aside = row.index("id") if "id" in row else -1, row == _ASIDE
        if key >= 0 and key < len(row) and ids.cell(row[key]):
            continue
        theirs = [key < 0 and (ids.line(c) or (aside and j == 3 and ids.said(c))) for j, c in enumerate(row)]
        made.append(_row([BLANK if t else c for c, t in zip(row, theirs, strict=True)]) if any(theirs) else raw)
    return "".join(made)


def _row(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _json(text: str, ids: Ids) -> str:
    """A document of ours: who is listed by id goes, what was said of them is blanked."""
    document = json.loads(text)
    made = _part(document, ids, "")
    return text if made == document else _text(made)


def _part(value: Any, ids: Ids, key: str) -> Any:
    if isinstance(value, list):
        theirs = (_listed(v, ids) or (key == "examples" and v in ids.all) for v in value)
        return [_part(v, ids, key) for v, gone in zip(value, theirs, strict=True) if not gone]
    if isinstance(value, dict):
        hides = value.get("kind") == "hide-measure"
        return {k: _part(v, ids, k if k in _LISTS else _under(key, "" if hides else k)) for k, v in value.items()}
    if not isinstance(value, str) or not value:
        return value
    if key in ("low", "high"):
        return "" if value in ids.all else value
    if key == "text":
        return BLANK if ids.line(value) or ids.said(value) else value
    return ids.field("text" if key in ("prose", "notes") else key, value) if key in _WORDS else value


def _under(key: str, own: str) -> str:
    """What kind of text stands under a key: in warnings, notes and edits "prose" where it is words and else "said", in rows
    that were set aside "text"."""
    if key in _WORDS:
        return "prose" if own in _PROSE else "said"
    return own if own in ("low", "high") or (key, own) == ("rejects", "text") else ""


_WORDS = ("warnings", "notes", "edits", "said", "prose")


def _listed(value: Any, ids: Ids) -> bool:
    """Whether an entry of a list is about one of them: a member, or somebody who moved."""
    return isinstance(value, dict) and "persona" in value and value.get("id") in ids.all


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def _resealed(folder: Path) -> str:
    path = folder / "run.json"
    run = json.loads(path.read_text(encoding="utf-8"))
    files = (n for n in run.get("files", {}) if (folder / n).is_file())
    text = _text({**run, "files": {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in files}}).encode()
    path.write_bytes(text)
    return hashlib.sha256(text).hexdigest()
