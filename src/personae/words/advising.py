"""The advice on methods as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from personae.model.evidence import Evidence


def brief(found: Evidence) -> str:
    """Which method made the groups and what comes second, in a line; "" where nothing was compared."""
    if found.advice is None or found.comparison is None:
        return ""
    compared = found.comparison.rivals
    if not found.verdict.groups or not found.advice.suggested:
        return f"{len(compared)} methods compared; none is recommended"
    first, *rest = found.advice.suggested
    said = f"{first.method}: {first.reason}"
    if not rest:
        return said
    other = next(r for r in compared if r.method == rest[0].method)
    return f"{said}; second choice {other.method} (agrees {100 * max(0.0, other.agrees):.0f} in 100)"


def advised(found: Evidence) -> Iterator[str]:
    """The whole advice, a sentence at a time."""
    if found.advice is None or found.comparison is None:
        return
    advice = found.advice
    yield advice.known
    yield advice.size
    yield from advice.shape.words
    ranks = ("First choice", "Second choice", "Third choice")
    start = 0 if found.verdict.groups else 1
    for rank, s in zip(ranks[start:], advice.suggested):
        yield f"{rank}: {s.method}, because {s.reason}."
    yield found.comparison.why
    if found.comparison.second:
        yield found.comparison.second
    for d in advice.defaults:
        yield f"{d.setting[:1].upper()}{d.setting[1:]}: {d.value}; {d.reason}."
    if found.likeness is not None:
        yield found.likeness.words
