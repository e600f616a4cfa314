"""What stands first in every file: what was found, in what, how sure it is, and how to make it again."""

from __future__ import annotations

from personae.charts.numbers import count, plural
from personae.model.cast import Cast
from personae.report import accounts, verdict
from personae.report.days import day, last
from personae.report.limits import limits
from personae.words.worded import marked

LIMITS = 3
"""Limits named at the front; all of them stand in the report."""


def sources(cast: Cast) -> tuple[str, ...]:
    """Each source and what became of its rows."""
    made = []
    for t in cast.tables:
        aside = f", {count(t.set_aside)} set aside" if t.set_aside else ""
        out = f", {count(t.excluded)} {accounts.LEFT_OUT}" if t.excluded else ""
        made.append(f"{accounts.base(t.source)}: {count(t.used)} rows used of {count(t.seen)}{aside}{out}")
    return tuple(made)


def window(cast: Cast) -> str:
    """The days that were looked at; "" where there is no time."""
    w = cast.window
    return "" if w is None else f"{day(w.start)} to {last(w)}, {count(w.days)} {'day' if w.days == 1 else 'days'}"


def preface(cast: Cast) -> tuple[tuple[str, str], ...]:
    """Lines of a name and its words; the first is the finding, whose words are the verdict."""
    said, many = verdict.badge(cast), plural(cast.study.entity)
    made = [(verdict.headline(cast), ""), ("kind of groups", f"{said.word}: {said.phrase}. {said.sentences}")]
    made.append(("why", verdict.why(cast)))
    if asked := verdict.asked(cast):
        made.append(("asked", asked))
    if cast.worded is not None:
        made.append(("words", marked(cast.worded)))
    made += [("data", x) for x in sources(cast)]
    if when := window(cast):
        made.append(("days", when))
    made.append((many, f"{count(cast.users)} in all; no number here stands for fewer than {cast.study.floor} of them"))
    made += [("limit", x) for x in limits(cast)[:LIMITS]]
    made.append(("made again by", accounts.command(cast.study)))
    version = cast.versions.get("personae", "")
    return (*made, ("made by", f"personae {version}".strip() + f", seed {cast.study.seed}"))
