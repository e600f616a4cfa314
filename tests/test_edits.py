"""What people change about a run is recorded beside it, shows everywhere, and can be taken back."""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import described
from cast_builder import cast as small
from personae import plugins, store
from personae.errors import DataError, UsageError
from personae.model.cast import Cast, Listed
from personae.model.dossier import Dossier
from personae.model.edit import Edit
from personae.model.evidence import Axis
from personae.model.fact import Fact
from personae.model.journey import Cell, Journeys
from personae.model.offers import Offers
from personae.model.persona import Claim, Experiment, Opportunity
from personae.model.rule_card import Cut, Portion, RuleCard
from personae.report.binder import sheets
from personae.stages.edit import hide, note, rename
from personae.store import Record
from personae.words.edited import edited

DAY = "2026-06-01"


@pytest.fixture(scope="module")
def shop() -> Cast:
    """A shop of 4,000 users in four groups, as a cast."""
    made = described.shop()
    base = small()
    ids = made.features.ids
    labels = np.full(len(ids), -1, np.int64)
    rng = np.random.default_rng(1)
    drawn = rng.choice(4, len(ids), p=[0.4, 0.3, 0.2, 0.1])
    labels[:] = np.where(rng.random(len(ids)) < 0.02, -1, drawn)
    listed = tuple(
        Listed(m.name, m.label, str(m.role), str(m.kind), m.unit, "log.csv", m.forms) for m in made.features.measures
    )
    return replace(
        base,
        evidence=described.evidence(4),
        profiles=made.profiles,
        facts=made.facts,
        personas=made.personas,
        members=made.members,
        measures=listed,
        ids=ids,
        placement=described.placed(labels),
        rule=None,
        warnings=(),
    )


@pytest.fixture
def record(tmp_path: Path, shop: Cast) -> Record:
    """A record with that run."""
    kept = Record(tmp_path / ".personae")
    kept.add(shop, None, DAY, more=lambda folder, cast: None)
    return kept


def _edit(record: Record, kind: str, *what: str) -> Edit:
    made = {"rename": rename, "note": note, "hide": hide}[kind]
    return record.edit("", lambda cast: (made(cast, *what, DAY), None))


def _outputs(cast: Cast, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    plugins.find("exporters", "html").export(replace(cast, run=""), folder / "report.html")
    plugins.find("exporters", "csv").export(cast, folder / "users.csv")
    (folder / "private").mkdir()
    plugins.find("exporters", "json").export(cast, folder)
    return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_renamed_persona_keeps_its_key_and_has_its_name_in_every_sentence_and_file(record: Record, tmp_path: Path) -> None:
    """Requirement 105."""
    before = record.load()
    old = before.personas[0].name
    _edit(record, "rename", "P1", "Window shoppers")
    cast = record.load()
    assert [p.key for p in cast.personas] == [p.key for p in before.personas]
    assert cast["P1"].name == "Window shoppers"
    assert cast["P1"].origin == "edited"
    texts = [c.text for p in cast.personas for c in (*p.story, *p.traits, *((p.difference,) if p.difference else ()))]
    named = [c.text for p in before.personas for c in ((p.difference,) if p.difference else ()) if old in c.text]
    assert named, "some sentence names the persona"
    assert not [t for t in texts if old in t]
    files = _outputs(cast, tmp_path / "out")
    for name in ("users.csv", "report.html", "personas.json"):
        assert b"Window shoppers" in files[name], name
        assert old.encode() not in files[name].replace(b"renamed from " + old.encode(), b""), name
    assert b"renamed from" in files["report.html"]
    assert b"edited by a person" in files["report.html"]


def test_after_undo_every_output_is_byte_for_byte_what_it_was(record: Record, tmp_path: Path) -> None:
    before = _outputs(record.load(), tmp_path / "before")
    made = [
        _edit(record, "rename", "P2", "Window shoppers"),
        _edit(record, "note", "P1", "check price pages"),
        _edit(record, "hide", "revenue"),
    ]
    assert _outputs(record.load(), tmp_path / "between")["report.html"] != before["report.html"]
    for e in reversed(made):
        assert record.undo("", e.number).state == "undone"
    assert _outputs(record.load(), tmp_path / "after") == before
    assert [e.state for e in record.edits()] == ["undone"] * 3, "nothing is lost"
    with pytest.raises(UsageError, match="no edits to take back"):
        record.undo()


def test_the_folder_of_a_run_is_never_changed_by_an_edit(record: Record, tmp_path: Path) -> None:
    def state() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in sorted((record.root / "runs").rglob("*")) if p.is_file()}

    before = state()
    _edit(record, "rename", "P1", "Window shoppers")
    _edit(record, "hide", "plan")
    assert state() == before
    assert not record.damage(record.entry(), whole=True)


