"""The way of users through phases, from the order of what they did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """An event with its phase. `why` says who put it there: "as you said", "its name", "when it comes"; `goal` marks the end
    of a purchase, after which nobody is lost."""

    event: str
    phase: str
    why: str
    goal: bool = False


@dataclass(frozen=True)
class Cell:
    """One persona ("all" for everyone) at a phase, or at one event inside it (`at`). Each number is the id of a fact, "" where
    there is none or too few users stand behind it.

    `reach` share who ever come here; `lost` share of visits that come here and go no further; `ends` share of visits whose
    last event is here; `repeats` share of visits that do a step here again; `wait` median time since the phase before,
    `late` share of users who take more than twice everyone's; `next` what most often comes next in another phase, with its part
    of all moves in `next_share`. `friction` is lost, repeats and late together, each from 0 to 1, None where none is known.
    """

    persona: str
    phase: str
    at: str
    reach: str = ""
    lost: str = ""
    ends: str = ""
    repeats: str = ""
    wait: str = ""
    late: str = ""
    next: str = ""
    next_share: str = ""
    friction: float | None = None


@dataclass(frozen=True)
class Journeys:
    """The journeys of all personas through one log.

    `confirmed` says that the user gave the phases; `visit` says in words what one visit is; `users` are those who were looked
    at, all or a random part; `describes` says that how often each event happens formed the groups, so that reach describes.
    """

    source: str
    phases: tuple[str, ...]
    steps: tuple[Step, ...]
    confirmed: bool
    visit: str
    users: int
    sampled: bool
    describes: bool
    cells: tuple[Cell, ...]

    def cell(self, persona: str, at: str) -> Cell | None:
        """The cell of a persona at a phase or event; None where there is none."""
        return next((c for c in self.cells if c.persona == persona and c.at == at), None)
