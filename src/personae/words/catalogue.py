"""The catalogue: every sentence of the plain writer by its id, in the words for a reader, with the plural that fits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

READERS = ("manager", "researcher", "analyst")
"""For whom sentences can be worded; "" is what everyone gets."""
FORMS = ("text", "one", "other", *READERS)


def say(id: str, reader: str = "", count: float | None = None, /, **parts: object) -> str:
    """The message of that id with its parts filled in; `count` chooses between the forms "one" and "other".

    A message that a reader has no words for is "" when no other reader has them either. Raises KeyError for an id or a
    part that does not exist.

    >>> say("head", "", 1, n="1", entity="user", users="users")
    '1 user'
    """
    forms = messages()[id]
    plural = "one" if count == 1 else "other"
    words = forms.get(reader) if reader in forms else forms.get(plural if plural in forms else "text", "")
    return (words or "").format(**parts)


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Every message by its id: the forms it has. Read once."""
    raw = tomllib.loads((files("personae.words") / "messages.toml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    for name, held in raw.items():
        texts = {k: v for k, v in held.items() if isinstance(v, str)}
        found |= {name: texts} if texts else {}
        found |= {f"{name}.{k}": v for k, v in held.items() if isinstance(v, dict)}
    return found
