"""A language model's server that does what a test tells it, on this machine: it words facts well, or misbehaves on cue."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Lines = dict[str, dict[str, Any]]
Act = Callable[["Handler", dict[str, Any], int], None]
"""What is done with a request: the handler, its body, and how many came before it."""


class Server(ThreadingHTTPServer):
    """Listens on a free port of the loopback address and keeps every request."""

    daemon_threads = True

    def __init__(self, act: Act) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.act, self.bodies, self.headers, self.paths = act, [], [], []  # type: ignore[var-annotated]

    @property
    def url(self) -> str:
        """Its address, as --ai-url takes it."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.bodies.append(body)
        self.server.headers.append({k.lower(): v for k, v in self.headers.items()})
        self.server.paths.append(self.path)
        self.server.act(self, body, len(self.server.bodies) - 1)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def give(self, data: Any, status: int = 200, **headers: str) -> None:
        """Answer with JSON."""
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(raw)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def say(self, text: Any, ended: str = "stop", **message: Any) -> None:
        """Answer as a chat completion or, at its path, as a message of Anthropic's."""
        text = text if isinstance(text, str) else json.dumps(text)
        if self.path.endswith("/messages"):
            block = {"type": "tool_use", "id": "t", "name": "lines", "input": json.loads(text)}
            usage = {"input_tokens": 300, "output_tokens": 200}
            self.give({"type": "message", "role": "assistant", "content": [block], "stop_reason": "tool_use", "usage": usage})
            return
        choice = {"index": 0, "finish_reason": ended, "message": {"role": "assistant", "content": text, **message}}
        usage = {"prompt_tokens": 300, "completion_tokens": 200, "total_tokens": 500}
        self.give({"object": "chat.completion", "choices": [choice], "usage": usage})

    def drip(self, text: str, every: float, beats: int = 100) -> None:
        """Answer a byte at a time."""
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        for _ in range(beats):
            try:
                self.wfile.write(text[:1].encode())
                self.wfile.flush()
            except OSError:
                return
            time.sleep(every)


@contextmanager
def served(act: Act) -> Iterator[Server]:
    """A server for the time of a block."""
    server = Server(act)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def sheet(body: dict[str, Any]) -> dict[str, Any]:
    """The fact sheet in a request."""
    first = next(m for m in body["messages"] if m["role"] == "user")
    return dict(json.JSONDecoder().raw_decode(first["content"])[0])


def good(body: dict[str, Any]) -> Lines:
    """True lines for every line that a request asks for, in words that are not the plain writer's."""
    told = sheet(body)
    return {id: {"text": _line(told, line), "facts": line["facts"]} for id, line in told["lines"].items()}


def well(handler: Handler, body: dict[str, Any], _: int) -> None:
    """Answer with true lines."""
    handler.say(good(body))


def _line(told: dict[str, Any], line: dict[str, Any]) -> str:
    facts = [told["facts"][f] for f in line["facts"]]
    names = [told["names"][f["name"]] for f in facts]
    if line["part"] == "tagline":
        said = [f"{'more' if f['direction'] == 'above' else 'less'} {n}" for f, n in zip(facts, names) if "direction" in f]
        return " and ".join(said) + " than everyone else"
    if "direction" not in facts[0]:
        return f"The group counts {facts[0]['value']} users, {facts[-1]['value']} of everyone"
    said = [f"{n} stands at {f['value']} {f['unit']} here, against {f['everyone']} for everyone" for f, n in zip(facts, names)]
    return "; ".join(said)
