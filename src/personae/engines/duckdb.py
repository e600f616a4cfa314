"""DuckDB in a private scratch folder: the only file that knows this engine."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from personae.errors import MachineError, PersonaeError, UsageError
from personae.model.table import Column, Kind

if TYPE_CHECKING:
    import pyarrow as pa

Locator = Callable[[Sequence[int]], "list[tuple[str, int]]"]
"""Row positions (0-based, in the order of the relation) -> (file, line) of each."""

FREE_SHARE = 0.7
"""Share of the free memory that DuckDB may take when nothing else is said."""

_LOCKED = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "allow_community_extensions": "false"}


class DuckDB:
    """One connection over a scratch database that only its owner can read and that goes away with it."""

    def __init__(self, *, memory: str = "", threads: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="personae-"))
        self._origins: dict[str, Locator] = {}
        self._held: dict[str, object] = {}
        try:
            self._con = duckdb.connect(str(self.folder / "scratch.duckdb"), config=_LOCKED)
            self._set(memory or f"{_free_bytes() * FREE_SHARE / 1e6:.0f}MB", threads)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _set(self, memory: str, threads: int) -> None:
        """State what the engine may use and where it spills."""
        settings = {
            "temp_directory": str(self.folder / "spill"),
            "preserve_insertion_order": True,
            "python_enable_replacements": False,
            "enable_progress_bar": False,
            "checkpoint_threshold": "1TB",
            "TimeZone": "UTC",
            # Compressing takes 2.3 of the 3.1 s that a million rows of text need, and they are read only a few times.
            "force_compression": "uncompressed",
        }
        for name, value in settings.items():
            self._con.execute(f"SET {name} = {value if isinstance(value, bool) else text(value)}")
        try:
            self._con.execute(f"SET memory_limit = {text(memory)}")
        except duckdb.Error as error:
            fix = 'write a size such as "8GB"'
            raise UsageError("P001", f'"{memory}" is not an amount of memory', where="--memory", fix=fix) from error
        if threads:
            self._con.execute(f"SET threads = {int(threads)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and remove the scratch folder."""
        self._con.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, sql: str, parameters: Sequence[Any] | None = None) -> duckdb.DuckDBPyConnection:
        """Run one statement. Raises MachineError when memory or disk run out, PersonaeError P900 for anything else."""
        with _own_errors():
            return self._con.execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query, as tuples."""
        with _own_errors():
            found: list[tuple[Any, ...]] = self._con.execute(sql, parameters).fetchall()
            return found

    def arrow(self, sql: str, parameters: Sequence[Any] | None = None) -> pa.Table:
        """The result of a query as an Arrow table."""
        with _own_errors():
            return self._con.execute(sql, parameters).to_arrow_table()

    def batches(self, sql: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The result of a query in pieces of about `rows` rows, on a cursor of its own, so that other queries may run
        meanwhile."""
        cursor = self._con.cursor()
        try:
            for name, data in self._held.items():  # a frame is visible only to the cursor it was registered with
                cursor.register(name, data)
            yield from cursor.execute(sql).to_arrow_reader(rows)
        except duckdb.Error as error:
            raise _translated(error) from error
        finally:
            cursor.close()

    def register(self, name: str, data: object) -> None:
        """Make an Arrow table or reader, or a frame, visible as a relation of that name (not copied)."""
        with _own_errors():
            self._con.register(name, data)
        self._held[name] = data

    def unregister(self, name: str) -> None:
        """Let go of a registered frame."""
        self._con.unregister(name)
        self._held.pop(name, None)

    @staticmethod
    def quote(name: str) -> str:
        """A name as an SQL identifier, whatever is in it."""
        return quote(name)

    @staticmethod
    def typed(column: Column) -> str:
        """The function `typed` of this module, for those who hold only the engine."""
        return typed(column)

    @staticmethod
    def strptime(expression: str, order: str) -> str:
        """The function `strptime` of this module, likewise."""
        return strptime(expression, order)

    def ibis(self) -> Any:
        """An Ibis backend on this very connection."""
        import ibis

        return ibis.duckdb.from_connection(self._con)

    def remember(self, relation: str, locate: Locator) -> None:
        """Keep where the rows of a relation came from."""
        self._origins[relation] = locate

    def locate(self, relation: str, positions: Sequence[int]) -> list[tuple[str, int]]:
        """(file, line) of rows given by 0-based position, which `row_number() OVER () - 1` gives; [] when nothing is known.

        Lines count from 1 as an editor shows them. For sources without lines it is the row's number, the header being 1.
        """
        return self._origins[relation](positions) if relation in self._origins and positions else []

    def locator(self, relation: str) -> Locator | None:
        """What `locate` asks for that relation."""
        return self._origins.get(relation)


