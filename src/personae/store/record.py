"""The record of runs: a SQLite index and one immutable folder a result, visible by one committed row.

`.personae/index.db` lists the runs; `.personae/runs/<hash>/` holds a result, named by its content, so that equal runs
share one folder. Whoever writes holds the lock; readers never wait.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from personae.errors import DataError, MachineError, PersonaeError, UsageError
from personae.model.cast import Cast
from personae.model.edit import Edit
from personae.progress import warn
from personae.store import casts, edits, given, switches
from personae.store.atomic import on_disk, removed, sweep, taken, whole_folder
from personae.store.carry import carried, counterparts
from personae.store.entry import Entry
from personae.store.excluded import sparing
from personae.store.held_back import held_back
from personae.store.index import at_once, following, insert, opened, runs, update
from personae.store.intent import intend, settle, settled
from personae.store.lock import only_writer
from personae.words.edited import edited


@dataclass(frozen=True)
class Record:
    """The runs kept in the folder `root`."""

    root: Path

    def add(
        self,
        cast: Cast,
        folder: Path | None,
        date: str,
        *,
        overwrite: bool = False,
        more: Callable[[Path, Cast], None],
        current: bool | None = None,
        since: str = "",
        known: int | None = None,
    ) -> Entry:
        """Keep the cast, write its readable files into `folder` (`more` adds to them), and list the run, in that order.

        `folder` None means reports/<date>_<id> beside the record. Edits of an earlier run are carried over: what is kept is the
        cast as it is, what is written and given to `more` has them applied. Until the row is committed nothing of the run is
        visible; when anything fails nothing of it stays. `current` says whether it becomes the current run; None lets the data
        say so: not where they end before those of the current run, about the same people. What is not to become the current
        run, and is listed as such of the same data, is not listed twice: that entry is returned. `since` is the run that was
        current when the work on this one began, `known` the highest number that a key had then. Raises MachineError when the
        machine says no, another became current since, or a key was given.
        """
        with self.writing() as index:
            self.clean(index)
            self._still(index, since)
            if known is not None and cast.change is not None:
                given.none_since(index, runs(index), self.root / "runs", cast.change.before.run, known)
            held = held_back(index, self.root / "runs", cast) if current is False else None
            if held is not None and folder is None and _is_run(str(self.place(held))):
                return held
            cast = cast if held is None else casts.load(self.root / "runs" / held.digest, held.digest)
            digest = self.keep(partial(casts.write, cast))
            entry = held or Entry(following(index), digest, date, "", *_about(cast))
            place = folder or self.root.parent / (held.folder if held else f"reports/{date}_{entry.id}")
            if folder is None and taken(place):
                place = _free_name(place)
            entry = replace(entry, folder=self._relative(place))
            new = () if edits.read(index, digest) else self._carried(index, cast)
            shown = self._shown(cast, edits.read(index, digest) or new)

            def listed() -> None:
                with at_once(index):
                    if held is not None:
                        update(index, entry)
                        return
                    if not self._back_filled(index, entry, cast) if current is None else current:
                        switches.switch(index, entry.number, date, "run")
                    insert(index, entry)
                    highest = max(shown.given, given.by_edits(edits.read(index, digest)))
                    given.listed(index, runs(index), entry, highest)
                    for e in new:
                        edits.add(index, digest, e)

            def readable(temp: Path) -> None:
                intend(self.root, entry.number, place, temp)
                more(temp, shown)

            with settled(self.root):
                casts.save(
                    shown,
                    place,
                    overwrite=overwrite,
                    more=readable,
                    written=None if shown.edits or shown.change is not cast.change else self.root / "runs" / digest,
                    then=listed,
                )
        return entry.sealed()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The index for whoever writes, nobody else writing meanwhile. Raises MachineError naming who holds it."""
        self.prepare()
        with only_writer(self.root / "lock"), opened(self.root / "index.db", write=True) as index:
            yield index

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The index for whoever reads; never waits for a writer."""
        with opened(self.root / "index.db", write=False) as index:
            yield index

    def prepare(self) -> None:
        """Make the folder if need be and see that it can be written, before anybody waits for a result."""
        with on_disk(self.root):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.root / "runs").mkdir(mode=0o700, exist_ok=True)
            ignore = self.root / ".gitignore"
            if not ignore.exists() or not ignore.stat().st_size:
                ignore.write_text("*\n", encoding="utf-8")
            if not os.access(self.root, os.W_OK):
                raise PermissionError(13, "Permission denied", str(self.root))

    def entries(self) -> list[Entry]:
        """All runs, oldest first; none where there is no record."""
        if not (self.root / "index.db").is_file():
            return []
        with self.reading() as index:
            return runs(index)

    def entry(self, name: str = "") -> Entry:
        """The run of that id, the current one when no name is given. Raises UsageError P201 when there is none."""
        known, current = self._listed()
        if current is None:
            raise UsageError(
                "P201",
                "no run is recorded here",
                where=str(self.root),
                did="nothing was read",
                fix="make one: personae run FILES",
            )
        for run in (current, *reversed(known)):
            if not name or run.id == name or (name[:1] == "r" and name[1:].isdigit() and int(name[1:]) == run.number):
                return run
        raise UsageError(
            "P201",
            f"there is no run {name}",
            where=str(self.root),
            did="nothing was read",
            fix=f"use one of {', '.join(r.id for r in known[-5:])}, or the folder of a run; personae runs lists them",
        )

    def _listed(self) -> tuple[list[Entry], Entry | None]:
        """All runs, and the current one."""
        if not (self.root / "index.db").is_file():
            return [], None
        with self.reading() as index:
            known = runs(index)
            return known, switches.current(index, known)

    def load(self, name: str = "") -> Cast:
        """A run by id, by folder, or the current one, as people edited it.

        Raises UsageError P201 for none, DataError P202 for a damaged one.
        """
        if _is_run(name):
            return sparing(self._in_folder(Path(name)), self.root)
        entry = self.entry(name)
        try:
            whole = self._shown(None, self.edits(entry.id), _trusted(entry).digest)
        except PersonaeError:
            if self.entry(name) == entry:
                raise
            return self.load(name)  # it was written anew or pruned meanwhile, or another became current
        return sparing(self._knowing(replace(whole, run=entry.id)), self.root)

    def bare(self, name: str = "") -> Cast:
        """The same with nobody's names and notes: as it was described last."""
        entry = self.entry(name)
        held = [e for e in self.edits(entry.id) if e.structural]
        whole = replace(self._shown(None, held, _trusted(entry).digest), run=entry.id, edits=())
        return sparing(self._knowing(whole), self.root)

    def _knowing(self, cast: Cast) -> Cast:
        """A run that knows the highest key ever given."""
        highest = self.given(cast.run)
        return cast if highest <= cast.given else replace(cast, evidence=replace(cast.evidence, given=highest))

    def given(self, name: str = "") -> int:
        """The highest number that a key ever had in a run, in those it descends from, their other refreshes and all edits of
        them, though they be undone or pruned."""
        entry = self.entry(name)
        with self.reading() as index:
            return given.given(index, runs(index), self.root / "runs", entry)

    def edits(self, name: str = "") -> tuple[Edit, ...]:
        """Every edit of a run, oldest first: those that hold, those that were undone, and those that wait."""
        entry = self.entry(name)
        with self.reading() as index:
            return edits.read(index, entry.digest)

    def edit(self, name: str, made: Callable[[Cast], tuple[Edit, Cast | None]]) -> Edit:
        """Record one edit. `made` gets the run as it is edited so far, nobody else writing, and gives the edit and, where it
        changes who is in which persona, the run described anew. Raises what `made` raises, and MachineError."""
        self.entry(name)  # says what there is before anything is opened for writing
        with self.writing() as index:
            entry = self.entry(name)
            edit, anew = made(replace(self._shown(None, edits.read(index, entry.digest), entry.digest), run=entry.id))
            with on_disk(self.root):
                edit = replace(edit, derived=self.keep(partial(casts.write, anew)) if anew is not None else "")
                given.raised(index, entry.digest, edit.made)
                return edits.add(index, entry.digest, edit)

    def undo(self, name: str = "", number: int | None = None) -> Edit:
        """Take an edit of a run back, the last one that holds when no number is given. It stays in the record as undone.

        Raises UsageError P201 when there is none, P001 when a later merge or split rests on it.
        """
        self.entry(name)
        with self.writing() as index, on_disk(self.root):
            entry = self.entry(name)
            return edits.undone(index, entry.digest, entry.id, number)

    def asked(self) -> frozenset[str]:
        """Ids of everybody who was put on an interview list of this record; nobody where there is none."""
        if not (self.root / "index.db").is_file():
            return frozenset()
        with self.reading() as index:
            return edits.asked(index)

    def ask(self, name: str, date: str, ids: Sequence[str]) -> int:
        """Remember the people of an interview list, whoever they are; returns the number of the list. The run may be the folder
        of one that is not recorded here."""
        run = self._whose(Path(name)) if _is_run(name) else self.entry(name)
        with self.writing() as index, on_disk(self.root):
            return edits.ask(index, "" if run is None else run.digest, date, ids)

    def _whose(self, folder: Path) -> Entry | None:
        """The newest run whose files went into a folder; None where no run of this record did."""
        own = (run for run in reversed(self.entries()) if self.place(run).resolve() == folder.resolve())
        return next(own, None)

    def _in_folder(self, folder: Path) -> Cast:
        """The run whose files are in a folder: as it was edited since, where this record knows that it was."""
        with suppress(PersonaeError):
            run = self._whose(folder)
            if run is not None and self.edits(run.id):
                return self.load(run.id)
        return casts.load(folder)

    def _shown(self, cast: Cast | None, made: Sequence[Edit], digest: str = "") -> Cast:
        """A run with its edits: opened where it was described anew for the last merge or split that holds."""
        held = [e for e in made if e.state == "active"]
        anew = next((e.derived for e in reversed(held) if e.derived), digest if cast is None else "")
        whole = casts.load(self.root / "runs" / anew, anew) if anew or cast is None else cast
        return edited(whole, made)

    def _carried(self, index: sqlite3.Connection, cast: Cast) -> tuple[Edit, ...]:
        """The edits of the newest earlier run that has some and is about the same, for this cast."""
        sources = _about(cast)[0]
        rests = cast.change.before.run if cast.change else ""
        for run in reversed(self.entries()):
            if rests and run.id != rests:
                continue
            made = [e for e in edits.read(index, run.digest) if e.state != "undone"]
            if not made:
                continue
            try:
                before = replace(self._shown(None, made, run.digest), run=run.id)
            except PersonaeError as wrong:
                warn(f"the edits of {run.id} were not carried over: {wrong.what}")
                continue
            if run.sources == sources or counterparts(before, cast):
                return carried(made, before, cast)
        return ()

    def _still(self, index: sqlite3.Connection, run: str) -> None:
        """Raise MachineError P501 where another run than this one is current by now."""
        now = switches.current(index, runs(index))
        if run and now is not None and now.id != run:
            what = f"somebody else made {now.id} the current run meanwhile; {run} was it when this refresh began"
            fix = "run the command again: it then begins with the run that is current"
            raise MachineError("P501", what, where=str(self.root), did="nothing was recorded", fix=fix)

    def _back_filled(self, index: sqlite3.Connection, entry: Entry, cast: Cast) -> bool:
        """Whether a run is of an earlier time than the current one, about the same people."""
        now = switches.current(index, runs(index))
        if now is None or not entry.ended or entry.ended >= now.ended:
            return False
        return bool(entry.rests) or casts.shares_people(cast, self.root / "runs" / now.digest)

    def place(self, entry: Entry) -> Path:
        """Where the readable files of a run went, as seen from the working folder."""
        return self.root.parent / entry.folder

    def damage(self, entry: Entry, *, whole: bool) -> str:
        """Why a run cannot be trusted, empty when it can. `whole` compares every file with its hash and not run.json alone."""
        if not entry.whole:
            return "what the record says of it has changed since it was written"
        return casts.damage(self.root / "runs" / entry.digest, entry.digest, whole=whole)

    def keep(self, write: Callable[[Path], str]) -> str:
        """Keep what `write` puts into a folder under the hash that it returns; nothing is kept where that is "".

        A result that is there already stays, unless it is damaged. For whoever writes.
        """
        temp = self.root / "runs" / f"new-{os.getpid()}"
        try:
            with on_disk(self.root):
                temp.mkdir(mode=0o700)
                digest = write(temp)[:32]
            target = self.root / "runs" / digest
            if not digest or (target.exists() and not casts.damage(target, digest, whole=True)):
                return digest
            with whole_folder(target, lambda _: True) as whole:
                whole.chmod(0o700)
                for part in temp.iterdir():
                    part.chmod(0o700 if part.is_dir() else 0o600)
                    shutil.move(part, whole / part.name)
        finally:
            shutil.rmtree(temp, ignore_errors=True)
        return digest

    def clean(self, index: sqlite3.Connection) -> None:
        """Remove results that no row names: left by writers that died. For whoever writes, as only one holds the lock."""
        known = {row[0] for row in index.execute("select digest from runs")} | edits.digests(index)
        with on_disk(self.root):
            settle(self.root, lambda number: any(e.number == number for e in runs(index)))
            sweep(self.root / "runs")
            for left in (self.root / "runs").iterdir():
                if left.name not in known:
                    removed(left)

    def _relative(self, place: Path) -> str:
        """A path that still holds when the project is moved, where there is one."""
        try:
            return place.resolve().relative_to(self.root.resolve().parent).as_posix()
        except ValueError:
            return str(place)


def _trusted(entry: Entry) -> Entry:
    """The entry. Raises DataError P202 where it is not the one that was written."""
    if not entry.whole:
        what = "this run is damaged: what the record says of it has changed since it was written"
        raise DataError("P202", what, where=entry.id, did="nothing was changed", fix="use another run: personae runs")
    return entry


def _is_run(name: str) -> bool:
    """Whether a name is that of a folder with the files of a run."""
    with suppress(OSError):  # a name that no file can have
        return bool(name) and (Path(name) / "run.json").is_file()
    return False


def _about(cast: Cast) -> tuple[str, str, int, int, int, str, str]:
    """What the record lists of a cast, from its sources to what it rests on."""
    sources, ended = ", ".join(t.source for t in cast.tables), cast.window.end if cast.window else ""
    rests = cast.change.before.run if cast.change else ""
    return sources, cast.evidence.verdict.kind.value, len(cast.personas), cast.users, cast.study.seed, ended, rests


def _free_name(place: Path) -> Path:
    """The first of place-2, place-3, ... that is free: a folder of that name was left by another record."""
    number = 2
    while taken(place.with_name(f"{place.name}-{number}")):
        number += 1
    return place.with_name(f"{place.name}-{number}")
