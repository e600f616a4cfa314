"""scikit-learn estimators over the same stages as `personae run`, for those who bring their own matrix.

`BehaviourSpace` turns a matrix into coordinates in which distance means likeness; `PersonaClusterer` finds the groups, says
what kind of groups they are, and places new rows by the same rule that places users everywhere else.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from personae.errors import DataError
from personae.model.evidence import Evidence, Structure, Verdict
from personae.model.features import Counts, Features, Measure
from personae.model.rule import Rule
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.rule import coordinates, distances, place, to_personas
from personae.stages.choose import choose
from personae.stages.space import behaviour_space

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.utils import Tags

    Floats = NDArray[np.float64]
    Kinds = Literal["auto", "counts", "table"]

SOURCE = "X"


class BehaviourSpace(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Coordinates in which distance means likeness.

    Parameters
    ----------
    kind : {"auto", "counts", "table"}
        "counts" takes X as how often each user did each thing and uses shares; "table" takes columns as measures of different
        things, nan for empty; "auto" takes whole numbers with many zeros as counts.
    sample : int
        Rows the space is learnt from; all rows are transformed.
    random_state : int, RandomState or None
        Fills and shuffles are drawn from it.

    Attributes
    ----------
    factors_ : int or None
        Directions that carry more association than chance does.
    counts_ : bool
        Whether X was taken as counts.
    """

    def __init__(self, kind: Kinds = "auto", sample: int = 20_000, random_state: Any = 7) -> None:
        self.kind = kind
        self.sample = sample
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the space from X (n_samples, n_features)."""
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2)
        self.counts_ = _is_counts(X, self.kind)
        study = Study(sources=(SOURCE,), sample=self.sample, seed=_seed(self.random_state))
        space = behaviour_space(_features(X, self.counts_), study)
        if space is None:
            raise ValueError("every column of X has one value only, so no two rows differ")
        width = space.projection.shape[1]
        self.factors_ = space.factors
        self._rule = Rule(
            space.features,
            space.projection,
            np.zeros((1, width)),
            np.zeros(1, np.int32),
            np.full(1, np.inf),
            1.0,
        )
        self._n_features_out = width
        return self

    def transform(self, X: Any) -> Floats:
        """Coordinates (n_samples, n_components) of rows of X."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return coordinates(self._rule, *_inputs(self._rule, X), len(X))

    def __sklearn_tags__(self) -> Tags:
        """Empty cells are allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


class PersonaClusterer(ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Groups of rows, with a verdict on what kind of groups they are.

    When the verdict is "nothing", or there are too few rows to tell, every row gets label 0 and `verdict_` says why. A row that
    is like nobody gets -1.

    Parameters
    ----------
    n_groups : "auto" or int
        The number of groups; "auto" lets the data decide.
    method : {"auto", "kmeans", "nmf"} or another plug of the methods socket
        What proposes groups.
    kind : {"auto", "counts", "table"}
        How X is to be read; see BehaviourSpace.
    sample : int
        Rows the search looks at; every row is placed.
    random_state : int, RandomState or None
        The seed of the search.

    Attributes
    ----------
    labels_ : ndarray (n_samples,)
        The group of each row, largest group first; -1 for none.
    rule_ : personae.model.rule.Rule or None
        What places rows; None when the verdict is "nothing".
    evidence_ : personae.model.evidence.Evidence
        Everything that was tried and measured.
    verdict_ : personae.model.evidence.Verdict
        Kind ("natural", "reproducible", "constructive" or "nothing"), number and reason.
    counts_ : bool
        Whether X was taken as counts.
    """

    def __init__(
        self,
        n_groups: int | Literal["auto"] = "auto",
        method: str = "auto",
        kind: Kinds = "auto",
        sample: int = 20_000,
        random_state: Any = 7,
    ) -> None:
        self.n_groups = n_groups
        self.method = method
        self.kind = kind
        self.sample = sample
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Find the groups of the rows of X (n_samples, n_features)."""
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2)
        self.counts_ = _is_counts(X, self.kind)
        study = Study(
            sources=(SOURCE,),
            groups=str(self.n_groups),
            method=self.method,
            sample=self.sample,
            seed=_seed(self.random_state),
        )
        try:
            self.rule_, self.evidence_ = choose(_features(X, self.counts_), study)
        except DataError as problem:
            if problem.code != "P111":
                raise
            self.rule_, self.evidence_ = None, _nothing(f"{problem.what} (n_samples = {len(X)})")
        self._n_features_out = self.rule_.size if self.rule_ is not None else 1
        self.labels_ = self._labels(X)
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:
        """The group (n_samples,) of each row of X, by the rule that placed the training rows."""
        return self._labels(self._checked(X))

    def transform(self, X: Any) -> Floats:
        """Distances (n_samples, n_groups) of rows of X to each group in the behaviour space."""
        X = self._checked(X)
        if self.rule_ is None:
            return np.zeros((len(X), 1))
        z = coordinates(self.rule_, *_inputs(self.rule_, X), len(X))
        return np.sqrt(to_personas(distances(z, self.rule_.prototypes), self.rule_.owner, self.rule_.size))

    @property
    def verdict_(self) -> Verdict:
        """What kind of groups these are."""
        check_is_fitted(self)
        evidence: Evidence = self.evidence_
        return evidence.verdict

    def _checked(self, X: Any) -> Floats:
        check_is_fitted(self)
        checked: Floats = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return checked

    def _labels(self, X: Floats) -> NDArray[np.int64]:
        if self.rule_ is None:
            return np.zeros(len(X), np.int64)
        return place(self.rule_, *_inputs(self.rule_, X), len(X)).persona.astype(np.int64)

    def __sklearn_tags__(self) -> Tags:
        """Empty cells are allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _nothing(why: str) -> Evidence:
    """What is known when there is too little to look at."""
    return Evidence(Verdict(Structure.NOTHING, 0, None, why), (), (), (), (), (), "")


