"""A sample company: an online grocery that does not exist, with five kinds of customers planted in its log.

The kinds differ in what customers do; whether they renew follows the kind; age and country hardly do. A few rows are dirty
on purpose, times come from two zones, and a later delivery holds customers who changed and customers who are new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

DIRTY = 4
"""Rows of the sample that do not fit their table and have to be set aside."""

START, DAYS, LATER = np.datetime64("2026-01-12T00:00:00"), 90, 30
SUMMER = np.datetime64("2026-03-29T01:00:00")
"""When clocks go forward in both zones (UTC)."""

SHARED: Mapping[str, float] = {
    "open app": 10,
    "search product": 7,
    "view product": 9,
    "add to basket": 6,
    "place order": 3,
    "choose delivery slot": 2,
    "rate order": 0.8,
}
"""What every customer does, with its weight."""


@dataclass(frozen=True)
class Kind:
    """A planted kind of customers: its share, what it does beside the shared, and how often it renews."""

    share: float
    own: Mapping[str, float]
    renews: float
    weekend: float
    """Weight of a weekend day against a weekday."""
    score: float
    """Mean answer to "would you recommend us", 0 to 10."""
    says: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    Kind(
        0.31,
        {"reorder last basket": 9, "open saved basket": 6, "quick checkout": 7, "scan barcode": 4, "track delivery": 3},
        0.91,
        0.9,
        8.6,
        ("It takes me two minutes a week.", "I press one button and it is done.", "Never had to think about it."),
    ),
    Kind(
        0.26,
        {"view offers": 9, "redeem coupon": 7, "compare prices": 6, "open offer email": 4},
        0.58,
        1.0,
        7.1,
        ("Good when there is a coupon.", "Prices went up, offers keep me here.", "I only come for the deals."),
    ),
    Kind(
        0.22,
        {"read recipe": 9, "save recipe": 6, "plan week": 5, "share list": 3, "add recipe to basket": 5},
        0.82,
        2.6,
        8.9,
        ("We plan our week with it.", "The recipes are why I stay.", "More dishes for children, please."),
    ),
    Kind(
        0.15,
        {"read reviews": 8, "view category": 8, "filter by diet": 4, "save for later": 6},
        0.37,
        1.3,
        6.4,
        ("Still looking around.", "I compare here and buy in the shop.", "Too many choices."),
    ),
    Kind(
        0.06,
        {"contact support": 8, "read help page": 8, "report missing item": 5, "request refund": 5, "change delivery slot": 6},
        0.19,
        1.0,
        3.2,
        ("Items are missing every time.", "Nobody answers me.", "The slot changed twice."),
    ),
)

_BEFORE = (
    "",
    "",
    "Honestly: ",
    "For two years now. ",
    "As I told you before. ",
    "With two children at home: ",
    "Since the last update. ",
)
_AFTER = (
    "",
    "",
    " My neighbour says the same.",
    " Thank you.",
    " Please read this.",
    " On my phone mostly.",
    " That is all.",
    " We are five.",
)
"""What people write around what they mean."""

PLANS, COUNTRIES = ("free", "plus", "family"), ("FR", "DE", "GB", "IE")
AGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
WESTERN = ("GB", "IE")
"""Countries one hour behind the others."""

TASTE = 7.0
"""How much customers of a kind are alike: the concentration of the Dirichlet law of their habits."""

Row = tuple[Any, ...]


def write(folder: str | Path, seed: int = 7, users: int = 2400) -> dict[str, Path]:
    """Write users.csv, events.csv, survey.csv and events_later.csv into a folder; returns their paths by name.

    The same seed and number of users always give the same bytes.
    """
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    shares = np.array([k.share for k in KINDS])
    kinds = rng.permutation(np.repeat(np.arange(len(KINDS)), _split(users, shares)))
    ids = [f"C-{i:05d}" for i in rng.permutation(users) + 1]
    countries = rng.choice(len(COUNTRIES), users, p=(0.34, 0.3, 0.26, 0.1))
    people = _users(rng, ids, kinds, countries)
    ragged = {len(people) // 3: f"{people[len(people) // 3][0]},plus,FR,35-44,2024-11-02,yes,no,extra"}
    nobody = ",free,DE,25-34,2025-02-01,no,no"
    events = _events(rng, ids, kinds, countries, START, DAYS, 46)
    answers = _survey(rng, ids, kinds)
    later = _later(rng, ids, kinds, countries)
    return {
        "users": _write(root / "users.csv", _USERS, people, ragged, nobody),
        "events": _write(root / "events.csv", _EVENTS, events, _dirty(events), ",2026-02-14T10:00:00+01:00,open app,"),
        "survey": _write(root / "survey.csv", ("customer_id", "recommend", "comment"), answers, {}, ""),
        "events_later": _write(root / "events_later.csv", _EVENTS, later, {}, ""),
    }


_USERS = ("customer_id", "plan", "country", "age_band", "signup_date", "newsletter", "renewed")
_EVENTS = ("customer_id", "time", "event", "amount")


def _split(users: int, shares: npt.NDArray[np.float64]) -> Ints:
    sizes = np.floor(shares * users).astype(np.int64)
    sizes[0] += users - sizes.sum()
    return sizes


def _users(rng: np.random.Generator, ids: list[str], kinds: Ints, countries: Ints) -> list[Row]:
    n = len(ids)
    plans = rng.choice(len(PLANS), n, p=(0.5, 0.33, 0.17))
    ages = np.clip(rng.normal(2.1 + 0.25 * (kinds == 2) - 0.2 * (kinds == 1), 1.3, n).round(), 0, len(AGES) - 1).astype(int)
    joined = np.datetime64("2023-06-01") + rng.integers(0, 940, n)
    letters = rng.random(n) < 0.45
    renewed = rng.random(n) < np.array([k.renews for k in KINDS])[kinds]
    return sorted(
        (ids[i], PLANS[plans[i]], COUNTRIES[countries[i]], AGES[ages[i]], str(joined[i]), _yes(letters[i]), _yes(renewed[i]))
        for i in range(n)
    )


def _yes(is_so: Any) -> str:
    return "yes" if is_so else "no"


def _events(
    rng: np.random.Generator, ids: list[str], kinds: Ints, countries: Ints, start: np.datetime64, days: int, usual: float
) -> list[Row]:
    """The log in order of time: every customer's events come in sessions of a few minutes."""
    totals = np.maximum(14, rng.lognormal(np.log(usual), 0.5, len(ids))).astype(np.int64)
    names = sorted({*SHARED, *(e for k in KINDS for e in k.own)})
    who = np.repeat(np.arange(len(ids)), totals)
    tastes = rng.gamma(TASTE * np.array([_mix(names, k) for k in KINDS])[kinds])
    counts = rng.multinomial(totals, tastes / tastes.sum(axis=1, keepdims=True))
    what = np.concatenate([rng.permutation(np.repeat(np.arange(len(names)), c)) for c in counts])
    when = start + np.concatenate(
        [_moments(rng, int(t), KINDS[k].weekend, start, days) for t, k in zip(totals, kinds, strict=True)]
    )
    order = np.lexsort((what, who, when))
    clocks = _clock(when[order], np.isin(np.array(COUNTRIES)[countries[who[order]]], WESTERN))
    spent = np.round(rng.gamma(4, 11, len(order)), 2)
    priced = {names.index("place order"), names.index("quick checkout")}
    return [
        (ids[who[j]], clock, names[what[j]], f"{spent[j]:.2f}" if what[j] in priced else "")
        for j, clock in zip(order.tolist(), clocks, strict=True)
    ]


