"""Reword: the same personas in the words for one reader."""

from __future__ import annotations

from dataclasses import replace

from personae import plugins
from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona
from personae.stages.verify import verify

PARTS = ("story", "traits", "outcomes", "demographics")
"""Lists of claims that a reader gets in other words."""


def reword(cast: Cast, reader: str) -> Cast:
    """The cast as the plain writer words it for a "manager", "researcher" or "analyst": taglines, stories, traits, outcomes,
    who they are and what they are most like. The facts told are those that were told before, so that what a person hid stays
    hidden; names and all else stay as they are. An analyst also gets the silhouette and the adjusted Rand index as facts.
    """
    facts = (*cast.facts, *(_figures(cast) if reader == "analyst" else ()))
    names = {p.key: p.name for p in cast.personas}
    writer = plugins.find("writers", "plain")
    made = writer.write(cast.profiles, facts, cast.evidence, cast.study, cast.dossier, reader, names)
    new = {p.key: p for p in made}
    said = tuple(_worded(p, new[p.key]) if p.key in new else p for p in cast.personas)
    return replace(cast, facts=facts, personas=verify(said, facts, cast.dossier))


def _worded(old: Persona, new: Persona) -> Persona:
    """A persona with the new words for what it told before."""
    cited = [c for c in (old.tagline, old.difference, *(c for part in PARTS for c in getattr(old, part))) if c]
    known = {i for c in cited for i in c.facts}

    def told(claim: Claim) -> bool:
        return all(i in known or i.startswith("all.") for i in claim.facts)

    return replace(
        old,
        tagline=new.tagline if told(new.tagline) else old.tagline,
        difference=new.difference if new.difference and told(new.difference) else old.difference,
        story=tuple(filter(told, new.story)),
        traits=tuple(filter(told, new.traits)),
        outcomes=tuple(filter(told, new.outcomes)),
        demographics=tuple(filter(told, new.demographics)),
    )


def _figures(cast: Cast) -> tuple[Fact, ...]:
    """How well the groups lie apart and how well they come back, as facts about everyone; none where they were not measured."""
    found, n = cast.evidence, cast.users
    final = next((c for c in found.candidates if (c.method, c.size) == (found.chosen, found.verdict.groups)), None)
    if final is None or final.silhouette is None or final.stability is None:
        return ()
    about = f"{final.method} with {final.size} groups"
    return (
        Fact("all.silhouette", "all", "silhouette", "silhouette", "mean", final.silhouette, "", n, final.silhouette_low,
             final.silhouette_high, source="the search", query=f"mean silhouette of {about}"),
        Fact("all.rand", "all", "adjusted Rand index", "adjusted Rand index", "mean", final.stability, "", n,
             source="bootstrap resamples", query=f"mean adjusted Rand index between groupings of resamples, {about}"),
    )  # fmt: skip
