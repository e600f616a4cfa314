"""Texts as evidence: terms that many use, masked where they point at somebody, and never forming groups."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import personae
from personae.model.features import Features
from personae.stages.mentions import MOST, language, tokens
from test_survey import Asked, asked, places, values, wide  # noqa: F401 - asked is a fixture


def comments(some: list[str], users: int = 80) -> dict[str, list[str]]:
    """A column of texts, all of them different, with the given ones in front."""
    rest = [f"nothing {chr(97 + i % 26)}{chr(97 + i // 26)}q to say here" for i in range(users - len(some))]
    return {"comment": some + rest, "visits": [str(i % 9) for i in range(users)]}


def terms(features: Features) -> set[str]:
    return {m.name.partition(" mentions ")[2] for m in features.measures if " mentions " in m.name}


def test_a_term_of_ten_people_is_evidence_and_one_of_nine_is_not(asked: Asked) -> None:  # noqa: F811
    """Requirement 135, and the floor: nine people wrote "coupon", ten wrote "late delivery"."""
    late = [f"The late delivery, again. {chr(97 + i) * 3} x" for i in range(10)]
    columns = comments([*late, *(f"one coupon {chr(97 + i) * 3}" for i in range(9)), ""])
    _, features = asked(columns)
    assert "late delivery" in terms(features) and not {t for t in terms(features) if "coupon" in t}
    said = values(features, "comment mentions late delivery")
    assert said[:10] == [1] * 10 and said[10] == 0 and np.isnan(said[19])
    measure = features.measure("comment mentions late delivery")
    assert measure.label == "mentions \u201clate delivery\u201d" and not measure.forms
    (left,) = [x for x in features.left_out if x.name == "comment"]
    assert "terms of at least 10 people" in left.reason and "language: English" in left.reason


def test_addresses_numbers_and_names_of_other_columns_are_masked(asked: Asked) -> None:  # noqa: F811
    texts = [f"write jane.roe@mail.example or call +44 20 7946 0{i:03d}, says Roberta {chr(97 + i) * 3}" for i in range(20)]
    columns = {**comments(texts), "first_name": ["Roberta"] * 20 + ["Eve"] * 60}
    _, features = asked(columns)
    found = terms(features)
    assert "call" in found and not [x for x in features.left_out if "mentions" in x.name]
    assert not [t for t in found if set("0123456789@") & set(t) or "jane" in t or "mail" in t or "roberta" in t]


ODD = ["x", "\U0001f600\U0001f680 \u2764\ufe0f", "long " * 20_000, "\u200b", "'", "\u0000".strip("\u0000") or "-", "  .  "]
TONGUES = {
    "English": "the delivery was late and I am not happy with it",
    "German": "die Lieferung war zu spät und ich bin nicht zufrieden",
    "French": "la livraison est en retard et je ne suis pas content",
    "Spanish": "la entrega llegó tarde y no estoy contento con ella",
    "Portuguese": "a entrega não chegou e eu não estou satisfeito com isso",
}


def test_odd_texts_in_five_languages_are_read(asked: Asked) -> None:  # noqa: F811
    """FEA-10: empty, one character, 100,000 characters, emoji, five languages; no error, and the same twice."""
    some = [*ODD, "", *(f"{t} {chr(97 + i) * 2}" for t in TONGUES.values() for i in range(12))]
    first, second = (asked(comments(some, 160))[1] for _ in range(2))
    found = {w for t in terms(first) for w in t.split()}
    assert all(found & set(tokens(t)) for t in TONGUES.values()) and not found & {"die", "la", "the", "und", "com"}
    assert [m.name for m in first.measures] == [m.name for m in second.measures]
    assert all(np.array_equal(a.values, b.values, equal_nan=True) for a, b in zip(first.measures, second.measures, strict=True))


@pytest.mark.parametrize("tongue", TONGUES)
def test_the_language_is_stated(tongue: str) -> None:
    assert language([TONGUES[tongue]] * 5) == tongue


def test_an_unknown_language_is_said_to_be_unknown(asked: Asked) -> None:  # noqa: F811
    assert language(["toimitus oli myöhässä"] * 5) == "" and language([]) == ""
    odd = {
        "comment": [f"toimitus oli myöhässä {chr(97 + i % 26) * (2 + i // 26)}" for i in range(80)],
        "visits": ["1", "2"] * 40,
    }
    _, features = asked(odd)
    assert "language: unknown" in next(x.reason for x in features.left_out if x.name == "comment")


def test_no_pair_spans_the_end_of_a_sentence_or_something_masked() -> None:
    assert tokens("Good food. Bad service, 2 stars; food@x.org stays") == [
        "good", "food", "", "bad", "service", "", "", "stars", "", "", "stays", "",
    ]  # fmt: skip


def test_the_number_of_terms_has_a_bound(asked: Asked) -> None:  # noqa: F811
    words = [f"z{chr(97 + i % 26)}{chr(97 + i // 26)}q" for i in range(MOST + 10)]
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(words, 30)) for _ in range(200)]
    _, features = asked({"comment": texts, "visits": ["1", "2"] * 100})
    assert len(terms(features)) == MOST


@pytest.mark.slow
def test_a_card_tells_what_a_group_mentions_and_texts_place_nobody(tmp_path: Path) -> None:
    """Requirement 135: evidence of groups that behaviour alone made; the same places without the texts; no text leaves."""
    rng = np.random.default_rng(8)
    kind = np.repeat([0, 1], 150)
    said = ["the late delivery" if k and rng.random() < 0.6 else "all is fine" for k in kind]
    texts = [f"{s} {chr(97 + i % 26)}{chr(97 + i // 26 % 26)}x secretword{i}" for i, s in enumerate(said)]
    use = {f"use_{c}": [f"{v:.3f}" for v in rng.normal(0, 1, 300) + 9 * kind] for c in "abc"}
    with_texts = personae.run(personae.read(wide(tmp_path / "a.csv", {**use, "comment": texts})), groups=2)
    without = personae.run(personae.read(wide(tmp_path / "b.csv", use)), groups=2)
    assert places(with_texts.users) == places(without.users)
    traits = [c.text for p in with_texts.personas for c in p.traits]
    assert any("mentions \u201clate delivery\u201d" in t and "times the average" in t for t in traits)
    folder = with_texts.save(tmp_path / "run")
    public = [p for p in folder.rglob("*") if p.is_file() and "private" not in p.parts and p.suffix in (".json", ".html")]
    assert public and not [p for p in public if "secretword" in p.read_text()]
    assert json.loads((folder / "run.json").read_text())["left_out"][-1]["name"] == "comment"
