"""A run on one page for machines and auditors, after the model cards of Mitchell et al. (2019)."""

from __future__ import annotations

from typing import Any

from personae.charts.numbers import plural
from personae.model.cast import Cast
from personae.model.plain import plain
from personae.report import accounts, verdict
from personae.report.limits import limits
from personae.report.preface import window


def model_card(cast: Cast) -> dict[str, Any]:
    """What was made, for what, from what, by what, how sure it is, and what it is not for. Aggregates only."""
    badge, e, many = verdict.badge(cast), cast.evidence, plural(cast.study.entity)
    made = {
        "title": verdict.headline(cast),
        "verdict": {"kind": badge.kind, "words": badge.phrase, "meaning": badge.sentences, "why": verdict.why(cast)},
        "made_by": {"name": "personae", "versions": dict(cast.versions), "method": e.chosen, "seed": cast.study.seed},
        "use": {
            "meant_for": f"planning, research and messages for groups of {many}",
            "not_for": f"decisions about a single {cast.study.entity}: credit, work, health, prices or rights",
        },
        "data": {
            "sources": [
                {"source": accounts.base(t.source), "rows": t.seen, "used": t.used, "set_aside": t.set_aside}
                for t in cast.tables
            ],
            "window": window(cast),
            "entity": cast.study.entity,
            many: cast.users,
        },
        "columns": {
            "form_the_groups": sorted(m.label for m in cast.measures if m.forms),
            "describe_only": sorted(m.label for m in cast.measures if not m.forms),
            "left_out": [{"name": x.name, "reason": x.reason} for x in cast.left_out],
        },
        "personas": [
            {"key": p.key, "name": p.name, "users": p.users, "share": p.share, "steadiness": p.steadiness, "origin": p.origin}
            for p in cast.personas
        ],
        "quality": {
            "fidelity_of_the_rule": e.fidelity if cast.personas else None,
            "steadiness_lowest": min((p.steadiness for p in cast.personas), default=None),
            "criteria": [{"criterion": v.criterion, "groups": v.shown, "words": v.words} for v in e.votes],
        },
        "limits": list(limits(cast)),
        "privacy": {"least": cast.study.floor, "rows_of_people": "none"},
        "made_again_by": accounts.command(cast.study),
    }
    told: dict[str, Any] = plain(made)
    return told
