"""Which model is meant, where it is, and whose key opens it."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from personae.errors import UsageError
from personae.redaction import hide

KEY = "PERSONAE_AI_KEY"
"""The variable of the environment that holds the key of any endpoint."""

PROVIDERS: Mapping[str, tuple[str, str]] = {
    "openai": ("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "anthropic": ("https://api.anthropic.com", "ANTHROPIC_API_KEY"),
}
"""The own address of each provider, and the variable in which its key usually stands."""
EXAMPLES = "openai:NAME, anthropic:NAME, or local:NAME with --ai-url http://localhost:11434/v1"


@dataclass(frozen=True)
class Endpoint:
    """A model at an address. `dialect` is "openai" or "anthropic"; `own` says that the address is the provider's own."""

    name: str
    """As it was asked for: "openai:gpt-x"."""
    dialect: str
    model: str
    url: str
    own: bool

    @property
    def path(self) -> str:
        """Where requests go, below the address."""
        return "/chat/completions" if self.dialect == "openai" else "/v1/messages"

    @property
    def here(self) -> bool:
        """Whether the address is this machine's."""
        return _loopback(urlsplit(self.url).hostname or "")

    @property
    def encrypted(self) -> bool:
        """Whether what goes to the address is encrypted; a scheme means the same in any case."""
        return urlsplit(self.url).scheme == "https"

    @property
    def place(self) -> str:
        """Where the model is, in words that name no host but a provider's."""
        if self.own:
            return urlsplit(self.url).hostname or ""
        return "this machine" if self.here else "a server of yours"


def endpoint(name: str, url: str = "") -> Endpoint:
    """The endpoint that a model's name and an address mean. Raises UsageError P001 for what cannot be one."""
    kind, mark, model = name.partition(":")
    if not mark or not model.strip() or kind not in (*PROVIDERS, "local"):
        raise UsageError("P001", f"{name!r} names no model", where="--ai", did="nothing was sent", fix=f"give {EXAMPLES}")
    if kind == "local" and not url:
        fix = "add --ai-url, such as http://localhost:11434/v1 (Ollama) or http://localhost:8000/v1 (vLLM)"
        raise UsageError("P001", f"{name} needs an address", where="--ai-url", did="nothing was sent", fix=fix)
    return Endpoint(
        name,
        "anthropic" if kind == "anthropic" else "openai",
        model.strip(),
        _checked(url) if url else PROVIDERS[kind][0],
        not url,
    )


def key(of: Endpoint) -> str:
    """The key of an endpoint, hidden from now on in all words; "" where it needs none.

    A provider's own variable is read for the provider's own address only: no other address ever sees that key. Raises
    UsageError P001 where a key is missing, or would go unencrypted over a network.
    """
    usual = PROVIDERS[of.dialect][1] if of.own else ""
    found = os.environ.get(KEY, "") or (os.environ.get(usual, "") if usual else "")
    hide(found)
    if usual and not found:
        what = f"{of.name} needs a key, and the environment has none"
        raise UsageError("P001", what, where=f"{KEY} or {usual}", did="nothing was sent", fix=f"export {KEY}=...")
    if found and not of.here and not of.encrypted:
        fix = f"use an https:// address, or unset {KEY}"
        raise UsageError(
            "P001", "the key would go unencrypted over the network", where="--ai-url", did="nothing was sent", fix=fix
        )
    return found


def _checked(url: str) -> str:
    """The address without a slash at its end. Nothing of a URL that cannot be read is repeated, as it may hold a secret."""
    try:
        parts = urlsplit(url.strip())
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        fine = fine and url.strip().isprintable()  # tabs and line feeds are read over by some and not by others
    except ValueError:
        fine, parts = False, urlsplit("")
    if not fine:
        fix = "write it as http://localhost:11434/v1 or https://models.example.org/v1"
        raise UsageError("P001", "the address of the model is no URL", where="--ai-url", did="nothing was sent", fix=fix)
    if parts.username or parts.password or parts.query or parts.fragment:
        hide(parts.password or "")
        raise UsageError(
            "P001",
            "the address of the model holds more than a place",
            where="--ai-url",
            did="nothing was sent",
            fix=f"leave out user, password and query; a key belongs into {KEY}",
        )
    return url.strip().rstrip("/")


def _loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
