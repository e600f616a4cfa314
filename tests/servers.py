"""Real database servers for tests: PostgreSQL and MariaDB from the system's packages, private to this run.

Each worker of the test run starts its own on first use, on a loopback port and in a folder of its own, and stops it at the end.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

PASSWORD = "p@ss:w/o%rd?#41"  # noqa: S105 - of servers that live as long as a test
"""Every character that means something in a URL."""
_HINT = "not on this machine; .ci/run installs it"


@dataclass(frozen=True)
class Server:
    """A running server. `run` executes statements as its owner, `url` is what a user would put into a variable."""

    scheme: str
    port: int
    process: subprocess.Popen[bytes]
    connect: Callable[[str], Any]
    cutting: str
    """The statement that ends every connection of the user but this."""
    user: str = "anna"
    database: str = "shop"

    def url(self, *, user: str = "", password: str | None = PASSWORD, database: str = "") -> str:
        """The URL of a database, the password written as URLs want it."""
        secret = "" if password is None else f":{quote(password, safe='')}"
        return f"{self.scheme}://{user or self.user}{secret}@127.0.0.1:{self.port}/{database or self.database}"

    def insert(self, table: str, data: Any) -> None:
        """Put the rows of an Arrow table into a table."""
        with closing(self.connect(self.database)) as connection, closing(connection.cursor()) as cursor:
            if self.scheme == "mysql":
                marks = ", ".join(["%s"] * data.num_columns)
                rows = list(zip(*(c.to_pylist() for c in data.columns), strict=True))
                cursor.executemany(f"INSERT INTO {table} ({', '.join(data.column_names)}) VALUES ({marks})", rows)
            else:
                cursor.adbc_ingest(table, data, mode="append")
            connection.commit()

    def run(self, *statements: str) -> list[Any]:
        """Execute statements; returns the rows of the last."""
        with closing(self.connect(self.database)) as connection, closing(connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
            found = list(cursor.fetchall()) if cursor.description else []
            connection.commit()
            return found

    def cut(self) -> None:
        """End every connection that reads, from the server's side."""
        for (number,) in self.run(self.cutting):
            self.run(f"KILL {number}" if self.scheme == "mysql" else f"SELECT pg_terminate_backend({number})")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """PostgreSQL with a database `shop` and a user `anna`."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    found = programs[-1] if programs else shutil.which("postgres")
    if not found:
        pytest.skip(f"PostgreSQL is {_HINT}")
    dbapi = pytest.importorskip("adbc_driver_postgresql.dbapi")
    with _folder("postgres") as (folder, who):
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        _own(folder / "password", who)
        init = (Path(found).parent / "initdb", "-D", folder / "data", "-U", "anna", "-A", "scram-sha-256", "-E", "UTF8")
        _do([*init, "--locale=C", "--no-sync", f"--pwfile={folder / 'password'}"], folder, who)
        port = _free_port()
        fast = [f"-c{s}" for s in ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "log_statement=all")]
        command = [found, "-D", folder / "data", "-k", folder, "-h", "127.0.0.1", "-p", port, "-F", *fast]

        def connect(database: str) -> Any:
            return dbapi.connect(f"postgresql://anna:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/{database}")

        with _running(command, folder, who, lambda: connect("postgres").close(), signal.SIGINT) as process:
            with closing(connect("postgres")) as first:
                first.adbc_connection.set_autocommit(True)
                first.cursor().execute("CREATE DATABASE shop")
            others = "SELECT pid FROM pg_stat_activity WHERE application_name = 'personae'"
            yield Server("postgresql", port, process, connect, others)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    """MariaDB with a database `shop` and a user `anna`."""
    program, install = (
        shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin"),
        shutil.which("mariadb-install-db"),
    )
    if not program or not install:
        pytest.skip(f"MariaDB is {_HINT}")
    pymysql = pytest.importorskip("pymysql")
    with _folder("mysql") as (folder, who):
        place = (f"--datadir={folder / 'data'}", f"--tmpdir={folder}")
        _do([install, "--no-defaults", *place, "--auth-root-authentication-method=normal", "--skip-test-db"], folder, who)
        port, path = _free_port(), folder / "socket"
        fast = ("--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--innodb-buffer-pool-size=64M", "--skip-name-resolve")
        here = (f"--socket={path}", f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}")
        command = [program, "--no-defaults", *place, *here, *fast, "--character-set-server=utf8mb4"]

        def connect(database: str) -> Any:
            return pymysql.connect(unix_socket=str(path), user="root", database=database or None, charset="utf8mb4")

        with _running(command, folder, who, lambda: connect("").close(), signal.SIGTERM) as process:
            with closing(connect("")) as first, closing(first.cursor()) as cursor:
                cursor.execute("CREATE DATABASE shop")
                cursor.execute("CREATE USER anna@127.0.0.1 IDENTIFIED BY %s", (PASSWORD,))
                cursor.execute("GRANT ALL ON shop.* TO anna@127.0.0.1")
            others = "SELECT id FROM information_schema.processlist WHERE user = 'anna'"
            yield Server("mysql", port, process, connect, others)


@pytest.fixture(scope="session")
def redis() -> Iterator[Any]:
    """A client of a Redis of its own, whose `url` is what a user would put into a variable."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip(f"Redis is {_HINT}")
    client = pytest.importorskip("redis")
    port, folder = _free_port(), Path(tempfile.mkdtemp(prefix="personae-redis-"))
    command = [program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD, "--dir", folder]
    server = client.Redis(port=port, password=PASSWORD, protocol=2, decode_responses=True)
    try:
        with _running(command, folder, {}, server.ping, signal.SIGTERM):
            server.url = f"redis://:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/0"
            yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _folder(user: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A folder for a server, and as whom it runs there: servers refuse to run as root."""
    folder = Path(tempfile.mkdtemp(prefix=f"personae-{user}-"))
    who: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if os.geteuid() == 0 else {}
    _own(folder, who)
    try:
        yield folder, who
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own(path: Path, who: dict[str, Any]) -> None:
    if who:
        shutil.chown(path, who["user"], who["group"])


def _do(command: Sequence[Any], folder: Path, who: dict[str, Any]) -> None:
    done = subprocess.run([str(c) for c in command], cwd=folder, capture_output=True, text=True, **who)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _running(
    command: Sequence[Any], folder: Path, who: dict[str, Any], ready: Callable[[], Any], stop: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    """A server from when it answers to when it has ended."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(c) for c in command], cwd=folder, stdout=log, stderr=log, **who)
        try:
            _wait(process, ready, folder / "log")
            yield process
        finally:
            process.send_signal(stop)
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], Any], log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        try:
            ready()
        except Exception as error:  # each driver has its own; what it says is in the message below
            last = error
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not answer: {last}\n{log.read_text(encoding='utf-8', errors='replace')}")


def _free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])
