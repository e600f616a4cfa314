"""The connection to a model: certificates are checked however the address is written."""

from __future__ import annotations

from typing import Any

import pytest

from personae.endpoint.address import endpoint
from personae.endpoint.client import send
from personae.errors import UsageError

pytest.importorskip("openai")


@pytest.mark.parametrize("url", ["https://h.example/v1", "HTTPS://h.example/v1", "hTTps://127.0.0.1/v1"])
def test_the_certificate_of_an_encrypted_address_is_always_checked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """LLM-13: the scheme of an address is the same in any case (RFC 3986, section 3.1)."""
    given: dict[str, Any] = {}

    def opened(**options: Any) -> None:
        given.update(options)
        raise RuntimeError

    monkeypatch.setattr("httpx2.AsyncClient", opened)
    with pytest.raises(RuntimeError):
        send(endpoint("local:tiny", url), "", {}, 1.0)
    assert given["verify"] is True


def test_an_address_with_signs_that_do_not_show_is_none() -> None:
    with pytest.raises(UsageError, match="no URL"):
        endpoint("local:tiny", "ht\ttps://h.example/v1")
