"""The data report as a page: what is on it, what never is, and that anybody can read it."""

from __future__ import annotations

import html as escape
import json
import re
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from exporters.test_html import Page

SECRET = ("Quentin Oddname", "q.oddname@example.org", "+49 30 9988776", "VIP-ONLY", "ZZ-0007")
USERS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table with planted faults and canaries, and what check made of it: data.html, check.json."""
    made: Path = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(2)
    rows = ["user_id,full_name,reach,tier,visits,spent,cents,religion,churned"]
    for i in range(USERS):
        odd = i == 7
        name, reach = (SECRET[0], SECRET[1]) if odd else (f"Ann{chr(97 + i % 26)} Bell{chr(97 + i // 26)}", f"c{i}@example.org")
        tier = SECRET[3] if odd else ("free", "pro")[i % 2]
        spent = 87_654_321.5 if odd else round(float(rng.lognormal(3, 0.5)), 2)
        belief, left = ("Catholic", "Muslim", "None")[i % 3], "yes" if rng.random() < 0.3 else "no"
        user = SECRET[4] if odd else f"u{i:04}"
        rows.append(f"{user},{name},{reach},{tier},{rng.poisson(6)},{spent},{round(spent * 100)},{belief},{left}")
    (made / "people.csv").write_text("\n".join([*rows, f"{SECRET[4].lower()},x y,,pro,3,5,500,None,no"]) + "\n")
    log, kinds = ["user_id,event,time"], ["view", "save", "share"]
    for d in range(84):
        day = date(2026, 1, 1) + timedelta(days=d)
        for hour in rng.integers(0, 24, 0 if d == 43 else 30):
            log.append(f"u{rng.integers(0, USERS):04},{rng.choice(kinds)},{day}T{hour:02}:15:00Z")
    (made / "log.csv").write_text("\n".join(log) + "\n")
    call = [sys.executable, "-m", "personae", "check", "people.csv", "log.csv", "--json", "--html", "data.html"]
    done = subprocess.run(call, cwd=made, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (made / "check.json").write_text(done.stdout)
    return made


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return Page((folder / "data.html").read_text(encoding="utf-8"))


def test_the_cover_line_states_the_finding(page: Page) -> None:
    assert re.search(r"No finding stops a run; \d+ are worth a look", page.text)


def test_every_column_has_its_row_with_picture_use_and_why(page: Page) -> None:
    """EXPERIENCE §8: the data page."""
    for words in ("visits", "forms groups", "what users do or have", "churned", "outcome"):
        assert words in page.text
    drawn = [a["aria-label"] for a in page.all("svg") if a.get("class") == "strip"]
    assert {a.partition(":")[0] for a in drawn} == {"visits", "spent", "cents"}
    assert all("%" in a for a in drawn)


def test_the_page_names_what_was_planted(page: Page) -> None:
    for words in (
        '"spent" and "cents" are in the same order', '"religion" says who people are', "holds 300 mail addresses",
        "1 day of log.csv has no event: 2026-02-13", "The largest values of",
    ):  # fmt: skip
        assert words in page.text


def test_no_value_of_a_person_and_no_id_is_on_the_page_or_in_the_document(folder: Path) -> None:
    """EXP-03, ING-22, SEC-01."""
    source = escape.unescape((folder / "data.html").read_text(encoding="utf-8"))
    for secret in SECRET:
        assert secret.lower() not in source.lower()
    assert not re.search(r"u0\d{3}\b|@example|87[ ,.]?654|8\.8e\+?7", source)
    document = (folder / "check.json").read_text()
    assert not [s for s in SECRET[:3] if s in document]


def test_no_share_on_the_page_stands_for_fewer_than_ten(page: Page) -> None:
    """EXP-03: the one user of a rare tier goes with the others, and nothing can be worked out from the rest."""
    assert "all others" not in page.text or "VIP" not in page.text
    drawn = " ".join(a["aria-label"] for a in page.all("svg") if a.get("role") == "img")
    shares = [float(s) for s in re.findall(r"(?<![\d.])(\d+(?:\.\d+)?) %", drawn)]
    assert min(s for s in shares if s) >= 3  # ten of 300


def test_the_page_is_whole_offline_and_says_so(folder: Path, page: Page) -> None:
    """EXP-06."""
    source = (folder / "data.html").read_text(encoding="utf-8")
    assert "<script" not in source
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", source)
    assert "default-src 'none'" in source
    assert page.open == []
    assert len(source) < 400_000


def test_the_page_can_be_read_without_seeing_it(page: Page) -> None:
    """EXPERIENCE §7: pictures have words, tables have heads, scrolling parts can be reached by keys."""
    for svg in page.all("svg"):
        assert svg.get("aria-hidden") == "true" or svg.get("aria-label")
    assert all("scope" in th for th in page.all("th"))
    assert all(d.get("tabindex") == "0" and d.get("aria-label") for d in page.all("div") if d.get("class") == "scroll")
    targets = {a["href"].lstrip("#") for a in page.all("a")}
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    assert targets <= ids
    headings = [int(t[1]) for t, _ in page.tags if re.fullmatch("h[1-6]", t)]
    assert headings.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(headings))


def test_the_document_holds_all_findings_and_the_keys_that_were_there(folder: Path) -> None:
    document = json.loads((folder / "check.json").read_text())
    assert {"tables", "matches", "window", "users", "measures", "events", "left_out", "findings", "passed", "pairs"} <= {
        *document
    }
    assert document["stops"] == 0
    gap = next(f for f in document["findings"] if f["kind"] == "gap")
    assert gap["numbers"][0] == {"value": 1, "unit": "day", "base": 0}
    assert {c["name"]: c["examples"] for c in document["tables"][0]["columns"]}["full_name"] == ["(personal, not shown)"]


def test_the_same_data_give_the_same_page(folder: Path) -> None:
    call = [sys.executable, "-m", "personae", "check", "people.csv", "log.csv", "--html", "again.html", "--quiet"]
    assert subprocess.run(call, cwd=folder).returncode == 0
    assert (folder / "again.html").read_bytes() == (folder / "data.html").read_bytes()


def test_a_page_that_is_there_is_kept(folder: Path) -> None:
    call = [sys.executable, "-m", "personae", "check", "people.csv", "--html", "data.html"]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--overwrite" in done.stderr
