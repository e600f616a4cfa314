"""Scoring by what was counted before: new files of a log are added to a tally, and everyone is placed by the whole of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personae import plugins
from personae.databases.address import is_database
from personae.errors import DataError, UsageError
from personae.flow import known_tables, names_of
from personae.model.cast import Cast
from personae.model.features import Features
from personae.model.rule import Placement, Rule
from personae.model.study import Study
from personae.model.table import Table
from personae.model.tally import Counted, Piece, Tally
from personae.progress import quietly, warn
from personae.sql import tally as sql
from personae.stages.addable import addable, check_few, columns_of, the_log
from personae.stages.counting import begin, check_unit, count, kinds, relation
from personae.stages.exclusion import exclusion
from personae.stages.log import MOST_EVENTS
from personae.stages.overlap import FINDING
from personae.stages.parts import able
from personae.stages.prepare import prepare
from personae.stages.read import STDIN, empty, paths
from personae.stages.recall import check_inputs, check_values, pinned, unread
from personae.stages.score import place_features
from personae.stages.spared import check_spared
from personae.stages.tallied import check_any, reached, tallied
from personae.store.tally import Kept
from personae.store.tally import tally as opened

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Scored:
    """Ids and places of everyone in a tally; files that were added to it and passed over in this call, and all files and rows
    that it holds now."""

    ids: pa.StringArray
    placement: Placement
    added: int
    passed: int
    files: int
    rows: int


def score(cast: Cast, sources: Sequence[str], folder: Path) -> Scored:
    """Ids and places of everyone whose events the tally in `folder` holds or who is in a table of `sources`, once the files of
    the log among `sources` are added to it; the same as of all files together. A file that was added before is passed over.

    Raises as `read` does.
    """
    features, work = read(cast, sources, folder)
    files = work.held.files
    placement = place_features(cast.rule, features)
    return Scored(features.ids, placement, work.added, work.passed, len(files), sum(f.rows for f in files))


def read(cast: Cast, sources: Sequence[str], folder: Path) -> tuple[Features, Work]:
    """What the rule of a cast reads of them, and what was done. Nothing is kept unless everything could be read.

    Raises UsageError P115 for a rule that reads what does not add up, P001 for a tally of other things, and as reading does.
    """
    counted = addable(cast)
    assert cast.rule is not None  # noqa: S101 - asked by addable
    with (
        opened(folder) as kept,
        plugins.find("engines", "duckdb").connect(memory=cast.study.memory, threads=cast.study.threads) as engine,
    ):
        _check_same(kept.held, counted, folder, cast)
        begin(engine, kept.held.counted if kept.held else counted, kept.parts)
        work = Work(engine, cast, the_log(cast), kept.held or Tally(counted))
        for source in sources:
            work.add(source)
        work.check_overlap(len(kept.held.files) if kept.held else 0)
        check_any(engine, str(folder))
        gone = _without(engine, cast, work.held.counted)
        features = _features(engine, cast, cast.rule, work)
        if work.added or gone:
            _save(engine, kept, work, whole=gone or kept.full)
    return features, work


@dataclass
class Work:
    """What is being added in one call."""

    engine: Any
    cast: Cast
    log: Table
    held: Tally
    others: list[str] = field(default_factory=list)
    added: int = 0
    passed: int = 0

    def add(self, source: str) -> None:
        """Count the files of a source; one that is a table of users is read later."""
        if is_database(source):
            raise UsageError(
                "P001", "a table of a database cannot be told from what was counted before", where=source,
                did="nothing was counted", fix="write the new rows to a file, and name that",
            )  # fmt: skip
        for path in [source] if source == "-" else map(str, paths(source)):
            if source != "-" and self._known(_hash(Path(path))):
                self._pass(Path(path).name)
            elif not self._counted(path):
                self.others.append(source)
                return

    def _counted(self, path: str) -> bool:
        """Count one file; False where it is no log."""
        study = _reading(replace(self.cast.study, sources=(path,), sheet=""), self.log)
        try:
            tables, seen, known, *_ = known_tables(self.engine, self.cast, study, None)
        except DataError as error:
            if error.code == "P107" and self._quiet(study):
                return True
            raise
        logs = [t for t in seen if t.measured and t.shape == "events"]
        for table in logs:
            if self._known(table.files[0][1]) and len(logs) == 1:
                self._pass(table.source)
                continue
            check_unit(next(t for t in tables if t.source == table.source), self.log)
            self.held = count(self.engine, table, self.log, known, self.held)
            self.added += 1
        self._check_rejects(study)
        _clear(self.engine)
        return bool(logs)

    def _quiet(self, study: Study) -> bool:
        """Pass over a file of a log without rows; False where it is another, or nothing was counted yet."""
        if not self.held.files:
            return False
        _clear(self.engine)
        with quietly():
            tables = empty(self.engine, study)
        _clear(self.engine)
        wanted = set(columns_of(self.held.counted))
        if not tables or any(not wanted <= {c.name for c in t.columns} for t in tables):
            return False
        warn(f"{tables[0].source} holds no rows: it is passed over")
        return True

    def _known(self, digest: str) -> bool:
        return any(f.sha256 == digest for f in self.held.files)

    def _pass(self, name: str) -> None:
        self.passed += 1
        warn(f"{name} was counted before: it is passed over")

    def _check_rejects(self, study: Study) -> None:
        """Rows that were set aside, of all files together, are within what the run allows."""
        bad = sum(f.set_aside for f in self.held.files)
        if bad > study.allow_rejects:
            what = f"{bad:,} rows of all files were set aside, and {study.allow_rejects:,} are allowed"
            raise DataError("P102", what, where=self.held.files[-1].name, did="nothing was counted", fix="correct the file")

    def check_overlap(self, before: int) -> None:
        """Say which new files are of a time that other files were of. Where the same events are to count once, or a file
        of that name was counted before, refuse them (DataError P104)."""
        files = self.held.files
        found = [(f, o) for i, f in enumerate(files) if i >= before for o in files[:i] if _meet(f, o)]
        if not found or FINDING in self.cast.study.accept:
            return
        one, other = found[0]
        said = f"{one.name} is of a time that {other.name} is of too"
        if self.cast.study.on_duplicate:
            raise DataError(
                "P104", f"{said}, and the run counts what stands in two files once, which a tally cannot see",
                where=one.name, did="nothing was counted", fix="score all files at once, without --tally",
            )  # fmt: skip
        again = next((f for f, o in found if f.name == o.name != STDIN and o in files[:before]), None)
        if again is not None:
            raise DataError(
                "P104", f"a file called {again.name} was counted before, with other bytes, and the times of the two overlap",
                where=again.name, did="nothing was counted", fix="if it holds the rows of before too, count all files anew "
                "into another folder: personae score ALL_FILES --tally DIR; if all its rows are new, give it another name",
            )  # fmt: skip
        warn(f"{said}: each row counts, so see that none stands in both")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _meet(one: Piece, other: Piece) -> bool:
    """Whether the times of two files overlap."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low <= other.high and other.low <= one.high


