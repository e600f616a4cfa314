"""The deck says what the report says on exactly five slides, fits, opens, and holds nothing but aggregates."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

from exporters import worlds
from personae.exporters import pptx
from personae.model.cast import Cast
from personae.model.dossier import Dossier
from personae.model.journey import Journeys, Step
from personae.model.persona import Claim, Opportunity
from personae.model.rule_card import Cut, Portion, RuleCard
from personae.report.page import page


def _texts(slide: Any) -> list[str]:
    found = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            found.append(shape.text_frame.text)
        if shape.has_table:
            found += [c.text for r in shape.table.rows for c in r.cells]
        if shape.has_chart:
            found += [str(c) for c in shape.chart.plots[0].categories]
    return found


def _members(blob: bytes) -> dict[str, bytes]:
    """Every member of a file, those of the workbooks inside it as well."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(blob)) as z:
        for name in z.namelist():
            body = z.read(name)
            found |= {f"{name}!{n}": b for n, b in _members(body).items()} if name.endswith(".xlsx") else {name: body}
    return found


def _planned() -> Cast:
    """Five kinds of customers; two have something that could be done for them."""
    cast = worlds.natural()

    def plan(key: str, title: str, horizon: str) -> tuple[Opportunity, ...]:
        claim = Claim("38 % leave at delivery, against 22 % of everyone.", "M", (f"{key}.orders",))
        test = "Half of them see it for four weeks."
        said = (title, claim, "Show it earlier.", "share that pays", horizon, "low", "checkout team", test)
        return (Opportunity(f"{key}.{title}", "entry", "drop-off", *said),)

    told = {0: plan("P1", "Delivery slots before the basket", "medium"), 2: plan("P3", "Lists across devices", "quick win")}
    return replace(cast, personas=tuple(replace(p, opportunities=told.get(p.index, ())) for p in cast.personas))


@pytest.mark.parametrize("world", worlds.ALL)
def test_the_short_form_has_exactly_five_slides_with_the_verdict_on_each(world: str, tmp_path: Path) -> None:
    """Requirement 136."""
    cast = worlds.ALL[world]()
    deck = Presentation(str(pptx.export(cast, tmp_path / "a.pptx")))
    kickers = [re.fullmatch(r"\d  ([A-Z ]+)", t) for s in deck.slides for t in _texts(s)]
    assert [k[1] for k in kickers if k] == ["DATA", "GROUPS", "PERSONAS", "OPPORTUNITIES", "NEXT STEPS"]
    assert len(deck.slides) == 5
    badge = page(cast).badge
    for slide in deck.slides:
        assert {badge.word, badge.phrase} <= set(_texts(slide))
        assert slide.shapes.title.text_frame.text
        assert slide.has_notes_slide and slide.notes_slide.notes_text_frame.text


def test_the_first_slide_says_what_was_found_and_the_others_what_follows(tmp_path: Path) -> None:
    deck = Presentation(str(pptx.export(_planned(), tmp_path / "a.pptx")))
    titles = [s.shapes.title.text_frame.text for s in deck.slides]
    assert titles[0] == "5 kinds of customers in 12,837"
    assert titles[1].startswith("The largest of 5 groups is Daily quick buyers, with 31")
    assert titles[2].startswith("Deal hunters stand out most, with coupons used 5.2× the average; then ")
    assert titles[3] == "1 of 2 ideas can start within two weeks"
    assert titles[4] == "What to do first, what to ask, what to keep in mind"


def test_the_chart_of_sizes_is_native_and_holds_the_counts(tmp_path: Path) -> None:
    deck = Presentation(str(pptx.export(worlds.natural(), tmp_path / "a.pptx")))
    (chart,) = [s.chart for s in deck.slides[1].shapes if s.has_chart]
    assert list(chart.plots[0].series[0].values) == [3980, 3210, 2310, 2050, 830]
    assert next(iter(chart.plots[0].categories)).startswith("Daily quick buyers, 31\u00a0%")


