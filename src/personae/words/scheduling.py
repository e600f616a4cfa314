"""A schedule as people write it: --every week --at "Mon 05:00"."""

from __future__ import annotations

import difflib
import re
import unicodedata

from personae.errors import UsageError
from personae.model.schedule import DAYS, Schedule

EVERY = ("hour", "day", "week", "month")
AT = {"hour": ":15", "day": "05:00", "week": "Mon 05:00", "month": "1 05:00"}
"""What --at looks like, and what it is when left out."""
_BREAKS = ("Cc", "Zl", "Zp")
"""Control characters and separators: each ends a line in one of the files that are written, or means something there."""
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def schedule(every: str, at: str, timezone: str, command: tuple[str, ...], folder: str, program: str = "personae") -> Schedule:
    """What --every and --at say. Raises UsageError P001 naming what is wrong, a name that would break a line included."""
    if every not in EVERY:
        near = next(iter(difflib.get_close_matches(every, EVERY, 1, 0.5)), "")
        raise _wrong("--every", f"every {every!r} is not known", f"did you mean --every {near}?" if near else _known())
    for word in (*command, folder):
        if any(unicodedata.category(c) in _BREAKS for c in word):
            fix = "rename it, or name its folder or a pattern such as events/*.csv"
            raise _wrong("personae schedule", f"{word!r} has a line break or a control character in its name", fix)
    if timezone:
        _zone(timezone)
    found = re.fullmatch(
        r"(?:(?P<day>[A-Za-z]+|\d{1,2})\s+)?(?:(?P<hour>\d{1,2})(?=:))?:?(?P<minute>\d{2})", (at or AT[every]).strip()
    )
    if not found:
        raise _at(every, at)
    day, hour, minute = found["day"] or "", found["hour"], int(found["minute"])
    fits = {
        "hour": not day and hour is None, "day": not day and hour is not None, "week": day.isalpha() and hour is not None,
        "month": day.isdigit() and hour is not None,
    }[every]  # fmt: skip
    if not fits or int(hour or 0) > 23 or minute > 59:
        raise _at(every, at)
    weekday = _weekday(day) if every == "week" else 0
    number = int(day) if every == "month" else 1
    if not 1 <= number <= 28:
        raise _wrong("--at", f"not every month has a day {number}", "choose a day from 1 to 28")
    return Schedule(every, weekday, number, int(hour or 0), minute, timezone, command, folder, program)


def _weekday(day: str) -> int:
    low = day.lower()
    for i, name in enumerate(_LONG):
        if len(low) >= 2 and name.startswith(low):
            return i
    near = next(iter(difflib.get_close_matches(low, _LONG, 1, 0.4)), "")
    raise _wrong(
        "--at", f"{day} is no weekday", f"did you mean {near[:3].capitalize()}?" if near else f"one of {', '.join(DAYS)}"
    )


def _zone(name: str) -> None:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        near = next(iter(difflib.get_close_matches(name, sorted(zoneinfo.available_timezones()), 1, 0.5)), "")
        fix = f"did you mean {near}?" if near else "name one such as Europe/Paris or UTC"
        raise _wrong("--timezone", f"there is no time zone {name!r}", fix) from wrong


def _at(every: str, at: str) -> UsageError:
    return _wrong("--at", f"{at!r} does not say when in every {every}", f'write it like --every {every} --at "{AT[every]}"')


def _known() -> str:
    return f"it is one of: {', '.join(EVERY)}"


def _wrong(where: str, what: str, fix: str) -> UsageError:
    return UsageError("P001", what, where=where, did="nothing was written", fix=fix)
