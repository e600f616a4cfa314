"""A line for crontab, which mails what it prints: nothing when all went well."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from personae.model.schedule import Schedule

QUARTER = 15
"""Minutes; time zones differ by multiples of them."""


def write(schedule: Schedule) -> Mapping[str, str]:
    """The line with its comments. `flock` lets a run that is late end first; the next one is then left out.

    No line says in which time zone a cron of Debian looks at its fields: where one was named, the line is begun every quarter
    of an hour, which is every offset there is, and goes on at the right time alone.
    """
    words = " ".join(shlex.quote(w) for w in (schedule.program, *schedule.command, "--plain", "--quiet"))
    why = "(4: a gate said no, the last run stays; 5: the machine said no)"
    told = f'{{ code=$?; echo "personae ended with $code {why}"; exit $code; }}'
    lock = shlex.quote(f"{schedule.store}/schedule.lock")
    line = f"{_guard(schedule)}cd {shlex.quote(schedule.folder)} && flock -n -E 0 {lock} {words} || {told}"
    escaped = line.replace("%", r"\%")  # a bare % is a line feed to cron
    notes = [
        f"personae {schedule.command[0]}, {schedule.words}; add it with: crontab -e",
        "cron mails what a command prints: nothing here unless something has to be seen to",
        *_notes(schedule),
    ]
    fields = f"{schedule.minute % QUARTER}-59/{QUARTER} * * * *" if schedule.timezone else schedule.crontab
    return {"crontab": "".join(f"# {n}\n" for n in notes) + f"{fields} {escaped}\n"}


def _notes(schedule: Schedule) -> Iterator[str]:
    """What has to be known of this line."""
    if schedule.timezone:
        yield f"begun every {QUARTER} minutes, it goes on only when it is that time in {schedule.timezone}, with every cron;"
        yield "CRON_TZ would be shorter, but the cron of Debian and Ubuntu takes no notice of it"
        yield "a timer of systemd knows time zones itself: personae schedule systemd"
    if not schedule.program.startswith("/"):
        yield "cron looks for programs in few places: write the full path of personae (command -v personae) into the line"


def _guard(schedule: Schedule) -> str:
    """What ends the line at other times than its own in its time zone."""
    if not schedule.timezone:
        return ""
    minute = f"{schedule.minute:02d}"
    time = f"{schedule.hour:02d}:{minute}"
    form, now = {
        "hour": ("%M", minute),
        "day": ("%H:%M", time),
        "week": ("%u %H:%M", f"{schedule.weekday + 1} {time}"),
        "month": ("%d %H:%M", f"{schedule.day:02d} {time}"),
    }[schedule.every]
    return f'[ "$(TZ={shlex.quote(schedule.timezone)} date "+{form}")" = "{now}" ] || exit 0; '