def test_a_hidden_measure_is_told_nowhere(record: Record, tmp_path: Path) -> None:
    whole = record.load()
    assert any(f.measure.startswith("plan") for f in whole.facts)
    _edit(record, "hide", "plan")
    cast = record.load()
    assert not [f for f in cast.facts if f.measure.split("=")[0] == "plan"]
    known = {f.id for f in cast.facts}
    cited = [i for p in cast.personas for c in (p.tagline, *p.story, *p.traits, *p.outcomes) for i in c.facts]
    assert set(cited) <= known
    assert not [t for p in cast.profiles for t in (*p.above, *p.below) if t.measure.startswith("plan")]
    page = _outputs(cast, tmp_path / "out")["report.html"].decode()
    assert "plan: Two year" not in page
    with pytest.raises(UsageError, match="nothing is told of a measure"):
        _edit(record, "hide", "plan")


def test_names_that_would_mislead_are_refused_with_what_to_do(record: Record) -> None:
    """Requirements 104 and 105: unique, no shared main word, nothing that people are."""
    other = record.load().personas[1].name
    for name, why in (
        (other, "shares its main word"),
        (other.upper(), "shares its main word"),
        ("Old men", "says what people are"),
        ("Loyal Lisa", "says what people are"),
        ("", "a name has 1 to 60"),
        ("x" * 61, "a name has 1 to 60"),
        ("P2", "reads like the key"),
    ):
        with pytest.raises(UsageError, match=why) as no:
            _edit(record, "rename", "P1", name)
        assert no.value.fix
    with pytest.raises(UsageError, match="has no persona"):
        _edit(record, "rename", "P9", "Window shoppers")
    assert record.edits() == ()


def test_an_answer_moves_a_question_to_confirmed_refuted_or_disputed(record: Record) -> None:
    """Requirement 109. How many said so is not counted: a handful of people is fewer than any number here may stand for."""

    def row() -> tuple[object, ...]:
        table = next(s for s in sheets(record.load()) if s.id == "questions")
        return next(r for r in table.rows if r[1] == question)

    table = next(s for s in sheets(record.load()) if s.id == "questions")
    question = str(table.rows[0][1])
    key = record.load().personas[0].key
    assert row()[3:] == ("open", None)
    made = note(record.load(), key, "they like it", DAY, question.lower().rstrip("?"), "confirmed", "interview 3")
    assert made.about == question, "a question typed roughly is recognised"
    record.edit("", lambda cast: (made, None))
    assert row()[3:] == ("confirmed", "they like it (interview 3)")
    record.edit("", lambda cast: (note(cast, key, "I do not", DAY, question, "refuted"), None))
    assert row()[3] == "disputed"
    record.undo("", made.number or 1)
    assert row()[3] == "refuted"
    with pytest.raises(UsageError, match="a note says confirmed, refuted, open"):
        note(record.load(), key, "x", DAY, question, "maybe")


def test_a_note_is_shown_as_a_note_and_is_no_claim(record: Record, tmp_path: Path) -> None:
    _edit(record, "note", "P1", "<b>check</b> price pages")
    cast = record.load()
    assert [n.text for n in cast["P1"].notes] == ["<b>check</b> price pages"]
    assert cast["P1"].origin == "data"
    page = _outputs(cast, tmp_path / "out")["report.html"].decode()
    assert "Notes by people" in page
    assert "&lt;b&gt;check&lt;/b&gt; price pages" in page


def _again(cast: Cast, keep: float = 1.0, swap: bool = True) -> Cast:
    """The same people in a later run whose personas stand in another order; `keep` is the share who stay where they were."""
    order = [1, 0, 2, 3] if swap else [0, 1, 2, 3]
    persona = np.asarray(cast.placement.persona)
    rng = np.random.default_rng(2)
    moved = np.where(rng.random(len(persona)) < keep, persona, rng.integers(0, 4, len(persona)))
    place = np.array([*np.argsort(order), -1])[moved]
    personas = tuple(replace(cast.personas[o], key=f"P{i + 1}", index=i, name=f"Later {i}") for i, o in enumerate(order))
    profiles = tuple(replace(cast.profiles[o], key=f"P{i + 1}", index=i) for i, o in enumerate(order))
    return replace(
        cast, personas=personas, profiles=profiles, placement=replace(cast.placement, persona=place.astype(np.int32)),
        edits=(), run="",
    )  # fmt: skip


