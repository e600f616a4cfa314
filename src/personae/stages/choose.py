"""How many groups, of what kind, and the rule that places everyone in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from personae import plugins
from personae.errors import DataError, Refused, UsageError
from personae.model.clustering import Space
from personae.model.evidence import Border, Evidence, Structure
from personae.model.features import Features
from personae.model.rule import Rule
from personae.model.study import Study
from personae.model.trial import Case, Trial, Tried
from personae.progress import step, tell, warn
from personae.rule import distances, to_personas
from personae.stages import verdict
from personae.stages.ends import axes
from personae.stages.examine import examine
from personae.stages.method import Method, method
from personae.stages.neighbours import ready
from personae.stages.prepared import prepared
from personae.stages.search import FEW_WAYS, each, fitted, judge, mixture, search, steadied, unsized, wider
from personae.stages.sensitivity import SAME, sensitivity
from personae.stages.settle import overlap, settle
from personae.stages.silhouettes import silhouettes
from personae.stages.smallest import reaches, smallest
from personae.stages.space import behaviour_space
from personae.stages.torn import across
from personae.stages.verdict import Choice

FEWEST = 20
"""Users below whom groups are not looked for."""
COARSE = 5
"""The largest number of groups held against the copula: finer cuts of a bent cloud look structured."""
FEW_SAMPLES = 5
DRAWS = 12
"""Copula draws that dense regions are held against."""
SAMPLES = 30
"""Bootstrap samples of the groups that were chosen."""


def choose(features: Features, study: Study, active: bool | None = None) -> tuple[Rule | None, Evidence]:
    """The rule and all the evidence for it; no rule when there is nothing and groups are not forced.

    `active` is that of the rule in force, where there is one: who did nothing is then left out, or not, as before.
    Raises DataError P111 when there is too little to group, MachineError P501 for a map whose package is missing. Runs on one
    thread of the linear algebra, so that the number of cores never changes a digit.
    """
    ready(study)
    with threadpool_limits(limits=1):
        space = behaviour_space(features, study, active)
        if space is None or len(space.rows) < FEWEST:
            raise _too_little(space, features)
        trial = _tried(space, study)
        choice = verdict.decide(space, study, trial.tried, trial.dense, trial.mixture)
        seen: list[tuple[str, int]] = []
        while choice.structure == Structure.NATURAL and (own := _called(choice.own)) not in seen:
            seen.append(own)
            mixed = trial.mixture and _held(space, trial.mixture, choice.own, study)
            trial = replace(trial, tried=tuple(_held(space, t, choice.own, study) for t in trial.tried), mixture=mixed)
            choice = verdict.decide(space, study, trial.tried, trial.dense, trial.mixture)
        choice = _limited(choice, space, study, trial, len(features))
        if choice.structure == Structure.NOTHING and not study.force:
            return None, _nothing(space, features, study, trial, choice)
        step("group", "placing everyone")
        rule, fidelity = settle(space, choice.best.clustering, features, study)
        while (fewer := next((t for t in trial.tried if t.candidate.size == rule.size), None)) and (
            rule.size < choice.best.candidate.size
        ):
            choice = verdict.smaller(choice, fewer, space, trial.tried)
            rule, fidelity = settle(space, fewer.clustering, features, study)
        if rule.size < 2 and not study.force:
            return None, _nothing(space, features, study, trial, replace(choice, structure=Structure.NOTHING))
        best = steadied(space, choice.best, study, SAMPLES)
        torn = across(space, best.clustering, study) if choice.structure == Structure.NATURAL else None
        choice = verdict.cut_across(choice) if torn is not None and torn.words else choice
        choice = verdict.held_to(choice, best)
        choice, trial = _known(choice, best), _with(trial, best)
        tell("group", verdict.summary(choice, trial.tried))
        found = _evidence(space, study, trial, choice, best, fidelity, rule)
        effect = sensitivity(features, study, rule, choice.best.clustering)
        if effect is not None and effect.agreement is not None and effect.agreement < SAME:
            warn(effect.words)
        order = tuple(_order(space, best, rule))
        case = Case(features, study, space, trial, best, choice.structure, order, rule)
        found = replace(found, preparation=replace(prepared(space, features, study), sensitivity=effect))
        return rule, examine(found, case)


def _limited(choice: Choice, space: Space, study: Study, trial: Trial, users: int) -> Choice:
    """The choice among groupings without a group under the smallest that is of use, where there are any."""
    least = smallest(study.smallest, users)

    def fits(t: Tried) -> bool:
        return reaches(t.candidate.smallest, users, least)

    allowed = tuple(t for t in trial.tried if fits(t))
    if not allowed or fits(choice.best) or choice.structure == Structure.NOTHING:
        return choice
    dense = trial.dense if trial.dense and fits(trial.dense) else None
    mixed = trial.mixture if trial.mixture and fits(trial.mixture) else None
    again = verdict.decide(space, study, allowed, dense, mixed)
    structure = Structure.CONSTRUCTIVE if again.structure == Structure.NOTHING else again.structure
    return replace(choice, best=again.best, structure=structure, alternative=choice.own.candidate.size)


def _known(choice: Choice, best: Tried) -> Choice:
    """The choice with its grouping measured once more, so that one number is said everywhere."""
    return replace(choice, best=best, own=best if choice.own.clustering is best.clustering else choice.own)


def _with(trial: Trial, best: Tried) -> Trial:
    """The trial with the same."""
    tried = tuple(best if t.clustering is best.clustering else t for t in trial.tried)
    dense = best if trial.dense is not None and trial.dense.clustering is best.clustering else trial.dense
    mixed = best if trial.mixture is not None and trial.mixture.clustering is best.clustering else trial.mixture
    return replace(trial, tried=tried, dense=dense, mixture=mixed)


def _nothing(space: Space, features: Features, study: Study, trial: Trial, choice: Choice) -> Evidence:
    tell("group", verdict.summary(choice, trial.tried))
    found = _evidence(space, study, trial, choice, choice.best, 1.0, None)
    order = tuple(_order(space, choice.best, None))
    case = Case(features, study, space, trial, choice.best, Structure.NOTHING, order, None)
    return replace(examine(found, case), preparation=prepared(space, features, study))


def _called(t: Tried) -> tuple[str, int]:
    """A grouping by its method and its number."""
    return t.clustering.method, t.candidate.size


def _held(space: Space, t: Tried, own: Tried, study: Study) -> Tried:
    """The data's own grouping with the test of its borders on users it was not fitted on; the others as they are."""
    if _called(t) != _called(own):
        return t
    if t.candidate.stability is None:
        t = steadied(space, t, study)
    measured = {
        **plugins.find("checks", "holdout").check(space, t.clustering, study.seed),
        **plugins.find("checks", "passage").check(space, t.clustering, study.seed),
        **plugins.find("checks", "crossing").check(space, t.clustering, study.seed),
    }
    return replace(t, candidate=replace(t.candidate, **measured))


