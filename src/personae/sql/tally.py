"""What a log adds up to, as SQL texts: counts of users on days that several files make together, in any order.

Everything kept is a whole number or a decimal, so that sums do not depend on the order in which files come. Relations: `who`
(u, id, low, high, n, midnight), `names` (e, event), `done` (u, day, local, e, n), `hours` (u, day, local, and one column a part
of the day), `stays` (u, day, local, low, high) and one `sums` (u, day, local, total, most, n) for each amount. `day` is the day
that a window counts by, `local` the day by the clock of the zone; they differ only where a clock was turned over midnight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personae.sql import per_user

DAY = 86_400
NOBODY = -1
"""The number of whoever the rows without an id are of."""
UNNAMED = -1
"""The number of what happened in rows that do not say it."""
COLUMNS = {
    "who": "u INTEGER, id VARCHAR, low BIGINT, high BIGINT, n BIGINT, midnight BIGINT",
    "names": "e INTEGER, event VARCHAR",
    "done": "u INTEGER, day INTEGER, local INTEGER, e INTEGER, n BIGINT",
    "hours": "u INTEGER, day INTEGER, local INTEGER, night BIGINT, morning BIGINT, afternoon BIGINT, evening BIGINT",
    "stays": "u INTEGER, day INTEGER, local INTEGER, low BIGINT, high BIGINT",
    "sums": "u INTEGER, day INTEGER, local INTEGER, total DECIMAL(38,9), most DECIMAL(38,9), n BIGINT",
}
"""The columns of each relation."""
_KEYS = {"who": "u", "done": "u, day, local, e", "hours": "u, day, local", "sums": "u, day, local"}
_ADDED = {
    "who": "any_value(id) AS id, min(low) AS low, max(high) AS high, CAST(sum(n) AS BIGINT) AS n, "
    "CAST(sum(midnight) AS BIGINT) AS midnight",
    "done": "CAST(sum(n) AS BIGINT) AS n",
    "hours": ", ".join(f"CAST(sum({p}) AS BIGINT) AS {p}" for p in ("night", "morning", "afternoon", "evening")),
    "sums": "sum(total) AS total, max(most) AS most, CAST(sum(n) AS BIGINT) AS n",
}


def table(name: str, columns: str) -> str:
    """An empty relation."""
    return f"CREATE OR REPLACE TABLE {name} ({columns})"


def view(name: str, columns: str, parts: Sequence[str]) -> str:
    """A relation over some Parquet files (SQL literals), with no row where there are none."""
    typed = columns.split(", ")
    names = ", ".join(c.split(" ")[0] for c in typed)
    if not parts:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in (t.split(" ") for t in typed))
        return f"CREATE OR REPLACE VIEW {name} AS SELECT {nothing} LIMIT 0"
    return f"CREATE OR REPLACE VIEW {name} AS SELECT {names} FROM read_parquet([{', '.join(parts)}])"


def both(name: str, one: str, other: str, gone: str = "", done: str = "") -> str:
    """A relation of the rows of two, without the users of the relation `gone` (u), or of the events alone that `done` has."""
    rows = f"SELECT * FROM {one} UNION ALL SELECT * FROM {other}"
    rest = f" WHERE u NOT IN (SELECT u FROM {gone})" if gone else f" WHERE e IN (SELECT e FROM {done})" if done else ""
    return f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM ({rows}) AS b{rest}"


def listed(into: str, who: str, ids: str) -> str:
    """A relation (u) of those whose id is in the relation `ids`."""
    return f"CREATE OR REPLACE TABLE {into} AS SELECT DISTINCT u FROM {who} WHERE id IN (SELECT id FROM {ids})"


def kept(query: str, path: str) -> str:
    """Write what a query gives as a Parquet file (an SQL literal)."""
    return f"COPY ({query}) TO {path} (FORMAT parquet, COMPRESSION zstd)"


def added(kind: str, relation: str, since: int | None = None, own: tuple[str, str, int] | None = None) -> str:
    """The rows of a relation of that kind with each key once, in order; without days before `since`, or after the first days of
    each user where `own` (see `inside`) says so."""
    daily = kind not in ("who", "names")
    rows = f"(SELECT * FROM {relation}{f' WHERE day >= {since}' if daily and since is not None else ''})"
    if own is not None and daily:
        begun, day, first = own
        rows = f"(SELECT d.* FROM {relation} AS d JOIN {begun} AS b USING (u) WHERE d.{day} < b.begun + {first})"
    if kind == "names":
        return f"SELECT * FROM {relation} ORDER BY e"
    if kind == "stays":
        return f"SELECT u, day, local, low, high FROM {stays(rows, 'u, day, local')} ORDER BY ALL"
    return f"SELECT {_KEYS[kind]}, {_ADDED[kind]} FROM {rows} GROUP BY {_KEYS[kind]} ORDER BY {_KEYS[kind]}"


def stays(relation: str, by: str, pause: int = 1_800) -> str:
    """Stretches (low, high) in seconds of each key, those that overlap or lie at most a pause apart as one."""
    order = f"PARTITION BY {by} ORDER BY low, high ROWS BETWEEN UNBOUNDED PRECEDING AND"
    new = f"CASE WHEN low > max(high) OVER ({order} 1 PRECEDING) + {pause} THEN 1 ELSE 0 END"
    numbered = f"SELECT *, sum(new) OVER ({order} CURRENT ROW) AS stay FROM (SELECT *, {new} AS new FROM {relation})"
    return f"(SELECT {by}, min(low) AS low, max(high) AS high FROM ({numbered}) GROUP BY {by}, stay)"


# ---------------------------------------------------------------- new rows


def newcomers(relation: str, id: str, known: str, into: str, start: int) -> str:
    """Give each id (text, not empty) that is not `known` (u, id) a number from `start` on, in the order of ids."""
    new = f"SELECT DISTINCT {_text(id)} AS id FROM {relation}"
    return (
        f"INSERT INTO {into} SELECT {start} - 1 + row_number() OVER (ORDER BY id), id, NULL, NULL, 0, 0 FROM ({new}) AS d "
        f"WHERE id <> '' AND id NOT IN (SELECT id FROM {known} WHERE id IS NOT NULL)"
    )


def unheard(relation: str, event: str, known: str, into: str, start: int) -> str:
    """The same for the names of what happened."""
    new = f"SELECT DISTINCT {event} AS event FROM {relation}"
    return (
        f"INSERT INTO {into} SELECT {start} - 1 + row_number() OVER (ORDER BY event), event FROM ({new}) AS d "
        f"WHERE event IS NOT NULL AND event NOT IN (SELECT event FROM {known})"
    )


def rows(
    into: str,
    relation: str,
    id: str,
    event: str,
    second: str,
    clock: tuple[Sequence[int], Sequence[int], Sequence[int]],
    values: Sequence[str],
    by_day: bool,
    naive: bool,
    who: str,
    names: str,
) -> str:
    """A table (u, e, s, moment, day, local, t, v0, v1...) of the rows of a log: `s` is the second as written, `moment` the
    instant, `t` the local second. `clock` are the instants at which an offset begins to hold, the offsets, and the local
    seconds from which each leads back to instants. Times that are local as they stand (`naive`) keep their day and hour, also
    in an hour that a clock left out. Without `by_day` all days are 0.
    """
    since, offset, turns = clock
    given = f"{_text(id)} AS id, {event or 'NULL'} AS event, {second or '0'} AS s"
    listed = "".join(f", {v} AS v{i}" for i, v in enumerate(values))
    more = "".join(f", v{i}" for i in range(len(values)))
    written = f"SELECT {given}{listed} FROM {relation}"
    instants = f"SELECT *, {_back('s', turns, offset) if naive else 's'} AS moment FROM ({written}) AS w"
    locals_ = f"SELECT *, {'s' if naive else per_user.shifted('moment', since, offset)} AS t FROM ({instants}) AS i"
    day = per_user.day("s") if naive else _window_day(turns, offset)
    dated = f"SELECT *, {per_user.day('t')} AS l FROM ({locals_}) AS j"
    days = f"CAST({day} AS INTEGER) AS day, CAST(l AS INTEGER) AS local" if by_day else "0 AS day, 0 AS local"
    numbers = f"coalesce(p.u, {NOBODY}) AS u, coalesce(k.e, {UNNAMED}) AS e"
    joined = f"({dated}) AS d LEFT JOIN {who} AS p ON p.id = d.id LEFT JOIN {names} AS k ON k.event = d.event"
    return f"CREATE OR REPLACE TABLE {into} AS SELECT {numbers}, s, moment, {days}, t{more} FROM {joined}"


def _back(second: str, turns: Sequence[int], offset: Sequence[int]) -> str:
    """The instant of a local second."""
    cases = "".join(f" WHEN {second} >= {t} THEN {o}" for t, o in list(zip(turns, offset, strict=True))[:0:-1])
    return f"{second} - CASE{cases} ELSE {offset[0]} END" if cases else f"{second} - {offset[0]}"


def _window_day(turns: Sequence[int], offset: Sequence[int]) -> str:
    """The last day whose first instant has come; `l` is the day by the clock."""
    if len(offset) == 1:
        return "l"
    next_, own = (_back(f"({d} * {DAY})", turns, offset) for d in ("(l + 1)", "l"))
    return f"CASE WHEN s >= {next_} THEN l + 1 WHEN s < {own} THEN l - 1 ELSE l END"


def seen(rows: str, into: str, timed: bool) -> str:
    """When each user was there first and last, of how many rows, and of how many at midnight."""
    low, high = ("min(s)", "max(s)") if timed else ("NULL", "NULL")
    midnight = f"count(*) FILTER (WHERE s % {DAY} = 0)"
    return f"INSERT INTO {into} SELECT u, NULL, {low}, {high}, count(*), {midnight} FROM {rows} GROUP BY u"


def done(rows: str, into: str) -> str:
    """How often each user did what on each day."""
    return f"INSERT INTO {into} SELECT u, day, local, e, count(*) FROM {rows} WHERE u >= 0 GROUP BY u, day, local, e"


def hours(rows: str, into: str, parts: Mapping[str, tuple[int, int]]) -> str:
    """Rows of each user and day by part of the day."""
    hour = f"(t - {per_user.day('t')} * {DAY})"
    counted = ", ".join(f"count(*) FILTER (WHERE {hour} >= {3600 * a} AND {hour} < {3600 * b})" for a, b in parts.values())
    return f"INSERT INTO {into} SELECT u, day, local, {counted} FROM {rows} WHERE u >= 0 GROUP BY u, day, local"


def stayed(rows: str, into: str) -> str:
    """The stretches of each user and day without a long pause."""
    points = f"(SELECT u, day, local, moment AS low, moment AS high FROM {rows} WHERE u >= 0)"
    return f"INSERT INTO {into} SELECT u, day, local, low, high FROM {stays(points, 'u, day, local')}"


def summed(rows: str, into: str, value: str) -> str:
    """Sum, largest and number of an amount of each user and day."""
    return (
        f"INSERT INTO {into} SELECT u, day, local, sum({value}), max({value}), count({value}) FROM {rows} "
        f"WHERE u >= 0 GROUP BY u, day, local HAVING count({value}) > 0"
    )


# ---------------------------------------------------------------- what it all adds up to


def here(into: str, who: str, id: str) -> str:
    """A relation of the ids of `who` alone, under the name of the id column."""
    return f"CREATE OR REPLACE VIEW {into} AS SELECT DISTINCT id AS {id} FROM {who} WHERE id IS NOT NULL"


def span(who: str) -> str:
    """First and last second, rows with a time, and rows at midnight."""
    return f"SELECT min(low), max(high), CAST(sum(n) AS BIGINT), CAST(sum(midnight) AS BIGINT) FROM {who}"


def placed(into: str, who: str) -> str:
    """A relation (u, r) of numbers and positions."""
    numbers = f"SELECT DISTINCT u, id FROM {who} WHERE id IS NOT NULL"
    joined = f"({numbers}) AS p JOIN {per_user.USERS} AS x ON x.id = p.id"
    return f"CREATE OR REPLACE TABLE {into} AS SELECT p.u AS u, x.r AS r FROM {joined}"


def begun(into: str, done: str, at: str, day: str) -> str:
    """A relation (u, begun) of the first day of each user."""
    return f"CREATE OR REPLACE TABLE {into} AS SELECT u, min({day}) AS begun FROM {done} JOIN {at} USING (u) GROUP BY u"


def inside(relation: str, at: str, days: tuple[int, int] | None, own: tuple[str, str, int] | None) -> str:
    """The rows of a relation inside the window, with the position r of their user, and `since`: the local day, counted from the
    first of each user where `own` (relation of `begun`, day that it counts by, number of days) says so."""
    begun, day, first = own or ("", "", 0)
    joined = f"{relation} JOIN {at} USING (u)" + (f" JOIN {begun} USING (u)" if begun else "")
    tests = [f"day >= {days[0]} AND day <= {days[1]}"] if days is not None else []
    tests += [f"{day} < begun + {first}"] * bool(begun)
    since = "local - begun" if begun else "local"
    return f"(SELECT *, {since} AS since FROM {joined}{' WHERE ' + ' AND '.join(tests) if tests else ''})"


def counts(done: str) -> str:
    """Per user and event: how often."""
    return f"SELECT r, e, CAST(sum(n) AS BIGINT) AS n FROM {done} WHERE e >= 0 GROUP BY r, e ORDER BY r, e"


def cells(done: str) -> str:
    """Per user, local day and event: how often."""
    return f"SELECT r, local, e, CAST(sum(n) AS BIGINT) AS n FROM {done} GROUP BY r, local, e ORDER BY r, local, e"


def rhythm(done: str, days: tuple[int, int]) -> str:
    """Per user: events, active days, first and last day, events on weekends and in the later half."""
    daily = f"SELECT r, local, any_value(since) AS since, sum(n) AS n FROM {done} GROUP BY r, local"
    weekend = "((local + 3) % 7 + 7) % 7 >= 5"
    late = f"2 * since >= {days[0] + days[1] + 1}"
    summed = ("sum(n)", "count(*)", f"sum(n) FILTER (WHERE {weekend})", f"sum(n) FILTER (WHERE {late})")
    listed = ", ".join(f"CAST(coalesce({s}, 0) AS BIGINT)" for s in summed)
    return f"SELECT r, {listed}, min(since), max(since) FROM ({daily}) GROUP BY r ORDER BY r"


def parts(hours: str, names: Sequence[str]) -> str:
    """Per user: events by part of the day."""
    return f"SELECT r, {', '.join(f'CAST(sum({n}) AS BIGINT)' for n in names)} FROM {hours} GROUP BY r ORDER BY r"


def sessions(inside: str) -> str:
    """Per user: runs of events without a long pause, across midnight too."""
    return f"SELECT r, count(*) FROM {stays(inside, 'r')} GROUP BY r ORDER BY r"


def events(done: str) -> str:
    """Per user: events."""
    return f"SELECT r, CAST(sum(n) AS BIGINT) FROM {done} GROUP BY r ORDER BY r"


def amounts(sums: str) -> str:
    """Per user: exact sum, largest and number of an amount."""
    return f"SELECT r, sum(total) AS total, max(most) AS most, CAST(sum(n) AS BIGINT) AS n FROM {sums} GROUP BY r ORDER BY r"


def _text(expression: str) -> str:
    return f"CAST({expression} AS VARCHAR)"
