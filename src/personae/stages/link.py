"""Link: every table speaks of the same people, through the columns that lead from one to another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from personae.errors import UsageError
from personae.model.study import Role, Study
from personae.model.table import Column, Level, Link, Note, Table
from personae.model.vocabulary import Topic, topics
from personae.sql import joins
from personae.stages.holders import holders, of_others
from personae.stages.lend import lend
from personae.stages.look_up import free, look_up, told
from personae.stages.roles import happened
from personae.stages.ways import Way, again, different, names_row_of, same, stem, ways


def link(engine: Any, tables: tuple[Table, ...], study: Study, *, recorded: Sequence[Table] = ()) -> tuple[Table, ...]:
    """The tables, each with the id of the person where a way leads to it, and with what is known of the things its rows name.

    A table without the id looks it up through a column that has a different value in every row of a table with the id, over as
    many tables as it takes. Tables of other things (products, sellers) lend their columns to the rows that name them. What fits
    neither is left out and says why. No join changes the number of rows. `recorded` are the tables of the run whose data these
    resemble, if any: ids and lent columns then have the names they had there. One table alone is returned as it is.

    Raises UsageError P114 when a declared way does not exist or two ways contradict each other, P002 for unknown columns.
    """
    ids = {c.name for t in recorded for c in t.columns if c.role is Role.ID}
    if recorded:  # new files may have other names, or be fewer
        study = replace(study, link=again(tables, recorded, study.link))
    if len(tables) < 2:
        if study.link:
            raise UsageError("P114", "there is one file, so nothing to join", where="--link", fix="name the other files too")
        return tables
    held = holders(engine, tables, study, ids)
    if held is None:
        return tables
    if len(held) == len(tables) and not study.link:
        return tuple(replace(t, shape="events") if _lists_things(t, held[i], tables, held) else t for i, t in enumerate(tables))
    found, doubts = ways(engine, tables, study, held)
    marked = tuple(_marked(t, held[i]) if i in held else t for i, t in enumerate(tables))
    world = _upward(engine, _World(marked, held, tuple(found), tuple(doubts)))
    asked = [w for w in world.ways if w.parent not in world.held and different(w.key)]
    built = lend(engine, world.tables, asked, world.held, recorded)
    stops = {i for i, t in enumerate(tables) if study.id and not ids and of_others(t, study)}  # the next stage asks about them
    return tuple(_finished(world, i, built, asked, stops) for i in range(len(tables)))


@dataclass(frozen=True)
class _World:
    """The tables while they are being linked: which columns hold the id of the person, and the ways between tables."""

    tables: tuple[Table, ...]
    held: Mapping[int, Column]
    ways: tuple[Way, ...]
    doubts: tuple[str, ...]
    lookups: frozenset[int] = frozenset()
    """Tables that were looked up by another key than the id."""


def _marked(table: Table, key: Column) -> Table:
    """The table with its id column known."""
    return replace(table, columns=tuple(replace(c, role=Role.ID) if c.name == key.name else c for c in table.columns))


# ---------------------------------------------------------------- the id of the person


def _is_id(world: _World, way: Way) -> bool:
    """Whether a way leads to the id itself."""
    return way.parent in world.held and world.held[way.parent].name == way.key.name


def _upward(engine: Any, world: _World) -> _World:
    """The id for tables that lead to one that has it, the nearest first; where a way was declared, by that one."""
    while now := _next(world):
        tables, lookups = list(world.tables), set(world.lookups)
        for child in sorted({w.child for w in now}):
            some = [w for w in now if w.child == child]
            _check_agree(engine, world, some)
            best = max(some, key=lambda w: (w.matched, w.key.name, stem(world.tables[w.parent])))
            if _is_id(world, best):  # the id itself under another name: people known only here stay
                tables[child] = _marked(tables[child], best.column)
            else:
                tables[child] = _with_id(engine, world, best)
                lookups.add(best.parent)
        held = {**world.held, **{w.child: _key(tables[w.child]) for w in now}}
        world = replace(world, tables=tuple(tables), held=held, lookups=frozenset(lookups))
    return world


def _next(world: _World) -> list[Way]:
    """The ways by which tables can get the id now."""
    open_ways = [w for w in world.ways if w.child not in world.held and w.parent in world.held and _leads_up(world, w)]
    said = [w for w in open_ways if w.said]
    waiting = {w.child for w in world.ways if w.said and w.child not in world.held}  # its own way may open later
    return said or [w for w in open_ways if w.child not in waiting] or open_ways


def _key(table: Table) -> Column:
    return next(c for c in table.columns if c.role is Role.ID)


def _leads_up(world: _World, way: Way) -> bool:
    """Whether the parent is where the key is at home; where both have it once, the child may be what is looked up."""
    if not different(way.key):
        return way.said and _is_id(world, way)
    if way.said or not different(way.column):
        return True
    child, parent = world.tables[way.child], world.tables[way.parent]
    at_home = names_row_of(way.column, child), names_row_of(way.key, parent)
    if at_home[0] != at_home[1]:
        return at_home[1]
    return way.column.distinct <= way.key.distinct


def _check_agree(engine: Any, world: _World, some: Sequence[Way]) -> None:
    """P114 when two ways lead rows to different people."""
    if len(some) < 2 or any(w.said for w in some):
        return
    q = engine.quote
    child = world.tables[some[0].child]
    asked = [(q(w.column.name), q(world.tables[w.parent].relation), q(w.key.name), q(world.held[w.parent].name)) for w in some]
    wrong = engine.rows(joins.differing(q(child.relation), asked))[0][0]
    if wrong:
        listed = " and ".join(f'"{w.column.name}" of {world.tables[w.parent].source}' for w in some)
        what = f"{wrong:,} rows of {child.source} belong to different people by {listed}"
        fix = "say which way holds: " + " or ".join(w.flag(world.tables) for w in some)
        raise UsageError("P114", what, where=child.source, fix=fix)


def _with_id(engine: Any, world: _World, way: Way) -> Table:
    """The child with the id its rows look up; and with the time of the row above, where it has none of its own."""
    child, parent, key = world.tables[way.child], world.tables[way.parent], world.held[way.parent]
    taken = {c.name for c in child.columns}
    given = [(key, free(key.name, parent, taken))]
    time = happened(parent)
    if time is not None and happened(child) is None and time.name != key.name:
        given.append((time, free(time.name, parent, taken)))
    made = look_up(engine, child, [(way, parent, given)])
    once = different(way.column) and different(key)
    why = f'looked up by "{way.column.name}" in {parent.source}'
    columns = tuple(replace(c, role=Role.ID, why=why) if c.name == given[0][1] else c for c in made.columns)
    lost = next(c.empty for c in made.columns if c.name == given[0][1])
    done = Link(
        way.column.name, parent.source, way.key.name, "id", child.used - lost, lost, given[1][1] if len(given) > 1 else ""
    )
    return told(replace(made, shape="entities" if once else "events", columns=columns), done)


# ---------------------------------------------------------------- what became of each


def _finished(world: _World, i: int, built: Mapping[int, Table], asked: Sequence[Way], stops: Collection[int]) -> Table:
    """The table as the next stage gets it."""
    if i in world.held:
        table, key = built[i], _key(built[i])
        several = i in world.lookups or any(x.gives == "columns" for x in table.links)
        many = (several and not different(key)) or _lists_things(table, key, world.tables, world.held)
        return replace(table, shape="events") if many else table
    table = world.tables[i]
    if i in built:
        table = replace(table, links=built[i].links)
        to = ", ".join(sorted({world.tables[w.child].source for w in asked if w.parent == i}))
        return _aside(table, "lent", f"the columns of {table.source} were lent to the rows of {to}", Level.PASS)
    if i in stops:
        return table
    why = _reason(world, i)
    return _aside(table, "unused", f"{table.source} is left out: {why}", Level.WARN, _SAY)


def _lists_things(table: Table, key: Column, tables: Sequence[Table], held: Mapping[int, Column]) -> bool:
    """Whether a table lists orders or contracts, some people having several, beside a table that has each person once."""
    if table.shape or different(key) or not any(different(k) for i, k in held.items() if tables[i].source != table.source):
        return False
    return any(c.name != key.name and different(c) and {Topic.KEY, Topic.THING} <= topics(c.name) for c in table.columns)


def _aside(table: Table, shape: str, why: str, level: Level, fix: str = "") -> Table:
    short = "lent to the rows that name it" if shape == "lent" else "nothing leads from this file to a person"
    columns = tuple(replace(c, role=Role.IGNORE, why=short) for c in table.columns)
    return replace(table, shape=shape, columns=columns, notes=(*table.notes, Note(level, "P114", why, table.source, fix)))


_SAY = "if a column leads there: --link file.column=other.column"


def _reason(world: _World, i: int) -> str:
    """Why a table fits nowhere: what was tried, in words."""
    table = world.tables[i]
    doubts = [d for d in world.doubts if table.source in d]
    if doubts:
        return doubts[0]
    twins = sorted(
        {(c.name, t.source) for t in world.tables if t is not table for c in table.columns for d in t.columns if same(c, d)}
    )
    if twins:
        name, source = twins[0]
        return f'it shares "{name}" with {source}, and several rows on both sides have the same value, so rows would multiply'
    return "none of its columns names a row of another file"
