"""Beliefs held against the data, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from personae.model.belief import Believed, Estimate, Foretold, Held, Part, Segment, Segments, Trait
from personae.words.names import plural
from personae.words.numbers import count, percent

MARKS = {
    "assumption": "an assumption: nobody measured this persona",
    "interviews": "from interviews",
    "data": "from data",
}
"""What stands beside the name of a hand-made persona, by its origin."""
MOSTLY, HALF, ALL = 0.6, 0.4, 0.9
ALPHA = 0.05
NEAR = 0.1
"""Total variation below which users are spread over the personas like everyone."""


def few(entity: str, floor: int) -> str:
    """Too few for a number."""
    return f"fewer than {floor} {plural(entity)}"


def some(users: int | None, entity: str, floor: int) -> str:
    """A number of users, or that they are fewer than the floor."""
    return few(entity, floor) if users is None else f"{count(users)} {entity if users == 1 else plural(entity)}"


def span(e: Estimate | None) -> str:
    """ "34 % (31 to 37)"; "-" where there is none."""
    if e is None:
        return "-"
    low, high = (percent(x).removesuffix(" %") for x in (e.low, e.high))
    return f"{percent(e.value)} ({low} to {high})"


def index(e: Estimate) -> str:
    """ "0.71 (0.69 to 0.73)"."""
    value, low, high = (f"{round(x, 2) + 0.0:.2f}" for x in (e.value, e.low, e.high))
    return f"{value} ({low} to {high})"


def spread(parts: Sequence[Part]) -> float | None:
    """Half of what shares differ from everyone's in all: 0 for the same, 1 for nothing in common; None where shares lack."""
    known = [p for p in parts if p.share is not None]
    if not known:
        return None
    return sum(abs((p.share or 0.0) - p.everyone) for p in known) / 2


def sits(parts: Sequence[Part]) -> str:
    """Where users sit among the personas: "half Weekend planners, half Browsers"."""
    told = sorted((p for p in parts if p.share), key=lambda p: -(p.share or 0.0))
    if not told:
        return "spread so thinly over the personas that nothing can be told"
    first = told[0]
    apart = spread(parts)
    if apart is not None and apart < NEAR:
        return "spread over the personas like everyone"
    if (first.share or 0.0) >= MOSTLY:
        almost = "almost all" if (first.share or 0.0) >= ALL else "mostly"
        return f"{almost} {_name(first)} ({percent(first.share or 0.0)})"
    if len(told) > 1 and (told[1].share or 0.0) >= HALF:
        return f"half {_name(first)}, half {_name(told[1])}"
    return "a mix: " + ", ".join(f"{percent(p.share or 0.0)} {_name(p)}" for p in told[:3])


def _name(part: Part) -> str:
    return part.name if part.key else "in no group"


def segment(made: Segment, entity: str) -> Segment:
    """A segment with its sentence."""
    words = f"{made.name} is {sits(made.parts)}." if made.parts else ""
    if made.together is not None:
        found, close = made.together.recalled > made.together.chance, made.together.p < ALPHA
        alike = " Behaviour tells it apart." if close else f" Behaviour tells it apart, but its {plural(entity)} are not alike."
        words += alike if found else " Behaviour does not tell it apart from chance."
    return replace(made, words=words.strip())


def segments(made: Segments, entity: str, floor: int) -> Segments:
    """Segments with what is to be known of them as a whole."""
    many = plural(entity)
    lines = []
    if made.rand is not None and made.information is not None:
        r, i = made.rand, made.information
        close = "the same as" if r.value >= 0.9 else "much like" if r.value >= 0.5 else "partly like"
        close = close if r.value >= 0.15 else "little like" if r.value >= 0.03 else "nothing like"
        lines.append(
            f"The segments are {close} the personas: adjusted Rand index {index(r)}, adjusted mutual information "
            f"{index(i)}; 0 is chance, 1 the same groups."
        )
    if made.formed:
        lines.append(f"{made.name} took part in forming the personas, so that they overlap by their making.")
    for n, words in (
        (made.missing, f"of the {many} are in no segment and take no part in the comparison"),
        (made.unknown, f"ids of the file are no {entity} of the data"),
        (made.twice, "ids stand in the file with different segments and are left out"),
    ):
        if n != 0:
            lines.append(f"{f'fewer than {floor}' if n is None else count(n)} {words}.".capitalize())
    if made.small:
        there = "segment has" if made.small == 1 else "segments have"
        lines.append(f"{made.small} {there} fewer than {floor} {many} each: no more is told of them.")
    return replace(made, words=tuple(lines))


