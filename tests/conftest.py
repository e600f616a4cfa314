"""Worlds that tests build for themselves, and the way to real data.

Every name here is a fixture; `real`, `planted` and `World` can also be imported with `from conftest import ...`.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from searches import remembered_searches  # noqa: F401 - a fixture
from servers import mariadb, postgres, redis  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"


def real(name: str) -> Path:
    """The folder of a public data set; the test is skipped where it was not downloaded."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the public data set {name!r} is not on this machine (looked in ../shared/data)")
    return path


@dataclass(frozen=True, eq=False)
class World:
    """Users whose groups are known. Users are in the order of the md5 of their id, as in Features.

    `counts` (n, m) says how often each user did each of `events`; `labels` (n,) is the truth, -1 everywhere when groups = 0.
    """

    ids: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    events: tuple[str, ...]
    seed: int

    def features(self, measures: bool = False) -> Any:
        """The same users as Features: event counts, or with `measures` one measure per event instead."""
        import pyarrow as pa
        from scipy.sparse import csr_matrix

        from personae.model.features import Counts, Features, Measure
        from personae.model.study import Role
        from personae.model.table import Kind

        ids = pa.array(self.ids, pa.string())
        if not measures:
            return Features(ids, Counts(csr_matrix(self.counts.astype(np.float64)), self.events, "planted.csv"), ())
        columns = (self.counts[:, j].astype(np.float64) for j in range(len(self.events)))
        made = tuple(
            Measure(e, e, Role.BEHAVIOUR, Kind.INTEGER, c, forms=True) for e, c in zip(self.events, columns, strict=True)
        )
        return Features(ids, None, made)

    def log(self, path: Path, shuffled: int = 0) -> Path:
        """Write an event log `user_id,event,time`; another `shuffled` gives the same rows in another order."""
        rng = np.random.default_rng(self.seed)
        start = datetime(2026, 3, 1, tzinfo=UTC)
        rows = []
        for user, user_counts in zip(self.ids, self.counts, strict=True):
            for event, times in zip(self.events, user_counts, strict=True):
                for second in rng.integers(0, 90 * 86_400, times):
                    rows.append((user, event, (start + timedelta(seconds=int(second))).strftime("%Y-%m-%dT%H:%M:%SZ")))
        return _written(path, ("user_id", "event", "time"), rows, shuffled)

    def wide(self, path: Path, shuffled: int = 0) -> Path:
        """Write a table `user_id, <one column of counts per event>`."""
        rows = [(u, *(int(v) for v in c)) for u, c in zip(self.ids, self.counts, strict=True)]
        return _written(path, ("user_id", *self.events), rows, shuffled)

    def users(self, path: Path, shuffled: int = 0) -> Path:
        """Write a users table `user_id,age,country,plan` that says nothing about the groups."""
        rng = np.random.default_rng(self.seed + 1)
        rows = [
            (u, int(rng.integers(18, 80)), str(rng.choice(("DE", "FR", "PL"))), str(rng.choice(("free", "pro"))))
            for u in self.ids
        ]
        return _written(path, ("user_id", "age", "country", "plan"), rows, shuffled)


def _written(path: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]], shuffled: int) -> Path:
    if shuffled:
        rows = [rows[i] for i in np.random.default_rng(shuffled).permutation(len(rows))]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def planted(
    users: int = 600, groups: int = 3, events: int = 12, seed: int = 1, activity: float = 40.0, strength: float = 6.0
) -> World:
    """Users in groups that favour different events; groups=0 gives users who all draw from one law.

    `activity` is the median number of events a user does, `strength` how many times more often a group does its own events.
    """
    rng = np.random.default_rng(seed)
    ids = tuple(sorted((f"u{seed}-{i:06d}" for i in range(users)), key=lambda id: hashlib.md5(id.encode()).hexdigest()))  # noqa: S324
    popular = rng.dirichlet(np.full(events, 4.0))
    laws = np.tile(popular, (max(groups, 1), 1))
    for g in range(groups):
        laws[g, g::groups] *= strength
    laws /= laws.sum(axis=1, keepdims=True)
    labels = rng.integers(0, groups, users) if groups else np.full(users, -1)
    totals = np.maximum(1, rng.lognormal(np.log(activity), 0.6, users).astype(np.int64))
    counts = np.stack([rng.multinomial(t, laws[max(g, 0)]) for t, g in zip(totals, labels, strict=True)])
    return World(ids, labels, counts, tuple(f"event_{j:02d}" for j in range(events)), seed)


@pytest.fixture(name="real")
def _real() -> Callable[[str], Path]:
    """`real(name) -> Path`: a public data set, or a skip."""
    return real


@pytest.fixture(name="planted")
def _planted() -> Callable[..., World]:
    """`planted(users, groups, events, seed, activity, strength) -> World`."""
    return planted


@pytest.fixture
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome; the test is skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium on this machine; .ci/run installs it")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SEC-04: no test reaches beyond this machine."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a connection to {address[0]} was tried; nothing leaves this machine")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    yield
