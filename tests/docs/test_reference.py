"""Everything a user can type or read has its place in the reference."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from personae import plugins
from personae.errors import CODES
from personae.model.study import Study

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])


def _read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_page_of_commands_is_what_help_says() -> None:
    made = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--print"], capture_output=True, text=True, check=True
    ).stdout
    assert _read("reference/commands.md") == made, "run `make docs`"


@pytest.mark.parametrize("field", dataclasses.fields(Study), ids=lambda f: f.name)
def test_every_key_of_a_study_is_documented_with_its_default(field: dataclasses.Field[object]) -> None:
    row = re.search(rf"^\| `{field.name}` \|([^|]*)\|([^|]*)\|", _read("reference/study.md"), re.MULTILINE)
    assert row, f"no row for {field.name}"
    default = "" if field.default is dataclasses.MISSING or field.default in ("", ()) else str(field.default)
    assert row.group(2).strip().strip("`").replace(",", "") == default


@pytest.mark.parametrize("socket", plugins.SOCKETS)
def test_every_plug_is_documented(socket: str) -> None:
    section = _read("reference/plugs.md").partition(f"## {socket}\n")[2].partition("\n## ")[0]
    assert not [name for name in plugins.names(socket) if f"`{name}`" not in section]


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_has_a_page_and_a_line_in_the_index(code: str) -> None:
    assert (DOCS / "reference" / "errors" / f"{code}.md").exists()
    assert f"errors/{code}.md" in _read("reference/errors.md")


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [t.partition("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]
    assert not [t for t in targets if t and not (page.parent / t).exists()]
