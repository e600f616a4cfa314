"""Personas in plain English, every sentence a claim that lists the facts it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personae.guidance.guided import Wording, guided
from personae.model.dossier import Dossier
from personae.model.evidence import Evidence, Structure
from personae.model.fact import Fact
from personae.model.persona import FAIRLY, STEADY, Claim, Persona, Profile, Trait
from personae.model.study import Study
from personae.words import numbers, tone
from personae.words.apart import average
from personae.words.book import Book
from personae.words.catalogue import say
from personae.words.empathy import mapped
from personae.words.first_names import alliterative
from personae.words.names import CAPPED, capital, held, parts, several, short
from personae.words.naming import group_names

KINDS = {
    Structure.NATURAL: say("kind.natural"),
    Structure.REPRODUCIBLE: say("kind.reproducible"),
    Structure.CONSTRUCTIVE: say("kind.constructive"),
    Structure.NOTHING: say("kind.nothing"),
}


def write(
    profiles: tuple[Profile, ...],
    facts: tuple[Fact, ...],
    evidence: Evidence,
    study: Study,
    dossier: Dossier | None = None,
    reader: str = "",
    names: Mapping[str, str] | None = None,
) -> tuple[Persona, ...]:
    """One persona for each profile, in the same order: a behavioural name that no other has, a tagline, a story, lines.

    `reader` is "manager", "researcher" or "analyst"; "" is for everyone. The facts told are the same for all of them. `names`
    gives names by key that stand already.
    """
    if names is None:
        names = group_names(profiles, facts, study.entity)
        names = alliterative(names) if study.names == "alliterative" else names
    book = Book(facts, profiles, names, evidence, study, dossier or Dossier(), reader)
    personas = tuple(mapped(book, _persona(book, p), p, _wording(book).say) for p in profiles)
    return guided(personas, profiles, book.facts, _wording(book), study, book.dossier)


def _wording(book: Book) -> Wording:
    """How facts are said here."""
    return Wording(lambda f: Claim(capital(_sentence(book, f)) + ".", "M", (f.id,)), book.thing, book.value)


def steady(jaccard: float) -> str:
    """How often the group comes back, in a word."""
    return say("steady.steady") if jaccard >= STEADY else say("steady.fairly") if jaccard >= FAIRLY else say("steady.shaky")


def _persona(book: Book, p: Profile) -> Persona:
    """One group in words."""
    kind = str(book.evidence.verdict.kind)
    if not p.facts:
        few = Claim(book.say("few", floor=book.study.floor, users=book.users), "A", ())
        return Persona(p.key, p.index, book.names[p.key], kind, 0, 0.0, 0.0, "shaky", few, (), (), (), (), None, "")
    traits = (*p.above, *p.below)
    return Persona(
        p.key, p.index, book.names[p.key], kind, p.users, p.share, p.steadiness, steady(p.steadiness),
        _tagline(book, p), _story(book, p), tuple(_trait_line(book, t) for t in traits),
        tuple(_outcome(book, book.facts[i]) for i in p.outcomes), _demographics(book, p), _difference(book, p), p.nearest,
        value=_value(book, p),
    )  # fmt: skip


def _value(book: Book, p: Profile) -> tuple[Claim, ...]:
    """What part of all that was paid comes from them; describes, and never says why."""
    share = book.facts[f"{p.key}.share"]
    parts = [f for f in book.facts.values() if f.id.startswith(f"{p.key}.worth.")]
    said = {"share": book.share(share.value), "users": book.users}
    return tuple(
        Claim(book.say("value.part", own=book.share(f.value), label=f.label, **said), "M", (f.id, share.id)) for f in parts
    )


def _tagline(book: Book, p: Profile) -> Claim:
    """What they do more and less of, in one line and without numbers."""
    more, less = book.first(p.above, 2), book.first(p.below, 1 if p.above else 2)
    if not more and not less:
        if average(book.facts.values(), p.key):
            return Claim(book.say("tagline.average", entity=book.study.entity), "M", (f"{p.key}.size",))
        return Claim(book.say("tagline.unsure", head=book.head(p.users)), "M", (f"{p.key}.size",))
    parts = [_compared(book, more, "more")] if more else []
    parts += [_compared(book, less, "less")] if less else []
    plain = "than everyone: " not in parts[-1]
    said = capital("; ".join(parts))
    text = book.say("tagline.than_everyone", differences=said) if plain else said
    return Claim(text, "M", tuple(f.id for f in (*more, *less)))


def _compared(book: Book, facts: Sequence[Fact], word: str) -> str:
    """ "more lists and coupons", "higher income", "mostly two year contract"."""
    raw = [f for f in facts if _raw(book, f)]
    said = [book.joined([_comparative(book, f, word) for f in facts if f not in raw])] if len(raw) < len(facts) else []
    things = book.joined([book.thing(f) for f in raw])
    often = say("compared.raw_more", things=things) if word == "more" else say("compared.raw_less", things=things)
    return "; ".join([*said, *([often] if raw else [])])


def _raw(book: Book, f: Fact) -> bool:
    """Whether a fact is about an event that is neither a doing nor things that one can do more of: "quick checkout"."""
    thing = book.thing(f)
    plain = thing.split()[0].endswith("ing") or several(thing) or " " not in thing
    return f.unit == "share of activity" and not plain


def _comparative(book: Book, f: Fact, word: str) -> str:
    """More of what is done, higher for a measure, more often for what is so or not."""
    if f.unit == "share of users":
        stem, level = parts(f.label, f.measure)
        thing = held(short(stem, book.labels), level, f.measure, 42)
        return say("compared.more_often", thing=thing) if word == "more" else say("compared.less_often", thing=thing)
    if f.unit == "share of activity":
        return _doing(book.thing(f), word, of=f.label[-1:].isdigit())
    counted = f.unit != "share" and f.unit in book.thing(f).split()
    if counted:
        return _doing(book.thing(f), word)
    return say("compared.higher", thing=book.thing(f)) if word == "more" else say("compared.lower", thing=book.thing(f))


def _doing(thing: str, word: str, *, of: bool = False) -> str:
    """More or less, or fewer, of what is done."""
    if word == "more":
        return say("compared.more_of", thing=thing) if of else say("compared.more", thing=thing)
    if several(thing):
        return say("compared.fewer_of", thing=thing) if of else say("compared.fewer", thing=thing)
    return say("compared.less_of", thing=thing) if of else say("compared.less", thing=thing)


def _story(book: Book, p: Profile) -> tuple[Claim, ...]:
    """Three to five sentences: how many, what sets them apart, what they do less, how they end, how firm the group is."""
    size, share = book.facts[f"{p.key}.size"], book.facts[f"{p.key}.share"]
    whole = numbers.count(size.everyone or 0)
    belong = {"n": numbers.count(size.value), "all": whole, "users": book.users, "share": book.share(share.value)}
    first = book.say("story.size", **belong)
    claims = [Claim(first, "M", (size.id, share.id))]
    above, below = book.first(p.above, 2), book.first(p.below, 2)
    if above:
        text = "; ".join(_sentence(book, f) for f in above)
        claims.append(Claim(book.say("story.above", differences=text), "M", tuple(f.id for f in above)))
    if below:
        text = "; ".join(_sentence(book, f) for f in below)
        claims.append(Claim(book.say("story.below", differences=text), "M", tuple(f.id for f in below)))
    if not above and not below:
        claims.append(Claim(book.say("story.neither", head=book.head(p.users)), "M", (size.id,)))
    told = [book.facts[i] for i in p.outcomes if _differs(book.facts[i])][:1]
    claims += [_outcome(book, f) for f in told]
    return (*claims, _firmness(book, p), *_tested(book))


def _tested(book: Book) -> tuple[Claim, ...]:
    """For an analyst, the two figures of the whole grouping, where they are facts."""
    silhouette, rand = (book.facts.get(id) for id in ("all.silhouette", "all.rand"))
    if book.reader != "analyst" or silhouette is None or rand is None:
        return ()
    text = book.say("story.measured", silhouette=f"{silhouette.value:.2f}", rand=f"{rand.value:.2f}")
    return (Claim(text, "M", (silhouette.id, rand.id)),)


def _sentence(book: Book, f: Fact) -> str:
    """One difference with its numbers."""
    thing = book.thing(f)
    said = {"thing": thing, "own": book.value(f, f.value), "all": book.everyone(f), "more": _multiple(book, f)}
    if f.unit == "share of activity":
        return book.say("difference.activity", 2 if several(thing) else 1, **said)
    if f.unit == "share of users":
        said |= {"own": _of_them(book, f), "more": _proof(book, f)}
        return book.say("difference.level" if parts(f.label, f.measure)[1] else "difference.holds", **said)
    ends = f.unit.removeprefix("points ") if f.unit.startswith("points from") else ""
    scale = book.say("difference.scale", ends=ends) if ends else ""
    return book.say("difference.mean", 2 if several(thing) else 1, scale=scale, **said)


def _of_them(book: Book, f: Fact) -> str:
    """ "62 % of them", "all of them", "none of them"."""
    if f.value in (0, 1):
        return book.say("own.all" if f.value else "own.none")
    return book.say("own.share", share=book.share(f.value))


def _multiple(book: Book, f: Fact) -> str:
    """The multiple in brackets where there is one worth reading, and what a close reader wants of it."""
    if f.multiple and f.multiple < numbers.LITTLE:
        return book.say("difference.little") + _proof(book, f)
    return (book.say("difference.multiple", times=book.times(f.multiple)) if f.multiple else "") + _proof(book, f)


def _proof(book: Book, f: Fact) -> str:
    """The interval, the number of users and the test of a difference, for who wants them."""
    if f.low is None or f.high is None or f.unit.startswith("points"):
        return ""
    p = book.say("difference.p", p=tone.p_value(f.p)) if f.p is not None else ""
    low, high = (book.value(f, v, unit=False) for v in (f.low, f.high))
    return book.say("difference.proof", low=low, high=high, n=numbers.count(f.n), p=p)


def _trait_line(book: Book, trait: Trait) -> Claim:
    """One line for the card: "3.1 times the average: uses lists"."""
    return Claim(_trait_text(book, book.facts[trait.fact]), "M", (trait.fact,))


def _trait_text(book: Book, f: Fact) -> str:
    """The same without the facts."""
    cap = CAPPED.search(f.label)
    said = {"thing": book.thing(f) + (cap.group() if cap else ""), "own": book.value(f, f.value), "all": book.everyone(f)}
    if f.value == 0 and f.unit == "share of users":
        return book.say("trait.nobody", **said)
    detail = book.say("trait.detail", base=book.base(f), **said)
    if f.multiple and f.multiple < numbers.LITTLE:
        return book.say("trait.little", detail=detail)
    if f.multiple:
        return capital(book.say("trait.times", times=book.times(f.multiple), detail=detail))
    if f.multiple is not None:
        return book.say("trait.no", detail=detail)
    above, size = f.value > (f.everyone or 0.0), abs(f.value - (f.everyone or 0.0))
    if tone.is_share(f) or f.unit.startswith("points"):
        gap = f"{size * (100 if tone.is_share(f) else 1):.1f}"
        return book.say("trait.points_above" if above else "trait.points_below", gap=gap, detail=detail)
    return book.say("trait.above" if above else "trait.below", gap=book.value(f, size), detail=detail)


def _outcome(book: Book, f: Fact) -> Claim:
    """How it ended for them, with its interval and the rest."""
    base = "base.users" if tone.is_share(f) else "base.mean"
    said = "" if f.unit == "points" or f.statistic == "growth" else book.say(base)
    text = book.say("outcome.value", thing=book.thing(f), own=book.value(f, f.value), base=said)
    if f.low is not None and f.high is not None:
        low, high = (book.value(f, v, unit=False) for v in (f.low, f.high))
        text += book.say("outcome.interval", low=low, high=high, n=numbers.count(f.n))
    if f.rest is not None:
        text += book.say("outcome.rest", rest=book.value(f, f.rest, unit=False))
    if f.p is not None:
        text += book.say("outcome.unclear") if f.p >= 0.05 else ""
        text += book.say("outcome.p", p=tone.p_value(f.p))
    return Claim(capital(f"{text}."), "M", (f.id,))


def _demographics(book: Book, p: Profile) -> tuple[Claim, ...]:
    """Who they are, told last and only as description: what differs from everyone, or that it does not."""
    by_measure: dict[str, list[Fact]] = {}
    for i in p.demographics:
        by_measure.setdefault(i.rpartition(".")[0], []).append(book.facts[i])
    return tuple(_demographic(book, fs) for fs in by_measure.values())


def _demographic(book: Book, facts: list[Fact]) -> Claim:
    """One demographic column in a line."""
    ids = tuple(f.id for f in facts)
    differing = [f for f in facts if _differs(f)]
    first = facts[0]
    if not differing:
        label, _ = parts(first.label, first.measure)
        return Claim(book.say("who.alike", thing=capital(short(label, book.labels))), "M", ids)
    told = sorted(differing, key=lambda f: (-abs(f.value - (f.everyone or 0.0)), f.id))[:2]
    text = "; ".join(_differing(book, f) for f in told)
    return Claim(capital(f"{text}."), "M", tuple(f.id for f in told))


def _differing(book: Book, f: Fact) -> str:
    """One demographic difference."""
    said = {"thing": book.thing(f), "all": book.everyone(f)}
    if not tone.is_share(f):
        return book.say("who.mean", 2 if several(book.thing(f)) else 1, own=book.value(f, f.value), **said)
    level = parts(f.label, f.measure)[1]
    return book.say("who.level" if level else "who.share", own=_of_them(book, f), **said)


def _differs(f: Fact) -> bool:
    """Whether a difference is sure and large enough to be told to a reader; of what formed the groups, by its interval."""
    if f.p is None:
        sure = f.low is not None and f.high is not None and not f.low <= (f.everyone or 0.0) <= f.high
    else:
        sure = f.p < 0.05
    return sure and not numbers.alike(f.value, f.everyone or 0.0, part=tone.is_share(f))


def _firmness(book: Book, p: Profile) -> Claim:
    """How firm the group is, and what kind of group it is."""
    text, cited = _kind(book, p)
    f, b = book.facts.get(f"{p.key}.steadiness"), book.facts.get(f"{p.key}.border")
    if f is not None:
        cited.append(f.id)
        firm = {"steady": steady(f.value), "hundred": numbers.hundred(f.value), "jaccard": f"{f.value:.3f}"}
        text += book.say("firm.steady", **firm)
    if b is not None:
        cited.append(b.id)
        near = book.say("firm.none_near") if b.value == 0 else book.say("firm.some_near", share=book.share(b.value))
        text += book.say("firm.border", near=near, users=book.users)
    return Claim(f"{text}.", "M", tuple(cited) or (f"{p.key}.size",))


def _kind(book: Book, p: Profile) -> tuple[str, list[str]]:
    """What kind of group it is, and for a natural one to which of its neighbours there is a gap; with the facts cited."""
    kind, found = book.evidence.verdict.kind, book.facts.get(f"{p.key}.borders")
    if kind != Structure.NATURAL or found is None:
        return KINDS[kind], []
    soft = [k for k in book.profiles if f"{p.key}.soft.{k}" in book.facts]
    cited = [found.id, *(f"{p.key}.soft.{k}" for k in soft)]
    clear, all_ = round(found.value), round(found.everyone or 0)
    others = book.joined([quoted(book.names[k]) for k in soft])
    if not soft:
        near = book.say("gap.neighbours", all_, n=all_)
        return book.say("gap.natural" if p.steadiness >= FAIRLY else "gap.shaky", near=near), cited
    if clear:
        return book.say("gap.some", clear=clear, all=all_, others=others), cited
    return book.say("gap.no", all_, others=others), cited


def quoted(name: str) -> str:
    """A name inside a sentence: in quotes unless it reads as the people it stands for."""
    plain = (
        name.endswith("s")
        and " with" not in name
        and name.split()[0] not in ("High", "Low", "Big", "Mostly", "Rarely", "Little", "No", "Slightly")
    )
    return name if plain or name.endswith("\u201d") else f"\u201c{name}\u201d"


def _difference(book: Book, p: Profile) -> Claim | None:
    """How it differs from the nearest other group, by the measure that separates the two most."""
    own, other = (book.lead(k, p.nearest_measure) for k in (p.key, p.nearest))
    if not p.nearest_measure or own is None or other is None:
        return None
    said = {"own": book.value(own, own.value), "other": book.value(other, other.value)}
    if said["own"] == said["other"]:
        return None
    name = quoted(book.names[p.nearest])
    text = book.say("nearest", name=name, thing=book.thing(own), base=book.base(own), **said)
    return Claim(text, "M", (own.id, other.id))
