"""personae listen: whoever arrives gets a persona at once."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count
from personae.errors import UsageError

MINUTE = 60.0
"""Seconds between two lines about who came."""
KEPT = 10_000
"""Waits that a line is made of at most: the last ones."""


def listen(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="A folder, env:DB_URL::table or env:REDIS_URL::stream.", show_default=False),
    ] = None,
    name: Annotated[
        str, typer.Option("--run", metavar="RUN", help="A run's id or folder; the current one when left out.")
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="PLACE", help="A folder, a table, or the first part of keys.")] = "",
    once: Annotated[bool, typer.Option("--once", help="Answer who is there, and end.")] = False,
    install: Annotated[bool, typer.Option("--install", help="PostgreSQL: make the triggers and the queue, and end.")] = False,
    everyone: Annotated[bool, typer.Option("--everyone", help="With --install: queue who is in the table already.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="PostgreSQL: take triggers and queue away, and end.")] = False,
    print_sql: Annotated[
        bool, typer.Option("--print-sql", help="PostgreSQL: print what --install would run, and end.")
    ] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Place users the moment they arrive: in a table, a folder or a stream.

    Example: personae listen env:DB_URL::customers --to personae_personas
    """
    screen = Screen(as_json, plain, quiet, no_color)
    if not sources:
        fix = "name a folder, env:DB_URL::table or env:REDIS_URL::stream"
        raise UsageError("P001", "nothing to listen to was named", where="personae listen", fix=fix)
    plug, place = _plug(sources, to)
    setting_up = install or remove or print_sql
    if setting_up and not hasattr(plug, "install"):
        raise UsageError("P001", "only a table of PostgreSQL has something to install", where=sources[0], fix="leave it out")
    if everyone and (remove or not setting_up):
        fix = "personae listen ... --install --everyone"
        raise UsageError("P001", "--everyone is a part of --install", where="--everyone", fix=fix)
    current = _current(name, store, plug.STRICT)
    with _told(screen):
        if setting_up:
            _set_up(plug, sources, place, current.get(), screen, everyone=everyone, remove=remove, dry=print_sql)
            return
        with _minutes(screen) as minutes, _stopped() as stop:
            plug.listen(sources, place, current, minutes.tell, stop, once=once)
    if screen.json:
        screen.give(minutes.total())


def _plug(sources: list[str], to: str) -> tuple[Any, str]:
    """The plug that listens to such sources, and where its answers go."""
    from personae import plugins

    plug = next((p for n in plugins.names("arrivals") if (p := plugins.find("arrivals", n)).takes(sources[0])), None)
    if plug is None:
        fix = "name a folder that is there, env:DB_URL::table (PostgreSQL) or env:REDIS_URL::stream (Redis)"
        raise UsageError("P001", f"nobody can be listened for in {sources[0]}", where="SOURCE", fix=fix)
    if not (to or plug.TO):
        raise UsageError("P001", "it is not said where answers go", where="--to", fix="add --to FOLDER")
    return plug, to or plug.TO


def _current(name: str, store: str, strict: bool) -> Any:
    from personae.stages.arrive import placer
    from personae.store import Record
    from personae.store.current import Current

    return Current(Record(Path(store or ".personae")), name, lambda cast: placer(cast, strict=strict))


def _set_up(
    plug: Any, sources: list[str], to: str, scorer: Any, screen: Screen, *, everyone: bool, remove: bool, dry: bool
) -> None:
    if remove:
        statements = plug.remove(sources, to, scorer, dry=dry)
    else:
        statements = plug.install(sources, to, scorer, everyone=everyone, dry=dry)
    if dry:
        print(";\n".join(statements) + ";")
        return
    done = "nobody is queued any more; answers stay" if remove else f"whoever arrives is queued; answers go to {to}"
    screen.talk(f"{'remove' if remove else 'install':<8} {done}")


class Minutes:
    """What came since the last line, said once a minute: counts, and never who."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self._lock = screen, threading.Lock()
        self.run, self._all, self._now = "", [0, 0, 0], [0, 0, 0]
        self._seconds: deque[float] = deque(maxlen=KEPT)

    def tell(self, came: Any) -> None:
        """Take what a listener says."""
        self.run = came.run or self.run
        if came.said:
            self.screen.talk(f"listen   {came.said}{f', run {came.run}' if came.run and not came.placed else ''}")
        with self._lock:
            for i, n in enumerate((came.placed, came.aside, came.outside)):
                self._now[i] += n
                self._all[i] += n
            self._seconds.extend(came.seconds)

    def say(self) -> None:
        """A line about those who came since the last, where anybody did."""
        with self._lock:
            (placed, aside, outside), ordered = self._now, sorted(self._seconds)
            self._now = [0, 0, 0]
            self._seconds.clear()
        if placed or aside:
            slow = f", 95 of 100 within {_spent(ordered[int(0.95 * (len(ordered) - 1))])}" if ordered else ""
            nobody = f", {count(outside)} in no group" if outside else ""
            wrong = f", {count(aside)} set aside" if aside else ""
            self.screen.talk(f"{time.strftime('%H:%M')}    {count(placed, 'answer')} by run {self.run}{nobody}{wrong}{slow}")

    def total(self) -> dict[str, Any]:
        """All that came, as plain data."""
        placed, aside, outside = self._all
        return {"run": self.run, "placed": placed, "outside": outside, "set_aside": aside}


def _spent(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"


@contextmanager
def _minutes(screen: Screen) -> Iterator[Minutes]:
    """A line a minute while the block runs, and one when it ends."""
    minutes, over = Minutes(screen), threading.Event()

    def by_the_clock() -> None:
        while not over.wait(MINUTE):
            minutes.say()

    threading.Thread(target=by_the_clock, daemon=True).start()
    try:
        yield minutes
    finally:
        over.set()
        minutes.say()


@contextmanager
def _stopped() -> Iterator[threading.Event]:
    """An event that is set when the system asks the process to end: what is in hand is finished first."""
    stop = threading.Event()
    there = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set()) if there else None
    try:
        yield stop
    finally:
        if there:
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _told(screen: Screen) -> Iterator[None]:
    """Say what the stages warn of, each warning once a minute."""
    import logging

    from personae.progress import LOG, Progress

    said: dict[str, float] = {}

    class Warn(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            event, now = getattr(record, "progress", None), time.monotonic()
            if isinstance(event, Progress) and event.verb == "warning" and now - said.get(event.words, -MINUTE) >= MINUTE:
                for old in [w for w, at in said.items() if now - at >= MINUTE]:
                    del said[old]
                said[event.words] = now
                screen.talk(f"warning  {event.words}")

    handler, onward = Warn(logging.WARNING), LOG.propagate
    LOG.addHandler(handler)
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.propagate = onward
