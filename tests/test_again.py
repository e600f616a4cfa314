"""New data of a run of several logs: the order of files, their names and missing ones move nobody (FEA-03, MOD-03)."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from personae import flow
from personae.model.cast import Cast
from personae.model.features import Features
from personae.model.study import Study

USERS = 240
LOGS = ("visits", "sales")


def day(r: random.Random, first: int, last: int) -> str:
    return f"2026-0{r.randint(first, last)}-{r.randint(1, 28):02d}"


def logs(folder: Path, *, named: bool) -> list[str]:
    """Two logs of the same three groups; with `named`, both call what happened by the same words."""
    r = random.Random(3)
    often = {"visits": (30, 5, 12), "sales": (8, 14, 10)}
    spans = {"visits": ((1, 3), (1, 6), (1, 6)), "sales": ((4, 6), (1, 6), (1, 6))}
    amounts = {"visits": (20, 300, 90), "sales": (20, 30, 190)}
    for log in LOGS:
        lines = [f"user_id,at,{'action' if named else log + '_size'}"]
        for u in range(USERS):
            k = u % 3
            for _ in range(often[log][k] + r.randrange(4)):
                usual = "abcd"[(k + LOGS.index(log)) % 4] if r.random() < 0.7 else r.choice("abcd")
                what = usual if named else str(r.randrange(1, amounts[log][k]))
                lines.append(f"u{u},{day(r, *spans[log][k])},{what}")
        (folder / f"{log}.csv").write_text("\n".join(lines) + "\n")
    return [str(folder / f"{log}.csv") for log in LOGS]


def placed(cast: Cast, *paths: str) -> dict[str, int]:
    ids, placement = flow.place(cast, paths)
    return dict(zip(ids.to_pylist(), placement.persona.tolist(), strict=True))


@pytest.fixture(scope="module")
def habits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cast, list[str]]:
    paths = logs(tmp_path_factory.mktemp("habits"), named=False)
    return flow.run(Study(sources=tuple(paths), groups="3")), paths


def test_files_in_another_order_and_under_other_names_place_everyone_alike(habits: tuple[Cast, list[str]]) -> None:
    cast, paths = habits
    rule = {f.column for f in cast.rule.features} if cast.rule else set()
    assert {"events", "events (2)"} <= rule
    first = placed(cast, *paths)
    assert placed(cast, *reversed(paths)) == first
    renamed = Path(paths[1]).with_name("a_new_month.csv")
    renamed.write_bytes(Path(paths[1]).read_bytes())
    assert placed(cast, str(renamed), paths[0]) == first


def test_measures_of_one_log_are_not_read_as_those_of_another(
    habits: tuple[Cast, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the visits, the number of sales stays the number of sales."""
    cast, paths = habits
    seen: list[Features] = []
    place = flow.place_features
    monkeypatch.setattr(flow, "place_features", lambda rule, features: seen.append(features) or place(rule, features))
    placed(cast, paths[1])
    measures = {m.name: m for m in seen[0].measures}
    assert "events" not in measures
    rows = len(Path(paths[1]).read_text().splitlines()) - 1
    assert np.nansum(measures["events (2)"].values) == rows


def test_events_of_the_same_name_in_two_logs_stay_apart(tmp_path: Path) -> None:
    paths = logs(tmp_path, named=True)
    cast = flow.run(Study(sources=tuple(paths), groups="3"))
    assert {"a", "a (2)"} <= {x.name for x in cast.measures}
    first = placed(cast, *paths)
    assert set(first.values()) - {-1} == {0, 1, 2}
    assert placed(cast, *reversed(paths)) == first
