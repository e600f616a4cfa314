"""What is seen of a persona that an action could answer: what gets in the way, and what sets the persona apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from personae.model.fact import Fact
from personae.model.library import ANY, Entry
from personae.model.pain import Pain
from personae.model.persona import Claim, Profile, Trait
from personae.model.study import Role
from personae.words.better import WORSE, ends_badly
from personae.words.lexicon import MARKERS
from personae.words.names import parts, readable, unframed
from personae.words.stating import stated

ENDINGS = ("", "s", "d", "ed", "er", "ers", "ing")
"""Endings that a word may have beyond one of the library's."""


@dataclass(frozen=True)
class Signal:
    """One thing that is seen. `kind` is a pain's detector, "outcome", or "more" or "less" for a trait above or below everyone;
    `words` are what it is about, `thing` the same for a sentence; `evidence` says it with its facts."""

    kind: str
    words: frozenset[str]
    thing: str
    evidence: Claim
    unwanted: bool = False
    """Whether it is something nobody wants more of: asking for help, sending back."""
    done: bool = True
    """Whether it is something they do, which a text can name; not a state such as a plan, and not an amount."""


def signals(
    profile: Profile,
    pains: Iterable[Pain],
    facts: Mapping[str, Fact],
    say: Callable[[Fact], Claim],
    thing: Callable[[Fact], str],
    told: Sequence[Claim] = (),
) -> tuple[Signal, ...]:
    """The pains of a persona, heaviest first, then outcomes that are worse than the rest's, then its traits, strongest first.
    What people are and single words that they wrote call for no action and are left out.

    `say` words the fact of a trait as a claim and `thing` as what is done; `told` are sentences of what gets in the way, of
    which the one that rests on a pain's first fact is its evidence. A pain without a fact in `facts` is left out.
    """
    own = [p for p in pains if p.persona == profile.key and p.facts and p.facts[0] in facts]
    found = [_hurt(p, facts, told) for p in sorted(own, key=lambda p: (-p.weight, p.kind, p.at))]
    found += [
        Signal("outcome", words(f.label), f.label, stated(f)) for i in profile.outcomes if (f := facts[i]) and ends_badly(f)
    ]
    for kind, traits in (("more", profile.above), ("less", profile.below)):
        for t in sorted(traits, key=lambda t: not t.formed):
            if t.role in (Role.BEHAVIOUR, Role.ATTITUDE) and not t.label.startswith("mentions ") and not _denied(t):
                found.append(_trait(kind, t, thing(facts[t.fact]), say(facts[t.fact])))
    return tuple(found)


def _trait(kind: str, trait: Trait, thing: str, evidence: Claim) -> Signal:
    """A trait as a signal. Of what nobody wants more of, only the words that say so count: whoever contacts support more is
    no friend of contacting it."""
    about = named(trait)
    bad = about & WORSE
    return Signal(kind, bad or about, thing, evidence, bool(bad), trait.unit == "share of activity")


def _denied(trait: Trait) -> bool:
    """Whether a trait is a level that says no: more of "tech support: No" is less of it."""
    level = parts(trait.label, trait.measure)[1].strip().lower()
    return bool(level) and (level in MARKERS or level.split()[0] in ("no", "not", "false", "never"))


def _hurt(pain: Pain, facts: Mapping[str, Fact], told: Sequence[Claim]) -> Signal:
    """A pain as a signal."""
    lead = facts[pain.facts[0]]
    evidence = next((c for c in told if lead.id in c.facts), None) or stated(lead)
    about = pain.at or lead.label
    return Signal(pain.kind, words(about), readable(about), evidence)


def words(text: str) -> frozenset[str]:
    """The words of a label in lower case, without those that say how it is counted."""
    return frozenset(re.findall(r"[^\W\d_]{3,}", unframed(readable(text).replace("_", " ").lower())))


def named(measured: Fact | Trait) -> frozenset[str]:
    """The words of what is measured. The name of a share of events ("top_event_share") is this package's and says nothing that
    its label does not."""
    return words(measured.label if measured.unit == "share" else f"{measured.label} {measured.measure}")


def holds(about: frozenset[str], wanted: Iterable[str]) -> bool:
    """Whether one of the wanted words is among those of a signal, with or without an ending."""
    return any(w.startswith(x) and w[len(x) :] in ENDINGS for x in wanted for w in about)


def answers(entry: Entry, signal: Signal, *, anything: bool = False) -> bool:
    """Whether an entry answers a signal; with `anything` by its "*" alone, otherwise by its words. A state or an amount is only
    answered by an entry that need not name it."""
    if holds(signal.words, entry.unless) and signal.kind == "more":
        return False
    wanted = {"more": entry.more, "less": entry.less}.get(signal.kind)
    if wanted is None:
        return signal.kind in entry.pains and not anything
    if anything:
        return ANY in wanted and signal.done and not signal.unwanted
    if not signal.done and "{thing}" in entry.text.lower():
        return False
    return holds(signal.words, (w for w in wanted if w != ANY))
