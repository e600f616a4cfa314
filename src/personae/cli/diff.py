"""personae diff: what differs between two runs, and who moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count, labelled, table
from personae.errors import UsageError
from personae.words.names import plural

if TYPE_CHECKING:  # nouns that --help does not wait for
    from personae.model.cast import Cast
    from personae.model.change import Change, Side


def diff(
    before: Annotated[str, typer.Argument(metavar="RUN", help="The run before: its id or folder.", show_default=False)] = "",
    after: Annotated[str, typer.Argument(metavar="RUN", help="The run after; else the current one.")] = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Every user: id, before, after (.csv).")] = "",
    raw: Annotated[bool, typer.Option("--raw", help="CSV for machines: texts that spreadsheets run as formulas stay.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.", rich_help_panel="Output")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Say what differs between two runs: settings, data, groups, and who moved.

    Example: personae diff r01 r02 --out moves.csv
    """
    screen = Screen(as_json, plain, quiet, no_color)
    if not before:
        raise UsageError("P001", "no run was named", where="personae diff", fix="name two: personae diff r01 r02")
    if out and Path(out).suffix.lower() != ".csv":
        raise UsageError("P001", f"{out} is not .csv", where="--out", fix="name a file such as moves.csv")
    from personae.model.plain import plain as as_plain
    from personae.stages.diff import diff as compared
    from personae.store import Record

    record = Record(Path(store or ".personae"))
    one, other = record.load(before), record.load(after)
    made = compared(one, other)
    if out:
        write(one, other, Path(out), overwrite, raw)
    if screen.json:
        screen.give(as_plain(made))
    for line in (*lines(made, screen), *(labelled("moves", out) if out else ())):
        screen.say(line)


def write(before: Cast, after: Cast, path: Path, overwrite: bool, raw: bool) -> None:
    """Every user of either run as CSV, for its owner alone; the ids as they came in."""
    from personae import plugins
    from personae.stages.diff import moves
    from personae.store import whole_file

    with whole_file(path, overwrite=overwrite) as temp:
        temp.touch(mode=0o600)
        temp.chmod(0o600)
        with temp.open("wb") as sink:
            plugins.find("exporters", "csv").pour(moves(before, after), sink, raw=raw)


def lines(made: Change, screen: Screen) -> list[str]:
    """Both verdicts, the sentences, the personas and the moves as tables, then data and settings."""
    sides = [["", "run", "verdict", "groups", "method", plural(made.entity)]]
    sides += [[n, s.run, s.kind, str(s.groups), s.method, count(s.users)] for n, s in _sides(made)]
    from personae.words.happening import happened, headline

    said = (f"{headline(made)}.", *happened(made)) if made.descents else ()
    found = [line for words in (*said, *made.words) for line in labelled("", words)]
    if found:
        found[0] = "diff" + found[0][4:]
    for title, rows, right in (
        ("The runs", sides, (3, 5)),
        ("The personas", _pairs(made), (2,)),
        ("Who is where", _moves(made), (2,)),
        ("The data", _sources(made), (2, 3)),
        ("Settings that differ", [["setting", "before", "after"], *([s.name, s.before, s.after] for s in made.settings)], ()),
    ):
        if len(rows) > 1:
            head, *rest = table(rows, right=right)
            found += ["", screen.strong(title), screen.faint(head), *rest]
        if made.rounded and title == "Who is where":
            few = f"fewer than {made.floor} {plural(made.entity)} or nobody"
            found.append(f"  other moves are of {few}; numbers are rounded, so that none follows from the others")
    return found


def _sides(made: Change) -> tuple[tuple[str, Side], ...]:
    return (("before", made.before), ("after", made.after))


def _pairs(made: Change) -> list[list[str]]:
    kinds = {"same": "the same", "alike": "the same with other borders", "gone": "no counterpart after", "new": "new"}
    rows = [["before", "after", "shared", ""]]
    return rows + [
        [p.before_name or "-", p.after_name or "-", f"{p.jaccard:.0%}".replace("%", " %"), kinds[p.kind]] for p in made.pairs
    ]


def _moves(made: Change) -> list[list[str]]:
    from personae.words.changing import NO_GROUP

    before, after = ({k: n for k, n, _ in s.personas} for s in (made.before, made.after))
    rows = [["before", "after", plural(made.entity)]]
    rows += [[before.get(m.before, NO_GROUP), after.get(m.after, NO_GROUP), count(m.users)] for m in made.moves]
    return rows


def _sources(made: Change) -> list[list[str]]:
    rows = [["before", "after", "rows before", "rows after", ""]]
    return rows + [
        [s.before or "-", s.after or "-", "-" if s.rows_before is None else count(s.rows_before),
         "-" if s.rows_after is None else count(s.rows_after), "the same bytes" if s.same else "differs"]
        for s in made.sources
    ]  # fmt: skip
