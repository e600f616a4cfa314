"""personas.json, facts.json, evidence.json, dossier.json, rule.json, run.json: all of a cast but its users.

No document holds a clock, a host, a user name, an absolute path or a row of data;
what is about single users goes to `private/`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from personae.files import excluded
from personae.model import schema
from personae.model.cast import Cast, Listed
from personae.model.change import Change
from personae.model.dossier import Dossier
from personae.model.evidence import Evidence, Verdict
from personae.model.fact import Fact
from personae.model.features import LeftOut, Window
from personae.model.persona import UNTESTED, Persona, Profile
from personae.model.plain import plain
from personae.model.sheet import Sheet
from personae.model.study import Study
from personae.model.table import Match, Table
from personae.report.model_card import model_card
from personae.words.legible import whole

SCHEMA = 1
"""Version of the documents; a reader refuses a higher one."""

HASHED = (
    "change.json",
    "dossier.json",
    "edits.json",
    "evidence.json",
    "facts.json",
    "leaves.parquet",
    "personas.json",
    "private/baseline.json",
    "private/details.json",
    "rule.json",
    "since.parquet",
    "sizes.json",
    "users.parquet",
)
"""The files whose hashes stand in run.json, so that damage is seen when a run is opened."""

MACHINE = ("memory", "threads")
"""Settings that never change a result and therefore do not belong to it."""


def export(cast: Cast, path: Path) -> Path:
    """Write every document into the folder `path`, run.json last with the hashes of what lies there. Returns run.json."""
    for name, document in documents(cast).items():
        _write(path / name, document)
    hashes = {n: hashlib.sha256((path / n).read_bytes()).hexdigest() for n in HASHED if (path / n).is_file()}
    return _write(path / "run.json", {**_run(cast), "files": hashes})


def documents(cast: Cast) -> dict[str, dict[str, Any]]:
    """Each document but run.json, by file name."""
    edited = {"edits.json": {"edits": plain(cast.edits)}} if cast.edits else {}
    kept = {"private/baseline.json": plain(cast.baseline)} if cast.baseline else {}
    changed = {"change.json": plain(cast.change)} if cast.change else {}
    return {
        **edited,
        **kept,
        **changed,
        "personas.json": {
            "verdict": plain(cast.evidence.verdict),
            "users": cast.users,
            "personas": plain(cast.personas),
            "profiles": plain(cast.profiles),
            "worded": plain(cast.worded),
        },
        "facts.json": {"facts": plain(cast.facts)},
        "sizes.json": _sizes(cast),
        "evidence.json": plain(cast.evidence),
        "dossier.json": plain(cast.dossier),
        "rule.json": {"rule": plain(cast.rule, None)},
        "card.json": model_card(cast),
        "private/details.json": {"tables": plain(cast.tables), "members": plain(cast.members)},
    }


def _sizes(cast: Cast) -> dict[str, Any]:
    """What a history needs of a run, and no more."""
    sizes = [
        {"key": p.key, "name": p.name, "users": p.users, "steadiness": None if p.steady == UNTESTED else plain(p.steadiness)}
        for p in cast.personas
    ]
    moved = {"moved": cast.change.moved, "both": cast.change.both} if cast.change else {}
    return {"users": cast.users, "method": cast.evidence.chosen, "personas": sizes, **moved}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each document that may be passed on, by file name: what a reader may rely on."""
    run = {
        "verdict": Verdict, "users": int, "study": Any, "seed": int, "tables": tuple[Any, ...], "matches": tuple[Match, ...],
        "window": Window | None, "measures": tuple[Listed, ...], "left_out": tuple[LeftOut, ...], "method": Any,
        "warnings": tuple[str, ...], "versions": Mapping[str, str], "files": Mapping[str, str],
    }  # fmt: skip
    personas = {"verdict": Verdict, "users": int, "personas": tuple[Persona, ...], "profiles": tuple[Profile, ...]}
    return {
        "personas.json": schema.document("Verdict and personas", SCHEMA, personas),
        "facts.json": schema.document("Every number", SCHEMA, {"facts": tuple[Fact, ...]}),
        "evidence.json": schema.noun("Everything that was tried and measured", SCHEMA, Evidence),
        "change.json": schema.noun("What became of the personas of the run before", SCHEMA, Change),
        "dossier.json": schema.noun("What was looked up of the personas", SCHEMA, Dossier),
        "rule.json": schema.document("The rule that places users", SCHEMA, {"rule": Any}),
        "run.json": schema.document("What went in and how", SCHEMA, run),
    }


