"""personae mcp: an agent asks about the personas of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personae.cli.screen import Debug, NoColor, Plain, Quiet, Store
from personae.errors import UsageError

if TYPE_CHECKING:  # nouns that --help does not wait for
    from personae.agents.desk import Desk
    from personae.model.cast import Cast
    from personae.model.change import Change
    from personae.store import Record


def mcp(
    name: Annotated[
        str, typer.Option("--run", metavar="RUN", help="A run's id or folder; the current one when left out.")
    ] = "",
    allow_ids: Annotated[bool, typer.Option("--allow-ids", help="Allow questions about single users by id.")] = False,
    store: Store = "",
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Answer an agent about the personas of a run, over standard input and output (Model Context Protocol); read-only.

    Example: personae mcp --run r01
    """
    from personae.agents.server import serve
    from personae.store import Record
    from personae.store.current import Current

    record = Record(Path(store or ".personae"))
    in_use: Current[Desk] = Current(record, name, lambda cast: _desk(cast, allow_ids))
    serve(in_use.get, lambda since: _change(record, in_use.get().cast, since))


def _desk(cast: Cast, ids: bool) -> Desk:
    from personae.agents.desk import Desk
    from personae.stages.exclusion import exclusion

    return Desk(cast, exclusion(cast.study.exclude), ids=ids)


def _change(record: Record, cast: Cast, since: str) -> Change | None:
    """The run in use against another; where none is named, against the one that it was refreshed from or came after."""
    from personae.stages.diff import diff
    from personae.words.happening import named

    if since and not since[1:].isdigit():
        raise UsageError("P001", "a run is named by its id", fix="use an id such as r01, or leave it out")
    if cast.change is not None and since in ("", cast.change.before.run):
        return named(cast)
    earlier = [e.id for e in record.entries() if cast.run and _number(e.id) < _number(cast.run)]
    before = since or (earlier[-1] if earlier else "")
    return diff(record.load(before), cast) if before else None


def _number(id: str) -> int:
    return int(id[1:]) if id[1:].isdigit() else 0
