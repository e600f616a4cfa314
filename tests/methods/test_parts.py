"""Methods that add parts up."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import NMF
from sklearn.metrics import adjusted_rand_score as ari

from conftest import planted
from methods.spaces import cloud
from personae.errors import Refused
from personae.methods import nmf, nmf_tree
from personae.model.clustering import Space
from personae.model.study import Study
from personae.stages.method import method
from personae.stages.search import search
from personae.stages.space import behaviour_space

STUDY = Study(sources=())


@pytest.fixture(scope="module")
def world() -> tuple[Space, np.ndarray]:
    made = planted(users=600, groups=6, events=18, strength=8.0)
    space = behaviour_space(made.features(), STUDY)
    assert space is not None
    return space, made.labels[space.rows]


def test_memberships_sum_to_one_and_parts_are_not_negative(world: tuple[Space, np.ndarray]) -> None:
    """Requirement 4."""
    made = nmf.fit(world[0], 6, 7)
    assert made.memberships is not None
    assert made.parts is not None
    assert made.memberships.shape == (len(made.labels), 6)
    assert made.parts.shape == (6, 18)
    assert made.memberships.min() >= 0 <= made.parts.min()
    np.testing.assert_allclose(made.memberships.sum(axis=1), 1)
    np.testing.assert_array_equal(made.memberships.argmax(axis=1), made.labels)
    assert ari(world[1], made.labels) > 0.9


def test_the_share_of_a_part_is_what_it_explains(world: tuple[Space, np.ndarray]) -> None:
    """Requirement 4: w_j * sum(h_j), against scikit-learn alone."""
    v = world[0].weighted
    assert v is not None
    model = NMF(4, init="nndsvda", max_iter=200, tol=1e-3, random_state=7)
    explained = model.fit_transform(v) * model.components_.sum(axis=1)
    np.testing.assert_allclose(nmf.fit(world[0], 4, 7).memberships, explained / explained.sum(axis=1, keepdims=True))


def test_the_same_seed_is_the_same_bytes(world: tuple[Space, np.ndarray]) -> None:
    """Requirement 4."""
    one, two = (nmf.fit(world[0], 5, 7, warm=True) for _ in range(2))
    assert one.memberships is not None
    assert two.memberships is not None
    assert one.memberships.tobytes() == two.memberships.tobytes()
    assert one.parts is not None
    assert two.parts is not None
    assert one.parts.tobytes() == two.parts.tobytes()


@pytest.mark.parametrize("size", [2, 3, 7])
@pytest.mark.parametrize("warm", [False, True])
def test_there_are_as_many_components_as_groups(world: tuple[Space, np.ndarray], size: int, warm: bool) -> None:
    """Requirement 7."""
    made = nmf.fit(world[0], size, 7, warm=warm)
    assert made.parts is not None
    assert made.settings["components"] == len(made.parts) == size == made.size


def test_parts_that_are_nobodys_are_reported() -> None:
    """Requirement 7: amounts of one part cannot make three groups."""
    x = cloud(np.outer(np.linspace(1, 9, 60), [1.0, 2.0, 3.0, 1.0]))
    made = nmf.fit(x, 3, 1)
    empty = 3 - len(np.unique(made.labels))
    assert made.settings["empty"] == empty > 0
    tried, refused = search(x, replace(STUDY, groups="3"), method("nmf"))
    assert not tried
    assert refused == [("nmf", f"{empty} of 3 groups have nobody")]


def test_a_warm_search_never_explains_less_with_one_part_more(world: tuple[Space, np.ndarray]) -> None:
    made = nmf.fit(world[0], 8, 7, warm=True).settings
    errors = [float(made[f"error at {k}"]) for k in range(2, 8)] + [float(made["error"])]
    assert all(later < earlier for earlier, later in pairwise(errors))
    assert errors[-1] == pytest.approx(float(nmf.fit(world[0], 8, 7).settings["error"]), rel=0.02)


def test_columns_below_zero_are_refused(world: tuple[Space, np.ndarray]) -> None:
    for plug in (nmf, nmf_tree):
        with pytest.raises(Refused, match="add up"):
            plug.fit(replace(world[0], weighted=None), 3, 1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_whatever_the_amounts_memberships_are_shares(seed: int, size: int) -> None:
    """Requirement 4, among users of whom some did nothing."""
    rng = np.random.default_rng(seed)
    made = nmf.fit(cloud(rng.poisson(0.4, (30, 5)).astype(float)), size, 1)
    assert made.memberships is not None
    np.testing.assert_allclose(made.memberships.sum(axis=1), 1)
    assert made.memberships.min() >= 0


def test_cuts_of_the_tree_are_strictly_nested(world: tuple[Space, np.ndarray]) -> None:
    """Requirement 8: the groups of six lie within the groups of three, which are those of three asked for."""
    six, three = nmf_tree.fit(world[0], 6, 7), nmf_tree.fit(world[0], 3, 7)
    assert six.tree is not None
    assert six.leaf is not None
    cut = np.array(six.tree.cut(3))[six.leaf]
    for group in range(6):
        assert len(np.unique(cut[six.labels == group])) == 1
    assert ari(cut, three.labels) == 1.0
    assert ari(world[1], six.labels) > 0.8


def test_the_tree_splits_kinds_of_kinds_where_they_differ_most() -> None:
    """Requirement 8, planted: two worlds of two kinds each."""
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 4, 400)
    law = np.array([[9, 3, 0, 0], [3, 9, 0, 0], [0, 0, 9, 3], [0, 0, 3, 9]]) * 4.0
    made = nmf_tree.fit(cloud(rng.poisson(law[kind]).astype(float)), 4, 1)
    assert made.tree is not None
    assert made.leaf is not None
    assert ari(made.labels, kind) > 0.9
    assert ari(np.array(made.tree.cut(2))[made.leaf], kind // 2) == 1.0


def test_a_handful_of_odd_users_is_not_split_off() -> None:
    x = np.random.default_rng(2).poisson(5, (300, 4)).astype(float)
    x[:2] = [0, 0, 0, 900]
    made = nmf_tree.fit(cloud(x), 2, 1)
    assert np.bincount(made.labels).min() >= 5
