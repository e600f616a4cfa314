"""A claim taken apart: its facts, where its text names what they measure, and the text without names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from personae.claims.backing import OWN_WORDS
from personae.claims.ground import Ground, folded
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona
from personae.words.clauses import clause
from personae.words.comparing import Direction, directions
from personae.words.names import content, parts, short
from personae.words.reading import Number, aliases, mentions, numbers

BLANK = "\x00"
QUOTED = re.compile(
    r"\u201c([^\u201d]*)\u201d|\"([^\"]*)\"|\u00ab([^\u00bb]*)\u00bb|(?<!\w)\u2018([^\u2019]*)\u2019(?!\w)|(?<!\w)'([^']+)'(?!\w)"
)
"""A passage in quotation marks of any kind."""
Place = tuple[int, int, frozenset[str]]


@dataclass(frozen=True)
class Reading:
    """A claim of one persona in one of its parts."""

    claim: Claim
    persona: Persona
    known: Ground
    part: str

    @property
    def text(self) -> str:
        """What is said."""
        return self.claim.text

    @cached_property
    def cited(self) -> tuple[Fact, ...]:
        """The facts it cites, as far as they exist."""
        return tuple(self.known.facts[i] for i in self.claim.facts if i in self.known.facts)

    @cached_property
    def called(self) -> dict[str, tuple[str, ...]]:
        """The names of what each fact measures, but of measures of a group as a group, which need none."""
        return {f.id: named(f.label, f.measure, self.known.among) for f in self.cited if f.measure not in OWN_WORDS}

    @cached_property
    def unquoted(self) -> str:
        """The text without the passages that somebody wrote."""
        labels = " ".join(f.label for f in self.cited)  # a theme in quotes is what its fact measures, whoever wrote it too
        own = (m for m in QUOTED.finditer(self.text) if m[0] not in labels and self._written(folded(_passage(m))))
        return masked(self.text, ((m.start(), m.end()) for m in own))

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where the text names what facts measure, by their names or, where these are missing, by their words."""
        spans = _named(self.unquoted, self.called)
        found = {i for _, _, ids in spans for i in ids}
        rest: dict[str, list[Fact]] = {}
        for f in self.cited:
            if f.id in self.called and f.id not in found:
                rest.setdefault(f.label, []).append(f)
        text = masked(self.unquoted, mentions(self.unquoted, self.known.names))
        for label, facts in rest.items():
            foreign = {r for g in self.cited if g.label != label for r in roots(g.label)}
            spans += _worded(text, roots(label) - foreign or roots(label), frozenset(f.id for f in facts), spans)
        return tuple(sorted(spans, key=lambda s: s[0]))

    @cached_property
    def plain(self) -> str:
        """The text with what facts measure, what people wrote and names in quotes blanked out, of the same length; a column
        that is named without any of its answers too, where its name has several words: "most frequent region"."""
        spans = (*((s, e) for s, e, _ in self.places), *mentions(self.unquoted, columns(self.cited, self.known.among)))
        text = masked(self.unquoted, spans)
        return masked(text, ((m.start(), m.end()) for m in QUOTED.finditer(text) if self.quotable(_passage(m))))

    @cached_property
    def bare(self) -> str:
        """The plain text without the names of personas."""
        return masked(self.plain, mentions(self.text, self.known.names))

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Every number that is neither part of a name nor quoted."""
        return numbers(self.bare)

    @cached_property
    def directions(self) -> tuple[Direction, ...]:
        """Every word of more or less outside names and quotes."""
        return directions(self.bare)

    def quotable(self, passage: str) -> bool:
        """Whether somebody wrote this passage, or it is the name of a persona or of what a cited fact measures."""
        said = folded(passage)
        if not said or any(said == folded(n) for n in self.known.names) or self._written(said):
            return True
        if said in self.known.labels:
            return True
        return any(f" {said} " in f" {folded(t)} " for f in self.cited for t in (f.label, *self.called.get(f.id, ())))

    def _written(self, said: str) -> bool:
        return any(f" {said} " in f" {folded(q)} " for q in self.known.quotes)

    @cached_property
    def passages(self) -> tuple[str, ...]:
        """What stands in quotation marks."""
        return tuple(_passage(m) for m in QUOTED.finditer(self.text))

    def about(self, start: int, end: int) -> tuple[Fact, ...]:
        """The facts that something at this place is about: those named in its clause, or last before it, or first behind it;
        all cited facts where nothing is named. Of as many names as numbers behind them each has its own."""
        ids = self._listed(start)
        if ids is None:
            left, right, _ = clause(self.bare, start, end, ands=True)
            inside = [p for p in self.places if left <= p[0] < right]
            before = [p for p in self.places if p[1] <= start]
            own = ([p for p in inside if p[1] <= start] or inside[:1])[-1:] or before[-1:] or list(self.places[:1])
            ids = own[0][2] if own else frozenset(f.id for f in self.cited)
        return tuple(f for f in self.cited if f.id in ids)

    def _listed(self, start: int) -> frozenset[str] | None:
        """The facts of a number in a list of numbers that stands behind an equally long list of names: "A and B: 3 and 4"."""
        left, right = self._sentence(start)
        names = [p for p in self.places if left <= p[0] < right]
        figures = [n for n in self.numbers if left <= n.start < right]
        if not 2 <= len(names) == len(figures) or names[-1][1] > figures[0].start:
            return None
        at = next((i for i, n in enumerate(figures) if n.start <= start < n.end), None)
        return None if at is None else names[at][2]

    def _sentence(self, at: int) -> tuple[int, int]:
        """Where the sentence, or the part of it up to a semicolon, around a place begins and ends."""
        ends = [m.start() for m in re.finditer(r"[;.](?!\d)", self.bare)]
        return max((e + 1 for e in ends if e < at), default=0), min((e for e in ends if e >= at), default=len(self.text))


def masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these stretches blanked out, of the same length."""
    for start, end in spans:
        text = text[:start] + BLANK * (end - start) + text[end:]
    return text


