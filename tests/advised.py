"""Small worlds in which it is known what could be done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import cast_builder
from described import Described, described, events, evidence, number
from personae.model.cast import Cast
from personae.model.dossier import Dossier
from personae.model.persona import Persona
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.writers.plain import write

NAMES = ("share_list", "batch_edit", "view", "contact_support", "search")
STUDY = Study(sources=("log.csv",))


def product(users: int = 900, seed: int = 5) -> Described:
    """P1 shares, P2 edits in batches, P3 asks for help and stays away."""
    rng = np.random.default_rng(seed)
    labels = np.arange(users) % 3
    laws = np.array([[0.4, 0.02, 0.38, 0.05, 0.15], [0.05, 0.4, 0.35, 0.05, 0.15], [0.05, 0.02, 0.33, 0.4, 0.2]])
    counts = np.stack([rng.multinomial(12, laws[g]) for g in labels])
    stays = rng.random(users) < np.array([0.9, 0.8, 0.3])[labels]
    return described(
        labels,
        number("renewed", stays, Role.OUTCOME, kind=Kind.BOOLEAN),
        number("email_sent", rng.random(users) < np.array([0.6, 0.6, 0.1])[labels], Role.ATTITUDE, kind=Kind.BOOLEAN),
        counts=events(counts, NAMES),
    )


def told(world: Described, dossier: Dossier | None = None, study: Study = STUDY) -> tuple[Persona, ...]:
    """The personas of a world with another dossier and other settings."""
    proof = evidence(len(world.profiles))
    return write(world.profiles, world.facts, proof, study, dossier or Dossier())


def cast(world: Described, dossier: Dossier | None = None, study: Study = STUDY) -> Cast:
    """A whole cast of a world."""
    blank, found = cast_builder.cast(), dossier or Dossier()
    return replace(
        blank, study=study, profiles=world.profiles, facts=world.facts, personas=told(world, found, study), dossier=found
    )
