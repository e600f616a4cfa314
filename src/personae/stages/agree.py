"""What the criteria say together: the range of numbers that most of them back, and who says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.criteria import Agreement
from personae.model.evidence import Vote


def agree(votes: Sequence[Vote], chosen: int | None, asked_for: bool = False) -> Agreement:
    """The range, of one number or two neighbours, that most criteria back; the chosen number wins a tie. A criterion backs a
    number that it names or holds to be as good. `chosen` is None where no groups were found, and
    `asked_for` says that it follows a limit of the user's."""
    asked = [v for v in votes if not v.limit]
    named = {id(v): {v.groups, *v.also} for v in asked if v.groups is not None and v.groups > 1}
    numbers = sorted({k for v in named.values() for k in v if k is not None})
    if not numbers:
        return Agreement(None, None, 0, len(asked), f"None of {len(asked)} criteria names a number of groups.")

    def backers(low: int, high: int) -> list[Vote]:
        return [v for v in asked if named.get(id(v), set()) & {low, high}]

    ranges = [(k, k) for k in numbers] + [(k, k + 1) for k in numbers if k + 1 in numbers]
    low, high = max(
        ranges, key=lambda r: (len(backers(*r)), -(r[1] - r[0]), chosen is not None and r[0] <= chosen <= r[1], -r[0])
    )
    behind = backers(low, high)
    return Agreement(low, high, len(behind), len(asked), _words(asked, behind, low, high, chosen, asked_for))


def _words(asked: Sequence[Vote], behind: Sequence[Vote], low: int, high: int, chosen: int | None, asked_for: bool) -> str:
    span = f"{low}" if low == high else f"{low} or {high}"
    many = f"{len(behind)} of {len(asked)} criteria say {span}"
    ties = "with ties, " if any(v.groups not in (low, high) for v in behind) else ""
    disagree = 2 * len(behind) <= len(asked)
    said = f"The criteria disagree: {ties}no more than {many}" if disagree else f"{ties.capitalize()}{many}"
    others = [v for v in asked if v not in behind]
    numbers = sorted({v.groups for v in others if v.groups is not None and v.groups > 1})
    parts = [f"{_listed([_called(v) for v in others if v.groups == k])} {_say(others, k)} {k}" for k in numbers]
    one = [_called(v) for v in others if v.groups == 1]
    parts += [f"{_listed(one)} {'says' if len(one) == 1 else 'say'} one crowd"] if one else []
    none = [_called(v) for v in others if v.groups is None]
    parts += [f"{_listed(none)} {'names' if len(none) == 1 else 'name'} none"] if none else []
    said += "".join(f"; {p}" for p in parts) + "."
    if chosen is None:
        return f"{said} Criteria name numbers in data without groups too: the tests above say whether there are any."
    if not low <= chosen <= high:
        why = "that follows your limit" if asked_for else "what parts users and what comes back counts for more than votes"
        said += f" {chosen} groups were made all the same: {why}."
    return said


def _say(votes: Sequence[Vote], k: int) -> str:
    return "says" if sum(v.groups == k for v in votes) == 1 else "say"


def _called(v: Vote) -> str:
    return f"\u201c{v.criterion}\u201d"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(words) if len(words) < 3 else ", ".join(words[:-1]) + f" and {words[-1]}"
