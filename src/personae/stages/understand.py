"""What the columns mean: which is the id, what forms groups, what only describes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from personae.audit.ids import exact_ids
from personae.errors import DataError, UsageError
from personae.model import personal
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Level, Note, Table, Way
from personae.model.vocabulary import Topic, is_thing, sensitive_values, singular, topics, who_values, words
from personae.model.vocabulary import repeats as counts
from personae.progress import tell
from personae.sql import repeats
from personae.stages.asked import asked as requests
from personae.stages.asked import check_forming, forms
from personae.stages.likert import check_style, likert
from personae.stages.overlap import overlap
from personae.stages.part import id_of
from personae.stages.roles import (
    LEVELS,
    Guess,
    entity_roles,
    event_of,
    is_code,
    is_quantity,
    log_roles,
    says_who,
    takes,
    time_of,
    unique,
    use,
)
from personae.stages.survey import orders_of, survey, unasked

PERSON, MANY = 4.0, 0.3
"""Score of a name that says a person's id; and values there must be for each value of the id, or they name groups of people."""
COUNTED = 5_000_000
"""Identical rows of larger logs are not counted: it would cost as much as everything else together."""
_NO_ID = (Kind.DATE, Kind.TIMESTAMP, Kind.BOOLEAN, Kind.EMPTY)
_NARROW = 8
"""Columns of a table that can be a log although hardly any user appears twice."""


def understand(engine: Any, tables: tuple[Table, ...], study: Study, *, ids: Collection[str] = ()) -> tuple[Table, ...]:
    """Give every table its shape and every column its role, with the reason in words; the flags of the study come first.

    A table without an id column gets one: the row's number, in a view. Identical rows of a table of one row a user are merged.
    Whole numbers that are codes become categories. `ids` are the id columns of the run whose data these resemble, if any.

    Raises:
        UsageError: P002 for a column that does not exist, or a table without the id column that was named, P003 when nothing
            decides which column is the id, P001 when a demographic or an outcome is to form groups.
        DataError: P104 when rows of the same id disagree, P109 when an id column holds rounded numbers.
    """
    recipes = requests(study.features)
    check_forming(recipes, study.group_by)
    _check_names(tables, study, {n for n in study.group_by for r in recipes if forms(r, n)})
    made = []
    who: set[str] = set()
    speaking = tuple(t for t in tables if t.measured)
    keys = id_columns(speaking, study, ids)
    for table, key in zip(speaking, keys, strict=True):
        kept, found = (table, key) if key else _numbered(engine, table)
        _check_exact(engine, kept, found)
        kept = kept if study.id or ids else _told_of_people(kept, found, study)
        local = _known(kept, study)
        shape = _shape(kept, found, local)
        asked = shape == "entities" and not ids and not kept.tool
        kept = survey(engine, kept, found, study) if asked else kept
        guesses = log_roles(kept, found, local) if shape == "events" else entity_roles(kept, found, len(speaking) == 1)
        guesses |= _not_meant(kept, guesses, local)
        guesses |= _lent(kept, guesses)
        guesses |= _other_ids(kept, found, [k for k in keys if k], guesses, study)
        if asked:
            kept = likert(engine, kept, found, guesses, study)
        told = _sensitive(engine, kept, found, guesses) if shape == "entities" else {}
        who |= {n for n, (role, _) in told.items() if role is Role.DEMOGRAPHIC}
        why, notes = unasked(engine, kept, study) if asked else ({}, ())
        aside = {n: (Role.ATTITUDE, w) for n, w in why.items() if guesses.get(n, (None,))[0] is Role.BEHAVIOUR}
        columns = tuple(_with_role(c, found, guesses | aside | told, study, who, kept.said) for c in kept.columns)
        table = replace(kept, shape=shape, columns=columns, notes=(*kept.notes, *notes))
        made.append(
            _alike(engine, _one_row_each(engine, table, study) if shape == "entities" else _events(engine, table, study))
        )
    made = _only_described(made, study)
    _check_grouping(made, study, who)
    if not ids:
        check_style(made, study)
    _say(made, study)
    understood = iter(made)
    return tuple(next(understood) if t.measured else t for t in tables)


