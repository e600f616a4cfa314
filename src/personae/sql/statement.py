"""The rule as one statement of a dialect that needs nothing beside the tables it reads.

The rule's numbers stand in the statement as a list of rows, so that a rule of a thousand events is as short a sum as one of
ten. Every number is written so that each engine reads the very same float64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.model.raw import Raw
from personae.model.rule import REASONS, Place, Rule
from personae.sql.assign import Sql, assign
from personae.sql.coefficients import coefficients
from personae.sql.raw import raw_inputs

COMPILED = {"bigquery": "bigquery", "duckdb": "duckdb", "postgres": "postgres", "snowflake": "snowflake", "spark": "databricks"}
"""The dialects, and what each is compiled as before it is written."""
DIALECTS = tuple(COMPILED)
INPUTS, COUNTS, WEIGHTS = "inputs", "counts", "personae_rule"
COLUMNS = ("id", "persona", "persona_name", "membership", "second", "margin", "kind", "reason")
MOST = 1500
"""Prototypes and groups that PostgreSQL can hold as columns of one row."""
_FLOAT = {"bigquery": "FLOAT64", "postgres": "DOUBLE PRECISION"}
_ALL = 2**62


@dataclass(frozen=True)
class Named:
    """The personas by index: keys and names."""

    keys: Mapping[int, str]
    names: Mapping[int, str]


def spelled(name: str, dialect: str) -> str:
    """A name of a user's table as the dialect stores one that was written without quotes: Snowflake knows it in capitals."""
    plain = name.isascii() and name.islower() and name.replace("_", "a").isalnum() and not name[0].isdigit()
    return name.upper() if dialect == "snowflake" and plain else name


def columns(rule: Rule) -> dict[str, str]:
    """Each measure of a rule and the column of the table `inputs` that holds it: its name where every database allows it."""
    taken, made = {"id"}, {}
    for i, name in enumerate(dict.fromkeys(f.column for f in rule.features if f.of == "measure")):
        plain = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit() and len(name) <= 60
        column = name if plain and name.lower() not in taken else f"measure_{i + 1}"
        taken.add(column.lower())
        made[name] = column
    return made


def texts(rule: Rule) -> frozenset[str]:
    """The measures that are texts; the others are numbers."""
    return frozenset(f.column for f in rule.features if any(s.name == "level" for s in f.steps))


def statement(rule: Rule, named: Named, dialect: str, step: Sql, raw: Raw | None, tables: Mapping[str, str]) -> str:
    """One SELECT with the columns COLUMNS, a row a user. Without `raw` it reads the tables `inputs` and `counts`.

    `tables` says what a table is called where that is not the name the question has for it; as the dialect writes it.
    """
    import ibis

    users, counts = raw_inputs(raw, lambda n: spelled(n, dialect), dialect == "bigquery") if raw else _given(rule, dialect)
    held = coefficients(rule)
    rows = _free(WEIGHTS, [p.name for p in raw.people] if raw else [], tables)
    weights = None if held is None else ibis.table(_schema(held.columns()), name=rows)
    fence = (lambda t: t.limit(_ALL)) if dialect == "postgres" else None
    placed = assign(rule, users, counts if held is not None else None, step, weights=weights, fence=fence)
    text = str(ibis.to_sql(_worded(placed, named, dialect), dialect=COMPILED[dialect]))
    return _whole(text, dialect, (rows, held.columns()) if held is not None else None, tables)


def _free(name: str, read: Sequence[str], tables: Mapping[str, str]) -> str:
    """A name for the list of rows that no table has which is read, and none that it really is."""
    taken = {n.lower() for n in read} | {part.strip('"`').lower() for n in tables.values() for part in n.split(".")}
    while name in taken:
        name += "_"
    return name


def _given(rule: Rule, dialect: str) -> tuple[Any, Any]:
    """The tables `inputs` and `counts` as they are described to whoever fills them."""
    import ibis

    words, named = texts(rule), columns(rule)
    kinds = {spelled(c, dialect): "string" if m in words else "float64" for m, c in named.items()}
    id, event, count = (spelled(n, dialect) for n in ("id", "event", "count"))
    inputs = ibis.table({id: "int64", **kinds}, name=spelled(INPUTS, dialect))
    counts = ibis.table({id: "int64", event: "string", count: "float64"}, name=spelled(COUNTS, dialect))
    users = inputs.select(id=inputs[id].cast("string"), **{m: inputs[spelled(c, dialect)] for m, c in named.items()})
    return users, counts.select(id=counts[id].cast("string"), event=counts[event], count=counts[count])


