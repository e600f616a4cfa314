"""Products, stores, offers: things grouped by who takes them, in words that follow."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

import personae
from conftest import real
from personae.errors import PersonaeError


def _baskets(folder: Path, worlds: int, products: int = 120, seed: int = 2) -> Path:
    """1,200 customers who buy about ten of the products, mostly of one world: even numbers are one, odd ones the other."""
    rng = np.random.default_rng(seed)
    world, popular = np.arange(products) % max(worlds, 1), rng.gamma(2, 1, products)
    with (folder / "baskets.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", "product_id", "time", "price"])
        for c in range(1200):
            like = np.where(world == rng.integers(0, max(worlds, 1)), 1, 0.15) if worlds else np.ones(products)
            for p in rng.choice(products, rng.poisson(10) + 1, p=popular * like / (popular * like).sum()):
                at = np.datetime64("2026-01-01T08:00:00") + np.timedelta64(int(rng.integers(0, 90 * 86_400)), "s")
                writer.writerow([f"cust-{c:04d}", f"p{p:03d}", f"{at}Z", round(float(5 + rng.gamma(2, 1)), 2)])
    with (folder / "products.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["product_id", "department"])
        writer.writerows([f"p{p:03d}", ("food", "tools")[world[p] % 2]] for p in range(products))
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two worlds of products, grouped: the folder of the data, with the run in "out"."""
    folder = _baskets(tmp_path_factory.mktemp("things"), 2)
    flags = ["--entity", "product", "--out", "out", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "personae", "run", "baskets.csv", "products.csv", *flags],
        cwd=folder, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder / "told.json").write_text(done.stdout)
    return folder


def test_the_question_for_the_id_of_things_names_no_column_of_people(tmp_path: Path) -> None:
    lines = (f"{i % 131 + 1000},{1 + i % 28:02}-03-2026,item {i * 7 % 89}" for i in range(900))
    (tmp_path / "shop.csv").write_text("Member_number,Date,itemDescription\n" + "\n".join(lines) + "\n")
    with pytest.raises(PersonaeError) as no:
        personae.read(tmp_path / "shop.csv", entity="product").check()
    assert (no.value.code, no.value.fix) == ("P003", 'say which: --id "itemDescription"')
    assert 'named after "product"' in no.value.what and "Member" not in no.value.what


@pytest.mark.slow
def test_products_that_the_same_people_buy_are_found(shop: Path) -> None:
    """Requirements 28 and 34: two planted worlds of products, adjusted Rand at least 0.9."""
    rows = list(csv.DictReader((shop / "out" / "users.csv").open()))
    assert len(rows) == 120
    assert adjusted_rand_score([int(r["id"][1:]) % 2 for r in rows], [r["persona"] for r in rows]) >= 0.9


@pytest.mark.slow
def test_each_group_has_a_list_of_products_that_can_be_read(shop: Path) -> None:
    """Requirement 34."""
    command = [sys.executable, "-m", "personae", "show", "out", "--persona", "P1"]
    shown = subprocess.run(command, cwd=shop, capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0, shown.stderr
    assert "Typical products" in shown.stdout
    listed = set(re.findall(r"\bp\d{3}\b", shown.stdout))
    assert len(listed) == 10
    assert len({int(p[1:]) % 2 for p in listed}) == 1
    report = (shop / "out" / "report.html").read_text()
    assert "Typical products" in report
    assert all(p in report for p in listed)


@pytest.mark.slow
def test_the_people_who_took_them_are_named_nowhere_but_in_the_rule(shop: Path) -> None:
    told = ("report.html", "facts.json", "evidence.json", "personas.json", "users.csv", "run.json")
    assert not [n for n in told if "cust-" in (shop / "out" / n).read_text()]
    assert "cust-" not in (shop / "told.json").read_text()


@pytest.mark.slow
def test_texts_follow_the_entity(shop: Path) -> None:
    """Requirement 28."""
    for flags in ((), ("--persona", "P1"), ("--why-groups",)):
        shown = subprocess.run(
            [sys.executable, "-m", "personae", "show", "out", *flags], cwd=shop, capture_output=True, text=True, timeout=60
        ).stdout
        assert "product" in shown
        assert not re.findall(r"[^\n]*\busers?\b[^\n]*", shown)
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", (shop / "out" / "report.html").read_text(), flags=re.DOTALL)
    assert not re.findall(r".{0,40}\busers?\b(?!\.(?:csv|parquet)).{0,40}", text)


@pytest.mark.slow
def test_new_products_are_placed_when_the_same_people_bought_them_and_refused_when_not(shop: Path, tmp_path: Path) -> None:
    """Requirement 28: a rule over who takes things needs the same people."""
    again = personae.score(str(shop / "out"), str(shop / "baskets.csv"), str(shop / "products.csv"))
    first = {r["id"]: r["persona"] for r in csv.DictReader((shop / "out" / "users.csv").open())}
    assert dict(zip(again["id"].to_pylist(), again["persona"].to_pylist(), strict=True)) == first
    other = _baskets(tmp_path, 2, seed=3)
    text = (other / "baskets.csv").read_text().replace("cust-", "else-")
    (other / "baskets.csv").write_text(text)
    with pytest.raises(PersonaeError, match="people"):
        personae.score(str(shop / "out"), str(other / "baskets.csv"), str(other / "products.csv"))


@pytest.mark.slow
def test_products_that_everybody_buys_at_random_have_no_groups(tmp_path: Path) -> None:
    found = personae.run(str(_baskets(tmp_path, 0) / "baskets.csv"), entity="product")
    assert found.verdict.kind == "nothing"


@pytest.mark.slow
def test_things_have_no_names_that_only_people_can_have() -> None:
    """Requirement 28 on public data: articles by who reads them."""
    (log,) = real("deskdrop").glob("*.zip")
    found = personae.run(str(log), entity="content")
    assert found.personas
    assert not [p.name for p in found.personas if re.search(r"(?i)users|explorers|visitors|buyers|readers", p.name)]


@pytest.mark.slow
def test_thirty_two_wine_offers_are_grouped_by_who_took_them_and_said_to_be_few() -> None:
    """Requirement 34 on public data."""
    found = personae.run(str(real("winekmc") / "WineKMC.xlsx"), sheet="Transactions", entity="offer")
    assert found.cast.users == 32
    assert "32 offers" in found.verdict.why


@pytest.mark.slow
def test_items_of_random_baskets_have_no_groups() -> None:
    """Requirement 34 on public data: 167 items of 3,898 members who buy what comes."""
    found = personae.run(str(real("groceries_members") / "Groceries_dataset.csv"), entity="item")
    assert found.cast.users == 167
    assert found.verdict.kind == "nothing"


def test_columns_that_name_the_things_are_the_id_and_people_are_who_took_them(tmp_path: Path) -> None:
    _baskets(tmp_path, 2, products=40)
    done = subprocess.run(
        [sys.executable, "-m", "personae", "check", "baskets.csv", "products.csv", "--entity", "product", "--json"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    tables = json.loads(done.stdout)["tables"]
    roles = {(t["source"], c["name"]): c["role"] for t in tables for c in t["columns"]}
    assert roles["baskets.csv", "product_id"] == "id"
    assert roles["baskets.csv", "customer_id"] == "event"
    assert roles["products.csv", "product_id"] == "id"
    assert roles["products.csv", "department"] == "demographic"