# ---------------------------------------------------------------- what the user said


def _check_names(tables: Sequence[Table], study: Study, made: Collection[str] = ()) -> None:
    """Every column that a flag names exists somewhere, or is among the measures that will be `made`."""
    known = [*(c.name for t in tables for c in t.columns), *made]
    named = {
        "--id": (study.id,), "--time": (study.time,), "--event": (study.event,), "--value": (study.value,),
        "--group-by": study.group_by, "--describe": study.describe, "--outcome": study.outcome, "--ignore": study.ignore,
        "--multi": () if study.multi == ("none",) else study.multi,
        "--ordinal": tuple(orders_of(study)), "--nps": study.nps, "--embed": study.embed,
    }  # fmt: skip
    for flag, names in named.items():
        for entry in names:
            name = entry.partition("=")[0] if flag == "--ignore" and entry not in known else entry  # event=heartbeat
            if name and name not in known:
                raise _unknown(flag, name, known, ", ".join(t.source for t in tables))


def _unknown(flag: str, name: str, known: Sequence[str], where: str) -> UsageError:
    plain = {k.lower().strip(): k for k in known}
    near = get_close_matches(name.lower().strip(), list(plain), 1, 0.5)
    fix = f'did you mean {flag} "{plain[near[0]]}"?' if near else "the columns are: " + ", ".join(known[:20])
    return UsageError("P002", f'there is no column "{name}"', where=f"{flag}, looked in {where}", fix=fix)


def _check_grouping(tables: Sequence[Table], study: Study, who: Collection[str]) -> None:
    """Outcomes never form groups; who users are does so only for a written reason (R48)."""
    for column in (c for t in tables for c in t.columns if c.name in study.group_by):
        if column.name in study.outcome or column.role in (Role.ID, Role.TIME):
            what = f'"{column.name}" cannot form groups: it is the {column.role}'
            raise UsageError("P001", what, where="--group-by", fix=f"leave {column.name} out of --group-by")
        if (says_who(column) or column.name in who) and not study.override.strip():
            what = f'"{column.name}" says who users are, not what they do, so it describes groups and does not form them'
            fix = (
                f'leave it out of --group-by, or give your reason, which the report will print: --override "why {column.name}"'
            )
            raise UsageError("P001", what, where="--group-by", fix=fix)


def _known(table: Table, study: Study) -> Study:
    """The study with what the format of a tool says of time, event and value, where no flag says it."""
    pinned = {role: name for name, role, _ in table.said}
    return replace(
        study,
        time=study.time or pinned.get(Role.TIME, ""),
        event=study.event or pinned.get(Role.EVENT, ""),
        value=study.value or pinned.get(Role.VALUE, ""),
    )


def _only_described(tables: list[Table], study: Study) -> list[Table]:
    """Where things are grouped by who takes them, what their own table says of them describes the groups."""
    taken = [e for t in tables if t.shape == "events" and (e := t.column(Role.EVENT)) is not None and takes(e, study)]
    if not taken:
        return tables
    why = f"what the {study.entity} is: describes only, for who takes it forms the groups"

    def aside(c: Column) -> Column:
        forms = c.role is Role.BEHAVIOUR and c.name not in study.group_by
        return replace(c, role=Role.DEMOGRAPHIC, why=why) if forms else c

    return [replace(t, columns=tuple(map(aside, t.columns))) if t.shape == "entities" else t for t in tables]


def _not_meant(table: Table, guesses: Mapping[str, Guess], study: Study) -> dict[str, Guess]:
    """Events and amounts that were guessed in an export whose format has none."""
    if not table.tool:
        return {}
    meant = {study.event, study.value}
    return {
        n: (Role.DEMOGRAPHIC, "said of each row; the export has another meaning for events and amounts")
        for n, (role, _) in guesses.items()
        if role in (Role.EVENT, Role.VALUE) and n not in meant
    }


