"""Names in the style of "Recipe Robin": a word of what they do, and a first name that begins alike (R104).

The first names are used by several genders and in several cultures, so that none of them says who anybody is.
"""

from __future__ import annotations

from collections.abc import Mapping

from personae.words.lexicon import DEMOGRAPHIC, PLAIN
from personae.words.names import capital, singular

_FIRST = (
    "Alex Ariel Amari Blake Bao Bobbie Charlie Casey Cameron Dana Devon Dakota Eden Ellis Emery Frankie Finley Flynn Gray Gale "
    "Grey Harper Hayden Hollis Indigo Ira Isa Jordan Jamie Jun Kai Kit Kim Lee Logan Lou Morgan Max Mika Nico Noor Noa Ollie "
    "Oakley Onyx Parker Pat Paris Quinn Quincy Robin Rowan Remi Sam Sasha Sky Taylor Toni Tal Umi Unity Val Vesper Vic Wren "
    "Winter Wynn Xiang Xen Yuki Yael Yuri Zion Zen Zhen"
)
FIRST = tuple(_FIRST.split())


def alliterative(names: Mapping[str, str]) -> dict[str, str]:
    """The names by key in this style: no first name twice, no leading word twice; those that have none keep what they have."""
    made: dict[str, str] = {}
    taken: set[str] = set()
    for key, name in names.items():
        made[key] = next((f"{word} {first}" for word, first in _pairs(name) if not {word, first} & taken), name)
        if made[key] != name:
            taken |= set(made[key].split())
    return made


def _pairs(name: str) -> list[tuple[str, str]]:
    """Words of a name with first names that begin alike, leading words first; none for a name of what is lacking."""
    if name.split()[0] in _LACK or " without " in name or " low " in name or name.startswith("Low"):
        return []
    said = [w.strip("\u201c\u201d:,.()").lower() for w in name.replace("-", " ").split()]
    words = [w for w in said if w.isalpha() and len(w) > 2 and w not in PLAIN and w not in DEMOGRAPHIC and w not in _IDLE]
    return [(capital(singular(w)), f) for w in words for f in FIRST if f[0].lower() == w[0]]


_LACK = ("Low", "Light", "Rarely", "Few", "Too", "Mixed")
_IDLE = frozenset(("across", "board", "long", "short", "last", "first", "failure"))
"""Words that tell nothing without those beside them."""
