"""Those who arrive one by one: what a listener tells of them, and how it learns that it is to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Came:
    """What became of a handful of arrivals. No id is in it."""

    placed: int = 0
    aside: int = 0
    """Those that could not be placed; each is listed with the reason where answers go."""
    outside: int = 0
    """Those of the placed who are in no group."""
    seconds: tuple[float, ...] = ()
    """How long each of them waited, where that is known."""
    run: str = ""
    said: str = ""
    """Something to be told at once: that a connection was lost, say."""


Tell = Callable[[Came], None]


class Stop(Protocol):
    """Whether to end; `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether to end now."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait so many seconds or until the end is asked for; whether it is."""