def columns(facts: Iterable[Fact], among: tuple[str, ...]) -> tuple[str, ...]:
    """The names, whole and shortened, of the columns whose answers these facts count, of two words or more."""
    stems = {stem for stem, level in (parts(f.label, f.measure) for f in facts) if level and " " in stem.strip()}
    return tuple(dict.fromkeys(n for s in sorted(stems) for n in (s, *(short(s, among, most) for most in (42, 32)))))


@lru_cache(maxsize=4096)
def named(label: str, measure: str, among: tuple[str, ...]) -> tuple[str, ...]:
    """The names of what a fact measures, longest first."""
    return aliases(label, measure, among)


def _named(text: str, called: dict[str, tuple[str, ...]]) -> list[Place]:
    """Where the text has a name of a fact, longer names first."""
    by_name: dict[str, set[str]] = {}
    for i, names in called.items():
        for n in names:
            by_name.setdefault(n.casefold(), set()).add(i)
    low = text.casefold()
    spans: list[Place] = []
    for name in sorted((n for n in by_name if n in low), key=lambda n: (-len(n), n)):
        for start, end in mentions(text, [name]):
            if not any(start < e and s < end for s, e, _ in spans):
                spans.append((start, end, frozenset(by_name[name])))
    return spans


def _worded(text: str, wanted: frozenset[str], ids: frozenset[str], taken: list[Place]) -> list[Place]:
    """Where the text has words of what facts measure, outside what is named already."""
    hits = [(m.start(), m.end()) for m in re.finditer(r"[^\W_]+", text) if _meant(m.group(), wanted)]
    return [(s, e, ids) for s, e in hits if not any(s < y and x < e for x, y, _ in taken)]


@lru_cache(maxsize=4096)
def roots(label: str) -> frozenset[str]:
    """The words that carry a label, one form each."""
    return frozenset(w for w in content(label) if len(w) > 2)


def _meant(word: str, wanted: frozenset[str]) -> bool:
    """Whether a word is one of the wanted, in another form: "quickly" for "quick"."""
    low = word.lower()
    if len(low) < 3:
        return False
    root = next(iter(content(low)), low)
    if root in wanted or low in wanted:
        return True
    return any(len(w) > 3 and len(low) > 3 and (low.startswith(w[:-1]) or w.startswith(low)) and abs(len(w) - len(low)) < 5
               for w in wanted)  # fmt: skip


def _passage(m: re.Match[str]) -> str:
    """What a quotation holds."""
    return next((g for g in m.groups() if g is not None), "")
