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


def test_pages_made_from_the_code_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(DOCS / "generate.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, f"run `make docs`: {done.stdout}{done.stderr}"


def test_every_command_is_documented() -> None:
    from personae.cli.help import COMMANDS, family

    page = _read("reference/commands.md")
    assert not [n for n in (*COMMANDS, *family()) if f"## personae {n}\n" not in page]


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Study)])
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `{name}` |" in _read("reference/study.md")


@pytest.mark.parametrize("socket", plugins.SOCKETS)
def test_every_plug_is_documented(socket: str) -> None:
    section = _read("reference/plugs.md").partition(f"## {socket}\n")[2].partition("\n## ")[0]
    typed = [n.replace("_", "-") if socket == "methods" else n for n in plugins.names(socket)]
    assert not [name for name in typed if f"`{name}`" not in section]


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_has_a_page_and_a_line_in_the_index(code: str) -> None:
    assert (DOCS / "reference" / "errors" / f"{code}.md").exists()
    assert f"errors/{code}.md" in _read("reference/errors.md")


def test_a_requirement_that_is_done_names_its_test() -> None:
    rows = re.findall(r"^\| (\d+[a-z]?) \|[^|]*\| (\w+) \|([^|]*)\|$", _read("requirements.md"), re.MULTILINE)
    assert {n for n, *_ in rows} >= {str(i) for i in range(1, 148)}
    assert {state for _, state, _ in rows} == {"done", "partly", "later"}
    assert not [n for n, state, tests in rows if state == "done" and not tests.strip()]


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [t.partition("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]
    assert not [t for t in targets if t and not (page.parent / t).exists()]


CITED = re.compile(r"([A-Z][a-z]\w+)[\w ,&.']*? (1[89]\d\d|20\d\d)")


@pytest.mark.parametrize("name", plugins.names("methods"))
def test_every_method_is_cited_where_it_is_explained(name: str) -> None:
    """Requirement 63: the papers that a method's own file names, by first author and year."""
    pages = " ".join((_read("how-to/choose-the-method.md") + _read("how-to/trees-and-density.md")).split())
    said = str(plugins.find("methods", name).__doc__).partition("\n")[0]
    papers = CITED.findall(said)
    assert papers
    assert not [(who, year) for who, year in papers if not re.search(rf"\b{who}\b[\w ,&.']* {year}", pages)]


def test_criteria_are_cited_where_they_are_explained() -> None:
    """Requirement 63: the silhouette as well."""
    assert "Rousseeuw 1987 (silhouette)" in " ".join(_read("explanation/how-personae-decides.md").split())
