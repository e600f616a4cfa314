"""What the columns mean: which is the id, what forms groups, what only describes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from personae import plugins
from personae.errors import DataError, UsageError
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Level, Note, Table
from personae.model.vocabulary import Topic, singular, topics, words
from personae.progress import tell

LEVELS = 50
"""A column of more different texts than this is no category that forms groups."""
_COUNTED_ROWS = 5_000_000
"""Identical rows of larger logs are not counted: it would cost as much as everything else together."""
_NO_ID = (Kind.DATE, Kind.TIMESTAMP, Kind.BOOLEAN, Kind.EMPTY)


def understand(engine: Any, tables: tuple[Table, ...], study: Study) -> tuple[Table, ...]:
    """Give every table its shape and every column its role, with the reason in words; the flags of the study come first.

    Tables without an id column get one: the row's number, in a view. Identical rows of a table with one row a user are merged.

    Raises:
        UsageError: P002 for a column that does not exist, P003 when two columns fit as the id, P001 when a demographic or an
            outcome is to form groups.
        DataError: P104 when rows of the same id disagree, P109 when an id column holds rounded numbers.
    """
    _check_names(tables, study)
    made = []
    for table, key in zip(tables, _keys(tables, study)):
        numbered, found = (table, key) if key else _numbered(engine, table)
        shape = _shape(numbered, found, study)
        roles = _log_roles if shape == "events" else _entity_roles
        table = replace(
            numbered, shape=shape, columns=_with_roles(numbered, found, roles(numbered, found, study, len(tables)), study)
        )
        made.append(_one_row_each(engine, table, study) if shape == "entities" else _identical(engine, table))
    done = tuple(_alike(engine, t) for t in made)
    _check_grouping(done, study)
    _say(done)
    return done


# ---------------------------------------------------------------- what the user said


def _check_names(tables: Sequence[Table], study: Study) -> None:
    """Every column that a flag names exists somewhere."""
    known = {c.name for t in tables for c in t.columns}
    named = {
        "--id": (study.id,), "--time": (study.time,), "--event": (study.event,), "--value": (study.value,),
        "--group-by": study.group_by, "--describe": study.describe, "--outcome": study.outcome, "--ignore": study.ignore,
    }  # fmt: skip
    for flag, names in named.items():
        for name in names:
            if name and name not in known:
                raise _unknown(flag, name, sorted(known), tables)


def _unknown(flag: str, name: str, known: list[str], tables: Sequence[Table]) -> UsageError:
    lower = {k.lower().strip(): k for k in known}
    near = get_close_matches(name.lower(), list(lower), 1, 0.5)
    fix = f'did you mean {flag} "{lower[near[0]]}"?' if near else "the columns are: " + ", ".join(known[:20])
    where = ", ".join(t.source for t in tables)
    return UsageError(
        "P002", f'There is no column "{name}"', where=f"{flag}, in {where}", did="nothing was read further", fix=fix
    )


def _check_grouping(tables: Sequence[Table], study: Study) -> None:
    """Outcomes never form groups; who users are does so only for a written reason (R48)."""
    for table in tables:
        for c in table.columns:
            if c.name not in study.group_by:
                continue
            hints = topics(c.name)
            if c.name in study.outcome:
                what = f'"{c.name}" is an outcome: groups are read against it and never formed by it'
                raise UsageError("P001", what, where="--group-by", fix="leave it out of --group-by, or out of --outcome")
            if hints & {Topic.DEMOGRAPHIC, Topic.SENSITIVE} and not study.override and not _is_amount(c):
                what = f'"{c.name}" says who users are, not what they do, so it does not form groups'
                fix = f'leave it out of --group-by, or give the reason in writing: --group-by {c.name} --override "why"'
                raise UsageError("P001", what, where="--group-by", fix=fix)


def _said(column: Column, study: Study) -> tuple[Role, str] | None:
    """The role a flag gives, if any."""
    said = {
        Role.ID: (study.id,), Role.TIME: (study.time,), Role.EVENT: (study.event,), Role.VALUE: (study.value,),
        Role.IGNORE: study.ignore, Role.OUTCOME: study.outcome, Role.DEMOGRAPHIC: study.describe, Role.BEHAVIOUR: study.group_by,
    }  # fmt: skip
    for role, names in said.items():
        if column.name and column.name in names:
            demographic = topics(column.name) & {Topic.DEMOGRAPHIC, Topic.SENSITIVE} and not _is_amount(column)
            if role is Role.BEHAVIOUR and demographic:
                return Role.DEMOGRAPHIC, "who users are; forms groups because you said so"
            return role, "you said so"
    return None


# ---------------------------------------------------------------- the id


def _keys(tables: Sequence[Table], study: Study) -> list[Column | None]:
    """The id column of every table, None where there is none."""
    if study.id:
        found = [next((c for c in t.columns if c.name == study.id), None) for t in tables]
        if len(tables) > 1:
            guesses = _keys(tables, replace(study, id=""))
            found = [f or g for f, g in zip(found, guesses)]
        return found
    entity = {singular(w) for w in words(study.entity)}
    ranked = [_ranked(t, entity, study) for t in tables]
    settled = {_plain(r[0][1]) for r in ranked if len(r) == 1 or (r and r[0][0] > r[1][0])}
    keys: list[Column | None] = []
    for table, fits in zip(tables, ranked):
        best = [c for score, c in fits if score == fits[0][0]]
        shared = [c for c in best if _plain(c) in settled]
        if len(best) > 1 and len(shared) != 1:
            raise _two_fit(table, best)
        keys.append((shared or best or [None])[0])
    return keys


def _plain(column: Column) -> str:
    return "".join(words(column.name))


def _two_fit(table: Table, best: Sequence[Column]) -> UsageError:
    listed = [f'"{c.name}" ({_counted(c)})' for c in best]
    what = f"The id column is not set and we found {len(best)} that fit: {', '.join(listed[:-1])} and {listed[-1]}"
    return UsageError("P003", what, where=table.source, fix=" or ".join(f'--id "{c.name}"' for c in best))


def _counted(column: Column) -> str:
    personal = ", personal data" if Topic.PERSONAL in topics(column.name) else ""
    if _unique(column):
        return f"unique{personal}"
    return f"{column.distinct:,} different in {column.rows:,} rows{personal}"


def _ranked(table: Table, entity: set[str], study: Study) -> list[tuple[float, Column]]:
    """Columns that can be the id, best first; equal scores mean that nothing decides."""
    taken = {study.time, study.event, study.value, *study.group_by, *study.describe, *study.outcome, *study.ignore}
    scored = [(_fits(c, i, entity), i, c) for i, c in enumerate(table.columns) if c.name not in taken]
    return [(s, c) for s, i, c in sorted(scored, key=lambda x: (-x[0], x[1])) if s > 0]


def _fits(column: Column, position: int, entity: set[str]) -> float:
    """How well a column fits as the id: 4 a user's id by name, 3 "id", 2 "user", 1 another id that is unique, 0 not."""
    hints, parts = topics(column.name), words(column.name)
    person = Topic.PERSON in hints or bool({singular(p) for p in parts} & entity)
    score, unique = 0.0, _unique(column)
    if column.kind in _NO_ID or column.distinct < min(3, column.rows):
        return score
    if person and Topic.KEY in hints and not hints & {Topic.DEMOGRAPHIC, Topic.AMOUNT}:
        score = 4.0
    elif parts in (("id",), ("ids",)):
        score = 3.0
    elif person and not hints - {Topic.PERSON, Topic.PERSONAL, Topic.MOMENT} and column.distinct >= min(10, column.rows):
        score = 2.0
    elif unique and position == 0 and (not parts or parts in (("unnamed",), ("index",), ("row",), ("rownames",), ("column",))):
        score = 1.5
    elif unique and column.kind is not Kind.DECIMAL and column.empty == 0:
        token = column.kind in (Kind.TEXT, Kind.CATEGORY) and position == 0 and not any(" " in e for e in column.examples)
        score = 1.0 if Topic.KEY in hints or "email" in parts or token else 0.0
    return score if column.kind is not Kind.DECIMAL or score >= 3 else 0.0


