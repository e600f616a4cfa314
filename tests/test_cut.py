"""Another number of groups from a finished run, its kin, and the list of users in none: through the public command."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from conftest import real

pytestmark = pytest.mark.slow


def personae(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "personae", *words], cwd=folder, capture_output=True, text=True, check=False)


def written(path: Path, x: np.ndarray) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("user_id", "x", "y"), *((f"u{i}", *map(float, r)) for i, r in enumerate(x))])
    return path


def cut(folder: Path, groups: int) -> dict[str, tuple[str, str]]:
    done = personae(folder, "export", "--cut", str(groups), "--out", f"cut{groups}.csv", "--overwrite")
    assert done.returncode == 0, done.stderr
    with (folder / f"cut{groups}.csv").open() as file:
        return {r["id"]: (r["group"], r["persona"]) for r in csv.DictReader(file)}


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mall")
    file = real("mall_customers") / "mall_customers.csv"
    done = personae(folder, "run", str(file), "--group-by", "income,score", "--method", "ward", "--out", "run")
    assert done.returncode == 0, done.stderr
    return folder


def test_the_cut_is_moved_in_the_file_without_the_data(mall: Path) -> None:
    """Requirements 66, 67, 69: three and ten from one run, strictly nested in each other and in the run's own groups."""
    three, ten = cut(mall, 3), cut(mall, 10)
    assert len(three) == len(ten) == 200
    inside = [u for u in ten if ten[u][0]]
    assert {ten[u][0] for u in inside} == {str(i) for i in range(1, 11)}
    assert {three[u][0] for u in inside} == {"1", "2", "3"}
    assert len({(ten[u][0], three[u][0]) for u in inside}) == 10
    assert len({ten[u] for u in inside}) == 10, "each group of ten lies in one persona"
    assert len({(three[u][0], three[u][1]) for u in inside}) == 5, "each persona lies in one group of three"


def test_a_number_the_tree_does_not_have_is_refused_with_those_it_has(mall: Path) -> None:
    done = personae(mall, "export", "--cut", "99", "--out", "no.csv")
    assert done.returncode == 2
    assert "2 to 11 groups, not 99" in done.stderr and "--cut 11" in done.stderr
    for low in ("1", "0", "-2"):
        done = personae(mall, "export", "--cut", low, "--out", "no.csv")
        assert done.returncode == 2 and f"not {low}" in done.stderr and "--cut 2" in done.stderr
    assert not (mall / "no.csv").exists()


def test_each_persona_has_its_nearest_and_the_height_at_which_they_merge(mall: Path) -> None:
    """Requirement 68."""
    kin = json.loads((mall / "run" / "evidence.json").read_text())["kinship"]
    assert len(kin["nearest"]) == len(kin["heights"]) == 5
    assert min(kin["heights"]) == pytest.approx(kin["tree"]["heights"][0])
    assert kin["tree"]["heights"] == sorted(kin["tree"]["heights"])
    assert "would merge first" in (mall / "run" / "report.html").read_text()


def test_the_report_moves_the_line_without_script(mall: Path) -> None:
    """Requirement 67: one radio button, one line and one list of sizes for every number; that of the run is set."""
    page = (mall / "run" / "report.html").read_text()
    part = page[page.index('id="cut"') : page.index("every number that was tried")]
    numbers = [int(n) for n in re.findall(r'type="radio" name="cut" id="cut-(\d+)"', part)]
    assert numbers == list(range(2, 12))
    assert part.count('<line class="at"') == part.count("<ol>") == len(numbers)
    assert re.findall(r'id="cut-(\d+)" checked', part) == ["5"]
    lists = [len(re.findall("<li>", one)) for one in re.findall("<ol>.*?</ol>", part, re.DOTALL)]
    assert lists == numbers
    places = [float(x) for x in re.findall(r'<line class="at" x1="([\d.]+)"', part)]
    assert places == sorted(places, reverse=True), "more groups, further left"
    assert "<script" not in page


