"""Names for groups: what they do, never what they are or lack, and no two with the same main word (R104, R105)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import log

from personae.model.fact import Fact
from personae.model.persona import Profile, Trait
from personae.model.vocabulary import is_thing
from personae.words.apart import average, within
from personae.words.lexicon import DEMOGRAPHIC, DOERS, GENERIC, MARKERS, NEWER, SPECIAL
from personae.words.measured import LEVELS, holders, less, more, unclear, when
from personae.words.names import VERBS, capital, content, doers, done, held, option, parts, plural, readable, short

_AMOUNTS = (
    "login visit session active day order purchase spend spending amount event action view click use usage minute hour count "
    "dollar revenue transaction basket call message play month total"
)
USAGE = frozenset(_AMOUNTS.split())
"""Words of measures that say how much somebody uses something."""


LONG = 32
"""Characters of a label that fit a sentence."""
UNTOLD = ("Mixed habits", "In between", "Varied use", "Middle ground", "Blended ways")
"""Names for groups that every better name is taken from."""
ASKING = frozenset((
    "do", "does", "did", "are", "is", "was", "were", "have", "has", "had", "how", "what", "which", "who", "why", "when",
    "where", "would", "will", "could", "can", "you", "i", "if",
))  # fmt: skip
"""Words that questions begin with."""
AFFIRMED = ("yes", "true", "y", "selected", "checked", "1")
"""Levels that say that something is so."""
FEW = 1.6
"""Levels that are this much more frequent do not keep a group that has less of everything from being called light."""


NEVER = 0.05
"""Shares below which a group is named as those without something."""
_PEOPLE = frozenset(n.lower().split()[-1] for n in (*SPECIAL.values(), *NEWER.values(), *DOERS.values()))
"""The last words of names that only people can have."""


def stems(facts: Sequence[Fact]) -> tuple[str, ...]:
    """The labels that are too long for a sentence, without the levels they stand for, to be cut to what tells them apart."""
    found = {parts(f.label, f.measure)[0] for f in facts}
    return tuple(sorted(s for s in found if len(s) > LONG))


def group_names(profiles: Sequence[Profile], facts: Sequence[Fact], entity: str) -> dict[str, str]:
    """A name for each profile's key. Those with the strongest difference choose first; the order of profiles breaks ties."""
    labels = stems(facts)
    units: Mapping[str, str] = {f.id: f.unit for f in facts}
    names: dict[str, str] = {}
    taken: set[str] = set()
    tails = 0
    for p in sorted(profiles, key=lambda p: (not p.facts, not _stands_out(p, units), -_strength(p), p.index)):
        if not p.facts:
            first = "Too few to describe" not in names.values()
            names[p.key] = "Too few to describe" if first else f"Too few to describe ({p.key})"
            continue
        users = plural(entity)
        made = [*_candidates(p, users, labels, units, tails, average(facts, p.key)), *_slight(p, facts, labels)]
        made = [n for n in made if not content(n) & DEMOGRAPHIC and n not in names.values()]
        if is_thing(entity):
            made = [n for n in made if n.lower().split()[-1] not in _PEOPLE]
        free = (n for n in (*made, *UNTOLD, f"Mixed habits ({p.key})") if not content(n) & taken)
        name = next(free, f"Of mixed habits ({p.key})")
        words = content(name)
        taken |= words
        tails += name.endswith((f" {plural(entity)}", " regulars", " fans"))
        names[p.key] = name
    return {p.key: names[p.key] for p in profiles}


def _strength(p: Profile) -> float:
    """How far the strongest trait stands out."""
    if p.above:
        t = p.above[0]
        return abs(t.distance) if t.distance is not None else t.multiple
    return 0.0


def _stands_out(p: Profile, units: Mapping[str, str]) -> bool:
    """Whether there is something they do or have more of that a group can be named by; the others choose after them."""
    return any(t.role != "demographic" and not _minor(t, units[t.fact]) for t in p.above)


def _slight(p: Profile, facts: Sequence[Fact], labels: Sequence[str]) -> Iterator[str]:
    """Names by the measures of behaviour that differ most, though not for sure."""
    apart = {*p.outcomes, *p.demographics}
    own = [f for f in facts if f.subject == p.key and f.multiple and f.id not in apart and f.unit != "share of users"]
    for f in sorted(own, key=lambda f: (-abs(log(f.multiple or 1.0)), f.id)):
        if not 0.95 <= (f.multiple or 1.0) <= 1.05:
            thing = done(f.label, f.measure) if f.unit == "share of activity" else parts(f.label, f.measure)[0]
            words = ("more", "less") if f.unit == "share of activity" else ("higher", "lower")
            yield f"Slightly {words[(f.multiple or 1.0) < 1]} {short(thing, labels, LONG)}"


