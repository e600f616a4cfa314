"""The data report as values, in the order in which it is read: what was found, the columns, the days, what groups rest on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from personae.charts.numbers import count, listing, plural, sentence, those
from personae.charts.strip import Bar, Strip, levels, strip
from personae.charts.timeline import Timeline, timeline
from personae.model.features import Features
from personae.model.inspection import Finding, Inspection, Number, Sketch
from personae.model.study import Study
from personae.model.table import Column, Level, Match, Table
from personae.report import accounts
from personae.words.findings import LOOKS, number, said

__all__ = ["Bar", "DataPage", "Row", "Said", "SourceRows", "Strip", "data_page"]

_LEVELS = {Level.STOP: "stop", Level.WARN: "warning", Level.PASS: "note"}
_PAIRS = 40
"""Pairs of columns that are listed."""


@dataclass(frozen=True)
class Said:
    """A finding in words: level ("stop", "warning", "note"), what was seen, what is done, what to do in words and to type."""

    level: str
    kind: str
    text: str
    done: str
    hint: str
    flag: str
    anchor: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A column: its name, picture (or none), kind, use, why, share of empty cells, and the findings that name it."""

    name: str
    kind: str
    use: str
    why: str
    empty: str
    picture: Strip | tuple[Bar, ...] | None
    alt: str
    found: tuple[Said, ...]

    @property
    def is_strip(self) -> bool:
        """Whether the picture is a histogram."""
        return isinstance(self.picture, Strip)


@dataclass(frozen=True)
class SourceRows:
    """A source, what became of its rows, and its columns."""

    source: accounts.Source
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class DataPage:
    """A data report."""

    title: str
    lead: str
    meta: tuple[str, ...]
    entities: str
    floor: int
    stops: tuple[Said, ...]
    warnings: tuple[Said, ...]
    notes: tuple[Said, ...]
    passed: tuple[tuple[str, str], ...]
    bounds: tuple[str, ...]
    sources: tuple[SourceRows, ...]
    matches: tuple[str, ...]
    days: tuple[Timeline, ...]
    pairs: tuple[tuple[str, str, str, float], ...]
    more_pairs: int
    forming: tuple[tuple[str, str], ...]
    events: tuple[str, ...]
    more_events: int
    left_out: tuple[tuple[str, str], ...]
    command: str


def data_page(
    tables: tuple[Table, ...], features: Features, seen: Inspection, study: Study, uses: Mapping[str, str]
) -> DataPage:
    """The data report; no number stands for fewer than the floor. `uses` says by "source/column" what a column is used for."""
    names = frozenset(c.name for t in tables for c in t.columns)
    found = tuple(_said(f, i, study.floor, names) for i, f in enumerate(seen.findings))
    by_level = {level: tuple(s for s in found if s.level == word) for level, word in _LEVELS.items()}
    forming = tuple((m.label, accounts.base(m.source)) for m in features.forming())
    events = features.counts.events if features.counts else ()
    many = plural(study.entity)
    measured = len(forming) + len(events)
    return DataPage(
        title=_title(by_level),
        lead=f"{count(len(features))} {many}; groups would be formed on {_measures(measured)} of what they do.",
        meta=_meta(tables, features),
        entities=many,
        floor=study.floor,
        stops=by_level[Level.STOP],
        warnings=by_level[Level.WARN],
        notes=by_level[Level.PASS],
        passed=tuple((LOOKS[x.kind], sentence(x.words)) for x in seen.passed),
        bounds=tuple(sentence(b) for b in seen.bounds),
        sources=tuple(_source(t, seen, found, uses, study.floor) for t in tables),
        matches=tuple(_match(m, study) for m in features.matches),
        days=tuple(timeline(d) for d in seen.days),
        pairs=tuple((p.first, p.second, f"{p.rho:.2f}", round(100 * abs(p.rho), 1)) for p in seen.pairs[:_PAIRS]),
        more_pairs=max(0, len(seen.pairs) - _PAIRS),
        forming=forming,
        events=tuple(events[:60]),
        more_events=max(0, len(events) - 60),
        left_out=_left_out(features),
        command=accounts.command(study).replace("personae run", "personae check", 1),
    )


def _measures(n: int) -> str:
    return f"{count(n)} {those(n, 'measure', 'measures')}"


