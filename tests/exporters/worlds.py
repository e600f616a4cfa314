"""Finished casts made by hand, one per verdict, so that a report can be read before any data is."""

# ruff: noqa: E501, RUF005
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from personae.model.cast import Cast, Listed
from personae.model.evidence import Axis, Border, Candidate, Evidence, Structure, Verdict, Vote
from personae.model.fact import Fact
from personae.model.features import LeftOut, Window
from personae.model.map import Cell, Direction, Frame, Map, Outline, Replay
from personae.model.persona import Claim, Member, Persona, Profile, Trait
from personae.model.rule import Placement, Rule
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Level, Match, Note, Reject, Table

Sketch = tuple[str, int, float, str, dict[str, float]]
"""Name, users, steadiness, tagline, multiples by measure."""

SHOP: dict[str, tuple[str, str, float]] = {
    "weekend_share": ("weekend visits", "times", 4.1),
    "lists": ("saved lists", "times", 1.9),
    "orders": ("orders", "times", 3.2),
    "coupons": ("coupons used", "times", 0.8),
    "returns": ("returns", "times", 0.35),
    "views": ("product views", "times", 61.0),
    "help": ("help pages", "times", 0.6),
    "phone_search": ("searches on the phone", "times", 2.2),
    "reviews": ("reviews written", "times", 0.21),
    "active_days": ("active days", "days", 11.4),
}
"""Label, unit and average of everyone, by measure."""

CUSTOMERS: tuple[Sketch, ...] = (
    (
        "Daily quick buyers",
        3980,
        0.96,
        "Order often and look at little before they do.",
        {"orders": 4.0, "views": 0.4, "active_days": 2.1, "lists": 0.7},
    ),
    (
        "Browsers",
        3210,
        0.71,
        "Look at a great deal and seldom buy.",
        {"views": 2.2, "orders": 0.1, "coupons": 0.3, "returns": 0.12},
    ),
    (
        "Weekend planners",
        2310,
        0.94,
        "Plan on Friday, order on Sunday.",
        {"weekend_share": 3.1, "lists": 2.4, "phone_search": 0.3, "reviews": 1.4},
    ),
    (
        "Deal hunters",
        2050,
        0.9,
        "Wait for the coupon, and send back what does not suit.",
        {"coupons": 5.2, "returns": 2.0, "orders": 1.3, "lists": 0.6},
    ),
    (
        "New and unsure",
        830,
        0.83,
        "Still finding their way, with the help pages open.",
        {"help": 3.0, "active_days": 0.24, "orders": 0.4, "views": 0.7},
    ),
)

HOSTILE = "<script>alert(1)</script>"
LONG: tuple[Sketch, ...] = tuple(
    (
        name,
        900 - 53 * i,
        0.93 - 0.03 * i,
        f"One of twelve: {name}.",
        {"orders": 1.4 + 0.3 * i, "views": 1 / (1.5 + 0.2 * i), "lists": 0.5 + 0.25 * i},
    )
    for i, name in enumerate(
        (
            "People who compare every single delivery option before they order anything at all",
            "متسوقو عطلة نهاية الأسبوع",
            "Night owls 🦉🌙",
            f"{HOSTILE} & friends",
            '"><img src=x onerror=alert(1)>',
            "Donaudampfschifffahrtsgesellschaftskapitänskajütenbewohner",
            "週末にまとめて買う人たち",
            "{{ 7 * 7 }} {% raw %}",
            "Returners",
            "Reviewers",
            "Gift givers",
            "Phone searchers",
        )
    )
)


def natural() -> Cast:
    """Five kinds of customers with outcomes, demographics, a join, rejects and a group that nearly merges."""
    return _cast(Structure.NATURAL, CUSTOMERS, SHOP, outside=457)


def reproducible() -> Cast:
    """Four steady cuts of a continuum, from a table of survey answers."""
    cast = _cast(Structure.REPRODUCIBLE, CUSTOMERS[:4], SHOP, outside=0)
    return replace(cast, window=None, matches=())


def constructive() -> Cast:
    """Three bands made for use; two of them shaky."""
    people = tuple((n, u, s - 0.4, t, m) for n, u, s, t, m in CUSTOMERS[:3])
    return _cast(Structure.CONSTRUCTIVE, people, SHOP, outside=3)


