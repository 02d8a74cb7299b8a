"""Proxies and authorities: requests and bulk go the same way, and the pin holds on every one."""

from __future__ import annotations

import asyncio
import base64
import datetime
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from jitclient import networking
from protocol.api import paths
from protocol.api.accounts import PrekeyCount
from protocol.errors import ConfigurationError, StoreIdentityError, StoreUnreachableError
from protocol.limits import MAX_PART_BYTES
from sync import network
from sync.authorities import MAX_BYTES, read_authorities
from sync.chunk_io import Lane
from sync.issuer import issuer_of
from sync.line import Bearer
from sync.transport import Transport
from tests.sync.moving import FILE, PARTS, SPACE, hold
from tests.sync.partstore import PartStore, running
from tests.sync.proxy import proxying
from tests.sync.server import Answer, Identity, Reply, Request, Server, identity, json, serving

COUNT = PrekeyCount(one_time=3, kems=2)
PART = f"/v1/spaces/{SPACE.hex()}/files/{FILE.hex()}/parts/0"


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins, and ends, as the program does without settings."""
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield
    network.use(proxy=network.SYSTEM, authorities="")


def _answer() -> Answer:
    async def answer(_: Request) -> Reply:
        return json(COUNT)

    return answer


@asynccontextmanager
async def _store(who: Identity | None = None) -> AsyncIterator[Server]:
    async with serving(_answer(), who=who) as server:
        yield server


async def _ask(address: str, pin: bytes) -> PrekeyCount:
    async with Transport(address, pin, timeout=60) as line:
        return await line.request("GET", paths.PREKEYS, reply=PrekeyCount)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[PartStore]:
    with running(tmp_path) as server:
        hold(server)
        yield server


def _fetch(store: PartStore) -> int:
    lane = Lane(store.line(), Bearer(lambda _: store.token), lambda _: None)
    try:
        return lane.get(PART, memoryview(bytearray(MAX_PART_BYTES)))
    finally:
        lane.close()


@pytest.mark.asyncio
async def test_requests_and_parts_go_through_the_proxy_that_is_set(parts: PartStore) -> None:
    async with _store() as server:
        with proxying() as proxy:
            network.use(proxy=proxy.address, authorities="")

            assert await _ask(server.address, server.pin) == COUNT
            assert await asyncio.to_thread(_fetch, parts) == len(PARTS[0])

    assert proxy.targets == [f"CONNECT {server.address}", f"CONNECT {parts.address}"]


@pytest.mark.asyncio
async def test_a_proxy_gets_its_password_and_nothing_of_the_store(parts: PartStore) -> None:
    async with _store() as server:
        with proxying() as proxy:
            address = proxy.address.replace("http://", "http://ana:p%40ss@")
            network.use(proxy=address, authorities="")
            await _ask(server.address, server.pin)
            await asyncio.to_thread(_fetch, parts)

    wanted = "Basic " + base64.b64encode(b"ana:p@ss").decode()
    assert [one["proxy-authorization"] for one in proxy.headers] == [wanted, wanted]
    assert not any("authorization" in one or "bearer" in str(one).lower() for one in proxy.headers)
    assert {"proxy-authorization"} & server.requests[0].headers.keys() == set()


@pytest.mark.parametrize(("status", "said"), [(407, "a name and a password"), (403, "403")])
@pytest.mark.asyncio
async def test_what_a_proxy_refuses_is_said_with_its_name(
    status: int, said: str, parts: PartStore
) -> None:
    with proxying(status=status) as proxy:
        address = proxy.address.replace("http://", "http://ana:secret@")
        network.use(proxy=address, authorities="")
        for attempt in (_ask("store.example:8443", bytes(32)), asyncio.to_thread(_fetch, parts)):
            with pytest.raises(StoreUnreachableError, match=said) as caught:
                await attempt
            assert proxy.address.removeprefix("http://") in caught.value.sentence
            assert "secret" not in caught.value.sentence


@pytest.mark.asyncio
async def test_an_inspecting_proxy_is_named_by_its_issuer_and_gets_no_byte_of_a_request(
    parts: PartStore,
) -> None:
    async with _store(identity("Acme Inspection CA")) as inspector:
        with proxying(divert=inspector.address) as proxy:
            network.use(proxy=proxy.address, authorities="")
            for attempt in (
                _ask("store.example:8443", bytes(32)),
                asyncio.to_thread(_fetch, parts),
            ):
                with pytest.raises(StoreIdentityError, match="issued by “Acme Inspection CA”"):
                    await attempt

    assert inspector.requests == []
    assert inspector.bytes_in == 0


# --- an authority of one's own -------------------------------------------------------------------


def _issued(folder: Path, name: str) -> tuple[Path, Identity]:
    """An authority's file, and a certificate that it issued."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, "127.0.0.1")
    ]
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)

    def made(subject: int, *, authority: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(names[subject])
            .issuer_name(names[0])
            .public_key(keys[subject].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=36500))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .sign(keys[0], hashes.SHA256())
        )

    pem, encoding = serialization.Encoding.PEM, serialization.Encoding.DER
    file = folder / f"{name}.pem"
    file.write_bytes(made(0, authority=True).public_bytes(pem))
    leaf = made(1, authority=False)
    key = keys[1].private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return file, Identity(key, leaf.public_bytes(pem), leaf.public_bytes(encoding))


@pytest.mark.asyncio
async def test_a_store_of_the_demanded_authority_is_reached(tmp_path: Path) -> None:
    file, leaf = _issued(tmp_path, "Ministry CA")
    network.use(proxy=network.NONE, authorities=str(file))

    async with _store(leaf) as server:
        assert await _ask(server.address, leaf.pin) == COUNT