def _candidates(
    p: Profile, users: str, labels: Sequence[str], units: Mapping[str, str], turn: int, average: bool
) -> Iterator[str]:
    """Names that fit, best first."""
    much, little = ([t for t in ts if _amount(t, units)] for ts in (p.above, p.below))
    if not p.below and len(much) > 1:
        yield f"Heavy {users}" if _usage(much) else "High across the board"
    if all(_quiet(t, units[t.fact]) for t in p.above) and len(little) > 1:
        yield f"Light {users}" if _usage(little) else "Low across the board"
    if not p.above and not p.below and average:
        yield from ("All-rounders", "Middle of the road", f"Typical {users}")
    above, below = ([t for t in sorted(ts, key=lambda t: not t.formed) if t.role != "demographic"] for ts in (p.above, p.below))
    minor = [t for t in above if _minor(t, units[t.fact])]
    unsaid = [t for t in (*above, *below) if _unclear(t, units[t.fact])]
    for t in above:
        if t not in minor and t not in unsaid:
            yield from _for_more(t, users, labels, units[t.fact], turn)
    for t in below:
        if not (t.scale is None and within(t)) and t not in unsaid:
            yield from _for_less(t, users, labels, units[t.fact])
    for t in minor:
        yield from _for_minor(t, labels, units[t.fact])
    for t in above:
        if t in unsaid and t not in minor:
            yield from _for_more(t, users, labels, units[t.fact], turn)
    for t in below:
        yield from _for_less(t, users, labels, units[t.fact])


def _unclear(t: Trait, unit: str) -> bool:
    """Whether the label of an amount says too little to name anybody by it."""
    return not unit.startswith("share of") and t.scale is None and unclear(_thing(t, unit))


def _quiet(t: Trait, unit: str) -> bool:
    """Whether more of it leaves a group light: a level a little more frequent, or an answer that formed no group."""
    return unit == "share of users" and (t.multiple < FEW or (t.role == "attitude" and not t.formed))


def _minor(t: Trait, unit: str) -> bool:
    """Whether a difference is no name for a whole group: so for less than half of it, or little away from everyone."""
    return t.value < 0.5 if unit == "share of users" else t.scale is None and within(t) and unit != "share"


def _for_minor(t: Trait, labels: Sequence[str], unit: str) -> Iterator[str]:
    """Names that claim no more than that something is more frequent, or a little higher."""
    stem, level = parts(t.label, t.measure)
    if term := _term(t):
        yield f"More often about {term}"
        return
    if unit != "share of users":
        yield f"Somewhat higher {short(_thing(t, unit), labels, LONG)}"
    elif _marks(level) or (not level and _question(stem)):
        return
    elif level and _question(stem):
        yield f"More often \u201c{short(level, (), LONG)}\u201d"
    else:
        time = when(stem, level)
        yield f"More often {time or held(short(stem, labels, LONG), level, t.measure, LONG)}"


def _term(t: Trait) -> str:
    """What people mention, in its quotes; "" where a trait is of something else."""
    return t.label.partition("mentions ")[2] if t.label.startswith("mentions \u201c") else ""


def _marks(level: str) -> bool:
    """Whether a level is the mark of an empty place: "NA", "Not selected"."""
    return bool(level) and level.strip().lower() in MARKERS


def _question(stem: str) -> bool:
    """Whether a label is a sentence that somebody was asked and no name of a thing."""
    words = stem.split()
    return len(words) > 6 or "?" in stem or "," in stem or (len(words) > 3 and words[0].lower() in ASKING)


def _amount(t: Trait, units: Mapping[str, str]) -> bool:
    """Whether a trait is about how much, not about which."""
    return not units[t.fact].startswith("share of") and t.distance is None


def _usage(traits: Sequence[Trait]) -> bool:
    """Whether any of the traits says how much somebody uses something."""
    return any(content(readable(t.label)) & USAGE for t in traits)


