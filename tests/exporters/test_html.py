"""The report: what is on it, what never is, and that it is the same every time."""

from __future__ import annotations

import html as escape
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from exporters import worlds
from personae.charts.numbers import count
from personae.exporters import html
from personae.model.cast import Cast
from personae.model.evidence import Structure
from personae.model.features import LeftOut
from personae.model.study import Role
from personae.model.table import Column, Kind, Match, Table
from personae.report import accounts
from personae.report.limits import limits

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "rect", "line", "circle"}
GROUPED = [name for name in worlds.ALL if name != "nothing"]


class Page(HTMLParser):
    """A page taken apart: every start tag with its attributes, and the text that a reader sees."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.source = source
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "title" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words).replace("\u00a0", " "))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Cast, Page]]:
    """`made(world) -> cast, page`, each written once."""
    folder = tmp_path_factory.mktemp("reports")
    done: dict[str, tuple[Cast, Page]] = {}

    def make(name: str) -> tuple[Cast, Page]:
        if name not in done:
            cast = worlds.ALL[name]()
            done[name] = cast, Page(html.export(cast, folder / f"{name}.html").read_text(encoding="utf-8"))
        return done[name]

    return make


Made = Callable[[str], tuple[Cast, Page]]


@pytest.mark.parametrize("world", worlds.ALL)
def test_a_report_is_one_file_that_runs_nothing_and_asks_for_nothing(made: Made, world: str) -> None:
    """EXP-06, WEB-03."""
    _, page = made(world)
    assert page.source.startswith("<!doctype html>") and not page.open
    assert "script" not in {tag for tag, _ in page.tags} and "link" not in {tag for tag, _ in page.tags}
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
    policy = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    shown = escape.unescape(re.sub(r"xmlns(:xlink)?=\"http://www\.w3\.org/[^\"]*\"", "", page.source))
    assert not re.findall(r"https?://|@import|url\(", shown)
    assert {a["href"][0] for a in page.all("a")} == {"#"}
    assert not [attrs for attrs in page.all("img") if attrs]


@pytest.mark.parametrize("world", worlds.ALL)
def test_no_id_and_no_row_of_anyone_is_on_the_page(made: Made, world: str) -> None:
    _, page = made(world)
    assert "id-of-a-user" not in page.source and "secret-" not in page.source


@pytest.mark.parametrize("world", ["natural", "nothing", "long_names"])
def test_the_same_cast_gives_the_same_bytes(made: Made, world: str, tmp_path: Path) -> None:
    """DET-01."""
    first = made(world)[1].source
    assert html.export(worlds.ALL[world](), tmp_path / "again.html").read_text(encoding="utf-8") == first


@pytest.mark.parametrize("world", worlds.ALL)
def test_a_report_is_small_even_with_forty_personas(made: Made, world: str) -> None:
    assert len(made(world)[1].source.encode()) < (5_000_000 if world == "many" else 2_000_000)


@pytest.mark.parametrize("world", worlds.ALL)
def test_links_lead_somewhere_and_ids_are_unique(made: Made, world: str) -> None:
    _, page = made(world)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.all("a")} <= set(ids)
    assert {x["for"] for x in page.all("label")} <= set(ids)


@pytest.mark.parametrize("world", worlds.ALL)
def test_a_reader_without_eyes_or_mouse_finds_everything(made: Made, world: str) -> None:
    """Language, landmarks, skip link, headings in order, header cells, a name for every drawing."""
    _, page = made(world)
    tags = [tag for tag, _ in page.tags]
    assert page.all("html")[0]["lang"] == "en" and tags.count("main") == tags.count("h1") == 1
    assert page.all("a")[0]["href"] == "#main" and page.all("nav")[0]["aria-label"]
    levels = [int(t[1]) for t in tags if re.fullmatch(r"h[1-6]", t)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert all(th.get("scope") in ("col", "row", "rowgroup") for th in page.all("th"))
    top = [s for s in page.all("svg") if "class" not in s or "shape" not in s["class"]]
    assert all(s.get("aria-hidden") == "true" or (s.get("role") == "img" and s.get("aria-label")) for s in top)
    labelled = {"aria-label", "aria-labelledby"}
    assert all(labelled & set(s) for s in page.all("section"))


@pytest.mark.parametrize("world", worlds.ALL)
def test_every_chart_has_a_finding_a_caption_and_its_numbers_as_a_table(made: Made, world: str) -> None:
    _, page = made(world)
    for figure in re.findall(r"<figure.*?</figure>", page.source, flags=re.S):
        assert re.search(r"<h3|class=\"finding\"", figure)
        if "sits" not in figure and "the middle of everyone" not in figure:
            assert "<figcaption" in figure and "as a table" in figure and '<table class="data">' in figure


@pytest.mark.parametrize("world", GROUPED)
def test_every_claim_is_on_the_page_with_the_facts_it_rests_on(made: Made, world: str) -> None:
    cast, page = made(world)
    plain = page.text
    for p in cast.personas:
        assert p.name in plain
        for claim in (p.tagline, *p.story, *p.traits, *p.outcomes, *p.demographics, *([p.difference] if p.difference else [])):
            assert re.sub(r"\s+", " ", claim.text) in plain
            assert all(f in plain for f in claim.facts)


@pytest.mark.parametrize("world", ["natural", "reproducible", "many"])
def test_numbers_on_the_page_are_the_numbers_of_the_facts(made: Made, world: str) -> None:
    cast, page = made(world)
    rows = dict(re.findall(r'<tr id="(fact-\d+)">(.*?)</tr>', page.source, flags=re.S))
    assert len(rows) == len(cast.facts)
    for row, fact in zip(rows.values(), cast.facts, strict=True):
        cells = [escape.unescape(re.sub("<[^>]*>", "", c)) for c in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        assert fact.id in escape.unescape(row) and cells[-1] == count(fact.n)
        if cells[0].startswith(("under", "over")):
            assert fact.least or fact.value * fact.n < cast.study.floor or (1 - fact.value) * fact.n < cast.study.floor
            continue
        number = float(re.sub(r"[^\d.-]", "", cells[0])) / (100 if "%" in cells[0] else 1)
        assert number == pytest.approx(fact.value, rel=0.06)
        if fact.multiple is not None:
            assert float(cells[4].rstrip("×")) == pytest.approx(fact.multiple, rel=0.06, abs=0.05)


def test_a_natural_report_says_so_on_the_cover_and_on_every_card(made: Made) -> None:
    cast, page = made("natural")
    assert "5 kinds of customers in 12,837" in page.text
    assert page.source.count("groups the data show</span>") == 1 + len(cast.personas)
    sections = [s["id"] for s in page.all("section")]
    assert sections == ["glance", "personas", "side", "use", "number", "sure", "axes", "analyst", "data", "privacy", "appendix"]
    assert "Browsers and Weekend planners nearly merge" in page.text
    assert "Churned: from 4.0 % (Daily quick buyers) to 38 % (Browsers)" in page.text


@pytest.mark.parametrize(
    ("world", "words"), [("reproducible", "steady cuts of a continuum"), ("constructive", "bands made for use")]
)
def test_cuts_are_called_cuts_and_their_lines_of_difference_come_first(made: Made, world: str, words: str) -> None:
    cast, page = made(world)
    assert page.source.count(f"{words}</span>") == 1 + len(cast.personas)
    sections = [s["id"] for s in page.all("section")]
    assert sections.index("axes") < sections.index("personas")
    assert "kinds of customers in" not in page.text.split("At a glance")[0]
    assert "product views, help pages" in page.text


def test_nothing_found_names_no_persona_and_says_what_to_do(made: Made) -> None:
    _, page = made("nothing")
    assert "No kinds of customers were found among 600" in page.text
    assert "That is not proof that there are none" in page.text
    assert "What was tested" in page.text and "What to do now" in page.text and "--force" in page.text
    assert not page.all("article") and "P1" not in page.text


def test_forced_groups_are_marked_in_every_section_and_on_every_card(made: Made) -> None:
    cast, page = made("forced")
    stamps = page.source.count('class="stamp"')
    assert stamps >= 1 + len(cast.personas) + len([s for s in page.all("section") if s["id"] not in ("personas", "privacy")])
    assert "You asked for 3 groups; the data alone would have given none." in page.text


def test_a_number_that_was_asked_for_stands_beside_the_number_of_the_data(made: Made) -> None:
    _, page = made("asked")
    assert "You asked for 4 groups; the data alone would have given 5." in page.text


@pytest.mark.parametrize("world", worlds.ALL)
def test_limits_are_never_empty_and_always_say_that_data_give_no_reasons(made: Made, world: str) -> None:
    """R102."""
    _, page = made(world)
    assert "The data say what was done, not why." in page.text


def test_limits_come_from_the_run(made: Made) -> None:
    natural, constructive = made("natural")[1].text, made("constructive")[1].text
    assert "Between Browsers and Weekend planners there is no clear gap" in natural
    assert "The data cover 90 days" in natural and "3 rows were set aside" in natural
    assert "Another cut of the same data would serve as well." in constructive and "another cut of" not in natural


def test_names_from_the_data_are_text_and_nothing_else(made: Made) -> None:
    """WEB-03: names of events and personas are markup, quotes and template braces."""
    cast, page = made("long_names")
    assert worlds.HOSTILE not in page.source and worlds.HOSTILE in page.text
    for p in cast.personas:
        assert p.name in page.text
    assert not page.all("img") and "49" not in [w.strip() for w in page.words]


def test_fewer_users_than_the_floor_outside_all_groups_are_not_counted_out(made: Made) -> None:
    """EXP-03."""
    _, page = made("constructive")
    glance = page.source.split('id="glance"')[1].split("</section>")[0]
    last = glance.split("not in any group")[1]
    assert "fewer than 10" in last and not re.search(r">\s*3\s*<", last) and "0.0" not in re.sub(r'"[^"]*"', "", last)


def test_a_fact_below_the_floor_is_nowhere_even_when_one_is_made_by_mistake(tmp_path: Path) -> None:
    """EXP-03."""
    cast = worlds.natural()
    few = replace(cast.facts[9], id="P1.rare", label="rare habit", n=9, value=77.125)
    page = html.export(replace(cast, facts=(*cast.facts, few)), tmp_path / "r.html").read_text(encoding="utf-8")
    words = re.sub(r"<svg.*?</svg>", "", page, flags=re.S)  # places in drawings are numbers too
    assert "P1.rare" not in page and "rare habit" not in page and "77.1" not in words
    assert "1 number was left out" in page


def test_a_share_that_stands_for_a_handful_of_users_is_given_as_a_bound(tmp_path: Path) -> None:
    cast = worlds.natural()
    facts = tuple(replace(f, value=3 / f.n) if f.id == "P5.churned" else f for f in cast.facts)
    page = html.export(replace(cast, facts=facts), tmp_path / "r.html").read_text(encoding="utf-8")
    assert "under\u00a01.2\u00a0%" in page and "0.36\u00a0%" not in page


def test_shares_at_a_glance_are_those_of_the_cards_and_add_up_to_a_hundred_but_for_rounding(made: Made) -> None:
    """R103."""
    for world in GROUPED:
        _, page = made(world)
        glance = page.source.split('<ul class="glance">')[1].split("</ul>")[0]
        printed = re.findall(r"<b>([\d.]+)", glance)
        cards = page.source.split('<section class="part" id="personas"')[1]
        assert all(f"<b>{x}\u00a0%</b>" in cards for x in printed)
        assert sum(map(float, printed)) == pytest.approx(100, abs=0.5 * len(printed))


def test_a_report_that_fails_leaves_the_old_one_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        html.export(worlds.nothing(), path)
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_no_folder_or_host_of_the_machine_is_named(tmp_path: Path) -> None:
    """EXP-08."""
    cast = worlds.natural()
    study = replace(
        cast.study, sources=("/srv/anna/users.csv", "postgres://anna:pw@db.local/shop::orders", "env:DB_URL::events")
    )
    page = html.export(replace(cast, study=study), tmp_path / "r.html").read_text(encoding="utf-8")
    assert not [x for x in ("anna", "pw@", "db.local", str(tmp_path)) if x in page]
    assert "users.csv" in page and "env:DB_URL::events" in page


def test_the_command_that_makes_the_run_again_is_whole(made: Made) -> None:
    _, page = made("natural")
    command = "personae run users.csv events.csv --id customer_id --describe age,country"
    command += " --outcome churned,revenue --entity customer --seed 7"
    assert command in page.text


@pytest.mark.parametrize("world", worlds.ALL)
def test_notebooks_get_fragments_without_script_or_style_sheets(world: str) -> None:
    cast = worlds.ALL[world]()
    shown = {"cards": html.cards(cast), "why": html.why_groups(cast)}
    shown |= {p.key: html.card(cast, p) for p in cast.personas[:3]}
    for name, fragment in shown.items():
        page = Page(fragment)
        assert not page.open and not {"script", "style", "link", "html"} & {t for t, _ in page.tags}, name
        assert len(fragment.encode()) < 300_000 and "id-of-a-user" not in fragment
        assert worlds.HOSTILE not in fragment
    for p in cast.personas:
        assert p.name in Page(shown["cards"]).text
    if cast.evidence.verdict.kind != Structure.NOTHING:
        assert f"Why {len(cast.personas)} groups?" in shown["why"]


@pytest.mark.slow
@pytest.mark.parametrize("world", worlds.ALL)
def test_a_phone_never_scrolls_sideways(made: Made, world: str, chromium: str, tmp_path: Path) -> None:
    """At 390 pixels, with every evidence opened, nothing sticks out of the page."""
    _, page = made(world)
    source = escape.escape(page.source.replace("<details", "<details open"), quote=True)
    wrap = tmp_path / "wrap.html"
    wrap.write_text(
        f'<iframe id="f" style="width:390px;height:800px;border:0" srcdoc="{source}"></iframe><pre id="o"></pre><script>'
        "onload = () => { const d = document.getElementById('f').contentDocument.documentElement;"
        "document.getElementById('o').textContent = `wide ${d.scrollWidth}` }</script>",
        encoding="utf-8",
    )
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'c'}",
        "--virtual-time-budget=4000",
        "--dump-dom",
    ]
    out = subprocess.run([chromium, *flags, wrap.as_uri()], capture_output=True, text=True, timeout=120, check=False).stdout
    found = re.search(r"wide (\d+)", out)
    assert found and int(found.group(1)) <= 390


def test_limits_say_sampling_only_where_there_was_sampling_and_which_file_lacks_whom() -> None:
    """R102."""
    cast = worlds.natural()
    aside = replace(cast, evidence=replace(cast.evidence, searched=cast.users - 3, outliers=3))
    said = " ".join(limits(aside))
    assert "by their id alone" not in said and "Fewer than 10 customers are unlike all others" in said
    some = replace(cast, evidence=replace(cast.evidence, searched=cast.users // 2, outliers=3))
    assert "by their id alone" in " ".join(limits(some))
    three = replace(cast, matches=(Match("a/users.csv", "survey.csv", 800, 1632, 0),))
    assert "1,632 customers of users.csv are not in survey.csv, so less is known of them." in limits(three)


def test_the_limits_end_on_the_last_day_as_the_header_does() -> None:
    cast = worlds.natural()
    assert cast.window is not None
    ends = replace(cast, window=replace(cast.window, end="2026-04-12T00:00:00"))
    assert any("to 2026-04-11." in x for x in limits(ends))


def test_free_text_whose_words_describe_is_not_called_unused() -> None:
    column = Column("comment", Kind.TEXT, Role.TEXT, "free text", 10, 0, 10)
    table = Table("survey.csv", "survey", "entities", (column,), 10, 10)
    read = LeftOut("comment", "free text: 15 terms of at least 10 people describe; language: English")
    cast = replace(worlds.natural(), tables=(table,), left_out=(read,))
    assert accounts.source(table, "user", accounts.told(cast)).columns[0][1] == "free text: its words describe"
    assert accounts.roles(cast) == (("text", "free text: its words describe", ("comment",)),)
    assert accounts.source(table).columns[0][1] == "free text, not used"
