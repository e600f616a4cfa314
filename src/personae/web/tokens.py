"""Tokens that let in: read from a file, compared in constant time, and wrong ones counted."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict
from pathlib import Path

from personae.errors import UsageError
from personae.redaction import hide
from personae.web import limits

SHORTEST, FEWEST = 32, 12
"""Characters of a token, and different ones among them: what is shorter or simpler can be guessed or was copied from a page."""
_SAMPLES = ("changeme", "example", "secret", "password", "token", "0123456789", "123456789", "abcdef", "placeholder", "your")
MAKE = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))" > token.txt'


class Tokens:
    """The tokens of a file. They are kept as hashes alone."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self._known = tuple(_hash(t) for t in tokens)
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def right(self, given: str) -> bool:
        """Whether a token is among them; takes as long whichever it is and wherever it differs."""
        found, mine = False, _hash(given)
        for known in self._known:
            found |= hmac.compare_digest(known, mine)
        return found

    def wait(self, address: str) -> int:
        """Note a wrong token of an address; seconds it should wait, 0 as long as it tried few.

        A right token is always let in, so that whoever guesses from an address shuts nobody else out there; a token of 32
        characters is not found by guessing.
        """
        now = time.monotonic()
        tries = [t for t in self._wrong.pop(address, []) if now - t < limits.MINUTE][-limits.WRONG :]
        self._wrong[address] = [*tries, now]
        if len(self._wrong) > limits.ADDRESSES:
            self._wrong.popitem(last=False)
        return int(limits.MINUTE - (now - tries[0])) + 1 if len(tries) >= limits.WRONG else 0


def read(path: str) -> Tokens:
    """The tokens of a file, one a line. Raises UsageError P301 for none, or for one that is short, simple or a sample."""
    file = Path(path)
    try:
        found = tuple(t for t in (line.strip() for line in file.read_text(encoding="utf-8").splitlines()) if t)
    except (OSError, UnicodeDecodeError) as no:
        raise _weak(path, "cannot be read as text") from no
    if not found:
        raise _weak(path, "is empty")
    for token in found:
        hide(token)
        if len(token) < SHORTEST:
            raise _weak(path, f"holds a token of {len(token)} characters, and {SHORTEST} are the fewest")
        if len(set(token)) < FEWEST or any(s in token.lower() for s in _SAMPLES):
            raise _weak(path, "holds a token that can be guessed")
        if not token.isascii() or any(c.isspace() for c in token):
            raise _weak(path, "holds a token with blanks or letters that a header cannot carry")
    return Tokens(found)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _weak(path: str, why: str) -> UsageError:
    return UsageError(
        "P301", f"the token file {why}", where=f"--token-file {path}", did="nothing was started", fix=f"make one: {MAKE}"
    )
