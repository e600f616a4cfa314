"""What is still to be found out of each persona, and what people have answered."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.sheet import Heading, Sheet
from personae.report.questions import questions as listed


def questions(cast: Cast) -> Sheet | None:
    """Every question with its state; None without personas."""
    found = listed(cast)
    if not found:
        return None
    name = {p.key: p.name for p in cast.personas}
    open_ = sum(q.state == "open" for q in found)
    told = (
        f"{open_} of {len(found)} questions are open" if open_ < len(found) else f"{len(found)} questions the data leave open"
    )
    return Sheet(
        id="questions",
        title=told,
        about=f"What the data show and do not explain.{_nowhere(cast)} Answers are people's, not measured, and too few to be "
        "counted.",
        headings=(
            Heading("persona"), Heading("question"), Heading("because"), Heading("state"), Heading("answers"),
        ),
        rows=tuple(
            (
                name[q.persona], q.text, q.why, q.state,
                "; ".join(f"{n.text} ({n.source})" if n.source else n.text for n in q.notes) or None,
            )
            for q in found
        ),
        part="use",
    )  # fmt: skip


def _nowhere(cast: Cast) -> str:
    """What is recorded of nobody, said once for all."""
    seen = {q.part for p in cast.personas for q in p.empathy if q.claims}
    missing = [
        words for part, words in (("sees", "where they come from"), ("hears", "whom they listen to")) if part not in seen
    ]
    return f" Nothing recorded says {' or '.join(missing)}." if missing else ""
