"""Personas in plain English, every sentence a claim that lists the facts it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personae.model.dossier import Dossier
from personae.model.evidence import Evidence, Structure
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona, Profile, Trait
from personae.model.study import Study
from personae.words import numbers
from personae.words.apart import average
from personae.words.names import CAPPED, capital, done, held, parts, plural, several, short
from personae.words.naming import group_names, stems

STEADY, FAIRLY = 0.75, 0.6
"""Hennig (2007): from 0.75 a group is stable, from 0.6 it is a pattern."""

KINDS = {
    Structure.NATURAL: "The data show natural groups, and this is one of them",
    Structure.REPRODUCIBLE: "This is a cut of a continuum that comes back, with no gap around it",
    Structure.CONSTRUCTIVE: "This is a band made for use, and another cut would do as well",
    Structure.NOTHING: "The data show no groups beyond chance, and this one was drawn on request",
}


def write(
    profiles: tuple[Profile, ...], facts: tuple[Fact, ...], evidence: Evidence, study: Study, dossier: Dossier | None = None
) -> tuple[Persona, ...]:
    """One persona for each profile, in the same order: a behavioural name that no other has, a tagline, a story, lines."""
    names = group_names(profiles, facts, study.entity)
    book = _Book(facts, profiles, names, evidence, study, dossier or Dossier())
    return tuple(_persona(book, p) for p in profiles)


class _Book:
    """What sentences look things up in."""

    def __init__(
        self,
        facts: Sequence[Fact],
        profiles: Sequence[Profile],
        names: Mapping[str, str],
        evidence: Evidence,
        study: Study,
        dossier: Dossier,
    ) -> None:
        self.facts = {f.id: f for f in facts}
        self.names, self.evidence, self.study, self.dossier = names, evidence, study, dossier
        self.labels = stems(facts)
        self.users = plural(study.entity)
        self.profiles = {p.key: p for p in profiles}

    def first(self, traits: Sequence[Trait], most: int) -> list[Fact]:
        """The facts of the first traits: what formed the groups before what only describes them."""
        return [self.facts[t.fact] for t in sorted(traits, key=lambda t: not t.formed)[:most]]

    def lead(self, subject: str, measure: str) -> Fact | None:
        """The first fact of a measure for a subject: the one that is compared."""
        return next((f for f in self.facts.values() if f.subject == subject and f.measure == measure), None)

    def thing(self, fact: Fact) -> str:
        """What a fact is about, short enough for a sentence."""
        if fact.unit == "share of activity":
            return short(done(fact.label, fact.measure), self.labels)
        stem, level = parts(fact.label, fact.measure)
        return f"{short(stem, self.labels)} is {short(level)}" if level else short(stem, self.labels)

    def everyone(self, fact: Fact) -> str:
        """The value of everyone, in words."""
        return "" if fact.everyone is None else value(fact, fact.everyone, unit=False)


def value(fact: Fact, number: float, *, unit: bool = True) -> str:
    """A number of a fact in its unit."""
    if _part(fact):
        return numbers.percent(number)
    if fact.unit.startswith("points"):
        return f"{round(number, 1) + 0.0:.1f}"
    return numbers.amount(number, fact.unit if unit and not fact.unit.startswith("points") else "")


def _part(fact: Fact) -> bool:
    """Whether a fact is a share."""
    return fact.statistic in ("share", "rate") or fact.unit in ("share", "share of users", "share of activity")


def steady(jaccard: float) -> str:
    """How often the group comes back, in a word."""
    return "steady" if jaccard >= STEADY else "fairly steady" if jaccard >= FAIRLY else "shaky"


def _persona(book: _Book, p: Profile) -> Persona:
    """One group in words."""
    kind = str(book.evidence.verdict.kind)
    if not p.facts:
        few = Claim(f"This group has fewer than {book.study.floor} {book.users}, so nothing is told of it.", "A", ())
        return Persona(p.key, p.index, book.names[p.key], kind, 0, 0.0, 0.0, "shaky", few, (), (), (), (), None, "")
    traits = (*p.above, *p.below)
    return Persona(
        p.key, p.index, book.names[p.key], kind, p.users, p.share, p.steadiness, steady(p.steadiness),
        _tagline(book, p), _story(book, p), tuple(_trait_line(book, t) for t in traits),
        tuple(_outcome(book, book.facts[i]) for i in p.outcomes), _demographics(book, p), _difference(book, p), p.nearest,
    )  # fmt: skip


def _tagline(book: _Book, p: Profile) -> Claim:
    """What they do more and less of, in one line and without numbers."""
    more, less = book.first(p.above, 2), book.first(p.below, 1 if p.above else 2)
    if not more and not less:
        if average(book.facts.values(), p.key):
            return Claim(f"Close to the average {book.study.entity} in everything that was measured", "M", (f"{p.key}.size",))
        return Claim(f"No difference from everyone is certain with {_head(book, p)}", "M", (f"{p.key}.size",))
    parts = [_compared(book, more, "more")] if more else []
    parts += [_compared(book, less, "less")] if less else []
    plain = "than everyone: " not in parts[-1]
    return Claim(capital("; ".join(parts)) + (" than everyone" if plain else ""), "M", tuple(f.id for f in (*more, *less)))


def _head(book: _Book, p: Profile) -> str:
    """How many they are: "14 users"."""
    return f"{numbers.count(p.users)} {book.users if p.users != 1 else book.study.entity}"


def _compared(book: _Book, facts: Sequence[Fact], word: str) -> str:
    """ "more lists and coupons", "higher income", "mostly two year contract"."""
    raw = [f for f in facts if _raw(book, f)]
    said = [joined([_comparative(book, f, word) for f in facts if f not in raw])] if len(raw) < len(facts) else []
    often = "more often" if word == "more" else "less often"
    return "; ".join([*said, *([f"{often} than everyone: {joined([book.thing(f) for f in raw])}"] if raw else [])])


def _raw(book: _Book, f: Fact) -> bool:
    """Whether a fact is about an event that is neither a doing nor things that one can do more of: "quick checkout"."""
    thing = book.thing(f)
    plain = thing.split()[0].endswith("ing") or several(thing) or " " not in thing
    return f.unit == "share of activity" and not plain


def _comparative(book: _Book, f: Fact, word: str) -> str:
    """More of what is done, higher for a measure, more often for what is so or not."""
    if f.unit == "share of users":
        stem, level = parts(f.label, f.measure)
        return f"{word} often {held(short(stem, book.labels), level, f.measure, 42)}"
    if f.unit == "share of activity":
        word = "fewer" if word == "less" and several(book.thing(f)) else word
        return f"{word}{' of' if f.label[-1:].isdigit() else ''} {book.thing(f)}"
    counted = f.unit != "share" and f.unit in book.thing(f).split()
    return f"{('more', 'fewer')[word == 'less'] if counted else ('higher', 'lower')[word == 'less']} {book.thing(f)}"


def joined(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


def _story(book: _Book, p: Profile) -> tuple[Claim, ...]:
    """Three to five sentences: how many, what sets them apart, what they do less, how they end, how firm the group is."""
    size, share = book.facts[f"{p.key}.size"], book.facts[f"{p.key}.share"]
    whole = numbers.count(size.everyone or 0)
    first = f"{numbers.count(size.value)} of {whole} {book.users} belong here, {numbers.percent(share.value)} of everyone."
    claims = [Claim(first, "M", (size.id, share.id))]
    above, below = book.first(p.above, 2), book.first(p.below, 2)
    if above:
        text = "; ".join(_sentence(book, f) for f in above)
        claims.append(Claim(f"What sets them apart most: {text}.", "M", tuple(f.id for f in above)))
    if below:
        text = "; ".join(_sentence(book, f) for f in below)
        claims.append(Claim(f"Below the average: {text}.", "M", tuple(f.id for f in below)))
    if not above and not below:
        claims.append(Claim(f"With {_head(book, p)}, no measure sets them apart from everyone for sure.", "M", (size.id,)))
    told = [book.facts[i] for i in p.outcomes if _differs(book.facts[i])][:1]
    claims += [_outcome(book, f) for f in told]
    claims.append(_firmness(book, p))
    return tuple(claims)


def _sentence(book: _Book, f: Fact) -> str:
    """One difference with its numbers."""
    thing, own, all_ = book.thing(f), value(f, f.value), book.everyone(f)
    if f.unit == "share of activity":
        return (
            f"{thing} {'make' if several(thing) else 'makes'} up {own} of what they do, against {all_} for everyone"
            + _multiple(f)
        )
    if f.unit == "share of users":
        link = "for" if parts(f.label, f.measure)[1] else "holds for"
        return f"{thing} {link} {_of_them(f)}, against {all_} of everyone"
    ends = f" on a scale {f.unit.removeprefix('points ')}" if f.unit.startswith("points from") else ""
    return f"{thing} {_average(thing)} {own}{ends}, against {all_} for everyone" + _multiple(f)


def _average(thing: str) -> str:
    """The verb in the number of its subject."""
    return "average" if several(thing) else "averages"


def _of_them(f: Fact) -> str:
    """ "62 % of them", "all of them", "none of them"."""
    return "all of them" if f.value == 1 else "none of them" if f.value == 0 else f"{numbers.percent(f.value)} of them"


def _multiple(f: Fact) -> str:
    """The multiple in brackets where there is one worth reading."""
    if f.multiple and f.multiple < numbers.LITTLE:
        return " (almost none)"
    return f" ({numbers.times(f.multiple)} the average)" if f.multiple else ""


def _trait_line(book: _Book, trait: Trait) -> Claim:
    """One line for the card: "3.1 times the average: uses lists"."""
    f = book.facts[trait.fact]
    cap = CAPPED.search(f.label)
    thing, own, all_ = book.thing(f) + (cap.group() if cap else ""), value(f, f.value), book.everyone(f)
    base = {"share of activity": " of what they do", "share of users": " of them"}.get(f.unit, " on average")
    detail = f"{thing} ({own}{base}; everyone: {all_})"
    if f.value == 0 and f.unit == "share of users":
        return Claim(f"None of them: {thing} (everyone: {all_})", "M", (f.id,))
    if f.multiple and f.multiple < numbers.LITTLE:
        return Claim(f"Almost none: {detail}", "M", (f.id,))
    if f.multiple:
        return Claim(f"{numbers.times(f.multiple)} the average: {detail}", "M", (f.id,))
    if f.multiple is not None:
        return Claim(f"None at all: {detail}", "M", (f.id,))
    gap = abs(f.value - (f.everyone or 0.0))
    side = "above" if f.value > (f.everyone or 0.0) else "below"
    if _part(f) or f.unit.startswith("points"):
        return Claim(f"{gap * (100 if _part(f) else 1):.1f} points {side} the average: {detail}", "M", (f.id,))
    return Claim(f"{value(f, gap)} {side} the average: {detail}", "M", (f.id,))


def _outcome(book: _Book, f: Fact) -> Claim:
    """How it ended for them, with its interval and the rest."""
    thing = book.thing(f)
    base = "" if f.unit == "points" or f.statistic == "growth" else " of them" if _part(f) else " on average"
    own = f"{thing}: {value(f, f.value)}{base}"
    ends = f" ({_range(f)})" if f.low is not None and f.high is not None else ""
    rest = f", against {value(f, f.rest, unit=False)} for the rest" if f.rest is not None else ""
    unclear = "; no clear difference" if f.p is not None and f.p >= 0.05 else ""
    return Claim(capital(f"{own}{ends}{rest}{unclear}."), "M", (f.id,))


def _range(f: Fact) -> str:
    """The interval: "41 % to 45 %"."""
    low, high = f.low or 0.0, f.high or 0.0
    return f"{value(f, low, unit=False)} to {value(f, high, unit=False)}"


def _demographics(book: _Book, p: Profile) -> tuple[Claim, ...]:
    """Who they are, told last and only as description: what differs from everyone, or that it does not."""
    by_measure: dict[str, list[Fact]] = {}
    for i in p.demographics:
        by_measure.setdefault(i.rpartition(".")[0], []).append(book.facts[i])
    return tuple(_demographic(book, fs) for fs in by_measure.values())


def _demographic(book: _Book, facts: list[Fact]) -> Claim:
    """One demographic column in a line."""
    ids = tuple(f.id for f in facts)
    differing = [
        f for f in facts if f.p is not None and f.p < 0.05 and not numbers.alike(f.value, f.everyone or 0.0, part=_part(f))
    ]
    first = facts[0]
    if not differing:
        label, _ = parts(first.label, first.measure)
        return Claim(f"{capital(short(label, book.labels))}: like everyone.", "M", ids)
    told = sorted(differing, key=lambda f: (-abs(f.value - (f.everyone or 0.0)), f.id))[:2]
    text = "; ".join(
        f"{book.thing(f)}{'' if parts(f.label, f.measure)[1] else ':'} {'for ' if parts(f.label, f.measure)[1] else ''}"
        f"{_of_them(f)} (everyone: {book.everyone(f)})" if _part(f) else
        f"{book.thing(f)} {_average(book.thing(f))} {value(f, f.value)} (everyone: {book.everyone(f)})" for f in told
    )  # fmt: skip
    return Claim(capital(f"{text}."), "M", tuple(f.id for f in told))


def _differs(f: Fact) -> bool:
    """Whether a difference is sure and large enough to be told to a reader."""
    return f.p is not None and f.p < 0.05 and not numbers.alike(f.value, f.everyone or 0.0, part=_part(f))


def _firmness(book: _Book, p: Profile) -> Claim:
    """How firm the group is, and what kind of group it is."""
    text, cited = _kind(book, p)
    f, b = book.facts.get(f"{p.key}.steadiness"), book.facts.get(f"{p.key}.border")
    if f is not None:
        cited.append(f.id)
        text += f"; it is {steady(f.value)} (the same group {numbers.hundred(f.value)} when the data are drawn again)"
    if b is not None:
        cited.append(b.id)
        near = "none of its" if b.value == 0 else f"{numbers.percent(b.value)} of its"
        text += f", and {near} {book.users} sit near the border with another group"
    return Claim(f"{text}.", "M", tuple(cited) or (f"{p.key}.size",))


def _kind(book: _Book, p: Profile) -> tuple[str, list[str]]:
    """What kind of group it is, and for a natural one to which of its neighbours there is a gap; with the facts cited."""
    kind, found = book.evidence.verdict.kind, book.facts.get(f"{p.key}.borders")
    if kind != Structure.NATURAL or found is None:
        return KINDS[kind], []
    soft = [k for k in book.profiles if f"{p.key}.soft.{k}" in book.facts]
    cited = [found.id, *(f"{p.key}.soft.{k}" for k in soft)]
    clear, all_ = round(found.value), round(found.everyone or 0)
    others = joined([quoted(book.names[k]) for k in soft])
    if not soft:
        near = "its only neighbour" if all_ == 1 else f"each of its {all_} neighbours"
        firm = p.steadiness >= FAIRLY
        return f"This is a natural group, with a gap to {near}" if firm else f"There is a gap to {near}", cited
    if clear:
        return f"There is a gap to {clear} of {all_} neighbours, and it shades into {others}", cited
    return f"No gap shows between it and its {'neighbour' if all_ == 1 else 'neighbours'}: it shades into {others}", cited


def quoted(name: str) -> str:
    """A name inside a sentence: in quotes unless it reads as the people it stands for."""
    plain = name.endswith("s") and name.split()[0] not in ("High", "Low", "Big", "Mostly", "Rarely", "Little", "No", "Slightly")
    return name if plain or name.endswith("\u201d") else f"\u201c{name}\u201d"


def _difference(book: _Book, p: Profile) -> Claim | None:
    """How it differs from the nearest other group, by the measure that separates the two most."""
    own, other = (book.lead(k, p.nearest_measure) for k in (p.key, p.nearest))
    if not p.nearest_measure or own is None or other is None:
        return None
    if value(own, own.value) == value(other, other.value):
        return None
    name = quoted(book.names[p.nearest])
    base = {"share of activity": " of what they do", "share of users": " of them"}.get(own.unit, " on average")
    text = (
        f"Nearest to {name}; what separates them most is {book.thing(own)}: "
        f"{value(own, own.value)}{base} here, {value(other, other.value)} among {name}."
    )
    return Claim(text, "M", (own.id, other.id))
