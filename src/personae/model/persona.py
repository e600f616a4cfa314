"""A group in numbers, and the same group in words that cite the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from personae.model.edit import Note

UNTESTED = "not tested"
"""In place of how steady a group is, where a person made it."""


STEADY, FAIRLY = 0.75, 0.6
"""Bootstrap Jaccard from which a group is steady, and from which it is fairly steady; below that it is shaky (Hennig 2007)."""


@dataclass(frozen=True)
class Trait:
    """A difference from everyone that survived its interval and the number of comparisons; `fact` is its fact's id."""

    measure: str
    label: str
    fact: str
    multiple: float
    value: float
    everyone: float
    statistic: str
    unit: str
    role: str
    formed: bool
    """Whether the measure took part in forming the groups, so that the difference describes and does not test."""
    distance: float | None = None
    """The difference from everyone in standard deviations, set only where a multiple would mislead (answer scales, values
    below zero); `multiple` is then value / everyone where both are positive, and otherwise 1."""
    scale: tuple[float, float] | None = None
    """The ends of the answer scale, when it is one."""


@dataclass(frozen=True)
class Profile:
    """One group in numbers. `above` and `below` are traits, strongest first."""

    index: int
    key: str
    users: int
    share: float
    """Of all users, those not in any group included."""
    border_share: float
    steadiness: float
    above: tuple[Trait, ...]
    below: tuple[Trait, ...]
    outcomes: tuple[str, ...]
    """Fact ids."""
    demographics: tuple[str, ...]
    """Fact ids."""
    facts: tuple[str, ...]
    """Fact ids of size, share, steadiness, borderline share and clear borders, in that order."""
    nearest: str = ""
    """Key of the nearest other persona."""
    nearest_measure: str = ""
    """The measure that separates the two most."""


@dataclass(frozen=True)
class Claim:
    """A sentence and the facts it rests on. Grade M measured, S said, A worded by a machine, ? to find out."""

    text: str
    grade: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Quadrant:
    """One part of an empathy map: "sees", "says", "does", "hears", "thinks", "feels", "pains" or "gains". What the data do
    not hold stays empty, and `ask` is then the question that would fill it."""

    part: str
    claims: tuple[Claim, ...]
    ask: str = ""


@dataclass(frozen=True)
class Experiment:
    """How large a test must be that draws users of one group by lot into two arms of equal size: two-sided, at most 5 in 100
    false alarms, and a change as large as `found` - `base` is found 80 times in 100.

    `fact` is the fact of what should move and `base` its value; `statistic` "share" compares two shares, "mean" two means with
    the standard deviation `spread`, which follows from the fact's interval. `per_arm` users are needed in each arm, `users`
    are in the group, and the value was measured over `days` (0 where the data have no time).
    Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), equation 4.14.
    """

    fact: str
    statistic: str
    base: float
    found: float
    spread: float
    per_arm: int
    users: int
    days: int = 0
    reach: float | None = None
    """The value nearest to `base` that all users of the group, half in each arm, would tell from it; None where none is."""

    @property
    def testable(self) -> bool:
        """Whether the group has users enough for both arms."""
        return 2 * self.per_arm <= self.users


@dataclass(frozen=True)
class Check:
    """A line of a checklist for a persona: `part` is "principle" or "interface". `answer` is "yes" where the evidence calls
    for it, "no" where it speaks against it, and "" where the data do not say."""

    entry: str
    part: str
    title: str
    text: str
    answer: str
    evidence: Claim | None = None


@dataclass(frozen=True)
class Touch:
    """What one surface of a product could show a persona, and why; both empty where nothing measured suggests anything."""

    surface: str
    content: str = ""
    evidence: Claim | None = None
    entry: str = ""
    caution: str = ""


@dataclass(frozen=True)
class Opportunity:
    """Something that could be done for a persona: a hypothesis, with the evidence that suggests it and the way to test it.

    `entry` is the entry of the library it comes from, `horizon` "quick win" (1 to 2 weeks), "medium" (1 to 3 months) or
    "strategic" (6 months or more), `effort` "low", "medium" or "high". `test` says how to find out whether it works, or why
    that cannot be found out with so few users. No effect is ever promised.
    """

    id: str
    entry: str
    pain: str
    """The kind of pain it answers; "" where it answers a trait."""
    title: str
    evidence: Claim
    action: str
    metric: str
    """What should move."""
    horizon: str
    effort: str
    owner: str
    test: str
    caution: str = ""
    needs: str = ""
    """What must be there first."""
    source: str = ""
    """Where the pairing of evidence and action comes from."""
    experiment: Experiment | None = None
    """The numbers of `test`; None where the data hold no measure of what should move."""


@dataclass(frozen=True)
class Persona:
    """A group with a name. Every sentence is a Claim; `verdict` repeats the run's verdict so that no output can lose it."""

    key: str
    index: int
    name: str
    verdict: str
    users: int
    share: float
    steadiness: float
    steady: str
    """"steady", "fairly steady" or "shaky"; "not tested" where a person made the group."""
    tagline: Claim
    story: tuple[Claim, ...]
    traits: tuple[Claim, ...]
    outcomes: tuple[Claim, ...]
    demographics: tuple[Claim, ...]
    difference: Claim | None
    """How it differs from its nearest persona."""
    nearest: str
    origin: str = "data"
    """"data", "interviews" or "assumption"; "edited" where a person changed it."""
    does: tuple[Claim, ...] = ()
    wants: tuple[Claim, ...] = ()
    hinders: tuple[Claim, ...] = ()
    """What gets in the way."""
    meets: tuple[Claim, ...] = ()
    """Where and when they are met."""
    value: tuple[Claim, ...] = ()
    """What they bring and what they cost; describes, and does not say why."""
    empathy: tuple[Quadrant, ...] = ()
    """The eight parts of the empathy map, in the order of the canvas."""
    opportunities: tuple[Opportunity, ...] = ()
    """What could be done for them, soonest first."""
    picture: str = ""
    """An own picture as a data address, shown in place of the drawing and labelled as what it is; "" for the drawing."""
    checklist: tuple[Check, ...] = ()
    """Principles and advice on interfaces, and whether the data call for them."""
    touches: tuple[Touch, ...] = ()
    """What each surface that was asked for could show them."""
    notes: tuple[Note, ...] = ()
    """What people wrote about it, oldest first; no claims."""


@dataclass(frozen=True)
class Member:
    """A user worth talking to: `part` is "typical", "borderline", "extreme" or "contrary" (well inside the group, and the
    opposite of it on what sets it apart most)."""

    persona: str
    part: str
    id: str
    membership: float
    margin: float


def number(key: str) -> int:
    """The number in a key such as P12, or in the id of a run such as r03; 0 where there is none."""
    return int(key[1:]) if key[1:].isdecimal() else 0
