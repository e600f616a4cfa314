"""Refreshes that are held back are recorded once, and none is recorded with keys that were given meanwhile. REF-06, REF-07."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cast_builder
from personae.cli.refresh import _stopped
from personae.errors import MachineError
from personae.model.cast import Cast
from personae.model.edit import Edit
from personae.stages.stay import stay
from personae.store import Record, casts
from personae.store.held_back import held_back

DAY = "2026-11-02"


@pytest.fixture
def here(tmp_path: Path) -> Record:
    kept = Record(tmp_path / ".personae")
    kept.add(cast_builder.cast(), None, "2026-11-01", more=lambda place, cast: None)
    return kept


def _feed(kept: Record, words: str) -> Cast:
    """What a refresh of the current run makes of a feed."""
    return replace(stay(kept.bare()), run="", warnings=(words,))


def _add(kept: Record, cast: Cast, folder: Path | None = None, **more: Any) -> str:
    return kept.add(cast, folder, DAY, more=lambda place, cast: None, since=kept.entry().id, **more).id


def test_what_is_held_back_twice_is_recorded_once(here: Record) -> None:
    ids = [_add(here, _feed(here, words), current=False) for words in ("feed 1", "feed 1", "feed 2", "feed 1")]
    assert ids == ["r02", "r02", "r03", "r02"]
    assert [e.id for e in here.entries()] == ["r01", "r02", "r03"]
    assert here.entry().id == "r01"
    assert sorted(p.name[-3:] for p in (here.root.parent / "reports").iterdir()) == ["r01", "r02", "r03"]


def test_the_same_data_are_known_though_a_persona_that_is_new_has_another_key_this_time(here: Record) -> None:
    cast = _feed(here, "feed 1")
    born = [replace(cast, evidence=replace(cast.evidence, given=n)) for n in (3, 4)]
    assert [_add(here, c, current=False) for c in born] == ["r02", "r02"]
    assert here.load("r02").evidence.given == 3


def test_files_of_it_that_are_asked_for_elsewhere_or_are_gone_are_written_again(here: Record, tmp_path: Path) -> None:
    assert _add(here, _feed(here, "feed 1"), current=False) == "r02"
    assert _add(here, _feed(here, "feed 1"), tmp_path / "elsewhere", current=False) == "r02"
    assert (tmp_path / "elsewhere" / "run.json").is_file()
    assert here.entry("r02").folder == "elsewhere"
    assert here.entry("r02").whole
    assert here.load("r02").warnings == ("feed 1",)


def test_what_was_the_current_run_once_is_not_taken_for_held_back(here: Record) -> None:
    assert _add(here, _feed(here, "feed 1")) == "r02"
    assert _add(here, replace(_feed(here, "feed 2"), warnings=("feed 1",)), current=False) == "r03"


def test_the_message_says_where_it_is_and_how_to_accept_it(here: Record) -> None:
    _add(here, _feed(here, "feed 1"), current=False)
    said = " ".join(" ".join(_stopped("gate drift=clear says no: more", here, here.entry("r02"), again=False)).split())
    assert said.startswith("current r01 stays the current run: gate drift=clear says no: more")
    assert "held r02 is recorded and held back:" in said
    assert "reports/2026-11-02_r02" in said
    assert "personae runs rollback r02" in said
    again = " ".join(_stopped("no", here, here.entry("r02"), again=True))
    assert "were held back before, as r02" in again


def test_a_refresh_whose_keys_were_given_by_a_split_meanwhile_is_not_recorded(here: Record) -> None:
    before = here.bare()
    cast = _feed(here, "feed 1")
    here.edit("", lambda c: (Edit(0, DAY, "split", "P1", "", keys=("P1",), made=("P7", "P8")), c))
    with pytest.raises(MachineError, match="gave keys up to P8 meanwhile") as no:
        _add(here, cast, known=before.given)
    assert (no.value.code, no.value.exit_code, no.value.did) == ("P501", 5, "nothing was recorded")
    assert no.value.fix.startswith("run the command again")
    assert [e.id for e in here.entries()] == ["r01"]
    assert len(list((here.root / "runs").iterdir())) == 1
    assert _add(here, cast, known=here.bare().given) == "r02"


def test_what_was_held_back_with_other_data_is_told_apart_without_reading_it_whole(
    here: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each night would read all nights before."""
    one, *rest = _feed(here, "feed").tables

    def feed(sha256: str) -> Cast:
        return replace(_feed(here, "feed"), tables=(replace(one, files=(("a.csv", sha256, 9),)), *rest))

    casts_ = [feed(c * 64) for c in "abc"]
    read, load = list[str](), casts.load
    assert [_add(here, c, current=False) for c in casts_[:2]] == ["r02", "r03"]
    monkeypatch.setattr(casts, "load", lambda place, digest="": read.append(digest) or load(place, digest))
    with here.writing() as index:
        assert held_back(index, here.root / "runs", casts_[2]) is None
        assert not read
        found = held_back(index, here.root / "runs", casts_[1])
    assert found is not None
    assert (found.id, read) == ("r03", [found.digest])
