"""What a writer is about to put in place, written down first, so that the next one can undo it when this one is killed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from personae.store.atomic import aside, on_disk, whole_file

FILE = "placing.json"
"""Where it is written, inside the record; gone when the writer ends in any other way than by being killed."""


GONE = "pruning.json"
"""The same for folders that are about to go."""


def intend(root: Path, number: int, place: Path, temp: Path) -> None:
    """Say that the folder `temp` is to become `place`, the readable files of run `number`."""
    said = {"number": number, "place": str(place.absolute()), "temp": str(temp), "is": _identity(temp)}
    with whole_file(root / FILE, overwrite=True) as file:
        file.write_text(json.dumps(said), encoding="utf-8")
        file.chmod(0o600)


@contextmanager
def settled(root: Path) -> Iterator[None]:
    """Whatever comes of the block but a kill, nothing is left to settle."""
    try:
        yield
    finally:
        with suppress(OSError):
            (root / FILE).unlink(missing_ok=True)


def settle(root: Path, listed: Callable[[int], bool]) -> None:
    """Undo what a writer that died had put in place for a run that was never listed; an old folder comes back.

    Only for whoever holds the lock. `listed` says whether a run of that number is in the record. A folder is known again by its
    identity on the disk, so that nothing else is ever taken away, as in a copy of the project.
    """
    _leave(root / GONE, listed)
    path = root / FILE
    if not path.is_file():
        return
    with suppress(ValueError, KeyError, TypeError), on_disk(path):
        said = json.loads(path.read_text(encoding="utf-8"))
        temp, place = Path(said["temp"]), Path(said["place"])
        if not listed(int(said["number"])):
            if place.exists() and _identity(place) == said["is"]:
                shutil.rmtree(place)
            if aside(temp).exists() and not place.exists():
                aside(temp).replace(place)
        for left in (temp, aside(temp)):
            shutil.rmtree(left, ignore_errors=True)
    with on_disk(path):
        path.unlink(missing_ok=True)


def leaving(root: Path, places: Mapping[int, Path]) -> None:
    """Say which folders go with the runs of those numbers, once these are listed no more."""
    said = [[number, str(place.absolute()), _identity(place)] for number, place in places.items()]
    with whole_file(root / GONE, overwrite=True) as file:
        file.write_text(json.dumps(said), encoding="utf-8")
        file.chmod(0o600)


def _leave(path: Path, listed: Callable[[int], bool]) -> None:
    """Remove the folders that were to go with runs that are listed no more."""
    if not path.is_file():
        return
    with suppress(ValueError, TypeError):
        for number, place, identity in json.loads(path.read_text(encoding="utf-8")):
            if not listed(int(number)) and Path(place).exists() and _identity(Path(place)) == identity:
                shutil.rmtree(place, ignore_errors=True)
    with on_disk(path):
        path.unlink(missing_ok=True)


def _identity(folder: Path) -> list[int]:
    found = folder.stat()
    return [found.st_dev, found.st_ino]
