"""Why an endpoint gave no answer, in words of our own: what servers say may repeat keys and data."""

from __future__ import annotations

from collections.abc import Iterable

from personae.endpoint.address import KEY, PROVIDERS, Endpoint

UNTAKEN = frozenset((400, 413, 415, 422, 500, 501))
"""Answers of servers that do not know the way they were asked in; llama.cpp's Python server says 500 to a schema."""
BUSY = frozenset((408, 409, 425, 429, 502, 503, 504, 529))
"""Answers that a later try may not get."""


class Failed(Exception):  # noqa: N818 - an answer of the endpoint, which the caller acts on
    """No answer. `kind` says what may help: "form" another way to ask, "fault" that or a later try, "wait" a later try
    (`after` seconds at least), "late" more time, "stop" nothing."""

    def __init__(self, kind: str, words: str, after: float = 0.0) -> None:
        super().__init__(words)
        self.kind, self.words, self.after = kind, words, after


def refused(to: Endpoint, status: int, after: float = 0.0) -> Failed:
    """What a status other than 200 means."""
    if status in (401, 403):
        usual = f" or {PROVIDERS[to.dialect][1]}" if to.own else ""
        what = "does not know the key" if status == 401 else "does not allow this"
        return Failed("stop", f"the endpoint {what} (status {status}); see {KEY}{usual}")
    if status == 404:
        return Failed("stop", f"the endpoint has no model {to.model!r}, or --ai-url is not its address (status 404); see --ai")
    if status == 402:
        return Failed("stop", "the account of the key has no credit left (status 402)")
    if 300 <= status < 400:
        return Failed("stop", f"the address sends elsewhere (status {status}), where nothing is sent; see --ai-url")
    if status in BUSY:
        words = "the endpoint allows no more requests now" if status == 429 else "the endpoint was not able to answer"
        return Failed("wait", f"{words} (status {status})", after)
    if status in UNTAKEN:
        return Failed("fault" if status >= 500 else "form", f"the endpoint did not take the request (status {status})")
    return Failed("stop", f"the endpoint refused the request (status {status})")


def unreachable(causes: Iterable[BaseException]) -> Failed:
    """What a connection that failed means, by what caused it."""
    names = " ".join(type(c).__name__ + " " + str(c) for c in causes)
    if "certificate" in names.lower() or "SSL" in names:
        return Failed("stop", "the certificate of the address is not trusted; see --ai-url")
    if "ConnectError" in names or "getaddrinfo" in names:
        return Failed("stop", "nothing answers at the address; see --ai-url, and whether the server runs")
    return Failed("wait", "the connection broke before the answer was whole")


def late(seconds: float) -> Failed:
    """No whole answer in time."""
    return Failed("late", f"no whole answer came within {seconds:g} s; --ai-seconds gives more time")
