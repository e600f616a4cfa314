"""Measures of columns that hold answers: options as flags, levels as ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from personae.audit.scales import plain, ranks, silent
from personae.audit.several import answers
from personae.model.features import Measure
from personae.model.table import Column, Kind, Scheme, Way
from personae.progress import warn

OTHER = "other"
"""The option that stands for all that fewer people than the floor chose."""


def answered(coded: Measure, scheme: Scheme) -> tuple[Measure, ...]:
    """The measures of a column by its scheme; `coded` holds its different texts as levels."""
    if scheme.way is Way.SEVERAL:
        return _several(coded, scheme)
    return (_chosen(coded, scheme) if scheme.way is Way.CHOSEN else _ranked(coded, scheme),)


def _several(coded: Measure, scheme: Scheme) -> tuple[Measure, ...]:
    """One flag an option, empty for who answered nothing, and how many answers there were, which only describes."""
    options = (*scheme.words, *([""] if scheme.rest else []))
    at = {option: i for i, option in enumerate(options)}
    given = [answers(text, scheme) for text in coded.levels]
    chosen = np.full((len(given) + 1, len(options)), np.nan)
    chosen[:-1] = 0.0
    for row, found in enumerate(given):
        chosen[row, [at[option] for option in found if option in at]] = 1.0
    counted = np.array([float(len(found)) for found in given] + [np.nan])
    flags = tuple(
        _flag(coded, option or OTHER, chosen[coded.values, i], f'"{option or "other options"}" is among the answers')
        for i, option in enumerate(options)
    )
    number = replace(
        coded, name=f"{coded.name}: answers", label=f"number of answers to {coded.label}", kind=Kind.INTEGER, block="",
        values=counted[coded.values], levels=(), unit="answers", forms=False,
    )  # fmt: skip
    return (*flags, number)


def _flag(coded: Measure, option: str, values: npt.NDArray[np.float64], query: str) -> Measure:
    """One option as a flag; its label reads as a category's level does."""
    return replace(
        coded, name=f"{coded.name}: {option}", label=f"{coded.label} = {option}", kind=Kind.BOOLEAN, values=values,
        levels=(), unit="share", query=f"{coded.query}: {query}",
    )  # fmt: skip


def _chosen(coded: Measure, scheme: Scheme) -> Measure:
    """One option of a question as a flag. Where a blank cell means that it was not chosen, `blank_is_no` says so later."""
    (option,) = scheme.words
    held = [0.0 if scheme.mark and text.strip().lower() == scheme.mark else 1.0 for text in coded.levels]
    values = np.array([*held, np.nan])[coded.values]
    stem = coded.block if coded.block and coded.block != coded.name else coded.label
    label = f"{' '.join(stem.replace('_', ' ').split())} = {option}"
    return replace(coded, label=label, kind=Kind.BOOLEAN, values=values, levels=(), unit="share")


def blank_is_no(measures: Sequence[Measure], columns: Sequence[Column]) -> list[Measure]:
    """Blank cells of options without a mark: not chosen by who chose another option of the question, else no answer."""
    blank = {c.name: c.block for c in columns if c.scheme is not None and c.scheme.way is Way.CHOSEN and not c.scheme.mark}
    some: dict[str, npt.NDArray[np.bool_]] = {}
    for m in measures:
        if m.name in blank:
            some[m.block] = some.get(m.block, np.zeros(len(m.values), bool)) | np.isfinite(m.values)
    return [
        replace(m, values=np.where(np.isnan(m.values) & some[m.block], 0.0, m.values)) if m.name in blank else m
        for m in measures
    ]


def _ranked(coded: Measure, scheme: Scheme) -> Measure:
    """Levels as ranks from 0; a level without a place is taken as empty, and said."""
    known = ranks(scheme.words)
    places = [known.get(plain(text)) for text in coded.levels]
    left = sorted(text for text, place in zip(coded.levels, places, strict=True) if place is None and not silent(text))
    if left:
        some = ", ".join(f'"{text[:40]}"' for text in left[:3])
        warn(f"{len(left):,} levels of {coded.name} have no place in its order and are taken as empty: {some}")
    values = np.array([np.nan if place is None else float(place) for place in places] + [np.nan])[coded.values]
    steps = ", ".join(f"{i} {word}" for i, word in enumerate(scheme.words))
    return replace(
        coded, kind=Kind.INTEGER, values=values, levels=(), unit=f"points from 0 to {len(scheme.words) - 1}",
        query=f"{coded.query}: {steps}",
    )  # fmt: skip
