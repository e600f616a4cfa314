"""personae export --to: persona_current and persona_changes, into files or a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personae.cli.help import ALONE
from personae.cli.screen import Screen, count
from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.cli.interviews import Wanted
    from personae.databases.address import Address
    from personae.model.cast import Cast
    from personae.store import Record

FILES = (".csv", ".parquet")


def hand(record: Record, name: str, since: str, to: str, wanted: Wanted, screen: Screen, *, overwrite: bool, raw: bool) -> None:
    """Write both tables of a run to `to`, compared with the run `since` or else with the one it is a refresh of.

    Raises UsageError P001 for a place that cannot take them, and what the database says as P116; nothing is written then.
    """
    address = None if Path(to).suffix.lower() in FILES else _address(to)
    cast = record.load(name)
    before = earlier(record, cast, since)
    tables = _allowed(_tables(record, cast, before), cast, wanted)
    if address is None:
        written = [p.as_posix() for p in _files(tables, Path(to), overwrite=overwrite, raw=raw)]
    else:
        _plug(address, to).put(address, tables, cast.run)
        written = list(tables)
    rows = {n: t.num_rows for n, t in tables.items()}
    if screen.json:
        screen.give({"run": cast.run, "since": before.run if before else None, "to": to, "tables": rows, "written": written})
        return
    for place, n in zip(written, rows.values(), strict=True):
        screen.say(f"export   {place}{'' if address is None else f' in {address.label}'}   {count(n, 'row')}")


def earlier(record: Record, cast: Cast, since: str) -> Cast | None:
    """The run to compare with: the one that is named, else the one that this is a refresh of; None where there is none."""
    if since and since != ALONE:
        return record.load(since)
    return record.load(cast.change.before.run) if cast.change and cast.change.before.run else None


def _tables(record: Record, cast: Cast, before: Cast | None) -> Mapping[str, Any]:
    from personae.stages import standing

    entries = record.entries()
    first: dict[str, str] = {}
    for e in entries:
        first.setdefault(e.digest, e.id)
    at = next((e.date for e in entries if e.id == cast.run), "")
    origins = {e.id: first[e.digest] for e in entries}
    return {
        standing.CURRENT: standing.current(cast, cast.run, origins),
        standing.CHANGES: standing.changed(before, cast, cast.run, at),
    }


def _allowed(tables: Mapping[str, Any], cast: Cast, wanted: Wanted) -> Mapping[str, Any]:
    """The tables without whom they may not hold."""
    from personae.cli.interviews import may, may_not, own
    from personae.stages import audience as lists

    kept = {n: lists.without(t, may_not(cast, wanted)) if wanted.exclude or own(cast) else t for n, t in tables.items()}
    allowed = may(cast, wanted)
    return kept if allowed is None else {n: lists.only(t, allowed) for n, t in kept.items()}


def _files(tables: Mapping[str, Any], to: Path, *, overwrite: bool, raw: bool) -> Iterator[Path]:
    """persona.csv as persona_current.csv and persona_changes.csv, for their owner alone."""
    from personae import plugins
    from personae.store import whole_file

    form = to.suffix[1:].lower()
    places = [to.with_name(f"{to.stem}_{name.partition('_')[2]}{to.suffix}") for name in tables]
    taken = next((p for p in places if p.exists() and not overwrite), None)
    if taken:
        raise UsageError(
            "P001", f"{taken} exists already", where="--to", fix="add --overwrite, or choose another name with --to"
        )
    for place, rows in zip(places, tables.values(), strict=True):
        with whole_file(place, overwrite=overwrite) as temp:
            temp.touch(mode=0o600)
            plugins.find("exporters", form).write(rows, temp, **({"raw": raw} if form == "csv" else {}))
            temp.chmod(0o600)
        yield place


def _address(to: str) -> Address:
    """The database that is to hold the tables; a file of one that is not there yet is made."""
    from personae.databases.address import ENDINGS, ENGINES, Address, parted

    path = Path(to).expanduser()
    suffix = path.suffix.lower()
    if suffix in ENDINGS and "::" not in to and ":/" not in to and not path.exists():
        engine, label = ENGINES["duckdb" if suffix in (".duckdb", ".ddb") else "sqlite"]
        return Address(engine, label, to, str(path))
    if not suffix and "::" not in to and ":" not in to:
        fix = "name a file (persona.csv, persona.parquet, shop.db, shop.duckdb) or a database (env:DB_URL)"
        raise UsageError("P001", f"{to} is no place for tables", where="--to", fix=fix)
    address, table = parted(to)
    if table:
        fix = f"name the database alone: --to {address.reference}"
        raise UsageError("P001", "the tables are called persona_current and persona_changes", where="--to", fix=fix)
    return address


def _plug(address: Address, to: str) -> Any:
    from personae import plugins

    plug = plugins.find("engines", address.engine)
    if not hasattr(plug, "put"):
        fix = "write to PostgreSQL, SQLite or DuckDB, or to files: --to persona.csv"
        raise UsageError("P001", f"tables are not written to {address.label}", where="--to", fix=fix)
    return plug
