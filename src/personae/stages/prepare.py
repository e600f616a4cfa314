"""From tables to one row per user: event counts, habits, and the columns of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from personae import habits, plugins
from personae.errors import DataError, UsageError
from personae.model.features import Counts, Features, LeftOut, Measure, Window
from personae.model.rule import Rule
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Match, Table
from personae.progress import step, tell, warn
from personae.sql import per_user

if TYPE_CHECKING:
    import pyarrow as pa

MOST_EVENTS = 5_000
"""Different events that are counted: those most users do."""
LEVELS = 50
"""Levels of a category that forms groups; of more, the most frequent are kept for describing."""
_BATCH = 1_000_000
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_RFM = ("events", "days_since_last", "days_since_first", "active_days")
"""Habits that form groups in a log that does not say what happened; the others only describe."""


@dataclass(frozen=True, eq=False)
class Part:
    """What one table gives."""

    counts: Counts | None = None
    measures: tuple[Measure, ...] = ()
    window: Window | None = None
    left_out: tuple[LeftOut, ...] = ()


def prepare(engine: Any, tables: tuple[Table, ...], study: Study, rule: Rule | None = None) -> Features:
    """One row per user of all tables together, in the order of the md5 of the ids.

    With a `rule` that is to place the users nothing is judged anew: columns are counts where the rule reads them as events, and
    measures stay however little they vary among a few users.

    Raises:
        DataError: P111 when there is no user, P103 when times cannot be used.
        UsageError: P001 for a window or a time zone that does not exist.
    """
    engine.execute(per_user.users([_keyed(engine, t) for t in tables]))
    ids = _ids(engine)
    if not len(ids):
        raise DataError("P111", "no row has an id, so there is no user", where=", ".join(t.source for t in tables))
    matches = _matches(engine, tables)
    parts = [_log(engine, t, study, ids) if t.shape == "events" else _table(engine, t, study, len(ids), rule) for t in tables]
    counts = _joined([p.counts for p in parts if p.counts is not None])
    named = _named([(t, p.measures) for t, p in zip(tables, parts)])
    measures, useless = _useful(named) if rule is None else (named, ())
    left_out = tuple(x for p in parts for x in p.left_out) + useless
    window = next((p.window for p in parts if p.window), None)
    if (
        counts is not None
        and study.group_by
        and not any(t.shape == "entities" and p.counts or _asked(t, study) for t, p in zip(tables, parts))
    ):
        left_out += (LeftOut("events", "not among the columns named to form groups"),)
        counts = None
    _say(counts, measures, left_out)
    return Features(ids, counts, measures, window, left_out, matches)


# ---------------------------------------------------------------- users


def _keyed(engine: Any, table: Table) -> tuple[str, str]:
    """The relation and its id column, quoted."""
    return engine.quote(table.relation), engine.quote(_key(table).name)


def _key(table: Table) -> Column:
    key = table.column(Role.ID)
    if key is None:
        raise UsageError("P003", "no column is known to be the id", where=table.source, fix="--id COLUMN")
    return key


def _ids(engine: Any) -> pa.StringArray:
    import pyarrow as pa

    column = engine.arrow(per_user.ids()).column(0).cast(pa.string()).combine_chunks()
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) else column


def _matches(engine: Any, tables: Sequence[Table]) -> tuple[Match, ...]:
    """How the ids of every two tables fit together."""
    found = []
    for a, b in combinations(tables, 2):
        both, left, right = engine.rows(per_user.matched([_keyed(engine, a), _keyed(engine, b)]))[0]
        found.append(Match(a.source, b.source, both, left, right))
        if {a.shape, b.shape} == {"events", "entities"}:
            only_users, only_events = (left, right) if a.shape == "entities" else (right, left)
            tell(
                "match",
                f"{both:,} users have events, {only_users:,} have none, {only_events:,} have events without a row in the table",
            )
        else:
            tell(
                "match",
                f"{both:,} users in both {a.source} and {b.source}, {left:,} only in the first, {right:,} only in the second",
            )
        if both == 0:
            warn(f"no id of {a.source} appears in {b.source}: check that both use the same ids")
    return tuple(found)


# ---------------------------------------------------------------- event logs


def _log(engine: Any, table: Table, study: Study, ids: pa.StringArray) -> Part:
    """Counts and habits of a log."""
    event, time, value = table.column(Role.EVENT), table.column(Role.TIME), table.column(Role.VALUE)
    names, left_out = _event_names(engine, table, event) if event else ((), ())
    rows = _coded(engine, table, event, time, names, len(ids))
    left_out += _set_aside(table, rows)
    u, e, t = rows.u, rows.e, rows.t
    window, measures = None, ()
    if time is not None and len(t):
        moments = _Moments.of(time, study, t)
        t = moments.instants(t)
        window, inside = _window(moments, t, study)
        if not inside.all():
            u, e, t = u[inside], e[inside], t[inside]
    counts = None
    if event and not _weight(table):
        counts = Counts(habits.tally(u, e, len(ids), len(names)), names, table.source)
    elif event:
        counts = Counts(_weighted(engine, table, event, value, names, len(ids)), names, table.source)
    forms = counts is None
    if counts is not None:
        measures += _made(habits.variety(counts.matrix), table, False)
    if window is not None and len(t):
        step("measure", "when users act")
        when = habits.rhythm(u, t, len(ids), moments.clock, moments.days(window), moments.timed)
        measures += _made(when, table, forms)
    elif forms:
        measures += _made((habits.Habit("events", "events", "events", _per_user(u, len(ids))),), table, forms)
    measures += _amounts(engine, table, study, len(ids), forms)
    measures += _properties(engine, table, len(ids))
    left_out += tuple(LeftOut(c.name, c.why) for c in table.columns if c.role in (Role.IGNORE, Role.TEXT, Role.OUTCOME))
    return Part(counts, measures, window, left_out)


@dataclass(frozen=True, eq=False)
class Rows:
    """Events as integers: user, event (-1 for one that does not count), second; and rows that belong to nobody."""

    u: npt.NDArray[np.int32]
    e: npt.NDArray[np.int16]
    t: npt.NDArray[np.int64]
    nobody: int
    no_time: int
    no_event: int


def _event_names(engine: Any, table: Table, event: Column) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """The events that count, in the order of names, and those that do not."""
    dialect = plugins.find("engines", "duckdb")
    relation, id = _keyed(engine, table)
    found = engine.arrow(per_user.events(relation, dialect.typed(replace(event, kind=Kind.TEXT)))).column(0).to_pylist()
    names = [n for n in found if n.strip()]
    if len(names) <= MOST_EVENTS:
        return tuple(names), ()
    ranked = engine.arrow(per_user.reach(relation, dialect.typed(replace(event, kind=Kind.TEXT)), id)).column(0).to_pylist()
    kept = [n for n in ranked if n.strip()][:MOST_EVENTS]
    left = len(names) - len(kept)
    reason = f"only the {MOST_EVENTS:,} events most users do are counted"
    return tuple(sorted(kept, key=lambda n: n.encode())), (LeftOut(f"{left:,} rarer values of {event.name}", reason),)


def _coded(engine: Any, table: Table, event: Column | None, time: Column | None, names: Sequence[str], users: int) -> Rows:
    """Every event as integers, straight from Arrow batches into arrays."""
    import pyarrow as pa

    dialect = plugins.find("engines", "duckdb")
    relation, id = _keyed(engine, table)
    codes = f"{table.relation}__codes"
    if event:
        engine.register(
            f"{codes}_names", pa.table({"c": pa.array(range(len(names)), pa.int16()), "event": pa.array(names, pa.string())})
        )
        engine.execute(per_user.codes(engine.quote(codes), engine.quote(f"{codes}_names")))
        engine.unregister(f"{codes}_names")
    low, positions = _near(engine, table, users)
    what = dialect.typed(replace(event, kind=Kind.TEXT)) if event else ""
    sql = per_user.coded(relation, id, what, _seconds(time) if time else "", engine.quote(codes), low)
    u, e, t = np.empty(table.used, np.int32), np.empty(table.used, np.int16), np.empty(table.used, np.int64)
    nobody = no_time = no_event = at = seen = 0
    for batch in engine.batches(sql, _BATCH):
        who, what_, when = batch.columns
        seen += len(who)
        valid = np.ones(len(who), bool)
        if who.null_count:
            valid &= who.is_valid().to_numpy(zero_copy_only=False)
            nobody += who.null_count
        if when.null_count:
            timeless = ~when.is_valid().to_numpy(zero_copy_only=False)
            no_time += int((timeless & valid).sum())
            valid &= ~timeless
        user = who.fill_null(0).to_numpy()
        user = positions[user] if positions is not None else user
        done = what_.to_numpy()
        n = int(valid.sum())
        if n < len(valid):
            u[at : at + n], e[at : at + n], t[at : at + n] = user[valid], done[valid], when.fill_null(0).to_numpy()[valid]
        else:
            u[at : at + n], e[at : at + n], t[at : at + n] = user, done, when.to_numpy()
        at += n
        step("measure", "events", seen, table.used, "rows")
    no_event = int((e[:at] < 0).sum()) if event else 0
    return Rows(u[:at], e[:at], t[:at], nobody, no_time, no_event)


def _near(engine: Any, table: Table, users: int) -> tuple[int | None, npt.NDArray[np.int32] | None]:
    """The smallest id and the positions of all ids from it on, when ids are integers close together."""
    key = _key(table)
    if key.native not in _INTEGERS:
        return None, None
    low, high = engine.rows(per_user.integer_ids(*_keyed(engine, table)))[0]
    if low is None or high - low > 16 * users + 1_000_000:
        return None, None
    positions = np.full(high - low + 1, -1, np.int32)
    found = engine.arrow(per_user.positions())
    number, place = found.column(0).to_numpy(), found.column(1).to_numpy()
    mine = (number >= low) & (number <= high)
    positions[number[mine] - low] = place[mine]
    return low, positions


def _seconds(time: Column) -> str:
    """SQL of whole seconds of the epoch; the integers of an epoch column are divided as they are."""
    per = {"s": 1, "ms": 1_000, "us": 1_000_000}.get(time.format)
    if per and time.native in _INTEGERS:
        name = plugins.find("engines", "duckdb").quote(time.name)
        return f"CAST({name} AS BIGINT)" if per == 1 else f"CAST({name} // {per} AS BIGINT)"
    return f"CAST(epoch_us(CAST({plugins.find('engines', 'duckdb').typed(time)} AS TIMESTAMP)) // 1000000 AS BIGINT)"


def _set_aside(table: Table, rows: Rows) -> tuple[LeftOut, ...]:
    """Events that belong to nobody or to no time, said and recorded."""
    said = ((rows.nobody, "have no id"), (rows.no_time, "have no time"))
    made = tuple(LeftOut(f"{n:,} rows of {table.source}", f"{why}: no user can be given them") for n, why in said if n)
    for left in made:
        warn(f"{left.name} {left.reason}")
    return made


@dataclass(frozen=True, eq=False)
class _Moments:
    """How the times of a log are to be read."""

    clock: habits.Clock
    zone: str
    naive: bool
    timed: bool

    @classmethod
    def of(cls, time: Column, study: Study, t: npt.NDArray[np.int64]) -> _Moments:
        naive = time.native != "TIMESTAMP WITH TIME ZONE" and time.format not in ("s", "ms", "us", "zoned")
        try:
            clock = habits.clock(study.timezone, int(t.min()), int(t.max()))
        except (KeyError, ValueError, OSError) as error:
            fix = 'write a name such as "Europe/Paris"'
            raise UsageError("P001", f'"{study.timezone}" is no time zone', where="--timezone", fix=fix) from error
        timed = time.kind is Kind.TIMESTAMP and bool((t % habits.DAY != 0).any())
        zone = study.timezone or ("as written" if naive else "UTC")
        return cls(clock, zone, naive, timed)

    def instants(self, t: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Seconds as read, as instants."""
        return self.clock.instants(t) if self.naive else t

    def days(self, window: Window) -> tuple[int, int]:
        """First and last day of a window, in days of the epoch."""
        start, end = (int(np.datetime64(d[:10], "D").astype(np.int64)) for d in (window.start, window.end))
        return start, end - 1