def sheet(sheet: Sheet, path: Path) -> Path:
    """Write a table for readers: its title, and one object a row; a sentence is an object of text, grade and fact ids."""
    names = [h.name for h in sheet.headings]
    rows = [dict(zip(names, map(plain, row), strict=True)) for row in sheet.rows]
    more = {"flags": flags(sheet)} if sheet.id == "experience" else {}
    return _write(path, {"id": sheet.id, "title": sheet.title, "about": sheet.about, "rows": rows, **more})


def flags(sheet: Sheet) -> dict[str, dict[str, Any]]:
    """The tailored experiences for feature flags: by persona key and surface the variant and its content, null for a cell that
    nothing measured speaks for."""
    at = {h.name: i for i, h in enumerate(sheet.headings)}
    found: dict[str, dict[str, Any]] = {}
    for row in sheet.rows:
        cell = {"variant": row[at["variant"]], "content": row[at["content"]]}
        found.setdefault(str(row[at["key"]]), {})[str(row[at["surface"]])] = cell if row[at["content"]] else None
    return found


def _run(cast: Cast) -> dict[str, Any]:
    return {
        "verdict": plain(cast.evidence.verdict),
        "users": cast.users,
        "study": settings(cast.study),
        "seed": cast.study.seed,
        "tables": [{**plain(t), "set_aside": t.set_aside} for t in map(_public, cast.tables)],
        "matches": plain(cast.matches),
        "window": plain(cast.window),
        "measures": plain(cast.measures),
        "left_out": plain(cast.left_out),
        "method": _method(cast),
        "warnings": list(cast.warnings),
        "versions": dict(cast.versions),
    }


def _method(cast: Cast) -> dict[str, Any]:
    """Which method made the groups, why, and what else was advised."""
    found, advice = cast.evidence, cast.evidence.advice
    if advice is None:
        return {"chosen": found.chosen}
    return {
        "chosen": found.chosen,
        "known": advice.known,
        "size": advice.size,
        "suggested": plain(advice.suggested),
        "defaults": plain(advice.defaults),
    }


def _public(table: Table) -> Table:
    """A table without any value that stood in it, and without what only this process knew."""
    columns = tuple(replace(c, examples=(), low="", high="") for c in table.columns)
    return replace(table, rejects=(), sums="", summed=(), span=(), columns=columns)


def settings(study: Study) -> dict[str, Any]:
    """The settings that shape a result: without the machine's, and with sources as names that hold on any machine."""
    kept: dict[str, Any] = {k: v for k, v in plain(study).items() if k not in MACHINE}
    lists = [_portable(x) for x in study.exclude if PurePath(x).name != excluded.NAME]  # a record brings its own by itself
    return {**kept, "library": _portable(study.library), "sources": [_portable(s) for s in study.sources], "exclude": lists}


def _portable(source: str) -> str:
    """A relative path and a reference as typed; of an absolute path the last part; of a URL nothing that could be secret."""
    place, mark, wanted = source.partition("::")
    if place.startswith("env:"):
        return source
    if place.startswith("file:"):
        return f"file:{_portable(place[5:])}{mark}{wanted}"
    if "://" in place:
        scheme, _, rest = place.partition("://")
        rest = PurePath(rest).name if rest.startswith("//") else rest.rpartition("@")[2]
        return f"{scheme}://{rest}{mark}{wanted}"
    path = PurePath(place)
    return (path.name if path.is_absolute() or place.startswith("~") else place) + mark + wanted


def _write(path: Path, document: Mapping[str, Any]) -> Path:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    text = json.dumps({"schema_version": SCHEMA, **document}, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    with path.open("w", encoding="utf-8", newline="\n") as sink:
        sink.write(whole(text) + "\n")
    return path
