"""Columns of answers: several in a cell, one column an option, an order, questions that only some were asked."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

import personae
from personae import plugins
from personae.audit.several import answers, several
from personae.errors import UsageError
from personae.model.features import Features
from personae.model.study import Role, Study
from personae.model.table import Level, Scheme, Table, Way
from personae.stages.prepare import prepare
from personae.stages.read import read
from personae.stages.understand import understand

Asked = Callable[..., tuple[Table, Features]]


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    """`asked({"q1": [...]}, flag=...)`: the table and the features of a survey of one row a person."""

    def run(columns: Mapping[str, Sequence[str]], **flags: Any) -> tuple[Table, Features]:
        path = wide(tmp_path / "survey.csv", columns)
        study = Study(sources=(str(path),), entity="person", **flags)
        with plugins.find("engines", "duckdb").connect(memory="1GB", threads=1) as engine:
            tables = understand(engine, read(engine, study, {}), study)
            return tables[0], prepare(engine, tables, study)

    yield run


def wide(path: Path, columns: Mapping[str, Sequence[str]]) -> Path:
    """A CSV of these columns behind a column of ids."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["person_id", *columns])
        writer.writerows((f"p{i}", *row) for i, row in enumerate(zip(*columns.values(), strict=True)))
    return path


def values(features: Features, name: str) -> list[float]:
    """The values of a measure in the order of p0, p1, ..."""
    by = dict(zip(features.ids.to_pylist(), features.measure(name).values.tolist(), strict=True))
    return [by[f"p{i}"] for i in range(len(by))]


def names(features: Features) -> set[str]:
    return {m.name for m in features.measures}


def notes(table: Table, words: str) -> list[str]:
    return [n.words for n in table.notes if words in n.words]


GENRES = ["Jazz, Rock", "Rock", "None", "", "Jazz, Rock, Pop", "Pop"] * 10
AGES = [str(20 + i % 40) for i in range(60)]


# ---------------------------------------------------------------- several answers in a cell


def test_cells_with_several_answers_become_a_flag_for_each_option(asked: Asked) -> None:
    """An empty cell is no answer, the text None is one, and all of it is said (ING-07)."""
    table, features = asked({"genre": GENRES, "age": AGES})
    assert values(features, "genre: Jazz")[:3] == [1, 0, 0] and np.isnan(values(features, "genre: Jazz")[3])
    assert values(features, "genre: None")[:3] == [0, 0, 1]
    assert values(features, "genre: answers")[:6] == pytest.approx([2, 1, 1, np.nan, 3, 1], nan_ok=True)
    assert features.measure("genre: Jazz").label == "genre = Jazz" and features.measure("genre: Jazz").forms
    assert not features.measure("genre: answers").forms
    (said,) = notes(table, "several answers")
    assert "separated by commas" in said and "4 options" in said


def test_options_of_fewer_people_than_the_floor_are_other(asked: Asked) -> None:
    """Nine people chose Polka, so no measure is named after it."""
    cells = [f"{c}, Polka" if i < 9 and c else c for i, c in enumerate(["Jazz, Rock", "Rock", "Jazz", "Pop, Jazz", "Pop"] * 12)]
    _, features = asked({"genre": cells, "age": AGES})
    assert not {n for n in names(features) if "Polka" in n}
    assert sum(values(features, "genre: other")) == 9


@pytest.mark.parametrize("mark", [";", "|", ", "])
def test_the_mark_between_answers_is_found(asked: Asked, mark: str) -> None:
    table, features = asked({"genre": [c.replace(", ", mark) for c in GENRES], "age": AGES})
    assert sum(v == 1 for v in values(features, "genre: Rock")) == 30
    assert notes(table, {";": "semicolons", "|": "bars", ", ": "commas"}[mark])


