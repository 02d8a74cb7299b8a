"""What is wrong with one space, or with what the store says of it, stops no other."""

from __future__ import annotations

import pytest

from jitclient import following, founding, posting, wiping
from jitclient.queries import spaces as space_rows
from jitclient.session import Session
from jitclient.usecases import create_space
from localstore import devices, spaces
from localstore.connection import transaction
from protocol.content import SpaceCard
from protocol.errors import NotPermittedError, StoreUnreachableError
from protocol.ids import SpaceId
from sync.errors import ConflictError
from tests.jitclient.office import Office


def _found(office: Office, name: str, agreement: str) -> SpaceId:
    card = SpaceCard(version=1, title=agreement, agreement=agreement)
    terms = create_space._Terms(signed_on="2026-05-01", retention_days=0, verified_only=False)
    space, _ = office.on(name, create_space._write, card, terms)
    return space


class RefusingStore:
    """A store that turns every new space down with one error."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.asked = 0

    async def create_space(self, genesis: bytes) -> None:
        """Refuse."""
        self.asked += 1
        raise self._error


def _state(office: Office, name: str, space: SpaceId) -> str:
    record = office.on(name, lambda s: spaces.space(s.stores.device, space))
    return record.state if record else "none"


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [ConflictError("Taken."), NotPermittedError("No.")])
async def test_a_space_the_store_turns_down_holds_up_nothing(
    office: Office, error: Exception
) -> None:
    office.join("ana")
    space = _found(office, "ana", "JIT 1")
    store = RefusingStore(error)
    for _ in range(2):
        await founding.finish_creating(office.sessions["ana"], store, [])  # type: ignore[arg-type]
    assert store.asked == 1
    assert len(office.alarms("ana")) == 1
    assert _state(office, "ana", space) == "left"


@pytest.mark.asyncio
async def test_a_space_waits_while_the_store_is_away(office: Office) -> None:
    office.join("ana")
    space = _found(office, "ana", "JIT 1")
    away = RefusingStore(StoreUnreachableError("Away."))
    with pytest.raises(StoreUnreachableError):
        await founding.finish_creating(office.sessions["ana"], away, [])  # type: ignore[arg-type]
    assert _state(office, "ana", space) == "creating"


def test_a_creation_cut_off_before_its_first_entry_leaves_nothing(office: Office) -> None:
    office.join("ana")

    def cut_off(session: Session) -> SpaceId:
        space = SpaceId(bytes(16))
        record = following.new_record(session, space, founding.CREATING)
        with transaction(session.stores.device):
            spaces.add_space(session.stores.device, record)
        return space

    space = office.on("ana", cut_off)
    assert office.on("ana", founding._creating) == []
    assert _state(office, "ana", space) == "none"
    assert not office.sessions["ana"].profile.space_folder(space).exists()


def _damage(office: Office, name: str, space: SpaceId) -> None:
    """Break the database of one space while the profile is closed."""
    profile = office.sessions[name].profile
    office.stop(name)
    path = profile.space_database(space)
    path.write_bytes(b"\0" * path.stat().st_size)
    office.sessions[name] = office.reopen(name)


def test_one_damaged_space_stops_neither_the_others_nor_the_view(office: Office) -> None:
    office.join("ana", "bruno")
    good = office.open_space("ana", "bruno")
    bad = office.open_space("ana", "bruno")
    _damage(office, "ana", bad)
    office.write("bruno", bad, "Lost on Ana.")
    office.write("bruno", good, "Arrives.")
    office.exchange(bad, "bruno")
    office.exchange(good, "bruno")
    assert office.take("ana") == 1
    assert office.texts("ana", good) == ["Arrives."]
    office.write("ana", good, "Answer.")
    assert office.send("ana") > 0
    assert [r.title for r in office.on("ana", space_rows.all_spaces)].count("Albatross") == 2
    assert office.on("ana", posting.waiting) == (0, 0)
    assert office.on("ana", wiping.resume_all, office.clock.now()) == []
    assert office.alarms("ana") == ["damaged-store"]


def test_a_damaged_space_is_wiped_at_its_deadline(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    _damage(office, "ana", space)

    def due(session: Session) -> None:
        with transaction(session.stores.device):
            spaces.update_space(session.stores.device, space, deadline=1)

    office.on("ana", due)
    assert office.on("ana", wiping.resume_all, office.clock.now()) == [space]
    assert _state(office, "ana", space) == "wiped"
    assert not office.sessions["ana"].profile.space_folder(space).exists()
    (receipt,) = office.on("ana", lambda s: spaces.wipes(s.stores.device, space))
    assert "damaged" in receipt.remaining


def test_a_fork_in_one_space_does_not_hold_back_the_receipts_of_others(office: Office) -> None:
    office.join("ana", "bruno")
    forked = office.open_space("ana", "bruno")
    sound = office.open_space("ana", "bruno")
    for space in (forked, sound):
        office.write("ana", space, "Did it arrive?")
        office.post("ana", space)
    office.deliver("bruno")

    def fork(session: Session) -> None:
        with transaction(session.stores.device):
            devices.set_setting(session.stores.device, f"fork:{forked.hex()}", "yes")

    office.on("bruno", fork)
    assert office.send("bruno") == 1