def _for_more(t: Trait, users: str, labels: Sequence[str], unit: str, turn: int) -> Iterator[str]:
    """Names for those who stand out by more of one thing."""
    if unit == "share of users":
        yield from _for_level(t, users, labels)
        return
    who = doers(t.measure) or doers(parts(t.label, t.measure)[0])
    amount = readable(t.measure).lower().split()[-1:]
    if who and t.scale is None and (who in SPECIAL.values() or not set(amount) & LEVELS):
        yield from dict.fromkeys((capital(who), capital(who.split()[-1])))
    thing = short(_thing(t, unit), labels, 32)
    if unit == "share of activity" and len(thing.split()) > 2 and not thing.split()[0].endswith("ing"):
        yield f"{capital(users)} of {thing}"
        return
    if unit == "share of activity":
        verbal = thing.split()[0].endswith("ing")
        nouns = (f"{capital(thing)} {users}", f"Big on {thing}", f"{capital(thing)} fans", f"Mostly {thing}")
        yield from _turned((f"Big on {thing}", f"Mostly {thing}") if verbal else nouns, turn)
        return
    yield from more(thing, users, t.scale is not None)


def _thing(t: Trait, unit: str) -> str:
    """What a trait is about: what is done, or the label of a measure."""
    return done(t.label, t.measure) if unit == "share of activity" else parts(t.label, t.measure)[0]


def _turned(patterns: tuple[str, ...], turn: int) -> Iterator[str]:
    """The patterns from another start each time, so that names in one set do not all sound alike."""
    for i in range(len(patterns)):
        yield patterns[(i + turn) % len(patterns)]


def _for_level(t: Trait, users: str, labels: Sequence[str]) -> Iterator[str]:
    """Names for those of whom something is so."""
    if term := _term(t):
        yield f"{capital(users)} who mention {term}"
        return
    stem, level = parts(t.label, t.measure)
    about, said = short(stem, labels, 32), level.strip().lower()
    thing = held(about, level, t.measure, 32)
    if option(level, t.measure) and not _marks(level):
        yield f"Mostly \u201c{short(level, (), 32)}\u201d"
        yield f"{capital(about)}: {short(level, (), 32)}"
        return
    if _question(stem):
        if said in ("no", "false", "n", *MARKERS) and level:
            return
        yield f"Yes to \u201c{about}\u201d" if said in ("", *AFFIRMED) else f"Mostly \u201c{short(level, (), 32)}\u201d"
        return
    if said in ("no", "false", "n", "none") or (level and thing.lower().startswith("no ")):
        yield f"{capital(users)} without {thing[3:] if thing.lower().startswith('no ') and said != 'none' else about}"
        return
    if not level and thing.lower().startswith("no "):
        yield f"{capital(users)} without {thing[3:]}"
        return
    if _marks(level):
        return
    if re.search(r"\d", about):
        yield f"{capital(users)} with {about}" if said in ("", *AFFIRMED) else f"{capital(about)}: {short(level, (), 32)}"
        return
    if said in AFFIRMED:
        yield holders(about, users)
        return
    if time := when(stem, level):
        yield f"Mostly {time}"
        return
    if _agent(thing):
        yield capital(plural(thing))
    if level and (" for " in thing or (" " not in thing and about.split()[-1].lower() not in GENERIC)):
        yield f"{capital(about)}: {short(level, (), 32)}"
    else:
        yield f"Mostly {thing}" if about.split()[-1].lower() in GENERIC and " " not in thing else f"{capital(thing)} {users}"
    wordy = " " in level.strip().replace("-", " ") and not re.fullmatch(r"[\d.,<>=+-]+", level)
    if wordy and len(level) > 3:
        yield f"{capital(short(level, (), 32))} {users}"
    mostly = f"Mostly {thing}" if " " in thing else f"Mostly \u201c{short(level, (), 32)}\u201d"
    yield mostly if level else f"Big on {short(stem, labels, 32)}"


def _agent(thing: str) -> bool:
    """Whether a noun says who does something: "newsletter reader", "club member", but not "shorter"."""
    last = thing.split()[-1].lower()
    return " for " not in thing and (plural(last) in VERBS or last in ("member", "subscriber", "holder", "owner", "guest"))


def _for_less(t: Trait, users: str, labels: Sequence[str], unit: str) -> Iterator[str]:
    """Names for those who stand out by less of one thing."""
    if term := _term(t):
        yield f"Rarely about {term}"
        return
    if unit == "share of users":
        stem, level = parts(t.label, t.measure)
        label = short(stem, labels, 32)
        if _marks(level) or _question(stem) or level.strip().lower() in ("no", "false", "n"):
            return
        thing = held(label, level, t.measure, 32)
        yield f"{capital(users)} without {thing}" if t.value < NEVER else f"Few with {thing}"
        return
    thing = short(_thing(t, unit), labels, 32)
    if unit == "share of activity":
        yield f"Rarely {thing}"
    elif (who := NEWER.get(readable(t.measure).lower())) is not None:
        yield who
    else:
        yield from less(thing, users, t.scale is not None)