def test_personas_of_any_method_can_be_joined(tmp_path: Path) -> None:
    """Requirement 68: k-means builds no tree; its personas are joined whole, and finer cuts are refused with what to type."""
    x, _ = make_blobs([100] * 4, centers=np.array([[0, 0], [3, 0], [20, 20], [24, 20]]), cluster_std=0.4, random_state=1)
    written(tmp_path / "x.csv", x)
    assert personae(tmp_path, "run", "x.csv", "--group-by", "x,y", "--groups", "4", "--out", "run").returncode == 0
    two = cut(tmp_path, 2)
    assert len({v for v in two.values() if v[0]}) == 4
    assert len({v[0] for v in two.values() if v[0]}) == 2
    near = {u: two[u][0] for u in (f"u{i}" for i in range(400)) if two[u][0]}
    low = {near[f"u{i}"] for i in range(400) if f"u{i}" in near and x[i, 0] < 10}
    assert len(low) == 1, "the two near each other are joined"
    assert "--method ward" in personae(tmp_path, "export", "--cut", "6", "--out", "no.csv").stderr


def test_moons_by_kmeans_warn_and_name_the_density_method(tmp_path: Path) -> None:
    """Requirement 99."""
    written(tmp_path / "moons.csv", make_moons(700, noise=0.06, random_state=1)[0])
    done = personae(tmp_path, "run", "moons.csv", "--group-by", "x,y", "--method", "kmeans", "--out", "run")
    assert "2 dense regions that are not round" in done.stderr
    assert "--method hdbscan" in done.stderr
    assert "dense regions that are not round" in (tmp_path / "run" / "report.html").read_text()


def test_round_groups_raise_no_such_warning(tmp_path: Path) -> None:
    x, _ = make_blobs([200] * 3, centers=np.array([[0, 0], [8, 0], [4, 7]]), random_state=2)
    written(tmp_path / "x.csv", x)
    done = personae(tmp_path, "run", "x.csv", "--group-by", "x,y", "--method", "kmeans", "--out", "run")
    assert "not round" not in done.stderr


def test_moons_by_auto_are_told_apart_by_density(tmp_path: Path) -> None:
    """Requirement 99."""
    written(tmp_path / "moons.csv", make_moons(700, noise=0.06, random_state=1)[0])
    done = personae(tmp_path, "run", "moons.csv", "--group-by", "x,y", "--out", "run")
    assert done.returncode == 0
    assert json.loads((tmp_path / "run" / "evidence.json").read_text())["chosen"] == "hdbscan"


def test_groups_of_unlike_density_are_told_and_hdbscan_named(tmp_path: Path) -> None:
    """Requirements 71, 73, 75, and 74: the list of users in no group."""
    rng = np.random.default_rng(1)
    dense = [rng.normal(c, 0.15, (300, 2)) for c in ([0, 0], [1.2, 0])]
    sparse = [rng.normal(c, 1.3, (250, 2)) for c in ([8, 8], [14, 2])]
    written(tmp_path / "x.csv", np.vstack([*dense, *sparse]))
    done = personae(tmp_path, "run", "x.csv", "--group-by", "x,y", "--method", "dbscan", "--out", "run")
    assert "the groups differ in density" in done.stderr
    assert "--method hdbscan" in done.stderr
    reach = json.loads((tmp_path / "run" / "evidence.json").read_text())["reach"]
    assert len(reach["panel"]) >= 4
    assert len(reach["curve"]) == 60
    assert reach["used"] == reach["suggested"]
    with (tmp_path / "run" / "private" / "nobody.csv").open() as file:
        nobody = list(csv.DictReader(file))
    with (tmp_path / "run" / "users.csv").open() as file:
        outside = {r["id"] for r in csv.DictReader(file) if r["kind"] == "outside"}
    assert {r["id"] for r in nobody} == outside
    assert len(outside) >= 10
    far = [r for r in nobody if r["reason"] == "too far from every group"]
    assert all(r in far or r["reason"].startswith("like no group") for r in nobody) and len(far) > 0.8 * len(nobody)
    assert f"{len(far)} too far from every group" in (tmp_path / "run" / "report.html").read_text()
    assert personae(tmp_path, "export", "--nobody", "--out", "n.csv").returncode == 0
    with (tmp_path / "n.csv").open() as file:
        assert {r["id"] for r in csv.DictReader(file)} == outside
