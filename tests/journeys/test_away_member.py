"""A member without usable prekeys: the others talk at once, and he gets everything once, later."""

from __future__ import annotations

import msgspec
import pytest

from jitclient.views import MessageKind, MessageState
from protocol.api.accounts import Bundle
from protocol.ids import SpaceId
from protocol.limits import QUEUE_SECONDS
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam
from tests.support.later import Later

pytestmark = pytest.mark.asyncio

HOUR = 3600


async def opened(team: HostileTeam) -> SpaceId:
    """A new space with all three, of which Bruno hears nothing yet."""
    ana = team["ana"]
    await team.settle("ana", "eva", rounds=1)
    space = await ana.create_space(agreement="JIT 2026/41", signed_on="2026-05-01", title="New")
    for member in ("bruno", "eva"):
        await ana.add_member(space, team.user(member))
    await team.settle("ana", "eva", rounds=2)
    team.space = space
    return space


async def talk(team: HostileTeam) -> None:
    """Ana and Eva write to each other while Bruno is away."""
    await team["ana"].send(team.space, "one")
    await team.settle("ana", "eva", rounds=1)
    await team["eva"].send(team.space, "two")
    await team.settle("eva", "ana", rounds=2)
    for who in ("ana", "eva"):
        assert await team.texts(who) == ["one", "two"]


def answer_lost(exchange: Exchange) -> bool:
    """The store has done it; its answer never arrives as such."""
    exchange.status, exchange.body = 503, b""
    return True


async def with_a_lost_answer(team: HostileTeam, clock: Later) -> None:
    """Ana posts, hears nothing, and her program ends and starts again before she repeats it."""
    deed = team.hostile.answers("POST", "/messages$", answer_lost, to=team.device("ana"), times=1)
    await team["ana"].sync_now()
    assert deed.count == 1
    await team.lock("ana")
    await team.unlock("ana")
    clock.passed += HOUR // 6
    await team["ana"].sync_now()


def claims(team: HostileTeam, who: str) -> int:
    """How many bundles of Bruno's were asked for by one device, to write in this space."""
    path = f"/{team.space.hex()}/bundles/{team.device('bruno').hex()}"
    return sum(e.path.endswith(path) and e.device == team.device(who) for e in team.hostile.seen)


async def has_everything_once(team: HostileTeam, *written: str) -> None:
    """Bruno reads it all in order, nothing is missing, nothing came twice, nobody is alarmed."""
    rows = await team["bruno"].messages(team.space)
    assert [r.text for r in rows if r.kind is MessageKind.TEXT] == list(written)
    assert [r.missing_before for r in rows if r.missing_before] == []
    assert await team.alarms("bruno") == []
    got = [d.message for d in team.hostile.delivered(team.device("bruno"))]
    assert len(got) == len(set(got))
    assert [s.title for s in await team["bruno"].spaces() if s.space == team.space] == ["New"]


async def test_expired_prekeys_hold_up_nobody_and_their_owner_gets_all_when_he_is_back(
    crew: HostileTeam, clock: Later
) -> None:
    clock.passed = QUEUE_SECONDS
    await opened(crew)

    await talk(crew)
    one = await crew.row("ana", "one")
    assert one.state is MessageState.ON_SERVER
    assert sum(r.at is not None for r in one.received_by) == 1
    assert claims(crew, "ana") == claims(crew, "eva") == 1
    for who in ("ana", "eva"):
        await crew.named(who, "prekeys-expired", "Bruno Keller", "away")

    await crew["ana"].send(crew.space, "three")
    await with_a_lost_answer(crew, clock)
    await crew.settle("eva", "ana", rounds=1)
    assert await crew.texts("eva") == ["one", "two", "three"]

    await crew["bruno"].sync_now()
    clock.passed += HOUR
    await with_a_lost_answer(crew, clock)
    await crew.settle(rounds=3)

    await has_everything_once(crew, "one", "two", "three")
    for who, text in (("ana", "one"), ("eva", "two"), ("ana", "three")):
        assert (await crew.row(who, text)).state is MessageState.RECEIVED
    await crew["bruno"].send(crew.space, "back again")
    await crew.settle(rounds=2)
    for who in ("ana", "eva"):
        assert await crew.texts(who) == ["one", "two", "three", "back again"]
        assert (await crew.row(who, "back again")).missing_before == 0


@pytest.mark.parametrize("how", ["false", "withheld"])
async def test_keys_the_store_falsifies_or_withholds_hold_up_nobody_else(
    crew: HostileTeam, clock: Later, how: str
) -> None:
    bundles = f"/bundles/{crew.device('bruno').hex()}$"
    if how == "false":
        deed = crew.hostile.rewrites(Bundle, bundles, turned, method="POST")
    else:
        deed = crew.hostile.swallows("POST", bundles, refuse)
    await opened(crew)

    await talk(crew)
    assert claims(crew, "ana") <= 1
    await crew.named("ana", {"false": "forged", "withheld": "no-prekeys"}[how], "Bruno Keller")

    deed.end()
    clock.passed += HOUR
    await crew.settle(rounds=3)
    await has_everything_once(crew, "one", "two")


def turned(bundle: Bundle) -> Bundle:
    """One bit of what his device signed."""
    signed = bytes([*bundle.signed[:-1], bundle.signed[-1] ^ 1])
    return msgspec.structs.replace(bundle, signed=signed)


def refuse(exchange: Exchange) -> bool:
    """Not handed out."""
    exchange.status, exchange.body = 404, b""
    return True
