"""Raw records placed one by one or many at a time, without an engine, as `personae score` places the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from personae import rule as rules
from personae.model.cast import Cast
from personae.model.intake import Answer, Intake, Unknown
from personae.model.rule import REASONS, Place, Placement
from personae.model.study import Role
from personae.model.table import Table
from personae.model.vocabulary import repeats
from personae.stages.asked import asked
from personae.stages.exclusion import exclusion
from personae.stages.fields import fields, styles
from personae.stages.made import needed
from personae.stages.reasoned import reasoned, remembered
from personae.stages.records import Reading, Record
from personae.stages.score import NO_GROUPS
from personae.stages.strange import NONE, strange, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix


def intake(cast: Cast) -> Intake:
    """How one record gives the inputs of the cast's rule; without a rule, its id alone."""
    id = next((c.name for t in cast.tables for c in t.columns if c.role is Role.ID), "id")
    if cast.rule is None:
        return Intake(id)
    found = fields(cast, cast.rule)
    made = {name for f in found for name in f.makes}
    counted = tuple(e for e in rules.events_of(cast.rule) if e not in made)
    measures = tuple(n for n in dict.fromkeys(f.column for f in cast.rule.features if f.of == "measure") if n not in made)
    texts = {f.column for f in cast.rule.features if any(s.name == "level" for s in f.steps)}
    log = next((t for t in cast.tables if counted and t.shape == "events" and t.column(Role.EVENT) is not None), None)
    event = log.column(Role.EVENT) if log is not None else None
    return Intake(
        id=id,
        fields=found,
        counted=counted,
        event=event.name if event is not None else "",
        property=_property(cast, log) if log is not None else "",
        times=_times(log) if log is not None else "",
        measures=measures,
        texts=tuple(n for n in measures if n in texts),
        missing=cast.study.missing,
        styles=styles(cast, found),
        window=cast.window.days if cast.window is not None and counted else 0,
    )


def _property(cast: Cast, log: Table) -> str:
    pairs = [c.name for r in asked(cast.study.features) if r.name == "counts" for c in needed([r], log)]
    return pairs[0] if pairs else ""


def _times(log: Table) -> str:
    value = log.column(Role.VALUE)
    return value.name if value is not None and repeats(value.name) and log.column(Role.TIME) is None else ""


LEFT_OUT = "left out: on the exclusion list"
"""The reason of whoever takes no part."""


class Scorer:
    """The rule of a cast, ready for records. Threads may share it: answers never depend on what was asked before."""

    def __init__(self, cast: Cast, *, strict: bool = True) -> None:
        """`strict` refuses a value that does not fit its field, and a record with nothing of what the rule reads; without it
        both are taken as empty, as they are in a file."""
        self.cast, self.intake = cast, intake(cast)
        self._spared = exclusion(cast.study.exclude, self.intake.id)
        events = () if cast.rule is None else tuple(rules.events_of(cast.rule))
        self._reading = Reading(self.intake, events, strict=strict)
        self._known = frozenset((*events, *(m.name for m in cast.measures if m.kind == "event")))
        self._personas = {p.index: (p.key, p.name) for p in cast.personas}

    def place(self, records: Sequence[Record], *, explain: bool = False, start: int = 0) -> list[Answer]:
        """One answer a record, in their order. `start` is how many came before them, for what errors call them.

        Raises DataError P103, naming record and field, for a value that does not fit, P002 for a record that lacks what the
        rule reads."""
        at = range(start, start + len(records))
        ids = self._reading.ids(records, at)
        away = self._spared.among(ids)
        if not away:
            return self._placed(ids, records, at, explain)
        stay = [i for i, id in enumerate(ids) if id not in away]  # whoever is on a list is not looked at, nor more said of them
        some = self._placed([ids[i] for i in stay], [records[i] for i in stay], [at[i] for i in stay], explain)
        others = iter(some)
        return [self._left_out(id) if id in away else next(others) for id in ids]

    def _placed(self, ids: Sequence[str], records: Sequence[Record], at: Sequence[int], explain: bool) -> list[Answer]:
        rule = self.cast.rule
        if rule is None:
            nowhere = rules.nowhere(len(ids), NO_GROUPS)
            why = reasoned(self.cast, nowhere, None, {}, [0.0] * len(ids)) if explain else [()] * len(ids)
            return self._answers(ids, nowhere, why)
        counts, measures = self._reading.inputs(records, at)
        placed = rules.place(rule, counts, measures, len(ids))
        whys: list[tuple[str, ...]] = [()] * len(ids)
        if explain:
            found = reasoned(self.cast, placed, counts, measures, [self._reading.total(r) for r in records])
            told = ({n: v[i] for n, v in measures.items()} for i in range(len(ids)))
            whys = [
                (*why, *strange(rule, self._reading.named(r), own)) for why, r, own in zip(found, records, told, strict=True)
            ]
        others = [unknown(self._known, self._reading.named(r)) for r in records] if self.intake.counted else ()
        return self._answers(ids, placed, whys, others)

    def _left_out(self, id: str) -> Answer:
        return Answer(id, "", "", 0.0, "", 0.0, "outside", LEFT_OUT, self.cast.run)

    def inputs(self, records: Sequence[Record]) -> tuple[csr_matrix | None, dict[str, NDArray[Any]]]:
        """What the rule reads of records: counts (n, events of the rule), None where it counts none, and measures (n,)."""
        return self._reading.inputs(records)

    def why(self, who: Record | str) -> tuple[str, ...]:
        """Why a record, or the user of that id in the run, stands where it does; KeyError for an id the run does not know."""
        return self.stored(who, explain=True).why if isinstance(who, str) else self.place([who], explain=True)[0].why

    def stored(self, id: str, *, explain: bool = False) -> Answer:
        """Where the run placed the user of that id; KeyError where it has none. What a user did is not kept with a run, so that
        the reason says what sets their persona apart and how firmly they stand in it."""
        import pyarrow.compute as pc

        at, p = pc.index(self.cast.ids, id).as_py(), self.cast.placement
        if at < 0 or id in self._spared:
            raise KeyError(id)
        one = Placement(*(getattr(p, name)[at : at + 1] for name in rules.FIELDS))
        return self._answers([id], one, [remembered(self.cast, one) if explain else ()])[0]

    def _answers(
        self, ids: Sequence[str], placed: Placement, whys: Sequence[tuple[str, ...]], others: Sequence[Unknown] = ()
    ) -> list[Answer]:
        none, run = ("", ""), self.cast.run
        columns = (getattr(placed, name).tolist() for name in rules.FIELDS)
        return [
            Answer(id, *self._personas.get(first, none), share, self._personas.get(second, none)[0], margin,
                   _KINDS[kind], REASONS[reason], run, why, other)
            for id, why, other, first, second, share, margin, kind, reason
            in zip(ids, whys, others or [NONE] * len(ids), *columns, strict=True)
        ]  # fmt: skip


_KINDS = tuple(p.name.lower() for p in Place)
