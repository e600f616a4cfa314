"""Seconds of each method at several sizes, as ratios to one k-means fit in the same run; and what a sample loses.

    python benchmarks/methods.py --sizes 1000,2000,4000,8000 --plot methods.png
    python benchmarks/methods.py --sample 100000

The exponent is the slope of log seconds on log users: 1 is linear. `--sample N` holds k-means on the first 20,000 of N users,
everyone placed at the nearest centre, against k-means on all of them, with all directions and with four, and mini-batches where
there are any.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import vl_convert
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import adjusted_rand_score

from personae import plugins
from personae.errors import Refused
from personae.model.clustering import Space
from personae.model.features import Features, Measure
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.search import fitted, unsized
from personae.stages.space import behaviour_space

GROUPS, COLUMNS, SAMPLE = 6, 8, 20_000
GAP = 0.13
"""Powers of ten between two names of the picture."""


def planted(users: int, reduce: str = "auto") -> Space:
    """Six groups of unequal size, about three standard deviations apart, in eight columns."""
    rng = np.random.default_rng(1)
    labels = rng.choice(GROUPS, users, p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05])
    x = 2.2 * rng.standard_normal((GROUPS, COLUMNS))[labels] + rng.standard_normal((users, COLUMNS))
    columns = tuple(Measure(f"m{j}", f"m{j}", Role.BEHAVIOUR, Kind.DECIMAL, x[:, j], forms=True) for j in range(COLUMNS))
    ids = pa.array([f"u{i}" for i in range(users)])
    space = behaviour_space(Features(ids, None, columns), Study(sources=(), sample=10**9, reduce=reduce))
    assert space is not None
    return space


def seconds(space: Space, name: str) -> float | None:
    """The faster of two fits; None where the method refuses."""
    spent = []
    for seed in (1, 2):
        start = time.perf_counter()
        try:
            fitted(space, name, 0 if unsized(name) else GROUPS, seed, {})
        except Refused:
            return None
        spent.append(time.perf_counter() - start)
    return min(spent)


def scaling(sizes: list[int], plot: str = "") -> None:
    """A table of methods and sizes, and the same drawn on two logarithmic axes."""
    spaces = [planted(n) for n in sizes]
    unit = [seconds(s, "kmeans") or 1.0 for s in spaces]
    drawn = []
    print("| method |", " | ".join(f"{n:,}" for n in sizes), "| exponent |")
    for name in plugins.names("methods"):
        spent = [seconds(s, name) for s in spaces]
        known = [(n, s) for n, s in zip(sizes, spent, strict=True) if s is not None]
        drawn += [{"users": n, "seconds": s, "method": name.replace("_", "-")} for n, s in known]
        slope = np.polyfit(*np.log(np.array(known)).T, 1)[0] if len(known) > 2 else float("nan")
        cells = ["refused" if s is None else f"{s / u:.1f}" for s, u in zip(spent, unit, strict=True)]
        print(f"| {name} |", " | ".join(cells), f"| {slope:.1f} |", flush=True)
    print("| k-means, seconds |", " | ".join(f"{u:.3f}" for u in unit), "| |")
    if plot:
        Path(plot).write_bytes(vl_convert.vegalite_to_png(_drawn(drawn, sizes), scale=2))


def _drawn(values: list[dict], sizes: list[int]) -> dict:
    """A line for each method that ran at two sizes or more, its name at the last."""
    often = {v["method"] for v in values if v["users"] > sizes[0]}
    values = [v for v in values if v["method"] in often]
    last = {v["method"]: v for v in sorted(values, key=lambda v: v["users"])}
    log = {"type": "log", "nice": False}
    x = {"field": "users", "type": "quantitative", "title": "users", "scale": {**log, "domain": [sizes[0], sizes[-1] * 2]}}
    y = {"field": "seconds", "type": "quantitative", "title": "seconds of one fit", "scale": {"type": "log"}}
    own = {"condition": {"test": "datum.method == 'kmeans'", "value": "#b3261e"}, "value": "#5b6470"}
    return {
        "width": 520, "height": 400, "background": "white",
        "encoding": {"x": {**x, "axis": {"values": sizes, "format": ",d", "grid": False}}, "y": {**y, "axis": {"tickCount": 4}}, "color": own},
        "layer": [
            {"data": {"values": values}, "mark": {"type": "line", "point": True}, "encoding": {"detail": {"field": "method"}}},
            {"data": {"values": _spread(list(last.values()), sizes[-1])}, "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 11},
             "encoding": {"text": {"field": "said"}, "y": {**y, "field": "at"}}},
        ],
    }  # fmt: skip


def _spread(ends: list[dict], most: int) -> list[dict]:
    """Names beside the last size that do not cover each other: as near to the ends of their lines as the gap allows."""
    ends = sorted(ends, key=lambda v: v["seconds"])
    steps = GAP * np.arange(len(ends))
    at = IsotonicRegression().fit_transform(steps, np.log10([v["seconds"] for v in ends]) - steps) + steps
    said = [v["method"] + ("" if v["users"] == most else f" (to {v['users']:,})") for v in ends]
    return [{"users": most, "at": float(10**y), "method": v["method"], "said": name} for v, y, name in zip(ends, at, said)]


def sampled(users: int) -> None:
    """What a sample loses and saves."""
    for reduce in ("auto", "4"):
        space = planted(users, reduce)
        start = time.perf_counter()
        whole = fitted(space, "kmeans", GROUPS, 1, {}).labels
        slow = time.perf_counter() - start
        start = time.perf_counter()
        few = fitted(space.only(np.arange(min(SAMPLE, len(space.rows)))), "kmeans", GROUPS, 1, {}).labels
        centres = np.array([space.scores[: len(few)][few == c].mean(axis=0) for c in range(GROUPS)])
        placed = ((space.scores[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        fast = time.perf_counter() - start
        print(
            f"reduce={reduce}: all {slow:.2f} s, sample {fast / slow:.2f} of it, ARI {adjusted_rand_score(whole, placed):.3f}"
        )
        if "minibatch" in plugins.names("methods"):
            start = time.perf_counter()
            batch = fitted(space, "minibatch", GROUPS, 1, {}).labels
            spent = (time.perf_counter() - start) / slow
            print(f"reduce={reduce}: mini-batch {spent:.2f} of it, ARI {adjusted_rand_score(whole, batch):.3f}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sizes", default="1000,2000,4000,8000")
    asked.add_argument("--sample", type=int, default=0)
    asked.add_argument("--plot", default="", help="a picture of the same, as PNG")
    given = asked.parse_args()
    if given.sample:
        sampled(given.sample)
    else:
        scaling([int(n) for n in given.sizes.split(",")], given.plot)
