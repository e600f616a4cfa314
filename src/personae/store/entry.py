"""One line of the record of runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Entry:
    """One recorded run. `folder` is where its readable files went, relative to the record's parent where that is possible."""

    number: int
    digest: str
    date: str
    folder: str
    sources: str
    verdict: str
    personas: int
    users: int
    seed: int
    ended: str = ""
    """The end of its data in time, as text that sorts; "" where the data have no time, or the record is older than this."""
    rests: str = ""
    """The run that it is a refresh of."""
    pinned: str = ""
    """The date since which it is protected from being pruned."""
    seal: str = ""
    """A hash of all the above as it was written."""

    @property
    def id(self) -> str:
        """The name a person calls it by: r01, r02, ..."""
        return f"r{self.number:02d}"

    @property
    def whole(self) -> bool:
        """Whether the line is the one that was written; records of before have no seals."""
        return self.seal in ("", _hash(self))

    def sealed(self) -> Entry:
        """The same with its hash."""
        return replace(self, seal=_hash(self))


def _hash(entry: Entry) -> str:
    text = json.dumps({**asdict(entry), "seal": ""}, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
