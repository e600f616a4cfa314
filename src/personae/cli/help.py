"""Help texts without a library that draws: options in named groups, in the time it takes to start Python."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import get_data
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from personae.errors import UsageError


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

        own = [(f"{ctx.info_name} {n}", first_line(f"{ctx.info_name} {n}")) for n in FAMILIES.get(ctx.info_name, ())[1:]]
        if own:
            with formatter.section("Commands"):
                formatter.write_dl(own)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words; an option whose value stands in brackets in the help, [RUN], may stand alone and is then "-"."""
        options = [p for p in self.get_params(ctx) if p.param_type_name == "option"]
        alone = {o for p in options if str(getattr(p, "metavar", "")).startswith("[") for o in p.opts}
        follow = [*args[1:], "--"]
        given = [f"{a}={ALONE}" if a in alone and b.startswith("-") else a for a, b in zip(args, follow, strict=False)]
        return super().parse_args(ctx, given)

    def get_help(self, ctx: Any) -> str:
        """The help as wide as the terminal, at most 100 cells."""
        ctx.max_content_width = 100
        return super().get_help(ctx)


ALONE = "-"
"""What an option gets that stands without its value."""


COMMANDS = (
    "demo",
    "check",
    "features",
    "run",
    "bands",
    "describe",
    "compare",
    "show",
    "rename",
    "note",
    "merge",
    "split",
    "hide-measure",
    "edits",
    "undo",
    "write",
    "report",
    "export",
    "score",
    "refresh",
    "listen",
    "serve",
    "runs",
    "diff",
    "test",
    "schedule",
    "forget",
    "mcp",
    "doctor",
)
"""Every command in the order of the help: the function of its name in the module of its name, a dash being an underscore."""

FAMILIES = {"runs": ("list", "pin", "unpin", "rollback", "verify", "prune")}
"""Commands of a command, such as `personae runs pin`: the function runs_pin in the module runs_pin. The first is the command
by itself."""


DASHED = ("forget",)
"""Commands whose words may begin with a dash, as ids do."""


class Group(TyperGroup):
    """All commands. The module of one is loaded when it is run, and the list reads the first lines of the files alone."""

    names = COMMANDS

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of the help."""
        return list(self.names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None when there is none."""
        if cmd_name not in (*self.names, *family()):
            return None
        name = cmd_name.replace("-", "_").replace(" ", "_")
        callback = getattr(import_module(f"personae.cli.{name}"), name)
        settings: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
        if cmd_name in DASHED:
            settings["ignore_unknown_options"] = True
        info = CommandInfo(name=cmd_name, cls=Command, callback=callback, context_settings=settings)
        return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first words name, and what stands behind them."""
        own = FAMILIES.get(args[0], ()) if args else ()
        if own and args[1:] and not args[1].startswith("-") and args[1] not in own:
            raise unknown(args[0], args[1:])
        if " ".join(args[:2]) in family():
            args = [" ".join(args[:2]), *args[2:]]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line for each command: the first sentence of its help."""
        with formatter.section("Commands"):
            formatter.write_dl([(n, first_line(n)) for n in self.names])

    def get_help(self, ctx: Any) -> str:
        """The help as wide as the terminal, at most 100 cells."""
        ctx.max_content_width = 100
        return super().get_help(ctx)


def family() -> tuple[str, ...]:
    """Every command of a command, as it is typed."""
    return tuple(f"{name} {own}" for name, members in FAMILIES.items() for own in members[1:])


def unknown(command: str, words: list[str]) -> UsageError:
    """The refusal of a word that is none of what a command can do, or of one that stands behind an option."""
    from difflib import get_close_matches

    names, word = FAMILIES[command], words[0]
    near = (word,) if word in names else get_close_matches(word, names, 1)
    typed = f"personae {command} {' '.join([*near, *words[1:]])}"
    behind = ", with the options behind it" if word in names else ""
    what = f"{word} has to come first" if word in names else f"personae {command} has no {word}"
    fix = typed + behind if near else f"use one of: {', '.join(names)}"
    return UsageError("P001", what, where=f"personae {command}", did="nothing was changed", fix=fix)


def first_line(command: str) -> str:
    """What a command is for, read from its file without running it."""
    name = re.sub(r"[- ]", "_", command)
    source = (get_data("personae.cli", f"{name}.py") or b"").decode()
    found = re.search(rf'^def {name}\(.*?\) -> None:\n    """(.+?)(?:"""|\n\n|\n    """)', source, re.S | re.M)
    return re.sub(r"\s+", " ", found[1]).strip() if found else ""
