"""What `import personae` offers: read, run, load, score, export. Values only; nothing here is global and nothing changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personae import flow, frames, plugins, store
from personae.charts.groups import groups
from personae.endpoint.day import today
from personae.errors import UsageError
from personae.frames import ARROW
from personae.guidance.library import library
from personae.model.bands import Bands, Wanted
from personae.model.belief import Beliefs
from personae.model.cast import Cast
from personae.model.edit import Edit
from personae.model.persona import Persona
from personae.model.portrait import Portrait
from personae.model.study import CHOICES, LEAST, Role, Study
from personae.report.looks import looks
from personae.shown import Checked, Compared, Picture, Shown, became, columns, compared, picture, why
from personae.stages import edit
from personae.stages.method import method
from personae.stages.smallest import smallest
from personae.words.edited import edited
from personae.words.happening import headline, named
from personae.words.names import plural
from personae.words.targets import target

if TYPE_CHECKING:
    from personae.model.evidence import Verdict
    from personae.model.rule import Placement

FORMATS = {
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".parquet": "parquet",
    ".json": "json",
    ".md": "markdown",
    ".xlsx": "xlsx",
    ".pptx": "pptx",
    ".pdf": "pdf",
}
"""Which exporter writes a file of that ending."""


@dataclass(frozen=True)
class Card(Persona):
    """A persona that shows itself as a card in a notebook; apart from that a Persona."""

    cast: Cast = field(kw_only=True, repr=False, compare=False)
    kind: str = field(default=ARROW, kw_only=True, repr=False, compare=False)

    def rename(self, name: str) -> Card:
        """The persona under another name; its key stays. `result` is the run with it. Raises UsageError for a name that another
        persona has or that says what the data do not show."""
        return self.result.rename(self.key, name)[self.key]

    def note(self, text: str, about: str = "", says: str = "", source: str = "") -> Card:
        """The persona with a note on its card; with `about` an answer to one of its questions, which `says` "confirmed",
        "refuted" or "open". `result` is the run with it."""
        return self.result.note(self.key, text, about, says, source)[self.key]

    @property
    def result(self) -> Result:
        """The run this persona is of, as it was edited."""
        return Result(self.cast, self.kind)

    def __repr__(self) -> str:
        return f"{self.name} ({self.key}): {self.users:,} users, {self.share:.0%}, {self.steady}"

    def _repr_html_(self) -> str:
        shown: str = plugins.find("exporters", "html").card(self.cast, self.cast[self.key])
        return shown


@dataclass(frozen=True, eq=False)
class Data:
    """Sources and what is known about them. `study` is the frozen record; frames held in memory stand beside it."""

    study: Study
    frames: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ARROW
    """The kind of frame that came in, which is the kind that goes out."""

    def check(self) -> Checked:
        """Read everything and say what each column is, what it will be used for, and what is wrong. Nothing is written."""
        tables, features, seen = flow.inspected(self.study, self.frames)
        shown = columns(tables, seen, self.study)
        return Checked(shown.text, shown.html, seen, self.study, tables, features)

    def run(self, **settings: Any) -> Result:
        """Find the groups; see `run`."""
        return run(self, **settings)

    def __repr__(self) -> str:
        plain = Study(sources=self.study.sources)
        changed = [f"{k}={v!r}" for k, v in asdict(self.study).items() if k != "sources" and v != getattr(plain, k)]
        return f"Data({', '.join((*map(repr, self.study.sources), *changed))})"


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run: personas, the evidence for them, and every user's place."""

    cast: Cast
    kind: str = ARROW

    @property
    def verdict(self) -> Verdict:
        """What kind of groups these are, how many, and why."""
        return self.cast.evidence.verdict

    @property
    def personas(self) -> tuple[Card, ...]:
        """The personas, largest first; none when the verdict is `nothing`."""
        return tuple(_card(self.cast, p, self.kind) for p in self.cast.personas)

    @property
    def users(self) -> Any:
        """Every user once, as in users.csv (id, persona, persona_name...), in the kind of frame that came in."""
        return frames.like(_users(self.cast, self.cast.ids, self.cast.placement), self.kind)

    @property
    def facts(self) -> list[dict[str, Any]]:
        """Every number that a sentence may rest on: id, subject, measure, value, unit, interval, base, source."""
        return [asdict(f) for f in self.cast.facts]

    def why_groups(self) -> Shown:
        """Why this many groups: the verdict, the vote of each criterion and every number that was tried."""
        html: str = plugins.find("exporters", "html").why_groups(self.cast)
        return Shown(why(self.cast), html)

    @property
    def change(self) -> Compared | None:
        """What became of each persona since the run that this one is a refresh of; None where it is none."""
        return became(self.cast)

    @property
    def charts(self) -> Mapping[str, Picture]:
        """The analyst's pictures of this run by name, each with its data."""
        return {c.name: picture(c) for c in (*groups(self.cast.evidence), *looks(self.cast))}

    def report(self, path: str | PathLike[str]) -> Path:
        """Write the report; the ending of `path` picks the format."""
        return export(self, path)

    def word(self, model: str, url: str = "", budget: int = 100_000, folder: str | PathLike[str] = ".personae/ai") -> Result:
        """The same result with its personas worded by a language model: "openai:NAME", "anthropic:NAME", or "local:NAME" with
        the `url` of its server; keys come from the environment. Answers are kept in `folder` and never asked for twice.

        Only figures of groups and names of measures are sent. Raises UsageError for a model, a key or a package that is not
        there.
        """
        from personae.model.worded import Asked
        from personae.stages.word import word

        return replace(self, cast=word(self.cast, Asked(model=model, url=url, budget=budget), Path(folder), today()))

    def save(self, folder: str | PathLike[str], overwrite: bool = False) -> Path:
        """Write every file of the run, report and user tables included, into a folder that `load` can open.

        Raises UsageError when the folder holds files; with `overwrite` the run in it is replaced.
        """
        return store.save(self.cast, Path(folder), overwrite=overwrite, more=self._readable)

    def _readable(self, folder: Path) -> None:
        """The files for people."""
        export(self, folder / "users.csv")
        export(self, folder / "report.html")

    def rename(self, persona: str, name: str) -> Result:
        """The run with another name for a persona, named by key or name; this one stays as it is. `save` keeps it."""
        return self._edited(edit.rename(self.cast, persona, name, today()))

    def note(self, persona: str, text: str, about: str = "", says: str = "", source: str = "") -> Result:
        """The run with a note on a persona; see `Card.note`."""
        return self._edited(edit.note(self.cast, persona, text, today(), about, says, source))

    def hide_measure(self, name: str) -> Result:
        """The run with a measure that is told nowhere."""
        return self._edited(edit.hide(self.cast, name, today()))

    def _edited(self, made: Edit) -> Result:
        return replace(self, cast=edited(self.cast, [replace(made, number=len(self.cast.edits) + 1)]))

    def score(self, *sources: Any, tally: str | PathLike[str] = "") -> Any:
        """Which persona is each of these users? Files or a frame of the same columns as the run's; see `score`."""
        return score(self, *sources, tally=tally)

    def __getitem__(self, name: str | int) -> Card:
        """A persona by name, key ("P1") or position."""
        try:
            return _card(self.cast, self.cast[name], self.kind)
        except KeyError:
            names = [p.name for p in self.cast.personas]
            near = get_close_matches(str(name), names, 1)
            said = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names) or 'none'}"
            raise KeyError(f"no persona {name!r}; {said}") from None

    def __repr__(self) -> str:
        verdict, cast = self.verdict, self.cast
        whole = f"{_noun(len(cast.personas), 'persona')} of {cast.users:,} {plural(cast.study.entity)}"
        head = f"{whole}: {verdict.kind}. {verdict.why}"
        width = max((len(p.name) for p in cast.personas), default=0)
        lines = (f"  {p.name:<{width}}  {p.users:>9,}  {p.share:>4.0%}  {p.steady}" for p in cast.personas)
        made = named(cast)
        return "\n".join((head, *lines, *([f"{headline(made)}."] if made is not None and made.descents else ())))

    def _repr_html_(self) -> str:
        shown: str = plugins.find("exporters", "html").cards(self.cast)
        return shown


