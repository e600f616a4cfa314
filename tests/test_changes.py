"""What changed since the run before is told in words, a table and a drawing, and tells of nobody alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from personae import plugins
from personae.charts.migration import migration
from personae.charts.picture import svg
from personae.cli import summary
from personae.cli.diff import lines
from personae.cli.screen import Screen
from personae.model.cast import Cast
from personae.model.change import Change
from personae.model.sheet import Sheet
from personae.report.binder import sheets
from personae.stages.diff import diff
from personae.words.happening import happened, headline, named
from refreshed import act, placed, refreshed


def _grown() -> Cast:
    """40 of 200 go from P1 to P2; 20 are new, all in P1."""
    before = placed(["P1"] * 200 + ["P2"] * 100, run="r01")
    after = placed(["P1"] * 160 + ["P2"] * 140 + ["P1"] * 20, run="r02")
    return refreshed(before, after)


def _sheet(cast: Cast, id: str) -> Sheet:
    return next(s for s in sheets(cast) if s.id == id)


def test_joins_and_leaves_of_each_persona_are_counted_by_hand() -> None:
    """Requirements 112 and 144."""
    rows = {r[1]: r for r in _sheet(_grown(), "changes").rows}
    assert rows["P1"][2:4] + rows["P1"][6:] == (200, 180, 20, 40, "shrank")
    assert rows["P2"][2:4] + rows["P2"][6:] == (100, 140, 40, 0, "grew")
    assert _sheet(_grown(), "moves").rows == (
        ("Frequent buyers", "Quiet browsers", 40),
        ("new in the data", "Frequent buyers", 20),
    )


def test_what_changed_is_said_in_plain_words() -> None:
    made = named(_grown())
    assert made is not None
    assert headline(made) == "Both personas are still there; 40 users changed persona (13 % of those in both runs)"
    assert happened(made) == (
        "Quiet browsers grew from 100 to 140 (33 % to 44 % of all): 40 users joined and nobody left.",
        "Frequent buyers shrank from 200 to 180 (67 % to 56 % of all): 20 users joined and 40 users left.",
    )


def test_a_refresh_in_which_nothing_changed_says_so() -> None:
    same = placed(["P1"] * 60 + ["P2"] * 40, run="r01")
    made = named(refreshed(same, replace(same, run="r02")))
    assert made is not None
    assert headline(made) == "Both personas are still there; nobody changed persona"
    assert happened(made) == ("2 personas keep their names and their shares.",)


def test_half_of_the_users_are_said_to_be_missing_though_every_persona_keeps_its_share() -> None:
    before = placed(["P1"] * 600 + ["P2"] * 300, run="r01")
    made = named(refreshed(before, placed(["P1"] * 300 + ["P2"] * 150, run="r02")))
    assert made is not None
    assert happened(made) == (
        "There are 450 users now, and there were 900.",
        "2 personas keep their names and their shares.",
    )


@pytest.mark.parametrize(
    ("before", "after", "told", "said"),
    [
        (["P1"] * 100, ["P1"] * 60 + ["P3"] * 40, act("split", ["P1"], ["P1", "P3"]),
         "Frequent buyers split into Frequent buyers and Recipe savers."),
        (["P1"] * 60 + ["P2"] * 40, ["P1"] * 100, act("merged", ["P1", "P2"], ["P1"]),
         "Frequent buyers and Quiet browsers merged into Frequent buyers."),
        (["P1"] * 100 + ["P2"] * 50, ["P1"] * 100 + ["P2"] * 20 + ["P3"] * 30, act("new", [], ["P3"]),
         "Recipe savers is new: 30 users (20 % of all)."),
        (["P1"] * 100 + ["P2"] * 50, ["P1"] * 140 + [""] * 10, act("gone", ["P2"], []),
         "Quiet browsers is gone: about 80 % of its users are in Frequent buyers now."),
    ],
)  # fmt: skip
def test_splits_mergers_births_and_ends_are_named(before: list[str], after: list[str], told: object, said: str) -> None:
    """REF-01, in words."""
    made = named(refreshed(placed(before, run="r01"), placed(after, run="r02"), told))  # type: ignore[arg-type]
    assert made is not None
    assert happened(made)[0] == said


def test_a_persona_that_was_renamed_since_is_called_by_its_new_name() -> None:
    cast = _grown()
    renamed = replace(cast, personas=(replace(cast.personas[0], name="Daily buyers"), *cast.personas[1:]))
    assert "Daily buyers shrank" in " ".join(summary.changed(renamed))
    assert _sheet(renamed, "changes").rows[0][0] == "Daily buyers"


def test_a_name_that_the_refresh_found_anew_is_told_and_stands_on_its_side_of_the_drawing() -> None:
    before = placed(["P1"] * 60 + ["P2"] * 40, run="r01")
    after = placed(["P1"] * 60 + ["P2"] * 40)
    cast = refreshed(before, replace(after, personas=(replace(after.personas[0], name="Bargain hunters"), after.personas[1])))
    made = named(cast)
    assert made is not None
    assert happened(made) == (
        "Frequent buyers is called Bargain hunters now, after what sets it apart now.",
        "One persona keeps its name and its share.",
    )
    chart = migration(cast)
    assert chart is not None
    drawn = svg(chart.spec, chart.alt)
    assert "Frequent buyers 60" in drawn and "Bargain hunters 60" in drawn


def test_two_runs_of_which_one_is_a_refresh_are_told_apart_by_its_descents() -> None:
    """A split keeps the key of the larger part: who stays in it has not moved."""
    before = placed(["P1"] * 100 + ["P2"] * 50, run="r01")
    after = refreshed(before, placed(["P1"] * 60 + ["P3"] * 40 + ["P2"] * 50), act("split", ["P1"], ["P1", "P3"]))
    found = diff(before, after)
    assert (found.moved, found.stayed) == (40, 110)
    told = " ".join(lines(found, Screen())[1].split())
    assert told == "Frequent buyers split into Frequent buyers and Recipe savers."


def test_the_drawing_states_the_finding_and_holds_every_move_that_may_be_told() -> None:
    chart = migration(_grown())
    assert chart is not None
    assert chart.title == "40 users (13\u00a0%) changed persona; the largest move is from Frequent buyers to Quiet browsers"
    assert chart.rows[:2] == (("Frequent buyers", "Quiet browsers", "40"), ("new in the data", "Frequent buyers", "20"))
    drawn = svg(chart.spec, chart.alt)
    assert drawn == svg(chart.spec, chart.alt)
    for words in ("Frequent buyers 200", "Frequent buyers 180", "then (r01)", "now"):
        assert words in drawn


def test_moves_of_few_are_neither_told_nor_told_apart_from_none() -> None:
    """REF-10: 3 of 203 go from P1 to P2, and nobody back."""
    before = placed(["P1"] * 203 + ["P2"] * 100, run="r01")
    made = refreshed(before, placed(["P1"] * 200 + ["P2"] * 103, run="r02"))
    assert made.change is not None
    assert made.change.moves == tuple(m for m in made.change.moves if m.users % 10 == 0)
    assert {(m.before, m.after) for m in made.change.moves} == {("P1", "P1"), ("P2", "P2")}
    assert [(t.joined, t.left) for t in made.change.turnover] == [(None, None), (None, None)]
    assert "fewer than 10 users changed persona" in headline(made.change)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=16, max_size=16))
def test_no_number_that_is_told_of_moves_is_of_few(cells: list[int]) -> None:
    """REF-10: three personas and no group; what is told is at least the floor, and rounded where anything is few."""
    names = ["P1", "P2", "P3", ""]
    one, two = zip(
        *[(a, b) for i, a in enumerate(names) for j, b in enumerate(names) for _ in range(cells[4 * i + j] + (i == j))]
    )
    made = refreshed(placed(one, run="r01"), placed(two, run="r02")).change
    assert made is not None
    numbers = [m.users for m in made.moves] + [x for t in made.turnover for x in (t.joined, t.left) if x]
    if made.rounded:
        assert all(n >= 10 and n % 10 == 0 for n in [*numbers, *(x for x in (made.moved, made.stayed) if x is not None)])


def test_small_moves_do_not_follow_from_sizes_and_large_moves_together() -> None:
    """REF-10: what an attacker knows is a system of equations; in 30 worlds its solutions leave every small move open.

    Known: the sizes of all personas in both reports, the moves that are told (within half a floor), that the others are under
    the floor, and how many are in both runs and in one alone.
    """
    rng = np.random.default_rng(5)
    for _ in range(30):
        table = np.where(rng.random((5, 5)) < 0.5, rng.integers(0, 10, (5, 5)), rng.integers(10, 40, (5, 5)))
        np.fill_diagonal(table, [*rng.integers(150, 400, 4), 0])
        keys = ("P1", "P2", "P3", "P4")
        made = _gone_and_new(table)
        lists = (made.moves, [replace(m, after="gone") for m in made.went], [replace(m, before="new") for m in made.came])
        told = {((*keys, "new").index(m.before), (*keys, "gone").index(m.after)): m.users for ms in lists for m in ms}
        bounds = [(told[c] - 5, told[c] + 4) if (c := divmod(i, 5)) in told else (0, 9) for i in range(24)] + [(0, 0)]
        sums = np.vstack([np.kron(np.eye(5)[:4], np.ones(5)), np.kron(np.ones(5), np.eye(5)[:4])])
        sizes = [*table.sum(axis=1)[:4], *table.sum(axis=0)[:4]]
        part = np.add.outer(np.array([0, 0, 0, 0, 2]), np.array([0, 0, 0, 0, 1])).ravel()
        counts = [(part == i, n) for i, n in enumerate((made.both, made.only_before, made.only_after))]
        ranges = [(row.astype(float), (0, 9) if n is None else (n - 5, n + 4)) for row, n in counts]
        limits = {
            "A_ub": [s * row for row, _ in ranges for s in (1, -1)],
            "b_ub": [x for _, (least, most) in ranges for x in (most, -least)],
        }
        for cell in (i for i in range(24) if divmod(i, 5) not in told):
            low, high = (s * linprog(s * np.eye(25)[cell], A_eq=sums, b_eq=sizes, bounds=bounds, **limits).fun for s in (1, -1))
            assert high - low >= 2, (table, divmod(cell, 5), low, high)


def _gone_and_new(table: npt.NDArray[np.int64]) -> Change:
    """A change of four personas from the numbers of moves; the last row is new users, the last column those who are gone."""
    pairs = [divmod(i, 5) for i, n in enumerate(table.ravel().tolist()) for _ in range(n)]
    sides = []
    for side in (0, 1):
        there = [(f"u{n:05d}", f"P{pair[side] + 1}") for n, pair in enumerate(pairs) if pair[side] < 4]
        sides.append(placed([key for _, key in there], [user for user, _ in there], run=f"r0{side + 1}"))
    made = refreshed(*sides).change
    assert made is not None
    return made


def test_no_number_of_a_change_tells_how_few_moved() -> None:
    """REF-10: of a thousand users in two personas a few change places, a few are gone, and as many are new."""
    told = [_few(n) for n in (3, 4)]
    assert told[0] == told[1]
    assert told[0].rounded and told[0].pairs[0].jaccard == 1.0 and told[0].agreement == 1.0
    assert (told[0].both, told[0].only_before, told[0].only_after) == (1000, None, None)


def _few(n: int) -> Change:
    table = np.zeros((5, 5), np.int64)
    table[:2, :2] = [[503 - n, n], [n + 1, 499 - n]]
    table[0, 4], table[4, 0] = n, n
    table[0, 0] -= n
    return _gone_and_new(table)


def test_how_many_are_in_both_runs_does_not_tell_how_few_are_gone() -> None:
    """REF-10: 3 of 1000 are gone."""
    made = diff(placed(["P1"] * 1000), placed(["P1"] * 997))
    assert (made.both, made.only_before, made.only_after, made.stayed) == (1000, None, None, 1000)


def test_the_report_begins_with_what_changed_and_every_format_has_it(tmp_path: Path) -> None:
    cast = _grown()
    plugins.find("exporters", "html").export(cast, tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.index('id="changes"') < page.index('id="glance"')
    for words in ("What changed since r01", "shrank from 200 to 180", "the largest move is from Frequent buyers"):
        assert words in page
    plugins.find("exporters", "markdown").export(cast, tmp_path / "r.md")
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert text.index("## What changed since r01") < text.index("## At a glance")
    assert "| Quiet browsers | P2 | 100 | 140 |" in text
    first = plugins.find("exporters", "html").export(placed(["P1"] * 60), tmp_path / "first.html")
    assert "What changed" not in first.read_text(encoding="utf-8")


def test_notices_hold_no_id_and_no_small_number() -> None:
    """REF-11: the text of `personae show --changes`, for a mail or a channel."""
    before = placed(["P1"] * 203 + ["P2"] * 100 + ["P3"] * 4, run="r01")
    cast = refreshed(before, placed(["P1"] * 200 + ["P2"] * 107, run="r02"), act("gone", ["P3"], []))
    text = " ".join(summary.changed(cast))
    assert not re.search(r"\bu\d{4}\b", text)
    assert all(int(n.replace(",", "")) >= 10 for n in re.findall(r"(?<![\w.])(\d[\d,]*) users", text))
    assert json.dumps(text)


def test_who_did_nothing_this_time_is_told_in_one_line() -> None:
    before, after = placed(["P1"] * 60 + ["P2"] * 40, run="r01"), placed(["P1"] * 60 + ["P2"] * 20 + [""] * 20, run="r02")
    assert after.rule is not None
    line = "About 20 users did nothing this time and are in no persona."
    active = replace(after, rule=replace(after.rule, active=True))
    assert line in happened(_change(refreshed(before, active)))
    assert not any("did nothing" in x for x in happened(_change(refreshed(before, after))))
    assert _change(refreshed(before, active)).moved is None  # nobody, or a few
    assert _change(refreshed(before, after)).moved == 20


@pytest.mark.parametrize(("far", "idle"), [(0, 20), (4, 10), (12, 0), (10, 10), (20, 0)])
def test_the_number_who_did_nothing_tells_nothing_of_the_few_beside_them(far: int, idle: int) -> None:
    before, after = placed(["P1"] * 80, run="r01"), placed(["P1"] * 60 + [""] * 20, run="r02")
    assert after.rule is not None
    reason = after.placement.reason.copy()
    reason[60 : 60 + far] = 3
    active = replace(after, rule=replace(after.rule, active=True), placement=replace(after.placement, reason=reason))
    made = _change(refreshed(before, active))
    assert made.idle == idle
    assert any("in no persona" in x for x in happened(made)) == (idle != 0)


def _change(cast: Cast) -> Change:
    assert cast.change is not None
    return cast.change
