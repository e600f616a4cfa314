"""Raw records as inputs of a rule: every field read as the run read its column, events counted, and no engine needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from personae.errors import DataError
from personae.model.intake import Field, How, Intake
from personae.stages.cells import Read, empty, number, reader, text, unwrapped
from personae.stages.likert import ipsatised

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

EVENTS, MEASURES = "events", "measures"
"""Where a record has its events, and what it cannot give of itself."""
Record = Mapping[str, Any]
_SHOWN = 40


class Reading:
    """How records are read."""

    def __init__(self, intake: Intake, events: Sequence[str], *, strict: bool = True) -> None:
        """By an intake, for a rule that counts `events`; `strict` refuses what does not fit."""
        self.intake, self.events, self.strict = intake, tuple(events), strict
        self._readers = tuple((f, reader(f)) for f in intake.fields)
        self._missing = frozenset(("", *intake.missing))
        self._at = {e: n for n, e in enumerate(self.events)}
        asked = (*(f.name for f in intake.fields if any(f.makes)), *([EVENTS] if intake.counted else []), *intake.measures)
        self._asked = frozenset((*asked, MEASURES) if intake.measures else asked)

    def ids(self, records: Sequence[Record], at: Sequence[int] | None = None) -> list[str]:
        """The id of each record, a text byte for byte; `at` says which of all records each is, from 0. Raises DataError P103
        where there is none."""
        name = self.intake.id
        found = []
        for i, r in _numbered(records, at):
            if not isinstance(r, Mapping):
                raise _refused(i, "", "is no object of names and values", r)
            id = unwrapped(r.get(name, r.get("id")))
            if isinstance(id, int) and not isinstance(id, bool):
                id = str(id)
            if not isinstance(id, str) or not id:
                what = "is missing" if id is None or id == "" else "is no text"
                raise _refused(i, name if name in r else "id", what, id)
            found.append(id)
        return found

    def inputs(
        self, records: Sequence[Record], at: Sequence[int] | None = None
    ) -> tuple[csr_matrix | None, dict[str, NDArray[Any]]]:
        """Counts (n, events of the rule), None where it counts none, and the measures (n,) of the rule; `at` as in `ids`.

        Raises DataError P103 for a value that does not fit its field, P002 for a record without anything the rule reads.
        """
        if self.strict:
            self._check(records, at)
        counted: list[dict[int, float]] = [self._happened(i, r) for i, r in _numbered(records, at)] if self.events else []
        columns: dict[tuple[str, int], NDArray[Any]] = {}
        blanks: dict[str, NDArray[np.bool_]] = {}
        for field, read in self._readers:
            made = self._column(field, read, records, at)
            if field.counts:
                self._add(counted, field, made)
                continue
            columns |= {(field.name, j): values for j, values in enumerate(made)}
            if field.how is How.OPTION and not field.mark:
                some = np.isfinite(made[0])
                blanks[field.block] = blanks[field.block] | some if field.block in blanks else some
        self._settle(columns, blanks)
        measures = {n: columns[f.name, j] for f, _ in self._readers if not f.counts for j, n in enumerate(f.makes) if n}
        for name in self.intake.measures:
            measures[name] = self._given(name, records, at)
        return (self._matrix(counted) if self.events else None), measures

    def total(self, record: Record) -> float:
        """How many events a record tells of, those included that the rule does not count."""
        given = record.get(EVENTS)
        if isinstance(given, Mapping):
            return sum(number(unwrapped(n)) for n in given.values() if not empty(n))
        return float(len(given)) if isinstance(given, list | tuple) else 0.0

    def named(self, record: Record) -> tuple[str, ...]:
        """The events that a record says happened, known or not."""
        given = record.get(EVENTS)
        if not self.intake.counted or not isinstance(given, Mapping | list | tuple):
            return ()
        pairs = given.items() if isinstance(given, Mapping) else (self._row(0, row) for row in given)
        return tuple(str(e) for e, n in pairs if not empty(n) and unwrapped(n) != 0)

    # ------------------------------------------------------------ columns

    def _column(
        self, field: Field, read: Read, records: Sequence[Record], at: Sequence[int] | None
    ) -> tuple[NDArray[Any], ...]:
        """What a field makes of the records, one array (n,) each."""
        name, words = field.name, field.how is How.TEXT
        several = field.how is How.SEVERAL
        nothing: Any = (math.nan,) * len(field.makes) if several else "" if words else math.nan
        values: list[Any] = []
        for i, r in _numbered(records, at):
            cell = r.get(name)
            if type(cell) is not str:
                cell = unwrapped(cell)
                if name in (EVENTS, MEASURES) and isinstance(cell, Mapping | list):
                    cell = None
            values.append(nothing if self._empty(cell) else self._read(i, name, read, cell, nothing))
        if several:
            table = np.array(values, np.float64).reshape(len(records), len(field.makes))
            return tuple(table.T)
        return (np.array(values, object if words else np.float64),)

    def _empty(self, cell: Any) -> bool:
        return cell in self._missing if isinstance(cell, str) else empty(cell)

    def _read(self, i: int, name: str, read: Read, cell: Any, nothing: Any) -> Any:
        try:
            value = read(cell)
        except ValueError as no:
            if self.strict:
                raise _refused(i, name, str(no), cell) from None
            return nothing
        return nothing if value is None else value

    def _settle(self, columns: dict[tuple[str, int], NDArray[Any]], blanks: Mapping[str, NDArray[np.bool_]]) -> None:
        """Blanks of options that were not chosen, and answers less the person's own style."""
        for field, _ in self._readers:
            if field.how is How.OPTION and not field.mark:
                values = columns[field.name, 0]
                columns[field.name, 0] = np.where(np.isnan(values) & blanks[field.block], 0.0, values)
        for block in self.intake.styles:
            own = ipsatised(np.column_stack([columns[name, 0] for name in block]))
            columns |= {(name, 0): values for name, values in zip(block, own.T, strict=True)}

    def _given(self, name: str, records: Sequence[Record], at: Sequence[int] | None) -> NDArray[Any]:
        """A measure that comes ready made."""
        words = name in self.intake.texts
        read: Callable[[Any], Any] = text if words else number
        nothing: Any = "" if words else math.nan
        values = []
        for i, r in _numbered(records, at):
            cell = unwrapped(_ready(r).get(name, r.get(name)))
            values.append(nothing if self._empty(cell) else self._read(i, name, read, cell, nothing))
        return np.array(values, object if words else np.float64)

    # ------------------------------------------------------------ events

    def _happened(self, i: int, record: Record) -> dict[int, float]:
        """How often each counted event of a record happened, by its position."""
        given = record.get(EVENTS)
        if given is None or not self.intake.counted:
            return {}
        if isinstance(given, Mapping):
            pairs = [(e, self._times(i, e, n)) for e, n in given.items()]
        elif isinstance(given, list | tuple):
            pairs = [self._row(i, row) for row in given]
        elif any(f.name == EVENTS for f in self.intake.fields):
            return {}
        else:
            raise _refused(i, EVENTS, "is neither counts by event nor a list of events", given)
        found: dict[int, float] = {}
        for event, n in pairs:
            at = self._at.get(event)
            if at is not None and n:
                found[at] = found.get(at, 0.0) + n
        return found

    def _row(self, i: int, row: Any) -> tuple[str, float]:
        """The event of one row of a log, and how often it happened."""
        if isinstance(row, str):
            return row, 1.0
        if not isinstance(row, Mapping):
            raise _refused(i, EVENTS, "holds an event that is neither a name nor a row", row)
        known = self.intake
        name = row.get(known.event, row.get("event"))
        if name is not None and not isinstance(name, str):
            name = self._read(i, known.event or "event", text, unwrapped(name), "")
        more = row.get(known.property) if known.property else None
        if not empty(more):
            name = ": ".join(x for x in (name, text(unwrapped(more))) if x)
        times = row.get(known.times) if known.times else 1.0
        return name or "", self._times(i, f"{EVENTS}: {known.times or name}", times)

    def _times(self, i: int, name: str, times: Any) -> float:
        if empty(times):
            return 0.0
        n: float = self._read(i, name, number, unwrapped(times), 0.0)
        if n < 0 and self.strict:
            raise _refused(i, name, "is below 0, and nothing happens less than never", times)
        return n

    def _add(self, counted: list[dict[int, float]], field: Field, made: Sequence[NDArray[Any]]) -> None:
        """Columns that say how often something was done; empty is never."""
        for name, values in zip(field.makes, made, strict=True):
            if name:
                for found, n in zip(counted, values.tolist(), strict=True):
                    if n == n and n:
                        found[self._at[name]] = n

    def _matrix(self, counted: Sequence[Mapping[int, float]]) -> csr_matrix:
        from scipy.sparse import csr_matrix

        ends = np.cumsum([0, *(len(c) for c in counted)])
        places = [at for c in counted for at in sorted(c)]
        data = np.array([c[at] for c in counted for at in sorted(c)], np.float64)
        return csr_matrix((data, np.array(places, np.int32), ends), shape=(len(counted), len(self.events)))

    # ------------------------------------------------------------ what must be there

    def _check(self, records: Sequence[Record], at: Sequence[int] | None) -> None:
        for i, r in _numbered(records, at):
            if self._asked and self._asked.isdisjoint(r):
                some = ", ".join(f'"{n}"' for n in sorted(self._asked)[:8])
                what = f"record {i + 1} has nothing of what the rule reads: {some}"
                fix = 'give at least one of them; null stands for empty, and "events": {} for who did nothing'
                raise DataError("P002", what, where=f"record {i + 1}", did="nobody was placed", fix=fix)
            ready = _ready(r)
            lacking = [n for n in self.intake.measures if n not in ready and n not in r]
            if lacking:
                some = ", ".join(f'"{n}"' for n in lacking)
                what = f"record {i + 1} lacks measures that one record alone cannot give: {some}"
                fix = f'give them ready made, null where empty: "measures": {{"{lacking[0]}": 3.5}}'
                raise DataError("P002", what, where=f"record {i + 1}", did="nobody was placed", fix=fix)


def _numbered(records: Sequence[Record], at: Sequence[int] | None) -> Iterable[tuple[int, Record]]:
    """Records with their place among all that were given."""
    return enumerate(records) if at is None else zip(at, records, strict=True)


def _ready(record: Record) -> Mapping[str, Any]:
    given = record.get(MEASURES)
    return given if isinstance(given, Mapping) else {}


_FIXES = {
    "is missing": "give every record its id",
    "is no text": "ids are texts, kept byte for byte: put it in quotes",
    "is no object of names and values": 'a record looks like {"id": "C-1", "plan": "free"}',
}


def _refused(i: int, field: str, words: str, cell: Any) -> DataError:
    """The error of a value that does not fit, with as much of it as is worth showing."""
    said = f': "{cell[:_SHOWN]}"' if isinstance(cell, str) and cell else f": {cell}" if isinstance(cell, int | float) else ""
    name = f'"{field}" of record {i + 1}' if field else f"record {i + 1}"
    where = f'record {i + 1}, field "{field}"' if field else f"record {i + 1}"
    return DataError(
        "P103",
        f"{name} {words}{said}",
        where=where,
        did="nobody was placed",
        fix=_FIXES.get(words, "give it as the data of the run had it, or null for empty"),
    )
