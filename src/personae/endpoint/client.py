"""The one place that opens a connection to a model, through the provider's own client library."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

from personae.endpoint.address import Endpoint
from personae.endpoint.failed import Failed, late, refused, unreachable
from personae.errors import lacking

AFTER = 20.0
"""Seconds that an endpoint may ask for before the next try; a longer wait counts as this."""


def ready(to: Endpoint) -> None:
    """See that the client library is there. Raises MachineError P501 saying what to install."""
    if find_spec(to.dialect) is None or find_spec("httpx2") is None:
        raise lacking(to.dialect, "llm", where="--ai", did="nothing was sent")


def send(to: Endpoint, secret: str, made: Mapping[str, Any], seconds: float) -> Any:
    """Send a body and give what came back, parsed. One attempt, to this address alone: no redirect is followed, and no proxy is
    used for this machine. Raises Failed."""
    ready(to)
    with ThreadPoolExecutor(1) as own:  # a loop of its own: notebooks have one running already
        return own.submit(lambda: asyncio.run(_sent(to, secret, made, seconds))).result()


async def _sent(to: Endpoint, secret: str, made: Mapping[str, Any], seconds: float) -> Any:
    """The same inside a loop. The time holds for the whole attempt, as one that drips would never be late by the byte."""
    import httpx2 as http

    library = _library(to.dialect)
    checks = to.encrypted  # reading the certificates takes longer than a small model's answer
    async with http.AsyncClient(follow_redirects=False, trust_env=not to.here, verify=checks, timeout=seconds) as line:
        client = _client(library, to, secret, seconds, line)
        try:
            whole = client.post(to.path, body=dict(made), cast_to=http.Response)
            response = await asyncio.wait_for(whole, seconds)
            return json.loads(response.text, strict=False)
        except library.APIStatusError as no:
            raise refused(to, no.status_code, _after(no.response.headers)) from None
        except (TimeoutError, library.APITimeoutError):
            raise late(seconds) from None
        except library.APIConnectionError as no:
            raise unreachable(_causes(no)) from None
        except (ValueError, RecursionError):
            raise Failed("form", "the endpoint answered with something that is not JSON") from None


def _library(dialect: str) -> Any:
    """The provider's own client library; each is loaded alone, as either takes a second."""
    if dialect == "anthropic":
        import anthropic

        return anthropic
    import openai

    return openai


def _client(library: Any, to: Endpoint, secret: str, seconds: float, line: Any) -> Any:
    """The client, without retries of its own and without what the environment says of other addresses."""
    given = {"api_key": secret or "none", "base_url": to.url, "max_retries": 0, "timeout": seconds, "http_client": line}
    if to.dialect == "anthropic":
        client = library.AsyncAnthropic(**given)
        client.auth_token = None
        return client
    client = library.AsyncOpenAI(**given)
    if not to.own:
        client.organization = client.project = None
    return client


def _after(headers: Mapping[str, str]) -> float:
    """The seconds an endpoint asks to wait; 0 where it gives no number."""
    try:
        seconds = float(headers.get("retry-after", 0))
    except ValueError:
        return 0.0
    return 0.0 if math.isnan(seconds) else min(max(seconds, 0.0), AFTER)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what caused it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
