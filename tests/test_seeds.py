"""Statements of the course, tested through the public surface: planted worlds whose answer is known, and its own wine data."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook
from sklearn.metrics import adjusted_rand_score as ari

import personae
from personae import Result
from personae.report.binder import sheets
from test_describe import THREE, seeds_three

SHARES = (25, 20, 30, 15, 10)
OWN = (
    ("album_play", "artist_follow", "download", "lyrics_open", "vinyl_order"),
    ("search", "skip", "discover_play", "radar_play", "like"),
    ("radio_start", "mood_play", "sleep_timer", "autoplay", "speaker_play"),
    ("share", "playlist_add", "party_start", "friend_follow", "comment"),
    ("podcast_play", "podcast_follow", "speed_change", "episode_save", "news_play"),
)
EVERYBODYS = ("play", "pause", "open", "volume_change", "home_view", "queue_add")


def _written(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The table of R101, read from a file and grouped with nothing said but the id."""
    logins, dollars, _ = seeds_three()
    answers = np.clip(np.rint(np.random.default_rng(2).normal(np.array([9.0, 3.0, 5.0])[THREE], 0.8)), 0, 10).astype(int)
    rows = [(f"u{i:03d}", f"{logins[i]:.4f}", f"{dollars[i]:.4f}", answers[i]) for i in range(len(THREE))]
    mixed = [rows[i] for i in np.random.default_rng(2).permutation(len(rows))]
    path = _written(tmp_path_factory.mktemp("three") / "users.csv", ("user_id", "logins", "dollars", "nps"), mixed)
    return personae.run(path, id="user_id", worlds="none")


def test_three_planted_groups_come_back_with_their_means(three: Result) -> None:
    """Requirement 101: 25 logins, 15 dollars, NPS 9; 2, 400, 3; 1, 10, 5."""
    told = {(f.subject, f.measure): f.value for f in three.cast.facts if f.statistic == "mean"}
    assert len(three.personas) == 3 and three.verdict.kind == "natural"
    means = [[told[p.key, m] for m in ("logins", "dollars", "nps_score")] for p in three.personas]
    np.testing.assert_allclose(means, [[25, 15, 9], [2, 400, 3], [1, 10, 5]], rtol=0.03)


def test_they_are_called_what_they_are_in_effect(three: Result) -> None:
    """Requirement 101: an engaged fan, a frustrated power buyer, a disengaged browser, in words the numbers bear out."""
    fan, buyer, browser = three.personas
    assert (fan.name, buyer.name, browser.name) == ("Regular visitors", "High spenders", "Light users")
    assert "higher logins" in fan.tagline.text.lower() and "promoter" in " ".join(c.text for c in fan.traits)
    assert "Higher dollars" in buyer.tagline.text and "detractor" in " ".join(c.text for c in buyer.traits)
    told = " ".join(c.text for c in browser.traits)
    assert "lower logins" in browser.tagline.text and "0.08 times the average: dollars" in told and "detractor" in told


def _music(path: Path, users: int, seed: int) -> dict[str, int]:
    """Five kinds of listeners who share six events and favour five of their own; everybody has a taste of their own as well."""
    rng = np.random.default_rng(seed)
    events = (*EVERYBODYS, *(e for own in OWN for e in own))
    start, rows, truth = datetime(2026, 3, 1, tzinfo=UTC), [], {}
    for i, kind in enumerate(np.repeat(range(5), [users * s // 100 for s in SHARES])):
        law = np.array([14, 6, 8, 4, 6, 3, *np.ones(25)], float)
        law[6 + 5 * kind : 11 + 5 * kind] = (9, 5, 4, 3, 2)
        truth[f"u{i:04d}"] = int(kind)
        for e in rng.choice(len(events), int(rng.lognormal(np.log(50), 0.5)) + 5, p=rng.dirichlet(law / law.sum() * 60)):
            rows.append((f"u{i:04d}", events[e], (start + timedelta(seconds=int(rng.integers(0, 60 * 86_400)))).isoformat()))
    _written(path, ("user_id", "event", "time"), rows)
    return truth


@pytest.mark.slow
def test_five_music_personas_are_found_with_their_shares(tmp_path: Path) -> None:
    """Requirement 139: within 3 points, ARI of 0.8 or more, with nothing said about how many there are."""
    truth = _music(tmp_path / "music.csv", 1000, 1)
    found = personae.run(tmp_path / "music.csv", id="user_id", worlds="none")
    placed = {r["id"]: r["persona"] or "" for r in found.users.to_pylist()}
    assert ari([truth[u] for u in truth], [placed[u] for u in truth]) >= 0.8
    shares = sorted((100 * p.share for p in found.personas), reverse=True)
    assert len(shares) == 5 and np.abs(np.array(shares) - sorted(SHARES, reverse=True)).max() <= 3


def test_the_wine_offers_give_pinot_bulk_small_volume_and_sparkling(real: Callable[[str], Path]) -> None:
    """Requirements 21 and 24. The two groups that buy in bulk differ in which sparkling offers they take."""
    path = real("winekmc") / "WineKMC.xlsx"
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("OfferInformation").to_python()[1:]
    offers = {str(int(r[0])): (r[2], r[3]) for r in rows if r[0] not in ("", None)}
    found = personae.run(path, sheet="Transactions", groups=4, worlds="none")
    tops = [[offers[t.measure] for t in p.above if t.measure in offers] for p in found.cast.profiles]
    assert len(tops) == 4 and all(tops)
    pinot = [t for t in tops if all(grape == "Pinot Noir" for grape, _ in t)]
    small = [t for t in tops if all(least == 6 for _, least in t)]
    bulk = [t for t in tops if all(least >= 72 for _, least in t)]
    sparkling = [t for t in bulk if all(grape in ("Champagne", "Prosecco", "Espumante") for grape, _ in t)]
    assert (len(pinot), len(small), len(bulk), len(sparkling)) == (1, 1, 2, 2)
    (items,) = (s for s in sheets(found.cast) if s.id == "top-items")
    takes = [[offers[str(r[1]).removeprefix("offer ")] for r in items.rows if r[0] == p.name] for p in found.cast.personas]
    assert takes[tops.index(pinot[0])] == []  # nearly all of the 14 took them: any number would tell of the few who did not
    assert {least for _, least in takes[tops.index(small[0])]} == {6}
