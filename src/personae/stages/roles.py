"""Which role a column most likely has, with the reason in words: from its name, its kind and how many values it takes."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table, Way
from personae.model.vocabulary import Topic, is_thing, names_entity, repeats, topics, words

LEVELS = 50
"""A column of more different texts than this is no category that forms groups."""
Guess = tuple[Role, str]
_WHO = frozenset({Topic.DEMOGRAPHIC, Topic.SENSITIVE})


def unique(column: Column) -> bool:
    """Whether every filled row has a value of its own."""
    return column.distinct == column.rows - column.empty and column.distinct > 1


def is_personal(column: Column) -> bool:
    """Whether texts point at one person: names, addresses, telephone numbers. No value of them is shown."""
    hints = topics(column.name)
    text = column.kind in (Kind.TEXT, Kind.CATEGORY) and column.role not in (Role.ID, Role.EVENT)
    named = Topic.PERSONAL in hints or (hints == {Topic.PERSON} and column.role is Role.TEXT)
    return text and (column.why == "personal data" or (named and not hints & {Topic.ITEM, Topic.THING, Topic.OUTCOME}))


def says_who(column: Column) -> bool:
    """Whether a column says who users are, not what they do. Income that is a number, and not a household's, is an amount."""
    hints = topics(column.name)
    amount = column.kind.numeric and Topic.AMOUNT in hints and not hints & _WHO
    return bool(hints & _WHO) and not amount and not (Topic.SENSITIVE not in hints and of_a_thing(column))


_GOODS = """product products item items article articles sku seller sellers merchant store shop supplier vendor branch
    warehouse produto producto produkt artikel geolocation content vendedor loja"""
_THINGS = frozenset(_GOODS.split())


def of_a_thing(column: Column) -> bool:
    """Whether a name says of what a trait is: product_weight_g and seller_city tell nothing of who the user is."""
    parts = words(column.name)
    return bool(_THINGS & set(parts[:1])) and len(parts) > 1


USES = {
    Role.ID: "id", Role.TIME: "time", Role.EVENT: "event", Role.VALUE: "value", Role.BEHAVIOUR: "forms groups",
    Role.ATTITUDE: "describes", Role.DEMOGRAPHIC: "describes", Role.OUTCOME: "outcome", Role.TEXT: "text",
    Role.IGNORE: "left out",
}  # fmt: skip
"""What a column is used for, in a word or two, where its role alone decides."""


def use(table: Table, column: Column, group_by: Sequence[str] = ()) -> str:
    """What really becomes of a column: beside events only they form groups, and a date of a user is no moment of an event."""
    if column.role is Role.TIME and table.shape == "entities":
        return "describes"
    if column.role is not Role.BEHAVIOUR:
        return USES[column.role]
    return USES[column.role] if _forms(table, column, group_by) else "describes"


def _forms(table: Table, column: Column, group_by: Sequence[str]) -> bool:
    """Whether a column of behaviour takes part: by being named, or, of one row a user, by having few enough levels."""
    asked = column.name in group_by if group_by else True
    if table.shape == "events":
        return asked and column.kind.numeric and (bool(group_by) or table.column(Role.EVENT) is None)
    return asked and (
        column.kind.numeric or column.kind is Kind.BOOLEAN or column.distinct <= LEVELS or column.scheme is not None
    )


# ---------------------------------------------------------------- a log of events


def time_of(table: Table, study: Study) -> Column | None:
    """The column that says when: the one that was named, then one named like a time, then any date that is no date of birth."""
    moments = [c for c in table.columns if c.kind in (Kind.DATE, Kind.TIMESTAMP)]
    said = [c for c in moments if c.name == study.time]
    happened = [c for c in moments if Topic.MOMENT not in topics(c.name)]
    named = sorted((c for c in happened if Topic.TIME in topics(c.name)), key=_later)
    return next(iter((*said, *named, *happened, *moments)), None)


_NOW = "purchase purchased ordered placed occurred event bought compra kauf bestellt achat"
_THEN = """limit due deadline estimated estimate expected planned scheduled approved delivered delivery ship shipped shipping
    carrier answer answered arrived arrival returned refunded processed completed closed resolved"""
_AT_ONCE, _LATER = frozenset(_NOW.split()), frozenset(_THEN.split())


def _later(column: Column) -> int:
    """0 for the moment somebody acts, 2 for what follows (approved, delivered) or is planned (due, estimated), 1 between."""
    parts = set(words(column.name))
    return 2 if parts & _LATER else 0 if parts & _AT_ONCE else 1


