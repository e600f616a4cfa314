"""Names of events and columns as a person would write them, and the people who do them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from personae.words.legible import legible
from personae.words.lexicon import AFTER_HEAD, DOERS, GENERIC, GERUNDS, JOINING, NOT_VERBS, PAST, PLAIN, SPECIAL, UNSAID

CODE = re.compile(r"[A-Za-z]{1,3}[_-]?\d+[A-Za-z]?")
"""Names without meaning, kept as they are: q_1046, v12."""


CAPPED = re.compile(r", capped at [\d.,e+-]+$|, against own average$")
"""The end of the label of a measure that is compared with a cap, or less what the person answers on average."""

_FRAMES = re.compile(r"\b(share of (the )?|days from |days since |(first|second|later|earlier) half|at least once|number of )")


def unframed(label: str) -> str:
    """A label in lower case without the words that say how something is counted and not what.

    >>> unframed("share of the most frequent event"), unframed("share_list")
    (' most frequent event', 'share_list')
    """
    return _FRAMES.sub(" ", label)


def readable(name: str) -> str:
    """A raw name as words: snake_case, dots, camelCase and capitals are undone; sentences and codes stay as they are."""
    text = clean(name)
    if CODE.fullmatch(text) or (" " in text and not text.isupper()):
        return text
    if " " not in text and not text.startswith(("/", "http")):
        text = re.sub(r"[_.:\-]+", " ", text) if not re.search(r"[a-z]-[a-z]", text) else re.sub(r"[_.:]+", " ", text)
        text = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", " ", text)
    loud = text.isupper() and len(text) > 3
    return " ".join(w if w.isupper() and 1 < len(w) <= 4 and not loud else w.lower() for w in text.split()) or text


def clean(text: str) -> str:
    """Text on one line without control characters or invisible marks."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", legible(kept)).strip()


def follow(text: str, entity: str) -> str:
    """A text about users as one about what is grouped; what stands in double quotes is a name and stays.

    >>> follow('share of users with "users" of a user', "store")
    'share of stores with "users" of a store'
    """
    if entity == "user":
        return text
    many = plural(entity)
    forms = {"user": entity, "users": many, "User": capital(entity), "Users": capital(many)}
    parts = re.split(r'("[^"]*")', text)
    return "".join(p if i % 2 else re.sub(r"\b[Uu]sers?\b(?!\.)", lambda m: forms[m[0]], p) for i, p in enumerate(parts))


def doing(name: str) -> str:
    """What is done, as a thing one can do more or less of: "add to cart" becomes "adding to cart"."""
    text = readable(name)
    words = text.split()
    low = [w.lower() for w in words]
    if not words or CODE.fullmatch(text) or len(words) > 4:
        return text
    past = _verb(low[-1])
    if len(words) == 1:
        if low[0] in NOT_VERBS and low[0] != "use":
            return plural(text)
        return _gerund(low[0]) if low[0] in DOERS or low[0] in GERUNDS else text
    if past:
        return f"{_gerund(past)} {plural(' '.join(words[:-1]))}"
    if low[-1] in DOERS and low[0] not in DOERS:
        things = " ".join(words[:-1])
        return plural(text) if low[-1] in NOT_VERBS else f"{_gerund(low[-1])} {plural(things)}"
    if low[0] in DOERS or low[0] in GERUNDS:
        joined = low[1] in JOINING
        return " ".join((_gerund(low[0]), *words[1:])) if joined else f"{_gerund(low[0])} {plural(' '.join(words[1:]))}"
    return text


def done(label: str, event: str) -> str:
    """The same for an event with a label, which says more where the event is but a number."""
    return doing(event) if re.search(r"[^\W\d]", event) else label


def doers(name: str) -> str:
    """Those who do it, in lower case: "coupon redeem" becomes "coupon redeemers"; "" when simple English has no word."""
    text = readable(name).lower()
    if text in SPECIAL:
        return SPECIAL[text]
    if text.startswith(MEASURED):
        return ""
    text = re.sub(r"^(event (count|share)|frequency) ", "", text)
    words = text.split()
    if len(words) == 2 and _verb(words[1]) in ("create", "add", "post", "send", "write", "make") and words[0] in DOERS:
        return DOERS[words[0]]
    if len(words) == 1:
        return DOERS.get(_verb(text) or text, DOERS.get(text.rstrip("s"), ""))
    if len(words) <= 3:
        done = _verb(words[-1]) or words[-1]
        if done in DOERS:
            return _made(words[:-1], done)
        if words[0] in DOERS and words[0] not in ("use",) and words[1] not in JOINING:
            return _made(words[1:], words[0])
    return ""


MEASURED = (
    "recency ",
    "time to first ",
    "diversity of ",
    "loyalty to ",
    "discovery of ",
    "share of ",
    "mean ",
    "in ",
    "hours ",
)
"""Beginnings of names of measures whose last word is no doing: "time to first purchase"."""


def _made(things: list[str], verb: str) -> str:
    """Things and a verb as a name."""
    return f"{' '.join((*things[:-1], singular(things[-1])))} {DOERS[verb]}"


