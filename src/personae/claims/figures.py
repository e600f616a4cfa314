"""The numbers of a claim against the facts they stand for."""

from __future__ import annotations

import re
from dataclasses import replace

from personae.claims.backing import OWN_WORDS, backs, is_part
from personae.claims.reading import Reading, masked, roots
from personae.model.fact import Fact
from personae.words.apart import near
from personae.words.names import parts
from personae.words.numbers import alike
from personae.words.reading import Number, aliases, mentions, numbers

LIKE = re.compile(
    r"(?P<times>\b(?:times|twice|thrice|half|third|quarter|fifth|tenth|\dx)(?: \w+)? )?"
    r"\b(?:like|the same as|same as|similar to|no different from|in line with|on a par with|on par with"
    r"|as (?:much|many|often|likely|common|frequent|frequently|high|low|usual)(?: [\w\x00]+){0,3}? as)"
    r"(?: among| for)? (?:everyone|everybody|the average|the rest|overall)\b",
    re.I,
)
"""Words that say that there is no difference."""


NOT_SO = re.compile(
    r"(?: (?:of )?[\w ]{0,24}?)?\b(?:did|do|have|has|had|are|is|were|was|could|would)(?: not|n't)\b|(?: of \w+)? never\b", re.I
)
"""What stands behind the share of those of whom something is not so."""


OF = re.compile(r" ?%? of (?:all )?(?:the |their )?", re.I)
"""What stands between a part and what it is a part of."""


def unbacked(said: Reading) -> str:
    """The first number of a claim that no fact it cites backs, or a fact it cites and does not speak of."""
    text = said.text
    if any(not m["times"] for m in LIKE.finditer(said.bare)):
        return _unlike(said)
    for f in said.cited:
        named = f.id not in said.called or any(f.id in ids for _, _, ids in said.places)
        if not named and not _lookalike(said, f):
            return f"it does not say what {f.id} is about"
    nearest = [s for s, _ in mentions(text, [n for n, k in said.known.names.items() if k == said.persona.nearest])]
    for number in said.numbers:
        facts = list(said.about(number.start, number.end))
        if not _of_something(said, number):
            facts += [f for f in said.cited if f.measure in OWN_WORDS and f not in facts]
        if any(f.subject == said.persona.nearest for f in said.cited):
            other = any(_between(text, s, number.start) for s in nearest)
            facts = [f for f in facts if (f.subject == said.persona.nearest) == other]
            number = replace(number, side="own") if other and number.side == "other" else number
        if NOT_SO.match(said.bare[number.end :]) and number.form in ("percent", "ratio"):
            facts = [_without(f) if is_part(f) else f for f in facts]
        if not any(backs(f, number) for f in facts):
            return f"no fact it cites backs {number.text.strip()!r}{_hint(facts, number)}"
    return ""


def _of_something(said: Reading, number: Number) -> bool:
    """Whether a part is said to be one of what a fact measures ("11 % of the total amount"): it is then no share of users."""
    behind = (said.text[number.end : start] for start, _, _ in said.places if start >= number.end)
    return number.form == "percent" and any(OF.fullmatch(words) for words in behind)


def promised(said: Reading) -> str:
    """The first figure of advice that no fact backs: advice may count ("two reminders") but promises no share or multiple."""
    for number in said.numbers:
        figure = number.form in ("percent", "multiple", "points", "ratio") or number.unit in ("users", "customers", "people")
        if figure and said.part != "opportunity test" and not any(backs(f, number) for f in said.cited):
            return f"no fact it cites backs {number.text.strip()!r}"
    return ""


def _without(fact: Fact) -> Fact:
    """The share of those of whom it is not so."""
    value, low, high, everyone, rest = (
        None if v is None else 1 - v for v in (fact.value, fact.high, fact.low, fact.everyone, fact.rest)
    )
    return replace(fact, value=value or 0.0, low=low, high=high, everyone=everyone, rest=rest)


def _hint(facts: list[Fact], number: Number) -> str:
    """What stands in the fact instead, for whoever repairs the sentence."""
    if len(facts) != 1 or facts[0].measure in OWN_WORDS:
        return ""
    f = facts[0]
    scale = 100.0 if is_part(f) else 1.0
    held = {"value": f.value * scale, "everyone": None if f.everyone is None else f.everyone * scale}
    held |= {"rest": None if f.rest is None else f.rest * scale, "multiple": f.multiple}
    return "; {} has {}".format(f.id, ", ".join(f"{k} {v:.3g}" for k, v in held.items() if v is not None))


def _lookalike(said: Reading, fact: Fact) -> bool:
    """Whether the text speaks of another cited fact that measures the same, such as its median or another of its levels."""
    stem = parts(fact.label, fact.measure)[0]
    theme = re.search("\u201c(.+)\u201d", fact.label)
    if theme and f" {theme[1].casefold()} " in " ".join(["", *re.findall(r"[^\W_]+", said.text.casefold()), ""]):
        return True
    found = {i for _, _, ids in said.places for i in ids}
    return any(f.id in found and parts(f.label, f.measure)[0] == stem for f in said.cited) or bool(
        {r for r in roots(fact.label) if len(r) > 3} & {r for r in roots(said.text) if len(r) > 3}
    )


def _unlike(said: Reading) -> str:
    """Why a text that says "like everyone" does not hold: a fact it cites differs clearly, or is about something else."""
    for f in said.cited:
        stem = parts(f.label, f.measure)[0]
        whole = (*said.called.get(f.id, ()), *aliases(stem, f.measure.partition("=")[0]))
        if not mentions(said.text, whole) and not _lookalike(said, f):
            return f"it does not say what {f.id} is about"
        apart = not near(f) if f.p is None else f.p < 0.05 and not alike(f.value, f.everyone or 0.0, part=is_part(f))
        if apart:
            return f"{f.id} differs from everyone"
    names = (n for several in said.called.values() for n in several)
    invented = [n for n in numbers(masked(said.text, mentions(said.text, names))) if not any(backs(f, n) for f in said.cited)]
    return f"no fact it cites backs {invented[0].text.strip()!r}" if invented else ""


def _between(text: str, name: int, number: int) -> bool:
    """Whether a group's name and a number stand in the same part of a sentence."""
    low, high = sorted((name, number))
    return not re.search(r"[;,:](?!\d)", text[low:high])
