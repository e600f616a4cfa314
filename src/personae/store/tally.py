"""A folder that holds what was counted of a log: parts of Parquet files, and one document that says which of them count.

A part is written whole and never changed; the document, replaced in one act of the file system, makes it part of the tally.
So a folder is what it was or what it is to be. Folder and files are for their owner alone: they hold ids.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from personae import plugins
from personae.errors import DataError, UsageError
from personae.model.tally import Counted, Piece, Tally
from personae.store.atomic import on_disk, removed, sweep, whole_file, whole_folder
from personae.store.lock import only_writer

SCHEMA = 1
MOST = 16
"""Parts from which on they are made one."""
_NAME, _PART, _OWN = "tally.json", "part-", (".gitignore", "lock")
REMEMBERED = "tallies.json"
"""What the list of tallies is called beside the index of a record."""


@dataclass(frozen=True)
class Kept:
    """A tally that nobody else writes to meanwhile; `held` is None where nothing was counted yet."""

    folder: Path
    held: Tally | None

    def parts(self, name: str) -> list[Path]:
        """The Parquet files of a relation. Raises DataError P202 where one is missing or no Parquet file."""
        import pyarrow.parquet as pq

        found = [self.folder / f"{_PART}{n:06}" / f"{name}.parquet" for n in (self.held.parts if self.held else ())]
        for path in found:
            if not path.is_file():
                raise _damaged(self.folder, f"{path.parent.name}/{path.name} is missing")
            try:
                pq.read_metadata(path)
            except (OSError, ValueError) as wrong:
                raise _damaged(self.folder, f"{path.parent.name}/{path.name} cannot be read") from wrong
        return found

    @property
    def names(self) -> list[str]:
        """The relations of which there are files."""
        return sorted({"who", "names", "done", *(p.stem for p in self.folder.glob(f"{_PART}*/*.parquet"))})

    @property
    def full(self) -> bool:
        """Whether the parts are to be made one."""
        return self.held is not None and len(self.held.parts) >= MOST

    def save(self, held: Tally, names: Collection[str], write: Callable[[str, Path], None], *, whole: bool) -> None:
        """Let `write` make the file of each relation of a new part, which counts from then on: beside the others, or in place
        of all of them where it is the `whole`."""
        before = held.parts
        number = max(self.held.parts if self.held else (), default=0) + 1
        _part(self.folder, number, names, write)
        _commit(self.folder, replace(held, parts=(number,) if whole else (*before, number)))
        if whole:
            _drop(self.folder, before)


@contextmanager
def tally(folder: Path) -> Iterator[Kept]:
    """The tally in a folder, which is made where there is none; nobody else writes to it meanwhile.

    Raises UsageError P001 for a folder of something else, DataError P202 for one that is damaged or of a newer version,
    MachineError when the machine says no or another holds it.
    """
    document = folder / _NAME
    if folder.exists() and not document.is_file() and _others(folder):
        raise UsageError(
            "P001", f"{folder} holds other files", where="--tally", did="nothing was read",
            fix="name a folder that is not there yet; it will hold what was counted",
        )  # fmt: skip
    with on_disk(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name != "nt":
            folder.chmod(0o700)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    with only_writer(folder / "lock", what="this tally", fix="run the command again when that one has ended"):
        held = _read(document) if document.is_file() else None
        with on_disk(folder):
            sweep(folder)
            _drop(folder, [n for n in _numbers(folder) if held is None or n not in held.parts])
        yield Kept(folder, held)


def is_tally(folder: Path) -> bool:
    """Whether a folder holds a tally."""
    return (folder / _NAME).is_file()


def forget(folder: Path, ids: Collection[str], *, look: bool = False) -> int:
    """Take people out of a tally, and the names of what only they did; returns how many of them were there. With `look` nothing
    is changed. Raises as `tally` does, and DataError P202 where a file is missing or damaged, before anything is changed."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with tally(folder) as kept:
        if kept.held is None:
            return 0
        files = {name: kept.parts(name) for name in kept.names}
        wanted, numbers, found = pa.array(sorted(ids), pa.string()), set[int](), set[str]()
        for path in files["who"]:
            who = pq.read_table(path, columns=["u", "id"])
            who = who.filter(pc.is_in(who["id"], value_set=wanted))
            numbers |= set(who["u"].to_pylist())
            found |= set(who["id"].to_pylist())
        if not numbers or look:
            return len(found)
        gone, start = pa.array(sorted(numbers), pa.int32()), max(kept.held.parts)
        left = pa.concat_tables(_rest(p, gone, ["u", "e"]) for p in files["done"])["e"].unique()
        made = []
        for i, n in enumerate(kept.held.parts, 1):

            def write(name: str, path: Path, old: Path = folder / f"{_PART}{n:06}") -> None:
                rows = _rest(old / f"{name}.parquet", gone)
                if name == "names":
                    rows = rows.filter(pc.is_in(rows["e"], value_set=left))
                plugins.find("exporters", "parquet").write(rows, path)

            _part(folder, start + i, list(files), write)
            made.append(start + i)
        _commit(folder, replace(kept.held, parts=tuple(made)))
        _drop(folder, kept.held.parts)
    return len(found)