def nothing() -> Cast:
    """No evidence of groups: no rule, no personas."""
    cast = _cast(Structure.NOTHING, (), SHOP, outside=600)
    votes = (
        Vote(
            "Beyond correlation",
            "copula null",
            None,
            "no number of groups explains more than the same measures reshuffled would",
        ),
        Vote("Borders", "dip test", None, "no border between neighbouring groups shows a valley"),
        Vote("Directions beyond chance", "parallel analysis", None, "no direction explains more than shuffled data"),
    )
    verdict = Verdict(Structure.NOTHING, 0, None, "no grouping of 2 to 8 beats data with the same averages and no groups")
    return replace(
        cast, evidence=replace(cast.evidence, verdict=verdict, votes=votes, chosen="", borders=(), axes=(), factors=0)
    )


def forced() -> Cast:
    """Three groups drawn by order although nothing speaks for them."""
    cast = _cast(Structure.NOTHING, CUSTOMERS[:3], SHOP, outside=0)
    verdict = replace(
        cast.evidence.verdict,
        forced=True,
        asked=3,
        own=0,
        why="no evidence of groups was found; these were drawn because --force was given",
    )
    return replace(cast, study=replace(cast.study, force=True, groups="3"), evidence=replace(cast.evidence, verdict=verdict))


def asked() -> Cast:
    """Four groups were asked for; the data alone would have given five."""
    cast = _cast(Structure.NATURAL, CUSTOMERS[:4], SHOP, outside=120)
    verdict = replace(cast.evidence.verdict, asked=4, own=5)
    return replace(cast, study=replace(cast.study, groups="4"), evidence=replace(cast.evidence, verdict=verdict))


def long_names() -> Cast:
    """Twelve personas whose names are long, Arabic, Japanese, emoji or hostile, on events with hostile names."""
    shop = {HOSTILE if k == "returns" else k: ((HOSTILE, *v[1:]) if k == "returns" else v) for k, v in SHOP.items()}
    people = tuple((n, u, s, t, m | {HOSTILE: 2.5}) for n, u, s, t, m in LONG)
    return _cast(Structure.REPRODUCIBLE, people, shop, outside=44)


def log_of_two() -> Cast:
    """Two personas from one event log and nothing else."""
    cast = _cast(Structure.NATURAL, CUSTOMERS[:2], SHOP, outside=12, described=False)
    return replace(cast, matches=(), tables=cast.tables[1:], study=replace(cast.study, entity="user", sources=("events.csv",)))


def many(personas: int = 40) -> Cast:
    """More personas than anyone should read."""
    people = tuple(
        (
            f"Group of habit {i:02d}",
            400 - 7 * i,
            0.9 - 0.01 * i,
            "One of many.",
            {m: 0.3 + ((7 * i + 3 * j) % 11) / 3 for j, m in enumerate(SHOP)},
        )
        for i in range(personas)
    )
    return _cast(Structure.REPRODUCIBLE, people, SHOP, outside=90)


ALL = {f.__name__: f for f in (natural, reproducible, constructive, nothing, forced, asked, long_names, log_of_two, many)}