def _said(
    column: Column, study: Study, who: Collection[str], pinned: Sequence[tuple[str, Role, str]]
) -> tuple[Role, str] | None:
    """The role a flag gives, then the one of the format of a tool; `who` are columns whose values say who users are."""
    said = (
        (Role.ID, (study.id,)), (Role.TIME, (study.time,)), (Role.EVENT, (study.event,)), (Role.VALUE, (study.value,)),
        (Role.IGNORE, study.ignore), (Role.TEXT, study.embed), (Role.OUTCOME, study.outcome),
        (Role.DEMOGRAPHIC, study.describe), (Role.BEHAVIOUR, study.group_by),
    )  # fmt: skip
    for role, names in said:
        if column.name and column.name in names:
            if role is Role.BEHAVIOUR and (says_who(column) or column.name in who):
                return Role.DEMOGRAPHIC, f"who users are; forms groups because you said: {study.override}"
            return role, "you said so"
    return next(((role, why) for name, role, why in pinned if name == column.name and role is not Role.ID), None)


def _with_role(
    column: Column,
    key: Column,
    guesses: Mapping[str, Guess],
    study: Study,
    who: Collection[str],
    pinned: Sequence[tuple[str, Role, str]],
) -> Column:
    """The column with its role: said, then guessed; codes become categories."""
    if column.name == key.name:
        tool = next((why for name, role, why in pinned if name == key.name and role is Role.ID and name != study.id), "")
        return replace(column, role=Role.ID, why=key.why or tool or _id_why(column, study))
    guess = guesses[column.name]
    role, why = _said(column, study, who, pinned) or guess
    if role is Role.ID:  # of the same name as the id, in a table of orders or products
        role, why = Role.IGNORE, "an id of something else: it only names, so it forms no groups"
    if role is Role.BEHAVIOUR and guess[0] in (Role.EVENT, Role.VALUE, Role.TIME):
        role = guess[0]  # named to form groups: as what it is
    number = column.name in study.group_by and Topic.CODE not in topics(column.name)  # months may count, countries never do
    kind = Kind.CATEGORY if role in (Role.DEMOGRAPHIC, Role.OUTCOME) and is_code(column) and not number else column.kind
    return replace(column, role=role, why=why, kind=kind)


def _id_why(column: Column, study: Study) -> str:
    if column.name == study.id:
        return "you said so"
    named = (
        "named like an id"
        if topics(column.name) & {Topic.KEY, Topic.PERSON} or words(column.name) == ("id",)
        else "the first column"
    )
    return f"{named}; {'a different value in every row' if unique(column) else _counted(column)}"


# ---------------------------------------------------------------- the id


def id_columns(tables: Sequence[Table], study: Study, ids: Collection[str]) -> list[Column | None]:
    """The id column of every table, None where there is none. An id that was named is the id of all of them (P002)."""
    known = [n for n in (study.id, *ids) if n]
    said = [t.column(Role.ID) or next((c for n in known for c in t.columns if c.name == n), None) for t in tables]
    if study.id and not ids:
        for table, found in zip(tables, said, strict=True):
            if found is None:
                raise _without(table, study.id)
    entity = {singular(w) for w in words(study.entity)}
    orders = [[] if s else ranked(t, entity, study) for t, s in zip(tables, said, strict=True)]
    settled = {_plain(r[0][1]) for r in orders if len(r) == 1 or (r and r[0][0] > r[1][0])} | {_plain(s) for s in said if s}
    keys: list[Column | None] = []
    for table, fits, named in zip(tables, orders, said, strict=True):
        best = [c for score, c in fits if score == fits[0][0]]
        shared = [c for c in best if _plain(c) in settled]
        if len(best) > 1 and len(shared) != 1:
            raise _two_fit(table, best)
        key = named or next(iter(shared or best), None)
        if key is None:
            _check_one_row_each(table, study.entity)
        keys.append(key)
    return keys


