"""The OpenAPI 3.1 document: every route, every problem, and a record as the run that is served reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personae.model.intake import Field, How, Intake
from personae.web import limits
from personae.web.problems import MEDIA

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_CELLS: Mapping[How, list[str]] = {
    How.NUMBER: ["number", "string", "null"],
    How.WHOLE: ["number", "string", "null"],
    How.FLAG: ["boolean", "string", "null"],
}
CAUTION = "A persona describes behaviour. It is not a basis for decisions about a person."


def record(intake: Intake) -> Schema:
    """A record of this run."""
    properties: Schema = {"id": {"type": "string", "minLength": 1, "description": "the exact id, a text"}}
    if intake.id != "id":
        properties[intake.id] = {"type": "string", "minLength": 1, "description": "the same under its name in the data"}
    properties |= {f.name: _cell(f) for f in intake.fields}
    if intake.counted:
        listed = {
            "type": "array",
            "items": {"oneOf": [_TEXT, {"type": "object"}]},
            "description": "events, each its name or a row",
        }
        counts = {
            "type": "object",
            "additionalProperties": {"type": "number", "minimum": 0},
            "description": "event to how often",
        }
        properties["events"] = {
            "oneOf": [counts, listed],
            "description": f"of the last {intake.window} days" if intake.window else "",
        }
    if intake.measures:
        kinds = {n: {"type": ["string", "null"] if n in intake.texts else ["number", "null"]} for n in intake.measures}
        properties["measures"] = {"type": "object", "properties": kinds, "required": list(intake.measures)}
    one_id = [{"required": [n]} for n in dict.fromkeys(("id", intake.id))]
    return {"type": "object", "properties": properties, "anyOf": one_id, "additionalProperties": True}


def _cell(field: Field) -> Schema:
    said = f"one of {', '.join(field.words)}" if field.words else "decimal comma" if field.format == "comma" else ""
    return {"type": _CELLS.get(field.how, ["string", "number", "boolean", "null"]), **({"description": said} if said else {})}


def components(intake: Intake) -> Schema:
    """The shapes that the routes share."""
    answer = _object(id=_TEXT, persona=_TEXT, persona_name=_TEXT, membership=_share(), second=_TEXT, margin=_NUMBER,
                     kind={"enum": ["core", "border", "outside"]}, reason=_TEXT, run=_TEXT,
                     unknown=_object(count=_COUNT, names=_list(_TEXT)))  # fmt: skip
    answer["properties"]["unknown"]["description"] = "events of the record that no user of the run did, the first three by name"
    answer["properties"]["why"] = _list(_TEXT)
    told = {"type": "object", "properties": {**answer["properties"], "data": {"type": "object"}, "note": _TEXT},
            "required": [*answer["required"], "why", "data"]}  # fmt: skip
    persona = _object(key=_TEXT, name=_TEXT, users=_COUNT, share=_share(), steadiness=_NUMBER, steady=_TEXT, verdict=_TEXT,
                      tagline=_TEXT, traits=_list(_TEXT))  # fmt: skip
    run = _object(run=_TEXT, date=_TEXT, verdict=_TEXT, personas=_COUNT, users=_COUNT, sources=_list(_TEXT),
                  current={"type": "boolean"})  # fmt: skip
    return {
        "Record": record(intake),
        "Answer": answer,
        "Answers": _object(run=_TEXT, answers=_list(_ref("Answer"))),
        "Why": told,
        "Personas": _object(run=_TEXT, verdict=_object(kind=_TEXT, why=_TEXT), users=_COUNT, personas=_list(persona)),
        "Runs": _object(current=_TEXT, runs=_list(run)),
        "Health": _object(status={"const": "ok"}),
        "Problem": _problem(),
    }


def _problem() -> Schema:
    made = _object(
        type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT, code={"type": "string", "pattern": "^P[0-9]{3}$"}
    )
    made["properties"] |= {"where": _TEXT, "fix": _TEXT}
    return made


def body() -> Schema:
    """One record, or several."""
    several = {"type": "array", "items": _ref("Record"), "minItems": 1, "maxItems": limits.MOST_RECORDS}
    return {"required": True, "content": {"application/json": {"schema": {"oneOf": [_ref("Record"), several]}}}}


def answered(*names: str) -> Schema:
    """The answers of a route: 200 with one of these shapes, and a problem otherwise."""
    shapes = [_ref(n) for n in names]
    shape = shapes[0] if len(shapes) == 1 else {"oneOf": shapes}
    problem = {"description": "a problem (RFC 9457)", "content": {MEDIA: {"schema": _ref("Problem")}}}
    return {"200": {"description": "the answer", "content": {"application/json": {"schema": shape}}}, "default": problem}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _share() -> Schema:
    return {"type": "number", "minimum": 0, "maximum": 1}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
