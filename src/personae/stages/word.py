"""Word: the personas of a cast in a language model's words, each line checked, the rest as the plain writer has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from personae import plugins, progress
from personae.claims.ground import ground
from personae.claims.settle import doubted, settled
from personae.endpoint.address import Endpoint, endpoint
from personae.endpoint.answers import Answers
from personae.endpoint.body import RUNGS, body, tokens
from personae.endpoint.line import Line
from personae.model.cast import Cast
from personae.model.persona import Claim, Persona
from personae.model.worded import Asked, Kept, Worded
from personae.stages.verify import quotes, verify
from personae.words.worded import marked


def word(cast: Cast, asked: Asked, answers: Path, today: str) -> Cast:
    """The cast with its personas worded by the model of `asked`; the names, figures, quotes and questions stay.

    Answers are kept in the folder `answers` and never asked for twice; `today` dates new ones. An endpoint that fails leaves
    lines as they are, and the result says which and why. Raises UsageError for an address, a key or a package that is missing.
    """
    to, plain = endpoint(asked.model, asked.url), unworded(cast)
    known = ground(plain, cast.facts, quotes(cast.dossier))
    line = Line(to, asked, Answers(answers), today)
    count, most = estimate(cast, asked)
    budget = f"about {most:,} of {asked.budget:,} tokens at most"
    progress.step("word", f"asks {to.name} ({to.place}) about {count} personas; {budget}")

    def judge(persona: Persona, part: str, claim: Claim) -> str:
        return doubted(claim, persona, known, part)

    made, kept, lines = plugins.find("writers", "llm").write(plain, cast.facts, cast.study, line, judge)
    sound = settled(made, cast.facts, quotes=quotes(cast.dossier), plain=plain)
    kept += tuple(Kept(r.persona, r.part, r.reason) for r in sound.replaced if r.part != "name")
    worded = Worded(
        model=to.name, date=max(line.dates, default=""), place=to.place, sent=line.hash, requests=len(line.sent),
        tokens=line.told, lines=lines, kept=kept,
    )  # fmt: skip
    progress.tell("word", marked(worded))
    return replace(cast, personas=sound.personas, worded=worded)


def unworded(cast: Cast) -> tuple[Persona, ...]:
    """The personas in the plain writer's words, under the names that they have now."""
    if cast.worded is None:
        return cast.personas
    made = plugins.find("writers", "plain").write(cast.profiles, cast.facts, cast.evidence, cast.study, cast.dossier)
    names = {p.key: p.name for p in cast.personas}
    return tuple(replace(p, name=names.get(p.key, p.name)) for p in verify(made, cast.facts, cast.dossier))


def preview(cast: Cast, asked: Asked) -> dict[str, Any]:
    """Exactly what would be sent first about each persona, and where to. Nothing is sent, and no key is needed."""
    to = endpoint(asked.model, asked.url)
    bodies = list(_bodies(cast, to))
    return {"to": to.url + to.path, "requests": bodies, "tokens_at_most": sum(map(tokens, bodies)), "budget": asked.budget}


def estimate(cast: Cast, asked: Asked) -> tuple[int, int]:
    """How many personas would be asked about, and the tokens of their first questions with answers at their longest."""
    bodies = list(_bodies(cast, endpoint(asked.model, asked.url)))
    return len(bodies), sum(map(tokens, bodies))


def _bodies(cast: Cast, to: Endpoint) -> Iterator[dict[str, Any]]:
    """The first request about each persona."""
    for q in plugins.find("writers", "llm").questions(unworded(cast), cast.facts, cast.study):
        yield body(to, RUNGS[to.dialect][0], q.system, [("user", q.text)], q.schema, q.most)
