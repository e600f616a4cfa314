"""From rows to one row per user, as SQL texts: who the users are, what the events are, and every event as small integers.

Names arrive quoted and values arrive as expressions, so that nothing here knows an engine. What follows per user is done on
the integers, in `personae.habits`: sorted integers are counted ten times faster than an engine groups them.
"""

from __future__ import annotations

from collections.abc import Sequence

USERS = "personae_users"
"""Relation (r INTEGER, id VARCHAR): every user's position and id."""


def users(sources: Sequence[tuple[str, str]]) -> str:
    """Every id of all (relation, id column) pairs once, as text, in the order of its md5 and then of itself."""
    distinct = " UNION ".join(f"SELECT {_text('k')} AS id FROM (SELECT DISTINCT {c} AS k FROM {r})" for r, c in sources)
    return (
        f"CREATE OR REPLACE TABLE {USERS} AS "
        f"SELECT CAST(row_number() OVER (ORDER BY md5(id), id) - 1 AS INTEGER) AS r, id FROM ({distinct}) WHERE id <> ''"
    )


def ids() -> str:
    """The ids in their order."""
    return f"SELECT id FROM {USERS} ORDER BY r"


EVERYBODY = "personae_everybody"
"""All users, where they are looked at part by part and USERS holds those of one part."""


def set_apart() -> str:
    """USERS under the name EVERYBODY."""
    return f"DROP TABLE IF EXISTS {EVERYBODY}; ALTER TABLE {USERS} RENAME TO {EVERYBODY}"


def part(start: int, users: int) -> str:
    """USERS as so many of everybody from one on, numbered from 0."""
    return (
        f"CREATE OR REPLACE TABLE {USERS} AS SELECT CAST(r - {start} AS INTEGER) AS r, id FROM {EVERYBODY} "
        f"WHERE r >= {start} AND r < {start + users} ORDER BY r"
    )


def done(into: str, relation: str, id: str, event: str, known: str) -> str:
    """A table (r, c, n) of how often each user did each of the `known` events (c, event), in that order."""
    rows = f"SELECT {_text(id)} AS who, {event} AS what FROM {relation}"
    return (
        f"CREATE OR REPLACE TABLE {into} AS SELECT u.r AS r, k.c AS c, count(*) AS n FROM ({rows}) AS p "
        f"JOIN {USERS} AS u ON u.id = p.who JOIN {known} AS k ON k.event = p.what GROUP BY 1, 2 ORDER BY 1, 2"
    )


def done_by(done: str, start: int, users: int) -> str:
    """The rows of that table of so many users from one on, who are numbered from 0."""
    return f"SELECT r - {start} AS r, c, n FROM {done} WHERE r >= {start} AND r < {start + users} ORDER BY 1, 2"


def of_nobody(relation: str, id: str) -> str:
    """How many rows have no id."""
    return f"SELECT count(*) FROM {relation} WHERE {id} IS NULL OR {_text(id)} = ''"


def several(relation: str, id: str, rows: str = "count(*)") -> str:
    """How many users have more than one row; `rows` counts them where several were added up to one."""
    ids = f"SELECT {id} AS k FROM {relation} WHERE {id} IS NOT NULL AND {_text(id)} <> '' GROUP BY 1 HAVING {rows} > 1"
    return f"SELECT count(*) FROM ({ids}) AS s"


def matched(sources: Sequence[tuple[str, str]]) -> str:
    """One row a pair of sources: both, only the first, only the second, in users. For two sources."""
    a, b = (
        f"SELECT DISTINCT {_text('k')} AS id FROM (SELECT DISTINCT {c} AS k FROM {r}) WHERE k IS NOT NULL" for r, c in sources
    )
    return (
        "SELECT count(*) FILTER (WHERE a.id IS NOT NULL AND b.id IS NOT NULL), count(*) FILTER (WHERE b.id IS NULL), "
        f"count(*) FILTER (WHERE a.id IS NULL) FROM ({a}) AS a FULL JOIN ({b}) AS b ON a.id = b.id "
        "WHERE coalesce(a.id, b.id) <> ''"
    )


def events(relation: str, event: str) -> str:
    """Every event name of a log and its rows, in the order of names."""
    return f"SELECT {event} AS event, count(*) AS n FROM {relation} WHERE {event} IS NOT NULL GROUP BY 1 ORDER BY 1"


def reach(relation: str, event: str, id: str, most: int = 0) -> str:
    """Every event name of a log and the number of users who did it, most users first; the first `most` of them where not 0."""
    pairs = f"SELECT DISTINCT {event} AS event, {id} AS k FROM {relation} WHERE {event} IS NOT NULL AND {id} IS NOT NULL"
    return f"SELECT event, count(*) AS n FROM ({pairs}) GROUP BY 1 ORDER BY 2 DESC, 1" + (f" LIMIT {most}" if most else "")


