"""Ghosts: members nobody added, devices nobody owns, and what they write."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from crypto import devicelist, recovery
from crypto.signatures import SigningKey
from jitclient.views import SpaceState
from protocol.api.accounts import Bundle
from protocol.api.spaces import Delivery
from protocol.envelope import Envelope, EnvelopeKind
from protocol.ids import EnvelopeId, SpaceId, UserId, mailbox_id
from protocol.membership import EntryKind
from tests.support.hostile_log import (
    actor,
    addition,
    entry,
    introduces,
    roster,
    serves_entries,
    serves_list,
)
from tests.support.hostile_team import HostileTeam
from tests.support.people import make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")

MALLORY = make_person("mallory")


async def members(team: HostileTeam, who: str, space: SpaceId | None = None) -> set[UserId]:
    """Who is a member, as one person sees it."""
    return {m.user for m in (await team[who].space(space or team.space)).members}


# --- A03 -----------------------------------------------------------------------------------------


async def test_a03_a_ghost_added_in_an_administrators_name_is_no_member(team: HostileTeam) -> None:
    before = await members(team, "bruno")
    introduces(team, MALLORY.user, "Mallory Vance")
    shown = serves_list(team, MALLORY.user, MALLORY.signed_list)
    forged = entry(
        roster(team, "bruno", team.space),
        EntryKind.ADD,
        actor(team, "ana"),
        MALLORY.dsk,
        **addition(MALLORY),
    )
    deed = serves_entries(team, team.space, "bruno", forged)
    await team["bruno"].sync_now()
    await team["bruno"].send(team.space, "for members only")
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert shown.count >= 1
    assert await members(team, "bruno") == before
    assert team.hostile.posted(team.device("bruno"))
    assert team.hostile.addressed() <= team.mailboxes("ana", "bruno", "eva")
    await team.named("bruno", "ghost-member", "Mallory Vance", "Ana Lima", "entry")


async def test_a03_a_ghost_who_adds_himself_is_no_member(team: HostileTeam) -> None:
    introduces(team, MALLORY.user, "Mallory Vance")
    serves_list(team, MALLORY.user, MALLORY.signed_list)
    own = entry(
        roster(team, "eva", team.space),
        EntryKind.ADD,
        (MALLORY.user, MALLORY.device),
        MALLORY.dsk,
        **addition(MALLORY),
    )
    deed = serves_entries(team, team.space, "eva", own)
    before = await members(team, "eva")
    await team["eva"].sync_now()
    await team["eva"].send(team.space, "still among us")
    await team["eva"].sync_now()

    assert deed.count >= 1
    assert await members(team, "eva") == before
    assert team.hostile.addressed() <= team.mailboxes("ana", "bruno", "eva")
    await team.named("eva", "ghost-member", "Mallory Vance")


async def test_a03_an_investigator_who_adds_somebody_is_refused(team: HostileTeam) -> None:
    """Bruno is a member and signs well, but may not administer."""
    key: SigningKey = team.session("bruno").signing
    serves_list(team, MALLORY.user, MALLORY.signed_list)
    made = entry(
        roster(team, "ana", team.space),
        EntryKind.ADD,
        actor(team, "bruno"),
        key,
        **addition(MALLORY),
    )
    deed = serves_entries(team, team.space, "ana", made)
    before = await members(team, "ana")
    await team["ana"].sync_now()

    assert deed.count >= 1
    assert await members(team, "ana") == before
    await team.named("ana", "ghost-member", "Bruno Keller")


async def test_a03_what_a_ghost_writes_is_not_shown(team: HostileTeam) -> None:
    envelope = Envelope(
        kind=EnvelopeKind.MSG,
        to=mailbox_id(team.space, team.device("ana")),
        sender=mailbox_id(team.space, MALLORY.device),
        id=EnvelopeId(b"e" * 16),
        body=bytes(315),
    )
    item = Delivery(
        index=0, space=team.space, message=b"m" * 16, envelope=envelope.pack(), body=bytes(300)
    )
    deed = team.hostile.delivers(team.device("ana"), item)
    await team["ana"].sync_now()

    assert deed.count == 1
    assert await team.news("ana") == []
    await team.named("ana", "ghost-member", "no signed log entry")


# --- A04 -----------------------------------------------------------------------------------------


async def test_a04_a_device_the_membership_does_not_state_is_not_written_to(
    team: HostileTeam,
) -> None:
    """Even one that carries the true user key: Bruno joins a space and is shown more of Ana."""
    ana = team.session("ana")
    usk = recovery.user_key(ana.identity.user_root)
    honest = await team["ana"].api.device_list(team.user("ana"))
    longer = devicelist.add_device(
        honest, usk, MALLORY.device, MALLORY.dsk.public, MALLORY.dik.public
    )
    deed = serves_list(team, team.user("ana"), longer, "bruno")
    space = await team["ana"].create_space(
        agreement="JIT 2026/41", signed_on="2026-05-01", title="Ghost device"
    )
    await team["ana"].add_member(space, team.user("bruno"))
    await team.settle("ana", "bruno", rounds=2)

    assert deed.count >= 1
    assert (await team["bruno"].space(space)).row.state is SpaceState.JOINING
    assert mailbox_id(space, MALLORY.device) not in team.hostile.addressed()
    await team.named("bruno", "ghost-member", "Ana Lima")


async def test_a04_a_device_slipped_in_for_a_new_member_is_not_written_to(
    team: HostileTeam,
) -> None:
    """Ana added Eva with one device; the list that Bruno is shown has two, under Eva's own key."""
    usk = recovery.user_key(team.session("eva").identity.user_root)
    honest = await team["ana"].api.device_list(team.user("eva"))
    longer = devicelist.add_device(
        honest, usk, MALLORY.device, MALLORY.dsk.public, MALLORY.dik.public
    )
    space = await team.new_space("JIT 2026/43", "bruno")
    deed = serves_list(team, team.user("eva"), longer, "bruno")
    await team["ana"].add_member(space, team.user("eva"))
    await team["bruno"].sync_now()
    await team["bruno"].send(space, "to whom?")
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert await members(team, "bruno", space) == {team.user("ana"), team.user("bruno")}
    assert mailbox_id(space, MALLORY.device) not in team.hostile.addressed()
    assert not any(MALLORY.device.hex() in e.path for e in team.hostile.seen)
    await team.named("bruno", "ghost-member", "Eva Moreau")


async def test_a04_session_keys_of_a_ghost_device_start_no_session(team: HostileTeam) -> None:
    bruno = team.device("bruno")
    ghost = replace(MALLORY.bundle(expires=2**35), device=bruno)

    def exchange(_: Bundle) -> Bundle:
        return ghost

    route = f"/bundles/{bruno.hex()}"
    deed = team.hostile.rewrites(Bundle, route, exchange, method="POST")
    space = await team["ana"].create_space(
        agreement="JIT 2026/42", signed_on="2026-05-01", title="Ghost bundle"
    )
    await team["ana"].add_member(space, team.user("bruno"))
    await team["ana"].send(space, "to Bruno alone")
    await team["ana"].sync_now()

    assert deed.count >= 1
    assert mailbox_id(space, bruno) not in team.hostile.addressed()
    await team.named("ana", "forged", "Bruno Keller", "Nothing is sealed")
    assert (await team["ana"].status()).waiting_messages >= 1  # it is kept for his own keys
