"""What a writer is about to put in place, written down first, so that the next one can undo it when this one is killed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from personae.store.atomic import aside, on_disk, whole_file

FILE = "placing.json"
"""Where it is written, inside the record; gone when the writer ends in any other way than by being killed."""


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


def _identity(folder: Path) -> list[int]:
    found = folder.stat()
    return [found.st_dev, found.st_ino]
