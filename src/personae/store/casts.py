"""A cast as a folder of files and back: JSON and Parquet, versioned, checked by hash, never pickle."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from personae import plugins
from personae.errors import DataError, UsageError
from personae.model.baseline import Baseline
from personae.model.cast import Cast, Listed
from personae.model.change import Change
from personae.model.dossier import Dossier
from personae.model.edit import Edit
from personae.model.evidence import Evidence
from personae.model.fact import Fact
from personae.model.features import LeftOut, Window
from personae.model.persona import Member, Persona, Profile
from personae.model.plain import noun
from personae.model.rule import REASONS, Extent, Feature, Guard, Place, Placement, Rule
from personae.model.study import Study
from personae.model.table import Match, Table
from personae.model.tree import Tree
from personae.model.worded import Worded
from personae.store.atomic import taken, whole_folder

SCHEMA = 1
"""The highest version of the documents that is understood."""

FILES = frozenset(
    [
        "report.html",
        "users.csv",
        "users.parquet",
        "leaves.parquet",
        "since.parquet",
        "sizes.json",
        "personas.json",
        "facts.json",
        "evidence.json",
        "dossier.json",
        "edits.json",
        "change.json",
        "card.json",
        "rule.json",
        "run.json",
        "timings.json",
        "private",
    ]
)
"""What the folder of a run may hold; a folder that holds anything else is never replaced."""


def save(
    cast: Cast,
    folder: str | Path,
    *,
    overwrite: bool = False,
    more: Callable[[Path], None] | None = None,
    written: Path | None = None,
    then: Callable[[], None] | None = None,
) -> Path:
    """Write the cast into a folder that appears whole or not at all; `more` adds files to it before it appears.

    `written` is a folder that `write` filled from the same cast a moment ago: its files are copied. `then` is done once the
    folder is in its place; where it fails, everything is put back.

    Raises UsageError when the folder holds something (`overwrite` replaces the folder of a run and nothing else), and
    MachineError when the disk or the rights do not allow it.
    """
    target = Path(folder)
    with whole_folder(target, lambda p: may_write(p, overwrite), then) as temp:
        if written is None:
            write(cast, temp)
        else:
            shutil.copytree(written, temp, dirs_exist_ok=True, copy_function=shutil.copyfile)
            _private(temp / "private")
        if more:
            more(temp)
    return target


def write(cast: Cast, folder: Path) -> str:
    """Write what `load` needs and the private lists into an existing folder; returns the hash that stands for all of it."""
    private = folder / "private"
    private.mkdir(mode=0o700)
    plugins.find("exporters", "parquet").export(cast, folder / "users.parquet")
    if cast.leaf is not None:
        plugins.find("exporters", "parquet").leaves(cast.leaf, folder / "leaves.parquet")
    if cast.since is not None:
        plugins.find("exporters", "parquet").since(cast.since, folder / "since.parquet")
    plugins.find("exporters", "csv").nobody(cast, private / "nobody.csv")
    plugins.find("exporters", "csv").rejects(cast, private / "rejects.csv")
    plugins.find("exporters", "csv").members(cast, private / "members.csv")
    path: Path = plugins.find("exporters", "json").export(cast, folder)
    _private(private)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _private(folder: Path) -> None:
    """For its owner alone."""
    folder.chmod(0o700)
    for file in folder.iterdir():
        file.chmod(0o600)


def may_write(folder: Path, overwrite: bool) -> bool:
    """Whether `save` would accept a folder: free, or a run's and to be replaced."""
    return not taken(folder) or (overwrite and is_run(folder))


def is_run(folder: Path) -> bool:
    """Whether a folder was written by a run and holds nothing else."""
    return folder.is_dir() and (folder / "run.json").is_file() and {p.name for p in folder.iterdir()} <= FILES


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def damage(folder: Path, digest: str, *, whole: bool) -> str:
    """Why a result cannot be trusted, "" when it can: run.json against its hash, with `whole` every file that `load` reads."""
    try:
        if not (folder / "run.json").is_file():
            raise _damaged(folder, "run.json is missing")
        if not _stands_for(folder, digest):
            raise _damaged(folder, "run.json has changed since it was written")
        if whole:
            _verify(folder, _document(folder, "run.json").get("files", {}))
    except (DataError, OSError) as wrong:
        return wrong.what if isinstance(wrong, DataError) else f"it cannot be read: {wrong.strerror}"
    return ""


def _stands_for(folder: Path, digest: str) -> bool:
    return hashlib.sha256((folder / "run.json").read_bytes()).hexdigest().startswith(digest)


FEW = 0.01
"""Share of the users of one run among those of another below which the two are about other people."""