def _window(moments: _Moments, t: npt.NDArray[np.int64], study: Study) -> tuple[Window, npt.NDArray[np.bool_]]:
    """The stretch that counts, and which events lie in it."""
    local = moments.clock.local(np.array([t.min(), t.max()]))
    first, last = (int(x) // habits.DAY for x in local)
    if study.window:
        digits = study.window.removesuffix("d")
        if not digits.isdigit() or int(digits) < 1:
            raise UsageError("P001", f'"{study.window}" is no window', where="--window", fix='write days, such as "90d"')
        if moments.timed and int(local[1]) % habits.DAY < habits.DAY - 3600:
            last -= 1  # the last day is not over
        first = max(first, last - int(digits) + 1)
    edges = moments.clock.instants(np.array([first * habits.DAY, (last + 1) * habits.DAY]))
    inside = (t >= edges[0]) & (t < edges[1])
    start, end = (str(np.datetime64(d, "D")) for d in (first, last + 1))
    return Window(start, end, moments.zone, last - first + 1), inside


def _made(found: Sequence[habits.Habit], table: Table, forms: bool) -> tuple[Measure, ...]:
    return tuple(
        Measure(h.name, h.label, Role.BEHAVIOUR, Kind.DECIMAL, h.values, (), h.unit, table.source, "", forms and h.name in _RFM)
        for h in found
    )


def _per_user(u: npt.NDArray[np.int32], users: int) -> npt.NDArray[np.float64]:
    n = np.bincount(u, minlength=users).astype(np.float64)
    return np.where(n > 0, n, np.nan)


def _weight(table: Table) -> Column | None:
    """The column that says how often a row happened."""
    value = table.column(Role.VALUE)
    return value if value is not None and value.why.startswith("how often") else None


def _weighted(engine: Any, table: Table, event: Column, value: Column | None, names: Sequence[str], users: int) -> Any:
    """Counts of a log that was added up already."""
    from scipy.sparse import coo_matrix

    dialect = plugins.find("engines", "duckdb")
    relation, id = _keyed(engine, table)
    at = {n: i for i, n in enumerate(names)}
    sql = per_user.added(relation, id, dialect.typed(replace(event, kind=Kind.TEXT)), dialect.typed(value))
    found = engine.arrow(sql)
    columns = np.array([at.get(n, -1) for n in found.column(1).to_pylist()])
    keep = columns >= 0
    data = found.column(2).to_numpy().astype(np.float64)[keep]
    matrix = coo_matrix((data, (found.column(0).to_numpy()[keep], columns[keep])), shape=(users, len(names))).tocsr()
    matrix.sum_duplicates()
    return matrix


def _amounts(engine: Any, table: Table, study: Study, users: int, forms: bool) -> tuple[Measure, ...]:
    """Sum, mean and largest of the amount; the mean of other numbers."""
    dialect = plugins.find("engines", "duckdb")
    made: list[Measure] = []
    for c in table.columns:
        if c.role not in (Role.VALUE, Role.BEHAVIOUR) or not c.kind.numeric or c is _weight(table):
            continue
        found = engine.arrow(per_user.amounts(*_keyed(engine, table), dialect.exact(c)))
        r, n = found.column(0).to_numpy(), found.column(3).to_numpy()
        total, most = (_scattered(r, _floats(found.column(i)), users) for i in (1, 2))
        mean = _scattered(r, _floats(found.column(1)) / n, users)
        unit = c.name if c.role is Role.VALUE else ""
        if c.role is Role.VALUE:
            made.append(
                Measure(f"{c.name} total", f"total {c.name}", Role.BEHAVIOUR, c.kind, total, (), unit, table.source, "", forms)
            )
            made.append(Measure(f"{c.name} largest", f"largest {c.name}", Role.BEHAVIOUR, c.kind, most, (), unit, table.source))
        made.append(
            Measure(
                f"{c.name} mean", f"{c.name} per event", Role.BEHAVIOUR, Kind.DECIMAL, mean, (), unit, table.source, "", forms
            )
        )
    return tuple(made)


def _floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    import pyarrow as pa

    return np.asarray(column.cast(pa.float64()).to_numpy())


def _scattered(r: npt.NDArray[Any], values: npt.NDArray[np.float64], users: int) -> npt.NDArray[np.float64]:
    out = np.full(users, np.nan)
    out[r] = values
    return out


def _properties(engine: Any, table: Table, users: int) -> tuple[Measure, ...]:
    """The most frequent value of what describes each event: a country, a device."""
    made = []
    for c in table.columns:
        if c.role not in (Role.BEHAVIOUR, Role.DEMOGRAPHIC) or c.kind.numeric or c.kind in (Kind.DATE, Kind.TIMESTAMP):
            continue
        dialect = plugins.find("engines", "duckdb")
        found = engine.arrow(per_user.usual(*_keyed(engine, table), f"nullif({dialect.typed(replace(c, kind=Kind.TEXT))}, '')"))
        measure = _category(c, found.column(0).to_numpy(), found.column(1), users, table.source)
        made.append(replace(measure, label=f"most frequent {c.name}", forms=False))
    return tuple(made)


# ---------------------------------------------------------------- tables


def _table(engine: Any, table: Table, study: Study, users: int, rule: Rule | None) -> Part:
    """The columns of a table of one row a user."""
    used = [c for c in table.columns if c.role not in (Role.ID, Role.IGNORE, Role.TEXT)]
    left_out = tuple(LeftOut(c.name, c.why) for c in table.columns if c.role in (Role.IGNORE, Role.TEXT))
    measures: list[Measure] = []
    dialect = plugins.find("engines", "duckdb")
    for start in range(0, len(used), 64):
        some = used[start : start + 64]
        found = engine.arrow(per_user.traits(*_keyed(engine, table), [dialect.typed(c) for c in some]))
        r = found.column(0).to_numpy()
        measures += [_trait(c, r, found.column(i + 1), users, table.source, study) for i, c in enumerate(some)]
    taken = _like_counts(measures) if rule is None else _read_as_events(measures, rule)
    if taken:
        counts = _from_columns(taken, table, users)
        return Part(counts, tuple(m for m in measures if m not in taken), None, left_out)
    return Part(None, tuple(measures), None, left_out)


def _trait(column: Column, r: npt.NDArray[Any], values: pa.ChunkedArray, users: int, source: str, study: Study) -> Measure:
    """A column of a table as a measure."""
    import pyarrow as pa
    import pyarrow.compute as pc

    forms = column.name in study.group_by if study.group_by else column.role is Role.BEHAVIOUR
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        days = values.cast(pa.timestamp("s"), safe=False).cast(pa.int64()).to_numpy() / habits.DAY
        made = _scattered(r, np.nanmax(days) - days if np.isfinite(days).any() else days, users)
        label = f"days from {column.name} to the newest one"
        return Measure(column.name, label, Role.BEHAVIOUR, Kind.DECIMAL, np.floor(made), (), "days", source)
    if column.kind is Kind.BOOLEAN:
        made = _scattered(r, _floats(values.cast(pa.int8())), users)
        true = column.format.partition("|")[0]
        label = f"{column.name} = {true}" if true else column.name
        return Measure(column.name, label, column.role, Kind.BOOLEAN, made, (), "share", source, "", forms)
    if column.kind.numeric and not column.why.startswith(("a code", "a part of the calendar")):
        flag = column.distinct == 2 and {column.low, column.high} == {"0", "1"}
        kind = Kind.BOOLEAN if flag else column.kind
        return Measure(
            column.name, column.name, column.role, kind, _scattered(r, _floats(values), users), (), "", source, "", forms
        )
    texts = values.cast(pa.string())
    texts = pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), None, texts)
    measure = _category(column, r, texts, users, source)
    if column.role is Role.OUTCOME and len(measure.levels) == 2:
        return _flag(measure)
    return replace(measure, forms=forms and column.distinct <= LEVELS)


