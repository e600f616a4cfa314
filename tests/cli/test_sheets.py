"""What a run of one sheet of a workbook says of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cast_builder import cast, nothing
from personae.cli.run import _next
from personae.model.cast import Cast
from personae.model.table import Level, Note


@pytest.mark.parametrize("whole", [cast(), nothing()])
def test_the_next_lines_name_a_sheet_that_was_not_read(whole: Cast) -> None:
    fix = 'to read another: --sheet "Transactions"'
    seen = replace(whole.tables[0], notes=(Note(Level.WARN, "P102", "others hold data too", "wine.xlsx", fix),))
    lines = _next(replace(whole, tables=(seen, *whole.tables[1:])), "")
    assert lines[-1].startswith('         personae run ... --sheet "Transactions"   ')
    assert not any("--sheet" in line for line in _next(whole, ""))
