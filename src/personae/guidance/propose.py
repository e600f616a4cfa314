"""What could be done for one persona: opportunities, a checklist, and what surfaces could show. Nothing without evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from personae.guidance.experiment import ROOM, experiment, said
from personae.guidance.signals import Signal, answers, holds, named, words
from personae.model.fact import Fact
from personae.model.library import HORIZONS, Entry, Library
from personae.model.persona import Check, Opportunity, Touch
from personae.words.better import worse
from personae.words.names import capital, follow

MOST, ANYTHING, EACH = 4, 2, 2
"""Opportunities of one persona at most; how many of them may rest on whatever sets it apart; how many of one horizon."""
THING = "{thing}"
USUAL = ("onboarding", "home", "notifications", "help", "pricing")
"""The surfaces that "default" stands for."""
KINDS_OF_PLACES = {
    "onboarding": ("onboarding", "welcome", "signup", "start", "tour"),
    "home": ("home", "start page", "dashboard", "landing", "feed", "first screen"),
    "notifications": ("notification", "push", "email", "newsletter", "message", "alert"),
    "help": ("help", "support", "faq", "chat"),
    "pricing": ("pricing", "price", "plan", "paywall", "premium", "offer"),
    "recommendations": ("recommendation", "discover", "mix", "for you", "suggest"),
    "lists": ("playlist", "list", "collection", "library"),
    "checkout": ("checkout", "payment", "basket", "cart"),
    "search": ("search", "browse", "catalogue"),
    "community": ("community", "forum", "social", "group"),
}
"""Kinds of surfaces, and the words by which one of the user's own is taken for one of them."""


@dataclass(frozen=True)
class Case:
    """One persona as the proposals see it. `own` are its facts by id; `write` writes a value of a fact."""

    key: str
    users: int
    share: float
    signals: tuple[Signal, ...]
    own: Mapping[str, Fact]
    write: Callable[[Fact, float], str]
    entity: str
    people: str
    days: int = 0

    @property
    def habit(self) -> str:
        """What sets the persona apart most and is wanted; "what they do most" where nothing is."""
        doings = (s.thing for s in self.signals if s.kind == "more" and s.done and not s.unwanted)
        return next(doings, "what they do most")


