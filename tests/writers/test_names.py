"""What groups are called: behaviour in plain words, and on request a first name that begins alike (R104, R105)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from described import described, number
from personae.model.study import Role, Study
from personae.words.first_names import FIRST, alliterative
from personae.words.lexicon import DEMOGRAPHIC
from personae.words.measured import holders, unclear, when
from personae.words.names import content

TWO = np.repeat([0, 1], [160, 140])


def _spent(*means: tuple[str, float, float], study: Study | None = None) -> list[str]:
    """The names of two groups with those means of amounts."""
    rng = np.random.default_rng(6)
    columns = [number(n, np.array([a, b])[TWO] * rng.gamma(20, 1 / 20, len(TWO))) for n, a, b in means]
    return [p.name for p in described(TWO, *columns, study=study).personas]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("Frozen", "Detergents_Paper"), ["Frozen food shoppers", "Detergents and paper buyers"]),
        (("account_balance", "PageValues"), ["Users with high account balance", "Users with high page values"]),
        (("balance", "visit_duration"), ["High-balance users", "Users with long visit duration"]),
    ],
)
def test_amounts_are_named_by_what_people_buy_or_have(columns: tuple[str, str], expected: list[str]) -> None:
    """No "High frozen": goods have buyers, balances are high, durations are long, and buyers are so called once."""
    first, second = columns
    assert _spent((first, 900, 300), (second, 200, 2000)) == expected


def test_a_label_that_says_nothing_names_nobody_while_another_does() -> None:
    """ "High pdays" explains nothing, though the difference is largest."""
    assert unclear("pdays")
    names = _spent(("pdays", 900, 30), ("balance", 900, 300), ("price", 20, 90))
    assert names == ["High-balance users", "High-price users"]


def test_calendar_levels_and_holdings_are_spoken() -> None:
    assert (when("month", "may"), when("weekday", "Tue"), when("month", "x")) == ("in May", "on Tuesdays", "")
    assert [holders(x, "users") for x in ("loan", "housing", "online security", "weekend")] == [
        "Loan holders", "Users with housing", "Online security users", "Weekend users",
    ]  # fmt: skip


def test_first_names_are_given_on_request_only() -> None:
    """R104: the neutral style is the default; "Balance Blake" is asked for, and says what the data show."""
    columns = (("balance", 900.0, 300.0), ("price", 20.0, 90.0))
    named = _spent(*columns, study=Study(sources=("log.csv",), names="alliterative"))
    assert _spent(*columns) == ["High-balance users", "High-price users"] and named == ["Balance Blake", "Price Parker"]


@given(
    st.lists(
        st.sampled_from(["recipe", "offer", "review", "help", "search", "page", "video", "price", "coupon", "basket"]),
        unique=True,
    )
)
def test_alliterative_names_are_unique_begin_alike_and_say_nothing_of_who_anybody_is(words: list[str]) -> None:
    """R104: for every set of names; a name of what is lacking stays as it is."""
    names = {f"P{i + 1}": f"{w.capitalize()} savers" for i, w in enumerate(words)} | {"P99": "Users without service"}
    made = alliterative(names)
    assert made == alliterative(names) and len(set(made.values())) == len(names) and made["P99"] == names["P99"]
    for key, name in made.items():
        if name != names[key]:
            word, first = name.split()
            assert word[0] == first[0] and first in FIRST and not content(name) & DEMOGRAPHIC
    firsts = [n.split()[1] for k, n in made.items() if n != names[k]]
    assert len(set(firsts)) == len(firsts)


def test_demographics_never_name_a_group() -> None:
    """R104, R105: the largest difference is age, and nobody is called after it."""
    rng = np.random.default_rng(2)
    world = described(
        TWO,
        number("age", np.where(TWO, 70, 20) + rng.normal(0, 2, len(TWO)), Role.DEMOGRAPHIC),
        number("balance", np.where(TWO, 300, 900) * rng.gamma(20, 1 / 20, len(TWO))),
    )
    assert not any(content(p.name) & DEMOGRAPHIC for p in world.personas)
