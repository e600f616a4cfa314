"""Whether there are enough users for what is asked of them, in words."""

from __future__ import annotations

from personae.model.evidence import Evidence
from personae.words.names import plural

EACH = 70
"""Users for each direction that groups are looked for in: with fewer, groups that shade into each other are missed more often
than found (Dolnicar, Gruen, Leisch & Schmidt 2014 ask for 70 a variable; Formann 1984 for 2^m users or more)."""


def thin(evidence: Evidence, entity: str) -> str:
    """What the number of users allows, where they are few for the directions; "" where they are enough."""
    ways = evidence.preparation.dimensions if evidence.preparation else 0
    if not 0 < evidence.searched < EACH * ways:
        return ""
    many = f"{evidence.searched:,} {plural(entity)} for {ways} {'direction' if ways == 1 else 'directions'}"
    return f"{many}: fewer than {EACH} for each, so only groups that lie far apart can show"
