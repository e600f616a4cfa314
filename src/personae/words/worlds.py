"""In how many worlds a persona exists, and which choice kills it, in words."""

from __future__ import annotations

from personae.model.worlds import VALID, World, Worlds

SHOWN = 3
"""Worlds that are named; the others are counted."""


def there(worlds: Worlds, persona: int) -> tuple[int, int]:
    """In how many other ways to form the groups a persona is there, of how many that can say; seeds do not count."""
    said = [w.has(persona) for w in worlds.choices if w.has(persona) is not None]
    return sum(map(bool, said)), len(said)


def firm(worlds: Worlds, persona: int) -> bool:
    """Whether a persona is there in three quarters of the other ways."""
    some, all_ = there(worlds, persona)
    return some >= VALID * all_


def caveat(worlds: Worlds | None, persona: int) -> str:
    """What stands beside how steady a persona is that fewer than half of the other ways have: "there in 3 of 20 other ways"."""
    some, all_ = there(worlds, persona) if worlds else (0, 0)
    return f"there in {some} of {all_} other {'way' if all_ == 1 else 'ways'}" if 2 * some < all_ else ""


def deadly(worlds: Worlds) -> tuple[World, ...]:
    """The choices under which none of several personas is there."""
    return tuple(
        w for w in worlds.choices if len(w.jaccard) > 1 and not any(w.has(i) is not False for i in range(len(w.jaccard)))
    )


def killers(worlds: Worlds, persona: int, alone: bool = False) -> tuple[str, ...]:
    """The choices under which a persona is gone, as in "with Ward"; `alone` leaves out those under which all are."""
    gone = [w for w in worlds.choices if w.has(persona) is False]
    return tuple(w.words for w in gone if not (alone and w in deadly(worlds)))


def life(worlds: Worlds, persona: int) -> str:
    """One line: "there in 11 of 12 other ways to form the groups; gone when counts are not weighed"."""
    some, all_ = there(worlds, persona)
    if not all_:
        return "too few of its users were in the sample to say whether it is there when the groups are formed in other ways"
    seeds = [w.has(persona) for w in worlds.of("seed") if w.has(persona) is not None]
    luck = f", and with {sum(map(bool, seeds))} of {len(seeds)} other seeds" if seeds else ""
    ways = "the one other way" if all_ == 1 else f"{some} of {all_} other ways"
    line = f"{'not ' if all_ == 1 and not some else ''}there in {ways} to form the groups{luck}"
    lost = killers(worlds, persona)
    return f"{line}; gone {some_of(lost)}" if lost else line


def some_of(words: tuple[str, ...]) -> str:
    """The first few, and how many more there are."""
    if len(words) > SHOWN + 1:
        return f"{', '.join(words[:SHOWN])} and in {len(words) - SHOWN} more ways"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
