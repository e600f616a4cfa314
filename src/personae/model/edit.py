"""What a person changed about a run, beside the run, which stays as it was."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("rename", "note", "merge", "split", "hide-measure")
"""What can be edited."""
SAYS = ("confirmed", "refuted", "open")
"""What a note says of the question it is about."""


@dataclass(frozen=True)
class Note:
    """Words of a person about a persona: no claim, and marked as what it is.

    `about` is the question it answers, "" for a note about the persona; `says` is then what it makes of it, and `source` where
    it comes from, such as "interview 3".
    """

    text: str
    date: str
    about: str = ""
    says: str = ""
    source: str = ""


@dataclass(frozen=True)
class Edit:
    """One change by a person. `number` is its place in the record, never given twice.

    `persona` is the key of the persona, "" where a measure is hidden. `text` is the new name, the note, or the measure; for a
    merge the name that was given with it. `was` is the name before. `keys` are the personas that were joined or split, `made`
    those that came of it, and `derived` is the digest of the run as described anew with them.
    """

    number: int
    date: str
    kind: str
    persona: str
    text: str
    was: str = ""
    about: str = ""
    says: str = ""
    source: str = ""
    keys: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    derived: str = ""
    taken_from: str = ""
    """The run and number it was carried over from: "r01 edit 3"."""
    state: str = "active"
    """"active", "undone", or "waiting" for a persona that this run does not have."""
    why: str = ""
    """Why it waits."""

    @property
    def structural(self) -> bool:
        """Whether it changes who is in which persona."""
        return self.kind in ("merge", "split")
