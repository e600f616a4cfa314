"""personae forget: take people out of everything that is kept, and leave them out from now on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count, labelled
from personae.errors import UsageError

if TYPE_CHECKING:  # nouns that --help does not wait for
    from personae.store import Record
    from personae.store.forgetting import Forgotten
    from personae.store.naming import Named

SHOWN = 10
"""Files and ids that are named on the screen; --json has all files."""


def forget(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="The ids, byte for byte as in the data.", show_default=False)
    ] = None,
    file: Annotated[str, typer.Option("--file", metavar="FILE", help="A list of ids, as --exclude takes it.")] = "",
    tally: Annotated[
        list[str] | None, typer.Option("--tally", metavar="DIR", help="A tally of score, beside those that the record knows.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it nothing is changed.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Take people out of every run that is kept, and leave them out of all that comes. Without --yes it only looks.

    Numbers that were measured over everyone stay as they were measured. What was exported elsewhere or sent on is out of reach.

    Example: personae forget 00123 --yes
    """
    from personae.cli.editing import record
    from personae.store.naming import naming

    screen = Screen(as_json, plain, quiet, no_color)
    whom, kept = _whom(ids or [], file), record(store)
    tallies, away = _tallies(kept, tally or [])
    held = _counted(tallies, whom, look=True)  # one that is damaged or in use says so before anything is changed
    if not yes:
        found = naming(kept, whom)
        if screen.json:
            screen.give({**_planned(found, whom), "tallies": held})
        for line in (*_away(away), *_plan(found, whom, _again(ids or [], file, store, tally or []), held)):
            screen.say(line)
        return
    before = naming(kept, whom)
    new, done = _forgotten(kept, whom)
    held = _counted(tallies, whom, look=False)
    after = naming(kept, whom)
    if screen.json:
        screen.give({**_document(done, before, after, whom, new), "tallies": held})
    for line in (*_told(done, before, after, whom, held), *_away(away)):
        screen.say(line)


