"""A cast as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from personae.cli.screen import Screen, columns, count, cut, labelled, percent, table, width
from personae.model.study import Role, Study
from personae.words.names import plural

if TYPE_CHECKING:  # nouns that --help does not wait for
    from personae.model.cast import Cast
    from personae.model.drift import Drift
    from personae.model.evidence import Evidence
    from personae.model.features import LeftOut, Window
    from personae.model.persona import Profile
    from personae.model.table import Match, Table

WORDS = {
    "natural": "natural groups: the data fall apart where the borders are",
    "reproducible": "steady cuts of a continuum: the same groups come back, but no gaps part them",
    "constructive": "bands made for use: the lines between them are drawn, not found",
    "nothing": "no groups: nothing here differs from chance",
}
"""What each verdict says in a line."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def sources(tables: Sequence[Table], window: Window | None, private: str = "") -> list[str]:
    """A line a source with the account of its rows."""
    rows = []
    for t in tables:
        aside = f"{count(t.set_aside)} set aside{f' -> {private}' if private else ''}" if t.set_aside else ""
        out = f"{count(t.excluded)} left out by the exclusion list" if t.excluded else ""
        dated = window is not None and t.shape == "events" and t.column(Role.TIME) is not None
        when = f"{_days(window)}, {window.timezone}" if window and dated else ""
        used = "not used" if t.shape == "unused" else "looked up" if t.shape == "lent" else f"{count(t.used)} used"
        rows.append([t.source, count(t.seen, "row"), used, "    ".join(x for x in (aside, out, when) if x)])
    return [f"read     {line}" for line in table(rows, right=(1, 2), indent=0)]


def _days(window: Window) -> str:
    """The first and the last day, as in "1 Mar - 29 May 2026"."""
    from datetime import date, timedelta

    whole = window.end[10:19] in ("", "T00:00:00", " 00:00:00")
    first, last = date.fromisoformat(window.start[:10]), date.fromisoformat(window.end[:10]) - timedelta(days=int(whole))
    year = "" if first.year == last.year else f" {first.year}"
    own = f"the first {count(window.first_days, 'day')} of each, " if window.first_days else ""
    return f"{own}{first.day} {_MONTHS[first.month - 1]}{year} - {last.day} {_MONTHS[last.month - 1]} {last.year}"


def roles(tables: Sequence[Table], study: Study) -> list[str]:
    """A line a source: what its columns are used for."""
    from personae.stages.roles import use

    lines: list[str] = []
    for t in (t for t in tables if t.measured):
        by_use: dict[str, list[str]] = {}
        for c in t.columns:
            by_use.setdefault(use(t, c, study.group_by), []).append(c.name)
        parts = (f"{what}: {_some(names)}" for what, names in by_use.items())
        lines += labelled("roles", f"{t.source}  {'; '.join(parts)}")
    return lines


def _some(names: Sequence[str], most: int = 6) -> str:
    """At most some names, and how many more there are."""
    return ", ".join(names) if len(names) <= most + 1 else f"{', '.join(names[:most])} and {len(names) - most} more"


def links(tables: Sequence[Table]) -> list[str]:
    """What the rows of each table looked up where, and which tables take no part."""
    lines: list[str] = []
    for t in tables:
        for x in t.links:
            gave = "the id" if x.gives == "id" else count(len(x.columns), "column")
            lost = f", {count(x.unmatched)} of {count(t.used, 'row')} find none" if x.unmatched else ""
            lines += labelled("link", f"{t.source} gets {gave} from {x.to} by {x.by}{lost}")
    return lines


def matches(found: Sequence[Match], entity: str) -> list[str]:
    """How the ids of the sources fit together; of many pairs those that matter, the rest is in run.json."""
    from personae.model.table import telling

    lines: list[str] = []
    said: set[str] = set()
    for m in telling(found):
        alone = [f"{count(n)} only in {source}" for n, source in ((m.only_left, m.left), (m.only_right, m.right)) if n]
        several = [(n, s) for n, s in ((m.several_left, m.left), (m.several_right, m.right)) if n and s not in said]
        said |= {m.left, m.right}
        many = [f"{count(n)} with several rows in {source}" for n, source in several]
        lines += labelled("match", ", ".join((f"{count(m.both, entity)} in both {m.left} and {m.right}", *alone, *many)))
    return lines


