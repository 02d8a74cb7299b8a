"""A mailbox has an end: who is full is named, and everybody else gets the message.

The quota here is two deliveries, or some bytes. Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from centralstore import schema
from centralstore.positions import RECOUNT_SECONDS
from protocol.api import paths
from protocol.api.spaces import AckRequest, MailboxReply, PostedReply, PostMessageRequest
from protocol.ids import SpaceId, mailbox_id
from tests.centralstore.client import Device, linked, read
from tests.centralstore.team import Team, device_of, envelope, message, team_of
from tests.centralstore.test_late_envelopes import late_for, take, waiting
from tests.centralstore.test_limits import configure
from tests.support.dying_store import dying
from tests.support.store import StoreHandle


def box(team: Team, device: Device) -> bytes:
    return mailbox_id(team.space, device_of(device))


def post(device: Device, space: SpaceId, request: PostMessageRequest) -> PostedReply:
    return read(device.ask("POST", paths.messages(space), request), PostedReply)


def fill(store: StoreHandle, team: Team, by: Device, *to: Device) -> None:
    """Two messages each, which is all there is room for."""
    configure(store, mailbox_quota_messages=2)
    for _ in range(2):
        assert post(by, team.space, message(team.space, by, *to)).full == ()


def pause(store: StoreHandle, seconds: float = RECOUNT_SECONDS + 1) -> None:
    assert store.clock is not None
    store.clock.advance(seconds)


def test_who_is_full_is_named_and_everybody_else_gets_the_message(own_store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(own_store, "al", "bea", "cy")
    fill(own_store, team, al, bea)
    one = message(team.space, al, bea, cy)

    answer = post(al, team.space, one)

    assert answer.full == (box(team, bea),)
    assert take(cy) == [one.message]
    assert one.message not in take(bea)


def test_the_same_post_again_brings_exactly_what_had_no_room(own_store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(own_store, "al", "bea", "cy")
    fill(own_store, team, al, bea)
    one = message(team.space, al, bea, cy)
    first = post(al, team.space, one)
    take(cy)
    assert post(al, team.space, one) == first, "an answer that was lost names it again"
    take(bea)
    pause(own_store)

    again = post(al, team.space, late_for(one, one.envelopes[0]))

    assert (again.receipt, again.full) == (first.receipt, ())
    (got,) = waiting(bea).deliveries
    assert (got.body, got.envelope) == (one.body, one.envelopes[0])
    assert waiting(cy).deliveries == ()
    assert post(al, team.space, one).full == (), "each envelope once"
    assert take(bea) == [one.message]


def test_a_message_for_full_mailboxes_alone_is_kept_by_its_sender(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    fill(own_store, team, al, bea)
    one = message(team.space, al, bea)
    assert post(al, team.space, one).full == (box(team, bea),)
    take(bea)
    pause(own_store)

    assert post(al, team.space, one).full == ()

    assert [d.body for d in waiting(bea).deliveries] == [one.body]


def test_what_was_taken_counts_no_more(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    fill(own_store, team, al, bea)
    for _ in range(5):
        take(bea)
        full = [post(al, team.space, message(team.space, al, bea)).full for _ in range(2)]
        assert full == [(), ()], "it is counted when it seems full, and never said to be unseen"


def test_a_full_mailbox_is_counted_again_after_a_minute(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    fill(own_store, team, al, bea)
    assert post(al, team.space, message(team.space, al, bea)).full
    take(bea)

    early = post(al, team.space, message(team.space, al, bea)).full
    pause(own_store)
    later = [post(al, team.space, message(team.space, al, bea)).full for _ in range(3)]

    assert early == (box(team, bea),)
    assert later == [(), (), (box(team, bea),)]


def test_a_clock_that_was_put_back_does_not_keep_a_mailbox_full(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    pause(own_store, 1000)
    fill(own_store, team, al, bea)
    assert post(al, team.space, message(team.space, al, bea)).full
    take(bea)

    pause(own_store, -900)

    assert post(al, team.space, message(team.space, al, bea)).full == ()


def test_bytes_count_with_the_bodies_and_an_empty_queue_takes_anything(
    own_store: StoreHandle,
) -> None:
    team, (al, bea, cy) = team_of(own_store, "al", "bea", "cy")
    configure(own_store, mailbox_quota_bytes=1_000)
    large = message(team.space, al, bea, body=bytes(5_000))

    assert post(al, team.space, large).full == ()

    assert post(al, team.space, message(team.space, al, bea, cy)).full == (box(team, bea),)
    assert len(waiting(bea).deliveries) == len(waiting(cy).deliveries) == 1
    take(bea)
    pause(own_store)
    small = [post(al, team.space, message(team.space, al, bea)).full for _ in range(3)]
    assert small == [(), (), ()]


def test_a_queue_is_full_in_every_space_and_a_second_device_has_its_own(
    own_store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    other, (cy,) = team_of(own_store, "cy")
    assert other.add(bea).is_success
    laptop = linked(bea, "laptop")
    fill(own_store, team, al, bea)

    assert post(cy, other.space, message(other.space, cy, bea)).full == (box(other, bea),)

    assert post(al, team.space, message(team.space, al, bea, laptop)).full == (box(team, bea),)
    assert len(waiting(laptop).deliveries) == 1


def test_who_is_revoked_is_passed_over_and_not_called_full(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    laptop = linked(bea, "laptop")
    fill(own_store, team, al, laptop, bea)
    bea.revoke(laptop)

    answer = post(al, team.space, message(team.space, al, bea, laptop))

    assert answer.full == (box(team, bea),)


def test_expired_deliveries_make_room(own_store: StoreHandle) -> None:
    from protocol.limits import QUEUE_SECONDS

    team, (al, bea) = team_of(own_store, "al", "bea")
    fill(own_store, team, al, bea)
    pause(own_store, QUEUE_SECONDS + 1)
    own_store.restart()
    for device in (al, bea):
        device.sign_in()
    assert waiting(bea).deliveries == ()

    assert post(al, team.space, message(team.space, al, bea)).full == ()


def test_what_was_full_takes_more_when_a_tenth_is_free(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    configure(own_store, mailbox_quota_messages=20)

    def offer(count: int) -> int:
        asked = (message(team.space, al, bea) for _ in range(count))
        return sum(not post(al, team.space, one).full for one in asked)

    assert offer(25) == 20
    page = read(bea.ask("GET", f"{paths.MAILBOX}?limit=2"), MailboxReply).deliveries
    for number, delivery in enumerate(page):
        bea.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=(delivery.index,)))
        pause(own_store)
        assert offer(1) == 0, f"{number + 1} free of 20"
    take(bea)
    pause(own_store)
    assert offer(25) == 20


def test_no_quota_is_no_end(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    configure(own_store, mailbox_quota_messages=0, mailbox_quota_bytes=0)

    full = [post(al, team.space, message(team.space, al, bea)).full for _ in range(4)]

    assert full == [()] * 4


def test_many_at_once_do_not_go_beyond_the_quota(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    configure(own_store, mailbox_quota_messages=5)
    asked = [message(team.space, al, bea) for _ in range(12)]

    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda one: post(al, team.space, one).full, asked))

    assert sum(not full for full in answers) == len(waiting(bea).deliveries) == 5
    assert [d.index for d in waiting(bea).deliveries] == [1, 2, 3, 4, 5], "positions without a gap"


@pytest.mark.embedded
@pytest.mark.asyncio
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_store_that_dies_over_it_names_it_again_and_queues_nothing_twice(
    own_store: StoreHandle, when: str
) -> None:
    import asyncio

    import httpx

    team, (al, bea, cy) = team_of(own_store, "al", "bea", "cy")
    fill(own_store, team, al, bea)
    one = message(team.space, al, bea, cy)
    own_store.stop()

    async with dying(own_store, "message.post", 1, when):
        with pytest.raises(httpx.TransportError):
            await asyncio.to_thread(al.ask, "POST", paths.messages(team.space), one)

    own_store.restart()
    assert post(al, team.space, one).full == (box(team, bea),)
    assert take(cy) == [one.message]
    assert len(waiting(bea).deliveries) == 2


def test_queues_that_were_there_before_the_quota_are_counted(own_store: StoreHandle) -> None:
    """As after the migration: the columns follow from what is queued."""
    team, (al, bea) = team_of(own_store, "al", "bea")
    for _ in range(3):
        post(al, team.space, message(team.space, al, bea))
    own_store.stop()
    engine = own_store.engine()
    with engine.begin() as base:
        if engine.dialect.name == "sqlite":
            for column in ("waiting", "waiting_bytes", "full_at"):
                base.exec_driver_sql(f"ALTER TABLE device DROP COLUMN {column}")
        else:
            base.exec_driver_sql(
                "ALTER TABLE device DROP COLUMN waiting, DROP COLUMN waiting_bytes,"
                " DROP COLUMN full_at"
            )
        base.exec_driver_sql("DROP INDEX one_time_key_left")
        base.exec_driver_sql("DROP TABLE log_waiting")
        base.exec_driver_sql("UPDATE alembic_version SET version_num = '0008'")
    schema.migrate(engine)

    with engine.connect() as base:
        query = "SELECT waiting, waiting_bytes FROM device WHERE last_position = 3"
        (found,) = base.exec_driver_sql(query).all()
    engine.dispose()
    own_store.start()

    size = len(envelope(team.space, al, bea)) + len(b"sealed body")
    assert tuple(found) == (3, 3 * size)