def times(relation: str, event: str, values: Sequence[str]) -> str:
    """How often each of these events (SQL literals) happened; those that never did are missing."""
    return (
        f"SELECT {event} AS event, count(*) AS n FROM {relation} WHERE {event} IN ({', '.join(values)}) GROUP BY 1 ORDER BY 1"
    )


def without(view: str, relation: str, event: str, values: Sequence[str]) -> str:
    """A view of the rows of other events than these (SQL literals)."""
    rest = f"{event} IS NULL OR {event} NOT IN ({', '.join(values)})"
    return f"CREATE OR REPLACE VIEW {view} AS SELECT * FROM {relation} WHERE {rest}"


def codes(name: str, source: str) -> str:
    """A relation (c SMALLINT, event) of the event names registered as `source`, for the join in `coded`."""
    return f"CREATE OR REPLACE TABLE {name} AS SELECT c, event FROM {source}"


def dated(into: str, relation: str, time: str, second: str, name: str, columns: Sequence[str]) -> str:
    """A table of some columns of a log and, under `name`, the second of the epoch; each different text is read once."""
    listed = ", ".join(f"r.{c}" for c in columns)
    texts = f"SELECT {time}, {second} AS {name} FROM (SELECT DISTINCT {time} FROM {relation}) AS d"
    joined = f"{relation} AS r LEFT JOIN ({texts}) AS t ON r.{time} = t.{time}"
    return f"CREATE OR REPLACE TABLE {into} AS SELECT {listed}, t.{name} FROM {joined}"


def span(relation: str, second: str) -> str:
    """First and last second of a log; rows with a time, rows, and rows at midnight."""
    times = f"SELECT {second} AS t FROM {relation}"
    return f"SELECT min(t), max(t), count(t), count(*), count(*) FILTER (WHERE t % 86400 = 0) FROM ({times}) AS s"


def coded(
    relation: str,
    id: str,
    event: str,
    second: str,
    base: int,
    names: str,
    low: int | None,
    more: Sequence[tuple[str, str]] = (),
) -> str:
    """Every row of a log as integers: user, event (-1: none that counts), second after `base`.

    `low` is the smallest id when ids are integers close together: then the user comes as id - low, which needs no join. `more`
    are pairs of an expression and the relation of its values (see `levels`), "" where it is a number: they follow as x0, x1...,
    texts as positions (-1: empty).
    """
    who = f"CAST({id} - {low} AS INTEGER)" if low is not None else _text(id)
    when = f"CAST({second} - {base} AS UINTEGER)" if second else "CAST(0 AS UINTEGER)"
    also = "".join(f", {value} AS x{i}" for i, (value, _) in enumerate(more))
    inner = f"SELECT {who} AS who, {event or 'NULL'} AS what, {when} AS t{also} FROM {relation}"
    user = "p.who" if low is not None else "u.r"
    joins = "" if low is not None else f" LEFT JOIN {USERS} AS u ON u.id = p.who"
    done = "CAST(coalesce(c.c, -1) AS SMALLINT)" if event else "CAST(0 AS SMALLINT)"
    joins += f" LEFT JOIN {names} AS c ON c.event = p.what" if event else ""
    joins += "".join(f" LEFT JOIN {known} AS k{i} ON k{i}.event = p.x{i}" for i, (_, known) in enumerate(more) if known)
    said = (f"CAST(coalesce(k{i}.c, -1) AS INTEGER)" if known else f"p.x{i}" for i, (_, known) in enumerate(more))
    listed = "".join(f", {x} AS x{i}" for i, x in enumerate(said))
    return f"SELECT {user} AS u, {done} AS e, p.t AS t{listed} FROM ({inner}) AS p{joins}"


def day(second: str) -> str:
    """The day of the epoch of a second, which may lie before 1970."""
    return f"CAST(floor(({second}) / 86400) AS BIGINT)"


def shifted(second: str, since: Sequence[int], offset: Sequence[int]) -> str:
    """The local second of an instant: `offset` holds from `since` on, in order."""
    turns = "".join(f" WHEN {second} >= {s} THEN {o}" for s, o in list(zip(since, offset, strict=True))[:0:-1])
    return f"{second} + CASE{turns} ELSE {offset[0]} END" if turns else f"{second} + {offset[0]}"


def first_days(relation: str, id: str, day: str, days: int) -> str:
    """The rows of the first days of each user; those that belong to nobody stay."""
    begun = f"SELECT {id} AS k, min({day}) AS begun FROM {relation} AS b WHERE {id} IS NOT NULL GROUP BY 1"
    dated = f'SELECT *, {day} AS "personae day" FROM {relation} AS d'
    return (
        f"(SELECT r.* FROM ({dated}) AS r LEFT JOIN ({begun}) AS f ON r.{id} = f.k "
        f'WHERE f.k IS NULL OR r."personae day" < f.begun + {days})'
    )


