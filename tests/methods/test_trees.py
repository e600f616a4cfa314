"""Hierarchical methods: scipy's own cuts, nested at every number, small enough to keep, sampled where pairs are too many."""

import tracemalloc

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from conftest import planted
from personae import linkage as joining
from personae import plugins
from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.study import Study
from personae.stages.method import Method
from personae.stages.search import recut, search
from personae.stages.space import behaviour_space

LINKAGES = ("ward", "average", "complete", "single")


def space_of(users: int = 400, groups: int = 4) -> Space:
    space = behaviour_space(planted(users=users, groups=groups).features(), Study(sources=()))
    assert space is not None
    return space


def fitted(name: str, space: Space, size: int, **options: int) -> Clustering:
    made: Clustering = plugins.find("methods", name).fit(space, size, 7, **options)
    return made


@pytest.mark.parametrize("name", LINKAGES)
def test_cuts_are_those_of_scipy(name: str) -> None:
    """Requirement 66."""
    space = space_of()
    joins = linkage(space.scores, name)
    whole = fitted(name, space, 30, smallest=1)
    for size in (2, 3, 4, 10, 30):
        assert adjusted_rand_score(fcluster(joins, size, "maxclust"), recut(whole, size).labels) == 1.0


@pytest.mark.parametrize("name", ("ward", "average", "complete"))
def test_ten_groups_lie_inside_three(name: str) -> None:
    """Requirement 66: strictly nested, every group of ten in one group of three; no group below the smallest."""
    space = space_of(600)
    fine, coarse = fitted(name, space, 10), fitted(name, space, 3)
    assert len(set(zip(fine.labels.tolist(), coarse.labels.tolist(), strict=True))) == 10
    assert np.bincount(fine.labels).min() >= 10


def test_another_number_needs_no_other_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requirement 69: the whole search of nine numbers builds one tree."""
    calls: list[int] = []
    monkeypatch.setattr(joining, "linkage", lambda z, method: calls.append(len(z)) or linkage(z, method))
    tried, refused = search(space_of(), Study(sources=(), groups="2-10"), Method("ward"))
    assert [t.candidate.size for t in tried] == list(range(2, 11))
    assert (len(calls), refused) == (1, [])


def test_above_the_limit_a_sample_builds_the_tree_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requirement 70."""
    space = space_of(900)
    monkeypatch.setattr(joining, "MOST", 300)
    some = fitted("ward", space, 4)
    assert some.settings["sample"] == "tree over 300 of 900 users"
    assert len(some.labels) == 900
    monkeypatch.undo()
    assert adjusted_rand_score(some.labels, fitted("ward", space, 4).labels) > 0.95


def test_memory_stays_under_what_is_stated() -> None:
    """Requirement 70: the pairs of 5,000 users twice and little else, however many users there are."""
    one = space_of(600)
    wide = one.only(np.arange(12_000) % len(one.scores))
    tracemalloc.start()
    fitted("average", wide, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 250e6


def test_what_does_not_part_is_refused_with_the_number_it_parts_into() -> None:
    with pytest.raises(Refused, match="single linkage finds no groups of 300 users or more; 3 were asked for"):
        fitted("single", space_of(), 3, smallest=300)


def test_the_upper_part_of_a_tree_has_the_same_cuts() -> None:
    tree = fitted("ward", space_of(), 3).tree
    assert tree is not None
    upper, place = tree.top(8)
    assert upper.leaves == 8
    assert sum(upper.sizes) == sum(tree.sizes)
    for size in range(2, 9):
        assert tuple(upper.cut(size)[p] for p in place) == tree.cut(size)
