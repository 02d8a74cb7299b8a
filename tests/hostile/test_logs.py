"""Membership logs: older ones, two of them, entries removed, exchanged and of other spaces."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from crypto import signatures
from jitclient.views import SpaceState
from protocol.api.accounts import Problem, SessionRequest
from protocol.api.spaces import AppendRequest, LogReply, SpacesReply, SpaceSummary
from protocol.errors import LogForkError, LogMovedError
from protocol.ids import SpaceId, UserId
from protocol.membership import Entry, EntryKind, Genesis, space_id
from protocol.roles import Role
from tests.support.hostile import Exchange
from tests.support.hostile_log import (
    actor,
    addition,
    entry,
    roster,
    serves_entries,
)
from tests.support.hostile_team import HostileTeam, dita
from tests.support.people import make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")

MALLORY = make_person("mallory")


async def members(team: HostileTeam, who: str, space: SpaceId | None = None) -> set[UserId]:
    """Who is a member, as one person sees it."""
    return {m.user for m in (await team[who].space(space or team.space)).members}


# --- A05 -----------------------------------------------------------------------------------------


async def test_a05_an_older_list_of_members_is_refused_and_told(team: HostileTeam) -> None:
    def older(reply: SpacesReply) -> SpacesReply:
        changed = (replace(s, seq=s.seq - 1) if s.id == team.space else s for s in reply.spaces)
        return replace(reply, spaces=tuple(changed))

    deed = team.hostile.rewrites(SpacesReply, "/v1/spaces$", older, to=team.device("bruno"))
    before = await members(team, "bruno")
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert await members(team, "bruno") == before
    await team.named("bruno", "log-rollback", "Operation Albatross", "entry 1 instead of 2")


async def test_a05_a_space_that_is_hidden_stays_and_is_told(team: HostileTeam) -> None:
    def hide(reply: SpacesReply) -> SpacesReply:
        return replace(reply, spaces=tuple(s for s in reply.spaces if s.id != team.space))

    deed = team.hostile.rewrites(SpacesReply, "/v1/spaces$", hide, to=team.device("bruno"))
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert (await team["bruno"].space(team.space)).row.state is SpaceState.OPEN
    await team.named("bruno", "log-rollback", "Operation Albatross", "no longer lists")


async def test_a05_a_withheld_removal_is_noticed_at_the_next_message(team: HostileTeam) -> None:
    """Ana removes Eva; the store hides it from Bruno, who would go on writing to Eva."""
    space = await team.new_space("JIT 2026/51", "bruno", "eva")
    known = roster(team, "bruno", space).seq

    def older(reply: SpacesReply) -> SpacesReply:
        changed = (replace(s, seq=known) if s.id == space else s for s in reply.spaces)
        return replace(reply, spaces=tuple(changed))

    def shorter(reply: LogReply) -> LogReply:
        return replace(reply, entries=(), seq=known)

    bruno = team.device("bruno")
    deed = team.hostile.rewrites(SpacesReply, "/v1/spaces$", older, to=bruno)
    team.hostile.rewrites(LogReply, f"/{space.hex()}/log", shorter, to=bruno)
    await team["ana"].remove_member(space, team.user("eva"), "Left the team")
    await team["ana"].send(space, "Eva has left us")
    await team["ana"].sync_now()
    for _ in range(3):
        await team["bruno"].sync_now()

    assert deed.count >= 3
    assert "Eva has left us" not in await team.texts("bruno", space)
    await team.named("bruno", "log-rollback", "old list of members")

    team.hostile.behave()
    await team["bruno"].sync_now()
    assert "Eva has left us" in await team.texts("bruno", space)
    assert team.user("eva") not in await members(team, "bruno", space)


# --- A06 -----------------------------------------------------------------------------------------


async def test_a06_two_views_of_one_space_are_found_by_the_next_message(
    team: HostileTeam,
) -> None:
    """The store takes Ana's removal of Bruno, tells her it failed, and shows it to Eva alone."""
    space = await team.new_space("JIT 2026/61", "bruno", "eva")
    taken: list[bytes] = []

    def take(exchange: Exchange) -> bool:
        asked = msgspec.json.decode(exchange.request, type=AppendRequest)
        taken.append(asked.entry)
        exchange.status = 409
        exchange.headers = {"content-type": "application/problem+json"}
        problem = Problem(status=409, code="log-moved", title="Conflict")
        exchange.body = msgspec.json.encode(problem)
        return True

    route = f"/{space.hex()}/log"
    swallowed = team.hostile.swallows("POST", route, take, to=team.device("ana"))
    with pytest.raises(LogMovedError):
        await team["ana"].remove_member(space, team.user("bruno"), "Left the team")
    swallowed.end()
    await team["ana"].add_member(space, dita(team))  # she changes her mind

    def other(reply: LogReply) -> LogReply:
        return replace(reply, entries=(taken[0],)) if reply.entries else reply

    deed = team.hostile.rewrites(LogReply, route, other, to=team.device("eva"))
    await team["eva"].sync_now()
    assert deed.count >= 1
    assert swallowed.count >= 1
    assert team.user("bruno") not in await members(team, "eva", space)
    assert team.user("bruno") in await members(team, "ana", space)

    await team["eva"].send(space, "good that Bruno is gone")
    await team["eva"].sync_now()
    await team["ana"].sync_now()

    assert "good that Bruno is gone" not in await team.texts("ana", space)
    await team.named("ana", "log-fork", "Eva Moreau", "Do not send")
    with pytest.raises(LogForkError, match="different lists"):
        await team["ana"].send(space, "what I would say now")


