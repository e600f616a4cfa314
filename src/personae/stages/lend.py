"""Lend: tables of other things lend their columns to the rows that name them, over as many tables as it takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any

from personae.model.table import Kind, Link, Table
from personae.model.vocabulary import Topic, topics, words
from personae.sql import joins
from personae.stages.look_up import Lookup, free, look_up, named, told
from personae.stages.ways import Way, stem


def lend(
    engine: Any, tables: Sequence[Table], ways: Sequence[Way], held: Collection[int], recorded: Sequence[Table]
) -> dict[int, Table]:
    """The tables at the places `held`, which have the id of the person, with the columns of the things that their rows name;
    and beside them the tables of things that lent, each with what it was lent itself.

    `ways` lead to tables of things. In new data of a run, whose tables were `recorded`, a column gets the name it had there.
    """
    lenders = _reaching(held, ways)
    built: dict[int, Table] = {}

    def build(i: int, above: tuple[int, ...]) -> Table:
        if i not in built:
            best: dict[int, Way] = {}
            for w in (w for w in ways if w.child == i and w.parent in lenders and w.parent not in above):
                if w.parent not in best or (w.said, w.matched) > (best[w.parent].said, best[w.parent].matched):
                    best[w.parent] = w
            ordered = sorted(best.items(), key=lambda x: (x[1].column.name, stem(tables[x[0]]), x[0]))
            made = _borrowed(engine, tables[i], [(w, build(p, (*above, i))) for p, w in ordered], recorded)
            if above and any(p in above for p in (w.parent for w in ways if w.child == i)):
                return made  # a circle: what it has depends on where it was entered
            built[i] = made
        return built[i]

    for i in sorted(held):
        build(i, (i,))
    return {**{i: tables[i] for i in lenders}, **built}


def _reaching(held: Collection[int], ways: Sequence[Way]) -> set[int]:
    """Tables whose columns arrive, over any number of steps, at rows of people."""
    reached, more = set(held), True
    while more:
        new = {w.parent for w in ways if w.child in reached} - reached
        reached |= new
        more = bool(new)
    return reached - set(held)


def _borrowed(engine: Any, table: Table, lenders: Sequence[tuple[Way, Table]], recorded: Sequence[Table]) -> Table:
    """The table with the columns of the rows it names."""
    if not lenders:
        return table
    lookups: list[Lookup] = []
    then, kept = _then(table, recorded), {n for t in recorded for x in t.links for n in x.columns}
    taken = {c.name for c in table.columns}
    for way, lender in lenders:
        given = []
        for c in lender.columns:
            if c.name != way.key.name and c.kind is not Kind.EMPTY:
                name = then.get((way.column.name, way.key.name, c.name), "")
                name = name if name and name not in taken else free(c.name, lender, taken | kept)
                given.append((c, name))
                taken.add(name)
        lookups.append((way, lender, given))
    made = look_up(engine, table, lookups)
    for way, lender, columns in lookups:
        people = Topic.PERSON in topics(way.key.name) or any(Topic.PERSON in topics(w) for w in words(stem(lender)))
        names = tuple(name for _, name in columns)
        found = _found(engine, table, way, lender)
        made = told(made, Link(way.column.name, lender.source, way.key.name, "columns", *found, "", names, people))
    return made


def _then(table: Table, recorded: Sequence[Table]) -> Mapping[tuple[str, str, str], str]:
    """(column, key, name there) -> name here, as they were in the table of a run that this one resembles most."""
    mine = {c.name for c in table.columns}
    like = [t for t in recorded if any(x.gives == "columns" and x.by in mine for x in t.links)]
    if not like:
        return {}
    own = {t.source: {c.name for c in t.columns} - {n for x in t.links for n in x.columns} for t in like}
    model = max(like, key=lambda t: len(mine & own[t.source]) / len(mine | own[t.source]))
    found = {}
    for x in (x for x in model.links if x.gives == "columns"):
        for giver in (t for t in recorded if t.source == x.to):
            for there in (*(c.name for c in giver.columns), *(n for more in giver.links for n in more.columns)):
                names = islice(named(there, giver), len(model.columns) + 2)
                found[x.by, x.key, there] = next((n for n in names if n in x.columns), "")
    return found


def _found(engine: Any, table: Table, way: Way, lender: Table) -> tuple[int, int]:
    """Rows that find their row, and rows that do not."""
    q = engine.quote
    matched = engine.rows(joins.overlap(q(table.relation), q(way.column.name), q(lender.relation), q(way.key.name)))[0][1]
    return int(matched), table.used - int(matched)
