"""Which column is what: roles, ids, shapes, repeated rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from personae import plugins
from personae.errors import DataError, UsageError
from personae.model.study import Role, Study
from personae.model.table import Kind, Table
from personae.stages.read import read
from personae.stages.roles import use
from personae.stages.understand import understand

Understood = Callable[..., tuple[Table, ...]]


@pytest.fixture
def understood(tmp_path: Path) -> Iterator[Understood]:
    """`understood("id,x\\n1,2\\n", flag=...)`: the tables of one or more CSV texts (or paths), understood."""
    with plugins.find("engines", "duckdb").connect(memory="1GB") as engine:

        def run(*sources: str | Path, **flags: Any) -> tuple[Table, ...]:
            paths = []
            for i, source in enumerate(sources):
                path = source if isinstance(source, Path) else tmp_path / f"table{i}.csv"
                if isinstance(source, str):
                    path.write_text(source, encoding="utf-8")
                paths.append(str(path))
            study = Study(sources=tuple(paths), **flags)
            return understand(engine, read(engine, study, {}), study)

        yield run


def roles(table: Table) -> dict[str, Role]:
    return {c.name: c.role for c in table.columns}


def named(table: Table, role: Role) -> list[str]:
    return [c.name for c in table.columns if c.role is role]


def rows(header: str, *lines: str) -> str:
    return "\n".join((header, *lines)) + "\n"


PEOPLE = rows("customer_id,age,orders,visits", *(f"c{i},{20 + i % 40},{i % 7},{i % 11}" for i in range(60)))
LOG = rows(
    "user_id,event,time", *(f"u{i % 20},{'view' if i % 3 else 'buy'},2026-03-{1 + i % 28:02d} 10:00:00" for i in range(80))
)


def test_a_users_table_and_its_roles_are_found_by_names(understood: Understood) -> None:
    (table,) = understood(PEOPLE)
    assert table.shape == "entities"
    assert roles(table) == {
        "customer_id": Role.ID, "age": Role.DEMOGRAPHIC, "orders": Role.BEHAVIOUR, "visits": Role.BEHAVIOUR,
    }  # fmt: skip


def test_an_event_log_is_found_by_repeated_ids(understood: Understood) -> None:
    (table,) = understood(LOG)
    assert table.shape == "events"
    assert roles(table) == {"user_id": Role.ID, "event": Role.EVENT, "time": Role.TIME}


TWICE = rows("customer_id,customer_unique_id,visits", *(f"c{i},p{i // (2 if i < 8 else 1)},{i % 7}" for i in range(60)))
ORDERS = rows("customer_id,price,day", *(f"c{i % 60},{i % 9}.50,2026-03-{1 + i % 28:02d}" for i in range(150)))


def test_a_second_name_for_people_by_which_they_are_fewer_is_told_of(understood: Understood) -> None:
    """The orders decide for customer_id; that some people have several of them must not go unsaid."""
    table, _ = understood(TWICE, ORDERS)
    (note,) = (n for n in table.notes if n.code == "P003")
    assert "its 60 values belong to 56 of" in note.words
    assert note.fix.endswith('--id "customer_unique_id"')
    assert not any(n.code == "P003" for n in understood(PEOPLE, ORDERS)[0].notes)


def test_every_role_says_why(understood: Understood) -> None:
    assert all(c.why for t in understood(PEOPLE, LOG) for c in t.columns)


@pytest.mark.parametrize(
    "name", ["Kundennummer", "id_cliente", "Member No.", "userid", "msno", "RespondentID", "Customer Last Name"]
)
def test_ids_are_known_in_many_spellings(understood: Understood, name: str) -> None:
    (table,) = understood(rows(f"{name},x,y", *(f"a{i},{i % 5},{i % 9}" for i in range(40))))
    assert named(table, Role.ID) == [name]


@pytest.mark.parametrize(
    "name", ["Alter", "Geschlecht", "âge", "idade", "Familienstand", "edad", "pays", "zip_code", "SeniorCitizen"]
)
def test_demographics_are_known_in_many_languages(understood: Understood, name: str) -> None:
    """R48: they describe and never form groups."""
    (table,) = understood(rows(f"id,{name},clicks", *(f"a{i},{i % 7},{i % 9}" for i in range(40))))
    assert named(table, Role.DEMOGRAPHIC) == [name]


def test_income_that_is_a_number_is_behaviour_and_in_brackets_it_describes(understood: Understood) -> None:
    number, bracket = (
        rows("id,income,score", *(f"a{i},{value(i)},{i % 9}" for i in range(40)))
        for value in (lambda i: i * 10, lambda i: f"{i % 3}0k to {i % 3 + 1}0k")
    )
    assert roles(understood(number)[0])["income"] is Role.BEHAVIOUR
    assert roles(understood(bracket)[0])["income"] is Role.DEMOGRAPHIC


def test_outcomes_stay_out_of_the_groups(understood: Understood) -> None:
    lines = (
        f"a{i},{i % 9},{'Yes' if i % 4 else 'No'},{'yes' if i % 5 else 'no'},{'TRUE' if i % 3 else 'FALSE'}" for i in range(40)
    )
    (table,) = understood(rows("id,visits,Churn,y,Revenue", *lines))
    assert named(table, Role.OUTCOME) == ["Churn", "y", "Revenue"]


def test_revenue_in_money_is_behaviour(understood: Understood) -> None:
    (table,) = understood(rows("id,revenue,visits", *(f"a{i},{i}.50,{i % 4}" for i in range(40))))
    assert named(table, Role.BEHAVIOUR) == ["revenue", "visits"]


def test_whole_numbers_that_are_codes_become_categories(understood: Understood) -> None:
    (table,) = understood(
        rows("id,TrafficType,number_of_types,is_region", *(f"a{i},{1 + i % 6},{i % 6},{i % 2}" for i in range(60)))
    )
    columns = {c.name: c for c in table.columns}
    assert (columns["TrafficType"].kind, columns["TrafficType"].role) == (Kind.CATEGORY, Role.DEMOGRAPHIC)
    assert columns["number_of_types"].role is Role.BEHAVIOUR


def test_countries_and_zip_codes_as_numbers_are_names_not_quantities(understood: Understood) -> None:
    """FEA-04: no mean of countries."""
    (table,) = understood(rows("id,country,zip,visits", *(f"a{i},{1 + i % 3},{10_000 + i * 7},{i % 9}" for i in range(90))))
    kinds = {c.name: c.kind for c in table.columns}
    assert (kinds["country"], kinds["zip"]) == (Kind.CATEGORY, Kind.CATEGORY)


def test_what_points_at_one_person_is_not_used(understood: Understood) -> None:
    lines = (f"a{i},p{i}@x.org,Ann {i},+49 30 {i:06d},o-{i},{i % 5}" for i in range(60))
    (table,) = understood(rows("user_id,email,full_name,phone,order_id,visits", *lines))
    assert named(table, Role.IGNORE) == ["email", "full_name", "phone", "order_id"]


def test_free_text_is_text(understood: Understood) -> None:
    (table,) = understood(rows("id,remarks,visits", *(f"a{i},I came for the number {i} only,{i % 5}" for i in range(60))))
    assert named(table, Role.TEXT) == ["remarks"]


def test_in_a_survey_the_answers_form_groups_and_say_so(understood: Understood) -> None:
    names = [f"I like thing {i}" for i in range(12)]
    lines = (",".join([*(str(1 + (i + i // k) % 5) for k in range(2, 14)), str(20 + i % 30), str(i % 200)]) for i in range(60))
    (table,) = understood(rows(",".join([*names, "Age", "minutes online"]), *lines))
    assert named(table, Role.BEHAVIOUR) == names
    assert named(table, Role.DEMOGRAPHIC) == ["Age"]
    assert named(table, Role.ATTITUDE) == ["minutes online"]
    assert "survey" in table.columns[1].why


def test_beside_behaviour_satisfaction_only_describes(understood: Understood) -> None:
    (table,) = understood(rows("id,visits,orders,nps_score", *(f"a{i},{i % 30},{i % 21},{i % 11}" for i in range(60))))
    assert named(table, Role.ATTITUDE) == ["nps_score"]


def test_without_an_id_the_row_number_is_the_id(understood: Understood) -> None:
    (table,) = understood(rows("Fresh,Milk", *(f"{i * 3},{i * 7 % 50}" for i in range(40))))
    key = table.columns[0]
    assert (key.name, key.role, key.distinct) == ("row", Role.ID, 40)
    assert any("row" in n.words for n in table.notes)


def test_two_columns_that_fit_as_the_id_are_a_question(understood: Understood) -> None:
    """EXPERIENCE: both are named, and the flag."""
    text = rows("customer_id,user_id,visits", *(f"c{i},u{i},{i % 5}" for i in range(40)))
    with pytest.raises(UsageError) as caught:
        understood(text)
    assert caught.value.code == "P003"
    assert '"customer_id" (unique)' in caught.value.what
    assert '--id "user_id"' in caught.value.fix
    assert named(understood(text, id="user_id")[0], Role.ID) == ["user_id"]


def test_the_id_that_another_table_has_decides(understood: Understood) -> None:
    customers = rows("customer_id,account_id,visits", *(f"u{i},x{i},{i % 5}" for i in range(40)))
    orders = rows("customer_id,action,time", *(f"u{i % 30},buy{i % 2},2026-01-0{1 + i % 9}" for i in range(90)))
    tables = understood(customers, orders)
    assert [named(t, Role.ID) for t in tables] == [["customer_id"], ["customer_id"]]


def test_a_dated_list_without_an_id_by_name_is_a_question(understood: Understood) -> None:
    with pytest.raises(UsageError, match="no column is named like an id"):
        understood(rows("who,what,date", *(f"w{i % 60},x{i % 70},2026-01-{1 + i % 28:02d}" for i in range(300))))


def test_a_column_that_does_not_exist_is_named_with_the_nearest(understood: Understood) -> None:
    with pytest.raises(UsageError) as caught:
        understood(PEOPLE, id="custmer_id")
    assert (caught.value.code, caught.value.exit_code) == ("P002", 2)
    assert '--id "customer_id"' in caught.value.fix


def test_demographics_form_groups_only_for_a_written_reason(understood: Understood) -> None:
    """R48, FEA-12."""
    with pytest.raises(UsageError, match="describes groups") as caught:
        understood(PEOPLE, group_by=("age", "orders"))
    assert "--override" in caught.value.fix
    (table,) = understood(PEOPLE, group_by=("age", "orders"), override="age decides the tariff")
    assert "age decides the tariff" in next(c.why for c in table.columns if c.name == "age")


def test_an_outcome_never_forms_groups(understood: Understood) -> None:
    with pytest.raises(UsageError, match="cannot form groups"):
        understood(PEOPLE, group_by=("orders",), outcome=("orders",))


def test_flags_win_over_guesses(understood: Understood) -> None:
    (table,) = understood(PEOPLE, describe=("orders",), ignore=("age",))
    assert roles(table)["orders"] is Role.DEMOGRAPHIC
    assert roles(table)["age"] is Role.IGNORE


def test_ids_whose_rows_disagree_stop_the_run(understood: Understood) -> None:
    """ING-04: ids, lines, differing columns and the three policies; nothing is chosen by default."""
    text = PEOPLE + "c3,23,6,3\nc5,25,5,9\n"
    with pytest.raises(DataError) as caught:
        understood(text)
    error = caught.value
    assert (error.code, error.exit_code) == ("P104", 3)
    assert "c3 (lines 5 and 62: orders)" in error.what
    assert "c5 (lines 7 and 63: visits)" in error.what
    assert all(policy in error.fix for policy in ("first", "last", "drop"))


@pytest.mark.parametrize(("policy", "users"), [("first", 60), ("last", 60), ("drop", 59)])
def test_a_policy_decides_about_rows_that_disagree(understood: Understood, policy: str, users: int) -> None:
    (table,) = understood(PEOPLE + "c3,23,6,3\n", on_duplicate=policy)
    assert table.columns[0].distinct == users
    assert any("disagree" in n.words for n in table.notes)


def test_identical_rows_of_a_users_table_are_merged_and_counted(understood: Understood) -> None:
    """ING-04."""
    (table,) = understood(PEOPLE + "c3,23,3,3\nc3,23,3,3\n")
    assert table.columns[0].distinct == 60
    assert any("2 rows" in n.words and "merged" in n.words for n in table.notes)


def test_identical_events_are_kept_and_counted(understood: Understood) -> None:
    """ING-04: identical rows of a log are events."""
    (table,) = understood(LOG + "u1,buy,2026-03-20 10:00:00\nu1,buy,2026-03-20 10:00:00\n")
    assert any("1 rows" in n.words or "2 rows" in n.words for n in table.notes)
    assert table.used == 82


def test_look_alike_ids_are_counted_and_stay_apart(understood: Understood) -> None:
    """ING-01."""
    ids = ["A12", "a12 ", "00777", "0777", *(f"u{i}" for i in range(40))]
    (table,) = understood(rows("user_id,visits", *(f"{u},{i % 5}" for i, u in enumerate(ids))))
    note = next(n for n in table.notes if "look alike" in n.words)
    assert note.words.startswith("2 groups")
    assert table.columns[0].distinct == len(ids)


def test_ids_that_were_rounded_are_refused(understood: Understood) -> None:
    """ING-01."""
    with pytest.raises(DataError) as caught:
        understood(rows("user_id,visits", *(f"{i}.0,{i % 5}" for i in range(40))))
    assert caught.value.code == "P109"
    assert "40" in caught.value.what


def test_a_list_of_two_columns_is_a_log(understood: Understood, real: Callable[[str], Path]) -> None:
    (table,) = understood(real("winekmc") / "WineKMC.xlsx", sheet="Transactions")
    assert table.shape == "events"
    assert roles(table) == {"Customer Last Name": Role.ID, "Offer #": Role.EVENT}


@pytest.mark.parametrize(
    ("file", "id", "outcomes", "describe"),
    [
        ("telco_churn/WA_Fn-UseC_-Telco-Customer-Churn.csv", "customerID", ["Churn"],
         ["gender", "SeniorCitizen", "Partner", "Dependents"]),
        ("bank_marketing/bank.csv", "row", ["default", "y"], ["age", "job", "marital", "education", "day"]),
        ("online_shoppers/online_shoppers_intention.csv", "row", ["Revenue"],
         ["OperatingSystems", "Browser", "Region", "TrafficType"]),
        ("mall_customers/mall_customers.csv", "id", [], ["gender", "age"]),
    ],
)  # fmt: skip
def test_real_tables_are_understood(
    understood: Understood, real: Callable[[str], Path], file: str, id: str, outcomes: list[str], describe: list[str]
) -> None:
    folder, _, name = file.partition("/")
    (table,) = understood(real(folder) / name)
    assert named(table, Role.ID) == [id]
    assert named(table, Role.OUTCOME) == outcomes
    assert named(table, Role.DEMOGRAPHIC) == describe


def test_a_file_without_the_id_that_was_named_stops_the_run(understood: Understood) -> None:
    """ING-01: employees are never joined to customers by equal numbers; the file and its columns are named."""
    staff = rows("employee_id,salary", *(f"{i},{i * 7 % 40}" for i in range(60)))
    with pytest.raises(UsageError) as caught:
        understood(PEOPLE, staff, id="customer_id")
    error = caught.value
    assert (error.code, error.exit_code) == ("P002", 2)
    assert "table1.csv" in error.what
    assert "employee_id, salary" in error.where
    assert "leave table1.csv out" in error.fix
    assert 'to "customer_id"' in error.fix


def test_the_id_of_another_file_forms_no_groups(understood: Understood) -> None:
    """A number that only names is no quantity."""
    people = rows("customer_id,guide,visits", *(f"{i},{i % 30},{i % 9}" for i in range(120)))
    guides = rows("guide,sales", *(f"{chr(97 + i // 26)}{chr(97 + i % 26)},{i % 7}" for i in range(60)))
    first, second = understood(people, guides)
    assert (named(second, Role.ID), named(first, Role.IGNORE), named(first, Role.BEHAVIOUR)) == (
        ["guide"],
        ["guide"],
        ["visits"],
    )
    members = rows("member_id,user_id,visits", *(f"m{i},{i % 80},{i % 9}" for i in range(120)))
    (table,) = understood(members, id="member_id")
    assert (named(table, Role.BEHAVIOUR), named(table, Role.IGNORE)) == (["visits"], ["user_id"])


def test_numbers_of_people_are_no_ids(understood: Understood) -> None:
    (table,) = understood(rows("id,number_of_contacts,num_users", *(f"a{i},{i % 70},{i % 60}" for i in range(200))), id="id")
    assert named(table, Role.BEHAVIOUR) == ["number_of_contacts", "num_users"]


def test_what_forms_groups_is_said_as_it_is(understood: Understood) -> None:
    """Beside events other columns describe; a log without events forms groups by its numbers."""
    (log,) = understood(
        rows("user_id,event,device,load", *(f"u{i % 20},{'view' if i % 3 else 'buy'},d{i % 3},{i % 7}" for i in range(80)))
    )
    assert {c.name: use(log, c) for c in log.columns} == {
        "user_id": "id", "event": "event", "device": "describes", "load": "describes",
    }  # fmt: skip
    assert use(log, log.columns[3], ("load",)) == "forms groups"
    (plain,) = understood(rows("user_id,load,depth", *(f"u{i % 20},{i % 7},{i % 11}" for i in range(80))))
    assert [use(plain, c) for c in plain.columns] == ["id", "forms groups", "forms groups"]
    (people,) = understood(PEOPLE)
    assert [use(people, c, ("visits",)) for c in people.columns] == ["id", "describes", "describes", "forms groups"]


@pytest.mark.parametrize(
    ("levels", "sensitive"),
    [
        (("Straight", "Gay", "Bisexual", "Other"), True),
        (("White", "Black", "Hispanic", "Other"), True),
        (("Catholic", "Protestant", "Muslim", "None"), True),
        (("White", "Black", "Red", "Blue"), False),
        (("White", "Black"), False),
        (("Straight", "Curly", "Wavy"), False),
        (("Yes", "No", "Not sure"), False),
    ],
)
def test_sensitive_answers_are_known_by_their_values(understood: Understood, levels: tuple[str, ...], sensitive: bool) -> None:
    """R48: a survey's q26 does not say what it asks; its answers do."""
    text = rows("id,q26,visits", *(f"a{i},{levels[i % len(levels)]},{i % 9}" for i in range(80)))
    (table,) = understood(text)
    assert roles(table)["q26"] is (Role.DEMOGRAPHIC if sensitive else Role.BEHAVIOUR)
    if sensitive:
        with pytest.raises(UsageError, match="describes groups"):
            understood(text, group_by=("q26",))


def test_what_is_ignored_is_no_difference_between_rows(understood: Understood) -> None:
    """ING-04: the fix names the columns that differ, and leaving them out merges the rows."""
    text = rows("customer_id,order_no,visits", *(f"c{i % 50},n{i},{i % 50 % 9}" for i in range(52)))
    with pytest.raises(DataError) as caught:
        understood(text, id="customer_id")
    assert '--ignore "order_no"' in caught.value.fix
    assert "correct the file" in caught.value.fix
    (table,) = understood(text, id="customer_id", ignore=("order_no",))
    assert table.columns[0].distinct == 50
    assert any("2 rows" in n.words and "--ignore" in n.words for n in table.notes)


def test_one_id_is_one_id(understood: Understood) -> None:
    (table,) = understood(PEOPLE + "c3,23,6,3\n", on_duplicate="first")
    assert any(n.words.startswith("1 id of") for n in table.notes)
