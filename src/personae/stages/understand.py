"""What the columns mean: which is the id, what forms groups, what only describes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from personae.errors import UsageError
from personae.model import personal
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table, Way
from personae.model.vocabulary import Topic, sensitive_values, topics, who_values, words
from personae.progress import tell
from personae.sql import repeats
from personae.stages.asked import asked as requests
from personae.stages.asked import check_forming, forms
from personae.stages.keys import NARROW, check_exact, counted, id_columns, numbered, other_ids, told_of_people
from personae.stages.likert import check_style, likert
from personae.stages.once import alike, events, one_row_each
from personae.stages.roles import (
    LEVELS,
    Guess,
    entity_roles,
    event_of,
    is_code,
    log_roles,
    says_who,
    takes,
    time_of,
    unique,
    use,
)
from personae.stages.survey import orders_of, survey, unasked


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
        kept, found = (table, key) if key else numbered(engine, table)
        check_exact(engine, kept, found)
        kept = kept if study.id or ids else told_of_people(kept, found, study)
        local = _known(kept, study)
        shape = _shape(kept, found, local)
        asked = shape == "entities" and not ids and not kept.tool
        kept = survey(engine, kept, found, study) if asked else kept
        guesses = log_roles(kept, found, local) if shape == "events" else entity_roles(kept, found, len(speaking) == 1)
        guesses |= _not_meant(kept, guesses, local)
        guesses |= _lent(kept, guesses)
        guesses |= other_ids(kept, found, [k for k in keys if k], guesses, study)
        if asked:
            kept = likert(engine, kept, found, guesses, study)
        told = _sensitive(engine, kept, found, guesses) if shape == "entities" else {}
        who |= {n for n, (role, _) in told.items() if role is Role.DEMOGRAPHIC}
        why, notes = unasked(engine, kept, study) if asked else ({}, ())
        aside = {n: (Role.ATTITUDE, w) for n, w in why.items() if guesses.get(n, (None,))[0] is Role.BEHAVIOUR}
        columns = tuple(_with_role(c, found, guesses | aside | told, study, who, kept.said) for c in kept.columns)
        table = replace(kept, shape=shape, columns=columns, notes=(*kept.notes, *notes))
        made.append(alike(engine, one_row_each(engine, table, study) if shape == "entities" else events(engine, table, study)))
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
        "--quotes": study.quotes, "--consent": (study.consent,),
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
        (Role.IGNORE, (*study.ignore, study.consent)), (Role.TEXT, (*study.embed, *study.quotes)),
        (Role.OUTCOME, study.outcome),
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
    return f"{named}; {'a different value in every row' if unique(column) else counted(column)}"


# ---------------------------------------------------------------- what the data say


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
    dated = time is not None and Topic.MOMENT not in topics(time.name) and len(names) <= NARROW
    happens = event is not None and Topic.EVENT in topics(event.name)
    if unique(key):
        return "events" if happens and dated else "entities"
    few = key.distinct >= 0.9 * (key.rows - key.empty)
    return "entities" if few and not happens and not dated else "events"


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
