"""A workflow of GitHub Actions: refresh, check what is expected, keep the report and the record."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from personae.model.schedule import Schedule

BRANCH = "personae-record"
"""The branch that keeps the record of runs and nothing else: one commit, without a past."""
_KEEP = """git -C {store} --git-dir="$(git rev-parse --absolute-git-dir)" --work-tree=. add -f -A . &&
commit="$({git} commit-tree "$(git write-tree)" -m 'The record of runs')" &&
git push --force origin "$commit:refs/heads/{branch}"
"""


def write(schedule: Schedule) -> Mapping[str, str]:
    """The workflow. Its clock is UTC; a time zone is taken as it is in winter, and a comment says so."""
    cron, note = _utc(schedule)
    again = _literal(" ".join(shlex.quote(w) for w in ("personae", *schedule.command, "--plain")))
    store, named = _literal(shlex.quote(schedule.store)), shlex.quote(schedule.store)
    author = "git -c user.name=personae -c user.email=personae@localhost"
    text = f"""# {schedule.words}; put it into .github/workflows/personae.yml
#
# The record of runs stays on the branch {BRANCH}. Put it there first, once, from the clone where personae run was made:
#   export GIT_INDEX_FILE="$(mktemp -u)"
{_indented(_KEEP.format(store=named, git="git", branch=BRANCH), "#   ")}
#   unset GIT_INDEX_FILE
# It holds the ids of users: whoever may read this repository may read them, so keep it private. To forget somebody, fetch the
# branch into the record's folder, say personae forget, and put it there again; GitHub drops the old commit in its own time.
# It takes no file over 100 MB: keep a larger record on a machine of your own.
name: personae
on:
  schedule:
    - cron: "{cron}"{note}
  workflow_dispatch:
permissions:
  contents: write  # for that branch
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
        id: record
        run: |
          set -o pipefail
          mkdir -p {store}
          git fetch --depth 1 origin {BRANCH} && git archive FETCH_HEAD | tar -x -C {store} && test -f {store}/index.db || {{
            echo "::error::there is no record of runs on the branch {BRANCH}; put it there first, as this file says at its top"
            exit 1
          }}
      - name: Refresh (exit 4, a gate said no, ends the job; the last run stays)
        run: |
          {again}
      - name: Keep the record of runs, however that ended
        if: always() && steps.record.outcome == 'success'
        run: |
          export GIT_INDEX_FILE="$(mktemp -u)"
{_indented(_KEEP.format(store=store, git=author, branch=BRANCH), " " * 10)}
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


def _literal(text: str) -> str:
    """A text of the workflow in which nothing is an expression of GitHub's."""
    return text.replace("${{", "${{ '${{' }}")


def _indented(lines: str, by: str) -> str:
    return "\n".join(f"{by}{line}" for line in lines.splitlines())


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
