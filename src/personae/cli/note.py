"""personae note: words about a persona, or an answer to one of its questions."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import Key, Run, changed
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def note(
    key: Key,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to write down.", show_default=False)],
    about: Annotated[
        str, typer.Option("--about", metavar="QUESTION", help="The question it answers; personae export --sheet questions.")
    ] = "",
    says: Annotated[str, typer.Option("--says", help="What it makes of the question: confirmed, refuted or open.")] = "",
    source: Annotated[str, typer.Option("--from", metavar="SOURCE", help='Where it comes from: "interview 3".')] = "",
    run: Run = "",
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Write a note on a persona's card, or file an answer to one of its questions.

    Example: personae note P2 "Too slow" --about "What happens to them at payment?" --says confirmed --from "interview 3"
    """
    from personae.endpoint.day import today
    from personae.stages.edit import note as made

    changed(
        Screen(as_json, plain, quiet, no_color), store, run, lambda cast: made(cast, key, text, today(), about, says, source)
    )
