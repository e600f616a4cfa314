"""Targets as they are typed: "P1.purchase=60%@2026-12-31"."""

from __future__ import annotations

import re
from datetime import date

from personae.errors import UsageError
from personae.model.target import Target

SHAPE = re.compile(
    r"(?P<who>[^.]+)\.(?P<what>.+?)\s*(?P<side><=|>=|=)\s*(?P<value>-?\d+(?:\.\d+)?)\s*(?P<part>%?)(?:@(?P<by>.+))?"
)


def target(text: str) -> Target:
    """A target from its text: the persona (key, name or "all"), a dot, the metric, "=" or ">=" for at least, "<=" for at most,
    a number or a share in percent, and "@" with the date by which it is to be reached. Raises UsageError P001."""
    m = SHAPE.fullmatch(text.strip())
    if m is None:
        raise _wrong(text, "such as P1.purchase=60%@2026-12-31 or all.churn<=5%")
    by = (m["by"] or "").strip()
    if by and not _is_date(by):
        raise _wrong(text, "with a date such as 2026-12-31 behind the @")
    value = float(m["value"]) / (100 if m["part"] else 1)
    return Target(m["who"].strip(), m["what"].strip(), value, bool(m["part"]), m["side"] == "<=", by)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wrong(text: str, needs: str) -> UsageError:
    return UsageError("P001", f"--target {text} is not a target", where="setting target", fix=f"give --target {needs}")
