"""The command line: which commands there are, and how each of them can end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

import typer
from typer.main import get_command

from personae.cli import failures
from personae.cli.help import Group
from personae.cli.screen import Screen
from personae.errors import PersonaeError

app = typer.Typer(
    name="personae",
    add_completion=False,
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

FOUR_LINES = """\
personae demo           sample data to a finished report in one go
personae check FILES    look at your data and say what it is; writes nothing
personae run FILES      find the kinds of users there are, and write the report
personae --help         all commands; personae run --help has the settings"""


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"personae {version('personae')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_version, is_eager=True),
) -> None:
    """From raw behaviour to personas that are true: tested groups, sentences with numbers behind them, every user placed."""
    if context.invoked_subcommand is None:
        print(FOUR_LINES)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code.

    0 done, 1 our fault, 2 usage, 3 data, 4 a gate said no, 5 machine, 130 stopped.
    """
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(_ending(given))


def _ending(given: list[str]) -> int:
    screen = Screen(json="--json" in given, plain="--plain" in given, no_color="--no-color" in given)
    previous = _stop_within(1.5)
    try:
        code = get_command(app).main(args=given, prog_name="personae", standalone_mode=False)
        sys.stdout.flush()
        if code == failures.STOPPED:  # the parser turns an interruption into this code and says nothing
            return _stopped(screen)
        return code if isinstance(code, int) else 0
    except PersonaeError as error:
        return failures.tell(error, screen)
    except typer.TyperException as error:
        return failures.tell(failures.usage(error.format_message(), *_place(error)), screen)
    except typer.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _stopped(screen)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has enough; stay silent at exit
        return 0
    except (OSError, MemoryError) as no:
        if "--debug" in given:
            return failures.fault(no, screen, given)
        return failures.tell(failures.machine(no), screen)
    except Exception as error:  # the last line of defence: nothing but a fault of ours comes here
        return _stopped(screen) if _INTERRUPTED.is_set() else failures.fault(error, screen, given)
    finally:
        signal.signal(signal.SIGINT, previous)


_INTERRUPTED = threading.Event()


def _stop_within(seconds: float) -> signal._HANDLER:
    """Let Ctrl-C unwind what is being done, and end the process where a library does not listen.

    Ending at once is safe: nothing has its final name before it is whole, and the next start clears what is left.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        _INTERRUPTED.set()
        deadline = threading.Timer(seconds, _leave)
        deadline.daemon = True
        deadline.start()
        raise KeyboardInterrupt

    _INTERRUPTED.clear()
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, stop)
    return previous


def _leave() -> None:
    _stopped(Screen())
    os._exit(failures.STOPPED)


def _stopped(screen: Screen) -> int:
    screen.talk("stopped; nothing was half-written, earlier runs are as they were")
    return failures.STOPPED


def _place(error: typer.TyperException) -> tuple[str, list[str]]:
    """The command that was being read, and the words that were possible there."""
    context = getattr(error, "ctx", None)
    if context is None:
        return "personae", []
    options = [o for p in context.command.params for o in p.opts if o.startswith("--")]
    return context.command_path, [*options, *getattr(context.command, "names", ())]