def test_names_and_notes_follow_their_people_into_a_later_run(record: Record, shop: Cast) -> None:
    """Acceptance check 10: after a refresh no name or note was lost."""
    _edit(record, "rename", "P1", "Window shoppers")
    _edit(record, "note", "P1", "check price pages")
    _edit(record, "hide", "plan")
    written: list[Cast] = []
    later = record.add(_again(shop, 0.9), None, DAY, more=lambda folder, cast: written.append(cast))
    assert written[0]["P2"].name == "Window shoppers", "the files of the run have the edits, too"
    cast = record.load(later.id)
    assert cast["P2"].name == "Window shoppers"
    assert [n.text for n in cast["P2"].notes] == ["check price pages"]
    assert not [f for f in cast.facts if f.measure.startswith("plan=")]
    assert [e.taken_from for e in record.edits(later.id)] == ["r01 edit 1", "r01 edit 2", "r01 edit 3"]
    assert record.load("r01")["P1"].name == "Window shoppers"


def test_an_edit_whose_persona_is_gone_waits_and_is_listed(record: Record, shop: Cast) -> None:
    _edit(record, "rename", "P1", "Window shoppers")
    scattered = _again(shop, 0.0)
    later = record.add(scattered, None, DAY, more=lambda folder, cast: None)
    assert "Window shoppers" not in [p.name for p in record.load(later.id).personas]
    (waiting,) = record.edits(later.id)
    assert (waiting.state, waiting.text) == ("waiting", "Window shoppers")
    assert "no persona of this run is" in waiting.why
    again = record.add(_again(shop, 0.95), None, DAY, more=lambda folder, cast: None)
    assert "Window shoppers" not in [p.name for p in record.load(again.id).personas]
    assert [e.state for e in record.edits(again.id)] == ["waiting"], "it is still not lost"


def test_other_people_with_the_same_profile_take_the_name_over(record: Record, shop: Cast) -> None:
    _edit(record, "rename", "P1", "Window shoppers")
    others = replace(_again(shop), ids=pa.array([f"new{i}" for i in range(shop.users)]))
    later = record.add(others, None, DAY, more=lambda folder, cast: None)
    assert record.load(later.id)["P2"].name == "Window shoppers"


def test_the_same_run_again_has_the_same_edits(record: Record, shop: Cast) -> None:
    _edit(record, "rename", "P1", "Window shoppers")
    later = record.add(shop, None, DAY, more=lambda folder, cast: None)
    assert later.id == "r02"
    assert record.load()["P1"].name == "Window shoppers"
    assert len(record.edits()) == 1


def test_edits_made_at_once_are_all_recorded_in_turn(record: Record) -> None:
    """PER-03: the lock of the record holds for edits."""
    names = [f"word{i}" for i in range(8)]
    threads = [threading.Thread(target=_edit, args=(record, "note", "P1", n)) for n in names]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    made = record.edits()
    assert sorted(e.text for e in made) == sorted(names)
    assert [e.number for e in made] == list(range(1, 9))


def test_a_damaged_edit_is_refused_by_number_and_can_be_taken_out(record: Record) -> None:
    """PER-09."""
    _edit(record, "rename", "P1", "Window shoppers")
    _edit(record, "note", "P1", "kept")
    with sqlite3.connect(record.root / "index.db") as index:
        index.execute("update edits set body = replace(body, 'Window', 'Widow') where number = 1")
    with pytest.raises(DataError, match="edit 1 has changed") as no:
        record.load()
    assert no.value.code == "P202"
    assert [e.id for e in record.entries()] == ["r01"], "the rest of the record works"
    record.undo("", 1)
    assert [n.text for n in record.load()["P1"].notes] == ["kept"]
    with sqlite3.connect(record.root / "index.db") as index:
        index.execute("alter table edits rename column body to other")
    with pytest.raises(DataError, match="table of edits"):
        record.load()


def test_a_record_written_before_there_were_edits_opens(record: Record, shop: Cast) -> None:
    """PER-04."""
    with sqlite3.connect(record.root / "index.db") as index:
        assert not index.execute("select 1 from sqlite_master where name = 'edits'").fetchall()
    assert record.edits() == ()
    assert record.load().personas == store.load(record.place(record.entry())).personas
    assert record.asked() == frozenset()


def test_a_run_named_by_its_folder_shows_its_edits(record: Record) -> None:
    _edit(record, "rename", "P1", "Window shoppers")
    folder = record.place(record.entry())
    assert record.load(str(folder))["P1"].name == "Window shoppers"
    assert store.load(folder)["P1"].name != "Window shoppers", "its files are as they were written"


