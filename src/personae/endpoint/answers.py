"""Answers of earlier runs, kept by the hash of what was asked, so that the same question is never sent twice."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from personae.endpoint.address import Endpoint
from personae.endpoint.reply import Reply

FOLDER = "ai"
"""Where they lie, inside the record of runs."""


@dataclass(frozen=True)
class Answer:
    """What came of a request on a date: a reply, or why this way to ask was not taken (`untaken`)."""

    date: str
    reply: Reply | None
    untaken: str = ""


def digest(to: Endpoint, made: Mapping[str, Any]) -> str:
    """The hash of a request: its address and its body. No key is in it."""
    whole = json.dumps({"to": to.url + to.path, "body": made}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True)
class Answers:
    """The answers in a folder; files for their owner alone, each with the request as it was sent."""

    folder: Path

    def find(self, id: str) -> Answer | None:
        """The answer to the request of that hash; None where there is none, or none that can be read."""
        try:
            data = json.loads((self.folder / f"{id}.json").read_text(encoding="utf-8"))
            came = data["reply"]
            return Answer(str(data["date"]), Reply(**came) if came is not None else None, str(data["untaken"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, id: str, made: Mapping[str, Any], answer: Answer) -> None:
        """Keep an answer beside its request, whole or not at all. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".answer-")  # for its owner alone, as mkstemp makes files
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"request": made, **asdict(answer)}, file, ensure_ascii=False, sort_keys=True, indent=1)
            Path(name).replace(self.folder / f"{id}.json")
        finally:
            Path(name).unlink(missing_ok=True)
