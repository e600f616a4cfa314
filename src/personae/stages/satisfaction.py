"""Would they recommend, and are they satisfied: scores with the share of people who answered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from personae.model.features import Measure
from personae.model.study import Role
from personae.model.table import Column, Kind, Scheme, Way
from personae.model.vocabulary import words
from personae.stages.part import spoken

PROMOTER, DETRACTOR = 9, 6
"""Answers from 9 on promote, up to 6 detract, and those between are passive (Reichheld 2003)."""
_ASKS = frozenset(
    (
        "nps", "netpromoter", "promoter", "recommend", "recommendation", "recommended", "weiterempfehlung", "weiterempfehlen",
        "empfehlung", "recommander", "recommandation", "recomendacion", "recomendar", "recomendaria", "recomendacao",
    )
)  # fmt: skip
_SATISFIED = ("satisf", "csat", "zufrieden")


def asks_to_recommend(column: Column) -> bool:
    """Whether a column asks, by its name and its values, from 0 to 10 whether one would recommend."""
    if column.kind is not Kind.INTEGER or not _ASKS & set(words(column.name)):
        return False
    low, high = float(column.low or "nan"), float(column.high or "nan")
    return low >= 0 and 9 <= high <= 10


def recommended(made: Measure, scheme: Scheme) -> tuple[Measure, ...]:
    """The score of each person as `nps_score`, whether they are promoter, passive or detractor, and the net promoter score.

    The mean of `nps` over any people is their NPS, promoters minus detractors in points from -100 to 100. Where the scores
    form the groups only `nps_score` is made: groups cannot be read against what they are made of. `scheme` has the column's
    name where it is not the first of its table, to tell the measures of one from those of another.
    """
    x = made.values
    mark = "".join(f": {w}" for w in scheme.words)
    about = f" of {spoken(made.name)}" if mark else ""
    score = replace(made, name=f"nps_score{mark}", unit="points from 0 to 10")
    if made.forms:
        return (score,)
    flags = {"promoter": x >= PROMOTER, "passive": (x > DETRACTOR) & (x < PROMOTER), "detractor": x <= DETRACTOR}
    known = np.isfinite(x)
    kinds = tuple(
        replace(made, name=f"{kind}{mark}", label=f"{kind}{about}", kind=Kind.BOOLEAN, unit="share",
                query=f"{made.query}: {kind}", values=np.where(known, is_so.astype(np.float64), np.nan))
        for kind, is_so in flags.items()
    )  # fmt: skip
    net = 100.0 * (flags["promoter"].astype(np.float64) - flags["detractor"])
    nps = replace(made, name=f"nps{mark}", label=f"NPS{about}", role=Role.OUTCOME, kind=Kind.INTEGER, unit="points",
                  query=f"{made.query}: % of 9 and 10 minus % of 0 to 6", values=np.where(known, net, np.nan))  # fmt: skip
    return (score, *kinds, nps, *response(made))


def response(made: Measure) -> tuple[Measure, ...]:
    """Whether each person answered, where some did not: groups are read against it, for silence may differ between them."""
    known = np.isfinite(made.values)
    if known.all() or not known.any():
        return ()
    return (
        replace(made, name=f"{made.name}: answered", label=f"answered {spoken(made.name)}", role=Role.OUTCOME, unit="share",
                kind=Kind.BOOLEAN, values=known.astype(np.float64), query=f"{made.query} is not empty", levels=()),
    )  # fmt: skip


def satisfied(made: Measure, column: Column) -> tuple[Measure, ...]:
    """The share with the two highest answers (top two box), and who answered, for a scale of satisfaction that does not form
    groups; nothing for any other column."""
    ends = _ends(made, column)
    if made.forms or ends is None or not any(w.startswith(_SATISFIED) for w in words(column.name)):
        return ()
    low, high = ends
    if low not in (0, 1) or not 4 <= high - low <= 10:
        return ()
    top = np.where(np.isfinite(made.values), (made.values >= high - 1).astype(np.float64), np.nan)
    box = replace(made, name=f"{made.name}: top two", label=f"top two answers to {spoken(made.name)}", role=Role.OUTCOME,
                  kind=Kind.BOOLEAN, values=top, unit="share", query=f"{made.query} is {high - 1:g} or {high:g}")  # fmt: skip
    return (box, *response(made))


def _ends(made: Measure, column: Column) -> tuple[float, float] | None:
    """The lowest and highest answer of whole numbers, or of levels with an order."""
    if column.scheme is not None and column.scheme.way is Way.RANKED:
        return 0.0, float(len(column.scheme.words) - 1)
    if column.kind is not Kind.INTEGER or not column.low or not column.high:
        return None
    return float(column.low), float(column.high)
