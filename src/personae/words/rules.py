"""Conditions of a rule card in words."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.rule_card import Cut
from personae.words.names import CAPPED, doing, parts, readable, several
from personae.words.numbers import amount, percent


def told(cuts: Sequence[Cut]) -> str:
    """All conditions, joined by "and": "at least 3 times searching and plan is pro"."""
    return " and ".join(_one(c) for c in cuts)


def _one(cut: Cut) -> str:
    """One condition. Counts that are never below 1 or never above 0 are said as done and not done."""
    if cut.of in ("event", "share"):
        thing = doing(cut.name)
        if cut.of == "share":
            verb = "make" if several(thing) else "makes"
            return f"{thing} {verb} up {_bound(cut.op)} {percent(cut.value)} of what they do"
        if (cut.op, cut.value) in ((">=", 1.0), ("<=", 0.0)):
            return f"{thing} at least once" if cut.op == ">=" else f"never {thing}"
        return f"{thing} {_bound(cut.op)} {amount(cut.value)} times"
    label, said = parts(CAPPED.sub("", cut.label), cut.name)
    label = readable(label)
    if cut.of == "level":
        return f"{label} is {'not ' if cut.op == '<>' else ''}\u201c{cut.level}\u201d"
    if cut.of == "flag":
        is_so = (said.lower() not in ("no", "false", "n")) == bool(cut.value)
        plain = said.lower() in ("", "yes", "no", "true", "false", "y", "n", "1", "0")
        if not plain:
            return f"{label} is {'' if cut.value else 'not '}\u201c{said}\u201d"
        return f"{label}: {'yes' if is_so else 'no'}"
    part = cut.unit in ("share", "share of users")
    unit = "" if part or cut.unit in label or cut.unit.startswith("points") else f" {cut.unit}"
    return f"{label} {_bound(cut.op)} {percent(cut.value) if part else f'{amount(cut.value)}{unit}'}"


def _bound(op: str) -> str:
    return {">=": "at least", "<=": "at most"}[op]
