"""Records placed without an engine stand where `personae score` puts the same rows, one by one and many at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cast_builder
import personae
from conftest import planted
from personae import flow
from personae.errors import DataError
from personae.model.cast import Cast
from personae.model.intake import Answer, Field, How, Intake, Unknown
from personae.model.plain import noun, plain
from personae.model.rule import REASONS, Place
from personae.stages.cells import reader
from personae.stages.intake import Scorer, intake
from personae.words.numbers import percent

QUICK = {"groups": "3", "worlds": "none", "method": "kmeans"}


@dataclass(frozen=True, eq=False, repr=False)
class Known:
    """A run, the columns and cells it was made of, and where new rows of that kind are written."""

    cast: Cast
    columns: Mapping[str, tuple[str, ...]]
    folder: Path

    def batch(self, rows: Sequence[Mapping[str, Any]], name: str = "new.csv") -> dict[str, Answer]:
        """The same rows by the way of files and the engine."""
        others = (
            [
                {k: f"known {i}" if k not in self.columns else cells[i % len(cells)] for k, cells in self._cells(rows)}
                for i in range(8)
            ]
            if self.columns
            else []
        )  # so that the marks of numbers are as clear as in the run
        path = write(self.folder / name, [*rows, *others])
        ids, p = flow.place(self.cast, (str(path),))
        named = {q.index: (q.key, q.name) for q in self.cast.personas}
        columns = (p.persona, p.second, p.membership, p.margin, p.kind, p.reason)
        return {
            id: Answer(id, *named.get(a, ("", "")), s, named.get(b, ("", ""))[0], m, Place(k).name.lower(), REASONS[r], "")
            for id, a, b, s, m, k, r in zip(ids.to_pylist(), *(c.tolist() for c in columns), strict=True)
        }

    def _cells(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
        return [(k, self.columns.get(k, ("",))) for k in rows[0]]


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


CELLS: Mapping[str, tuple[str, ...]] = {
    "plan": ("free", "pro", "team"),
    "paid": ("1.204,50", "9,99", "0", "12,5", ""),
    "orders": ("0", "1", "3", "17", ""),
    "newsletter": ("ja", "nein", ""),
    "often": ("never", "sometimes", "often", "always", ""),
    "genres": ("jazz|rock", "rock", "jazz", "pop|rock|jazz", "pop", "folk|pop", ""),
}


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """A table with categories, empties, decimal commas, a flag, a scale and several answers in a cell."""
    folder = tmp_path_factory.mktemp("crm")
    rng = np.random.default_rng(3)
    rows = []
    for i in range(300):
        g = i % 3
        cell = {
            "plan": str(rng.choice(CELLS["plan"], p=np.roll((0.8, 0.1, 0.1), g))),
            "paid": f"{rng.gamma(2, 20) * (1 + 4 * g):.2f}".replace(".", ","),
            "orders": str(rng.poisson(1 + 6 * (g == 1))),
            "newsletter": "ja" if rng.random() < (0.9, 0.2, 0.4)[g] else "nein",
            "often": CELLS["often"][int(np.clip(rng.normal(1.2 * g, 0.7), 0, 3))],
            "genres": CELLS["genres"][int(rng.integers(0, 6))],
        }
        rows.append({"customer": f"{i:04d}", **{k: "" if rng.random() < 0.03 else v for k, v in cell.items()}})
    result = personae.run(personae.read(str(write(folder / "crm.csv", rows)), group_by=tuple(CELLS), id="customer"), **QUICK)
    return Known(result.cast, CELLS, folder)


def test_a_record_is_read_as_the_run_read_its_column(crm: Known) -> None:
    """Row 40: which cells give what is worked out from the run alone."""
    found = {f.name: f for f in intake(crm.cast).fields}
    assert found["paid"].format == "comma" and found["paid"].how is How.NUMBER
    assert found["newsletter"].words == ("ja", "nein")
    assert found["often"].how is How.RANK and found["often"].words == ("never", "sometimes", "often", "always")
    assert found["genres"].how is How.SEVERAL and "genres: jazz" in found["genres"].makes


def test_an_intake_is_plain_data_and_comes_back_whole(crm: Known) -> None:
    mine = intake(crm.cast)
    assert noun(Intake, plain(mine)) == mine


@settings(max_examples=12, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in CELLS.items()}), min_size=1, max_size=40))
def test_rows_of_a_table_stand_where_files_put_them_alone_and_together(crm: Known, rows: list[dict[str, str]]) -> None:
    """Row 40: equals batch scoring exactly, to every digit."""
    records = [{"customer": f"n{i}", **r} for i, r in enumerate(rows)]
    scorer, expected = Scorer(crm.cast), crm.batch(records)
    together = scorer.place(records)
    assert together == [expected[r["customer"]] for r in records]
    assert together == [scorer.place([r])[0] for r in records]


def test_json_values_stand_where_their_texts_do(crm: Known) -> None:
    scorer = Scorer(crm.cast)
    text = {"id": "a", "plan": "pro", "paid": "1.204,5", "orders": "3", "newsletter": "ja", "often": "Often", "genres": ""}
    typed = {"id": "a", "plan": "pro", "paid": 1204.5, "orders": 3, "newsletter": True, "often": "often", "genres": None}
    assert scorer.place([text]) == scorer.place([typed])


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"paid": "12.50 EUR"}, '"paid" of record 2'),
        ({"paid": {"a": 1}}, '"paid" of record 2 is an object'),
        ({"paid": float("inf")}, '"paid" of record 2 is no finite number'),
        ({"newsletter": "vielleicht"}, 'neither "ja" nor "nein"'),
        ({"often": "hourly"}, "never < sometimes"),
        ({"orders": "1e40"}, '"orders" of record 2'),
        ({"customer": None}, '"customer" of record 2 is missing'),
        ({"customer": 1.5}, '"customer" of record 2 is no text'),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_named(crm: Known, wrong: dict[str, Any], named: str) -> None:
    good = {"customer": "a", "plan": "pro", "paid": "9,99"}
    with pytest.raises(DataError) as error:
        Scorer(crm.cast).place([good, {**good, **wrong}])
    assert error.value.code == "P103" and named in error.value.what


def test_without_strictness_what_does_not_fit_is_empty_as_in_a_file(crm: Known) -> None:
    broken = {"customer": "a", "plan": "pro", "paid": "12.50 EUR", "orders": "x", "newsletter": "?", "often": "", "genres": ""}
    rest = {
        "customer": "b",
        "plan": "free",
        "paid": "1,5",
        "orders": "2",
        "newsletter": "ja",
        "often": "never",
        "genres": "pop",
    }
    (mine,) = Scorer(crm.cast, strict=False).place([broken])
    assert mine == crm.batch([broken, rest])["a"]


def test_a_record_of_other_columns_is_refused(crm: Known) -> None:
    with pytest.raises(DataError, match="nothing of what the rule reads") as error:
        Scorer(crm.cast).place([{"customer": "a", "colour": "red"}])
    assert error.value.code == "P002"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Known:
    folder = tmp_path_factory.mktemp("log")
    path = planted(300, 3, 8, seed=5).log(folder / "events.csv")
    cast = personae.run(personae.read(str(path)), **QUICK).cast
    return Known(cast, {}, folder)


@settings(max_examples=10, deadline=None)
@given(users=st.lists(st.dictionaries(st.integers(0, 9), st.integers(1, 60), min_size=1), min_size=1, max_size=12))
def test_counts_of_events_stand_where_their_log_does(log: Known, users: list[dict[int, int]]) -> None:
    """Events the rule does not know count for nobody, and a list of events is as good as their counts."""
    counts = [{f"event_{e:02d}": n for e, n in u.items()} for u in users]
    rows = [
        {"user_id": f"n{i}", "event": e, "time": f"2026-04-{1 + k % 20:02d}T10:00:00Z"}
        for i, u in enumerate(counts) for e, n in u.items() for k in range(n)
    ]  # fmt: skip
    scorer, expected = Scorer(log.cast), log.batch(rows)
    named = scorer.place([{"user_id": f"n{i}", "events": u} for i, u in enumerate(counts)])
    assert [a.unknown.count for a in named] == [sum(e > "event_07" for e in u) for u in counts]
    together = [replace(a, unknown=Unknown()) for a in named]
    assert together == [expected[f"n{i}"] for i in range(len(counts))]
    listed = [[r for r in rows if r["user_id"] == f"n{i}"] for i in range(len(counts))]
    assert named == [scorer.place([{"id": f"n{i}", "events": few}])[0] for i, few in enumerate(listed)]


def test_who_did_nothing_has_nothing_to_go_by(log: Known) -> None:
    (one,) = Scorer(log.cast).place([{"id": "new", "events": {}}])
    assert (one.persona, one.kind, one.reason) == ("", "outside", "no behaviour to go by")
    with pytest.raises(DataError, match="below 0"):
        Scorer(log.cast).place([{"id": "new", "events": {"event_01": -1}}])


def test_events_of_which_the_rule_counts_none_are_named_by_score(log: Known, caplog: pytest.LogCaptureFixture) -> None:
    rows = [{"user_id": "a", "event": e, "time": "2026-04-01T10:00:00Z"} for e in ("evnet_01", "evnet_02")]
    assert log.batch(rows, "typo.csv")["a"].reason == "no behaviour to go by"
    said = [r.message for r in caplog.records if "counts none" in r.message]
    assert len(said) == 1
    assert said[0].endswith("the rule counts none of the 2 kinds of events in these data: evnet_01, evnet_02")


def test_of_data_without_a_single_event_no_kinds_are_named(log: Known, caplog: pytest.LogCaptureFixture) -> None:
    log.batch([{"user_id": "a", "event": "", "time": "2026-04-01T10:00:00Z"}], "blank.csv")
    assert not [r.message for r in caplog.records if "counts none" in r.message]


def test_columns_that_are_counted_stand_where_their_table_does(tmp_path: Path) -> None:
    world = planted(300, 3, 10, seed=6)
    cast = personae.run(personae.read(str(world.wide(tmp_path / "wide.csv"))), **QUICK).cast
    known = Known(cast, {}, tmp_path)
    assert {f.name for f in intake(cast).fields if f.counts} <= set(world.events) and not intake(cast).counted
    rows = [{"user_id": u, **dict(zip(world.events, map(int, c), strict=True))} for u, c in zip(world.ids, world.counts)][:50]
    expected = known.batch(rows)
    assert Scorer(cast).place(rows) == [expected[r["user_id"]] for r in rows]


def test_what_one_record_cannot_give_is_asked_for_by_name(tmp_path: Path) -> None:
    """A log without events: recency forms the groups, and comes ready made."""
    path = planted(300, 3, 8, seed=5).log(tmp_path / "log.csv")
    plain_log = tmp_path / "visits.csv"
    lines = [",".join((r["user_id"], r["time"])) for r in csv.DictReader(path.open())]
    plain_log.write_text("user_id,time\n" + "\n".join(lines) + "\n")
    cast = personae.run(personae.read(str(plain_log), force=True), **QUICK).cast
    asked = intake(cast).measures
    assert "days_since_last" in asked and not intake(cast).fields
    with pytest.raises(DataError, match="days_since_last"):
        Scorer(cast).place([{"id": "a", "measures": {}}])
    (one,) = Scorer(cast).place([{"id": "a", "measures": dict.fromkeys(asked, 2.0)}])
    assert one.kind in ("core", "border", "outside")


def test_the_reason_gives_the_users_numbers_beside_their_personas(log: Known) -> None:
    """Every number of the persona is a fact of the run."""
    scorer, persona, world = Scorer(log.cast), log.cast.personas[0], planted(300, 3, 8, seed=5)
    at = next(i for i, id in enumerate(world.ids) if scorer.stored(id).persona == persona.key)
    record = {"id": "a", "events": dict(zip(world.events, world.counts[at].tolist(), strict=True))}
    (one,) = scorer.place([record], explain=True)
    assert one.persona == persona.key and scorer.why(record) == one.why
    assert f"membership {one.membership:.2f}" in one.why[0] and len(one.why) > 1
    shares = {f"{persona.name} {percent(f.value)}, everyone {percent(f.everyone or 0)}" for f in log.cast.facts}
    assert all(any(w.endswith(s) for s in shares) and f" of {world.counts[at].sum()})" in w for w in one.why[1:])


def test_a_user_of_the_run_stands_where_the_run_put_them(log: Known) -> None:
    scorer = Scorer(log.cast)
    id = log.cast.ids[7].as_py()
    one = scorer.stored(id, explain=True)
    assert one.id == id and one.membership == log.cast.placement.membership[7] and one.why
    with pytest.raises(KeyError):
        scorer.stored("nobody")


@settings(max_examples=150, deadline=None)
@given(cell=st.one_of(st.from_regex(r"\A[ +\-]?[0-9]{1,6}([.,'][0-9]{0,3}){0,2}([eE][+-]?[0-9])?[ ]?\Z"), st.text(max_size=4)))
def test_numbers_are_read_as_the_engine_reads_them(cell: str) -> None:
    from personae.engines.duckdb import typed
    from personae.model.study import Role
    from personae.model.table import Column, Kind

    if cell == "" or "\x00" in cell or cell.strip().lower().lstrip("+-")[:3] in ("inf", "nan"):
        return
    ways = [(k, h, m) for k, h in ((Kind.DECIMAL, How.NUMBER), (Kind.INTEGER, How.WHOLE)) for m in ("", "comma", "grouped")]
    columns = [Column("c", k, Role.BEHAVIOUR, "", 1, 0, 1, format=m) for k, _, m in ways]
    picked = ", ".join(f"CAST({typed(c)} AS DOUBLE)" for c in columns)
    (theirs,) = ENGINE.execute(f"SELECT {picked} FROM (SELECT ? AS c)", [cell]).fetchall()
    for (_, how, marks), expected in zip(ways, theirs, strict=True):
        try:
            mine = reader(Field("c", how, ("c",), format=marks))(cell)
        except ValueError:
            mine = None
        assert (None if mine != mine else mine) == expected, (how, marks)


ENGINE = duckdb.connect()


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    ENGINE.close()


def test_answers_stand_where_the_whole_survey_puts_them(tmp_path: Path) -> None:
    """Options whose blanks mean "not chosen", and answers less the person's own way of answering: nobody else is looked at."""
    rng = np.random.default_rng(4)
    rated, options = [f"q{j} enjoy" for j in range(6)], {"used_01": "mail", "used_02": "chat", "used_03": "phone"}

    def person(i: int) -> dict[str, str]:
        base = np.array([4, 4, 4, 2, 2, 2] if i % 2 else [2, 2, 2, 4, 4, 4])
        marks = np.clip(base + rng.integers(-1, 2, 6) + rng.integers(-1, 2), 1, 5).astype(str)
        given = {q: "" if rng.random() < 0.05 else str(m) for q, m in zip(rated, marks, strict=True)}
        chosen = {c: o if rng.random() < (0.8 if i % 2 else 0.3) else "" for c, o in options.items()}
        return {"person_id": f"p{i:04d}", **given, **chosen}

    asked = write(tmp_path / "survey.csv", [person(i) for i in range(300)])
    source = personae.read(str(asked), group_by=(*rated, *options), style="remove", entity="person")
    cast = personae.run(source, **QUICK).cast
    mine = intake(cast)
    assert mine.styles == (tuple(rated),) and {f.name for f in mine.fields if f.how is How.OPTION} == set(options)
    rows = [{**person(i), "person_id": f"n{i}"} for i in range(60)]
    expected = Known(cast, {}, tmp_path).batch(rows)
    together = Scorer(cast).place(rows)
    assert together == [expected[r["person_id"]] for r in rows]
    assert together == [Scorer(cast).place([r])[0] for r in rows]


def test_without_groups_everybody_is_nowhere_and_told_so() -> None:
    (one,) = Scorer(cast_builder.nothing()).place([{"id": "a"}], explain=True)
    assert (one.persona, one.kind, one.reason) == ("", "outside", "no groups were found") and "no groups" in one.why[0]