def read(*sources: Any, **settings: Any) -> Data:
    """Name the sources and what their columns mean; nothing is opened yet.

    `sources` are paths, globs and folders, tables and queries of databases ("env:DB_URL::events"), data frames (pandas, Polars,
    PyArrow, DuckDB relations...), or one mapping of names to frames. `settings` are the fields of Study: id, time, event,
    value, group_by, describe, outcome, ignore, window, groups, method, seed... Raises UsageError for a setting
    that does not exist.
    """
    return _updated(_sources(sources), settings)


def run(*data: Any, groups: str | int | tuple[int, int] | None = None, seed: int | None = None, **settings: Any) -> Result:
    """Find out how many kinds of users there are, who they are, and which user is which.

    `data` is what `read` made, or sources as `read` takes them. `groups` is "auto" (the default), a number, or a range as "3-7"
    or (3, 7); `seed` is 7 unless something else was said here or to `read`. Further settings are the fields of Study. Raises
    PersonaeError with what, where and how to fix it.
    """
    given = data[0] if len(data) == 1 and isinstance(data[0], Data) else _sources(data)
    said = {k: v for k, v in (("groups", groups), ("seed", seed)) if v is not None}
    chosen = {**said, **settings}
    ready = _updated(given, chosen)
    return Result(flow.run(ready.study, ready.frames), ready.kind)


