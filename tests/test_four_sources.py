"""Product analytics, CRM, app log and survey as one study (requirement 42)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest

from conftest import World, planted
from exported import EVENTS
from personae import flow
from personae.model.features import Features
from personae.model.study import Study
from personae.model.table import Table


@pytest.fixture(scope="module")
def world() -> World:
    return planted(users=60, groups=2, events=6, activity=20)


@pytest.fixture(scope="module")
def measured(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Table, ...], Features]:
    """Four files whose people overlap in part, each with an id column of its own name, and what came of them."""
    folder = tmp_path_factory.mktemp("four")
    export = EVENTS["amplitude"](world, folder)
    people = [*world.ids[5:], "new-1", "new-2", "new-3"]
    crm = [("customer_id", "company_size", "lifetime_value")]
    crm += [(p, str(10 + 7 * (i % 9)), f"{i * 1.25:.2f}") for i, p in enumerate(people)]
    survey = [("respondent_id", "recommend")] + [(p, str(i % 11)) for i, p in enumerate(world.ids[:40])]
    for name, rows in (("crm.csv", crm), ("survey.csv", survey)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    with (folder / "app.jsonl").open("w", encoding="utf-8") as file:
        for i, p in enumerate(world.ids[:30]):
            for n in range(1 + i % 3):
                row = {"member_id": p, "action": f"screen {n}", "time": f"2026-04-{1 + n:02d}T08:00:00Z"}
                file.write(json.dumps(row) + "\n")
    sources = (str(export), *(str(folder / n) for n in ("crm.csv", "app.jsonl", "survey.csv")))
    tables, features = flow.measured(Study(sources=sources))
    return folder, tables, features


def test_every_row_of_the_four_is_accounted_for(world: World, measured: tuple[Path, tuple[Table, ...], Features]) -> None:
    _, tables, features = measured
    assert [t.seen - t.used - t.set_aside - t.folded for t in tables] == [0, 0, 0, 0]
    assert [t.used for t in tables[1:]] == [58, sum(1 + i % 3 for i in range(30)), 40]
    assert len(features) == 63, "60 of the export, and three that only the CRM knows"
    counts = features.counts
    assert counts is not None
    assert counts.matrix[:, [counts.events.index(e) for e in world.events]].sum() == world.counts.sum()


def test_the_match_report_says_who_is_in_both_in_one_and_who_has_several_rows(
    measured: tuple[Path, tuple[Table, ...], Features],
) -> None:
    _, tables, features = measured
    export, crm, app, survey = (t.source for t in tables)
    found = {(m.left, m.right): (m.both, m.only_left, m.only_right) for m in features.matches}
    assert found[export, crm] == (55, 5, 3)
    assert found[export, app] == (30, 30, 0)
    assert found[export, survey] == (40, 20, 0)
    assert found[crm, survey] == (35, 23, 5)
    (m,) = [m for m in features.matches if (m.left, m.right) == (crm, app)]
    assert (m.several_left, m.several_right) == (0, 20)


def test_columns_of_the_crm_equal_sql(measured: tuple[Path, tuple[Table, ...], Features]) -> None:
    """Requirement 44: purchase history, lifetime value and company size, for each person."""
    folder, _, features = measured
    rows = duckdb.sql(f"SELECT customer_id, company_size, lifetime_value FROM read_csv('{folder / 'crm.csv'}')").fetchall()
    at = {id: i for i, id in enumerate(features.ids.to_pylist())}
    for position, name in ((1, "company_size"), (2, "lifetime_value")):
        wanted = np.full(len(features), np.nan)
        for row in rows:
            wanted[at[row[0]]] = row[position]
        np.testing.assert_array_equal(features.measure(name).values, wanted)
