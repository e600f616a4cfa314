"""personae serve: the rule of a run behind HTTP."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store
from personae.errors import UsageError, lacking

if TYPE_CHECKING:
    from personae.web.tokens import Tokens

LOCAL = ("127.0.0.1", "::1", "localhost")


def serve(
    name: Annotated[
        str, typer.Option("--run", metavar="RUN", help="A run's id or folder; else the current one, as it changes.")
    ] = "",
    host: Annotated[str, typer.Option("--host", metavar="H", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="P", help="The port; 0 takes a free one.", min=0, max=65535)] = 8765,
    token_file: Annotated[
        str, typer.Option("--token-file", metavar="FILE", help="Tokens that let in, one a line; needed beyond this machine.")
    ] = "",
    public: Annotated[
        list[str] | None,
        typer.Option("--public", metavar="NAME", help="Let other machines in, who reach it by this name (Host header)."),
    ] = None,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Answer over HTTP which persona a user has, and why.

    Example: personae serve --port 8765
    """
    screen = Screen(as_json, plain, quiet, no_color)
    tokens = _allowed(host, token_file, tuple(public or ()))
    try:
        from personae.web import app, guard, server, serving
    except ModuleNotFoundError as no:
        raise lacking(no.name or "fastapi", "app", where="personae serve") from None
    from personae.store import Record

    logging.getLogger("personae").addHandler(_Lines(screen))
    served = serving.Serving(Record(Path(store or ".personae")), name)
    at = server.bound("127.0.0.1" if host == "localhost" else host, port)
    where = at.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    if screen.json:
        screen.give({"url": f"http://{shown}:{where}", "run": served.run, "tokens": tokens is not None})
    who = "with tokens" if tokens else "without tokens, for this machine alone"
    screen.talk(f"serve    run {served.run} on http://{shown}:{where}   {who}")
    screen.talk(f"         http://{shown}:{where}/openapi.json lists the routes; Ctrl-C stops")
    server.serve(app.application(served, guard.hosts(where, tuple(public or ())), tokens), at)
    served.close()
    screen.talk("stopped; every request that had begun was answered")


def _allowed(host: str, token_file: str, public: tuple[str, ...]) -> Tokens | None:
    """The tokens, if any. Raises UsageError P301 where other machines would be let in by accident."""
    from personae.web import tokens

    if host not in LOCAL and not (token_file and public):
        lines = (tokens.MAKE, f"personae serve --host {host} --token-file token.txt --public NAME:PORT")
        what = f"{host} lets other machines in, which asks for a token file and for --public"
        raise UsageError("P301", what, where="--host", did="nothing was started", fix="\n".join(lines))
    if public and not token_file:
        raise UsageError("P301", "--public asks for tokens", where="--public", did="nothing was started",
                         fix=f"{tokens.MAKE}\nadd --token-file token.txt")  # fmt: skip
    return tokens.read(token_file) if token_file else None


class _Lines(logging.Handler):
    """Warnings of the server, a line each."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.WARNING)
        self.screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        self.screen.talk(f"warning  {record.getMessage()}")
