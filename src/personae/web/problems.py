"""What went wrong, as RFC 9457 says it, with the codes that the command line has."""

from __future__ import annotations

import hashlib
import json
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from personae.errors import CODES, PersonaeError

MEDIA = "application/problem+json"
STATUS: Mapping[str, int] = {"P002": 422, "P103": 422, "P201": 404, "P202": 503, "P501": 503}
"""The status of errors that come from below; 400 for any other of the caller's, 500 for faults."""


class Problem(Exception):  # noqa: N818 - named as the standard names it
    """An answer that is none. `code` is a key of CODES; `what`, `where` and `fix` are sentences."""

    def __init__(
        self, status: int, code: str, what: str, *, where: str = "", fix: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(what)
        self.status, self.code, self.what, self.where, self.fix = status, code, what, where, fix
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """The document."""
        parts = {
            "type": f"urn:personae:error:{self.code}",
            "title": CODES[self.code],
            "status": self.status,
            "detail": self.what,
            "code": self.code,
            "where": self.where,
            "fix": self.fix,
        }
        return json.dumps({k: v for k, v in parts.items() if v != ""}, ensure_ascii=False).encode("utf-8", "replace")


def of_error(error: PersonaeError) -> Problem:
    """An error of ours as a problem."""
    usual = 400 if error.exit_code in (2, 3) else 500
    return Problem(STATUS.get(error.code, usual), error.code, error.what, where=error.where, fix=error.fix)


def of_fault(error: BaseException) -> Problem:
    """A fault of ours: an id to report it by, and nothing of what it was about."""
    fix = "please report this id; the log of the server has the place in the code"
    return Problem(500, "P900", f"this could not be answered, which is our fault ({fault(error)})", fix=fix)


def fault(error: BaseException) -> str:
    """The id of a fault: the same for the same place in the code."""
    return "E" + hashlib.sha256(place(error).encode()).hexdigest()[:8]


def place(error: BaseException) -> str:
    """Kind and place of a fault, without its message, which may hold values."""
    found = traceback.extract_tb(error.__traceback__)
    frames = [f"{PurePath(f.filename).parent.name}/{PurePath(f.filename).name}:{f.lineno}" for f in found]
    return f"{type(error).__name__} at {frames[-1] if frames else 'an unknown place'}"


def log_fault(error: BaseException) -> None:
    """One line for whoever runs the server."""
    print(f"error[P900]: {fault(error)}: {place(error)}", file=sys.stderr, flush=True)


async def send(problem: Problem, send: Any, extra: Sequence[tuple[bytes, bytes]] = ()) -> None:
    """The problem as the whole answer."""
    body = problem.body()
    headers = [(b"content-type", MEDIA.encode()), (b"content-length", str(len(body)).encode()), *extra]
    headers += [(k.lower().encode(), v.encode()) for k, v in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
