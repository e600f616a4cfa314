"""What is read of users who arrived in a table of PostgreSQL: their own rows by an index, counted as the run counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from personae.databases.queue import Rows
from personae.databases.tables import quoted
from personae.model.intake import Intake

NATIVE = {"smallint": "", "integer": "", "bigint": "", "numeric": "", "boolean": "", "double precision": "", "real": "::float8"}
"""Types whose values come as they are, and the cast that keeps them what a run reads; all others come as text."""
_WHOLE = (
    "CASE WHEN k ~ '^-?[0-9]{1,19}$' THEN "
    "CASE WHEN k::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN k::bigint END END"
)
KEYS = {
    "smallint": _WHOLE,
    "integer": _WHOLE,
    "bigint": _WHOLE,
    "numeric": "CASE WHEN length(k) < 16000 AND k ~ '^-?[0-9]+([.][0-9]+)?$' THEN k::numeric END",
    "uuid": "CASE WHEN k ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN k::uuid END",
    "text": "k",
    "character varying": "k",
    "character": "k::bpchar",
}
"""Types of ids that an index serves, and a key `k` as one of them: never cut short, and NULL where it cannot be one."""
DATED = ("date", "timestamp without time zone", "timestamp with time zone")


@dataclass(frozen=True)
class Span:
    """Which days of a log count, in the words of the study: the last days, the first of each user, or all from low to high
    (days of the epoch); 0 where not asked for. `zone` is where days begin."""

    last: int = 0
    first: int = 0
    low: int = 0
    high: int = 0
    zone: str = "UTC"

    @property
    def all(self) -> bool:
        """Whether every day counts."""
        return not (self.last or self.first or self.low or self.high)


@dataclass(frozen=True)
class Arrived:
    """How to read users of a table: `types` are those of its columns by name, as the server writes them. With `log` a row is an
    event and not a user."""

    rows: Rows
    types: Mapping[str, str]
    intake: Intake
    log: bool = False
    time: str = ""
    """The column of times of a log, "" where there is none."""
    span: Span = Span()

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns of users that are read here."""
        return () if self.log else tuple(f.name for f in self.intake.fields if f.name in self.types)

    @property
    def _own(self) -> str:
        """The condition for rows of the asked users: their ids as texts are the keys. Where the type of the id allows it, the
        keys come in that type as well, so that its index serves."""
        id, key = quoted(self.rows.id), KEYS.get(self.types[self.rows.id].partition("(")[0], "")
        served = f"{id} = ANY(ARRAY(SELECT {key} FROM unnest($1::text[]) AS k)) AND " if key else ""
        return f"{served}{id}::text = ANY($1::text[])"

    @property
    def _dated(self) -> bool:
        return self.types.get(self.time) in DATED

    def _day(self) -> str:
        at = quoted(self.time)
        zone = self.span.zone.replace("'", "''")
        return f"({at} AT TIME ZONE '{zone}')::date" if self.types[self.time] == DATED[2] else f"{at}::date"

    @property
    def ends(self) -> str:
        """The query for the last day that counts, where that depends on the log: the last one, less one where its last hour is
        still empty and the log knows hours. "" where it does not."""
        if not self.span.last:
            return ""
        at, zone = quoted(self.time), self.span.zone.replace("'", "''")
        local = f"{at} AT TIME ZONE '{zone}'" if self.types[self.time] == DATED[2] else f"{at}::timestamp"
        finite = f"FROM {self.rows.name} WHERE isfinite({at})"
        timed = f"EXISTS (SELECT 1 {finite} AND ({local})::time <> '00:00')"
        one = f"(SELECT min({at}) AS {at} {finite}) AS oldest"
        several = f"(SELECT ({local})::date FROM {one}) < ({local})::date"
        newest = f"(SELECT max({at}) AS {at} {finite}) AS newest"
        return f"SELECT ({local})::date - (({local})::time < '23:00' AND {several} AND {timed})::int FROM {newest}"

    def query(self) -> str:
        """Rows of the asked users: (key, columns of the intake...) of users, or (key, event, property, how often) of events.

        $1 are the keys; with `ends` $2 is the last day that counts.
        """
        id = quoted(self.rows.id)
        if not self.log:
            columns = "".join(f", {self._value(name)}" for name in self.fields)
            return f"SELECT {id}::text{columns} FROM {self.rows.name} WHERE {self._own}"
        often = f"sum({quoted(self.intake.times)})" if self.intake.times else "count(*)"
        kind = f"{quoted(self.intake.property)}::text" if self.intake.property else "NULL::text"
        begun = f"min({self._day()}) OVER (PARTITION BY {id})" if self.span.first else "NULL::date"
        timed = f" AND {self._timed()}" if self.time else ""
        named = f"SELECT *, {begun} AS personae_begun FROM {self.rows.name} WHERE {self._own}{timed}"
        counted = f"{often} FILTER (WHERE {self._inside()})::float8" if self._inside() else f"{often}::float8"
        event = f"{quoted(self.intake.event)}::text"
        return f"SELECT {id}::text, {event}, {kind}, {counted} FROM ({named}) AS own GROUP BY 1, 2, 3"

    def _value(self, name: str) -> str:
        cast = NATIVE.get(self.types[name].partition("(")[0], "::text")
        return quoted(name) + cast

    def _timed(self) -> str:
        """Events without a time do not count."""
        at = quoted(self.time)
        return f"isfinite({at})" if self._dated else f"{at} IS NOT NULL AND {at}::text <> ''"

    def _inside(self) -> str:
        if self.span.all:
            return ""
        day = self._day()
        if self.span.first:
            return f"{day} - personae_begun < {self.span.first}"
        if self.span.last:
            return f"{day} <= $2::date AND {day} > $2::date - {self.span.last}"
        return f"{day} BETWEEN DATE '1970-01-01' + {self.span.low} AND DATE '1970-01-01' + {self.span.high}"

    @property
    def any_inside(self) -> str:
        """The query whether any event lies between the two days that count; "" where they are not two days."""
        if not self.span.high:
            return ""
        return f"SELECT EXISTS (SELECT 1 FROM {self.rows.name} WHERE {self._timed()} AND {self._inside()})"

    def later(self) -> Arrived:
        """The same with the last days of the log, as many as lie between the two days."""
        days = self.span.high - self.span.low + 1
        return replace(self, span=Span(last=days, zone=self.span.zone))

    def records(self, rows: Sequence[Sequence[Any]]) -> dict[str, dict[str, Any] | None]:
        """The rows of the query as a part of a record for each user, by key; None for a user whose rows disagree."""
        return self._events(rows) if self.log else self._users(rows)

    def _users(self, rows: Sequence[Sequence[Any]]) -> dict[str, dict[str, Any] | None]:
        out: dict[str, dict[str, Any] | None] = {}
        for key, *cells in rows:
            record = dict(zip(self.fields, cells, strict=True))
            if out.setdefault(key, record) != record:
                out[key] = None
        return out

    def _events(self, rows: Sequence[Sequence[Any]]) -> dict[str, dict[str, Any] | None]:
        kind = self.intake.property
        out: dict[str, dict[str, Any] | None] = {}
        for key, event, value, often in rows:
            events = out.setdefault(key, {"events": [] if kind else {}})["events"]  # type: ignore[index]
            if event is None or not often:
                continue
            if kind:
                events.extend([{self.intake.event: event, kind: value}] * int(often))
            else:
                events[event] = often
        return out