_YES = frozenset(
    "yes true 1 y ja oui si sim wahr vrai verdadero verdadeiro churn churned left success bought converted".split()
)


def _flag(measure: Measure) -> Measure:
    """A category of two levels as 0 and 1; the label says which is 1: the one that says yes, else the rarer."""
    said = [i for i, level in enumerate(measure.levels) if level.strip().lower() in _YES]
    share = np.bincount(measure.values[measure.values >= 0], minlength=2)
    yes = said[0] if len(said) == 1 else int(np.argmin(share))
    values = np.where(measure.values < 0, np.nan, (measure.values == yes).astype(np.float64))
    return replace(
        measure, kind=Kind.BOOLEAN, values=values, levels=(), label=f"{measure.name} = {measure.levels[yes]}", unit="share"
    )


def _category(column: Column, r: npt.NDArray[Any], texts: pa.ChunkedArray, users: int, source: str) -> Measure:
    """Texts as codes of sorted levels; beyond the most frequent levels, "other"."""
    import pyarrow as pa

    whole = pa.chunked_array(texts) if not isinstance(texts, pa.ChunkedArray) else texts
    coded = whole.cast(pa.string()).combine_chunks().dictionary_encode()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    levels = coded.dictionary.to_pylist()
    raw = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    names = sorted(levels, key=lambda v: v.encode())
    if len(levels) > LEVELS:
        often = np.bincount(raw[raw >= 0], minlength=len(levels))
        top = sorted(range(len(levels)), key=lambda i: (-often[i], levels[i].encode()))[:LEVELS]
        names = [*sorted((levels[i] for i in top), key=lambda v: v.encode()), "other"]
    at = {n: i for i, n in enumerate(names)}
    table = np.array([at.get(v, len(names) - 1) for v in levels] + [-1], np.int32)
    values = np.full(users, -1, np.int32)
    values[r] = table[raw]
    return Measure(column.name, column.name, column.role, Kind.CATEGORY, values, tuple(names), "", source)