@pytest.mark.parametrize("long", [False, True])
def test_the_same_cast_gives_the_same_bytes(tmp_path: Path, long: bool) -> None:
    """DET-01."""
    one, two = (pptx.export(worlds.natural(), tmp_path / n, long=long).read_bytes() for n in ("a.pptx", "b.pptx"))
    assert one == two


def test_no_author_clock_host_path_or_template_is_in_the_file(tmp_path: Path) -> None:
    """EXP-08."""
    members = _members(pptx.export(worlds.natural(), tmp_path / "a.pptx", long=True).read_bytes())
    assert not [n for n in members if "thumbnail" in n or "printerSettings" in n]
    text = b"\n".join(members.values()).decode("utf-8", "replace")
    for word in ("Steve", "python-pptx", "Macintosh", str(tmp_path), "2013-"):
        assert word not in text
    dates = {d for n, b in members.items() if n.endswith("core.xml") for d in re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b)}
    assert dates == {b"2000-01-01T00:00:00Z"}


@pytest.mark.parametrize("world", ["natural", "long_names", "many", "nothing"])
def test_nothing_leaves_a_slide_and_no_text_is_larger_than_its_box(world: str, tmp_path: Path) -> None:
    """EXP-07: 40 personas, long names, Arabic, Japanese, emoji."""
    from personae.office.fit import height

    deck = Presentation(str(pptx.export(worlds.ALL[world](), tmp_path / "a.pptx", long=True)))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width + 12_700
            bottom = shape.top + (sum(r.height for r in shape.table.rows) if shape.has_table else shape.height)
            assert bottom <= deck.slide_height, shape.name
            if (
                shape.has_text_frame
                and shape.text_frame.text
                and shape.shape_type is not None
                and "TEXT" in str(shape.shape_type)
            ):
                size = shape.text_frame.paragraphs[0].runs[0].font.size.pt
                assert height(shape.text_frame.text, shape.width / 12_700, size) <= shape.height / 12_700 + 6


def test_an_empty_cell_is_as_tall_as_its_text_would_be(tmp_path: Path) -> None:
    """EXP-07: programs give an empty line 18 points where nothing is said, and the table then leaves the slide."""
    deck = Presentation(str(pptx.export(worlds.many(12), tmp_path / "a.pptx", long=True)))
    cells = [c for s in deck.slides for x in s.shapes if x.has_table for r in x.table.rows for c in r.cells if not c.text]
    assert cells
    assert {c._tc.xpath(".//a:endParaRPr/@sz")[0] for c in cells} <= {"1100", "1200", "1300", "1400"}


def test_every_chart_and_table_has_a_text_in_its_place(tmp_path: Path) -> None:
    """EXP-07."""
    deck = Presentation(str(pptx.export(worlds.natural(), tmp_path / "a.pptx", long=True)))
    graphics = [s for slide in deck.slides for s in slide.shapes if s.has_chart or s.has_table]
    assert len(graphics) > 8
    assert all(len(s._element.xpath(".//p:cNvPr")[0].get("descr") or "") > 10 for s in graphics)


def test_the_long_form_has_a_slide_for_every_persona(tmp_path: Path) -> None:
    cast = worlds.many(12)
    deck = Presentation(str(pptx.export(cast, tmp_path / "a.pptx", long=True)))
    titles = [s.shapes.title.text_frame.text for s in deck.slides]
    assert all(any(t.startswith(f"{p.name}: ") for t in titles) for p in cast.personas)
    assert len(set(titles)) == len(titles)


def test_multiples_in_a_chart_read_as_in_the_report(tmp_path: Path) -> None:
    """A multiple of 0.1 and one of 4.0; one that is none at all stands in the notes and not on a logarithmic axis."""
    deck = Presentation(str(pptx.export(worlds.natural(), tmp_path / "a.pptx", long=True)))
    slide = next(s for s in deck.slides if s.shapes.title.text_frame.text.startswith("Browsers: "))
    (chart,) = [s.chart for s in slide.shapes if s.has_chart]
    assert list(chart.plots[0].series[0].values) == [2.2, 0.1, 0.12, 0.3]
    assert list(chart.plots[0].categories)[1] == "orders, 0.1×"


