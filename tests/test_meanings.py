"""Texts that form groups by what they are about."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

import personae
from personae.errors import UsageError

_WORDS = {
    "delivery": (
        "the parcel came {} late and the courier never rang", "delivery took {} days longer than promised",
        "my package was left outside in the rain {} times", "the shipping was slow, {} days without any tracking news",
        "the driver brought the wrong box {} times and the van was late",
    ),
    "cooking": (
        "I cook soup with fresh vegetables {} times a week", "the pasta recipe with garlic and tomato is for {} people",
        "baking bread needs flour, yeast and {} hours of patience", "her chicken curry with rice tastes better after {} hours",
        "we tried {} new dishes from the cook book, the salad was best",
    ),
    "music": (
        "I listen to jazz and piano songs {} hours a day", "the band played {} songs with loud guitars and drums",
        "my playlist has {} albums by singers from the eighties", "the concert had {} violins and a wonderful choir",
        "she sings and plays the guitar in {} bands on weekends",
    ),
}  # fmt: skip


def _asked(path: Path, people: int = 300, seed: int = 3) -> list[str]:
    """Answers about three things; returns what each person wrote about."""
    pytest.importorskip("wordllama", reason="the extra personae[text] is not installed")
    rng = np.random.default_rng(seed)
    topics = [str(rng.choice(list(_WORDS))) for _ in range(people)]
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["person_id", "comment", "age"])
        for i, topic in enumerate(topics):
            told = " ".join(str(rng.choice(_WORDS[topic])).format(int(rng.integers(2, 99))) for _ in range(3))
            out.writerow([f"p{i:03d}", told if i % 50 else "", int(rng.integers(18, 80))])
    return topics


def test_people_who_write_of_the_same_are_grouped_and_placed_again(tmp_path: Path) -> None:
    """Requirement 135: text joins as features; the same place when the same text comes again, alone."""
    topics = _asked(tmp_path / "answers.csv")
    run = personae.run(tmp_path / "answers.csv", embed=["comment"], groups=3, force=True)
    places = {r["id"]: r["persona"] for r in run.users.to_pylist()}
    wrote = [i for i in range(300) if i % 50]
    assert adjusted_rand_score([topics[i] for i in wrote], [str(places[f"p{i:03d}"]) for i in wrote]) > 0.9
    assert not [f for f in run.facts if "meaning" in str(f)], "directions are in no sentence"
    said = {f["measure"] for f in run.facts if "mentions" in f["measure"]}
    assert said, "what people mention tells the groups apart in words"
    rows = (tmp_path / "answers.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "new.csv").write_text("\n".join((rows[0], *rows[8:40])) + "\n", encoding="utf-8")
    again = {r["id"]: r["persona"] for r in run.score(tmp_path / "new.csv").to_pylist()}
    assert again == {k: places[k] for k in again}


def test_without_the_flag_texts_form_no_groups(tmp_path: Path) -> None:
    _asked(tmp_path / "answers.csv")
    done = subprocess.run(
        [sys.executable, "-m", "personae", "check", str(tmp_path / "answers.csv")], capture_output=True, text=True
    )
    assert done.returncode == 0 and "0 measures of what" in done.stdout


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    _asked(tmp_path / "answers.csv", 40)
    with pytest.raises(UsageError, match="comments") as no:
        personae.run(tmp_path / "answers.csv", embed=["comments"])
    assert no.value.code == "P002" and "comment" in no.value.fix
