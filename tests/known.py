"""What a look of the dossier is given, made by hand without a search."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from described import evidence, placed
from personae.model.dossier import Known
from personae.model.features import Counts, Features, Measure
from personae.model.study import Study
from personae.stages.describe import describe


def known(labels: npt.NDArray[Any], *measures: Measure, counts: Counts | None = None, study: Study | None = None) -> Known:
    """Users with these labels (-1 for none), described."""
    features = Features(pa.array([f"u{i:06d}" for i in range(len(labels))]), counts, measures)
    return given(features, labels, study)


def given(features: Features, labels: npt.NDArray[Any], study: Study | None = None, engine: Any = None, **more: Any) -> Known:
    """The same of features that were measured."""
    study = study or Study(sources=("log.csv",))
    proof = evidence(int(labels.max(initial=-1)) + 1)
    placement = placed(np.asarray(labels, np.int64))
    profiles, facts, _ = describe(features, placement, proof, study)
    return Known(engine, more.get("tables", ()), features, placement, proof, profiles, facts, study)
