"""Devices under a hostile store: one that was revoked, one nobody linked, and what it exchanges."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from msgspec.structs import replace

from crypto import devicelist, linking, recovery
from jitclient import announcing, ownlist
from jitclient.door import DoorKeeper
from jitclient.errors import UnknownDeviceError, WrongCodeError
from jitclient.session import Session
from localstore import owndevices, people
from localstore.connection import transaction
from localstore.owndevices import PendingList
from protocol import codec
from protocol import linking as records
from protocol.api.accounts import LinkReply
from protocol.envelope import Envelope
from protocol.errors import ForgedError, LogRollbackError
from protocol.ids import DeviceId, mailbox_id
from protocol.membership import EntryKind
from tests.support.hostile_log import entry, roster, serves_entries, serves_list
from tests.support.hostile_team import HostileTeam
from tests.support.people import Person, make_person
from tests.support.people_at_work import PASSPHRASE

pytestmark = pytest.mark.asyncio(loop_scope="module")

MALLORY, GHOST = make_person("mallory"), make_person("ghost")


def save_next(session: Session, who: Person) -> None:
    """Save a list with one device more, as approving a link does."""
    own = devicelist.add_device(
        announcing_list(session),
        ownlist.user_key(session),
        who.device,
        who.dsk.public,
        who.dik.public,
    )
    with transaction(session.stores.device):
        pending = PendingList(signed=own, slot=b"", grant_=b"")
        owndevices.set_pending(session.stores.device, pending)


def announcing_list(session: Session) -> bytes:
    me = people.person(session.stores.device, session.user)
    assert me is not None
    return me.device_list


async def test_a04_a_revoked_device_with_the_user_root_and_the_store_cannot_come_back(
    team: HostileTeam,
) -> None:
    """Ana revoked a device that a thief has now. It signs lists, and the store shows them."""
    ana = team["ana"]
    thief = make_person("thief")
    session = team.session("ana")
    await session.run(save_next, session, thief)
    await team.settle("ana", "bruno", rounds=1)
    assert len(await team["bruno"].member_devices(team.space, team.user("ana"))) == 2
    await ana.revoke_device(thief.device, PASSPHRASE, "Lost on a train")
    await team["bruno"].sync_now()

    usk = recovery.user_key(session.identity.user_root)
    newest = await ana.api.device_list(team.user("ana"))
    forged = devicelist.add_device(newest, usk, GHOST.device, GHOST.dsk.public, GHOST.dik.public)
    shown = serves_list(team, team.user("ana"), forged)
    before = roster(team, "bruno", team.space)
    for person in (thief, GHOST):
        made = entry(
            before,
            EntryKind.DEVICES,
            (team.user("ana"), person.device),
            person.dsk,
            subject=team.user("ana"),
            list_seq=4,
            list_head=devicelist.list_head(forged),
        )
        deed = serves_entries(team, team.space, "bruno", made)
        await team["bruno"].sync_now()
        assert deed.count >= 1
        deed.end()
    await team["bruno"].send(team.space, "only to the true ones")
    await team["bruno"].sync_now()

    assert shown.count >= 1
    assert roster(team, "bruno", team.space) == before
    gone = {mailbox_id(team.space, d) for d in (GHOST.device, thief.device)}
    late = team.hostile.posted(team.device("bruno"))[-1]
    assert not gone & {mailbox_of(e) for e in late.envelopes}
    assert {r.code for r in await team.alarm_rows("bruno")} == {"forged"}

    with pytest.raises(UnknownDeviceError):  # and Ana's own device does not build on it
        await ana.offer_link(PASSPHRASE)
    await ana.sync_now()
    assert roster(team, "ana", team.space) == before
    assert session.database.call(partial(announcing._due, session)) == []


def mailbox_of(packed: bytes) -> bytes:
    return Envelope.unpack(packed).to


async def test_a05_an_older_list_of_ones_own_devices_is_refused_and_told(
    team: HostileTeam,
) -> None:
    ana = team["ana"]
    session = team.session("ana")
    old = await ana.api.device_list(team.user("ana"))
    laptop = make_person("another laptop")
    await session.run(save_next, session, laptop)
    await ana.sync_now()
    deed = serves_list(team, team.user("ana"), old, "ana")

    with pytest.raises(LogRollbackError):
        await ana.revoke_device(DeviceId(laptop.device), PASSPHRASE, "Lost on a train")

    assert deed.count >= 1
    await team.named("ana", "log-rollback", "older list of your devices")


async def test_keys_that_the_store_exchanges_while_linking_are_not_linked(
    team: HostileTeam,
) -> None:
    """It knows the line (it was photographed) and leaves its own request in the slot."""
    bruno = team["bruno"]
    offer = await bruno.offer_link(PASSPHRASE)
    asking = await DoorKeeper(team.profile("bruno-laptop")).link(offer.line, "Laptop")
    public = (MALLORY.dsk.public, MALLORY.dik.public)
    theirs = linking.ask(
        records.from_text(offer.line),
        MALLORY.device,
        public,
        "Laptop",
        team.session("bruno").entropy,
    )

    def exchange(reply: LinkReply) -> LinkReply:
        return replace(reply, request=codec.encode(theirs.request))

    deed = team.hostile.rewrites(LinkReply, "/links/", exchange)
    found = await bruno.link_candidate()
    assert found is not None
    assert found.name == "Laptop"
    with pytest.raises(WrongCodeError):
        await bruno.approve_link(asking.code)
    await bruno.withdraw_link()

    assert deed.count >= 1
    assert len(await bruno.devices()) == 1
    assert not any(e.method == "PUT" and "/grant" in e.path for e in team.hostile.seen)


async def test_a_grant_that_the_store_exchanges_is_not_joined(team: HostileTeam) -> None:
    eva = team["eva"]
    offer = await eva.offer_link(PASSPHRASE)
    asking = await DoorKeeper(team.profile("eva-laptop")).link(offer.line, "Laptop")
    await eva.link_candidate()
    await eva.approve_link(asking.code)

    def alter(reply: LinkReply) -> LinkReply:
        if not reply.grant:
            return reply
        grant = codec.decode(records.SealedGrant, reply.grant)
        return replace(reply, grant=codec.encode(replace(grant, sealed=grant.sealed[::-1])))

    deed = team.hostile.rewrites(LinkReply, "/links/", alter)
    with pytest.raises(ForgedError):
        async with asyncio.timeout(120):
            await asking.wait()

    assert deed.count == 1
    assert not (team.profile("eva-laptop") / "vault").exists()
