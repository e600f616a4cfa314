"""Tables of PostgreSQL: whoever is in a row that comes, changes or goes is answered once, as `personae score` answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import personae
from arriving import Always, Heard, Row, Shop, listening, strangers, until
from personae.arrivals import postgres as plug
from personae.errors import MachineError, PersonaeError, UsageError
from personae.model.cast import Cast
from personae.stages.arrive import Placer, placer
from servers import Server

SOURCE = ["env:DB_URL::visits"]
TO = "personae_personas"
READ = "SELECT id, persona_key, persona_name, membership, margin, kind, reason FROM personae_personas ORDER BY id"


class Turning:
    """The last of some runs is the current one."""

    def __init__(self, runs: list[Always]) -> None:
        self.runs = runs

    def get(self) -> Any:
        """The run."""
        return self.runs[-1].get()


@pytest.fixture
def table(postgres: Server, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server with an empty log `visits` that is listened to."""
    pytest.importorskip("psycopg")
    monkeypatch.setenv("DB_URL", postgres.url())
    postgres.run("CREATE TABLE visits (user_id text, event text, time timestamptz)", "CREATE INDEX ON visits (user_id)")
    plug.install(SOURCE, TO, shop.placer())
    yield postgres
    postgres.run("DROP TABLE IF EXISTS visits, personae_personas, personae_personas_queue, personae_personas_failed CASCADE")


def _put(server: Server, rows: Sequence[Row]) -> None:
    values = ", ".join(f"('{u}', '{e}', '{t}')" for u, e, t in rows)
    server.run(f"INSERT INTO visits VALUES {values}")


def _once(current: Any, sources: Sequence[str] = SOURCE) -> Heard:
    heard = Heard()
    plug.listen(list(sources), TO, current, heard.tell, threading.Event(), once=True)
    return heard


def _answers(server: Server) -> dict[str, tuple[Any, ...]]:
    return {id: tuple(rest) for id, *rest in server.run(READ)}


def _waiting(server: Server) -> int:
    return int(server.run("SELECT count(*) FROM personae_personas_queue")[0][0])


def test_every_user_is_answered_as_by_personae_score_and_again_when_their_rows_change(table: Server, shop: Shop) -> None:
    """Requirement 40: assigned automatically when a customer is added; equals batch exactly."""
    users = sorted({u for u, *_ in shop.later})
    _put(table, shop.later)
    assert _once(Always(shop.placer())).placed == len(users)
    assert _answers(table) == shop.batch(shop.later)

    more = [(users[0], "event_05", "2026-05-01T10:00:00Z")] * 30
    _put(table, more)
    table.run(f"DELETE FROM visits WHERE user_id = '{users[1]}'")
    table.run(f"UPDATE visits SET user_id = 'new' WHERE user_id = '{users[2]}'")
    heard = _once(Always(shop.placer()))
    kept = [("new" if u == users[2] else u, e, t) for u, e, t in shop.later if u != users[1]]
    assert heard.placed == 2  # the one with more events and the new one: two others went
    assert _answers(table) == shop.batch([*kept, *more])
    assert _waiting(table) == 0


