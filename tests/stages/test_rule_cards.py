"""Each persona as a few conditions: planted rules are found, and SQL says what the card says."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from described import category, events, number
from known import known
from personae.model.dossier import Known
from personae.model.rule_card import Portion
from personae.stages.rule_cards import portion, rule_cards


def _shop(users: int = 3000, seed: int = 4) -> Known:
    """Three groups: those who search much; the others apart by spend and, with noise, by plan."""
    rng = np.random.default_rng(seed)
    search, buy = rng.poisson(6, users), rng.poisson(5, users)
    spend = np.where(rng.random(users) < 0.05, np.nan, rng.lognormal(3, 1, users).round(2))
    plan = rng.integers(0, 3, users)
    labels = np.where(search >= 0.6 * (search + buy), 0, np.where((spend >= 20) & (plan != 1), 1, 2))
    labels = np.where(rng.random(users) < 0.08, rng.integers(0, 3, users), labels)
    counts = events(np.stack([search, buy], axis=1), ("search", "it's bought"))
    tiers = category("plan", plan, ("free", "o'pro", "team"))
    from dataclasses import replace

    from personae.model.study import Role

    return known(labels, number("spend", spend, unit="EUR"), replace(tiers, role=Role.BEHAVIOUR, forms=True), counts=counts)


def test_sql_of_every_card_gives_the_precision_and_recall_it_states() -> None:
    """The conditions as SQL, run over the two relations it names, on the users held out: the card's figures, exactly."""
    shop = _shop()
    held_out = pa.table({"id": shop.features.ids.take(pa.array(np.arange(1, len(shop.features), 2)))})
    counts = shop.features.counts
    assert counts is not None
    cells = counts.matrix.tocoo()
    named = [counts.events[j] for j in cells.col]
    users = pa.table({
        "id": shop.features.ids,
        "spend": pa.array(shop.features.measure("spend").values, from_pandas=True),
        "plan": [("free", "o'pro", "team")[c] for c in shop.features.measure("plan").values],
    })  # fmt: skip
    log = pa.table({"id": shop.features.ids.take(pa.array(cells.row)), "event": named, "count": cells.data.astype(int)})
    persona = pa.table({"id": shop.features.ids, "persona": [f"P{p + 1}" for p in shop.placement.persona]})
    cards = rule_cards(shop)
    assert [c.persona for c in cards] == ["P1", "P2", "P3"]
    with duckdb.connect() as con:
        for name, table in (("measures", users), ("counts", log), ("persona", persona), ("held_out", held_out)):
            con.register(name, table)
        for card in cards:
            met = f"SELECT id FROM ({card.sql}) SEMI JOIN held_out USING (id)"
            own = f"SELECT id FROM persona SEMI JOIN held_out USING (id) WHERE persona = '{card.persona}'"
            ask = (
                f"SELECT (SELECT count(*) FROM ({met})), (SELECT count(*) FROM ({own})), count(*) FROM ({met} INTERSECT {own})"
            )
            n, size, both = con.execute(ask).fetchall()[0]
            assert (card.precision, card.recall) == (Portion(both / n), Portion(both / size)), card.words
            assert card.tested == held_out.num_rows


def test_a_planted_rule_is_found_and_said_in_words() -> None:
    """Who searches much is told by the share of searching, who spends by the amount; a measure of noise is in no card."""
    cards = {c.persona: c for c in rule_cards(_shop())}
    assert cards["P1"].words == "searches make up at least 60 % of what they do" and len(cards["P1"].cuts) == 1
    assert "spend at least" in cards["P2"].words
    assert all(len(c.cuts) <= 3 for c in cards.values())
    assert all(c.precision and c.precision.value > 0.75 for c in (cards["P1"], cards["P2"]))


def test_labels_that_follow_nothing_get_no_rule_that_looks_good() -> None:
    """On users held out, groups drawn by lot are found no better than by lot."""
    rng = np.random.default_rng(5)
    lot = known(rng.integers(0, 3, 2000), *(number(f"m{i}", rng.normal(size=2000)) for i in range(8)))
    cards = rule_cards(lot)
    assert all(c.precision is None or c.precision.value < 0.45 for c in cards)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 20))
def test_a_portion_never_tells_of_fewer_than_the_floor(part: int, rest: int, floor: int) -> None:
    """EXP-03: neither the part nor what is missing from the whole can be worked out when it is smaller than the floor."""
    found = portion(part, part + rest, floor)
    if found is None:
        assert part < floor or 0 < rest < floor
    elif found.least:
        assert 0 < rest < floor and found.value <= part / (part + rest)
    else:
        assert found.value == part / (part + rest) and (rest == 0 or rest >= floor) and part >= floor
