"""Every format says the same numbers, and none says one that stands for too few."""

from __future__ import annotations

import html
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

import described
from exporters import worlds
from personae import plugins
from personae.charts.numbers import count, percent, times
from personae.errors import MachineError
from personae.exporters import pdf
from personae.model.cast import Cast
from personae.model.study import Role
from personae.report.page import page

FORMS = {"html": "html", "markdown": "md", "xlsx": "xlsx", "pptx": "pptx"}


def _write(cast: Cast, folder: Path, **options: object) -> dict[str, Path]:
    made = {}
    for plug, ending in FORMS.items():
        more = {"long": True} if plug == "pptx" else {}
        made[plug] = plugins.find("exporters", plug).export(cast, folder / f"a.{ending}", **more)
    (folder / "private").mkdir()
    plugins.find("exporters", "json").export(cast, folder)
    return made


def _members(blob: bytes) -> bytes:
    """All that is in a zip archive, and in those inside it."""
    with zipfile.ZipFile(io.BytesIO(blob)) as z:
        bodies = (z.read(n) for n in z.namelist())
        return b"\n".join(_members(b) if b[:2] == b"PK" else b for b in bodies)


def _text(path: Path) -> str:
    """The words of a file as a reader sees them."""
    if path.suffix == ".pptx":
        found = []
        for slide in Presentation(str(path)).slides:
            for s in slide.shapes:
                found += [s.text_frame.text] if s.has_text_frame else []
                found += [c.text for r in s.table.rows for c in r.cells] if s.has_table else []
        return "\n".join(found)
    text = path.read_text(encoding="utf-8")
    return html.unescape(re.sub(r"<[^>]+>", " ", text)) if path.suffix == ".html" else text.replace("\\", "")


@pytest.mark.parametrize("world", ["natural", "reproducible"])
def test_users_share_steadiness_and_traits_are_equal_in_every_format(world: str, tmp_path: Path) -> None:
    """Requirement 136: every number equals the report."""
    cast = worlds.ALL[world]()
    made, view = _write(cast, tmp_path), page(cast)
    known = {p["key"]: p for p in json.loads((tmp_path / "personas.json").read_text(encoding="utf-8"))["personas"]}
    rows = {r[0]: r for r in CalamineWorkbook.from_path(made["xlsx"]).get_sheet_by_name("Personas").to_python()[3:]}
    texts = {plug: _text(path) for plug, path in made.items() if plug != "xlsx"}
    deck = Presentation(str(made["pptx"]))
    charts = {s.shapes.title.text_frame.text.partition(":")[0]: x.chart for s in deck.slides for x in s.shapes if x.has_chart}
    for p, card in zip(cast.personas, view.cards, strict=True):
        said = known[p.key]
        assert (said["users"], said["share"]) == (p.users, pytest.approx(p.share, rel=1e-8))
        assert rows[p.key][1:3] == [p.name, p.users]
        assert rows[p.key][3] == pytest.approx(p.share, rel=1e-8)
        assert p.steadiness in rows[p.key]
        for text in texts.values():
            assert p.name in text and count(p.users) in text and percent(p.share) in text
            assert f"{100 * p.steadiness:.0f}" in text and card.tagline.text in text
        drawn = dict(zip(charts[p.name].plots[0].categories, charts[p.name].plots[0].series[0].values, strict=True))
        for row in card.differences.rows:
            assert row.times in texts["html"] and row.times in texts["markdown"]
            assert times(drawn[f"{row.label}, {row.times}"]) == row.times


def test_a_group_below_the_floor_and_a_cell_of_seven_are_nowhere(tmp_path: Path) -> None:
    """EXP-03: nine users in a group, seven who are senior in another; pages, notes, workbooks inside charts, and JSON."""
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1, 2], [400, 301, 9])
    senior = np.zeros(len(labels))
    senior[rng.permutation(np.flatnonzero(labels == 1))[:7]] = 1
    senior[np.flatnonzero(labels == 0)[:80]] = 1
    orders = 1.37 * rng.poisson(np.array([3, 9, 60])[labels])
    made = described.described(
        labels, described.number("orders", orders), described.number("senior", senior, Role.DEMOGRAPHIC), kind="natural"
    )
    cast = replace(
        worlds.natural(), personas=made.personas, profiles=made.profiles, facts=made.facts, members=made.members,
        placement=described.placed(labels), ids=made.features.ids, measures=(), window=None,
    )  # fmt: skip
    cast = replace(cast, evidence=replace(cast.evidence, borders=(), map=None, replay=None, steadiness=(0.94,) * 3))
    assert [p.users for p in cast.personas] == [400, 301, 0]
    canaries = (f"{7 / 301:.6g}", f"{orders[labels == 2].mean():.6g}", "7 of 301", "2.3\u00a0%", "2.3 %", f"{9 / 710:.6g}")
    for path in _write(cast, tmp_path).values():
        blob = path.read_bytes()
        text = (_members(blob) if blob[:2] == b"PK" else blob).decode("utf-8", "replace")
        assert not [c for c in canaries if re.search(rf"(?<![\w.#]){re.escape(c)}", text)], path.name