def _seed(random_state: Any) -> int:
    """A seed of our own from whatever scikit-learn takes."""
    return random_state if isinstance(random_state, int) else int(check_random_state(random_state).randint(2**31 - 1))


def _is_counts(X: Floats, kind: Kinds) -> bool:
    """Whether X counts like things: asked for, or eight columns or more of whole numbers from 0 on, three in ten of them 0."""
    whole = bool(np.isfinite(X).all() and (X >= 0).all() and (np.round(X) == X).all())
    if kind == "counts" and not whole:
        raise ValueError('kind="counts" needs whole numbers from 0 on, without empty cells')
    if kind not in ("auto", "counts", "table"):
        raise ValueError(f'kind is "auto", "counts" or "table", not {kind!r}')
    return kind == "counts" or (kind == "auto" and whole and X.shape[1] >= 8 and bool((X == 0).mean() >= 0.3))


def _features(X: Floats, counts: bool) -> Features:
    """X as Features: rows are known by their number and stand in the order of its md5, so that the first are a sample."""
    ids = [str(i) for i in range(len(X))]
    order = np.array(
        sorted(range(len(X)), key=lambda i: hashlib.md5(ids[i].encode(), usedforsecurity=False).digest()), np.int64
    )
    names = [f"x{j}" for j in range(X.shape[1])]
    texts = pa.array([ids[i] for i in order], pa.string())
    if counts:
        return Features(texts, Counts(csr_matrix(X[order]), tuple(names), SOURCE), ())
    measures = (
        Measure(n, n, Role.BEHAVIOUR, Kind.DECIMAL, X[order, j], source=SOURCE, forms=True) for j, n in enumerate(names)
    )
    return Features(texts, None, tuple(measures))


def _inputs(rule: Rule, X: Floats) -> tuple[csr_matrix | None, dict[str, Floats]]:
    """What the rule reads of X: counted events in its order, and each measure."""
    events = [int(f.column[1:]) for f in rule.features if f.of == "event"]
    measures = {f.column: X[:, int(f.column[1:])] for f in rule.features if f.of == "measure"}
    return csr_matrix(X[:, events]) if events else None, measures
