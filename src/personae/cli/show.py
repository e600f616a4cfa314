"""personae show: a run on one screen, one persona in full, or why there are this many groups."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personae.cli import summary
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, columns, count, labelled, percent, table
from personae.cli.settings import closest
from personae.errors import UsageError
from personae.words.names import follow

if TYPE_CHECKING:  # nouns that --help does not wait for
    from personae.model.cast import Cast
    from personae.model.evidence import Candidate, Evidence
    from personae.model.persona import Claim, Persona
    from personae.model.preparation import Preparation


def show(
    name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id or folder; else the current one.")] = "",
    persona: Annotated[str, typer.Option("--persona", metavar="NAME", help="One persona in full, by name or key.")] = "",
    why_groups: Annotated[bool, typer.Option("--why-groups", help="What was tried, and why this number of groups.")] = False,
    changes: Annotated[
        bool,
        typer.Option("--changes", help="What changed since the run before, for a mail: no id, no small number."),
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="All personas, or that of --persona, over all runs before.")
    ] = False,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="With --history: write it as a page (.html), too.")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Show a run: its summary, one persona, or why there are this many groups.

    Example: personae show r01 --why-groups

    Example: personae show --history --persona P1
    """
    from personae.model.plain import plain as as_plain
    from personae.store import Record

    screen = Screen(as_json, plain, quiet, no_color)
    record = Record(Path(store or ".personae"))
    cast = record.load(name)
    if history:
        from personae.cli.history import show as told

        told(record, cast, _find(cast, persona).key if persona else "", out, screen, overwrite=overwrite)
        return
    if changes:
        _notice(cast, screen)
        return
    if persona:
        one = _find(cast, persona)
        found, lines = as_plain(one), whole(cast, one, screen)
    elif why_groups:
        found, lines = as_plain(cast.evidence), why(cast, screen)
    else:
        found = {
            "run": cast.run,
            "verdict": as_plain(cast.evidence.verdict),
            "users": cast.users,
            "personas": as_plain(cast.personas),
        }
        lines = summary.whole(cast, screen)[:-1]
        lines += [f"edits    {count(len(cast.edits), 'change')} by a person: personae edits"] if cast.edits else []
    if screen.json:
        screen.give(found)
    screen.say(f"run      {_place(cast, name)}")
    for line in lines:
        screen.say(line)


def _notice(cast: Cast, screen: Screen) -> None:
    """What changed, for people elsewhere. Raises UsageError P001 where the run is no refresh."""
    from personae.words.happening import named, notice

    made = named(cast)
    if made is None:
        what = f"{cast.run} is no refresh of an earlier run"
        raise UsageError("P001", what, where="--changes", fix="compare any two runs: personae diff r01 r02")
    sentences = notice(made)
    if screen.json:
        screen.give({"run": cast.run, "since": made.before.run, "sentences": list(sentences)})
    for sentence in sentences:
        screen.say(sentence)


def _place(cast: Cast, name: str) -> str:
    """Which run this is: its id, the folder where one was named, and that it is the current one where none was."""
    folder = "" if name == cast.run else name
    parts = (cast.run, folder or ("" if name else "the current one"), ", ".join(t.source for t in cast.tables))
    return "   ".join(p for p in parts if p)


def _find(cast: Cast, name: str) -> Persona:
    for p in cast.personas:
        if name.casefold() in (p.name.casefold(), p.key.casefold()):
            return p
    known = [x for p in cast.personas for x in (p.name, p.key)]
    near = closest(name, known)
    none = "no groups were found, so there are no personas: personae show --why-groups says why"
    listed = f"the personas are {', '.join(p.name for p in cast.personas)}" if known else none
    raise UsageError(
        "P001",
        f"there is no persona {name!r} in this run",
        where=f"run {cast.run}" if cast.run else "",
        fix=f"did you mean {near!r}?" if near else listed,
    )


def whole(cast: Cast, persona: Persona, screen: Screen) -> list[str]:
    """Everything that is said about a persona, sentence by sentence with its grade."""
    from personae.report import cards
    from personae.words.names import plural

    size = f"{count(persona.users, cast.study.entity)}, {percent(persona.share)} of all; {persona.steady}"
    head = [f"{screen.strong(persona.name)}   {persona.key}   {size}", f"  {summary.WORDS[persona.verdict]}", ""]
    parts = (
        ("", (persona.tagline, *persona.story)),
        ("What sets them apart", persona.traits),
        ("Outcomes", persona.outcomes),
        ("Who they are", persona.demographics),
        ("Nearest persona", (persona.difference,) if persona.difference else ()),
    )
    typical = cards.typical(cast, persona.key)
    listed = [f"Typical {plural(cast.study.entity)}", *labelled("", ", ".join(typical)), ""] if typical else []
    told = [line for title, claims in parts if claims for line in _part(title, claims)]
    return [*head, *listed, *told, *_notes(persona), *_words(cast)]


def _notes(persona: Persona) -> list[str]:
    """What people wrote about a persona."""
    from personae.model.persona import Claim
    from personae.report.cards import noted

    rows = (noted(n) for n in persona.notes)
    lines = [line for n in rows for line in _part("", (Claim(f"{n.text} ({n.mark})", "by hand", ()),))[:-1]]
    return ["Notes by people", *lines, ""] if lines else []


def _part(title: str, claims: tuple[Claim, ...]) -> list[str]:
    lines = [title] if title else []
    for c in claims:
        cited = f"  [{c.grade}: {', '.join(c.facts)}]" if c.facts else f"  [{c.grade}]"
        lines += textwrap.wrap(
            c.text + cited, columns() - 4, initial_indent="  ", subsequent_indent="    ", break_long_words=False
        )
    return [*lines, ""]


