"""The only registry: a socket is a folder of this package, a plug is a module in it."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

SOCKETS = (
    "sources",
    "formats",
    "engines",
    "recipes",
    "steps",
    "methods",
    "checks",
    "writers",
    "exporters",
    "arrivals",
    "schedules",
)


def names(socket: str) -> tuple[str, ...]:
    """The names of the plugs in a socket, ours first, each group in alphabetical order."""
    own = _own(socket)
    return (*own, *sorted(e.name for e in entry_points(group=f"personae.{socket}") if e.name not in own))


def find(socket: str, name: str) -> ModuleType:
    """The plug of that name, imported now and alone. Raises KeyError when there is none."""
    module = name.replace("-", "_")
    if module in _own(socket):
        return importlib.import_module(f"personae.{socket}.{module}")
    for entry in entry_points(group=f"personae.{socket}", name=name):
        plug: ModuleType = entry.load()
        return plug
    raise KeyError(f"no {name!r} among {', '.join(names(socket))}")


@cache
def _own(socket: str) -> tuple[str, ...]:
    """The modules in the folder of a socket. A search asks for a plug thousands of times; looking at the folder each time took
    more than half of what preparing a space did."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(importlib.import_module(f"personae.{socket}").__path__)))