_ORDERS = ("dmy", "mdy", "ymd")


def _reading(study: Study, log: Table) -> Study:
    """The study with the order of dates and the decimal mark that the run found, which a file of one day may leave open."""
    orders = {c.format for c in log.columns if c.format in _ORDERS}
    marks = {m for c in log.columns if (m := {"comma": ",", "grouped": "."}.get(c.format))}
    return replace(
        study,
        dates=study.dates or (next(iter(orders)) if len(orders) == 1 else ""),
        decimal=study.decimal or (next(iter(marks)) if len(marks) == 1 else ""),
    )


def _clear(engine: Any) -> None:
    """Let go of the rows of a file."""
    for kind in ("view", "table"):
        for (name,) in engine.rows(f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE starts_with({kind}_name, 'source_')"):
            engine.execute(f"DROP {kind} IF EXISTS {engine.quote(name)}")


def _check_same(held: Tally | None, counted: Counted, folder: Path, cast: Cast) -> None:
    """Raise UsageError P001 where a tally does not hold what the rule reads."""
    lacks = held.counted.lacks(counted) if held is not None else ""
    if lacks:
        raise UsageError(
            "P001", f"this tally was counted for a rule that reads other things: it has {lacks}", where=str(folder),
            did="nothing was read", fix="count all files anew into another folder: personae score ALL_FILES --tally DIR",
        )  # fmt: skip


def _without(engine: Any, cast: Cast, counted: Counted) -> bool:
    """Hide those who take no part from now on, and the names of what only they did; whether there were any."""
    import pyarrow as pa

    listed = exclusion(cast.study.exclude, counted.id)
    if not listed.rolls:
        return False
    who = engine.arrow(f"SELECT u, id FROM {relation('who')} WHERE id IS NOT NULL")
    away = listed.among(who.column(1).to_pylist())
    if not away:
        return False
    held = pa.table({"id": pa.array(sorted(away), pa.string())})
    engine.register("personae_tally_listed", held)
    gone = relation("gone")
    engine.execute(sql.listed(gone, relation("who"), "personae_tally_listed"))
    engine.unregister("personae_tally_listed")
    for name in kinds(counted):
        without = {"done": relation("done")} if name == "names" else {"gone": gone}
        engine.execute(sql.both(relation(name), relation(name, "old"), relation(name, "new"), **without))
    return True


def _features(engine: Any, cast: Cast, rule: Rule, work: Work) -> Features:
    """What the rule reads of everyone."""
    log, counted = work.log, work.held.counted
    study = replace(cast.study, sources=tuple(work.others), sheet="")
    engine.execute(sql.here(relation("ids"), relation("who"), engine.quote(counted.id)))
    whole = replace(log, relation=relation("ids"), ids="", notes=())
    tables: tuple[Table, ...] = ()
    seen: tuple[Table, ...] = ()
    if work.others:
        tables, seen, *_ = known_tables(engine, cast, study, None)
        seen = tuple(t for t in seen if t.shape != "events")
    known = pinned(study, (whole, *tables), cast.tables)
    give: Callable[[Any, Table, Study, int], Any] = partial(tallied, cast=cast, held=work.held)
    everything = _in_order(cast, (whole, *seen))
    features = prepare(engine, everything, known, rule, names_of(cast, everything), give)
    if features.counts is not None and not able(cast, rule, everything):
        check_few(cast, len(features.counts.events), MOST_EVENTS)
    check_spared(features.ids, exclusion(cast.study.exclude, counted.id))
    check_inputs(rule, features, (whole, *tables), cast.tables)
    check_values(rule, unread(rule, features), len(features), everything)
    return features


def _in_order(cast: Cast, tables: Sequence[Table]) -> tuple[Table, ...]:
    """Tables in the order in which the run read those that they resemble."""
    order = {t.source: i for i, t in enumerate(cast.tables)}
    return tuple(sorted(tables, key=lambda t: order.get(t.source, len(order))))


def _save(engine: Any, kept: Kept, work: Work, *, whole: bool) -> None:
    """Keep what was added, or all of it anew."""
    counted, text = work.held.counted, plugins.find("engines", "duckdb").text
    with quietly():
        since, own = reached(engine, work.log, work.cast.study, counted) if whole else (None, None)
    dropped = [day for day in (work.held.since, since) if day is not None]
    held = replace(work.held, since=max(dropped, default=None))
    kind = {name: of for name, (of, _) in kinds(counted).items()}

    def write(name: str, path: Path) -> None:
        rows = relation(name) if whole else relation(name, "new")
        engine.execute(sql.kept(sql.added(kind[name], rows, since, own), text(path)))

    with quietly():
        kept.save(held, tuple(kind), write, whole=whole)