def shares_people(cast: Cast, folder: Path) -> bool:
    """Whether the cast is about people of the run in a folder; no where that run cannot be read."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with suppress(OSError, pa.ArrowException, KeyError):
        ids = _one(pq.read_table(folder / "users.parquet", columns=["id"])["id"])
        both = pc.sum(pc.is_in(ids, value_set=cast.ids)).as_py() or 0
        return bool(both >= FEW * max(min(len(ids), len(cast.ids)), 1))
    return False


def load(folder: str | Path, digest: str = "") -> Cast:
    """The cast saved into a folder; `digest` is what its run.json must hash to.

    Raises UsageError P201 when there is none, DataError P202 when it cannot be trusted.
    """
    root = Path(folder)
    if not (root / "run.json").is_file():
        raise UsageError(
            "P201", f"{root} holds no run", where=str(root), did="nothing was read", fix="list the runs with: personae runs"
        )
    try:
        before = root.stat()
        run = _run(root, digest)
        _verify(root, run.get("files", {}))
        cast = _cast(root, run)
        if not os.path.samestat(before, root.stat()):
            raise _damaged(root, "it was written anew while it was read")
        return cast
    except (KeyError, TypeError, ValueError) as wrong:
        raise _damaged(root, f"its files do not fit together ({type(wrong).__name__}: {wrong})") from wrong
    except OSError as wrong:  # taken away while it was read, for one
        raise _damaged(root, f"it cannot be read: {wrong.strerror or wrong}") from wrong


def tables(folder: Path, digest: str) -> tuple[Table, ...]:
    """What the cast saved into a folder was read from, without single values; of its files run.json alone is read.

    Raises DataError P202 when that cannot be trusted.
    """
    try:
        return tuple(noun(Table, t) for t in _run(folder, digest)["tables"])
    except (KeyError, TypeError, ValueError, OSError) as wrong:
        raise _damaged(folder, "its run.json cannot be read") from wrong


def _run(root: Path, digest: str) -> dict[str, Any]:
    run = _document(root, "run.json")
    if not _stands_for(root, digest):
        raise _damaged(root, "run.json has changed since it was written")
    return run


def _cast(root: Path, run: Mapping[str, Any]) -> Cast:
    personas = _document(root, "personas.json")
    cast = tuple(noun(Persona, p) for p in personas["personas"])
    details = _document(root, "private/details.json") if (root / "private" / "details.json").is_file() else {}
    ids, placement = _users(root / "users.parquet", cast)
    rule = _document(root, "rule.json")["rule"]
    return Cast(
        study=noun(Study, run["study"]),
        tables=tuple(noun(Table, t) for t in details.get("tables", run["tables"])),
        matches=tuple(noun(Match, m) for m in run["matches"]),
        window=noun(Window, run["window"]) if run["window"] else None,
        measures=tuple(noun(Listed, m) for m in run["measures"]),
        left_out=tuple(noun(LeftOut, m) for m in run["left_out"]),
        evidence=noun(Evidence, _document(root, "evidence.json")),
        rule=_rule(rule) if rule else None,
        profiles=tuple(noun(Profile, p) for p in personas["profiles"]),
        facts=tuple(noun(Fact, f) for f in _document(root, "facts.json")["facts"]),
        personas=cast,
        members=tuple(noun(Member, m) for m in details.get("members", ())),
        ids=ids,
        placement=placement,
        warnings=tuple(run["warnings"]),
        versions=run["versions"],
        leaf=_leaves(root / "leaves.parquet"),
        since=_since(root / "since.parquet"),
        dossier=_dossier(root),
        edits=_edits(root),
        change=_change(root),
        worded=noun(Worded, personas["worded"]) if personas.get("worded") else None,
        baseline=_baseline(root / "private" / "baseline.json"),
    )


def _baseline(path: Path) -> Baseline | None:
    """None for runs that were written before there was one, and where private files were taken away."""
    return noun(Baseline, _document(path.parent, path.name)) if path.is_file() else None


def _dossier(root: Path) -> Dossier:
    """Empty for runs that were written before there was one."""
    return noun(Dossier, _document(root, "dossier.json")) if (root / "dossier.json").is_file() else Dossier()


def _change(root: Path) -> Change | None:
    """What became of the run before; None where the run is no refresh."""
    return noun(Change, _document(root, "change.json")) if (root / "change.json").is_file() else None


def _edits(root: Path) -> tuple[Edit, ...]:
    """What people changed before it was saved; nothing where they changed nothing."""
    return tuple(noun(Edit, e) for e in _document(root, "edits.json")["edits"]) if (root / "edits.json").is_file() else ()


def _rule(data: Mapping[str, Any]) -> Rule:
    width = len(data["features"])
    depth = len(data["prototypes"][0]) if data["prototypes"] else 0
    return Rule(
        features=tuple(noun(Feature, f) for f in data["features"]),
        projection=_floats(data["projection"], (width, depth)),
        prototypes=_floats(data["prototypes"], (len(data["owner"]), depth)),
        owner=np.array(data["owner"], dtype=np.int32),
        radius=_radius(data),
        spread=float(data["spread"]),
        guards=tuple(
            Guard(g["start"], g["stop"], _floats(g["weight"]), _floats(g["edges"]), _floats(g["limits"]), _most(g))
            for g in data["guards"]
        ),
        needs=tuple(data.get("needs", ())),
        tree=noun(Tree, data["tree"]) if data.get("tree") else None,
        leaf=np.array(data["leaf"], dtype=np.int32) if data.get("leaf") else None,
        active=bool(data.get("active", False)),
        extent=_extent(data["extent"], depth) if data.get("extent") else None,
    )


def _radius(data: Mapping[str, Any]) -> Any:
    """One for each prototype; runs written before had one for each persona."""
    radius, owner = _floats(data["radius"]), np.array(data["owner"], dtype=np.int32)
    return radius if len(radius) == len(owner) else radius[owner]


def _extent(data: Mapping[str, Any], depth: int) -> Extent:
    columns = len(data["basis"][0]) if data["basis"] else 0
    edges, unit, near, apart = (_floats(data[n]) for n in ("edges", "unit", "near", "apart"))
    return Extent(edges, unit, near, _floats(data["basis"], (depth, columns)), apart)


def _most(guard: Mapping[str, Any]) -> float:
    """Without a number there is no limit: infinity has no place in JSON."""
    return float("inf") if guard.get("most") is None else float(guard["most"])


def _floats(values: Any, shape: tuple[int, ...] | None = None) -> Any:
    flat = np.array([np.nan if v is None else float(v) for v in _flat(values)], dtype=np.float64)
    return flat.reshape(shape) if shape else flat


def _flat(values: Any) -> list[Any]:
    return [v for row in values for v in row] if values and isinstance(values[0], list) else values


def _users(path: Path, personas: tuple[Persona, ...]) -> tuple[Any, Placement]:
    import pyarrow.parquet as pq

    table = pq.read_table(path).combine_chunks()
    place = {p.key: p.index for p in personas}
    kinds = {p.name.lower(): p.value for p in Place}
    reasons = {words: i for i, words in enumerate(REASONS)}
    return _one(table["id"]), Placement(
        persona=_codes(table["persona"], place, np.int32),
        second=_codes(table["second"], place, np.int32),
        membership=table["membership"].to_numpy(),
        margin=table["margin"].to_numpy(),
        kind=_codes(table["kind"], kinds, np.int8),
        reason=_codes(table["reason"], reasons, np.int8),
    )


def _leaves(path: Path) -> Any:
    """The leaf of each user, None where the run has no tree."""
    import pyarrow.parquet as pq

    return pq.read_table(path)["leaf"].to_numpy() if path.is_file() else None


def _since(path: Path) -> Any:
    """The run in which each user came into their persona; None where the run is no refresh."""
    import pyarrow.parquet as pq

    return _one(pq.read_table(path)["since"]) if path.is_file() else None


def _codes(column: Any, codes: Mapping[str, int], dtype: Any) -> Any:
    """Texts as their codes, -1 for none, one look-up a distinct text."""
    coded = _one(column).dictionary_encode()
    table = np.array([codes[w] for w in coded.dictionary.to_pylist()] + [-1], dtype=dtype)
    return table[coded.indices.fill_null(len(table) - 1).to_numpy(zero_copy_only=False)]


def _one(column: Any) -> Any:
    """A chunked column as one array."""
    import pyarrow as pa

    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([*column.chunks, pa.array([], column.type)])


def _document(root: Path, name: str) -> dict[str, Any]:
    try:
        data = json.loads((root / name).read_text(encoding="utf-8"))
    except FileNotFoundError as gone:
        raise _damaged(root, f"{name} is missing") from gone
    except ValueError as wrong:
        raise _damaged(root, f"{name} is not the JSON that was written") from wrong
    if not isinstance(data, dict) or not isinstance(data.get("schema_version"), int):
        raise _damaged(root, f"{name} has no schema_version")
    if data["schema_version"] > SCHEMA:
        raise DataError(
            "P202",
            f"{name} was written by a newer personae (version {data['schema_version']} of the file, this one knows {SCHEMA})",
            where=str(root / name),
            did="nothing was changed",
            fix="upgrade personae",
        )
    return data


def _verify(root: Path, hashes: Mapping[str, str]) -> None:
    for name, expected in hashes.items():
        path = root / name
        if not path.is_file():
            if name.startswith("private/"):
                continue  # may be taken away before a run is shared
            raise _damaged(root, f"{name} is missing")
        with suppress(OSError):
            if hashlib.sha256(path.read_bytes()).hexdigest() == expected:
                continue
        raise _damaged(root, f"{name} has changed since it was written")


def _damaged(root: Path, why: str) -> DataError:
    return DataError(
        "P202", f"this run is damaged: {why}", where=str(root), did="nothing was changed", fix="use another run: personae runs"
    )
