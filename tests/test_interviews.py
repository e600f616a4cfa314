"""People to talk to: exactly as many, mixed by design, none who may not be asked; and a guide that names nobody."""

from __future__ import annotations

import csv
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import described
from cast_builder import cast as small
from personae.cli.main import main
from personae.model.cast import Cast
from personae.model.dossier import Dossier
from personae.model.edit import Note
from personae.model.pain import Pain
from personae.model.persona import Claim
from personae.model.rule import Place
from personae.report.binder import sheets
from personae.report.guide import guide
from personae.report.questions import asked, questions
from personae.stages.interviews import interviews
from personae.store import Record, save

DAY = "2026-06-01"


@pytest.fixture(scope="module")
def shop() -> Cast:
    """A shop of 1,500 users in three groups; each persona has borderline and contrary users."""
    rng = np.random.default_rng(5)
    labels = rng.choice(3, 1500, p=[0.5, 0.3, 0.2])
    made = described.described(
        labels,
        described.number("visits", rng.poisson(np.array([4, 9, 14])[labels]), label="visits", unit="times"),
        described.number("items", rng.poisson(np.array([6, 2, 9])[labels]), label="items", unit="items"),
    )
    return replace(
        small(), evidence=described.evidence(3), profiles=made.profiles, facts=made.facts, personas=made.personas,
        members=made.members, ids=made.features.ids, placement=described.placed(labels), rule=None, warnings=(), measures=(),
    )  # fmt: skip


def test_ten_people_of_a_persona_are_typical_borderline_and_contrary(shop: Cast) -> None:
    """Requirement 108."""
    invited, notes = interviews(shop, 10, [shop["P2"]])
    assert [i.part for i in invited] == ["typical"] * 4 + ["borderline"] * 3 + ["contrary"] * 3
    assert notes == ()
    assert len({i.id for i in invited}) == 10
    at = {id: n for n, id in enumerate(shop.ids.to_pylist())}
    place = shop.placement
    own = place.persona == 1
    for i in invited:
        n = at[i.id]
        assert own[n]
        assert place.kind[n] == (Place.BORDER if i.part == "borderline" else Place.CORE)
    typical = [place.margin[at[i.id]] for i in invited if i.part == "typical"]
    assert min(typical) > np.median(place.margin[own])


def test_contrary_people_are_below_the_middle_of_the_group_on_what_sets_it_apart() -> None:
    world = described.shop(1500, 3)
    top = next(p for p in world.profiles if p.key == "P1").above[0]
    measure = world.fact(top.fact).measure
    counts = world.features.counts
    assert counts is not None
    whole = counts.matrix.toarray()
    shares = whole / np.maximum(whole.sum(axis=1, keepdims=True), 1)
    column = shares[:, counts.events.index(measure)]
    at = {id: n for n, id in enumerate(world.features.ids.to_pylist())}
    contrary = [column[at[m.id]] for m in world.members if (m.persona, m.part) == ("P1", "contrary")]
    extreme = [column[at[m.id]] for m in world.members if (m.persona, m.part) == ("P1", "extreme")]
    assert 10 <= len(contrary) <= 30
    assert np.mean(contrary) < world.fact(top.fact).value < np.mean(extreme)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 11])
def test_without_a_persona_the_places_are_shared_out_and_add_up(shop: Cast, count: int) -> None:
    invited, _ = interviews(shop, count, shop.personas)
    assert len(invited) == count
    each = [sum(i.persona == p.key for i in invited) for p in shop.personas]
    assert max(each) - min(each) <= 1
    if count == 10:
        assert {i.part for i in invited} == {"typical", "borderline", "contrary"}


def test_the_same_seed_gives_the_same_people_and_another_gives_others(shop: Cast) -> None:
    first, _ = interviews(shop, 10, [shop["P1"]])
    assert interviews(shop, 10, [shop["P1"]])[0] == first
    other, _ = interviews(replace(shop, study=replace(shop.study, seed=8)), 10, [shop["P1"]])
    assert other != first


