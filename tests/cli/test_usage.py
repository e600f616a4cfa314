"""Usage lines as people read them."""

from __future__ import annotations

import typer
from typer.main import get_command

from personae.cli.help import Group
from personae.cli.main import app


def test_no_usage_line_has_a_bracket_within_a_bracket() -> None:
    """What may be left out stands in one pair of brackets."""
    group = get_command(app)
    assert isinstance(group, Group)
    context = typer.Context(group, info_name="personae")
    names = group.list_commands(context)
    assert {"runs", "show", "schedule"} <= set(names)
    for name in names:
        command = group.get_command(context, name)
        assert command is not None
        usage = command.get_usage(typer.Context(command, info_name=name, parent=context))
        assert "[[" not in usage, usage
