"""The audit: a kind for every column, decided from all of its values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from personae.audit import dates, numbers
from personae.audit.headers import names_id
from personae.audit.look import APART, Seen, find, look, where
from personae.audit.mistakes import aside, breaking, misfit, set_aside
from personae.audit.native import audit_native
from personae.audit.shapes import DATES, NUMBERS
from personae.audit.times import as_times, wild_dates
from personae.model.study import Study
from personae.model.table import Column, Kind, Level, Note, Reject, Table

MOSTLY = 0.9
"""Share of values of one kind from which the others are worth a warning."""
SHORT = 80
"""Characters of the longest text that can still be a category."""
_BOOLEANS = frozenset(
    frozenset(pair.split("/"))
    for pair in [
        "true/false",
        "t/f",
        "yes/no",
        "y/n",
        "on/off",
        "ja/nein",
        "j/n",
        "oui/non",
        "sí/no",
        "si/no",
        "sim/não",
        "sim/nao",
        "tak/nie",
        "да/нет",
        "wahr/falsch",
        "vrai/faux",
    ]
)
_TRUE = frozenset(["true", "t", "yes", "y", "on", "ja", "j", "oui", "sí", "si", "sim", "tak", "да", "wahr", "vrai"])


@dataclass
class _Work:
    """What the audit of one table gathers: notes, and marks that some columns proved."""

    engine: Any
    table: Table
    study: Study
    notes: list[Note] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    gaps: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def find(self, seen: Seen, shapes: Sequence[str]) -> list[tuple[str, int, str]]:
        """(file, line, text) of the first values of these shapes."""
        return find(self.engine, self.table, seen.column, shapes)

    def told(self, column: Column) -> bool:
        """Whether a warning has said how the numbers of a column are read."""
        return any(n.code == "P105" and f'in "{column.name}" is read' in n.words for n in self.notes)

    def note(self, level: Level, code: str, words: str, *, where: str = "", fix: str = "") -> None:
        """Something to be said about the table."""
        self.notes.append(Note(level, code, words, where or self.table.source, fix))


def audit(engine: Any, table: Table, study: Study) -> Table:
    """The same table with every column's kind, format, counts, range and examples; rows that break an otherwise numeric or
    date column are set aside when `study.allow_rejects` covers them.

    Raises DataError P103 (a value does not fit its column), P105 (numbers or dates can be read in two ways).
    """
    seen = look(engine, table, [c for c in table.columns if c.native == "VARCHAR"])
    if rejects := breaking(engine, table, study, seen):
        return audit(engine, set_aside(engine, table, rejects), study)
    work = _Work(engine, table, study)
    kinds = _kinds(work, seen)
    columns = {c.name: c for c in (*kinds, *audit_native(engine, table))}
    ordered = [columns[c.name] for c in table.columns]
    timed, notes = as_times(engine, table, ordered, study)
    ranged, rejects = _ranges(work, timed, {s.column.name: s for s in seen})
    if rejects:
        return audit(engine, set_aside(engine, table, rejects), study)
    _say_gaps(work)
    return replace(table, columns=tuple(ranged), notes=(*table.notes, *work.notes, *notes, *wild_dates(ranged, table)))


def _kinds(work: _Work, seen: Iterable[Seen]) -> list[Column]:
    """Kinds of the columns of text: what proves itself first, then what can borrow the proof of other columns."""
    found: dict[str, Column | None] = {}
    order = list(seen)
    for s in order:
        found[s.column.name] = _kind(work, s, last=False)
    for s in order:
        if found[s.column.name] is None:
            found[s.column.name] = _kind(work, s, last=True)
    return [c for s in order if (c := found[s.column.name]) is not None]


def _kind(work: _Work, s: Seen, *, last: bool) -> Column | None:
    """The column's kind; None while its numbers or dates can be read in two ways and `last` is not yet."""
    column = _counted(s)
    if not s.filled:
        return replace(column, kind=Kind.EMPTY)
    texts = replace(column, kind=_text_kind(s))
    if s.column.name == work.study.id or not s.values:
        return texts
    if (pair := _boolean(s)) is not None:
        return replace(column, kind=Kind.BOOLEAN, format=pair)
    numeric, dated = s.count(*NUMBERS), s.count(*DATES)
    if max(numeric, dated) < s.values:
        _warn_mixed(work, s, max(numeric, dated), "numbers" if numeric >= dated else "dates")
        return texts
    if s.count("marker"):
        for text, rows in s.markers:
            if text.strip():
                work.gaps.setdefault(text, []).append((s.column.name, rows))
        return texts
    read = _number(work, s, column, last=last) if numeric else _date(work, s, column, last=last)
    if read is None and s.column.name in work.study.ignore:
        return texts
    if read is not None and s.count("blank"):
        words = f'{s.count("blank"):,} cells of "{column.name}" hold only blanks and are taken as empty'
        work.note(Level.WARN, "P103", f"{words}: all others are {_plural(read)}")
        read = replace(read, empty=column.empty + s.count("blank"))
    return read


