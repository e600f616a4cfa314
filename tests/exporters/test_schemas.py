"""What a run writes is what its published schemas say."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import cast_builder
from exporters import worlds
from personae.exporters import json as exporter
from personae.model.cast import Cast
from refreshed import placed, refreshed

CASTS = {"small": cast_builder.cast, "none": cast_builder.nothing, **{k: worlds.ALL[k] for k in ("natural", "constructive")}}
CASTS["refreshed"] = lambda: refreshed(placed(["P1"] * 60 + ["P2"] * 40, run="r01"), placed(["P1"] * 40 + ["P2"] * 60))


@pytest.mark.parametrize("name", CASTS)
def test_every_document_is_valid_by_its_schema(name: str, tmp_path: Path) -> None:
    cast: Cast = CASTS[name]()
    (tmp_path / "private").mkdir()
    exporter.export(cast, tmp_path)
    assert (tmp_path / "change.json").exists() == (name == "refreshed")
    for file, schema in exporter.schemas().items():
        if file == "change.json" and name != "refreshed":
            continue
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(json.loads((tmp_path / file).read_text(encoding="utf-8")), schema)


@pytest.mark.parametrize("break_it", ["users", "name", "version", "share"])
def test_a_document_that_is_not_one_of_ours_is_refused(break_it: str, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    exporter.export(worlds.natural(), tmp_path)
    made = json.loads((tmp_path / "personas.json").read_text(encoding="utf-8"))
    if break_it == "users":
        made["users"] = "many"
    elif break_it == "name":
        del made["personas"][0]["name"]
    elif break_it == "version":
        made["schema_version"] = 99
    else:
        made["personas"][0]["share"] = "a third"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, exporter.schemas()["personas.json"])


def test_the_card_of_a_run_says_what_it_is_for_and_how_sure_it_is(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    exporter.export(worlds.natural(), tmp_path)
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert card["verdict"]["kind"] == "natural"
    assert [p["users"] for p in card["personas"]] == [3980, 3210, 2310, 2050, 830]
    assert card["limits"] and "single customer" in card["use"]["not_for"]
    text = json.dumps(card)
    assert "id-of-a-user" not in text and "secret-" not in text
