"""Expectations as people write them in personae.toml: one [[expect]] table for each persona, and for the whole run."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from personae.errors import UsageError
from personae.model.evidence import Structure
from personae.model.expectation import Expectation
from personae.words.numbers import count, percent

OF_PERSONA = {"share": "share", "users": "count", "steadiness": "share", "kept": "share"}
"""What can be expected of a persona, and whether it is a share or a count. `kept` are those of it who are in it still."""
OF_RUN = {
    "smallest": "count", "users": "count", "groups": "count", "outside": "share", "moved": "share", "set_aside": "share",
    "verdict": "words", "drift": "words", "personas": "words",
}  # fmt: skip
"""What can be expected of a run. `outside` is the share in no group, `moved` of those in both runs who changed persona,
`set_aside` of rows; `personas` are keys or names that must be there."""
DRIFT = ("clear", "small", "medium", "large")
"""The largest shift that is accepted; clear: none."""
EXAMPLE = """[[expect]]
persona = "P1"
share = "12-18 %"

[[expect]]
smallest = 200
verdict = ["natural", "reproducible"]
drift = "clear\""""
"""How expectations look."""

_NUMBER = r"(\d[\d_,]*\.?\d*|\.\d+)"
_RANGE = re.compile(rf"(?P<op>>=|<=|>|<|=)?\s*{_NUMBER}\s*(%?)\s*(?:(?:-|\.\.|to|–)\s*{_NUMBER}\s*(%?))?")


def expectations(tables: Sequence[Mapping[str, Any]], text: str, file: str) -> tuple[Expectation, ...]:
    """Every expectation of a file, in its order. `text` is the file, for its lines. Raises UsageError P001 naming the line."""
    return tuple(e for i, table in enumerate(tables) for e in _table(table, _Lines(text, i, file)))


class _Lines:
    """Where the keys of the i-th [[expect]] table stand."""

    def __init__(self, text: str, at: int, file: str) -> None:
        self.file, rows = file, text.splitlines()
        starts = [n for n, row in enumerate(rows) if re.match(r"\s*\[\[\s*expect\s*\]\]", row)]
        self.start = starts[at] if at < len(starts) else 0
        after = [n for n in range(self.start + 1, len(rows)) if re.match(r"\s*\[", rows[n])]
        self.rows = rows[self.start : after[0] if after else len(rows)]

    def of(self, key: str) -> int:
        """The line of a key, counted from 1; that of its table where it is not seen."""
        named = rf"\s*(?:\"{re.escape(key)}\"|{re.escape(key).replace('_', '[_-]')})\s*="
        found = next((n for n, row in enumerate(self.rows) if re.match(named, row)), 0)
        return self.start + found + 1


def _table(table: Mapping[str, Any], lines: _Lines) -> Iterator[Expectation]:
    """The expectations of one table."""
    persona = table.get("persona", "")
    if not isinstance(persona, str):
        raise _wrong(lines, "persona", f"persona = {persona!r} is no text", 'write a key or a name: persona = "P1"')
    known = OF_PERSONA if persona else OF_RUN
    wanted = {k.replace("-", "_"): v for k, v in table.items() if k != "persona"}
    if not wanted:
        fix = f"say what: {', '.join(known)}" if persona else f"say what is expected, such as:\n{EXAMPLE}"
        raise _wrong(lines, "persona", "an [[expect]] table expects nothing", fix)
    for key, value in wanted.items():
        if key not in known and key in OF_PERSONA:
            what = f"{key} is expected of one persona, and this table names none"
            raise _wrong(lines, key, what, 'say of which: persona = "P1"')
        if key not in known:
            near = next(iter(difflib.get_close_matches(key, known, 1, 0.5)), "")
            other = " (only without persona)" if persona and key in OF_RUN else ""
            fix = f"did you mean {near}?" if near else f"it is one of: {', '.join(known)}"
            raise _wrong(lines, key, f"{key} is nothing that can be expected{other}", fix)
        yield _one(persona, key, known[key], value, lines)


def _one(persona: str, key: str, kind: str, value: Any, lines: _Lines) -> Expectation:
    if kind == "words":
        words = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
        if not words or not all(isinstance(w, str) for w in words):
            raise _wrong(lines, key, f"{key} = {value!r} is no text and no list of texts", f'write {key} = "{_word(key)}"')
        _known(key, words, lines)
        return Expectation(persona, key, ", ".join(words), lines.of(key), words=words)
    low, high, said = _bounds(key, kind, value, lines)
    return Expectation(persona, key, said, lines.of(key), low, high)


def _word(key: str) -> str:
    return {"verdict": "natural", "drift": "clear"}.get(key, "P1")


def _known(key: str, words: Sequence[str], lines: _Lines) -> None:
    known = {"verdict": tuple(k.value for k in Structure), "drift": DRIFT}.get(key)
    if key == "drift" and len(words) > 1:
        raise _wrong(lines, key, "drift takes one word: the largest shift that is accepted", f"use one of: {', '.join(DRIFT)}")
    for word in words if known else ():
        if word not in (known or ()):
            near = next(iter(difflib.get_close_matches(word, known or (), 1, 0.5)), "")
            fix = f"did you mean {near}?" if near else f"it is one of: {', '.join(known or ())}"
            raise _wrong(lines, key, f"{key} = {word!r} is not known", fix)


def _bounds(key: str, kind: str, value: Any, lines: _Lines) -> tuple[float | None, float | None, str]:
    """The ends of a range and what was written: "12-18 %", ">= 10 %", "4-6"; a bare number is the least for sizes, the most for
    shares of a run, and exact for the number of groups."""
    share = kind == "share"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _unread(key, value, share, lines)
    text = str(value).strip()
    found = _RANGE.fullmatch(text)
    if not found or (found["op"] and found[4]):
        raise _unread(key, value, share, lines)
    numbers = [float(re.sub("[_,]", "", n)) for n in (found[2], found[4]) if n]
    if share:
        percents = bool(found[3] or found[5])
        numbers = [n / 100 if percents else n for n in numbers]
        if any(n > 1 for n in numbers):
            raise _unread(key, value, share, lines)
    if len(numbers) == 2:
        if numbers[1] < numbers[0]:
            raise _wrong(lines, key, f"{key} = {value!r} begins with the larger number", "write the smaller number first")
        return numbers[0], numbers[1], text
    one, op = numbers[0], found["op"] or _default(key)
    if op == "=":
        return one, one, text
    return (one, None, f"at least {_said(one, share)}") if op.startswith(">") else (None, one, f"at most {_said(one, share)}")


def _default(key: str) -> str:
    return "=" if key == "groups" else "<=" if key in ("outside", "moved", "set_aside") else ">="


def _said(value: float, share: bool) -> str:
    return percent(value) if share else count(value)


def _unread(key: str, value: Any, share: bool, lines: _Lines) -> UsageError:
    example = f'{key} = "12-18 %" or "<= 5 %"' if share else f'{key} = 200, "200-400" or "<= 400"'
    return _wrong(
        lines, key, f"{key} = {value!r} is no {'range of shares' if share else 'range of numbers'}", f"write {example}"
    )


def _wrong(lines: _Lines, key: str, what: str, fix: str) -> UsageError:
    return UsageError("P001", what, where=f"{lines.file}, line {lines.of(key)}", did="nothing was checked", fix=fix)
