"""What came back, read with care: why it ended first, then the text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personae.words.legible import whole


@dataclass(frozen=True)
class Reply:
    """One answer. `ended` is "whole", "cut" (at its longest) or "declined"; `tokens` counts what was sent and received."""

    text: str
    ended: str
    tokens: int


def reply(dialect: str, data: Any) -> Reply | None:
    """The answer in the body of a response; None where the body is none."""
    if not isinstance(data, Mapping):
        return None
    return _anthropic(data) if dialect == "anthropic" else _openai(data)


def _openai(data: Mapping[str, Any]) -> Reply | None:
    """The first choice: the arguments of a tool where one was called, else the content."""
    choices = data.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        return None
    choice, message = choices[0], choices[0].get("message")
    message = message if isinstance(message, Mapping) else {}
    calls = message.get("tool_calls")
    called = calls[0].get("function", {}) if isinstance(calls, list) and calls and isinstance(calls[0], Mapping) else {}
    text = called.get("arguments") if isinstance(called, Mapping) else None
    text = text if text is not None else message.get("content")
    ends = {"length": "cut", "content_filter": "declined"}
    ended = "declined" if message.get("refusal") else ends.get(str(choice.get("finish_reason")), "whole")
    used = data.get("usage")
    return Reply(_text(text), ended, _sum(used, "total_tokens") or _sum(used, "prompt_tokens", "completion_tokens"))


def _anthropic(data: Mapping[str, Any]) -> Reply | None:
    """The input of the tool where one was used, else the text."""
    blocks = data.get("content")
    if not isinstance(blocks, list):
        return None
    parts = [b for b in blocks if isinstance(b, Mapping)]
    used = [b.get("input") for b in parts if b.get("type") == "tool_use"]
    text = used[0] if used else "".join(str(b.get("text", "")) for b in parts if b.get("type") == "text")
    ends = {"max_tokens": "cut", "model_context_window_exceeded": "cut", "refusal": "declined"}
    ended = ends.get(str(data.get("stop_reason")), "whole")
    return Reply(_text(text), ended, _sum(data.get("usage"), "input_tokens", "output_tokens"))


def _text(value: Any) -> str:
    """A text that can be kept and sent; what some servers hand over as an object already, as JSON again."""
    if value is None:
        return ""
    return whole(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _sum(used: Any, *names: str) -> int:
    """What an endpoint says it used."""
    found = [used.get(n) for n in names] if isinstance(used, Mapping) else []
    return sum(v for v in found if isinstance(v, int) and v > 0)
