"""People who take no part in anything: who objected, who was forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True)
class Roll:
    """One list of people, as outputs name it: never whom it holds."""

    name: str
    sha256: str
    """Of the bytes of the file; of the list that a record of runs keeps, which holds no id, likewise."""
    people: int


@dataclass(frozen=True)
class Exclusion:
    """Ids byte for byte, and ids that are known by their digest alone."""

    ids: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    secret: bytes = b""
    """What the digests were made with."""
    rolls: tuple[Roll, ...] = ()

    def __contains__(self, id: str) -> bool:
        return id in self.ids or (bool(self.digests) and digest(id, self.secret) in self.digests)

    def among(self, ids: Iterable[str | None]) -> frozenset[str]:
        """Those of some ids that are on a list."""
        return frozenset(i for i in ids if i is not None and i in self)


NOBODY = Exclusion()


def digest(id: str, secret: bytes) -> str:
    """An id as 32 hexadecimal digits that only the holder of the secret (16 to 64 bytes) can make again."""
    return blake2b(id.encode("utf-8", "surrogatepass"), key=secret, digest_size=16).hexdigest()
