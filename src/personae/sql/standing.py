"""persona_current and persona_changes in a database, as SQL that PostgreSQL, SQLite and DuckDB understand alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

STAGED = "personae_new_"
"""How the temporary tables begin that hold the new rows."""

COLUMNS = {
    "persona_current": {
        "id": "text", "persona_key": "text", "persona_name": "text", "since": "text", "margin": "double precision",
        "run_id": "text",
    },
    "persona_changes": {"id": "text", "left": "text", "joined": "text", "at": "text", "run_id": "text"},
}  # fmt: skip
"""Table -> column -> type."""

KEYS = {"persona_current": ("id",), "persona_changes": ("run_id", "id")}
"""What is in a table once."""


def create(table: str) -> str:
    """The table, where it is not there yet."""
    keys = KEYS[table]
    columns = [f'"{c}" {t}{" not null" if c in keys else ""}' for c, t in COLUMNS[table].items()]
    return f'create table if not exists "{table}" ({", ".join(columns)}, primary key ({_names(keys)}))'


def check(table: str) -> str:
    """Fails where a table of that name has other columns."""
    return f'select {_names(COLUMNS[table])} from "{table}" limit 0'


def merge(table: str, run: str, differs: str = "is distinct from") -> Iterator[str]:
    """Bring a table to what was staged: rows that are the same are not touched. Of persona_changes only the rows of this run
    are. `differs` is how the dialect compares values of which one may be null."""
    new, keys = f'"{STAGED}{table}"', KEYS[table]
    others = [c for c in COLUMNS[table] if c not in keys]
    same = " and ".join(f'n."{k}" = "{table}"."{k}"' for k in keys)
    own = f""""{table}"."run_id" = '{run.replace("'", "''")}' and """ if table == "persona_changes" else ""
    yield f'delete from "{table}" where {own}not exists (select 1 from {new} as n where {same})'
    yield (
        f'insert into "{table}" ({_names(COLUMNS[table])}) select {_names(COLUMNS[table])} from {new} where true '
        f"on conflict ({_names(keys)}) do update set "
        + ", ".join(f'"{c}" = excluded."{c}"' for c in others)
        + " where "
        + " or ".join(f'"{table}"."{c}" {differs} excluded."{c}"' for c in others)
    )


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{c}"' for c in columns)
