"""Small exports in the shapes that tools document, written from one world whose counts are known."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from conftest import World

START = 1_772_323_200
"""1 March 2026, midnight UTC."""


def happened(world: World) -> list[tuple[str, str, str, int]]:
    """(user, "" before they signed in; device; event; second of the epoch) of every event, in the order of time."""
    rng = np.random.default_rng(world.seed)
    rows = []
    for user, counts in zip(world.ids, world.counts, strict=True):
        events = [e for e, n in zip(world.events, counts, strict=True) for _ in range(n)]
        seconds = sorted(int(s) for s in rng.integers(0, 90 * 86_400, len(events)))
        for i, (event, second) in enumerate(zip(events, seconds, strict=True)):
            unknown = i < len(events) // 4
            rows.append(("" if unknown else user, f"device-{user}", event, START + second))
    return sorted(rows, key=lambda r: (r[3], r[1]))


def _at(second: int, form: str = "%Y-%m-%d %H:%M:%S.000000") -> str:
    return datetime.fromtimestamp(second, UTC).strftime(form)


def _lines(path: Path, objects: Iterable[Mapping[str, Any]]) -> Path:
    text = "".join(json.dumps(o) + "\n" for o in objects)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def _table(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def amplitude(world: World, folder: Path) -> Path:
    """A zip of gzipped JSON lines, an hour each; some events were exported twice."""
    made = [
        {
            "user_id": user or None, "device_id": device, "amplitude_id": 10_000_000_000 + hash_of(device), "event_type": event,
            "event_time": _at(second), "$insert_id": f"i{n}", "uuid": f"x{n}", "country": "France", "platform": "Web",
            "event_properties": {"page": "/a"}, "user_properties": {"plan": "pro"}, "ip_address": "10.0.0.1",
        }
        for n, (user, device, event, second) in enumerate(happened(world))
    ]  # fmt: skip
    half = len(made) // 2
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for hour, part in ((0, made[:half]), (1, made[half - 10 :])):
            text = "".join(json.dumps(o) + "\n" for o in part)
            archive.writestr(f"187520/187520_2026-03-01_{hour}#0.json.gz", gzip.compress(text.encode()))
    return path


def hash_of(device: str) -> int:
    """A number for a device."""
    return int("".join(c for c in device if c.isdigit()))


def mixpanel(world: World, folder: Path) -> Path:
    """JSON lines of the raw event export."""
    made = [
        {
            "event": event,
            "properties": {"time": second, "distinct_id": user or f"$device:{device}", "$device_id": device,
                           "$user_id": user or None, "$insert_id": f"i{n}", "$browser": "Firefox",
                           "mp_country_code": "FR", "$city": "Paris"},
        }
        for n, (user, device, event, second) in enumerate(happened(world))
    ]  # fmt: skip
    return _lines(folder / "mixpanel.jsonl", made + made[:7])


def segment(world: World, folder: Path) -> Path:
    """The warehouse table of track calls as CSV."""
    made = [
        {
            "id": f"ajs-{n}", "anonymous_id": device, "user_id": user, "event": event, "event_text": event,
            "received_at": _at(second + 2), "sent_at": _at(second + 1), "original_timestamp": _at(second),
            "timestamp": _at(second), "context_page_path": "/a", "context_locale": "fr-FR", "context_ip": "10.0.0.1",
        }
        for n, (user, device, event, second) in enumerate(happened(world))
    ]  # fmt: skip
    return _table(folder / "tracks.csv", made + made[:5])


def segment_calls(world: World, folder: Path) -> Path:
    """Raw calls as gzipped JSON lines."""
    made = [
        {
            "messageId": f"m{n}", "type": "track", "anonymousId": device, "userId": user or None, "event": event,
            "timestamp": _at(second, "%Y-%m-%dT%H:%M:%S.000Z"), "originalTimestamp": _at(second, "%Y-%m-%dT%H:%M:%S.000Z"),
            "context": {"locale": "fr-FR", "page": {"url": "https://example.org/a"}, "device": {"type": "ios"}},
            "properties": {"plan": "pro"},
        }
        for n, (user, device, event, second) in enumerate(happened(world))
    ]  # fmt: skip
    return _lines(folder / "calls.json.gz", made)


def posthog(world: World, folder: Path) -> Path:
    """JSON lines of a batch export."""
    made = [
        {
            "uuid": f"u{n}", "event": event, "distinct_id": user or device, "person_id": device.removeprefix("device-"),
            "timestamp": _at(second, "%Y-%m-%dT%H:%M:%SZ"), "team_id": 7, "elements_chain": "",
            "properties": {"$lib": "web", "$browser": "Firefox", "$geoip_country_name": "France", "plan": "pro"},
        }
        for n, (user, device, event, second) in enumerate(happened(world))
    ]  # fmt: skip
    return _lines(folder / "posthog.jsonl", made + made[:3])


def ga4(world: World, folder: Path) -> Path:
    """JSON lines of the BigQuery export, whole numbers as text as BigQuery writes them."""
    made = [
        {
            "event_date": _at(second, "%Y%m%d"), "event_timestamp": str(second * 1_000_000), "event_name": event,
            "event_params": [
                {"key": "page_location", "value": {"string_value": "https://example.org/a"}},
                {"key": "ga_session_id", "value": {"int_value": str(second)}},
            ],
            "user_id": user or None, "user_pseudo_id": device, "platform": "WEB",
            "device": {"category": "mobile", "web_info": {"browser": "Chrome"}}, "geo": {"country": "France"},
            "user_properties": [{"key": "plan", "value": {"string_value": "pro", "set_timestamp_micros": "1"}}],
        }
        for user, device, event, second in happened(world)
    ]  # fmt: skip
    return _lines(folder / "ga4.json", made)


EVENTS: Mapping[str, Callable[[World, Path], Path]] = {
    "amplitude": amplitude,
    "mixpanel": mixpanel,
    "segment": segment,
    "segment_calls": segment_calls,
    "posthog": posthog,
    "ga4": ga4,
}
"""Exports of events by name; the tool is what stands before "_"."""
