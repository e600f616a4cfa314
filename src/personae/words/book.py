"""The book: what the sentences of the plain writer look things up in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personae.model.dossier import Dossier
from personae.model.evidence import Evidence
from personae.model.fact import Fact
from personae.model.persona import Profile, Trait
from personae.model.study import Study
from personae.words import numbers, tone
from personae.words.catalogue import say
from personae.words.names import done, parts, plural, short
from personae.words.naming import stems


class Book:
    """Facts by id, names by key, and words for numbers as the reader wants them."""

    def __init__(
        self,
        facts: Sequence[Fact],
        profiles: Sequence[Profile],
        names: Mapping[str, str],
        evidence: Evidence,
        study: Study,
        dossier: Dossier,
        reader: str = "",
    ) -> None:
        self.facts = {f.id: f for f in facts}
        self.names, self.evidence, self.study, self.dossier, self.reader = names, evidence, study, dossier, reader
        self.labels = stems(facts)
        self.users = plural(study.entity)
        self.profiles = {p.key: p for p in profiles}

    def say(self, id: str, count: float | None = None, /, **parts: object) -> str:
        """A message in the words for the reader."""
        return say(id, self.reader, count, **parts)

    def value(self, fact: Fact, number: float, *, unit: bool = True) -> str:
        """A number of a fact in its unit; not rounded further where it would then be the same as what it is compared with."""
        against = [numbers.tenths(x) for x in (fact.everyone, fact.rest) if x is not None]
        same = self.reader == "manager" and tone.is_share(fact) and numbers.tenths(fact.value) in against
        return tone.value(fact, number, "" if same else self.reader, unit=unit)

    def share(self, value: float) -> str:
        """A share."""
        return tone.share(value, self.reader)

    def times(self, multiple: float) -> str:
        """A multiple."""
        return tone.times(multiple, self.reader)

    def everyone(self, fact: Fact) -> str:
        """The value of everyone."""
        return "" if fact.everyone is None else self.value(fact, fact.everyone, unit=False)

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

    def base(self, fact: Fact) -> str:
        """What a value is a part of, or that it is a mean: " of them", " on average"."""
        ids = {"share of activity": "base.activity", "share of users": "base.users"}
        return self.say(ids.get(fact.unit, "base.mean"))

    def head(self, users: int) -> str:
        """How many they are: "14 users"."""
        return self.say("head", users, n=numbers.count(users), entity=self.study.entity, users=self.users)

    def joined(self, things: Sequence[str]) -> str:
        """ "a, b and c"."""
        if len(things) < 2:
            return "".join(things)
        return self.say("list.two", head=self.say("list.comma").join(things[:-1]), last=things[-1])
