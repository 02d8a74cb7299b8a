"""Messages: a store that alters, withholds, reorders, repeats and reflects them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from protocol.api.accounts import Bundle
from protocol.api.spaces import Delivery, MailboxReply
from protocol.envelope import Envelope, EnvelopeKind
from protocol.ids import EnvelopeId, mailbox_id
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")


def each(change: Callable[[Delivery], Delivery]) -> Callable[[MailboxReply], MailboxReply]:
    """The same change to every delivery of a page."""

    def act(reply: MailboxReply) -> MailboxReply:
        return replace(reply, deliveries=tuple(change(d) for d in reply.deliveries))

    return act


def flipped(data: bytes, at: int) -> bytes:
    """One bit of one byte turned; a negative `at` counts from the end."""
    changed = bytearray(data)
    changed[at] ^= 0x10
    return bytes(changed)


@pytest.mark.parametrize("at", [58, 90, 140, -1], ids=["nonce", "header", "text", "tag"])
async def test_a10_a_bit_turned_in_an_envelope_opens_nothing(team: HostileTeam, at: int) -> None:
    await team["ana"].send(team.space, "the flat in Porto")
    await team["ana"].sync_now()
    deed = team.hostile.rewrites(
        MailboxReply,
        "/mailbox",
        each(lambda d: replace(d, envelope=flipped(d.envelope, at))),
        to=team.device("bruno"),
        times=1,
    )
    await team["bruno"].sync_now()

    assert deed.count == 1
    assert await team.news("bruno") == []
    await team.told("bruno", "Ana Lima could not be opened here; asked for again")

    await team["ana"].send(team.space, f"and number {at}")
    await team.settle(rounds=3)
    assert await team.news("bruno") == ["the flat in Porto", f"and number {at}"]
    assert (await team.row("bruno", f"and number {at}")).missing_before == 0
    await team.told("ana", "did not reach Bruno Keller, or did not open there; sent again")
    await team.calm("ana", "bruno")


@pytest.mark.parametrize("at", [0, 40, 80, -1], ids=["commitment", "nonce", "text", "tag"])
async def test_a10_a_bit_turned_in_a_body_opens_nothing(team: HostileTeam, at: int) -> None:
    await team["ana"].send(team.space, "the flat in Porto")
    await team["ana"].sync_now()
    deed = team.hostile.rewrites(
        MailboxReply,
        "/mailbox",
        each(lambda d: replace(d, body=flipped(d.body, at))),
        to=team.device("bruno"),
        times=1,
    )
    await team["bruno"].sync_now()

    assert deed.count == 1
    assert await team.news("bruno") == []
    await team.named("bruno", "forged", "Ana Lima")
    await team.settle(rounds=3)
    assert await team.news("bruno") == ["the flat in Porto"], "it was asked for and came"


async def test_a10_the_body_of_another_message_is_not_taken_for_this_one(
    team: HostileTeam,
) -> None:
    for text in ("yes", "no"):
        await team["ana"].send(team.space, text)
    await team["ana"].sync_now()

    def exchange(reply: MailboxReply) -> MailboxReply:
        a, b = reply.deliveries
        return replace(reply, deliveries=(replace(a, body=b.body), replace(b, body=a.body)))

    deed = team.hostile.rewrites(
        MailboxReply, "/mailbox", exchange, to=team.device("bruno"), times=1
    )
    await team["bruno"].sync_now()

    assert deed.count == 1
    assert await team.news("bruno") == []
    rows = await team.alarm_rows("bruno")
    assert [r.code for r in rows] == ["forged", "forged"]
    assert all("Ana Lima" in r.sentence for r in rows)


async def test_a18_a_withheld_message_is_missed_and_its_mark_goes_when_it_comes(
    team: HostileTeam,
) -> None:
    await team["eva"].send(team.space, "first")
    await team["eva"].send(team.space, "second")
    await team["eva"].sync_now()

    def withhold(reply: MailboxReply) -> MailboxReply:
        return replace(reply, deliveries=reply.deliveries[1:])

    deed = team.hostile.rewrites(
        MailboxReply, "/mailbox", withhold, to=team.device("bruno"), times=1
    )
    await team["bruno"].sync_now(transfers=False)

    assert deed.count == 1
    assert await team.news("bruno") == ["second"]
    assert (await team.row("bruno", "second")).missing_before == 1
    told = {r.name: r.at for r in (await team.row("eva", "first")).received_by}
    assert told["Bruno Keller"] is None

    await team["bruno"].sync_now()
    assert await team.news("bruno") == ["first", "second"]
    assert (await team.row("bruno", "second")).missing_before == 0
    await team.calm("bruno")


async def test_a18_a_message_withheld_before_a_receipt_is_missed_too(team: HostileTeam) -> None:
    await team["eva"].send(team.space, "I was in Madrid")
    await team["eva"].sync_now()

    def withhold(reply: MailboxReply) -> MailboxReply:
        kept = tuple(d for d in reply.deliveries if d.message not in hidden)
        return replace(reply, deliveries=kept)

    hidden = {m.message for m in team.hostile.posted(team.device("eva"))}
    deed = team.hostile.rewrites(MailboxReply, "/mailbox", withhold, to=team.device("bruno"))
    await team["bruno"].send(team.space, "where were you?")
    await team.settle("bruno", "eva", "bruno", rounds=1)

    assert deed.count >= 1
    assert await team.news("bruno") == ["where were you?"]
    await team.told("bruno", "1 message(s) of Eva Moreau did not arrive; asked for again")


async def test_a19_permuted_messages_stand_in_the_order_they_were_written(
    team: HostileTeam,
) -> None:
    for text in ("one", "two", "three"):
        await team["eva"].send(team.space, text)
    await team["eva"].sync_now()

    def permute(reply: MailboxReply) -> MailboxReply:
        numbers = [d.index for d in reply.deliveries]
        turned = reversed(reply.deliveries)
        return replace(
            reply,
            deliveries=tuple(replace(d, index=n) for d, n in zip(turned, numbers, strict=True)),
        )

    deed = team.hostile.rewrites(
        MailboxReply, "/mailbox", permute, to=team.device("bruno"), times=1
    )
    await team["bruno"].sync_now()

    assert deed.count == 1
    assert await team.news("bruno") == ["one", "two", "three"]
    assert (await team.row("bruno", "three")).missing_before == 0


async def test_a19_a_queue_out_of_order_is_refused_whole(team: HostileTeam) -> None:
    for text in ("one", "two"):
        await team["ana"].send(team.space, text)
    await team["ana"].sync_now()

    def turn(reply: MailboxReply) -> MailboxReply:
        return replace(reply, deliveries=tuple(reversed(reply.deliveries)))

    deed = team.hostile.rewrites(MailboxReply, "/mailbox", turn, to=team.device("bruno"), times=1)
    await team["bruno"].sync_now(transfers=False)

    assert deed.count == 1
    assert await team.news("bruno") == []
    await team.named("bruno", "reordered", "queue out of order")

    await team["bruno"].sync_now()
    assert await team.news("bruno") == ["one", "two"]


async def test_a20_an_old_envelope_under_a_new_number_is_a_replay(team: HostileTeam) -> None:
    await team["ana"].send(team.space, "pay him")
    await team.settle("ana", "bruno", rounds=1)
    (old,) = team.hostile.delivered(team.device("bruno"))

    deed = team.hostile.delivers(team.device("bruno"), old)
    await team["bruno"].sync_now()

    assert deed.count == 1
    assert await team.news("bruno") == ["pay him"]
    await team.named("bruno", "replay", "Ana Lima")


async def test_a20_an_old_envelope_under_a_new_name_opens_nothing(team: HostileTeam) -> None:
    await team["ana"].send(team.space, "pay him")
    await team.settle("ana", "bruno", rounds=1)
    (old,) = team.hostile.delivered(team.device("bruno"))
    renamed = bytes(16).join([old.envelope[:34], old.envelope[50:]])
    assert Envelope.unpack(renamed).id == bytes(16)

    deed = team.hostile.delivers(team.device("bruno"), replace(old, envelope=renamed))
    await team["bruno"].sync_now()

    assert deed.count == 1
    assert await team.news("bruno") == ["pay him"]
    await team.named("bruno", "forged", "Ana Lima", "repeated")


@pytest.mark.parametrize("one_time", [True, False], ids=["one-time", "last-resort"])
async def test_a20_an_old_session_start_starts_nothing(team: HostileTeam, one_time: bool) -> None:
    """Also where the store withheld the one-time keys, so that none was spent."""
    bruno = team.device("bruno")

    def drain(bundle: Bundle) -> Bundle:
        return replace(bundle, one_time=None, kem=None)

    drained = team.hostile.rewrites(Bundle, "/bundles/", drain, method="POST")
    if one_time:
        drained.end()
    space = await team.new_space(f"JIT 2026/31-{one_time}", "bruno")
    assert bool(drained.count) is not one_time
    start = next(
        d
        for d in team.hostile.delivered(bruno)
        if d.space == space and Envelope.unpack(d.envelope).kind is EnvelopeKind.INIT
    )
    title = (await team["bruno"].space(space)).row.title
    again = replace(start, envelope=start.envelope[:34] + b"\x07" * 16 + start.envelope[50:])

    deed = team.hostile.delivers(bruno, again)
    await team["bruno"].sync_now()

    assert deed.count == 1
    await team.named("bruno", "replay", "Ana Lima", "session")
    assert (await team["bruno"].space(space)).row.title == title
    await team["ana"].send(space, "still works")
    await team.settle(rounds=1)
    assert "still works" in await team.texts("bruno", space)


async def test_a21_an_own_message_comes_back_and_is_not_somebody_elses(team: HostileTeam) -> None:
    ana, bruno = team.device("ana"), team.device("bruno")
    await team["ana"].send(team.space, "I agree")
    await team["ana"].sync_now()
    (posted,) = team.hostile.posted(ana)
    to_bruno = next(
        e for e in map(Envelope.unpack, posted.envelopes) if e.to == mailbox_id(team.space, bruno)
    )
    boxes = {"ana": mailbox_id(team.space, ana), "bruno": mailbox_id(team.space, bruno)}
    forms = [
        Envelope(kind=to_bruno.kind, to=to, sender=sender, id=EnvelopeId(bytes([n]) * 16), body=b)
        for n, (to, sender, b) in enumerate(
            [
                (boxes["bruno"], boxes["ana"], to_bruno.body),  # just as it was
                (boxes["ana"], boxes["ana"], to_bruno.body),  # addressed back
                (boxes["ana"], boxes["bruno"], to_bruno.body),  # as Bruno's
            ]
        )
    ]
    items = [
        Delivery(
            index=0, space=team.space, message=bytes([n]) * 16, envelope=e.pack(), body=posted.body
        )
        for n, e in enumerate(forms)
    ]
    deed = team.hostile.delivers(ana, *items)
    await team["ana"].sync_now()

    assert deed.count == 1
    assert (await team.texts("ana")).count("I agree") == 1
    rows = sorted(r.sentence for r in await team.alarm_rows("ana"))
    assert [r.code for r in await team.alarm_rows("ana")] == ["forged"] * 2
    assert "addressed to another device" in rows[0]
    assert "own message back" in rows[1]
    await team.told("ana", "Bruno Keller could not be opened here")


async def test_a22_a_message_of_one_space_does_not_enter_another(team: HostileTeam) -> None:
    other = await team.new_space("JIT 2026/32", "bruno")
    ana, bruno = team.device("ana"), team.device("bruno")
    await team["ana"].send(team.space, "arrest him")
    await team["ana"].sync_now()
    posted = team.hostile.posted(ana)[-1]
    sealed = next(
        e for e in map(Envelope.unpack, posted.envelopes) if e.to == mailbox_id(team.space, bruno)
    )
    moved = Envelope(
        kind=sealed.kind,
        to=mailbox_id(other, bruno),
        sender=mailbox_id(other, ana),
        id=sealed.id,
        body=sealed.body,
    )
    as_it_was, dressed = (
        Delivery(index=0, space=other, message=posted.message, envelope=e.pack(), body=posted.body)
        for e in (sealed, moved)
    )
    before = await team.texts("bruno", other)
    deed = team.hostile.delivers(bruno, as_it_was, replace(dressed, message=bytes(16)))
    await team["bruno"].sync_now()

    assert deed.count == 1
    assert await team.texts("bruno", other) == before
    rows = await team.alarm_rows("bruno")
    assert [(r.space, r.code) for r in rows] == [(other, "forged")]
    await team.told("bruno", "Ana Lima could not be opened here", space=other)
