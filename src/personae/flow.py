"""The whole flow on one screen."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from threading import Thread
from typing import TYPE_CHECKING, Any

from personae import plugins
from personae.model.bands import Bands, Wanted
from personae.model.belief import Beliefs, Sketch
from personae.model.cast import Cast, Listed
from personae.model.dossier import Known
from personae.model.drift import Gate
from personae.model.evidence import Evidence
from personae.model.exclusion import Exclusion
from personae.model.features import Features
from personae.model.inspection import Finding, Inspection
from personae.model.portrait import Portrait
from personae.model.rule import Placement, Rule
from personae.model.study import Role, Study
from personae.model.table import Table
from personae.progress import quietly
from personae.rule import events_of
from personae.stages.apart import Called, called
from personae.stages.baseline import baseline
from personae.stages.broken import broken, spared
from personae.stages.describe import describe
from personae.stages.dossier import dossier
from personae.stages.drift import drift
from personae.stages.exclusion import exclusion
from personae.stages.gates import gates, hold
from personae.stages.halves import halves
from personae.stages.hand_on import hand_on, returned
from personae.stages.inspect import halt, inspect
from personae.stages.link import link
from personae.stages.nobody import nobody
from personae.stages.parts import PART, able, parts
from personae.stages.pictured import pictured, pictures
from personae.stages.portray import portray
from personae.stages.prepare import prepare
from personae.stages.read import read
from personae.stages.recall import check_inputs, check_values, inherited, pinned, recall, resembled, unread
from personae.stages.recognise import entity, recognise, tool
from personae.stages.renew import renew
from personae.stages.score import inputs, leaves, marked, place_features
from personae.stages.spared import Spare, check_spared
from personae.stages.stay import Again, check_groups, no_groups, readable, stay, unchanged
from personae.stages.summed import fits
from personae.stages.told import told
from personae.stages.understand import understand
from personae.stages.verify import verify
from personae.words.findings import said

if TYPE_CHECKING:
    import pyarrow as pa

_HEAVY = "personae.stages.choose"


def run(study: Study, frames: Mapping[str, Any] | None = None) -> Cast:
    """Raw data to a cast of personas. `frames` maps names among study.sources to data frames held in memory."""
    own = pictures(study)
    ahead = Thread(target=import_module, args=(_HEAVY,), daemon=True)  # 1.5 s of loading while the engine reads
    ahead.start()
    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        tables, features = _measured(engine, study, frames)
        study = replace(study, entity=entity(tables, study))
        accepted = halt(tables, features, study)
        ahead.join()
        rule, found = import_module(_HEAVY).choose(features, study)
        evidence = told(found, features, study)
        more = _warnings(tables, study, accepted, evidence)
        cast = _described(engine, tables, features, study, rule, evidence, more)
    return replace(cast, personas=pictured(cast.personas, own))


def regrouped(cast: Cast, kind: str, keys: tuple[str, ...], sources: tuple[str, ...] = ()) -> tuple[Cast, tuple[str, ...]]:
    """The cast with personas joined ("merge") or one of them in two ("split"), described anew from the run's own data, and the
    keys of what came of it. `sources` say where the files are now. Raises DataError P112 for other data."""
    from personae.stages.regroup import check, finish, regroup

    study = replace(cast.study, sources=sources or cast.study.sources)
    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        seen = Again.of(*_measured(engine, study)) if cast.change is None else _again(engine, cast, study)
        check(cast, seen.reads)
        rule, evidence, made = regroup(cast, seen.reads, kind, keys)
        anew = _described(engine, seen.tables, seen.features, study, rule, evidence, cast.warnings, seen.reads)
    return finish(cast, anew, made), made


def refresh(before: Cast, study: Study, frames: Mapping[str, Any] | None = None, allow: Collection[str] = ()) -> Cast:
    """New data of the same kind, read and measured as those of the run before were, in the personas that are known: with their
    keys and names, and a `change` that says what became of each.

    The same bytes give the same cast. Raises GateError P401 where a gate that is not in `allow` says no to the new data, or
    they hold no groups, UsageError P201 where the run before has none.
    """
    own = pictures(study)
    check_groups(before)
    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        seen = _again(engine, before, study, frames, allow)
        if unchanged(before, seen, study):
            return stay(before, seen.gates)
        accepted = halt(seen.tables, seen.features, study)
        active = before.rule.active if before.rule is not None and events_of(before.rule) else None
        rule, found = import_module(_HEAVY).choose(seen.features, study, active)
        if rule is None:
            raise no_groups(found, study, before.run)
        made = renew(before, seen.features, seen.reads, rule, found, study)
        shifted = drift(before, seen.features, place_features(before.rule, seen.reads), study)
        more = _warnings(seen.tables, study, accepted, made.evidence)
        cast = _described(engine, seen.tables, seen.features, study, made.rule, made.evidence, more, seen.reads)
        if (back := returned(before, cast, made)) is not made:
            made = back
            cast = _described(engine, seen.tables, seen.features, study, made.rule, made.evidence, more, seen.reads)
    return hand_on(before, replace(cast, personas=pictured(cast.personas, own)), made, shifted, seen.gates)


def _described(
    engine: Any,
    tables: tuple[Table, ...],
    features: Features,
    study: Study,
    rule: Rule | None,
    evidence: Evidence,
    warnings: tuple[str, ...],
    reads: Features | None = None,
) -> Cast:
    """Users placed by a rule, looked at from every side, and put into words. `reads` are the features that the rule reads,
    where the others lack some of them."""
    reads = features if reads is None else reads
    placement = marked(place_features(rule, reads), evidence.apart)
    evidence = replace(evidence, nobody=nobody(features, placement, study))
    profiles, facts, members = describe(features, placement, evidence, study)
    looked_up, more = dossier(Known(engine, tables, features, placement, evidence, profiles, facts, study))
    facts = (*facts, *more)
    personas = plugins.find("writers", "plain").write(profiles, facts, evidence, study, looked_up)
    return Cast(
        study=study,
        tables=tables,
        matches=features.matches,
        window=features.window,
        measures=listed(features),
        left_out=features.left_out,
        evidence=evidence,
        rule=rule,
        profiles=profiles,
        facts=facts,
        personas=verify(personas, facts, looked_up),
        members=members,
        ids=features.ids,
        placement=placement,
        warnings=warnings,
        versions=_versions(),
        leaf=leaves(rule, reads),
        dossier=looked_up,
        baseline=baseline(features, study),
    )


def _warnings(tables: tuple[Table, ...], study: Study, accepted: tuple[Finding, ...], evidence: Evidence) -> tuple[str, ...]:
    """What was accepted, what the tables say, and whether the search settled."""
    return (
        *(f"{said(f, study.floor)}; {f.done}" for f in accepted),
        *(n.words for t in tables for n in t.notes if n.level != "pass"),
        *_unsettled(evidence),
    )


def _unsettled(found: Evidence) -> tuple[str, ...]:
    """That the method stopped before its groups had settled, where it did."""
    final = (c for c in found.candidates if (c.method, c.size) == (found.chosen, found.verdict.groups))
    if not any("converged no" in c.note for c in final):
        return ()
    more = f'--method "{found.chosen}(iterations=1000)" goes on for longer'
    return (f"{found.chosen} stopped at its largest number of iterations before the groups had settled; {more}",)


def _understood(
    engine: Any, study: Study, frames: Mapping[str, Any] | None, spare: Spare, *, rows: bool = False
) -> tuple[Table, ...]:
    """Raw data to tables whose columns have their meaning; `rows` of all of them, where they are needed."""
    tables = recognise(engine, read(engine, study, frames or {}, rows=rows, spare=spare), study)
    known = understand(engine, link(engine, tables, study), study)
    return known if all(fits(t) for t in known) else _understood(engine, study, frames, spare, rows=True)


def measured(study: Study, frames: Mapping[str, Any] | None = None) -> tuple[tuple[Table, ...], Features]:
    """Raw data to one row per user: what was read, and the features."""
    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        return _measured(engine, study, frames)


def _measured(engine: Any, study: Study, frames: Mapping[str, Any] | None = None) -> tuple[tuple[Table, ...], Features]:
    """The same with an engine that stays open."""
    spare = Spare(exclusion(study.exclude, study.id))
    tables = _understood(engine, study, frames, spare)
    features = prepare(engine, tables, study)
    check_spared(features.ids, spare.listed)
    return tables, halves(engine, tables, study, features)


def inspected(study: Study, frames: Mapping[str, Any] | None = None) -> tuple[tuple[Table, ...], Features, Inspection]:
    """Raw data to what was read, the features, and all that is worth knowing of them. Nothing is grouped."""
    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        tables = _understood(engine, study, frames, Spare(exclusion(study.exclude, study.id)), rows=True)
        features = prepare(engine, tables, study)
        return tables, features, inspect(engine, tables, features, study)


def bands(study: Study, wanted: Wanted, frames: Mapping[str, Any] | None = None) -> Bands:
    """Raw data to the bands of one measure."""
    from personae.stages.band import band  # loads scipy's optimisers, which no other command needs so early

    tables, features = measured(study, frames)
    return band(features, replace(study, entity=entity(tables, study)), wanted)


def portrait(study: Study, who: str, frames: Mapping[str, Any] | None = None) -> Portrait:
    """Raw data to some users against the rest."""
    tables, features = measured(study, frames)
    return portray(features, replace(study, entity=entity(tables, study)), who)


def place(cast: Cast, sources: tuple[str, ...], frames: Mapping[str, Any] | None = None) -> tuple[pa.StringArray, Placement]:
    """Ids and places of the users of new data, read and measured as the data of the cast were."""
    features = _recalled(cast, sources, frames)
    return features.ids, place_features(cast.rule, features)


def placed(cast: Cast, sources: tuple[str, ...], users: int = PART) -> Iterator[tuple[pa.StringArray, Placement]]:
    """The same, so many users at a time where what the rule reads allows it, and everybody at once where it does not."""
    if cast.rule is None:
        yield place(cast, sources)
        return
    study, cells, total = replace(cast.study, sources=sources, sheet=""), Counter[tuple[str, str]](), 0
    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        tables, seen, known, listed, _ = known_tables(engine, cast, study, None)
        whole = not able(cast, cast.rule, seen)
        measured = prepare(engine, seen, known, cast.rule, names_of(cast, seen)) if whole else None
        for features in parts(engine, seen, known, cast.rule, users) if measured is None else (measured,):
            check_spared(features.ids, listed)
            if not total:
                check_inputs(cast.rule, features, tables, cast.tables)
            cells.update(unread(cast.rule, features))
            total += len(features)
            yield features.ids, place_features(cast.rule, features)
    check_values(cast.rule, cells, total, seen)


def read_by(cast: Cast, sources: tuple[str, ...]) -> tuple[pa.StringArray, Any, Mapping[str, Any]]:
    """What the rule of a cast reads of the users of new data: ids, counts (n, events) or None, and measures (n,) by name.

    Raises ValueError for a cast without a rule.
    """
    if cast.rule is None:
        raise ValueError("this run has no rule")
    features = _recalled(cast, sources)
    return features.ids, *inputs(cast.rule, features)


def beliefs(
    cast: Cast, study: Study, segments: str, sketches: tuple[Sketch, ...], frames: Mapping[str, Any] | None = None
) -> Beliefs:
    """Existing segments (a column, or a list of ids and segments) and hand-made personas against the personas of a cast, on
    the data of `study`."""
    from personae.stages.believe import believe  # loads scikit-learn

    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        spare = Spare(exclusion(study.exclude, study.id))
        shaped = recognise(engine, read(engine, study, frames or {}, rows=True, spare=spare), study)
        linked = link(engine, shaped, study)
        study = inherited(study, cast.study, linked)
        tables = understand(engine, linked, study)
        features = prepare(engine, tables, study)
    known = replace(cast, study=replace(study, entity=entity(tables, study)))
    found = _segments(features, tables, study, segments) if segments else None
    return believe(features, _standing(known, features, frames), known, found, sketches)


def _segments(features: Features, tables: tuple[Table, ...], study: Study, segments: str) -> Any:
    """The segment of each user."""
    from personae.stages.segmented import by_column, by_list, is_list, key_of

    if not is_list(segments):
        return by_column(features, segments)
    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        (table, *_) = read(engine, replace(study, sources=(segments,), sheet="", header=(), allow_rejects=0), {})
        cells = engine.arrow(f"SELECT * FROM {engine.quote(table.relation)}")
    return by_list(features, table, cells, key_of(tables))


def named(cast: Cast, source: str, column: str = "") -> frozenset[str]:
    """The ids that a file names; with `column` of those alone who say yes there."""
    from personae.stages.permitted import permitted

    key = next((c.name for t in cast.tables for c in t.columns if c.role is Role.ID), "")
    with plugins.find("engines", "duckdb").connect(memory=cast.study.memory, threads=cast.study.threads) as engine:
        return permitted(engine, source, key, column)


def _standing(cast: Cast, features: Features, frames: Mapping[str, Any] | None) -> Any:
    """Where the users of `features` stand by the rule of a cast; without a rule in a space of their own."""
    import numpy as np

    from personae.stages.believe import Standing
    from personae.stages.diff import shared
    from personae.stages.score import coordinates
    from personae.stages.space import behaviour_space

    persona, n = np.full(len(features), -1, np.int64), len(features)
    if cast.rule is None:
        space = behaviour_space(features, cast.study)
        z = np.full((n, 0 if space is None else space.scores.shape[1]), np.nan)
        if space is not None:
            z[space.rows] = space.scores
        return Standing(persona, z)
    seen = _recalled(cast, cast.study.sources, frames)
    at = shared(features.ids, seen.ids)
    placed, where = place_features(cast.rule, seen), coordinates(cast.rule, seen)
    persona[at >= 0] = placed.persona[at[at >= 0]]
    z = np.full((n, where.shape[1]), np.nan)
    z[at >= 0] = where[at[at >= 0]]
    return Standing(persona, z)


def _recalled(cast: Cast, sources: tuple[str, ...], frames: Mapping[str, Any] | None = None) -> Features:
    """New data, read and measured as the data of the cast were."""
    study = replace(cast.study, sources=sources, sheet="")
    with plugins.find("engines", "duckdb").connect(memory=study.memory, threads=study.threads) as engine:
        tables, seen, known, listed, _ = known_tables(engine, cast, study, frames)
        features = prepare(engine, seen, known, cast.rule, names_of(cast, seen))
        check_spared(features.ids, listed)
    if cast.rule is not None:
        check_inputs(cast.rule, features, tables, cast.tables)
        check_values(cast.rule, unread(cast.rule, features), len(features), seen)
    return features


def known_tables(
    engine: Any, cast: Cast, study: Study, frames: Mapping[str, Any] | None, allow: Collection[str] | None = None
) -> tuple[tuple[Table, ...], tuple[Table, ...], Study, Exclusion, tuple[Gate, ...]]:
    """New tables, the same with the roles and kinds of those of the cast, the study they were understood with, who takes no
    part, and the gates they passed: all but those of `allow`; none is looked at where that is None."""
    known = replace(study, tool=tool(cast.tables))
    ids = {c.name for t in cast.tables for c in t.columns if c.role is Role.ID}
    spare = Spare(exclusion(study.exclude, next(iter(sorted(ids)), "")), frozenset(ids), cast.tables)
    shaped = recognise(engine, read(engine, known, frames or {}, least=1, rows=True, spare=spare), known)
    tables = link(engine, shaped, study, recorded=cast.tables)
    passed = () if allow is None else hold(gates(cast, tables, study, engine), allow, cast.run)
    known = pinned(study, tables, cast.tables)
    understood = understand(engine, tables, known, ids=ids)
    return tables, recall(understood, cast.tables), known, spare.listed, passed


def names_of(cast: Cast, tables: tuple[Table, ...]) -> Called:
    """What the run of a cast called the measures and events of new tables."""
    return called(resembled(tables, cast.tables), cast.tables, cast.measures)


def _again(
    engine: Any, cast: Cast, study: Study, frames: Mapping[str, Any] | None = None, allow: Collection[str] | None = None
) -> Again:
    """The same for a refresh: measured as by a run, and with all that the rule of the cast reads."""
    tables, seen, known, listed, passed = known_tables(engine, cast, study, frames, allow)
    features = prepare(engine, seen, study)
    check_spared(features.ids, listed)
    more = () if allow is None else hold(broken(cast, features, floor=study.floor), allow, cast.run)
    features = spared(halves(engine, seen, study, features), more)
    passed = (*passed, *more)
    if cast.rule is None or readable(cast.rule, features):
        return Again(seen, features, features, passed)
    with quietly():
        reads = prepare(engine, seen, known, cast.rule, names_of(cast, seen))
    check_inputs(cast.rule, reads, tables, cast.tables)
    check_values(cast.rule, unread(cast.rule, reads), len(reads), seen)
    return Again(seen, features, reads, passed)


def listed(features: Features) -> tuple[Listed, ...]:
    """Measures and events without their values."""
    measures = (
        Listed(m.name, m.label, m.role, m.kind, m.unit, m.source, m.forms) for m in features.measures if m.role != "text"
    )
    counts = features.counts
    events: tuple[Listed, ...] = ()
    if counts is not None and counts.people:
        takers = f"{len(counts.events):,} people who took them"
        events = (Listed("people", takers, "behaviour", "event", "times", counts.source, True),)
    elif counts is not None:
        events = tuple(Listed(e, e, "behaviour", "event", "times", counts.source, True) for e in counts.events)
    return (*measures, *events)


def _versions() -> dict[str, str]:
    """What computed the numbers."""
    parts = ("personae", "numpy", "scipy", "scikit-learn", "duckdb", "pyarrow")
    return {"python": platform.python_version(), **{p: version(p) for p in parts}}
