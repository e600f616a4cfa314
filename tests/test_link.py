"""Several sources, one person: ways between tables, what is lent, what is left out; no join multiplies (requirement 42)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import real
from personae import flow
from personae.errors import UsageError
from personae.model.features import Features
from personae.model.study import Role, Study
from personae.model.table import Table
from personae.stages.link import link
from reading import opened, write

World = dict[str, list[str]]
Measured = tuple[dict[str, Table], Features]
N = 40

USERS = ["user_id,visits", *(f"u{i},{i % 9}" for i in range(N))]
ORDERS = ["order_id,user_id,ordered_at", *(f"o{i},u{i % N},2026-03-{1 + i % 28:02d} 10:00:00" for i in range(3 * N))]
ITEMS = ["order_id,sku,price", *(f"o{i % (3 * N)},s{i % 7},{i % 13}.{i % 100:02d}" for i in range(5 * N))]
PRODUCTS = ["sku,category", *(f"s{i},{('tea', 'coffee')[i % 2]}" for i in range(7))]
SHOP = {"users": USERS, "orders": ORDERS, "items": ITEMS, "products": PRODUCTS}


def measured(folder: Path, world: World, **flags: Any) -> Measured:
    """The tables by name and the features of CSV files of these lines."""
    paths = [write(folder / f"{name}.csv", "\n".join(lines) + "\n") for name, lines in world.items()]
    tables, features = flow.measured(Study(sources=tuple(map(str, paths)), **flags))
    return {t.source.removesuffix(".csv"): t for t in tables}, features


def total(features: Features, name: str) -> float:
    return float(np.nansum(next(m.values for m in features.measures if m.name == name)))


def id_name(table: Table) -> str | None:
    column = table.column(Role.ID)
    return column.name if column else None


def notes(table: Table) -> str:
    return "; ".join(n.words for n in table.notes)


# ---------------------------------------------------------------- chains


def test_rows_find_their_person_over_several_tables(tmp_path: Path) -> None:
    """Items know an order, orders know a user; every item counts for its user once."""
    tables, features = measured(tmp_path, SHOP)
    assert [id_name(tables[n]) for n in ("users", "orders", "items")] == ["user_id"] * 3
    assert [(x.by, x.to, x.gives, x.matched, x.unmatched) for x in tables["items"].links] == [
        ("order_id", "orders.csv", "id", 5 * N, 0),
        ("sku", "products.csv", "columns", 5 * N, 0),
    ]
    assert len(features) == N
    assert features.counts is not None
    assert float(features.counts.matrix.sum()) == 5 * N
    assert total(features, "price_total") == pytest.approx(sum(float(line.split(",")[2]) for line in ITEMS[1:]), abs=1e-9)


def test_a_table_of_things_lends_its_columns_and_is_accounted_for(tmp_path: Path) -> None:
    tables, features = measured(tmp_path, SHOP)
    assert (tables["products"].shape, tables["products"].seen, tables["products"].used) == ("lent", 7, 7)
    event = tables["items"].column(Role.EVENT)
    assert event is not None
    assert event.name in ("category", "sku")
    assert "category" in {c.name for c in tables["items"].columns}
    assert not {m.source for m in features.measures} & {"products.csv"}


def test_a_list_of_names_for_codes_gives_the_event_its_name(tmp_path: Path) -> None:
    """Product category in Portuguese, its translation in a file of its own: the chain lends over two tables."""
    products = ["sku,product_category_name", *(f"s{i},{'abc'[i % 3]}" for i in range(7))]
    words = ["product_category_name,product_category_name_english", "a,apples", "b,books", "c,cars"]
    tables, features = measured(tmp_path, {**SHOP, "products": products, "translation": words})
    assert features.counts is not None
    assert features.counts.events == ("apples", "books", "cars")
    assert features.counts.column == "product_category_name_english"
    assert tables["translation"].shape == "lent"


def test_rows_without_a_time_of_their_own_happen_when_their_order_did(tmp_path: Path) -> None:
    """A window that leaves out an order leaves out its items; habits are not measured twice."""
    tables, features = measured(tmp_path, SHOP, window="14d")
    assert tables["items"].timed_by == "ordered_at"
    days = {f"o{i}": 1 + i % 28 for i in range(3 * N)}
    inside = sum(float(p) for o, _, p in (line.split(",") for line in ITEMS[1:]) if 14 <= days[o] <= 27)
    assert total(features, "price_total") == pytest.approx(inside, abs=1e-9)
    assert not [m for m in features.measures if m.name.startswith("days_since_last") and m.source == "items.csv"]


# ---------------------------------------------------------------- gaps


def test_rows_without_a_partner_count_for_nobody_and_are_said(tmp_path: Path) -> None:
    """24 of 3,397 rows have no order: they stay in the account of rows and out of everybody's numbers."""
    tables, features = measured(tmp_path, {**SHOP, "items": [*ITEMS, "o-lost,s1,1000000.00", ",s1,1000000.00"]})
    items = tables["items"]
    assert (items.seen, items.used, items.links[0].unmatched) == (5 * N + 2, 5 * N + 2, 2)
    assert '2 of 202 rows of items.csv find no row of orders.csv by "order_id": they belong to nobody' in notes(items)
    assert total(features, "price_total") < 1_000_000
    assert any(x.name == "2 rows of items.csv" and "whose they are" in x.reason for x in features.left_out)


