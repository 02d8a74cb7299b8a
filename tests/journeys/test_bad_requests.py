"""What is no client of ours may send the store anything; it answers with a problem and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from protocol.api import paths
from protocol.ids import SpaceId
from protocol.limits import MAX_JSON_BYTES
from tests.centralstore.client import wire
from tests.support.store import StoreHandle, made_store

SPACE = SpaceId(bytes(16))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreHandle]:
    handle = made_store(tmp_path_factory.mktemp("bad"))
    handle.start()
    yield handle
    handle.stop()


@pytest.fixture
def http(store: StoreHandle) -> Iterator[httpx.Client]:
    with wire(store) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", paths.ENROLMENTS, b"", 400),
        ("POST", paths.ENROLMENTS, b"{", 400),
        ("POST", paths.ENROLMENTS, b"[" * 100_000, 400),
        ("POST", paths.ENROLMENTS, b"\xff\xfe\x00", 400),
        ("POST", paths.ENROLMENTS, b"x" * (MAX_JSON_BYTES + 1), 413),
        ("POST", paths.SESSIONS, b'{"nonce": 1}', 400),
        ("GET", paths.MAILBOX, b"", 401),
        ("POST", paths.messages(SPACE), b"{}", 401),
        ("PUT", paths.part(SPACE, bytes(16), 0), b"x", 401),  # type: ignore[arg-type]
        ("GET", "/v1/spaces/../../etc/passwd", b"", 404),
        ("GET", "/etc/passwd", b"", 404),
        ("DELETE", paths.SERVER, b"", 405),
    ],
)
def test_a_bad_request_gets_a_problem_and_harms_nothing(
    http: httpx.Client, method: str, path: str, body: bytes, status: int
) -> None:
    answer = http.request(method, path, content=body)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"]
    assert "Traceback" not in answer.text
    assert http.get(paths.SERVER).status_code == 200


def test_a_stated_length_beyond_the_limit_is_refused_before_it_is_sent(
    http: httpx.Client,
) -> None:
    def endless() -> Iterator[bytes]:
        yield b"{"
        while True:
            yield b" " * 65_536

    try:
        answer = http.post(paths.ENROLMENTS, content=endless())
    except httpx.TransportError:
        pass  # it hung up on us in the middle, as it may
    else:
        assert answer.status_code == 413

    assert http.get(paths.SERVER).status_code == 200


def test_what_is_not_even_http_or_tls_harms_nothing(store: StoreHandle, http: httpx.Client) -> None:
    import socket

    host, port = store.address.rsplit(":", 1)
    for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + bytes(200), bytes(4096)):
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.sendall(noise)

    assert http.get(paths.SERVER).status_code == 200
    assert not Path(store.errors).read_text().count("Traceback")