def test_an_edited_cast_that_is_saved_says_so_when_it_is_opened(record: Record, tmp_path: Path) -> None:
    _edit(record, "rename", "P1", "Window shoppers")
    back = store.load(store.save(record.load(), tmp_path / "copy"))
    assert back["P1"].name == "Window shoppers"
    assert [e.text for e in back.edits] == ["Window shoppers"]
    assert "edits.json" in json.loads((tmp_path / "copy" / "run.json").read_text())["files"]


def test_a_tagline_that_rests_on_a_hidden_measure_gives_way_to_the_next_line(shop: Cast) -> None:

    p = shop.personas[0]
    measure = next(f.measure.partition("=")[0] for f in shop.facts if f.id == p.tagline.facts[0])
    made = edited(shop, [Edit(1, DAY, "hide-measure", "", measure)])[p.key]
    assert isinstance(made.tagline, Claim)
    assert made.tagline in (*made.traits, Claim("", p.tagline.grade, ()))


def test_what_rests_on_a_hidden_measure_goes_whole_from_rules_offers_and_opportunities(shop: Cast) -> None:
    """A rule with one condition less would have another precision; the words and the SQL would still tell of the measure."""

    income = Fact("P1.income", "P1", "income", "yearly income", "mean", 9.0, "EUR", 400, 8.0, 10.0)
    took = Fact("all.offer.0", "all", "income", "income (at least once)", "share", 0.4, "share of users", 400)
    here, there = Cut("measure", "income", "yearly income", ">=", 9.0), Cut("measure", "visits", "visits", ">=", 3.0)
    card = RuleCard("P1", (there, here), Portion(0.9), Portion(0.8), 100, "visits 3 or more, yearly income 9 or more", "income")
    rest = replace(card, cuts=(there,), words="visits 3 or more", sql="visits")
    test = Experiment("P1.income", "mean", 9.0, 10.0, 1.0, 50, 400)
    evidence = Claim("They come back.", "M", ())
    idea = Opportunity(
        "P1.a", "a", "", "A", evidence, "Do", "money, here measured as yearly income", "medium", "low", "", "t", experiment=test
    )
    whole = replace(
        shop,
        facts=(*shop.facts, income, took),
        personas=(replace(shop.personas[0], opportunities=(idea,)), *shop.personas[1:]),
        dossier=Dossier(rules=(card, rest), offers=Offers("item", ("income", "tea"), ("offer.0", "offer.1"), 400)),
    )
    made = edited(whole, [Edit(1, DAY, "hide-measure", "", "income")])
    assert made.dossier.rules == (rest,)
    assert made.dossier.offers == Offers("item", ("tea",), ("offer.1",), 400)
    assert made.personas[0].opportunities == ()
    assert "income" not in repr((made.dossier, made.personas, made.facts))


def test_a_cell_of_a_journey_tells_nothing_of_a_hidden_measure(shop: Cast) -> None:
    """Neither the event that its fact named, nor a sum in which it is a part."""
    stops = Fact("P1.lost.buy", "P1", "stops at buy", "visits that stop at buy", "mean", 0.3, "share", 400)
    after = Fact("P1.next.buy", "P1", "next after buy", "moves from buy to ship", "mean", 0.5, "share", 400)
    cell = Cell("P1", "buy", "buy", lost=stops.id, ends="P1.ends.buy", next="ship", next_share=after.id, friction=0.3)
    way = Journeys("log.csv", ("buy",), (), False, "a day", 400, False, False, (cell,))
    whole = replace(shop, facts=(*shop.facts, stops, after), dossier=Dossier(journeys=way))
    for hidden, left in (
        (stops, replace(cell, lost="", friction=None)),
        (after, replace(cell, next="", next_share="")),
    ):
        made = edited(whole, [Edit(1, DAY, "hide-measure", "", hidden.measure)])
        assert made.dossier.journeys is not None
        assert made.dossier.journeys.cells == (left,)


def test_a_hidden_measure_stands_at_no_end_of_a_direction(shop: Cast) -> None:
    axes = (Axis(0.6, ("tea", "plan = pro"), ("plans made", "tea rooms")), Axis(0.2, ("plan = free",), ("plan",)))
    whole = replace(shop, evidence=replace(shop.evidence, axes=axes))
    made = edited(whole, [Edit(1, DAY, "hide-measure", "", "plan")])
    assert made.evidence.axes == (Axis(0.6, ("tea",), ("plans made", "tea rooms")), Axis(0.2, (), ()))
