"""The scoring API as a client sees it: what it answers, and that it answers what the rule says (requirement 144)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personae.agents.desk import Desk
from personae.errors import DataError
from personae.model.exclusion import Exclusion
from personae.stages.intake import Scorer
from personae.store.excluded import exclude
from personae.web import answers, limits
from personae.web.serving import Serving
from web.served import Served, running, turned

FIELDS = ("id", "persona", "persona_name", "membership", "second", "margin", "kind", "reason", "run", "unknown")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with running(tmp_path_factory.mktemp("served")) as made:
        yield made


def test_one_user_gets_one_answer_with_the_run_that_gave_it(served: Served) -> None:
    one = served.ask("POST", "/v1/score", served.record_of(3))
    assert one.status == 200 and tuple(one.json) == FIELDS
    assert one.json["run"] == "r01" and one.json["id"] == served.world.ids[3]


def test_many_users_stand_where_the_run_put_them(served: Served) -> None:
    """MOD-03: alone, together and in the run, the same to every digit."""
    records = [served.record_of(i) for i in range(len(served.world.ids))]
    together = served.ask("POST", "/v1/score", records).json["answers"]
    keys = {p.index: p.key for p in served.cast.personas}
    place = dict(zip(served.cast.ids.to_pylist(), served.cast.placement.persona.tolist(), strict=True))
    assert [a["persona"] for a in together] == [keys.get(place[a["id"]], "") for a in together]
    assert together[:20] == [served.ask("POST", "/v1/score", r).json for r in records[:20]]


def test_the_reason_comes_when_it_is_asked_for(served: Served) -> None:
    told = served.ask("POST", "/v1/score?explain=true", served.record_of(3)).json
    assert told["why"] and all(any(c.isdigit() for c in w) for w in told["why"])
    assert served.ask("POST", "/v1/score?explain=maybe", served.record_of(3)).status == 422


def test_events_that_the_rule_does_not_count_are_told_with_the_one_that_was_meant(served: Served) -> None:
    """A log may hold new events, so that nobody is refused; a mistyped name is not swallowed either."""
    event = served.world.events[0]
    for events in ({event + "x": 3}, [event + "x", event]):
        told = served.ask("POST", "/v1/score?explain=true", {"id": "C-1", "events": events})
        assert told.status == 200
        said = [w for w in told.json["why"] if "does not count" in w]
        assert len(said) == 1 and f"'{event}x'" in said[0] and "did you mean" in said[0]
    known = served.ask("POST", "/v1/score?explain=true", {"id": "C-1", "events": {event: 3, "new": 0}})
    assert not any("does not count" in w for w in known.json["why"])


def test_events_that_nobody_ever_did_are_named_without_being_asked(served: Served) -> None:
    """A mistyped name is told beside "no behaviour to go by", and a record that is right has none."""
    event = served.world.events[0]
    none = {"id": "C-1", "events": {f"{event}{x}": 3 for x in "abcd"}}
    told = served.ask("POST", "/v1/score", none).json
    assert told["reason"] == "no behaviour to go by"
    assert told["unknown"] == {"count": 4, "names": [f"{event}{x}" for x in "abc"]}
    some = served.ask("POST", "/v1/score", [{"id": "C-1", "events": [event, "new", event]}, served.record_of(3)]).json[
        "answers"
    ]
    assert [a["unknown"] for a in some] == [{"count": 1, "names": ["new"]}, {"count": 0, "names": []}]
    assert Scorer(served.cast).place([none])[0].unknown.count == 4
    assert Desk(served.cast, Exclusion()).score(none)["unknown"] == told["unknown"]


def test_personas_say_what_the_evidence_says(served: Served) -> None:
    told = served.ask("GET", "/v1/personas").json
    assert [p["key"] for p in told["personas"]] == [p.key for p in served.cast.personas]
    assert all(p["verdict"] == told["verdict"]["kind"] for p in told["personas"])


def test_a_user_of_the_run_is_told_why(served: Served) -> None:
    id = served.world.ids[9]
    told = served.ask("GET", f"/v1/users/{id}/why").json
    assert told["id"] == id and told["why"] and told["data"]["sources"] == ["events.csv"]
    assert told["persona"] == served.ask("POST", "/v1/score", served.record_of(9)).json["persona"]


def test_runs_are_listed_without_a_path(served: Served) -> None:
    told = served.ask("GET", "/v1/runs")
    assert told.json["current"] in [r["run"] for r in told.json["runs"]]
    assert str(served.record.root.parent).encode() not in told.body


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        ({"id": "a", "events": {"event_01": "many"}}, 422, "P103", "event_01"),
        ({"id": "a", "events": 5}, 422, "P103", "events"),
        ({"events": {}}, 422, "P103", "missing"),
        ({"id": 7, "events": {}}, 422, "P103", "no text"),
        ({"id": "a", "colour": "red"}, 422, "P002", "events"),
        ([], 422, "P302", "0 records"),
        ("text", 422, "P103", "no object"),
    ],
)
def test_what_does_not_fit_is_named(served: Served, body: Any, status: int, code: str, words: str) -> None:
    """Row 40, and the shape of an error: code, what, where, fix."""
    wrong = served.ask("POST", "/v1/score", body)
    assert wrong.headers["content-type"] == "application/problem+json"
    assert (wrong.status, wrong.json["code"]) == (status, code) and words in wrong.json["detail"]
    assert wrong.json["status"] == status and wrong.json["fix"]


def test_a_run_that_is_named_by_its_folder_is_called_as_that_is(served: Served) -> None:
    """Every answer names its run, and none names a path."""
    folder = served.record.place(served.record.entry("r01"))
    serving = Serving(served.record, str(folder))
    serving.close()
    assert serving.run == folder.name == serving.scorer.place([served.record_of(1)])[0].run


def test_the_record_that_does_not_fit_is_numbered_among_all(served: Served) -> None:
    records = [*(served.record_of(i % 300) for i in range(250)), {"id": "a", "events": {"event_01": "x"}}, served.record_of(1)]
    wrong = served.ask("POST", "/v1/score", records)
    assert wrong.status == 422 and wrong.json["where"] == 'record 251, field "event_01"'


def test_a_record_that_does_not_fit_is_found_without_placing_those_before_it_again(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many came before: others have their turn. Who is on an exclusion list is counted all the same."""
    records = [*(served.record_of(i % 300) for i in range(3 * limits.TURN)), served.record_of(0), {"id": "a", "events": 3}]
    (tmp_path / "away.csv").write_text(f"id\n{served.world.ids[0]}\n", encoding="utf-8")
    scorer = Scorer(replace(served.cast, study=replace(served.cast.study, exclude=(str(tmp_path / "away.csv"),))))
    sizes, place = list[int](), scorer.place
    monkeypatch.setattr(scorer, "place", lambda some, **more: (sizes.append(len(some)), place(some, **more))[1])
    with pytest.raises(DataError) as wrong:
        list(answers.turns(scorer, records, explain=False))
    assert wrong.value.where == f'record {len(records)}, field "events"'
    assert sum(sizes) == len(records)


