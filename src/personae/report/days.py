"""Moments as days, as a reader writes them."""

from __future__ import annotations

from datetime import date, timedelta

from personae.model.features import Window


def day(moment: str) -> str:
    """A moment without the clock when it is the beginning of a day."""
    return moment[:10] if moment[10:19] in ("", "T00:00:00", " 00:00:00") else moment


def last(window: Window) -> str:
    """The last day that was looked at: a window that ends at midnight does not hold the day that begins there."""
    end = day(window.end)
    return (date.fromisoformat(end) - timedelta(days=1)).isoformat() if len(end) == 10 else end
