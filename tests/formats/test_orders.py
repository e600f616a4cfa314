"""Orders and payments (requirement 44): purchase history and lifetime value equal SQL on the fixture."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from pytest import approx

from personae import flow
from personae.model.features import Features
from personae.model.study import Role, Study
from reading import write

HEADER = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Billing Name,Shipping Country,Cancelled at,Refunded Amount,Id"
)


def _shopify(customers: int = 40) -> tuple[str, dict[str, Decimal], dict[str, int]]:
    """An orders file; what each customer spent and how many orders that was."""
    rng, rows = np.random.default_rng(3), list[list[Any]]()
    spent: dict[str, Decimal] = defaultdict(Decimal)
    orders: dict[str, int] = defaultdict(int)
    for n in range(customers * 4):
        email, cancelled = f"c{n % customers:02d}@example.org", n % 17 == 5
        lines = [(int(rng.integers(1, 4)), f"product {int(p)}", Decimal(int(rng.integers(100, 9999))) / 100)
                 for p in rng.integers(0, 6, int(rng.integers(1, 5)))]  # fmt: skip
        total = sum((q * price for q, _, price in lines), Decimal(0)) + Decimal("4.95")
        back = Decimal("1.01") if n % 9 == 0 else Decimal(0)
        at = f"2026-0{1 + n % 3}-{1 + n % 27:02d} 10:{n % 60:02d}:00 -0500"
        for i, (quantity, product, price) in enumerate(lines):
            first = (
                [email, "paid", at, "EUR", total - Decimal("4.95"), "4.95", "0.00", total, at] if i == 0 else [email, *[""] * 8]
            )
            rest = ["Ann", "FR", at if cancelled else "", back, 9_000 + n] if i == 0 else [""] * 5
            rows.append([f"#{1000 + n}", *first, quantity, product, price, *rest])
        if not cancelled:
            spent[email] += total - back
            orders[email] += 1
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADER.split(","), *rows])
    return out.getvalue(), spent, orders


def _values(features: Features, name: str) -> dict[str, float]:
    measure = next(m for m in features.measures if m.name == name)
    return dict(zip(features.ids.to_pylist(), measure.values.tolist(), strict=True))


def test_an_order_of_several_lines_is_paid_once_to_the_cent(tmp_path: Path) -> None:
    """Requirement 44: the total less what was paid back, without orders that were cancelled."""
    text, spent, _ = _shopify()
    (orders, lines), features = flow.measured(Study(sources=(str(write(tmp_path / "orders_export.csv", text)),)))
    assert (orders.tool, orders.entity, orders.shape, lines.shape) == ("shopify", "customer", "events", "events")
    found = {k: Decimal(f"{v:.2f}") for k, v in _values(features, "order_value_total").items()}
    assert found == dict(spent)
    assert sum(found.values()) == sum(spent.values())


def test_purchases_are_orders_and_what_was_bought_is_counted_by_line(tmp_path: Path) -> None:
    text, _, orders = _shopify()
    (table, lines), features = flow.measured(Study(sources=(str(write(tmp_path / "orders_export.csv", text)),)))
    assert table.used == sum(orders.values())
    assert features.counts is not None
    assert features.counts.events == tuple(f"product {i}" for i in range(6))
    assert features.counts.matrix.sum() == lines.used
    assert lines.column(Role.ID) is not None
    assert {"Billing Name", "Notes"} & {c.name for c in lines.columns} == set()


STRIPE = """\
id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,Fee,\
Converted Currency,Status,Customer ID,Customer Email,Captured
ch_1,,Payment complete.,2026-01-02 10:00,19.99,0.00,usd,18.40,0.00,0.9,eur,Paid,cus_a,a@example.org,true
ch_2,,Payment complete.,2026-01-09 10:00,30.00,10.00,usd,27.60,9.20,0.9,eur,Paid,cus_a,a@example.org,true
ch_3,,Payment failed.,2026-01-10 10:00,500.00,0.00,eur,500.00,0.00,0,eur,Failed,cus_a,a@example.org,false
ch_4,,Payment complete.,2026-02-01 10:00,7.05,7.05,eur,7.05,7.05,0.4,eur,Refunded,cus_b,b@example.org,true
ch_5,,Payment complete.,2026-02-03 10:00,12.34,0.00,eur,12.34,0.00,0.4,eur,Paid,,c@example.org,true
"""


def test_payments_count_in_the_currency_of_the_account_less_refunds(tmp_path: Path) -> None:
    (table,), features = flow.measured(Study(sources=(str(write(tmp_path / "unified_payments.csv", STRIPE)),)))
    assert (table.tool, table.used, table.folded) == ("stripe", 4, 1)
    assert _values(features, "net_amount_total") == approx({"cus_a": 36.8, "cus_b": 0.0, "c@example.org": 12.34}, abs=1e-9)


def test_charges_of_the_api_are_in_hundredths_except_where_there_are_none(tmp_path: Path) -> None:
    def charge(n: int, amount: int, back: int, currency: str, status: str = "succeeded") -> dict[str, Any]:
        return {"id": f"ch_{n}", "object": "charge", "amount": amount, "amount_refunded": back, "currency": currency,
                "created": 1_767_350_000 + n * 86_400, "customer": f"cus_{n % 2}", "status": status}  # fmt: skip

    for currency, per in (("eur", 100), ("jpy", 1)):
        rows = [charge(1, 1999, 0, currency), charge(2, 500, 499, currency), charge(3, 10, 0, currency, "failed"),
                charge(4, 1, 0, currency)]  # fmt: skip
        path = write(tmp_path / f"{currency}.json", json.dumps({"object": "list", "data": rows}))
        (table,), features = flow.measured(Study(sources=(str(path),)))
        assert table.tool == "stripe"
        assert _values(features, "net_amount_total") == approx({"cus_1": 1999 / per, "cus_0": 2 / per}, abs=1e-9)


def test_amounts_in_several_currencies_are_not_added_up(tmp_path: Path) -> None:
    text = STRIPE.replace(",Converted Amount,Converted Amount Refunded", ",Other,Other Refunded").replace(
        "Converted Currency", "C"
    )
    (table,), features = flow.measured(Study(sources=(str(write(tmp_path / "payments.csv", text)),)))
    assert any("are in 2 currencies" in n.words and n.level == "warn" for n in table.notes)
    assert not [m.name for m in features.measures if "amount" in m.name.lower()]


KLAVIYO = """\
Email,Klaviyo ID,First Name,Phone Number,Country,First Active,Last Active,Profile Created On,Email Marketing Consent,\
Historic Customer Lifetime Value,Historic Number Of Orders,Average Order Value,Predicted Customer Lifetime Value,\
Churn Risk Prediction
""" + "".join(
    f"p{n}@example.org,01H{n:03d},Ann,+3312345{n:03d},FR,2026-01-0{1 + n % 9} 10:00:00,2026-03-0{1 + n % 9} 10:00:00,"
    f"2026-01-01 09:00:00,SUBSCRIBED,{n * 10.5:.2f},{n},{10.5 if n else ''},{n * 12.25:.2f},{(n % 10) / 10}\n"
    for n in range(30)
)


def test_what_is_predicted_of_a_profile_forms_no_groups(tmp_path: Path) -> None:
    (table,), features = flow.measured(Study(sources=(str(write(tmp_path / "klaviyo.csv", KLAVIYO)),)))
    assert (table.tool, table.shape, table.entity) == ("klaviyo", "entities", "customer")
    forms = {m.name for m in features.measures if m.forms}
    assert {"Historic Customer Lifetime Value", "Historic Number Of Orders"} <= forms
    roles = {c.name: c.role for c in table.columns}
    assert roles["Predicted Customer Lifetime Value"] is roles["Churn Risk Prediction"] is Role.OUTCOME
    assert roles["First Name"] is roles["Phone Number"] is Role.IGNORE
    assert roles["Klaviyo ID"] is Role.ID
