"""What became of each persona from one run to the next."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("same", "split", "merged", "new", "gone")
"""What can become of a persona; "same" also where it moved."""


@dataclass(frozen=True)
class Descent:
    """One act of descent between two runs.

    `before` and `after` are keys of personas: one and one for "same", one and several for "split", several and one for
    "merged", none and one for "new", one and none for "gone". `people` is the overlap (Jaccard) among users of both runs,
    `profile` the likeness (-1 to 1) of what sets the personas apart; None where it cannot be known.
    """

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    before_names: tuple[str, ...]
    after_names: tuple[str, ...]
    people: float | None = None
    profile: float | None = None
    words: str = ""