async def test_a06_a_second_entry_for_a_place_stops_sending(team: HostileTeam) -> None:
    """Both are signed by an administrator: the proof of a fork, found without any message."""
    space = await team.new_space("JIT 2026/62", "bruno")
    now = roster(team, "bruno", space)
    genesis_head = team.session("bruno").logs[space].heads[0]
    second = entry(
        now,
        EntryKind.ADD,
        actor(team, "ana"),
        team.session("ana").signing,
        seq=1,
        prev=genesis_head,
        **addition(MALLORY),
    )
    deed = serves_entries(team, space, "bruno", second)
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert MALLORY.user not in await members(team, "bruno", space)
    await team.named("bruno", "log-fork", "Ana Lima", "two different")
    with pytest.raises(LogForkError):
        await team["bruno"].send(space, "into which space?")


async def test_a06_another_history_is_a_fork_and_stops_sending(team: HostileTeam) -> None:
    space = await team.new_space("JIT 2026/63", "bruno")
    other = entry(
        roster(team, "bruno", space),
        EntryKind.ROLE,
        actor(team, "ana"),
        team.session("ana").signing,
        prev=b"another history of this space..!",
        subject=team.user("bruno"),
        role=Role.PROSECUTOR,
    )
    deed = serves_entries(team, space, "bruno", other)
    await team["bruno"].sync_now()

    assert deed.count >= 1
    await team.named("bruno", "log-fork", "Ana Lima")
    with pytest.raises(LogForkError):
        await team["bruno"].send(space, "into which space?")


# --- A22 and A24 ---------------------------------------------------------------------------------


async def test_a22_a_sign_in_is_no_log_entry(team: HostileTeam) -> None:
    """Eva's device signed both; the labels differ."""
    await team["eva"].api.sign_in()
    asked = next(e for e in reversed(team.hostile.seen) if e.path.endswith("/sessions"))
    login = msgspec.json.decode(asked.request, type=SessionRequest).login
    deed = serves_entries(team, team.space, "bruno", login)
    before = roster(team, "bruno", team.space)
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert roster(team, "bruno", team.space) == before
    await team.named("bruno", "malformed", "Operation Albatross", "entry 3")