def test_nobody_is_listed_who_may_not_be_asked_and_the_reason_for_fewer_is_given(shop: Cast) -> None:
    first, _ = interviews(shop, 10, [shop["P1"]])
    gone = frozenset(i.id for i in first)
    second, _ = interviews(shop, 10, [shop["P1"]], never=gone)
    assert not gone & {i.id for i in second}
    assert len(second) == 10
    ids = shop.ids.to_pylist()
    own = [id for id, p in zip(ids, shop.placement.persona, strict=True) if p == 0]
    few, notes = interviews(shop, 10, [shop["P1"]], only=frozenset((*own[:4], "nobody")))
    assert {i.id for i in few} == set(own[:4])
    assert notes[-1].startswith("4 instead of 10: fewer than 10 of")
    none, notes = interviews(shop, 10, [shop["P1"]], only=frozenset())
    assert none == ()
    assert notes


def test_the_guide_asks_what_the_data_leave_open_and_names_nobody(shop: Cast) -> None:
    p = shop.personas[0]
    text = guide(shop, shop.personas)
    for q in shop.personas:
        assert f"({q.key})" in text
    assert "[P1." in text, "each question names its facts"
    assert not [id for id in shop.ids.to_pylist() if id in text]
    note = Note("yes", DAY, "Do they share a phone?", "confirmed", "interview 1")
    answered = replace(shop, personas=(replace(p, notes=(note,)), *shop.personas[1:]))
    assert "- Do they share a phone? confirmed (1 for, 0 against)" in guide(answered, answered.personas)


def test_words_of_the_data_are_no_markup_in_the_guide(shop: Cast) -> None:
    """A line of theirs stays a line of ours, without headings, pictures, entities or addresses to click on."""
    evil = "Tall\n# Heads ~~x~~ ![y](https://z.example) &lt;b&gt; $1$ {q} \x1b"
    note = Note("yes", DAY, f"+ {evil}", "confirmed", "interview 1")
    p = replace(shop.personas[0], name=evil, notes=(note,))
    text = guide(replace(shop, personas=(p, *shop.personas[1:])), (p,))
    shown = "Tall \\# Heads \\~\\~x\\~\\~ !\\[y\\](https:\u200b//z.example) &amp;lt;b&amp;gt; \\$1\\$ \\{q\\} ␛"
    assert f"\n## {shown} (P1)\n" in text
    assert f"\n- \\+ {shown} confirmed (1 for, 0 against)\n" in text


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(done.value.code or 0), out, err