def test_a_listener_is_woken_when_a_row_is_committed_and_again_after_the_connection_broke(
    table: Server, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirement 40: at once. The server's restart is a cut connection to us."""
    monkeypatch.setattr(plug, "LOOK", 6.0)  # so that only the notice can have woken it
    first, second = (next(r for r in shop.later if r[0] == u) for u in sorted({u for u, *_ in shop.later})[:2])
    with listening(plug.listen, SOURCE, TO, Always(shop.placer())) as heard:
        until(lambda: heard.came)
        _put(table, [first])
        until(lambda: heard.placed == 1)
        assert max(s for c in heard.came for s in c.seconds) < 5.0
        table.cut()
        _put(table, [second])
        until(lambda: heard.placed == 2)
    assert [c.said for c in heard.came if "lost" in c.said or "back" in c.said]
    assert _answers(table) == shop.batch([first, second])


def test_a_run_that_does_not_suit_the_tables_leaves_the_one_before_in_use_and_is_told_once(
    table: Server, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Also when the server was away meanwhile; the next run is tried again."""
    rows = [next(r for r in shop.later if r[0] == u) for u in sorted({u for u, *_ in shop.later})[:4]]
    other = tuple(replace(t, columns=tuple(replace(c, name=f"old {c.name}") for c in t.columns)) for t in shop.cast.tables)
    unfit = placer(replace(shop.cast, run="r02", tables=other), strict=False)
    later = placer(replace(shop.cast, run="r03"), strict=False)
    current = [Always(shop.placer())]
    with listening(plug.listen, SOURCE, TO, Turning(current)) as heard:
        until(lambda: heard.came)
        _put(table, rows[:1])
        until(lambda: heard.placed == 1)
        current.append(Always(unfit))
        _put(table, rows[1:2])
        until(lambda: heard.placed == 2)
        table.cut()
        _put(table, rows[2:3])
        until(lambda: heard.placed == 3)
        current.append(Always(later))
        _put(table, rows[3:])
        until(lambda: heard.placed == 4)
    assert [c.run for c in heard.came if c.placed] == ["r01", "r01", "r01", "r03"]
    assert sum("do not suit r02" in r.message for r in caplog.records) == 1
    assert len(_answers(table)) == 4


def test_two_listeners_share_the_queue_and_answer_nobody_twice(
    table: Server, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plug, "BATCH", 3)
    table.run(
        "CREATE TABLE written (id text)",
        "CREATE FUNCTION wrote() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN INSERT INTO written VALUES (NEW.id); RETURN NULL; END'",
        "CREATE TRIGGER wrote AFTER INSERT OR UPDATE ON personae_personas FOR EACH ROW EXECUTE FUNCTION wrote()",
    )
    _put(table, shop.later)
    heard = [Heard(), Heard()]
    threads = [
        threading.Thread(
            target=plug.listen, args=(SOURCE, TO, Always(shop.placer()), h.tell, threading.Event()), kwargs={"once": True}
        )
        for h in heard
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    written = [id for (id,) in table.run("SELECT id FROM written")]
    table.run("DROP TABLE written CASCADE", "DROP FUNCTION wrote CASCADE")
    assert sorted(written) == sorted({u for u, *_ in shop.later})
    assert sum(h.placed for h in heard) == 40
    assert _waiting(table) == 0


def test_a_listener_that_dies_in_the_middle_leaves_everybody_waiting(
    table: Server, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(table, shop.later)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(plug, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            _once(Always(shop.placer()))
    assert (_waiting(table), _answers(table)) == (40, {})
    assert _once(Always(shop.placer())).placed == 40
    assert _answers(table) == shop.batch(shop.later)


WINDOWS = ("30d", "first-7d", "2026-03-10..2026-04-20", "2020-01-01..2020-01-31")


@pytest.mark.parametrize("window", WINDOWS)
def test_only_the_days_of_the_runs_window_count(table: Server, shop: Shop, window: str) -> None:
    """Counts in the window are read again when an event arrives."""
    cast: Cast = replace(shop.cast, study=replace(shop.cast.study, window=window, timezone="Europe/Paris"))
    _put(table, shop.later)
    _once(Always(placer(cast, strict=False)))
    batch, answers = shop.batch(shop.later, cast), _answers(table)
    assert {id: answers[id] for id in batch} == batch
    assert {answers[id][-1] for id in set(answers) - set(batch)} <= {"no behaviour to go by"}  # no event in the window


def test_users_who_cannot_be_placed_are_listed_and_keep_nobody_waiting(
    table: Server, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(table, shop.later)
    bad = sorted({u for u, *_ in shop.later})[0]
    used = shop.placer()
    place = used.scorer.place

    def breaks(records: Sequence[Any], **more: Any) -> Any:
        if any(r["user_id"] == bad for r in records):
            raise ZeroDivisionError("of ours")
        return place(records, **more)

    monkeypatch.setattr(used.scorer, "place", breaks)
    heard = _once(Always(used))
    assert (heard.placed, heard.aside, _waiting(table)) == (39, 1, 0)
    assert [tuple(r) for r in table.run("SELECT key, code FROM personae_personas_failed")] == [(bad, "P900")]


def test_people_on_the_exclusion_list_get_no_answer(table: Server, shop: Shop, tmp_path: Path) -> None:
    """SEC-05: an objector is absent from scores, and an answer that was there goes."""
    users = sorted({u for u, *_ in shop.later})
    _put(table, shop.later)
    _once(Always(shop.placer()))
    (tmp_path / "objectors.csv").write_text(f"user_id\n{users[0]}\n", encoding="utf-8")
    cast = replace(shop.cast, study=replace(shop.cast.study, exclude=(str(tmp_path / "objectors.csv"),)))
    plug.install(SOURCE, TO, shop.placer(), everyone=True)
    assert _once(Always(placer(cast, strict=False))).placed == 39
    assert users[0] not in _answers(table)


def test_users_of_a_group_nobody_has_seen_have_no_persona(table: Server, shop: Shop) -> None:
    _put(table, strangers("event_03"))
    heard = _once(Always(shop.placer()))
    none = table.run("SELECT count(*) FROM personae_personas WHERE kind = 'outside' AND persona_key IS NULL")
    assert none[0][0] == sum(c.outside for c in heard.came) >= 24


def test_columns_of_users_and_their_events_may_lie_in_two_tables(table: Server, shop: Shop) -> None:
    """A row a user with typed columns beside the log; what the rule does not read changes nothing."""
    odd = '"Odd ""people"""'
    table.run(f"CREATE TABLE {odd} (user_id text PRIMARY KEY, age int)")
    sources = [*SOURCE, 'env:DB_URL::Odd "people"']
    plug.install(sources, TO, shop.placer())
    _put(table, shop.later)
    table.run(f"INSERT INTO {odd} SELECT DISTINCT user_id, 30 FROM visits", f"INSERT INTO {odd} VALUES ('nobody''s', 3)")
    _once(Always(shop.placer()), sources)
    answers = _answers(table)
    assert answers.pop("nobody's")[-1] == "no behaviour to go by"
    assert answers == shop.batch(shop.later)
    plug.remove(sources, TO, shop.placer())
    left = table.run("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'personae%'")
    table.run(f"DROP TABLE {odd} CASCADE")
    assert left[0][0] == 0


def test_what_is_set_up_is_printed_first_and_nothing_is_done(table: Server, shop: Shop) -> None:
    """CLI-06: a dry run writes nothing."""
    plug.remove(SOURCE, TO, shop.placer())
    statements = plug.install(SOURCE, TO, shop.placer(), dry=True)
    assert any(s.startswith("CREATE TRIGGER") for s in statements)
    with pytest.raises(UsageError, match="nothing tells who arrives") as told:
        _once(Always(shop.placer()))
    assert "--install" in told.value.fix
    plug.install(SOURCE, TO, shop.placer())
    table.run("DROP TABLE visits", "CREATE TABLE visits (user_id text, event text, time timestamptz)")
    with pytest.raises(UsageError, match="nothing tells who arrives in visits"):  # the triggers went with the old table
        _once(Always(shop.placer()))


@pytest.mark.parametrize(
    ("source", "kind", "code"),
    [
        ("env:DB_URL::select * from visits", UsageError, "P001"),
        ("env:DB_URL::vistis", PersonaeError, "P116"),
        ("env:DB_URL::colours", UsageError, "P002"),
        ("postgresql://anna@127.0.0.1:1/shop::visits", MachineError, "P116"),
    ],
)
def test_what_cannot_be_listened_to_says_why(
    table: Server, shop: Shop, source: str, kind: type[PersonaeError], code: str
) -> None:
    table.run("CREATE TABLE IF NOT EXISTS colours (red int)")
    with pytest.raises(kind) as told:
        plug.install([source], TO, shop.placer())
    assert (told.value.code, bool(told.value.fix)) == (code, True)


def test_a_run_that_does_not_suit_the_table_leaves_the_last_one_in_use(table: Server, shop: Shop) -> None:
    """REF-07: last good keeps answering."""
    used: list[Placer] = [shop.placer()]

    class Swapped:
        def get(self) -> Placer:
            return used[-1]

    with listening(plug.listen, SOURCE, TO, Swapped()) as heard:
        until(lambda: heard.came)
        used.append(placer(replace(shop.cast, study=replace(shop.cast.study, window="nonsense")), strict=False))
        _put(table, shop.later)
        until(lambda: heard.placed == 40)
    assert _answers(table) == shop.batch(shop.later)


COLUMNS = "id bigint PRIMARY KEY, coupons numeric(6,2), recipes real, visits int, newsletter boolean, plan char(8), born date"


def _people(first: int, users: int, odd: bool = False) -> str:
    """Rows of customers of three kinds, of every type of column; with `odd` some cells are empty or like nobody's."""
    rng = np.random.default_rng(first)
    kinds = ((2, 9, 1, "true", "family"), (8, 1, 5, "false", "single"), (1, 1, 9, "true", "plus"))
    rows = []
    for i in range(first, first + users):
        coupons, recipes, visits, news, plan = kinds[int(rng.integers(3))]
        cells = [
            f"{max(0.0, rng.normal(coupons, 0.8)):.2f}",
            f"{max(0.0, rng.normal(recipes, 0.8)):.3f}",
            str(rng.poisson(visits)),
        ]
        cells += [news if rng.random() < 0.9 else "NULL", f"'{plan}'" if rng.random() < 0.9 else "'new'", "DATE '1990-01-02'"]
        if odd and i % 4 == 0:
            cells[i // 4 % 5] = "NULL"
        if odd and i % 7 == 0:
            cells[2] = "90000"
        rows.append(f"({i}, {', '.join(cells)})")
    return ", ".join(rows)


@pytest.mark.slow
def test_customers_of_columns_of_every_type_are_answered_as_by_personae_score(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirement 40: a new row of the table that the run was made of, whatever its types; NULL is empty."""
    monkeypatch.setenv("DB_URL", postgres.url())
    postgres.run(f"CREATE TABLE people ({COLUMNS})", f"INSERT INTO people VALUES {_people(1, 250)}")
    found = personae.run("env:DB_URL::people", groups=3, worlds="none", method="kmeans", id="id")
    used = placer(found.cast, strict=False)
    postgres.run(f"CREATE TABLE newcomers ({COLUMNS})")
    plug.install(["env:DB_URL::newcomers"], TO, used)
    postgres.run(f"INSERT INTO newcomers VALUES {_people(1000, 60, odd=True)}")
    heard = _once(Always(used), ["env:DB_URL::newcomers"])
    table = found.score("env:DB_URL::newcomers").to_pylist()
    answers = _answers(postgres)
    postgres.run("DROP TABLE people, newcomers, personae_personas, personae_personas_queue, personae_personas_failed CASCADE")
    names = ("persona", "persona_name", "membership", "margin", "kind", "reason")
    assert answers == {r["id"]: tuple(r[n] for n in names) for r in table}
    assert (heard.placed, {a[-2] for a in answers.values()} >= {"core", "outside"}) == (60, True)