SIDES = {"persona": "the personas", "segment": "the segments", "demographics": "demographics"}


def foretold(made: Foretold) -> Foretold:
    """An outcome with its sentence: who foretells most, and what the persona adds."""
    there = [(SIDES[n], e) for n, e in _sides(made) if e is not None]
    if not there:
        return replace(made, words=f"{made.label}: there is nothing to foretell it by.")
    said = ", ".join(f"{n} {percent(max(e.value, 0.0))}" for n, e in there)
    of = "of what differs" if made.measure != "deviance" else "of the deviance"
    best = (
        f"{SIDES[made.ahead]} say most" if made.ahead
        else "none of them says anything" if all(e.low <= 0 for _, e in there)
        else "none of them surely says more than the others"
    )  # fmt: skip
    words = f"{made.label}: {best} about those held out: {said} {of}."
    if made.lift is not None:
        gain = made.lift
        sure = "adds" if gain.low > 0 else "adds nothing sure"
        rest = f" {percent(max(gain.value, 0.0))}" if gain.low > 0 else f" ({percent(gain.value)})"
        words += f" The persona {sure}{rest} to all the others."
    return replace(made, words=words)


def _sides(made: Foretold) -> list[tuple[str, Estimate | None]]:
    return [("persona", made.persona), ("segment", made.segment), ("demographics", made.demographics)]


def trait(made: Trait, many: str) -> Trait:
    """A trait with its sentence."""
    if made.within is None or made.everyone is None:
        return replace(made, words=f"{made.text}: too few {many} have the other traits to say whether it goes with them.")
    both = f"{span(made.within)} of those with the other traits, {percent(made.everyone)} of all"
    said = "the data contradict it" if made.contradicted else "it goes with them"
    if not made.contradicted and (made.p is None or made.p >= ALPHA):
        said = "it neither goes with them nor against them"
    return replace(made, words=f"{made.text}: {both}: {said}.")


CLAIMS = {"more": "it holds: more often than the rest", "less": "the data contradict it: less often than the rest",
          "alike": "nothing sets them apart from the rest in this", "few": "too few to tell"}  # fmt: skip


def claim(made: Held) -> Held:
    """A claim with its sentence."""
    if made.within is None or made.rest is None:
        return replace(made, words=f"{made.text}: {CLAIMS['few']}.")
    minority = ", though only of a minority" if made.kind == "more" and made.within.high < 0.5 else ""
    return replace(
        made,
        words=f"{made.text}: {span(made.within)} of them, {percent(made.rest)} of the rest: {CLAIMS[made.kind]}{minority}.",
    )


def believed(made: Believed, personas: int, entity: str, floor: int) -> Believed:
    """A hand-made persona with its verdict in words."""
    many = plural(entity)
    lines = [_verdict(made, personas, entity, floor)]
    if made.unknown != 0:
        n = f"fewer than {floor}" if made.unknown is None else count(made.unknown)
        lines.append(f"Of {n} {many} a value that decides is not known; they count nowhere.")
    if made.together is not None:
        t = made.together
        closer = "closer together than" if t.p < ALPHA else "no closer together than"
        lines.append(
            f"They are {closer} {many} drawn by chance: {t.closeness:.2f} of everyone's spread against {t.low:.2f} to "
            f"{t.high:.2f}; {percent(t.recalled)} are nearest to their own centre (by chance up to {percent(t.chance)})."
        )
    if made.strictest:
        lines.append(f"{made.strictest} rules most {many} out.")
    lines += [t.words for t in made.traits if t.contradicted]
    lines += [c.words for c in made.claims]
    return replace(made, words=tuple(lines))


def _verdict(made: Believed, personas: int, entity: str, floor: int) -> str:
    if made.verdict == "nobody":
        who = f"fewer than {floor} {plural(entity)} fit" if made.users is None else f"no {entity} fits"
        return f"Nobody: {who} all traits of {made.name}."
    them = f"{made.name}'s {some(made.users, entity, floor)}"
    if made.verdict == "core segment":
        return f"Core segment: {them} are {sits(made.parts)}: {made.name} is real, and is called {made.nearest} here."
    if made.verdict == "part of a persona":
        return f"Part of a persona: {them} are {sits(made.parts)}, and most {made.nearest} do not fit."
    if not personas:
        return f"Anecdote: the data hold no groups, so {them} are none either."
    return f"Anecdote: {them} are {sits(made.parts)}."