def measures(made: int, left_out: Sequence[LeftOut]) -> list[str]:
    """How many measures and events there are, and why others are not."""
    why = Counter(x.reason for x in left_out)
    shown = why.most_common(3 if len(why) > 4 else 4)
    reasons = [f"{n} {reason}" for reason, n in shown]
    rest = len(left_out) - sum(n for _, n in shown)
    more = [f"{rest} for other reasons"] if rest else []
    out = f"; {len(left_out)} left out ({'; '.join((*reasons, *more))})" if left_out else ""
    return labelled("measure", f"{count(made, 'measure')}{out}")


def groups(cast: Cast) -> list[str]:
    """What was tried, what was taken, and what kind of groups these are."""
    from personae.words.advising import brief as brief_advice
    from personae.words.enough import thin

    found = cast.evidence
    verdict = found.verdict
    sizes = sorted({c.size for c in found.candidates if c.size > 1})
    tried = f"tried {sizes[0]}-{sizes[-1]} groups" if len(sizes) > 1 else f"tried {sizes[0]} groups" if sizes else "tried"
    if verdict.groups < 2:
        line = f"{tried}; none hold{_asked_for(cast)}"
    else:
        how = f"steady {_steady(found) * 100:.0f} in 100"
        own = f", the data alone say {verdict.own or 'none'}" if _bound(cast) and verdict.own != verdict.groups else ""
        taken = f"{verdict.groups} recommended"
        if _bound(cast):
            taken = verdict.given or f"{verdict.groups} {'as asked' if verdict.asked else 'within your limits'}"
        other = f", next best {verdict.alternative}" if verdict.alternative else ""
        line = f"{tried}; {taken}{',' if verdict.given else ':'} {how}{own}{other}"
    forced = " (drawn because of --force)" if verdict.forced else ""
    few = labelled("data", said) if (said := thin(found, cast.study.entity)) else []
    said_why = labelled("verdict", f"{_kind(cast)}{forced}. {sentence(verdict.why)}")
    method = labelled("method", brief_advice(found)) if found.advice and found.comparison else []
    return [*labelled("group", line), *method, *few, *said_why]


def _steady(found: Evidence) -> float:
    """How far samples agree on the grouping that was taken; the mean of its groups where some of them became no persona."""
    for c in found.candidates:
        if (c.method, c.size) == (found.chosen, found.verdict.groups) and c.stability is not None:
            return c.stability
    return sum(found.steadiness) / len(found.steadiness) if found.steadiness else 0.0


def _bound(cast: Cast) -> bool:
    """Whether the number of groups was asked for, or limited."""
    return cast.study.groups != "auto" or bool(cast.study.smallest)


def _kind(cast: Cast) -> str:
    """The verdict in a line; where one method was asked for, what it finds says nothing of chance."""
    kind = cast.evidence.verdict.kind.value
    return "no groups that hold" if kind == "nothing" and cast.study.method != "auto" else WORDS[kind]


def _asked_for(cast: Cast) -> str:
    """What became of a number that was asked for where no number holds."""
    from personae.model.evidence import FEW

    if cast.study.groups == "auto" or cast.personas:
        return ""
    few = f"; {count(cast.users, cast.study.entity)} are so few that only large differences show" if cast.users < FEW else ""
    verb = "was" if cast.study.groups == "1" else "were"
    return f". {cast.study.groups} {verb} asked for; no number holds; --force draws them, marked{few}"


