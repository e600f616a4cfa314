"""A conversation with one endpoint: the ladder, the back-off, the budget, the time, and the answers that are kept."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.endpoint.address import Endpoint, key
from personae.endpoint.answers import Answer, Answers, digest
from personae.endpoint.body import RUNGS, body, tokens
from personae.endpoint.client import send
from personae.endpoint.failed import Failed
from personae.endpoint.reply import Reply, reply
from personae.model.worded import Asked
from personae.progress import warn

TRIES = 3
"""Attempts at one request where a later one may succeed."""
DOWN = 2
"""Requests in a row that may come to nothing before the endpoint is asked no more."""


@dataclass
class Line:
    """An open line to an endpoint. It counts what was sent and spent; `today` gives the date of new answers."""

    to: Endpoint
    asked: Asked
    answers: Answers
    today: str
    wait: Callable[[float], None] = time.sleep
    rung: int = 0
    spent: int = 0
    """Tokens of this run: what kept answers once cost is not among them."""
    told: int = 0
    """Tokens of all answers, as the endpoint counted them, kept ones included."""
    dates: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    _over: Failed | None = None
    _down: int = 0
    _unkept: bool = False
    _began: float = field(default_factory=time.monotonic)

    def ask(self, system: str, turns: Sequence[tuple[str, str]], schema: Mapping[str, Any], most: int) -> Reply:
        """The reply to a question, asked in the strictest way that the endpoint takes. Raises Failed."""
        while True:
            rungs = RUNGS[self.to.dialect]
            made = body(self.to, rungs[self.rung], system, turns, schema, most)
            try:
                return self._replied(made)
            except Failed as no:
                if no.kind != "form" or not self.lower():
                    raise

    def lower(self) -> bool:
        """Go one rung down the ladder; False on the last."""
        if self.rung + 1 >= len(RUNGS[self.to.dialect]):
            return False
        self.rung += 1
        return True

    @property
    def hash(self) -> str:
        """One hash for everything that was asked, in its order."""
        return hashlib.sha256("\n".join(self.sent).encode()).hexdigest()

    def _replied(self, made: Mapping[str, Any]) -> Reply:
        """The reply to one body, from what is kept or from the endpoint."""
        id = digest(self.to, made)
        answer = None if self.asked.again else self.answers.find(id)
        if answer is None:
            answer = self._fresh(made)
            self._keep(id, made, answer)
        self.sent.append(id)
        self.dates.append(answer.date)
        if answer.reply is None:
            raise Failed("form", answer.untaken)
        self.told += answer.reply.tokens
        return answer.reply

    def _keep(self, id: str, made: Mapping[str, Any], answer: Answer) -> None:
        """Keep an answer where that can be done: it is paid for, and the run goes on with it either way."""
        try:
            self.answers.keep(id, made, answer)
        except OSError as no:
            if not self._unkept:
                warn(f"answers of the model cannot be kept ({no.strerror}): another run asks and pays for them again")
            self._unkept = True

    def _fresh(self, made: Mapping[str, Any]) -> Answer:
        """The answer of the endpoint, after as many tries as may help."""
        if self._over is not None:
            raise self._over
        for attempt in range(TRIES):
            try:
                return self._attempt(made)
            except Failed as no:
                if no.kind in ("form", "fault") and self.rung + 1 < len(RUNGS[self.to.dialect]):
                    return Answer(self.today, None, no.words)
                if no.kind not in ("wait", "fault") or attempt + 1 == TRIES:
                    self._note(no)
                    raise
                self.wait(min(max(no.after, self.asked.pause * 2**attempt), self._left()))
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, made: Mapping[str, Any]) -> Answer:
        """One attempt within the budget and the time. Raises Failed."""
        need, left = tokens(made), self._left()
        if self.spent + need > self.asked.budget:
            raise Failed("stop", f"the budget of {self.asked.budget:,} tokens is used up; --ai-budget gives more")
        if left <= 0:
            raise Failed("stop", f"{self.asked.total:g} s were over; run it again to go on")
        data = send(self.to, key(self.to), made, min(self.asked.seconds, left))
        found = reply(self.to.dialect, data)
        if found is None:
            raise Failed("form", "the endpoint answered with something that holds no text")
        self.spent += found.tokens or need
        self._down = 0
        return Answer(self.today, found)

    def _left(self) -> float:
        """Seconds that remain of the time of all together, 0 where it is over."""
        return max(0.0, self.asked.total - (time.monotonic() - self._began))

    def _note(self, no: Failed) -> None:
        """Remember what ends the conversation: what nothing helps against, and an endpoint that is down again and again."""
        self._down += no.kind != "form"
        if no.kind == "stop" or self._down >= DOWN:
            self._over = no
