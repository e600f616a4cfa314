"""Logs for the tests of recipes: the same events for both faces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from personae.model.recipe import Log
from personae.sql.events import DAY, Events, events, first_days

TEXTS = ("genre", "item", "order", "feature")
NUMBERS = ("year", "energy")


@dataclass(frozen=True, eq=False)
class SmallLog:
    """Rows of user, t, event, value and properties; an empty text is "", an empty number nan. Days 0 to `days` - 1 count."""

    columns: dict[str, Any]
    days: int
    timed: bool = True

    def log(self, first: int = 0) -> tuple[Log, tuple[str, ...]]:
        """The numpy face's log, of the `first` days of each user where that is not 0, and the names of its users."""
        c = {k: np.asarray(v) for k, v in self.columns.items()}
        names, user = np.unique(c["user"], return_inverse=True)
        day = c["t"] // DAY
        own = np.full(len(names), np.iinfo(np.int64).max)
        np.minimum.at(own, user, day)
        keep = day - own[user] < first if first else np.ones(len(day), bool)
        kinds, event = _coded(c["event"][keep])
        log = Log(
            len(names), user[keep].astype(np.int32), c["t"][keep], event, kinds, c["value"][keep].astype(np.float64),
            0, (first or self.days) - 1, self.timed,
            {n: _coded(c[n][keep])[::-1] for n in TEXTS if n in c},
            {n: c[n][keep].astype(np.float64) for n in NUMBERS if n in c},
        )  # fmt: skip
        return replace(log, own=own) if first else log, tuple(names.tolist())

    def events(self, backend: Any, first: int = 0) -> Events:
        """The same rows as a relation of an Ibis backend."""
        kinds = {"t": pa.int64(), "value": pa.float64(), **dict.fromkeys(NUMBERS, pa.float64())}
        held = {
            k: pa.array([None if x == "" or x != x else x for x in v], kinds.get(k, pa.string()))
            for k, v in self.columns.items()
        }
        table = backend.create_table("log", pa.table(held), overwrite=True)
        there = [n for n in (*TEXTS, *NUMBERS) if n in self.columns]
        whole = events(
            table, user="user", t="t", event="event", value="value", columns=there, first=0, last=self.days - 1,
            timed=self.timed,
        )  # fmt: skip
        return first_days(whole, first) if first else whole


def _coded(texts: npt.NDArray[Any]) -> Any:
    names = tuple(sorted({str(t) for t in texts} - {""}, key=lambda n: n.encode()))
    at = {n: i for i, n in enumerate(names)}
    return names, np.array([at.get(str(t), -1) for t in texts], np.int32)


def some_log(seed: int, rows: int, days: int = 70) -> SmallLog:
    """A log of random events in which everything that can be empty is so now and then, and many times and values repeat."""
    rng = np.random.default_rng(seed)

    def texts(*words: str) -> list[str]:
        return [str(w) for w in rng.choice(["", *words], rows)]

    minutes = rng.integers(0, days * 24 * 12, rows)
    minutes[rng.random(rows) < 0.4] %= 24 * 12 * 3
    return SmallLog(
        {
            "user": [f"u{i}" for i in rng.integers(0, 1 + rows // 6, rows)],
            "t": minutes * 300,
            "event": texts("purchase", "return", "login", "play", "skip", "signup"),
            "value": [float("nan") if rng.random() < 0.2 else int(v) / 4 for v in rng.integers(-20, 80, rows)],
            "genre": texts("rock", "jazz", "folk"),
            "item": texts(*(f"i{i}" for i in range(6))),
            "order": texts(*(f"o{i}" for i in range(8))),
            "feature": texts("lists", "maps"),
            "year": [float("nan") if rng.random() < 0.1 else float(v) for v in rng.integers(1958, 2026, rows)],
            "energy": [float("nan") if rng.random() < 0.1 else int(v) / 8 for v in rng.integers(0, 9, rows)],
        },
        days,
    )


def in_numpy(plug: Any, small: SmallLog, first: int = 0, **options: Any) -> dict[tuple[str, str], float]:
    """(user, measure) -> value by the numpy face, where there is one."""
    log, names = small.log(first)
    made = plug.values(log, **options)
    return {(names[i], h.name): float(v) for h in made for i, v in enumerate(h.values) if v == v}


def in_sql(plug: Any, events: Events, backend: Any, **options: Any) -> dict[tuple[str, str], float]:
    """The same by the SQL face, executed."""
    rows = backend.to_pyarrow(plug.query(events, **options)).to_pylist()
    if rows and set(rows[0]) == {"user", "name", "value"}:
        return {(r["user"], r["name"]): float(r["value"]) for r in rows if r["value"] is not None}
    return {(r["user"], k): float(v) for r in rows for k, v in r.items() if k != "user" and v is not None and v == v}


def backend(name: str) -> Any:
    """An engine in memory."""
    return getattr(ibis, name).connect()
