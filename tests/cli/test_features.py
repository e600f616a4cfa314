"""personae features: the list, one recipe, its SQL; and settings that name recipes and windows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae import plugins
from personae.cli import settings
from personae.cli.main import main
from personae.errors import UsageError
from personae.sql.events import DIALECTS


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["features", *arguments])
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


def test_every_recipe_is_listed_with_its_options_and_needs(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys)
    assert all(f"\n{name}" in out for name in plugins.names("recipes"))
    assert "time_to_first(event)" in out
    assert max(map(len, out.splitlines())) <= 110


def test_the_list_is_also_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--json")
    recipes = {r["name"]: r for r in json.loads(out)["recipes"]}
    assert code == 0
    assert recipes["attrition"]["options"] == {"days": "30", "event": "EVENT or none"}
    assert recipes["attrition"]["outcome"] is True


@pytest.mark.parametrize("name", plugins.names("recipes"))
def test_a_recipe_is_told_in_full(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = said(capsys, name)
    assert code == 0
    assert all(f"\n{label} " in out for label in ("what", "unit", "needs", "formula", "groups", "example"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_sql_of_a_recipe_needs_no_database(capsys: pytest.CaptureFixture[str], dialect: str) -> None:
    code, out, _ = said(capsys, "diversity(of=genre, event=play)", "--sql", dialect)
    assert code == 0
    assert out.startswith("-- diversity(of=genre, event=play)\n-- log: ")
    assert "diversity_of_genre_play" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("recensy",), "did you mean recency?"),
        (("recency", "--sql", "postgre"), "did you mean --sql postgres?"),
        (("--sql", "mysql"), "personae features rfm --sql mysql"),
        (("recency(evnt=play)",), "did you mean event=?"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_one(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    code, _, err = said(capsys, *arguments)
    assert code == 2
    assert says in err


@pytest.mark.parametrize("window", ["90d", "first-1d", "first-7d", "2026-01-01..2026-03-31"])
def test_a_window_has_three_forms(window: str) -> None:
    assert settings.study(["log.csv"], {"window": window}, {}).window == window


@pytest.mark.parametrize("window", ["last month", "first-0d", "2026-03-31..2026-01-01", "2026-13-01..2026-14-01"])
def test_another_window_is_refused_before_anything_is_read(window: str) -> None:
    with pytest.raises(UsageError):
        settings.study(["log.csv"], {"window": window}, {})


def test_recipes_are_a_list_in_toml_and_commas_in_brackets_do_not_part_them(tmp_path: Path) -> None:
    (tmp_path / "personae.toml").write_text('features = ["rfm", "skip_rate(event=skip, of=play)"]\n')
    kept = settings.keep(tmp_path)
    wanted = ("rfm", "skip_rate(event=skip, of=play)")
    assert settings.study(["log.csv"], {}, kept).features == wanted
    assert settings.study(["log.csv"], {"features": ",".join(wanted)}, {}).features == wanted


def test_a_recipe_that_does_not_exist_is_refused_before_anything_is_read() -> None:
    with pytest.raises(UsageError, match="no recipe"):
        settings.study(["log.csv"], {"features": "rfn"}, {})
