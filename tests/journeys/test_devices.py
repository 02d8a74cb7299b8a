"""One person with two devices over a real store: linked, written to, and revoked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.errors import LinkEndedError, WrongCodeError
from jitclient.views import ExhibitState, MessageState
from protocol.errors import JitError, WrongPassphraseError
from tests.support.people_at_work import PASSPHRASE, Team, evidence_file

pytestmark = pytest.mark.asyncio


async def link(team: Team, who: str, name: str) -> Desk:
    """Link another device of somebody, the way a person does."""
    old = team[who]
    offer = await old.offer_link(PASSPHRASE)
    door = DoorKeeper(team.profile(name), clock=team.clock)
    assert await old.link_candidate() is None
    assert door.read_link(offer.line).name == old.me.name
    linking = await door.link(offer.line, "Laptop")
    candidate = await old.link_candidate()
    assert candidate is not None
    assert candidate.name == "Laptop"

    waiting = asyncio.ensure_future(linking.wait())
    row = await old.approve_link(linking.code)
    joining = await waiting
    desk = await linking.accept(PASSPHRASE)

    assert row.fingerprint == candidate.fingerprint
    assert (joining.name, joining.store) == (old.me.name, old.me.store)
    assert old.me.safety_number.startswith(joining.fingerprint.replace(" ", ""))
    assert desk.me.safety_number == old.me.safety_number
    team.desks[name] = desk
    return desk


async def test_a_linked_device_shares_everything_from_then_on(team: Team, tmp_path: Path) -> None:
    ana, bruno = team["ana"], team["bruno"]
    laptop = await link(team, "ana", "ana2")
    await team.settle("bruno", "eva", "ana2", "ana", rounds=2)

    await laptop.send(team.space, "from the laptop")
    await ana.send(team.space, "from the desk")
    await bruno.send(team.space, "to both")
    await team.settle("ana2", "ana", "bruno", "eva", rounds=2)

    for name in ("ana", "ana2"):
        said = set(await team.texts(name))
        assert {"from the laptop", "from the desk", "to both"} <= said
        assert (await team.row(name, "from the laptop")).state is MessageState.RECEIVED
        assert (await team.row(name, "from the desk")).mine
    assert "Ana Lima linked another device." in await team.events("bruno")
    assert [await team.alarms(who) for who in team.desks] == [[], [], [], []]

    source = evidence_file(tmp_path, "photo.img", 300_000)
    await ana.add_evidence(team.space, source, to=[team.user("bruno")], exhibit="E-2")
    await team.settle("ana", "ana2", "bruno", rounds=2)
    await bruno.add_evidence(
        team.space, evidence_file(tmp_path, "reply.img", 300_000), to=[team.user("ana")]
    )
    await team.settle("bruno", "ana", "ana2", "bruno", rounds=2)

    for name in ("ana2", "bruno"):
        assert (await team.exhibit(name, "photo.img")).state is ExhibitState.VERIFIED
    assert (await team.exhibit("ana", "reply.img")).state is ExhibitState.VERIFIED
    # One copy for each person: with Ana's proof the store has erased it (R21.1).
    assert (await team.exhibit("ana2", "reply.img")).state is ExhibitState.ERASED
    assert [await team.alarms(who) for who in team.desks] == [[], [], [], []]


async def test_a_revoked_device_receives_nothing_from_the_next_message_on(team: Team) -> None:
    ana, bruno = team["ana"], team["bruno"]
    laptop = await link(team, "ana", "ana2")
    await team.settle("ana2", "ana", "bruno", "eva", rounds=2)
    with pytest.raises(WrongPassphraseError):
        await ana.revoke_device(laptop.me.device, "not the passphrase", "Lost on a train")

    await ana.revoke_device(laptop.me.device, PASSPHRASE, "Lost on a train")
    await bruno.send(team.space, "Bruno has not read the log yet")
    await team.settle("bruno", "eva", "ana", rounds=2)
    await bruno.send(team.space, "and now he has")
    await team.settle("bruno", "eva", "ana", "ana2", rounds=2)

    assert not {"Bruno has not read the log yet", "and now he has"} & set(await team.texts("ana2"))
    assert {"Bruno has not read the log yet", "and now he has"} <= set(await team.texts("ana"))
    assert (await team.row("bruno", "and now he has")).state is MessageState.RECEIVED
    assert "Ana Lima revoked a device: Lost on a train" in await team.events("eva")
    rows = await ana.devices()
    assert [(r.this, r.revoked) for r in rows] == [(True, False), (False, True)]
    assert [await team.alarms(who) for who in ("ana", "bruno", "eva")] == [[], [], []]
    assert await team.alarms("ana2") == ["device-revoked"]


async def test_five_wrong_codes_end_the_offer(team: Team) -> None:
    ana = team["ana"]
    offer = await ana.offer_link(PASSPHRASE)
    linking = await DoorKeeper(team.profile("ana2")).link(offer.line, "Laptop")
    await ana.link_candidate()
    for _ in range(4):
        with pytest.raises(WrongCodeError):
            await ana.approve_link("0000-0000-0000-0000")
    with pytest.raises(LinkEndedError):
        await ana.approve_link("0000-0000-0000-0000")

    with pytest.raises(LinkEndedError):
        await ana.approve_link(linking.code)
    with pytest.raises(LinkEndedError):
        await linking.wait()
    assert len(await ana.devices()) == 1
    assert not team.profile("ana2").joinpath("vault").exists()


async def test_an_offer_is_for_one_device(team: Team) -> None:
    """Who copied the line and is faster is shown by another code, and gets nothing."""
    ana = team["ana"]
    offer = await ana.offer_link(PASSPHRASE)
    thief = await DoorKeeper(team.profile("thief")).link(offer.line, "Laptop")
    with pytest.raises(JitError):
        await DoorKeeper(team.profile("ana2")).link(offer.line, "Laptop")

    assert await ana.link_candidate() is not None
    with pytest.raises(WrongCodeError):
        await ana.approve_link("1111-1111-1111-1111")
    await ana.withdraw_link()

    with pytest.raises(LinkEndedError):
        await thief.wait()
    assert len(await ana.devices()) == 1
