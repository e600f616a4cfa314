"""Files and folders that appear whole or not at all.

Everything is written beside its place under a hidden name, forced to disk, and renamed as the last act. A hidden name holds
the machine and process that made it, so that what a dead process left behind can be told from work in progress.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from personae.errors import MachineError, UsageError

MARK = ".personae-tmp-"
LONGEST = 80
"""Characters of a name that its hidden name begins with."""


@contextmanager
def whole_folder(target: Path, may_replace: Callable[[Path], bool], then: Callable[[], None] | None = None) -> Iterator[Path]:
    """A temporary folder that becomes `target` when the block ends well and vanishes when it does not.

    A target that holds something is moved aside first and removed last; `may_replace` decides whether it may be. `then` is done
    once the new folder is in its place; where it fails, everything is put back. Rights of files are left as they were made.
    Raises UsageError when the target is taken, MachineError when the machine says no.
    """
    if taken(target) and not may_replace(target):
        raise UsageError(
            "P001",
            f"{target} already holds files",
            where=str(target),
            fix="choose another folder with --out, or replace a run's folder with --overwrite",
        )
    temp = beside(target)
    with on_disk(target, temp):
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        _recover(aside(temp))
        temp.mkdir()
    try:
        with on_disk(target, temp):
            yield temp
            for path in sorted(temp.rglob("*")):
                if path.is_file():
                    _flush(path)
            _flush_folders(temp)
            _swap(temp, target, then)
    finally:
        shutil.rmtree(temp, ignore_errors=True)


@contextmanager
def whole_file(target: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A temporary path that becomes the file `target` when the block ends well and vanishes when it does not."""
    if target.exists() and not overwrite:
        raise UsageError(
            "P001", f"{target} exists already", where=str(target), fix="add --overwrite, or choose another name with --out"
        )
    temp = beside(target)
    try:
        with on_disk(target, temp):
            target.parent.mkdir(parents=True, exist_ok=True)
            sweep(target.parent)
            yield temp
            _flush(temp)
            temp.replace(target)
            with suppress(OSError):  # it is there and whole; without this it may be the old one again after a power cut
                _flush_folder(target.parent)
    finally:
        with suppress(OSError):
            temp.unlink(missing_ok=True)


@contextmanager
def on_disk(target: Path, temp: Path | None = None) -> Iterator[None]:
    """Turn what the operating system refuses inside the block into a MachineError that names the place and the space."""
    try:
        yield
    except OSError as no:
        raise refused(no, target, temp) from no


def refused(no: OSError, target: Path, temp: Path | None = None) -> MachineError:
    """The operating system's refusal as an error of ours."""
    space, written = _free(target), _size(temp)
    if no.errno in (errno.ENOSPC, errno.EDQUOT):
        more = f"; {_bytes(written)} were written before it was full" if written else ""
        where = f"{target}: {_bytes(space)} free{more}" if space is not None else str(target)
        return MachineError(
            "P501", "the disk is full", where=where, fix="make room, or write elsewhere with --out DIR and --store DIR"
        )
    why = (no.strerror or type(no).__name__).lower()
    return MachineError(
        "P501",
        f"cannot write to {target}: {why}",
        where=str(target if MARK in str(no.filename) else no.filename or target),
        fix="write elsewhere: --out DIR for the files, --store DIR for the record of runs",
    )


def sweep(parent: Path) -> None:
    """Remove what dead processes of this machine left half-written in a folder, and put back what they had moved aside."""
    for left in sorted(parent.glob(f".*{MARK}*")):
        host, _, rest = left.name.rpartition(MARK)[2].partition("-")
        process = rest.removesuffix("-old")
        if host == _host() and process.isdigit() and not alive(int(process)):
            if rest.endswith("-old"):
                _recover(left)
            elif left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def removed(folder: Path) -> None:
    """Remove a folder, all at once for whoever reads it: they find the whole of it or nothing."""
    gone = beside(folder)
    with suppress(OSError):  # a reader may hold it open where the system forbids to move what is open
        folder.replace(gone)
    for left in (gone, folder):
        shutil.rmtree(left, ignore_errors=True)


def recover(target: Path) -> None:
    """Put a folder back in its place where whoever replaced it did not come to the end."""
    if target.parent.is_dir():
        sweep(target.parent)
        _recover(aside(beside(target)))


def _recover(old: Path) -> None:
    """Put a folder back that was moved aside by somebody who did not come to the end; remove it where its place is taken."""
    name = old.name[1:].partition(MARK)[0]
    if old.exists() and len(name) < LONGEST and not old.with_name(name).exists():
        old.replace(old.with_name(name))
    elif old.exists():
        shutil.rmtree(old, ignore_errors=True)


def alive(process: int) -> bool:
    """Whether a process of this machine runs."""
    if os.name == "nt":
        return process == os.getpid() or _alive_windows(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _alive_windows(process: int) -> bool:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, process)  # PROCESS_QUERY_LIMITED_INFORMATION
    if handle:
        kernel.CloseHandle(handle)
    return bool(handle)


def try_place(target: Path) -> None:
    """See that something can be written where `target` is to be. Raises MachineError when not."""
    place = next(p for p in (target.absolute(), *target.absolute().parents) if p.exists())
    probe = beside(place / "probe" if place.is_dir() else place / target.name)
    with on_disk(target):
        probe.mkdir()
        probe.rmdir()


def taken(target: Path) -> bool:
    """Whether there is something where a folder is to be written."""
    return target.exists() and (not target.is_dir() or any(target.iterdir()))


def _swap(temp: Path, target: Path, then: Callable[[], None] | None) -> None:
    """Put the new folder in place; an old one survives until the new one is there and `then` is done."""
    old = aside(temp) if target.exists() else None
    if old:
        target.replace(old)
    try:
        temp.replace(target)
        _flush_folder(target.parent)
        if then:
            then()
    except BaseException:
        if not temp.exists():
            shutil.rmtree(target, ignore_errors=True)
        if old:
            old.replace(target)
        raise
    if old:
        shutil.rmtree(old, ignore_errors=True)


def beside(target: Path) -> Path:
    """The hidden place in which something is written before it becomes `target`."""
    return target.absolute().with_name(f".{target.absolute().name[:LONGEST]}{MARK}{_host()}-{os.getpid()}")


def aside(temp: Path) -> Path:
    """The hidden place in which what is replaced lies until what was written in `temp` is there."""
    return temp.with_name(temp.name + "-old")


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folders(root: Path) -> None:
    for folder in [*(p for p in root.rglob("*") if p.is_dir()), root]:
        _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free(target: Path) -> int | None:
    for place in (target, *target.absolute().parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return None


def _size(temp: Path | None) -> int:
    if temp is None:
        return 0
    with suppress(OSError):
        return sum(p.stat().st_size for p in ([temp] if temp.is_file() else temp.rglob("*")))
    return 0


def _bytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"
