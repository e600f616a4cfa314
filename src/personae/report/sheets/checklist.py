"""Principles and advice on interfaces, ticked by what was measured."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.persona import Check
from personae.model.sheet import Cell, Heading, Sheet

HEADINGS = ("persona", "principle", "what it means", "called for", "evidence")


def principles(cast: Cast) -> Sheet | None:
    """Five principles for each persona: called for, spoken against, or open; None without personas."""
    about = "Yes where something measured calls for it, no where something speaks against it, empty where the data do not say."
    return _sheet(cast, "principle", "principles", "Principles of design, and who needs them", about, HEADINGS)


def interface(cast: Cast) -> Sheet | None:
    """Advice on interfaces for beginners, advanced and social users, only where a measured trait bears on it."""
    about = "Only advice on which something measured bears; whoever is not listed gives no reason for any."
    heads = ("persona", "advice", "what it means", "called for", "evidence")
    return _sheet(cast, "interface", "interface", "Interface advice from what they do", about, heads)


def _sheet(cast: Cast, part: str, id: str, title: str, about: str, heads: tuple[str, ...]) -> Sheet | None:
    """The lines of one part of the checklists."""
    lines = [(p.name, c) for p in cast.personas for c in p.checklist if c.part == part and (part == "principle" or c.answer)]
    if not lines:
        return None
    return Sheet(id, title, about, tuple(Heading(h) for h in heads), tuple(_row(n, c) for n, c in lines), "use")


def _row(name: str, check: Check) -> tuple[Cell, ...]:
    """One line."""
    return name, check.title, check.text, check.answer or None, check.evidence