def _counted(s: Seen) -> Column:
    """The column with everything that does not depend on its kind."""
    return replace(
        s.column,
        rows=s.rows,
        empty=s.rows - s.filled,
        distinct=s.distinct,
        examples=tuple(v[:200] for v, _ in s.frequent),
        markers=s.markers,
        format="",
    )


def _text_kind(s: Seen) -> Kind:
    """Category for short, repeated texts."""
    return text_kind(s.distinct, s.filled, s.longest)


def text_kind(distinct: int, filled: int, longest: int) -> Kind:
    """The kind of texts: categories are short, and repeated among the rows that are filled."""
    return Kind.CATEGORY if distinct <= max(20, 0.05 * filled) and longest <= SHORT else Kind.TEXT


def _plural(column: Column) -> str:
    """What the values are, for a reader."""
    return "numbers" if column.kind.numeric else "dates"


def _boolean(s: Seen) -> str | None:
    """The words for yes and no as "yes|no", None when the values are others."""
    if s.count("word") != s.filled or s.distinct > 2:
        return None
    words = {v.strip(): v.strip().lower() for v, _ in s.frequent if v.strip()}
    low = set(words.values())
    pair = next((p for p in _BOOLEANS if low <= p), None) if low else None
    if pair is None:
        return None
    yes = next(iter(pair & _TRUE))
    (no,) = pair - {yes}
    spelled = {v: k for k, v in words.items()}
    return f"{spelled.get(yes, yes)}|{spelled.get(no, no)}"


def _number(work: _Work, s: Seen, column: Column, *, last: bool) -> Column | None:
    """The column as numbers, None while that is open."""
    known = "." if s.column.format == "." else ""
    if last and not known:
        known = work.study.decimal or (work.marks.copy().pop() if len(work.marks) == 1 else "")
        known = known or _by_delimiter(work, s)
    if s.column.name in work.study.ignore and known == "":
        known = "."
    read = numbers.decide(s, work.find, known)
    if read is None:
        if last:
            raise numbers.question(s, work.find)
        return None
    if read.mark and not known:
        work.marks.add(read.mark)
    if (read.format or (last and read.mark)) and not work.told(column):
        shown = _telling(s)
        mark = "the decimal mark is a comma" if read.format == "comma" else "the decimal mark is a dot"
        mark = "commas mark thousands" if read.format == "grouped" and "," in shown and "." not in shown else mark
        work.note(Level.PASS, "P105", f'"{column.name}": {mark}, as in "{shown}"')
    scale = 0 if read.whole else max((g.scale for k, g in s.groups.items() if k in NUMBERS), default=0)
    return replace(column, kind=Kind.INTEGER if read.whole else Kind.DECIMAL, format=read.format, scale=scale)


def _telling(s: Seen) -> str:
    """A value that shows how the numbers are written."""
    return next(
        (s.groups[k].example for k in ("eu", "us", "comdec", "spcom", "dots", "coms", "com3", "dot3") if k in s.groups), ""
    )


def _by_delimiter(work: _Work, s: Seen) -> str:
    """A comma that separates columns is not the decimal mark as well."""
    if "com3" in s.groups and ", comma," in work.table.format:
        example = s.groups["com3"].example
        words = (
            f'"{example}" in "{s.column.name}" is read with a thousands mark, because commas separate the columns of the file'
        )
        work.note(Level.WARN, "P105", words, fix="if it is the decimal mark: --decimal ,")
        return "."
    return ""


def _date(work: _Work, s: Seen, column: Column, *, last: bool) -> Column | None:
    """The column as dates, None while that is open."""
    known = (work.study.dates or (work.orders.copy().pop() if len(work.orders) == 1 else "")) if last else ""
    read = dates.decide(s, work.find, known)
    if read is None:
        if last and s.column.name not in work.study.ignore:
            raise dates.question(s, work.find)
        return None
    if read.proof:
        work.orders.add(read.format)
        example = s.groups[read.proof[0]].example.replace("'", "''")
        file, line, text = where(work.engine, work.table, s.column, f"v = '{example}'", most=1)[0]
        work.note(
            Level.PASS,
            "P105",
            f'"{column.name}": {dates.words(read.format)}, as "{text}" shows',
            where=f"{file}: line {line:,}",
        )
    elif last:
        why = "as --dates says" if work.study.dates else "as in the other dates of the file"
        work.note(Level.PASS, "P105", f'"{column.name}": {dates.words(read.format)}, {why}')
    return replace(column, kind=Kind.TIMESTAMP if read.timed else Kind.DATE, format=read.format)


