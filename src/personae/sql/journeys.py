"""The order of events as SQL texts: who did what after what, added up per group; no row of a person leaves the engine.

Relations: `WAY` (r, g, c, t, v, i) holds every event of the users looked at: user, group, event, second, visit of the user, and
place in the visit, equal seconds in the order of event codes. `STEPS` (c, p, o, again) gives each event its phase and its place
in the order of the way, -1 for one that is no step of it. Shares of a user's visits are counted in millionths, so that sums are
exact in any order of rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from personae.sql.per_user import USERS

WAY, STEPS, PASSES, CREW, NAMES = (f"personae_{w}" for w in ("way", "steps", "passes", "crew", "way_names"))
MILLION = 1_000_000


def way(relation: str, id: str, event: str, second: str, pause: int) -> str:
    """Make WAY: a visit ends with a pause of more than `pause` seconds, with the day where `pause` is 0, never where it is -1.

    `NAMES` (event, c) and `CREW` (r, g) say which events and whose."""
    before = "lag(t) OVER (PARTITION BY r ORDER BY t, c)"
    new = {0: f"t // 86400 > {before} // 86400", -1: "FALSE"}.get(pause, f"t - {before} > {pause}")
    rows = (
        f"SELECT u.r AS r, k.g AS g, n.c AS c, l.t AS t FROM "
        f"(SELECT CAST({id} AS VARCHAR) AS who, {event} AS what, CAST({second} AS BIGINT) AS t FROM {relation}) AS l "
        f"JOIN {USERS} AS u ON u.id = l.who JOIN {CREW} AS k ON k.r = u.r JOIN {NAMES} AS n ON n.event = l.what "
        "WHERE l.t IS NOT NULL"
    )
    begun = f"SELECT r, g, c, t, CASE WHEN {new} THEN 1 ELSE 0 END AS new FROM ({rows}) AS e"
    visit = "sum(new) OVER (PARTITION BY r ORDER BY t, c, new DESC ROWS UNBOUNDED PRECEDING)"
    numbered = f"SELECT r, g, c, t, {visit} AS v FROM ({begun}) AS b"
    placed = f"SELECT r, g, c, t, v, row_number() OVER (PARTITION BY r, v ORDER BY t, c) AS i FROM ({numbered}) AS s"
    return f"CREATE OR REPLACE TEMP TABLE {WAY} AS {placed}"


def named(relation: str, event: str) -> str:
    """The rows of a log whose events `NAMES` has."""
    return only(relation, event, [f"SELECT event FROM {NAMES}"])


def only(relation: str, event: str, values: Sequence[str]) -> str:
    """The rows of a log of these events (SQL literals, or a query of them)."""
    return f"(SELECT * FROM {relation} WHERE {event} IN ({', '.join(values)}))"


def visits() -> str:
    """Events, and visits."""
    return f"SELECT count(*), count(*) FILTER (WHERE i = 1) FROM {WAY}"


def positions() -> str:
    """Per event: users, and its mean place in the visits that hold it, where it comes first."""
    first = f"SELECT r, v, c, min(i) AS i FROM {WAY} GROUP BY 1, 2, 3"
    return f"SELECT c, count(DISTINCT r), CAST(sum(i) AS DOUBLE) / count(*) FROM ({first}) AS f GROUP BY 1 ORDER BY 1"


def amounts(relation: str, event: str, value: str) -> str:
    """Per event: the share of its rows that carry an amount."""
    return f"SELECT {event} AS event, count({value}) / count(*) AS s FROM {relation} GROUP BY 1 ORDER BY 1"


def passes(columns: str) -> str:
    """Make PASSES (r, g, x, n, lost, again): per user and place `x`, visits that come there, that go no further, and that
    repeat a step there. `columns` is "c" (events) or "p" (phases)."""
    place = "o" if columns == "c" else "q"
    ahead = f"max({place}) OVER (PARTITION BY r, v ORDER BY i ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"
    onward = "CASE WHEN s.o >= 0 THEN s.p ELSE -1 END AS q"
    rows = f"SELECT w.*, s.p, s.o, {onward}, s.again FROM {WAY} AS w JOIN {STEPS} AS s ON s.c = w.c"
    seen = f"SELECT r, g, v, i, {columns} AS x, {place} AS here, {ahead} AS ahead FROM ({rows}) AS e"
    further = "coalesce(arg_min(ahead, i) > min(here), FALSE)"
    per_visit = f"SELECT r, any_value(g) AS g, v, x, {further} AS further FROM ({seen}) AS a GROUP BY r, v, x"
    twice = f"SELECT r, v, {columns} AS x, c, count(*) AS n, bool_or(again) AS again FROM ({rows}) AS e GROUP BY 1, 2, 3, 4"
    repeated = f"SELECT r, v, x, bool_or(n > 1 AND again) AS twice FROM ({twice}) AS t GROUP BY 1, 2, 3"
    return (
        f"CREATE OR REPLACE TEMP TABLE {PASSES} AS SELECT a.r AS r, any_value(a.g) AS g, a.x AS x, count(*) AS n, "
        "count(*) FILTER (WHERE NOT a.further) AS lost, count(*) FILTER (WHERE b.twice) AS again "
        f"FROM ({per_visit}) AS a JOIN ({repeated}) AS b ON a.r = b.r AND a.v = b.v AND a.x = b.x GROUP BY a.r, a.x"
    )


def shares(part: str) -> str:
    """Per group and place: users, sum and sum of squares of the share of their visits (millionths), users with any."""
    return _sums(f"SELECT g, x, CAST(round({MILLION} * {part} / n) AS BIGINT) AS m FROM {PASSES}")


def users() -> str:
    """Per group: users with any event."""
    return f"SELECT g, count(DISTINCT r) AS n FROM {WAY} GROUP BY 1 ORDER BY 1"


def ends(columns: str) -> str:
    """The same as `shares` of the visits whose last event is at a place, among all visits of a user."""
    last = f"SELECT r, v, arg_max(c, i) AS c FROM {WAY} GROUP BY 1, 2"
    total = f"SELECT r, any_value(g) AS g, count(*) FILTER (WHERE i = 1) AS n FROM {WAY} GROUP BY 1"
    mine = f"SELECT l.r AS r, s.{columns} AS x, count(*) AS k FROM ({last}) AS l JOIN {STEPS} AS s ON s.c = l.c GROUP BY 1, 2"
    ratio = f"CAST(round({MILLION} * k / n) AS BIGINT)"
    return _sums(f"SELECT a.g AS g, b.x AS x, {ratio} AS m FROM ({total}) AS a JOIN ({mine}) AS b ON a.r = b.r")


def waits() -> str:
    """Make PASSES (r, g, x, w): per user and phase of the way, seconds between coming there first and coming first to the last
    phase before it that they came to earlier."""
    on_way = f"{WAY} AS w JOIN {STEPS} AS s ON s.c = w.c WHERE s.o >= 0"
    first = f"SELECT w.r AS r, any_value(w.g) AS g, s.p AS p, min(w.t) AS t FROM {on_way} GROUP BY 1, 3"
    return (
        f"CREATE OR REPLACE TEMP TABLE {PASSES} AS "
        "SELECT b.r AS r, any_value(b.g) AS g, b.p AS x, any_value(b.t) - max(a.t) AS w "
        f"FROM ({first}) AS a JOIN ({first}) AS b ON a.r = b.r AND a.p < b.p AND a.t <= b.t GROUP BY b.r, b.p"
    )


def middles() -> str:
    """Per group (-1 for everyone) and phase: users, and the median wait in seconds."""
    return (
        f"SELECT g, x, count(*) AS n, CAST(median(w) AS DOUBLE) AS m FROM {PASSES} GROUP BY 1, 2 UNION ALL "
        f"SELECT -1, x, count(*), CAST(median(w) AS DOUBLE) FROM {PASSES} GROUP BY 2 ORDER BY 1, 2"
    )


def logs() -> str:
    """Per group and phase: users, sum and sum of squares of log(1 + wait) (millionths), users who waited at all."""
    return _sums(f"SELECT g, x, CAST(round({MILLION} * ln(1 + w)) AS BIGINT) AS m FROM {PASSES}")


def late(limits: str) -> str:
    """Per group and phase: users who waited, and those who waited longer than the limit of the phase in relation `limits`."""
    return (
        f"SELECT a.g AS g, a.x AS x, count(*) AS n, count(*) FILTER (WHERE a.w > l.most) AS base FROM {PASSES} AS a "
        f"JOIN {limits} AS l ON l.x = a.x GROUP BY 1, 2 ORDER BY 1, 2"
    )


def following() -> str:
    """Per group, phase and event of another phase that comes right after it in the same visit: how often, and by how many."""
    return (
        f"SELECT g, p, c, count(*) AS n, count(DISTINCT r) AS users FROM ({_moves()}) AS e "
        "WHERE q IS NOT NULL AND q <> p GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )


def movers() -> str:
    """Per group and phase: users who ever move from it to another phase within a visit."""
    left = f"SELECT g, p, r FROM ({_moves()}) AS e WHERE q IS NOT NULL AND q <> p"
    return f"SELECT g, p, count(DISTINCT r) AS users FROM ({left}) AS m GROUP BY 1, 2 ORDER BY 1, 2"


def came() -> str:
    """Per group and phase: users who ever come there."""
    steps = f"{WAY} AS w JOIN {STEPS} AS s ON s.c = w.c"
    return f"SELECT w.g, s.p, count(DISTINCT w.r) AS users FROM {steps} GROUP BY 1, 2 ORDER BY 1, 2"


def _moves() -> str:
    """Every event with its phase, the event after it in the same visit, and the phase of that."""
    ahead = "OVER (PARTITION BY w.r, w.v ORDER BY w.i)"
    return (
        f"SELECT w.r AS r, w.g AS g, s.p AS p, lead(w.c) {ahead} AS c, lead(s.p) {ahead} AS q "
        f"FROM {WAY} AS w JOIN {STEPS} AS s ON s.c = w.c"
    )


def _sums(rows: str) -> str:
    """Per group and place of rows (g, x, m): how many, sum and sum of squares of m, how many are above 0."""
    sums = "count(*) AS n, sum(m) AS total, sum(CAST(m AS HUGEINT) * m) AS square, count(*) FILTER (WHERE m > 0) AS base"
    return f"SELECT g, x, {sums} FROM ({rows}) AS s GROUP BY 1, 2 ORDER BY 1, 2"
