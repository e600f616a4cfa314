"""What a rule reads of users as two tables, inputs and counts: what its SQL starts from where the raw tables do not do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from personae import rule as rules
from personae.model.rule import Rule
from personae.sql.statement import COUNTS, INPUTS, columns, texts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix


def tables(rule: Rule, ids: Any, counts: csr_matrix | None, measures: Mapping[str, NDArray[Any]]) -> dict[str, pa.Table]:
    """The tables by name. `counts` (n, m) has a column an event of the rule, `measures` the values (n,) of each measure."""
    words, wide = texts(rule), {"id": ids}
    for measure, column in columns(rule).items():
        raw = measures[measure]
        if measure in words:
            wide[column] = pa.array([v or None for v in raw.tolist()], pa.string())
        else:
            wide[column] = pa.array(raw, pa.float64(), mask=~np.isfinite(raw))
    made = {INPUTS: pa.table(wide)}
    if counts is not None:
        long = counts.tocoo()
        names = pa.array(rules.events_of(rule), pa.string())
        done = {"id": ids.take(pa.array(long.row)), "event": names.take(pa.array(long.col)), "count": pa.array(long.data)}
        made[COUNTS] = pa.table(done).filter(pa.array(long.data > 0))
    return made
