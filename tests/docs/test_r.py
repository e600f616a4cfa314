"""The results are readable in R: the page's own snippet, run by R where there is one (requirement 89)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import personae
from conftest import ROOT
from personae.sample import write

PAGE = ROOT / "docs" / "how-to" / "r.md"


def _has_r() -> bool:
    told = shutil.which("Rscript")
    return bool(told) and not subprocess.run([str(told), "-e", "library(jsonlite)"], capture_output=True).returncode


@pytest.mark.slow
@pytest.mark.skipif(not _has_r(), reason="needs R with the package jsonlite")
def test_r_reads_every_user_and_setting(tmp_path: Path) -> None:
    write(tmp_path / "shop")
    found = personae.run(tmp_path / "shop" / "events.csv", allow_rejects=10)
    found.save(tmp_path / "found")
    snippet = re.search(r"^```r\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert snippet is not None
    (tmp_path / "read.R").write_text(snippet[1], encoding="utf-8")
    done = subprocess.run(["Rscript", "read.R"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"verdict {found.verdict.kind} - groups {found.verdict.groups} - seed 7" in done.stdout
    for persona in found.personas:
        assert re.search(rf"{re.escape(persona.name[:12])}", done.stdout)
        assert str(persona.users) in done.stdout
