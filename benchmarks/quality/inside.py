"""personae as a contender of score.py without starting a process for each set.

python score.py --call inside:found --families planted,null --seeds 31,32,33
python score.py --call inside:method_gmm --give-k --families planted --seeds 31
"""

import logging
import os
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pyarrow as pa

from personae import flow
from personae.api import _sources, _updated
from personae.errors import PersonaeError
from personae.stages.choose import choose
from personae.stages.score import place_features

logging.getLogger("personae").setLevel(logging.ERROR)
warnings.simplefilter("ignore")


def frame(d):
    """A planted set as a table, the users in the first column."""
    columns = {"user_id": pa.array(["u%06d" % i for i in range(d.n)])}
    for name, values, kind in zip(d.columns, d.rows, d.kinds):
        if kind == "category":
            columns[name] = pa.array([str(v) or None for v in values])
        elif kind == "count":
            columns[name] = pa.array(np.asarray(values, np.int64))
        else:
            columns[name] = pa.array(np.asarray(values, float), from_pandas=True)
    return pa.table(columns)


def measured(d, **settings):
    """The study and the features of a planted set, as the command would have them."""
    data = _updated(_sources((frame(d),)), {"id": "user_id", "worlds": "none", **settings})
    return data.study, flow.measured(data.study, data.frames)[1]


def searched(d, **settings):
    """Labels in the order of the set, the evidence, and the seconds of reading and of the search."""
    start = time.time()
    study, features = measured(d, **settings)
    read = time.time() - start
    rule, evidence = choose(features, study)
    persona = place_features(rule, features).persona
    at = np.array([int(str(i)[1:]) for i in features.ids])
    labels = np.full(d.n, -1)
    labels[at] = persona
    return labels, evidence, (read, time.time() - start - read)


def found(d, k=None, **settings):
    """Labels and what was said."""
    if k is not None:
        settings["groups"] = str(k)
    try:
        labels, evidence, seconds = searched(d, **settings)
    except PersonaeError as no:
        return np.zeros(d.n, int), {"structure": False, "kind": "refused", "why": no.what}
    said = evidence.verdict
    return labels, {
        "structure": said.kind == "natural", "kind": str(said.kind), "chosen": evidence.chosen, "factors": evidence.factors,
        "seconds_search": round(seconds[1], 2), "space": evidence.space, "own": said.own,
    }  # fmt: skip


def __getattr__(name):
    """`method_NAME`: that method, the number given with --give-k."""
    if not name.startswith("method_"):
        raise AttributeError(name)
    method = name.removeprefix("method_").replace("_", "-")
    return lambda d, k=None: found(d, k, method=method)