def test_forty_personas_by_many_measures_are_written_in_time(tmp_path: Path) -> None:
    """EXP-11 at a quarter of its size, 5,000 facts, in a quarter of its time: cells cost the same each."""
    cast = worlds.many(40)
    one = [f for f in cast.facts if f.measure == "orders"]
    facts = tuple(replace(f, id=f"{f.subject}.m{j}", measure=f"m{j}", label=f"measure {j}") for j in range(125) for f in one)
    big = replace(cast, facts=(*cast.facts, *facts))
    before = os.times()
    plugins.find("exporters", "xlsx").export(big, tmp_path / "a.xlsx")
    plugins.find("exporters", "pptx").export(big, tmp_path / "a.pptx")
    after = os.times()
    assert after.user - before.user < 7.5
    assert len(CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("Facts").to_python()) > 5_000


@pytest.mark.parametrize("plug", FORMS)
def test_an_export_that_is_broken_off_leaves_nothing_under_the_name(
    plug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EXP-12."""
    import personae

    cast = worlds.natural()
    exporter = plugins.find("exporters", plug)
    export: Callable[..., Path] = exporter.export

    def half(cast: Cast, path: Path, **options: object) -> Path:
        made = export(cast, path)
        made.write_bytes(made.read_bytes()[:200])
        raise KeyboardInterrupt

    monkeypatch.setattr(exporter, "export", half)
    target = tmp_path / f"report.{FORMS[plug]}"
    target.write_text("the one before")
    with pytest.raises(KeyboardInterrupt):
        personae.export(personae.api.Result(cast), target)
    assert target.read_text() == "the one before"
    assert [p.name for p in tmp_path.iterdir()] == [target.name]


def test_a_name_with_characters_of_no_kind_breaks_no_file(tmp_path: Path) -> None:
    """EXP-04: controls and U+FFFE become signs in the slides, the workbook and the text, and every file opens."""
    cast = worlds.log_of_two()
    people = (replace(cast.personas[0], name="Odd \x00\x01\x1b\x85\ufffe ones"), *cast.personas[1:])
    cast = replace(cast, personas=people)
    for plug in ("html", "markdown", "pptx"):
        made = plugins.find("exporters", plug).export(cast, tmp_path / f"a.{FORMS[plug]}")
        assert "Odd ␀␁␛\ufffd\ufffd ones" in _text(made)
    book = plugins.find("exporters", "xlsx").export(cast, tmp_path / "a.xlsx")
    assert "Odd ␀␁␛\ufffd\ufffd ones" in str(CalamineWorkbook.from_path(book).get_sheet_by_name("Personas").to_python())


@pytest.mark.parametrize("name", ["de_DE.UTF-8", "tr_TR.UTF-8", "fa_IR.UTF-8"])
def test_files_do_not_depend_on_the_language_of_the_machine(name: str, tmp_path: Path) -> None:
    """EXP-09; where the locale is not installed, its name alone is set, as programs do."""
    import locale

    before = locale.setlocale(locale.LC_ALL)
    plain = plugins.find("exporters", "xlsx").export(worlds.log_of_two(), tmp_path / "a.xlsx").read_bytes()
    words = plugins.find("exporters", "markdown").export(worlds.log_of_two(), tmp_path / "a.md").read_bytes()
    try:
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            pytest.skip(f"{name} is not installed on this machine")
        assert plugins.find("exporters", "xlsx").export(worlds.log_of_two(), tmp_path / "b.xlsx").read_bytes() == plain
        assert plugins.find("exporters", "markdown").export(worlds.log_of_two(), tmp_path / "b.md").read_bytes() == words
    finally:
        locale.setlocale(locale.LC_ALL, before)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["pptx", "xlsx"])
def test_an_office_suite_opens_the_file_and_shows_every_page(ending: str, tmp_path: Path) -> None:
    """EXP-10, EXP-01: LibreOffice reads it without repair and turns it into pages."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not on this machine")
    path = plugins.find("exporters", ending).export(worlds.long_names(), tmp_path / f"a.{ending}")
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir"]
    done = subprocess.run([*command, str(tmp_path), str(path)], capture_output=True, text=True, timeout=180)
    made = (tmp_path / "a.pdf").read_bytes()
    assert done.returncode == 0
    pages = len(re.findall(rb"/Type\s*/Page\b", made))
    assert pages == 5 if ending == "pptx" else pages >= 4


def test_without_a_program_that_prints_the_pdf_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONAE_CHROMIUM", "no-such-program")
    with pytest.raises(MachineError) as no:
        pdf.export(worlds.natural(), tmp_path / "a.pdf")
    assert "PERSONAE_CHROMIUM" in no.value.fix
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.slow
def test_the_pdf_is_the_report_without_a_clock_or_a_machine(chromium: str, tmp_path: Path) -> None:
    """EXP-08."""
    made = pdf.export(worlds.log_of_two(), tmp_path / "a.pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert re.findall(rb"/(?:Creation|Mod)Date \(D:(\d{8})", made) == [b"20000101"] * 2
    assert b"Linux" not in made and str(tmp_path).encode() not in made
