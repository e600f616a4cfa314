"""The times of methods are measured by a script that stands beside the claims, and it works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from conftest import ROOT
from personae import plugins


def _timed(*asked: str) -> str:
    command = [sys.executable, str(ROOT / "benchmarks" / "methods.py"), *asked]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


def test_every_method_is_timed_at_every_size_and_drawn(tmp_path: Path) -> None:
    """Requirement 86: no formula is claimed without a measurement."""
    picture = tmp_path / "methods.png"
    said = _timed("--sizes", "100,150,220,330", "--plot", str(picture))
    rows = {line.split("|")[1].strip(): [c.strip() for c in line.split("|")[2:7]] for line in said.splitlines()}
    assert set(rows) == {"method", "k-means, seconds", *plugins.names("methods")}
    assert rows["method"][:4] == ["100", "150", "220", "330"]
    for name in ("kmeans", "ward", "gmm"):
        assert all(re.fullmatch(r"\d+\.\d", cell) for cell in rows[name][:4]), rows[name]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_a_sample_and_fewer_directions_save_is_printed() -> None:
    """Requirement 85: with and without principal components, and what becomes of the groups."""
    lines = _timed("--sample", "21000").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["reduce=auto", "reduce=auto", "reduce=4", "reduce=4"]
    sampled, batches = lines[::2], lines[1::2]
    assert all("sample" in line and float(line.rpartition("ARI ")[2]) > 0.95 for line in sampled)
    assert all("mini-batch" in line and float(line.rpartition("ARI ")[2]) > 0.5 for line in batches)
