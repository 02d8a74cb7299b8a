"""A repetition brings late envelopes and delivers nothing twice (docs/protocol/70-store.md §6)."""

from __future__ import annotations

import msgspec

from protocol.api import paths
from protocol.api.spaces import AckRequest, MailboxReply, PostedReply, PostMessageRequest
from protocol.limits import QUEUE_SECONDS
from tests.centralstore.client import Device, read, refused
from tests.centralstore.team import envelope, message, team_of
from tests.support.store import StoreHandle


def waiting(device: Device) -> MailboxReply:
    return read(device.ask("GET", paths.MAILBOX), MailboxReply)


def take(device: Device) -> list[bytes]:
    """Fetch and acknowledge everything; the ids of the messages, in order."""
    got = waiting(device).deliveries
    indexes = tuple(d.index for d in got)
    assert device.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=indexes)).is_success
    return [d.message for d in got]


def post(device: Device, path: str, request: PostMessageRequest) -> bytes:
    return read(device.ask("POST", path, request), PostedReply).receipt


def late_for(
    request: PostMessageRequest, *envelopes: bytes, **changed: bytes
) -> PostMessageRequest:
    return msgspec.structs.replace(request, envelopes=envelopes, **changed)


def test_a_late_envelope_brings_the_body_back_for_its_device_alone(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al20", "bea20", "cy20")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    first = post(al, path, one)
    assert take(bea) == [one.message]

    late = late_for(one, envelope(team.space, al, cy))

    assert post(al, path, late) == first
    (got,) = waiting(cy).deliveries
    assert (got.message, got.body) == (one.message, one.body)
    assert got.envelope == late.envelopes[0]
    assert waiting(bea).deliveries == ()
    assert take(cy) == [one.message]


def test_a_late_envelope_joins_those_that_still_wait(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al21", "bea21", "cy21")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    post(al, path, one)
    post(al, path, late_for(one, *one.envelopes, envelope(team.space, al, cy)))

    assert take(cy) == [one.message]
    assert [d.body for d in waiting(bea).deliveries] == [one.body]
    assert take(bea) == [one.message]


def test_another_body_or_sender_stays_a_conflict(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al23", "bea23", "cy23")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    post(al, path, one)

    altered = late_for(one, envelope(team.space, al, cy), body=b"another")
    foreign = late_for(one, envelope(team.space, bea, cy))

    assert refused(al.ask("POST", path, altered)) == (409, "conflict")
    assert refused(bea.ask("POST", path, foreign)) == (409, "conflict")
    assert waiting(cy).deliveries == ()


def test_late_envelopes_go_to_members_only_and_from_their_sender(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al24", "bea24", "cy24")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    first = post(al, path, one)
    late = late_for(one, envelope(team.space, al, cy))
    borrowed = late_for(one, envelope(team.space, bea, cy))
    twice = late_for(one, envelope(team.space, al, cy), envelope(team.space, al, cy))

    assert refused(al.ask("POST", path, borrowed)) == (403, "forged")
    assert refused(al.ask("POST", path, twice)) == (400, "malformed")
    team.remove(cy)
    assert refused(al.ask("POST", path, late)) == (409, "recipients-changed")
    assert waiting(cy).deliveries == ()
    team.remove(bea)
    assert post(al, path, one) == first, "his envelope was taken when he was a member"


def test_who_had_a_message_is_remembered_as_long_as_a_late_post_may_repeat(
    own_store: StoreHandle,
) -> None:
    team, (al, bea, cy) = team_of(own_store, "al25", "bea25", "cy25")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    post(al, path, one)
    take(bea)
    assert own_store.clock is not None

    late = late_for(one, envelope(team.space, al, cy))
    for _ in range(2):  # the second half-time would end the first post's, not the late one's
        own_store.clock.advance(QUEUE_SECONDS * 2 // 3)
        own_store.restart()
        for device in (al, bea, cy):
            device.sign_in()
        post(al, path, late_for(late, *one.envelopes, *late.envelopes))
        take(cy)

    assert waiting(bea).deliveries == waiting(cy).deliveries == ()
