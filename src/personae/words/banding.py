"""Bands in words: their names, the answer in a sentence, and the comparison with fixed buckets."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.bands import Bands, Contest, Cut, number
from personae.words import numbers
from personae.words.names import plural


def said(value: float) -> str:
    """A cut as people write it: "1,250", "0.015"; never more than four digits of a part."""
    if value == round(value):
        return f"{value:,.0f}"
    return number(float(f"{value:.4g}"))


def name(cuts: Sequence[Cut], i: int, *, whole: bool, negative: bool) -> str:
    """ "under 26", "26 to 50", "51 and over"; "all" where there is no cut.

    `whole` says that values are whole numbers, `negative` that some lie below 0.
    """
    if not cuts:
        return "all"
    low, high = cuts[i - 1] if i else None, cuts[i] if i < len(cuts) else None
    if high is not None and high.kind == "zero":
        return "0 and below" if negative else "0"
    if low is not None and low.kind == "zero":
        return f"above 0, under {said(high.value)}" if high else "above 0"
    if low is None or high is None:
        return f"{said(low.value)} and over" if low else f"under {said(high.value)}" if high else "all"
    if whole and low.value == round(low.value) and high.value == round(high.value):
        return said(low.value) if high.value - 1 == low.value else f"{said(low.value)} to {said(high.value - 1)}"
    return f"{said(low.value)} to under {said(high.value)}"


def why(made: Bands) -> str:
    """The answer in a sentence."""
    many, k = plural(made.entity), len(made.bands)
    cuts = [said(c.value) for c in made.cuts if c.kind != "zero"]
    listed = f"{', '.join(cuts[:-1])} and {cuts[-1]}" if len(cuts) > 1 else "".join(cuts)
    if made.kind == "natural":
        return f"{many} fall into {k} bands of {made.label}: around {listed} there are fewer of them than on both sides"
    if made.kind == "telling":
        trend = {"rises": "it rises", "falls": "it falls", "turns": "it goes up and down"}.get(made.trend, "")
        ending = f"; {trend} from band to band" if trend and k > 2 else ""
        return f"{made.against} differs between {k} bands of {made.label}, cut at {listed}{ending}"
    if made.kind == "use":
        return f"{made.label} has no cut of its own; these {k} bands were drawn because they were asked for"
    if made.against:
        return f"no cut of {made.label} tells {made.against} apart: shuffled outcomes are told apart as well"
    return f"{made.label} has no natural cut: nowhere are there fewer {many} than on both sides, beyond chance"


def compared(c: Contest, what: str, many: str) -> str:
    """The comparison as sentences."""
    listed = ", ".join(said(b) for b in c.buckets)
    name = f"the {'usual ' if c.usual else ''}fixed buckets ({listed})"
    own, other = (numbers.percent(max(0.0, x)) for x in (c.explained, c.buckets_explained))
    head = f"on {c.users:,} {many} held out, "
    if c.bands < 2:
        return f"{head}no cut was found to compare; {name} explain {other} of the differences in {what}"
    head += f"{c.bands} bands found on the other half explain {own} of the differences in {what}"
    if c.best is not None and c.buckets_best is not None:
        head += f" ({numbers.percent(part(c.explained, c.best))} of what {c.bands} bands can)"
        tail = f"{name} {other} ({numbers.percent(part(c.buckets_explained, c.buckets_best))} of what {len(c.buckets) + 1} can)"
    else:
        tail = f"{name} {other}"
    won = {
        "bands": "for their number the found bands are placed better" if c.best is not None else "the found bands tell more",
        "buckets": "for their number the fixed buckets are placed better"
        if c.best is not None
        else "the fixed buckets tell more",
        "neither": "there is nothing to choose between them",
    }[c.winner]
    return f"{head}, {tail}: {won}"


def part(explained: float, best: float | None) -> float:
    """A share of what is possible, at most all of it."""
    return min(1.0, explained / best) if best else 0.0
