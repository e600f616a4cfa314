"""The map of neighbours: only for who asks, silent about few, the same twice, and with its caution."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import personae
from conftest import planted
from personae import Result
from personae.charts.neighbours import neighbours as drawn
from personae.errors import MachineError
from personae.model.evidence import Evidence
from personae.model.plain import noun, plain
from personae.stages import neighbours

USERS, FLOOR = 400, 10


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(users=USERS, groups=3, events=12).log(tmp_path_factory.mktemp("map") / "log.csv")


@pytest.fixture(scope="module")
def made(log: Path) -> Result:
    pytest.importorskip("umap")
    return personae.run(log, id="user_id", groups=3, worlds="none", map="umap")


def test_squares_hold_enough_users_and_the_rest_is_told(made: Result) -> None:
    seen = made.cast.evidence.neighbours
    assert seen is not None and made.cast.evidence.map is not None
    assert min(c.users for c in seen.cells) >= FLOOR
    assert sum(c.users for c in seen.cells) + seen.left_out == seen.users == seen.of == USERS
    assert seen.left_out == 0 or seen.left_out >= FLOOR


def test_the_same_input_gives_the_same_map_and_another_seed_another(made: Result, log: Path) -> None:
    same = personae.run(log, id="user_id", groups=3, worlds="none", map="umap")
    other = personae.run(log, id="user_id", groups=3, worlds="none", map="umap", seed=8)
    assert same.cast.evidence.neighbours == made.cast.evidence.neighbours != other.cast.evidence.neighbours


def test_users_of_a_planted_group_are_next_to_each_other(made: Result) -> None:
    """The nearest other square of a square is of the same persona, for nine of ten users."""
    cells = made.cast.evidence.neighbours.cells
    at = np.array([(c.x, c.y) for c in cells])
    far = ((at[:, None] - at[None]) ** 2).sum(axis=2)
    np.fill_diagonal(far, np.inf)
    alike = [cells[j].persona == c.persona for c, j in zip(cells, far.argmin(axis=1), strict=True)]
    assert {c.persona for c in cells} == {0, 1, 2}
    assert np.average(alike, weights=[c.users for c in cells]) > 0.9
    assert made.cast.evidence.neighbours.kept > 0.3


def test_the_picture_says_first_what_may_not_be_read_off_it(made: Result, tmp_path: Path) -> None:
    chart = drawn(made.cast)
    assert chart is not None and chart.caption.startswith(
        "Read with caution: distances, gaps and the size of a patch mean nothing"
    )
    assert chart.title.startswith("Neighbours kept together: ")
    assert [row[0] for row in chart.rows] == [p.name for p in made.cast.personas]
    page = made.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.index("Read with caution: distances") > page.index("What lies apart here is apart")


def test_a_group_without_a_square_is_named_and_no_group_at_all_needs_none(made: Result) -> None:
    found, last = made.cast.evidence, made.cast.personas[-1]
    fewer = replace(found.neighbours, cells=tuple(c for c in found.neighbours.cells if c.persona != last.index))
    lost = drawn(replace(made.cast, evidence=replace(found, neighbours=fewer)))
    assert lost is not None and f"{last.name} is in no square" in lost.caption and last.name not in [r[0] for r in lost.rows]
    nobody = drawn(replace(made.cast, personas=()))
    assert nobody is not None and [r[0] for r in nobody.rows] == ["everyone"]


def test_a_map_comes_back_from_its_file(made: Result) -> None:
    found = made.cast.evidence
    assert noun(Evidence, plain(found)).neighbours == found.neighbours
    assert noun(Evidence, {k: v for k, v in plain(found).items() if k != "neighbours"}).neighbours is None


def test_without_the_package_the_search_does_not_begin(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "find_spec", lambda _: None)
    with pytest.raises(MachineError) as raised:
        personae.run(log, id="user_id", map="umap")
    assert raised.value.code == "P501" and 'pip install "personae[umap]", or leave --map out' in raised.value.fix
    assert personae.run(log, id="user_id", groups=3, worlds="none").cast.evidence.neighbours is None


def test_who_does_not_ask_loads_neither_the_package_nor_its_compiler(log: Path) -> None:
    asked = f"personae.run({str(log)!r}, id='user_id', groups=3, worlds='none')"
    run = f"import sys, personae; {asked}; print({{'umap', 'numba'}} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True).stdout.strip() == "set()"


def test_a_map_that_does_not_exist_is_refused(log: Path) -> None:
    with pytest.raises(personae.errors.UsageError, match=r"map cannot be .tsne."):
        personae.run(log, id="user_id", map="tsne")
