"""A line for crontab, which mails what it prints: nothing when all went well."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from personae.model.schedule import Schedule


def write(schedule: Schedule) -> Mapping[str, str]:
    """The line with its comments. `flock` lets a run that is late end first; the next one is then left out."""
    words = " ".join(shlex.quote(w) for w in ("personae", *schedule.command, "--plain", "--quiet"))
    why = "(4: a gate said no, the last run stays; 5: the machine said no)"
    told = f'{{ code=$?; echo "personae ended with $code {why}"; exit $code; }}'
    line = (
        f"cd {shlex.quote(schedule.folder)} && flock -n -E 0 {shlex.quote(f'{schedule.store}/schedule.lock')} {words} || {told}"
    )
    escaped = line.replace("%", r"\%")  # a bare % is a line feed to cron
    zone = f"CRON_TZ={schedule.timezone}\n" if schedule.timezone else ""
    return {
        "crontab": f"# personae {schedule.command[0]}, {schedule.words}; add it with: crontab -e\n"
        f"# cron mails what a command prints: nothing here unless something has to be seen to\n{zone}"
        f"{schedule.crontab} {escaped}\n"
    }
