"""Offers: which offers, products or campaigns each persona takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from personae.errors import UsageError
from personae.facts.compared import Crew, compared, crew
from personae.facts.tally import Item, Tally
from personae.model.dossier import Known
from personae.model.fact import Fact
from personae.model.offers import Offers
from personae.model.study import Role
from personae.model.table import Table
from personae.model.vocabulary import Topic, topics, words
from personae.sql.takers import takers
from personae.stages.part import keyed
from personae.stages.reopened import reopened
from personae.words.names import clean

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

CAMPAIGNS = frozenset(("campaign", "campaigns", "coupon", "coupons", "promotion", "promo", "voucher", "newsletter", "deal"))
PLACES = frozenset(("page", "pagename", "url", "path", "screen", "feature", "features", "category", "service"))
"""Words of columns that name places and functions, which nobody sends."""


def offers(known: Known) -> tuple[Offers | None, tuple[Fact, ...]]:
    """The offers of the column that `study.offer` names, or of the event column where that is one of offers by its name, and
    the facts of who took them where they are not among those described. None where there are no offers, or "none" was said.

    Of a column that does not name the events, the first `study.sample` users by the hash of their ids are counted in the rows
    that count (inside the window, no hidden events), and the `study.top_events` offers that most of them took. Raises
    UsageError P003 for a column that no log has.
    """
    counts, said = known.features.counts, known.study.offer
    if said == "none" or not known.shown:
        return None, ()
    events = counts.column if counts is not None and not counts.people else ""
    if counts is not None and events and (said == events or (not said and _offered(events))):
        return _events(known, events, counts.events), ()
    return _column(known, said) if said else (None, ())


def _offered(column: str) -> bool:
    """Whether a column of events holds things that can be offered, by its name."""
    parts = set(words(column))
    return bool(Topic.ITEM in topics(column) or parts & CAMPAIGNS) and not parts & PLACES


def _events(known: Known, column: str, events: tuple[str, ...]) -> Offers:
    """Events that are offers: what is known of them was described."""
    labels = {f.id: f.label for f in known.facts}
    codes = [f"e{j}.users" for j in range(len(events)) if f"all.e{j}.users" in labels]
    names = tuple(labels[f"all.{c}"].removesuffix(" (at least once)") for c in codes)
    return Offers(column, names, tuple(codes), len(known.features))


def _column(known: Known, column: str) -> tuple[Offers | None, tuple[Fact, ...]]:
    """The offers of a column beside the events, counted."""
    table = next((t for t in known.tables if t.shape == "events" and any(c.name == column for c in t.columns)), None)
    if table is None:
        among = ", ".join(c.name for t in known.tables if t.shape == "events" for c in t.columns) or "none"
        what = f'no log has the column "{column}"'
        raise UsageError("P003", what, where="setting offer", fix=f"--offer with one of: {among}")
    n = min(len(known.features), known.study.sample)
    who = crew(known.placement, known.profiles, known.study.floor, n)
    names, rows, things = _taken(known, table, column, n)
    if not names:
        return None, ()
    facts = compared(_tally(who, names, rows, things, column, table.source), who, known.study.floor)
    there = {f.id for f in facts}
    open_ = [(name, f"offer.{i}") for i, name in enumerate(names) if f"all.offer.{i}" in there]
    told = Offers(column, tuple(n for n, _ in open_), tuple(c for _, c in open_), n)
    return told, facts


def _taken(known: Known, table: Table, column: str, n: int) -> tuple[tuple[str, ...], Ints, Ints]:
    """The offers that most took, and who took which: rows of users, and places among the offers."""
    relation, id = keyed(known.engine, table)
    if not table.sums:
        _, relation, _, _ = reopened(known, table)
    found = known.engine.arrow(takers(relation, id, known.engine.quote(column), n))
    coded = found.column(0).combine_chunks().dictionary_encode()
    names, things = coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)
    rows = found.column(1).to_numpy().astype(np.int64)
    often = np.bincount(things, minlength=len(names))
    kept = sorted(sorted(range(len(names)), key=lambda i: (-often[i], names[i]))[: known.study.top_events])
    place = np.full(len(names), -1)
    place[kept] = np.arange(len(kept))
    there = place[things] >= 0 if len(names) else np.zeros(0, bool)
    return tuple(clean(names[i]) for i in kept), rows[there], place[things[there]]


def _tally(who: Crew, names: tuple[str, ...], rows: Ints, things: Ints, column: str, source: str) -> Tally:
    """How many users of each group took each offer."""
    inside = who.of[rows] >= 0
    cells = who.of[rows[inside]] * len(names) + things[inside]
    took = np.bincount(cells, minlength=who.rows * len(names)).reshape(who.rows, len(names)).astype(np.float64)
    users = np.bincount(who.of[who.of >= 0], minlength=who.rows).astype(np.float64)
    blank = Item("", "", "", "", "share", "share of users", Role.BEHAVIOUR, True, source, "", proportion=True, doing=True)
    items = tuple(
        replace(
            blank, code=f"offer.{i}", measure=name, about=column, label=f"{name} (at least once)",
            query=f'share of {{users}} with at least one "{name}" in "{column}"',
        )
        for i, name in enumerate(names)
    )  # fmt: skip
    n = np.repeat(users[:, None], len(names), axis=1)
    none = np.full((who.rows + 1, len(names)), np.nan)
    return Tally(items, n, took, took, np.zeros(len(names)), took, took, took.sum(axis=0), none)