def bands(*data: Any, column: str, against: str = "", most: int = 6, buckets: Iterable[float] = (), **settings: Any) -> Bands:
    """The bands of one measure that the data suggest, or the answer that there are none.

    `data` is what `read` made, or sources as `read` takes them; `column` a measure, `against` an outcome the bands are to tell
    apart ("plan=pro" for one of several answers), `buckets` fixed cuts to compare with. `Bands.place(values)` puts values into
    the bands, `Bands.case()` is the SQL that does. Raises PersonaeError.
    """
    given = data[0] if len(data) == 1 and isinstance(data[0], Data) else _sources(data)
    ready = _updated(given, settings)
    if most < 2:
        raise UsageError("P001", f"most is {most}", fix="use 2 or more")
    wanted = Wanted(column=column, against=against, most=most, buckets=tuple(sorted({float(b) for b in buckets})))
    return flow.bands(ready.study, wanted, ready.frames)


def describe(*data: Any, who: str, **settings: Any) -> Portrait:
    """Some users against the rest: who they are, what they do, how it ended, with intervals, the surest differences first.

    `who` is a condition such as "outcome = 1 and age >= 50", "plan in (pro, team)" or "event = purchase" (who did it at least
    once); names and values of several words stand in quotes. `data` is what `read` made, or sources as `read` takes them.
    Raises PersonaeError, also where the condition holds for fewer users than the floor.
    """
    given = data[0] if len(data) == 1 and isinstance(data[0], Data) else _sources(data)
    ready = _updated(given, settings)
    return flow.portrait(ready.study, who, ready.frames)


def compare(
    *data: Any,
    run: Result | str | PathLike[str],
    segments: str | PathLike[str] = "",
    personas: Iterable[Mapping[str, Any] | str | PathLike[str]] = (),
    **settings: Any,
) -> Beliefs:
    """Existing segments and hand-made personas against the personas of a run.

    `data` is what `read` made, or sources as `read` takes them; `run` a Result or the folder of one, whose settings hold where
    `data` says nothing else. `segments` is a column, or a file of ids and segments; `personas` are TOML files or mappings with
    "name", "traits", and, if wanted, "claims" and "origin". Raises PersonaeError.
    """
    from personae.stages.sketched import sketch, sketched

    known = run if isinstance(run, Result) else load(run)
    ready = _updated(data[0] if len(data) == 1 and isinstance(data[0], Data) else _sources(data), settings)
    plain = Study(sources=ready.study.sources)
    said = {f: getattr(ready.study, f) for f in _FIELDS if getattr(ready.study, f) != getattr(plain, f)}
    study = replace(known.cast.study, sources=ready.study.sources, sheet="", **said)
    made = tuple(sketch(p) if isinstance(p, Mapping) else sketched(Path(p)) for p in personas)
    if not segments and not made:
        raise UsageError("P001", "nothing was named to compare with", fix='pass segments="plan" or personas=["mary.toml"]')
    return flow.beliefs(known.cast, study, fspath(segments), made, ready.frames)


