"""A sheet as text, for pages, slides and plain files: numbers as they are read, sentences with what is behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from personae.charts.numbers import count, percent, plain, times
from personae.model.persona import Claim
from personae.model.sheet import Cell, Share, Sheet
from personae.report.proof import Proof, Said, said

WRITTEN = {"count": count, "share": percent, "times": times, "number": plain}


@dataclass(frozen=True)
class Tabled:
    """A sheet whose cells are texts or sentences with their proofs; "" for an empty cell. `numeric` says of each column
    whether it holds numbers."""

    id: str
    title: str
    about: str
    part: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str | Said, ...], ...]

    def first(self, most: int) -> Tabled:
        """The first rows alone."""
        return replace(self, rows=self.rows[:most])

    @property
    def claims(self) -> tuple[Said, ...]:
        """Every sentence with facts, each once."""
        return tuple(dict.fromkeys(c for row in self.rows for c in row if isinstance(c, Said) and c.proofs))


def tabled(sheet: Sheet, proofs: Mapping[str, Proof]) -> Tabled:
    """A sheet as a reader sees it."""
    kinds = tuple(h.kind for h in sheet.headings)
    rows = tuple(tuple(_cell(c, k, proofs) for c, k in zip(row, kinds, strict=True)) for row in sheet.rows)
    numeric = tuple(k != "text" for k in kinds)
    return Tabled(sheet.id, sheet.title, sheet.about, sheet.part, tuple(h.name for h in sheet.headings), numeric, rows)


def written(cell: Cell, kind: str) -> str:
    """A cell as text; "" for an empty one."""
    if isinstance(cell, Claim):
        return cell.text
    if cell is None or isinstance(cell, str):
        return cell or ""
    kind = "share" if isinstance(cell, Share) else kind
    return WRITTEN[kind](cell) if kind in WRITTEN else str(cell)


def _cell(cell: Cell, kind: str, proofs: Mapping[str, Proof]) -> str | Said:
    return said(cell, proofs) if isinstance(cell, Claim) else written(cell, kind)
