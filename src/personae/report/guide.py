"""An interview guide: what to ask each persona, and what the data show that makes it worth asking. It names nobody."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.cast import Cast
from personae.model.persona import Persona
from personae.report.questions import Question, questions
from personae.words.legible import literal

MOST = 8
"""Questions of a persona: an hour holds no more."""
PARTS = (
    ("typical", "well inside the group: how does a usual week look?"),
    ("borderline", "near another group: what would make them one or the other?"),
    ("contrary", "inside the group without what marks it: what makes them alike all the same?"),
)
"""What each kind of person is on the list for."""


def guide(cast: Cast, personas: Sequence[Persona]) -> str:
    """The guide as Markdown, a section a persona."""
    lines = [
        "# Interview guide",
        "",
        "The data say what these people do. They do not say why; that is what to ask. Ask openly, and ask for the last time it",
        "happened, not for opinions. Do not read the numbers out.",
        "",
        *(f"- **{part}**: {words}" for part, words in PARTS),
        "",
        'File an answer: `personae note KEY "WHAT THEY SAID" --about "QUESTION" --says confirmed --from "interview 1"`',
        "(or `--says refuted`, or `--says open`).",
    ]
    for p in personas:
        lines += ["", f"## {literal(p.name)} ({p.key})", "", literal(p.tagline.text), "", *_asked(cast, p)]
    return "\n".join(lines) + "\n"


def _asked(cast: Cast, p: Persona) -> list[str]:
    """The questions that are open or disputed, then those that were answered."""
    found = questions(cast, p.key)
    open_ = [q for q in found if q.state in ("open", "disputed")]
    lines = []
    for i, q in enumerate(_mixed(open_), 1):
        lines += [f"{i}. {literal(q.text)}", f"   {_because(q)}"]
    done = [q for q in found if q not in open_]
    if done:
        lines += ["", "Answered:", *(f"- {literal(q.text)} {q.state} ({q.confirmed} for, {q.refuted} against)" for q in done)]
    return lines or ["Nothing is open."]


def _mixed(found: Sequence[Question]) -> list[Question]:
    """The first questions of every kind before the second of any, at most MOST."""
    kinds = list(dict.fromkeys(q.kind for q in found))
    turn = {id(q): [x for x in found if x.kind == q.kind].index(q) for q in found}
    return sorted(found, key=lambda q: (turn[id(q)], kinds.index(q.kind)))[:MOST]


def _because(q: Question) -> str:
    facts = f" [{', '.join(map(literal, q.why.facts))}]" if q.why.facts else ""
    return f"Because: {literal(q.why.text)}{facts}"
