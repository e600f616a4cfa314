"""The day that runs and answers are dated with."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def today() -> str:
    """SOURCE_DATE_EPOCH where it is set, the clock otherwise, as 2026-05-30."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now()
    return now.date().isoformat()
