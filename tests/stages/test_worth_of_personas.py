"""What persona and demographics foretell on users held out: either may win (requirements 130 and 131)."""

from __future__ import annotations

import numpy as np

from described import category, number
from known import known
from personae.model.belief import Foretold
from personae.model.study import Role
from personae.stages.worth import worth


def _of(outcome_by: str, people: bool = True) -> Foretold:
    rng = np.random.default_rng(8)
    n = 3000
    labels, region = rng.integers(0, 3, n), rng.integers(0, 3, n)
    by = {"persona": labels, "demographics": region, "nothing": rng.integers(0, 3, n)}[outcome_by]
    y = number("revenue", 10 + 3 * by + rng.normal(0, 2, n), Role.OUTCOME)
    some = (category("region", region, ("n", "s", "w")),) if people else ()
    (found,) = worth(known(labels, number("x", labels + rng.normal(size=n)), y, *some))
    return found


def test_whichever_made_the_outcome_wins() -> None:
    """Of a variance of 6 between and 4 within, 0.6 is explained by the one, nothing by the other."""
    ahead, behind = _of("persona"), _of("demographics")
    assert ahead.ahead == "persona" and ahead.persona and abs(ahead.persona.value - 0.6) < 0.03
    assert behind.ahead == "demographics" and behind.persona and behind.persona.low <= 0 < 0.02
    assert behind.lift and behind.lift.low <= 0, "the persona adds nothing, and that is told"


def test_a_lift_of_zero_is_reported_and_without_demographics_the_persona_stands_alone() -> None:
    lot = _of("nothing")
    assert lot.ahead == "" and lot.lift and abs(lot.lift.value) < 0.01
    alone = _of("persona", people=False)
    assert alone.demographics is None and alone.lift is None and alone.persona and alone.persona.low > 0.5
