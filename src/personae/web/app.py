"""The routes: each reads what was asked, asks `answers`, and sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from personae.errors import PersonaeError
from personae.web import answers, limits, schema
from personae.web.guard import HEALTH, Guard
from personae.web.problems import MEDIA, Problem, of_error, of_fault
from personae.web.serving import Serving
from personae.web.tokens import Tokens

T = TypeVar("T")


class Routes:
    """What is behind the wall. Large bodies are read in a thread, and placed in turns with what else comes: threads would wait
    for each other all the same. The record is read in threads of its own."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self._bodies = ThreadPoolExecutor(1, "body")
        self._disk = ThreadPoolExecutor(4, "disk")

    async def score(self, request: Request) -> Response:
        """Place one record, or many, by the run that is served now."""
        body, explain = await request.body(), _flag(request, "explain")
        scorer = self.serving.scorer
        if len(body) <= limits.SHORT:
            records, several = answers.asked(body, scorer.intake.id)
        else:
            reading = asyncio.get_running_loop().run_in_executor(self._bodies, answers.asked, body, scorer.intake.id)
            records, several = await reading
        if not several:
            return _sent(answers.one(scorer, records, explain))
        parts = []
        for part in answers.turns(scorer, records, explain):
            parts.append(part)
            await asyncio.sleep(0)  # others have their turn
        return _sent(b'{"run":%b,"answers":[%b]}' % (answers.document(scorer.cast.run), b",".join(parts)))

    async def personas(self) -> Response:
        """The personas of the run that is served now."""
        return _sent(answers.document(answers.personas(self.serving.scorer.cast)))

    async def why(self, id: str) -> Response:
        """Which persona a user of the run has, why, and from which data."""
        scorer = self.serving.scorer
        return _sent(answers.document(await self._within(lambda: answers.why(scorer, id))))

    async def runs(self) -> Response:
        """The runs of the record, oldest first."""
        return _sent(answers.document(await self._within(lambda: answers.runs(self.serving.record))))

    async def health(self) -> Response:
        """Whether the server answers; nothing is looked at, so that a slow disk does not show here."""
        return _sent(b'{"status":"ok"}')

    async def _within(self, ask: Callable[[], T]) -> T:
        """What `ask` gives, off the loop. Raises Problem 503 where the disk takes too long."""
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(loop.run_in_executor(self._disk, ask), limits.ANSWER)
        except TimeoutError:
            what = f"the record of runs did not answer within {limits.ANSWER:g} s"
            raise Problem(
                503, "P501", what, fix="try again; the disk it lies on is slow", headers={"Retry-After": "5"}
            ) from None


def application(serving: Serving, allowed: frozenset[str], tokens: Tokens | None = None) -> Guard:
    """The whole application for any ASGI server: the routes behind their wall."""
    app, routes = (
        FastAPI(title="personae", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False),
        Routes(serving),
    )
    listed: list[tuple[str, str, Callable[..., Any], str, tuple[str, ...]]] = [
        ("POST", "/v1/score", routes.score, "Place one user, or many", ("Answer", "Answers")),
        ("GET", "/v1/personas", routes.personas, "The personas", ("Personas",)),
        ("GET", "/v1/users/{id:path}/why", routes.why, "Why a user of the run has a persona", ("Why",)),
        ("GET", "/v1/runs", routes.runs, "The runs", ("Runs",)),
        ("GET", HEALTH, routes.health, "Whether the server answers", ("Health",)),
    ]
    for method, path, route, words, shapes in listed:
        extra: dict[str, Any] = {"responses": schema.answered(*shapes)}
        if method == "POST":
            explain = {
                "name": "explain",
                "in": "query",
                "schema": {"type": "boolean", "default": False},
                "description": "add the reason",
            }
            extra |= {"requestBody": schema.body(), "parameters": [explain]}
        app.add_api_route(path, route, methods=[method], summary=words, openapi_extra=extra, response_class=Response,
                          operation_id=route.__name__)  # fmt: skip

    async def openapi() -> Response:
        """This document."""
        return _sent(answers.document(described(app, serving, asks=tokens is not None)))

    app.add_api_route("/openapi.json", openapi, include_in_schema=False)
    app.add_exception_handler(Problem, _told)
    app.add_exception_handler(PersonaeError, _told)
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(Exception, _told)
    return Guard(app, allowed, tokens)


def described(app: FastAPI, serving: Serving, *, asks: bool = False) -> dict[str, Any]:
    """The OpenAPI document of the run that is served now; `asks` says whether a token is asked for."""
    words = f"Places users in the personas of run {serving.run}. {schema.CAUTION}"
    made = get_openapi(title="personae", version=version("personae"), description=words, routes=app.routes)
    for path in made["paths"].values():
        for operation in path.values():
            own = {k: v for k, v in operation["responses"].items() if k in ("default",) or (k == "200" and "description" in v)}
            operation["responses"] = own
    made["paths"] = {p.replace(":path}", "}"): v for p, v in made["paths"].items()}
    bearer = {"bearer": {"type": "http", "scheme": "bearer"}}
    made["components"] = {"schemas": schema.components(serving.scorer.intake), "securitySchemes": bearer}
    if asks:
        made["security"] = [{"bearer": []}]
        made["paths"][HEALTH]["get"]["security"] = []
    return made


def _flag(request: Request, name: str) -> bool:
    said = request.query_params.get(name, "").lower()
    if said not in ("", "0", "1", "true", "false"):
        raise Problem(422, "P302", f"{name} is neither true nor false", where=f"query parameter {name}", fix=f"?{name}=true")
    return said in ("1", "true")


def _sent(body: bytes) -> Response:
    return Response(body, media_type="application/json")


async def _told(_request: Request, error: Exception) -> Response:
    """An error as the problem it is."""
    if isinstance(error, PersonaeError):
        error = of_error(error)
    if isinstance(error, HTTPException):
        error = _of_framework(error)
    if not isinstance(error, Problem):
        error = of_fault(error)  # it goes on to the wall, which logs it
    return Response(error.body(), error.status, error.headers, MEDIA)


def _of_framework(error: HTTPException) -> Problem:
    """What the framework refuses: a path or a method that is not there."""
    if error.status_code == 405:
        return Problem(405, "P304", "this path has no such method", fix="GET /openapi.json lists all", headers=error.headers)
    return Problem(error.status_code, "P304", "there is nothing here", fix="GET /openapi.json lists all", headers=error.headers)
