"""Which personas are closely related."""

from __future__ import annotations

from dataclasses import dataclass

from personae.model.tree import Tree


@dataclass(frozen=True)
class Kinship:
    """What would merge with what, were there fewer groups: Ward's tree over the personas' centres, weighted by their sizes.

    Lists follow the order of persona indices.
    """

    tree: Tree
    """Leaves are personas, sizes the searched users in each."""
    nearest: tuple[int, ...]
    """The persona that joining with adds least to the spread."""
    heights: tuple[float, ...]
    """At which height the two would merge, on the scale of the tree."""
