"""Link: every table speaks of the same people, through the columns that lead from one to another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from personae.audit.columns import SHORT
from personae.errors import PersonaeError, UsageError
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Level, Link, Note, Table
from personae.model.vocabulary import Topic, topics, words
from personae.progress import tell
from personae.sql import joins
from personae.stages.holders import holders, of_others
from personae.stages.roles import happened
from personae.stages.ways import Way, declares, different, names_row_of, same, stem, ways


def link(engine: Any, tables: tuple[Table, ...], study: Study, *, ids: Collection[str] = ()) -> tuple[Table, ...]:
    """The tables, each with the id of the person where a way leads to it, and with what is known of the things its rows name.

    A table without the id looks it up through a column that has a different value in every row of a table with the id, over as
    many tables as it takes. Tables of other things (products, sellers) lend their columns to the rows that name them. What fits
    neither is left out and says why. No join changes the number of rows. `ids` are the id columns of the run whose data these
    resemble, if any. One table alone is returned as it is.

    Raises UsageError P114 when a declared way does not exist or two ways contradict each other, P002 for unknown columns.
    """
    if ids:  # new files may have other names, or be fewer
        study = replace(study, link=tuple(x for x in study.link if declares(tables, x)))
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
    stops = {i for i, t in enumerate(tables) if study.id and not ids and of_others(t, study)}
    world = _World(engine, list(tables), held, found, doubts, stops)
    for i, key in sorted(held.items()):
        world.tables[i] = _marked(world.tables[i], key)
    _upward(world)
    return _lent(world)


@dataclass
class _World:
    """The tables while they are being linked: which columns hold the id of the person, and the ways between tables."""

    engine: Any
    tables: list[Table]
    held: dict[int, Column]
    ways: list[Way]
    doubts: list[str]
    stops: set[int]
    """Tables of other people: the next stage asks about them."""
    lookups: set[int] = field(default_factory=set)
    """Tables that were looked up by another key than the id."""


def _marked(table: Table, key: Column) -> Table:
    """The table with its id column known."""
    return replace(table, columns=tuple(replace(c, role=Role.ID) if c.name == key.name else c for c in table.columns))


# ---------------------------------------------------------------- the id of the person


def _is_id(world: _World, way: Way) -> bool:
    """Whether a way leads to the id itself."""
    return way.parent in world.held and world.held[way.parent].name == way.key.name


def _upward(world: _World) -> None:
    """Give the id to tables that lead to one that has it, the nearest first; where a way was declared, by that one."""
    while True:
        open_ways = [w for w in world.ways if w.child not in world.held and w.parent in world.held and _leads_up(world, w)]
        said = [w for w in open_ways if w.said]
        waiting = {w.child for w in world.ways if w.said and w.child not in world.held}  # its own way may open later
        now = said or [w for w in open_ways if w.child not in waiting] or open_ways
        if not now:
            return
        for child in sorted({w.child for w in now}):
            some = [w for w in now if w.child == child]
            _check_agree(world, some)
            best = max(some, key=lambda w: (w.matched, w.key.name, stem(world.tables[w.parent])))
            known = _is_id(world, best)  # the id itself under another name: people known only here stay
            world.tables[child] = _marked(world.tables[child], best.column) if known else _with_id(world, best)
        world.held |= {w.child: _key(world.tables[w.child]) for w in now}


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


def _check_agree(world: _World, some: Sequence[Way]) -> None:
    """P114 when two ways lead rows to different people."""
    if len(some) < 2 or any(w.said for w in some):
        return
    q = world.engine.quote
    child = world.tables[some[0].child]
    asked = [(q(w.column.name), q(world.tables[w.parent].relation), q(w.key.name), q(world.held[w.parent].name)) for w in some]
    wrong = world.engine.rows(joins.differing(q(child.relation), asked))[0][0]
    if wrong:
        listed = " and ".join(f'"{w.column.name}" of {world.tables[w.parent].source}' for w in some)
        what = f"{wrong:,} rows of {child.source} belong to different people by {listed}"
        fix = "say which way holds: " + " or ".join(w.flag(world.tables) for w in some)
        raise UsageError("P114", what, where=child.source, fix=fix)


def _with_id(world: _World, way: Way) -> Table:
    """The child with the id its rows look up; and with the time of the row above, where it has none of its own."""
    child, parent, key = world.tables[way.child], world.tables[way.parent], world.held[way.parent]
    world.lookups.add(way.parent)
    given = [(key, _free(key.name, child, parent))]
    time = happened(parent)
    if time is not None and happened(child) is None and time.name != key.name:
        given.append((time, _free(time.name, child, parent)))
    made = _looked_up(world.engine, child, [(way, parent, given)])
    once = different(way.column) and different(key)
    why = f'looked up by "{way.column.name}" in {parent.source}'
    columns = tuple(replace(c, role=Role.ID, why=why) if c.name == given[0][1] else c for c in made.columns)
    lost = next(c.empty for c in made.columns if c.name == given[0][1])
    done = Link(
        way.column.name, parent.source, way.key.name, "id", child.used - lost, lost, given[1][1] if len(given) > 1 else ""
    )
    return _told(replace(made, shape="entities" if once else "events", columns=columns), done)


def _free(name: str, table: Table, giver: Table) -> str:
    """A name that no column of the table has yet."""
    taken = {c.name for c in table.columns}
    names = (name, f"{stem(giver)}_{name}", *(f"{stem(giver)}_{name}_{i}" for i in range(2, len(taken) + 3)))
    return next(n for n in names if n not in taken)


def _told(table: Table, done: Link) -> Table:
    """The table with a link, and a note where rows found nothing."""
    tell("link", f"{table.source} -> {done.to} by {done.by}: {done.matched:,} rows found, {done.unmatched:,} not")
    notes = table.notes
    if done.unmatched:
        fate = "they belong to nobody" if done.gives == "id" else "what it would tell of them stays empty"
        rows = f"{done.unmatched:,} of {table.used:,} rows of {table.source}"
        said = f'{rows} find no row of {done.to} by "{done.by}": {fate}'
        notes = (*notes, Note(Level.WARN, "P114", said, table.source))
    return replace(table, links=(*table.links, done), notes=notes)


# ---------------------------------------------------------------- columns of other things


def _lent(world: _World) -> tuple[Table, ...]:
    """Tables of other things lend their columns to the rows that name them; what nothing leads to is left out."""
    asked = [w for w in world.ways if w.parent not in world.held and different(w.key)]
    lenders = _reaching(world, asked)
    built: dict[int, Table] = {}

    def build(i: int, above: tuple[int, ...]) -> Table:
        if i not in built:
            best: dict[int, Way] = {}
            for w in (w for w in asked if w.child == i and w.parent in lenders and w.parent not in above):
                if w.parent not in best or (w.said, w.matched) > (best[w.parent].said, best[w.parent].matched):
                    best[w.parent] = w
            made = _borrowed(world.engine, world.tables[i], [(w, build(p, (*above, i))) for p, w in sorted(best.items())])
            if above and any(p in above for p in (w.parent for w in asked if w.child == i)):
                return made  # a circle: what it has depends on where it was entered
            built[i] = made
        return built[i]

    for i in sorted(world.held):
        build(i, (i,))
    return tuple(_finished(world, i, built, asked, lenders) for i in range(len(world.tables)))


def _reaching(world: _World, asked: Sequence[Way]) -> set[int]:
    """Tables whose columns arrive, over any number of steps, at rows of people."""
    reached, more = set(world.held), True
    while more:
        new = {w.parent for w in asked if w.child in reached} - reached
        reached |= new
        more = bool(new)
    return reached - set(world.held)


def _borrowed(engine: Any, table: Table, lenders: Sequence[tuple[Way, Table]]) -> Table:
    """The table with the columns of the rows it names."""
    if not lenders:
        return table
    lookups = []
    growing = table
    for way, lender in lenders:
        given = []
        for c in lender.columns:
            if c.name != way.key.name and c.kind is not Kind.EMPTY:
                name = _free(c.name, growing, lender)
                given.append((c, name))
                growing = replace(growing, columns=(*growing.columns, replace(c, name=name)))
        lookups.append((way, lender, given))
    made = _looked_up(engine, table, lookups)
    for way, lender, given in lookups:
        people = Topic.PERSON in topics(way.key.name) or any(Topic.PERSON in topics(w) for w in words(stem(lender)))
        names = tuple(name for _, name in given)
        found = _found(engine, table, way, lender)
        made = _told(made, Link(way.column.name, lender.source, way.key.name, "columns", *found, "", names, people))
    return made


def _found(engine: Any, table: Table, way: Way, lender: Table) -> tuple[int, int]:
    """Rows that find their row, and rows that do not."""
    q = engine.quote
    matched = engine.rows(joins.overlap(q(table.relation), q(way.column.name), q(lender.relation), q(way.key.name)))[0][1]
    return int(matched), table.used - int(matched)


def _looked_up(engine: Any, table: Table, lookups: Sequence[tuple[Way, Table, Sequence[tuple[Column, str]]]]) -> Table:
    """The table with columns of other tables. Raises PersonaeError P900 if that changed the number of its rows."""
    q, into = engine.quote, f"{table.relation}__linked"
    asked = [
        (q(way.column.name), q(there.relation), q(way.key.name), [(q(c.name), q(name)) for c, name in given])
        for way, there, given in lookups
    ]
    engine.execute(joins.looked_up(q(into), q(table.relation), asked))
    flat = [(c, name) for *_, given in lookups for c, name in given]
    rows, *cells = engine.rows(joins.filled(q(into), [q(name) for _, name in flat]))[0]
    before = engine.rows(joins.filled(q(table.relation), []))[0][0]  # of a log that a database added up, fewer than its rows
    if rows != before:
        raise PersonaeError("P900", f"a join changed {table.source} from {before:,} to {rows:,} rows", fix="please report this")
    new = tuple(
        replace(c, name=name, role=Role.IGNORE, rows=rows, empty=rows - n, distinct=d, markers=(), kind=_kind(c, n, d))
        for (c, name), n, d in zip(flat, cells[::2], cells[1::2], strict=True)
    )
    locate = engine.locator(table.relation)
    if locate is not None:
        engine.remember(into, locate)
    return replace(table, relation=into, columns=_labelled([*table.columns, *new], lookups))


def _labelled(columns: list[Column], lookups: Sequence[tuple[Way, Table, Sequence[tuple[Column, str]]]]) -> tuple[Column, ...]:
    """A name that a list of names gives for a code goes before the code, so that it is what a reader meets."""
    for way, _, given in lookups:
        if len(given) == 1 and not given[0][0].kind.numeric:
            label = next(c for c in columns if c.name == given[0][1])
            columns.remove(label)
            columns.insert(next(i for i, c in enumerate(columns) if c.name == way.column.name), label)
    return tuple(columns)


def _kind(column: Column, cells: int, distinct: int) -> Kind:
    """The kind of a column that was lent: texts that repeat in the new rows are categories."""
    short = column.kind is Kind.TEXT and all(len(e) <= SHORT for e in column.examples)
    return Kind.CATEGORY if short and distinct <= max(20, 0.05 * cells) else column.kind


# ---------------------------------------------------------------- what became of each


def _finished(world: _World, i: int, built: dict[int, Table], asked: Sequence[Way], lenders: set[int]) -> Table:
    """The table as the next stage gets it."""
    if i in world.held:
        table, key = built[i], _key(built[i])
        several = i in world.lookups or any(x.gives == "columns" for x in table.links)
        many = (several and not different(key)) or _lists_things(table, key, world.tables, world.held)
        return replace(table, shape="events") if many else table
    table = world.tables[i]
    if i not in lenders and i in world.stops:
        return table
    if i in lenders:
        table = replace(table, links=built[i].links if i in built else ())
        to = ", ".join(sorted({world.tables[w.child].source for w in asked if w.parent == i}))
        return _aside(table, "lent", f"the columns of {table.source} were lent to the rows of {to}", Level.PASS)
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