def _verb(word: str) -> str:
    """The verb of which a word is the past: "created" is of "create"; "" when it is of none that is known."""
    if word in PAST:
        return PAST[word]
    stems: tuple[str, ...] = ()
    if word.endswith("ed"):
        stems = (word[:-1], word[:-2], word[:-3]) if len(word) > 4 and word[-3] == word[-4] else (word[:-1], word[:-2])
    if word.endswith("ied"):
        stems = (word[:-3] + "y",)
    return next((s for s in stems if s in DOERS), "")


def _gerund(verb: str) -> str:
    """The -ing form."""
    if verb in GERUNDS:
        return GERUNDS[verb]
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return verb + "ing"


def plural(noun: str) -> str:
    """More than one of it."""
    irregular = {
        "person": "people",
        "child": "children",
        "man": "men",
        "woman": "women",
        "help": "help",
        "music": "music",
        "support": "support",
    }
    head, _, last = noun.rpartition(" ")
    low = last.lower()
    if low in irregular:
        last = irregular[low]
    elif low.endswith(("s", "x", "z", "ch", "sh")):
        last = last if low.endswith("s") and not low.endswith("ss") else last + "es"
    elif low.endswith("y") and low[-2:-1] not in "aeiou":
        last = last[:-1] + "ies"
    elif low.isalpha():
        last += "s"
    return f"{head} {last}".strip()


def singular(noun: str) -> str:
    """One of it."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("ches", "shes", "sses", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


def short(text: str, among: Iterable[str] = (), most: int = 42) -> str:
    """A long label cut to what tells it from the others that begin alike, or to its first words."""
    whole = clean(text)
    if len(whole) <= most:
        return whole
    for other in sorted((clean(o) for o in among if clean(o) != whole), key=lambda o: -_common(whole, o)):
        common = _common(whole, other)
        rest = whole[common:].strip(" .:;,?!-\u2013\u00a0")
        if common >= 15 and rest:
            whole = rest
        break
    if len(whole) <= most:
        return whole
    cut = whole[:most].rsplit(" ", 1)[0].rstrip(" .:;,?!-(")
    return f"{cut}\u2026"


def _common(a: str, b: str) -> int:
    """The length of the common beginning of two texts, to the last whole word."""
    size = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return a[:size].rfind(" ") + 1


def parts(label: str, measure: str) -> tuple[str, str]:
    """What a label is about, and the level it stands for, "" when it stands for none: "contract: Two year", "partner = Yes"."""
    label = CAPPED.sub("", label)
    _, _, level = measure.partition("=")
    if level and label.endswith(f": {level}"):
        return label.removesuffix(f": {level}"), level
    stem, equals, said = label.rpartition(" = ")
    return (readable(stem), said) if equals else (label, "")


def option(level: str, measure: str) -> bool:
    """Whether a level is one of several answers to a question, told by the name of its measure: "likes: books"."""
    return bool(level) and measure.endswith(f": {level}")


def held(stem: str, level: str, measure: str, most: int) -> str:
    """The same as `noun`, of texts cut to what fits, but an option as what it is for: "books for likes"."""
    cut = short(level, (), most)
    return f"{cut} for {stem}" if option(level, measure) else noun(stem, cut)


def noun(stem: str, level: str) -> str:
    """What a level stands for as a thing one has: "two year contract", "no phone service"; a stem without level as it is."""
    said = level.strip().lower()
    if not level or said in ("yes", "true", "y", stem.strip().lower()):
        return stem
    if said in ("no", "false", "n"):
        return f"no {stem}"
    bare = said in UNSAID or not re.search(r"[^\W\d]", level)
    cut = "\u2026" in stem
    if cut and not bare:
        return lowered(level)
    if said in UNSAID or cut or len(stem) > 24 or (stem[:1].isupper() and not stem.isupper()):
        return f"{level} for {stem}"
    if bare:
        return f"{stem} {level}"
    if stem.split()[-1].lower() in GENERIC:
        return level if len(level) <= 4 else lowered(readable(level))
    if len(level.split()) <= 2 and len(level) + len(stem) <= 24:
        return f"{lowered(level)} {stem}"
    return lowered(level) if " " in level.strip() else f"{level} for {stem}"  # one word says too little: "shorter"


def lowered(text: str) -> str:
    """The text without the capital of a first word that is an ordinary word."""
    return text[:1].lower() + text[1:] if text[1:2].islower() and text[:1].isupper() else text


def capital(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def content(name: str) -> frozenset[str]:
    """The words that carry a name, one form each: without how much, joining words, and the word for users; a word and its
    number are one, and those who do something are one with doing it."""
    words = re.findall(r"[^\W_]+", re.sub(r"\b([a-z]+)[ _-]?(\d+)\b", r"\1\2", name.lower()))
    return frozenset(_root(w) for w in words if w not in PLAIN) or frozenset(words)


def _root(word: str) -> str:
    """The verb of doers and doings that are known, and else the singular."""
    return VERBS.get(word) or _verb(word) or singular(word)


VERBS = {who: verb for verb, who in reversed(DOERS.items())} | {_gerund(v): v for v in DOERS}


def several(thing: str) -> bool:
    """Whether a noun phrase takes a plural verb: "views", "days since the last event", but not "adding coupons"."""
    words = thing.lower().split()
    head = next((i for i, w in enumerate(words) if i and w in AFTER_HEAD), len(words))
    last = words[head - 1] if words else ""
    return not (words and words[0].endswith("ing")) and last.endswith("s") and not last.endswith(("ss", "us", "is"))