def _instead(space: Space, asked: Method, study: Study) -> str:
    """What to type instead of a method that refused."""
    try:
        fitted(space, asked.name, 0 if unsized(asked.name) else 2, study.seed, asked.options)
    except Refused as no:
        return no.fix or "--method auto"
    return "--method auto"


def _tried(space: Space, study: Study) -> Trial:
    asked = method(study.method)
    one = Method("kmeans") if asked.auto else asked
    if study.group_range()[1] < 2:
        raise UsageError("P001", "one group is everyone", where=f"--groups {study.groups}", fix="--groups 2 or more, or auto")
    wide = replace(study, groups=f"2-{max(10, study.group_range()[1])}")
    tried, refused = search(space, wide, one)
    if not tried:
        why = refused[0][1] if refused else "one group only"
        raise DataError(
            "P111", f"{one.name} does not fit these data: {why}", did="no groups were formed", fix=_instead(space, one, study)
        )
    usual = len(tried)
    if asked.auto and study.groups == "auto":
        tried = wider(space, wide, tried)
    tried = silhouettes(space, tried, study)
    steady = each(lambda t: steadied(space, t, study), tried[:usual])
    sizes = tuple(t.candidate.size for t in steady if t.candidate.size <= COARSE)
    copula = plugins.find("checks", "copula").against_copula(space, sizes, study.seed)
    known = tuple(replace(t, candidate=replace(t.candidate, copula=copula.get(t.candidate.size))) for t in steady)
    known = (*known, *tried[usual:])
    dense = None
    if one.name == "hdbscan" and (verdict.beyond(known) or _denser(space, known[0], study)):
        dense = known[0]  # asked for by name, its regions answer to the same tests as where the search chose them
    if asked.auto and verdict.wants_density(space, known):
        try:
            joined = plugins.find("methods", "hdbscan").JOIN
            dense = judge(space, fitted(space, "hdbscan", 0, study.seed, joined), study)
            dense = silhouettes(space, [dense], study)[0]
            dense = steadied(space, dense, study, FEW_SAMPLES)
            if not verdict.beyond(known) and not _denser(space, dense, study):
                refused.append(("hdbscan", "columns that have nothing to do with each other have regions as dense"))
                dense = None
        except Refused as no:
            refused.append(("hdbscan", no.reason))
    return Trial(known, dense, tuple(refused), _mixed(space, study, known, dense) if asked.auto else None)