def _told_of_people(table: Table, key: Column, study: Study) -> Table:
    """The table with a warning where another column that is named after people has fewer values: one may have several ids."""
    entity = {singular(w) for w in words(study.entity)}
    fits = [c for score, c in ranked(table, entity, study) if score >= PERSON and c.name != key.name and not c.empty]
    fewer = [c for c in fits if unique(key) and key.distinct > c.distinct >= MANY * key.distinct]
    if not fewer:
        return table
    other = fewer[0]
    said = f'"{key.name}" of {table.source} was taken for the id; its {key.distinct:,} values belong to {other.distinct:,} of '
    fix = f'if each of these is one person: --id "{other.name}"'
    note = Note(Level.WARN, "P003", f'{said}"{other.name}"', table.source, fix)
    return replace(table, notes=(*table.notes, note))


def _without(table: Table, name: str) -> UsageError:
    """P002: the id column that was named is in another file, not in this one."""
    listed = ", ".join(c.name for c in table.columns[:20]) + (", ..." if len(table.columns) > 20 else "")
    what = f'{table.source} has no column "{name}", so its rows cannot be told to belong to the same users'
    fix = f'leave {table.source} out, or rename its column that holds the same ids to "{name}"'
    return UsageError("P002", what, where=f"--id; {table.source} has {listed}", fix=fix)


def _other_ids(
    table: Table, key: Column, keys: Sequence[Column], guesses: Mapping[str, Guess], study: Study
) -> dict[str, Guess]:
    """Columns that are ids, by name or because another table is joined by them: they say nothing of what users do."""
    names = {_plain(k) for k in keys}
    entity = {singular(w) for w in words(study.entity)}
    scores = {c.name: _fits(c, i, entity) for i, c in enumerate(table.columns)}
    best = max(scores.values(), default=0.0)
    asked = {n for n, s in scores.items() if s == best > 0}
    could = asked if len(asked) > 1 else {c.name for c in _could(table)} - asked if not asked else set()
    return {
        c.name: (Role.IGNORE, "an id of something else: it only names, so it forms no groups")
        for c in table.columns
        if c.name != key.name and guesses[c.name][0] in (Role.BEHAVIOUR, Role.VALUE) and not _amount(c)
        and (_plain(c) in names or c.name in could or (scores[c.name] >= 3 and (not c.kind.numeric or c.distinct > LEVELS)))
    }  # fmt: skip


def _lent(table: Table, guesses: Mapping[str, Guess]) -> dict[str, Guess]:
    """What is known of the things that rows name says nothing of what users do, unless it is what happened or what was paid."""
    told: dict[str, Guess] = {}
    for done in table.links:
        why = f"known of what the row names, from {done.to}: describes only"
        for name in (n for n in done.columns if n in guesses):
            role = guesses[name][0]
            if role is Role.BEHAVIOUR or (done.people and role in (Role.VALUE, Role.DEMOGRAPHIC, Role.ATTITUDE)):
                told[name] = Role.DEMOGRAPHIC, why
    return told


def _sensitive(engine: Any, table: Table, key: Column, guesses: Mapping[str, Guess]) -> dict[str, Guess]:
    """Columns that would form groups although their answers say what nobody may be grouped by (R48), or point at a person."""
    text = (Kind.CATEGORY, Kind.TEXT)
    open_ = [c for c in table.columns if c.name != key.name and guesses[c.name][0] in (Role.BEHAVIOUR, Role.ATTITUDE)]
    several = {c.name: list(c.scheme.words) for c in open_ if c.scheme is not None and c.scheme.way is Way.SEVERAL}
    for c in open_:
        if c.scheme is not None and c.scheme.way is Way.CHOSEN:
            several[c.name] = [w for o in open_ if o.block == c.block and o.scheme is not None for w in o.scheme.words]
    asked = [c for c in open_ if c.kind in text and 2 <= c.distinct <= LEVELS and c.name not in several]
    said = dict(several)
    if asked:
        q = engine.quote
        (found,) = engine.rows(repeats.levels(q(table.relation), [q(c.name) for c in asked]))
        said |= {c.name: [str(v) for v in values if v is not None] for c, values in zip(asked, found, strict=True)}
    told: dict[str, Guess] = {}
    for name, levels in said.items():
        if what := sensitive_values(levels):
            told[name] = Role.DEMOGRAPHIC, f"sensitive, by its values ({what}): describes only"
        elif what := who_values(levels):
            told[name] = Role.DEMOGRAPHIC, f"who users are, by its values ({what})"
        elif name not in several and sum(bool(personal.kinds(a)) for a in levels) * 2 >= len(levels) > 0:
            told[name] = Role.IGNORE, "personal data"
    return told