def _cast(
    kind: Structure, people: tuple[Sketch, ...], shop: dict[str, tuple[str, str, float]], outside: int, described: bool = True
) -> Cast:
    users = sum(p[1] for p in people) + outside
    borders = tuple(0.06 + 0.07 * (i % 3) for i in range(len(people)))
    facts: list[Fact] = [Fact("all.count", "all", "users", "customers", "count", users, "customers", users)]
    profiles, personas = [], []
    for i, (name, n, steady, tagline, multiples) in enumerate(people):
        own = _facts(f"P{i + 1}", i, n, users, steady, borders[i], multiples, shop, described)
        facts += own
        nearest = f"P{(i + 1) % len(people) + 1}"
        profiles.append(_profile(i, n, users, steady, borders[i], own, nearest))
        personas.append(_persona(profiles[-1], name, tagline, own, kind, people[(i + 1) % len(people)][0]))
    k = len(people)
    verdict = Verdict(
        kind, k, k + 2 if k else None, f"{k} groups come back in resamples, and each border but one shows a valley"
    )
    placed = np.repeat(np.arange(k + 1, dtype=np.int32), [p[1] for p in people] + [outside])
    placed[placed == k] = -1
    study = Study(
        sources=("users.csv", "events.csv"),
        entity="customer",
        id="customer_id",
        describe=("age", "country"),
        outcome=("churned", "revenue"),
    )
    return Cast(
        study=study,
        tables=_tables(users),
        matches=(Match("users.csv", "events.csv", users - 47, 47, 0),),
        window=Window("2026-03-01", "2026-05-30", "Europe/Paris", 90),
        measures=tuple(
            Listed(m, label, Role.BEHAVIOUR, Kind.INTEGER, unit, "events.csv", True) for m, (label, unit, _) in shop.items()
        )
        + (Listed("age", "age", Role.DEMOGRAPHIC, Kind.INTEGER, "years", "users.csv", False),)
        + (Listed("churned", "churned", Role.OUTCOME, Kind.BOOLEAN, "", "users.csv", False),),
        left_out=(LeftOut("store_version", "the same value in every row"), LeftOut("orders_copy", "a copy of orders")),
        evidence=_evidence(kind, verdict, k, users, tuple(p[2] for p in people)),
        rule=Rule((), np.zeros((0, 2)), np.zeros((k, 2)), np.arange(k, dtype=np.int32), np.ones(k), 1.0) if k else None,
        profiles=tuple(profiles),
        facts=tuple(facts),
        personas=tuple(personas),
        members=tuple(Member(p.key, "typical", f"id-of-a-user-{p.index}", 0.97, 0.8) for p in profiles),
        ids=pa.array([f"id-of-a-user-{i}" for i in range(users)], pa.string()),
        placement=Placement(
            placed,
            np.full(users, -1, np.int32),
            np.ones(users),
            np.ones(users),
            np.zeros(users, np.int8),
            np.zeros(users, np.int8),
        ),
        warnings=("events.csv: 312 rows have a time in the future of the window and are left out",),
        versions={"personae": "0.1.0", "python": "3.11.9", "numpy": "2.1.0"},
    )


def _facts(
    key: str,
    i: int,
    n: int,
    users: int,
    steady: float,
    border: float,
    multiples: dict[str, float],
    shop: dict[str, tuple[str, str, float]],
    described: bool,
) -> list[Fact]:
    count = "select count(*) from placed where persona = " + str(i)
    made = [
        Fact(f"{key}.count", key, "users", "customers", "count", n, "customers", n, source="users.csv", query=count),
        Fact(f"{key}.share", key, "share", "share of customers", "share", n / users, "", n, source="users.csv", query=count),
        Fact(f"{key}.steadiness", key, "steadiness", "steadiness", "mean", steady, "", n),
        Fact(f"{key}.borderline", key, "borderline", "borderline customers", "share", border, "", n),
    ]
    for m, (label, unit, average) in shop.items():
        x = multiples.get(m, 1 + 0.03 * ((i + len(m)) % 7 - 3))
        value = average * x
        made.append(
            Fact(
                f"{key}.{m}", key, m, label, "mean", value, unit, n, value * 0.96, value * 1.04, average, average * 0.98, x, x * 0.96, x * 1.04,
                source="events.csv", query=f"select avg(n) from counts where event = '{m}' and persona = {i}",
            )
        )  # fmt: skip
    if described:
        churn, revenue = (0.04, 0.38, 0.09, 0.21, 0.3)[i % 5], (412.0, 31.0, 256.0, 144.0, 62.0)[i % 5]
        made += [
            Fact(
                f"{key}.churned",
                key,
                "churned",
                "churned",
                "rate",
                churn,
                "",
                n,
                churn - 0.02,
                churn + 0.02,
                0.17,
                0.2,
                churn / 0.17,
                p=0.0001,
                source="users.csv",
            ),
            Fact(
                f"{key}.revenue",
                key,
                "revenue",
                "revenue",
                "mean",
                revenue,
                "EUR",
                n,
                revenue * 0.9,
                revenue * 1.1,
                208.0,
                190.0,
                revenue / 208,
                p=0.002,
                source="users.csv",
            ),
            Fact(
                f"{key}.age",
                key,
                "age",
                "age",
                "mean",
                38.0 + 3 * (i % 5),
                "years",
                n,
                37.0 + 3 * (i % 5),
                39.0 + 3 * (i % 5),
                41.0,
                41.5,
                source="users.csv",
            ),
        ]
    return made


