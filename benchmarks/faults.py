"""How many planted faults the checker of sentences catches, and how many true sentences it refuses.

    python benchmarks/faults.py --faults 500 --seed 1

Faults are drawn by the seed, equally from every kind, out of all that can be planted in the sentences of the plain writer (of
four described worlds, of the demo run where --run names its folder) and in true sentences that people wrote over the facts of
a real run. A table a source: kind, planted, caught; then the true sentences that were refused.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import paraphrases
from described import shop
from faults import Planted, planted
from personae.claims.fault import fault
from personae.claims.ground import Ground, ground
from personae.claims.settle import doubted
from personae.claims.walk import claims
from personae.model.persona import Claim, Persona
from personae.store import Record

Told = list[tuple[Persona, str, Claim]]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--faults", type=int, default=500)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--run", default="", help="the folder .personae of a finished run, for its sentences too")
    said = asked.parse_args()
    for name, known, told, found in sources(said.run):
        draw = random.Random(said.seed)
        picked = sample(list(found), said.faults, draw)
        print(f"\n{name}: {len(picked)} faults")
        tell(picked, known)
        refused = [c.text for p, part, c in told if doubted(c, p, known, part)]
        print(f"  true sentences {len(told):5}  refused {len(refused):3}  {len(refused) / max(len(told), 1):.1%}")
        for text in refused[:10]:
            print(f"    refused: {text}")


def sources(run: str) -> Iterable[tuple[str, Ground, Told, Iterable[Planted]]]:
    """Each source: its name, what it is checked against, its true sentences, and the faults that can be planted in them."""
    told = paraphrases.told()
    yield "written by hand", paraphrases.known(), told, planted(paraphrases.personas(), paraphrases.known(), told)
    for seed in range(4):
        world = shop(users=2000, seed=seed)
        known = ground(world.personas, world.facts)
        yield f"plain writer, world {seed}", known, every(world.personas), planted(world.personas, known)
    if run:
        cast = Record(Path(run)).load("")
        known = ground(cast.personas, cast.facts, [q.text for q in cast.dossier.quotes])
        yield "a run", known, every(cast.personas), planted(cast.personas, known)


def every(personas: Iterable[Persona]) -> Told:
    """Every sentence of these personas."""
    return [(p, part, c) for p in personas for part, c in claims(p)]


def sample(found: list[Planted], wanted: int, draw: random.Random) -> list[Planted]:
    """Faults drawn at random, about as many of every kind; of rare kinds all there are."""
    kinds = sorted({x.kind for x in found})
    picked: list[Planted] = []
    for i, kind in enumerate(sorted(kinds, key=lambda k: sum(x.kind == k for x in found))):
        some = [x for x in found if x.kind == kind]
        each = (wanted - len(picked)) // (len(kinds) - i)
        picked += draw.sample(some, min(each, len(some)))
    return picked


def tell(picked: list[Planted], known: Ground) -> None:
    """How many of each kind were caught, by recomputing alone and with the second look; those that were missed."""
    planted_, first, both = Counter[str](), Counter[str](), Counter[str]()
    for x in picked:
        planted_[x.kind] += 1
        first[x.kind] += bool(fault(x.claim, x.persona, known, x.part))
        caught = bool(doubted(x.claim, x.persona, known, x.part))
        both[x.kind] += caught
        if not caught:
            print(f"    missed ({x.kind}): {x.claim.text}")
    for kind, n in planted_.items():
        print(f"  {kind:20} {n:4}  recomputed {first[kind] / n:7.1%}  caught {both[kind] / n:7.1%}")
    n = sum(planted_.values())
    print(f"  {'all':20} {n:4}  recomputed {sum(first.values()) / n:7.1%}  caught {sum(both.values()) / n:7.1%}")


if __name__ == "__main__":
    main()
