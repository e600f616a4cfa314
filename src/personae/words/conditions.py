"""Reading a condition: name, comparison, value; and, or, not, brackets. Nothing of it is ever run."""

from __future__ import annotations

import re

from personae.errors import UsageError
from personae.model.condition import Compare, Condition, Every, Not, Some

_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"]|"")*"|'(?:[^']|'')*')|(?P<mark><=|>=|!=|<>|==|[=<>(),])|(?P<word>[^\s()=!<>,"']+))"""
)
_SAME = {"==": "=", "<>": "!="}
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "in")
_FORM = 'write name = value, such as outcome = 1, plan in (pro, team), "first visit" >= 30; join with and, or, not, brackets'


def parse(text: str, where: str = "--who") -> Condition:
    """The condition that a text says. "and" binds closer than "or". Raises UsageError P001 that shows where it stops.

    >>> parse("churned = yes and (age >= 50 or plan in (pro, team))").parts[0]
    Compare(name='churned', op='=', values=('yes',))
    """
    reader = _Reader(text, where)
    found = reader.either()
    if reader.left:
        raise reader.wrong("there is something after the end")
    return found


class _Reader:
    """The words of a condition, taken one after the other."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.left: list[tuple[str, bool, int]] = []
        at = 0
        while text[at:].strip():
            m = _TOKEN.match(text, at)
            if m is None:
                raise self.wrong("a quote is not closed" if text[at:].lstrip()[0] in "\"'" else "this sign means nothing", at)
            word = m["quoted"]
            inner = word[1:-1].replace(word[0] * 2, word[0]) if word else m["word"] or _SAME.get(m["mark"], m["mark"])
            self.left.append((inner, bool(word), m.end() - len(m[0].lstrip())))
            at = m.end()

    def either(self) -> Condition:
        """Parts joined by "or"."""
        parts = [self.both()]
        while self.took("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def both(self) -> Condition:
        """Parts joined by "and"."""
        parts = [self.one()]
        while self.took("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def one(self) -> Condition:
        """One comparison, its opposite, or a part in brackets."""
        if self.took("not"):
            return Not(self.one())
        if self.took("("):
            inner = self.either()
            self.need(")")
            return inner
        name = self.value("a name")
        if self.took("not"):
            self.need("in")
            return Not(Compare(name, "in", self.several()))
        op = next((c for c in COMPARISONS if self.took(c)), "")
        if not op:
            said = "two words stand side by side: put quotes around a name of several words" if self.left else "it ends early"
            raise self.wrong(said)
        return Compare(name, op, self.several() if op == "in" else (self.value("a value"),))

    def several(self) -> tuple[str, ...]:
        """Values in brackets."""
        self.need("(")
        values = [self.value("a value")]
        while self.took(","):
            values.append(self.value("a value"))
        self.need(")")
        return tuple(values)

    def took(self, word: str) -> bool:
        """Whether the next word is this one; then it is taken."""
        if self.left and not self.left[0][1] and self.left[0][0].lower() == word:
            self.left.pop(0)
            return True
        return False

    def need(self, word: str) -> None:
        """Take this word or stop."""
        if not self.took(word):
            raise self.wrong(f'"{word}" is missing')

    def value(self, what: str) -> str:
        """The next name or value."""
        if not self.left or (not self.left[0][1] and self.left[0][0] in (*COMPARISONS[:6], "(", ")", ",")):
            raise self.wrong(f"{what} is missing")
        return self.left.pop(0)[0]

    def wrong(self, why: str, at: int | None = None) -> UsageError:
        """The condition up to where it stops making sense."""
        place = at if at is not None else self.left[0][2] if self.left else len(self.text)
        before = self.text[:place].rstrip()
        seen = f'after "{before}"' if before else "at its start"
        return UsageError("P001", f"the condition cannot be read {seen}: {why}", where=f"{self.where} {self.text!r}", fix=_FORM)