def _mixed(space: Space, study: Study, tried: tuple[Tried, ...], dense: Tried | None) -> Tried | None:
    """Gaussians of any covariance, on numbers in few directions where dense regions are not natural: where round groups
    are, they may spread in different ways."""
    if study.groups != "auto" or not space.numeric or space.textbook or space.scores.shape[1] > FEW_WAYS:
        return None
    choice = verdict.decide(space, study, tried, dense)
    if choice.structure == Structure.NATURAL and choice.own.clustering.method != "kmeans":
        return None
    try:
        return steadied(space, silhouettes(space, [mixture(space, study)], study)[0], study, FEW_SAMPLES)
    except Refused:
        return None


def _denser(space: Space, dense: Tried, study: Study) -> bool:
    """Whether the dense regions are further apart than those of data with the same columns and nothing else in common."""
    plug, here = plugins.find("methods", "hdbscan"), float(dense.clustering.settings["validity"])
    for null in plugins.find("checks", "copula").null_spaces(space, study.seed, DRAWS):
        try:
            there = plug.fit(null, 0, study.seed, **plug.JOIN)
        except Refused:
            continue
        if verdict.balanced(there.labels) and float(there.settings["validity"]) >= here - 0.05:
            return False
    return True


def _too_little(space: Space | None, features: Features) -> DataError:
    if space is None:
        return DataError(
            "P111",
            "no column is left to form groups",
            did="groups were not looked for",
            fix="name columns of behaviour: --group-by COLUMN,COLUMN",
        )
    return DataError(
        "P111",
        f"{len(space.rows)} of {len(features)} users can be compared; at least {FEWEST} are needed",
        did="groups were not looked for",
        fix="bring more users, or a longer window",
    )


def _evidence(
    space: Space, study: Study, trial: Trial, choice: Choice, best: Tried, fidelity: float, rule: Rule | None
) -> Evidence:
    order = _order(space, best, rule)
    place = {old: new for new, old in enumerate(order)}
    met = [(a, b, p) for a, b, p in best.borders if a in place and b in place]
    others = tuple(t for t in (trial.dense, trial.mixture) if t and t not in trial.tried)
    candidates = tuple(t.candidate for t in (*trial.tried, *others))
    borders = sorted((min(place[a], place[b]), max(place[a], place[b]), p) for a, b, p in met)
    jaccard = best.candidate.jaccard or tuple(0.0 for _ in order)
    return Evidence(
        verdict=verdict.worded(choice, best, study, space, len(order)),
        candidates=candidates,
        votes=(),
        steadiness=tuple(jaccard[c] for c in order),
        borders=tuple(Border(a, b, p, p > verdict.VALLEY) for a, b, p in borders),
        axes=axes(space),
        chosen=best.clustering.method,
        factors=space.factors,
        fidelity=fidelity,
        searched=len(space.rows),
        outliers=space.outliers,
        refused=trial.refused,
        space=space.words,
        apart=space.apart,
    )


def _order(space: Space, best: Tried, rule: Rule | None) -> list[int]:
    """The groups of the method in the order of the rule's personas."""
    labels, size = best.clustering.labels, best.clustering.size
    if rule is None:
        return list(np.argsort(-np.bincount(labels, minlength=size), kind="stable"))
    z = best.clustering.seen_in(space)
    placed = to_personas(distances(z, rule.prototypes), rule.owner, rule.size).argmin(axis=1)
    return overlap(labels, placed.astype(np.int32), rule.size)[0]
