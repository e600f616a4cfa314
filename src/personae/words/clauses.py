"""The clause a word stands in, and whose number a number is by the words of its clause."""

from __future__ import annotations

import re

from personae.words.patterns import alternatives, either

_JOINS = r"against|versus|vs|compared (?:with|to)|than|while|whereas|but|instead of|rather than|where|yet|though|although"
BREAKS = re.compile(rf"[;:()\[\]\u2014]|,(?!\d)|\.(?!\d)|\b(?:{_JOINS})\b", re.I)
AND = re.compile(r"\b(?:and|or)\b", re.I)
_USERS = r"users?|customers?|members?|people|persons?|shoppers?|visitors?|clients?|accounts?|products?|stores?|groups?"
REST = either(f"""
    rest / others / everyone else / everybody else / elsewhere / remaining / all others? / other (?:{_USERS}) /
    outside (?:it|this group)
""")
EVERYONE = either(f"""
    everyone / everybody / overall / (?:the|an|our|general|overall|site) average(?! of\\b) / average (?:{_USERS}) /
    all (?:{_USERS}) / typical (?:{_USERS}) / in general / as a whole / whole (?:base|population|crowd) /
    entire (?:base|population) / usual / norm / baseline / (?:{_USERS}) (?:overall|in total)
""")
OWN = either("they / them / their / theirs / here / this (?:group|persona|segment) / these / its / in the group / of the group")
COMPARED = re.compile(
    r"\b(?:"
    + alternatives("""
    times / twice / thrice / double / triple / half / third / quarter / fifth / tenth / points? / above / below /
    beyond / than / over / under / near / nearer / close to / closer to / beat / beats / exceed / exceeds / like / as
    """)
    + r")(?: (?:of|as (?:much|many|often|likely) as|that of|what))?"
    r"(?: does| do| is)? (?:the |an )?(?:average|everyone|everybody|overall)(?:'s|\u2019s)?",
    re.I,
)
"""Places where everyone is only what is compared with."""
BEFORE = re.compile(
    r"(everyone else|everyone|everybody|overall|the average|average (?:user|customer)s?|rest|others|elsewhere)[ :;,]*\($", re.I
)
"""Whose number stands in brackets."""


HEDGE = re.compile(r"\b(?:about|around|nearly|almost|roughly|only|just|some|approximately|close to|under|over) $", re.I)
"""A word that only loosens the number behind it."""
LIMIT = re.compile(r"\b(?:more|less|fewer|larger|smaller|higher|lower) than $", re.I)
"""What makes a number the least or the most."""
VERB = re.compile(r"\s?(?:is|are|was|were|lies|stands|of)\b", re.I)
FIRST = re.compile(r"\s?(?:of [\w\x00 ]{1,20})?,? ?(?:against|versus|vs|compared)\b", re.I)
"""What stands behind the first of two numbers that are compared."""


def clause(text: str, start: int, end: int, *, ands: bool = False) -> tuple[int, int, str]:
    """Where the clause around a stretch of text begins and ends, and the word that opens it; "and" parts clauses if asked."""
    left, opens = 0, ""
    patterns = (BREAKS, AND) if ands else (BREAKS,)
    for pattern in patterns:
        for m in pattern.finditer(text, 0, start):
            if m.end() > left:
                left, opens = m.end(), m.group().lower()
    behind = (pattern.search(text, end) for pattern in patterns)
    return left, min((m.start() for m in behind if m), default=len(text)), opens


def side(text: str, start: int, end: int) -> str:
    """Whose number it is: "own", "everyone", "rest", "other" (everyone or the rest), or "gap" and "gap rest" (a
    difference from everyone, from the rest)."""
    before, after = HEDGE.sub("", text[:start]), text[end:]
    if re.match(
        r"\s?(percentage )?(points? )?([a-z]+ )?(above|below|more|less|fewer|higher|lower|over|under)\b(?! of)", after
    ) and not VERB.match(after):
        return "gap rest" if re.match(r"[^;,.()]*\b(?:rest|others|everyone else|other)\b", after) else "gap"
    if FIRST.match(after) and re.search(r"[:(]\s?$", before):
        return "own"
    if re.search(
        r"\b(?:everyone|everybody|overall|the average of|average[:(]|everyone,)(?:'s|\u2019s)?[:( ]*\s?$", before, re.I
    ):
        return "everyone"
    if re.match(r"\s?(?:of|for|among|across|in) (?:everyone else|everybody else|the rest|the others|others)\b", after, re.I):
        return "rest"
    if re.match(r"\s?(?:of|for|among|across) (?:everyone|everybody|all)\b(?! of)", after, re.I):
        return "everyone"
    if re.search(r"\d of $", before):
        return "everyone"
    if re.search(r"(?:^|[;.,:] ?)(?:overall|in general|on the whole), $", before, re.I):
        return "everyone"
    if re.search(r"\b(?:rest|others)[:( ]*\s?$", before, re.I):
        return "rest"
    return _by_clause(text, start, end)


def _by_clause(text: str, start: int, end: int) -> str:
    """The same by the nearest word of the clause that says whose it is."""
    if bound := LIMIT.search(text[:start]):
        start = bound.start()
    left, right, opens = clause(text, start, end)
    inside = COMPARED.sub(lambda m: "\x00" * len(m.group()), text[left:right])
    at = start - left
    near = {}
    for name, pattern in (("own", OWN), ("rest", REST), ("everyone", EVERYONE)):
        gaps = [max(m.start() - (end - left), at - m.end(), 0) for m in pattern.finditer(inside)]
        if gaps:
            near[name] = min(gaps)
    if near:
        return min(near, key=lambda n: (near[n], n != "own"))
    if opens == "(":
        said = BEFORE.search(text[:left])
        if said:
            return "rest" if said.group(1).lower() in ("rest", "others", "elsewhere", "everyone else") else "everyone"
    return "other" if opens in ("against", "versus", "vs", "compared with", "compared to", "than", "instead of") else "own"
