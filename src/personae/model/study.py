"""Which data, which columns mean what, which plugs, which seed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a column is used for."""

    ID = "id"
    TIME = "time"
    EVENT = "event"
    VALUE = "value"
    BEHAVIOUR = "behaviour"
    ATTITUDE = "attitude"
    DEMOGRAPHIC = "demographic"
    OUTCOME = "outcome"
    TEXT = "text"
    IGNORE = "ignore"


LEAST = {"floor": 1, "top_events": 2, "sample": 100, "seed": 0, "threads": 0, "allow_rejects": 0, "max_inflated": 1}
"""The smallest value of each setting that is a number."""
CHOICES = {
    "decimal": (".", ","),
    "dates": ("dmy", "mdy", "ymd"),
    "on_duplicate": ("first", "last", "drop"),
    "scale": ("auto", "standard", "minmax", "robust", "log", "quantile", "none"),
    "weigh": ("auto", "hellinger", "tfidf", "shares", "none"),
    "encode": ("auto", "onehot"),
    "outliers": ("auto", "norm", "isolation", "dbscan", "none"),
    "style": ("keep", "remove"),
    "worlds": ("auto", "all", "none"),
    "map": ("linear", "umap"),
    "names": ("behaviour", "alliterative"),
}
"""The values of each setting that is one of a few words; empty leaves it to the data."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything a run needs to know beside the bytes of its sources. Empty means: work it out from the data."""

    sources: tuple[str, ...]
    # what the columns mean
    id: str = ""
    time: str = ""
    event: str = ""
    value: str = ""
    group_by: tuple[str, ...] = ()
    describe: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    """Columns to leave out, and single events: "event=heartbeat"."""
    override: str = ""
    """The written reason for letting demographic columns form groups (R48)."""
    entity: str = "user"
    link: tuple[str, ...] = ()
    """"orders.customer_id=customers.id": columns that lead from the rows of one source to those of another."""
    tool: str = ""
    """The tool the files were exported from: a plug of formats/; "none" takes the columns as they stand."""
    multi: tuple[str, ...] = ()
    """Columns whose cells hold several answers; "none" when none does. Empty means: told by their values."""
    ordinal: tuple[str, ...] = ()
    """"plan=free<pro<team": categories with an order."""
    nps: tuple[str, ...] = ()
    """Columns that answer from 0 to 10 whether one would recommend."""
    embed: tuple[str, ...] = ()
    """Columns of text that take part in forming groups by what they are about."""
    phases: tuple[str, ...] = ()
    """"buy=pay", "purchase": the phase of the journey of each event. Empty means: proposed from names and order."""
    quotes: tuple[str, ...] = ()
    """Columns of text that may be quoted word for word. Without them texts are counted and never shown."""
    consent: str = ""
    """The column that says of each user whether their texts may be quoted."""
    # who takes no part, and what it is all for
    exclude: tuple[str, ...] = ()
    """Lists of people to leave out of everything: files of ids, or "customers.csv::opted_out" with a column of yes and no."""
    purpose: str = ""
    """What the groups are made for, in the words of whoever answers for it; printed in the report."""
    # how the files are to be read
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: tuple[str, ...] = ()
    """Names of the columns of files whose first row is data already, in their order."""
    decimal: str = ""
    """"." or ",": the decimal mark where the data leave it open."""
    dates: str = ""
    """"dmy", "mdy" or "ymd": the order of day and month where the data leave it open."""
    timezone: str = ""
    missing: tuple[str, ...] = ()
    """Markers beside the empty field that are to be taken as empty."""
    on_duplicate: str = ""
    """"first", "last" or "drop": what to do with users whose rows disagree."""
    allow_rejects: int = 0
    max_inflated: int = 4 << 30
    """Bytes a compressed file may grow to."""
    # what is looked at
    window: str = ""
    """"90d": the days before the last complete day that count; "first-7d": the first days of each user;
    "2026-01-01..2026-03-31": these days; empty means all of the log."""
    features: tuple[str, ...] = ()
    """Recipes to measure beside the usual ones: "rfm", "time_to_first(event=purchase)"."""
    top_events: int = 1000
    """Events that take part in forming groups at most: those that most users do."""
    # how measures become coordinates
    scale: str = "auto"
    """"auto", "standard", "minmax", "robust", "log", "quantile" or "none"."""
    weigh: str = "auto"
    """How event counts are weighed: "auto" (which is "hellinger"), "tfidf", "shares" or "none"."""
    reduce: str = "auto"
    """"auto", "none", a number of principal components ("50"), or the share of variance to keep ("0.9")."""
    empty: tuple[str, ...] = ()
    """"age=median": what stands for empty cells of a column: draw, median, mean, mode, category, zero or drop."""
    encode: str = "auto"
    """How categories become numbers: "auto" (correspondence scaling) or "onehot"."""
    outliers: str = "auto"
    """Who takes no part in the search: "auto" (which is "norm"), "isolation", "dbscan" or "none"."""
    style: str = "keep"
    """Whether the way a person answers a block of questions, high or low, is kept or removed."""
    # what may go on all the same
    accept: tuple[str, ...] = ()
    """Findings that would stop the run and are accepted: "leak:duration"."""
    # how groups are formed
    groups: str = "auto"
    """"auto", "5" or "3-7"."""
    smallest: str = ""
    """The smallest group that is of use: "5%" of the users or "200" users; empty means any."""
    method: str = "auto"
    """"auto", or a method with its options: "gmm(covariance=tied)"."""
    worlds: str = "auto"
    """How often the groups are formed again in other ways: "auto" (methods, seeds, samples, preparations), "all" (and
    windows, on more users) or "none"."""
    map: str = "linear"
    """The map of the users: "linear", or "umap" for a second one that keeps neighbours together (extra umap)."""
    sample: int = 20_000
    """Users the search looks at; everyone is placed afterwards."""
    floor: int = 10
    """No value for fewer users than this leaves the tool."""
    force: bool = False
    names: str = "behaviour"
    """How personas are called: "behaviour" ("Recipe savers") or "alliterative" ("Recipe Robin")."""
    picture: tuple[str, ...] = ()
    """"P1=portrait.png": own pictures in place of the drawings."""
    seed: int = 7
    # what is to be done with the groups
    target: tuple[str, ...] = ()
    """"P1.purchase=60%@2026-12-31": what a persona (or "all") should reach in a measure, and by when; "<=" for at most."""
    surfaces: tuple[str, ...] = ()
    """Places of a product that could differ by persona: "weekly mix=recommendations" names one and says of what kind it
    is; "default" stands for the usual five."""
    offer: str = ""
    """The column whose values are offers, products or campaigns; "none" where nothing is; empty: told by the event column."""
    library: str = ""
    """A TOML file of actions that adds to the library, or replaces entries of the same id."""
    # what the machine may spend
    memory: str = ""
    threads: int = 0

    def group_range(self) -> tuple[int, int]:
        """The smallest and largest number of groups to try; equal when the user fixed it."""
        if self.groups == "auto":
            return 2, 10
        low, _, high = self.groups.partition("-")
        return int(low), int(high or low)

    @property
    def asked(self) -> int | None:
        """The number of groups the user fixed, if any."""
        low, high = self.group_range()
        return low if low == high else None
