"""What a gate saw and what to do about it, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from personae.words.numbers import count, percent, times

FIXES = {
    "unchanged": "wait for the new export",
    "sources": "bring every file that the run was made of",
    "rows": "see whether the export was cut off, or bring as long a time as before",
    "duplicates": "see whether the export was loaded twice",
    "columns": "see what became of the column in the export",
    "units": "see in what unit the export writes it now",
    "zeros": "see why the export writes 0 for everybody",
    "silent": "see whether the event is still recorded, or has another name",
    "time": "bring the newest export",
    "users": "see whether ids are written as they were",
}
"""What to look at, for each gate."""


def unchanged() -> str:
    """Yesterday's files."""
    return "every byte is the same as in the run before"


def gone(source: str, columns: Sequence[str]) -> str:
    """Columns that took part and are not there."""
    return f"{source} lacks {quoted(columns)}, which the run before used"


def absent(sources: Sequence[str], lost: Sequence[str]) -> str:
    """Sources that are not there, and what nobody would know without them."""
    without = f"; without {'it' if len(sources) == 1 else 'them'} nothing is known of {quoted(lost)}" if lost else ""
    return f"nothing was given that resembles {_listed(sources)}{without}"


def kind(source: str, column: str, before: str, after: str) -> str:
    """A column of another kind."""
    return f'"{column}" of {source} held {_KINDS[before]} and holds {_KINDS.get(after, "texts")} now'


def clock(source: str, column: str, before: str, after: str) -> str:
    """Times in another unit."""
    return f'the times in "{column}" of {source} were in {_CLOCKS[before]} and are in {_CLOCKS[after]} now'


def rows(source: str, before: int, after: int) -> str:
    """A small part of the rows."""
    return f"{source} has {_of(after, before, 'rows')} of the {count(before)} that the run before read"


def users(before: int, after: int) -> str:
    """A small part of the users."""
    return f"there are {_of(after, before, 'users')} of the {count(before)} of the run before"


def _of(some: int, all_: int, what: str) -> str:
    """A part with its share; of a few neither."""
    return f"fewer than 10 {what}" if some < 10 else f"{count(some)} {what}, {percent(some / all_)}"


def twice(source: str, rows: int, different: int) -> str:
    """Rows that are there more than once."""
    return f"of {count(rows)} rows of {source} only {count(different)} differ: rows come {times(rows / different)} each"


def zeros(columns: Sequence[str]) -> str:
    """Numbers that became zero for everybody."""
    return f"{quoted(columns)} {'is' if len(columns) == 1 else 'are'} 0 in every row and had other values before"


def empty(column: str) -> str:
    """A column without any value."""
    return f'"{column}" is empty in every row: it takes no part'


def constant(column: str) -> str:
    """A column with one value."""
    return f'"{column}" has the same value in every row: it takes no part'


def strange(column: str) -> str:
    """A column none of whose answers was there before."""
    return f'"{column}" has none of the answers it had: nobody can be compared by it, so it forms no groups this time'


def scaled(labels: Sequence[str], by: float) -> str:
    """Measures whose every value is so many times as large."""
    n = round(by if by >= 1 else 1 / by)
    near = next((x for x in _UNITS if abs(n / x - 1) < 0.15), n)
    now = f"about {near:,} times" if by >= 1 else f"about 1/{near:,} of"
    return f"{quoted(labels)}: {now} what it was, for users low and high alike, as if the unit had changed"


def silent(names: Sequence[str], share: float) -> str:
    """Events that nobody does any more."""
    return f"nobody does {quoted(names)} any more; before, {percent(share)} of users did"


def backwards(before: str, after: str) -> str:
    """The newest event is older."""
    return f"the time looked at ends on {after[:10]}, before the end of the run before ({before[:10]})"


def strangers(why: str) -> str:
    """Nobody comes back."""
    return f"none, or nearly none, of the users of the run before is there, {why}"


def many(n: int, of: int) -> str:
    """Too many bad columns to go on without them."""
    return f"{count(n)} of {count(of)} columns that formed groups say nothing any more"


def quoted(names: Sequence[str], most: int = 5) -> str:
    """Names in quotation marks, the first few of many."""
    return _listed([f'"{n}"' for n in names], most)


def _listed(names: Sequence[str], most: int = 5) -> str:
    rest = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


_UNITS = (7, 10, 12, 24, 30, 60, 100, 1000, 1024, 1440, 3600, 10_000, 86_400, 1_000_000, 1_000_000_000)
"""How many times a unit may hold another: said where what was seen is within 15 % of one."""
_KINDS = {
    "integer": "whole numbers", "decimal": "numbers", "boolean": "yes or no", "date": "dates", "timestamp": "times",
    "category": "answers", "text": "texts", "empty": "nothing",
}  # fmt: skip
_CLOCKS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds"}
