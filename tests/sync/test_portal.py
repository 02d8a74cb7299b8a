"""A network that wants a sign-in first is named, and gets nothing of a request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from jitclient import doctor, networking
from jitclient.doctor import State
from protocol.api import paths
from protocol.api.accounts import PrekeyCount
from protocol.errors import JitError, StoreIdentityError, StoreUnreachableError
from sync import network, portal
from sync.probing import probe
from sync.transport import Transport
from tests.support.portal import without_tls
from tests.sync.server import Reply, Request, identity, serving

_LOGIN = "http://login.hotel.example/start?to=store"
_SECRET = "canary-token"


@pytest.fixture(autouse=True)
def direct() -> Iterator[None]:
    network.use(proxy=network.NONE, authorities="")
    yield
    network.use(proxy=network.SYSTEM, authorities="")


async def _refusal(address: str, pin: bytes = bytes(32)) -> JitError:
    async def nobody(_certificate: bytes, _statement: bytes | None) -> bool:
        return False

    async with Transport(address, pin, timeout=10, judge=nobody) as transport:
        with pytest.raises(JitError) as refused:
            await transport.request("GET", paths.PREKEYS, reply=PrekeyCount, token=_SECRET)
        return refused.value


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "headers", "leads"),
    [
        (302, {"Location": _LOGIN}, "login.hotel.example"),
        (200, {"Content-Type": "text/html; charset=utf-8"}, ""),
        (511, {}, ""),
    ],
)
async def test_f12_a_page_without_tls_is_named_by_requests_by_doctor_and_by_the_try(
    status: int, headers: dict[str, str], leads: str
) -> None:
    with without_tls(status, headers=headers) as (address, seen):
        refused = await _refusal(address)
        host, _, port = address.partition(":")
        look = await asyncio.to_thread(probe, host, int(port))
        tried = await asyncio.to_thread(networking.look, address, bytes(32), 0)

    assert isinstance(refused, StoreUnreachableError)
    assert refused.sentence == portal.SENTENCE
    found = {one.name: one for one in doctor.store(address, look, 0)}
    assert (found["portal"].state, found["line"].state) == (State.BAD, State.BAD)
    assert leads in found["portal"].words
    assert (tried.stopped, tried.problem) == ("portal", portal.SENTENCE)
    assert seen
    assert not any(_SECRET in one or "uthorization" in one for one in seen)


@pytest.mark.asyncio
async def test_f12_a_page_under_a_certificate_of_its_own_is_named_and_is_still_not_the_store() -> (
    None
):
    async def answer(_: Request) -> Reply:
        return Reply(status=302, headers={"location": _LOGIN})

    async with serving(answer, who=identity("hotel")) as server:
        refused = await _refusal(server.address)
        host, _, port = server.address.partition(":")
        look = await asyncio.to_thread(probe, host, int(port))
        tried = await asyncio.to_thread(networking.look, server.address, bytes(32), 0)

    assert isinstance(refused, StoreIdentityError)
    assert refused.sentence == portal.SENTENCE
    found = {one.name: one for one in doctor.store(server.address, look, 0, bytes(32))}
    assert "login.hotel.example" in found["portal"].words
    assert found["certificate"].state is State.BAD
    assert (tried.stopped, tried.problem) == ("portal", portal.SENTENCE)
    assert not any("authorization" in one.headers for one in server.requests)


@pytest.mark.asyncio
async def test_another_server_that_shows_no_page_is_called_what_it_is() -> None:
    async def answer(_: Request) -> Reply:
        return Reply(status=404, body=b"{}", headers={"content-type": "application/json"})

    async with serving(answer, who=identity("other")) as server:
        refused = await _refusal(server.address)

    assert isinstance(refused, StoreIdentityError)
    assert refused.sentence != portal.SENTENCE
    with without_tls(400, headers={"Content-Type": "text/html"}) as (address, _):
        refused = await _refusal(address)  # what a server of TLS says to who speaks none
    assert refused.sentence != portal.SENTENCE


@pytest.mark.parametrize(
    "location",
    ["http://[", "http://a b/", "http://\u202ehotel/", "//", "x" * 5000, "http://a\x07.example/"],
)
def test_what_cannot_be_a_host_is_not_told(location: str) -> None:
    assert portal.page(302, "", location) == ""


def test_a_name_and_a_password_before_a_host_are_not_told() -> None:
    assert portal.page(302, "", "http://u:canary@hotel.example/") == "hotel.example"
