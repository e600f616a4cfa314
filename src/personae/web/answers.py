"""What the routes answer, as plain data: no route thinks, and nothing here knows HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from personae.errors import PersonaeError
from personae.model.cast import Cast
from personae.model.intake import Answer
from personae.stages.intake import Scorer
from personae.store import Record
from personae.web import limits, strict_json
from personae.web.problems import Problem

NAMES = tuple(f.name for f in fields(Answer) if f.name not in ("why", "unknown"))


def asked(body: bytes, id: str) -> tuple[Sequence[Mapping[str, Any]], bool]:
    """The records of a body, and whether it asks for several.

    Raises Problem for a body that cannot be read, for too many records, and for ids that are no texts."""
    found = strict_json.parsed(body)
    if not isinstance(found, list):
        return checked([found], id), False
    if not 0 < len(found) <= limits.MOST_RECORDS:
        what = f"{len(found):,} records came, and from 1 to {limits.MOST_RECORDS:,} are placed at once"
        raise Problem(422, "P302", what, where="body", fix="send them in several requests")
    return checked(found, id), True


def one(scorer: Scorer, records: Sequence[Mapping[str, Any]], explain: bool) -> bytes:
    """The answer to the one record there is. Raises DataError for one that does not fit."""
    return document(shown(scorer.place(records, explain=explain)[0], explain))


def turns(scorer: Scorer, records: Sequence[Mapping[str, Any]], explain: bool) -> Iterator[bytes]:
    """The answers to some records after others, as JSON without brackets, so that whoever sends them can let others have their
    turn between. Raises DataError for a record that does not fit, by its number among all."""
    step = limits.TURN_EXPLAINED if explain else limits.TURN
    for i in range(0, len(records), step):
        few = scorer.place(records[i : i + step], explain=explain, start=i)
        yield document([shown(a, explain) for a in few])[1:-1]


def checked(records: Sequence[Any], id: str) -> Sequence[Mapping[str, Any]]:
    """Records whose ids are texts: numbers lose their zeros on the way. Raises Problem 422 for another id."""
    for i, r in enumerate(records):
        given = r.get(id, r.get("id")) if isinstance(r, dict) else ""
        if not isinstance(given, str | None):
            where, what = f'record {i + 1}, field "{id}"', f'"{id}" of record {i + 1} is no text, and ids are texts'
            raise Problem(422, "P103", what, where=where, fix="put it in quotes")
    return records


def shown(answer: Answer, explain: bool) -> dict[str, Any]:
    """An answer; `why` only where it was asked for."""
    told = {n: getattr(answer, n) for n in NAMES}
    told["unknown"] = {"count": answer.unknown.count, "names": list(answer.unknown.names)}
    return {**told, "why": list(answer.why)} if explain else told


def document(value: Any) -> bytes:
    """JSON as it is sent; what no UTF-8 can say becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


def personas(cast: Cast) -> dict[str, Any]:
    """The personas of a run, each with what the evidence says it is."""
    listed = [
        {
            "key": p.key, "name": p.name, "users": p.users, "share": p.share, "steadiness": p.steadiness, "steady": p.steady,
            "verdict": p.verdict, "tagline": p.tagline.text, "traits": [t.text for t in p.traits],
        }
        for p in cast.personas
    ]  # fmt: skip
    verdict = cast.evidence.verdict
    return {
        "run": cast.run,
        "verdict": {"kind": str(verdict.kind), "why": verdict.why},
        "users": cast.users,
        "personas": listed,
    }


def why(scorer: Scorer, id: str) -> dict[str, Any]:
    """A user of the run: which persona, why, and from which data. Raises Problem 404 where the run has no such user."""
    try:
        answer = scorer.stored(id, explain=True)
    except KeyError:
        what = f"run {scorer.cast.run} has no user of this id"
        raise Problem(
            404, "P304", what, fix="ids are exact texts; POST the record to /v1/score to place somebody new"
        ) from None
    cast = scorer.cast
    data: dict[str, Any] = {"sources": [t.source for t in cast.tables], "read": _read(scorer)}
    if cast.window is not None:
        data["window"] = {"start": cast.window.start, "end": cast.window.end, "timezone": cast.window.timezone}
    kept = "what this user did is not kept with the run: POST the record to /v1/score?explain=true for their own numbers"
    return {**shown(answer, True), "data": data, "note": kept}


def _read(scorer: Scorer) -> list[str]:
    """What the rule reads of a user."""
    i = scorer.intake
    counts = [f"counts of {len(i.counted):,} events"] if i.counted else []
    return [*(f.name for f in i.fields if any(f.makes)), *counts, *i.measures]


def runs(record: Record) -> dict[str, Any]:
    """The runs of a record, oldest first. Raises what the record raises."""
    entries = record.entries()
    try:
        current = record.entry().id if entries else ""
    except PersonaeError:
        current = ""
    listed = [
        {
            "run": e.id, "date": e.date, "verdict": e.verdict, "personas": e.personas, "users": e.users,
            "sources": e.sources.split(", "), "current": e.id == current,
        }
        for e in entries
    ]  # fmt: skip
    return {"current": current, "runs": listed}
