"""An asset of Dagster with its schedule: users, personas and steadiness become metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping

from personae.model.schedule import Schedule


def write(schedule: Schedule) -> Mapping[str, str]:
    """The file with the definitions."""
    words = "".join(f"\n    {json.dumps(w)}," for w in ("personae", *schedule.command, "--json"))
    text = f'''"""personae {schedule.command[0]}, {schedule.words}."""

import json
import subprocess

import dagster as dg

COMMAND = [{words}
]
FOLDER = {json.dumps(schedule.folder)}
FINAL = (2, 3, 4)  # the command, the data, or a gate said no (the last run stays): trying again changes nothing


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=2, delay=600))
def personas() -> dg.MaterializeResult:
    done = subprocess.run(COMMAND, cwd=FOLDER, capture_output=True, text=True)
    if done.returncode:
        raise dg.Failure(
            f"exit code {{done.returncode}}: {{done.stderr[-2000:]}}", allow_retries=done.returncode not in FINAL
        )
    found = json.loads(done.stdout)
    return dg.MaterializeResult(
        metadata={{
            "run": found["run"],
            "verdict": found["verdict"]["kind"],
            "users": found["users"],
            "personas": len(found["personas"]),
            "least_steady": min((p["steadiness"] for p in found["personas"]), default=0.0),
        }}
    )


job = dg.define_asset_job("personae_{schedule.command[0].replace("-", "_")}", selection=[personas])
defs = dg.Definitions(
    assets=[personas],
    jobs=[job],
    schedules=[
        dg.ScheduleDefinition(
            job=job,
            cron_schedule={json.dumps(schedule.crontab)},
            execution_timezone={json.dumps(schedule.timezone or "UTC")},
        )
    ],
)
'''
    return {"personae_dagster.py": text}
