"""What models promise: the same groups however the data are written, and nothing where there is nothing to say (MOD-05 to
MOD-16)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import personae
from conftest import planted


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
    first = partition(frame(), worlds="none")
    assert len({key for key, _ in first.values()}) >= 3
    for seed in range(1, 21):
        assert partition(frame(seed), worlds="none") == first


@pytest.fixture(scope="module")
def table() -> personae.Result:
    return personae.run(personae.read(frame(), id="user_id"))


@pytest.mark.slow
def test_a_constant_other_names_and_copies_of_columns_move_nobody() -> None:
    """MOD-16."""
    first = partition(frame())
    data = frame()
    again = {
        "a constant": data.assign(app="web"),
        "other names": data.rename(columns={"visits": "zz", "spend": "aa", "shelf": "b"}),
        "copies": data.assign(**{f"{c} again": data[c] for c in ("visits", "spend", "minutes", "noise")}),
    }
    places = {what: {u: margin for u, (_, margin) in partition(d).items()} for what, d in again.items()}
    assert places == {what: {u: margin for u, (_, margin) in first.items()} for what in again}


def test_columns_shuffled_each_on_its_own_give_no_personas() -> None:
    """MOD-01."""
    rng, data = np.random.default_rng(2), frame().drop(columns="shelf")
    for column in data.columns[1:]:
        data[column] = rng.permutation(data[column].to_numpy())
    result = personae.run(personae.read(data.assign(minutes=data.minutes.fillna(0.5)), id="user_id"))
    assert (result.verdict.kind, result.personas) == ("nothing", ())


@pytest.mark.parametrize(("rows", "columns", "flat"), [(5, 3, False), (12, 40, False), (17, 2, False), (300, 4, True)])
def test_too_few_users_and_flat_data_end_with_what_is_missing(rows: int, columns: int, flat: bool) -> None:
    """MOD-05, MOD-06: few users, more columns than users, fewer different users than groups, all rows equal."""
    x = np.random.default_rng(3).integers(0, 3, (rows, columns)).astype(float) if not flat else np.ones((rows, columns))
    data = pd.DataFrame(x, columns=[f"m{j}" for j in range(columns)])
    data.insert(0, "user_id", [f"u{i}" for i in range(rows)])
    with pytest.raises(personae.errors.DataError) as error:
        personae.run(personae.read(data, id="user_id", groups="10" if rows == 17 else "auto"))
    assert error.value.exit_code == 3
    assert ("no column" if flat else f"{rows} of {rows}") in error.value.what


@pytest.mark.slow
def test_four_people_who_are_a_group_of_their_own_are_never_published() -> None:
    """MOD-09."""
    data = frame().drop(columns="shelf")
    data.loc[:3, ["visits", "spend", "minutes", "noise"]] = 60.0
    result = personae.run(personae.read(data, id="user_id"))
    assert min(p.users for p in result.personas) >= 10
    alone = list(result.users[result.users["id"].isin([f"u{i}" for i in range(4)])]["persona"])
    assert all(p is None for p in alone) or len(set(alone)) == 1


def test_a_point_half_way_has_no_margin_and_memberships_sum_to_one(table: personae.Result) -> None:
    """MOD-11."""
    from personae.rule import distances, soft, to_personas

    rule = table.cast.rule
    assert rule is not None
    middle = (rule.prototypes[rule.owner == 0].mean(axis=0) + rule.prototypes[rule.owner == 1].mean(axis=0)) / 2
    d = to_personas(distances(middle[None, :], rule.prototypes), rule.owner, rule.size)
    shares = np.sort(soft(d, rule.spread)[0])[::-1]
    assert shares.sum() == pytest.approx(1.0)
    assert shares[0] - shares[1] < 0.05


def test_every_persona_is_looked_for_in_other_worlds(table: personae.Result) -> None:
    """R98, R133: methods, preparations, empty cells and twenty seeds, each persona by its best Jaccard."""
    from personae.report.firmness import firmness

    found = table.cast.evidence.worlds
    assert found is not None
    assert {"method", "preparation", "empty cells", "seed"} <= {w.kind for w in found.worlds}
    assert len(found.of("seed")) == 19
    assert found.seeds is not None and found.seeds > 0.9
    assert all(len(w.jaccard) == len(table.personas) for w in found.worlds)
    assert all(0 <= j <= 1 for w in found.worlds for j in w.jaccard if j is not None)
    assert "any two groupings agree 100 in 100, and every group is there with each." in firmness(table.cast).seeds
    assert all(p.name in str(table.charts["worlds"]) for p in table.personas)


def test_a_group_that_rests_on_a_choice_says_so() -> None:
    """R98, R133: groups that differ in what they do are gone where counts are not weighed."""
    from personae.model.study import Study
    from personae.stages.choose import choose
    from personae.words.worlds import killers, life

    _, evidence = choose(planted(users=900, groups=4, events=24).features(), Study(sources=()))
    found = evidence.worlds
    assert found is not None
    assert len(found.of("activity")) == 1
    assert "when counts are not weighed" in killers(found, 0)
    assert life(found, 0).endswith("gone when counts are not weighed")


def test_overlaps_are_jaccards_by_hand() -> None:
    """R98: two groups of four; the other grouping moves one user."""
    from personae.stages.worlds import overlaps

    ours = np.array([0, 0, 0, 0, 1, 1, 1, 1], np.int32)
    theirs = np.array([5, 5, 5, 2, 2, 2, 2, 2], np.int32)
    assert overlaps(ours, theirs, 2, 1) == (3 / 4, 4 / 5)
    assert overlaps(ours[:5], theirs[:5], 2, 2) == (3 / 4, None)


@pytest.mark.parametrize("kind", ["planted", "nothing", "forced"])
def test_limits_name_what_this_run_could_not_do(kind: str, table: personae.Result) -> None:
    """R102."""
    from personae.report.limits import limits

    result = table
    if kind != "planted":
        noise = pd.DataFrame(np.random.default_rng(1).standard_normal((120, 8)), columns=list("abcdefgh"))
        noise.insert(0, "user_id", [f"u{i}" for i in range(120)])
        result = personae.run(personae.read(noise, id="user_id", force=kind == "forced"))
    said = " ".join(limits(result.cast))
    assert "The data say what was done, not why." in said
    if kind == "planted":
        assert any(p.name in said for p in result.personas)
    else:
        assert "120 users for 8 directions: fewer than 70 for each" in said
        assert (
            "2 groups were drawn by order" if kind == "forced" else "Nothing was found among 120 users by 8 measures"
        ) in said


@pytest.mark.slow
def test_habits_of_half_the_time_are_a_world_where_all_worlds_are_wanted(tmp_path: Path) -> None:
    """R98: the planted groups are there in both halves; users and order stay the same."""
    path = planted(users=400, groups=3, events=10, seed=8, activity=80).log(tmp_path / "events.csv")
    plain, full = personae.run(str(path)), personae.run(personae.read(str(path), worlds="all"))
    found = full.cast.evidence.worlds
    assert found is not None
    assert plain.users.equals(full.users)
    assert plain.cast.warnings == full.cast.warnings
    halves = found.of("window")
    assert [w.words for w in halves] == ["in the first half of the time", "in the second half of the time"]
    assert all(w.agreement > 0.8 for w in halves)


def test_worlds_can_be_left_out() -> None:
    result = personae.run(personae.read(frame().head(120), id="user_id", worlds="none"))
    assert result.cast.evidence.worlds is None
    assert "worlds" not in result.charts


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals work otherwise there")
@pytest.mark.parametrize("moment", [2.0, 3.0, 4.5])
def test_ctrl_c_at_any_moment_ends_the_run_and_leaves_the_record_as_it_was(moment: float, tmp_path: Path) -> None:
    """MOD-13."""
    planted(users=6000, groups=4, events=30, seed=8).log(tmp_path / "events.csv")
    command = [sys.executable, "-m", "personae", "run", "events.csv", "--plain"]
    work = subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    time.sleep(moment)
    began = time.monotonic()
    work.send_signal(signal.SIGINT)
    work.communicate(timeout=30)
    assert (work.returncode, time.monotonic() - began < 5) == (130, True)
    assert not (tmp_path / "reports").exists() or not any((tmp_path / "reports").iterdir())


def test_the_steadiness_of_the_number_taken_is_one_number_everywhere(table: personae.Result) -> None:
    """MOD-08: the summary, the table of everything tried and the votes rest on the same samples."""
    from personae.cli import summary

    evidence = table.cast.evidence
    taken = next(c for c in evidence.candidates if (c.method, c.size) == (evidence.chosen, evidence.verdict.groups))
    assert taken.stability is not None
    assert taken.jaccard and sorted(taken.jaccard) == sorted(evidence.steadiness)
    assert f"steady {100 * taken.stability:.0f} in 100" in " ".join(" ".join(summary.groups(table.cast)).split())
