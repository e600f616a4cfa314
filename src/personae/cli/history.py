"""personae show --history: personas over all runs before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from personae.cli.screen import Screen, table
from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.model.cast import Cast
    from personae.store import Record

ROWS = 30
"""Runs on the screen; the page and --json have all of them."""


def show(record: Record, cast: Cast, only: str, out: str, screen: Screen, *, overwrite: bool) -> None:
    """Print the history of all personas, or of the one with the key `only`; write it as a page where `out` names one."""
    from personae.report.history import page
    from personae.report.history import table as tabled
    from personae.store.history import history

    points = history(record, cast.run)
    if out:
        _page(Path(out), page(points, cast, only), overwrite)
    if screen.json:
        from personae.model.plain import plain

        screen.give({"run": cast.run, "persona": only, "history": plain(points), **({"file": out} if out else {})})
        return
    columns, rows = tabled(points, cast, only)
    head, *lines = table(
        [[*columns], *([*r] for r in rows[-ROWS:])], right=tuple(range(3, len(columns) - bool(only))), indent=0
    )
    screen.say(screen.faint(head))
    if len(rows) > ROWS:
        screen.say(f"({len(rows) - ROWS:,} earlier runs: personae show --history --out history.html)")
    for line in lines:
        screen.say(line)
    if out:
        screen.say(f"history  {out}")


def _page(target: Path, leaf: Any, overwrite: bool) -> None:
    from personae import plugins
    from personae.store import whole_file

    if target.suffix.lower() not in (".html", ".htm"):
        raise UsageError("P001", f"{target} is not .html", where="--out", fix="name a file such as history.html")
    with whole_file(target, overwrite=overwrite) as temp:
        temp.write_text(plugins.find("exporters", "html").leaf(leaf), encoding="utf-8", newline="\n")
