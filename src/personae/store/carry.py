"""Edits of an earlier run for a later one: a persona is known again by its people, and without them by what sets it apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from personae.model.cast import Cast
from personae.model.edit import Edit
from personae.words.edited import marks, told_by

SAME = 0.6
"""Overlap (Jaccard) from which on a persona is the one that was edited; Hennig (2007) calls less a shaky group."""
KNOWN = 0.5
"""Share of the earlier run's users who must be there for people to be compared; below it, profiles are."""


def carried(edits: Sequence[Edit], before: Cast, after: Cast) -> tuple[Edit, ...]:
    """The edits for the later run, none of them numbered yet: active, or waiting with the reason why.

    Names, notes and hidden measures are carried over. Personas that were joined or split are not: that takes the data, so the
    edit waits with what to type; a refresh that keeps its rule has them already.
    """
    to = counterparts(before, after)
    measures = {m.name for m in after.measures} | {f.measure.partition("=")[0] for f in after.facts}
    names = {p.name.casefold(): p.key for p in after.personas}
    made = []
    for e in edits:
        if e.structural and e.made and after.change is not None and all(k in to for k in e.made):
            continue  # the personas that were made are part of the rule, and their names of the run
        origin = e.taken_from or f"{before.run} edit {e.number}"
        new = replace(e, number=0, taken_from=origin, state="active", why="", derived="")
        why, key = _held(new, to, measures, names)
        made.append(replace(new, state="waiting", why=why) if why else replace(new, persona=key))
    return tuple(made)


def counterparts(before: Cast, after: Cast) -> dict[str, str]:
    """The key after of each persona before that is there again; in a refresh those whose key goes on."""
    if after.change is not None and after.change.descents:
        there = {p.key for p in after.personas}
        return {p.key: p.key for p in before.personas if p.key in there}
    overlap = _by_people(before, after)
    if overlap is None:
        overlap = _by_profile(before, after)
    found = {}
    for i, p in enumerate(before.personas):
        if after.personas and overlap[i].max() >= SAME:
            found[p.key] = after.personas[int(overlap[i].argmax())].key
    return found


def _held(e: Edit, to: dict[str, str], measures: set[str], names: dict[str, str]) -> tuple[str, str]:
    """Why an edit waits, "" when it holds; and the key of its persona."""
    if e.kind == "hide-measure":
        held = any(told_by(m, e.text) for m in measures)
        return ("" if held else f"this run has no measure {e.text}"), ""
    if e.structural:
        keys = [to.get(k, "") for k in e.keys]
        again = f"; again: personae {e.kind} {' '.join(keys)}" if all(keys) else ""
        return f"a {e.kind} needs the data{again}", ""
    key = to.get(e.persona, "")
    if not key:
        whose = f"{e.persona} of {e.taken_from.split()[0]}" if e.taken_from else e.persona
        return f"no persona of this run is {whose}{f' ({e.was})' if e.was and e.was != e.persona else ''}", ""
    if e.kind == "rename" and names.get(e.text.casefold(), key) != key:
        return f"{names[e.text.casefold()]} of this run has that name", ""
    return "", key


def _by_people(before: Cast, after: Cast) -> np.ndarray | None:
    """Jaccard (personas before, personas after) among users of both runs; None where too few of them are."""
    import pyarrow.compute as pc

    at = pc.index_in(before.ids, value_set=after.ids).fill_null(-1).to_numpy(zero_copy_only=False)
    there = at >= 0
    if there.sum() < KNOWN * max(len(before.ids), 1) or not before.personas or not after.personas:
        return None
    one, other = before.placement.persona[there], after.placement.persona[at[there]]
    made = np.zeros((len(before.personas), len(after.personas)))
    for i, p in enumerate(before.personas):
        for j, q in enumerate(after.personas):
            mine, theirs = one == p.index, other == q.index
            made[i, j] = (mine & theirs).sum() / max((mine | theirs).sum(), 1)
    return made


def _by_profile(before: Cast, after: Cast) -> np.ndarray:
    """The same for what sets them apart."""
    made = np.zeros((len(before.personas), max(len(after.personas), 1)))
    for i, p in enumerate(before.personas):
        for j, q in enumerate(after.personas):
            mine, theirs = set(marks(before, p.key)), set(marks(after, q.key))
            made[i, j] = len(mine & theirs) / max(len(mine | theirs), 1)
    return made
