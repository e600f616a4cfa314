"""Personas from raw behaviour: read, run, load, score, export. Names are resolved on first use, so that importing is quick."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from personae.api import Data, Result, bands, compare, describe, diff, export, load, read, run, score
    from personae.errors import PersonaeError
    from personae.model.bands import Bands
    from personae.model.belief import Beliefs
    from personae.model.cast import Cast
    from personae.model.change import Change
    from personae.model.portrait import Portrait
    from personae.model.study import Study

    __version__: str

__all__ = [
    "Bands",
    "Beliefs",
    "Cast",
    "Change",
    "Data",
    "PersonaeError",
    "Portrait",
    "Result",
    "Study",
    "__version__",
    "bands",
    "compare",
    "describe",
    "diff",
    "export",
    "load",
    "read",
    "refresh",
    "run",
    "score",
]

_HOMES = {
    "Bands": "personae.model.bands",
    "Beliefs": "personae.model.belief",
    "Cast": "personae.model.cast",
    "Change": "personae.model.change",
    "Data": "personae.api",
    "PersonaeError": "personae.errors",
    "Portrait": "personae.model.portrait",
    "Result": "personae.api",
    "Study": "personae.model.study",
    "bands": "personae.api",
    "compare": "personae.api",
    "describe": "personae.api",
    "diff": "personae.api",
    "export": "personae.api",
    "load": "personae.api",
    "read": "personae.api",
    "refresh": "personae.api",
    "run": "personae.api",
    "score": "personae.api",
}


def __getattr__(name: str) -> Any:
    """The public name, imported from where it lives."""
    if name == "__version__":
        from importlib.metadata import version

        return version("personae")
    if name not in _HOMES:
        raise AttributeError(f"module 'personae' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
