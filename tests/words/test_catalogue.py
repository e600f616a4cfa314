"""The catalogue of sentences: each is used, each that is used exists, each can be filled in for every reader."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import personae
from personae.words.catalogue import FORMS, READERS, messages, say


def asked() -> Iterator[str]:
    """Every id that the code says, in any of the ways it can be said: say("id"), say("a" if x else "b"), book.say(ids[x])."""
    for file in Path(personae.__file__).parent.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in messages():
                yield node.value
            called = node.func if isinstance(node, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name == "say" and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                text = str(node.args[0].value)
                if "." in text and " " not in text:
                    yield text


def test_every_message_is_used_and_every_used_one_exists() -> None:
    assert set(asked()) == set(messages())


def test_a_message_has_one_form_or_a_plural_and_only_known_readers() -> None:
    for id, forms in messages().items():
        assert set(forms) <= set(FORMS), id
        assert {"text"} <= set(forms) or {"one", "other"} <= set(forms) or set(forms) <= set(READERS), id


def test_all_words_of_a_message_are_filled_in_from_the_same_parts() -> None:
    """Another reader's words may leave a part out; only a message that adds proof may have a part that everyone's has not."""
    for id, forms in messages().items():
        parts = {form: {x for _, x, _, _ in string.Formatter().parse(text) if x} for form, text in forms.items()}
        filled = dict.fromkeys(set().union(*parts.values()), "x")
        for reader in ("", *READERS):
            assert "{" not in say(id, reader, 2, **filled)
        assert parts.get("one", set()) - {"n"} == parts.get("other", set()) - {"n"} or id == "head"


def test_plurals_follow_the_count() -> None:
    assert say("gap.neighbours", "", 1, n=1) == "its only neighbour"
    assert say("gap.neighbours", "", 4, n=4) == "each of its 4 neighbours"
