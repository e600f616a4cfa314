"""A watched folder: every whole file that appears in it is scored into a file of the same name in another folder.

A file is whole when it was renamed from an unfinished name ("orders.csv.tmp", ".orders.csv.x"), or when its size and time
have not changed for `SETTLE` seconds. The folder itself is looked at every `LOOK` seconds, which works on network folders, too;
where the system tells of changes, it is looked at within milliseconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from personae import flow, plugins
from personae.errors import DataError, MachineError, PersonaeError, UsageError
from personae.model.arrival import Came, Stop, Tell
from personae.model.rule import Place
from personae.stages.arrive import attempt
from personae.store.atomic import on_disk, whole_file

SETTLE, LOOK = 1.0, 2.0
"""Seconds without change until a file counts as whole, and between two looks at the folder at most."""
SMALL = 1 << 20
"""Bytes of a file for which one thread is quickest."""
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp", "~")
"""Endings of names under which programs write before they rename."""
TO, STRICT = "", False
"""A folder of answers is always named; what does not fit its column is taken as empty, as `personae score` takes it."""
DONE, FAILED = ".personae-done.jsonl", "failed"
"""In the folder of the answers: the list of what is done, and the folder with a note for each file that could not be scored."""

Look = tuple[int, int, int]
"""Size, time of change in nanoseconds, and number of a file."""


def takes(source: str) -> bool:
    """Whether a source is a folder."""
    with suppress(OSError, ValueError):
        return Path(source).expanduser().is_dir()
    return False


def listen(sources: Sequence[str], to: str, current: Any, tell: Tell, stop: Stop, *, once: bool = False) -> None:
    """Score every file of the one folder in `sources` into the folder `to`, and go on until `stop`; with `once` until none is
    left.

    Raises UsageError P001 where both are one folder, MachineError where answers cannot be written.
    """
    if len(sources) > 1:
        raise UsageError("P001", "several folders are named", where="SOURCE", fix="listen to each by a command of its own")
    inbox = Inbox(Path(sources[0]).expanduser(), Path(to).expanduser())
    with on_disk(inbox.out):
        inbox.out.mkdir(parents=True, exist_ok=True)
    if inbox.out.samefile(inbox.folder):
        raise UsageError(
            "P001", "files would be scored into the folder they are taken from", where=to, fix="--to another folder"
        )
    inbox.remember()
    tell(Came(said=f"listening on the folder {inbox.folder.name}", run=current.get().cast.run))
    for renamed in _looks(inbox, stop):
        for path in inbox.ready(renamed):
            if stop.is_set():
                return
            came = _scored(inbox, path, current.get().cast)
            if came.run or came.aside:
                tell(came)
        if once and not inbox.waiting:
            return


@dataclass
class Inbox:
    """A folder of files to score, the folder of their answers, and what is known of each file that is there."""

    folder: Path
    out: Path
    done: dict[str, tuple[Look, str]] = field(default_factory=dict)
    """By name: what a file looked like when it was done, and the hash of it; kept in the list DONE."""
    waiting: dict[str, tuple[Look, float]] = field(default_factory=dict)
    """By name: what a file looks like, and since when; those that may still be written to."""

    def remember(self) -> None:
        """Read the list of what is done, and write it anew with only the files that are still there."""
        with suppress(FileNotFoundError):
            for line in (self.out / DONE).read_text(encoding="utf-8").splitlines():
                with suppress(ValueError, KeyError, TypeError):  # the last line of a process that was killed
                    row = json.loads(line)
                    self.done[row["file"]] = ((row["size"], row["changed"], row["number"]), row["sha256"])
        self.done = {name: known for name, known in self.done.items() if (self.folder / name).exists()}
        with whole_file(self.out / DONE, overwrite=True) as temp:
            temp.write_text("".join(_line(name, *known) for name, known in self.done.items()), encoding="utf-8")

    def ready(self, renamed: frozenset[str]) -> list[Path]:
        """Files that are whole and not done, the oldest first; `renamed` are whole as they were given their name at once."""
        now, there = time.monotonic(), dict(_files(self.folder))
        self.waiting = {n: w for n, w in self.waiting.items() if n in there}
        self.done = {n: d for n, d in self.done.items() if n in there}
        out = []
        for name, look in there.items():
            if name in self.done and self.done[name][0] == look:
                self.waiting.pop(name, None)
                continue
            if self.waiting.get(name, (None,))[0] != look:
                self.waiting[name] = (look, now)
            if name in renamed or now - self.waiting[name][1] >= SETTLE:
                out.append(name)
        return [self.folder / n for n in sorted(out, key=lambda n: (there[n][1], n))]

    def keep(self, name: str, look: Look, digest: str) -> None:
        """List a file as done, for good."""
        with on_disk(self.out), (self.out / DONE).open("a", encoding="utf-8") as file:
            file.write(_line(name, look, digest))
            file.flush()
            os.fsync(file.fileno())
        self.forget(name, look, digest)

    def forget(self, name: str, look: Look, digest: str) -> None:
        """Look at a file no more until it changes."""
        self.done[name] = (look, digest)
        self.waiting.pop(name, None)

    def note(self, name: str) -> Path:
        """Where it says why a file could not be scored."""
        return self.out / FAILED / f"{name}.json"

    def answer(self, name: str) -> Path:
        """Where the answer to a file goes: its own name where that says CSV or Parquet, and else with ".csv" after it."""
        return self.out / (name if Path(name).suffix.lower() in (".csv", ".parquet") else f"{name}.csv")


def _line(name: str, look: Look, digest: str) -> str:
    row = {"file": name, "sha256": digest, "size": look[0], "changed": look[1], "number": look[2]}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _files(folder: Path) -> Iterator[tuple[str, Look]]:
    """The plain files of a folder that have their final name."""
    with os.scandir(folder) as entries:
        for e in entries:
            with suppress(OSError):  # gone since
                if e.name[0] != "." and not e.name.lower().endswith(UNFINISHED) and e.is_file():
                    found = e.stat()
                    yield e.name, (found.st_size, found.st_mtime_ns, found.st_ino)


def _scored(inbox: Inbox, path: Path, cast: Any) -> Came:
    """Score one file and list it as done; what is wrong with it is written beside the answers."""
    look, name, since = inbox.waiting[path.name][0], path.name, inbox.waiting[path.name][1]
    try:
        digest = _hash(path)
    except FileNotFoundError:
        return Came()
    except OSError as no:
        why = (no.strerror or type(no).__name__).lower()
        return _failed(
            inbox, path, "", MachineError("P101", f"{name} cannot be read: {why}", where=name, fix="see to its rights")
        )
    if inbox.done.get(name, (None, ""))[1] == digest or _noted(inbox.note(name)) == digest:
        inbox.forget(name, look, digest)  # only its time is another one
        return Came()
    placed = attempt(lambda: flow.place(_alone(cast) if look[0] < SMALL else cast, (str(path),)))
    if not _is(path, look):
        return Came()  # it was not whole: it waits again
    if isinstance(placed, PersonaeError):
        return _failed(inbox, path, digest, placed)
    ids, placement = placed
    table = plugins.find("exporters", "parquet").users(ids, placement, cast.personas)
    answer = inbox.answer(name)
    with whole_file(answer, overwrite=True) as temp:
        plugins.find("exporters", answer.suffix[1:].lower()).write(table, temp)
    inbox.note(name).unlink(missing_ok=True)
    inbox.keep(name, look, digest)
    return Came(len(table), 0, int((placement.kind == Place.OUTSIDE).sum()), (time.monotonic() - since,), cast.run)


def _alone(cast: Any) -> Any:
    """The run with an engine of one thread, which for a small file takes a third less than several."""
    return replace(cast, study=replace(cast.study, threads=1))


def _failed(inbox: Inbox, path: Path, digest: str, wrong: PersonaeError) -> Came:
    """Write down why a file could not be scored; it is tried again when it changes, or when listening begins anew and the note
    is gone."""
    with whole_file(inbox.note(path.name), overwrite=True) as temp:
        note = {"file": path.name, "sha256": digest, **wrong.as_dict()}
        temp.write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    inbox.forget(path.name, inbox.waiting[path.name][0], digest)
    return Came(aside=1, said=f"a file could not be scored ({wrong.code}): {FAILED}/{path.name}.json says why")


def _noted(note: Path) -> str:
    """The hash of the file that a note is about; "" where there is none."""
    with suppress(OSError, ValueError, KeyError):
        return str(json.loads(note.read_text(encoding="utf-8"))["sha256"])
    return ""


def _is(path: Path, look: Look) -> bool:
    """Whether a file still looks as it did."""
    with suppress(OSError):
        found = path.stat()
        return (found.st_size, found.st_mtime_ns, found.st_ino) == look
    return False


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _looks(inbox: Inbox, stop: Stop) -> Iterator[frozenset[str]]:
    """Moments to look at the folder; each gives the names that were renamed from an unfinished one just now.

    Raises DataError P101 when the folder is gone.
    """
    yield frozenset()
    began, changes = time.monotonic(), _changes(inbox.folder, stop)
    due = began + LOOK
    while not stop.is_set():
        names = next(changes)
        began = time.monotonic()
        if names or inbox.waiting or began >= due:
            if not inbox.folder.is_dir():
                fix, did = "bring it back, and listen again", "what was done stays done"
                raise DataError("P101", "the folder that was listened to is gone", where=str(inbox.folder), did=did, fix=fix)
            yield _renamed(inbox.folder, names)
            due = time.monotonic() + max(LOOK, 20 * (time.monotonic() - began))  # a large folder takes a twentieth of the time


def _changes(folder: Path, stop: Stop) -> Iterator[frozenset[str]]:
    """Names in the folder that something happened to, or none after half the time that a file settles in. Where the library
    that asks the system is missing, or the system does not tell, there are none."""
    pause = SETTLE / 2
    with suppress(ImportError, OSError, RuntimeError):
        from watchfiles import watch

        how: dict[str, Any] = {"watch_filter": None, "recursive": False, "yield_on_timeout": True, "raise_interrupt": True}
        how |= {"debounce": 10, "step": 10, "rust_timeout": int(1000 * pause)}
        for found in watch(folder, stop_event=stop, **how):
            yield frozenset(Path(name).name for _, name in found)
    while True:
        stop.wait(pause)
        yield frozenset()


def _renamed(folder: Path, names: frozenset[str]) -> frozenset[str]:
    """Of names that something happened to, those that had an unfinished name just before."""
    gone = [n for n in names if (n[0] == "." or n.lower().endswith(UNFINISHED)) and not (folder / n).exists()]
    before = {n[: -len(e)] for n in gone for e in UNFINISHED if n.lower().endswith(e)}
    hidden = {n for n in names for g in gone if g[0] == "." and g[1:].startswith(n)}
    return frozenset((before | hidden) & names)