def diff(before: Result | str | PathLike[str], after: Result | str | PathLike[str]) -> Compared:
    """What differs between two runs: settings, data, agreement, personas, and who moved. Results or the folders of runs."""
    from personae.stages.diff import diff as differing

    one, other = (r if isinstance(r, Result) else load(r) for r in (before, after))
    return compared(differing(one.cast, other.cast))


def load(folder: str | PathLike[str]) -> Result:
    """A run from the folder it was saved in, or by its id ("r01") from the record in the working folder, as it was edited.

    Raises PersonaeError when a file is missing, damaged or of an unknown version.
    """
    name = fspath(folder)
    recorded = re.fullmatch(r"r\d+", name) and not Path(name).exists()
    return Result(store.Record(Path(".personae")).load(name) if recorded else store.load(Path(name)))


def score(
    result: Result | str | PathLike[str],
    *sources: Any,
    exclude: str | Iterable[str] = (),
    tally: str | PathLike[str] = "",
) -> Any:
    """The persona of each user of new data, by the run's own rule: the columns of `Result.users`, in the kind of frame given.

    `result` is a Result or the folder of one; people on the lists of `exclude`, or else of the run, are not placed. Users come
    back in the order in which a frame first names them; for files, in the order of the run's own user table.

    `tally` is a folder of what was counted of a log: files are added to it, those that were added before are passed over, and
    everybody in it is placed, as by all files together. The record of the working folder, where there is one, takes note of it,
    so that `personae forget ID` there takes people out of it; elsewhere `personae forget ID --tally FOLDER` does.
    """
    known = result if isinstance(result, Result) else load(result)
    lists = (exclude,) if isinstance(exclude, str) else tuple(exclude)
    known = replace(known, cast=replace(known.cast, study=replace(known.cast.study, exclude=lists))) if lists else known
    if fspath(tally):
        return _tallied(known, sources, Path(tally))
    data = _sources(sources)
    ids, placement = flow.place(known.cast, data.study.sources, data.frames)
    table = _users(known.cast, ids, placement)
    if len(data.frames) == 1:
        column = next(c.name for t in known.cast.tables for c in t.columns if c.role == Role.ID)
        table = frames.in_order(table, next(iter(data.frames.values())), column)
    return frames.like(table, data.kind)


def _tallied(known: Result, sources: tuple[Any, ...], folder: Path) -> Any:
    """Everybody in a tally once some files were added to it."""
    from personae import tallying
    from personae.store.tally import remember

    if any(frames.is_frame(s) or isinstance(s, Mapping | Data) for s in sources):
        fix = "write the new rows to a file, and pass its path"
        raise UsageError("P001", "a tally counts files, which it tells apart by their bytes", where="tally", fix=fix)
    remember(Path(".personae"), folder)
    done = tallying.score(known.cast, [fspath(s) for s in sources], folder)
    return frames.like(_users(known.cast, done.ids, done.placement), ARROW)


def refresh(result: Result | str | PathLike[str], *sources: Any, allow: str | Iterable[str] = ()) -> Result:
    """The run on new data of the same kind: the same personas under their keys and names, and what became of each.

    `result` is a Result, the folder of one, or its id in the record of the working folder. `Result.change` says who survived,
    split, merged, is new or gone, who moved and what has shifted. Raises GateError where a gate that is not among those of
    `allow` says no to the new data: the run then stays as good as it was. The same bytes again are stopped by the gate
    "unchanged"; with allow="unchanged" they give the same personas. Names, notes and hidden measures go on. A Result in memory
    knows no other refresh of its run: of two of them, each may give the next key to a group of its own.
    """
    known = result if isinstance(result, Result) else load(result)
    data = _sources(sources)
    study = replace(known.cast.study, sources=data.study.sources)
    open_ = (allow,) if isinstance(allow, str) else tuple(allow)
    cast = flow.refresh(known.cast, study, data.frames, open_)
    if not cast.edits:  # where nothing changed they are there
        held = store.carried(known.cast.edits, known.cast, cast)
        cast = edited(cast, [replace(e, number=n) for n, e in enumerate(held, 1)])
    return Result(cast, data.kind)