def test_empty_keys_never_meet(tmp_path: Path) -> None:
    """An empty cell on both sides is no partner."""
    orders = [*ORDERS, ",u1,2026-03-03 10:00:00"]
    _, features = measured(tmp_path, {**SHOP, "orders": orders, "items": [*ITEMS, ",s1,1000000.00"]})
    assert total(features, "price_total") < 1_000_000


def test_people_known_in_one_source_only_stay_and_are_counted(tmp_path: Path) -> None:
    """FEA-02: users without orders are users; their amounts are empty, not zero."""
    users = [*USERS, "u-new,3", "u-newer,4"]
    _, features = measured(tmp_path, {**SHOP, "users": users})
    assert len(features) == N + 2
    match = next(m for m in features.matches if (m.left, m.right) == ("users.csv", "orders.csv"))
    assert (match.both, match.only_left, match.only_right) == (N, 2, 0)
    assert (match.several_left, match.several_right) == (0, N)
    prices = next(m.values for m in features.measures if m.name == "price_total")
    assert int(np.isnan(prices).sum()) == 2


# ---------------------------------------------------------------- what is no way


def test_a_table_that_would_multiply_rows_is_left_out_with_the_reason(tmp_path: Path) -> None:
    users = ["user_id,visits,zip_code", *(f"u{i},{i % 9},{10000 + i % 5}" for i in range(N))]
    places = ["zip_code,lat", *(f"{10000 + i % 5},{i}.5" for i in range(60))]
    tables, features = measured(tmp_path, {"users": users, "places": places}, id="user_id")
    assert tables["places"].shape == "unused"
    assert "rows would multiply" in notes(tables["places"])
    assert len(features) == N
    assert not [m for m in features.measures if m.source == "places.csv"]


def test_small_numbers_that_happen_to_be_equal_are_no_way(tmp_path: Path) -> None:
    """Numbers from 1 to n stand in any two tables: without a name in common nothing is joined."""
    users = ["user_id,visits,shelf", *(f"u{i},{i % 9},{1 + i % 20}" for i in range(N))]
    shelves = ["rack,height", *(f"{i},{i * 7 % 11}" for i in range(1, 21))]
    tables, _ = measured(tmp_path, {"users": users, "shelves": shelves}, id="user_id")
    assert tables["users"].links == ()
    assert tables["shelves"].shape == "unused"


@pytest.mark.parametrize("name", ["name", "date", "status", "code", "number", "id"])
def test_a_common_word_is_no_key(tmp_path: Path, name: str) -> None:
    """A name, a code, a number in two tables are not the same thing."""
    users = [f"user_id,visits,{name}", *(f"u{i},{i % 9},{i % 20}x" for i in range(N))]
    other = [f"{name},length", *(f"{i}x,{i * 7 % 11}" for i in range(20))]
    tables, _ = measured(tmp_path, {"users": users, "other": other}, id="user_id")
    assert tables["users"].links == ()


def test_a_column_of_the_same_name_with_other_values_is_no_way(tmp_path: Path) -> None:
    """The reason says how many rows would find a partner, as text and as numbers (ING-01)."""
    items = ["order_id,sku,price", *(f"{i:05d},s{i % 7},{i % 13}.50" for i in range(60))]
    orders = ["order_id,user_id,ordered_at", *(f"{i},u{i % N},2026-03-{1 + i % 28:02d}" for i in range(3 * N))]
    tables, _ = measured(tmp_path, {"users": USERS, "orders": orders, "items": items})
    assert tables["items"].shape == "unused"
    assert "0 of 60 rows find a partner, 60 if both were read as numbers" in notes(tables["items"])


