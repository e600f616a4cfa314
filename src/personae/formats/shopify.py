"""Orders of Shopify: one row an order, and one row a line of an order."""

from __future__ import annotations

from collections.abc import Mapping

from personae.model.format import ROW, Dialect, Format, Part, Signs
from personae.model.study import Role
from personae.model.table import Column
from personae.sql import exports

_ORDER = "order_value"

FORMAT = Format(
    title="a Shopify export of orders",
    documented="Orders CSV: what belongs to an order stands on its first line, further lines hold its items; Admin API as JSON",
    signs=(
        Signs(("Name", "Email", "Financial Status", "Lineitem name", "Total")),
        Signs(("financial_status", "line_items", "total_price", "created_at")),
    ),
    id=("Customer ID", "Email", "customer.id", "email"),
    time=("Created at", "created_at", "processed_at"),
    utc=True,
    value=(_ORDER, "current_total_price", "total_price"),
    currency=("Currency", "currency"),
    describe=("Shipping Country", "Billing Country", "Accepts Marketing", "Payment Method", "Shipping Method", "Source",
              "Discount Code", "shipping_address.country_code", "billing_address.country_code", "buyer_accepts_marketing"),
    leave=("Name", "Id", "id", "order_number", "Phone", "Paid at", "Fulfilled at", "Cancelled at", "Lineitem sku", "Notes",
           "Note Attributes", "Tags", "Billing *", "Shipping *", "Lineitem fulfillment status", "Lineitem requires shipping",
           "Lineitem taxable", "Lineitem compare at price", "Payment ID", "Payment Reference*", "Payment Terms *", "Device ID",
           "Tax *", "Receipt Number", "Duties", "Employee", "Location", "Vendor", "Risk Level", "Next Payment Due At",
           "Outstanding Balance", "Total", "Subtotal", "Refunded Amount", "Taxes", "Shipping", "line_items", "customer.*",
           "billing_address.*", "shipping_address.*", "*_set.*", "*_url", "token", "cart_token", "checkout_token",
           "checkout_id", "user_id", "app_id", "gateway", "browser_ip", "admin_graphql_api_id", "updated_at", "closed_at",
           "cancelled_at", "processed_at", "total_line_items_price", "subtotal_price", "total_tax"),
    entity="customer",
)  # fmt: skip


def shaped(columns: Mapping[str, Column], dialect: Dialect) -> tuple[Part, ...]:
    """Orders, each once with its total less what was paid back; and lines of orders, whose product says what happened."""
    if "lineitem name" not in columns:
        return (Part(where=_counts(columns, dialect, "cancelled_at", "financial_status", "id"), left=_LEFT),)
    q, order, row = dialect.quote, dialect.quote(columns["name"].name), dialect.quote(ROW)
    first = exports.first_of(order, row)
    total = columns["total"]
    paid = dialect.exact(total) if total.kind.numeric else "NULL"
    back = columns.get("refunded amount")
    value = f"{paid} - coalesce({dialect.exact(back)}, 0)" if back is not None and back.kind.numeric else paid
    items = {c.name: "" for n, c in columns.items() if n.startswith("lineitem")}
    counts = _counts(columns, dialect, "cancelled at", "financial status", "name")
    orders = Part("orders", {**items, _ORDER: value}, f"{first} AND {counts}", _LEFT, {_ORDER: Role.VALUE})
    keep = [columns[n].name for n in ("customer id", "email", "created at") if n in columns]
    lines = {c.name: "" for n, c in columns.items() if not n.startswith("lineitem") and n not in ("name", "currency")}
    lines |= {n: exports.filled_down(q(n), order, row) for n in keep}
    name = columns["lineitem name"].name
    return orders, Part("lines", lines, counts, "lines of orders that were cancelled", {name: Role.EVENT})


_LEFT = "further lines of orders, and orders that were cancelled"


def _counts(columns: Mapping[str, Column], dialect: Dialect, cancelled: str, status: str, order: str) -> str:
    """A condition: the order was neither cancelled nor voided."""
    q, made = dialect.quote, []
    key, row = q(columns[order].name) if order in columns else "", q(ROW)
    for name, bad in ((cancelled, "{0} IS NOT NULL"), (status, "lower(CAST({0} AS VARCHAR)) = 'voided'")):
        if name in columns:
            value = exports.filled_down(q(columns[name].name), key, row) if key else q(columns[name].name)
            made.append(f"NOT coalesce({bad.format(value)}, FALSE)")
    return " AND ".join(made) or "TRUE"
