"""What is said about the number of groups, from one number to the next, on data whose answer is known."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from conftest import World, planted
from personae import plugins
from personae.errors import UsageError
from personae.model.evidence import Candidate, Evidence, Vote
from personae.model.lineage import Branch, Level
from personae.model.study import Study
from personae.stages import votes
from personae.stages.agree import agree
from personae.stages.choose import choose
from personae.stages.lineage import passage
from personae.stages.score import place_features
from personae.stages.smallest import smallest
from personae.stages.space import behaviour_space
from personae.words.flagged import flagged

STUDY = Study(sources=())


def level(size: int) -> Level:
    return Level(size, tuple(Branch(f"g{i}", 50) for i in range(size)))


def test_a_nested_set_made_by_hand_is_wholly_nested() -> None:
    """Requirement 97: group 1 of two is split in two, nobody else moves; by chance half or so would do."""
    two = np.repeat([0, 1], [100, 100]).astype(np.int32)
    three = np.repeat([0, 1, 2], [100, 60, 40]).astype(np.int32)
    p = passage(two, three, level(2), level(3), 10, 7)
    assert (p.nested, p.moved, p.persistent) == (1.0, 0.2, True)
    assert 0.5 < p.chance < 0.6
    assert [(f.first, f.second, f.users, f.share) for f in p.flows] == [(0, 0, 100, 1.0), (1, 1, 60, 1.0), (1, 2, 40, 1.0)]
    assert p.words.startswith('"g1" splits into "g1" and "g2" (100 % nested; chance 5')


def test_a_group_put_together_anew_is_named() -> None:
    """Requirement 97: the third group takes half of its users from each of two."""
    two = np.repeat([0, 1], [100, 100]).astype(np.int32)
    three = np.r_[np.repeat([0, 2], 50), np.repeat([1, 2], 50)].astype(np.int32)
    p = passage(two, three, level(2), level(3), 10, 7)
    assert p.nested == 0.75 and not p.persistent
    assert '"g2" is put together anew' in p.words


def test_flows_of_fewer_than_the_floor_are_added_to_the_largest() -> None:
    """Requirement 107: four users go another way than the rest."""
    two = np.repeat([0, 1], [104, 96]).astype(np.int32)
    three = np.r_[np.repeat([0, 1], [100, 4]), np.repeat([1, 2], [50, 46])].astype(np.int32)
    p = passage(two, three, level(2), level(3), 10, 7)
    assert (0, 1) not in {(f.first, f.second) for f in p.flows}
    assert all(f.users % 10 == 0 and f.users >= 10 for f in p.flows)
    assert p.nested == 1.0


def nesting(counts: NDArray[np.int64]) -> tuple[float, float]:
    """Mean nesting share of NMF from two to four parts, and its mean chance."""
    ids = tuple(f"u{i:04d}" for i in range(len(counts)))
    world = World(ids, np.zeros(len(counts), np.int64), counts, tuple(f"e{j}" for j in range(counts.shape[1])), 1)
    space = behaviour_space(world.features(), replace(STUDY, outliers="none"))
    assert space is not None
    made = [plugins.find("methods", "nmf").fit(space, k, 7).labels for k in (2, 3, 4)]
    steps = [passage(a, b, level(i), level(i + 1), 1, 7) for i, (a, b) in enumerate(itertools.pairwise(made), 2)]
    return float(np.mean([p.nested for p in steps])), float(np.mean([p.chance for p in steps]))


def hierarchical(deep: bool, n: int = 900) -> NDArray[np.int64]:
    """Four kinds of users, in two families that share half of their events; or users of one kind."""
    rng = np.random.default_rng(4)
    laws = np.ones((4, 16))
    for g in range(4):
        laws[g, 8 * (g // 2) : 8 * (g // 2) + 4] *= 8
        laws[g, 8 * (g // 2) + 4 + 2 * (g % 2) : 8 * (g // 2) + 6 + 2 * (g % 2)] *= 8
    laws = laws / laws.sum(1, keepdims=True) if deep else np.full((4, 16), 1 / 16)
    return np.stack([rng.multinomial(60, laws[g]) for g in rng.integers(0, 4, n)])


def test_parts_of_parts_are_nested_and_those_of_a_flat_crowd_hardly() -> None:
    """Requirement 8: that groups are hierarchical is measured, not assumed."""
    deep, chance = nesting(hierarchical(True))
    flat, flat_chance = nesting(hierarchical(False))
    assert deep > 0.95 > chance + 0.3
    assert flat - flat_chance < deep - chance
    assert flat < 0.9


def test_the_elbow_is_where_an_exact_curve_bends() -> None:
    """Requirement 90: left-over of 1 / k up to four, then a straight line; the bend is named as a hint."""
    left = {2: 0.8, 3: 0.5, 4: 0.2, 5: 0.19, 6: 0.18, 7: 0.17}
    found = votes.cast(tuple(Candidate("kmeans", k, v, 0.1) for k, v in left.items()), None)
    elbow = next(v for v in found if v.term == "elbow of the inertia")
    assert elbow.groups == 4
    assert "never a reason" in elbow.words


def test_numbers_whose_intervals_overlap_are_shown_as_ties() -> None:
    """Requirement 91."""
    made = [Candidate("kmeans", k, 0.5, 0.1, s, s - 0.02, s + 0.02) for k, s in ((2, 0.3), (3, 0.5), (4, 0.47), (5, 0.4))]
    vote = votes.cast(tuple(made), None)[0]
    assert (vote.groups, vote.also) == (3, (4,))
    assert "4 would do as well" in vote.words


def said(*numbers: int | None) -> list[Vote]:
    terms = ("mean silhouette", "elbow of the inertia", "Calinski-Harabasz", "dip test at the borders", "copula null")
    return [Vote(t, t, k, "") for t, k in zip(terms, numbers, strict=True)]


def test_agreement_is_a_range_in_words_and_disagreement_is_stated() -> None:
    """Requirements 35 and 95."""
    found = agree(said(4, 3, 5, 4, 4), 4)
    assert (found.low, found.high, found.backing, found.of) == (3, 4, 4, 5)
    assert agree(said(4, 4, 4, 4, 7), 4).words == "4 of 5 criteria say 4; “copula null” says 7."
    apart = agree(said(2, 4, 6, 8, None), 4)
    assert apart.words.startswith("The criteria disagree: no more than 1 of 5 criteria say 4; ")
    assert apart.words.endswith("“copula null” names none.")
    assert agree(said(None, None, None, None, None), None).low is None


@pytest.fixture(scope="module")
def five() -> tuple[Evidence, object]:
    world = planted(users=1500, groups=5, events=15)
    return choose(world.features(), STUDY)[1], world


def test_at_least_nine_criteria_vote_and_most_say_five(five: tuple[Evidence, object]) -> None:
    """Requirement 95."""
    found = five[0]
    assert len([v for v in found.votes if not v.limit]) >= 9
    assert found.range is not None and found.range.low is not None and found.range.high is not None
    assert found.range.low <= 5 <= found.range.high
    assert found.range.backing >= 7


def test_every_number_has_its_silhouettes_beside_those_without_groups(five: tuple[Evidence, object]) -> None:
    """Requirements 92, 93, 94 and MOD-08."""
    by_size = {s.size: s for s in five[0].silhouettes}
    assert set(range(2, 8)) <= set(by_size)
    own = by_size[5]
    assert own.null is not None and own.mean > own.null + 0.1
    assert sum(g.users or 0 for g in own.groups) == own.of
    for g in own.groups:
        assert list(g.steps) == sorted(g.steps, reverse=True)
        assert None in (g.good, g.border, g.misplaced) or g.good + g.border + g.misplaced == pytest.approx(1)  # type: ignore[operator]


def test_too_many_groups_have_near_duplicates_and_too_few_one_to_split(five: tuple[Evidence, object]) -> None:
    """Requirement 100."""
    assert five[0].flags is not None and not five[0].flags.twins and not five[0].flags.splittable
    features = planted(users=1500, groups=5, events=15).features()
    many = choose(features, replace(STUDY, groups="7"))[1].flags
    few = choose(features, replace(STUDY, groups="3"))[1].flags
    assert many is not None and many.twins and not many.splittable
    assert few is not None and few.splittable
    assert "may be one group" in flagged(many, [f"g{i}" for i in range(7)])[0]
    assert "may be two groups" in flagged(few, ["a", "b", "c"])[0]


@pytest.mark.slow
def test_groups_of_a_crowd_are_hardly_ever_called_splittable() -> None:
    """Requirement 100: at most 5 % of cuts of correlated clouds."""
    from test_choose import table

    asked = flagged_ = 0
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((900, 4)) @ rng.standard_normal((4, 4))
        x = np.exp(0.6 * x) if seed % 2 else x
        found = choose(table(x), replace(STUDY, groups="3", force=True, worlds="none"))[1].flags
        asked += 3
        flagged_ += len(found.splittable) if found else 0
    assert flagged_ <= 0.05 * asked


def test_the_smallest_group_of_use_is_kept_to_and_named_as_a_reason() -> None:
    """Requirements 39 and 96."""
    world = planted(users=1200, groups=4, events=16)
    keep = np.flatnonzero((world.labels != 3) | (np.arange(1200) % 4 == 0))
    world = replace(world, ids=tuple(world.ids[i] for i in keep), labels=world.labels[keep], counts=world.counts[keep])
    free, bound = (choose(world.features(), replace(STUDY, smallest=s)) for s in ("", "15%"))
    assert free[1].verdict.groups == 4
    assert bound[1].verdict.groups == 3 and bound[1].verdict.own == 4
    assert bound[0] is not None
    placed = place_features(bound[0], world.features()).persona
    assert np.bincount(placed[placed >= 0]).min() >= 0.15 * len(keep)
    limit = next(v for v in bound[1].votes if v.term == "--smallest")
    assert limit.words == "no group under 15 %: 3 groups at most"
    assert "Within your limits (none under 15 %) 3 are drawn; the data alone say 4." in bound[1].verdict.why


def test_the_largest_number_is_a_limit_and_a_reason(five: tuple[Evidence, object]) -> None:
    """Requirement 96."""
    found = choose(planted(users=1500, groups=5, events=15).features(), replace(STUDY, groups="2-4"))[1]
    assert found.verdict.groups <= 4 and found.verdict.own == 5
    assert "Within your limits (2 to 4 groups)" in found.verdict.why and "do not fall" not in found.verdict.why
    assert any(v.words == "you asked for 2 to 4 groups" for v in found.votes)


@pytest.mark.parametrize("text", ["abc", "0", "0%", "60%", "-5", "5 percent", "1.5"])
def test_nonsense_for_the_smallest_group_is_refused(text: str) -> None:
    """Requirement 96."""
    with pytest.raises(UsageError, match="smallest"):
        smallest(text, 100)


def test_python_takes_the_smallest_group_as_a_share_a_number_or_a_text() -> None:
    """Requirement 96: and refuses what nobody can mean before anything is read."""
    import personae

    said = [personae.read("shop.csv", smallest=v).study.smallest for v in (0.05, 200, "5%")]
    assert said == ["5%", "200", "5%"]
    with pytest.raises(UsageError, match="smallest"):
        personae.read("shop.csv", smallest="most of them")


def test_the_smallest_group_is_a_share_or_a_number() -> None:
    assert [smallest(t, 1234) for t in ("", "5%", "2.5 %", "200")] == [0, 62, 31, 200]


def test_evidence_opens_again_as_it_was_saved(five: tuple[Evidence, object]) -> None:
    from personae.model.plain import noun, plain

    again = noun(Evidence, plain(five[0], None))
    assert again.lineage == five[0].lineage and again.flags == five[0].flags and again.range == five[0].range


def test_the_sentence_counts_what_the_table_shows_ties_included() -> None:
    """Requirement 95."""
    table = (
        Vote("valleys between groups", "dip test at the borders", 5, "", also=(4,)),
        Vote("separation", "mean silhouette", 4, ""),
        Vote("contrast of groups", "Calinski-Harabasz", 4, ""),
        Vote("steadiness", "bootstrap Jaccard", 9, "", also=(2, 6, 7, 8)),
        Vote("size", "smallest group", 10, "", limit=True),
    )
    assert [v.shown for v in table] == ["5 (also 4)", "4", "4", "9 (also 2 and 6 to 8)", "10 (not counted)"]
    assert agree(table, 4).words == "With ties, 3 of 4 criteria say 4; “steadiness” says 9."
    assert Vote("x", "x", None, "").shown == "no vote" and Vote("x", "x", 1, "").shown == "none"
