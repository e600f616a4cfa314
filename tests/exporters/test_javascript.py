"""The JavaScript module places records as the program does, and needs nothing but itself. Row 40."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cast_builder import cast
from personae.errors import DataError
from personae.exporters.javascript import text
from personae.model.cast import Cast
from personae.model.intake import Field, How, Intake
from personae.model.rule import Feature, Rule, Step
from personae.stages.intake import Scorer
from personae.stages.records import Reading
from random_rules import NASTY, World, world

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not on this machine; .ci/run installs it")
CALL = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
const out = [];
for (const [file, strict, records] of given) {
  const { place, placeMany } = await import(file);
  const one = (r) => { try { return place(r, { strict }); } catch (e) { return { error: e.message, code: e.code }; } };
  out.push(strict ? records.map(one) : placeMany(records, { strict }));
}
process.stdout.write(JSON.stringify(out));
"""


def node(folder: Path, given: Sequence[tuple[str, bool, Sequence[Any]]]) -> list[list[dict[str, Any]]]:
    """What the modules answer; without `strict` all records of one at once."""
    (folder / "call.mjs").write_text(CALL)
    made = subprocess.run(
        [str(NODE), "call.mjs"], cwd=folder, input=json.dumps(given), capture_output=True, text=True, encoding="utf-8"
    )
    assert made.returncode == 0, made.stderr
    answers: list[list[dict[str, Any]]] = json.loads(made.stdout)
    return answers


def of(rule: Rule) -> Cast:
    """A cast whose personas have names that no text may stumble over."""
    some = cast()
    names = [replace(some.personas[0], index=i, key=f"P{i + 1}", name=NASTY[i % len(NASTY)]) for i in range(rule.size)]
    return replace(some, rule=rule, personas=tuple(names), run="r01")


def records(w: World) -> list[dict[str, Any]]:
    """The users of a world as records: counts by event, and measures ready made."""
    made = []
    for i, id in enumerate(w.ids):
        r: dict[str, Any] = {"id": id}
        if w.counts is not None:
            row, names = w.counts[i].tocoo(), [f.column for f in w.rule.features if f.of == "event"]
            r["events"] = {names[j]: n for j, n in zip(row.col.tolist(), row.data.tolist(), strict=True)}
        values = {k: v[i] for k, v in w.measures.items()}
        r["measures"] = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}
        made.append(r)
    return made


def intake(w: World) -> Intake:
    events = tuple(f.column for f in w.rule.features if f.of == "event")
    return Intake("id", counted=events, measures=tuple(w.measures), texts=("plan",) if w.measures else ())


def test_rules_of_every_shape_place_users_of_every_oddity_as_numpy_does(tmp_path: Path) -> None:
    """Weighing, steps, guards, several prototypes, joined groups, ties, holes."""
    worlds, given = [world(seed) for seed in range(40)], []
    for i, w in enumerate(worlds):
        (tmp_path / f"w{i}.mjs").write_text(text(of(w.rule), intake(w)), encoding="utf-8")
        given.append((f"./w{i}.mjs", False, records(w)))
    for w, answers in zip(worlds, node(tmp_path, given), strict=True):
        known = Scorer(of(w.rule), strict=False)
        known.intake, known._reading = intake(w), Reading(intake(w), intake(w).counted, strict=False)
        for mine, theirs in zip(known.place(records(w)), answers, strict=True):
            assert theirs["membership"] == pytest.approx(mine.membership, abs=1e-12)
            assert theirs["margin"] == pytest.approx(mine.margin, abs=1e-12)
            for name in ("id", "persona", "persona_name", "second", "kind", "reason", "run"):
                assert theirs[name] == getattr(mine, name)


FIELDS = (
    Field("paid", How.NUMBER, ("paid",), format="comma"),
    Field("sum", How.NUMBER, ("sum",), format="grouped"),
    Field("orders", How.WHOLE, ("orders",)),
    Field("news", How.FLAG, ("news",), words=("ja", "nein")),
    Field("plan", How.TEXT, ("plan",), point=True),
    Field("genres", How.SEVERAL, ("g jazz", "g rock, hard", "g rest"), words=("jazz", "rock, hard"), mark=",", rest=True),
    Field("often", How.RANK, ("often",), words=("Never", "some times", "always")),
    Field("a", How.OPTION, ("a",), words=("a",), block="q"),
    Field("b", How.OPTION, ("b",), words=("b",), mark="no", block="q"),
    Field("times", How.NUMBER, ("did it",), counts=True),
)
CELLS = (
    None, "", " ", "\t", "NA", 0, -1, 3.0, 2.5, -2.5, 0.49999999999999994, 1e16, 1e22, 1.5e-7, 123456789012, True, False,
    "1.204,50", "9,99", "1,234.5", "-3", "+7", " 12 ", "1_000", "2.5", "3.49999", "-0.5", "1e3", "5e-1", "12e20", "٣", "nan",
    "inf", "abc", "ja", " JA ", "Nein", "free", "fr ee ", "jazz", "jazz, rock, hard", "rock,hard", "rock,jazz,folk", "1,2",
    "never", "SOME\u00a0TIMES", "prefer not to say", "sometimes", "no", " No", "yes", [], {}, ["x"],
)  # fmt: skip


