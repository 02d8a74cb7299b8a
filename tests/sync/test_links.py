"""The client's routes for linking, and for device lists, against the real store."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from crypto import devicelist, signatures
from protocol.errors import NotEnrolledError, NotFoundError
from protocol.receipts import Login
from sync.api import StoreApi
from sync.errors import ConflictError
from sync.transport import Transport
from tests.centralstore.client import Device, enrolled, linked
from tests.support.store import StoreHandle, running_store

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreHandle]:
    with running_store(tmp_path_factory.mktemp("links")) as running:
        yield running


@asynccontextmanager
async def api_of(store: StoreHandle, device: Device | None) -> AsyncIterator[StoreApi]:
    """The client's API of a device, or of a program that is not enrolled."""

    def sign(nonce: bytes, certificate: bytes) -> bytes:
        assert device is not None
        me = device.person
        login = Login(version=1, device=me.device, nonce=nonce, certificate=certificate)
        return signatures.sign(me.dsk, me.device, login)

    async with Transport(store.address, bytes.fromhex(store.fingerprint), timeout=40) as line:
        yield StoreApi(line, None if device is None else sign)


async def test_two_devices_meet_in_a_slot_and_wait_for_each_other(store: StoreHandle) -> None:
    al, slot = enrolled(store, "al1"), os.urandom(16)

    async with api_of(store, al) as here, api_of(store, None) as there:
        await here.links.begin(slot)
        for_request = asyncio.ensure_future(here.links.look(slot, wait=25))
        await there.links.request(slot, b"a request")
        asked = await for_request
        for_grant = asyncio.ensure_future(there.links.look(slot, after=1, wait=25))
        await here.links.grant(slot, b"a grant")
        granted = await for_grant
        await here.links.end(slot)
        with pytest.raises(NotFoundError):
            await there.links.look(slot)

    assert (asked.request, asked.grant, asked.user) == (b"a request", b"", al.person.user)
    assert (granted.request, granted.grant) == (b"a request", b"a grant")


async def test_everything_may_be_repeated_and_nothing_replaced(store: StoreHandle) -> None:
    al, slot = enrolled(store, "al2"), os.urandom(16)

    async with api_of(store, al) as here, api_of(store, None) as there:
        for _ in range(2):
            await here.links.begin(slot)
            await there.links.request(slot, b"a request")
            await here.links.grant(slot, b"a grant")
        with pytest.raises(ConflictError):
            await there.links.request(slot, b"another")
        with pytest.raises(ConflictError):
            await here.links.grant(slot, b"another")
        for _ in range(2):
            await here.links.end(slot)


async def test_who_is_not_enrolled_neither_opens_nor_grants_nor_withdraws(
    store: StoreHandle,
) -> None:
    slot = os.urandom(16)

    async with api_of(store, None) as there:
        for refused in (
            there.links.begin(slot),
            there.links.grant(slot, b"a grant"),
            there.links.end(slot),
        ):
            with pytest.raises(NotEnrolledError):
                await refused
        with pytest.raises(NotFoundError):
            await there.links.request(slot, b"a request")


async def test_a_list_is_had_by_its_hash_and_ones_own_devices_are_told(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al3"), enrolled(store, "bea3")
    first = al.person.signed_list
    laptop = linked(al, "al3-laptop")
    user = al.person.user

    async with api_of(store, bea) as other, api_of(store, laptop) as mine:
        newest = await other.device_list(user)
        old = await other.device_list(user, devicelist.list_head(first))
        with pytest.raises(NotFoundError):
            await other.device_list(user, bytes(32))
        rows = await mine.own_devices()

    assert (newest, old) == (laptop.person.signed_list, first)
    assert {row.device for row in rows} == {al.person.device, laptop.person.device}
    assert all(row.last_seen is not None and not row.revoked for row in rows)
