"""What was verified here is proved to the store: each proof until it has it, and not twice."""

from __future__ import annotations

import asyncio

import pytest

from jitclient.proving import Proofs
from jitclient.session import Session
from jitclient.taking_over import post_proofs
from localstore import evidence
from localstore.connection import transaction
from protocol.errors import MalformedError, NotFoundError, NotSignedInError, StoreUnreachableError
from protocol.ids import FileId, SpaceId
from tests.jitclient.office import Office
from tests.localstore.samples import exhibit, number_id


class Api:
    """A store that takes its time, and may be away."""

    def __init__(self) -> None:
        self.away = False
        self.told: list[FileId] = []
        self.refuses: dict[bytes, Exception] = {}
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def post_proof(self, space: SpaceId, file: FileId, proof: bytes) -> None:
        assert space
        assert proof
        self.asked.set()
        await self.open.wait()
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnreachableError("away")
        if file in self.refuses:
            raise self.refuses[file]
        self.told.append(file)


def _verified(session: Session, space: SpaceId, numbers: range) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        for number in numbers:
            one = exhibit(file=number_id(number), mine=False, state="verified", announced=False)
            evidence.add_exhibit(sp, one)


def _owed(session: Session, space: SpaceId) -> set[bytes]:
    return {one.file for one in evidence.owed(session.stores.space(space), "verified", mine=False)}


def _ids(numbers: range) -> list[bytes]:
    return [number_id(number) for number in numbers]


@pytest.fixture
def space(office: Office) -> SpaceId:
    office.join("ana")
    return office.open_space("ana")


@pytest.mark.asyncio
async def test_transfers_that_end_at_once_prove_each_exhibit_once(
    office: Office, space: SpaceId
) -> None:
    session, api = office.sessions["ana"], Api()
    office.on("ana", _verified, space, range(10))

    api.away = True
    with pytest.raises(StoreUnreachableError):
        await post_proofs(session, api.post_proof)
    api.away = False
    await asyncio.gather(*(post_proofs(session, api.post_proof) for _ in range(4)))

    assert sorted(api.told) == _ids(range(10))
    assert not office.on("ana", _owed, space)


@pytest.mark.asyncio
async def test_a_proof_that_is_refused_or_unreadably_answered_holds_up_no_other(
    office: Office, space: SpaceId
) -> None:
    session, api = office.sessions["ana"], Api()
    office.on("ana", _verified, space, range(6))
    api.refuses = {number_id(1): NotFoundError("gone"), number_id(2): MalformedError("what?")}

    await post_proofs(session, api.post_proof)

    assert sorted(api.told) == _ids(range(1)) + _ids(range(3, 6))
    assert office.on("ana", _owed, space) == {number_id(2)}  # the refused one is not owed


@pytest.mark.asyncio
async def test_what_went_beside_a_failure_is_not_offered_again(
    office: Office, space: SpaceId
) -> None:
    session, api = office.sessions["ana"], Api()
    office.on("ana", _verified, space, range(3))
    api.refuses = {number_id(0): NotSignedInError("who?")}

    with pytest.raises(NotSignedInError):
        await post_proofs(session, api.post_proof)

    assert sorted(api.told) == _ids(range(1, 3))
    assert office.on("ana", _owed, space) == {number_id(0)}


@pytest.mark.asyncio
async def test_what_is_verified_while_proofs_are_on_their_way_follows_them(
    office: Office, space: SpaceId
) -> None:
    session, api, failed = office.sessions["ana"], Api(), list[bool]()
    office.on("ana", _verified, space, range(2))
    proofs = Proofs(session, api.post_proof, lambda: failed.append(True))

    api.open.clear()
    proofs.wake()
    await api.asked.wait()
    office.on("ana", _verified, space, range(2, 5))
    proofs.wake()
    api.open.set()
    await proofs.settle()

    assert sorted(api.told) == _ids(range(5))
    assert not failed
    await proofs.stop()


@pytest.mark.asyncio
async def test_a_store_that_is_away_is_told_of_and_asked_again_only_when_woken(
    office: Office, space: SpaceId
) -> None:
    session, api, failed = office.sessions["ana"], Api(), list[bool]()
    office.on("ana", _verified, space, range(2))
    proofs = Proofs(session, api.post_proof, lambda: failed.append(True))

    api.away = True
    with pytest.raises(StoreUnreachableError):
        await proofs.settle()
    assert failed == [True]
    api.away = False
    await proofs.settle()

    assert sorted(api.told) == _ids(range(2))
    await proofs.stop()


@pytest.mark.asyncio
async def test_proofs_that_were_stopped_are_owed_still(office: Office, space: SpaceId) -> None:
    session, api = office.sessions["ana"], Api()
    office.on("ana", _verified, space, range(2))
    proofs = Proofs(session, api.post_proof, lambda: None)

    api.open.clear()
    proofs.wake()
    await api.asked.wait()
    await proofs.stop()
    api.open.set()
    await proofs.settle()

    assert api.told == []
    assert office.on("ana", _owed, space) == set(_ids(range(2)))
