"""What people believe of users, held against the data: existing segments and hand-made personas."""

from __future__ import annotations

from dataclasses import dataclass

ORIGINS = ("assumption", "interviews", "data")
"""Where a persona can come from; what nobody measured is an assumption."""


@dataclass(frozen=True)
class Sketch:
    """A persona that somebody made by hand: conditions that its people meet, and what is claimed of them.

    `lines` are the lines of the file of each trait and then each claim, 0 where it is not known.
    """

    name: str
    traits: tuple[str, ...]
    claims: tuple[str, ...] = ()
    origin: str = "assumption"
    where: str = ""
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Part:
    """The share of some users that a persona holds: `key` is "" for no group, `share` None where users are too few to tell.
    `everyone` is the persona's share of all users."""

    key: str
    name: str
    share: float | None
    everyone: float


@dataclass(frozen=True)
class Together:
    """Whether users stand together in the behaviour space.

    `closeness` is 1 for users drawn by chance and less for users who are alike; 95 of 100 draws lie from `low` to `high`.
    `recalled` is the share of them nearest to their own centre, learnt on others, `chance` what shuffled groups reach at most
    in 95 of 100 draws. `silhouette` is below 0 where most are nearer to another centre.
    """

    closeness: float
    low: float
    high: float
    p: float
    recalled: float
    chance: float
    silhouette: float | None

    @property
    def told(self) -> bool:
        """Whether behaviour tells them apart better than chance, in both ways."""
        return self.p < 0.05 and self.recalled > self.chance


@dataclass(frozen=True)
class Segment:
    """An existing segment: its users and where they sit among the personas."""

    name: str
    users: int
    share: float
    parts: tuple[Part, ...]
    together: Together | None
    words: str = ""


@dataclass(frozen=True)
class Foretold:
    """How much of an outcome is known beforehand, on users held out: the share of what differs (R2, or of the deviance of a
    yes or no) explained by persona, segment and demographics, each alone; None where there is none of it.

    `ahead` names whichever surely explains most, "" where none surely does. `lift` is what the persona adds to all the others.
    `measure` is "deviance", "variance" or "Brier".
    """

    outcome: str
    label: str
    measure: str
    users: int
    persona: Estimate | None
    segment: Estimate | None
    demographics: Estimate | None
    ahead: str
    lift: Estimate | None
    words: str = ""


@dataclass(frozen=True)
class Segments:
    """Existing segments against the personas. `missing` users are in no segment, `unknown` ids of the file are no user,
    `twice` ids stand in it with different segments and are left out; None: fewer than the floor."""

    name: str
    segments: tuple[Segment, ...]
    missing: int | None
    unknown: int | None
    twice: int | None
    small: int
    """Segments of fewer users than the floor, which are not told."""
    rand: Estimate | None
    information: Estimate | None
    formed: bool
    """Whether the column took part in forming the personas, so that they overlap by their making."""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trait:
    """A trait of a hand-made persona. `alone` users meet it, `others` meet all traits but this one; None: too few to tell.

    `within` is its share among those who meet all the others, `everyone` its share among all, `p` of the difference between
    those and the rest, corrected (Holm). `contradicted`: it is surely rarer among those who meet the others.
    """

    text: str
    alone: int | None
    others: int | None
    within: Estimate | None
    everyone: float | None
    p: float | None
    contradicted: bool
    words: str = ""


@dataclass(frozen=True)
class Held:
    """A claim about a hand-made persona: its share among those who meet all traits, and among the rest; None: too few to tell.

    `kind` is "more" (surely more often than the rest), "less", "alike" or "few".
    """

    text: str
    users: int | None
    within: Estimate | None
    rest: float | None
    p: float | None
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Believed:
    """A hand-made persona and what the data say: `verdict` is "core segment", "part of a persona", "anecdote" or "nobody".

    `users` is None for fewer than the floor; `unknown` users lack a value that decides. `strictest` is the trait that rules
    most people out, `jaccard` what it shares with `nearest`, the persona that holds most of them.
    """

    name: str
    origin: str
    verdict: str
    users: int | None
    share: float | None
    unknown: int | None
    traits: tuple[Trait, ...]
    strictest: str
    claims: tuple[Held, ...]
    parts: tuple[Part, ...]
    together: Together | None
    nearest: str
    jaccard: float | None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beliefs:
    """All that was held against the data. `run` placed the users; `kind` is the verdict of its groups."""

    run: str
    kind: str
    entity: str
    users: int
    segments: Segments | None
    outcomes: tuple[Foretold, ...]
    believed: tuple[Believed, ...]
    words: tuple[str, ...] = ()
