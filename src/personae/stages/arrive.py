"""Those who arrive placed together; one who cannot be placed keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from personae.errors import PersonaeError
from personae.model.cast import Cast
from personae.model.exclusion import Exclusion
from personae.model.intake import Answer
from personae.stages.exclusion import exclusion
from personae.stages.intake import Scorer

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Placer:
    """A run ready to place whoever arrives, and the people who take no part."""

    scorer: Scorer
    spared: Exclusion

    @property
    def cast(self) -> Cast:
        """The run."""
        return self.scorer.cast


def placer(cast: Cast, *, strict: bool) -> Placer:
    """A run made ready. Raises what `exclusion` raises, as nobody may be placed who objected."""
    scorer = Scorer(cast, strict=strict)
    return Placer(scorer, exclusion(cast.study.exclude, scorer.intake.id))


def arrive(scorer: Scorer, records: Sequence[Mapping[str, Any]]) -> list[Answer | PersonaeError]:
    """The answer to each record, in their order, or why there is none. Records are placed at once; where one of them is
    refused, each by itself."""
    found = attempt(lambda: scorer.place(records))
    if not isinstance(found, PersonaeError):
        return list(found)
    return [found] if len(records) == 1 else [x for r in records for x in arrive(scorer, [r])]


def attempt(work: Callable[[], T]) -> T | PersonaeError:
    """What some work gives, or why it gives nothing. A fault of ours says its kind and no more, as its words may hold data; it
    is set aside like what is wrong with the data, since who listens for days must not end by one record."""
    try:
        return work()
    except PersonaeError as wrong:
        return wrong
    except Exception as error:
        fix = "see whether personae score places it, and send us the report that it writes"
        return PersonaeError("P900", f"a fault inside personae ({type(error).__name__})", fix=fix)
