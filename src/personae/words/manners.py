"""What a sentence worded by a machine may not say, whatever its numbers: more than its facts, or anything but words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from personae.words.legible import HIDDEN
from personae.words.lexicon import DEMOGRAPHIC
from personae.words.plainly import PLAIN_WORDS
from personae.words.reading import mentions

LONGEST = {"tagline": 110}
"""Characters of a line of each part; others have 260."""
_WHO = (
    "he she his her hers him himself herself wife wives husband husbands spouse partner girlfriend boyfriend family "
    "families son sons daughter daughters grandparent grandmother grandfather lady ladies gentleman gentlemen guy "
    "guys gal gals feminine masculine youngster youngsters youthful middle-aged aging generation generational gen-z "
    "zoomer zoomers urban rural educated graduate graduates wealthy rich poor affluent working-class white black "
    "latin latinx spanish italian russian polish turkish dutch swedish canadian mexican brazilian japanese korean "
    "vietnamese filipino nigerian kenyan egyptian iranian iraqi israeli australian european europeans migrant "
    "migrants refugee refugees native homosexual straight transgender pregnant blind deaf immigrant religious "
    "buddhist sikh atheist"
)
PERSONAL = DEMOGRAPHIC | frozenset(_WHO.split())
"""Words about who people are: allowed only where a fact that is cited is about that."""
CAUSE = re.compile(
    r"\b(because|due to|so that|in order to|causes?|caused by|leads? to|thanks to|as a result|results? in|therefore|hence|"
    r"consequently|which is why|explains? why|that is why|drives?|driven by|owing to|since they|as they|makes? them|"
    r"motivated by|reasons?)\b",
    re.I,
)
MIND = re.compile(
    r"\b(feels?|feelings?|thinks?|believes?|loves?|hates?|prefers?|enjoys?|hopes?|fears?|worr(?:y|ies)|trusts?|cares?|desires?|"
    r"dreams?|wish(?:es)?|intends?|expects?|appreciates?|frustrat\w+|happy|unhappy|satisfied|loyal|eager|curious|passionate)\b",
    re.I,
)
SPEECH = re.compile(r"\b(says?|said|tells?|told|quoted?|in their (own )?words|according to|asks?|asked|answered)\b", re.I)
VAGUE = re.compile(
    r"\b(most|many|few|several|nearly all|almost all|hardly any|some) "
    r"(of (them|these|its|the)|users?|people|customers?|members?)\b|"
    r"\b(always|never|nobody|no one|exclusively|everyone does|all do)\b|\b(only|just)\b(?! (about |a |one |\d))",
    re.I,
)
LINK = re.compile(r"https?:|www\.|\w@\w|\b[\w-]+\.(?:com|org|net|io|co|info|biz|dev|app|ru|cn|xyz)\b", re.I)
MARKUP = re.compile(r"[<>\[\]{}|`*_#\\~^]|&[a-z]+;|&#")
READER = re.compile(r"\b(you|your|yours|we|our|ours|us|let's|please|i|my)\b|!", re.I)
UNSEEN = re.compile(HIDDEN.pattern + "|[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd\U000e0000-\U000e0fff]")
QUOTE = re.compile(
    '["\u201c\u201d\u201e\u00ab\u00bb][^"\u201c\u201d\u201e\u00ab\u00bb]*[^\\W_][^"\u201c\u201d\u201e\u00ab\u00bb]*["\u201c\u201d\u201e\u00ab\u00bb]?'
)


def manners(text: str, part: str, names: Iterable[str]) -> str:
    """What a line says that no fact can back; "" where nothing. `names` are all ways to name what its facts are about: what
    stands in them is the data's own and may be said.

    >>> manners("They add to cart more than everyone", "story", ("add to cart",))
    ''
    >>> manners("They are loyal", "story", ())
    'it says what people think or feel'
    """
    names = tuple(names)
    most = LONGEST.get(part, 260)
    if len(text) > most:
        return f"it is longer than {most} characters"
    rest = without(text, names)
    for pattern, why in (
        (UNSEEN, "it holds characters that do not show"),
        (LINK, "it holds an address"),
        (MARKUP, "it holds markup"),
        (QUOTE, "it quotes somebody"),
        (SPEECH, "it says what people said"),
        (CAUSE, "it names a cause"),
        (READER, "it speaks to the reader"),
        (VAGUE, "it says how many without a number"),
        (MIND, "it says what people think or feel"),
    ):
        if pattern.search(rest):
            return why
    return _persons(rest, names) or _strange(rest, names)


def without(text: str, names: Iterable[str]) -> str:
    """The text with names blanked out."""
    for start, end in mentions(text, names):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _persons(rest: str, names: Iterable[str]) -> str:
    """The first word that says who people are, where no name holds it."""
    known = {_stem(w) for n in names for w in _words(n)}
    found = sorted({w for w in _words(rest) if w in PERSONAL and _stem(w) not in known})
    return f"it says who people are ({found[0]}), which no fact it cites is about" if found else ""


def _strange(rest: str, names: Iterable[str]) -> str:
    """The first word that is neither plain English nor of a name: what it says rests on nothing."""
    known = {_stem(w) for n in names for w in _words(n)}
    for word in _words(rest):
        if word not in PLAIN_WORDS and _stem(word) not in PLAIN_WORDS and _stem(word) not in known:
            return f"it says {word!r}, which no fact it cites is about"
    return ""


def _words(text: str) -> list[str]:
    """The words of a text, in lower case; numbers are none."""
    return re.findall(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*", text.lower())


def _stem(word: str) -> str:
    """A word without its ending, so that "browsing", "browsed" and "browse" are one."""
    word = re.sub(r"['\u2019]s?$", "", word)
    cut = re.sub(r"(?:ing|edly|ed|ers?|ies|es|s|ly|y|e)$", "", word) if len(word) > 3 else word
    cut = cut if len(cut) > 2 else word
    return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] else cut
