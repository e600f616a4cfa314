"""A conversation with an endpoint that misbehaves goes on or ends with a reason; it never breaks off a run."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from personae.endpoint.address import endpoint
from personae.endpoint.answers import Answers
from personae.endpoint.failed import Failed
from personae.endpoint.line import Line
from personae.model.worded import Asked
from scripted import Act, Handler, Server, served

pytest.importorskip("openai")


def _line(server: Server, folder: Path, **more: Any) -> Line:
    asked = Asked(**{"model": "local:tiny", "url": server.url, "seconds": 5.0, "pause": 0.001, **more})
    return Line(endpoint(asked.model, asked.url), asked, Answers(folder), "2026-05-30")


def _ask(line: Line, *more: tuple[str, str]) -> str:
    turns: Sequence[tuple[str, str]] = (("user", "a question"), *more)
    return line.ask("rules", turns, {"type": "object"}, 100).text


def _busy(**headers: str) -> Act:
    return lambda h, b, n: h.give({}, 429, **headers) if n == 0 else h.say({"S1": "well"})


@pytest.mark.parametrize("after", ["nan", "-nan", "inf", "-1", "soon"])
def test_a_wait_that_is_no_number_is_none(after: str, tmp_path: Path) -> None:
    """LLM-06."""
    waits: list[float] = []
    with served(_busy(retry_after=after)) as server:
        line = _line(server, tmp_path)
        line.wait = waits.append
        assert _ask(line) == '{"S1": "well"}'
    assert waits == [20.0 if after == "inf" else 0.001]


def test_an_answer_that_comes_when_the_time_is_over_ends_the_conversation_in_words(tmp_path: Path) -> None:
    """LLM-05: what is left of the time is never less than nothing."""

    def late(handler: Handler, body: dict[str, Any], n: int) -> None:
        line._began -= 100
        handler.give({}, 503)

    with served(late) as server:
        line = _line(server, tmp_path, total=50.0)
        with pytest.raises(Failed, match="50 s were over"):
            _ask(line)
    assert len(server.bodies) == 1


@pytest.mark.parametrize("message", [{}, {"tool_calls": [{"function": {"arguments": {"a": "\ud800"}}}]}], ids=["text", "tool"])
def test_half_a_character_in_an_answer_is_a_sign_and_is_kept(message: dict[str, Any], tmp_path: Path) -> None:
    """LLM-06: an answer that was paid for is kept, and can be sent back to be mended."""
    with served(lambda h, b, n: h.say('{"a": "\ud800"}', **message)) as server:
        line = _line(server, tmp_path)
        came = _ask(line)
        assert came == '{"a": "\ufffd"}'
        assert _ask(line, ("assistant", came), ("user", "again")) == came
        assert _ask(line) == came
    assert (len(server.bodies), len(list(tmp_path.iterdir()))) == (2, 2)
    assert all(json.loads(p.read_text(encoding="utf-8"))["reply"]["text"] == came for p in tmp_path.iterdir())


def test_answers_that_cannot_be_kept_are_used_and_it_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """LLM-06: a full disk, or a file where the folder should be, costs no answer."""
    (tmp_path / "ai").write_text("a file")
    began = time.monotonic()
    with served(lambda h, b, n: h.say({"S1": str(n)})) as server:
        line = _line(server, tmp_path / "ai")
        assert [_ask(line), _ask(line, ("user", "more"))] == ['{"S1": "0"}', '{"S1": "1"}']
    (said,) = caplog.messages
    assert "cannot be kept" in said and str(tmp_path) not in said
    assert time.monotonic() - began < 20 and len(line.sent) == 2