def _tallies(record: Record, named: Sequence[str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The tallies that the record knows, and those that were named; and folders that it knows which are none just now. Raises
    UsageError P001 for a folder that was named and is none."""
    from personae.store.tally import is_tally, remembered

    for folder in named:
        if not is_tally(Path(folder)):
            raise UsageError("P001", f"{folder} is no tally", where="--tally", did="nothing was changed",
                             fix="name the folder that was named to personae score --tally")  # fmt: skip
    known = dict.fromkeys((*remembered(record.root), *(Path(f).resolve() for f in named)))
    return tuple(p for p in known if is_tally(p)), tuple(p for p in known if not is_tally(p))


def _counted(tallies: Sequence[Path], whom: frozenset[str], *, look: bool) -> dict[str, int]:
    """How many of them each tally held, by its folder, where it held any; taken out of it unless only to `look`."""
    from personae.store.tally import forget as taken_out

    here = Path.cwd().resolve()
    found = {p: taken_out(p, whom, look=look) for p in tallies}
    return {(p.relative_to(here) if p.is_relative_to(here) else p).as_posix(): n for p, n in found.items() if n}


def _away(folders: Sequence[Path]) -> Iterator[str]:
    """Tallies that cannot be reached now."""
    for folder in folders:
        yield from labelled("tally", f"{folder} is not there now; should it come back, forget once more")


def _whom(ids: list[str], file: str) -> frozenset[str]:
    """Everybody who is meant. Raises UsageError P001 where nobody is, or where an id could be a flag that was mistyped."""
    from personae.stages.exclusion import exclusion
    from personae.stages.permitted import ID

    odd = next((i for i in ids if i.startswith("--")), "")
    if odd:
        raise UsageError("P001", f"there is no option {odd}", where="personae forget", did="nothing was changed",
                         fix="see: personae forget --help; an id that begins so goes into a list: --file ids.txt")  # fmt: skip
    listed = exclusion((file,)).ids if file else ()
    named = frozenset(i for i in listed if i.lower() not in ID)  # the name of the column is no person
    if not ids and not named:
        raise UsageError("P001", "nobody was named", where="personae forget", did="nothing was changed",
                         fix="name an id: personae forget 00123")  # fmt: skip
    return frozenset(ids) | named


def _forgotten(record: Record, whom: frozenset[str]) -> tuple[int, Forgotten]:
    """First onto the list of the record, then out of it: who is stopped on the way is left out all the same."""
    from personae.store import exclude
    from personae.store.forgetting import forget as taken_out

    return exclude(record.root, whom), taken_out(record, whom)


def _people(whom: frozenset[str]) -> str:
    return _people_of(len(whom))


def _people_of(n: int) -> str:
    return "1 person" if n == 1 else f"{n:,} people"


def _again(ids: Sequence[str], file: str, store: str, tallies: Sequence[str]) -> str:
    """The same command, as it was typed, that does it."""
    options = [*(["--file", file] if file else []), *(["--store", store] if store else [])]
    options += [word for folder in tallies for word in ("--tally", folder)]
    return f"personae forget {shlex.join([*ids, '--yes', *options])}"


def _plan(found: Named, whom: frozenset[str], next_: str, held: Mapping[str, int]) -> Iterator[str]:
    """Where they are, and how to go on."""
    yield from labelled("found", f"{found.known:,} of {_people(whom)} in {_runs(found.runs)}")
    if found.reports:
        yield from labelled("reports", f"{count(len(found.reports), 'folder')} would be written anew: {_listed(found.reports)}")
    for folder, n in held.items():
        yield from labelled("tally", f"{folder} holds what {_people_of(n)} did")
    yield from _strangers(found)
    yield from _beside(found)
    yield f"next     {next_}"


def _strangers(found: Named) -> Iterator[str]:
    """Ids that no run knows: mistyped, or of people who never came; asked for is asked for, so they go onto the list."""
    if found.unknown:
        more = f" and {len(found.unknown) - SHOWN:,} more" if len(found.unknown) > SHOWN else ""
        yield from labelled(
            "unknown", f"no run knows {', '.join(found.unknown[:SHOWN])}{more}; see that it is spelt as in the data"
        )


def _told(done: Forgotten, before: Named, after: Named, whom: frozenset[str], held: Mapping[str, int]) -> Iterator[str]:
    """What was changed, what was not, and what nobody here can change."""
    more = [(done.lists, "row of lists"), (done.edits, "edit"), (done.answers, "kept answer of a model")]
    also = ", ".join(f"{n:,} {what}{'' if n == 1 else 's'}" for n, what in more if n)
    if before.known or also or held:
        yield from labelled(
            "forgot", f"{_people(whom)}, of whom {before.known:,} in {_runs(done.runs)}{f'; {also}' if also else ''}"
        )
    else:
        yield from labelled("forgot", "nobody: there was nothing here to take out")
    for folder, n in held.items():
        yield from labelled("tally", f"{folder} holds nothing of {_people_of(n)} any more")
    yield from _strangers(before)
    if done.reports:
        yield from labelled("reports", f"{count(len(done.reports), 'folder')} written anew: {_listed(done.reports)}")
    yield from labelled("list", f"runs, scores and refreshes of this record leave {_them(before)} out from now on")
    if done.runs:
        words = (
            "numbers of these runs were measured with them and stay as they were measured; none stands for fewer than its floor"
        )
        yield from labelled("stays", f"{words}. A new run is as if they had never been in the data")
    if done.left:
        yield from labelled("left", f"not written by personae alone, or damaged, so yours to change: {_listed(done.left)}")
    yield from _beside(after)


def _beside(found: Named) -> Iterator[str]:
    """Files that are not the record's to change."""
    if found.beside:
        yield from labelled(
            "beside", f"{count(len(found.beside), 'file')} here name them and are yours: {_listed(found.beside)}"
        )
    if found.unread:
        were = "was" if len(found.unread) == 1 else "were"
        said = f"{count(len(found.unread), 'file')} of other kinds or sizes {were} not looked into"
        yield from labelled("", f"{said}: {_listed(found.unread)}")
    yield from labelled("beyond", "lists exported to other folders or databases, and reports sent on, are not known here")


def _them(found: Named) -> str:
    return "them" if found.known else "these ids, whoever comes with them,"


def _runs(runs: tuple[str, ...]) -> str:
    names = ", ".join(runs[-SHOWN:])
    return count(len(runs), "run") + (f" ({names})" if names else "")


def _listed(paths: tuple[Path, ...]) -> str:
    more = f" and {len(paths) - SHOWN:,} more" if len(paths) > SHOWN else ""
    return ", ".join(str(p) for p in paths[:SHOWN]) + more


def _planned(found: Named, whom: frozenset[str]) -> dict[str, Any]:
    return {
        "done": False,
        "people": len(whom),
        "known": found.known,
        "runs": list(found.runs),
        "reports": [p.as_posix() for p in found.reports],
        "beside": [p.as_posix() for p in found.beside],
        "unread": len(found.unread),
        "unread_files": [p.as_posix() for p in found.unread],
        "unknown": list(found.unknown),
    }


def _document(done: Forgotten, before: Named, after: Named, whom: frozenset[str], new: int) -> dict[str, Any]:
    return {
        **_planned(after, whom),
        "done": True,
        "known": before.known,
        "unknown": list(before.unknown),
        "runs": list(done.runs),
        "reports": [p.as_posix() for p in done.reports],
        "lists": done.lists,
        "edits": done.edits,
        "answers": done.answers,
        "excluded": new,
        "left": [p.as_posix() for p in done.left],
    }
