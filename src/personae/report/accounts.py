"""Data used, privacy, and how to do it again."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import PurePath
from typing import Any

from personae.charts.numbers import count, percent
from personae.files import excluded
from personae.model.cast import Cast
from personae.model.study import Role, Study
from personae.model.table import Column, Table
from personae.words.names import follow

USES = {
    "id": "tells users apart; never shown",
    "time": "says when",
    "event": "says what was done",
    "value": "says how much",
    "behaviour": "forms the groups",
    "attitude": "describes only",
    "demographic": "describes only",
    "outcome": "groups are read against it",
    "text": "free text, not used",
    "ignore": "left out",
}
SHAPES = {"events": "one row per event", "lent": "looked up by other files", "unused": "left out"}
FLAGS = {
    "group_by": "group-by",
    "on_duplicate": "on-duplicate",
    "allow_rejects": "allow-rejects",
    "max_inflated": "max-inflated",
}


@dataclass(frozen=True)
class Source:
    """A file and what became of its rows; `columns` are (name, use in words, kind, why, share empty)."""

    name: str
    shape: str
    format: str
    seen: str
    used: str
    aside: str
    reasons: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str, str, str, str], ...]
    files: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


def source(table: Table, entity: str = "user", told: Collection[str] = ()) -> Source:
    """What became of a table's rows; `told` are columns of free text whose words describe.

    Values of single rows are never repeated: no examples, no extremes, no raw text.
    """
    reasons = Counter(_without_values(r.reason) for r in table.rejects)
    reasons.update({LEFT_OUT: table.excluded} if table.excluded else {})
    return Source(
        base(table.source),
        SHAPES.get(table.shape, "one row each"),
        table.format,
        count(table.seen),
        {"lent": "looked up", "unused": "not used"}.get(table.shape, count(table.used)),
        count(table.set_aside + table.excluded),
        tuple((r, count(n)) for r, n in sorted(reasons.items(), key=lambda x: (-x[1], x[0]))[:12]),
        tuple(
            (
                c.name,
                follow(_use(c, told), entity),
                c.kind,
                follow(c.why, entity),
                percent(c.empty / c.rows) if c.empty and c.rows else "none",
            )
            for c in table.columns
        ),
        tuple((base(f), sha, count(size)) for f, sha, size in table.files),
        tuple(follow(n.words, entity) for n in table.notes if n.level != "pass"),
    )


LEFT_OUT = "of people on the exclusion list"
TOLD = "free text: its words describe"


def told(cast: Cast) -> frozenset[str]:
    """The columns of free text that terms were made of."""
    return frozenset(x.name for x in cast.left_out if x.reason.startswith("free text:") and " people describe" in x.reason)


def _use(column: Column, told: Collection[str]) -> str:
    return TOLD if column.role == Role.TEXT and column.name in told else USES.get(column.role, column.role)


def _without_values(reason: str) -> str:
    """A reason with what it quotes taken out, so that rows of one kind count together and none shows through."""
    return re.sub(r'"[^"]*"|“[^”]*”|\'[^\']{3,}\'', "…", reason)


def apart(cast: Cast) -> tuple[str, ...]:
    """What the groups are for, in the words of who made the run, and who took no part, in sentences; nothing where neither was
    said."""
    purpose = cast.study.purpose.strip()
    rolls = {r.name: r for t in cast.tables for r in t.rolls}
    rows = sum(t.excluded for t in cast.tables)
    found = [f"Made for: {purpose}"] if purpose else []
    if rolls:
        named = " and ".join(f"{n} ({count(r.people)} listed)" for n, r in rolls.items())
        found.append(
            f"People on {named} took no part: {count(rows)} {'row' if rows == 1 else 'rows'} of theirs were left out first."
        )
    return tuple(found)


@dataclass(frozen=True)
class Prepared:
    """How columns became coordinates, as text; `weights` are (event, weight, share of users who did it)."""

    order: tuple[str, ...]
    columns: str
    dimensions: str
    kept: str
    notes: tuple[str, ...]
    empties: tuple[tuple[str, str, str], ...]
    weights: tuple[tuple[str, str, str], ...]
    components: tuple[tuple[str, str], ...]


def prepared(cast: Cast) -> Prepared | None:
    """What was done between the measures and the distances; None for runs of before it was written down."""
    p = cast.evidence.preparation
    if p is None:
        return None
    return Prepared(
        p.order,
        count(p.columns),
        count(p.dimensions),
        percent(p.kept),
        p.notes,
        tuple((e.measure, f"fewer than {cast.study.floor}" if e.users is None else count(e.users), e.words) for e in p.empties),
        tuple((w.event, f"{w.weight:.2f}", "" if w.reach is None else percent(w.reach)) for w in p.weights),
        tuple((percent(c.share), ", ".join(f"{name} {r:+.2f}" for name, r in c.loadings)) for c in p.components),
    )


def roles(cast: Cast) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Role, its use in words, and the columns that have it."""
    found: dict[tuple[str, str], list[str]] = {}
    read = told(cast)
    for t in cast.tables:
        for c in t.columns:
            if c.role in USES and c.name not in (names := found.setdefault((str(c.role), _use(c, read)), [])):
                names.append(c.name)
    order = list(USES)
    return tuple((r, use, tuple(names)) for (r, use), names in sorted(found.items(), key=lambda x: order.index(x[0][0])))


def base(location: str) -> str:
    """A source without the folders and hosts of the machine that read it."""
    place, mark, table = location.partition("::")
    if place.startswith("env:"):
        return location
    scheme, slashes, _ = place.partition("://")
    name = f"{scheme}://…" if slashes else PurePath(place.removeprefix("sqlite:").replace("\\", "/")).name
    return name + mark + table


def settings(study: Study) -> tuple[tuple[str, str], ...]:
    """Every setting of the study, except what only says how much of the machine to use."""
    return tuple((f.name, _text(f.name, study)) for f in fields(study) if f.name not in ("memory", "threads"))


def command(study: Study) -> str:
    """The command that makes this run again from the same files."""
    parts = ["personae", "run", *(shlex.quote(base(s)) for s in study.sources)]
    for f in fields(study):
        v = _shown(f.name, study)
        if f.name in ("sources", "memory", "threads") or (v == f.default and f.name != "seed"):
            continue
        flag = f"--{FLAGS.get(f.name, f.name.replace('_', '-'))}"
        parts.append(flag if v is True else f"{flag} {shlex.quote(','.join(v) if isinstance(v, tuple) else str(v))}")
    return " ".join(parts)


def _text(name: str, study: Study) -> str:
    v = _shown(name, study)
    if name == "sources":
        v = tuple(base(s) for s in v)
    return ", ".join(v) if isinstance(v, tuple) else str(v)


def _shown(name: str, study: Study) -> Any:
    """A setting as it holds on any machine."""
    v = getattr(study, name)
    if name == "exclude":
        return tuple(base(x) for x in v if PurePath(x).name != excluded.NAME)
    return base(v) if name == "library" and v else v
