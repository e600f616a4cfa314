"""Quotes: only verbatim, only with consent, only on themes that many share, and nothing that points at a person."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from tests.ways import Looked, looked

from personae.stages.mentions import tokens

MANY = 40
ENDS = (
    "Thanks a lot.",
    "That is it.",
    "We are five.",
    "See you soon.",
    "On my phone.",
    "Please read.",
    "Greetings.",
    "Bye now.",
)
SLOW, FAST = "The delivery was slow and late again.", "Quick and friendly service every week."


def _world(**settings: object) -> tuple[Looked, pd.DataFrame]:
    """Two groups of 40 who write on themes of their own; some texts hold a mail address, an id, or a theme of one alone."""
    rows = []
    for i in range(2 * MANY):
        slow = i < MANY
        text = f"{SLOW if slow else FAST} {ENDS[i % 8]} {ENDS[i // 10]}"
        if i == 0:
            text = "slow slow delivery u003 knows it"
        if i == 1:
            text = "The delivery was slow, write to ann@example.org please now."
        if i == 2:
            text = "My divorce made the delivery slow."
        rows.append((f"u{i:03d}", 10 + i % 7 if slow else 90 + i % 7, text, "yes" if i % 2 else "no"))
    frame = pd.DataFrame(rows, columns=["user_id", "visits", "comment", "may_quote"])
    rng = np.random.default_rng(0)
    frame = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    return looked({f"u{i:03d}": int(i >= MANY) for i in range(2 * MANY)}, frame, **settings), frame


@pytest.fixture(scope="module")
def allowed() -> tuple[Looked, pd.DataFrame]:
    return _world(quotes=("comment",))


def test_without_consent_no_text_leaves_and_themes_are_only_counted() -> None:
    """Requirement 134."""
    found, _ = _world()
    assert found.dossier.quotes == ()
    assert not any(SLOW in str(p.empathy) for p in found.personas)
    assert any(f.label.startswith("mentions") for f in found.facts.values() if f.subject == "P1")


def test_every_quote_is_word_for_word_a_text_that_was_loaded(allowed: tuple[Looked, pd.DataFrame]) -> None:
    """Requirement 134."""
    found, frame = allowed
    texts = set(frame["comment"])
    assert {q.persona for q in found.dossier.quotes} == {"P1", "P2"}
    assert all(q.text in texts for q in found.dossier.quotes)
    assert {q.language for q in found.dossier.quotes} == {"English"}
    said = [c for p in found.personas for q in p.empathy if q.part == "says" for c in q.claims if c.grade == "S"]
    assert said
    assert all(c.text.strip("\u201c\u201d") in texts for c in said)


def test_no_quote_holds_an_id_an_address_or_a_theme_of_one_person(allowed: tuple[Looked, pd.DataFrame]) -> None:
    """EXP-03, requirement 134."""
    whole = " ".join(q.text for q in allowed[0].dossier.quotes)
    assert "u003" not in whole
    assert "example.org" not in whole
    assert "divorce" not in whole


def test_with_a_column_of_consent_only_those_who_say_yes_are_quoted() -> None:
    """Requirement 134."""
    found, frame = _world(consent="may_quote")
    yes = set(frame.loc[frame["may_quote"] == "yes", "comment"])
    assert found.dossier.quotes
    assert all(q.text in yes for q in found.dossier.quotes)


def test_each_text_of_the_users_looked_at_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of millions of answers a random part is looked at, however many themes there are; a persona has three quotes at most."""
    read: list[str] = []

    def counted(text: str) -> list[str]:
        read.append(text)
        return tokens(text)

    monkeypatch.setattr("personae.stages.quotes.tokens", counted)
    found, _ = _world(quotes=("comment",), sample=60)
    assert 0 < len(read) <= 60
    assert {q.text for q in found.dossier.quotes} <= set(read)
    assert max(Counter(q.persona for q in found.dossier.quotes).values()) <= 3


def test_a_name_that_stands_in_another_column_is_starred_whoever_has_it() -> None:
    """EXP-03: also the name of somebody who was not looked at, and a half of a double name; a mail address is no name."""
    rows = []
    for i in range(2 * MANY):
        text = "Anne made the slow delivery to Zoltan example." if i < MANY else FAST
        name = {0: "ANNE-Marie", 79: "zoltan"}.get(i, f"Given{chr(97 + i // 26)}{chr(97 + i % 26)}")
        rows.append((f"u{i:03d}", i % 7, text, name, f"x{i}@example.org"))
    frame = pd.DataFrame(rows, columns=["user_id", "visits", "comment", "first_name", "email"])
    found = looked({f"u{i:03d}": int(i >= MANY) for i in range(2 * MANY)}, frame, quotes=("comment",))
    assert {q.text for q in found.dossier.quotes} == {"*** made the slow delivery to *** example.", FAST}
