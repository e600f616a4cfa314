"""How a text is marked that a machine worded, the same in every format."""

from __future__ import annotations

from collections import Counter

from personae.model.worded import Worded


def marked(worded: Worded) -> str:
    """Which model worded the text, on which day, from what, and how much of it stayed the plain writer's.

    >>> marked(Worded(model="local:m", date="2026-05-30", place="this machine", sent="", requests=5, tokens=9, lines=20))
    'Text worded by local:m on 2026-05-30 from the facts; all 20 lines hold against them.'
    """
    if not worded.made:
        when = f" on {worded.date}" if worded.date else ""
        return (
            f"{worded.model} was asked to word the text{when}; nothing it wrote was kept, and every line is the plain writer's."
        )
    head = f"Text worded by {worded.model} on {worded.date} from the facts"
    if not worded.kept:
        return f"{head}; all {worded.lines:,} lines hold against them."
    stay = "line is" if len(worded.kept) == 1 else "lines are"
    return f"{head}; {len(worded.kept):,} of {worded.lines:,} {stay} the plain writer's."


def briefly(worded: Worded) -> str:
    """The same where there is room for a few words only."""
    return f"words by {worded.model}, {worded.date}" if worded.made else "words by the plain writer"


def told(worded: Worded) -> str:
    """What left the tool for that: what was sent, where to, how much."""
    times = "once" if worded.requests == 1 else f"{worded.requests:,} times"
    where = {"this machine": "on this machine", "a server of yours": "on a server of yours"}.get(
        worded.place, f"at {worded.place}"
    )
    return (
        f"A language model, {worded.model} {where}, was asked {times}. It was sent the figures of the personas, none of fewer "
        f"people than the floor, and the names of measures; no row, no id, no text of a person. What was sent has the hash "
        f"{worded.sent[:16]} and lies beside the record of runs."
    )


def reasons(worded: Worded) -> tuple[tuple[str, int], ...]:
    """Why lines stayed the plain writer's, most frequent first, with how many."""
    return tuple(sorted(Counter(k.reason for k in worded.kept).items(), key=lambda x: (-x[1], x[0])))