def test_another_run_takes_over_and_no_answer_is_mixed(served: Served) -> None:
    """WEB-06: every answer is the offline label of the run id it carries."""
    offline = {"r01": Scorer(served.cast)}
    records = [served.record_of(i) for i in range(40)]
    served.record.add(turned(served.cast), None, "2026-06-06", more=lambda place, _: None)
    offline["r02"] = Scorer(served.record.load("r02"))
    expected = {run: [a.persona for a in s.place(records)] for run, s in offline.items()}
    assert expected["r01"] != expected["r02"]
    seen, end = set(), time.monotonic() + 20
    while "r02" not in seen and time.monotonic() < end:
        told = served.ask("POST", "/v1/score", records).json
        seen.add(told["run"])
        assert [a["persona"] for a in told["answers"]] == expected[told["run"]]
        assert {a["run"] for a in told["answers"]} == {told["run"]}
    assert "r02" in seen


def test_who_is_on_the_exclusion_list_is_not_placed(served: Served) -> None:
    """Honoured from the next look at the record on, without a restart."""
    exclude(served.record.root, [served.world.ids[5]])
    end = time.monotonic() + 20
    while served.world.ids[5] not in served.serving.scorer._spared and time.monotonic() < end:
        time.sleep(0.1)
    few = served.ask("POST", "/v1/score", [served.record_of(5), served.record_of(6)]).json["answers"]
    assert few[0]["persona"] == "" and "exclusion list" in few[0]["reason"] and few[1]["persona"]
    assert served.ask("GET", f"/v1/users/{served.world.ids[5]}/why").status == 404


# ---------------------------------------------------------------- the contract


def _document(served: Served) -> dict[str, Any]:
    return dict(served.ask("GET", "/openapi.json").json)


def test_the_document_is_openapi_and_lists_every_route(served: Served) -> None:
    document = _document(served)
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {"/v1/score", "/v1/personas", "/v1/users/{id}/why", "/v1/runs", "/health"}
    for shape in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(shape)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
COUNTS = st.dictionaries(st.sampled_from([f"event_{i:02d}" for i in range(12)]), st.integers(-1, 99) | JSON, max_size=6)
RECORD = st.fixed_dictionaries(
    {}, optional={"id": st.text(max_size=9) | JSON, "events": COUNTS | st.lists(COUNTS) | JSON, "x": JSON}
)
QUERY = st.sampled_from(["", "?explain=true", "?explain=1", "?explain=no", "?explain=%00", "?x=../.."])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(body=RECORD | st.lists(RECORD, max_size=5) | JSON | st.binary(max_size=60), query=QUERY)
def test_no_body_breaks_the_contract(served: Served, body: Any, query: str) -> None:
    """WEB-17: never 5xx, and every answer is as the document says."""
    _as_documented(served, "POST", "/v1/score", "/v1/score" + query, body)


@settings(max_examples=40, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"]),
    path=st.sampled_from(["/v1/personas", "/v1/runs", "/health", "/v1/score", "/v1/users/a/why", "/v1", "/", "//v1/runs"]),
)
def test_no_method_breaks_the_contract(served: Served, method: str, path: str) -> None:
    told = served.ask(method, path)
    assert told.status < 500
    if method != "HEAD" and told.status >= 400:
        assert told.headers["content-type"] == "application/problem+json"


def _as_documented(served: Served, method: str, route: str, path: str, body: Any) -> None:
    document = _document(served) if not DOCUMENT else DOCUMENT[0]
    DOCUMENT[:] = [document]
    told = served.ask(method, path, body)
    assert told.status < 500, told.body
    known = document["paths"][route][method.lower()]["responses"]
    (shape,) = known["200" if told.status == 200 else "default"]["content"].values()
    jsonschema.validate(told.json, {**shape["schema"], "components": document["components"]})


DOCUMENT: list[Any] = []


def test_a_record_that_the_document_allows_is_placed(served: Served) -> None:
    shape = _document(served)["components"]["schemas"]["Record"]
    jsonschema.validate(served.record_of(2), shape)
    assert served.ask("POST", "/v1/score", served.record_of(2)).status == 200
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": 5, "events": {"event_01": -1}}, shape)


def test_an_answer_survives_what_no_text_can_hold(served: Served, tmp_path: Path) -> None:
    told = served.ask("POST", "/v1/score", b'{"id":"\\ud800","events":{"event_01":3}}')
    assert told.status == 200 and told.json["id"] == "?"
