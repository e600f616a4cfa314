"""What people write about: words and pairs of words that many use, as evidence. Texts never form groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from personae.model.features import Measure
from personae.model.study import Role
from personae.model.table import Kind
from personae.progress import step

MOST = 60
"""Terms of one column: those that most people use."""
LONGEST = 40
"""Letters of the longest word; longer runs are no words."""
_MASKED = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|(?<!\w)@\w+|\+?\d[\d\s()/.\-]{5,}\d|\S*\d\S*")
"""Addresses, handles, telephone numbers, and everything with a digit in it: no word."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_STOP = {
    "English": """a about after again all also am an and any are aren't as at be because been before being both but by can can't
        could did didn't do does doesn't doing don't down for from get got had has have having he her here him
        his how i i'm i've if in into is isn't it it's its just me more most my myself no not now of off on once
        one only or other our out over own same she should so some such than that that's the their them then
        there these they this those through to too under up us very was we were what when where which while who
        why will with would you your""",
    "German": """aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass daß dem den denn der des die
        dies diese dieser doch du durch ein eine einem einen einer eines er es etwas euch für gegen habe haben hat hatte ich ihm
        ihn ihr ihre im in ist ja kann kein keine man mehr mein meine mich mir mit nach nicht noch nur ob oder ohne schon sehr
        sein seine sich sie sind so über um und uns unser unter vom von vor war waren was weil wenn wer werden wie wieder wir
        wird wo zu zum zur""",
    "French": """à ai au aux avec avoir c'est ce ces cette comme dans de des deux du elle elles en est et être eu fait il ils
        j'ai je la le les leur lui ma mais me même mes moi mon ne nos notre nous on ont ou où par pas peu plus pour qu que qui
        sa sans se ses si son sont sur ta te tes toi ton tout très tu un une vos votre vous y""",
    "Spanish": """a al algo como con cuando de del desde donde dos el ella ellas ellos en era es esta está este esto fue ha hay
        la las le les lo los más me mi mis mucho muy ni no nos o para pero por porque que qué se ser si sí sin sobre son su sus
        también te tiene todo todos tu un una uno y ya yo""",
    "Portuguese": """a ao aos as até com como da das de do dos e é ela elas ele eles em era essa esse esta está este eu foi há
        isso já lhe mais mas me meu meus minha muito na nas não nem no nos nós o os ou para pela pelo por porque pra que quem se
        sem ser seu seus só sua são também te tem um uma você""",
}  # fmt: skip
_STOPS = {language: frozenset(text.split()) for language, text in _STOP.items()}
_ALL = frozenset().union(*_STOPS.values())


def mentions(coded: Measure, floor: int, *, masked: Collection[str] = (), several: bool = False) -> tuple[Measure, ...]:
    """A flag for each term that at least `floor` people use, empty for who wrote nothing; `coded` holds the texts as levels.

    Terms are words of two letters or more and pairs of neighbouring words, in lower case, without the usual small words of the
    language. Words in `masked` (names that stand in other columns), addresses and numbers are none. With `several` columns of
    text the labels say which.
    """
    texts = coded.levels
    people = np.bincount(coded.values[coded.values >= 0], minlength=len(texts))
    words = []
    for i, text in enumerate(texts):
        words.append(tokens(text))
        if i % 50_000 == 49_999:
            step("measure", f"{coded.name}: words", i, len(texts), "texts")
    small = _small(texts) | frozenset(masked)
    found = _terms(words, small, people, floor)
    where = f" in {coded.label}" if several else ""
    made = []
    for term, at in found.items():
        held = np.zeros(len(texts) + 1)
        held[at], held[-1] = 1.0, np.nan
        made.append(
            replace(coded, name=f"{coded.name} mentions {term}", label=f"mentions \u201c{term}\u201d{where}", kind=Kind.BOOLEAN,
                    role=Role.ATTITUDE, values=held[coded.values], levels=(), unit="share", forms=False,
                    query=f'"{term}" is among the words of {coded.query}')
        )  # fmt: skip
    return tuple(made)


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, "" where something was masked or a sentence ended, so that no pair spans it."""
    found: list[str] = []
    for part in re.split(r"[.!?;:,\n()\u2026]+", _MASKED.sub(" . ", text)):
        said = (w.casefold().replace("\u2019", "'") for w in _WORD.findall(part))
        found += [*(w for w in said if 2 <= len(w) <= LONGEST), ""]
    return found


def language(texts: Sequence[str]) -> str:
    """The language whose small words make up the largest part of the first 2,000 texts, "" when none stands out."""
    often, first, second = _hits(texts)
    sure = bool(first[1]) and first[1] >= 0.1 * often and first[1] >= 1.25 * second[1]
    return first[0] if sure else ""


def _small(texts: Sequence[str]) -> frozenset[str]:
    """The small words of the language, or of all languages where texts are of several or of none that is known."""
    _, first, second = _hits(texts)
    return _STOPS[first[0]] if language(texts) and first[1] >= 4 * second[1] else _ALL


def _hits(texts: Sequence[str]) -> tuple[int, tuple[str, int], tuple[str, int]]:
    """How many words the first 2,000 texts have, and the two languages with most small words among them, and how many."""
    often = Counter(w for text in texts[:2000] for w in tokens(text[:2000]) if w)
    hits = sorted(((sum(often[w] for w in stop), name) for name, stop in _STOPS.items()), reverse=True)
    (most, first), (next_, second) = hits[:2]
    return sum(often.values()), (first, most), (second, next_)


def _terms(
    words: Sequence[Sequence[str]], small: Collection[str], people: np.ndarray[tuple[int], np.dtype[np.int64]], floor: int
) -> dict[str, list[int]]:
    """The terms that enough people use, most used first, with the positions of the texts that hold them."""
    held: dict[str, list[int]] = {}
    for i, said in enumerate(words):
        for word in {w for w in said if w and w not in small}:
            held.setdefault(word, []).append(i)
    often = {w: int(people[at].sum()) for w, at in held.items()}
    held = {w: at for w, at in held.items() if floor <= often[w] < people.sum()}  # what all say tells nobody apart
    pairs: dict[str, list[int]] = {}
    for i, said in enumerate(words):
        for pair in {f"{a} {b}" for a, b in pairwise(said) if a in held and b in held}:
            pairs.setdefault(pair, []).append(i)
    for pair, at in pairs.items():
        n = int(people[at].sum())
        if n < floor:
            continue
        held[pair], often[pair] = at, n
        for word in pair.split(" "):
            if word in held and n >= 0.9 * often[word]:
                del held[word]  # hardly ever without the other word: the pair tells it
    once: dict[tuple[int, ...], str] = {}  # words that only ever stand in the same texts are told once
    for term in sorted(held, key=lambda t: (-often[t], t.encode())):
        once.setdefault(tuple(held[term]), term)
    return {term: held[term] for term in list(once.values())[:MOST]}
