"""Users who do the same things in two amounts, on data whose answer is known."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix

from personae.model.features import Counts, Features
from personae.model.flags import Flags
from personae.model.study import Study
from personae.stages.volumes import volumes
from personae.words.flagged import flagged


def case(totals: list[np.ndarray]) -> SimpleNamespace:
    """Groups of users, each with the totals given, spread over five events."""
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(len(totals)), [len(t) for t in totals]).astype(np.int32)
    counts = rng.multinomial(np.concatenate(totals), [0.4, 0.3, 0.1, 0.1, 0.1])
    ids = pa.array([f"u{i}" for i in range(len(counts))])
    features = Features(ids, Counts(csr_matrix(counts.astype(float)), tuple("abcde"), "log.csv"), ())
    space = SimpleNamespace(counted=True, rows=np.arange(len(counts)))
    return SimpleNamespace(
        features=features, space=space, labels=labels, order=tuple(range(len(totals))), study=Study(sources=())
    )


def amounts(seed: int, users: int, *medians: float) -> np.ndarray:
    """Totals with a log-normal law around each median, as many users each."""
    rng = np.random.default_rng(seed)
    return np.concatenate([np.maximum(1, rng.lognormal(np.log(m), 0.7, users).astype(int)) for m in medians])


def test_a_group_of_two_amounts_is_offered_in_two_tiers() -> None:
    """One kind of user does the same things twelve times as often: the cut lies between the two, and nobody else is cut."""
    (found,) = volumes(case([amounts(1, 300, 60), amounts(2, 300, 60, 720), amounts(4, 300, 200)]))
    assert found.group == 1 and found.p <= 0.01
    assert 150 < found.cut < 300 and abs(found.heavier - 0.5) < 0.08
    assert 50 < found.light < 80 and 600 < found.heavy < 900
    (said,) = flagged(Flags((), (), (found,)), ("Planners", "Bakers", "Talkers"))
    assert said.startswith(f"Bakers do the same things in two amounts: {found.heavier:.0%}".replace("%", " %"))


def test_one_amount_is_hardly_ever_called_two() -> None:
    """Sixty groups of one amount each, from a few events to many: at most one in a hundred would be chance."""
    wrong = sum(len(volumes(case([amounts(s, 200, m)]))) for s in range(20) for m in (5, 60, 700))
    assert wrong <= 2


def test_few_users_and_tables_are_not_asked() -> None:
    """A tier of fewer users than the floor is never told."""
    assert volumes(case([np.r_[amounts(1, 200, 20), np.full(8, 90_000)]])) == ()
    table = case([amounts(2, 300, 60, 720)])
    table.features = Features(table.features.ids, None, ())
    assert volumes(table) == ()
