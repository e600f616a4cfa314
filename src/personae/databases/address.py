"""Where a database is: URLs, references to URLs that must not be seen, and files that are databases."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

from personae.errors import DataError, UsageError
from personae.progress import warn
from personae.redaction import hide

ENGINES = {
    "sqlite": ("sqlite", "SQLite"),
    "duckdb": ("duckdb_file", "DuckDB"),
    "postgresql": ("postgres", "PostgreSQL"),
    "postgres": ("postgres", "PostgreSQL"),
    "mysql": ("mysql", "MySQL"),
    "mariadb": ("mysql", "MariaDB"),
}
"""Scheme of a URL -> the plug of engines/ and the name people know."""
ENDINGS = (".db", ".sqlite", ".sqlite3", ".db3", ".duckdb", ".ddb")
"""Endings of files that are databases."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9.-]+)(?:\+[A-Za-z0-9_]+)?:(/{1,3})(.*)", re.DOTALL)
_SPLIT = re.compile(r"((?:\[[^\]]*\]|.)*?)::(.*)", re.DOTALL)
_FILES = ("sqlite", "duckdb", "duckdb_file")
_REFERENCES = ("env:", "file:")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_OPTIONS = re.compile(r"(?i)(?:^|[?&])(?:password|passwd|pwd|pass|sslpassword|token)=")
_ACCOUNT = re.compile(r"(?i):[^@]*@|\b(?:password|passwd|pwd|sslpassword|token)=")
"""Looks like a password in what is no URL: a slash too few, or the address as another program writes it."""
_SAFE = """keep the URL in a variable, and name the variable:
  personae run env:DB_URL::events
or keep it in a file that only you can read:
  personae run file:PATH::events"""


@dataclass(frozen=True)
class Address:
    """A database: `engine` is the plug that reaches it, `database` its name or the path of its file.

    `reference` is how the user named it; it never holds a password.
    """

    engine: str
    label: str
    reference: str
    database: str
    user: str = ""
    password: str = field(default="", repr=False)
    host: str = ""
    port: int = 0
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def served(self) -> bool:
        """Whether a server answers, and not a file."""
        return self.engine not in _FILES

    @property
    def place(self) -> str:
        """Where it is, in words that hold no secret."""
        if self.engine in _FILES:
            return self.database
        port = f":{self.port}" if self.port else ""
        who = f" as {self.user}" if self.user else ""
        by = f"{self.reference}: " if self.reference.startswith(_REFERENCES) else ""
        return f"{by}{self.label} at {self.host or 'this machine'}{port}, database {self.database or '(none)'}{who}"


def is_database(source: str) -> bool:
    """Whether a source names a database rather than a file with rows."""
    if _exists(source):
        return _kind(Path(source).expanduser()) != ""
    if _SPLIT.fullmatch(source) or source.startswith(_REFERENCES) or _URL.match(source):
        return True
    return bool(_ACCOUNT.search(source)) and not _exists(source, folders=True)  # refused without being repeated


def scheme(source: str) -> str:
    """The kind of server that the URL of a source begins with, in small letters; "" where it names none. A reference is looked
    up for it. Raises UsageError P001 for one that leads nowhere."""
    head = _SPLIT.fullmatch(source)
    where = head[1] if head else source
    if where.startswith("env:"):
        where = _variable(where[4:])
    elif where.startswith("file:") and not where.startswith("file:///") and not _URL.match(where[5:]):
        where = _content(where[5:])
    found = _URL.match(where)
    return found[1].lower() if found else ""


def parted(source: str, kinds: Mapping[str, tuple[str, str]] = ENGINES) -> tuple[Address, str]:
    """The database a source names, and the table or query in it ("" when none is named). `kinds` are those that will do.

    Raises:
        UsageError: P001 for a password among the arguments, an unknown kind of database, a reference that leads nowhere.
        DataError: P101 for a file that does not exist, P108 for one that is no database.
    """
    head = _SPLIT.fullmatch(source)
    where, wanted = (head[1], head[2].strip()) if head else (source, "")
    if where.startswith("env:"):
        return _url(_variable(where[4:]), where, kinds), wanted
    if where.startswith("file:") and not where.startswith("file:///") and not _URL.match(where[5:]):
        return _url(_content(where[5:]), where, kinds), wanted
    if _URL.match(where):
        _refuse_secrets(where)
        return _url(where, where, kinds), wanted
    return _file(where), wanted


def _exists(source: str, *, folders: bool = False) -> bool:
    try:
        path = Path(source).expanduser()
        return path.exists() if folders else path.is_file()
    except (OSError, ValueError):
        return False


def _variable(name: str) -> str:
    """What an environment variable holds."""
    if not _NAME.fullmatch(name):
        fix = "write the name of a variable, such as env:DB_URL::events"
        raise UsageError("P001", "env: is followed by something that is no name of a variable", where="a source", fix=fix)
    value = os.environ.get(name, "").strip()
    if not value:
        near = [n for n in os.environ if n.lower() == name.lower()]
        fix = f"did you mean env:{near[0]}" if near else f"set it to the URL of the database: export {name}=..."
        raise UsageError("P001", f"the environment variable {name} is not set", where=f"env:{name}", fix=fix)
    return value


