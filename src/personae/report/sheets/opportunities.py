"""What could be done for each persona, soonest first."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.library import HORIZONS
from personae.model.sheet import Heading, Sheet
from personae.words.names import plural

LENGTH = {"quick win": "1 to 2 weeks", "medium": "1 to 3 months", "strategic": "6 months or more"}


def opportunities(cast: Cast) -> Sheet | None:
    """One line each, sorted by horizon, then persona; None where the data call for nothing."""
    found = [(p, o) for p in cast.personas for o in p.opportunities]
    if not found:
        return None
    found.sort(key=lambda x: (HORIZONS.index(x[1].horizon), x[0].index))
    sure = sum(o.experiment is not None and o.experiment.testable for _, o in found)
    return Sheet(
        id="opportunities",
        title="What could be done, soonest first",
        about=f"{sure} of these {len(found)} can be tested with the {plural(cast.study.entity)} there are; the others need "
        "more of them, or a measure of what should move. Each line is a proposal to be tested. What it would bring is unknown "
        "until it is: no effect is promised.",
        headings=tuple(Heading(h) for h in (
            "horizon", "persona", "opportunity", "evidence", "action", "metric to move", "effort", "owner", "how to test it",
            "needs", "caution", "source", "length",
        )),
        rows=tuple((
            o.horizon, p.name, o.title, o.evidence, o.action, o.metric, o.effort, o.owner or None, o.test, o.needs or None,
            o.caution or None, o.source or None, LENGTH[o.horizon],
        ) for p, o in found),
        part="use",
    )  # fmt: skip
