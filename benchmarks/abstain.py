"""Planted groups left out in turn: how many of their users the rule of the others says are outside.

    python benchmarks/abstain.py --families events-easy,table-blobs --seeds 31,32 --users 3000

For each planted group a rule is learnt from two thirds of the users of the other groups, their number given. One line of JSON
for each group that was left out: the share outside of its users, of users of the known groups whom the rule has not seen
(`fresh`) and of those it was learnt from (`own`), each also by the same rule without its extent (`before`); the change of the
adjusted Rand index of the known users through the extent; and two ceilings, where the world has a law: the share outside by an
observer who knows the law of every group (`told`), and by one who knows those of the known groups alone (`known`), both
wrong on two of a hundred fresh users. Users of event worlds are pure: one who is half of the unseen group is neither.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.special import gammaln

sys.path.insert(0, str(Path(__file__).resolve().parent / "quality"))

import generate
from inside import frame
from score import ari

from personae import flow
from personae.api import _sources, _updated
from personae.model.rule import REASONS
from personae.stages.choose import choose
from personae.stages.score import place_features

WRONG = 0.02
LAWS = {"events": "_dm_classify", "table": "_gauss_classify"}


def planted(family, seed, users):
    """A set, and the log likelihood (n, k) of each user under the law of each group, without and with the groups' sizes."""
    kind, seen = family.split("-")[0], {}
    name = LAWS[kind]
    whole = getattr(generate, name)
    setattr(generate, name, lambda *given: seen.update(given=given) or whole(*given))
    try:
        d = generate.make(family, seed, n=users, **({"mixed": 0.0} if kind == "events" else {}))
    finally:
        setattr(generate, name, whole)
    alone, share = (_counted if kind == "events" else _placed)(*seen["given"])
    return d, alone, alone + np.log(share)


def _counted(x, theta, share, burst, *_):
    """Dirichlet-multinomial, which leaves out that some users never meet some events."""
    total = x.sum(axis=1)
    made = []
    for law in theta:
        a = burst * law + 1e-3
        made.append(gammaln(a.sum()) - gammaln(a.sum() + total) + (gammaln(x + a) - gammaln(a)).sum(axis=1))
    ways = gammaln(total + 1) - gammaln(x + 1).sum(axis=1)
    return np.column_stack(made) + ways[:, None], share


def _placed(x, means, covariances, share):
    """Normal, of the hidden values: what became of them by rounding and holes is left out."""
    made = []
    for mean, covariance in zip(means, covariances):
        e = np.linalg.solve(np.linalg.cholesky(covariance), (x - mean).T)
        made.append(-0.5 * np.linalg.slogdet(covariance)[1] - 0.5 * (e**2).sum(axis=0))
    return np.column_stack(made), share


def read(d, at, groups):
    """The users at these positions as study and features, and where each of the features' users is."""
    data = _updated(_sources((frame(d).take(pa.array(at)),)), {"id": "user_id", "worlds": "none", "groups": str(groups)})
    features = flow.measured(data.study, data.frames)[1]
    return data.study, features, np.array([int(str(i)[1:]) for i in features.ids])


def ceiling(fresh, unseen):
    """The share of the unseen whose score is above that of all but WRONG of the fresh."""
    return round(float((unseen > np.quantile(fresh, 1 - WRONG)).mean()), 3)


def like_none(likelihood, total, fresh):
    """How unlike all known groups users (n,) are, beside fresh users who do as much."""
    edges = np.unique(np.quantile(total[fresh], np.arange(1, 10) / 10)) if np.ptp(total) else []
    band, score = np.searchsorted(edges, total, side="right"), -likelihood.max(axis=1)
    for b in np.unique(band):
        usual = score[fresh][band[fresh] == b] if (band[fresh] == b).any() else score[fresh]
        middle, upper = np.quantile(usual, [0.5, 0.9])
        score[band == b] = (score[band == b] - middle) / max(upper - middle, 1e-9)
    return score


def left_out(d, alone, sized, group):
    """What became of one group that was left out; None where no rule was found."""
    rest = np.random.default_rng(0).permutation(np.flatnonzero(d.labels != group))
    cut = 2 * len(rest) // 3
    known = [j for j in range(d.k) if j != group]
    at = {"own": rest[:cut], "fresh": rest[cut:], "unseen": np.flatnonzero(d.labels == group)}
    study, features, _ = read(d, np.sort(at["own"]), d.k - 1)
    rule, _ = choose(features, study)
    if rule is None:
        return None
    said, told, fit, moved = {}, {}, {}, 0.0
    total = d.matrix().sum(axis=1) if set(d.kinds) == {"count"} else np.ones(d.n)
    fresh = at["fresh"][d.labels[at["fresh"]] >= 0]
    fits = like_none(alone[:, known], total, fresh)
    for name, users in at.items():
        _, h, ids = read(d, np.sort(users), d.k - 1)
        core = d.labels[ids] >= 0
        placed, before = place_features(rule, h), place_features(replace(rule, extent=None), h)
        said[name] = [round(float((p.persona[core] < 0).mean()), 4) for p in (before, placed)]
        ids = ids[core]
        told[name], fit[name] = sized[ids, group] - sized[ids][:, known].max(axis=1), fits[ids]
        if name == "own":
            moved = ari(d.labels[ids], placed.persona[core]) - ari(d.labels[ids], before.persona[core])
        if name == "unseen":
            why = {REASONS[i]: int(n) for i, n in enumerate(np.bincount(placed.reason[placed.persona < 0])) if n}
    ceilings = {"told": ceiling(told["fresh"], told["unseen"]), "known": ceiling(fit["fresh"], fit["unseen"])}
    return {"group": group, "before_after": said, **ceilings, "ari": round(moved, 4), "why": why}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--families", default="events-easy,table-blobs,table-likert,table-mixed,table-rfm,events-typical,events-narrow"
    )
    parser.add_argument("--seeds", default="31,32")
    parser.add_argument("--users", type=int, default=3000)
    asked = parser.parse_args()
    for family in asked.families.split(","):
        rows = []
        for seed in asked.seeds.split(","):
            d, alone, sized = planted(family, int(seed), asked.users)
            made = [left_out(d, alone, sized, g) for g in range(d.k) if d.k > 2]
            for row in filter(None, made):
                rows.append(row)
                print(json.dumps({"family": family, "seed": int(seed), **row}), flush=True)
        if rows:
            kinds = ("unseen", "fresh", "own")
            mean = {n: np.mean([r["before_after"][n] for r in rows], axis=0).round(3).tolist() for n in kinds}
            reached = sum(r["before_after"]["unseen"][1] >= 0.8 for r in rows)
            could = {n: sum(r[n] >= 0.8 for r in rows) for n in ("told", "known")}
            more = {n: round(float(np.mean([r[n] for r in rows])), 3) for n in ("told", "known", "ari")}
            print(family, len(rows), mean, more, f"80 % in {reached}, ceilings {could}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
