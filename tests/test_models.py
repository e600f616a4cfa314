"""What models promise: the same groups however the data are written, and nothing where there is nothing to say (MOD-05 to
MOD-16)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import personae
from conftest import planted

WORLD = planted(users=300, groups=3, events=6, seed=4)


def frame(seed: int = 0) -> pd.DataFrame:
    """Three kinds of users in numbers and a category, some cells empty; another seed is another order of rows and columns."""
    rng = np.random.default_rng(1)
    x = np.round(rng.normal(8 * np.eye(4)[rng.integers(0, 3, 300)], 1.0), 2)
    made = pd.DataFrame(x, columns=["visits", "spend", "minutes", "noise"])
    made.loc[rng.random(300) < 0.05, "minutes"] = np.nan
    made["shelf"] = rng.choice(["a", "b", "c"], 300)
    made.insert(0, "user_id", [f"u{i}" for i in range(300)])
    if not seed:
        return made
    order = np.random.default_rng(seed)
    return made.iloc[order.permutation(300)][list(order.permutation(made.columns))]


def partition(data: pd.DataFrame, **settings: str) -> dict[str, tuple[str, float]]:
    """The key of the persona and the margin of every user."""
    cast = personae.run(personae.read(data, id="user_id", **settings))
    users = cast.users
    return dict(zip(users["id"], zip(users["persona"], users["margin"])))


@pytest.mark.slow
def test_rows_and_columns_in_any_order_give_the_same_partition_and_keys() -> None:
    """MOD-07."""
    first = partition(frame())
    assert len({key for key, _ in first.values()}) >= 3
    for seed in range(1, 21):
        assert partition(frame(seed)) == first
