"""The run that is served: followed in a thread of its own, exchanged whole, never waited for."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import PurePath

from personae.model.cast import Cast
from personae.progress import warn
from personae.stages.intake import Scorer
from personae.store import Record
from personae.store.current import LOOK, Current
from personae.web.problems import fault


class Serving:
    """A record, the run of it that is meant ("" for the current one), and its scorer. `scorer` is always there and never waits:
    another run takes its place when it has been read."""

    def __init__(self, record: Record, name: str = "") -> None:
        """Raises what `Record.load` raises."""
        self.record, self.name = record, name
        self._current = Current(record, name, self._scorer)
        self.scorer = self._current.get()
        self._over = threading.Event()
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()

    @property
    def run(self) -> str:
        """The run that places users now."""
        return self.scorer.cast.run

    def _scorer(self, cast: Cast) -> Scorer:
        """A scorer whose answers name their run: by its id, or, where a folder was named, as that is called."""
        return Scorer(cast if cast.run else replace(cast, run=PurePath(self.name).name))

    def close(self) -> None:
        """Follow no longer."""
        self._over.set()

    def _follow(self) -> None:
        while not self._over.wait(LOOK):
            try:
                self.scorer = self._current.get()
            except Exception as error:  # a thread that dies would leave an old run in use without a word
                warn(f"the last good run stays in use ({fault(error)})")