def _profile(i: int, n: int, users: int, steady: float, border: float, own: list[Fact], nearest: str) -> Profile:
    known = {f.measure: f for f in own}
    traits = [
        Trait(f.measure, f.label, f.id, f.multiple, f.value, f.everyone or 0.0, f.statistic, f.unit, "behaviour", True)
        for f in own
        if f.multiple is not None and not 0.8 <= f.multiple <= 1.25 and f.measure not in ("churned", "revenue")
    ]
    above = tuple(sorted((t for t in traits if t.multiple > 1), key=lambda t: -t.multiple))
    below = tuple(sorted((t for t in traits if t.multiple < 1), key=lambda t: t.multiple))
    outcomes = tuple(known[m].id for m in ("churned", "revenue") if m in known)
    described = (known["age"].id,) if "age" in known else ()
    head = tuple(f.id for f in own[:4])
    return Profile(i, f"P{i + 1}", n, n / users, border, steady, above, below, outcomes, described, head, nearest, "orders")


def _persona(profile: Profile, name: str, tagline: str, own: list[Fact], kind: Structure, other: str) -> Persona:
    known = {f.id: f for f in own}
    traits = (*profile.above[:5], *profile.below[:3])
    lines = tuple(
        Claim(f"{t.label[:1].upper() + t.label[1:]}: {t.multiple:.1f} times the average.", "M", (t.fact,)) for t in traits
    )
    outcomes = tuple(
        Claim(
            f"{known[f].label[:1].upper() + known[f].label[1:]}: {known[f].value:.2f}, everyone {known[f].everyone:.2f}.",
            "M",
            (f,),
        )
        for f in profile.outcomes
    )
    age = tuple(
        Claim(f"{known[f].value:.0f} years old on average, much like everyone.", "M", (f,)) for f in profile.demographics
    )
    first = traits[0] if traits else None
    story = (
        Claim(f"{profile.users:,} customers, {profile.share:.0%} of everyone.", "M", profile.facts[:2]),
        *(
            (
                Claim(
                    f"Their {first.label} come to {first.value:.1f} {first.unit}, against {first.everyone:.1f} for everyone.",
                    "M",
                    (first.fact,),
                ),
            )
            if first
            else ()
        ),
        Claim("They come back on two days out of three, which leaves room for one message a week.", "A", profile.facts[:1]),
    )
    words = "steady" if profile.steadiness >= 0.75 else "fairly steady" if profile.steadiness >= 0.6 else "shaky"
    difference = Claim(f"Closest to {other}; what tells them apart is the number of orders.", "M", (f"{profile.key}.orders",))
    return Persona(
        profile.key, profile.index, name, kind, profile.users, profile.share, profile.steadiness, words,
        Claim(tagline, "M", (first.fact,) if first else profile.facts[:1]), story, lines, outcomes, age, difference, profile.nearest,
    )  # fmt: skip


