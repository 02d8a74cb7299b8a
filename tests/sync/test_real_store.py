"""The client's routes against the real store in its own process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from crypto import signatures
from protocol import invitation
from protocol.api.accounts import PrekeyUpload
from protocol.api.spaces import Wake
from protocol.errors import (
    InvitationError,
    NotFoundError,
    NotSignedInError,
    StoreIdentityError,
    StoreUnreachableError,
)
from protocol.ids import SpaceId
from protocol.receipts import Login
from sync.api import StoreApi
from sync.transport import Transport
from tests.centralstore.client import enrolment, known_as
from tests.support.people import Person
from tests.support.store import StoreHandle, running_store
from tests.sync.server import identity

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreHandle]:
    with running_store(tmp_path_factory.mktemp("sync")) as running:
        yield running


@asynccontextmanager
async def signing_in(text: str, person: Person) -> AsyncIterator[StoreApi]:
    invited = invitation.from_text(text)

    def sign(nonce: bytes, certificate: bytes) -> bytes:
        login = Login(version=1, device=person.device, nonce=nonce, certificate=certificate)
        return signatures.sign(person.dsk, person.device, login)

    async with Transport(invited.address, invited.certificate, timeout=120) as line:
        yield StoreApi(line, sign)


async def test_an_invitation_leads_to_the_store_and_enrols_once(store: StoreHandle) -> None:
    text = store.invite("Ana Lima", country="PT")
    person = known_as(text, "Ana Lima")

    async with signing_in(text, person) as api:
        server = await api.server()
        user = await api.enrol(enrolment(text, person))
        listed = {bytes(u.id): u.name for u in (await api.users()).users}
        with pytest.raises(InvitationError):
            await api.enrol(enrolment(text, known_as(text, "Somebody Else")))

    assert server.store_key == invitation.from_text(text).store_key
    assert (user.id, user.name, user.country) == (person.user, "Ana Lima", "PT")
    assert listed[person.user] == "Ana Lima"


async def test_a_new_device_finds_everything_empty_and_is_woken(store: StoreHandle) -> None:
    text = store.invite("Bo Berg", country="SE")
    person = known_as(text, "Bo Berg")

    async with signing_in(text, person) as api:
        await api.enrol(enrolment(text, person))
        count = await api.prekey_count()
        same = await api.put_prekeys(PrekeyUpload())
        spaces = (await api.spaces()).spaces
        mailbox = await api.mailbox(0, 50)
        signed_list = await api.device_list(person.user)
        with pytest.raises(NotFoundError):
            await api.log(SpaceId(bytes(16)), 0)
        async with aclosing(api.events()) as wakes:
            first = await anext(wakes)
        await api.sign_out()

    assert count == same
    assert spaces == ()
    assert (mailbox.deliveries, mailbox.waiting) == ((), 0)
    assert signed_list == person.signed_list
    assert first == Wake(what="connected")


async def test_a_stranger_may_not_sign_in(store: StoreHandle) -> None:
    text = store.invite("Cy Costa", country="ES")

    async with signing_in(text, known_as(text, "Cy Costa")) as api:
        with pytest.raises(NotSignedInError):
            await api.users()


async def test_another_pin_ends_before_the_invitation_is_spent(store: StoreHandle) -> None:
    text = store.invite("Di Dunne", country="IE")
    person = known_as(text, "Di Dunne")

    async with Transport(store.address, identity().pin, timeout=120) as line:
        with pytest.raises(StoreIdentityError):
            await StoreApi(line, None).enrol(enrolment(text, person))
    async with signing_in(text, person) as api:
        assert (await api.enrol(enrolment(text, person))).name == "Di Dunne"


async def test_a_killed_store_is_unreachable_and_serves_the_same_client_again(
    tmp_path: Path,
) -> None:
    with running_store(tmp_path) as own:
        text = own.invite("Ed Ek", country="DK")
        person = known_as(text, "Ed Ek")
        async with signing_in(text, person) as api:
            await api.enrol(enrolment(text, person))
            before = (await api.users()).users
            own.kill()
            with pytest.raises(StoreUnreachableError):
                await api.users()
            own.start()
            after = (await api.users()).users

    assert after == before
