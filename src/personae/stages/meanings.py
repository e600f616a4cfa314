"""What texts are about, as coordinates: the vectors of static word embeddings, averaged over each text.

The vectors come with an optional package (WordLlama: token embeddings taken from language models, trained so that the first
components alone already carry meaning; Kusupati et al. 2022, Matryoshka representation learning). They are fixed: nothing is
learnt here, and the same text always gives the same numbers. English in practice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.errors import lacking
from personae.model.features import MEANING, Measure
from personae.model.study import Role
from personae.model.table import Kind

DIRECTIONS = 64
"""Components that are kept of each vector."""


def meanings(name: str, rows: npt.NDArray[Any], texts: Sequence[str | None], users: int, source: str) -> tuple[Measure, ...]:
    """A column of texts, those of the users at `rows`, as measures that form groups together and are told in no sentence.

    Each text is a vector of length 1; users without a text have nan. Raises MachineError P501 where the package is missing.
    """
    filled = np.array([bool(t and t.strip()) for t in texts], bool)
    values = np.full((users, DIRECTIONS), np.nan)
    if filled.any():
        values[np.asarray(rows)[filled]] = _vectors([t for t in texts if t and t.strip()])
    return tuple(
        Measure(
            f"{name}{MEANING}{i + 1}", f"what {name} is about, direction {i + 1}", Role.TEXT, Kind.DECIMAL, values[:, i],
            source=source, query=name, forms=True, block=name,
        )
        for i in range(DIRECTIONS)
    )  # fmt: skip


def _vectors(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """One vector of length 1 a text (n, DIRECTIONS), rounded to 6 decimals; a text of unknown signs alone gives zeros."""
    try:
        import wordllama
    except ImportError as missing:
        raise lacking("wordllama", "text", where="--embed", did="nothing was written", instead="leave --embed out") from missing
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True, trunc_dim=DIRECTIONS)
    raw = np.asarray(model.embed([t[:10_000] for t in texts]), np.float64)
    length = np.linalg.norm(raw, axis=1)[:, None]
    return np.asarray(np.round(raw / np.where(length > 0, length, 1.0), 6))
