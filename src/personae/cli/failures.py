"""How a failure ends the program: four parts on stderr, the same as JSON where JSON was asked for, and an exit code."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
import tempfile
import textwrap
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from personae.cli.screen import Screen, clean, columns
from personae.errors import MachineError, PersonaeError, UsageError
from personae.redaction import redacted

FAULT, STOPPED = 1, 130


def tell(error: PersonaeError, screen: Screen) -> int:
    """Print the error and return its exit code."""
    if screen.json:
        screen.give({"error": {**error.as_dict(), "exit": error.exit_code}})
    red = "\x1b[31m" if screen.colours(sys.stderr) else ""
    head = f"{red}error[{error.code}]:{red and chr(27) + '[0m'} {error.what}"
    parts = (("where", error.where), ("did", error.did), ("fix", error.fix))
    print("\n".join(clean(line) for line in [head, *(line for n, t in parts if t for line in _part(n, t))]), file=sys.stderr)
    return error.exit_code


def _part(name: str, text: str) -> list[str]:
    """Lines of one part; what is to be typed is never broken."""
    lines = []
    for line in text.splitlines():
        fits = len(line) + 10 <= columns() or "--" in line or "/" in line
        lines += [line] if fits else textwrap.wrap(line, columns() - 10, break_long_words=False, break_on_hyphens=False)
    return [f"  {name if i == 0 else '':<7} {line}" for i, line in enumerate(lines)]


def usage(message: str, where: str, known: list[str]) -> UsageError:
    """What the command-line parser complains about, in our form."""
    from personae.cli.settings import closest

    words = message.strip().rstrip(".")
    words = words[:1].lower() + words[1:]
    named = re.search(r"(?:option|command):? '?(-*[\w-]+)", words)
    near = closest(named[1], known) if named and words.startswith("no such") else ""
    words = re.sub(r"\.? ?(?:did you mean|\(?possible).*", "", words, flags=re.I)
    return UsageError("P001", words, where=where, fix=f"did you mean {near}?" if near else f"see: {where} --help")


def machine(no: OSError | MemoryError) -> MachineError:
    """A refusal of the operating system that nobody put into words."""
    if isinstance(no, MemoryError):
        return MachineError(
            "P501", "the memory of this machine is not enough", where="memory", fix="use less: --memory 2GB, --sample 10000"
        )
    why = (no.strerror or type(no).__name__).lower()
    return MachineError(
        "P501", f"the machine refused: {why}", where=str(no.filename or "a file"), fix="see to room and rights there"
    )


def fault(error: BaseException, screen: Screen, arguments: Sequence[str]) -> int:
    """A fault of ours: an id, and a report without data values that can be sent to us."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{_inside(f.filename)}:{f.lineno} in {f.name}" for f in frames]
    name = hashlib.sha256("\n".join([type(error).__name__, *places]).encode()).hexdigest()[:8]
    report = Path(tempfile.gettempdir()) / f"personae-fault-{name}.txt"
    written = _write(report, name, error, places, arguments)
    own = PersonaeError(
        "P900",
        f"a fault inside personae (id {name}, {type(error).__name__})",
        where=places[-1] if places else "",
        fix=f"send us {report}; it holds no data" if written else "run again with --debug and send us what it prints",
    )
    if "--debug" in arguments:
        _trace(error, error.__traceback__)
    return tell(own, screen)


def _inside(file: str) -> str:
    """A path that says where in a package, and not where on this machine."""
    parts = Path(file).parts
    for root in ("site-packages", "src"):
        if root in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(root) :])
    return parts[-1]


def _write(report: Path, name: str, error: BaseException, places: list[str], arguments: Sequence[str]) -> bool:
    """The report leaves out the message of the error, which may quote data."""
    from importlib.metadata import version

    flags = sorted({a.split("=")[0] for a in arguments if a.startswith("--")})
    lines = [
        f"personae {version('personae')}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"fault {name}: {type(error).__name__}",
        f"flags: {' '.join(flags)}",
        *places,
    ]
    try:
        report.unlink(missing_ok=True)
        with os.fdopen(os.open(report, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return False
    return True


def _trace(error: BaseException, trace: TracebackType | None) -> None:
    """The traceback, which never shows local values."""
    print(redacted("".join(traceback.format_exception(type(error), error, trace))), end="", file=sys.stderr)