def test_no_slide_shows_code_or_who_put_an_event_in_its_phase(tmp_path: Path) -> None:
    cast = worlds.natural()
    cut = Cut("measure", "orders", "orders", ">=", 3.0)
    rule = RuleCard("P1", (cut,), Portion(0.9), Portion(0.8), 100, "orders 3 or more", 'SELECT id FROM "measures"')
    ways = Journeys("log.csv", ("buy",), (Step("pay", "buy", "its name", True),), False, "a day", 100, False, False, ())
    deck = Presentation(
        str(pptx.export(replace(cast, dossier=Dossier(rules=(rule,), journeys=ways)), tmp_path / "a.pptx", long=True))
    )
    said = [t for s in deck.slides for t in _texts(s)]
    assert "orders 3 or more" in said and "pay" in said
    assert "its name" not in said and not [t for t in said if "SELECT" in t]


def test_a_slide_of_opportunities_names_whom_why_and_when(tmp_path: Path) -> None:
    deck = Presentation(str(pptx.export(_planned(), tmp_path / "a.pptx")))
    said = _texts(deck.slides[3])
    assert {"Lists across devices", "quick win", "share that pays"} <= set(said)
    assert "Half of them see it for four weeks." in deck.slides[3].notes_slide.notes_text_frame.text


def test_no_row_of_anyone_gets_in(tmp_path: Path) -> None:
    """EXP-03: slides, notes, alternative texts and the workbooks inside the charts."""
    members = _members(pptx.export(worlds.natural(), tmp_path / "a.pptx", long=True).read_bytes())
    text = b"\n".join(members.values()).decode("utf-8", "replace")
    assert "id-of-a-user" not in text
    assert "secret-" not in text


def test_characters_that_no_program_can_show_become_signs(tmp_path: Path) -> None:
    """EXP-04."""
    cast = worlds.natural()
    odd = "".join(map(chr, range(1, 9))) + "\x0b\x1b\x7f\x85\ufffe\ud800"
    people = (replace(cast.personas[0], name=f"Odd {odd} ones"), *cast.personas[1:])
    deck = Presentation(str(pptx.export(replace(cast, personas=people), tmp_path / "a.pptx", long=True)))
    assert any("Odd ␁␂␃␄␅␆␇␈␋␛␡" in t for s in deck.slides for t in _texts(s))


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://x.example","y")', "http://x.example", "{=1+1}", "+1+1", "mailto:a@x.example"]
)
def test_a_name_in_the_workbook_of_a_chart_is_a_text_and_nothing_else(name: str, tmp_path: Path) -> None:
    """EXP-01: no formula and no link, in every workbook inside the deck; the name is still read as it is."""
    cast = worlds.natural()
    facts = tuple(replace(f, label=name, measure=name) if f.measure == "orders" else f for f in cast.facts)
    people = (replace(cast.personas[0], name=name), *cast.personas[1:])
    made = pptx.export(replace(cast, personas=people, facts=facts), tmp_path / "a.pptx", long=True)
    books = {n: b.decode("utf-8", "replace") for n, b in _members(made.read_bytes()).items() if ".xlsx!" in n}
    assert books and not [n for n, b in books.items() if re.search(r'<f[ >]|<hyperlink|/hyperlink"', b)]
    (first,) = [s.chart for s in Presentation(str(made)).slides[1].shapes if s.has_chart]
    book = CalamineWorkbook.from_filelike(io.BytesIO(first.part.chart_workbook.xlsx_part.blob))
    head, largest, *_ = book.get_sheet_by_name("Sheet1").to_python(skip_empty_area=False)
    assert head[0] == "" and str(largest[0]).startswith(name) and largest[1] == 3980
