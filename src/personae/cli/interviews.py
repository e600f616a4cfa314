"""The part of personae export that makes an interview kit: a private list of people, and a guide that names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from personae.cli.screen import Screen, count, labelled
from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.model.cast import Cast
    from personae.model.interview import Invited
    from personae.store import Record

PLACE = "private/interviews.csv"
"""Where a list goes when nothing else is said."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for: how many people, of which persona, who may be asked and who not."""

    people: int
    persona: str = ""
    only: str = ""
    consent: str = ""
    exclude: tuple[str, ...] = ()
    again: bool = False


def kit(record: Record, name: str, wanted: Wanted, out: str, guide: str, overwrite: bool, screen: Screen) -> None:
    """Write the list and the guide, and remember whom it names."""
    from personae.endpoint.day import today
    from personae.report.guide import guide as written
    from personae.stages.edit import find
    from personae.stages.interviews import interviews
    from personae.store import whole_file

    if wanted.people < 1:
        raise UsageError(
            "P001", f"--interviews is {wanted.people}", where="--interviews", fix="name 1 or more: --interviews 10"
        )
    cast = record.load(name)
    whose = [find(cast, wanted.persona)] if wanted.persona else list(cast.personas)
    if not whose:
        raise UsageError("P201", "this run has no personas to talk to", fix="use another run: personae runs")
    only, never = may(cast, wanted), may_not(cast, wanted)
    asked = frozenset() if wanted.again else record.asked()
    invited, notes = interviews(cast, wanted.people, whose, only=only, never=never | asked)
    target = Path(out or PLACE)
    page = Path(guide) if guide else target.with_suffix(".md")
    if page.exists() and not overwrite:
        raise UsageError("P001", f"{page} exists already", where="--guide", fix="add --overwrite, or choose another name")
    record.prepare()  # what cannot be remembered is not written
    if not target.parent.exists():
        target.parent.mkdir(mode=0o700, parents=True)
    with whole_file(target, overwrite=overwrite) as temp:
        _write(cast, invited, temp)
    with whole_file(page, overwrite=overwrite) as temp:
        temp.write_text(written(cast, whose), encoding="utf-8", newline="\n")
    number = record.ask(name, today(), [i.id for i in invited]) if invited else 0
    for note in notes:
        screen.talk(f"note: {note}")
    if screen.json:
        made = {
            "run": cast.run,
            "file": target.as_posix(),
            "guide": page.as_posix(),
            "people": len(invited),
            "notes": list(notes),
        }
        screen.give({**made, "list": number})
    for line in labelled("list", f"{target}   {count(len(invited), cast.study.entity)}: {_mix(invited)}; for your eyes only"):
        screen.say(line)
    screen.say(f"guide    {page}   names nobody")


def _mix(invited: tuple[Invited, ...]) -> str:
    parts = list(dict.fromkeys(i.part for i in invited))
    return ", ".join(f"{sum(i.part == part for i in invited)} {part}" for part in parts) or "nobody may be asked"


def _write(cast: Cast, invited: tuple[Invited, ...], path: Path) -> None:
    """The list, for its owner alone before there is anything in it."""
    import pyarrow as pa

    from personae import plugins

    names = {p.key: p.name for p in cast.personas}
    path.touch(mode=0o600)
    path.chmod(0o600)
    rows = {
        "persona": [i.persona for i in invited],
        "persona_name": [names[i.persona] for i in invited],
        "part": [i.part for i in invited],
        "id": [i.id for i in invited],
        "why": [i.why for i in invited],
    }
    plugins.find("exporters", "csv").write(pa.table({k: pa.array(v, pa.string()) for k, v in rows.items()}), path)


def may(cast: Cast, wanted: Wanted) -> frozenset[str] | None:
    """Who may be asked; None where nothing was said."""
    from personae import flow

    if wanted.only:
        return flow.named(cast, wanted.only, wanted.consent)
    if not wanted.consent:
        return None
    has = [s for s, t in zip(cast.study.sources, cast.tables) if wanted.consent.lower() in {c.name.lower() for c in t.columns}]
    if not has:
        raise UsageError(
            "P002",
            f"no source of this run has a column {wanted.consent}",
            where="--consent",
            fix="name another column, or the file that has it with --only FILE",
        )
    return flow.named(cast, has[0], wanted.consent)


def may_not(cast: Cast, wanted: Wanted) -> frozenset[str]:
    """Who may not be: those on the lists of the command, of the run, and of the record."""
    from personae import flow
    from personae.stages.exclusion import exclusion

    named = frozenset(i for file in wanted.exclude for i in flow.named(cast, file))
    return named | exclusion(own(cast)).among(cast.ids.to_pylist()) if own(cast) else named


def own(cast: Cast) -> tuple[str, ...]:
    """The lists of the record; those of the run left nobody of theirs in it."""
    from personae.files.excluded import is_kept

    return tuple(x for x in cast.study.exclude if is_kept(Path(x)))