# ---------------------------------------------------------------- a wide table of counts


def _like_counts(measures: Sequence[Measure]) -> list[Measure]:
    """The forming columns of a table when all of them count like things: many non-negative integers, many of them zero."""
    forming = [m for m in measures if m.forms]
    if len(forming) < 8 or any(m.kind is not Kind.INTEGER for m in forming):
        return []
    columns = [m.values[np.isfinite(m.values)] for m in forming]
    cells = sum(len(c) for c in columns)
    if not cells or any(len(c) == 0 or c.min() < 0 for c in columns):
        return []
    zeros = sum(int((c == 0).sum()) for c in columns) / cells
    return forming if zeros >= 0.3 else []


def _read_as_events(measures: Sequence[Measure], rule: Rule) -> list[Measure]:
    """The columns of a table that the rule counts."""
    events = {f.column for f in rule.features if f.of == "event"}
    return [m for m in measures if m.name in events]


def _from_columns(taken: Sequence[Measure], table: Table, users: int) -> Counts:
    from scipy.sparse import csr_matrix

    ordered = sorted(taken, key=lambda m: m.name.encode())
    dense = np.column_stack([np.nan_to_num(m.values) for m in ordered])
    why = f"{len(ordered)} columns of {table.source} count like things, with many zeros: taken as how often each was done"
    tell("measure", why)
    return Counts(csr_matrix(dense), tuple(m.name for m in ordered), table.source, why)


