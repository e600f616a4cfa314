"""No share in the evidence stands for fewer users than the floor, and what the workers of a search must not do."""

import warnings

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from personae.model.evidence import Evidence
from personae.model.features import Features, Measure
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.choose import choose
from personae.stages.search import each
from personae.stages.smallest import reaches

FLOOR = Study(sources=()).floor


def table(x: NDArray[np.float64]) -> Features:
    ids = pa.array([f"u{i}" for i in range(len(x))])
    made = (Measure(n, n, Role.BEHAVIOUR, Kind.DECIMAL, v, forms=True) for n, v in zip("abc", x.T))
    return Features(ids, None, tuple(made))


def found(method: str) -> Evidence:
    """Three groups, one of them of four users, and a few stragglers."""
    rng = np.random.default_rng(3)
    groups = [rng.normal(at, 1, (n, 3)) for at, n in (((0, 0, 0), 90), ((9, 0, 0), 70), ((0, 9, 0), 4), ((4, 4, 9), 60))]
    x = np.vstack([*groups, rng.uniform(-12, 20, (5, 3))])
    return choose(table(x), Study(sources=(), method=method, worlds="none"))[1]


@pytest.mark.parametrize("method", ["auto", "hdbscan", "gmm"])
def test_shares_stand_for_nobody_or_for_enough(method: str) -> None:
    """Requirement 107."""
    e = found(method)
    least = FLOOR / e.searched - 1e-6
    shares = [f.moved for f in e.replay.frames] if e.replay else []
    shares += [e.torn.share] if e.torn else []
    for told in e.silhouettes:
        for g in told.groups:
            known = [v for v in (g.good, g.border, g.misplaced) if v is not None]
            hidden = 1 - sum(known) if len(known) < 3 and known else 0.0
            shares += [v * (g.users or 0) / e.searched for v in (*known, hidden if hidden > 1e-9 else 0.0)]
    assert e.replay is not None and len(shares) > 9
    assert all(v == 0 or v >= least for v in shares)
    assert not any("left" in c.note for c in e.candidates)
    assert not any("%" in why for _, why in e.refused)


def test_a_share_of_exactly_the_smallest_reaches_it() -> None:
    """In floating point 1/49 of 49 is less than one."""
    assert all(
        reaches(least / n, n, least) and not reaches((least - 1) / n, n, least) for n in range(20, 300) for least in (1, n // 3)
    )


def test_workers_let_no_warnings_of_a_library_through() -> None:
    """Each of them turns warnings off and on again while others work; that is no reason to show them."""

    def work(_: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
        warnings.warn("did not converge", UserWarning, stacklevel=1)

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        each(work, range(20))
        warnings.warn("after", UserWarning, stacklevel=1)
    assert [str(w.message) for w in heard] == ["after"]