def mixed() -> tuple[Rule, Intake]:
    """A rule over every kind of column, and how they are read."""
    made = [m for f in FIELDS if not f.counts for m in f.makes]
    plain = Step("scale", {"mean": 0.5, "by": 2.0})
    levels = [Feature(f"plan {v}", "measure", "plan", (Step("level", {"level": v}), plain)) for v in ("free", "3.0", "1e+16")]
    features = [Feature(m, "measure", m, (Step("log", {}), plain)) for m in made if m != "plan"]
    event = Feature("did it", "event", "did it", (Step("log", {}), Step("scale", {"mean": 0.5, "by": 2.0, "zero": 0.0})))
    rng = np.random.default_rng(2)
    d, size = 1 + len(features) + len(levels), 3
    rule = Rule(
        (event, *features, *levels), rng.standard_normal((d, 2)), rng.standard_normal((size, 2)),
        np.arange(size, dtype=np.int32), np.full(size, np.inf), 3.0,
    )  # fmt: skip
    return rule, Intake("who", FIELDS, event="what", missing=("NA",), styles=())


@pytest.mark.parametrize("strict", [False, True])
def test_cells_of_every_kind_are_read_as_the_program_reads_them(tmp_path: Path, strict: bool) -> None:
    """Numbers with marks, whole numbers, flags, several answers, ranks, options; with what is refused in the same words."""
    rule, how = mixed()
    rng, rows = np.random.default_rng(5), []
    for i in range(600):
        some = [f.name for f in FIELDS if rng.random() < (0.25 if strict else 0.8)]
        rows.append({"who": f"u{i}", **{n: CELLS[rng.integers(0, len(CELLS))] for n in some}})
    rows += [{"who": 7.5, "paid": 1}, {"who": ""}, {"paid": "1"}, {"who": "x"}, {"who": "y", "events": 3, "paid": 1}]
    rows = rows if strict else rows[:600]
    (tmp_path / "mixed.mjs").write_text(text(of(rule), how), encoding="utf-8")
    (answers,) = node(tmp_path, [("./mixed.mjs", strict, rows)])
    known = Scorer(of(rule), strict=strict)
    known.intake, known._reading = how, Reading(how, ("did it",), strict=strict)
    wrong = 0
    for row, theirs in zip(rows, answers, strict=True):
        try:
            (mine,) = known.place([row])
        except DataError as no:
            wrong += 1
            assert theirs.get("code") == no.code and _told(theirs["error"]) == _told(no.what), row
            continue
        assert "error" not in theirs, (row, theirs)
        assert [theirs[n] for n in ("persona", "second", "kind", "reason")] == [
            mine.persona,
            mine.second,
            mine.kind,
            mine.reason,
        ], row
        assert theirs["margin"] == pytest.approx(mine.margin, abs=1e-12), row
    assert (wrong > 50) == strict


def _told(words: str) -> str:
    """What an error says, without the value, which Python and JavaScript spell in their own ways."""
    return re.sub(r": [^:]*$", "", words)


def test_a_number_is_no_id_since_a_long_one_has_lost_digits_before_it_is_seen(tmp_path: Path) -> None:
    """As over HTTP: -8845298781299428018 would be read as another user's -8845298781299428000."""
    w = world(1)
    (tmp_path / "w.mjs").write_text(text(of(w.rule), intake(w)), encoding="utf-8")
    some = [{"id": id, "events": {}, "measures": {}} for id in (-8845298781299428018, 7, 1.0, "-8845298781299428018")]
    ((*numbers, words),) = node(tmp_path, [("./w.mjs", True, some)])
    assert [(n["code"], _told(n["error"])) for n in numbers] == [("P103", '"id" of record 1 is no text')] * 3
    assert words["id"] == "-8845298781299428018"


def test_a_log_as_rows_counts_as_one_of_names_and_one_of_numbers(tmp_path: Path) -> None:
    w = world(1)
    (tmp_path / "w.mjs").write_text(text(of(w.rule), intake(w)), encoding="utf-8")
    a, b = intake(w).counted[:2]
    said = [{a: 2, b: 1}, [a, b, a], [{"event": a}, {"event": a}, b], {a: "2", b: 1, "another": 5}]
    ((first, *others),) = node(tmp_path, [("./w.mjs", True, [{"id": "u", "events": e, "measures": {}} for e in said])])
    assert first["kind"] in ("core", "border", "outside") and all(o == first for o in others)


def test_nothing_is_fetched_and_no_text_becomes_code() -> None:
    """Safe behind a strict content security policy, and inside a page."""
    made = text(of(world(5).rule), intake(world(5)))
    code = re.sub(r"//.*|/\*.*?\*/", "", made.replace("://", ""), flags=re.DOTALL)
    for word in (
        "eval(",
        "Function(",
        "fetch(",
        "XMLHttp",
        "import ",
        "import(",
        "require(",
        "document",
        "window.",
        "</script",
    ):
        assert word not in (made if word == "</script" else code), word
