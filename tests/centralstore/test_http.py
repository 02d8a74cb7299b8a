from __future__ import annotations

import socket
import ssl

import msgspec
import pytest

from centralstore.limiter import Limiter
from centralstore.routes.table import ENDPOINTS
from protocol.api import paths
from protocol.limits import MAX_JSON_BYTES
from tests.centralstore.client import context, enrolled, refused, wire
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import team_of
from tests.support.store import StoreHandle


def test_the_document_describes_every_route(store: StoreHandle) -> None:
    with wire(store) as http:
        document = http.get(paths.OPENAPI).json()

    assert document["openapi"] == "3.1.0"
    described = {(m.upper(), p) for p, item in document["paths"].items() for m in item}
    assert described == {(one.method, one.path) for one in ENDPOINTS}
    operations = [op for item in document["paths"].values() for op in item.values()]
    assert len({op["operationId"] for op in operations}) == len(operations)
    for operation in operations:
        assert operation["responses"]["default"]["content"]["application/problem+json"]
    for reference in _references(document):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in _references(value)]
    if isinstance(node, list):
        return [ref for value in node for ref in _references(value)]
    return []


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.signed_in], ids=lambda e: e.path)
def test_no_route_answers_without_a_session(store: StoreHandle, endpoint: object) -> None:
    from centralstore.web import Endpoint

    assert isinstance(endpoint, Endpoint)
    path = endpoint.path
    for name in ("space", "file", "device", "user"):
        path = path.replace(f"{{{name}}}", "0" * 32)
    with wire(store) as http:
        answer = http.request(endpoint.method, path.replace("{number}", "0"))

    assert refused(answer) == (401, "not-signed-in")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"genesis": 7}',
        b'{"genesis":"AA==","more":1}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_malformed_request_is_told_so(store: StoreHandle, body: bytes) -> None:
    device = enrolled(store, f"m{body[:12].hex()}")

    assert refused(device.ask("POST", paths.SPACES, content=body)) == (400, "malformed")


def test_a_request_longer_than_a_mebibyte_is_refused_by_its_length(store: StoreHandle) -> None:
    device = enrolled(store, "long")

    answer = device.ask("POST", paths.SPACES, content=bytes(MAX_JSON_BYTES + 1))

    assert refused(answer) == (413, "limit-exceeded")


def test_a_length_beyond_the_limit_is_refused_before_a_byte_of_it(store: StoreHandle) -> None:
    device = enrolled(store, "boast")
    host, _, port = store.address.rpartition(":")
    head = (
        f"POST {paths.SPACES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n"
        "Content-Length: 1000000000000\r\n\r\n"
    )
    with (
        socket.create_connection((host, int(port)), 60) as line,
        context().wrap_socket(line) as tls,
    ):
        tls.settimeout(60)
        tls.sendall(head.encode())

        assert tls.recv(12) == b"HTTP/1.1 413"


def test_whoever_sends_somewhat_too_much_reads_the_refusal_and_no_broken_line(
    store: StoreHandle,
) -> None:
    """Whether or not he still sends when it is decided: tried often enough to meet that."""
    device = enrolled(store, "talkative")
    host, _, port = store.address.rpartition(":")
    body = bytes(4 * MAX_JSON_BYTES)
    head = (
        f"POST {paths.SPACES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    for _ in range(30):
        with (
            socket.create_connection((host, int(port)), 60) as line,
            context().wrap_socket(line) as tls,
        ):
            tls.settimeout(60)
            tls.sendall(head.encode() + body)

            assert tls.recv(12) == b"HTTP/1.1 413"


def test_a_request_without_end_is_cut_off(store: StoreHandle) -> None:
    device = enrolled(store, "endless")

    def endless() -> object:
        for _ in range(40):
            yield bytes(64 * 1024)

    assert refused(device.ask("POST", paths.SPACES, content=endless())) == (413, "limit-exceeded")


def test_headers_without_end_are_cut_off(store: StoreHandle) -> None:
    host, _, port = store.address.rpartition(":")
    with (
        socket.create_connection((host, int(port)), 60) as line,
        context().wrap_socket(line) as tls,
    ):
        tls.settimeout(60)
        try:
            tls.sendall(b"GET /v1/server HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"a" * 300_000)
            answer = tls.recv(100)
        except (ConnectionError, ssl.SSLError):
            answer = b""

    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))


@pytest.mark.parametrize("query", ["after=-1", "limit=0", "limit=201", "wait=26", "after=x"])
def test_numbers_in_a_query_have_bounds(store: StoreHandle, query: str) -> None:
    device = enrolled(store, f"q{query}")

    assert refused(device.ask("GET", f"{paths.MAILBOX}?{query}")) == (400, "bad-input")


def test_a_method_that_is_not_there_is_told(store: StoreHandle) -> None:
    with wire(store) as http:
        answer = http.post(paths.SERVER)

    assert refused(answer) == (405, "usage")
    assert answer.headers["allow"] == "GET"


def test_a_refused_part_is_answered_although_its_body_comes_along(store: StoreHandle) -> None:
    """A plain http.client first writes the whole body: it must not meet a closed line."""
    import http.client

    team, (al, bea) = team_of(store, "al", "bea")
    exhibit = Exhibit(team.space, al, (bea,))
    host, _, port = store.address.rpartition(":")
    line = http.client.HTTPSConnection(host, int(port), context=context(), timeout=60)
    for _ in range(3):
        line.request(
            "PUT",
            paths.part(team.space, exhibit.id, 0),
            exhibit.parts[0],
            {"Authorization": f"Bearer {al.token}"},
        )
        answer = line.getresponse()
        assert answer.status == 404
        assert b"not-found" in answer.read()
    line.close()


def test_a_bucket_empties_and_refills() -> None:
    limiter = Limiter(rate=2, burst=3)

    assert [limiter.take("a", 0) for _ in range(4)] == [True, True, True, False]
    assert limiter.take("b", 0)
    assert [limiter.take("a", 1) for _ in range(3)] == [True, True, False]


def test_strangers_in_a_hurry_are_asked_to_wait(own_store: StoreHandle) -> None:
    (own_store.data_dir / "jitstore.toml").write_text("address_rate = 5\naddress_burst = 20\n")
    own_store.restart()
    with wire(own_store) as http:
        answers = [http.get("/nothing") for _ in range(100)]

    busy = [answer for answer in answers if answer.status_code == 429]
    assert busy
    assert refused(busy[0]) == (429, "store-busy")
    assert busy[0].headers["retry-after"] == "1"


def test_a_problem_says_nothing_that_was_sent(store: StoreHandle) -> None:
    device = enrolled(store, "echo")
    body = msgspec.json.encode({"genesis": "canary!!", "canary": 1})

    answer = device.ask("POST", paths.SPACES, content=body)

    assert b"canary" not in answer.content
