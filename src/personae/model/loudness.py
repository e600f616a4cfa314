"""How much the busiest users weigh."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Loudness:
    """A trait of a persona with every user counted once (`once`, as a multiple of everyone) and with every event counted once
    (`by_activity`). `fact` is the trait's. `busiest` is the part (0 to 1) of all that the persona does that its busiest tenth
    does, None where that tenth is too few to show."""

    persona: str
    fact: str
    label: str
    once: float
    by_activity: float
    busiest: float | None

    @property
    def turned(self) -> bool:
        """Whether the trait would be told the other way round."""
        return (self.once > 1) != (self.by_activity > 1)