@pytest.mark.asyncio
async def test_the_right_pin_from_another_authority_is_refused(
    tmp_path: Path, parts: PartStore
) -> None:
    file, _ = _issued(tmp_path, "Ministry CA")
    _, other = _issued(tmp_path, "Somebody else")
    network.use(proxy=network.NONE, authorities=str(file))

    async with _store(other) as server:
        for attempt in (_ask(server.address, other.pin), asyncio.to_thread(_fetch, parts)):
            with pytest.raises(StoreIdentityError, match="none of the authorities"):
                await attempt

    assert server.requests == []


@pytest.mark.asyncio
async def test_the_demanded_authority_does_not_stand_in_for_the_pin(tmp_path: Path) -> None:
    file, leaf = _issued(tmp_path, "Ministry CA")
    network.use(proxy=network.NONE, authorities=str(file))

    async with _store(leaf) as server:
        with pytest.raises(StoreIdentityError, match="issued by “Ministry CA”"):
            await _ask(server.address, bytes(32))

    assert server.requests == []


# --- which proxy ---------------------------------------------------------------------------------


def test_the_environment_counts_unless_something_is_set_and_never_for_this_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "store.inside")

    assert network.proxy_for("store.example", 443) == network.Proxy("proxy.example", 3128)
    assert network.proxy_for("store.inside", 443) is None
    assert network.proxy_for("127.0.0.1", 443) is None
    network.use(proxy=network.NONE, authorities="")
    assert network.proxy_for("store.example", 443) is None
    network.use(proxy="http://other:1", authorities="")
    assert network.proxy_for("store.inside", 443) == network.Proxy("other", 1)


@pytest.mark.parametrize(
    "text", ["", "proxy", "proxy:80", "https://p:1", "socks5://p:1", "http://p", "http://p:0",
             "http://p:99999", "http://p:80/path", "http://a b:80", "http://u@p:80"],
)  # fmt: skip
def test_what_is_no_proxy_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        network.use(proxy=text, authorities="")


def test_a_password_stands_in_no_text_of_a_proxy() -> None:
    proxy = network.read_proxy("http://ana:canary@[::1]:3128")

    assert "canary" not in f"{proxy} {proxy!r} {proxy.name}"
    assert proxy.name == "[::1]:3128"


@given(st.binary(max_size=400))
def test_the_issuer_of_any_bytes_is_a_short_line_or_nothing(data: bytes) -> None:
    found = issuer_of(data)

    assert len(found) <= 80
    assert found == "" or found.isprintable()


@given(st.integers(0, 400), st.integers(0, 255))
def test_the_issuer_of_a_changed_certificate_is_a_short_line_or_nothing(at: int, to: int) -> None:
    der = bytearray(identity("A\x00name\u202e\n" + "x" * 40).der)
    der[at % len(der)] = to

    assert issuer_of(bytes(der)).isprintable() or issuer_of(bytes(der)) == ""


def test_a_file_of_authorities_is_named_before_it_is_demanded(tmp_path: Path) -> None:
    file, leaf = _issued(tmp_path, "Ministry CA")

    assert [name for name, _ in read_authorities(b"\xc3\xa9 of ours\n" + file.read_bytes())] == [
        "Ministry CA"
    ]
    assert len(read_authorities(file.read_bytes() + leaf.certificate)) == 1


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda _file, _leaf: b"", "no file of certificates"),
        (lambda file, _leaf: b"x" * MAX_BYTES + file, "too long"),
        (lambda _file, leaf: leaf.certificate, "no authority"),
        (lambda file, leaf: file + leaf.key, "private key"),
        (lambda file, _leaf: file.replace(b"\nM", b"\nX", 1), "cannot be read"),
    ],
)
def test_what_is_no_file_of_authorities_is_refused_with_its_reason(
    made: Callable[[bytes, Identity], bytes], told: str, tmp_path: Path
) -> None:
    file, leaf = _issued(tmp_path, "Ministry CA")

    with pytest.raises(ConfigurationError, match=told):
        read_authorities(made(file.read_bytes(), leaf))


def test_a_demanded_authority_outlives_the_file_it_was_chosen_from(tmp_path: Path) -> None:
    file, _ = _issued(tmp_path, "Ministry CA")
    profile = tmp_path / "profile"
    profile.mkdir()

    networking.demand(profile, file)
    file.unlink()

    assert [one.name for one in networking.demanded(profile)] == ["Ministry CA"]
    networking.apply(profile)
    assert network.authorities()
    networking.demand(profile, None)
    assert (networking.demanded(profile), network.authorities()) == ((), "")


@pytest.mark.asyncio
async def test_a_change_of_the_way_holds_from_the_next_connection_on(tmp_path: Path) -> None:
    file, _ = _issued(tmp_path, "Ministry CA")
    _, other = _issued(tmp_path, "Somebody else")

    async with (
        _store(other) as server,
        Transport(server.address, other.pin, timeout=60) as line,
    ):
        assert await line.request("GET", paths.PREKEYS, reply=PrekeyCount) == COUNT
        network.use(proxy=network.NONE, authorities=str(file))
        line.renew()
        with pytest.raises(StoreIdentityError, match="none of the authorities"):
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount)


@pytest.mark.asyncio
async def test_a_look_at_the_way_demands_what_every_connection_demands(tmp_path: Path) -> None:
    file, leaf = _issued(tmp_path, "Ministry CA")
    other, _ = _issued(tmp_path, "Somebody else")

    async with _store(leaf) as server:
        found = []
        for demanded in (str(file), str(other)):
            network.use(proxy=network.NONE, authorities=demanded)
            found.append(await asyncio.to_thread(networking.look, server.address, leaf.pin, 0))

    assert found[0].stopped in ("", "answer")  # the double of the store has no name to say
    assert found[1].stopped == "identity"
