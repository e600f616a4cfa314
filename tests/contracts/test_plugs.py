"""What every plug of a socket promises."""

import ibis
import numpy as np
import pyarrow as pa
import pytest

from conftest import planted
from personae import plugins
from personae.errors import Refused
from personae.model.study import Study
from personae.stages.space import behaviour_space


@pytest.mark.parametrize("name", plugins.names("steps"))
def test_a_step_says_the_same_in_numpy_and_in_sql(name: str) -> None:
    plug = plugins.find("steps", name)
    rng = np.random.default_rng(4)
    if name == "level":
        raw = np.array(["a", "b", "", "c d", "a"], object)
        learned = plug.fit(raw, level="a")
        column = pa.array([None if v == "" else v for v in raw])
    else:
        raw = np.r_[np.abs(rng.standard_normal(50)) * 10, np.nan, 0.0]
        learned = plug.fit(raw)
        column = pa.array(raw, from_pandas=True)
    con = ibis.duckdb.connect()
    t = con.create_table("t", pa.table({"i": range(len(raw)), "x": column}))
    asked = t.select("i", y=plug.sql(t.x, learned).cast("float64")).order_by("i")
    got = con.to_pyarrow(asked)["y"].to_numpy()
    np.testing.assert_allclose(got, plug.apply(raw, learned), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", plugins.names("methods"))
def test_a_method_repeats_itself_and_labels_everyone(name: str) -> None:
    space = behaviour_space(planted(users=500, groups=3).features(), Study(sources=()))
    assert space is not None
    plug = plugins.find("methods", name)
    try:
        one, two = plug.fit(space, 3, 7), plug.fit(space, 3, 7)
    except Refused as no:
        assert no.reason
        return
    np.testing.assert_array_equal(one.labels, two.labels)
    assert len(one.labels) == len(space.scores)
    assert set(one.labels) == set(range(one.size))


@pytest.mark.parametrize("name", plugins.names("checks"))
def test_a_check_measures_and_repeats_itself(name: str) -> None:
    space = behaviour_space(planted(users=500, groups=3).features(), Study(sources=()))
    assert space is not None
    clustering = plugins.find("methods", "kmeans").fit(space, 3, 7)
    plug = plugins.find("checks", name)
    assert plug.check(space, clustering, 7) == plug.check(space, clustering, 7) != {}
