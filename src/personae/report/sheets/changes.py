"""What changed since the run before: the personas, who moved, and what shifted in the data."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.change import Change
from personae.model.sheet import Heading, Sheet
from personae.words.happening import LOST, NEW, NO_GROUP, fate, named, places, turned
from personae.words.names import plural
from personae.words.numbers import count


def changes(cast: Cast) -> Sheet | None:
    """Each persona then and now, who joined and who left; None where the run is no refresh."""
    made = named(cast)
    if made is None or not made.turnover:
        return None
    many = plural(made.entity)
    return Sheet(
        id="changes",
        title=turned(made),
        about=f"Run {made.before.run} against this one. Joined and left count {many} who are new in the data or no longer "
        f"there, too.{_rounded(made)}",
        headings=(
            Heading("persona"), Heading("key"), Heading(f"{many} then", "count"), Heading(f"{many} now", "count"),
            Heading("share then", "share"), Heading("share now", "share"), Heading("joined", "count"), Heading("left", "count"),
            Heading("what became of it"),
        ),
        rows=tuple(
            (
                t.name, t.key, t.before, t.after, t.before / max(made.before.users, 1), t.after / max(made.after.users, 1),
                t.joined, t.left, fate(t, made),
            )
            for t in made.turnover
        ),
        part="changes",
    )  # fmt: skip


def moved(cast: Cast) -> Sheet | None:
    """Who went from where to where; None where nobody may be told of."""
    made = named(cast)
    rows = () if made is None else flows(made)
    if made is None or not rows:
        return None
    top = max(rows, key=lambda r: r[2])
    about = "about " if made.rounded else ""
    return Sheet(
        id="moves",
        title=f"The largest move: {about}{count(top[2])} {plural(made.entity)} from {top[0]} to {top[1]}",
        about=f"From run {made.before.run} to this one, without those who stayed.{_rounded(made)}",
        headings=(Heading("from"), Heading("to"), Heading(plural(made.entity), "count")),
        rows=rows,
        part="changes",
    )


def flows(made: Change) -> tuple[tuple[str, str, int], ...]:
    """(from, to, users) of every move that may be told, the largest first; those who stayed are none."""
    names = places(made)
    then = {**names, **{k: n for k, n, _ in made.before.personas}}
    found = [(then.get(m.before, NO_GROUP), names.get(m.after, NO_GROUP), m.users) for m in made.moves if m.before != m.after]
    found += [(NEW, names.get(m.after, NO_GROUP), m.users) for m in made.came]
    found += [(then.get(m.before, NO_GROUP), LOST, m.users) for m in made.went]
    return tuple(sorted(found, key=lambda f: (-f[2], f[0], f[1])))


def _rounded(made: Change) -> str:
    if not made.rounded:
        return ""
    return (
        f" Moves of fewer than {made.floor} are not told apart from moves of nobody, and the others are rounded to a multiple "
        f"of {made.floor}, so that none follows from the rest."
    )
