"""Columns of a record: how each becomes what the rule of a run reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from personae import rule as rules
from personae.model.cast import Cast
from personae.model.intake import Field, How
from personae.model.rule import Rule
from personae.model.study import Role
from personae.model.table import Column, Kind, Table, Way
from personae.stages.answers import OTHER
from personae.stages.apart import called
from personae.stages.likert import blocks

_HOW = {Way.SEVERAL: How.SEVERAL, Way.CHOSEN: How.OPTION, Way.RANKED: How.RANK}
_ASKED = (Role.BEHAVIOUR, Role.ATTITUDE)


def fields(cast: Cast, rule: Rule) -> tuple[Field, ...]:
    """The columns of tables of one row a user that the rule reads, or that say what the blanks of another one mean."""
    found = [f for t in cast.tables if t.shape == "entities" for f in _of_table(cast, rule, t)]
    asked_of = {f.block for f in found if f.how is How.OPTION and any(f.makes)}
    return tuple(f for f in found if any(f.makes) or f.how is not How.OPTION or f.block in asked_of)


def styles(cast: Cast, fields: Sequence[Field]) -> tuple[tuple[str, ...], ...]:
    """The fields that are measured against a person's own answers, block by block."""
    if cast.study.style != "remove":
        return ()
    made = {f.name for f in fields}
    columns = [[c for c in t.columns if c.role in _ASKED] for t in cast.tables if t.shape == "entities"]
    found = [tuple(c.name for c in block if c.name in made) for few in columns for block in blocks(few)]
    return tuple(block for block in found if block)


def _of_table(cast: Cast, rule: Rule, table: Table) -> Iterable[Field]:
    given = called({t.source: t for t in cast.tables}, cast.tables, cast.measures)
    sources = next((x.source.split(" and ") for x in cast.measures if x.kind == "event"), [])
    events = set(rules.events_of(rule)) if table.source in sources else set()
    read = {f.column for f in rule.features if f.of == "measure"}
    measures, counts = given.measures.get(table.source, ()), given.events.get(table.source, tuple(events))
    companions = {c.name for block in blocks(table.columns) for c in block} if cast.study.style == "remove" else set()
    for c in table.columns:
        if c.role in (Role.ID, Role.IGNORE, Role.TEXT) or c.kind in (Kind.DATE, Kind.TIMESTAMP):
            continue
        plain = _makes(c)
        as_counts = [_named(n, counts, events) for n in plain]
        if any(as_counts):
            yield _field(c, as_counts, plain, counts=True)
            continue
        made = [_named(n, measures, read) for n in plain]
        if any(made) or c.name in companions or (c.scheme is not None and c.scheme.way is Way.CHOSEN and not c.scheme.mark):
            yield _field(c, made, plain, counts=False)


def _named(plain: str, given: Iterable[str], read: set[str]) -> str:
    """The name under which the rule reads what is plainly called so, "" where it does not."""
    told = re.compile(rf"{re.escape(plain)} \(\d+\)", re.DOTALL)
    own = [n for n in given if n == plain] or [n for n in given if told.fullmatch(n)]
    return next((n for n in own if n in read), "")


def _makes(column: Column) -> tuple[str, ...]:
    """What a column becomes, under plain names: as `stages.traits` makes it."""
    scheme = column.scheme
    if scheme is not None and scheme.way is Way.SCORED:
        return ("".join(("nps_score", *(f": {w}" for w in scheme.words))),)
    if scheme is not None and scheme.way is Way.SEVERAL:
        return tuple(f"{column.name}: {w}" for w in (*scheme.words, *([OTHER] if scheme.rest else [])))
    return (column.name,)


def _field(column: Column, made: Sequence[str], plain: Sequence[str], *, counts: bool) -> Field:
    scheme, how = column.scheme, _how(column)
    suffix = next((m.removeprefix(p) for m, p in zip(made, plain, strict=True) if m), "")
    words: tuple[str, ...] = ()
    if how is How.FLAG:
        true, _, false = column.format.lower().partition("|")
        words = (true or "true", false or "false")
    elif scheme is not None and how in (How.SEVERAL, How.OPTION, How.RANK):
        words = scheme.words
    return Field(
        name=column.name + suffix,
        how=how,
        makes=tuple(made),
        counts=counts,
        format=column.format if column.kind.numeric and column.format in ("comma", "grouped") else "",
        words=words,
        mark=scheme.mark if scheme is not None and how in (How.SEVERAL, How.OPTION) else "",
        rest=scheme.rest if scheme is not None and how is How.SEVERAL else False,
        block=column.block if how is How.OPTION else "",
        point=how is How.TEXT and column.native in ("FLOAT", "DOUBLE"),
    )


def _how(column: Column) -> How:
    if column.scheme is not None and column.scheme.way in _HOW:
        return _HOW[column.scheme.way]
    if column.kind is Kind.BOOLEAN:
        return How.FLAG
    if column.kind is Kind.INTEGER:
        return How.WHOLE
    return How.NUMBER if column.kind is Kind.DECIMAL else How.TEXT
