"""The settings of a language model, from flags, personae.toml and the environment, in that order of weight."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.model.worded import Asked

PANEL = "Words by a language model"
OFF, PREVIEW = "off", "preview"

Ai = Annotated[
    str,
    typer.Option(
        "--ai", metavar="MODEL", help="openai:NAME, anthropic:NAME or local:NAME words the personas. [default: off]",
        rich_help_panel=PANEL, show_default=False,
    ),
]  # fmt: skip
AiUrl = Annotated[
    str,
    typer.Option(
        "--ai-url", metavar="URL", help="Address of the model, such as http://localhost:11434/v1.", rich_help_panel=PANEL
    ),
]
AiBudget = Annotated[
    int,
    typer.Option(
        "--ai-budget", metavar="TOKENS", help="Tokens to spend at most. [default: 100000]", rich_help_panel=PANEL,
        show_default=False,
    ),
]  # fmt: skip
AiSeconds = Annotated[
    float,
    typer.Option(
        "--ai-seconds", metavar="N", help="Time one answer may take. [default: 30]", rich_help_panel=PANEL, show_default=False
    ),
]
AiAgain = Annotated[
    bool, typer.Option("--ai-again", help="Ask again what was answered before.", rich_help_panel=PANEL, show_default=False)
]


def wanted(kept: Mapping[str, Any], given: Mapping[str, Any]) -> Asked | None:
    """Which model is asked for; None where none is. `given` holds flags by name, `kept` is personae.toml.

    Raises UsageError P001 for a number that is none.
    """
    from personae.model.worded import Asked

    said = {name: _said(name, given, kept) for name in ("ai", "ai_url", "ai_budget", "ai_seconds")}
    model = str(said["ai"] or OFF)
    if model == OFF:
        return None
    budget, seconds = (_number(n, said[n], least) for n, least in (("ai_budget", 1), ("ai_seconds", 0.001)))
    more: dict[str, Any] = {"budget": int(budget)} if budget else {}
    if seconds:
        more |= {"seconds": seconds, "total": 20 * seconds}
    return Asked(model=model, url=str(said["ai_url"] or ""), again=bool(given.get("ai_again")), **more)


def checked(asked: Asked) -> None:
    """See that the model can be asked before anybody waits. Raises UsageError P001."""
    from personae.endpoint.address import endpoint, key
    from personae.endpoint.client import ready

    if asked.model.partition(":")[0] == PREVIEW:
        fix = "make the run first, then: personae write --ai preview"
        raise UsageError("P001", "there is nothing to preview before a run", where="--ai", did="nothing was read", fix=fix)
    to = endpoint(asked.model, asked.url)
    ready(to)
    key(to)


def _said(name: str, given: Mapping[str, Any], kept: Mapping[str, Any]) -> Any:
    """The value of a setting where it weighs most."""
    return given.get(name) or kept.get(name) or os.environ.get(f"PERSONAE_{name.upper()}", "")


def _number(name: str, value: Any, least: float) -> float:
    """A setting that is a number; 0 where nothing was said."""
    text = str(value or "").replace("_", "").replace(",", "")
    if not text:
        return 0.0
    if not re.fullmatch(r"\d+(\.\d+)?", text) or float(text) < least:
        flag = f"--{name.replace('_', '-')}"
        raise UsageError("P001", f"{flag} needs a number, not {value!r}", where=f"setting {name}", fix=f"such as {flag} 60")
    return float(text)
