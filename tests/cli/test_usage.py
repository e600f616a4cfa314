"""Usage lines as people read them."""

from __future__ import annotations

import typer
from typer.main import get_command

from personae.cli.main import app


def test_no_usage_line_has_a_bracket_within_a_bracket() -> None:
    """What may be left out stands in one pair of brackets."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert commands
    for name, command in commands.items():
        usage = command.get_usage(typer.Context(command, info_name=name))
        assert "[[" not in usage, usage
