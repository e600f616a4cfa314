"""A shop whose users have groups, and new users who arrive in it: what the tests of listeners share."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import personae
from personae import flow, plugins
from personae.model.arrival import Came
from personae.model.cast import Cast
from personae.stages.arrive import Placer, placer
from personae.store import Record

Row = tuple[str, str, str]
"""A row of the log: user, event, time."""


@dataclass(frozen=True, eq=False)
class Shop:
    """A recorded run over a log of 300 users, and rows of a log of other users."""

    record: Record
    cast: Cast
    later: tuple[Row, ...]
    folder: Path

    def batch(self, rows: Sequence[Row], cast: Cast | None = None) -> dict[str, tuple[Any, ...]]:
        """Where `personae score` puts the users of some rows: persona, name, membership, margin, kind, reason by id."""
        used = cast or self.cast
        ids, placement = flow.place(used, (str(log(self.folder / "asked.csv", rows)),))
        table = plugins.find("exporters", "parquet").users(ids, placement, used.personas).to_pylist()
        names = ("persona", "persona_name", "membership", "margin", "kind", "reason")
        return {r["id"]: tuple(r[n] for n in names) for r in table}

    def placer(self, strict: bool = False) -> Placer:
        """The run, ready to place whoever arrives."""
        return placer(self.cast, strict=strict)


@dataclass
class Heard:
    """What a listener told."""

    came: list[Came] = field(default_factory=list)

    def tell(self, came: Came) -> None:
        """Keep it."""
        self.came.append(came)

    @property
    def placed(self) -> int:
        """How many were placed."""
        return sum(c.placed for c in self.came)

    @property
    def aside(self) -> int:
        """How many were set aside."""
        return sum(c.aside for c in self.came)


@dataclass(frozen=True)
class Always:
    """A run that stays current."""

    value: Any

    def get(self) -> Any:
        """The run."""
        return self.value


def log(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows of a log."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("user_id", "event", "time"))
        writer.writerows(rows)
    return path


def rows_of(path: Path) -> tuple[Row, ...]:
    """The rows of a log that was written."""
    with path.open(newline="", encoding="utf-8") as file:
        return tuple((r["user_id"], r["event"], r["time"]) for r in csv.DictReader(file))


def strangers(event: str, users: int = 30) -> tuple[Row, ...]:
    """Users like nobody in the shop: they do one thing only, all the time."""
    times = [f"2026-03-{1 + i % 28:02d}T{i % 24:02d}:00:00Z" for i in range(60)]
    return tuple((f"stranger {u}", event, t) for u in range(users) for t in times[: 40 + u % 20])


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The shop, made once."""
    from conftest import planted

    folder = tmp_path_factory.mktemp("shop")
    planted(users=300, seed=4).log(folder / "log.csv")
    later = planted(users=40, seed=4, activity=30.0).log(folder / "later.csv")
    result = personae.run(str(folder / "log.csv"), groups=3, worlds="none", method="kmeans")
    record = Record(folder / ".personae")
    record.add(result.cast, folder / "out", "2026-06-01", more=lambda place, _: None)
    return Shop(record, record.load(""), rows_of(later), folder)


@contextmanager
def listening(listen: Callable[..., None], sources: list[str], to: str, current: Any) -> Iterator[Heard]:
    """A listener that runs while the block does; what ended it is raised."""
    heard, stop, ended = Heard(), threading.Event(), []

    def work() -> None:
        try:
            listen(sources, to, current, heard.tell, stop)
        except BaseException as error:
            ended.append(error)
            raise

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert not ended, ended


def until(true: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.02)
