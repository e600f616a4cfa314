"""A finding as a sentence, with its numbers as a reader wants them."""

from __future__ import annotations

from personae.model.inspection import Finding, Number
from personae.words.names import plural
from personae.words.numbers import amount, count, percent, times

LOOKS = {
    "leak": "leaks", "small": "number of users", "infinite": "infinite numbers", "gap": "days over time",
    "personal": "personal data", "sensitive": "sensitive columns", "identifier": "ids among the measures", "code": "codes",
    "missing": "empty cells", "marker": "texts for empty", "constant": "constants", "copy": "copies and correlated pairs",
    "repeated": "repeated answers", "extreme": "extreme values", "few": "few-valued numbers", "profiles": "twins",
    "heavy": "heavy users", "imbalance": "rare outcomes", "reading": "reading", "duplicates": "duplicates",
}  # fmt: skip
"""What was looked for, in a word or two, by the kind of its findings."""

OPEN = ("day", "row")
"""Units that may be said however few: days count nobody, and every row set aside is accounted for."""
LONG = 48
"""Letters of a column name that are shown in a list: survey questions are longer."""


def said(finding: Finding, floor: int = 0) -> str:
    """What was seen. With a `floor`, no number of fewer users, rows or cells is said."""
    return "".join(w if isinstance(w, str) else number(w, floor) for w in finding.words)


def number(n: Number, floor: int = 0) -> str:
    """One number with its unit: "2 rows", "18 %", "under 2 %"."""
    if n.unit == "share":
        return _share(n, floor)
    if n.unit == "times":
        return times(n.value)
    if not n.unit:
        return amount(n.value)
    if 0 < n.value < floor and n.unit not in OPEN:
        return f"fewer than {floor} {plural(n.unit)}"
    return f"{count(n.value)} {n.unit if n.value == 1 else plural(n.unit)}"


def _share(n: Number, floor: int) -> str:
    inside = n.value * n.base
    if n.base and 0.5 <= inside < floor - 0.5:
        return f"under {percent(floor / n.base)}" if n.base > floor else "a few"
    if n.base and 0.5 <= n.base - inside < floor - 0.5:
        return f"over {percent(1 - floor / n.base)}" if n.base > floor else "nearly all"
    return percent(n.value)


def quoted(names: tuple[str, ...], most: int = 4) -> str:
    """Column names as a list: '"a", "b" and "c"', shortened where they are many."""
    shown = [f'"{_short(n)}"' for n in names]
    if len(names) > most + 1:
        return f"{', '.join(shown[:most])} and {len(names) - most:,} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def _short(name: str) -> str:
    """A name with its middle left out where it is long: questions of one block differ at their ends."""
    return name if len(name) <= LONG else f"{name[: LONG // 2 - 3]}...{name[-LONG // 2 :]}"


def typed(names: tuple[str, ...]) -> str:
    """Column names as they are typed after a flag."""
    import shlex

    return shlex.quote(",".join(names))
