"""A workflow of GitHub Actions: refresh, check what is expected, keep the report and the record."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from personae.model.schedule import Schedule


def write(schedule: Schedule) -> Mapping[str, str]:
    """The workflow. Its clock is UTC; a time zone is taken as it is in winter, and a comment says so."""
    cron, note = _utc(schedule)
    again, first = (
        " ".join(shlex.quote(w) for w in ("personae", word, *schedule.command[1:], "--plain"))
        for word in (schedule.command[0], "run")
    )
    index = shlex.quote(f"{schedule.store}/index.db")
    text = f"""# {schedule.words}; put it into .github/workflows/personae.yml
name: personae
on:
  schedule:
    - cron: "{cron}"{note}
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: personae
  cancel-in-progress: false
jobs:
  refresh:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install personae
      - name: The record of runs
        uses: actions/cache@v4
        with:
          path: {json.dumps(schedule.store)}
          key: personae-${{{{ github.run_id }}}}
          restore-keys: personae-
      - name: Refresh (exit 4, a gate said no, ends the job; the last run stays)
        run: |
          if [ -f {index} ]; then
            {again}
          else
            {first}
          fi
      - name: Check what personae.toml expects, where it is there
        if: hashFiles('personae.toml') != ''
        run: personae test --junit personae.xml
      - name: Keep the reports
        if: always()
        uses: actions/upload-artifact@v4
        with:
          name: personae
          path: |
            reports/*/report.html
            personae.xml
"""
    return {"personae.yml": text}


def _utc(schedule: Schedule) -> tuple[str, str]:
    """The five fields in UTC, and a comment on what that means."""
    if schedule.every == "hour" or schedule.timezone in ("", "UTC"):
        return schedule.crontab, "  # UTC"
    local = datetime(2026, 1, 5 + schedule.weekday, schedule.hour, schedule.minute, tzinfo=ZoneInfo(schedule.timezone))
    offset = local.utcoffset() or timedelta()
    there = local.replace(tzinfo=None) - offset
    moved = there.weekday() - local.weekday()
    weekday = str((there.weekday() + 1) % 7) if schedule.every == "week" else "*"
    day = str(schedule.day) if schedule.every == "month" else "*"
    note = f"  # UTC; {schedule.hour:02d}:{schedule.minute:02d} in {schedule.timezone} in winter"
    note += ", on the day before or after" if moved and schedule.every == "month" else ""
    return f"{there.minute} {there.hour} {day} * {weekday}", note
