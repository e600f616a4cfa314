"""The library of actions, and a file that changes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advised import STUDY, product, told
from personae.cli.main import main
from personae.errors import UsageError
from personae.guidance.library import library
from personae.model.library import HORIZONS

NAMED = {
    "quick win": ("guided-start", "segment-emails", "tailored-theme", "custom-dashboard"),
    "medium": ("feature-recommendations", "adaptive-interface", "persona-pricing", "targeted-content"),
    "strategic": ("product-line", "market-expansion", "platform", "business-model"),
}
BARE = '[[entry]]\nid = "a"\ntitle = "t"\ntext = "t"\nsource = "s"\nkind = '
OWN = """
[[entry]]
id = "{id}"
kind = "action"
title = "Sing"
text = "Sing about {{thing}}."
more = ["share"]
metric = "smiles"
horizon = "quick win"
effort = "low"
source = "ours"
"""


def test_the_library_holds_all_that_the_course_names() -> None:
    """Requirements 114, 121, 122a and 124."""
    known = {e.id: e for e in library().entries}
    for horizon, ids in NAMED.items():
        assert all(known[i].horizon == horizon and known[i].needs for i in ids)
    also = (
        "first-success", "beta-tests", "referral", "creator-tools", "trust-signals", "free-trial", "progressive-disclosure",
        "guided-tutorial", "pro-tier", "api-access", "share-buttons", "leaderboards", "community", "mobile", "remove-limits",
    )  # fmt: skip
    assert all(known[i].kind == "action" and known[i].horizon in HORIZONS for i in also)
    principles = ["progressive-complexity", "flexible-paths", "contextual-help", "social-proof", "personal-defaults"]
    assert [e.id for e in library().of("principle")] == principles
    assert all(e.source for e in known.values())


def test_pricing_by_persona_carries_a_caution_of_fairness_and_law() -> None:
    """Requirement 122a."""
    (entry,) = (e for e in library().entries if e.id == "persona-pricing")
    assert "Fairness" in entry.caution and "law" in entry.caution


def test_an_own_entry_comes_first_and_reaches_the_personas(tmp_path: Path) -> None:
    """Requirement 121: editable."""
    path = tmp_path / "own.toml"
    path.write_text(OWN.format(id="sing"))
    assert library(str(path)).entries[0].id == "sing" and len(library(str(path)).entries) == len(library().entries) + 1
    (first, *_) = told(product(), study=replace(STUDY, library=str(path)))
    assert "Sing about sharing lists." in [o.action for o in first.opportunities]


def test_an_entry_of_the_same_id_takes_the_others_place_and_replace_leaves_the_rest_away(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN.format(id="share-buttons"))
    changed = library(str(path)).entries
    assert [e.id for e in changed] == [e.id for e in library().entries]
    assert next(e for e in changed if e.id == "share-buttons").title == "Sing"
    path.write_text("replace = true\n" + OWN.format(id="sing"))
    assert [e.id for e in library(str(path)).entries] == ["sing"] and library(str(path)).share == library().share


def test_the_library_that_is_written_out_is_the_one_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as done:
        main(["export", "--library", "--out", "actions.toml"])
    assert done.value.code == 0 and library("actions.toml") == library()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = ", "not valid TOML"),
        ("colour = 1", "unknown key 'colour'"),
        ("[entry]\nid = 1", "no list"),
        (
            '[[entry]]\nid = "a"\nkind = "action"\ntitle = "t"\ntext = "t"\nsource = "s"\nmetric = "m"\neffort = "low"',
            "no horizon",
        ),
        (BARE + '"deed"', "kind of an entry"),
        (BARE + '"principle"\nmore = "share"', "more of an entry"),
        (BARE + '"experience"', "no surface"),
        ("[smallest]\nshare = 2.0", "smallest share"),
        (OWN.format(id="a") * 2, "two entries 'a'"),
    ],
)
def test_a_mistake_in_a_library_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as wrong:
        library(str(path))
    assert wrong.value.code == "P001" and says in wrong.value.what


def test_a_library_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        library("/nowhere/own.toml")
