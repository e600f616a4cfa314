"""Lists to act on hold the right ids, nobody who objected, and say who came and who went."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cast_builder
from personae.model.cast import Cast
from personae.stages.audience import audience, changes, only, without

IDS = tuple(f"u{i:02d}" for i in range(24))


def _placed(places: list[int], ids: tuple[str, ...] = IDS) -> Cast:
    cast = cast_builder.cast(ids)
    persona = np.array(places, np.int32)
    return replace(cast, placement=replace(cast.placement, persona=persona))


def _rows(table: Any) -> list[tuple[str, ...]]:
    return [tuple(r.values()) for r in table.to_pylist()]


def test_an_audience_is_the_ids_of_its_personas_in_the_order_of_the_run() -> None:
    cast = _placed([0, 1, -1] * 8)
    assert audience(cast, ["P1"])["id"].to_pylist() == list(IDS[0::3])
    assert audience(cast, ["Quiet browsers", "P2"])["id"].to_pylist() == list(IDS[1::3])
    assert audience(cast, ["P1", "P2"]).num_rows == 16


def test_the_border_can_be_left_out() -> None:
    cast = _placed([0] * 24)
    kinds = np.array([0, 1] * 12, np.int8)
    cast = replace(cast, placement=replace(cast.placement, kind=kinds))
    assert audience(cast, ["P1"], firm=True)["id"].to_pylist() == list(IDS[0::2])


def test_who_joined_and_who_left_is_told_by_counterpart() -> None:
    """P1 before is P2 after: keys say nothing across runs. u00 moves over, u11 and u23 go to nobody and come from nobody."""
    before = _placed([0] * 12 + [1] * 11 + [-1])
    after = _placed([0, *[1] * 10, -1, *[0] * 11, 0])
    assert _rows(changes(before, after)) == [
        ("u00", "left", "P2", "Quiet browsers"),
        ("u00", "joined", "P1", "Frequent buyers"),
        ("u11", "left", "P2", "Quiet browsers"),
        ("u23", "joined", "P1", "Frequent buyers"),
    ]
    assert {r[0] for r in _rows(changes(before, after, ["P1"]))} == {"u00", "u23"}


def test_users_of_one_run_alone_joined_or_left() -> None:
    before = _placed([0] * 10 + [1] * 10, IDS[:20])
    after = _placed([0] * 6 + [1] * 14, IDS[4:])
    found = _rows(changes(before, after))
    assert {(r[0], r[1]) for r in found} == {*((i, "left") for i in IDS[:4]), *((i, "joined") for i in IDS[20:])}


def test_a_persona_that_is_gone_was_left_by_all_of_it() -> None:
    before = _placed([0] * 12 + [1] * 12)
    after = replace(_placed([0] * 12 + [-1] * 12), personas=_placed([0] * 24).personas[:1])
    found = _rows(changes(before, after))
    assert [r[1:] for r in found] == [("left", "", "Quiet browsers")] * 12


def test_the_same_run_changes_nobody() -> None:
    cast = _placed([0, 1, -1] * 8)
    assert changes(cast, cast).num_rows == 0


def test_lists_leave_out_and_keep_ids() -> None:
    table = audience(_placed([0] * 24), ["P1"])
    assert without(table, {"u00", "zz"}).num_rows == 23
    assert only(table, {"u03", "zz"})["id"].to_pylist() == ["u03"]


def test_the_command_writes_a_list_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from personae.cli.main import app
    from personae.store import save

    monkeypatch.chdir(tmp_path)
    save(_placed([0, 1, -1] * 8), tmp_path / "old")
    save(_placed([1, 1, -1] * 8), tmp_path / "new")
    (tmp_path / "no.csv").write_text("user,why\nu00,objected\nu01,objected\n")
    made = CliRunner().invoke(app, ["export", "old", "--audience", "P1", "--exclude", "no.csv", "--out", "p1.csv"])
    assert made.exit_code == 0, made.output
    assert (tmp_path / "p1.csv").read_text().split() == ["id", *IDS[3::3]]
    assert stat.S_IMODE((tmp_path / "p1.csv").stat().st_mode) == 0o600
    made = CliRunner().invoke(app, ["export", "new", "--changes", "old", "--out", "moved.csv"])
    assert made.exit_code == 0, made.output
    assert (tmp_path / "moved.csv").read_text().startswith("id,change,persona,persona_name\n")