def happened(table: Table) -> Column | None:
    """The column that says when the rows of a table happened; None where its dates only follow, are planned, or are traits."""
    moments = [c for c in table.columns if c.kind in (Kind.DATE, Kind.TIMESTAMP) and Topic.MOMENT not in topics(c.name)]
    return min((c for c in moments if _later(c) < 2), key=_later, default=None)


def event_of(table: Table, key: Column, study: Study) -> Column | None:
    """The column that says what happened: the one that was named, then an event by name, then an item."""
    others = [c for c in table.columns if c.name != key.name and (c.name == study.event or c.name not in _said_else(study))]
    for c in others:
        if c.name == study.event:
            return c
    if (person := _taker(others, study)) is not None:
        return person
    fits = [(s, i, c) for i, c in enumerate(others) if (s := _happens(c)) > 0]
    if fits:
        return min(fits, key=lambda f: (-f[0], f[2].distinct, f[1]))[2]
    texts = [c for c in others if c.kind in (Kind.CATEGORY, Kind.TEXT) and 1 < c.distinct <= max(LEVELS, c.rows // 2)]
    plain = [c for c in texts if not topics(c.name) & {*_WHO, Topic.TEXT, Topic.PERSONAL}]
    return plain[0] if len(plain) == 1 and len(others) <= 3 else None


def _taker(others: Sequence[Column], study: Study) -> Column | None:
    """Where things are grouped, the column that names who took them: an id before anything else that means a person."""
    if not is_thing(study.entity):
        return None
    people = [
        c for c in others if takes(c, study) and c.distinct > 1 and c.kind not in (Kind.DATE, Kind.TIMESTAMP, Kind.DECIMAL)
    ]
    return min(people, key=lambda c: Topic.KEY not in topics(c.name), default=None)


def takes(column: Column, study: Study) -> bool:
    """Whether a column names the people who take the things that are grouped."""
    hints = topics(column.name)
    if not is_thing(study.entity) or Topic.PERSON not in hints or names_entity(column.name, study.entity):
        return False
    since = Topic.MOMENT in hints and Topic.PERSONAL not in hints  # "customer since" is a date; "customer last name" is none
    return not since and not hints & {Topic.DEMOGRAPHIC, Topic.AMOUNT}


def _said_else(study: Study) -> set[str]:
    """Columns that a flag gave to something else than the event."""
    return {study.time, study.value, *study.describe, *study.outcome, *study.ignore}


def _happens(column: Column) -> float:
    """How well a column fits as the event: 3 an event by name, 2 an item, 0 not."""
    hints = topics(column.name)
    if column.kind not in (Kind.CATEGORY, Kind.TEXT, Kind.INTEGER) or not 1 < column.distinct <= max(LEVELS, column.rows // 2):
        return 0.0
    if Topic.TEXT in hints and column.kind is Kind.TEXT:
        return 0.0
    if hints & {*_WHO, Topic.PERSON} or (column.kind is Kind.INTEGER and (Topic.AMOUNT in hints or repeats(column.name))):
        return 0.0
    if Topic.EVENT in hints and not hints & {Topic.TIME, Topic.CALENDAR}:
        return 3.0 - 0.5 * (Topic.KEY in hints)
    number = column.kind is Kind.INTEGER and not hints & {Topic.KEY, Topic.CODE}
    return 2.0 - 0.5 * (Topic.KEY in hints) if Topic.ITEM in hints and not number else 0.0


def log_roles(table: Table, key: Column, study: Study) -> dict[str, Guess]:
    """The roles of the columns of a log."""
    event, time = event_of(table, key, study), time_of(table, study)
    taken = {c.name for c in (key, event, time) if c is not None}
    value = _value([c for c in table.columns if c.kind.numeric and c.name not in taken], event, time, study)
    roles = {c.name: _property(c, event is not None) for c in table.columns}
    if event is not None:
        people = takes(event, study)
        what = f"who took it: {event.distinct:,} different people" if people else ""
        roles[event.name] = Role.EVENT, what or f"what happened: {event.distinct:,} different values"
    if time is not None:
        roles[time.name] = Role.TIME, "when it happened"
    if value is not None:
        counted = event is not None and time is None and repeats(value.name)
        roles[value.name] = Role.VALUE, "how often it happened" if counted else "an amount, by its name"
    return roles


def _value(numbers: Sequence[Column], event: Column | None, time: Column | None, study: Study) -> Column | None:
    """The column that says how much, or how often."""
    added = event is not None and time is None
    for c in numbers:
        if c.name == study.value or (not study.value and added and repeats(c.name) and not c.low.startswith("-")):
            return c
    amounts = [c for c in numbers if Topic.AMOUNT in topics(c.name) and not topics(c.name) & {Topic.KEY, Topic.CODE}]
    return min(amounts, key=lambda c: c.kind is not Kind.DECIMAL) if amounts else None


def _property(column: Column, events: bool) -> Guess:
    """The role of a column of a log beside id, event, time and value."""
    hints = topics(column.name)
    if column.kind is Kind.EMPTY or column.distinct <= 1:
        return Role.IGNORE, "empty" if column.kind is Kind.EMPTY else "constant: the same value in every row"
    if says_who(column):
        return Role.DEMOGRAPHIC, "who users are, by its name"
    if Topic.KEY in hints and column.kind is not Kind.DECIMAL and not is_quantity(column) and column.distinct > LEVELS:
        return Role.IGNORE, "the id of something else than a user"
    if Topic.ATTITUDE in hints and (column.kind.numeric or column.distinct <= LEVELS):
        return Role.ATTITUDE, "what users say or rate, by its name"
    if Topic.PERSONAL in hints and not hints & {Topic.ITEM, Topic.THING}:
        return Role.IGNORE, "personal data"
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        return Role.IGNORE, "a second time column"
    if _numbers_parts(column):
        return Role.IGNORE, "numbers the parts of something: 1, 2, 3"
    if is_code(column):
        return Role.DEMOGRAPHIC, "a code, no quantity: describes only"
    if column.kind.numeric or column.kind is Kind.BOOLEAN or column.distinct <= LEVELS:
        only = "the events form the groups" if events else "" if column.kind.numeric else "only numbers of a log form groups"
        return Role.BEHAVIOUR, "said of each event" + (f"; describes only, {only}" if only else "")
    return Role.TEXT, f"text with {column.distinct:,} different values"


def _numbers_parts(column: Column) -> bool:
    """Whether whole numbers from 1 on count the parts of something: order_item_id, payment_sequential, line_no."""
    parts = words(column.name)
    part = bool({"sequential", "sequence", "seq", "line", "lineno", "position"} & set(parts)) or parts[-2:] in _PARTS
    return part and column.kind is Kind.INTEGER and column.low == "1" and not is_quantity(column)


_PARTS = (("item", "id"), ("item", "no"), ("item", "nr"), ("item", "number"), ("row", "id"), ("row", "number"))


# ---------------------------------------------------------------- a table of one row a user


def entity_roles(table: Table, key: Column, alone: bool) -> dict[str, Guess]:
    """The roles of the columns of a table of one row a user; only a table that is `alone` can be a survey."""
    others = [c for c in table.columns if c.name != key.name]
    scale = scale_of(others) if alone else None
    body = any({"height", "bmi", "groesse", "taille", "altura"} & set(words(c.name)) for c in others)
    return {c.name: _trait(c, scale, body) for c in others}


def scale_of(columns: Sequence[Column]) -> tuple[str, str] | None:
    """The lowest and highest answer that most columns share: a survey. None when the table is none."""
    answers: dict[tuple[str, str], int] = {}
    for c in columns:
        if is_answer(c):
            answers[c.low, c.high] = answers.get((c.low, c.high), 0) + 1
    if not answers:
        return None
    best = max(answers, key=lambda s: (answers[s], s))
    return best if answers[best] >= 5 and answers[best] >= 0.5 * len(columns) else None


def is_answer(column: Column) -> bool:
    """Whether a column looks like answers on a scale such as 1 to 5."""
    if column.kind is not Kind.INTEGER or not 3 <= column.distinct <= 11:
        return False
    low, high = _number(column.low), _number(column.high)
    return low is not None and high is not None and low >= -5 and high <= 10


def within(column: Column, scale: tuple[str, str]) -> bool:
    """Whether all answers lie on the scale; a column in which nobody chose its end still does."""
    low, high, least, most = (_number(x) for x in (column.low, column.high, *scale))
    return low is not None and high is not None and least is not None and most is not None and least <= low and high <= most


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _trait(column: Column, scale: tuple[str, str] | None, body: bool) -> Guess:
    """The role of a column of a table of one row a user: the first rule that fits."""
    text = column.kind in (Kind.CATEGORY, Kind.TEXT) and column.scheme is None
    many = f"; {column.distinct:,} different texts are too many to form groups" if text and column.distinct > LEVELS else ""
    return _unfit(column, body) or _describing(column, scale) or (Role.BEHAVIOUR, f"what users do or have{many}{_how(column)}")


def _how(column: Column) -> str:
    """How a column with a scheme is taken, for a reader."""
    if column.scheme is None:
        return ""
    options = f"; several answers in a cell, {len(column.scheme.words)} options"
    ends = f"; levels with an order, {' to '.join((*column.scheme.words[:1], *column.scheme.words[-1:]))}"
    said = {Way.SEVERAL: options, Way.CHOSEN: "; one option of a question", Way.RANKED: ends}
    return said.get(column.scheme.way, "")


def _unfit(column: Column, body: bool) -> Guess | None:
    """Columns that tell nothing of a group: empty, constant, ids, personal data, free text."""
    hints, filled = topics(column.name), column.rows - column.empty
    if column.kind is Kind.EMPTY or not filled:
        return Role.IGNORE, "empty"
    if column.distinct <= 1 and not column.empty:
        return Role.IGNORE, "constant: the same value in every row"
    if Topic.KEY in hints and unique(column) and column.kind is not Kind.DECIMAL and not is_quantity(column) and filled > 2:
        return Role.IGNORE, "looks like an id: a different value in every row"
    if Topic.PERSONAL in hints and not hints & {Topic.ITEM, Topic.THING, Topic.OUTCOME} and not column.kind.numeric:
        return Role.IGNORE, "personal data"
    text = not column.kind.numeric and column.kind not in (Kind.DATE, Kind.TIMESTAMP, Kind.BOOLEAN) and column.scheme is None
    if text and column.distinct > LEVELS and column.distinct > 0.5 * filled:
        written = any(" " in e for e in column.examples)
        return (Role.TEXT, "free text") if written else (Role.IGNORE, f"looks like an id: {column.distinct:,} different values")
    if Topic.WEIGHTING in hints and len(words(column.name)) <= 2 and column.kind is Kind.DECIMAL and not body:
        return Role.IGNORE, "looks like the weight of an answer in a survey"
    return None


def _describing(column: Column, scale: tuple[str, str] | None) -> Guess | None:
    """Columns that describe groups or are read against them; None for behaviour."""
    hints, parts = topics(column.name), words(column.name)
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        return Role.TIME, "a date: described as days before the newest one"
    if column.scheme is not None and column.scheme.way is Way.SCORED:
        return Role.ATTITUDE, "whether users would recommend, from 0 to 10: gives the NPS"
    if Topic.SENSITIVE in hints:
        return Role.DEMOGRAPHIC, "sensitive, by its name: describes only"
    if scale and is_answer(column) and within(column, scale) and not {"age", "gender", "sex"} & set(parts):
        return Role.BEHAVIOUR, f"an answer from {scale[0]} to {scale[1]}; in a survey the answers form the groups"
    if Topic.GROUPING in hints and column.distinct <= LEVELS:
        return Role.OUTCOME, "an earlier grouping: groups are read against it"
    if Topic.OUTCOME in hints and _is_outcome(column, parts):
        return Role.OUTCOME, "an outcome, by its name: groups are read against it"
    if says_who(column):
        return Role.DEMOGRAPHIC, "who users are, by its name"
    if Topic.AMOUNT in hints and not column.kind.numeric and any(c.isdigit() for e in column.examples for c in e):
        return Role.DEMOGRAPHIC, "an amount in brackets"
    if Topic.ATTITUDE in hints and (column.kind.numeric or column.distinct <= LEVELS or column.scheme is not None):
        return Role.ATTITUDE, "what users say or rate, by its name"
    if scale:
        return Role.ATTITUDE, f"not on the scale of most answers ({scale[0]} to {scale[1]}): describes only"
    if is_code(column):
        return Role.DEMOGRAPHIC, "a code, no quantity: describes only"
    return None


def is_code(column: Column) -> bool:
    """Whether whole numbers are names of something by the column's name: a region, a type, a month."""
    hints = topics(column.name)
    few = column.distinct <= LEVELS or {Topic.CODE, Topic.DEMOGRAPHIC} <= hints
    whole = column.kind is Kind.INTEGER and (column.low, column.high) != ("0", "1")
    return whole and few and bool(hints & {Topic.CODE, Topic.CALENDAR}) and not is_quantity(column)


def is_quantity(column: Column) -> bool:
    """ "number_of_cds", "number of days", "3 hours": quantities although a word of them says code or calendar."""
    parts = words(column.name)
    plural = {"days", "months", "years", "hours", "weeks"} & set(parts)
    rate = {"average", "avg", "mean", "per", "rate", "total", "sum"} & set(parts)
    return "of" in parts[1:2] or parts[:1] == ("num",) or "count" in parts or bool(plural or rate)


_SURE = frozenset({"churn", "churned", "attrition", "y", "target", "label"})


def _is_outcome(column: Column, parts: Sequence[str]) -> bool:
    """Two levels are an outcome; more only where the name says nothing else."""
    sure = bool(_SURE & set(parts))
    if column.kind.numeric and column.distinct > 2:
        return sure
    return column.distinct <= (LEVELS if sure else 2)
