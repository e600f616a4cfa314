"""Settings from flags, personae.toml and the environment, in that order of weight, as a Study.

The fields of Study are the only list of settings: flags, keys and variables are made from it.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from personae.errors import UsageError
from personae.model.study import CHOICES, LEAST, Study

FILE = "personae.toml"

_COLUMNS, _READING, _MEASURES = "What the columns mean", "How files are read", "What is measured, and how it is prepared"
_GROUPS, _USE, _MACHINE = "How groups are formed", "What is done with the groups", "Machine"
_PEOPLE = "Who takes no part, and what it is for"

HELP: Mapping[str, tuple[str, str, str]] = {
    "id": (_COLUMNS, "COL", "Column that names the user."),
    "time": (_COLUMNS, "COL", "Column with the time of an event."),
    "event": (_COLUMNS, "COL", "Column with the name of an event."),
    "value": (_COLUMNS, "COL", "Column with the amount of an event."),
    "group_by": (_COLUMNS, "COLS", "Columns that form the groups, separated by commas."),
    "describe": (_COLUMNS, "COLS", "Columns that only describe the groups."),
    "outcome": (_COLUMNS, "COLS", "Columns that groups are compared on and never formed by."),
    "ignore": (_COLUMNS, "COLS", "Columns to leave out, or single events: event=heartbeat."),
    "override": (_COLUMNS, "TEXT", "Written reason for forming groups by demographics; the report prints it."),
    "entity": (_COLUMNS, "WORD", 'What one row is about: "user", "customer", "store"...'),
    "link": (_COLUMNS, "PAIRS", "Columns that join files, such as orders.customer_id=customers.id."),
    "tool": (_COLUMNS, "NAME", "Tool the files were exported from, such as amplitude; none: columns as they stand."),
    "multi": (_COLUMNS, "COLS", "Columns whose cells hold several answers, or none."),
    "ordinal": (_COLUMNS, "ORDERS", 'Categories with an order, such as "plan=free<pro<team".'),
    "nps": (_COLUMNS, "COLS", "Columns that answer from 0 to 10 whether one would recommend."),
    "embed": (_COLUMNS, "COLS", "Columns of text that form groups by what they are about."),
    "phases": (_COLUMNS, "PAIRS", 'Phases of the journey, such as "buy=pay,purchase", or a file of such lines.'),
    "quotes": (_COLUMNS, "COLS", "Columns of text that may be quoted word for word."),
    "consent": (_COLUMNS, "COL", "Column that says whether a user may be quoted."),
    "exclude": (_PEOPLE, "FILES", "Lists of ids to leave out of everything; FILE::COL takes those who say yes in a column."),
    "purpose": (_PEOPLE, "TEXT", "What the groups are made for; the record and the report print it."),
    "sheet": (_READING, "NAME", "Sheet of a workbook."),
    "encoding": (_READING, "NAME", "Text encoding, such as utf-8 or cp1252."),
    "delimiter": (_READING, "CHAR", "Character between columns."),
    "header": (_READING, "NAMES", "Names of the columns, separated by commas, where the first row is data already."),
    "decimal": (_READING, ".|,", "Decimal mark, where the data leave it open."),
    "dates": (_READING, "ORDER", "dmy, mdy or ymd, where the data leave it open."),
    "timezone": (_READING, "ZONE", "Time zone of times that name none, such as Europe/Paris."),
    "missing": (_READING, "TEXTS", "Texts that mean empty, separated by commas."),
    "on_duplicate": (_READING, "WHICH", "first, last or drop, where rows of one user disagree."),
    "allow_rejects": (_READING, "N", "Rows that may be set aside before the run stops."),
    "max_inflated": (_READING, "BYTES", "Size a compressed file may grow to; 4 GB when left out."),
    "window": (_MEASURES, "DAYS", "Days that count: 90d (the last), first-7d (of each user), 2026-01-01..2026-03-31."),
    "features": (_MEASURES, "RECIPES", "Recipes to measure as well, such as rfm; personae features lists them."),
    "top_events": (_MEASURES, "N", "Events that form the groups at most: those that most users do."),
    "scale": (_MEASURES, "HOW", "auto, standard, minmax, robust, log, quantile or none."),
    "weigh": (_MEASURES, "HOW", "How event counts are weighed: auto, hellinger, tfidf, shares or none."),
    "reduce": (_MEASURES, "N", "Principal components: auto, none, a number such as 50, or a share of variance such as 0.9."),
    "empty": (_MEASURES, "COL=HOW", "What stands for empty cells: draw, median, mean, mode, category, zero or drop."),
    "encode": (_MEASURES, "HOW", "How categories become numbers: auto or onehot."),
    "outliers": (_MEASURES, "HOW", "Who takes no part in the search: auto, norm, isolation, dbscan or none."),
    "style": (_MEASURES, "HOW", "Whether a person's way of answering, high or low, stays: keep or remove."),
    "accept": (_READING, "FINDINGS", "Findings that would stop the run and are accepted, such as leak:duration."),
    "groups": (_GROUPS, "N", "auto, a number, or a range such as 3-7."),
    "smallest": (_GROUPS, "SIZE", "Smallest group that is of use: 5% of the users, or 200 of them."),
    "method": (_GROUPS, "NAME", "auto, or the one method to use, with its options: gmm(covariance=tied)."),
    "worlds": (_GROUPS, "HOW", "How often groups are formed again in other ways: auto, all or none."),
    "map": (_GROUPS, "WHICH", "linear, or umap for a second map that keeps neighbours together and nothing else."),
    "sample": (_GROUPS, "N", "Users the search looks at; all are placed afterwards."),
    "floor": (_GROUPS, "N", "No value for fewer users than this leaves the tool."),
    "force": (_GROUPS, "", "Draw groups even where the data hold none; every output says so."),
    "names": (_GROUPS, "STYLE", "How personas are called: behaviour (Recipe savers) or alliterative (Recipe Robin)."),
    "picture": (_GROUPS, "PAIRS", "Own pictures in place of the drawings, such as P1=portrait.png (PNG or JPEG)."),
    "seed": (_GROUPS, "N", "Same data, settings and seed: same result."),
    "target": (_USE, "GOALS", "What a persona should reach: P1.purchase=60%@2026-12-31, or all.churn<=5%."),
    "surfaces": (
        _USE,
        "NAMES",
        "Places that could differ by persona: home, mix=recommendations; default: five of them.",
    ),
    "offer": (_USE, "COL", "Column whose values are offers or products, or none."),
    "library": (_USE, "FILE", "TOML file of actions that adds to the library; personae export --library shows it."),
    "memory": (_MACHINE, "SIZE", "Memory to use at most, such as 8GB."),
    "threads": (_MACHINE, "N", "Processor threads to use; 0 means all but one."),
}
"""Panel, placeholder and help of each setting; a test holds it equal to the fields of Study."""

ALSO = ("files", "out", "store", "ai", "ai_url", "ai_budget", "ai_seconds", "expect")
"""Keys of personae.toml beside the settings."""

OF_MODELS = tuple(f"PERSONAE_AI{part}" for part in ("", "_URL", "_BUDGET", "_SECONDS", "_KEY"))
"""Variables that say which language model words personas; the key stands nowhere else."""

_WAYS = ("draw", "median", "mean", "mode", "category", "zero", "drop")
_SHAPES = {
    "groups": (r"auto|\d+|\d+-\d+", "auto, a number such as 5, or a range such as 3-7"),
    "reduce": (r"auto|none|[1-9]\d*|0?\.\d*[1-9]\d*", "auto, none, a number of components such as 50, or a share such as 0.9"),
    "window": (
        r"(first-)?[1-9]\d*d|\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d",
        "days such as 90d or first-7d, or dates such as 2026-01-01..2026-03-31",
    ),
    "smallest": (r"\d*\.?\d+ ?%|[1-9]\d*", "a share such as 5% or a number of users such as 200"),
    "memory": (r"[1-9]\d*(\.\d+)? ?([KMGT]i?B|[kmgt]i?b)", "a size such as 8GB"),
}


_SEPARATE = re.compile(r",(?![^(]*\))")
"""A comma that is not inside brackets."""


def flag(name: str) -> str:
    """A setting as it is typed: group_by -> --group-by."""
    return f"--{name.replace('_', '-')}"


def settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one flag per setting; it receives those that were typed as the mapping `given`."""

    @functools.wraps(command)
    def with_settings(**values: Any) -> None:
        given = {f.name: values.pop(f.name) for f in _settable()}
        command(**values, given={k: _said(v) for k, v in given.items() if v not in (None, [])})

    own = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.name != "given"]
    flags = [_flag(f) for f in _settable()]
    both = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*own, *flags)]
    with_settings.__signature__ = inspect.Signature(both)  # type: ignore[attr-defined]
    with_settings.__annotations__ = {p.name: p.annotation for p in both}
    return with_settings


