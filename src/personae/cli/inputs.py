"""personae score --inputs: what a rule reads of users as two tables, for the SQL of personae export to start from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from personae.cli import summary
from personae.cli.screen import Screen, count

if TYPE_CHECKING:
    from personae.model.cast import Cast


def write(files: Sequence[str], cast: Cast, folder: str, overwrite: bool, screen: Screen) -> None:
    """Write each table as Parquet and as CSV, both for machines: texts stay as they are. Raises UsageError P001 where a file is
    there and may not be replaced."""
    from personae import flow, plugins
    from personae.cli.watch import watching
    from personae.store import whole_file

    assert cast.rule is not None  # noqa: S101 - asked by the caller
    with watching(screen) as watch:
        made = plugins.find("exporters", "inputs").tables(cast.rule, *flow.read_by(cast, tuple(files)))
    for line in summary.warnings(watch.warnings):
        screen.talk(line)
    Path(folder).mkdir(parents=True, exist_ok=True)
    targets = {(t, form): Path(folder) / f"{t}.{form}" for t in made for form in ("parquet", "csv")}
    for (table, form), target in targets.items():
        with whole_file(target, overwrite=overwrite) as temp:
            temp.touch(mode=0o600)
            plugins.find("exporters", form).write(made[table], temp, **({"raw": True} if form == "csv" else {}))
    if screen.json:
        written = [t.as_posix() for t in targets.values()]
        screen.give({"run": cast.run, "files": written, "rows": {t: rows.num_rows for t, rows in made.items()}})
    else:
        rows = ", ".join(f"{t} {count(rows.num_rows, 'row')}" for t, rows in made.items())
        screen.say(f"inputs   {folder}   {rows}")
