"""The empathy map of a persona, and what it does, wants, is hindered by and is met at: from facts and real answers only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from personae.model.fact import Fact
from personae.model.pain import Pain
from personae.model.persona import Claim, Persona, Profile, Quadrant
from personae.model.vocabulary import is_thing, words
from personae.words.book import Book
from personae.words.names import capital, doing, readable

PARTS = ("sees", "says", "does", "hears", "thinks", "feels", "pains", "gains")
"""The parts in the order of the canvas: what can be observed before what goes on inside."""
_LISTS = {
    "seen": "referrer referer utm source medium campaign channel device platform browser os app ad advert banner",
    "heard": "referral refer friend invited podcast radio influencer word community",
    "felt": "satisfaction satisfied nps recommend promoter detractor rating happy mood feeling stars csat ces",
}
SEEN, HEARD, FELT = (frozenset(text.split()) for text in _LISTS.values())
"""Words of columns that say where people come from, whom they listen to, and how they feel; other answers on a scale say what
they think."""
DOING = {
    "discover": "discovering", "try": "trying", "choose": "choosing", "buy": "buying", "use": "using",
    "get help": "getting help", "leave": "leaving",
}  # fmt: skip
"""The offered phases as something one does."""
WHEN = ("weekend_share", "morning_share", "afternoon_share", "evening_share", "night_share")
MOST = 3
"""Sentences of one part."""
ALPHA = 0.05
Say = Callable[[Fact], Claim]


def mapped(book: Book, persona: Persona, profile: Profile, say: Say) -> Persona:
    """The persona with its empathy map and the lines of its card that rest on it; `say` words a fact as a sentence.

    What the data do not hold stays empty, with the question that would fill it; things that people take have no map.
    """
    if not profile.facts or is_thing(book.study.entity):
        return persona
    pains = [p for p in book.dossier.pains if p.persona == profile.key]
    does, hinders = _does(book, profile, say), _hinders(book, pains)
    said, channels = _said(book, profile), _channels(book, profile, SEEN)
    feels = _answers(book, profile, say, felt=True)
    found = {
        "sees": channels,
        "says": said,
        "does": does,
        "hears": _channels(book, profile, HEARD),
        "thinks": _answers(book, profile, say, felt=False),
        "feels": feels,
        "pains": hinders,
        "gains": _gains(book, profile),
    }
    asks = _asks(book, profile, pains)
    return replace(
        persona,
        does=does,
        wants=said[:2],
        hinders=hinders,
        meets=(*channels, *_when(book, profile))[:MOST],
        empathy=tuple(Quadrant(part, found[part][:MOST], asks[part] if _open(part, found[part]) else "") for part in PARTS),
    )


def _open(part: str, claims: Sequence[Claim]) -> bool:
    """Whether a question stands there: where nothing is known, and always for what goes on inside."""
    return not claims or part in ("thinks", "feels")


# ---------------------------------------------------------------- what is observed


def _does(book: Book, profile: Profile, say: Say) -> tuple[Claim, ...]:
    """The strongest of what they do more, and what most often follows what."""
    formed = [t for t in profile.above if t.formed and t.role == "behaviour"]
    lines = [say(f) for f in book.first(formed, 2)]
    ways = book.dossier.journeys
    cells = [c for c in ways.cells if c.persona == profile.key and c.next_share in book.facts] if ways else []
    moved = [(book.facts[c.next_share], c) for c in cells]
    if moved:
        fact, cell = max(moved, key=lambda m: ((m[0].value - (m[0].everyone or 0.0)) * m[0].n, m[0].id))
        text = book.say("way.next", doing=phrase(cell.phase), event=cell.next, own=book.value(fact, fact.value))
        lines.append(Claim(text, "M", (fact.id,)))
    return tuple(lines)


def _hinders(book: Book, pains: Sequence[Pain]) -> tuple[Claim, ...]:
    """Each pain in a sentence with its first fact."""
    return tuple(c for p in pains[:4] if (c := hindrance(book, p)) is not None)


def hindrance(book: Book, pain: Pain) -> Claim | None:
    """A pain as a sentence; None where its fact is not there."""
    fact = book.facts.get(pain.facts[0])
    if fact is None or fact.everyone is None:
        return None
    own, everyone = book.value(fact, fact.value), book.everyone(fact)
    if pain.kind == "overwhelmed" and len(pain.facts) > 1 and (done := book.facts.get(pain.facts[1])) is not None:
        both = {"done": book.value(done, done.value), "everyone": book.everyone(done)}
        return Claim(book.say("hinders.overwhelmed", own=own, all=everyone, **both), "M", (fact.id, done.id))
    if pain.kind == "said":
        return Claim(book.say("answers.mention", own=own, all=everyone, theme=pain.at), "M", (fact.id,))
    ids = {"drop": "hinders.drop", "retry": "hinders.retry", "wait": "hinders.wait", "price": "hinders.price"}
    if pain.kind in ids and not re.match(r"P\d+\.(ever|part)\.retry", fact.id):
        at = phrase(pain.at) if pain.kind == "wait" else readable(pain.at)
        return Claim(book.say(ids[pain.kind], at=at, own=own, all=everyone), "M", (fact.id,))
    thing = capital(fact.label.removesuffix(" (at least once)"))
    id = "hinders.ever" if fact.statistic == "share" else "hinders.part"
    return Claim(book.say(id, thing=thing, own=own, all=everyone), "M", (fact.id,))


def phrase(at: str) -> str:
    """A phase or an event as something one does: "buying", "viewing offers".

    >>> phrase("get help"), phrase("view_offers")
    ('getting help', 'viewing offers')
    """
    return DOING.get(at) or doing(at)


def _said(book: Book, profile: Profile) -> tuple[Claim, ...]:
    """What they wrote, word for word where they may be quoted, and what they mention more than everyone."""
    quotes = [Claim(book.say("answers.quote", text=q.text), "S", (q.fact,))
              for q in book.dossier.quotes if q.persona == profile.key and q.fact in book.facts]  # fmt: skip
    themes = [f for f in _own(book, profile) if _theme(f) and _differs(f) and f.value > (f.everyone or 0.0)]
    themes.sort(key=lambda f: (-(f.value - (f.everyone or 0.0)), f.id))
    told = [
        Claim(book.say("answers.mention", own=book.value(f, f.value), all=book.everyone(f), theme=_theme(f)), "M", (f.id,))
        for f in themes[: max(1, 2 - len(quotes))]
    ]
    return (*quotes[:2], *told)


def _theme(fact: Fact) -> str:
    """The words that a fact about mentions counts; "" for another fact."""
    found = re.match(r"mentions \u201c(.*)\u201d", fact.label)
    return found[1] if found else ""


def _channels(book: Book, profile: Profile, known: frozenset[str]) -> tuple[Claim, ...]:
    """Where they come from, of columns that record it: what differs most from everyone."""
    facts = [f for f in _own(book, profile) if f.everyone is not None and f.unit == "share of users" and "=" in f.measure]
    some = [f for f in facts if set(words(f.measure.partition("=")[0])) & known and f.value > (f.everyone or 0.0)]
    some = [f for f in some if (f.p is None or f.p < ALPHA) and re.search(r"[^\W\d]", f.measure.partition("=")[2])]
    some.sort(key=lambda f: (-(f.value - (f.everyone or 0.0)), f.id))
    return tuple(_against(book, f, "meets.level") for f in some[:2] if f.value - (f.everyone or 0.0) >= 0.05)


def _when(book: Book, profile: Profile) -> tuple[Claim, ...]:
    """When they come, where that differs from everyone."""
    own = [f for f in _own(book, profile) if f.measure in WHEN and f.statistic == "mean" and _differs(f)]
    more = [f for f in own if f.multiple is not None and f.multiple >= 1.1]
    return tuple(_against(book, f, "meets.share") for f in sorted(more, key=lambda f: (-(f.multiple or 0.0), f.id))[:1])


def _against(book: Book, fact: Fact, id: str) -> Claim:
    text = book.say(id, thing=capital(fact.label), own=book.value(fact, fact.value), all=book.everyone(fact))
    return Claim(text, "M", (fact.id,))


def _gains(book: Book, profile: Profile) -> tuple[Claim, ...]:
    """The goals that they surely reach more than everyone: ends of purchases."""
    ways = book.dossier.journeys
    goals = {s.event for s in ways.steps if s.goal} if ways else set()
    cells = [c for c in ways.cells if c.persona == profile.key and c.at in goals and c.reach in book.facts] if ways else []
    facts = sorted((book.facts[c.reach] for c in cells), key=lambda f: (-(f.value - (f.everyone or 0.0)), f.id))
    made = []
    for f in [f for f in facts if _surely_more(f)][:2]:
        event = f.label.removeprefix("users who ever come to ")
        made.append(Claim(book.say("way.goal", own=book.value(f, f.value), all=book.everyone(f), event=event), "M", (f.id,)))
    return tuple(made)


def _surely_more(fact: Fact) -> bool:
    """Whether a value lies above everyone's with its whole interval, and by the test where there is one."""
    if fact.everyone is None or fact.low is None or fact.low <= fact.everyone:
        return False
    return fact.p is None or fact.p < ALPHA


