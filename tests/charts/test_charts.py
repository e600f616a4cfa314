"""Charts: known values to known places, findings in titles, and colours that can be told apart."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from exporters import worlds
from personae.charts import look
from personae.charts.axes import axes
from personae.charts.groups import gains, groups, tried
from personae.charts.heat import heat
from personae.charts.multiples import line
from personae.charts.numbers import NBSP, amount, in_words, percent, times, value
from personae.charts.outcomes import outcomes
from personae.charts.picture import svg
from personae.charts.sizes import sizes
from personae.charts.steadiness import steadiness
from personae.charts.traits import traits
from personae.charts.worlds import worlds as ways
from personae.model.evidence import Axis, Border
from personae.model.fact import Fact
from personae.model.worlds import World, Worlds
from personae.report.limits import limits
from personae.words.worlds import caveat

CAST = worlds.natural()
FACTS = {f.id: f for f in CAST.facts}


def _light(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_multiple_and_its_inverse_lie_mirrored_around_everyone() -> None:
    on = line((5.2, 0.1))
    assert on.reach == 4 and on.at(1) == 50
    assert on.at(4) - 50 == pytest.approx(50 - on.at(0.25))
    assert on.at(0) == 0 and on.beyond(0) and on.beyond(40) and not on.beyond(5.2)


@given(st.lists(st.floats(0.001, 1000), max_size=12))
def test_everything_drawn_stays_inside_the_line(multiples: list[float]) -> None:
    on = line(tuple(multiples))
    assert all(0 <= on.at(m) <= 100 for m in multiples) and 3 <= len(on.ticks) <= 7


def test_numbers_read_as_a_reader_wants_them() -> None:
    assert (times(5.23), times(0), times(12.4)) == ("5.2×", "0×", "12×")
    assert percent(0.184) == f"18{NBSP}%" and percent(-0.02) == f"-2.0{NBSP}%"
    assert in_words(5.2, "mean") == "5.2 times the average" and in_words(0.0, "share") == "none at all"
    assert amount(0.0964, "mean", "share of activity") == f"9.6{NBSP}%"


def test_a_share_of_all_but_a_handful_is_a_bound_too() -> None:
    fact = Fact("f", "P1", "m", "m", "share", 1154 / 1155, "", 1155)
    assert value(fact, 10) == f"over{NBSP}99{NBSP}%" and value(replace(fact, value=1.0), 10) == f"100{NBSP}%"


def test_eight_personas_differ_in_colour_and_shape_and_the_ninth_has_a_number() -> None:
    marks = [look.mark(i) for i in range(8)]
    assert len({m.colour for m in marks}) == len({m.shape for m in marks}) == len({m.path for m in marks}) == 8
    assert look.mark(8).number == "9" and look.mark(8).colour == look.GREY


@given(st.floats(0, 100))
def test_numbers_in_the_heat_map_can_be_read_on_their_colour(multiple: float) -> None:
    """WCAG 1.4.3."""
    assert _contrast(look.tint(multiple), look.INK) >= 4.5


def test_more_and_less_are_equally_strong_and_the_same_is_neutral() -> None:
    assert _light(look.tint(8)) == pytest.approx(_light(look.tint(1 / 8)), abs=0.02)
    assert look.tint(1.2) == look.tint(0.85) == look.tint(1) != look.tint(1.3)


@pytest.mark.parametrize("dark", [False, True])
def test_inks_of_the_page_can_be_read_on_its_grounds(dark: bool) -> None:
    css = (ROOT / "src/personae/exporters/templates/style.css").read_text()
    roots = re.findall(r":root \{(.*?)\}", css, flags=re.S)
    ink = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", roots[1 if dark else 0]))
    for ground in ("paper", "wash"):
        assert _contrast(ink["ink"], ink[ground]) >= 7 and _contrast(ink["soft"], ink[ground]) >= 4.5
        assert _contrast(ink["stamp"], ink[ground]) >= 4.5


def test_size_bars_are_sorted_with_those_in_no_group_last() -> None:
    drawn = sizes(CAST.personas, 457, "customer", 10)
    assert [b.users for b in drawn.bars] == ["3,980", "3,210", "2,310", "2,050", "830", "457"]
    assert drawn.bars[-1].key == "" and drawn.bars[0].width == 100
    assert drawn.chart.title == f"The largest group is Daily quick buyers, with 31{NBSP}% of all customers"


def test_a_share_is_the_same_number_beside_the_bars_and_on_its_card() -> None:
    """A size of 124 in 1,895 is 6.5 % wherever it stands, and the shares of sevenths need not add up."""
    parts = (1771, 124)
    people = tuple(replace(p, users=n, share=n / 1895) for p, n in zip(CAST.personas, parts, strict=False))
    assert [b.share for b in sizes(people, 0, "customer", 10).bars] == [percent(1771 / 1895), f"6.5{NBSP}%"]
    thirds = tuple(replace(p, users=100, share=1 / 6) for p in CAST.personas[:3])
    assert [b.share for b in sizes(thirds, 300, "customer", 10).bars] == [f"17{NBSP}%"] * 3 + [f"50{NBSP}%"]


def test_difference_bars_put_the_strongest_first_and_state_it() -> None:
    profile = CAST.profiles[3]
    drawn = traits(profile, "Deal hunters", FACTS, line((5.2,)), 10)
    assert drawn.chart.title == "Coupons used, 5.2 times the average"
    assert [r.label for r in drawn.rows] == ["coupons used", "returns", "orders", "saved lists"]
    assert drawn.rows[0].at > 50 > drawn.rows[3].at
    low, high = drawn.rows[0].low, drawn.rows[0].high
    assert low is not None and high is not None and low < drawn.rows[0].at < high


def test_a_group_like_everyone_gets_no_finding_that_is_none() -> None:
    profile = replace(CAST.profiles[0], above=(), below=())
    assert traits(profile, "The middle", FACTS, line(()), 10).chart.title == "The middle: no measure is surely different"


def test_the_heat_map_begins_with_what_separates_most_and_leaves_a_gap_for_what_may_not_be_shown() -> None:
    facts = [f for f in CAST.facts if f.id.split(".")[-1] in worlds.SHOP and f.id != "P5.orders"]
    drawn = heat(CAST.personas, facts)
    assert drawn is not None and drawn.rows[0][0] == "orders"
    assert drawn.rows[0][1][-1].text == "" and drawn.chart.rows[0][-1] == "few" and "too few did it" in drawn.chart.caption
    assert drawn.chart.title.endswith("from 0.1 times the average (Browsers) to 4.0 (Daily quick buyers)")
    assert heat(CAST.personas, []) is None


def test_what_marks_a_small_group_has_a_row_though_much_else_separates_more() -> None:
    """A group of 6 % contacts support 12 times as often; twenty other measures part the large groups."""
    model = next(f for f in CAST.facts if f.multiple is not None)
    people = CAST.personas[:3]
    people = tuple(replace(p, share=s) for p, s in zip(people, (0.5, 0.44, 0.06), strict=True))

    def row(name: str, *multiples: float) -> list[Fact]:
        pairs = zip(people, multiples, strict=True)
        return [replace(model, id=f"{p.key}.{name}", subject=p.key, measure=name, label=name, multiple=m) for p, m in pairs]

    facts = [f for i in range(20) for f in row(f"m{i}", 3.0 + i / 10, 0.1, 1.0)] + row("contact support", 0.9, 0.9, 12.0)
    drawn = heat(people, facts)
    assert drawn is not None
    labels = [label for label, _ in drawn.rows]
    assert len(labels) == 16 and "contact support" in labels and labels[0] == "m19"
    assert "the 16 measures of 21 that mark one of the groups or separate most" in drawn.chart.caption


def test_an_outcome_that_no_group_surely_differs_in_says_so_in_its_title() -> None:
    made = {f.id: f for f in CAST.facts}
    ids = [i for p in CAST.profiles for i in p.outcomes]
    blurred = {i: replace(made[i], low=-1e9, high=1e9, p=0.4) for i in ids}
    (first, *_) = outcomes(CAST.personas, CAST.profiles, made | blurred, 10)
    assert first.chart.title.endswith(": no clear difference between the groups")
    (first, *_) = outcomes(CAST.personas, CAST.profiles, made | blurred | {ids[0]: replace(blurred[ids[0]], p=0.001)}, 10)
    assert ": from " in first.chart.title


def test_outcomes_are_ordered_by_value_and_everyone_is_marked() -> None:
    drawn = outcomes(CAST.personas, CAST.profiles, FACTS, 10)
    assert [o.chart.name for o in drawn] == ["outcome-churned", "outcome-revenue"]
    assert drawn[0].dots[0].name == "Browsers" and drawn[0].everyone is not None
    at = [d.at for d in drawn[0].dots]
    assert at == sorted(at, reverse=True)


def test_shaky_groups_are_named_in_the_title() -> None:
    assert steadiness(CAST.personas).chart.title == "Every group comes back at least 71 times in 100"
    shaky = (replace(CAST.personas[0], steady="shaky"), *CAST.personas[1:])
    assert steadiness(shaky).chart.title == "Daily quick buyers is shaky: not to be relied on alone"


def test_axes_say_what_lies_at_each_end() -> None:
    drawn = axes((Axis(0.46, ("views", "help"), ("orders",)),), "customer")
    assert drawn is not None and drawn.chart.title.endswith("from views and help to orders")
    assert axes((), "customer") is None
    answered = axes((Axis(0.3, ("fav_genre = Pop",), ("pod_length",)),), "user")
    assert answered is not None and answered.chart.title.endswith("from fav genre: Pop to pod length")


def test_the_gain_is_what_one_more_group_takes_off_the_left_over_difference() -> None:
    some = [replace(c, inertia=i) for c, i in zip(tried(CAST.evidence), (0.6, 0.5, 0.2), strict=False)]
    assert gains(some) == pytest.approx({2: 0.4, 3: 0.1, 4: 0.3})


def test_the_panel_shows_one_line_per_side_by_the_chosen_method_with_both_numbers_marked() -> None:
    charts = groups(CAST.evidence)
    assert [c.name for c in charts] == ["gain", "steadiness", "smallest", "silhouette", "elbow"]
    assert {c.method for c in tried(CAST.evidence)} == {"kmeans"}
    assert ("5 (recommended)", f"8.8{NBSP}%") in charts[2].rows and charts[2].rows[5][0] == "7 (runner-up)"
    assert charts[1].title == "5 groups: samples agree 93 in 100"


def test_sides_that_were_not_measured_are_left_out() -> None:
    bare = tuple(replace(c, stability=None, silhouette=None) for c in CAST.evidence.candidates)
    assert [c.name for c in groups(replace(CAST.evidence, candidates=bare))] == ["gain", "smallest", "elbow"]
    assert groups(replace(CAST.evidence, candidates=())) == ()


def test_a_drawing_is_named_by_its_alt_text_holds_no_ids_and_never_changes() -> None:
    chart = groups(CAST.evidence)[3]
    drawn = svg(chart.spec, 'a "quoted" <name>')
    assert drawn == svg(chart.spec, 'a "quoted" <name>')
    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="a &quot;quoted&quot; &lt;name&gt;"')
    assert not re.search(r'\sid="|url\(|<script|<style', drawn) and ">5</text>" in drawn
    assert drawn.count("<svg") == drawn.count("</svg>") == 1


def test_names_in_a_drawing_are_escaped(tmp_path: Path) -> None:
    spec = {"data": {"values": [{"x": 1, "t": worlds.HOSTILE}]}, "mark": "text", "encoding": {"text": {"field": "t"}}}
    assert "<script" not in svg(spec, "x") and "&lt;script" in svg(spec, "x")


def test_words_of_free_text_come_last_in_the_heat_map_and_fill_it_only_where_nothing_else_is_known() -> None:
    acts = [f for f in CAST.facts if f.id.split(".")[-1] in worlds.SHOP]
    model = next(f for f in acts if f.multiple is not None)
    texts = [
        replace(model, id=f"{p}.m{i}", subject=p, measure=f"comment mentions m{i}", label=f"mentions “m{i}”", multiple=m)
        for i in range(5)
        for p, m in (("P1", 40.0), ("P2", 0.02))
    ]
    both, alone = heat(CAST.personas, [*acts, *texts], {"orders"}), heat(CAST.personas, texts)
    assert both is not None and alone is not None
    labels = [label for label, _ in both.rows]
    assert labels[0] == "orders" and [label.startswith("mentions") for label in labels][-2:] == [True, True]
    assert sum(label.startswith("mentions") for label in labels) == 2 and len(alone.rows) == 5


def test_marks_that_are_four_times_the_one_before_are_called_so() -> None:
    assert line((4.0,)).step == "twice" and line((16.0,)).step == "four times"
    assert [text for _, text in line((16.0,)).ticks] == ["1/16", "1/4", "everyone", "4×", "16×"]


def test_one_thing_is_singular_and_what_rounding_leaves_of_nothing_is_nothing() -> None:
    assert amount(1, "count", "borders") == f"1{NBSP}border" and amount(2, "count", "borders") == f"2{NBSP}borders"
    assert amount(1.0, "mean", "events a week") == f"1{NBSP}event a week"
    assert amount(4.4e-16, "mean", "bits") == f"0{NBSP}bits" and percent(1e-9) == f"0{NBSP}%"


def test_the_title_of_steadiness_says_which_groups_few_other_ways_show() -> None:
    some = {0: "there in 3 of 20 other ways"}
    drawn = steadiness(CAST.personas[:2], some)
    assert drawn is not None
    who = CAST.personas[0].name
    assert drawn.chart.title.endswith(f", but {who} is in fewer than half of the other ways to form groups")
    choices = tuple(World("method", f"w{i}", 2, 0.9, (0.9 if i < 3 else 0.2, 0.9 if i < 10 else 0.2)) for i in range(20))
    assert [caveat(Worlds(choices, 1000, None), i) for i in (0, 1)] == [some[0], ""] and caveat(None, 0) == ""


def test_a_group_that_shades_into_several_is_told_in_one_line() -> None:
    def said(*pairs: tuple[int, int]) -> list[str]:
        borders = tuple(Border(a, b, 0.5, True) for a, b in pairs)
        found = limits(replace(CAST, evidence=replace(CAST.evidence, borders=borders)))
        return [x for x in found if "no clear gap" in x]

    a, b, c, d = (p.name for p in CAST.personas[:4])
    assert said((0, 3), (1, 3), (2, 3)) == [f"{d} shade into {a}, {b} and {c}: there is no clear gap; they may be one group."]
    assert said((1, 0)) == [f"Between {a} and {b} there is no clear gap; they may be one group."]
    assert len(said((0, 1), (2, 3))) == 2


def test_a_method_that_shows_none_of_the_groups_is_no_choice_they_rest_on() -> None:
    none = World("method", "with dbscan", 2, 0.1, (0.1,) * len(CAST.personas))
    found = limits(replace(CAST, evidence=replace(CAST.evidence, worlds=Worlds((none,), 1000, None))))
    assert "None of these groups is there with dbscan: formed that way, other groups may show." in found


def test_the_title_of_other_ways_says_in_how_many_each_weak_group_is_there() -> None:
    def title(*lost: tuple[int, ...]) -> str:
        jaccard = [tuple(0.2 if i in gone else 0.9 for gone in lost) for i in range(10)]
        made = tuple(World("method", f"w{i}", len(lost), 0.9, j) for i, j in enumerate(jaccard))
        found = Worlds(made, 1000, None)
        drawn = ways(replace(CAST, personas=CAST.personas[: len(lost)], evidence=replace(CAST.evidence, worlds=found)))
        assert drawn is not None
        return drawn.title

    a, b, c = (p.name for p in CAST.personas[:3])
    some, few = tuple(range(5)), tuple(range(4))
    assert title(some, (), (9,)) == f"{a} are there in 5 of 10 other ways; the other groups in at least 9 of 10"
    assert title(some, few, ()) == f"{a} are there in 5 of 10 other ways and {b} in 6 of 10; the other group in 10 of 10"
    assert title(some, some, few) == "3 of 3 groups hang on how they are formed" and c
