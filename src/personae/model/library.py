"""What could be done for a group, as an editable list: entries pair what is seen of a group with an action."""

from __future__ import annotations

from dataclasses import dataclass

HORIZONS = ("quick win", "medium", "strategic")
"""1 to 2 weeks, 1 to 3 months, 6 months or more."""
EFFORTS = ("low", "medium", "high")
KINDS = ("action", "principle", "interface", "experience")
ANY = "*"
"""In `more` and `less`: whatever sets a group apart."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. It applies to a group that has one of `pains`, or whose traits above everyone hold a word of `more`, or below
    everyone a word of `less`; "{thing}" in its texts becomes what that evidence is about.

    `kind` is "action" (an opportunity), "principle" or "interface" (a checklist) or "experience" (what a `surface` shows).
    `unless` holds words of traits above everyone that speak against it. `measures` are words by which what should move is
    found among the facts. Of `signs`, where there are any, one must be in a name that the data hold. `least` is the smallest
    share of all users that a group must hold. `source` says where the pairing comes from, `needs` what must be there first.
    """

    id: str
    kind: str
    title: str
    text: str
    source: str
    pains: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    needs: str = ""
    metric: str = ""
    measures: tuple[str, ...] = ()
    horizon: str = ""
    effort: str = ""
    least: float = 0.0
    surface: str = ""
    caution: str = ""


@dataclass(frozen=True)
class Library:
    """Entries in the order in which they are preferred, and the smallest change that is worth finding in an experiment:
    `share` as a difference of shares (0 to 1), `mean` as a part of the mean."""

    entries: tuple[Entry, ...]
    share: float = 0.05
    mean: float = 0.10

    def of(self, kind: str) -> tuple[Entry, ...]:
        """The entries of one kind."""
        return tuple(e for e in self.entries if e.kind == kind)