def sentence(words: str) -> str:
    """Words with a capital at the beginning and a full stop at the end."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def personas(cast: Cast, screen: Screen) -> list[str]:
    """The table of personas, as wide as the terminal allows."""
    if not cast.personas:
        return []
    profiles = {p.key: p for p in cast.profiles}
    head = ["persona", plural(cast.study.entity), "share", "sets them apart", "steadiness"]
    rows = [[p.name, count(p.users), percent(p.share), apart(profiles.get(p.key)), p.steady] for p in cast.personas]
    outside = cast.users - sum(p.users for p in cast.personas)
    if outside > 0:
        few = outside < cast.study.floor
        told = (f"< {cast.study.floor}", "") if few else (count(outside), percent(outside / cast.users))
        rows.append(["not in any group", *told, "", ""])
    names = max(16, columns() - 70)
    rows = [[cut(r[0], names), *r[1:]] for r in [head, *rows]]
    taken = sum(max(width(r[i]) for r in rows) for i in (0, 1, 2, 4)) + 10
    room = max(20, columns() - taken)
    lines = table([[*r[:3], cut(r[3], room), r[4]] for r in rows], right=(1, 2))
    return [screen.faint(lines[0]), *lines[1:]]


def apart(profile: Profile | None) -> str:
    """The strongest differences from everyone: "3.1x weekend use, 0.4x browsing"."""
    from personae.words.apart import brief

    if profile is None:
        return ""
    return ", ".join(brief(t) for t in (*profile.above[:2], *profile.below[:1])) or "no sure difference"


def whole(cast: Cast, screen: Screen, private: str = "") -> list[str]:
    """All that a run says on one screen."""
    return [
        *sources(cast.tables, cast.window, private),
        *roles(cast.tables, cast.study),
        *links(cast.tables),
        *matches(cast.matches, cast.study.entity),
        *measures(len(cast.measures), cast.left_out),
        *groups(cast),
        *([""] if cast.personas else []),
        *personas(cast, screen),
        *changed(cast),
        *words(cast),
        "",
    ]


def changed(cast: Cast, most: int = 5) -> list[str]:
    """What changed since the run that this one is a refresh of, the first sentences of it; nothing where it is none."""
    from personae.words.happening import happened, headline, named

    made = named(cast)
    if made is None:
        return []
    told, run = happened(made), f" {cast.run}" if cast.run else ""
    lines = labelled("changed", f"{headline(made)} since {made.before.run or 'the run before'}.")
    lines += [line for words in told[:most] for line in labelled("", words)]
    lines += (
        labelled("", f"and {count(len(told) - most, 'change')} more: personae export{run} --sheet changes")
        if len(told) > most
        else []
    )
    lines += drifted(made.drift, run) if made.drift else []
    lines += [line for g in made.gates if g.words for line in labelled("gate", f"{g.name}: {g.words}")]
    return ["", *lines]


def drifted(drift: Drift, run: str = "") -> list[str]:
    """What shifted in the data, one line a finding; `run` is a space and the run that has the rest of them."""
    from personae.words.drifting import sentences

    lines: list[str] = []
    for words in sentences(drift):
        left = words.startswith("And ") and words.endswith(" more.")
        lines += labelled("" if lines else "drift", f"and{words[3:-1]}: personae export{run} --sheet shifts" if left else words)
    return lines


def words(cast: Cast) -> list[str]:
    """Which language model worded the personas, and why lines stayed as they were; nothing where none was asked."""
    from personae.words.worded import marked, reasons

    if cast.worded is None:
        return []
    lines = labelled("words", marked(cast.worded))
    for reason, many in reasons(cast.worded)[:8]:
        lines += labelled("kept", f"{count(many, 'line')}: {reason}")
    return lines


def warnings(words: Sequence[str], most: int = 6) -> list[str]:
    """Warnings, each once with its count, and how many more the report has."""
    counted = Counter(words)
    lines = [f"warning: {w}{f' ({n} times)' if n > 1 else ''}" for w, n in list(counted.items())[:most]]
    more = len(counted) - most
    return [*lines, *([f"warning: {more} more are in the report"] if more > 0 else [])]
