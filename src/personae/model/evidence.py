"""What every check measured, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from personae.model.advice import Advice, Comparison, Likeness
from personae.model.criteria import Agreement, Criterion
from personae.model.descent import Departed
from personae.model.flags import Flags
from personae.model.kinship import Kinship
from personae.model.lineage import Lineage
from personae.model.map import Map, Neighbours, Replay
from personae.model.preparation import Preparation
from personae.model.reach import Reach
from personae.model.silhouette import Silhouettes
from personae.model.torn import Torn
from personae.model.worlds import Worlds

FEW = 100
"""Users below whom only groups that lie far apart can show."""


class Structure(StrEnum):
    """What the groups are (Dolnicar & Leisch 2010, with "nothing" added)."""

    NATURAL = "natural"
    REPRODUCIBLE = "reproducible"
    CONSTRUCTIVE = "constructive"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Candidate:
    """One grouping that was tried, with everything measured on it; None where a check does not apply."""

    method: str
    size: int
    inertia: float
    """Within-group share of the sum of squares, 0 to 1."""
    smallest: float
    """Share of the smallest group."""
    silhouette: float | None = None
    silhouette_low: float | None = None
    silhouette_high: float | None = None
    calinski_harabasz: float | None = None
    davies_bouldin: float | None = None
    stability: float | None = None
    """Mean adjusted Rand index between groupings of bootstrap samples."""
    jaccard: tuple[float, ...] = ()
    """Mean best bootstrap Jaccard of each group (Hennig 2007), groups ordered by size."""
    border: float | None = None
    """Dip p-value of the border with the least visible valley."""
    copula: float | None = None
    """z of the inertia against data with the same margins and rank correlations and nothing else."""
    bic: float | None = None
    held: float | None = None
    """Share of borders with a valley in users the groups were not fitted on, where users are few for the directions."""
    parted: float | None = None
    """Share of neighbouring groups that no dense path joins, in few directions."""
    crossed: float | None = None
    """How often nearest neighbours lie across the clearest border, against across the middle of a group, in many directions."""
    note: str = ""
    silhouette_users: int | None = None
    """Users the silhouette was computed for, each against everyone; None: a sample among itself."""


@dataclass(frozen=True)
class Vote:
    """What one criterion says about the number of groups: `groups` is None when it says there are none or abstains."""

    criterion: str
    term: str
    """The exact term, for analysts."""
    groups: int | None
    words: str
    also: tuple[int, ...] = ()
    """Numbers it holds to be as good."""
    limit: bool = False
    """Whether it only says how many there may be, and no number of its own."""

    @property
    def shown(self) -> str:
        """The number as a table prints it, with the others it holds to be as good: "5 (also 3 and 4)"."""
        if self.groups is None:
            return "no vote"
        if self.limit:
            return f"{self.groups} (not counted)"
        others = sorted({k for k in self.also if k != self.groups})
        said = "none" if self.groups < 2 else f"{self.groups}"
        return f"{said} (also {_runs(others)})" if others else said


def _runs(numbers: Sequence[int]) -> str:
    """Ascending numbers, three neighbours or more as "3 to 6"."""
    runs: list[list[int]] = []
    for k in numbers:
        if runs and k == runs[-1][-1] + 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    parts = [p for r in runs for p in ([f"{r[0]} to {r[-1]}"] if len(r) > 2 else map(str, r))]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


@dataclass(frozen=True)
class Border:
    """The density between two neighbouring groups (persona indices): a small p means a valley."""

    first: int
    second: int
    p: float
    soft: bool


@dataclass(frozen=True)
class Axis:
    """A direction along which users differ: its share of the structured variation and what lies at both ends."""

    share: float
    low: tuple[str, ...]
    high: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What kind of groups these are, how many, and why, in words a manager can read."""

    kind: Structure
    groups: int
    alternative: int | None
    why: str
    asked: int | None = None
    """The number the user fixed."""
    own: int | None = None
    """The number the data alone would have given."""
    forced: bool = False
    """Groups were drawn although there is nothing."""
    given: str = ""
    """Why another number was given than was asked for; "" where none was asked for or it was given."""


@dataclass(frozen=True)
class Evidence:
    """Everything that was tried and found. Lists about groups follow the order of persona indices."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    votes: tuple[Vote, ...]
    steadiness: tuple[float, ...]
    """Bootstrap Jaccard of each final group."""
    borders: tuple[Border, ...]
    axes: tuple[Axis, ...]
    chosen: str
    """The method that made the final groups."""
    agreement: tuple[tuple[str, str, float], ...] = ()
    """Adjusted Rand index of every pair of the methods that were compared."""
    factors: int | None = None
    """Directions of association beyond chance (parallel analysis)."""
    fidelity: float = 1.0
    """Share of users whom the rule puts where the method put them."""
    searched: int = 0
    """Users the search looked at."""
    outliers: int = 0
    """Users set apart before the search."""
    refused: tuple[tuple[str, str], ...] = ()
    """(method, reason) of each method that does not fit these data."""
    space: str = ""
    """In words: what the groups were formed on."""
    preparation: Preparation | None = None
    """How columns became coordinates."""
    apart: tuple[int, ...] = ()
    """Positions among the ids of users who took no part in the search and whom the rule places like anybody."""
    map: Map | None = None
    """Users seen from the two directions that tell the groups apart best."""
    neighbours: Neighbours | None = None
    """The same users with neighbours kept together, where that was asked for."""
    replay: Replay | None = None
    """k-means round by round in the two directions of the map."""
    worlds: Worlds | None = None
    """The personas had other choices been made."""
    kinship: Kinship | None = None
    """Which personas are closely related."""
    reach: Reach | None = None
    """How far a density method reaches."""
    torn: Torn | None = None
    """Whether groups cut across dense regions of another shape."""
    silhouettes: tuple[Silhouettes, ...] = ()
    """How well users sit in their groups, for each number."""
    criteria: tuple[Criterion, ...] = ()
    """Criteria that look at all numbers together."""
    range: Agreement | None = None
    """What the criteria agree on."""
    lineage: Lineage | None = None
    """Who splits into whom from one number to the next."""
    flags: Flags | None = None
    """Groups that may be one, and groups that may be two."""
    advice: Advice | None = None
    """Which methods suit these data, and why."""
    comparison: Comparison | None = None
    """Several methods on four scales."""
    likeness: Likeness | None = None
    """The searched sample against everyone else; None where everyone was searched."""
    nobody: tuple[str, ...] = ()
    """Sentences on the users in no group; none where they are fewer than the floor."""
    keys: tuple[str, ...] = ()
    """The permanent key of each group; empty where no run came before: P1, P2, ..."""
    given: int = 0
    """The highest number that any key ever had; 0 where no run came before."""
    departed: tuple[Departed, ...] = ()
    """Personas of earlier runs that are no longer there, by which one that comes back is known again."""

    def key(self, index: int) -> str:
        """The key of the persona with that index."""
        return self.keys[index] if index < len(self.keys) else f"P{index + 1}"
