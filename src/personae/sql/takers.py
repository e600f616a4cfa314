"""Who took what, as an SQL text: one row for each user and thing."""

from __future__ import annotations

from personae.sql.per_user import USERS


def takers(relation: str, id: str, thing: str, users: int) -> str:
    """Rows (thing, r) of the first `users` users and each thing that they took at least once, blank things left out."""
    rows = f"SELECT CAST({id} AS VARCHAR) AS k, CAST({thing} AS VARCHAR) AS thing FROM {relation}"
    return (
        f"SELECT DISTINCT p.thing AS thing, u.r AS r FROM ({rows}) AS p JOIN {USERS} AS u ON u.id = p.k "
        f"WHERE u.r < {users} AND trim(p.thing) <> '' ORDER BY 1, 2"
    )