def begun_after(relation: str, id: str, day: str, last: int) -> str:
    """How many users came first after a day."""
    firsts = f"SELECT {id}, min({day}) AS begun FROM {relation} AS r WHERE {id} IS NOT NULL GROUP BY 1"
    return f"SELECT count(*) FILTER (WHERE begun > {last}) FROM ({firsts}) AS f"


def paired(event: str, value: str) -> str:
    """The name of an event with a property of it: "purchase: shoes"; one of them alone where the other is empty."""
    return f"CASE WHEN {value} IS NULL THEN {event} ELSE {event} || ': ' || {value} END"


def levels(into: str, relation: str, value: str) -> str:
    """A relation (c INTEGER, event VARCHAR) of the different values of a text column, numbered in the order of their bytes."""
    different = f"SELECT DISTINCT {value} AS event FROM {relation}"
    return (
        f"CREATE OR REPLACE TABLE {into} AS SELECT CAST(row_number() OVER (ORDER BY event) - 1 AS INTEGER) AS c, event "
        f"FROM ({different}) AS d WHERE event <> ''"
    )


def named(levels: str) -> str:
    """The values in their order."""
    return f"SELECT event FROM {levels} ORDER BY c"


def integer_ids(relation: str, id: str) -> str:
    """The smallest and largest id of an integer column."""
    return f"SELECT min({id}), max({id}) FROM {relation}"


def positions() -> str:
    """Ids that are plain integers, with their positions."""
    return f"SELECT n, r FROM (SELECT TRY_CAST(id AS BIGINT) AS n, id, r FROM {USERS}) WHERE {_text('n')} = id"


def amounts(relation: str, id: str, value: str, most: str = "", filled: str = "") -> str:
    """Per user: exact sum, largest and number of a value; `most` and `filled` are columns where rows stand for several."""
    most, filled = most or value, f"sum({filled})" if filled else f"count({value})"
    return (
        f"SELECT u.r AS r, sum(s) AS total, max(m) AS most, CAST(sum(n) AS BIGINT) AS n FROM "
        f"(SELECT {id} AS k, sum({value}) AS s, max({most}) AS m, {filled} AS n FROM {relation} GROUP BY 1) AS g "
        f"JOIN {USERS} AS u ON u.id = {_text('g.k')} WHERE n > 0 GROUP BY 1 ORDER BY 1"
    )


def measured(relation: str) -> str:
    """Per user: what a database measured of them, under its names."""
    return f"SELECT u.r AS r, s.* EXCLUDE (who) FROM {relation} AS s JOIN {USERS} AS u ON u.id = s.who ORDER BY 1"


def added(relation: str, id: str, event: str, times: str) -> str:
    """Per user and event of a log that was added up already: the sum of how often."""
    return (
        f"SELECT u.r AS r, g.e AS e, CAST(sum(g.n) AS DOUBLE) AS n FROM (SELECT {id} AS k, {event} AS e, sum({times}) AS n "
        f"FROM {relation} WHERE {event} IS NOT NULL GROUP BY 1, 2 HAVING sum({times}) > 0) AS g "
        f"JOIN {USERS} AS u ON u.id = {_text('g.k')} GROUP BY u.r, g.e ORDER BY 1, 2"
    )


def usual(relation: str, id: str, value: str) -> str:
    """Per user: the most frequent value of a property, the first in order of names when several are."""
    return (
        f"SELECT u.r AS r, g.v AS v FROM (SELECT k, v, row_number() OVER (PARTITION BY k ORDER BY n DESC, v) AS place FROM "
        f"(SELECT {id} AS k, {value} AS v, count(*) AS n FROM {relation} WHERE {value} IS NOT NULL GROUP BY 1, 2)) AS g "
        f"JOIN {USERS} AS u ON u.id = {_text('g.k')} WHERE g.place = 1 ORDER BY 1"
    )


def traits(relation: str, id: str, values: Sequence[str], users: int = 0) -> str:
    """Per user, of the first `users` where that is not 0: the values of a table with one row a user, as v0, v1..."""
    inner = "".join(f", {v} AS v{i}" for i, v in enumerate(values))
    outer = "".join(f", p.v{i}" for i in range(len(values)))
    return (
        f"SELECT u.r AS r{outer} FROM (SELECT {_text(id)} AS k{inner} FROM {relation}) AS p "
        f"JOIN {USERS} AS u ON u.id = p.k {f'WHERE u.r < {users} ' if users else ''}ORDER BY 1"
    )


def _text(expression: str) -> str:
    return f"CAST({expression} AS VARCHAR)"
