"""Quotes: what users wrote, word for word, of those who may be quoted, on themes that many of a persona share.

A quote is always a stretch of a text that was loaded: nothing here can write one. What points at a person is starred.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from personae import plugins
from personae.model.dossier import Known
from personae.model.fact import Fact
from personae.model.personal import masked
from personae.model.quote import Quote
from personae.model.study import Role
from personae.model.table import Column, Table
from personae.sql import per_user
from personae.sql.names_said import SAID, names_said
from personae.stages.mentions import language, tokens
from personae.stages.part import keyed
from personae.stages.permitted import YES

LONGEST, SHORTEST, BEST = 160, 12, 80
"""Letters of a quote: at most, at least, and best."""
MOST = 3
"""Quotes of one persona."""
ALPHA = 0.05
_LINKS = re.compile(r"(?:https?://|www\.)\S+|(?<!\w)@\w+|\S*\d{4,}\S*")
"""Addresses, handles and long numbers, which are starred."""
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class _Text:
    """What somebody of a group wrote: whole, its words and pairs of words, and what of it may be shown ("" for nothing)."""

    whole: str
    group: int
    terms: frozenset[str]
    shown: str


def quotes(known: Known) -> tuple[Quote, ...]:
    """At most three quotes a persona, one for each theme it mentions more than the rest; none without `quotes` or `consent`
    in the study. A theme is said by at least the floor of the persona's users; texts that hold an id are passed over.

    At most `study.sample` users are looked at, the first in the order of the md5 of their ids, which is a random part of them.
    """
    study = known.study
    if not study.quotes and not study.consent:
        return ()
    allowed = _allowed(known)
    found: list[Quote] = []
    for table, column in _columns(known):
        themes = [(p, t, f) for p in known.shown for t, f in _themes(known, p.key, column.name)]
        texts = _texts(known, table, column, allowed) if themes else ()
        tongue = language([t.whole for t in texts])
        for profile, theme, fact in themes:
            if sum(q.persona == profile.key for q in found) < MOST:
                own = [t for t in texts if t.group == profile.index]
                text = _best(own, theme, {q.text for q in found})
                if text:
                    found.append(Quote(profile.key, text, theme, fact.id, column.name, tongue, _consent(known)))
    return tuple(found)


def _consent(known: Known) -> str:
    """Why these texts may be quoted."""
    column = known.study.consent
    return f"users who say yes in {column}" if column else "you said that this column may be quoted"


def _columns(known: Known) -> Iterator[tuple[Table, Column]]:
    """The columns of text that may be quoted: those named, or with a column of consent all of them."""
    named = known.study.quotes
    for t in known.tables:
        if t.shape == "entities":
            yield from ((t, c) for c in t.columns if c.role is Role.TEXT and (c.name in named or not named))


def _allowed(known: Known) -> frozenset[int] | None:
    """Positions of the users who gave consent; None where all texts of the named columns may be quoted."""
    if not known.study.consent:
        return None
    yes: set[int] = set()
    no: set[int] = set()
    for t in (t for t in known.tables if t.shape == "entities"):
        for c in (c for c in t.columns if c.name == known.study.consent):
            found = _cells(known, t, [c])
            for r, said in zip(found.column(0).to_pylist(), found.column(1).cast("string").to_pylist(), strict=True):
                (yes if (said or "").strip().casefold() in YES else no).add(r)
    return frozenset(yes - no)


def _cells(known: Known, table: Table, columns: list[Column]) -> Any:
    """Columns of the first `study.sample` users by the hash of their ids, after their positions."""
    typed, users = plugins.find("engines", "duckdb").typed, known.study.sample
    return known.engine.arrow(per_user.traits(*keyed(known.engine, table), [typed(c) for c in columns], users))


def _texts(known: Known, table: Table, column: Column, allowed: Collection[int] | None) -> tuple[_Text, ...]:
    """The text of each user looked at who may be quoted."""
    cells, persona = _cells(known, table, [column]), known.placement.persona
    rows = zip(*(c.to_pylist() for c in cells.columns), strict=True)
    said = [
        (int(persona[r]), " ".join(t.split()))
        for r, t in rows
        if t and t.strip() and persona[r] >= 0 and (allowed is None or r in allowed)
    ]
    names, ids = _names(known, table, {t for _, t in said}), _ids(known, {t for _, t in said})
    made = []
    for group, text in said:
        shown, words = _shown(text, names), tokens(text)
        terms = frozenset((*words, *(f"{a} {b}" for a, b in pairwise(words))))
        made.append(_Text(text, group, terms, "" if ids & _words(shown) else shown))
    return tuple(made)


def _names(known: Known, table: Table, texts: Collection[str]) -> frozenset[str]:
    """The words of texts that stand in columns of names, of all users."""
    import pyarrow as pa

    columns = [c for c in table.columns if c.role is Role.IGNORE and c.why == "personal data"]
    if not columns or not texts:
        return frozenset()
    said = sorted({w.lower() for t in texts for w in _LETTERS.findall(t)})
    known.engine.register(SAID, pa.table({"w": pa.array(said, pa.string())}))
    rows = known.engine.rows(names_said(keyed(known.engine, table)[0], [known.engine.quote(c.name) for c in columns]))
    return frozenset(w.casefold() for (w,) in rows)


def _ids(known: Known, texts: Collection[str]) -> frozenset[str]:
    """The ids of users among the words of texts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    said = sorted({w for t in texts for w in _words(t)})
    ids = known.features.ids
    return frozenset(ids.filter(pc.is_in(ids, value_set=pa.array(said, pa.string()))).to_pylist())


def _words(text: str) -> frozenset[str]:
    """The words of a text as they stand, and without the marks around them."""
    words = text.split()
    return frozenset((*words, *(w.strip(".,;:!?()[]'\u2026") for w in words)))


def _themes(known: Known, key: str, column: str) -> list[tuple[str, Fact]]:
    """What a persona mentions more than the rest, clearest first, said by at least the floor of its users."""
    begin = f"{column} mentions "
    own = [f for f in known.facts if f.subject == key and f.measure.startswith(begin) and f.everyone is not None]
    sure = [f for f in own if f.p is not None and f.p < ALPHA and f.value > (f.everyone or 0.0)]
    often = [f for f in sure if f.value * f.n >= known.study.floor - 0.5]
    often.sort(key=lambda f: (-(f.value - (f.everyone or 0.0)), f.id))
    return [(f.measure.removeprefix(begin), f) for f in often]


def _best(texts: Collection[_Text], theme: str, taken: Collection[str]) -> str:
    """The text on a theme that most people wrote, of those the one that reads best; "" where none may be shown."""
    some = Counter(t.shown for t in texts if t.shown and t.shown not in taken and _about(t, theme))
    return min(some, key=lambda t: (-some[t], abs(len(t) - BEST), t.encode()), default="")


def _about(text: _Text, theme: str) -> bool:
    """Whether a text mentions a word, or a pair of words next to each other as they are counted."""
    return theme in text.terms or all(w in text.terms for w in theme.split())


def _shown(text: str, names: Collection[str]) -> str:
    """A text with what points at a person starred, cut at a word; "" for one that is too short, or quotes somebody itself."""
    text = _LINKS.sub("***", masked(text))
    text = _LETTERS.sub(lambda m: "***" if m[0].casefold() in names else m[0], text)
    if len(text) < SHORTEST or re.search('["\u201c\u201d<>]', text):
        return ""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rsplit(' ', 1)[0]}\u2026"
