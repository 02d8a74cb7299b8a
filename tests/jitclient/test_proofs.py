"""What was verified here is proved to the store: each proof until it has it, and not twice."""

from __future__ import annotations

import asyncio

import pytest

from jitclient.session import Session
from jitclient.taking_over import post_proofs
from localstore import evidence
from localstore.connection import transaction
from protocol.errors import StoreUnreachableError
from protocol.ids import FileId, SpaceId
from tests.jitclient.office import Office
from tests.localstore.samples import exhibit, number_id


class Api:
    """A store that takes its time, and may be away."""

    def __init__(self) -> None:
        self.away = False
        self.told: list[FileId] = []

    async def post_proof(self, space: SpaceId, file: FileId, proof: bytes) -> None:
        assert space
        assert proof
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnreachableError("away")
        self.told.append(file)


def _verified(session: Session, space: SpaceId, count: int) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        for number in range(count):
            one = exhibit(file=number_id(number), mine=False, state="verified", announced=False)
            evidence.add_exhibit(sp, one)


@pytest.mark.asyncio
async def test_transfers_that_end_at_once_prove_each_exhibit_once(office: Office) -> None:
    office.join("ana")
    space, session, api = office.open_space("ana"), office.sessions["ana"], Api()
    office.on("ana", _verified, space, 5)

    api.away = True
    with pytest.raises(StoreUnreachableError):
        await post_proofs(session, api.post_proof)
    api.away = False
    await asyncio.gather(*(post_proofs(session, api.post_proof) for _ in range(4)))

    assert sorted(api.told) == [number_id(number) for number in range(5)]