def _title(found: dict[Level, tuple[Said, ...]]) -> str:
    """The cover line: the finding."""
    stops, warnings = len(found[Level.STOP]), len(found[Level.WARN])
    look = f"{count(warnings)} {those(warnings, 'is', 'are')} worth a look"
    if stops:
        head = f"{count(stops)} {those(stops, 'finding stops', 'findings stop')} a run"
        return f"{head}; {look}" if warnings else head
    return f"No finding stops a run; {look}" if warnings else "Nothing stands in the way of these data"


def _meta(tables: tuple[Table, ...], features: Features) -> tuple[str, ...]:
    names = tuple(accounts.base(t.source) for t in tables)
    meta = [listing(names) if len(names) < 4 else f"{listing(names[:2], ',')} and {len(names) - 2} more files"]
    if features.window:
        w = features.window
        whole = w.end[10:19] in ("", "T00:00:00", " 00:00:00")
        last = date.fromisoformat(w.end[:10]) - timedelta(days=int(whole))
        meta.append(f"{w.start[:10]} to {last.isoformat()}")
    return tuple(meta)


def _said(finding: Finding, place: int, floor: int, names: frozenset[str]) -> Said:
    """A finding in words that may be passed on."""
    plain = len(finding.words) == 1 and not finding.columns and isinstance(finding.words[0], str)
    text, flag = said(finding, floor), finding.flag
    if plain:
        text, flag = (_without_values(x, names, floor) for x in (text, flag))
    hint, mark, typed = flag.partition("--")
    level, done = _LEVELS[finding.level], _sentence(finding.done)
    return Said(level, finding.kind, _sentence(text), done, hint, mark + typed, f"f{place + 1}", finding.columns)


def _sentence(text: str) -> str:
    """A sentence; the name of a file at its beginning stays as it is."""
    first = text.partition(" ")[0].rstrip(":,")
    return sentence(text) if "." not in first else f"{text.rstrip('.')}."


_QUOTED = re.compile(r'"([^"]*)"')
_COUNTED = re.compile(r"(?<![\w,.])(\d+) (rows?|ids?|groups of ids|cells?|values?|users?)\b")


def _without_values(text: str, names: frozenset[str], floor: int) -> str:
    """A note without the values it quotes (names of columns stay) and without counts below the floor."""
    text = _QUOTED.sub(lambda m: m[0] if m[1] in names else "…", text)
    return _COUNTED.sub(lambda m: m[0] if int(m[1]) >= floor else f"a few {m[2]}", text)


def _source(table: Table, seen: Inspection, found: tuple[Said, ...], uses: Mapping[str, str], floor: int) -> SourceRows:
    pictures = {s.column: s for s in seen.sketches if s.source == table.source}
    rows = tuple(_row(c, pictures.get(c.name), found, uses[f"{table.source}/{c.name}"], floor) for c in table.columns)
    return SourceRows(replace(accounts.source(table), columns=()), rows)


def _row(c: Column, sketch: Sketch | None, found: tuple[Said, ...], use: str, floor: int) -> Row:
    picture: Strip | tuple[Bar, ...] | None = None
    if sketch is not None:
        picture = strip(sketch) if sketch.kind == "histogram" else levels(sketch)
    named = tuple(s for s in found if c.name in s.columns and s.level != "note")
    empty = _empty(c, floor)
    alt = f"{c.name}: {sketch.words}" if sketch else ""
    return Row(c.name, str(c.kind), use, c.why, empty, picture, alt, named)


def _empty(c: Column, floor: int) -> str:
    """The share of empty cells, "" when there is none."""
    share = c.empty / c.rows if c.rows else 0.0
    if 0 < share < 0.001:
        return "under\u00a00.1\u00a0%"
    return number(Number(share, "share", c.rows), floor).replace(" ", "\u00a0") if share else ""


def _match(m: Match, study: Study) -> str:
    def some(n: int) -> str:
        return "none" if n == 0 else count(n) if n >= study.floor else f"fewer than {study.floor}"

    left, right = accounts.base(m.left), accounts.base(m.right)
    alone = f"{some(m.only_left)} only in {left}, {some(m.only_right)} only in {right}"
    return sentence(f"{some(m.both)} {plural(study.entity)} are in both {left} and {right}; {alone}")


def _left_out(features: Features) -> tuple[tuple[str, str], ...]:
    """What takes no part, the same reason together where there are many."""
    often = Counter(x.reason for x in features.left_out)
    few = tuple((x.name, x.reason) for x in features.left_out if often[x.reason] <= 20)
    return few + tuple((f"{n:,} columns", reason) for reason, n in often.items() if n > 20)
