"""personae check: what it shows of values, and what it says to type next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import cast_builder
from personae.cli import main, summary
from personae.cli.check import examples
from personae.model.study import Role
from personae.model.table import Column, Kind


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _main(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main.main(list(arguments))
    return int(end.value.code or 0)


def _shown(value: str, name: str = "x", kind: Kind = Kind.TEXT) -> str:
    return examples(Column(name, kind, Role.BEHAVIOUR, "", 10, 0, 10, (value,)))[0]


@pytest.mark.parametrize(("name", "hidden"), [("first_name", True), ("name", True), ("product_category_name", False)])
def test_names_of_people_are_hidden_and_names_of_things_are_shown(name: str, hidden: bool) -> None:
    assert (_shown("tea", name) == "(personal, not shown)") is hidden


@pytest.mark.parametrize("value", ["5/18/18 9:29", "2016-09-15 12:16", "15.09.2016 12:16:36", "0.1234567890", "1.234.567,89"])
def test_dates_and_numbers_are_shown_as_they_are(value: str) -> None:
    assert _shown(value) == value


@pytest.mark.parametrize(
    "value", ["+49 30 1234567", "(030) 123 456 78", "555-123-4567", "+4915112345678", "a@b.org", "10.0.0.1"]
)
def test_what_points_at_a_person_is_masked(value: str) -> None:
    assert "*" in _shown(value)
    assert not any(c.isdigit() for c in _shown(value))


def test_names_of_people_are_masked_in_every_language() -> None:
    assert _shown("Vitor Cordovil", "Nome Completo") == "(personal, not shown)"


def test_a_marker_of_many_columns_is_one_note(capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(f"{i},{'NA,NA,NA,NA' if i % 3 else 'a,b,c,d'},{i % 7}\n" for i in range(60))
    Path("survey.csv").write_text("id,q1,q2,q3,q4,visits\n" + lines)
    assert _main("check", "survey.csv") == 0
    out = capsys.readouterr().out
    assert out.count("40 times") == 1
    assert "4 columns" in out


def test_the_next_command_carries_the_flag_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """CLI-06."""
    Path("ragged.csv").write_text("id,a,b\n" + "".join(f"u{i},{i % 5},{i % 7}\n" for i in range(60)) + "u99,1\n")
    assert _main("check", "ragged.csv") == 0
    (last,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("next")]
    assert "--allow-rejects 1" in last


def test_a_number_that_was_asked_for_is_not_passed_over_where_nothing_holds() -> None:
    cast = cast_builder.nothing()
    asked = replace(cast, study=replace(cast.study, groups="3"))
    said = " ".join(" ".join(summary.groups(asked)).split())
    assert "3 were asked for; no number holds; --force draws them, marked" in said
    assert "so few that only large differences show" in said
    assert "asked for" not in " ".join(summary.groups(cast))


def test_the_reasons_for_leaving_out_are_said_where_they_are_few() -> None:
    from personae.model.features import LeftOut

    said = " ".join(summary.measures(9, [LeftOut(str(i), why) for i, why in enumerate(("empty", "text", "constant", "copy"))]))
    assert "other reasons" not in said


def _leaky(path: str) -> str:
    why = {i: ("price", "quality")[i % 2] for i in range(0, 300, 3)}
    lines = (f"u{i},{i * 7 % 10},{i * 7 % 11},{why.get(i, '')},{'yes' if i in why else 'no'}" for i in range(300))
    rows = "\n".join(lines) + "\n"
    Path(path).write_text("user_id,visits,saves,cancel_reason,churned\n" + rows)
    return path


def test_check_is_a_report_and_run_stops(capsys: pytest.CaptureFixture[str]) -> None:
    """Requirements 59 and 60: the report comes first, ends with 0, shows the stop last, and the run does stop."""
    path = _leaky("people.csv")
    assert _main("check", path) == 0
    lines = capsys.readouterr().out.splitlines()
    stop = next(i for i, line in enumerate(lines) if line.startswith("stop"))
    assert stop > max(i for i, line in enumerate(lines) if line.startswith(("note", "warning", "passed")))
    assert any("--ignore cancel_reason or --accept leak:cancel_reason" in line for line in lines)
    assert lines[-1] == "next     personae run with the same files and --ignore cancel_reason finds the groups"
    assert _main("run", path) == 3
    error = capsys.readouterr().err
    assert "error[P113]" in error
    assert "--accept leak:cancel_reason" in error
    assert not Path("reports").exists()


def test_check_names_what_it_looked_for_in_vain(capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"u{i},{i * 37 % 101},{i * 53 % 97}\n" for i in range(300))
    Path("calm.csv").write_text("user_id,visits,saves\n" + rows)
    assert _main("check", "calm.csv") == 0
    out = capsys.readouterr().out
    assert "found    nothing worth a word" in out
    assert "passed   number of users, personal data" in out
    assert "no outcome is known" in " ".join(out.split())
