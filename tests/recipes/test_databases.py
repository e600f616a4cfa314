"""The SQL that a recipe is printed as runs on the database it is for, and gives what DuckDB gives."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pytest

from personae import plugins
from personae.cli.features import compiled
from servers import Server, mariadb, postgres
from small_log import NUMBERS, some_log

__all__ = ["mariadb", "postgres"]
_TYPES = {"mysql": ("VARCHAR(60) COLLATE utf8mb4_bin", "DOUBLE", "`"), "postgresql": ("text", "double precision", '"')}
_NAMED = {"of": "item", "order": "order", "by": "genre"}


def _options(name: str) -> dict[str, Any]:
    """What a recipe cannot do without."""
    from inspect import Parameter

    from personae.model.recipe import EventName, NumberColumn
    from personae.stages.asked import options

    needed = {n: p.annotation for n, p in options(name).items() if p.default is Parameter.empty}
    events = {"event": "purchase", "of": "play"}
    return {n: events[n] if kind == EventName else "year" if kind == NumberColumn else _NAMED[n] for n, kind in needed.items()}


def _fill(server: Server, log: pa.Table) -> None:
    """The log as a table of the server, its times as local seconds since 1970."""
    words, number, mark = _TYPES[server.scheme]
    kinds = {"t": "bigint", **dict.fromkeys(("value", *NUMBERS), number)}
    columns = ", ".join(f"{mark}{name}{mark} {kinds.get(name, words)}" for name in log.column_names)
    server.run("DROP TABLE IF EXISTS log", f"CREATE TABLE log ({columns})")
    server.insert("log", log.rename_columns([f"`{n}`" for n in log.column_names]) if server.scheme == "mysql" else log)


def _close(rows: Any) -> list[Any]:
    """Rows in an order of their own, numbers to nine digits, what is nothing left out."""
    plain = [tuple(v if isinstance(v, str) or v is None else float(f"{float(v):.9g}") for v in row) for row in rows]
    return sorted((r for r in plain if any(r[1:])), key=repr)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ("mariadb", "postgres"))
def test_the_printed_sql_of_every_recipe_gives_on_a_server_what_it_gives_in_duckdb(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """Requirements 44 and 57."""
    server: Server = request.getfixturevalue(kind)
    small = {k: [None if x == "" or x != x else x for x in v] for k, v in some_log(6, 120).columns.items()}
    log = pa.table({k: pa.array([int(x) for x in v]) if k == "t" else v for k, v in small.items()})
    _fill(server, log)
    duck = ibis.duckdb.connect()
    duck.create_table("log", log)
    for name in plugins.names("recipes"):
        here = duck.raw_sql(compiled(name, _options(name), "duckdb")).fetchall()
        there = server.run(compiled(name, _options(name), "mysql" if kind == "mariadb" else "postgres"))
        assert here, name
        assert _close(there) == _close(here), name
