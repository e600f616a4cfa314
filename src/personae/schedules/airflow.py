"""A DAG of Airflow (2.8 or later, and 3): a gate that says no fails at once, the machine is tried again."""

from __future__ import annotations

import json
from collections.abc import Mapping

from personae.model.schedule import Schedule


def write(schedule: Schedule) -> Mapping[str, str]:
    """The file for the folder of DAGs."""
    words = "".join(f"\n    {json.dumps(w)}," for w in ("personae", *schedule.command, "--json"))
    text = f'''"""personae {schedule.command[0]}, {schedule.words}."""

import json
import subprocess
from datetime import timedelta

import pendulum
from airflow.exceptions import AirflowFailException

try:
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task

COMMAND = [{words}
]
FOLDER = {json.dumps(schedule.folder)}
FINAL = (2, 3, 4)  # the command, the data, or a gate said no (the last run stays): trying again changes nothing


@dag(
    schedule={json.dumps(schedule.crontab)},
    start_date=pendulum.datetime(2024, 1, 1, tz={json.dumps(schedule.timezone or "UTC")}),
    catchup=False,
    max_active_runs=1,
    tags=["personae"],
)
def personae_{schedule.command[0].replace("-", "_")}():
    @task(retries=2, retry_delay=timedelta(minutes=10))
    def refresh():
        done = subprocess.run(COMMAND, cwd=FOLDER, capture_output=True, text=True)
        if done.returncode in FINAL:
            raise AirflowFailException(f"exit code {{done.returncode}}: {{done.stderr[-2000:]}}")
        if done.returncode:
            raise RuntimeError(f"exit code {{done.returncode}}: {{done.stderr[-2000:]}}")
        found = json.loads(done.stdout)
        return {{"run": found["run"], "verdict": found["verdict"]["kind"], "users": found["users"]}}

    refresh()


personae_{schedule.command[0].replace("-", "_")}()
'''
    return {"personae_dag.py": text}