def spread(cases: Sequence[Case], known: Library) -> tuple[tuple[Opportunity, ...], ...]:
    """The proposals of each persona. An entry that would stand with more than half of the personas says little of any: it
    stays with those of whom its evidence is strongest."""
    most, barred = max(1, len(cases) // 2), set[tuple[str, str]]()
    while True:
        made = tuple(opportunities(c, known, barred) for c in cases)
        used: dict[str, list[tuple[int, int]]] = {}
        for i, (case, own) in enumerate(zip(cases, made, strict=True)):
            for o in own:
                rank = next(n for n, s in enumerate(case.signals) if s.evidence == o.evidence)
                used.setdefault(o.entry, []).append((rank, i))
        over = {(cases[i].key, entry) for entry, at in used.items() for _, i in sorted(at)[most:]}
        if not over:
            return made
        barred |= over


def opportunities(case: Case, known: Library, barred: Collection[tuple[str, str]] = ()) -> tuple[Opportunity, ...]:
    """At most four proposals, soonest first: entries that answer a pain or a trait by name, then at most two that answer
    whatever sets the persona apart most. None where nothing is seen that an entry answers.

    `barred` are keys of personas with ids of entries that are not for them.
    """
    entries = [e for e in known.of("action") if e.least <= case.share and (case.key, e.id) not in barred and _there(case, e)]
    named = [(s, e) for s in case.signals for e in entries if answers(e, s)]
    general = [(s, e) for s in case.signals for e in entries if answers(e, s, anything=True)]
    chosen = _picked(named, MOST, {})
    chosen = _picked(general, min(MOST, len(chosen) + ANYTHING), chosen)
    made = [_opportunity(case, known, s, e) for e, s in chosen.items()]
    return tuple(sorted(made, key=lambda o: HORIZONS.index(o.horizon)))


def _there(case: Case, entry: Entry) -> bool:
    """Whether the data hold what an entry takes for granted."""
    held = (words(f.label if f.unit == "share" else f.measure) for f in case.own.values())
    return not entry.signs or any(holds(h, entry.signs) for h in held)


def _picked(pairs: Iterable[tuple[Signal, Entry]], most: int, chosen: Mapping[Entry, Signal]) -> dict[Entry, Signal]:
    """The first entries, strongest signal first: no signal twice for one horizon, none more than twice."""
    kept = dict(chosen)
    for signal, entry in pairs:
        rivals = [e for e, s in kept.items() if s is signal]
        full = len(kept) >= most or sum(e.horizon == entry.horizon for e in kept) >= EACH
        if not full and entry not in kept and len(rivals) < 2 and entry.horizon not in {e.horizon for e in rivals}:
            kept[entry] = signal
    return kept


def _opportunity(case: Case, known: Library, signal: Signal, entry: Entry) -> Opportunity:
    """One proposal with the test that would show whether it works."""
    fact = _moves(case, entry, signal)
    less = fact is not None and worse(f"{fact.label} {fact.measure}")
    test = experiment(fact, case.users, known, case.days, less=less) if fact is not None else None
    metric = entry.metric if fact is None or test is None else f"{entry.metric}, here measured as {_label(fact)}"
    written = (lambda v: "") if fact is None else lambda v: case.write(fact, v)
    return Opportunity(
        id=f"{case.key}.{entry.id}", entry=entry.id, pain="" if signal.kind in ("more", "less") else signal.kind,
        title=entry.title, evidence=signal.evidence, action=_filled(entry.text, signal, case), metric=metric,
        horizon=entry.horizon, effort=entry.effort, owner="", test=said(test, written, case.people),
        caution=entry.caution, needs=entry.needs, source=entry.source, experiment=test,
    )  # fmt: skip


def _moves(case: Case, entry: Entry, signal: Signal) -> Fact | None:
    """The fact that an entry wants moved: the first of its words that names one, how it ended before how often. "{thing}" is
    the share of those who do what the evidence is about. None where the data hold nothing of it."""
    about = {case.own[i].measure for i in signal.evidence.facts if i in case.own}
    for word in entry.measures:
        found = [f for f in case.own.values() if _testable(f) and _named(f, word, about)]
        if found:
            return min(found, key=lambda f: (f.statistic != "rate", f.statistic != "share"))
    return None


def _named(fact: Fact, word: str, about: set[str]) -> bool:
    """Whether a fact is of what a word names."""
    return fact.measure in about if word == THING else holds(named(fact), (word,))


def _label(fact: Fact) -> str:
    """The label of a fact inside a sentence."""
    return fact.label.replace(" (at least once)", ", at least once")


def _testable(fact: Fact) -> bool:
    """Whether a fact is of something that a product can move: not a share of almost all or nobody, no share of activity."""
    if fact.statistic in ("share", "rate"):
        people = fact.unit == "share of users" and fact.measure not in ("share of users", "borderline")
        return ROOM[0] <= fact.value <= ROOM[1] and people
    return (
        fact.statistic == "mean" and fact.low is not None and fact.unit not in ("share of activity", "Jaccard", "share", "bits")
    )


def _filled(text: str, signal: Signal, case: Case) -> str:
    """A text of the library about this persona."""
    said = {"{users}": case.people, "{habit}": case.habit, THING: signal.thing, "{Thing}": capital(signal.thing)}
    for mark, meant in said.items():
        text = text.replace(mark, meant)
    return capital(follow(text, case.entity))


def checklist(case: Case, known: Library) -> tuple[Check, ...]:
    """Every principle and every advice on interfaces, with yes, no, or nothing where the data do not say. A principle that
    answers whatever sets a persona apart is called for by the strongest trait."""
    return tuple(_check(case, e) for kind in ("principle", "interface") for e in known.of(kind))


def _check(case: Case, entry: Entry) -> Check:
    """One line of the checklist."""
    for answer, seen in (("yes", answers), ("no", _against)):
        found = next((s for s in case.signals if seen(entry, s)), None)
        if found is None and answer == "yes":
            found = next((s for s in case.signals if answers(entry, s, anything=True)), None)
        if found is not None:
            return Check(entry.id, entry.kind, entry.title, entry.text, answer, found.evidence)
    return Check(entry.id, entry.kind, entry.title, entry.text, "")


def _against(entry: Entry, signal: Signal) -> bool:
    """Whether a signal speaks against an entry."""
    return signal.kind == "more" and holds(signal.words, entry.unless)


def touches(case: Case, known: Library, surfaces: Sequence[str]) -> tuple[Touch, ...]:
    """A cell for each surface that was asked for, in that order: what the first entry that answers the strongest signal says,
    or nothing. No surface, no cells."""
    return tuple(_touch(case, known, name, kind) for name, kind in places(surfaces))


def places(surfaces: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Surfaces with their kinds, "" for one that is of no known kind; "default" stands for the usual five."""
    named = [s for x in surfaces for s in (USUAL if x == "default" else (x,))]
    pairs = (n.partition("=") for n in dict.fromkeys(named))
    return tuple((name.strip(), kind.strip().lower() or _kind(name)) for name, _, kind in pairs)


def _kind(name: str) -> str:
    """The kind that a surface's name tells of."""
    low = re.sub(r"[_\-]+", " ", name.lower())
    return next((k for k, marks in KINDS_OF_PLACES.items() if any(m in low for m in marks)), "")


def _touch(case: Case, known: Library, name: str, kind: str) -> Touch:
    """One cell."""
    entries = [e for e in known.of("experience") if kind and e.surface == kind]
    for anything in (False, True):
        for signal in case.signals:
            entry = next((e for e in entries if answers(e, signal, anything=anything)), None)
            if entry is not None:
                return Touch(name, _filled(entry.text, signal, case), signal.evidence, entry.id, entry.caution)
    return Touch(name)
