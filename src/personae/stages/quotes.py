"""Quotes: what users wrote, word for word, of those who may be quoted, on themes that many of a persona share.

A quote is always a stretch of a text that was loaded: nothing here can write one. What points at a person is starred.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
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


def quotes(known: Known) -> tuple[Quote, ...]:
    """At most three quotes a persona, one for each theme it mentions more than the rest; none without `quotes` or `consent`
    in the study. A theme is said by at least the floor of the persona's users; texts that hold an id are passed over."""
    study = known.study
    if not study.quotes and not study.consent:
        return ()
    allowed = _allowed(known)
    found: list[Quote] = []
    for table, column in _columns(known):
        texts, names = _texts(known, table, column, allowed)
        tongue = language([t for t, _ in texts.values()])
        for profile in known.shown:
            own = {r: t for r, (t, g) in texts.items() if g == profile.index}
            for theme, fact in _themes(known, profile.key, column.name):
                text = _best(known, own.values(), theme, names, {q.text for q in found})
                if text:
                    found.append(Quote(profile.key, text, theme, fact.id, column.name, tongue, _consent(known)))
    kept: Counter[str] = Counter()
    return tuple(q for q in found if not kept.update([q.persona]) and kept[q.persona] <= MOST)


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
    typed = plugins.find("engines", "duckdb").typed
    return known.engine.arrow(per_user.traits(*keyed(known.engine, table), [typed(c) for c in columns]))


def _texts(
    known: Known, table: Table, column: Column, allowed: Collection[int] | None
) -> tuple[dict[int, tuple[str, int]], frozenset[str]]:
    """The text and group of each user who wrote and may be quoted, and the words of names that stand in other columns."""
    personal = [c for c in table.columns if c.role is Role.IGNORE and c.why == "personal data"]
    cells = _cells(known, table, [column, *personal])
    rows, said = cells.column(0).to_pylist(), cells.column(1).to_pylist()
    persona = known.placement.persona
    texts = {
        r: (" ".join(t.split()), int(persona[r]))
        for r, t in zip(rows, said, strict=True)
        if t and t.strip() and persona[r] >= 0 and (allowed is None or r in allowed)
    }
    names = {
        w for i in range(len(personal)) for v in cells.column(i + 2).cast("string").to_pylist() for w in tokens(v or "") if w
    }
    return texts, frozenset(names)


def _themes(known: Known, key: str, column: str) -> list[tuple[str, Fact]]:
    """What a persona mentions more than the rest, clearest first, said by at least the floor of its users."""
    begin = f"{column} mentions "
    own = [f for f in known.facts if f.subject == key and f.measure.startswith(begin) and f.everyone is not None]
    sure = [f for f in own if f.p is not None and f.p < ALPHA and f.value > (f.everyone or 0.0)]
    often = [f for f in sure if f.value * f.n >= known.study.floor - 0.5]
    often.sort(key=lambda f: (-(f.value - (f.everyone or 0.0)), f.id))
    return [(f.measure.removeprefix(begin), f) for f in often]


def _best(known: Known, texts: Collection[str], theme: str, names: Collection[str], taken: Collection[str]) -> str:
    """The text on a theme that most people wrote, of those the one that reads best; "" where none may be shown."""
    some = Counter(q for t in texts if _about(t, theme) and (q := _shown(t, names)) and q not in taken)
    for text in sorted(some, key=lambda t: (-some[t], abs(len(t) - BEST), t.encode())):
        if not _holds_id(known, text):
            return text
    return ""


def _about(text: str, theme: str) -> bool:
    """Whether a text mentions a word, or a pair of words next to each other as they are counted."""
    said = tokens(text)
    if " " not in theme:
        return theme in said
    return any(f"{a} {b}" == theme for a, b in pairwise(said)) or all(w in said for w in theme.split())


def _shown(text: str, names: Collection[str]) -> str:
    """A text with what points at a person starred, cut at a word; "" for one that is too short, or quotes somebody itself."""
    text = _LINKS.sub("***", masked(text))
    text = re.sub(r"[^\W\d_]+", lambda m: "***" if m[0].casefold() in names else m[0], text)
    if len(text) < SHORTEST or re.search('["\u201c\u201d<>]', text):
        return ""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rsplit(' ', 1)[0]}\u2026"


def _holds_id(known: Known, text: str) -> bool:
    """Whether one of the words of a text is the id of a user."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = {*text.split(), *(w.strip(".,;:!?()[]'") for w in text.split())}
    return bool(pc.any(pc.is_in(pa.array(sorted(words), pa.string()), value_set=known.features.ids)).as_py())