def _rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_writes_a_private_list_and_asks_nobody_twice(
    shop: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requirement 108: contactable, consent respected, no repeats from earlier lists."""
    monkeypatch.chdir(tmp_path)
    Record(Path(".personae")).add(shop, None, DAY, more=lambda folder, cast: None)
    ids = shop.ids.to_pylist()
    code, out, _ = _run(capsys, "export", "--interviews", "10", "--persona", "P1")
    assert code == 0, out
    first = _rows("private/interviews.csv")
    assert len(first) == 10
    assert stat.S_IMODE(Path("private/interviews.csv").stat().st_mode) == 0o600
    assert stat.S_IMODE(Path("private").stat().st_mode) == 0o700
    assert not [id for id in ids if id in Path("private/interviews.md").read_text()]
    said = [f"{id},{'yes' if n % 2 else 'no'}" for n, id in enumerate(ids)]
    Path("consent.csv").write_text("\n".join(("id,mail", *said, "")))
    Path("never.csv").write_text("\n".join((*ids[:200], "")))
    code, *_ = _run(
        capsys, "export", "--interviews", "10", "--persona", "P1", "--out", "private/two.csv",
        "--only", "consent.csv", "--consent", "mail", "--exclude", "never.csv",
    )  # fmt: skip
    assert code == 0
    second = {r["id"] for r in _rows("private/two.csv")}
    assert len(second) == 10
    assert second <= {id for n, id in enumerate(ids) if n % 2 and n >= 200}
    assert not second & {r["id"] for r in first}
    code, *_ = _run(capsys, "export", "--interviews", "10", "--persona", "P1", "--out", "private/three.csv", "--again")
    assert {r["id"] for r in _rows("private/three.csv")} == {r["id"] for r in first}, "--again forgets earlier lists"
    Path("odd.csv").write_text("id,mail\nu000001,maybe\nu000002,yes\n")
    code, _, err = _run(
        capsys, "export", "--interviews", "3", "--out", "private/4.csv", "--only", "odd.csv", "--consent", "mail"
    )
    assert code == 2
    assert "other answers than yes and no" in err
    assert not Path("private/4.csv").exists()


@pytest.mark.parametrize("recorded", [True, False])
def test_a_kit_is_made_from_the_folder_of_a_run_and_asks_nobody_twice(
    recorded: bool, shop: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requirement 108: by its folder, too, whether or not a record here knows the run."""
    monkeypatch.chdir(tmp_path)
    if recorded:
        Record(Path(".personae")).add(shop, Path("result"), DAY, more=lambda folder, cast: None)
    else:
        save(shop, Path("result"))
    for target in ("private/1.csv", "private/2.csv"):
        code, out, err = _run(capsys, "export", "result", "--interviews", "6", "--persona", "P1", "--out", target)
        assert code == 0, out + err
    first, second = ({r["id"] for r in _rows(f"private/{i}.csv")} for i in (1, 2))
    assert len(first) == len(second) == 6
    assert not first & second
    assert Record(Path(".personae")).asked() == first | second


@pytest.mark.parametrize(
    "other", [("--sheet", "sizes"), ("--audience", "P1"), ("--cut", "3"), ("--changes", "r1"), ("--library",)]
)
def test_a_kit_and_another_file_are_not_made_at_once(
    other: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was asked for is never passed over without a word."""
    monkeypatch.chdir(tmp_path)
    code, _, err = _run(capsys, "export", "--interviews", "3", *other)
    assert code == 2
    assert "--interviews" in err and other[0] in err and "go apart" in err
    assert not list(tmp_path.iterdir())


def test_few_questions_are_listed_the_best_first_and_each_is_a_sentence() -> None:
    """At most six a persona, none about the name of a measure, and an answer to one that is not listed is still found."""
    shown = replace(small(), **_of_shop())
    found = questions(shown)
    assert {p.key: sum(q.persona == p.key for q in found) for p in shown.personas} == {p.key: 6 for p in shown.personas}
    assert not [q.text for q in found if re.search("so much share|events\\?|at users who|get out of active days", q.text)]
    assert not [q.text for q in found if "on average" in q.text and q.text.endswith("from more?")]
    unlisted = "What would they call a good result?"
    assert unlisted not in {q.text for q in questions(shown, "P1")} and asked(shown, "P1", unlisted.lower()) == unlisted
    (sheet,) = (s for s in sheets(shown) if s.id == "questions")
    assert sheet.about.count("Nothing recorded says where they come from") == 1


def test_a_pain_is_asked_about_by_what_it_is() -> None:
    first, *rest = (shown := replace(small(), **_of_shop())).personas
    fact = next(f for f in shown.facts if f.subject == first.key and f.unit == "share of activity")
    first = replace(first, hinders=(Claim("x", "M", (fact.id,)),))
    for kind, at, text in (
        ("help", "contact_support", "What were they looking for when contacting support, and did they get an answer?"),
        ("drop", "enter_payment", "What happens to them at enter payment?"),
        ("wait", "buy", "What keeps them from buying for so long?"),
    ):
        pain = Pain(first.key, kind, at, 0.5, (fact.id,))
        made = replace(shown, personas=(first, *rest), dossier=Dossier(pains=(pain,)))
        assert text in [q.text for q in questions(made, first.key)]


def _of_shop() -> dict[str, Any]:
    """The profiles, facts and personas of a small shop."""
    world = described.shop(1500, 3)
    return {"profiles": world.profiles, "facts": world.facts, "personas": world.personas}
