"""A service and a timer of systemd: one at a time by nature, and a missed slot is made up for once."""

from __future__ import annotations

from collections.abc import Mapping

from personae.model.schedule import DAYS, Schedule


def write(schedule: Schedule) -> Mapping[str, str]:
    """The two units. Exit code 5 (the machine said no) is tried again; 4 (a gate said no) shows as failed and is not."""
    words = " ".join(_quoted(w) for w in (schedule.program, *schedule.command, "--plain"))
    begun = words if schedule.program.startswith("/") else f"/usr/bin/env {words}"
    service = f"""[Unit]
Description=personae {schedule.command[0]}
StartLimitIntervalSec=1h
StartLimitBurst=4

[Service]
Type=oneshot
WorkingDirectory={schedule.folder.replace("%", "%%")}
ExecStart={begun}
# 0 done; 2 and 3: the command or the data; 4: a gate said no, the last run stays; 5: the machine said no
Restart=on-failure
RestartPreventExitStatus=1 2 3 4
RestartSec=10min
"""
    timer = f"""[Unit]
Description=personae {schedule.command[0]}, {schedule.words}

[Timer]
OnCalendar={calendar(schedule)}
# a slot that was missed while the machine was off is made up for once
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {"personae.service": service, "personae.timer": timer}


def calendar(schedule: Schedule) -> str:
    """The schedule as systemd.time(7) writes it."""
    at = f"{schedule.hour:02d}:{schedule.minute:02d}:00"
    date = {
        "hour": f"*-*-* *:{schedule.minute:02d}:00",
        "day": f"*-*-* {at}",
        "week": f"{DAYS[schedule.weekday]} *-*-* {at}",
        "month": f"*-*-{schedule.day:02d} {at}",
    }[schedule.every]
    return f"{date} {schedule.timezone}".strip()


def _quoted(word: str) -> str:
    """A word of ExecStart: % and $ stand for themselves."""
    bare = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return bare if bare and not set(bare) & set(" \t'\";") else f'"{bare}"'
