"""What is sent: the body of a request as the endpoint reads it, on each rung of the ladder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from personae.endpoint.address import Endpoint

RUNGS: Mapping[str, tuple[str, ...]] = {"openai": ("schema", "tool", "prompt"), "anthropic": ("tool", "prompt")}
"""Ways to ask for JSON of a schema, strictest first: the endpoint's own schema support, a tool that is called, or words."""
TOOL = "lines"
"""What the answer is called where a name is needed. Nothing runs under this name."""
THINKING = 2000
"""Tokens that a provider's reasoning model may spend before it answers."""


def body(
    to: Endpoint, rung: str, system: str, turns: Sequence[tuple[str, str]], schema: Mapping[str, Any], most: int
) -> dict[str, Any]:
    """The whole body of one request. `turns` are (role, text), the first and the last of the user; `most` are the tokens that
    the answer may have."""
    if rung == "prompt":
        system = f"{system}\n\nAnswer with one JSON object of this JSON Schema and with nothing else:\n{json.dumps(schema)}"
    said = [{"role": role, "content": text} for role, text in turns]
    return _anthropic(to, rung, system, said, schema, most) if to.dialect == "anthropic" else _openai(
        to, rung, system, said, schema, most
    )  # fmt: skip


def _openai(
    to: Endpoint, rung: str, system: str, said: list[dict[str, str]], schema: Mapping[str, Any], most: int
) -> dict[str, Any]:
    """Chat completions. The provider's own models take no `max_tokens` and no temperature any more; other servers take
    nothing else, and some write on for ever without it."""
    made: dict[str, Any] = {"model": to.model, "messages": [{"role": "system", "content": system}, *said], "stream": False}
    made |= {"max_completion_tokens": most + THINKING} if to.own else {"max_tokens": most, "temperature": 0, "seed": 7}
    if rung == "schema":
        made["response_format"] = {"type": "json_schema", "json_schema": {"name": TOOL, "strict": True, "schema": schema}}
    if rung == "tool":
        about = "The lines, each with the facts it rests on."
        made["tools"] = [{"type": "function", "function": {"name": TOOL, "description": about, "parameters": schema}}]
        made["tool_choice"] = {"type": "function", "function": {"name": TOOL}}
    return made


def _anthropic(
    to: Endpoint, rung: str, system: str, said: list[dict[str, str]], schema: Mapping[str, Any], most: int
) -> dict[str, Any]:
    """Messages."""
    made: dict[str, Any] = {"model": to.model, "max_tokens": most, "system": system, "messages": said}
    if rung == "tool":
        about = "The lines, each with the facts it rests on."
        made["tools"] = [{"name": TOOL, "description": about, "input_schema": schema}]
        made["tool_choice"] = {"type": "tool", "name": TOOL}
    return made


def tokens(made: Mapping[str, Any]) -> int:
    """About how many tokens a body is, its answer at its longest included: four bytes of JSON are one, rounded up."""
    most = int(made.get("max_tokens") or made.get("max_completion_tokens") or 0)
    return -(-len(json.dumps(made, ensure_ascii=False).encode()) // 4) + most
