"""A shop of five groups with the facts of a real run, and true sentences about them as people and models would write them."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from personae.claims.ground import Ground, ground
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona

GROUPS = (
    ("P1", "Last basket reorderers", 748, "P2"), ("P2", "Offer viewers", 627, "P1"), ("P3", "Recipe savers", 533, "P1"),
    ("P4", "Review readers", 344, "P1"), ("P5", "Help seekers", 146, "P1"),
)  # fmt: skip
QUOTES = ("Reordering my basket takes two minutes a week.", "The offers keep me coming back, mostly for the coupons.")


@cache
def facts() -> tuple[Fact, ...]:
    """What was measured of the shop."""
    texts = ("id", "subject", "measure", "label", "statistic", "unit")
    rows = _rows("shop_facts.csv")
    made = []
    for row in rows:
        figures = {k: float(v) for k, v in row.items() if k not in texts and k != "n" and v != ""}
        made.append(Fact(**{k: row[k] for k in texts}, n=int(row["n"]), **figures))  # type: ignore[arg-type]
    return tuple(made)


@cache
def personas() -> tuple[Persona, ...]:
    """The five groups, without sentences."""
    none = Claim("", "M", ())
    return tuple(
        Persona(key, i, name, "natural", users, users / 2401, 0.99, "steady", none, (), (), (), (), None, nearest)
        for i, (key, name, users, nearest) in enumerate(GROUPS)
    )


@cache
def known() -> Ground:
    """What the sentences are checked against."""
    return ground(personas(), facts(), QUOTES)


def told(file: str = "shop_sentences.csv") -> list[tuple[Persona, str, Claim]]:
    """Every true sentence with its persona and part; of "shop_lies.csv" every false one."""
    by_key = {p.key: p for p in personas()}
    return [(by_key[r["persona"]], r["part"], Claim(r["text"], r["grade"], tuple(r["facts"].split()))) for r in _rows(file)]


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
