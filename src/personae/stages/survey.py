"""Columns of answers: cells with several answers, one column an option, answers with an order, questions not put to all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from personae.audit import scales
from personae.audit.blocks import ASKED, FEWEST, asked_of_some, not_chosen, question
from personae.audit.several import MARKS, named, several
from personae.errors import UsageError
from personae.model.study import Study
from personae.model.table import Column, Kind, Level, Note, Scheme, Table, Way
from personae.stages.satisfaction import asks_to_recommend

MOST_CELLS = 200_000
"""Different cells that are looked at for several answers; a column of more holds texts, unless --multi names it."""
_TEXTS = (Kind.CATEGORY, Kind.TEXT)


@dataclass
class _Work:
    """What is learnt of one table on the way."""

    engine: Any
    table: Table
    study: Study
    notes: list[Note] = field(default_factory=list)

    def say(self, words: str, fix: str, level: Level = Level.PASS) -> None:
        """A note about the table."""
        self.notes.append(Note(level, "P103", words, self.table.source, fix))


def survey(engine: Any, table: Table, key: Column, study: Study) -> Table:
    """The same table of one row a user, its columns with the schemes by which their texts become measures, and each said.

    Raises UsageError P001 when --ordinal cannot be read, or leaves out a level that stands in its column.
    """
    work = _Work(engine, table, study)
    orders = orders_of(study)
    taken = {key.name, study.id, study.time, study.event, study.value, *study.ignore}
    texts = [c for c in table.columns if c.name not in taken and c.kind in _TEXTS and c.distinct]
    schemes = {c.name: _declared(work, c, orders[c.name]) for c in table.columns if c.name in orders}
    open_ = [c for c in texts if c.name not in schemes]
    schemes |= _several(work, open_)
    schemes |= _chosen(work, [c for c in open_ if c.name not in schemes])
    schemes |= _worded(work, [c for c in open_ if c.name not in schemes])
    schemes |= _scored(work, [c for c in table.columns if c.name not in taken and c.name not in schemes])
    columns = tuple(_with(c, schemes.get(c.name)) for c in table.columns)
    return replace(table, columns=columns, notes=(*table.notes, *work.notes))


def _with(column: Column, scheme: Scheme | None) -> Column:
    """The column with its scheme and the question it belongs to."""
    if scheme is None:
        return column
    own = {Way.SEVERAL: column.name, Way.CHOSEN: question(column.name) or column.name}
    return replace(column, scheme=scheme, block=own.get(scheme.way, ""))


# ---------------------------------------------------------------- answers with an order


def orders_of(study: Study) -> dict[str, tuple[str, ...]]:
    """The levels of --ordinal, from low to high, by column. Raises UsageError P001 for anything but "plan=free<pro<team"."""
    orders = {}
    for said in study.ordinal:
        name, _, levels = said.partition("=")
        words = tuple(w.strip() for w in levels.split("<"))
        if len(words) < 2 or not all(words) or len(set(words)) < len(words):
            fix = 'write the levels from low to high: --ordinal "plan=free<pro<team"'
            raise UsageError("P001", f'"{said}" is no order', where="--ordinal", fix=fix)
        orders[name.strip()] = words
    return orders


def _declared(work: _Work, column: Column, words: tuple[str, ...]) -> Scheme:
    """The order that was given, when it has a place for every level."""
    known = scales.ranks(words)
    left = [v for v in _cells(work, column) if v.strip() and scales.plain(v) not in known and not scales.silent(v)]
    if left:
        some = ", ".join(f'"{level[:40]}"' for level in left[:3]) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
        fix = f'give every level its place, or declare what means empty with --missing: --ordinal "{column.name}=...<..."'
        raise UsageError("P001", f'the order of "{column.name}" leaves out {some}', where="--ordinal", fix=fix)
    return Scheme(Way.RANKED, words)


def _worded(work: _Work, columns: Sequence[Column]) -> dict[str, Scheme]:
    """Columns whose levels are the steps of one known scale; the same scale has the same steps in the whole table."""
    could = [c for c in columns if scales.FEWEST <= c.distinct <= 12]
    levels = {c.name: [v.strip() for v in _cells(work, c) if v.strip()] for c in could}
    found = {name: n for name, said in levels.items() if (n := scales.scale_of(said)) is not None}
    schemes: dict[str, Scheme] = {}
    for number in dict.fromkeys(found.values()):
        names = [name for name, n in found.items() if n == number]
        said = [v for name in names for v in levels[name]]
        words = _steps([v for v in said if not scales.silent(v)], number)
        mute = sorted({v for v in said if scales.silent(v)})
        aside = f"; {_listed(mute)}: no place on it, taken as empty" if mute else ""
        schemes |= {name: Scheme(Way.RANKED, words) for name in names}
        what = f"{_listed(names)} {'is' if len(names) == 1 else 'are'} read as a scale: {' < '.join(words)}{aside}"
        work.say(what, f'for another order: --ordinal "{names[0]}=...<..."')
    return schemes


def _steps(levels: Sequence[str], number: int) -> tuple[str, ...]:
    """The steps of a scale from low to high, each once however it is spelled."""
    spelled: dict[str, str] = {}
    for level in sorted(levels):
        spelled.setdefault(scales.plain(level), " ".join(level.split()))
    return scales.ordered(spelled.values(), number)


# ---------------------------------------------------------------- would you recommend us


def _scored(work: _Work, columns: Sequence[Column]) -> dict[str, Scheme]:
    """Columns that say from 0 to 10 whether one would recommend: named, or told by name and values."""
    found = [c for c in columns if c.name in work.study.nps or (not work.study.nps and asks_to_recommend(c))]
    for c in found:
        ends = [float(e or "nan") for e in (c.low, c.high)] if c.kind is Kind.INTEGER else []
        if not ends or not 0 <= ends[0] <= ends[1] <= 10:
            seen = f"values from {c.low} to {c.high}" if c.kind.numeric else f"{c.kind}"
            fix = f"name another column, or take it as it is: leave out --nps {c.name}"
            raise UsageError(
                "P001", f'"{c.name}" holds {seen}, and NPS is made of answers from 0 to 10', where="--nps", fix=fix
            )
        work.say(f'"{c.name}" gives the NPS: 9 and 10 promote, 0 to 6 detract', f'if it is none: --ignore "{c.name}"')
    return {c.name: Scheme(Way.SCORED, (c.name,) if i else ()) for i, c in enumerate(found)}


# ---------------------------------------------------------------- several answers in a cell


def _several(work: _Work, columns: Sequence[Column]) -> dict[str, Scheme]:
    """Columns whose cells hold several answers: those that were named, or else told by their values."""
    schemes = {}
    for c in columns:
        asked = c.name in work.study.multi
        if not asked and (work.study.multi or c.distinct > MOST_CELLS or not _hold_marks(work, c)):
            continue
        cells = _cells(work, c)
        scheme = named(cells, work.study.floor) if asked else several(cells, work.study.floor)
        if scheme is None or not scheme.words:
            continue
        schemes[c.name] = scheme
        rarer = f"; rarer ones are taken together as {OTHER!r}" if scheme.rest else ""
        said = f'"{c.name}" holds several answers in a cell, separated by {MARKS[scheme.mark]}: {len(scheme.words)} options'
        apart = "to take each cell as one answer: --multi none, or name the columns that do"
        work.say(f"{said} of at least {work.study.floor} people each{rarer}", "" if asked else apart)
    return schemes


OTHER = "other"
"""The name of all options that fewer people than the floor chose."""


def _hold_marks(work: _Work, column: Column) -> bool:
    """Whether some cells hold what may separate answers."""
    name = work.engine.quote(column.name)
    marks = " OR ".join(f"contains({name}, '{m}')" for m in MARKS)
    ((found,),) = work.engine.rows(f"SELECT count(*) FILTER ({marks}) FROM {work.engine.quote(work.table.relation)}")
    return bool(found >= FEWEST)


def _cells(work: _Work, column: Column) -> Mapping[str, int]:
    """The different cells of a column, in the order of their bytes, and how often each stands."""
    name = f"CAST({work.engine.quote(column.name)} AS VARCHAR)"
    found = work.engine.rows(
        f"SELECT {name} AS v, count(*) FROM {work.engine.quote(work.table.relation)} WHERE v IS NOT NULL GROUP BY v ORDER BY v"
    )
    return dict(found)


# ---------------------------------------------------------------- one column an option


def _chosen(work: _Work, columns: Sequence[Column]) -> dict[str, Scheme]:
    """Columns that hold the words of one option, or that it was not chosen: "Not selected", or nothing."""
    schemes = {}
    for c in columns:
        said = [e for e in c.examples if e.strip()]
        marks = [e for e in said if not_chosen(e)]
        if c.distinct == len(said) == 2 and len(marks) == 1:
            option = next(e for e in said if e not in marks)
            if c.rows - c.empty - _cells(work, c).get(marks[0], 0) < work.study.floor:
                continue
            schemes[c.name] = Scheme(Way.CHOSEN, (" ".join(option.split()),), marks[0].strip().lower())
    for block in _questions([c for c in columns if c.name not in schemes and _only(c, work.study.floor)]):
        if len({c.examples[0] for c in block}) == len(block):
            schemes |= {c.name: Scheme(Way.CHOSEN, (" ".join(c.examples[0].split()),)) for c in block}
    blocks = _questions([c for c in columns if c.name in schemes])
    for block in blocks:
        how = f'"{schemes[block[0].name].mark}"' if schemes[block[0].name].mark else "nothing"
        what = f'"{block[0].name}" to "{block[-1].name}" are {len(block)} options of one question'
        work.say(f"{what}: a cell holds the option, or {how} when it was not chosen", "")
    return schemes


def _only(column: Column, floor: int) -> bool:
    """Whether a column holds the same words for some people, and nothing for the others."""
    return column.distinct == 1 and bool(column.empty) and column.rows - column.empty >= floor


def _questions(columns: Sequence[Column]) -> list[list[Column]]:
    """Columns by the question their names begin with, where it has several."""
    blocks: dict[str, list[Column]] = {}
    for c in columns:
        if name := question(c.name):
            blocks.setdefault(name, []).append(c)
    return [b for b in blocks.values() if len(b) > 1]


# ---------------------------------------------------------------- questions that only some were asked


def unasked(engine: Any, table: Table, study: Study) -> tuple[dict[str, str], tuple[Note, ...]]:
    """Columns of questions that only some people were asked, with the reason why they form no groups, and what to say.

    Groups of who was asked what would say nothing of the people. Columns that --group-by names are left alone.
    """
    why: dict[str, str] = {}
    notes = []
    for block, text, rows in asked_of_some(engine, table):
        names = [n for n in block if n not in study.group_by and n not in why]
        if len(names) < FEWEST:
            continue
        gap = text or "empty"
        words = f'a block of {len(names)} columns, "{names[0]}" to "{names[-1]}", is {gap} in the same {rows:,} rows'
        fix = f'if these questions were not asked there: --missing "{text}"' if text else ""
        if table.used - rows < ASKED * table.used:
            why |= dict.fromkeys(
                names, f"{gap} in the same {rows:,} rows as {len(names) - 1} other columns: not asked of everybody"
            )
            words += ": questions that were not put to everybody; they describe and form no groups"
            fix = f'if they should form groups: --group-by "{names[0]},..."'
        elif text:
            words += ": questions that were not asked?"
        else:
            continue
        notes.append(Note(Level.WARN, "P103", words, table.source, fix))
    return why, tuple(notes)


def _listed(names: Sequence[str], most: int = 3) -> str:
    """The first names of a list, in quotes."""
    said = [f'"{n}"' for n in names[:most]] + ([f"{len(names) - most:,} more"] if len(names) > most else [])
    return " and ".join((", ".join(said[:-1]), said[-1])) if len(said) > 1 else said[0]
