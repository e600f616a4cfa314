"""Who is let in, and what hostile clients can do: nothing (RELIABILITY 6.5, as far as the scoring API goes)."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.cli import main
from personae.web import answers, limits
from personae.web.tokens import Tokens
from web.served import TOKEN, Served, running

OPENED: list[str] = []
WATCHED = [False]


def _watch(event: str, arguments: tuple[Any, ...], watched: list[bool] = WATCHED) -> None:
    """A hook cannot be taken away: it outlives the names of this module when the interpreter ends."""
    if watched[0] and event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str):
        OPENED.append(arguments[0])


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that asks for a token."""
    with running(tmp_path_factory.mktemp("guarded"), Tokens((TOKEN,))) as made:
        yield made


def _with(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# ---------------------------------------------------------------- WEB-01


@pytest.mark.parametrize(
    "token", ["", "short", "changeme-changeme-changeme-changeme", "a" * 40, "your-secret-token-goes-here-0123456"]
)
def test_beyond_this_machine_nothing_starts_without_a_real_token(
    token: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("token.txt").write_text(token + "\n")
    with pytest.raises(SystemExit) as end:
        main.main(["serve", "--host", "0.0.0.0", "--token-file", "token.txt", "--public", "scores.example.org"])  # noqa: S104
    said = capsys.readouterr().err
    assert end.value.code == 2 and "error[P301]" in said and "secrets.token_urlsafe" in said
    assert not token or token not in said


@pytest.mark.parametrize("more", [[], ["--token-file", "token.txt"], ["--public", "scores.example.org"]])
def test_beyond_this_machine_both_flags_are_asked_for(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, with the two lines that fix it."""
    monkeypatch.chdir(tmp_path)
    Path("token.txt").write_text(TOKEN)
    with pytest.raises(SystemExit) as end:
        main.main(["serve", "--host", "0.0.0.0", *more])  # noqa: S104
    said = capsys.readouterr().err
    assert end.value.code == 2 and "> token.txt" in said and "--token-file token.txt --public" in said


@pytest.mark.parametrize(
    "path", ["/v1/score", "/v1/personas", "/v1/users/a/why", "/v1/runs", "/openapi.json", "/docs", "/nothing"]
)
def test_every_route_asks_for_a_token(guarded: Served, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        told = guarded.ask(method, path, X_Forwarded_For="127.0.0.1", X_Forwarded_Proto="https")
        assert told.status == 401 and told.headers["www-authenticate"] == "Bearer"


def test_the_right_token_is_let_in_and_health_asks_for_none(guarded: Served) -> None:
    assert guarded.ask("GET", "/v1/runs", **_with()).status == 200
    for host in (f"127.0.0.1:{guarded.port}", "10.1.2.3:8080", "10.1.2.3"):  # a probe knows the address alone
        assert guarded.ask("GET", "/health", Host=host).json == {"status": "ok"}
    document = guarded.ask("GET", "/openapi.json", **_with()).json
    assert document["security"] == [{"bearer": []}] and document["paths"]["/health"]["get"]["security"] == []


def test_tokens_are_kept_as_hashes_alone() -> None:
    assert (
        TOKEN not in repr(vars(Tokens((TOKEN,)))) and Tokens((TOKEN,)).right(TOKEN) and not Tokens((TOKEN,)).right(TOKEN[:-1])
    )


def test_guessing_is_slowed_and_shuts_nobody_out(guarded: Served) -> None:
    """WEB-12."""
    told = [guarded.ask("GET", "/v1/runs", **_with(f"guess-{i}")) for i in range(limits.WRONG + 10)]
    assert {t.status for t in told[: limits.WRONG]} == {401} and told[-1].status == 429
    assert 0 < int(told[-1].headers["retry-after"]) <= 61
    assert guarded.ask("GET", "/v1/runs", **_with()).status == 200


# ---------------------------------------------------------------- WEB-02

FOREIGN = [
    ({"Host": "evil.example"}, 400),
    ({"Host": "127.0.0.1"}, 400),
    ({"Host": "127.0.0.1:1"}, 400),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), FOREIGN)
def test_what_another_site_sends_is_refused_on_every_route(guarded: Served, headers: dict[str, str], status: int) -> None:
    for method, path in (
        ("GET", "/v1/runs"),
        ("POST", "/v1/score"),
        ("DELETE", "/"),
        ("OPTIONS", "/v1/score"),
    ):
        told = guarded.ask(method, path, **{**_with(), **headers})
        assert told.status == status and not [h for h in told.headers if h.startswith("access-control")]


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""])
def test_json_alone_is_read(guarded: Served, media: str) -> None:
    assert guarded.ask("POST", "/v1/score", guarded.record_of(1), **{**_with(), "Content-Type": media}).status == 415


def test_its_own_origin_and_headers_of_safety(guarded: Served) -> None:
    told = guarded.ask("GET", "/v1/runs", **_with(), Origin=f"http://localhost:{guarded.port}", Sec_Fetch_Site="same-origin")
    assert told.status == 200 and told.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in told.headers["content-security-policy"] and "server" not in told.headers


# ---------------------------------------------------------------- WEB-04

PIECES = st.sampled_from(
    ["..", "/", "%2e%2e", "%2f", "%252e%252e%252f", "\\", "//", "etc/passwd", "%00", "#", "?", "%", "C:", "\\\\host\\share",
     ".personae", "index.db", "runs/", "runs-old", "%5c", "~", "why", "%ff", "%e2%80%ae"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(pieces=st.lists(PIECES, min_size=1, max_size=6), before=st.sampled_from(["/v1/users/", "/v1/", "/", "/static/"]))
def test_no_path_reaches_a_file(guarded: Served, pieces: list[str], before: str) -> None:
    """404 or 400, and the file system is not touched at all."""
    if not HOOKED:
        sys.addaudithook(_watch)
        HOOKED.append(True)
    path = before + "".join(pieces)
    OPENED.clear()
    WATCHED[0] = True
    try:
        told = _raw(
            guarded.port, f"GET {path}/why HTTP/1.1\r\nHost: 127.0.0.1:{guarded.port}\r\nAuthorization: Bearer {TOKEN}\r\n"
        )
    finally:
        WATCHED[0] = False
    assert re.match(rb"HTTP/1.1 (400|404|405) ", told), told[:200]
    assert not [f for f in OPENED if ("personae" not in f and "python" not in f) or "etc" in f]


HOOKED: list[bool] = []


def _head(served: Served, line: str) -> str:
    return f"{line} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nAuthorization: Bearer {TOKEN}\r\n"


def _raw(port: int, head: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as wire:
        wire.sendall((head + "Connection: close\r\n\r\n").encode("latin-1"))
        parts = []
        while part := wire.recv(65536):
            parts.append(part)
        return b"".join(parts)


# ---------------------------------------------------------------- WEB-05

HOSTILE = [
    (b'{"id":"a","events":{"x":NaN}}', 400),
    (b'{"id":"a","events":{"x":1e999}}', 422),
    (b'{"id":"a","events":{"x":' + b"9" * 5000 + b"}}", 422),
    (b"[" * 100_000, 422),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 422),
    (b'{"id":"a","id":"b","events":{}}', 422),
    (b"{" + b",".join(b'"%d":1' % i for i in range(230_000)) + b"}", 413),
    (b"{" + b",".join(b'"%d":1' % i for i in range(20_000)) + b"}", 422),
    (b"{" + b",".join(b'"":1' for _ in range(250_000)) + b"}", 422),
    (b"[" + b",".join(b"{}" for _ in range(20_000)) + b"]", 422),
    (b"\xff\xfe{}", 400),
    (b"{", 400),
    (b"", 400),
    (b'{"id":"a","events":{"x":1}}' + b" " * 3_000_000, 413),
]


@pytest.mark.parametrize(("body", "status"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_json_is_refused_at_once(guarded: Served, body: bytes, status: int) -> None:
    """Never 500; benchmarks/serve.py measures the 100 ms, which mean nothing on a machine that tests share."""
    began = time.monotonic()
    told = guarded.ask("POST", "/v1/score", body, **_with())
    assert told.status == status and told.json["code"] in ("P302", "P103") and time.monotonic() - began < 5
    assert guarded.ask("GET", "/health").status == 200


def test_a_body_that_says_it_is_large_or_packed_is_not_read(guarded: Served) -> None:
    head = _head(guarded, "POST /v1/score") + "Content-Type: application/json\r\n"
    assert _raw(guarded.port, head + "Content-Length: 480000000\r\n").startswith(b"HTTP/1.1 413 ")
    assert guarded.ask("POST", "/v1/score", b"\x1f\x8b", **_with(), Content_Encoding="gzip").status == 415
    assert _raw(guarded.port, head + "X-Large: " + "x" * 40_000 + "\r\n").startswith(b"HTTP/1.1 431 ")


# ---------------------------------------------------------------- WEB-06, 16, 20


def test_half_open_and_slow_clients_are_closed_and_others_served(guarded: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PATIENCE", 1.0)
    head = f"POST /v1/score HTTP/1.1\r\nHost: 127.0.0.1:{guarded.port}\r\nContent-Length: 50\r\n".encode()
    wires = [socket.create_connection(("127.0.0.1", guarded.port), 10) for _ in range(30)]
    for i, wire in enumerate(wires):
        wire.sendall((b"", head, head + b"\r\n{", b"GET /hea")[i % 4])
    assert guarded.ask("POST", "/v1/score", guarded.record_of(1), **_with()).status == 200
    began = time.monotonic()
    for i, wire in enumerate(wires):
        wire.settimeout(10)
        if i % 4 == 2 and time.monotonic() - began < 0.5:
            wire.sendall(b" ")  # a body that drips gains no time
        with suppress(ConnectionResetError):
            assert wire.recv(1000) == b"" or i % 4 in (1, 2)
        wire.close()
    assert time.monotonic() - began < 8


def test_the_oldest_half_open_connection_makes_room(guarded: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """WEB-12: a flood of connections shuts nobody out."""
    monkeypatch.setattr(limits, "WAITING", 10)
    wires = [socket.create_connection(("127.0.0.1", guarded.port), 10) for _ in range(40)]
    assert guarded.ask("GET", "/v1/runs", **_with()).status == 200
    wires[0].settimeout(5)
    with suppress(ConnectionResetError):
        assert wires[0].recv(10) == b""
    for wire in wires:
        wire.close()


def test_a_fault_shows_an_id_and_nothing_else(
    guarded: Served, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("select * from private where id = 'C-0091'")

    routes = {
        "personas": "GET /v1/personas",
        "one": "POST /v1/score",
        "why": "GET /v1/users/C-0091/why",
        "runs": "GET /v1/runs",
    }
    for name, route in {**routes, "document": "GET /openapi.json"}.items():
        method, path = route.split()
        with monkeypatch.context() as patched:
            patched.setattr(answers, name, broken)
            told = guarded.ask(method, path, {"id": "C-0091"} if method == "POST" else None, **_with())
        assert told.status == 500 and told.json["code"] == "P900" and re.search(r"E[0-9a-f]{8}", told.json["detail"])
        assert b"select" not in told.body and b"C-0091" not in told.body and b".py" not in told.body
    said = capfd.readouterr()
    assert "RuntimeError at" in said.err and "C-0091" not in said.out + said.err


def test_a_slow_disk_does_not_show_in_health(guarded: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """WEB-20."""
    monkeypatch.setattr(limits, "ANSWER", 0.2)
    monkeypatch.setattr(answers, "runs", lambda _record: time.sleep(1.0))
    began = time.monotonic()
    told = guarded.ask("GET", "/v1/runs", **_with())
    assert told.status == 503 and "within 0.2 s" in told.json["detail"] and told.headers["retry-after"]
    assert guarded.ask("GET", "/health").status == 200 and time.monotonic() - began < 5


@pytest.mark.slow
def test_the_command_serves_stops_when_told_and_keeps_ids_out_of_its_log(guarded: Served) -> None:
    command = [sys.executable, "-m", "personae", "serve", "--port", "0", "--store", str(guarded.record.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", first)
        assert found and "without tokens" in first
        port = int(found[1])
        head = f"GET /v1/users/{guarded.world.ids[0]}/why HTTP/1.1\r\nHost: localhost:{port}\r\n"
        assert _raw(port, head).startswith(b"HTTP/1.1 200 ")
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=30)
    assert process.returncode == 0 and "stopped" in rest and guarded.world.ids[0] not in first + rest
