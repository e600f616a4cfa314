"""The real command as a contender of score.py.

python score.py --cli "python contender.py {table} {out} {report}" --families planted,null --seeds 31,32,33
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def main(table: str, out: str, report: str, *flags: str) -> int:
    """Run `personae run` on the table; labels to `out`, whether structure is claimed (`natural`) to `report`."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "run"
        command = [sys.executable, "-m", "personae", "run", table, "--id", "user_id", "--out", str(where), "--json", *flags]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if done.returncode not in (0, 4):
            sys.stderr.write(done.stderr)
            return done.returncode
        said = json.loads(done.stdout)
        with (where / "users.csv").open(newline="") as source, Path(out).open("w", newline="") as target:
            rows = csv.writer(target)
            rows.writerow(["user_id", "cluster"])
            rows.writerows((r["id"], r["persona"]) for r in csv.DictReader(source))
    verdict = said["verdict"]
    Path(report).write_text(json.dumps({"structure": verdict["kind"] == "natural", "kind": verdict["kind"]}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
