"""Questions, one at a time, only where somebody is there to answer."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

from personae.cli.screen import Screen
from personae.cli.settings import flag
from personae.errors import PersonaeError, UsageError
from personae.model.study import Study

T = TypeVar("T")

_ANSWERABLE = ("P003", "P105", "P106")
_TYPED = re.compile(r"--([a-z][a-z-]*)[ =](\"[^\"]+\"|'[^']+'|[^\s,;]+)")


def answered(study: Study, screen: Screen, work: Callable[[Study], T]) -> tuple[T, Study]:
    """Do the work, asking what the data leave open; returns the result and the study with the answers.

    What can be answered is what the error says to type. Where nobody is there to answer it is a UsageError.
    """
    asked: set[str] = set()
    while True:
        try:
            return work(study), study
        except PersonaeError as error:
            error.where = error.where or ", ".join(study.sources)
            options = _options(error)
            name = options[0][0] if options else ""
            if error.code not in _ANSWERABLE or not options or name in asked:
                raise
            if not screen.asks:
                raise UsageError(error.code, error.what, where=error.where, did=error.did, fix=error.fix) from error
            asked.add(name)
            answer: dict[str, Any] = {name: _choice(error, name, [v for n, v in options if n == name])}
            study = replace(study, **answer)


def _options(error: PersonaeError) -> list[tuple[str, str]]:
    """(setting, value) pairs that the error offers, the recommended first."""
    known = {flag(f.name)[2:]: f.name for f in fields(Study) if isinstance(f.default, str)}
    return [(known[n], v.strip("\"'")) for n, v in _TYPED.findall(error.fix) if n in known]


def _choice(error: PersonaeError, name: str, values: list[str]) -> str:
    offered = list(dict.fromkeys(values))
    lines = ["", f"{error.what}", *([f"  {error.where}"] if error.where else [])]
    lines += [f"  {i}  {flag(name)} {v}{'   (recommended)' if i == 1 else ''}" for i, v in enumerate(offered, 1)]
    sys.stderr.write("\n".join(lines) + "\n")
    while True:
        sys.stderr.write(f"Which one? [1-{len(offered)}, Enter for 1, or type another value] ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise error
        answer = line.strip() or "1"
        if answer.isdigit() and 1 <= int(answer) <= len(offered):
            return offered[int(answer) - 1]
        if not answer.isdigit():
            return answer
