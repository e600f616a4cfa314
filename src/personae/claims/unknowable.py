"""What no fact of one run can back: causes, other times, feelings, and words that nobody wrote."""

from __future__ import annotations

import re

from personae.claims.reading import Reading
from personae.model.fact import Fact
from personae.words.lexicon import DEMOGRAPHIC
from personae.words.patterns import alternatives, either

CAUSES = either("""
    because / due to / so that / caus(?:e[sd]?|ing) / lead(?:s|ing)? to / led to / thanks to /
    as a (?:result|consequence) / driv(?:es|en|ing) / results? in / resulting (?:in|from) / owing to / therefore /
    hence / thus / consequently / which is why / that is why / this is why / explain(?:s|ed)? / in order to /
    motivat(?:es|ed|ing) / stems? from / attributable / trigger(?:s|ed)? / responsible for / makes? them /
    prompt(?:s|ed) / influenced by / given that / the reasons? / the effect of / encourag(?:es|ed) /
    forc(?:es|ed) them / keeps them from / in response to / on account of /
    helps? (?:them|to) / (?:saves?|costs?|lets|allows|enables|gives|brings|earns) them / at the expense of /
    which (?:shows|proves|means|suggests|makes) / shows? (?:that|how)
""")
TIMES = either("""
    (?:last|previous|next|this|past) (?:year|quarter|month|week|time|summer|winter|spring|autumn|season|decade) /
    yesterday / than before / used to / no longer / any ?more / increasingly / more and more / recently /
    so far this / in (?:19|20)\\d\\d / since (?:19|20)\\d\\d /
    (?:growing|shrinking|declining|rising|falling) (?:group|segment|share|number)
""")
DATES = either(
    """
    January / February / April / June / July / August / September / October / November / December / Christmas / Black Friday /
    (?:in|since|until|last|of) (?:March|May) / (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?
""",
    0,
)
MINDS = either("""
    feels? / feeling / felt / happy / unhappy / happier / angry / annoyed / frustrat\\w+ / loves? / loved / hates? /
    hated / hopes? / fears? / afraid / worr(?:y|ies|ied) / delight\\w* / satisf(?:ied|action) / dissatisf\\w+ /
    confused / bored / excited / stressed / lonely / proud / ashamed / enjoys? / passionate / trusts? / distrusts? /
    likes? to / prefers? / wants? / wish(?:es)? / needs? / believes? / thinks? / cares? about / values / loyal
""")
PERIOD = re.compile(r"\b(?:a|per|each|every) (day|week|month|year|session|visit|order|hour)\b", re.I)
VAGUE = either("dozens / hundreds / thousands / countless / numerous / plenty of / a couple / loads of / tons of")
SPEECH = re.compile(
    r"\b(?:they|users|customers|many|most|some|one|members)(?: of them)? (?:"
    + alternatives("""
    say / says / said / told / tell / complain / complained / report / reported / state / stated / claim / claimed /
    admit / wrote / write / describe / described
    """)
    + r")\b(?: that| us\b|:(?! ?\x00))",
    re.I,
)
HYPOTHESIS = either("""
    may / might / could / perhaps / maybe / possibly / whether / would / ask / find out / hypothesis / unknown /
    not known / open question / to test / not measured / no data / test
""")
EFFECT = re.compile(
    r"\b(?:will|guarantee\w*|ensures?|is sure to|certain to) (?:\w+ )?"
    r"(?:rise|increase|grow|double|lift|raise|cut|halve|reduce)",
    re.I,
)


def quoted(said: Reading) -> str:
    """The first passage in quotation marks that nobody wrote and that names nothing."""
    invented = next((p for p in said.passages if not said.quotable(p)), None)
    return "" if invented is None else f"nobody wrote {invented!r}"


def untellable(said: Reading) -> str:
    """The first thing a claim says that no fact can tell: a cause, another time, a feeling, what they said, what they are."""
    text = said.bare
    if said.claim.grade == "?":
        return "" if "?" in text or HYPOTHESIS.search(text) else "it is neither a question nor marked as a hypothesis"
    if CAUSES.search(text):
        return "it names a cause"
    if TIMES.search(text) or DATES.search(text):
        return "it compares with another time"
    period = next((m for m in PERIOD.finditer(text) if not any(_has(f, m[1]) for f in said.cited)), None)
    if period is not None or VAGUE.search(text):
        return f"no fact it cites says {period.group() if period else _found(VAGUE, text)!r}"
    if MINDS.search(text):
        return f"it says what they feel or want: {_found(MINDS, text)!r}"
    if SPEECH.search(text):
        return f"it says what they said: {_found(SPEECH, text)!r}"
    return _what_they_are(said)


def advised(said: Reading) -> str:
    """Why a text of advice promises what nobody knows."""
    return "it promises an effect" if EFFECT.search(said.bare) else ""


def _found(pattern: re.Pattern[str], text: str) -> str:
    """What a pattern found."""
    m = pattern.search(text)
    return m.group() if m else ""


def _has(fact: Fact, word: str) -> bool:
    """Whether a fact is about a period or occasion."""
    return word.lower() in f"{fact.label} {fact.measure} {fact.unit}".lower()


def _what_they_are(said: Reading) -> str:
    """A word for age, gender, family, origin or belief that no cited fact has (R104)."""
    own = {w for f in said.cited for w in re.findall(r"[^\W_]+", f"{f.label} {f.measure}".lower())}
    told = set(re.findall(r"[^\W_]+", said.bare.lower())) & (
        DEMOGRAPHIC - {"old", "older", "young", "younger", "single", "partners"}
    )
    return f"it says what people are: {min(told - own)!r}" if told - own else ""
