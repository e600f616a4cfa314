"""How far each method is taken on so many users: on everyone, on the sample, on a part of it, or not at all."""

from __future__ import annotations

from personae.model.advice import Planned
from personae.words.names import plural

PART = 2000
"""Users the comparison looks at: there every method is done within a second."""
PAIRS = 10_000
"""Users up to whom all pairs of distances are held: 0.8 GB at this number, 3.2 GB at 20,000."""
SEARCHING = ("kmeans", "hdbscan")
"""Methods the search itself can take its answer from."""
PAIRED = ("ward", "average", "complete", "single", "kmedoids", "spectral", "meanshift")
"""Methods whose time or memory grows with the square of the users."""
FAMILIES = (
    ("centres", ("kmeans",)),
    ("mixtures", ("gmm",)),
    ("dense regions", ("hdbscan",)),
    ("neighbourhoods", ("dbscan",)),
    ("trees", ("ward",)),
    ("parts that add up", ("nmf",)),
    ("modes", ("meanshift",)),
    ("typical members", ("kmedoids",)),
)
"""One method stands for each family in the comparison: it is the family that differs, not its members."""
LIKE = {
    "minibatch": "kmeans",
    "bisecting": "kmeans",
    "nmf-tree": "nmf",
    "average": "ward",
    "complete": "ward",
    "single": "ward",
    "spectral": "dbscan",
    "latent": "gmm",
}
"""Methods that another one stands for."""


def plan(users: int, sample: int, methods: tuple[str, ...], entity: str = "user") -> tuple[Planned, ...]:
    """Where each of `methods` runs when there are `users` of them and the search looks at `sample`."""
    many = plural(entity)
    searched, part = min(users, sample), min(users, sample, PART)
    whole = "everyone" if users <= sample else "sample"
    made = []
    for name in methods:
        if name in SEARCHING:
            why = "time grows with the number of " + many + " and memory hardly at all"
            why += "" if whole == "everyone" else f"; everyone is then placed by the rule the {searched:,} gave"
            made.append(Planned(name, whole, searched, why))
        elif name == "minibatch":
            made.append(Planned(name, "not", 0, _minibatch(users, sample, many)))
        elif name in LIKE:
            made.append(
                Planned(name, "not", 0, f"{LIKE[name]} stands for its family in the comparison; --method {name} takes it")
            )
        else:
            all_pairs = name in PAIRED and users > PAIRS
            why = f"all pairs of {users:,} {many} do not fit in memory" if all_pairs else f"to be compared, {part:,} are enough"
            made.append(Planned(name, "everyone" if part == users else "part", part, why))
    return tuple(made)


def _minibatch(users: int, sample: int, many: str) -> str:
    if users <= sample:
        return f"it saves passes over millions of {many}; kmeans on {users:,} takes a moment"
    return f"it saves passes over everyone, which the sample of {sample:,} makes needless"


def size(users: int, sample: int, entity: str = "user") -> str:
    """What the number of users allows, in words."""
    many = plural(entity)
    if users <= min(PAIRS, sample):
        return f"{users:,} {many} are few enough for any method: the search looked at all of them."
    if users <= sample:
        return f"The search looked at all {users:,} {many}; methods that need all pairs of them see {PART:,} at a time."
    return (
        f"{users:,} {many} are more than the search needs: it looked at {sample:,} of them, drawn by a hash of the id, and "
        f"everyone is placed by the rule. Methods that need all pairs see {PART:,}."
    )