def _words(cast: Cast) -> list[str]:
    """What the letters behind sentences mean, and whose words they are."""
    from personae.words.worded import marked

    grades = "M measured, S said in answers, A worded by a machine, ? to find out; the codes are facts in facts.json"
    return [*(textwrap.wrap(marked(cast.worded), columns()) if cast.worded else ()), grades]


def why(cast: Cast, screen: Screen) -> list[str]:
    """The verdict, the vote of every criterion, and everything that was tried."""
    found = cast.evidence
    votes = [["criterion", "says", "why"]]
    votes += [[v.criterion, "-" if v.groups is None else v.shown, v.words] for v in found.votes]
    tried = [["method", "groups", "steady", "left over", "smallest", "separated"], *(_tried(c) for c in found.candidates)]
    refused = [line for method, reason in found.refused for line in labelled("unused", f"{method}: {reason}")]
    return [
        *summary.groups(cast),
        *labelled("space", found.space),
        *(_prepared(found.preparation) if found.preparation else ()),
        "",
        *_titled(votes, (), screen),
        *labelled("agreed", found.range.words if found.range else ""),
        "",
        *_beside(cast, screen),
        *_titled(tried, (1, 2, 3, 4, 5), screen),
        *refused,
        *_advice(found, screen),
        *_worlds(cast, screen),
    ]


def _worlds(cast: Cast, screen: Screen) -> list[str]:
    """In how many other ways to form the groups each persona is there, and in which it is not."""
    from personae.charts.worlds import worlds

    chart = worlds(cast)
    if chart is None:
        return []
    head, rows = chart.columns, chart.rows
    lost = [line for r in rows if r[-1] for line in labelled("gone", f"{r[0]}: {r[-1]}")]
    shown = [list(r[:-1]) for r in (head, *rows)]
    return ["", chart.title, *_titled(shown, tuple(range(1, len(head) - 1)), screen), *lost]


def _prepared(p: Preparation) -> list[str]:
    """The order of steps, what was done about empty cells, and whether it matters."""
    lines = [line for step in p.order for line in labelled("step", step)]
    lines += labelled("kept", f"{p.dimensions} of {count(p.columns, 'direction')}, {percent(p.kept)} of the variance")
    for e in p.empties[:5]:
        lines += labelled("empty", f"{e.measure}: {'a few' if e.users is None else count(e.users)} empty, {e.words}")
    if len(p.empties) > 5:
        lines += labelled("empty", f"and {count(len(p.empties) - 5, 'more measure')} with empty cells; see evidence.json")
    lines += labelled("empty", p.sensitivity.words) if p.sensitivity else []
    return lines + [line for note in p.notes for line in labelled("note", note)]


def _beside(cast: Cast, screen: Screen) -> list[str]:
    """One number fewer and one more, who moves, and groups that may be one or two."""
    from personae.charts.beside import COUNTED, beside
    from personae.words.flagged import flagged

    names = tuple(p.name for p in cast.personas)
    rows = beside(cast.evidence, names)
    lines: list[str] = []
    if len(rows) > 1:
        lines.append(screen.faint(f"  one fewer, one more ({follow(COUNTED, cast.study.entity)})"))
        for b in rows:
            said = f"steady {b.steady}: " if b.steady else ""
            lines += labelled(f"{b.size}{' *' if b.chosen and names else ''}", said + "; ".join(b.groups))
            lines += labelled("", follow(b.moves, cast.study.entity)) if b.moves else []
    lines += [line for x in flagged(cast.evidence.flags, names) for line in labelled("flag", follow(x, cast.study.entity))]
    return [*lines, ""] if lines else []


def _tried(c: Candidate) -> list[str]:
    steady = "" if c.stability is None else f"{c.stability * 100:.0f} in 100"
    apart = "" if c.silhouette is None else f"{c.silhouette:.2f}"
    return [c.method, str(c.size), steady, percent(c.inertia), percent(c.smallest), apart]


def _advice(found: Evidence, screen: Screen) -> list[str]:
    """The methods compared on four scales, and which are advised and which not, with reasons."""
    if found.advice is None or found.comparison is None:
        return []
    a, c = found.advice, found.comparison
    rows = [["method", "groups", "explains", "steady", "even", "readable", "same", "trade-off set"]]
    for r in c.rivals:
        scales = (f"{100 * v:.0f}" for v in (r.fit, r.steadiness, r.balance, r.readability, max(0.0, r.agrees)))
        rows.append([r.method, str(r.groups), *scales, "yes" if r.front else ""])
    first, *rest = a.suggested or (None,)
    lines = ["", *_titled(rows, (1, 2, 3, 4, 5, 6), screen), *labelled("scales", f"{SCALES} ({count(c.users)} compared)")]
    lines += ["", *labelled("number", a.known), *labelled("size", a.size), *labelled("shape", " ".join(a.shape.words))]
    lines += labelled("method", f"{first.method}: {first.reason}") if first else []
    lines += [line for s in rest for line in labelled("then", f"{s.method}: {s.reason}")]
    lines += [line for s in a.left_out for line in labelled("not", f"{s.method}: {s.reason}")]
    lines += [line for s in (c.why, c.second) if s for line in labelled("choice", s)]
    lines += [line for d in a.defaults for line in labelled("default", f"{d.setting}: {d.value}; {d.reason}")]
    return lines + (labelled("sample", found.likeness.words) if found.likeness else [])


SCALES = (
    "each from 0 to 100: explains is the share of the differences between groups, steady the agreement of other samples, even "
    "how equal the sizes are, readable what three questions find again, same the agreement with the first"
)


def _titled(rows: list[list[str]], right: tuple[int, ...], screen: Screen) -> list[str]:
    head, *rest = table(rows, right=right)
    return [screen.faint(head), *rest]
