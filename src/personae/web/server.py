"""The server: connections that are half open or slow are closed, and a stop lets requests end."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import socket
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from personae.errors import MachineError
from personae.web import limits

_FILES = 8_192
"""Open files that are asked for: one a connection."""


_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Patient(HttpToolsProtocol):
    """The protocol of a connection whose patience ends: for a request that does not become whole, for an answer that nobody
    takes. Where too many wait to become whole, the one that waits longest makes room."""

    _waiting: ClassVar[OrderedDict[Patient, None]] = OrderedDict()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._end: asyncio.TimerHandle | None = None
        self._in_head, self._head, self._refused = True, 0, False
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._became_whole()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; headers without end are not listened to."""
        self._head += len(data) if self._in_head else 0
        super().data_received(data)
        if self._in_head and self._head > limits.MOST_HEAD:
            self._refuse()

    def on_message_begin(self) -> None:
        """Another request on the same connection begins."""
        super().on_message_begin()
        if self._end is None:
            self._begin()

    def on_headers_complete(self) -> None:
        """Its headers are whole."""
        self._in_head = False
        if len(self.url) + sum(len(n) + len(v) for n, v in self.headers) > limits.MOST_HEAD:
            self._refuse()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of its body."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._became_whole()
        self._in_head, self._head = True, 0
        if not self._refused:
            super().on_message_complete()

    def pause_writing(self) -> None:
        """The other side does not take what it is sent."""
        super().pause_writing()
        self._end = self._end or self.loop.call_later(limits.PATIENCE, self._close)

    def resume_writing(self) -> None:
        """It takes it again."""
        super().resume_writing()
        if self not in Patient._waiting:
            self._became_whole()

    def _refuse(self) -> None:
        if not self._refused:
            self._refused = True
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def _begin(self) -> None:
        self._end = self.loop.call_later(limits.PATIENCE, self._close)
        Patient._waiting[self] = None
        if len(Patient._waiting) > limits.WAITING:
            next(iter(Patient._waiting))._close()

    def _became_whole(self) -> None:
        Patient._waiting.pop(self, None)
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _close(self) -> None:
        self._became_whole()
        self.transport.abort()


class Server(uvicorn.Server):
    """The same server, whose stop by a signal is an end and no failure."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to SIGINT and SIGTERM as long as it runs; a second SIGINT ends at once. Only the main thread hears."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {s: signal.signal(s, self.handle_exit) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for s, handler in before.items():
                signal.signal(s, handler)


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises MachineError P501 where the machine refuses."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(2048)  # whoever asks before the loop runs waits and is answered
    except OSError as no:
        made.close()
        fix = "use another port: --port 0 takes a free one"
        raise MachineError("P501", f"nothing can listen on {host}, port {port}: {no.strerror}", where="--host, --port",
                           did="nothing was started", fix=fix) from no  # fmt: skip
    return made


def serve(app: Any, at: socket.socket) -> None:
    """Answer on a socket until a signal ends it. Requests that are being answered are let end, for ten seconds at most."""
    made(app).run(sockets=[at])


def made(app: Any) -> Server:
    """A server of an application, and a process that can bear many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    more = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, more), hard))
    config = uvicorn.Config(
        app, http=Patient, ws="none", lifespan="off", log_level="error", access_log=False, proxy_headers=False,
        server_header=False, timeout_keep_alive=int(limits.PATIENCE), timeout_graceful_shutdown=10, log_config=None,
    )  # fmt: skip
    return Server(config)
