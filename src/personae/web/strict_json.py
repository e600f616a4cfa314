"""JSON from strangers: one meaning or none. Duplicate names, NaN, numbers without end and towers of brackets are refused."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from personae.web import limits
from personae.web.problems import Problem

_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def parsed(body: bytes) -> Any:
    """The value of a body. Raises Problem 400 where it is no JSON, 422 where it is more than we take."""
    names = body.count(b":")
    if names > limits.MOST_NAMES:
        raise _too_much(f"{names:,} names", f"{limits.MOST_NAMES:,}")
    if body.count(b"[") + body.count(b"{") > limits.DEEPEST:
        _check_depth(body)
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError as no:
        raise _unreadable("it is not UTF-8", no.start) from None
    except json.JSONDecodeError as no:
        raise _unreadable(no.msg[:1].lower() + no.msg[1:], no.pos) from None
    except RecursionError:
        raise _too_much("brackets inside each other", str(limits.DEEPEST)) from None


def _check_depth(body: bytes) -> None:
    """Raise Problem 422 for brackets that are too deep inside each other; those inside texts do not count."""
    depth = 0
    for mark in _MARKS.finditer(body):
        first = body[mark.start()]
        if first in b"[{":
            depth += 1
            if depth > limits.DEEPEST:
                raise _too_much(f"more than {limits.DEEPEST} brackets inside each other", str(limits.DEEPEST))
        elif first in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > limits.MOST_IN_ONE:
        raise _too_much(f"an object of {len(pairs):,} names", f"{limits.MOST_IN_ONE:,}")
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise Problem(422, "P302", f'the name "{twice[:80]}" stands twice in one object', where=f'field "{twice[:80]}"',
                      fix="say each name once")  # fmt: skip
    return made


def _float(text: str) -> float:
    value = float(text) if len(text) <= limits.LONGEST_NUMBER else math.inf
    if not math.isfinite(value):
        raise Problem(422, "P302", f"{text[:20]} is larger than any number that can be held", fix="give a smaller number")
    return value


def _integer(text: str) -> int:
    if len(text) > limits.LONGEST_NUMBER:
        raise Problem(422, "P302", f"a number has {len(text):,} digits", fix=f"at most {limits.LONGEST_NUMBER} are read")
    return int(text)


def _constant(text: str) -> NoReturn:
    raise Problem(400, "P302", f"{text} is no JSON", fix="write null for what is empty")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_constant)


def _unreadable(why: str, at: int) -> Problem:
    return Problem(400, "P302", f"the body is no JSON: {why} at byte {at:,}", fix='send something like {"id": "C-1"}')


def _too_much(what: str, most: str) -> Problem:
    return Problem(422, "P302", f"the body has {what}, and at most {most} are read", fix="send fewer, in several requests")