def _plain(column: Column) -> str:
    return "".join(words(column.name))


def _two_fit(table: Table, best: Sequence[Column]) -> UsageError:
    listed = [f'"{c.name}" ({_counted(c)})' for c in best]
    what = f"the id column is not set and we found {len(best)} that fit: {', '.join(listed[:-1])} and {listed[-1]}"
    return UsageError("P003", what, where=table.source, fix="say which: " + " or ".join(f'--id "{c.name}"' for c in best))


def _counted(column: Column) -> str:
    """How many values a column has, for a reader who has to choose."""
    personal = ", personal data" if Topic.PERSONAL in topics(column.name) else ""
    return f"unique{personal}" if unique(column) else f"{column.distinct:,} different in {column.rows:,} rows{personal}"


def ranked(table: Table, entity: set[str], study: Study) -> list[tuple[float, Column]]:
    """Columns that can be the id, best first; equal scores mean that nothing decides."""
    taken = {study.time, study.event, study.value, *study.group_by, *study.describe, *study.outcome, *study.ignore}
    pinned = {name for name, role, _ in table.said if role is Role.ID} - taken
    if pinned:
        return [(4.0, c) for c in table.columns if c.name in pinned]
    scored = [(_fits(c, i, entity), i, c) for i, c in enumerate(table.columns) if c.name not in taken]
    return [(s, c) for s, i, c in sorted(scored, key=lambda x: (-x[0], x[1])) if s > 0]


def _fits(column: Column, position: int, entity: set[str]) -> float:
    """How well a column fits as the id: 4 a user's id by name, 3 "id", 2 "user", 1.5 an unnamed index, 1 another id, 0 not."""
    hints, parts = topics(column.name), words(column.name)
    named = bool({singular(p) for p in parts} & entity)
    person = Topic.PERSON in hints or named
    if column.kind in _NO_ID:
        return 0.0
    if entity and is_thing(" ".join(entity)):
        if named:
            return _thing_fits(column, entity)
        if Topic.PERSON in hints:
            return 0.0  # it says who took the things
    if person and Topic.KEY in hints and not hints & {Topic.DEMOGRAPHIC, Topic.AMOUNT}:
        return 4.0
    if parts in (("id",), ("ids",)):
        return 3.0
    if column.kind is Kind.DECIMAL:
        return 0.0
    if person and not hints - {Topic.PERSON, Topic.PERSONAL, Topic.MOMENT} and column.distinct >= min(10, column.rows):
        return 2.0
    if column.empty or not unique(column):
        return 0.0
    if position == 0 and parts in ((), ("unnamed",), ("index",), ("row",), ("rownames",), ("column",)):
        return 1.5
    token = position == 0 and not column.kind.numeric and not any(" " in e for e in column.examples)
    return 1.0 if (Topic.KEY in hints and Topic.DEMOGRAPHIC not in hints) or "email" in parts or token else 0.0


_CALLED = frozenset(
    [
        "name",
        "title",
        "description",
        "label",
        "beschreibung",
        "bezeichnung",
        "nom",
        "nome",
        "nombre",
        "descricao",
        "descripcion",
    ]
)