def _joined(counts: Sequence[Counts]) -> Counts | None:
    """The counts of several tables side by side."""
    if len(counts) < 2:
        return counts[0] if counts else None
    from scipy.sparse import hstack

    names = [f"{c.source}: {e}" for c in counts for e in c.events]
    order = sorted(range(len(names)), key=lambda i: names[i].encode())
    matrix = hstack([c.matrix for c in counts], format="csr")[:, order].tocsr()
    matrix.sort_indices()
    why = " ".join(c.why for c in counts if c.why)
    return Counts(matrix, tuple(names[i] for i in order), " and ".join(c.source for c in counts), why)


# ---------------------------------------------------------------- what is of use


def _named(parts: Sequence[tuple[Table, tuple[Measure, ...]]]) -> tuple[Measure, ...]:
    """All measures, those of the same name told apart by their source."""
    names = [m.name for _, measures in parts for m in measures]
    return tuple(
        replace(m, name=f"{t.source}: {m.name}", label=f"{m.label} ({t.source})") if names.count(m.name) > 1 else m
        for t, measures in parts
        for m in measures
    )


def _useful(measures: tuple[Measure, ...]) -> tuple[tuple[Measure, ...], tuple[LeftOut, ...]]:
    """Measures that can tell users apart; constants, near constants and copies are left out (FEA-03)."""
    kept: list[Measure] = []
    left: list[LeftOut] = []
    seen: dict[bytes, str] = {}
    for m in measures:
        reason = _constant(m)
        mark = m.values.tobytes()
        if not reason and mark in seen:
            reason = f"a copy of {seen[mark]}"
        if reason:
            left.append(LeftOut(m.name, reason))
            continue
        seen[mark] = m.name
        kept.append(m)
    return tuple(kept), tuple(left)


def _constant(measure: Measure) -> str:
    values = (
        measure.values[measure.values >= 0] if measure.kind is Kind.CATEGORY else measure.values[np.isfinite(measure.values)]
    )
    if not len(values):
        return "empty"
    most = int(np.unique(values, return_counts=True)[1].max())
    if most == len(values):
        return "the same value for everyone"
    if most >= 0.999 * len(values) and len(values) - most < max(10, 0.001 * len(values)):
        return "the same value for 99.9 % of users"
    return ""


def _asked(table: Table, study: Study) -> bool:
    event = table.column(Role.EVENT)
    return event is not None and event.name in study.group_by


def _say(counts: Counts | None, measures: Sequence[Measure], left_out: Sequence[LeftOut]) -> None:
    kinds: dict[str, int] = {}
    for x in left_out:
        short = x.reason.partition(":")[0]
        kinds[short] = kinds.get(short, 0) + 1
    listed = ", ".join(f"{n} {why}" for why, n in sorted(kinds.items(), key=lambda k: (-k[1], k[0])))
    events = f"{counts.matrix.shape[1]:,} kinds of events, " if counts is not None else ""
    tell("measure", f"{events}{len(measures)} measures" + (f"; {len(left_out)} left out ({listed})" if left_out else ""))
