"""personae test: whether a run is what people wrote down that they expect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, table
from personae.errors import UsageError

if TYPE_CHECKING:  # nouns that --help does not wait for
    from collections.abc import Sequence

    from personae.model.expectation import Expectation, Outcome

FAILED = 4
"""The exit code when an expectation does not hold."""
FILE = "personae.toml"
_MARKS = {"held": "held", "failed": "FAILED", "not checked": "not checked"}


def test(
    name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id or folder; else the current one.")] = "",
    expect: Annotated[str, typer.Option("--expect", metavar="FILE", help="File with [[expect]] tables.")] = FILE,
    junit: Annotated[str, typer.Option("--junit", metavar="FILE", help="Write the outcome as JUnit XML, too.")] = "",
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Check a run against what is expected of it in personae.toml; exit 4 when something does not hold.

    Example: personae test --junit personae.xml
    """
    from personae.stages.expect import expect as check
    from personae.store import Record

    screen = Screen(as_json, plain, quiet, no_color)
    wanted = read(Path(expect))
    cast = Record(Path(store or ".personae")).load(name)
    outcomes = check(cast, wanted, expect)
    if junit:
        _junit(outcomes, cast.run, Path(junit))
    failed = sum(not o.held for o in outcomes)
    if screen.json:
        screen.give({"run": cast.run, "held": not failed, "expectations": [_plain(o) for o in outcomes]})
    else:
        _say(outcomes, cast.run, failed, screen)
    raise typer.Exit(FAILED if failed else 0)


def read(path: Path) -> tuple[Expectation, ...]:
    """The expectations of a file. Raises UsageError P001 where it holds none, or none that can be read."""
    import tomllib

    from personae.words.expecting import EXAMPLE, expectations

    if not path.is_file():
        raise UsageError(
            "P001", f"there is no {path}", where="--expect", did="nothing was checked", fix=f"write one:\n{EXAMPLE}"
        )
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text).get("expect", [])
    except tomllib.TOMLDecodeError as wrong:
        raise UsageError("P001", f"{path.name} is not valid TOML: {wrong}", where=str(path), fix="correct that line") from wrong
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise UsageError("P001", "expect is no list of tables", where=str(path), fix=f"write it so:\n{EXAMPLE}")
    if not tables:
        what = f"{path.name} expects nothing"
        raise UsageError("P001", what, where=str(path), did="nothing was checked", fix=f"add what you expect:\n{EXAMPLE}")
    return expectations(tables, text, str(path))


def subject(e: Expectation) -> str:
    """What an expectation is about, in words."""
    what = e.what.replace("_", " ")
    return f"{e.persona}: {what}" if e.persona else what


def _say(outcomes: Sequence[Outcome], run: str, failed: int, screen: Screen) -> None:
    rows = [["", "expected of", "to be", "found"]]
    rows += [[_MARKS[o.state], subject(o.expectation), o.expectation.text, o.found] for o in outcomes]
    head, *rest = table(rows, indent=0)
    screen.say(screen.faint(head))
    for line in rest:
        screen.say(line)
    left = sum(o.state == "not checked" for o in outcomes)
    checked = len(outcomes) - left
    more = f", {left} could not be checked" if left else ""
    screen.say()
    screen.say(f"test     {checked - failed} of {checked} expectations hold in {run}{more}")


def _plain(o: Outcome) -> dict[str, object]:
    e = o.expectation
    return {
        "persona": e.persona, "what": e.what, "expected": e.text, "line": e.line, "state": o.state, "found": o.found,
    }  # fmt: skip


def _junit(outcomes: Sequence[Outcome], run: str, path: Path) -> None:
    """JUnit XML: one case an expectation."""
    from xml.etree import ElementTree

    from personae.store import whole_file
    from personae.words.legible import legible

    counts = {"tests": len(outcomes), "failures": sum(not o.held for o in outcomes), "errors": 0}
    counts["skipped"] = sum(o.state == "not checked" for o in outcomes)
    suite = ElementTree.Element("testsuite", {"name": f"personae {run}", **{k: str(v) for k, v in counts.items()}})
    for o in outcomes:
        e = o.expectation
        case = ElementTree.SubElement(suite, "testcase", {"classname": "personae", "name": legible(f"{subject(e)} {e.text}")})
        if o.state != "held":
            kind = "failure" if o.state == "failed" else "skipped"
            ElementTree.SubElement(case, kind, {"message": legible(o.found)})
    with whole_file(path, overwrite=True) as temp:
        ElementTree.ElementTree(suite).write(temp, encoding="utf-8", xml_declaration=True)
