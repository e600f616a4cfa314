"""How good the advice is: on planted sets of each kind, the first two choices against every method told the number of groups.

    python benchmarks/advice.py --seeds 1,2,3

A line for each set: the verdict, what was advised, and the adjusted Rand index with the truth of each method. Users
who were planted as noise do not count.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from kinds import KINDS
from personae.errors import PersonaeError, Refused
from personae.model.features import Features, Measure
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.choose import choose
from personae.stages.method import names
from personae.stages.others import asked
from personae.stages.search import fitted, unsized
from personae.stages.space import behaviour_space


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--seeds", default="1,2,3")
    for seed in map(int, given.parse_args().seeds.split(",")):
        for kind, make in KINDS.items():
            x, truth = make(seed)
            ids = pa.array([f"u{i}" for i in range(len(x))])
            columns = tuple(
                Measure(f"m{j}", f"m{j}", Role.BEHAVIOUR, Kind.DECIMAL, x[:, j], forms=True) for j in range(x.shape[1])
            )
            features, study = Features(ids, None, columns), Study(sources=())
            _, evidence = choose(features, study)
            space = behaviour_space(features, study)
            assert space is not None and evidence.advice is not None
            size, scores = len(np.unique(truth[truth >= 0])), {}
            there = truth[space.rows] >= 0
            for name in names():
                try:
                    made = fitted(space, name, 0 if unsized(name) else size, 7, asked(space, name))
                except (Refused, PersonaeError):
                    continue
                scores[name] = round(float(adjusted_rand_score(truth[space.rows][there], made.labels[there])), 3)
            advised = [s.method for s in evidence.advice.suggested[:2]]
            best = max(scores, key=lambda n: scores[n])
            got = max((scores.get(n, 0.0) for n in advised), default=0.0)
            print(
                seed,
                kind,
                evidence.verdict.kind.value,
                evidence.verdict.groups,
                advised,
                round(got, 3),
                best,
                scores[best],
                scores,
            )


if __name__ == "__main__":
    main()