def _thing_fits(column: Column, entity: set[str]) -> float:
    """How well a column that is named after the things to be grouped is their id: 4 by "id", 3.5 the bare word, 3.2 a name."""
    hints, others = topics(column.name), [p for p in words(column.name) if singular(p) not in entity]
    if Topic.AMOUNT in hints or column.kind is Kind.DECIMAL:
        return 0.0
    if Topic.KEY in hints:
        return 4.0
    return 3.5 if not others else 3.2 if set(others) <= _CALLED else 0.0


def _check_one_row_each(table: Table, entity: str) -> None:
    """A dated list without an id by name is not one row a user, or a product: ask (P003)."""
    could, thing = _could(table), is_thing(entity)
    if thing:
        could = [c for c in could if Topic.PERSON not in topics(c.name)] or could
    if could:
        listed = ", ".join(f'"{c.name}" ({_counted(c)})' for c in could[:4])
        named, has = (f'after "{entity}"', f"a {entity} has") if thing else ("like an id", "users have")
        what = f"no column is named {named}, and the dates say that {has} several rows; it could be {listed}"
        raise UsageError("P003", what, where=table.source, fix=f'say which: --id "{could[0].name}"')


def _could(table: Table) -> list[Column]:
    """The columns of a dated list that can be its id although none is named so: those of many values, no amounts."""
    dated = any(c.kind in (Kind.DATE, Kind.TIMESTAMP) and Topic.MOMENT not in topics(c.name) for c in table.columns)
    if not dated or len(table.columns) > _NARROW:
        return []
    many = [c for c in table.columns if not unique(c) and c.distinct > LEVELS]
    return [c for c in many if c.kind in (Kind.TEXT, Kind.CATEGORY) or (c.kind is Kind.INTEGER and not _amount(c))]


def _amount(column: Column) -> bool:
    """Whether whole numbers say by their name how much or how many."""
    return (
        Topic.AMOUNT in topics(column.name)
        or counts(column.name)
        or is_quantity(column)
        or bool(_MUCH & set(words(column.name)))
    )


_MUCH = frozenset(
    ("quantity", "qty", "menge", "quantite", "cantidad", "quantidade", "quantidades", "duration", "length", "score")
)


def _numbered(engine: Any, table: Table) -> tuple[Table, Column]:
    """The table with the number of each row as its id."""
    taken = {c.name for c in table.columns}
    name = next(n for n in ("row", *(f"row {i}" for i in range(len(taken) + 1))) if n not in taken)
    view, q = f"{table.relation}__numbered", engine.quote
    engine.execute(repeats.numbered(q(view), q(table.relation), q(name)))
    _carry_origin(engine, table.relation, view)
    why = "no column holds an id, so every row is one user, known by its number"
    key = Column(name, Kind.INTEGER, Role.ID, why, table.used, 0, table.used, ("1", "2"), "1", str(table.used), native="BIGINT")
    note = Note(Level.WARN, "P003", f"{table.source}: {why}", table.source, "if a column does: --id COLUMN")
    return replace(table, relation=view, columns=(key, *table.columns), notes=(*table.notes, note)), key


def _carry_origin(engine: Any, before: str, after: str) -> None:
    """The rows of a view come from the same lines as those below it."""
    locate = engine.locator(before)
    if locate is not None:
        engine.remember(after, locate)


def _check_exact(engine: Any, table: Table, key: Column) -> None:
    """Ids that were rounded on their way cannot be told apart (ING-01)."""
    wrong = exact_ids(engine, table, key)
    if wrong:
        what = (
            f'the id column "{key.name}" holds {wrong:,} numbers that were stored with a decimal point and are no longer exact'
        )
        fix = f'read or export "{key.name}" as text or whole numbers, or name another column: --id COLUMN'
        raise DataError("P109", what, where=f'{table.source}, column "{key.name}"', fix=fix)


# ---------------------------------------------------------------- the shape


