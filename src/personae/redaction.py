"""The one place that keeps secrets out of words: errors, progress and tracebacks pass here before anybody reads them."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

HIDDEN = "***"
"""What stands where a secret stood."""

_SECRETS: set[str] = set()


def hide(secret: str) -> None:
    """From now on this text, plain or as URLs write it, is replaced wherever words leave the program."""
    if secret:
        _SECRETS.update((secret, quote(secret, safe=""), quote(secret), quote_plus(secret)))


def redacted(text: str) -> str:
    """The text without the secrets that are known; those of fewer than four characters only where they stand alone."""
    for secret in sorted(_SECRETS, key=len, reverse=True):
        alone = r"(?<!\w){}(?!\w)" if len(secret) < 4 else "{}"
        text = re.sub(alone.format(re.escape(secret)), HIDDEN, text) if secret in text else text
    return text
