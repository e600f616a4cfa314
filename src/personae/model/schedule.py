"""When something is done again and again, and what."""

from __future__ import annotations

from dataclasses import dataclass

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Schedule:
    """`every` is "hour", "day", "week" or "month".

    `weekday` counts from 0 for Monday and is set for a week, `day` (1 to 28) for a month; `hour` has no meaning for an hour.
    `timezone` is a name such as Europe/Paris, "" for the machine's own. `command` are the words after `personae`, and `folder`
    is where they are said. `program` is what starts personae: its full path where it is known, as the clocks of a machine look
    for programs in few places.
    """

    every: str
    weekday: int = 0
    day: int = 1
    hour: int = 0
    minute: int = 0
    timezone: str = ""
    command: tuple[str, ...] = ("refresh",)
    folder: str = "."
    program: str = "personae"

    @property
    def store(self) -> str:
        """The folder of the record of runs."""
        named = [b for a, b in zip(self.command, self.command[1:], strict=False) if a == "--store"]
        return named[-1] if named else ".personae"

    @property
    def crontab(self) -> str:
        """The five fields of cron; its days count from 0 for Sunday."""
        hour = "*" if self.every == "hour" else str(self.hour)
        day = str(self.day) if self.every == "month" else "*"
        weekday = str((self.weekday + 1) % 7) if self.every == "week" else "*"
        return f"{self.minute} {hour} {day} * {weekday}"

    @property
    def words(self) -> str:
        """When, as people say it."""
        at = f"{self.hour:02d}:{self.minute:02d}"
        when = {
            "hour": f"every hour at :{self.minute:02d}",
            "day": f"every day at {at}",
            "week": f"every week, {DAYS[self.weekday]} at {at}",
            "month": f"every month, day {self.day} at {at}",
        }[self.every]
        return f"{when} ({self.timezone})" if self.timezone else when
