"""The rule of a run as one SQL statement, with what it reads, what it is and how to check it said at its head."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from personae import plugins
from personae.model.cast import Cast
from personae.model.raw import Doings, People, Raw, Read
from personae.model.rule import Rule
from personae.sql.statement import (
    COLUMNS,
    COUNTS,
    INPUTS,
    Named,
    columns,
    literal,
    named_table,
    quoted,
    spelled,
    statement,
    texts,
)

_TEXT = {"bigquery": "STRING", "spark": "STRING"}
_DOUBLE = {"bigquery": "FLOAT64", "postgres": "DOUBLE PRECISION"}


@dataclass(frozen=True)
class Wanted:
    """What the statement is to be: its dialect, the view that it makes ("" for none), and what tables are really called."""

    dialect: str
    view: str = ""
    tables: Mapping[str, str] | None = None


def export(cast: Cast, path: Path, *, dialect: str = "duckdb") -> Path:
    """Write the statement over the tables `inputs` and `counts` to a file."""
    path.write_text(text(cast, Wanted(dialect), None, ""), encoding="utf-8", newline="\n")
    return path


def text(cast: Cast, wanted: Wanted, raw: Raw | None, why: str) -> str:
    """The statement over the raw tables; without `raw`, for the reason `why`, over the tables `inputs` and `counts`.

    Raises ValueError for a cast without a rule.
    """
    if cast.rule is None:
        raise ValueError("this run has no rule")
    named = Named({p.index: p.key for p in cast.personas}, {p.index: p.name for p in cast.personas})
    tables = {_known(k, wanted.dialect, raw): v for k, v in (wanted.tables or {}).items()}
    body = statement(cast.rule, named, wanted.dialect, lambda n: plugins.find("steps", n).sql, raw, tables)
    view = f"CREATE OR REPLACE VIEW {named_table(wanted.view, wanted.dialect).sql(wanted.dialect)} AS\n" if wanted.view else ""
    head = "".join(f"-- {' '.join(line.splitlines())}".rstrip() + "\n" for line in _head(cast, cast.rule, wanted, raw, why))
    return f"{head}{view}{body};\n"


def called(raw: Raw | None) -> tuple[str, ...]:
    """The names of the tables that a statement reads, which other names can be given for."""
    return tuple(p.name for p in raw.people) if raw is not None else (INPUTS, COUNTS)


def fingerprint(rule: Rule) -> str:
    """The first 12 digits of the SHA-256 of the rule's numbers: the same rule, the same text."""
    document = plugins.find("exporters", "json").plain(rule, None)
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _known(name: str, dialect: str, raw: Raw | None) -> str:
    """A table as the statement names it before it gets its own name."""
    return name if raw is not None else spelled(name, dialect)


def _head(cast: Cast, rule: Rule, wanted: Wanted, raw: Raw | None, why: str) -> Iterator[str]:
    """The lines of the comment."""
    run = cast.run or "(not recorded)"
    yield f"Every {cast.study.entity} placed by the rule of run {run}, in the SQL of {wanted.dialect}."
    yield f"Rule {fingerprint(rule)}: {len(rule.features):,} features, {len(rule.prototypes):,} prototypes."
    yield f"Columns: {', '.join(COLUMNS)}, as in users.csv."
    for p in cast.personas:
        yield f"  {p.key}  {p.name}: {p.users:,} of {cast.users:,} in the run"
    yield ""
    yield from _tables(raw, wanted) if raw is not None else _given(rule, wanted, why)
    yield ""
    sources = " ".join(t.source for t in cast.tables if t.measured) or "FILES"
    yield f"To check it, place the same data by the program: personae score {sources} --run {run} --raw --out placed.csv"
    yield "then load placed.csv as the table placed and count who stands elsewhere, which is to give 0:"
    same = "a.persona IS NOT DISTINCT FROM b.persona AND a.kind = b.kind"
    yield f"  SELECT count(*) FROM (this statement) AS a FULL JOIN placed AS b ON a.id = b.id WHERE NOT ({same})"
    yield "A user who is twice in a table of one row a user is placed twice; this is to give two equal numbers:"
    yield "  SELECT count(*), count(DISTINCT id) FROM (this statement) AS a"
    if wanted.dialect == "snowflake":
        yield "Names of small letters, digits and _ are taken as written without quotes, which Snowflake keeps in capitals."


def _tables(raw: Raw, wanted: Wanted) -> Iterator[str]:
    """What is read of the raw tables."""
    yield "It reads the raw tables; name yours with --table NAME=YOURS:"
    for p in raw.people:
        log = raw.log if raw.log is not None and raw.log.people == p else None
        name = (wanted.tables or {}).get(p.name, p.name)
        if log is not None:
            more = f", {log.time} ({_time(log)})" if log.time else ""
            yield f"  {name}: a row an event; {p.id}, {log.event}{more}"
        else:
            yield f"  {name}: a row a user, none twice; {', '.join([p.id, *(_cell(p, i) for i in range(len(p.cells)))])}"
    if raw.log is not None and raw.log.time:
        yield f"Events that count: {_counting(raw.log)}."
        yield "Run it with the time zone of the session set to UTC."


def _cell(people: People, i: int) -> str:
    cell = people.cells[i]
    said = {Read.NUMBER: "number", Read.TEXT: "text", Read.FLAG: f"boolean, or {' / '.join(cell.words)}"}
    return f"{cell.column} ({said[cell.read]})"


def _time(log: Doings) -> str:
    if log.per:
        return f"number: {({1: '', 1_000: 'milli', 1_000_000: 'micro'})[log.per]}seconds since 1970"
    return "time with a zone" if log.zoned else "date or time"


def _counting(log: Doings) -> str:
    import numpy as np

    w = log.window
    without = f", without {', '.join(map(repr, log.hidden))}" if log.hidden else ""
    if w.last:
        return f"those of the last {w.last:,} days that are over, counted from the newest event{without}"
    if w.first:
        return f"those of the first {w.first:,} days of each user{without}"
    if w.low or w.high:
        low, high = (str(np.datetime64(d, "D")) for d in (w.low, w.high))
        return f"those from {low} to {high}; where none lies there, as many days up to the newest event{without}"
    return f"all that have a time{without}"


def _given(rule: Rule, wanted: Wanted, why: str) -> Iterator[str]:
    """The tables that somebody has to fill, and how."""
    text, double = _TEXT.get(wanted.dialect, "TEXT"), _DOUBLE.get(wanted.dialect, "DOUBLE")
    tables, words = wanted.tables or {}, texts(rule)
    yield f"It reads two tables of what the rule needs{f', since {why}' if why else ''}."
    yield "personae score FILES --inputs DIR writes both, as inputs.parquet, counts.parquet and .csv."
    listed = "".join(
        f", {quoted(spelled(c, wanted.dialect), wanted.dialect)} {text if m in words else double}"
        for m, c in columns(rule).items()
    )
    yield f"  CREATE TABLE {tables.get(INPUTS, INPUTS)} (id {text}{listed})"
    for measure, column in columns(rule).items():
        if measure != column:
            yield f"    {column} holds {literal(measure, 'duckdb')}"
    if any(f.of == "event" for f in rule.features):
        count = quoted(spelled("count", wanted.dialect), wanted.dialect)
        yield f"  CREATE TABLE {tables.get(COUNTS, COUNTS)} (id {text}, event {text}, {count} {double})"
        yield "  one row a user and event in counts, one row a user in inputs; who is not in inputs is not placed"