def export(result: Result | str | PathLike[str], path: str | PathLike[str], **options: Any) -> Path:
    """Write one file of a run, whole or not at all, in the place of one that is there; the ending of `path` picks the exporter.

    Raises UsageError for an unknown ending, MachineError where the machine does not allow it.
    """
    known, target = result if isinstance(result, Result) else load(result), Path(path)
    name = FORMATS.get(target.suffix.lower())
    if name is None or name not in plugins.names("exporters"):
        there = sorted({e for e, n in FORMATS.items() if n in plugins.names("exporters")})
        raise UsageError(
            "P001", f"no exporter writes {target.suffix or 'a file without an ending'}", fix=f"use {', '.join(there)}"
        )
    plug = plugins.find("exporters", name)
    if name == "json":  # a folder of documents
        written: Path = plug.export(known.cast, target, **options)
        return written
    with store.whole_file(target, overwrite=True) as temp:
        plug.export(known.cast, temp, **options)
    return target


def _sources(sources: tuple[Any, ...]) -> Data:
    """Paths as text, frames under a name each."""
    if len(sources) == 1 and isinstance(sources[0], Data):
        return sources[0]
    if len(sources) == 1 and isinstance(sources[0], Mapping):
        named = dict(sources[0])
    else:
        many = sum(frames.is_frame(s) for s in sources) > 1
        count = iter(range(1, len(sources) + 1))
        named = {(f"frame {next(count)}" if many else "frame") if frames.is_frame(s) else fspath(s): s for s in sources}
    if not named:
        raise UsageError("P001", "no sources were named", fix="pass at least one path or data frame")
    held = {name: frames.kept(s) for name, s in named.items() if frames.is_frame(s)}
    kinds = [frames.kind(frame) for frame in held.values()]
    paths = tuple(name if name in held else fspath(named[name]) for name in named)
    return Data(Study(sources=paths), held, kinds[0] if kinds else ARROW)


_FIELDS = {f.name: f for f in fields(Study) if f.name != "sources"}


def _updated(data: Data, settings: Mapping[str, Any]) -> Data:
    """The same data with other settings."""
    for name in settings:
        if name not in _FIELDS:
            near = get_close_matches(name, _FIELDS, 1)
            raise UsageError(
                "P001",
                f"there is no setting {name!r}",
                fix=f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(_FIELDS)}",
            )
    made = replace(data.study, **{k: _setting(k, v) for k, v in settings.items()})
    for name, least in LEAST.items():
        if getattr(made, name) < least:
            raise UsageError("P001", f"{name} is {getattr(made, name)}", fix=f"use {least} or more")
    for name, known in CHOICES.items():
        if (value := getattr(made, name)) and value not in known:
            raise UsageError("P001", f"{name} cannot be {value!r}", fix=f"use one of: {', '.join(known)}")
    method(made.method)
    smallest(made.smallest, 100)
    library(made.library)
    for one in made.target:
        target(one)
    return replace(data, study=made)


def _setting(name: str, value: Any) -> Any:
    """The value as Study keeps it: one word where several may stand, a number of groups as text."""
    default = _FIELDS[name].default
    if name == "smallest" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{100 * value:g}%" if 0 < value < 1 else f"{value:g}"
    if name == "groups":
        text = "-".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
        if not re.fullmatch(r"auto|\d+|\d+-\d+", text):
            raise UsageError("P001", f"groups is {value!r}", fix='use "auto", a number such as 5, or a range such as "3-7"')
        low, _, high = text.partition("-")
        if text != "auto" and not 2 <= int(low) <= int(high or low):
            raise UsageError("P001", f"groups is {value!r}", fix="use at least 2 groups, the smaller number first")
        return text
    if isinstance(default, tuple):
        return (value,) if isinstance(value, str) else tuple(value)
    if default is not MISSING and (
        not isinstance(value, type(default)) or isinstance(value, bool) != isinstance(default, bool)
    ):
        raise UsageError(
            "P001", f"{name} is {value!r}, which is not {type(default).__name__}", fix=f"for example {name}={default!r}"
        )
    return value


def _users(cast: Cast, ids: Any, placement: Placement) -> Any:
    return plugins.find("exporters", "parquet").users(ids, placement, cast.personas)


def _card(cast: Cast, persona: Persona, kind: str) -> Card:
    return Card(**{f.name: getattr(persona, f.name) for f in fields(Persona)}, cast=cast, kind=kind)


def _noun(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
