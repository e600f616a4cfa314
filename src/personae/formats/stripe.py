"""Payments of Stripe."""

from __future__ import annotations

from collections.abc import Mapping

from personae.model.format import Dialect, Format, Part, Signs
from personae.model.study import Role
from personae.model.table import Column

_PAID = "net_amount"
_WHOLE = ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf")
"""Currencies without a smaller unit: their amounts are not in hundredths."""
_FAILED = ("failed", "canceled", "cancelled", "blocked", "incomplete", "expired", "uncaptured", "requires_payment_method",
           "requires_action", "requires_confirmation", "requires_capture")  # fmt: skip

FORMAT = Format(
    title="a Stripe export of payments",
    documented="Payments CSV of the dashboard (amounts in units); charges of the API as JSON (amounts in hundredths)",
    signs=(
        Signs(("id", "Created (UTC)", "Amount", "Amount Refunded", "Currency")),
        Signs(("id", "Created date (UTC)", "Amount", "Amount Refunded", "Currency")),
        Signs(("object", "amount", "amount_refunded", "currency", "created")),
    ),
    id=("Customer ID", "Customer Email", "customer", "billing_details.email", "receipt_email"),
    time=("Created (UTC)", "Created date (UTC)", "created"),
    utc=True,
    value=(_PAID,),
    currency=("Converted Currency", "Currency", "currency"),
    describe=("Card Brand", "Card Funding", "Card Issue Country", "payment_method_details.card.brand",
              "payment_method_details.type"),
    leave=("id", "object", "Amount", "Amount Refunded", "Converted Amount", "Converted Amount Refunded", "amount*", "Fee",
           "Tax", "Taxes On Fee", "Description", "Seller Message", "Statement Descriptor", "Customer Description", "Card ID",
           "Card Last4", "Card Exp *", "Card Name", "Card Address *", "Card Fingerprint", "Card CVC Status", "Card AVS *",
           "Card Tokenization Method", "Transfer*", "Invoice ID", "Invoice Number", "Payment*", "Disputed Amount", "Dispute *",
           "Mode", "Status", "Captured", "Refunded date (UTC)", "status", "paid", "captured", "refunded", "disputed",
           "billing_details.*", "balance_transaction", "calculated_statement_descriptor", "failure_*", "fraud_details*",
           "livemode", "metadata", "outcome*", "payment_intent", "payment_method", "payment_method_details.*", "receipt_*",
           "source*", "statement_descriptor*", "description", "invoice", "refunds*"),
    key=("id",),
    entity="customer",
)  # fmt: skip


def shaped(columns: Mapping[str, Column], dialect: Dialect) -> tuple[Part, ...]:
    """Payments that went through, with what was kept of them in units of their currency."""
    status = columns.get("status")
    failed = ", ".join(f"'{s}'" for s in _FAILED)
    where = f"lower(trim(coalesce(CAST({dialect.quote(status.name)} AS VARCHAR), ''))) NOT IN ({failed})" if status else ""
    value = _hundredths(columns, dialect) if "amount_refunded" in columns else _units(columns, dialect)
    return (Part("", {_PAID: value}, where, "payments that failed", {_PAID: Role.VALUE}),)


def _units(columns: Mapping[str, Column], dialect: Dialect) -> str:
    """The amount less what was paid back, in the currency of the account where that is given."""
    start = "converted amount" if "converted amount" in columns else "amount"
    paid, back = columns[start], columns.get(f"{start} refunded")
    taken = f"coalesce({dialect.exact(back)}, 0)" if back is not None and back.kind.numeric else "0"
    return f"{dialect.exact(paid)} - {taken}"


def _hundredths(columns: Mapping[str, Column], dialect: Dialect) -> str:
    """The same for whole numbers of the smallest unit."""
    paid, back, currency = (dialect.quote(columns[n].name) for n in ("amount", "amount_refunded", "currency"))
    units = f"(CAST({paid} AS DECIMAL(18,2)) - coalesce(CAST({back} AS DECIMAL(18,2)), 0))"
    whole = ", ".join(f"'{c}'" for c in _WHOLE)
    return f"CASE WHEN lower({currency}) IN ({whole}) THEN {units} ELSE CAST({units} * 0.01 AS DECIMAL(18,2)) END"
