"""The method a study asks for: its name and the options in brackets, such as "gmm(covariance=tied)"."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, get_args

from personae import plugins
from personae.calls import called, given_in
from personae.errors import UsageError

_EXAMPLE = 'write a name, and options in brackets: "gmm(covariance=tied)"'
OWN = ("space", "size", "seed")
"""What every method is given by the search."""


@dataclass(frozen=True)
class Method:
    """A method as it was asked for; "auto" leaves the choice to the search."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def auto(self) -> bool:
        """Whether the search chooses."""
        return self.name == "auto"


def names() -> tuple[str, ...]:
    """Every method as it is typed."""
    return tuple(n.replace("_", "-") for n in plugins.names("methods"))


def options(name: str) -> Mapping[str, inspect.Parameter]:
    """The options of a method by name, in order."""
    found = inspect.signature(plugins.find("methods", name).fit, eval_str=True).parameters
    return {p.name: p for p in found.values() if p.name not in OWN}


def method(text: str) -> Method:
    """The method of a text. Raises UsageError P001 for a method, an option or a value that does not exist."""
    said, inside = called(text, "--method", "a method", _EXAMPLE)
    name = said.replace("_", "-")
    if name == "auto" and not inside:
        return Method(name)
    if name not in names():
        near = get_close_matches(name, ("auto", *names()), 1, 0.5)
        fix = f"did you mean --method {near[0]}?" if near else f"use one of: auto, {', '.join(names())}"
        raise UsageError("P001", f"there is no method {said!r}", where="--method", fix=fix)
    known = options(name)
    given = given_in(text, inside, {k: p.annotation for k, p in known.items()}, "--method")
    for option, value in given.items():
        choices = get_args(known[option].annotation)
        if choices and value not in choices:
            near = get_close_matches(str(value), choices, 1, 0.5)
            fix = f"did you mean {option}={near[0]}?" if near else f"{option} is one of {', '.join(choices)}"
            raise UsageError("P001", f'{option} of {name} cannot be "{value}"', where="--method", fix=fix)
    return Method(name, given)