def _tables(users: int) -> tuple[Table, ...]:
    def column(name: str, kind: Kind, role: Role, why: str, empty: int = 0) -> Column:
        return Column(name, kind, role, why, users, empty, users // 3, ("secret-example",), "secret-low", "secret-high")

    people = (
        column("customer_id", Kind.TEXT, Role.ID, "one value per row, named like an id"),
        column("age", Kind.INTEGER, Role.DEMOGRAPHIC, "describes a person", users // 14),
        column("country", Kind.CATEGORY, Role.DEMOGRAPHIC, "describes a person"),
        column("churned", Kind.BOOLEAN, Role.OUTCOME, "named by --outcome"),
        column("note", Kind.TEXT, Role.TEXT, "free text"),
    )
    log = (
        column("customer_id", Kind.TEXT, Role.ID, "the same ids as users.csv"),
        column("event", Kind.CATEGORY, Role.EVENT, "few values, many rows"),
        column("ts", Kind.TIMESTAMP, Role.TIME, "a time in every row"),
    )
    rejects = (
        Reject("users.csv", 17, "4 fields where 5 are expected", "secret-row"),
        Reject("users.csv", 99, "4 fields where 5 are expected", "secret-row"),
    )
    note = Note(Level.WARN, "N12", f"{users // 14:,} customers have no age", "age", "")
    return (
        Table("users.csv", "t0", "entities", people, users + 3, users, (*rejects, Reject("users.csv", 204, "no id", "secret-row")), (("users.csv", "ab" * 32, 812_004),), "CSV, comma, UTF-8", (note,)),
        Table("events.csv", "t1", "events", log, 3_014_220, 3_014_220, (), (("events.csv", "cd" * 32, 98_812_004),), "CSV, semicolon, UTF-8"),
    )  # fmt: skip


def _evidence(kind: Structure, verdict: Verdict, k: int, users: int, steadiness: tuple[float, ...]) -> Evidence:
    best = k or 4
    tried = tuple(
        Candidate(
            method, size, round(0.95 / size**0.7 + shift, 4), round(0.9 / (size + 1) ** 1.3, 4), round(0.38 - 0.03 * abs(size - best) - shift, 4), round(0.36 - 0.03 * abs(size - best), 4),
            round(0.40 - 0.03 * abs(size - best), 4), 900.0 - 20 * size, 1.1 + 0.05 * abs(size - best), round(max(0.2, 0.93 - 0.07 * abs(size - best) - shift), 4),
            (0.9,) * size, round(0.001 + 0.06 * max(0, size - best), 4), -14.0 + 2 * abs(size - best),
        )
        for method, shift in (("kmeans", 0.0), ("nmf", 0.02))
        for size in range(2, 11)
    )  # fmt: skip
    votes = (
        Vote("Left-over difference", "elbow of the within-group sum of squares", best, f"the gain bends after {best}"),
        Vote("Separation", "silhouette", best, f"groups are best separated at {best}"),
        Vote("Steadiness", "bootstrap adjusted Rand index", best, f"the same {best} groups come back in 93 of 100 resamples"),
        Vote("Variance ratio", "Calinski-Harabasz", 2, "prefers 2, as it often does"),
        Vote("Borders", "dip test", None, "abstains: one border has no valley"),
    )
    borders = tuple(Border(i, i + 1, 0.41 if i == 1 else 0.0004, i == 1) for i in range(max(0, k - 1)))
    axes = (
        Axis(0.46, ("product views", "help pages"), ("orders", "active days", "coupons used")),
        Axis(0.27, ("weekend visits", "saved lists"), ("searches on the phone",)),
        Axis(0.11, ("returns",), ("reviews written",)),
    )
    return Evidence(
        verdict, tried, votes, steadiness, borders, axes, "kmeans", (("kmeans", "nmf", 0.81), ("kmeans", "ward", 0.77)), 4, 0.972, min(users, 20_000), 14,
        (("dbscan", "no density gap to work with"),), "how often each customer did each of 10 things, by share of what they did",
        map=_map(k), replay=_replay(k) if k > 1 else None,
    )  # fmt: skip


def _map(k: int) -> Map:
    """Groups on a ring, three squares of users each; without groups one square after the other."""
    at = [(2 * np.cos(2 * np.pi * i / max(k, 3)), 2 * np.sin(2 * np.pi * i / max(k, 3))) for i in range(max(k, 3))]
    cells = tuple(
        Cell(round(x + 0.2 * j, 3), round(y, 3), 40 - 10 * j, i if k else -1) for i, (x, y) in enumerate(at) for j in range(3)
    )
    outlines = tuple(Outline(i, 90, round(x, 3), round(y, 3), 0.09, 0.02, 0.04) for i, (x, y) in enumerate(at[:k]))
    low, high = ("product views", "help pages"), ("orders", "active days", "coupons used")
    across, up = Direction(low, high, 0.6 if k else None, 0.4), Direction(("returns",), (), 0.3 if k else None, 0.2)
    return Map(across, up, 0.2, cells, outlines, 90 * max(k, 3) + 25, 25)


def _replay(k: int) -> Replay:
    """Centres that walk outwards in three rounds; the last one speaks for few at first."""
    where = [
        [(round(r * np.cos(2 * np.pi * i / k), 3), round(r * np.sin(2 * np.pi * i / k), 3)) for i in range(k)]
        for r in (0.2, 1.5, 2.0)
    ]
    first = Frame((*where[0][:-1], None), 3.1, 1.0)
    return Replay((first, Frame(tuple(where[1]), 0.4, 0.3), Frame(tuple(where[2]), 0.1, 0.0)), 90 * k, True)
