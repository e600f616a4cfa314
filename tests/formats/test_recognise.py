"""What is taken for an export of a tool, what is not, and what flags say against it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

import personae
from conftest import World, planted
from exported import EVENTS
from personae import flow, plugins, sample
from personae.errors import UsageError
from personae.model.format import Format, Signs
from personae.model.study import Role, Study
from personae.model.table import Table
from personae.stages.recognise import recognise
from reading import opened, write

PLAIN = "user_id,event,time,amount\n" + "".join(f"u{n % 7},view,2026-03-0{1 + n % 9} 10:00:00,{n}\n" for n in range(40))


@pytest.fixture(scope="module")
def world() -> World:
    return planted(users=150, groups=2, events=8, activity=30)


def _tools(*sources: Path, **settings: str) -> tuple[str, ...]:
    with opened(*sources, allow_rejects=5) as (engine, tables):
        return tuple(t.tool for t in recognise(engine, tables, Study(sources=tuple(map(str, sources)), **settings)))


@pytest.mark.parametrize(
    "header",
    [
        "user_id,event,time", "user_id,event_type,timestamp,session_id", "id,distinct_id,event,created",
        "anonymous_id,event,time", "customer_id,order_id,created,amount,currency", "page,views,users,bounce_rate",
        "Page,Views,Time",
        "email,first_name,last_active,orders", "event_name,event_timestamp,user_id", "uuid,event,timestamp,user",
        "Name,Email,Total,Created at", "id,Amount,Currency,Created", "Visits,Page Views,Bounce Rate,customer",
    ],
)  # fmt: skip
def test_a_table_of_ones_own_is_no_export(tmp_path: Path, header: str) -> None:
    names = header.split(",")
    rows = "".join(",".join(f"{n}{i}" for n in names) + "\n" for i in range(5))
    assert _tools(write(tmp_path / "own.csv", f"{header}\n{rows}")) == ("",)


def test_the_sample_company_and_planted_logs_are_no_exports(tmp_path: Path, world: World) -> None:

    made = sample.write(tmp_path / "sample", users=200).values()
    assert not any(_tools(*made, world.log(tmp_path / "log.csv"), world.users(tmp_path / "users.csv")))


SETS = (
    "deskdrop/users_interactions.csv.zip", "cdnow/CDNOW_master.txt", "groceries_members/Groceries_dataset.csv",
    "olist_orders/olist_orders_dataset.csv", "olist_orders/olist_order_items_dataset.csv", "telco_churn", "mall_customers",
    "wholesale_customers", "bank_marketing", "online_shoppers", "spotify_survey", "fitbit/dailyActivity_merged.csv",
    "fitbit/sleepDay_merged.csv", "stackoverflow_2017", "servicos_br/CadastroClientes.csv", "winekmc",
)  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_public_data_are_no_exports(real: object, name: str) -> None:
    folder, _, file = name.partition("/")
    path = real(folder)  # type: ignore[operator]
    assert not any(_tools(path / file if file else path))


def test_flags_weigh_more_than_the_format(tmp_path: Path, world: World) -> None:
    path = EVENTS["segment"](world, tmp_path)
    (table,), features = flow.measured(Study(sources=(str(path),), id="anonymous_id", describe=("event_text",), event="event"))
    roles = {c.name: (c.role, c.why) for c in table.columns}
    assert roles["anonymous_id"] == (Role.ID, "you said so")
    assert roles["event"] == (Role.EVENT, "you said so")
    assert roles["event_text"][0] is Role.DEMOGRAPHIC
    assert set(features.ids.to_pylist()) == {f"device-{i}" for i in world.ids}


def test_none_takes_the_columns_as_they_stand(tmp_path: Path, world: World) -> None:
    assert _tools(EVENTS["segment"](world, tmp_path), tool="none") == ("",)


def test_a_tool_can_be_named_for_the_table_that_has_its_columns(tmp_path: Path, world: World) -> None:
    own = write(tmp_path / "own.csv", PLAIN)
    assert _tools(EVENTS["posthog"](world, tmp_path), own, tool="posthog") == ("posthog", "")
    with pytest.raises(UsageError, match="no table has the columns of an Amplitude export") as caught:
        _tools(own, tool="amplitude")
    assert caught.value.code == "P002"
    with pytest.raises(UsageError, match="no tool that is known") as caught:
        _tools(own, tool="heap")
    assert "amplitude" in caught.value.fix
    with pytest.raises(UsageError) as caught:
        _tools(own, tool="mixpannel")
    assert caught.value.fix == "did you mean --tool mixpanel?"


def test_two_tools_that_fit_equally_are_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug = SimpleNamespace(
        FORMAT=Format(title="a twin", documented="", signs=(Signs(("user_id", "event", "time")),), id=("user_id",))
    )
    monkeypatch.setattr(plugins, "names", lambda socket: ("one", "two"))
    monkeypatch.setattr(plugins, "find", lambda socket, name: plug)
    table = Table("a.csv", "a", "", (), 1, 1)
    from personae.files.rows import waiting

    with pytest.raises(UsageError, match="equally well") as caught:
        recognise(None, (Table("a.csv", "a", "", waiting(("user_id", "event", "time")), 1, 1),), Study(sources=()))
    assert caught.value.code == "P003"
    assert "--tool one or --tool two" in caught.value.fix
    assert recognise(None, (table,), Study(sources=())) == (table,)


@pytest.mark.parametrize("name", plugins.names("formats"))
def test_every_format_is_declared_whole(name: str) -> None:
    format = plugins.find("formats", name).FORMAT
    assert format.title.startswith(("a ", "an "))
    assert format.documented
    assert format.signs
    assert all(len(s.columns) >= 2 for s in format.signs)
    assert format.id


def test_users_are_placed_from_new_exports_as_from_those_of_the_run(tmp_path: Path, world: World) -> None:
    """FEA-13: an export is recognised the same when users are scored."""
    path = EVENTS["amplitude"](world, tmp_path)
    cast = personae.run(str(path), groups=2, seed=7)
    scored = cast.score(str(path)).to_pylist()
    assert {r["id"]: r["persona"] for r in scored} == {r["id"]: r["persona"] for r in cast.users.to_pylist()}


def test_people_who_never_signed_in_are_placed_by_the_id_of_their_device(tmp_path: Path, world: World) -> None:
    path = EVENTS["mixpanel"](world, tmp_path)
    cast = personae.run(str(path), groups=2, seed=7)
    unknown = [line for line in path.read_text().splitlines() if f"$device:device-{world.ids[3]}" in line]
    (row,) = cast.score(str(write(tmp_path / "unknown.jsonl", "\n".join(unknown)))).to_pylist()
    assert row["id"] == f"$device:device-{world.ids[3]}"
    assert row["persona"] in {"P1", "P2"}


def test_what_ids_are_about_follows_the_tool(tmp_path: Path) -> None:
    rows = "".join(f"/page/{n},{1000 + n * 7 % 400},{n % 60},0.{10 + n % 80}\n" for n in range(60))
    header = "Page path and screen class,Views,Average engagement time,Bounce rate\n"
    cast = personae.run(str(write(tmp_path / "pages.csv", header + rows)), force=True, groups=2)
    assert cast.cast.study.entity == "page"


def test_many_compressed_files_in_a_folder_are_one_export(tmp_path: Path) -> None:
    import gzip

    for hour in range(3):
        rows = [{"event_type": "e", "event_time": f"2026-03-01 0{hour}:00:0{n}", "amplitude_id": n, "user_id": f"u{n}",
                 "$insert_id": f"{hour}-{n}"} for n in range(5)]  # fmt: skip
        write(
            tmp_path / "187520" / f"187520_2026-03-01_{hour}#0.json.gz",
            gzip.compress("\n".join(map(json.dumps, rows)).encode()),
        )
    (table,), features = flow.measured(Study(sources=(str(tmp_path),)))
    assert (table.tool, table.used, len(table.files), len(features)) == ("amplitude", 15, 3, 5)