# ---------------------------------------------------------------- what goes on inside


def _answers(book: Book, profile: Profile, say: Say, *, felt: bool) -> tuple[Claim, ...]:
    """Answers on a scale that differ from everyone's."""
    roles = {t.fact: t.role for t in (*profile.above, *profile.below)}
    own = [
        f for f in _own(book, profile) if f.statistic in ("mean", "share") and f.unit.startswith(("points", "share of users"))
    ]
    some = [f for f in own if not _theme(f) and _differs(f) and bool(set(words(f.measure)) & FELT) == felt]
    scales = [f for f in some if f.unit.startswith("points from") or roles.get(f.id) == "attitude"]
    scales = scales or [f for f in some if felt and "=" not in f.measure and f.unit.startswith("points")]
    scales.sort(key=lambda f: (not f.unit.startswith("points from"), f.p or 0.0, f.id))
    return tuple(say(f) for f in scales[: 1 if felt else 2])


def _differs(fact: Fact) -> bool:
    return fact.p is not None and fact.p < ALPHA and fact.everyone is not None


def _own(book: Book, profile: Profile) -> list[Fact]:
    return [f for f in book.facts.values() if f.subject == profile.key]


def _asks(book: Book, profile: Profile, pains: Sequence[Pain]) -> dict[str, str]:
    """The question of each part: of what these data show and cannot explain."""
    more, less = book.first(profile.above, 1), book.first(profile.below, 1)
    about = [why(p, book.say) for p in pains[:2]]
    about += [book.say("ask.more", thing=book.thing(f)) if _doing(f) else _behind(book, f) for f in more]
    about += [book.say("ask.less", thing=book.thing(f)) if _doing(f) else _behind(book, f) for f in less]
    about = [q for q in about if not re.search(r"\d", q)]  # a number in a question would rest on no fact
    about.append(book.say("ask.none"))
    at = phrase(pains[0].at) if pains else book.thing(more[0]) if more and _doing(more[0]) else ""
    return {
        "sees": book.say("ask.sees"),
        "says": book.say("ask.says"),
        "does": book.say("ask.does"),
        "hears": book.say("ask.hears"),
        "thinks": about[0],
        "feels": book.say("ask.feels", at=at) if at and not re.search(r"\d", at) else book.say("ask.feels_all"),
        "pains": book.say("ask.pains" if book.dossier.journeys or pains else "ask.pains_unknown"),
        "gains": book.say("ask.gains"),
    }


def _doing(fact: Fact) -> bool:
    """Whether a fact is of something done, of which there can be much or little, and not of an amount or a state."""
    return fact.unit == "share of activity"


def _behind(book: Book, fact: Fact) -> str:
    """The question that an amount or a state leaves open."""
    return book.say("ask.about", thing=book.thing(fact))


def why(pain: Pain, say: Callable[..., str]) -> str:
    """The question that a pain leaves open; `say` gives a message of the catalogue."""
    ids = {
        "drop": "ask.drop", "retry": "ask.retry", "wait": "ask.wait", "error": "ask.error", "help": "ask.help",
        "limits": "ask.limits", "social": "ask.social", "price": "ask.price", "overwhelmed": "ask.overwhelmed",
        "returns": "ask.returns", "said": "ask.said",
    }  # fmt: skip
    named = pain.kind in ("error", "limits", "said")
    return say(ids[pain.kind], at=readable(pain.at) if named else phrase(pain.at))