async def test_a22_an_entry_of_one_space_does_nothing_in_another(team: HostileTeam) -> None:
    space = await team.new_space("JIT 2026/71", "bruno", "eva")
    await team["ana"].remove_member(space, team.user("eva"), "Left the team")
    moved = (await team["ana"].api.log(space, 3)).entries
    deed = serves_entries(team, team.space, "bruno", *moved)
    before = await members(team, "bruno")
    await team["bruno"].sync_now(transfers=False)

    assert deed.count >= 1
    assert len(moved) == 1
    assert await members(team, "bruno") == before
    await team.named("bruno", "other-space", "Eva Moreau", "another space")


async def test_a24_a_removed_entry_is_missed(team: HostileTeam) -> None:
    space = await team.new_space("JIT 2026/81", "bruno", "eva")
    await team["ana"].remove_member(space, team.user("eva"), "Left the team")
    await team["ana"].add_member(space, dita(team))

    def without(reply: LogReply) -> LogReply:
        return replace(reply, entries=reply.entries[1:])

    deed = team.hostile.rewrites(LogReply, f"/{space.hex()}/log", without, to=team.device("bruno"))
    before = await members(team, "bruno", space)
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert await members(team, "bruno", space) == before
    await team.named("bruno", "log-broken", "does not follow", "entry 3")


async def test_a24_an_edited_entry_is_refused(team: HostileTeam) -> None:
    """The store makes an investigator an administrator, under Ana's signature."""
    space = await team.new_space("JIT 2026/82", "bruno")
    await team["ana"].add_member(space, team.user("eva"))

    def edit(reply: LogReply) -> LogReply:
        if not reply.entries:
            return reply
        signed = signatures.parse(reply.entries[0])
        made = signatures.peek(reply.entries[0], Entry)
        body = msgspec.msgpack.encode(replace(made, role=Role.ADMINISTRATOR))
        edited = msgspec.msgpack.encode(replace(signed, body=body))
        return replace(reply, entries=(edited, *reply.entries[1:]))

    deed = team.hostile.rewrites(LogReply, f"/{space.hex()}/log", edit, to=team.device("bruno"))
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert team.user("eva") not in await members(team, "bruno", space)
    await team.named("bruno", "ghost-member", "Eva Moreau", "Ana Lima")


async def test_a24_another_beginning_is_not_this_space(team: HostileTeam) -> None:
    other = await team["ana"].api.log(team.space, 0)
    space = await team["ana"].create_space(
        agreement="JIT 2026/83", signed_on="2026-05-01", title="Two beginnings"
    )
    await team["ana"].add_member(space, team.user("bruno"))

    def exchange(reply: LogReply) -> LogReply:
        return replace(reply, entries=(other.entries[0], *reply.entries[1:]))

    deed = team.hostile.rewrites(LogReply, f"/{space.hex()}/log", exchange, to=team.device("bruno"))
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert (await team["bruno"].space(space)).row.state is SpaceState.JOINING
    await team.named("bruno", "log-fork", "not this space's")


async def test_a24_a_beginning_signed_by_a_stranger_is_refused(team: HostileTeam) -> None:
    """The store opens a space in Ana's name and lists it for Bruno."""
    ana = signatures.peek((await team["ana"].api.log(team.space, 0)).entries[0], Genesis)
    forged = signatures.sign(
        MALLORY.dsk, ana.actor_device, replace(ana, claimed_at=ana.claimed_at + 1)
    )
    space = space_id(signatures.parse(forged).body)

    def longer(reply: SpacesReply) -> SpacesReply:
        made = SpaceSummary(id=space, seq=0, closed=False)
        return replace(reply, spaces=(*reply.spaces, made))

    def answer(exchange: Exchange) -> bool:
        exchange.status = 200
        exchange.headers = {"content-type": "application/json"}
        exchange.body = msgspec.json.encode(LogReply(entries=(forged,), seq=0))
        return True

    bruno = team.device("bruno")
    team.hostile.rewrites(SpacesReply, "/v1/spaces$", longer, to=bruno)
    deed = team.hostile.swallows("GET", f"/{space.hex()}/log", answer, to=bruno)
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert (await team["bruno"].space(space)).members == ()
    rows = await team.alarm_rows("bruno")
    assert [(r.code, r.space) for r in rows] == [("forged", space)]
