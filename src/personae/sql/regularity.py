"""How evenly the events of each user are spaced, and over which hours of the day they fall."""

from __future__ import annotations

from personae.sql.per_user import USERS


def spacing(relation: str, id: str, second: str, users: int, least: int) -> str:
    """Rows (r, n, mean, sd, h0 ... h23): of the first `users` users with at least `least` gaps between their events, the number
    of gaps, their mean and standard deviation in seconds, and their events by hour of the day."""
    rows = (
        f"SELECT u.r AS r, p.t AS t FROM (SELECT CAST({id} AS VARCHAR) AS k, {second} AS t FROM {relation}) AS p "
        f"JOIN {USERS} AS u ON u.id = p.k WHERE u.r < {users} AND p.t IS NOT NULL"
    )
    gaps = f"SELECT r, t, t - lag(t) OVER (PARTITION BY r ORDER BY t) AS gap FROM ({rows})"
    hours = ", ".join(f"count(*) FILTER (WHERE (t // 3600) % 24 = {h}) AS h{h}" for h in range(24))
    whole = "count(*) FILTER (WHERE t % 3600 <> 0) AS fine"
    return (
        f"SELECT r, count(gap) AS n, avg(gap) AS mean, stddev_pop(gap) AS sd, {whole}, {hours} FROM ({gaps}) "
        f"GROUP BY r HAVING count(gap) >= {least} ORDER BY r"
    )
