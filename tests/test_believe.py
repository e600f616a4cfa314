"""What people believe, held against the data: existing segments, hand-made personas, and outcomes that either may foretell."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import personae
from conftest import planted, real
from personae.errors import UsageError
from personae.facts.crossing import information, rand, shown
from personae.report import believed as sections
from personae.stages.sketched import sketched

QUICK: dict[str, Any] = {"groups": 3, "worlds": "none"}


def _frame() -> pd.DataFrame:
    """Three kinds of users; `truth` says which, `finer` and `coarser` split and merge them, `luck` says nothing. `renewed`
    follows the kind, `rich` the age."""
    world = planted(users=900, groups=3, events=12, seed=4)
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(world.counts, columns=world.events)
    frame.insert(0, "user_id", world.ids)
    kind, n = world.labels, len(frame)
    age = rng.integers(18, 80, n)
    return frame.assign(
        age=age,
        country=rng.choice(["DE", "FR"], n),
        truth=np.array(["gold", "silver", "bronze"])[kind],
        finer=[f"{k}{h}" for k, h in zip(kind, rng.choice(["a", "b"], n))],
        coarser=np.where(kind == 0, "gold", "others"),
        luck=rng.choice(["x", "y", "z"], n),
        renewed=np.where(rng.random(n) < np.array([0.9, 0.5, 0.1])[kind], "yes", "no"),
        rich=np.where(rng.random(n) < np.where(age > 50, 0.9, 0.1), "yes", "no"),
    )


FRAME = _frame()
LABELS = ("age", "country", "truth", "finer", "coarser", "luck")
ROLES: dict[str, Any] = {"describe": LABELS, "outcome": ("renewed", "rich")}


@pytest.fixture(scope="module")
def run() -> personae.Result:
    return personae.run(FRAME, **QUICK, **ROLES)


def _segments(run: personae.Result, name: str) -> personae.Beliefs:
    return personae.compare(FRAME, run=run, segments=name)


def _believe(run: personae.Result, **persona: Any) -> Any:
    return personae.compare(FRAME, run=run, personas=[{"name": "Mary", **persona}]).believed[0]


def test_segments_that_are_the_truth_are_the_personas(run: personae.Result) -> None:
    """Requirement 41."""
    found = _segments(run, "truth").segments
    assert found is not None
    assert found.rand is not None
    assert found.information is not None
    assert found.rand.value > 0.9
    assert found.rand.low <= found.rand.value <= found.rand.high
    assert found.information.value > 0.85
    assert {s.name: s.users for s in found.segments} == FRAME.truth.value_counts().to_dict()
    for s in found.segments:
        assert max(p.share or 0 for p in s.parts) > 0.9
        assert s.together is not None
        assert s.together.told


def test_segments_by_lot_are_no_groups_and_like_no_persona(run: personae.Result) -> None:
    found = _segments(run, "luck").segments
    assert found is not None
    assert found.rand is not None
    assert abs(found.rand.value) < 0.02
    assert "nothing like" in found.words[0]
    assert not any(s.together.told for s in found.segments if s.together)
    assert all("like everyone" in s.words for s in found.segments)


@pytest.mark.parametrize("name", ["finer", "coarser"])
def test_finer_and_coarser_segments_are_partly_like_the_personas(run: personae.Result, name: str) -> None:
    found = _segments(run, name).segments
    assert found is not None
    assert found.rand is not None
    assert 0.3 < found.rand.value < 0.85


def test_a_segment_of_two_personas_is_told_as_half_and_half(run: personae.Result) -> None:
    found = _segments(run, "coarser").segments
    assert found is not None
    words = {s.name: s.words for s in found.segments}
    assert words["others"].startswith("others is half ")
    assert ", half " in words["others"]
    assert words["gold"].startswith("gold is almost all ")


def test_either_may_win_an_outcome(run: personae.Result) -> None:
    """Requirements 130 and 131: behaviour against demographics on users held out; the lift is told where it is nothing."""
    frame = FRAME.drop(columns=["truth", "finer", "coarser"])
    by = {f.outcome: f for f in personae.compare(frame, run=run, segments="luck").outcomes}
    renewed, rich = by["renewed"], by["rich"]
    assert (renewed.ahead, rich.ahead) == ("persona", "demographics")
    assert renewed.persona is not None
    assert renewed.demographics is not None
    assert renewed.lift is not None
    assert rich.lift is not None
    assert renewed.persona.low > 0.2 > renewed.demographics.high
    assert renewed.lift.low > 0.2
    assert rich.lift.low < 0 or abs(rich.lift.value) < 0.01
    assert "adds nothing sure" in rich.words


def test_segments_can_say_more_than_the_personas(run: personae.Result) -> None:
    frame = FRAME.drop(columns=["truth", "finer", "coarser"]).assign(bought=np.where(FRAME.luck == "x", "yes", "no"))
    found = personae.compare(frame, run=run, segments="luck", outcome=("bought",)).outcomes
    assert [f.ahead for f in found if f.outcome == "bought"] == ["segment"]


def test_without_an_outcome_it_is_said_what_to_type(run: personae.Result) -> None:
    made = personae.compare(FRAME.drop(columns=["renewed", "rich"]), run=run, segments="truth", outcome=())
    assert made.outcomes == ()
    assert any("--outcome" in w for s in sections.sections(made) for w in s.words)


def test_a_mary_who_is_a_kind_of_users_is_real(run: personae.Result) -> None:
    """Requirements 41a and 41b."""
    mary = _believe(run, traits=["truth = gold"], claims=["renewed = yes", "country = DE", "renewed = no"])
    assert (mary.verdict, mary.origin, mary.users) == ("core segment", "assumption", int((FRAME.truth == "gold").sum()))
    assert mary.nearest in {p.name for p in run.personas}
    assert "is real, and is called" in mary.words[0]
    assert [c.kind for c in mary.claims] == ["more", "alike", "less"]


def test_a_mary_by_lot_is_an_anecdote(run: personae.Result) -> None:
    mary = _believe(run, traits=["luck = x", "country = DE"])
    assert mary.verdict == "anecdote"
    assert mary.together is not None
    assert mary.together.p >= 0.05 or not mary.together.told
    assert mary.words[0].startswith("Anecdote: Mary's ")


def test_a_part_of_a_persona_is_said_to_be_one(run: personae.Result) -> None:
    mary = _believe(run, traits=["truth = gold", "luck = x", "country = DE"])
    assert mary.verdict == "part of a persona"


def test_a_mary_whom_nobody_is_and_one_whom_few_are(run: personae.Result) -> None:
    none = _believe(run, traits=["truth = gold", "truth = silver"])
    assert (none.verdict, none.users) == ("nobody", 0)
    fewest = int(np.sort(FRAME.age.to_numpy())[4])
    few = _believe(run, traits=[f"age <= {fewest}", "luck = x"])
    assert (few.verdict, few.users, few.share) == ("nobody", None, None)
    assert "fewer than 10" in few.words[0]


def test_traits_are_counted_alone_and_without_each(run: personae.Result) -> None:
    mary = _believe(run, traits=["age >= 50", "country = DE", "luck = x"])
    alone = [(FRAME.age >= 50), (FRAME.country == "DE"), (FRAME.luck == "x")]
    assert [t.alone for t in mary.traits] == [int(a.sum()) for a in alone]
    assert mary.traits[0].others == int((alone[1] & alone[2]).sum())
    gains = [int((alone[j] & alone[k] & ~alone[i]).sum()) for i, j, k in ((0, 1, 2), (1, 0, 2), (2, 0, 1))]
    assert mary.strictest == ("age >= 50", "country = DE", "luck = x")[int(np.argmax(gains))]
    assert not any(t.contradicted for t in mary.traits)


def test_a_trait_that_is_rarer_among_those_with_the_others_is_contradicted(run: personae.Result) -> None:
    mary = _believe(run, traits=["renewed = yes", "truth = bronze"])
    assert [t.contradicted for t in mary.traits] == [True, True]
    within = mary.traits[0].within
    bronze = FRAME[FRAME.truth == "bronze"]
    assert within.value == pytest.approx((bronze.renewed == "yes").mean())
    assert within.low < within.value < within.high < mary.traits[0].everyone


def _toml(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ('name = "Mary\ntraits = []\n', "not valid TOML", "line 1"),
        ('traits = ["age >= 50"]\n', "no name", ""),
        ('name = "Mary"\ntraits = []\n', "no traits", "line 2"),
        ('name = "Mary"\ntrait = ["age >= 50"]\n', "no key 'trait'", "line 2"),
        ('name = "Mary"\ntraits = ["age >= 50"]\norigin = "dream"\n', "origin is 'dream'", "line 3"),
        ('name = "Mary"\ntraits = [1]\n', "not a list of conditions", "line 2"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, text: str, says: str, line: str) -> None:
    with pytest.raises(UsageError) as wrong:
        sketched(_toml(tmp_path / "mary.toml", text))
    assert says in wrong.value.what
    assert line in wrong.value.where + wrong.value.what


def test_an_unknown_column_in_a_trait_is_answered_with_the_near_one(run: personae.Result, tmp_path: Path) -> None:
    path = _toml(tmp_path / "mary.toml", 'name = "Mary"\ntraits = [\n  "age >= 50",\n  "contry = DE",\n]\n')
    with pytest.raises(UsageError) as wrong:
        personae.compare(FRAME, run=run, personas=[path])
    assert wrong.value.code == "P002"
    assert "line 4" in wrong.value.where
    assert "country" in wrong.value.fix


def test_an_unknown_segment_column_is_answered_with_the_near_one(run: personae.Result) -> None:
    with pytest.raises(UsageError) as wrong:
        _segments(run, "thruth")
    assert (wrong.value.code, "truth" in wrong.value.fix) == ("P002", True)


def test_a_list_of_segments_counts_what_does_not_fit(run: personae.Result, tmp_path: Path) -> None:
    """Ids that are no user, that stand there twice, and users who are missing are counted; none is dropped in silence."""
    ids = FRAME.user_id.tolist()
    rows = list(zip(ids[:800], FRAME.truth[:800]))
    rows += [(f"stranger-{i}", "gold") for i in range(12)] + [(i, "other") for i in ids[:20]]
    path = tmp_path / "segments.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("user_id", "segment"), *rows])
    found = _segments(run, str(path)).segments
    assert found is not None
    assert (found.unknown, found.twice, found.missing) == (12, 20, 120)
    text = " ".join(found.words)
    assert "12 ids of the file are no user" in text
    assert "20 ids stand in the file with different segments" in text
    assert "120 of the users are in no segment" in text


def test_small_segments_are_not_told(run: personae.Result, tmp_path: Path) -> None:
    path = tmp_path / "segments.csv"
    lines = [f"{u},{'few' if i < 5 else s}" for i, (u, s) in enumerate(zip(FRAME.user_id, FRAME.truth))]
    path.write_text("id,segment\n" + "\n".join(lines), encoding="utf-8")
    found = _segments(run, str(path)).segments
    assert found is not None
    assert found.small == 1
    assert "few" not in {s.name for s in found.segments}


def test_a_run_without_groups_holds_no_persona_and_says_so(run: personae.Result) -> None:
    none = personae.Result(replace(run.cast, rule=None, personas=()))
    found = personae.compare(FRAME, run=none, segments="luck", personas=[{"name": "Mary", "traits": ["truth = gold"]}])
    assert found.segments is not None
    assert found.segments.rand is None
    assert found.believed[0].verdict == "anecdote"
    assert "hold no groups" in found.believed[0].words[0]


@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_small_number_follows_from_a_table_and_its_sums(rows: list[list[int]]) -> None:
    """EXP-03: what is shown beside a hidden cell leaves at least two answers for it."""
    table = np.array(rows)
    counts, mask = shown(table, 10)
    assert (mask == ((table > 0) & (table < 10))).all()
    assert ((counts == 0) == (table == 0)).all()
    if mask.any():
        assert (counts[~mask] % 10 == 0).all()
        assert (np.abs(counts - table)[~mask] <= 5).all()


@given(st.lists(st.integers(0, 3), min_size=20, max_size=60), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_both_indices_are_scikit_learns(labels: list[int], seed: int) -> None:
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    other = np.random.default_rng(seed).integers(0, 3, len(labels))
    table = np.zeros((4, 3), np.int64)
    np.add.at(table, (np.array(labels), other), 1)
    assert rand(table) == pytest.approx(adjusted_rand_score(labels, other))
    if len(set(labels)) > 1 and len(set(other.tolist())) > 1:
        assert information(table) == pytest.approx(adjusted_mutual_info_score(labels, other), abs=1e-9)


def _cli(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "personae", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_the_command_line_says_it_in_a_terminal_as_json_and_as_a_page(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "users.csv", index=False)
    _toml(tmp_path / "mary.toml", 'name = "<b>Mary</b>"\norigin = "interviews"\ntraits = ["truth = gold"]\n')
    assert _cli(tmp_path, "compare", "users.csv", "--segments", "truth").returncode == 2
    roles = ["--describe", ",".join(LABELS), "--outcome", "renewed,rich"]
    assert _cli(tmp_path, "run", "users.csv", "--groups", "3", "--worlds", "none", *roles).returncode == 0
    same = ["compare", "users.csv", "--segments", "truth", "--persona", "mary.toml"]
    said = _cli(tmp_path, *same, "--html", "b.html")
    assert said.returncode == 0, said.stderr
    for words in ("Core segment", "from interviews", "adjusted Rand index", "Outcomes of users held out"):
        assert words in said.stdout
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "<b>Mary" not in page
    assert "&lt;b&gt;Mary" in page
    assert not any(u in page for u in FRAME.user_id)
    document = json.loads(_cli(tmp_path, *same, "--json").stdout)
    assert document["believed"][0]["verdict"] == "core segment"
    assert [f["ahead"] for f in document["outcomes"]][1] == "demographics"
    assert _cli(tmp_path, "compare", "users.csv").returncode == 2


@pytest.mark.slow
def test_the_newest_run_of_other_data_is_refused_with_what_to_type(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "users.csv", index=False)
    FRAME.rename(columns={"user_id": "who"}).to_csv(tmp_path / "other.csv", index=False)
    roles = ["--describe", ",".join(LABELS), "--outcome", "renewed,rich", "--id", "user_id"]
    assert _cli(tmp_path, "run", "users.csv", "--groups", "3", "--worlds", "none", *roles).returncode == 0
    no = _cli(tmp_path, "compare", "other.csv", "--segments", "truth", "--id", "who")
    assert no.returncode == 2
    assert "r01" in no.stderr
    assert "personae run other.csv" in no.stderr


@pytest.mark.slow
def test_contracts_of_a_phone_company_against_its_personas() -> None:
    """Requirement 41 on real data: contract length against churn."""
    source = next(real("telco_churn").glob("*.csv"))
    made = personae.run(source, worlds="none", outcome=("Churn",), groups=3)
    found = personae.compare(source, run=made, segments="Contract", outcome=("Churn",))
    assert found.segments is not None
    assert {s.name for s in found.segments.segments} == {"Month-to-month", "One year", "Two year"}
    (churn,) = found.outcomes
    assert churn.segment is not None
    assert churn.segment.low > 0.1
    assert churn.lift is not None
