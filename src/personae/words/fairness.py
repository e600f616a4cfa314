"""What an attribute's audit found, and what follows."""

from __future__ import annotations

from personae.model.fairness import Attribute


def found(a: Attribute) -> str:
    """The finding in a few words."""
    match a.finding:
        case "formed":
            return "it formed the groups itself"
        case "flagged":
            return "flagged: the personas give it away"
        case "proxy":
            return f"a measure stands in for it, the personas {'hardly do' if a.strength and a.strength >= 0.05 else 'do not'}"
        case "clear":
            return "not given away"
    return "too few users known"


def advice(a: Attribute) -> str | None:
    """What to do; None where there is nothing."""
    carrier = a.carriers[0] if a.carriers else None
    without = f"; run again with --ignore {quoted(carrier.name)} and compare" if carrier else ""
    if a.finding == "formed":
        return f"run again without it: --ignore {quoted(a.name)}, or --describe {quoted(a.name)}"
    if a.finding == "flagged":
        law = " To treat people unequally by it may be unlawful." if a.ground else ""
        return f"an offer by persona reaches people unevenly by {a.label}: look who is left out{without}.{law}"
    if a.finding == "proxy" and carrier:
        return f"watch {carrier.label} at every refresh, and use no rule on it alone"
    return None


def quoted(name: str) -> str:
    """A column's name as a shell reads it."""
    return f'"{name}"' if " " in name or not name.isascii() else name