def connect(*, memory: str = "", threads: int = 0) -> DuckDB:
    """Open an engine; `memory` such as "8GB" (default 70 % of what is free), `threads` 0 for every core."""
    return DuckDB(memory=memory, threads=threads)


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: object) -> str:
    """A value as an SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


_WIDE = ("HUGEINT", "UHUGEINT", "UBIGINT")
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    *_WIDE,
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
)
_TIMES = ("%I:%M:%S %p", "%I:%M %p", "%H:%M:%S", "%H:%M", "%H:%M:%S.%f")
_PARTS = {"dmy": ("%d-%m-%Y", "%d-%m-%y"), "mdy": ("%m-%d-%Y", "%m-%d-%y"), "ymd": ("%Y-%m-%d", "%y-%m-%d")}
_TO_ISO = {
    "dmy": (r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", r"\3-\2-\1"),
    "mdy": (r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", r"\3-\1-\2"),
    "ymd": (r"^(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})", r"\1-\2-\3 "),
}
_DAY_MONTH = (r"^(\d{1,2})[-./ ]*(\p{L}{3})\p{L}*\.?[-,./ ]*(\d{2,4})", r"\3-\2-\1")
_MONTH_DAY = (r"^(\p{L}{3})\p{L}*\.?[-./ ]*(\d{1,2})[-,./ ]+(\d{2,4})", r"\3-\1-\2")
_EPOCH = {"s": 1_000_000, "ms": 1_000, "us": 1}


def typed(column: Column) -> str:
    """SQL that turns a column of its relation into a value of its kind; empty and blank give NULL.

    INTEGER gives BIGINT (HUGEINT where the source's own type is wider), DECIMAL gives DOUBLE, BOOLEAN BOOLEAN, DATE DATE,
    TIMESTAMP a TIMESTAMP without zone (of "zoned" texts and epochs: in UTC), everything else VARCHAR, byte for byte.
    """
    name = quote(column.name)
    match column.kind:
        case Kind.INTEGER:
            return f"TRY_CAST({_number(column)} AS {column.native if column.native in _WIDE else 'BIGINT'})"
        case Kind.DECIMAL:
            return f"TRY_CAST({_number(column)} AS DOUBLE)"
        case Kind.BOOLEAN if column.native == "BOOLEAN":
            return name
        case Kind.BOOLEAN:
            true, _, false = column.format.partition("|")
            word = f"lower(trim(CAST({name} AS VARCHAR)))"
            return f"CASE {word} WHEN {text(true.lower())} THEN TRUE WHEN {text(false.lower())} THEN FALSE END"
        case Kind.DATE:
            return f"CAST({_moment(column)} AS DATE)"
        case Kind.TIMESTAMP:
            return _moment(column)
    return f"CAST({name} AS VARCHAR)"


def exact(column: Column) -> str:
    """SQL of a numeric column as DECIMAL(w, s), whose sum (DECIMAL(38, s)) does not depend on the order of the rows.

    s is the number of digits after the mark that the audit saw, at most 9; further digits are rounded to 9. w is 18 where
    the range of the column allows, since reading the wider type costs a hundred times more, else 38.
    """
    scale = 9 if column.native in ("FLOAT", "DOUBLE") and column.kind is not Kind.INTEGER else min(column.scale, 9)
    whole = max(
        (len(end.partition(".")[0].lstrip("-")) for end in (column.low, column.high) if "e" not in end.lower()), default=0
    )
    small = whole and "e" not in (column.low + column.high).lower() and whole + scale <= 18
    return f"TRY_CAST({_number(column)} AS DECIMAL({18 if small else 38},{scale}))"


def _number(column: Column) -> str:
    """SQL of something that casts to a number."""
    name = quote(column.name)
    if column.native in ("FLOAT", "DOUBLE"):
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    if column.native.startswith(_NUMBERS):
        return name
    word = f"trim(CAST({name} AS VARCHAR), {text(_BLANKS)})"
    if column.format == "comma":
        return f"replace(translate({word}, {text(_MARKS + '.')}, ''), ',', '.')"
    if column.format == "grouped":
        return f"translate({word}, {text(_MARKS + ',')}, '')"
    return word


_BLANKS = " \t\u00a0\u202f"
_MARKS = " '\u2019\u00a0\u202f"
"""Thousands marks beside the dot and the comma."""


def _moment(column: Column) -> str:
    """SQL of a TIMESTAMP."""
    name = quote(column.name)
    if column.native == "TIMESTAMP WITH TIME ZONE":
        return f"({name} AT TIME ZONE 'UTC')"
    if column.native == "DATE" or column.native.startswith("TIMESTAMP"):
        return f"CAST({name} AS TIMESTAMP)"
    word = f"trim(CAST({name} AS VARCHAR), {text(_BLANKS)})"
    if column.format in _EPOCH:
        # Microseconds since 1970 stay below 2^53 until 2255, so a double holds them exactly; decimals are 20 times slower.
        micros = f"round(TRY_CAST({_number(column)} AS DOUBLE) * {_EPOCH[column.format]})"
        return f"make_timestamp(CAST({micros} AS BIGINT))"
    if column.format == "zoned":
        colon = f"regexp_replace({word}, ' ?([-+][0-9]{{2}}):?([0-9]{{2}})$', '\\1:\\2')"  # -0500 is not read
        return f"(TRY_CAST({colon} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    if column.format in _TO_ISO or column.format == "named":
        return strptime(word, column.format)
    return f"TRY_CAST({word} AS TIMESTAMP)"


def strptime(expression: str, order: str) -> str:
    """SQL that reads dates (with or without time) written in that order of parts, "dmy", "mdy", "ymd" or "named".

    A pattern that fails costs the engine a microsecond a value, so dates are first brought into the ISO form, which it
    reads at once; only times with AM and PM and years of two digits go through patterns.
    """
    if order == "named":
        plain = expression
        for pattern, parts in (_DAY_MONTH, _MONTH_DAY):
            plain = f"regexp_replace({plain}, {text(pattern)}, {text(parts)})"
        return _patterns(plain, ("%Y-%b-%d", "%y-%b-%d"), f"regexp_matches({plain}, '^[0-9][0-9][0-9][0-9]')")
    pattern, parts = _TO_ISO[order]
    iso = f"trim(regexp_replace({expression}, {text(pattern)}, {text(parts)}))"
    fast = f"TRY_CAST(nullif({iso}, {expression}) AS TIMESTAMP)" if order != "ymd" else f"TRY_CAST({iso} AS TIMESTAMP)"
    plain = f"translate({expression}, '/.T', '-- ')"
    long = f"regexp_matches({plain}, '(^|-)[0-9][0-9][0-9][0-9](-| |$)')"
    return f"COALESCE({fast}, {_patterns(plain, _PARTS[order], long)})"


def _patterns(expression: str, dates: tuple[str, str], long: str) -> str:
    """SQL that tries the patterns with years of four digits where `long` holds, else those with two."""
    four, two = (", ".join(text(d + (t and f" {t}")) for t in ("", *_TIMES)) for d in dates)
    return f"CASE WHEN {long} THEN try_strptime({expression}, [{four}]) ELSE try_strptime({expression}, [{two}]) END"


def _free_bytes() -> float:
    """Memory that can be had without swapping, a container's limit included."""
    free = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    info = Path("/proc/meminfo")
    if info.exists() and (found := re.search(r"MemAvailable:\s+(\d+) kB", info.read_text())):
        free = float(found[1]) * 1024
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (said := limit.read_text().strip()).isdigit():
        free = min(free, float(said))
    return free


@contextmanager
def _own_errors() -> Iterator[None]:
    """Turn what the engine raises into errors of ours, and its word for an interruption back into the interruption."""
    try:
        yield
    except duckdb.Error as error:
        raise _translated(error) from error
    except RuntimeError as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        raise


def _translated(error: duckdb.Error) -> PersonaeError:
    """An engine error as one of ours; SQL never reaches the user."""
    first = str(error).partition("\n")[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        fix = "give it more with --memory 8GB, free some, or look at fewer columns with --ignore COL"
        return MachineError("P501", "the memory that was allowed is used up", where=first[:200], fix=fix)
    if isinstance(error, duckdb.IOException) and ("space" in first.lower() or "permission" in first.lower()):
        return MachineError(
            "P501", "the machine refused to read or write", where=first[:200], fix="make room or check the rights"
        )
    return PersonaeError("P900", "the engine could not answer", where=first[:300], fix="please report this with the run's log")
