"""What the events of a rule weigh, as one table of numbers: all faces of the rule read the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from personae.model.rule import Rule, learned_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Coefficients:
    """A user's counts, weighed and stepped but for the last step, less `zero`, become coordinates by `weight` and `offset`.

    A guard that reads events adds up v * v * square - 2 * v * product over the events, and then its constant.
    """

    events: tuple[str, ...]
    zero: Floats
    """(m,)"""
    mean: Floats
    """(m,) of what is left"""
    by: Floats
    """(m,) what that is divided by"""
    weight: Floats
    """(m, r)"""
    offset: Floats
    """(r,) taken off the sum over the events"""
    learned: tuple[dict[str, Floats], ...]
    """What each step but the last learnt, (m,) each"""
    guards: tuple[tuple[int, Floats, Floats, float], ...]
    """(position of the guard, square (m,), product (m,), constant)"""

    def columns(self) -> dict[str, Any]:
        """The same as columns: event, zero, c0 and so on, p<step>_<name>, s<guard> and x<guard>."""
        table: dict[str, Any] = {"event": list(self.events), "zero": self.zero}
        table |= {f"c{j}": self.weight[:, j] for j in range(self.weight.shape[1])}
        for i, learned in enumerate(self.learned):
            table |= {f"p{i}_{k}": v for k, v in learned.items()}
        for i, square, product, _ in self.guards:
            table |= {f"s{i}": square, f"x{i}": product}
        return table


def coefficients(rule: Rule) -> Coefficients | None:
    """The coefficients of a rule's events; None where it counts none."""
    m = sum(f.of == "event" for f in rule.features)
    if not m:
        return None
    features, last = rule.features[:m], learned_of(rule.features[:m], -1)
    zero = last.get("zero", np.zeros(m))
    mean, by = last["mean"] - zero, last["by"]
    guards = []
    for i, g in enumerate(rule.guards):
        if g.stop > m:
            continue
        here = slice(g.start, g.stop)
        square, product = np.zeros(m), np.zeros(m)
        square[here] = g.weight / by[here] ** 2
        product[here] = square[here] * mean[here]
        guards.append((i, square, product, float((square[here] * mean[here] * mean[here]).sum())))
    return Coefficients(
        tuple(f.column for f in features),
        zero,
        mean,
        by,
        rule.projection[:m] / by[:, None],
        (mean / by) @ rule.projection[:m],
        tuple(learned_of(features, i) for i in range(len(features[0].steps) - 1)),
        tuple(guards),
    )
