"""A thread is what answers a message, whatever the order in which it came."""

from __future__ import annotations

import asyncio

import pytest

from jitclient.queries import timeline
from jitclient.session import Session
from jitclient.usecases import keep_draft, send_message
from localstore import messages, migrate, threads
from localstore.connection import transaction
from protocol.ids import MessageId, SpaceId
from tests.jitclient.office import Office

PAIR = ("ana", "bruno")


@pytest.fixture
def space(office: Office) -> SpaceId:
    office.join(*PAIR)
    return office.open_space(*PAIR)


def said(
    office: Office, author: str, space: SpaceId, text: str, answers: bytes | None = None
) -> MessageId:
    row = office.on(author, send_message._write, space, text, answers)
    office.exchange(space, *PAIR, rounds=2)
    return MessageId(row.message)


def thread(office: Office, name: str, space: SpaceId, root: MessageId) -> list[str]:
    return [one.text for one in office.on(name, timeline.thread, space, root)]


def test_an_answer_to_an_answer_is_of_the_same_thread(office: Office, space: SpaceId) -> None:
    root = said(office, "ana", space, "root")
    first = said(office, "bruno", space, "first", root)
    said(office, "ana", space, "second", first)
    said(office, "ana", space, "elsewhere")

    for name in PAIR:
        assert thread(office, name, space, root) == ["root", "first", "second"]
        row = office.on(name, timeline.one_message, space, root)
        assert (row.answers, row.thread) == (2, None)


def test_what_is_new_in_a_thread_is_counted_until_it_was_seen(
    office: Office, space: SpaceId
) -> None:
    root = said(office, "ana", space, "root")
    for text in ("one", "two"):
        said(office, "bruno", space, text, root)

    assert office.on("ana", timeline.one_message, space, root).new_answers == 2
    office.on("ana", _seen, space)
    assert office.on("ana", timeline.one_message, space, root).new_answers == 0
    assert office.on("bruno", timeline.one_message, space, root).new_answers == 0


def _seen(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        messages.mark_read(sp)


def test_whatever_comes_first_the_thread_ends_the_same(office: Office, space: SpaceId) -> None:
    root = MessageId(office.write("bruno", space, "root"))
    office.post("bruno", space)
    answers: bytes = root
    for text in ("one", "two", "three"):
        answers = office.on("bruno", send_message._write, space, text, MessageId(answers)).message
        office.post("bruno", space)
    office.queues["ana"].reverse()
    office.exchange(space, *PAIR, rounds=3)

    assert thread(office, "ana", space, root) == ["root", "one", "two", "three"]
    assert office.on("ana", timeline.one_message, space, root).answers == 3


def test_messages_that_answer_each_other_make_no_endless_thread(
    office: Office, space: SpaceId
) -> None:
    """A bad member chooses ids: two of his texts answer one another."""
    one, two = b"1" * 16, b"2" * 16

    def act(session: Session) -> list[bytes | None]:
        sp = session.stores.space(space)
        found = []
        with transaction(sp):
            for own, answers in ((one, two), (two, one)):
                root = threads.root_of(sp, own, answers)
                row = messages.message(sp, known)
                assert row is not None
                messages.add_message(sp, _as(row, own, answers, root))
                threads.came(sp, own, root)
            for own in (one, two):
                kept = messages.message(sp, own)
                found.append(kept.thread if kept else None)
        return found

    known = said(office, "ana", space, "known")
    assert office.on("ana", act) == [two, None]


def _as(
    row: messages.MessageRecord, own: bytes, answers: bytes, root: bytes | None
) -> messages.MessageRecord:
    from dataclasses import replace

    return replace(row, message=own, reply_to=answers, thread=root)


def test_the_draft_of_a_thread_goes_in_the_act_that_sends_it(
    office: Office, space: SpaceId
) -> None:
    root = said(office, "ana", space, "root")
    office.on("ana", keep_draft.keep_of_thread, space, root, "half an answ")
    office.restart("ana")
    assert office.on("ana", keep_draft.of_thread, space, root) == "half an answ"

    session = office.sessions["ana"]
    asyncio.run(
        send_message.send_message(session, space, "an answer", reply_to=root, in_thread=True)
    )

    assert office.on("ana", keep_draft.of_thread, space, root) == ""
    assert thread(office, "ana", space, root) == ["root", "an answer"]


def test_older_conversations_get_their_threads(office: Office, space: SpaceId) -> None:
    """The migration finds, for what was there before it, what came by itself since."""
    root = said(office, "ana", space, "root")
    first = said(office, "bruno", space, "first", root)
    said(office, "ana", space, "second", first)
    script = next(one for one in migrate.load("space") if "message_thread" in one)
    update = next(one for one in migrate.statements(script) if one.startswith("UPDATE"))

    def act(session: Session) -> list[tuple[str, bytes | None]]:
        sp = session.stores.space(space)
        with transaction(sp):
            sp.execute("UPDATE message SET thread = NULL")
            sp.execute(update)
        rows = messages.messages(sp, 100)
        return [(row.text, row.thread) for row in rows if row.kind == "text"]

    assert office.on("ana", act) == [("root", None), ("first", root), ("second", root)]


def test_the_first_message_nobody_saw_is_the_first_in_reading_order(
    office: Office, space: SpaceId
) -> None:
    office.on("ana", _seen, space)
    first = said(office, "bruno", space, "first")
    said(office, "bruno", space, "second")

    assert office.on("ana", timeline.first_unread, space) == first
    office.on("ana", _seen, space)
    assert office.on("ana", timeline.first_unread, space) is None
