"""A machine that says no: the Nth write, open for writing, rename, new folder, flush or statement of SQLite fails."""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_WRITES = ("insert", "update", "delete", "begin", "commit", "create", "alter", "vacuum", "pragma wal_checkpoint")


class Calls:
    """Counts what is asked of the machine, and refuses the Nth, or all from the Nth on."""

    def __init__(self, nth: int, lasting: bool) -> None:
        self.nth, self.lasting, self.seen, self.refused = nth, lasting, 0, ""

    def ask(self, what: str, path: object = "") -> None:
        """One more; OSError where it is the one."""
        if self._no(what):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    def statement(self, text: str) -> None:
        """One more of SQLite; its own error where it is the one."""
        if text.lstrip().lower().startswith(_WRITES) and self._no(text.strip().split("\n")[0]):
            raise sqlite3.OperationalError("database or disk is full")

    def _no(self, what: str) -> bool:
        self.seen += 1
        no = self.seen >= self.nth if self.lasting else self.seen == self.nth
        if no:
            self.refused = self.refused or what
        return no


@contextmanager
def failing(patch: pytest.MonkeyPatch, nth: int, *, lasting: bool = False) -> Iterator[Calls]:
    """The one seam through which a sweep makes the machine say no inside this process."""
    calls = Calls(nth, lasting)

    class Raw(io.FileIO):
        def write(self, data: Any, /) -> Any:
            calls.ask("write", self.name)
            return super().write(data)

    class Index(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> Any:  # type: ignore[override]
            calls.statement(sql)
            sql = "pragma synchronous=off" if sql == "pragma synchronous=full" else sql
            return super().execute(sql, *more)

        def executemany(self, sql: str, *more: Any) -> Any:  # type: ignore[override]
            calls.statement(sql)
            return super().executemany(sql, *more)

        def backup(self, *given: Any, **more: Any) -> None:
            calls.statement("insert into the copy")
            super().backup(*given, **more)

    opened, connected, low = io.open, sqlite3.connect, os.open

    def open_(file: Any, mode: str = "r", buffering: int = -1, *more: Any, **named: Any) -> Any:
        if not set("wxa+") & set(mode) or not isinstance(file, (str, os.PathLike)):
            return opened(file, mode, buffering, *more, **named)
        calls.ask("open", file)
        raw = Raw(os.fspath(file), mode.replace("b", "").replace("t", ""))
        whole = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw)
        if "b" in mode:
            return whole
        text = dict(zip(("encoding", "errors", "newline"), more, strict=False)) | named
        return io.TextIOWrapper(whole, text.get("encoding") or "utf-8", text.get("errors"), text.get("newline"))

    def low_open(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            calls.ask("open", path)
        return low(path, flags, *more, **named)

    def asked(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            calls.ask(name, args[0])
            return real(*args, **named)

        return call

    with patch.context() as seam:
        seam.setattr(io, "open", open_)
        seam.setattr(builtins, "open", open_)
        seam.setattr(os, "open", low_open)
        for name in ("replace", "rename", "mkdir", "sendfile", "chmod"):
            seam.setattr(os, name, asked(name, getattr(os, name)))
        seam.setattr(os, "fsync", asked("fsync", lambda _: None))  # nobody cuts the power in these tests
        seam.setattr(sqlite3, "connect", lambda *args, **named: connected(*args, **named, factory=Index))
        yield calls
