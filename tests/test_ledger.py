"""Every sentence in one list, and the same sentences in the words for a reader."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

import cast_builder
from described import shop
from exporters import worlds
from personae import plugins
from personae.claims.ledger import ledger
from personae.claims.settle import refusals
from personae.model.cast import Cast
from personae.model.evidence import Candidate
from personae.model.persona import Claim
from personae.model.sheet import Heading, Sheet
from personae.report.sheets import ledger as table
from personae.stages.reword import reword
from personae.words.catalogue import READERS

WRONG = Claim("Churn: 99 % of them.", "M", ("P1.m3.share",))


@pytest.fixture(scope="module")
def cast() -> Cast:
    """A described shop of four groups as a finished cast."""
    world = shop(users=800, seed=2)
    made = cast_builder.cast()
    final = Candidate("kmeans", 4, 0.4, 0.1, 0.513, 0.49, 0.53, stability=0.874)
    verdict = replace(made.evidence.verdict, groups=4)
    evidence = replace(made.evidence, verdict=verdict, candidates=(final,), chosen="kmeans", borders=())
    return replace(made, profiles=world.profiles, facts=world.facts, personas=world.personas, evidence=evidence)


def test_the_ledger_lists_every_claim_and_each_holds(cast: Cast) -> None:
    found = ledger(cast)
    assert len(found) > 60 and all(e.holds for e in found)
    told = [c for p in cast.personas for c in (p.tagline, *p.story, *p.traits, *p.outcomes, *p.demographics) if c.text]
    assert {e.claim for e in found} >= set(told)


def test_a_claim_that_does_not_hold_says_why_wherever_it_stands(cast: Cast) -> None:
    first = replace(cast.personas[0], story=(WRONG,))
    sheet = Sheet("x", "X", "x", (Heading("a"),), ((replace(WRONG, text="Churn: 98 % of them."),), ("text",)), "use")
    found = ledger(replace(cast, personas=(first, *cast.personas[1:])), (sheet,))
    bad = [(e.persona, e.part) for e in found if not e.holds]
    assert bad == [("P1", "story"), ("P1", "sheet x")]


def test_the_ledger_is_a_table_of_its_own_that_no_report_shows(cast: Cast) -> None:
    made = table.ledger(cast)
    assert made is not None and made.part == "file" and made.title.startswith("All")
    assert [h.name for h in made.headings] == ["persona", "name", "part", "grade", "from", "sentence", "facts", "check"]
    assert {row[-1] for row in made.rows} == {"holds"}
    assert table.ledger(cast_builder.nothing()) is None


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_gets_the_same_facts_and_each_sentence_holds(cast: Cast, reader: str) -> None:
    made = reword(cast, reader)
    assert refusals(made.personas, made.facts) == ()
    for old, new in zip(cast.personas, made.personas, strict=True):
        assert (old.name, old.users, len(old.traits)) == (new.name, new.users, len(new.traits))
        assert {i for c in old.story for i in c.facts} <= {i for c in new.story for i in c.facts}


def test_a_manager_reads_round_numbers_and_an_analyst_the_terms(cast: Cast) -> None:
    story = {reader: " ".join(c.text for c in reword(cast, reader).personas[0].story) for reader in READERS}
    assert re.search(r"about (?:\d in 10|half)", story["manager"]) and "interval" not in story["manager"]
    assert "95 % interval" in story["researcher"] and "n = " in story["researcher"]
    assert "silhouette is 0.51 and the adjusted Rand index between resamples 0.87" in story["analyst"]
    assert "Jaccard" in story["analyst"] and "Holm-corrected p" in story["analyst"]


def test_what_a_person_hid_stays_hidden_in_other_words(cast: Cast) -> None:
    first = cast.personas[0]
    hidden = first.traits[0].facts[0]
    bare = replace(
        first,
        tagline=replace(first.tagline, text="", facts=()),
        difference=None,
        story=tuple(c for c in first.story if hidden not in c.facts),
        traits=first.traits[1:],
    )
    made = reword(replace(cast, personas=(bare, *cast.personas[1:])), "researcher").personas[0]
    assert not any(hidden in c.facts for c in (made.tagline, *made.story, *made.traits))


FIGURE = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?")


def test_every_number_on_a_card_stands_in_a_claim_or_a_table_of_facts(tmp_path: Path) -> None:
    """Acceptance check 7: nothing on a card is without evidence behind it."""
    made = worlds.natural()
    page = plugins.find("exporters", "html").export(made, tmp_path / "report.html").read_text(encoding="utf-8")
    section = page[page.index('id="personas"') : page.index("</section>", page.index('id="personas"'))]
    section = re.sub(r"<svg.*?</svg>", " ", section, flags=re.S)
    inside = re.sub(r"<details.*?</details>", " ", section, flags=re.S)
    visible = set(FIGURE.findall(html.unescape(re.sub(r"<[^>]+>", " ", inside)).replace("\u00a0", " ")))
    tables = html.unescape(re.sub(r"<[^>]+>", " ", " ".join(re.findall(r"<table.*?</table>", page, flags=re.S))))
    said = " ".join(e.claim.text for e in ledger(made))
    backed = set(FIGURE.findall(tables)) | set(FIGURE.findall(said)) | {p.name for p in made.personas}
    named = {n for p in made.personas for n in FIGURE.findall(p.name)}
    assert len(visible) > 20
    assert visible <= backed | named, sorted(visible - backed - named)
    assert section.count("<summary>") >= 2 * len(made.personas)


def test_every_sentence_on_the_page_opens_its_evidence(tmp_path: Path) -> None:
    """Acceptance check 7: a sentence that cites facts stands again in a table with them, behind a summary that keys reach."""
    made = worlds.natural()
    page = plugins.find("exporters", "html").export(made, tmp_path / "report.html").read_text(encoding="utf-8")

    def plain(source: str) -> str:
        return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", source)).replace("\u00a0", " "))

    opened = [plain(row) for row in re.findall(r'<tr class="claim">(.*?)</tr>', page, flags=re.S)]
    shown = plain(re.sub(r"<details.*?</details>", "", page, flags=re.S))
    told = [
        e.claim.text for e in ledger(made) if e.claim.facts and plain(e.claim.text) in shown and "opportunity" not in e.part
    ]
    assert len(told) > 20
    assert [text for text in told if not any(plain(text) in row for row in opened)] == []