def test_ids_written_differently_are_told_with_both_rates(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """ING-01: 7 and 007 stay two users; the log says what reading them as numbers would do."""
    log = ["user_id,event", *(f"{i % 30:04d},{('view', 'buy')[i % 2]}" for i in range(90))]
    _, features = measured(tmp_path, {"users": ["user_id,visits", *(f"{i},{i % 9}" for i in range(30))], "log": log})
    assert len(features) == 60
    assert "read as numbers, 30 would" in caplog.text


# ---------------------------------------------------------------- id in every table


RAILS = {
    "users": ["id,visits", *(f"{i},{i % 9}" for i in range(1, N + 1))],
    "orders": ["id,user_id,ordered_at", *(f"{i},{1 + i % N},2026-03-{1 + i % 28:02d}" for i in range(1, 3 * N + 1))],
    "items": ["id,order_id,product_id,price", *(f"{i},{1 + i % (3 * N)},{1 + i % 7},{i % 13}.25" for i in range(1, 5 * N + 1))],
    "products": ["id,category", *(f"{i},{('tea', 'coffee')[i % 2]}" for i in range(1, 8))],
}


@pytest.mark.parametrize("flags", [{}, {"id": "user_id"}, {"id": "id"}])
def test_an_id_in_every_table_is_the_id_of_what_the_file_names(tmp_path: Path, flags: dict[str, str]) -> None:
    """users.id, orders.user_id, items.order_id, products.id: the order's number 7 is not user 7."""
    tables, features = measured(tmp_path, RAILS, **flags)
    assert len(features) == N
    assert {n: id_name(t) for n, t in tables.items() if n in ("users", "orders")} == {"users": "id", "orders": "user_id"}
    assert [(x.by, x.to, x.gives) for x in tables["items"].links] == [
        ("order_id", "orders.csv", "id"),
        ("product_id", "products.csv", "columns"),
    ]
    assert total(features, "price_total") == pytest.approx(sum(i % 13 + 0.25 for i in range(1, 5 * N + 1)))


# ---------------------------------------------------------------- several ways


def diamond(differ: bool) -> World:
    """Returns know an order and a visit; both know a user, the same one unless they `differ`."""
    shift = 1 if differ else 0
    visits = ["visit_id,user_id,pages", *(f"v{i},u{(i + shift) % N},{i % 5}" for i in range(3 * N))]
    returns = ["order_id,visit_id,amount", *(f"o{i},v{i},{i}.10" for i in range(0, 3 * N, 2))]
    return {"users": USERS, "orders": ORDERS, "visits": visits, "returns": returns}


def test_two_ways_that_agree_are_one(tmp_path: Path) -> None:
    tables, features = measured(tmp_path, diamond(differ=False))
    assert [x.gives for x in tables["returns"].links] == ["id"]
    assert total(features, "amount_total") == pytest.approx(sum(i + 0.1 for i in range(0, 3 * N, 2)))


def test_two_ways_that_differ_are_a_question_with_the_flags(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        measured(tmp_path, diamond(differ=True))
    assert caught.value.code == "P114"
    assert "60 rows of returns.csv belong to different people" in caught.value.what
    flag = '--link "returns.visit_id=visits.visit_id"'
    assert flag in caught.value.fix
    tables, _ = measured(tmp_path, diamond(differ=True), link=("returns.visit_id=visits.visit_id",))
    assert tables["returns"].links[0].to == "visits.csv"


def test_a_key_that_is_unique_in_both_tables_is_looked_up_where_it_is_at_home(tmp_path: Path) -> None:
    """Each product was bought once: products are still what is looked up, not rows of people."""
    items = ["order_id,product_id,price", *(f"o{i},p{i},{i}.50" for i in range(20))]
    products = ["product_id,category", *(f"p{i},{('tea', 'coffee')[i % 2]}" for i in range(20))]
    tables, _ = measured(tmp_path, {"users": USERS, "orders": ORDERS, "items": items, "products": products})
    assert tables["products"].shape == "lent"
    assert id_name(tables["items"]) == "user_id"


def test_tables_that_refer_to_each_other_in_a_circle_end(tmp_path: Path) -> None:
    teams = ["team_code,city_code,size", *(f"t{i},c{i},{i}" for i in range(6))]
    cities = ["city_code,team_code,area", *(f"c{i},t{i},{i * 3}" for i in range(6))]
    users = ["user_id,visits,team_code", *(f"u{i},{i % 9},t{i % 6}" for i in range(N))]
    tables, features = measured(tmp_path, {"users": users, "teams": teams, "cities": cities}, id="user_id")
    assert (len(features), tables["users"].used) == (N, N)
    assert {tables["teams"].shape, tables["cities"].shape} == {"lent"}


def test_a_table_that_refers_to_itself_is_joined_to_nothing(tmp_path: Path) -> None:
    users = ["user_id,invited_by,visits", *(f"u{i},u{i // 2},{i % 9}" for i in range(N))]
    tables, _ = measured(tmp_path, {"users": users, "orders": ORDERS})
    assert tables["users"].links == ()
    with pytest.raises(UsageError, match=r"joins users\.csv to itself"):
        measured(tmp_path, {"users": users, "orders": ORDERS}, link=("users.invited_by=users.user_id",))


# ---------------------------------------------------------------- declared


CRM = ["client,plan", *(f"u{i},{('free', 'pro')[i % 2]}" for i in range(5, N + 5))]


def test_a_declared_way_joins_columns_of_different_names(tmp_path: Path) -> None:
    """People whom only the second file knows are people too."""
    tables, features = measured(tmp_path, {"users": USERS, "crm": CRM}, id="user_id", link=("crm.client=users.user_id",))
    assert id_name(tables["crm"]) == "client"
    match = features.matches[0]
    assert (match.both, match.only_left, match.only_right) == (N - 5, 5, 5)


def test_a_declared_way_to_a_thing_lends_its_columns(tmp_path: Path) -> None:
    goods = ["article,kind", *(f"s{i},{('tea', 'coffee')[i % 2]}" for i in range(7))]
    world = {**SHOP, "products": goods}
    tables, _ = measured(tmp_path, world, link=("items.sku=products.article",))
    assert [(x.by, x.to, x.key, x.gives) for x in tables["items"].links][-1] == ("sku", "products.csv", "article", "columns")


def test_people_under_another_name_are_a_question_with_the_flag(tmp_path: Path) -> None:
    crm = ["client_id,plan", *CRM[1:]]
    with pytest.raises(UsageError) as caught:
        measured(tmp_path, {"users": USERS, "crm": crm}, id="user_id")
    assert caught.value.code == "P114"
    assert '--link "crm.client_id=users.user_id"' in caught.value.fix


@pytest.mark.parametrize(
    ("said", "code"),
    [("users.user_id", "P001"), ("users.nothing=crm.client", "P002"), ("users.visits=crm.client", "P114")],
)
def test_a_declared_way_that_does_not_exist_is_refused(tmp_path: Path, said: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        measured(tmp_path, {"users": USERS, "crm": CRM}, id="user_id", link=(said,))
    assert (caught.value.code, bool(caught.value.fix)) == (code, True)


# ---------------------------------------------------------------- many rows a person


def test_a_table_of_accounts_is_added_up_and_not_refused(tmp_path: Path) -> None:
    """Olist: one row an account, a few people with two; orders lead to accounts."""
    accounts = [
        "account_ref,person_id,city",
        *(f"a{i},p{i if i < N else i - N},{('Rio', 'Bahia')[i % 2]}" for i in range(N + 3)),
    ]
    orders = ["order_ref,account_ref,price", *(f"o{i},a{i},{i}.75" for i in range(N + 3))]
    tables, features = measured(tmp_path, {"accounts": accounts, "orders": orders}, id="person_id")
    assert (tables["accounts"].shape, tables["orders"].shape, len(features)) == ("events", "events", N)
    assert total(features, "price_total") == sum(i + 0.75 for i in range(N + 3))


def test_the_order_of_sources_and_rows_changes_nothing(tmp_path: Path) -> None:
    _, features = measured(tmp_path / "a", SHOP)
    turned = {n: [SHOP[n][0], *reversed(SHOP[n][1:])] for n in reversed(SHOP)}
    _, again = measured(tmp_path / "b", turned)
    first, second = ({m.name: m.values for m in f.measures} for f in (features, again))
    assert features.ids.equals(again.ids)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[n], second[n], equal_nan=True) for n in first)


def test_new_data_are_linked_as_the_data_of_the_run_were(tmp_path: Path) -> None:
    """score: the same files again give the same places."""
    paths = [write(tmp_path / f"{n}.csv", "\n".join(lines) + "\n") for n, lines in SHOP.items()]
    study = Study(sources=tuple(map(str, paths)), force=True, groups="2")
    cast = flow.run(study)
    ids, placed = flow.place(cast, study.sources)
    assert ids.equals(cast.ids)
    assert np.array_equal(placed.persona, cast.placement.persona)


keys = st.one_of(st.just(""), st.integers(0, 12).map(lambda i: f"k{i}"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(keys, st.integers(0, 999)), min_size=2, max_size=30), known=st.sets(st.integers(0, 12), min_size=2)
)
def test_linking_never_changes_rows_or_sums(tmp_path: Path, rows: list[tuple[str, int]], known: set[int]) -> None:
    """Requirement 42: whatever the keys, every row is there once, and amounts add up to what the file says."""
    items = ["order_key,price", *(f"{k},{v / 100:.2f}" for k, v in rows)]
    orders = ["order_key,user_id,load", *(f"k{i},u{i // 2},{i}" for i in sorted(known))]
    paths = [write(tmp_path / f"{n}.csv", "\n".join(x) + "\n") for n, x in (("orders", orders), ("items", items))]
    with opened(*paths) as (engine, tables):
        linked = link(engine, tables, Study(sources=tuple(map(str, paths)), id="user_id"))
        for table in linked:
            asked = "price" if "items" in table.source else "0"
            counted = f"SELECT count(*), sum(CAST({asked} AS DECIMAL(18,2))) FROM {engine.quote(table.relation)}"
            n, added = engine.rows(counted)[0]
            assert n == table.used == table.seen
            assert asked == "0" or round(added * 100) == sum(v for _, v in rows)
        ours = next(t for t in linked if "items" in t.source)
        there = {f"k{i}" for i in known}
        if ours.links:
            assert ours.links[0].matched == sum(k in there for k, _ in rows)


# ---------------------------------------------------------------- once more, with new files

BOUGHT = ["order_id,user_id,product_id,seller_id", *(f"o{i},u{i % N},p{i % 7},s{i % 5}" for i in range(3 * N))]
GOODS = ["product_id,category", *(f"p{i},{('tea', 'coffee')[i % 2]}" for i in range(7))]
SELLERS = ["seller_id,category", *(f"s{i},{('small', 'large')[i % 2]}" for i in range(5))]
STALL = {"bought": BOUGHT, "goods": GOODS, "sellers": SELLERS}


def linked(folder: Path, world: World, recorded: tuple[Table, ...] = (), **flags: Any) -> dict[str, tuple[Table, list[Any]]]:
    """The tables by name, each with its first row."""
    paths = [write(folder / f"{name}.csv", "\n".join(lines) + "\n") for name, lines in world.items()]
    with opened(*paths) as (engine, tables):
        made = link(engine, tables, Study(sources=tuple(map(str, paths)), id="user_id", **flags), recorded=recorded)
        asked = [", ".join(engine.quote(c.name) for c in t.columns) for t in made]
        rows = [
            list(engine.rows(f"SELECT {x} FROM {engine.quote(t.relation)} LIMIT 1")[0])
            for x, t in zip(asked, made, strict=True)
        ]
    return {t.source.removesuffix(".csv"): (t, r) for t, r in zip(made, rows, strict=True)}


def known(found: dict[str, tuple[Table, list[Any]]], name: str = "bought") -> dict[str, str]:
    """The first row of a table by the names of its columns."""
    table, row = found[name]
    return dict(zip((c.name for c in table.columns), row, strict=True))


def turned(world: World) -> World:
    return dict(reversed(world.items()))


def test_names_of_lent_columns_do_not_hang_on_the_order_of_files(tmp_path: Path) -> None:
    first, second = known(linked(tmp_path, STALL)), known(linked(tmp_path, turned(STALL)))
    assert first == second
    assert (first["category"], first["sellers_category"]) == ("tea", "small")


@pytest.mark.parametrize("gone", ["", "goods"])
def test_new_files_of_other_names_or_fewer_give_columns_the_names_of_the_run(tmp_path: Path, gone: str) -> None:
    """The category of sellers is never taken for that of goods because the goods did not come."""
    run = tuple(t for t, _ in linked(tmp_path / "run", STALL).values())
    world = {"march": BOUGHT, "stands": SELLERS, "wares": GOODS}
    named = known(linked(tmp_path / "new", {n: x for n, x in world.items() if not gone or n != "wares"}, run), "march")
    assert named["sellers_category"] == "small"
    assert named.get("category") == (None if gone else "tea")


VISITS = ["visit,member,page", *(f"v{i},{i % N},{'abc'[i % 3]}" for i in range(3 * N))]
PEOPLE = ["user_id,number,plan", *(f"u{i},{i},{'xy'[i % 2]}" for i in range(N))]


def test_a_way_that_was_declared_for_a_run_holds_for_new_files_of_other_names(tmp_path: Path) -> None:
    flags = {"link": ("visits.member=people.number",)}
    run = tuple(t for t, _ in linked(tmp_path / "run", {"visits": VISITS, "people": PEOPLE}, **flags).values())
    later = linked(tmp_path / "new", {"visits_may": VISITS, "people_may": PEOPLE}, run, **flags)
    assert known(later, "visits_may")["user_id"] == "u0"


def test_a_declared_way_whose_file_did_not_come_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    flags = {"link": ("visits.member=people.number",)}
    run = tuple(t for t, _ in linked(tmp_path / "run", {"visits": VISITS, "people": PEOPLE}, **flags).values())
    more = ["user_id,age", *(f"u{i},{20 + i}" for i in range(N))]
    linked(tmp_path / "new", {"people": PEOPLE, "more": more}, run, **flags)
    assert "--link visits.member=people.number" in caplog.text


# ---------------------------------------------------------------- real data


def by_hand(folder: Path, name: str, column: str) -> float:
    """The sum of a column of a file, in cents."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return sum(round(float(row[column]) * 100) for row in csv.DictReader(file))


@pytest.fixture(scope="module")
def olist() -> tuple[tuple[Table, ...], Features]:
    """All nine tables of a shop, joined to people."""
    return flow.measured(Study(sources=tuple(map(str, sorted(real("olist_orders").glob("*.csv")))), id="customer_unique_id"))


@pytest.mark.parametrize(
    ("measure", "file", "column"),
    [
        ("payment_value_total", "olist_order_payments_dataset.csv", "payment_value"),
        ("price_total", "olist_order_items_dataset.csv", "price"),
        ("freight_value_total", "olist_order_items_dataset.csv", "freight_value"),
    ],
)
def test_revenue_of_nine_tables_is_right_to_the_cent(
    olist: tuple[tuple[Table, ...], Features], measure: str, file: str, column: str
) -> None:
    """Requirements 42 and 44: joining items, payments and reviews to orders multiplies nothing."""
    _, features = olist
    values = next(m.values for m in features.measures if m.name == measure)
    cents = np.nansum(np.round(values * 100))
    assert cents == by_hand(real("olist_orders"), file, column)


def test_what_each_person_paid_equals_sql_over_the_files(olist: tuple[tuple[Table, ...], Features]) -> None:
    """Requirement 44: the same query by hand, person by person."""
    import duckdb

    folder, (_, features) = real("olist_orders"), olist
    files = {
        n: f"read_csv('{folder}/olist_{n}_dataset.csv', all_varchar=true)" for n in ("order_payments", "orders", "customers")
    }
    sql = (
        f"SELECT c.customer_unique_id, sum(CAST(p.payment_value AS DECIMAL(18,2))), count(*) FROM {files['order_payments']} p "
        f"JOIN {files['orders']} o USING (order_id) JOIN {files['customers']} c USING (customer_id) GROUP BY 1"
    )
    paid = {id: float(total) for id, total, _ in duckdb.sql(sql).fetchall()}
    ours = dict(zip(features.ids.to_pylist(), next(m.values for m in features.measures if m.name == "payment_value_total")))
    assert len(ours) == len(paid) == 2995
    assert all(round(ours[id] * 100) == round(paid[id] * 100) for id in paid)


def test_every_row_of_nine_tables_is_accounted_for(olist: tuple[tuple[Table, ...], Features]) -> None:
    """ING-03: seen = used + set aside; what is looked up or left out says so."""
    tables, features = olist
    rows = {t.source.removeprefix("olist_").removesuffix(".csv").removesuffix("_dataset"): t for t in tables}
    assert {n: (t.seen, t.used, t.set_aside) for n, t in rows.items()} == {
        "customers": (3000, 3000, 0), "geolocation": (8940, 8940, 0), "order_items": (3397, 3397, 0),
        "order_payments": (3170, 3170, 0), "order_reviews": (2993, 2993, 0), "orders": (3000, 3000, 0),
        "products": (2452, 2452, 0), "sellers": (938, 938, 0), "product_category_name_translation": (71, 71, 0),
    }  # fmt: skip
    assert {n for n, t in rows.items() if t.shape == "lent"} == {"products", "sellers", "product_category_name_translation"}
    assert {n for n, t in rows.items() if t.shape == "unused"} == {"geolocation"}
    pair = next(m for m in features.matches if "items" in m.right and "customers" in m.left)
    assert (pair.both, pair.only_left, pair.only_right, pair.several_left, pair.several_right) == (2971, 24, 0, 5, 300)


def test_the_columns_of_a_shop_are_taken_for_what_they_are(olist: tuple[tuple[Table, ...], Features]) -> None:
    """The purchase is the time, the English category the event; scores describe, texts are texts, sizes are no demographics."""
    tables, features = olist
    role = {c.name: c for t in tables if t.measured for c in t.columns if c.role is not Role.IGNORE}
    assert {n for n, c in role.items() if c.role is Role.TIME} == {"order_purchase_timestamp"}
    assert role["product_category_name_english"].role is Role.EVENT
    assert role["review_score"].role is Role.ATTITUDE
    assert role["review_comment_message"].role is Role.TEXT
    assert {n for n, c in role.items() if c.why == "who users are, by its name"} == {
        "customer_zip_code_prefix", "customer_city", "customer_state",
    }  # fmt: skip
    forming = {m.name for m in features.forming()}
    assert "payment_value_total" in forming
    assert not {n for n in forming if n.startswith(("product_", "seller_", "review_", "order_item", "freight"))}


def test_tables_of_hours_and_days_do_not_double(real: Callable[[str], Path]) -> None:
    """fitbit: month-first dates, ten-digit ids, four grains; each table adds up on its own."""
    folder = real("fitbit")
    tables, features = flow.measured(Study(sources=tuple(map(str, sorted(folder.glob("*.csv")))), id="Id"))
    assert len(features) == 33
    dates = [next(c for c in t.columns if c.role is Role.TIME) for t in tables]
    assert {c.format for c in dates} == {"mdy"}
    assert features.window is not None
    assert (features.window.start[:10], features.window.end[:10]) == ("2016-04-12", "2016-05-13")
    hours = next(m.values for m in features.measures if m.name == "StepTotal_total")
    assert np.nansum(hours) * 100 == by_hand(folder, "hourlySteps_merged.csv", "StepTotal")
    weight = next(m for m in features.matches if "daily" in m.left and "weight" in m.right)
    assert (weight.both, weight.only_left, weight.only_right) == (8, 25, 0)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "id", "people"), [("fitbit", "Id", 33), ("absenteeism", "ID", 36)])
def test_a_few_dozen_people_are_said_to_be_too_few(real: Callable[[str], Path], name: str, id: str, people: int) -> None:
    cast = flow.run(Study(sources=tuple(map(str, sorted(real(name).glob("*.csv")))), id=id))
    assert cast.evidence.verdict.kind == "nothing"
    assert f"{people} users are too few to group: below about 100" in cast.evidence.verdict.why


def test_marks_of_thousands_and_empty_columns_are_read_right(real: Callable[[str], Path]) -> None:
    """absenteeism: "239,554" is a number of thousands; the 22nd column is empty; Age differs within a person."""
    (table,), features = flow.measured(Study(sources=(str(real("absenteeism") / "Absenteeism_at_work.csv"),)))
    columns = {c.name: c for c in table.columns}
    assert (table.used, len(features), table.shape) == (740, 36, "events")
    load = next(m.values for m in features.measures if m.name.startswith("Work load Average/day"))
    assert 200_000 < float(np.nanmin(load)) < float(np.nanmax(load)) < 400_000
    assert columns["column 22"].kind == "empty"
    assert any(float(a) % 1 for a in next(m.values for m in features.measures if m.name == "Age"))


def test_three_formats_and_a_name_that_is_not_ascii(real: Callable[[str], Path]) -> None:
    """servicos_br: Latin-1 tabs, decimal commas, a workbook; employees are known of a contract and form no groups."""
    paths = tuple(map(str, sorted(real("servicos_br").iterdir())))
    tables, features = flow.measured(Study(sources=paths, id="ID Cliente"))
    contracts, clients, staff = tables
    assert [(t.seen, t.used) for t in tables] == [(237, 237), (320, 320), (114, 114)]
    assert (contracts.source.split(".")[0], contracts.shape, staff.shape) == ("BaseServiçosPrestados", "events", "lent")
    assert "Latin-1" in clients.format or "1252" in clients.format or "8859" in clients.format
    (match,) = features.matches
    assert (match.both, match.only_left, match.only_right, match.several_left) == (236, 0, 84, 1)
    fares = next(m.values for m in features.measures if m.name == "VR_mean" or m.name == "VR")
    assert any(round(float(v) * 100) % 100 for v in fares if v == v)
    assert {m.name for m in features.forming()} <= {"Valor Contrato Mensal", "Tempo Total de Contrato (Meses)_mean", "events"}


def test_repeated_rows_of_a_basket_are_quantities(real: Callable[[str], Path]) -> None:
    """groceries_members: 759 rows repeat another; day-first dates; all 38,765 items count."""
    (table,), features = flow.measured(Study(sources=(str(real("groceries_members") / "Groceries_dataset.csv"),)))
    assert features.counts is not None
    assert (len(features), features.counts.matrix.sum(), features.counts.matrix.shape[1]) == (3898, 38_765, 167)
    time = table.column(Role.TIME)
    assert time is not None
    assert time.format == "dmy"
    assert "759 rows" in notes(table)


def test_frames_are_linked_by_whole_numbers(tmp_path: Path) -> None:
    """Ids of frames keep their type on the way; a million and one is no 1000001.0."""
    import pandas as pd

    from personae import read

    users = pd.DataFrame({"user_id": [1_000_000 + i for i in range(N)], "visits": [i % 9 for i in range(N)]})
    orders = pd.DataFrame({"order_id": range(3 * N), "user_id": [1_000_000 + i % N for i in range(3 * N)]})
    items = pd.DataFrame({"order_id": [i % (3 * N) for i in range(5 * N)], "price": [i % 13 + 0.25 for i in range(5 * N)]})
    data = read({"users": users, "orders": orders, "items": items})
    _, features = flow.measured(data.study, data.frames)
    assert sorted(features.ids.to_pylist()) == [str(1_000_000 + i) for i in range(N)]
    assert total(features, "price_total") == sum(i % 13 + 0.25 for i in range(5 * N))


@pytest.mark.slow
def test_one_command_takes_nine_tables_to_personas_of_people(real: Callable[[str], Path], tmp_path: Path) -> None:
    """Requirements 27 and 42: each person once, links and gaps in the report, the same places on scoring."""
    import json
    import subprocess
    import sys

    files = [str(p) for p in sorted(real("olist_orders").glob("*.csv"))]
    command = [sys.executable, "-m", "personae"]
    run = [*command, "run", *files, "--id", "customer_unique_id", "--out", "shop", "--json"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["users"], said["set_aside"]) == (2995, 0)
    with (tmp_path / "shop" / "users.csv").open(newline="", encoding="utf-8") as file:
        places = {row["id"]: row["persona"] for row in csv.DictReader(file)}
    assert len(places) == 2995
    tables = json.loads((tmp_path / "shop" / "run.json").read_text())["tables"]
    assert all(t["seen"] == t["used"] + t["set_aside"] for t in tables)
    assert sum(len(t["links"]) for t in tables) == 7
    report = (tmp_path / "shop" / "report.html").read_text()
    assert "olist_geolocation_dataset.csv is left out" in report
    assert "look up whose they are in olist_orders_dataset.csv" in report
    score = subprocess.run(
        [*command, "score", *files, "--run", "shop"], cwd=tmp_path, capture_output=True, text=True, timeout=240
    )
    assert score.returncode == 0, score.stderr
    assert {r["id"]: r["persona"] for r in csv.DictReader(score.stdout.splitlines())} == places