def _content(name: str) -> str:
    """The first line of a file that holds a URL."""
    path = Path(name).expanduser()
    try:
        lines = path.read_text(encoding="utf-8").strip().splitlines()
    except (OSError, ValueError) as error:
        why = "it cannot be read" if path.exists() else "it does not exist"
        fix = "check the path; the file holds the URL of the database and nothing else"
        raise UsageError("P001", f"file: names a file that should hold a URL: {why}", where=name[:200], fix=fix) from error
    if path.stat().st_mode & 0o077:
        warn(f"{path.name} holds the URL of a database, and others may read it: chmod 600 {path.name}")
    return lines[0].strip() if lines else ""


def _refuse_secrets(url: str) -> None:
    """Raise P001 when a URL among the arguments holds a password, which it does not repeat (SEC-02)."""
    found = _URL.match(url)
    if not found or found[1].lower() in _FILES:
        return
    account, mark, _ = found[3].rpartition("@")
    if (mark and ":" in account) or _SECRET_OPTIONS.search(found[3]):
        raise _typed()


def _typed() -> UsageError:
    """P001 for a password among the arguments."""
    what = "a password was typed as part of a source, where other users of this machine and the shell's history see it"
    return UsageError("P001", what, where="a URL, not repeated here", did="nothing was read", fix=_SAFE)


def _url(url: str, reference: str, kinds: Mapping[str, tuple[str, str]]) -> Address:
    """The address that a URL stands for. Whatever is wrong with it, it is not repeated."""
    if reference != url:
        hide(url)
    found = _URL.match(url)
    if not found:
        path = Path(url).expanduser()
        if url and _exists(url) and _kind(path):
            return _file(url, reference)
        fix = "it should look like postgresql://user:password@host:5432/database"
        raise UsageError("P001", f"{_referred(reference)} does not hold the URL of a database", where=reference, fix=fix)
    kind = found[1].lower()
    if kind not in kinds:
        near = get_close_matches(kind, kinds, 1, 0.6)
        fix = f"did you mean {near[0]}://" if near else f"the kinds are: {', '.join(kinds)}; and files of other kinds by path"
        raise UsageError("P001", f"{kind}:// is no kind of database that can be read", where=_referred(reference), fix=fix)
    engine, label = kinds[kind]
    if engine in _FILES:
        name = found[3] if _exists(found[3]) or not _exists(f"/{found[3]}") else f"/{found[3]}"
        return _file(name, reference, engine)
    account, rest = _account(found[3] if len(found[2]) < 3 else f"/{found[3]}")
    user, _, password = account.partition(":")
    return _server(engine, label, reference, _decoded(user), _decoded(password), rest)


def _referred(reference: str) -> str:
    return reference if reference.startswith(_REFERENCES) else "the URL"


def _account(rest: str) -> tuple[str, str]:
    """User and password, and what follows. The last @ of all ends them, so that nothing of a password is taken for a host."""
    account, _, place = rest.rpartition("@")
    return account, place


def _server(engine: str, label: str, reference: str, user: str, password: str, rest: str) -> Address:
    """The address of a server from what follows the account."""
    hide(password)
    place, _, query = rest.partition("?")
    host, _, database = place.partition("/")
    name, _, port = host.rpartition(":") if re.search(r":\d*$", host) else (host, "", "")
    if port and not 0 < int(port) < 65536:
        raise UsageError("P001", "the URL names a port that does not exist", where=_referred(reference), fix="check the URL")
    pairs = [p.partition("=") for p in query.split("&") if p]
    options = {unquote(k): unquote(v) for k, _, v in pairs}
    user, password = options.pop("user", user), options.pop("password", password)
    hide(password)
    host = unquote(name.strip("[]"))
    return Address(engine, label, reference, unquote(database), user, password, host, int(port or 0), tuple(options.items()))


def _decoded(text: str) -> str:
    """A part of a URL as plain text; a percent sign that begins no escape says that nothing is escaped."""
    return text if re.search(r"%(?![0-9A-Fa-f]{2})", text) else unquote(text)


def _file(name: str, reference: str = "", engine: str = "") -> Address:
    """The address of a file. Raises DataError P101 (missing), P108 (no database)."""
    path = Path(name).expanduser()
    if not _exists(name):
        if _ACCOUNT.search(name):
            raise _typed()
        if "@" in name or not Path(name).suffix:
            what = "the part before :: is neither a database file nor a URL nor a reference"
            raise UsageError("P001", what, where="a source", fix="write shop.db::orders or env:DB_URL::orders")
        raise DataError("P101", f"{path.name} does not exist", where=str(path), fix="check the path")
    kind = _kind(path)
    if not kind or (engine and ENGINES[kind][0] != engine):
        label = next((name for plug, name in ENGINES.values() if plug == engine), "SQLite or DuckDB")
        what = f"{path.name} is no database of {label}"
        fix = f"it is one of {ENGINES[kind][1]}: {kind}:///{name}" if kind else "a table in a file is read by its path alone"
        raise DataError("P108", what, where=str(path), fix=fix)
    return Address(*ENGINES[kind], reference or name, str(path))


def _kind(path: Path) -> str:
    """ "sqlite", "duckdb", or "" when the file is no database."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        return ""
    if head.startswith(b"SQLite format 3\x00"):
        return "sqlite"
    return "duckdb" if head[8:12] == b"DUCK" else ""