def _shape(table: Table, key: Column, study: Study) -> str:
    """ "events" when users have many rows, "entities" when they have one; as it was linked, where it was."""
    if table.shape:
        return table.shape
    names = {c.name for c in table.columns}
    if table.tool:
        return "events" if any(role in (Role.TIME, Role.EVENT) for _, role, _ in table.said) else "entities"
    if study.event in names or (study.time in names and not unique(key)):
        return "events"
    event, time = event_of(table, key, study), time_of(table, study)
    dated = time is not None and Topic.MOMENT not in topics(time.name) and len(names) <= _NARROW
    happens = event is not None and Topic.EVENT in topics(event.name)
    if unique(key):
        return "events" if happens and dated else "entities"
    few = key.distinct >= 0.9 * (key.rows - key.empty)
    return "entities" if few and not happens and not dated else "events"


# ---------------------------------------------------------------- rows of the same id


def _one_row_each(engine: Any, table: Table, study: Study) -> Table:
    """A table in which every id has one row: identical rows merged, others refused or decided by a policy (ING-04)."""
    key = id_of(table)
    if unique(key) or key.rows - key.empty <= 1:
        return table
    q, once = engine.quote, f"{table.relation}__once"
    kept = [q(c.name) for c in table.columns if c.name == key.name or c.name not in study.ignore]
    engine.execute(repeats.merged(q(once), q(table.relation), q(key.name), kept))
    rows, users = engine.rows(repeats.sizes(q(once), q(key.name)))[0]
    notes = list(table.notes)
    if same := key.rows - key.empty - rows:
        apart = ", apart from what --ignore names," if len(kept) < len(table.columns) else ""
        said = f"{'repeats' if same == 1 else 'repeat'} another row exactly{apart} and {'was' if same == 1 else 'were'} merged"
        notes.append(Note(Level.WARN, "P104", f"{_number(same, 'row')} of {table.source} {said}", table.source))
    if rows > users:
        notes.append(_decided(engine, table, once, study))
    rows = engine.rows(repeats.sizes(q(once), q(key.name)))[0][0]
    columns = tuple(replace(c, rows=rows, distinct=rows, empty=0) if c.name == key.name else c for c in table.columns)
    return replace(table, relation=once, columns=columns, notes=tuple(notes))


def _decided(engine: Any, table: Table, once: str, study: Study) -> Note:
    """Keep the first or last row of each id, or none of those that disagree; refuse without a policy."""
    q, key, policy = engine.quote, id_of(table).name, study.on_duplicate
    if not policy:
        raise _disagree(engine, table, once, study)
    if policy not in ("first", "last", "drop"):
        fix = "use --on-duplicate first, last or drop"
        raise UsageError("P001", f'"{policy}" is no way to treat duplicates', where="--on-duplicate", fix=fix)
    if policy != "drop" and not table.ordered:
        what = f"rows of {table.source} have no order, so which of them comes {policy} is chance"
        fix = "leave these users out: --on-duplicate drop, or ask for rows in an order: ...::select * from ... order by ..."
        raise UsageError("P001", what, where="--on-duplicate", fix=fix)
    users, rows = engine.rows(repeats.several(q(once), q(key)))[0]
    engine.execute(repeats.keep(q(once), q(key), policy))
    these = "this user is" if users == 1 else "these users are"
    kept = f"none was kept, {these} left out" if policy == "drop" else f"the {policy} of each was kept"
    said = f"{_number(users, 'id')} of {table.source} had {rows:,} rows that disagree: {kept}"
    return Note(Level.WARN, "P104", said, table.source, "--on-duplicate first|last|drop")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _disagree(engine: Any, table: Table, once: str, study: Study) -> DataError:
    """Which ids, on which lines, in which columns, and the ways on."""
    q, key = engine.quote, id_of(table).name
    others = [c.name for c in table.columns if c.name not in (key, *study.ignore)]
    users, rows = engine.rows(repeats.several(q(once), q(key)))[0]
    found: dict[str, list[tuple[object, ...]]] = {}
    for place, id, *values in engine.rows(repeats.first_several(q(once), q(key), [q(c) for c in others], 3)):
        found.setdefault(id, []).append((place, *values))
    parts = []
    for id, several in found.items():
        differ = [c for i, c in enumerate(others) if len({r[i + 1] for r in several}) > 1]
        parts.append(f"{id} ({_lines(engine, table, [int(str(r[0])) - 1 for r in several])}: {', '.join(differ)})")
    more = f" and {users - len(parts):,} more" if users > len(parts) else ""
    s, verb = ("id", "has") if users == 1 else ("ids", "have")
    what = f"{users:,} {s} of {table.source} {verb} {rows:,} rows that disagree: {'; '.join(parts)}{more}"
    (flags,) = engine.rows(repeats.differing(q(once), q(key), [q(c) for c in others]))
    columns = [c for c, differs in zip(others, flags, strict=True) if differs]
    fix = "correct the file, or say what to do: --on-duplicate first keeps the first row of each, last keeps the last, drop "
    fix += "leaves these users out"
    if len(columns) < len(others):
        fix += f'; or leave out what differs: --ignore "{",".join(columns)}"'
    return DataError("P104", what, where=f'{table.source}, column "{key}"', fix=fix)