def _unique(column: Column) -> bool:
    return column.distinct == column.rows - column.empty and column.distinct > 1


def _numbered(engine: Any, table: Table) -> tuple[Table, Column]:
    """The table with the number of each row as its id."""
    taken = {c.name for c in table.columns}
    name = next(n for n in ("row", "row number", *(f"row number {i}" for i in range(len(taken)))) if n not in taken)
    view = f"{table.relation}__numbered"
    q = engine.quote
    engine.execute(f"CREATE OR REPLACE VIEW {q(view)} AS SELECT row_number() OVER () AS {q(name)}, * FROM {q(table.relation)}")
    _carry_origin(engine, table.relation, view)
    why = "no column holds an id, so every row is one user, known by its number"
    key = Column(name, Kind.INTEGER, Role.ID, why, table.used, 0, table.used, native="BIGINT")
    note = Note(Level.WARN, "P003", f"{table.source}: {why}", table.source, "--id COLUMN if there is one")
    return replace(table, relation=view, columns=(key, *table.columns), notes=(*table.notes, note)), key


def _carry_origin(engine: Any, before: str, after: str) -> None:
    """The rows of a view come from the same lines as those below it."""
    if locate := engine.locator(before):
        engine.remember(after, locate)


# ---------------------------------------------------------------- the shape


