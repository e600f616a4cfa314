"""Requirement 140: what is counted file by file equals a full recompute, to the bit."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast_builder import cast as built
from personae import flow, tallying
from personae.model.cast import Cast
from personae.model.rule import Feature, Rule
from personae.model.study import Study
from personae.stages.score import inputs

ZONES = {"": "", "Europe/Berlin": "Europe/Berlin", "America/Havana": "America/Havana"}
WINDOWS = ("", "3d", "40d", "first-2d", "2026-03-28..2026-03-30", "2019-01-01..2019-01-05")
RECIPES = ("rhythm", "sessions", "activity", "spans", "weekend", "later_half", "variety", "recency", "frequency(event=buy)",
           "tenure", "event_share(event=view)", "event_count(event=late)", "per_day(event=buy)", "weekdays",
           "login_frequency(event=view)", "recency(event=buy)")  # fmt: skip
TURN = 1_774_746_000
"""The second in which clocks in Berlin go from 2:00 to 3:00, on 29 March 2026."""
Row = tuple[str, str, int, str]
_rows = st.lists(
    st.tuples(
        st.sampled_from(["007", "7", "u1", "ünï", ""]),
        st.sampled_from(["view", "buy", "late", ""]),
        st.one_of(
            st.integers(TURN - 90_000, TURN + 90_000),
            st.integers(-40, 40).map(lambda n: TURN + 900 * n),
            st.integers(TURN - 40 * 86_400, TURN + 40 * 86_400),
        ),
        st.sampled_from(["", "1.25", "-3.1", "0.10", "1000000.07", "7"]),
    ),
    min_size=1,
    max_size=40,
)  # fmt: skip


def _written(path: Path, rows: list[Row], form: str) -> str:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("user_id", "event", "time", "price"), *((u, e, _time(t, form), p) for u, e, t, p in rows)])
    return str(path)


def _time(second: int, form: str) -> str:
    if form == "s":
        return str(second)
    zone = ZoneInfo(form) if form not in ("", "zoned", "date") else UTC
    said = datetime.fromtimestamp(second, zone)
    return said.strftime({"zoned": "%Y-%m-%dT%H:%M:%SZ", "date": "%Y-%m-%d"}.get(form, "%Y-%m-%d %H:%M:%S"))


_KNOWN: dict[tuple[str, str], Cast] = {}


def _cast(folder: Path, form: str, zone: str) -> Cast:
    """A run whose rule reads everything that adds up, with the columns of a usual log."""
    if (form, zone) not in _KNOWN:
        draw = random.Random(1)
        rows = [
            (f"u{draw.randrange(40)}", draw.choice(["view", "buy", "late"]), TURN + draw.randrange(-10**6, 10**6), f"{draw.randrange(999) / 100}")
            for _ in range(400)
        ]
        study = Study(sources=(_written(folder / "base.csv", rows, form),), timezone=zone, value="price", features=RECIPES[2 * (form == "date") :])
        tables, features = flow.measured(study)
        names = [m.name for m in features.measures if m.name in _wanted(features)]
        made = (*(Feature(e, "event", e, ()) for e in ("buy", "late", "view")), *(Feature(n, "measure", n, ()) for n in names))
        rule = replace(built().rule, features=made, guards=(), needs=())
        _KNOWN[form, zone] = replace(built(), study=study, tables=tables, rule=rule, measures=flow._listed(features), run="r01")
    return _KNOWN[form, zone]


def _wanted(features: Any) -> set[str]:
    return {m.name for m in features.measures if m.role == "behaviour" and not m.levels}


def _read(cast: Cast, whole: str, pieces: list[str], folder: Path, each: bool) -> tuple[Any, Any]:
    ids, *one = flow.read_by(cast, (whole,))
    if each:
        for piece in pieces[:-1]:
            tallying.read(cast, [piece], folder)
        features = tallying.read(cast, pieces[-1:], folder)
    else:
        features = tallying.read(cast, pieces, folder)
    return (ids.to_pylist(), *one), (features.ids.to_pylist(), *inputs(cast.rule, features))


def _equal(one: Any, other: Any) -> None:
    assert one[0] == other[0]
    assert one[1].toarray().tobytes() == other[1].toarray().tobytes()
    assert one[2].keys() == other[2].keys()
    for name in one[2]:
        np.testing.assert_array_equal(one[2][name], other[2][name], err_msg=name)
        assert one[2][name].tobytes() == other[2][name].tobytes(), name


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=_rows, cuts=st.lists(st.integers(0, 3), min_size=40, max_size=40), window=st.sampled_from(WINDOWS),
    form=st.sampled_from(["", "zoned", "s", "date", "Europe/Berlin", "America/Havana"]), each=st.booleans(),
    zone=st.sampled_from(["Europe/Berlin", "America/Havana", ""]),
)  # fmt: skip
def test_counting_in_pieces_is_counting_at_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], cuts: list[int], window: str, form: str, each: bool, zone: str
) -> None:
    """However the rows are cut into files, in whatever order, with clocks that turn: every count and habit to the bit."""
    folder = tmp_path_factory.mktemp("tally")
    zone = form if "/" in form else zone
    cast = _cast(folder, form, zone)
    cast = replace(cast, study=replace(cast.study, window=window))
    rows = [*rows, ("u1", "view", TURN + 5_000, "3")]
    pieces = [_written(folder / f"{k}.csv", part, form) for k in range(4) if (part := [r for r, c in zip(rows, cuts + [0], strict=False) if c == k])]
    whole = _written(folder / "whole.csv", rows, form)
    try:
        flow.read_by(cast, (whole,))
    except Exception as no:
        with pytest.raises(type(no)):
            tallying.read(cast, pieces, folder / "kept")
        return
    _equal(*_read(cast, whole, pieces, folder / "kept", each))