def _warn_mixed(work: _Work, s: Seen, good: int, what: str) -> None:
    """Say that a column is text only because of a few values."""
    if good < MOSTLY * s.values or names_id(s.column.name) or s.column.name in (*work.study.ignore, work.study.event):
        return
    wanted = NUMBERS if what == "numbers" else DATES
    shapes = [k for k in s.groups if k not in wanted and k not in ("marker", "blank")]
    places = work.find(s, shapes)
    first = ", ".join(f'line {line:,} ("{text[:40]}")' for _, line, text in places[:3])
    words = f'"{s.column.name}" is taken as text: {good:,} values are {what}, {s.values - good:,} are not'
    work.note(Level.WARN, "P103", words, where=f"{places[0][0]}: {first}", fix="correct these values if they are mistakes")


def _say_gaps(work: _Work) -> None:
    """One note for each marker that keeps columns from being numbers or dates."""
    for text, columns in sorted(work.gaps.items()):
        cells = sum(rows for _, rows in columns)
        named = ", ".join(f'"{n}"' for n, _ in columns[:3]) + (f" and {len(columns) - 3} more" if len(columns) > 3 else "")
        words = (
            f'"{text}" stands {cells:,} times in columns that are otherwise numbers or dates ({named}); they are taken as text'
        )
        work.note(Level.WARN, "P103", words, fix=f'if it means empty: --missing "{text}"')


def _ranges(work: _Work, columns: Sequence[Column], seen: dict[str, Seen]) -> tuple[list[Column], dict[int, Reject]]:
    """Lowest and highest value of numbers and dates, and the rows to set aside because a value is none after all
    (29/02/2023). Raises P103 when those are more than allowed."""
    wanted = [c for c in columns if c.kind.numeric or c.kind in (Kind.DATE, Kind.TIMESTAMP)]
    ranged: dict[str, Column] = {}
    rejects: dict[int, Reject] = {}
    for c, (count, low, high) in zip(wanted, _ends(work, wanted), strict=True):
        ranged[c.name] = replace(c, low=_plain(low), high=_plain(high))
        bad = seen[c.name].values - count if c.name in seen else 0
        if not bad:
            continue
        condition = f"trim(v) <> '' AND {work.engine.typed(replace(c, name='v'))} IS NULL"
        what = _plural(c).removesuffix("s")
        if c.name in work.study.ignore:
            ranged[c.name] = replace(c, kind=_text_kind(seen[c.name]), format="")
        elif bad > work.study.allow_rejects - len(work.table.rejects) - len(rejects):
            raise misfit(c, where(work.engine, work.table, c, condition), what, bad)
        else:
            rejects |= aside(work.engine, work.table, c, condition, what)
    return [ranged.get(c.name, c) for c in columns], rejects


def _ends(work: _Work, columns: Sequence[Column]) -> list[tuple[int, str | None, str | None]]:
    """(values, lowest, highest) of typed columns: in one scan, long columns of few values by what is different in them."""
    relation = work.engine.quote(work.table.relation)
    found: dict[str, tuple[int, str | None, str | None]] = {}
    text = [c for c in columns if c.native == "VARCHAR"]
    few = [c for c in text if work.table.used > APART and c.distinct * 10 < work.table.used]
    for c in few:
        name = work.engine.quote(c.name)
        (found[c.name],) = work.engine.rows(
            "SELECT coalesce(sum(n) FILTER (t IS NOT NULL), 0)::BIGINT, CAST(min(t) AS VARCHAR), CAST(max(t) AS VARCHAR) "
            f"FROM (SELECT {work.engine.typed(c)} AS t, n FROM (SELECT {name}, count(*) AS n FROM {relation} GROUP BY {name}))"
        )
    if many := [c for c in columns if c.name not in found]:
        typed = ", ".join(f"{work.engine.typed(c)} AS t{i}" for i, c in enumerate(many))
        parts = ", ".join(f"count(t{i}), CAST(min(t{i}) AS VARCHAR), CAST(max(t{i}) AS VARCHAR)" for i in range(len(many)))
        ((*ends,),) = work.engine.rows(f"SELECT {parts} FROM (SELECT {typed} FROM {relation})")
        found |= {c.name: (ends[3 * i], ends[3 * i + 1], ends[3 * i + 2]) for i, c in enumerate(many)}
    return [found[c.name] for c in columns]


def _plain(value: str | None) -> str:
    """A number or date as short as it goes."""
    said = value or ""
    return said.removesuffix(".0").removesuffix(" 00:00:00")
