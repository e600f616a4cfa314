"""How often each verdict is given on sets without groups and on sets with groups of moderate separation.

python calibrate.py --seeds 1-10 --out verdicts.jsonl            # goes on where it stopped
python calibrate.py --seeds 1-10 --only half-circle,moons

A line of JSON for each set; a table with Wilson's 95 % intervals on stderr. PERSONAE_DATA names a folder of public tables.
"""

import argparse
import json
import os
import sys
import zlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

os.environ.setdefault("OMP_NUM_THREADS", "1")
import generate
import inside
import numpy as np
import score
import worlds


def made(group, family, seed):
    """The set of a family and a seed."""
    rng = np.random.default_rng([zlib.crc32(f"{group} {family}".encode()), seed])
    rows, kinds, labels = (worlds.NULLS if group == "null" else worlds.PLANTED)[family](rng)
    names = [f"{k[0]}{j:02d}" for j, k in enumerate(kinds)]
    count = len(set(labels[labels >= 0]))
    return generate.Planted(f"{family}-{seed}", family, seed, count, names, kinds, list(rows), labels, np.ones(len(labels)), None)


def judged(job):
    """One set through the whole program."""
    group, family, seed = job
    d = made(group, family, seed)
    out = dict(group=group, family=family, seed=seed, n=d.n, d=len(d.columns), k=d.k)
    try:
        labels, said = inside.found(d)
    except Exception as e:  # a set that fails is a finding, the run goes on
        return {**out, "kind": "error", "error": f"{type(e).__name__}: {e}"}
    core = d.labels >= 0
    out.update(kind=said["kind"], chosen=said.get("chosen"), k_hat=len(set(labels[labels >= 0])), factors=said.get("factors"))
    if group == "planted":
        out["ari"] = round(score.ari(d.labels[core], labels[core]), 4)
    return out


def wilson(hits, n, z=1.96):
    """Wilson's interval of a share."""
    p = hits / n
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(rows, kinds):
    """`hits/n = share (interval)` of some verdicts."""
    hits, n = sum(r["kind"] in kinds for r in rows), len(rows)
    low, high = wilson(hits, n)
    return f"{hits:>3}/{n:<3} = {hits / n:5.1%} ({low:.1%} to {high:.1%})"


def table(rows):
    """Verdicts by family, and the rates the bars are set on."""
    kinds = ("natural", "reproducible", "constructive", "nothing", "refused", "error")
    lines = [f"{'':9}{'family':20}" + "".join(f"{k[:9]:>10}" for k in kinds) + f"{'k within 1':>12}{'ARI':>7}"]
    for group in ("null", "planted"):
        for family in dict.fromkeys(r["family"] for r in rows if r["group"] == group):
            mine = [r for r in rows if r["group"] == group and r["family"] == family]
            c = Counter(r["kind"] for r in mine)
            line = f"{group:9}{family:20}" + "".join(f"{c[k] or '':>10}" for k in kinds)
            if group == "planted":
                near = np.mean([abs(r.get("k_hat", 0) - r["k"]) <= 1 for r in mine])
                line += f"{near:>12.2f}{np.mean([r.get('ari', 0) for r in mine]):>7.3f}"
            lines.append(line)
    null, planted = ([r for r in rows if r["group"] == g] for g in ("null", "planted"))
    free = [r for r in null if r["family"] in worlds.INDEPENDENT]
    for name, some, what in (("natural on null sets", null, ("natural",)), ("natural on planted sets", planted, ("natural",)),
                             ("nothing on independent columns", free, ("nothing", "refused"))):  # fmt: skip
        if some:
            lines.append(f"{name:32}{rate(some, what)}")
    return "\n".join(lines)


def main():
    """Judge the sets that are not in the file yet, two at a time."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--seeds", default="1-8")
    ask.add_argument("--out", default="verdicts.jsonl")
    ask.add_argument("--only", default="")
    ask.add_argument("--processes", type=int, default=2)
    a = ask.parse_args()
    low, high = map(int, a.seeds.split("-"))
    only = set(a.only.split(",")) if a.only else None
    families = [("null", f) for f in worlds.NULLS] + [("planted", f) for f in worlds.PLANTED]
    jobs = [(g, f, s) for s in range(low, high + 1) for g, f in families if not only or f in only]
    rows = [json.loads(line) for line in open(a.out)] if os.path.exists(a.out) else []
    known = {(r["group"], r["family"], r["seed"]) for r in rows}
    with ProcessPoolExecutor(a.processes) as pool, open(a.out, "a") as target:
        for row in pool.map(judged, [j for j in jobs if j not in known]):
            rows.append(row)
            target.write(json.dumps(row, default=float) + "\n")
            target.flush()
    print(table([r for r in rows if (r["group"], r["family"], r["seed"]) in set(jobs)]), file=sys.stderr)


if __name__ == "__main__":
    main()