def _schema(columns: Mapping[str, Any]) -> dict[str, str]:
    return {c: "string" if c == "event" else "float64" for c in columns}


def _worded(placed: Any, named: Named, dialect: str) -> Any:
    """Indices as keys, names and words."""
    import ibis

    def word(index: Any, words: Mapping[int, str]) -> Any:
        pairs = [(i, w) for i, w in sorted(words.items())]
        return index.cases(*pairs, else_=ibis.null("string")) if pairs else ibis.null("string")

    made = {
        "id": placed.id,
        "persona": word(placed.persona, named.keys),
        "persona_name": word(placed.persona, named.names),
        "membership": placed.membership,
        "second": word(placed.second, named.keys),
        "margin": placed.margin,
        "kind": word(placed.kind, {int(p): p.name.lower() for p in Place}),
        "reason": word(placed.reason, dict(enumerate(REASONS))),
    }
    return placed.select(**{spelled(c, dialect): made[c] for c in COLUMNS})


def _whole(text: str, dialect: str, rows: tuple[str, Mapping[str, Any]] | None, tables: Mapping[str, str]) -> str:
    """The compiled text with its numbers exact, its tables under their own names, and the rule's numbers in it."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(text, read=COMPILED[dialect])
    for literal in tree.find_all(exp.Literal):
        if not literal.is_string and not literal.this.isdigit():
            literal.set("this", number(float(literal.this)))
    for table in tree.find_all(exp.Table):
        if table.name in tables:
            named = named_table(tables[table.name], dialect)
            named.set("alias", table.args.get("alias"))
            table.replace(named)
    parts = tree.args.get("with_") or tree.args.get("with")
    ctes = list(parts.expressions) if parts is not None else []
    for key in ("with_", "with"):
        if tree.args.get(key) is not None:
            tree.set(key, None)
    written = [c.sql(dialect=dialect, pretty=True) for c in ctes]
    if rows is not None:
        written.insert(0, f"{quoted(rows[0], dialect)} AS (\n{_rows(rows[1], dialect)}\n)")
    head = f"WITH {', '.join(written)}\n" if written else ""
    return head + str(tree.sql(dialect=dialect, pretty=True))


def named_table(name: str, dialect: str) -> Any:
    """A table's name as a person writes it in that dialect. Raises ValueError where it is none."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        table = exp.to_table(name, dialect=dialect)
    except SqlglotError as error:
        raise ValueError(name) from error
    parts = table.parts
    if not parts or any(not isinstance(p, exp.Identifier) for p in parts) or set(table.args) - {"this", "db", "catalog"}:
        raise ValueError(name)
    return table


def number(value: float) -> str:
    """A float64 as a literal that every dialect reads as the nearest float64, and none as a decimal number."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def literal(value: str, dialect: str) -> str:
    """A text as a literal of the dialect, whatever is in it."""
    from sqlglot import exp

    return str(exp.Literal.string(value).sql(dialect=dialect))


def quoted(name: str, dialect: str) -> str:
    """A name as an identifier of the dialect, whatever is in it."""
    from sqlglot import exp

    return str(exp.to_identifier(name, quoted=True).sql(dialect=dialect))


def _rows(columns: Mapping[str, Any], dialect: str) -> str:
    """A SELECT of rows that stand in the text."""
    texts = [literal(e, dialect) for e in columns["event"]]
    numbers: Sequence[Sequence[float]] = [columns[c].tolist() for c in columns if c != "event"]
    rows = ",\n".join(
        f"    ({', '.join((t, *(number(v) for v in values)))})" for t, *values in zip(texts, *numbers, strict=True)
    )
    names = [quoted(c, dialect) for c in columns]
    kind = _FLOAT.get(dialect, "DOUBLE")
    if dialect == "bigquery":
        kinds = ", ".join(f"{n} {'STRING' if c == 'event' else kind}" for n, c in zip(names, columns, strict=True))
        return f"  SELECT * FROM UNNEST(ARRAY<STRUCT<{kinds}>>[\n{rows}\n  ])"
    cast = [f"CAST(v.{n} AS {kind}) AS {n}" if c != "event" else f"v.{n}" for n, c in zip(names, columns, strict=True)]
    return f"  SELECT {', '.join(cast)}\n  FROM (VALUES\n{rows}\n  ) AS v ({', '.join(names)})"
