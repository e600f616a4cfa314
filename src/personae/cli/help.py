"""Help texts without a library that draws: options in named groups, in the time it takes to start Python."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup


class Command(TyperCommand):
    """A command whose help lists its options in the groups that `rich_help_panel` names."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then each group of options, the commonest groups first."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                fallback = "Arguments" if param.param_type_name == "argument" else "Options"
                groups.setdefault(getattr(param, "rich_help_panel", None) or fallback, []).append(record)
        last = [groups.pop(name) for name in ("Options", "Output") if name in groups]
        if last:
            groups["Output and the rest"] = [record for group in reversed(last) for record in group]
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)

    def get_help(self, ctx: Any) -> str:
        """The help as wide as the terminal, at most 100 cells."""
        ctx.max_content_width = 100
        return super().get_help(ctx)


class Group(TyperGroup):
    """All commands, with room for a whole sentence about each."""

    def get_help(self, ctx: Any) -> str:
        """The help as wide as the terminal, at most 100 cells."""
        ctx.max_content_width = 100
        return super().get_help(ctx)