def _mix(names: list[str], kind: Kind) -> npt.NDArray[np.float64]:
    """How likely each event is: half of it shared, four tenths the kind's own, and a little of everything."""
    shared, own = sum(SHARED.values()), sum(kind.own.values())
    weights = np.array([0.52 * SHARED.get(e, 0) / shared + 0.4 * kind.own.get(e, 0) / own + 0.08 / len(names) for e in names])
    total: float = weights.sum()
    return weights / total


def _moments(
    rng: np.random.Generator, total: int, weekend: float, start: np.datetime64, days: int
) -> npt.NDArray[np.timedelta64]:
    """Seconds since the start of one customer's events."""
    first = int((start.astype("datetime64[D]") - np.datetime64("1970-01-05")).astype(int))
    weights = np.where((np.arange(days) + first) % 7 >= 5, weekend, 1.0)
    sessions = max(2, total // 6)
    day = rng.choice(days, sessions, p=weights / weights.sum())
    begins = day * 86_400 + np.clip(rng.normal(18, 3.2, sessions), 6, 22.5) * 3600
    return (begins[rng.integers(0, sessions, total)] + rng.exponential(150, total)).astype("timedelta64[s]")


def _clock(utc: npt.NDArray[np.datetime64], western: npt.NDArray[np.bool_]) -> list[str]:
    """Times as the customer's clock showed them, with the offset from UTC."""
    hours = np.where(western, 0, 1) + (utc >= SUMMER)
    local = np.datetime_as_string(utc + hours.astype("timedelta64[h]"))
    return [f"{t}+{h:02d}:00" for t, h in zip(local.tolist(), hours.tolist(), strict=True)]


def _survey(rng: np.random.Generator, ids: list[str], kinds: Ints) -> list[Row]:
    """Three in ten answer; half of those write something."""
    rows = []
    for i in np.flatnonzero(rng.random(len(ids)) < 0.3):
        kind = KINDS[kinds[i]]
        score = int(np.clip(np.round(rng.normal(kind.score, 1.4)), 0, 10))
        text = _comment(rng, kind) if rng.random() < 0.5 else ""
        rows.append((ids[i], str(score), f'"{text}"' if "," in text else text))
    return sorted(rows)


def _comment(rng: np.random.Generator, kind: Kind) -> str:
    before, after = (part[rng.integers(len(part))] for part in (_BEFORE, _AFTER))
    return f"{before}{kind.says[rng.integers(len(kind.says))]}{after}"


def _later(rng: np.random.Generator, ids: list[str], kinds: Ints, countries: Ints) -> list[Row]:
    """The next delivery: one customer in twelve has changed, one in ten is gone, and one in sixteen is new."""
    users = len(ids)
    moved = np.where(rng.random(users) < 1 / 12, rng.permutation(kinds), kinds)
    stays = np.flatnonzero(rng.random(users) > 0.1)
    new = users // 16
    everyone = [*(ids[i] for i in stays), *(f"C-{users + 1 + i:05d}" for i in range(new))]
    ways = np.concatenate([moved[stays], rng.choice(len(KINDS), new)])
    places = np.concatenate([countries[stays], rng.choice(len(COUNTRIES), new)])
    return _events(rng, everyone, ways, places, START + np.timedelta64(DAYS, "D"), LATER, 20)


def _dirty(events: list[Row]) -> dict[int, str]:
    """Rows that a real log holds too: cut short, too long, without a time; and a customer nobody knows."""
    at = [len(events) * part // 100 for part in (7, 31, 52, 74)]
    some, other, _, third = (events[i] for i in at)
    return {
        at[0]: f"{some[0]},{some[1]}",
        at[1]: f"{other[0]},{other[1]},search product,,oat milk,2 l",
        at[2]: "C-99999,2026-02-20T09:15:00+01:00,open app,",
        at[3]: f"{third[0]},yesterday evening,open app,",
    }


def _write(path: Path, head: Row, rows: list[Row], dirty: Mapping[int, str], tail: str) -> Path:
    lines = [",".join(row) for row in rows]
    for at, text in sorted(dirty.items(), reverse=True):
        lines.insert(min(at, len(lines)), text)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join([",".join(head), *lines, *([tail] if tail else []), ""]))
    return path
