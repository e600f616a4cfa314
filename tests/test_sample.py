"""The sample company: planted, dirty on purpose, always the same."""

from __future__ import annotations

import csv
import time
from collections import Counter
from pathlib import Path

import pytest

from personae import sample


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return sample.write(tmp_path_factory.mktemp("sample"))


def _rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


def test_it_is_written_quickly_and_always_with_the_same_bytes(company: dict[str, Path], tmp_path: Path) -> None:
    start = time.perf_counter()
    again = sample.write(tmp_path)
    assert time.perf_counter() - start < 5
    assert all(again[k].read_bytes() == company[k].read_bytes() for k in company)


def test_another_seed_makes_another_company(company: dict[str, Path], tmp_path: Path) -> None:
    assert sample.write(tmp_path, seed=8)["events"].read_bytes() != company["events"].read_bytes()


def test_ids_need_their_letters_and_zeros(company: dict[str, Path]) -> None:
    ids = [r[0] for r in _rows(company["users"]) if r[0]]
    assert all(i.startswith("C-") and len(i) == 7 for i in ids)
    assert len(set(ids)) == 2400


def test_the_log_spans_ninety_days_in_two_time_zones_and_their_summer_time(company: dict[str, Path]) -> None:
    times = [r[1] for r in _rows(company["events"]) if len(r) == 4 and r[1][:2] == "20"]
    assert {t[-6:] for t in times} == {"+00:00", "+01:00", "+02:00"}
    assert 88 <= len({t[:10] for t in times}) <= 91


def test_there_are_fifteen_to_thirty_kinds_of_events(company: dict[str, Path]) -> None:
    events = Counter(r[2] for r in _rows(company["events"]) if len(r) == 4)
    assert 15 <= len(events) <= 30


def test_a_handful_of_rows_is_dirty(company: dict[str, Path]) -> None:
    odd = [r for r in _rows(company["users"]) if len(r) != 7 or not r[0]]
    log = _rows(company["events"])
    odd += [r for r in log if len(r) != 4 or not r[0] or r[0] == "C-99999" or r[1][:2] != "20"]
    assert len(odd) == 7


def test_three_in_ten_answer_the_survey(company: dict[str, Path]) -> None:
    answers = _rows(company["survey"])
    assert 600 < len(answers) < 840
    assert all(0 <= int(score) <= 10 for _, score, _ in answers)
    assert 0.4 < sum(bool(text) for _, _, text in answers) / len(answers) < 0.6


def test_the_later_delivery_has_new_customers_and_lacks_some(company: dict[str, Path]) -> None:
    before = {r[0] for r in _rows(company["users"])}
    after = {r[0] for r in _rows(company["events_later"])}
    assert len(after - before) == 150
    assert 150 < len(before - after) < 350
    assert min(r[1] for r in _rows(company["events_later"])) > "2026-04-11"