def _said(value: Any) -> Any:
    """What a flag said; one that takes a list may stand several times, and all of it counts."""
    return ",".join(value) if isinstance(value, list) else value


def study(files: Sequence[str], given: Mapping[str, Any], kept: Mapping[str, Any]) -> Study:
    """The Study that flags (`given`), personae.toml (`kept`) and the environment ask for. Raises UsageError P001."""
    values = {**_environment(), **{k: v for k, v in kept.items() if k not in ALSO}, **given}
    sources = tuple(files or kept.get("files", ()))
    if not sources:
        raise UsageError(
            "P001", "no files were named", where="the command", fix="name them, such as: personae run users.csv events.csv"
        )
    typed = {f.name: _typed(f, values[f.name]) for f in _settable() if f.name in values}
    for name, value in typed.items():
        _check(name, value)
    return Study(sources=sources, **typed)


def keep(folder: Path) -> dict[str, Any]:
    """What personae.toml in a folder says; empty where there is none. Raises UsageError P001 naming the key and line."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise UsageError("P001", f"{FILE} is not valid TOML: {wrong}", where=str(path), fix="correct that line") from wrong
    known = [f.name for f in _settable()]
    kept = {k.replace("-", "_"): v for k, v in data.items()}
    for key in kept:
        if key not in (*known, *ALSO):
            typed = [k.replace("_", "-") for k in (*known, *ALSO)]
            raise _unknown(f"{FILE} has the unknown setting {key!r}", key.replace("_", "-"), typed, path)
    if isinstance(kept.get("files"), str):
        kept["files"] = [kept["files"]]
    return kept


def record(folder: Path = Path()) -> Path:
    """Where the record of runs is, for commands that take no --store."""
    return Path(str(keep(folder).get("store", "")) or ".personae")


def write(folder: Path, of: Study, found: Mapping[str, str], out: str) -> Path:
    """Write personae.toml with the settings that differ from the defaults, and the columns that were `found`; what is expected
    of runs stays as it stands there."""
    from personae.store.atomic import whole_file

    lines = ["# Settings of personae run. Flags weigh more, PERSONAE_* variables less.", f"files = {_toml(list(of.sources))}"]
    if out:
        lines.append(f"out = {_toml(out)}")
    for f in _settable():
        value = getattr(of, f.name) or found.get(f.name, getattr(of, f.name))
        if value != f.default:
            lines.append(f"{f.name.replace('_', '-')} = {_toml(list(value) if isinstance(value, tuple) else value)}")
    path = folder / FILE
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    kept = re.search(r"^\s*\[\[\s*expect\s*\]\].*", old, re.MULTILINE | re.DOTALL)
    expected = f"\n{kept[0].strip()}\n" if kept else ""
    with whole_file(path, overwrite=True) as temp:
        temp.write_text("\n".join(lines) + "\n" + expected, encoding="utf-8")
    return path


def closest(word: str, known: Sequence[str]) -> str:
    """The known word most like another; empty when none is like it."""
    return next(iter(difflib.get_close_matches(word, known, 1, 0.5)), "")


def _settable() -> list[Field[Any]]:
    return [f for f in fields(Study) if f.name != "sources"]


def _flag(field: Field[Any]) -> inspect.Parameter:
    panel, placeholder, text = HELP[field.name]
    several = str(field.type).startswith("tuple")
    kind: Any = bool if str(field.type) == "bool" else list[str] if several else str
    silent = ("", 0, False, MISSING, (), Study.max_inflated)
    shown = field.default if field.default not in silent else None
    option = typer.Option(
        flag(field.name),
        help=f"{text} [default: {shown}]" if shown is not None else text,
        metavar=placeholder or None,
        rich_help_panel=panel,
        show_default=False,
    )
    return inspect.Parameter(
        field.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def _environment() -> dict[str, Any]:
    known = {f"PERSONAE_{f.name.upper()}": f.name for f in _settable()}
    every = (*known, *OF_MODELS, "PERSONAE_STORE")
    for name in os.environ:
        if name.startswith("PERSONAE_") and name not in every and difflib.get_close_matches(name, every, 1, 0.85):
            raise _unknown(f"the environment has the unknown setting {name}", name, every, None)
    return {known[k]: v for k, v in os.environ.items() if k in known and v}


def _typed(field: Field[Any], value: Any) -> Any:
    kind = str(field.type)
    if kind.startswith("tuple"):
        value = _phases(value) if field.name == "phases" else value
        parts = _SEPARATE.split(value) if isinstance(value, str) else value
        if isinstance(parts, list) and all(isinstance(p, str) for p in parts):
            return tuple(p.strip() for p in parts if p.strip() or field.name == "missing")
    elif kind == "bool":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("1", "true", "yes", "0", "false", "no"):
            return value.lower() in ("1", "true", "yes")
    elif kind == "int":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and re.fullmatch(r"\d[\d_,]*", value):
            return int(re.sub("[_,]", "", value))
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    needs = {"int": "a whole number", "bool": "true or false", "str": "a text"}.get(kind, "a list of texts")
    what = f"{flag(field.name)} needs {needs}, not {value!r}"
    raise UsageError("P001", what, where=f"setting {field.name}", fix="see: personae run --help")


def _phases(value: Any) -> Any:
    """Phases of a table of personae.toml, or of the lines of a file that is named; other values as they are."""
    if isinstance(value, Mapping):
        return [f"{phase}={e}" for phase, events in value.items() for e in ([events] if isinstance(events, str) else events)]
    if isinstance(value, str) and "=" not in value and Path(value).is_file():
        lines = Path(value).read_text(encoding="utf-8").splitlines()
        return ",".join(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return value


def _check(name: str, value: Any) -> None:
    if name in CHOICES and value and value not in CHOICES[name]:
        raise _wrong(name, value, f"one of {', '.join(CHOICES[name])}", closest(value, CHOICES[name]))
    if name in _SHAPES and value and not re.fullmatch(_SHAPES[name][0], value):
        raise _wrong(name, value, _SHAPES[name][1])
    if name in LEAST and value < LEAST[name]:
        raise _wrong(name, value, f"at least {LEAST[name]}")
    if name == "groups" and value not in ("", "auto"):
        low, _, high = value.partition("-")
        if int(low) < 2 or int(high or low) < int(low):
            raise _wrong(name, value, "at least 2 groups, the smaller number first")
    if name == "method" and value not in ("", "auto"):
        from personae.stages.method import method

        method(value)
    if name == "empty":
        for way in (e.rpartition("=")[2].strip() for e in value):
            if way not in _WAYS:
                raise _wrong(name, way, f"one of {', '.join(_WAYS)}", closest(way, _WAYS))
    if name == "features" and value:
        from personae.stages.asked import asked

        asked(value)
    if name == "phases" and value:
        from personae.stages.phases import said

        said(value)
    if name == "window" and value:
        from personae.stages.when import asked as window

        window(value)
    if name == "timezone" and value:
        _zone(value)
    if name == "encoding" and value:
        _encoding(value)
    if name == "library" and value:
        from personae.guidance.library import library

        library(value)
    if name == "target":
        from personae.words.targets import target

        for one in value:
            target(one)


def _zone(value: str) -> None:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        near = closest(value, sorted(zoneinfo.available_timezones()))
        raise _wrong("timezone", value, "a time zone such as Europe/Paris or UTC", near) from wrong


def _encoding(value: str) -> None:
    import codecs

    try:
        codecs.lookup(value)
    except LookupError as wrong:
        raise _wrong("encoding", value, "an encoding such as utf-8, cp1252 or utf-16") from wrong


def _wrong(name: str, value: Any, needs: str, near: str = "") -> UsageError:
    fix = f"did you mean {flag(name)} {near}?" if near else f"give {flag(name)} {needs}"
    return UsageError("P001", f"{flag(name)} {value} is not {needs}", where=f"setting {name}", fix=fix)


def _unknown(what: str, key: str, known: Sequence[str], path: Path | None) -> UsageError:
    near = closest(key, known)
    return UsageError(
        "P001",
        what,
        where=str(path) if path else "environment",
        fix=f"did you mean {near}?" if near else f"the settings are {', '.join(known)}",
    )


def _toml(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False) if not isinstance(value, bool) else str(value).lower()
