"""personas.lock: what a run found as text that reads well in a review and changes only where the personas do."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from personae.model.cast import Cast
from personae.model.persona import UNTESTED, Persona, Profile
from personae.model.plain import plain
from personae.words.apart import brief
from personae.words.legible import legible
from personae.words.numbers import percent

HEAD = "# Made by personae export --lock; to change a persona, run or edit it and make this file again."
MOST = 4
"""Differences from everyone above the average, and below it, that are listed of a persona."""


def export(cast: Cast, path: Path) -> Path:
    """Write the personas of a cast as TOML, ordered by key; the same personas give the same bytes."""
    path.write_text("\n".join(_lines(cast)) + "\n", encoding="utf-8", newline="\n")
    return path


def digest(cast: Cast) -> str:
    """The hash of the rule that places users; "" without one."""
    if cast.rule is None:
        return ""
    text = json.dumps(plain(cast.rule, 9), sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _lines(cast: Cast) -> Iterator[str]:
    verdict, outside = cast.evidence.verdict, cast.users - sum(p.users for p in cast.personas)
    yield from (HEAD, "schema = 1", "", "[run]")
    yield from _pairs(
        run=cast.run, verdict=verdict.kind.value, personas=len(cast.personas), users=cast.users,
        outside=_number(outside, cast.study.floor), method=cast.evidence.chosen, seed=cast.study.seed, rule=digest(cast),
    )  # fmt: skip
    for table in cast.tables:
        for name, sha, _ in table.files:
            yield from ("", "[[data]]", *_pairs(file=re.split(r"[\\/]", name)[-1], sha256=sha))
    profiles = {p.key: p for p in cast.profiles}
    for p in sorted(cast.personas, key=lambda p: (len(p.key), p.key)):
        yield from ("", "[[persona]]", *_persona(p, profiles.get(p.key), cast))


def _persona(p: Persona, profile: Profile | None, cast: Cast) -> Iterator[str]:
    tested = p.steady != UNTESTED
    yield from _pairs(
        key=p.key, name=p.name, users=_number(p.users, cast.study.floor), share=_share(p.users, cast),
        steady=p.steady, **({"steadiness": round(float(p.steadiness), 2)} if tested else {}),
    )  # fmt: skip
    told = (*profile.above[:MOST], *profile.below[:MOST]) if profile else ()
    yield "sets_apart = ["
    yield from (f"  {_text(brief(t))}," for t in told)
    yield "]"


def _pairs(**values: object) -> Iterator[str]:
    for key, value in values.items():
        yield f"{key} = {_text(value) if isinstance(value, str) else value}"


def _number(n: int, floor: int) -> int | str:
    """A number of users; few are not told."""
    return f"fewer than {floor}" if 0 < n < floor else int(n)


def _share(n: int, cast: Cast) -> str:
    """A share of everyone; that of few is a bound."""
    few, everyone = 0 < n < cast.study.floor, max(cast.users, 1)
    return f"under {percent(cast.study.floor / everyone)}" if few else percent(n / everyone)


def _text(value: str) -> str:
    """A basic string of TOML: as in JSON, but a delete character is escaped, too."""
    return json.dumps(legible(value), ensure_ascii=False).replace("\x7f", "\\u007f")
