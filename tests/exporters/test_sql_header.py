"""The comment above the statement says how to check it."""

from __future__ import annotations

import re
from dataclasses import replace

from cast_builder import cast
from personae.exporters.sql import Wanted, text
from random_rules import world


def test_the_header_compares_with_the_program_and_counts_who_is_placed_twice() -> None:
    """A user who is twice in a table of one row a user is placed twice, which no comparison by id shows."""
    made = replace(cast(), rule=world(1).rule)
    head = [line for line in text(made, Wanted("duckdb"), None, "").splitlines() if line.startswith("--")]
    checks = [line for line in head if "(this statement)" in line]
    assert [re.findall(r"FULL JOIN|count\(DISTINCT id\)", line) for line in checks] == [["FULL JOIN"], ["count(DISTINCT id)"]]