def _shape(table: Table, key: Column, study: Study) -> str:
    """ "events" when users have many rows, "entities" when they have one."""
    names = {c.name for c in table.columns}
    if study.event in names or (study.time in names and not _unique(key)):
        return "events"
    event, time = _event(table, key, study), _time(table, study)
    dated = time is not None and Topic.MOMENT not in topics(time.name)
    named = event is not None and Topic.EVENT in topics(event.name)
    if _unique(key):
        return "events" if named and dated and len(names) <= 8 else "entities"
    filled = key.rows - key.empty
    if key.distinct >= 0.9 * filled and not named and not (dated and len(names) <= 8):
        return "entities"
    return "events"


def _time(table: Table, study: Study) -> Column | None:
    """The column that says when: named like a time first."""
    moments = [c for c in table.columns if c.kind in (Kind.DATE, Kind.TIMESTAMP)]
    said = [c for c in moments if c.name == study.time]
    happened = [c for c in moments if Topic.MOMENT not in topics(c.name)]
    named = [c for c in happened if Topic.TIME in topics(c.name)]
    return next(iter((*said, *named, *happened, *moments)), None)


def _event(table: Table, key: Column, study: Study) -> Column | None:
    """The column that says what happened."""
    others = [c for c in table.columns if c.name != key.name]
    for c in others:
        if c.name == study.event:
            return c
    fits = [(s, i, c) for i, c in enumerate(others) if (s := _happens(c)) > 0]
    if fits:
        return min(fits, key=lambda f: (-f[0], f[2].distinct, f[1]))[2]
    texts = [c for c in others if c.kind in (Kind.CATEGORY, Kind.TEXT) and 1 < c.distinct <= max(LEVELS, c.rows // 2)]
    plain = [c for c in texts if not topics(c.name) & {Topic.DEMOGRAPHIC, Topic.SENSITIVE, Topic.TEXT, Topic.PERSONAL}]
    return plain[0] if len(plain) == 1 and len(others) <= 3 else None


def _happens(column: Column) -> float:
    """How well a column fits as the event: 3 an event by name, 2 an item, 0 not."""
    hints = topics(column.name)
    if column.kind not in (Kind.CATEGORY, Kind.TEXT, Kind.INTEGER) or not 1 < column.distinct <= max(LEVELS, column.rows // 2):
        return 0.0
    if hints & {Topic.DEMOGRAPHIC, Topic.SENSITIVE, Topic.PERSON} or (column.kind is Kind.INTEGER and Topic.AMOUNT in hints):
        return 0.0
    numbered = column.kind is Kind.INTEGER and not hints & {Topic.KEY, Topic.CODE}
    if Topic.EVENT in hints and Topic.TIME not in hints:
        return 3.0 - 0.5 * (Topic.KEY in hints)
    if Topic.ITEM in hints and not numbered:
        return 2.0 - 0.5 * (Topic.KEY in hints)
    return 0.0


# ---------------------------------------------------------------- the roles

Guess = tuple[Role, str]


def _with_roles(table: Table, key: Column, guesses: dict[str, Guess], study: Study) -> tuple[Column, ...]:
    """The columns with their roles: said, then guessed."""
    made = []
    for c in table.columns:
        if c.name == key.name:
            role, why = Role.ID, key.why if key.role is Role.ID and key.why else _id_why(c, study)
        else:
            role, why = _said(c, study) or guesses[c.name]
        made.append(replace(c, role=role, why=why))
    return tuple(made)


def _id_why(column: Column, study: Study) -> str:
    if column.name == study.id:
        return "you said so"
    return "named like an id, a different value in every row" if _unique(column) else f"named like an id, {_counted(column)}"


def _log_roles(table: Table, key: Column, study: Study, tables: int) -> dict[str, Guess]:
    """Roles in a table of events."""
    event, time = _event(table, key, study), _time(table, study)
    numbers = [c for c in table.columns if c.kind.numeric and c not in (key, event, time)]
    value = _value(numbers, event, time, study)
    roles: dict[str, Guess] = {}
    for c in table.columns:
        if c is event:
            roles[c.name] = Role.EVENT, f"what happened, {c.distinct:,} kinds"
        elif c is time:
            roles[c.name] = Role.TIME, "when it happened"
        elif c is value:
            counts = _repeats(c, event, time)
            roles[c.name] = Role.VALUE, "how often it happened" if counts else "an amount by its name"
        else:
            roles[c.name] = _property(c)
    return roles


def _value(numbers: Sequence[Column], event: Column | None, time: Column | None, study: Study) -> Column | None:
    """The column that says how much, or how often."""
    for c in numbers:
        if c.name == study.value or (not study.value and _repeats(c, event, time)):
            return c
    amounts = [c for c in numbers if Topic.AMOUNT in topics(c.name) and not topics(c.name) & {Topic.KEY, Topic.CODE}]
    if amounts:
        return min(amounts, key=lambda c: c.kind is not Kind.DECIMAL)
    return None


def _repeats(column: Column, event: Column | None, time: Column | None) -> bool:
    """Whether a column counts how often a row happened: a log that was added up already."""
    return event is not None and time is None and column.kind is Kind.INTEGER and not column.low.startswith("-") and set(
        words(column.name)
    ) <= {"count", "counts", "n", "times", "freq", "frequency", "hits", "anzahl", "nombre", "veces", "vezes", "of", "events"}  # fmt: skip


def _property(column: Column) -> Guess:
    """The role of a column of a log beside id, event, time and value."""
    hints = topics(column.name)
    if column.kind is Kind.EMPTY or column.distinct <= 1:
        return Role.IGNORE, "empty" if column.kind is Kind.EMPTY else "the same value in every row"
    if hints & {Topic.DEMOGRAPHIC, Topic.SENSITIVE} and not _is_amount(column):
        return Role.DEMOGRAPHIC, "who users are, by its name"
    if Topic.KEY in hints and (column.kind is not Kind.DECIMAL) and column.distinct > LEVELS:
        return Role.IGNORE, "the id of something else than a user"
    if hints & {Topic.PERSONAL} and not hints & {Topic.ITEM, Topic.THING}:
        return Role.IGNORE, "personal data"
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        return Role.IGNORE, "a second time column"
    if column.kind.numeric or column.kind is Kind.BOOLEAN:
        return Role.BEHAVIOUR, "a number of each event"
    if column.distinct <= LEVELS:
        return Role.BEHAVIOUR, "a property of each event"
    return Role.TEXT, f"text with {column.distinct:,} different values"


def _entity_roles(table: Table, key: Column, study: Study, tables: int) -> dict[str, Guess]:
    """Roles in a table of one row a user."""
    others = [c for c in table.columns if c.name != key.name]
    scale = _scale(others) if tables == 1 else None
    weigh = any("height" in words(c.name) or "bmi" in words(c.name) for c in others)
    return {c.name: _trait(c, scale, weigh) for c in others}


def _scale(columns: Sequence[Column]) -> tuple[str, str] | None:
    """The lowest and highest answer that most columns share: a survey. None when the table is none."""
    answers: dict[tuple[str, str], int] = {}
    for c in columns:
        if _is_answer(c):
            answers[c.low, c.high] = answers.get((c.low, c.high), 0) + 1
    if not answers:
        return None
    best = max(answers, key=lambda s: (answers[s], s))
    return best if answers[best] >= 5 and answers[best] >= 0.5 * len(columns) else None


def _is_answer(column: Column) -> bool:
    """Whether a column looks like answers on a scale such as 1 to 5."""
    if column.kind is not Kind.INTEGER or not 3 <= column.distinct <= 11:
        return False
    low, high = _number(column.low), _number(column.high)
    return low is not None and high is not None and low >= -5 and high <= 10 and high - low <= 10


def _within(column: Column, scale: tuple[str, str]) -> bool:
    """Whether all answers lie on the scale; a column in which nobody took the end of it still does."""
    low, high, least, most = (_number(x) for x in (column.low, column.high, *scale))
    return None not in (low, high, least, most) and low >= least and high <= most and column.distinct >= 3  # type: ignore[operator]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_amount(column: Column) -> bool:
    """Income is an amount of money when it is a number, and a demographic when it comes in brackets or by household."""
    hints = topics(column.name)
    return column.kind.numeric and Topic.AMOUNT in hints and Topic.DEMOGRAPHIC not in hints


def _trait(column: Column, scale: tuple[str, str] | None, weigh: bool) -> Guess:
    """The role of a column of a table of one row a user, by the first rule that fits."""
    hints, parts = topics(column.name), words(column.name)
    filled = column.rows - column.empty
    levels = column.kind in (Kind.CATEGORY, Kind.TEXT, Kind.BOOLEAN) and column.distinct <= LEVELS
    codes = column.kind is Kind.INTEGER and column.distinct <= LEVELS and (column.low, column.high) != ("0", "1")
    if column.kind is Kind.EMPTY or filled == 0:
        return Role.IGNORE, "empty"
    if column.distinct <= 1 and not column.empty:
        return Role.IGNORE, "the same value in every row"
    if Topic.KEY in hints and _unique(column) and column.kind is not Kind.DECIMAL and filled > LEVELS:
        return Role.IGNORE, "looks like an id: a different value in every row"
    if Topic.PERSONAL in hints and not hints & {Topic.ITEM, Topic.THING, Topic.OUTCOME} and not column.kind.numeric:
        return Role.IGNORE, "personal data"
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        return Role.TIME, "a date: described as days before the newest one"
    if Topic.SENSITIVE in hints:
        return Role.DEMOGRAPHIC, "sensitive by its name: describes only"
    if scale and _is_answer(column) and _within(column, scale) and not {"age", "gender", "sex"} & set(parts):
        return Role.BEHAVIOUR, f"an answer from {scale[0]} to {scale[1]}; in a survey the answers form the groups"
    if Topic.WEIGHTING in hints and len(parts) <= 2 and column.kind is Kind.DECIMAL and not weigh:
        return Role.IGNORE, "looks like the weight of an answer in a survey"
    if Topic.GROUPING in hints and column.distinct <= LEVELS:
        return Role.OUTCOME, "an earlier grouping: groups are read against it"
    if Topic.OUTCOME in hints and _is_outcome(column, parts):
        return Role.OUTCOME, "an outcome by its name: groups are read against it"
    if Topic.DEMOGRAPHIC in hints and not _is_amount(column):
        return Role.DEMOGRAPHIC, "who users are, by its name"
    if Topic.AMOUNT in hints and not column.kind.numeric and any(ch.isdigit() for e in column.examples for ch in e):
        return Role.DEMOGRAPHIC, "an amount in brackets"
    if Topic.ATTITUDE in hints and (column.kind.numeric or levels):
        return Role.ATTITUDE, "what users say or rate, by its name"
    if scale:
        return Role.ATTITUDE, f"not on the scale of most answers ({scale[0]} to {scale[1]}): describes only"
    if codes and Topic.CALENDAR in hints and len(parts) <= 4:
        return Role.DEMOGRAPHIC, "a part of the calendar: describes only"
    if codes and Topic.CODE in hints and not _counts_things(parts):
        return Role.DEMOGRAPHIC, "a code, no quantity: describes only"
    if not column.kind.numeric and column.distinct > LEVELS and column.distinct > 0.5 * filled:
        return Role.TEXT, f"text with {column.distinct:,} different values"
    return Role.BEHAVIOUR, "what users do or have"


def _counts_things(parts: Sequence[str]) -> bool:
    """ "number_of_cds", "no of days": quantities although a word of them says code."""
    return "of" in parts[1:2] or "num" in parts[:1] or "count" in parts


def _is_outcome(column: Column, parts: Iterable[str]) -> bool:
    """Two levels are an outcome; a number is one only when its name says nothing else."""
    sure = {"churn", "churned", "attrition", "y", "target", "label"} & set(parts)
    if column.kind.numeric and column.distinct > 2:
        return bool(sure)
    return column.distinct <= (LEVELS if sure else 2)


# ---------------------------------------------------------------- rows of the same id


def _one_row_each(engine: Any, table: Table, study: Study) -> Table:
    """A table in which every id has one row: identical rows merged, others refused or decided by the study's policy."""
    key = _key(table)
    if key.distinct == key.rows - key.empty:
        return table
    q = engine.quote
    name, columns = q(key.name), ", ".join(q(c.name) for c in table.columns)
    view = f"{table.relation}__once"
    merged = f"SELECT {columns}, min(personae_at) AS personae_at FROM (SELECT *, row_number() OVER () AS personae_at FROM {q(table.relation)}) WHERE {name} IS NOT NULL GROUP BY ALL"
    engine.execute(f"CREATE OR REPLACE TABLE {q(view)} AS {merged} ORDER BY personae_at")
    left = engine.rows(f"SELECT count(*), count(DISTINCT {name}) FROM {q(view)}")[0]
    identical = key.rows - key.empty - left[0]
    notes = list(table.notes)
    if identical:
        notes.append(Note(Level.WARN, "P104", f"{identical:,} identical rows of {table.source} were merged", table.source))
    if left[0] > left[1]:
        if not study.on_duplicate:
            raise _disagree(engine, table, view)
        notes.append(_decide(engine, table, view, study.on_duplicate))
    engine.execute(f"ALTER TABLE {q(view)} DROP COLUMN personae_at")
    rows = engine.rows(f"SELECT count(*) FROM {q(view)}")[0][0]
    columns_now = tuple(replace(c, rows=rows) if c.name == key.name else c for c in table.columns)
    return replace(table, relation=view, columns=columns_now, notes=tuple(notes))


def _key(table: Table) -> Column:
    key = table.column(Role.ID)
    assert key is not None  # noqa: S101 - understand gives every table one
    return key


def _decide(engine: Any, table: Table, view: str, policy: str) -> Note:
    """Keep the first or last row of each id, or none of those that disagree."""
    q, name = engine.quote, engine.quote(_key(table).name)
    users, rows = engine.rows(
        f"SELECT count(*), sum(n) FROM (SELECT count(*) AS n FROM {q(view)} GROUP BY {name} HAVING count(*) > 1)"
    )[0]
    keep = {
        "first": f"personae_at NOT IN (SELECT min(personae_at) FROM {q(view)} GROUP BY {name})",
        "last": f"personae_at NOT IN (SELECT max(personae_at) FROM {q(view)} GROUP BY {name})",
        "drop": f"{name} IN (SELECT {name} FROM {q(view)} GROUP BY {name} HAVING count(*) > 1)",
    }
    if policy not in keep:
        raise UsageError(
            "P001", f'"{policy}" is no way to treat duplicates', where="--on-duplicate", fix="use first, last or drop"
        )
    engine.execute(f"DELETE FROM {q(view)} WHERE {keep[policy]}")
    words_ = f"{users:,} users had {rows:,} rows that disagree; kept: {'none' if policy == 'drop' else 'the ' + policy}"
    return Note(Level.WARN, "P104", f"{table.source}: {words_}", table.source, "--on-duplicate")


def _disagree(engine: Any, table: Table, view: str) -> DataError:
    """Which ids, on which lines, in which columns."""
    q, key = engine.quote, _key(table).name
    others = [c.name for c in table.columns if c.name != key]
    users = engine.rows(f"SELECT count(*) FROM (SELECT 1 FROM {q(view)} GROUP BY {q(key)} HAVING count(*) > 1)")[0][0]
    differs = ", ".join(f"count(DISTINCT {q(c)}) + max(CAST({q(c)} IS NULL AS INTEGER)) > 1" for c in others)
    found = engine.rows(
        f"SELECT CAST({q(key)} AS VARCHAR), list(personae_at ORDER BY personae_at), [{differs}] FROM {q(view)} "
        f"GROUP BY {q(key)} HAVING count(*) > 1 ORDER BY min(personae_at) LIMIT 3"
    )
    parts = []
    for id, at, differ in found:
        lines = [line for _, line in engine.locate(table.relation, [a - 1 for a in at])] or [a + 1 for a in at]
        columns = ", ".join(f'"{c}"' for c, d in zip(others, differ, strict=True) if d)
        parts.append(f"{id} (lines {', '.join(f'{n:,}' for n in lines)}: {columns})")
    more = f" and {users - 3:,} more" if users > 3 else ""
    what = f"{users:,} ids appear on several rows that disagree: {'; '.join(parts)}{more}"
    fix = "--on-duplicate first (keep the first row), last (keep the last) or drop (leave these users out)"
    return DataError("P104", what, where=f'{table.source}, column "{key}"', fix=fix)


def _identical(engine: Any, table: Table) -> Table:
    """Count identical rows of a log; each of them is an event and stays."""
    if table.used > _COUNTED_ROWS:
        return table
    every = ", ".join(engine.quote(c.name) for c in table.columns)
    sql = f"SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM {engine.quote(table.relation)} GROUP BY {every} HAVING count(*) > 1)"
    found = engine.rows(sql)[0][0]
    if not found:
        return table
    said = f"{found:,} rows of {table.source} repeat another row exactly; each counts as an event of its own"
    return replace(table, notes=(*table.notes, Note(Level.PASS, "P104", said, table.source)))


def _alike(engine: Any, table: Table) -> Table:
    """Count ids that differ only in case, blanks around them or zeros before them; they stay different users."""
    key = _key(table)
    if not key.native.startswith("VARCHAR"):
        return table
    name = engine.quote(key.name)
    plain = f"lower(ltrim(trim({name}), '0'))"
    sql = f"SELECT count(*), min(a), max(b) FROM (SELECT min({name}) AS a, max({name}) AS b FROM (SELECT DISTINCT {name} FROM {engine.quote(table.relation)} WHERE {name} IS NOT NULL) GROUP BY {plain} HAVING count(*) > 1)"
    found, a, b = engine.rows(sql)[0]
    if not found:
        return table
    said = f'{found:,} ids of {table.source} look alike, such as "{a}" and "{b}"; they are kept as different users'
    return replace(table, notes=(*table.notes, Note(Level.WARN, "P104", said, table.source)))


# ---------------------------------------------------------------- words


def _say(tables: Sequence[Table]) -> None:
    """One line a table: what was taken for what."""
    for table in tables:
        parts = []
        for role in Role:
            names = [c.name for c in table.columns if c.role is role]
            if names:
                parts.append(f"{_LABELS[role]} {_listed(names)}")
        tell("roles", f"{table.source}: {'; '.join(parts)}")


def _listed(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


_LABELS = {
    Role.ID: "id",
    Role.TIME: "time",
    Role.EVENT: "event",
    Role.VALUE: "value",
    Role.BEHAVIOUR: "behaviour",
    Role.ATTITUDE: "says",
    Role.DEMOGRAPHIC: "describes",
    Role.OUTCOME: "outcome",
    Role.TEXT: "text",
    Role.IGNORE: "not used",
}