TRAPS = {
    "names": [f"{last}, {first}" for last in ("Smith", "Doe", "Li", "Roy") for first in ("Ann", "Bob", "Eve")] * 5,
    "cities": ["Berlin, Germany", "Paris, France", "Bonn, Germany", "Lyon, France", "Germany"] * 12,
    "one answer": ["Yes", "No", "No, but I would like to"] * 20,
    "never": ["Often", "Rarely", "Never, but open to it", "Never, and not open to it"] * 15,
    "amounts": ["$1,000 to $9,999", "$10,000 to $24,999", "$25,000 or more", "less than $1,000"] * 15,
    "texts": [f"I like it, mostly because of number {i}, and the rest" for i in range(60)],
    "decimals": [f"{i},5 kg" for i in range(10)] * 6,
    "crossed": [f"{a}, {b}" for a in ("low", "high", "middle") for b in ("cheap", "dear")] * 10,
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_comma_alone_makes_no_second_answer(trap: str) -> None:
    """Names, cities, one answer with a comma in it, amounts, sentences, decimal commas, crossed levels."""
    cells = {c: TRAPS[trap].count(c) for c in TRAPS[trap]}
    assert several(cells, floor=10) is None


def test_an_option_with_the_mark_in_its_name_stays_whole() -> None:
    cells = {"Video (Nix, Hula)": 20, "TV": 30, "Video (Nix, Hula), TV": 10, "Radio, TV": 12, "Radio": 9}
    scheme = several(cells, floor=5)
    assert scheme is not None and scheme.words == ("TV", "Video (Nix, Hula)", "Radio")
    assert answers("Video (Nix,Hula), Radio, Fax", scheme) == ["Video (Nix, Hula)", "Radio", ""]


def test_a_column_that_is_named_is_taken_apart(asked: Asked) -> None:
    """Codes with commas between digits look like numbers: --multi says what they are."""
    table, features = asked({"likes": ["1,2,3", "2", "1,3", "3"] * 15, "age": AGES}, multi=("likes",))
    assert [v[1] for v in zip(range(4), values(features, "likes: 1"))] == [1, 0, 1, 0]
    assert next(c for c in table.columns if c.name == "likes").scheme == Scheme(Way.SEVERAL, ("3", "1", "2"), ",")


def test_cells_can_be_taken_as_one_answer_each(asked: Asked) -> None:
    table, features = asked({"genre": GENRES, "age": AGES}, multi=("none",))
    assert not notes(table, "several answers") and "Jazz, Rock" in features.measure("genre").levels


@given(st.lists(st.sets(st.sampled_from(["tea", "milk", "oat, raw", "7up"]), min_size=1), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_answers_come_back_whatever_is_chosen(chosen: list[set[str]]) -> None:
    """What was joined with the mark is taken apart again, for any choice and any order."""
    scheme = Scheme(Way.SEVERAL, ("tea", "milk", "oat, raw", "7up"), ",")
    assert [set(answers(", ".join(sorted(c)), scheme)) for c in chosen] == chosen


def likers(path: Path, numbers: bool, options: int = 15, seed: int = 3) -> tuple[Path, list[int]]:
    """450 people of three kinds in three numbers, beside a question of several answers that says nothing."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, 450)
    told = rng.random((450, options)) < 0.3
    likes = [", ".join(f"thing {chr(97 + j)}" for j in np.flatnonzero(row)) for row in told]
    centres = np.array([[0, 0, 0], [3, 0, 3], [0, 3, -3]])[kind] if numbers else np.zeros((450, 3))
    x = rng.normal(0, 1, (450, 3)) + centres
    return wide(path, {"likes": likes, **{f"x{j}": [f"{v:.3f}" for v in x[:, j]] for j in range(3)}}), kind.tolist()


@pytest.mark.slow
def test_a_question_of_fifteen_answers_weighs_like_one_question(tmp_path: Path) -> None:
    """Fifteen columns of noise do not outvote three numbers, and the places are the same in scoring."""
    path, kind = likers(tmp_path / "likes.csv", numbers=True)
    result = personae.run(personae.read(path, entity="person"), groups=3)
    place = places(result.users)
    assert adjusted_rand_score(kind, [place[f"p{i}"] for i in range(450)]) > 0.8
    result.save(tmp_path / "run")
    assert places(personae.load(tmp_path / "run").score(path)) == place


def places(users: Any) -> dict[str, str]:
    """The persona of each user."""
    return dict(zip(users["id"].to_pylist(), users["persona"].to_pylist(), strict=True))


# ---------------------------------------------------------------- one column an option


def test_columns_of_options_become_flags_of_one_question(asked: Asked) -> None:
    """The masculinity survey's form: the option, or "Not selected"."""
    columns = {
        "q4_0001": ["Father", "Not selected"] * 30,
        "q4_0002": ["Not selected", "Friends, mostly"] * 30,
        "q4_0003": ["Pop | rock", "Not selected", "Not selected"] * 20,
        "age": AGES,
    }
    table, features = asked(columns)
    assert values(features, "q4_0001")[:2] == [1, 0] and values(features, "q4_0003")[:3] == [1, 0, 0]
    assert features.measure("q4_0002").label == "q4 = Friends, mostly"
    assert {features.measure(n).block for n in ("q4_0001", "q4_0002", "q4_0003")} == {"q4"}
    assert notes(table, "3 options of one question")


def test_a_blank_option_is_not_chosen_only_for_who_answered_the_question(asked: Asked) -> None:
    phone, tablet = ["Phone", "", "Phone", ""] * 15, ["", "Tablet", "Tablet", ""] * 15
    _, features = asked({"device [a]": phone, "device [b]": tablet, "age": AGES})
    assert values(features, "device [a]")[:3] == [1, 0, 1] and np.isnan(values(features, "device [a]")[3])


# ---------------------------------------------------------------- an order


def test_an_order_that_was_given_makes_ranks(asked: Asked) -> None:
    """Requirement 51: ordinal only if declared."""
    _, features = asked({"plan": ["free", "team", "pro", ""] * 15, "age": AGES}, ordinal=("plan=free<pro<team",))
    assert values(features, "plan")[:3] == [0, 2, 1] and np.isnan(values(features, "plan")[3])
    _, features = asked({"plan": ["free", "team", "pro", ""] * 15, "age": AGES})
    assert features.measure("plan").levels == ("free", "pro", "team")


def test_an_order_that_leaves_out_a_level_is_refused(asked: Asked) -> None:
    with pytest.raises(UsageError, match='leaves out "trial"') as caught:
        asked({"plan": ["free", "pro", "trial"] * 20, "age": AGES}, ordinal=("plan=free<pro",))
    assert caught.value.code == "P001"
    for wrong in ("plan", "plan=free", "plan=free<<pro", "plan=free<free"):
        with pytest.raises(UsageError, match="is no order"):
            asked({"plan": ["free", "pro"] * 30, "age": AGES}, ordinal=(wrong,))
    with pytest.raises(UsageError) as caught:
        asked({"plan": ["free", "pro"] * 30, "age": AGES}, ordinal=("plam=free<pro",))
    assert caught.value.code == "P002"


SCALES = [
    ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"],
    ["Never", "Rarely", "Sometimes", "Often", "Always"],
    ["Poor", "Fair", "Good", "Excellent"],
    ["nie", "selten", "manchmal", "oft", "immer"],
    ["Pas du tout d\u2019accord", "Pas d'accord", "D'accord", "Tout à fait d'accord"],
]


@pytest.mark.parametrize("scale", SCALES, ids=lambda s: s[0])
def test_a_worded_scale_is_known_and_said(asked: Asked, scale: list[str]) -> None:
    table, features = asked({"q": [scale[i % len(scale)] for i in range(60)], "age": AGES})
    assert values(features, "q")[: len(scale)] == list(range(len(scale)))
    assert notes(table, " < ".join([scale[0], scale[1]]).replace("\u2019", "\u2019"))


def test_levels_that_fit_no_scale_or_two_of_one_step_stay_without_order(asked: Asked) -> None:
    table, features = asked({"a": ["often", "never", "purple"] * 20, "b": ["never", "rarely", "seldom"] * 20})
    assert features.measure("a").levels and features.measure("b").levels
    assert not notes(table, "scale")


def test_no_answer_has_no_place_on_a_scale_and_that_is_said(asked: Asked) -> None:
    table, features = asked({"q": ["Never", "Often", "Always", "No answer"] * 15, "age": AGES})
    assert values(features, "q")[:3] == [0, 1, 2] and np.isnan(values(features, "q")[3])
    assert notes(table, '"No answer": no place on it, taken as empty')


@pytest.mark.slow
@given(st.permutations([1, 2, 3]))
@settings(max_examples=3, deadline=None)
def test_the_codes_of_countries_carry_no_order(codes: list[int]) -> None:
    """FEA-04, requirement 51: other codes for the same countries give the same partition, also where they form groups."""
    rng = np.random.default_rng(5)
    kind, land = rng.integers(0, 2, 300), rng.integers(0, 3, 300)
    frame = pd.DataFrame({"user_id": [f"u{i}" for i in range(300)], "country": [codes[c] for c in land]})
    for j in range(3):
        frame[f"x{j}"] = np.round(rng.normal(0, 1, 300) + 3 * kind, 3)
    found = []
    for f in (frame, frame.assign(country=land + 1)):
        study = personae.read(f, group_by=("country", "x0", "x1", "x2"), override="a test")
        found.append(personae.run(study, groups=2).users["persona"].tolist())
    assert found[0] == found[1]


# ---------------------------------------------------------------- questions that only some were asked


def skipping(gap: str, most: int) -> dict[str, list[str]]:
    """Three questions that only every third person was asked, and one with as many gaps in other rows."""
    rows = range(60)
    block = {f"q{j}": [gap if i % 3 < most else "abc"[(i + j) % 3] for i in rows] for j in (1, 2, 3)}
    return {**block, "q4": [gap if i % 3 != 1 else "yes" for i in rows], "visits": [str(i % 7) for i in rows], "age": AGES}


@pytest.mark.parametrize("gap", ["NA", ""])
def test_questions_that_only_some_were_asked_form_no_groups(asked: Asked, gap: str) -> None:
    """Skip logic: who was asked what says nothing of people; the columns describe, and --group-by asks for them."""
    table, _ = asked(skipping(gap, 2))
    roles = {c.name: c.role for c in table.columns}
    assert {roles[q] for q in ("q1", "q2", "q3")} == {Role.ATTITUDE} and roles["visits"] is Role.BEHAVIOUR
    said = [n for n in table.notes if "a block of 3 columns" in n.words]
    assert [n.level for n in said] == [Level.WARN] and "in the same 40 rows" in said[0].words and "--group-by" in said[0].fix
    table, _ = asked(skipping(gap, 2), group_by=("q1", "q2", "q3"))
    assert {c.role for c in table.columns if c.name in ("q1", "q2", "q3")} == {Role.BEHAVIOUR}


def test_people_who_left_early_are_no_skip_logic(asked: Asked) -> None:
    """Gaps in the same few rows say that some did not finish: the questions still form groups."""
    columns = {f"q{j}": ["" if i < 6 else "abc"[(i * j) % 3] for i in range(60)] for j in (1, 2, 3)}
    table, _ = asked({**columns, "age": AGES})
    assert {c.role for c in table.columns if c.name in columns} == {Role.BEHAVIOUR}


def test_what_answers_say_of_who_people_are_describes(asked: Asked) -> None:
    """Requirement 47: columns called q1 and q2 hold education and income, and form no groups."""
    columns = {
        "q1": ["High school", "Some college", "College graduate", "No answer"] * 15,
        "q2": ["$0-$24,999", "$25,000-$49,999", "$50,000+", "No answer"] * 15,
        "q3": ["tea", "coffee", "water"] * 20,
    }
    table, _ = asked(columns)
    assert [c.role for c in table.columns[1:]] == [Role.DEMOGRAPHIC, Role.DEMOGRAPHIC, Role.BEHAVIOUR]
