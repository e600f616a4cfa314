"""The measure to cut: its values, the outcome, and the scale on which it is cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from personae.errors import DataError, UsageError
from personae.facts.tally import POSITIVE
from personae.model.bands import Wanted
from personae.model.features import Features, Measure
from personae.model.study import Study
from personae.model.table import Kind
from personae.words.names import plural

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

FEWEST = 50
"""Users with a value below which no cut is looked for."""
PART = 0.01
"""Of all users: the smallest band against an outcome, and the smallest that is drawn for use."""
REFUNDS = 0.2
"""Of all users: with more of them below zero a measure is no amount with a few refunds, and is cut on its own scale."""
SKEWED = 1.0
"""Amounts with a third moment above this are cut on a log scale."""


@dataclass(frozen=True, eq=False)
class Line:
    """The measure to cut, of the users who have a value (and an outcome): `x` as it is, `y` the outcome or None."""

    measure: Measure
    x: Floats
    y: Floats | None
    against: str
    share: bool
    empty: int
    log: bool
    whole: bool
    floor: int
    seed: int
    entity: str

    @property
    def many(self) -> str:
        """Users, customers..."""
        return plural(self.entity)

    @property
    def days(self) -> bool:
        """Whether values are days."""
        return self.measure.unit == "days"

    @property
    def least(self) -> float:
        """Users a band must have that is drawn against an outcome or for use."""
        return max(self.floor, PART * len(self.x))

    def only(self, rows: npt.NDArray[np.bool_]) -> Line:
        """The same of some users."""
        return replace(self, x=self.x[rows], y=None if self.y is None else self.y[rows])


def line(features: Features, study: Study, wanted: Wanted) -> Line:
    """The values of the measure and the outcome."""
    measure = _measure(features, wanted.column, "--column")
    x = _numbers(measure)
    known = np.isfinite(x)
    y, share, against = None, False, ""
    if wanted.against:
        y, share, against = _outcome(features, wanted.against, measure.name)
        known &= np.isfinite(y)
    if known.sum() < max(FEWEST, 2 * study.floor):
        what = f'{int(known.sum()):,} {plural(study.entity)} have a value of "{measure.name}"' + (
            f' and of "{wanted.against}"' if wanted.against else ""
        )
        raise DataError("P111", f"{what}: too few to find cuts", fix=f"bring at least {max(FEWEST, 2 * study.floor)}")
    x = x[known]
    whole = measure.kind is Kind.INTEGER or bool((x == np.rint(x)).all())
    return Line(
        measure, x, None if y is None else y[known], against, share, int((~known).sum()), _logged(x, measure, study), whole,
        study.floor, study.seed, study.entity,
    )  # fmt: skip


def _measure(features: Features, name: str, flag: str) -> Measure:
    """The measure of that name; UsageError P002 with what there is."""
    for m in features.measures:
        if m.name == name:
            return m
    for left in features.left_out:
        if left.name == name:
            raise UsageError("P001", f'"{name}" cannot be used: {left.reason}', where=flag, fix="name another column")
    there = [m.name for m in features.measures]
    made = [n for n in there if n.startswith(f"{name}_")]
    near = made or get_close_matches(name, there, 3, 0.5)
    asked = " or ".join(f'{flag} "{n}"' for n in near)
    fix = f"did you mean {asked}?" if near else f"there is {', '.join(there[:30])}"
    raise UsageError("P002", f'there is no measure "{name}"', where=flag, fix=fix)


def _numbers(measure: Measure) -> Floats:
    """The values of a measure that is a number."""
    if measure.levels or not np.issubdtype(measure.values.dtype, np.floating) or measure.kind is Kind.BOOLEAN:
        raise UsageError(
            "P001", f'"{measure.name}" holds no amounts, so it has no cuts', where="--column", fix="name a column of numbers"
        )
    return np.asarray(measure.values, np.float64)


def _outcome(features: Features, name: str, column: str) -> tuple[Floats, bool, str]:
    """The outcome as numbers, whether it is yes or no, and what it is called: "plan=pro" is a level of a category."""
    there = {m.name for m in features.measures}
    stem, _, level = (name, "", "") if name in there else name.partition("=")
    m = _measure(features, stem, "--against")
    if m.name == column:
        raise UsageError("P001", f'"{name}" cannot be its own outcome', where="--against", fix="name another column")
    if not m.levels or np.issubdtype(m.values.dtype, np.floating):
        values = np.asarray(m.values, np.float64)
        share = set(np.unique(values[np.isfinite(values)]).tolist()) <= {0.0, 1.0}
        return values, share, m.label or m.name
    codes = np.asarray(m.values)
    used = [v for i, v in enumerate(m.levels) if (codes == i).any()]
    yes = level or next((v for v in used if len(used) == 2 and v.strip().lower() in POSITIVE), "")
    if not yes and len(used) == 2:
        yes = min(used, key=lambda v: (int((codes == m.levels.index(v)).sum()), v))
    if yes not in used:
        listed = ", ".join(f'"{stem}={v}"' for v in used[:6])
        what = f'"{stem}" has {len(used)} answers' if not level else f'"{stem}" has no answer "{level}"'
        raise UsageError("P001", what, where="--against", fix=f"say which one counts: --against {listed}")
    return np.where(codes < 0, np.nan, codes == m.levels.index(yes)).astype(np.float64), True, f"{m.label or m.name}: {yes}"


def _logged(x: Floats, measure: Measure, study: Study) -> bool:
    """Whether a measure is cut on a log scale: as was said, or where most of it is above zero with a long tail, days apart."""
    above = x[x > 0]
    if study.scale == "log":
        return len(above) >= len(x) / 2
    if study.scale != "auto" or measure.unit == "days" or len(above) < len(x) / 2 or (x < 0).mean() > REFUNDS:
        return False
    kept = np.minimum(above, np.quantile(above, 0.99))
    sd = float(kept.std())
    return sd > 0 and float(((kept - kept.mean()) ** 3).mean()) / sd**3 > SKEWED
