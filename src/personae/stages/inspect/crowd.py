"""The users together: how many, how unequal, how alike, and how rare the outcome."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from personae.model.inspection import Finding, Number
from personae.model.table import Kind, Level, Note
from personae.stages.inspect.view import Checked, View

FEWEST, MANY = 20, 100
"""Users that groups need at least, and from which medium differences can show."""
MOST, BOT, BUSY = 0.3, 20, 1_000
"""Share of all events that one user may have; multiple of the hundredth-highest user, and events, of a machine."""
RARE = 0.01
ALIKE = 0.01
"""Share of users with a twin that is worth a word, where chance would give a tenth of it."""


def _apart(view: View) -> str:
    return f"{view.many} unlike everybody are set apart while groups are looked for"


def size(view: View) -> Checked:
    """Whether there are enough users."""
    n = Number(view.users, view.noun)
    if view.users < FEWEST:
        said = ("there are ", n, f": fewer than the {FEWEST} that groups need")
        return Checked(
            [Finding("small", Level.STOP, said, done="run ends without groups", flag="bring more users or a longer window")]
        )
    if view.users < MANY:
        few: tuple[str | Number, ...] = ("there are ", n, f": under {MANY}, only large differences can show")
        return Checked([Finding("small", Level.WARN, few, done="groups are looked for, with wide intervals")])
    return Checked([], f"{view.users:,} {view.many} are enough to look for groups")


def heavy(view: View) -> Checked:
    """Users who do most of what is done, as machines do."""
    counts = view.features.counts
    if counts is None or view.users < FEWEST:
        return Checked()
    each = np.asarray(counts.matrix.sum(axis=1)).ravel()
    total, top = each.sum(), float(each.max())
    found = []
    if total and top >= MOST * total:
        what = f"one {view.noun} did more than {MOST:.0%} of all that was done".replace("%", " %")
        flag = "leave those rows out if they are a test or a machine"
        found.append(Finding("heavy", Level.WARN, (what,), done=_apart(view), flag=flag))
    bar = max(BOT * float(np.quantile(each[each > 0], 0.99)), BUSY) if (each > 0).any() else np.inf
    bots = int((each >= bar).sum())
    if bots and not found:
        much = f" did {BOT} times as much as the busiest hundredth of the others, or more: machines, perhaps"
        flag = "leave those rows out if they are machines"
        found.append(Finding("heavy", Level.WARN, (Number(bots, view.noun), much), done=_apart(view), flag=flag))
    return Checked(found, f"no {view.noun} does far more than all others")


def imbalance(view: View) -> Checked:
    """Outcomes that hardly anybody has, or hardly anybody has not."""
    found, flags = [], [m for m in view.outcomes() if m.kind is Kind.BOOLEAN]
    for m in flags:
        x = m.values[np.isfinite(m.values)]
        yes = int((x > 0).sum())
        rare = min(yes, len(x) - yes)
        if rare < max(view.study.floor, RARE * len(x)):
            said = (f'"{m.label}" holds for ', Number(yes, view.noun), f" of {len(x):,}")
            done = "differences in it between groups will rarely be sure"
            found.append(Finding("imbalance", Level.WARN, said, (m.name,), done=done))
    return Checked(found, "both sides of every outcome have enough users" if flags else "")


def profiles(view: View) -> Checked:
    """Users under different ids who are alike in every column, beyond what chance gives."""
    taken = [m for m in view.features.measures if m.name in view.own or m.block]
    if len(taken) < 3 or view.users < MANY:
        return Checked()
    codes = np.column_stack([np.unique(np.asarray(m.values, np.float64), return_inverse=True)[1] for m in taken]).astype(
        np.int32
    )
    _, times = np.unique(_hashed(codes), return_counts=True)
    twins = int(times[times > 1].sum())
    n = len(codes)
    pairs = float((times * (times - 1.0)).sum() / 2)
    chance = n * (n - 1) / 2 * float(np.prod([((np.bincount(c) / n) ** 2).sum() for c in codes.T]))
    if twins < max(10, ALIKE * n) or pairs < 10 * chance:
        return Checked([], f"hardly any two {view.many} are alike in all of {len(taken):,} columns")
    said = (
        Number(twins, view.noun),
        f" share all of {len(taken):,} columns with another {view.noun}; by chance it would be hardly any",
    )
    flag = f"if they are the same {view.many} twice, remove the copies"
    return Checked([Finding("profiles", Level.PASS, said, done="each id counts as a user of its own", flag=flag)])


def _hashed(codes: NDArray[np.int32]) -> NDArray[np.uint64]:
    """One number a row, equal for equal rows."""
    rng = np.random.default_rng(0)
    by = rng.integers(1, 2**63, size=codes.shape[1], dtype=np.uint64) | np.uint64(1)
    mixed = (codes.astype(np.uint64) + np.uint64(1)) * by
    mixed ^= mixed >> np.uint64(29)
    return np.asarray((mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(axis=1, dtype=np.uint64))


def known(view: View) -> Checked:
    """What reading and understanding said already, each once."""
    return Checked(list(_notes(view)))


def _notes(view: View) -> Iterator[Finding]:
    seen: set[str] = set()
    for table in view.tables:
        for n in table.notes:
            if n.words not in seen:
                seen.add(n.words)
                where = n.where if n.where != table.source else ""
                yield Finding(_kind(n), n.level, (n.words,), (), table.source, flag=n.fix, example=where)


def _kind(note: Note) -> str:
    """What a note of the reading is about."""
    if note.code == "P104":
        return "duplicates"
    if "1970" in note.words or note.words.startswith(("the earliest date", "the latest date")):
        return "time"
    return "marker" if " stands " in note.words or "only blanks" in note.words else "reading"
