"""personae doctor: this machine, the versions, the record of runs."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count, labelled
from personae.errors import PersonaeError


def doctor(
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Say what this machine offers, which versions are installed, and how the record of runs is."""
    screen = Screen(as_json, plain, quiet, no_color)
    found = {
        "personae": version("personae"),
        **_machine(),
        "versions": _versions(),
        "record": _record(Path(store or ".personae")),
    }
    if screen.json:
        screen.give(found)
    else:
        for line in _lines(found):
            screen.say(line)
    if found["record"]["wrong"] or "missing" in found["versions"].values():
        raise typer.Exit(4)


def _machine() -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": cores,
        "memory_bytes": _memory(),
        "disk_free_bytes": shutil.disk_usage(Path()).free,
        "encoding": sys.stdout.encoding or "",
    }


def _memory() -> int:
    """Physical memory in bytes; 0 where the system does not say."""
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _versions() -> dict[str, str]:
    """The version of every package that personae is built on, "missing" where there is none."""
    names = (re.split(r"[ <>=!~;\[(]", r, maxsplit=1)[0] for r in requires("personae") or () if "extra ==" not in r)
    return {n: _installed(n) for n in sorted(names)}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _record(root: Path) -> dict[str, Any]:
    from personae.store import Record

    record = Record(root)
    try:
        entries = record.entries()
        wrong = [f"{e.id}: {why}" for e in entries if (why := record.damage(e, whole=False))]
    except PersonaeError as error:
        return {"folder": str(root), "runs": 0, "wrong": [error.what]}
    return {"folder": str(root), "runs": len(entries), "wrong": wrong}


def _lines(found: dict[str, Any]) -> list[str]:
    memory = f", {found['memory_bytes'] / 1e9:.1f} GB memory" if found["memory_bytes"] else ""
    record = found["record"]
    state = "; ".join(record["wrong"]) or ("in order" if record["runs"] else "nothing recorded yet")
    return [
        f"personae {found['personae']}",
        f"python   {found['python']} on {found['platform']}",
        f"machine  {count(found['cores'], 'core')}{memory}, {found['disk_free_bytes'] / 1e9:.1f} GB free here",
        *labelled("parts", ", ".join(f"{n} {v}" for n, v in found["versions"].items())),
        f"record   {record['folder']}: {count(record['runs'], 'run')}, {state}",
    ]
