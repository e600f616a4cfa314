"""personae runs verify: whether everything is as it was written."""

from __future__ import annotations

from personae.cli.runs import listed
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def runs_verify(
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Compare every file of every run with its hash; exit code 4 where one is damaged.

    Example: personae runs verify
    """
    listed(Screen(as_json, plain, quiet, no_color), store, whole=True)