def _lines(engine: Any, table: Table, positions: Sequence[int]) -> str:
    """The lines of rows in words; rows count from 1 where a source has no lines."""
    places = engine.locate(table.relation, list(positions))
    if not places:
        return "rows " + " and ".join(f"{p + 1:,}" for p in positions)
    several = len({file for file, _ in places}) > 1 or len(table.files) > 1
    return "lines " + " and ".join(f"{file}:{line:,}" if several else f"{line:,}" for file, line in places)


def _events(engine: Any, table: Table, study: Study) -> Table:
    """A log whose files do not overlap, with a word on rows that are identical."""
    return _identical(engine, overlap(engine, table, study))


def _identical(engine: Any, table: Table) -> Table:
    """Count identical rows of a log; each of them is an event and stays."""
    if table.used > COUNTED:
        said = f"{table.source} has more than {COUNTED:,} rows: identical ones were not counted, each row is an event"
        return replace(table, notes=(*table.notes, Note(Level.PASS, "P104", said, table.source)))
    found = engine.rows(repeats.identical(engine.quote(table.relation), [engine.quote(c.name) for c in table.columns]))[0][0]
    if not found:
        return table
    said = f"{found:,} rows of {table.source} repeat another row exactly; each counts as an event of its own"
    return replace(table, notes=(*table.notes, Note(Level.PASS, "P104", said, table.source)))


def _alike(engine: Any, table: Table) -> Table:
    """Count ids that differ only in case, blanks around them or zeros before them; they stay different users (ING-01)."""
    key = id_of(table)
    if key.native != "VARCHAR":
        return table
    name, ids = engine.quote(key.name), f"{table.relation}__ids"
    engine.execute(repeats.different(engine.quote(ids), engine.quote(table.relation), name))
    table = replace(table, ids=ids)
    for found, a, b in engine.rows(repeats.alike(engine.quote(ids), name)):
        said = f"{found:,} groups of ids in {table.source} look alike; they stay different users"
        where = f'such as "{a}" and "{b}"'  # ids stand apart from the words, which the report repeats
        return replace(table, notes=(*table.notes, Note(Level.WARN, "P104", said, where)))
    return table


# ---------------------------------------------------------------- words


def _say(tables: Sequence[Table], study: Study) -> None:
    """What was taken for what: one line a table."""
    for table in tables:
        uses: dict[str, list[str]] = {}
        for c in sorted(table.columns, key=lambda c: list(Role).index(c.role)):
            uses.setdefault(use(table, c, study.group_by), []).append(c.name)
        tell("roles", f"{table.source}  {'; '.join(f'{label}: {_listed(names)}' for label, names in uses.items())}")


def _listed(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")
