"""I19: a bad member and the store give two people two bodies under one message id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from crypto import message
from crypto.entropy import SYSTEM
from jitclient import sealing
from jitclient.errors import TwoVersionsError
from jitclient.place import Place
from localstore import messages
from protocol import codec
from protocol.api.spaces import Delivery
from protocol.content import Body, Text
from protocol.envelope import KeyMsg
from protocol.ids import SpaceId, UserId
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = {"ana": "We meet at six.", "eva": "We meet at seven."}


@dataclass
class Twice:
    """One message id with two bodies, each well sealed for one reader and for nobody else."""

    team: HostileTeam
    space: SpaceId
    items: dict[str, Delivery]

    async def says(self, who: str, text: str, reader: str) -> None:
        """One writes to all, and the other reads it."""
        await self.team[who].send(self.space, text)
        await self.team.settle(who, reader, rounds=1)

    async def arrives(self, who: str) -> None:
        """The store hands over what was made for one reader; it opens, and nothing is wrong."""
        deed = self.team.hostile.delivers(self.team.device(who), self.items[who])
        await self.team[who].sync_now()
        assert deed.count == 1
        assert WORDS[who] in await self.team.texts(who, self.space)


async def twice(team: HostileTeam, reference: str, audience: Sequence[str] = ()) -> Twice:
    """Bruno writes it; an honest store would take one of the two, so this one is given neither."""
    space = await team.new_space(reference, "bruno", "eva")
    for who in ("bruno", "ana", "eva"):
        await team[who].send(space, f"{who} is here")
    await team.settle(rounds=2)
    items = await team.act("bruno", lambda at: _sealed(team, at, audience), space)
    return Twice(team, space, items)


def _sealed(team: HostileTeam, at: Place, audience: Sequence[str]) -> dict[str, Delivery]:
    to = tuple(team.user(name) for name in audience)
    plain = {who: _body(at, text, to) for who, text in WORDS.items()}
    first, key_msg = sealing._seal(at, plain["ana"])
    bodies = {"ana": (first, key_msg), "eva": _other(key_msg, plain["eva"])}
    items = {}
    for who, (body, key) in bodies.items():
        user = team.user(who)
        ((_, entry),) = at.log.devices((user,))
        envelope = sealing._seal_for(at, key, user, entry)
        assert envelope is not None
        items[who] = Delivery(
            index=0, space=at.space, message=key.message, envelope=envelope, body=body
        )
    return items


def _other(key_msg: KeyMsg, plain: bytes) -> tuple[bytes, KeyMsg]:
    made = message.seal_body(key_msg.space, key_msg.message, plain, SYSTEM)
    return made.body, replace(
        key_msg,
        content_key=made.content_key,
        body_digest=made.digest,
        body_length=len(made.body),
    )


def _body(at: Place, text: str, audience: tuple[UserId, ...]) -> bytes:
    return codec.encode(
        Body(
            version=1,
            lamport=messages.next_lamport(at.sp),
            claimed_at=at.now,
            audience=audience,
            content=Text(version=1, text=text, reply_to=None, mentions=()),
            seen=(),
        )
    )


async def test_i19_two_readers_of_two_bodies_under_one_id_are_both_told(team: HostileTeam) -> None:
    made = await twice(team, "JIT 2026/191")
    await made.arrives("ana")
    await made.arrives("eva")
    await team.calm("ana", "eva")

    await made.says("ana", "Six it is.", "eva")
    alarm = await team.named("eva", "two-versions", "Bruno Keller", "Ana Lima", "by telephone")
    with pytest.raises(TwoVersionsError):
        await team["eva"].send(made.space, "I do not read this on.")

    await team["eva"].dismiss_alarm(alarm.alarm)
    await made.says("eva", "I have seven.", "ana")
    await team.named("ana", "two-versions", "Bruno Keller", "Eva Moreau", "by telephone")


async def test_i19_a_second_body_that_comes_after_the_statement_is_told(team: HostileTeam) -> None:
    """The store holds Eva's version back until Ana has said which one she has."""
    made = await twice(team, "JIT 2026/192")
    await made.arrives("ana")
    await made.says("ana", "Six it is.", "eva")
    await team.calm("eva")

    await made.arrives("eva")

    await team.named("eva", "two-versions", "Bruno Keller", "Ana Lima")


async def test_i19_two_bodies_that_each_claim_to_be_for_one_reader_are_told(
    team: HostileTeam,
) -> None:
    """What an author says about his readers takes nothing out of the comparison."""
    made = await twice(team, "JIT 2026/193", audience=("ana",))
    await made.arrives("ana")
    await made.arrives("eva")

    await made.says("ana", "Six it is.", "eva")

    await team.named("eva", "two-versions", "Bruno Keller", "Ana Lima")