def _rest(path: Path, gone: Any, columns: list[str] | None = None) -> Any:
    """The rows of a file of a part, without those of the users with the numbers `gone`."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows = pq.read_table(path, columns=columns)
    return rows.filter(pc.invert(pc.is_in(rows["u"], value_set=gone))) if "u" in rows.column_names else rows


def remember(root: Path, folder: Path) -> None:
    """Note in a record, where there is one, that a tally holds people of its runs, so that forgetting reaches it."""
    if not root.is_dir():
        return
    if folder.resolve() in remembered(root):
        return
    with only_writer(root / "lock"):
        known = remembered(root)
        with whole_file(root / REMEMBERED, overwrite=True) as temp:
            temp.touch(mode=0o600)
            listed = [*known, folder.resolve()]
            temp.write_text(json.dumps([_relative(p, root) for p in listed], indent=1) + "\n", encoding="utf-8")


def remembered(root: Path) -> tuple[Path, ...]:
    """The folders of tallies that were used with a record, also those that are not there just now."""
    path = root / REMEMBERED
    if not path.is_file():
        return ()
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        return tuple((root.absolute() / p).resolve() for p in listed)
    except (ValueError, TypeError) as wrong:
        fix = "remove the file, and name tallies yourself: personae forget ID --tally DIR"
        raise DataError("P202", f"{path.name} is damaged", where=str(path), did="nothing was changed", fix=fix) from wrong


def _relative(folder: Path, root: Path) -> str:
    """As it is found again when record and tally are moved together."""
    try:
        return Path(os.path.relpath(folder.resolve(), root.resolve())).as_posix()
    except ValueError:  # another drive
        return str(folder)


def _part(folder: Path, number: int, names: Collection[str], write: Callable[[str, Path], None]) -> None:
    with whole_folder(folder / f"{_PART}{number:06}", lambda _: True) as temp:
        temp.chmod(0o700)
        for name in names:
            path = temp / f"{name}.parquet"
            write(name, path)
            path.chmod(0o600)


def _commit(folder: Path, held: Tally) -> None:
    document = {"schema_version": SCHEMA, **asdict(held)}
    with whole_file(folder / _NAME, overwrite=True) as temp:
        temp.touch(mode=0o600)
        temp.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _drop(folder: Path, numbers: Sequence[int]) -> None:
    for n in numbers:
        removed(folder / f"{_PART}{n:06}")


def _numbers(folder: Path) -> list[int]:
    return [int(p.name.removeprefix(_PART)) for p in folder.glob(f"{_PART}*") if p.name.removeprefix(_PART).isdigit()]


def _others(folder: Path) -> bool:
    """Whether a folder without the document holds more than a tally leaves that was stopped at its first file."""
    return not folder.is_dir() or any(
        p.name not in _OWN and not p.name.startswith((_PART, f".{_PART}", f".{_NAME}")) for p in folder.iterdir()
    )


def _read(path: Path) -> Tally:
    try:
        known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = known.pop("schema_version")
        if version > SCHEMA:
            fix = "upgrade personae"
            raise DataError("P202", "the tally was written by a newer personae", where=str(path.parent), fix=fix)
        counted = {k: _tuples(v) for k, v in known.pop("counted").items()}
        files = tuple(Piece(**f) for f in known.pop("files"))
        return Tally(Counted(**counted), files, **{k: _tuples(v) for k, v in known.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise _damaged(path.parent, f"{path.name} cannot be read") from wrong


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def _damaged(folder: Path, why: str) -> DataError:
    fix = "remove the folder and count anew: personae score ALL_FILES --tally DIR"
    return DataError("P202", f"the tally is damaged: {why}", where=str(folder), did="nothing was read", fix=fix)
