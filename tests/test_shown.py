"""What a notebook shows of a change: words first, tables and a drawing in HTML without script, and no id."""

from __future__ import annotations

import re

import personae
from personae.api import Result
from personae.model.change import Change
from refreshed import act, placed, refreshed


def _grown() -> tuple[Result, Result]:
    """P1 gave half of its people to a new persona."""
    before = placed(["P1"] * 300 + ["P2"] * 200, run="r01")
    after = placed(["P1"] * 150 + ["P3"] * 150 + ["P2"] * 200, run="r02")
    acts = act("split", ["P1"], ["P1", "P3"]), act("same", ["P2"], ["P2"])
    return Result(before), Result(refreshed(before, after, *acts))


def test_a_refreshed_run_shows_what_became_of_its_personas() -> None:
    """EXPERIENCE 12: static HTML, and a short text elsewhere."""
    before, after = _grown()
    assert before.change is None
    change = after.change
    assert isinstance(change, Change) and change.after.run == "r02"
    lines = repr(change).splitlines()
    assert 2 <= len(lines) <= 20 and len(lines[0]) < 200
    html = change._repr_html_()
    assert all(line.split(":")[0][:20] in html for line in lines[:2])
    assert "<script" not in html and len(html) < 300_000 and "<svg" in html
    assert not any(i in html or i in repr(change) for i in after.cast.ids.to_pylist())


def test_two_runs_side_by_side_show_themselves_too() -> None:
    before, after = _grown()
    change = personae.diff(before, after)
    assert isinstance(change, Change) and "split into" in repr(change)
    assert re.search(r"<td[^>]*>P2|<td[^>]*>\w+", change._repr_html_()) and "<svg" not in change._repr_html_()


def test_a_name_is_text_and_no_markup() -> None:
    """A persona may be called anything."""
    _, after = _grown()
    shown = after.rename("P1", "<img src=x onerror=alert(1)>").change
    assert shown is not None
    assert "<img" not in shown._repr_html_() and "&lt;img" in shown._repr_html_()
