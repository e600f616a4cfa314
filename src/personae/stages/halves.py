"""The same users measured in the first and in the second half of the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from personae.errors import PersonaeError
from personae.model.features import Features, Window
from personae.model.study import Study
from personae.model.table import Table
from personae.progress import quietly, step
from personae.stages.prepare import prepare

LEAST = 14
"""Days below which half of them are too few to tell habits."""


def halves(engine: Any, tables: tuple[Table, ...], study: Study, features: Features) -> Features:
    """The features with those of both halves of their window beside them, where all worlds are wanted and there is a window.

    Everything is counted twice more, in the engine, for users in the same order.
    """
    if study.worlds != "all" or features.window is None or features.window.first_days or features.window.days < LEAST:
        return features
    made = []
    for words, days in _halves(features.window):
        step("measure", f"measuring {days}")
        try:
            with quietly():
                made.append((words, prepare(engine, tables, replace(study, window=days))))
        except PersonaeError:
            continue  # nothing happened in that half: there is no such world
    return replace(features, parts=tuple(made))


def _halves(window: Window) -> Iterator[tuple[str, str]]:
    first, end = date.fromisoformat(window.start), date.fromisoformat(window.end)
    middle, day = first + timedelta(days=window.days // 2), timedelta(days=1)
    yield "in the first half of the time", f"{first}..{middle - day}"
    yield "in the second half of the time", f"{middle}..{end - day}"
