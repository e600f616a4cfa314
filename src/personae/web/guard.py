"""The wall before every route: who may ask, from where, and how much."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from personae.web import limits
from personae.web.problems import Problem, log_fault, of_fault, send
from personae.web.tokens import Tokens

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

HEALTH = "/health"
SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""Headers of every answer: it is read as what it is, kept nowhere, and shown inside nothing."""
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def hosts(port: int, names: Iterable[str] = ()) -> frozenset[str]:
    """What a Host header may say: this machine by its own names with the port, and the `names` it is reached by, with the port
    or, behind something that takes another port, without."""
    told = {n.lower() for n in names}
    return frozenset({f"{n}:{port}" for n in _LOCAL} | told | {f"{n}:{port}" for n in told if ":" not in n})


class Guard:
    """ASGI in, ASGI out. Bodies arrive whole behind it, and faults leave it as problems."""

    def __init__(self, app: App, allowed: frozenset[str], tokens: Tokens | None) -> None:
        self.app, self.allowed, self.tokens = app, allowed, tokens

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], reply: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, reply)
            return
        if scope["type"] != "http":
            await reply({"type": "websocket.close", "code": 1008})
            return
        begun = False

        async def safe(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", ()), *SAFE]
            await reply(message)

        try:
            headers = _single(scope["headers"])
            self._check(scope, headers)
            body = await _whole(headers, receive)
            await self.app(scope, _replayed(body, receive), safe)
        except Problem as problem:
            await send(problem, safe)
        except Exception as error:  # the last line of defence: whatever it was about stays here
            log_fault(error)
            if not begun:
                await send(of_fault(error), safe)

    def _check(self, scope: Message, headers: dict[bytes, bytes]) -> None:
        """Raise Problem for who is not let in. Health, which tells nothing, is told to probes that know only an address."""
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in self.allowed and scope["path"] != HEALTH:
            raise Problem(
                400, "P301", "this server is not called so", where="header Host", fix="ask it by its own name and port"
            )
        _check_origin(headers, self.allowed)
        if self.tokens is not None and scope["path"] != HEALTH:
            self._check_token(scope, headers)
        if scope["method"] not in ("GET", "HEAD", "OPTIONS", "DELETE") or headers.get(b"content-length", b"0") != b"0":
            _check_media(headers)

    def _check_token(self, scope: Message, headers: dict[bytes, bytes]) -> None:
        assert self.tokens is not None  # noqa: S101 - asked by _check alone
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() == "bearer" and self.tokens.right(token.strip()):
            return
        ask = {"WWW-Authenticate": "Bearer"}
        if not token:
            raise Problem(401, "P301", "a token is asked for", where="header Authorization", headers=ask,
                          fix="send Authorization: Bearer and the token")  # fmt: skip
        seconds = self.tokens.wait((scope.get("client") or ("",))[0])
        if seconds:
            raise Problem(429, "P303", "too many wrong tokens came from this address", where="header Authorization",
                          fix=f"try again in {seconds} s", headers={"Retry-After": str(seconds)})  # fmt: skip
        raise Problem(401, "P301", "this token is not known", where="header Authorization", headers=ask,
                      fix="use a token of the token file of this server")  # fmt: skip


def _single(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name. Raises Problem 400 where one that decides something stands twice."""
    found: dict[bytes, bytes] = {}
    for name, value in pairs:
        if name in found and name in _DECIDING:
            raise Problem(400, "P302", "a header stands twice", where=f"header {name.decode('latin-1')}", fix="send it once")
        found[name] = value
    return found


_DECIDING = (b"host", b"origin", b"authorization", b"content-type", b"content-length", b"sec-fetch-site", b"transfer-encoding")


def _check_origin(headers: dict[bytes, bytes], allowed: frozenset[str]) -> None:
    """Refuse what another site makes a browser send; programs send neither header."""
    site = headers.get(b"sec-fetch-site", b"none").lower()
    origin = headers.get(b"origin")
    own = origin is None or re.sub(rb"^https?://", b"", origin.lower()).decode("latin-1") in allowed
    if site not in (b"none", b"same-origin") or not own:
        raise Problem(
            403, "P301", "another site asks", where="header Origin or Sec-Fetch-Site", fix="ask from a program of your own"
        )


def _check_media(headers: dict[bytes, bytes]) -> None:
    media, _, rest = headers.get(b"content-type", b"").lower().partition(b";")
    charset = rest.strip().removeprefix(b"charset=").strip(b'"')
    if media.strip() != b"application/json" or charset not in (b"", b"utf-8"):
        raise Problem(415, "P302", "only JSON is read", where="header Content-Type", fix="send Content-Type: application/json")
    if headers.get(b"content-encoding", b"identity").strip() not in (b"", b"identity"):
        raise Problem(415, "P302", "packed bodies are not opened", where="header Content-Encoding", fix="send it unpacked")


async def _whole(headers: dict[bytes, bytes], receive: Callable[[], Awaitable[Message]]) -> bytes:
    """The body. Raises Problem 413 before more than the limit is held; what is still sent then is read past by the server, so
    that the answer is heard, as long as its patience lasts."""
    length = headers.get(b"content-length", b"0")
    if length == b"0" and b"transfer-encoding" not in headers:
        return b""
    if not length.isdigit() or int(length) > limits.MOST_BYTES:
        raise _large()
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "P302", "the request ended before its body did", fix="send all of it")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limits.MOST_BYTES:
            raise _large()
        if not message.get("more_body"):
            return b"".join(parts)


def _large() -> Problem:
    what = f"the body is larger than {limits.MOST_BYTES >> 20} MB"
    return Problem(413, "P302", what, where="body", fix="send fewer records, in several requests")


def _replayed(body: bytes, receive: Callable[[], Awaitable[Message]]) -> Callable[[], Awaitable[Message]]:
    """The body as one message, and after it what really comes."""
    told = False

    async def once() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
