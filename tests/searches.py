"""A search that was made once in this test run answers whoever asks for the same one again.

For tests about what comes before and after it: the pages of the docs group the same sample company again and again. The same
users, measures and settings give the same groups, which DET-01 and test_determinism hold without this.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from personae.progress import LOG, Progress, tell, warn

Told = list[tuple[str, str]]


class _Heard(logging.Handler):
    """What a search said of itself, to be said again."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.told: Told = []

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "progress", None)
        if isinstance(event, Progress) and event.final:
            self.told.append((event.verb, event.words))


def _key(features: Any, study: Any, active: bool | None) -> str:
    """Two searches with one key are the same; the same search may have two keys, and is then made twice."""
    asked = replace(study, sources=(), memory="", threads=0)
    return hashlib.sha256(pickle.dumps((features, asked, active))).hexdigest()


def _searched(search: Callable[..., Any], features: Any, study: Any, active: bool | None) -> tuple[Any, Told]:
    heard = _Heard()
    LOG.addHandler(heard)
    try:
        return search(features, study, active), heard.told
    finally:
        LOG.removeHandler(heard)


def _kept(path: Path, made: tuple[Any, Told]) -> None:
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps(made))
    part.replace(path)


@pytest.fixture
def remembered_searches(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Within the test, searches of any test of this run answer again. Other processes make their own."""
    from personae.stages import choose as module

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "searches"
    folder.mkdir(exist_ok=True)
    search = module.choose

    def remembered(features: Any, study: Any, active: bool | None = None) -> Any:
        path = folder / _key(features, study, active)
        if not path.exists():
            _kept(path, _searched(search, features, study, active))
            return pickle.loads(path.read_bytes())[0]  # noqa: S301 - written above
        found, told = pickle.loads(path.read_bytes())  # noqa: S301
        for verb, words in told:
            _ = warn(words) if verb == "warning" else tell(verb, words)
        return found

    monkeypatch.setattr(module, "choose", remembered)
