"""Names for groups: what they do, never what they are or lack, and no two with the same main word (R104, R105)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from personae.model.fact import Fact
from personae.model.persona import Profile, Trait
from personae.words.lexicon import DEMOGRAPHIC, NEWER, UNSAID
from personae.words.names import CODE, capital, content, doers, done, noun, parts, plural, readable, short

_AMOUNTS = (
    "login visit session active day order purchase spend spending amount event action view click use usage minute hour count "
    "dollar revenue transaction basket call message play month total"
)
USAGE = frozenset(_AMOUNTS.split())
"""Words of measures that say how much somebody uses something."""


LONG = 32
"""Characters of a label that fit a sentence."""
FEW = 1.6
"""Levels that are this much more frequent do not keep a group that has less of everything from being called light."""


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
    for p in sorted(profiles, key=lambda p: (not p.facts, -_strength(p), p.index)):
        if not p.facts:
            names[p.key] = f"Small group {p.index + 1}"
            continue
        for name in (*_candidates(p, plural(entity), labels, units, tails), f"Group {p.index + 1}"):
            words = content(name)
            if not words & taken and not words & DEMOGRAPHIC and name not in names.values():
                break
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


def _candidates(p: Profile, users: str, labels: Sequence[str], units: Mapping[str, str], turn: int) -> Iterator[str]:
    """Names that fit, best first."""
    much, little = ([t for t in ts if _amount(t, units)] for ts in (p.above, p.below))
    if not p.below and len(much) > 1:
        yield f"Heavy {users}" if _usage(much) else "High across the board"
    if all(units[t.fact] == "share of users" and t.multiple < FEW for t in p.above) and len(little) > 1:
        yield f"Light {users}" if _usage(little) else f"Low-key {users}"
    if not p.above and not p.below:
        yield from ("All-rounders", "Middle of the road", f"Typical {users}")
    for t in sorted(p.above, key=lambda t: not t.formed):
        if t.role != "demographic":
            yield from _for_more(t, users, labels, units[t.fact], turn)
    for t in sorted(p.below, key=lambda t: not t.formed):
        if t.role != "demographic":
            yield from _for_less(t, users, labels, units[t.fact])
    yield from ("All-rounders", "Middle of the road", f"Typical {users}")


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
    if who and t.scale is None:
        yield capital(who)
    thing = short(_thing(t, unit), labels, 32)
    if unit == "share of activity":
        verbal = thing.split()[0].endswith("ing")
        nouns = (f"{capital(thing)} {users}", f"Big on {thing}", f"{capital(thing)} fans", f"Mostly {thing}")
        yield from _turned((f"Big on {thing}", f"Mostly {thing}") if verbal else nouns, turn)
        return
    if CODE.fullmatch(thing) or t.scale:
        yield f"High on {thing}"
    yield f"High {thing}" if not thing[:1].isupper() else f"High on {thing}"


def _thing(t: Trait, unit: str) -> str:
    """What a trait is about: what is done, or the label of a measure."""
    return done(t.label, t.measure) if unit == "share of activity" else parts(t.label, t.measure)[0]


def _turned(patterns: tuple[str, ...], turn: int) -> Iterator[str]:
    """The patterns from another start each time, so that names in one set do not all sound alike."""
    for i in range(len(patterns)):
        yield patterns[(i + turn) % len(patterns)]


def _for_level(t: Trait, users: str, labels: Sequence[str]) -> Iterator[str]:
    """Names for those of whom something is so."""
    stem, level = parts(t.label, t.measure)
    thing = noun(short(stem, labels, 32), short(level, (), 32))
    if level.strip().lower() in ("no", "false", "n", "none") or thing.lower().startswith("no "):
        without = thing[3:] if thing.lower().startswith("no ") else thing
        yield f"{capital(users)} without {without}"
        return
    if re.search(r"(er|or|ist|member)$", thing) and " for " not in thing:
        yield capital(plural(thing))
    yield capital(thing) if " for " in thing else f"{capital(thing)} {users}"
    if level and len(level) > 3 and level.lower() not in UNSAID and not re.fullmatch(r"[\d.,<>=+-]+", level):
        yield f"{capital(short(level, (), 32))} {users}"
    yield f"Big on {short(stem, labels, 32)}" if not level else f"Mostly {thing}"


def _for_less(t: Trait, users: str, labels: Sequence[str], unit: str) -> Iterator[str]:
    """Names for those who stand out by less of one thing."""
    if unit == "share of users":
        stem, level = parts(t.label, t.measure)
        label = short(stem, labels, 32)
        yield f"Few with {noun(label, short(level, (), 32))}"
        return
    thing = short(_thing(t, unit), labels, 32)
    if unit == "share of activity":
        yield f"Rarely {thing}"
    elif (who := NEWER.get(readable(t.measure).lower())) is not None:
        yield who
    else:
        yield f"Low on {thing}" if thing[:1].isupper() or t.scale else f"Low {thing}"
