"""Work that holds a connection for days: when the server goes away it is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

from personae.errors import MachineError, PersonaeError
from personae.model.arrival import Came, Stop, Tell

FIRST, LAST = 0.5, 30.0
"""Seconds between two tries: the first pause, which doubles, and the longest."""


class Lost(MachineError):  # noqa: N818 - what happened, as its parents are named
    """The connection went away; it may come back."""


def lost(error: PersonaeError) -> Lost:
    """The same error as one that may pass."""
    return Lost(error.code, error.what, where=error.where, did=error.did, fix=error.fix)


def lasting(work: Callable[[bool], None], tell: Tell, stop: Stop) -> None:
    """Do `work`, and again whenever it raises Lost, until it ends or is to stop. It is told whether it was lost before."""
    again, pause = False, FIRST
    while not stop.is_set():
        began = time.monotonic()
        try:
            work(again)
            return
        except Lost as wrong:
            if time.monotonic() - began > LAST:
                pause = FIRST
            if pause == FIRST:
                tell(Came(said=f"{wrong.what}: trying again; whoever arrives meanwhile is kept there and waits"))
            again = True
            stop.wait(pause)
            pause = min(2 * pause, LAST)
