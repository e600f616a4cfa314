"""The rule of a run as a JavaScript module that needs nothing else: no package, no network, no code made at run time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from personae import plugins
from personae.audit.scales import SILENT, ranks
from personae.model.cast import Cast
from personae.model.intake import Field, Intake
from personae.model.plain import plain
from personae.model.rule import BORDERLINE, REASONS, SHARED, Feature, Rule
from personae.sql.coefficients import Coefficients, coefficients

PARTS = tuple(Path(__file__).parent / "templates" / f"{name}.mjs" for name in ("cells", "records", "place"))
"""The reading of cells and of records, and the arithmetic, the same for every run: parts of one module, in this order."""
_ANSWER = """/**
 * @typedef {Object} Answer
 * @property {string} id
 * @property {string} persona key of the persona, "" for none
 * @property {string} persona_name
 * @property {number} membership share of the first persona in a soft assignment, 0 to 1
 * @property {string} second key of the second nearest persona; of the nearest where the user is outside
 * @property {number} margin 0 on the border to the second persona, 1 far from it
 * @property {"core"|"border"|"outside"} kind
 * @property {string} reason
 * @property {string} run the run whose rule said so
 */
"""


def export(cast: Cast, path: Path, *, intake: Intake) -> Path:
    """Write the module to a file."""
    path.write_text(text(cast, intake), encoding="utf-8", newline="\n")
    return path


def text(cast: Cast, intake: Intake) -> str:
    """The module as text: the run's numbers, the steps that it takes, and what is the same for every run.

    Raises ValueError for a cast without a rule, and for one with a step that has no JavaScript.
    """
    if cast.rule is None:
        raise ValueError("this run has no rule")
    data = {
        "run": cast.run,
        "personas": [
            {"index": p.index, "key": p.key, "name": p.name, "users": p.users, "share": p.share} for p in cast.personas
        ],
        "reasons": list(REASONS),
        "intake": {**plain(intake), "fields": [_field(f) for f in intake.fields]},
        "rule": _rule(cast.rule),
    }
    names = sorted({s.name for f in cast.rule.features for s in f.steps})
    steps = "".join(f"  {json.dumps(n)}: {_step(n)},\n" for n in names)
    head = "".join(f"// {' '.join(line.splitlines())}\n".replace("<", "\u2039") for line in _head(cast, intake))
    silent = f"const SILENT = new Set({_json(sorted(SILENT))});\n"
    known = f"const DATA = {_json(data)};\n\nconst STEPS = {{\n{steps}}};\n{silent}\n"
    return f"{head}{_ANSWER}\n{known}{''.join(part.read_text(encoding='utf-8') for part in PARTS)}"


def _head(cast: Cast, intake: Intake) -> Iterator[str]:
    yield f"Every {cast.study.entity} placed by the rule of run {cast.run or '(not recorded)'}."
    for p in cast.personas:
        yield f"  {p.key}  {p.name}: {p.users:,} of {cast.users:,} in the run"
    parts = [f'"{intake.id}"', *(f'"{f.name}"' for f in intake.fields if any(f.makes))]
    parts += ['"events" (counts by event, or a list of events)'] if intake.counted else []
    parts += ['"measures" (ready made)'] if intake.measures else []
    yield f"A record has {', '.join(parts)}."
    yield 'import { place } from "./personae.mjs"; place(record).persona_name'


def _step(name: str) -> str:
    plug = plugins.find("steps", name)
    if not hasattr(plug, "JS"):
        raise ValueError(f"the step {name} has no JavaScript")
    return str(plug.JS)


def _field(field: Field) -> dict[str, Any]:
    """A field as plain data, with what follows from its words."""
    most = 1 + max((w.count(field.mark) for w in field.words), default=0) if field.mark else 1
    digits = all(w.isdigit() for w in field.words)
    return {**plain(field), "ranks": [list(x) for x in ranks(field.words).items()], "most": most, "digits": digits}


def _rule(rule: Rule) -> dict[str, Any]:
    """The rule's numbers as the module reads them; what is endless is null."""
    held = coefficients(rule)
    m = len(held.events) if held is not None else 0
    words = {f.column for f in rule.features if any(s.name == "level" for s in f.steps)}
    first = rule.features[0].steps[0].name if m else ""
    return {
        "first": "total" if first in SHARED else first,
        "events": [_event(rule.features[j], held, j) for j in range(m)] if held is not None else [],
        "offset": held.offset.tolist() if held is not None else [0.0] * rule.projection.shape[1],
        "measures": [
            {"column": f.column, "text": f.column in words, "steps": _steps(f), "row": rule.projection[j].tolist()}
            for j, f in enumerate(rule.features[m:], start=m)
        ],
        "guards": _guards(rule, held),
        "extent": _extent(rule),
        "prototypes": rule.prototypes.tolist(),
        "owner": rule.owner.tolist(),
        "radius": [_ended(r) for r in rule.radius.tolist()],
        "spread": float(rule.spread),
        "size": rule.size,
        "needs": list(rule.needs),
        "active": rule.active,
        "borderline": BORDERLINE,
    }


def _event(feature: Feature, held: Coefficients, j: int) -> dict[str, Any]:
    steps = [[s.name, dict(s.learned)] for s in feature.steps[:-1]]
    return {"name": feature.column, "steps": steps, "zero": float(held.zero[j]), "weight": held.weight[j].tolist()}


def _steps(feature: Feature) -> list[list[Any]]:
    return [[s.name, dict(s.learned)] for s in feature.steps]


def _guards(rule: Rule, held: Coefficients | None) -> list[dict[str, Any]]:
    of_events = {i: (square, product, constant) for i, square, product, constant in held.guards} if held is not None else {}
    made = []
    for i, g in enumerate(rule.guards):
        known: dict[str, Any] = {"start": g.start, "stop": g.stop, "edges": g.edges.tolist(), "most": _ended(float(g.most))}
        known["limits"] = [_ended(x) for x in g.limits.tolist()]
        if i in of_events:
            square, product, constant = of_events[i]
            here = slice(g.start, g.stop)
            known |= {"square": square[here].tolist(), "product": product[here].tolist(), "constant": constant}
        else:
            known["weight"] = g.weight.tolist()
        made.append({**known, "events": i in of_events})
    return made


def _extent(rule: Rule) -> dict[str, Any] | None:
    """How far the known groups go, the columns of the basis one after another."""
    if rule.extent is None:
        return None
    limits = {n: [_ended(x) for x in getattr(rule.extent, n).tolist()] for n in ("near", "apart")}
    return {**limits, **{n: getattr(rule.extent, n).tolist() for n in ("edges", "unit")}, "basis": rule.extent.basis.T.tolist()}


def _ended(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _json(data: Mapping[str, Any] | list[str]) -> str:
    """JSON that is safe inside a script of a page, floats as the shortest text that gives the same float."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
