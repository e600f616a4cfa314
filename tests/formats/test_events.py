"""Exports of event tools (requirement 42, issue 3): what comes of them equals the log they were written from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conftest import World, planted
from exported import EVENTS
from personae import flow
from personae.model.study import Study


@pytest.fixture(scope="module")
def world() -> World:
    return planted(users=60, groups=2, events=6, activity=20)


@pytest.mark.parametrize("name", EVENTS)
def test_an_export_gives_the_counts_of_the_log_it_was_made_of(name: str, world: World, tmp_path: Path) -> None:
    """Events before a sign-in belong to who signed in; events that were exported twice count once (ING-19)."""
    (table,), features = flow.measured(Study(sources=(str(EVENTS[name](world, tmp_path)),)))
    assert table.tool == name.partition("_")[0]
    assert table.shape == "events"
    assert features.ids.to_pylist() == list(world.ids)
    assert features.counts is not None
    assert features.counts.events == world.events
    np.testing.assert_array_equal(features.counts.matrix.toarray(), world.counts)
    assert features.window is not None
    assert features.window.timezone == "UTC"
    assert any(n.level == "pass" and "recognised as" in n.words for n in table.notes)
