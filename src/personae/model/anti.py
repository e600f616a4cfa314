"""Users who are no persona: noise, machines, misuse."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Anti:
    """Some users told by one mark, never by who they are. `kind` is "noise", "machine" or "misuse", `mark` what they have in
    common. `activity` is the median number of events of each, `everyone` that of all. `inside` are persona keys with the
    number of these users in them, only where that and the rest of the persona are at least the floor."""

    kind: str
    mark: str
    users: int
    share: float
    activity: float | None
    everyone: float | None
    inside: tuple[tuple[str, int], ...]
    looked_at: int
    """Users that were looked at: of more, a random part."""
