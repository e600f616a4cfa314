"""Users seen from two directions, as numbers of many of them, never as points of one."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Direction:
    """One direction of a map: the measures that rise towards both of its ends, strongest first, and what it shows."""

    low: tuple[str, ...]
    high: tuple[str, ...]
    between: float | None
    """Share of the differences between the groups, 0 to 1; None without groups."""
    whole: float
    """Share of all differences between users."""


@dataclass(frozen=True)
class Cell:
    """A square of the map around (x, y) that holds at least `floor` users, most of them of one persona (-1: of none)."""

    x: float
    y: float
    users: int
    persona: int


@dataclass(frozen=True)
class Outline:
    """Where the users of a persona lie: their mean and their covariance in the two directions."""

    persona: int
    users: int
    x: float
    y: float
    xx: float
    xy: float
    yy: float
    model: bool = False
    """Whether the covariance is the method's own and not that of the users."""


@dataclass(frozen=True)
class Map:
    """A linear projection of the space that groups were formed in: no two users lie further apart here than they do there."""

    across: Direction
    up: Direction
    side: float
    """Length of a cell's side, in the unit of the space."""
    cells: tuple[Cell, ...]
    outlines: tuple[Outline, ...]
    users: int
    """Users the map is of."""
    left_out: int
    """Users in squares with too few others to be drawn."""


@dataclass(frozen=True)
class Neighbours:
    """A map that keeps who is near whom. Distances, gaps and the size of a patch mean nothing on it."""

    side: float
    """Length of a cell's side, in the unit of this map."""
    cells: tuple[Cell, ...]
    users: int
    """Users the map is of."""
    of: int
    """Users the search looked at."""
    left_out: int
    """Users in squares with too few others to be drawn."""
    near: int
    """Neighbours of each user, the user among them, that are held together."""
    kept: float
    """Share of the nearest neighbours in the space that are among as many nearest on the map, 0 to 1."""


@dataclass(frozen=True)
class Frame:
    """One round of k-means: where the centres stand, the objective there, and the share of users who changed sides (where
    they are fewer than the floor, that of the floor)."""

    centres: tuple[Point | None, ...]
    """None where a centre speaks for fewer users than the floor."""
    objective: float
    """Mean squared distance of users to their nearest centre."""
    moved: float


@dataclass(frozen=True)
class Replay:
    """k-means in the two directions of the map, round by round; the first frame is the start. Centres stand in the order of
    the personas they end nearest to."""

    frames: tuple[Frame, ...]
    users: int
    settled: bool
    """Whether nobody moved in the last round."""
