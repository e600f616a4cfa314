"""Simulate the quantiles of dip * sqrt(n) for uniform samples.

python benchmarks/dip_quantiles.py > src/personae/dip_quantiles.csv
"""

import sys

import numpy as np

from personae.dip import dip

SIZES = (8, 12, 20, 35, 60, 100, 200, 400, 1000, 3000)
LEVELS = np.r_[np.arange(0, 0.9, 0.02), np.arange(0.9, 0.99, 0.005), np.arange(0.99, 0.9996, 0.0005)]


def main(replicates: int) -> None:
    rng = np.random.default_rng(1985)
    columns = []
    for n in SIZES:
        dips = [dip(rng.random(n)) * np.sqrt(n) for _ in range(replicates)]
        columns.append(np.quantile(dips, LEVELS))
    table = np.vstack([np.r_[0, SIZES], np.column_stack([LEVELS, *columns])])
    np.savetxt(sys.stdout, table, fmt="%.6g", delimiter=",")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
