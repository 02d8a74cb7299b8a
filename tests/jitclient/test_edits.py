"""A text is changed by its author, soon, and nothing that was written is lost."""

from __future__ import annotations

import asyncio

import pytest

from jitclient import opening
from jitclient.mentionviews import Target
from jitclient.place import place
from jitclient.queries import mentioned, timeline
from jitclient.sealing import Draft, compose
from jitclient.searchdesk import SearchDesk
from jitclient.session import Session
from jitclient.usecases import edit_message
from jitclient.views import MessageKind, MessageRow
from localstore import messages
from localstore.connection import transaction
from protocol.content import Edited
from protocol.errors import BadInputError, NotFoundError
from protocol.ids import MessageId, SpaceId
from protocol.limits import EDIT_SECONDS
from tests.jitclient.office import Office

EVERYBODY = ("ana", "bruno", "eva")
MINUTE = 60


@pytest.fixture
def space(office: Office) -> SpaceId:
    office.join(*EVERYBODY)
    return office.open_space(*EVERYBODY)


def said(office: Office, author: str, space: SpaceId, text: str) -> MessageId:
    message = MessageId(office.write(author, space, text))
    office.exchange(space, *EVERYBODY, rounds=2)
    return message


def changed(office: Office, author: str, space: SpaceId, message: MessageId, text: str) -> None:
    office.clock.at += MINUTE
    assert office.on(author, edit_message.edit, space, message, text)
    office.exchange(space, *EVERYBODY, rounds=2)


def forged(
    office: Office,
    author: str,
    space: SpaceId,
    message: bytes,
    text: str,
    others: tuple[str, ...] = EVERYBODY,
) -> None:
    """A member seals and signs an edit properly that his program would not have written."""

    def act(session: Session) -> None:
        at = place(session, space)
        content = Edited(version=1, message=message, text=text, mentions=())
        with transaction(at.sp):
            compose(at, Draft(content=content, kind="edit", text=text))

    office.on(author, act)
    office.post(author, space)
    office.exchange(space, *others, rounds=2)


def row(office: Office, name: str, space: SpaceId, message: MessageId) -> MessageRow:
    return office.on(name, timeline.one_message, space, message)


def history(office: Office, name: str, space: SpaceId, message: MessageId) -> list[str]:
    return [one.text for one in office.on(name, timeline.versions_of, space, message)]


def test_everybody_reads_the_newest_and_every_version_stays(office: Office, space: SpaceId) -> None:
    message = said(office, "bruno", space, "At five.")
    changed(office, "bruno", space, message, "At six.")
    changed(office, "bruno", space, message, "At seven.")

    for name in EVERYBODY:
        assert office.texts(name, space) == ["At seven."]
        assert history(office, name, space, message) == ["At five.", "At six.", "At seven."]
        assert row(office, name, space, message).edited_at is not None
        assert office.alarms(name) == []
    versions = office.on("bruno", timeline.versions_of, space, message)
    assert [(one.received_by, one.of) for one in versions] == [(2, 2)] * 3


def test_an_edit_is_no_line_of_its_own_and_a_restart_changes_nothing(
    office: Office, space: SpaceId
) -> None:
    message = said(office, "bruno", space, "one")
    changed(office, "bruno", space, message, "two")
    office.restart("ana")

    rows = office.on("ana", timeline.conversation, space)
    assert [one.text for one in rows if one.kind is MessageKind.TEXT] == ["two"]
    assert history(office, "ana", space, message) == ["one", "two"]


def test_what_is_found_is_what_stands_there_now(office: Office, space: SpaceId) -> None:
    message = said(office, "bruno", space, "aubergine")
    changed(office, "bruno", space, message, "cauliflower")

    assert _found(office, "ana", "cauliflower") == ["cauliflower"]
    assert _found(office, "ana", "aubergine") == []


def _found(office: Office, name: str, text: str) -> list[str]:
    page = asyncio.run(SearchDesk(office.sessions[name]).find(text))
    return [hit.lines[0].text for hit in page.hits]


def test_after_the_period_ones_own_program_changes_nothing(office: Office, space: SpaceId) -> None:
    message = said(office, "bruno", space, "as it is")
    office.clock.at += EDIT_SECONDS + 1

    with pytest.raises(BadInputError):
        office.on("bruno", edit_message.edit, space, message, "otherwise")
    with pytest.raises(BadInputError):
        office.on("ana", edit_message.edit, space, message, "not hers")
    with pytest.raises(NotFoundError):
        office.on("bruno", edit_message.edit, space, MessageId(b"n" * 16), "nothing")

    assert office.texts("bruno", space) == ["as it is"]


def test_the_last_second_of_the_period_counts_and_the_next_is_refused(
    office: Office, space: SpaceId
) -> None:
    message = said(office, "bruno", space, "first")
    office.clock.at += EDIT_SECONDS
    forged(office, "bruno", space, message, "in time")
    office.clock.at += 1
    forged(office, "bruno", space, message, "too late")

    assert office.texts("ana", space) == ["in time"]
    assert history(office, "ana", space, message) == ["first", "in time"]
    assert office.alarms("ana") == ["late-edit"]


def test_an_edit_dated_back_behind_what_its_author_said_since_is_refused(
    office: Office, space: SpaceId
) -> None:
    message = said(office, "bruno", space, "first")
    office.clock.at += 10 * EDIT_SECONDS
    said(office, "bruno", space, "much later")
    office.clock.at -= 10 * EDIT_SECONDS
    forged(office, "bruno", space, message, "as if at once")

    assert office.texts("ana", space) == ["first", "much later"]
    assert office.alarms("ana") == ["late-edit"]


def test_an_edit_dated_before_its_message_is_refused(office: Office, space: SpaceId) -> None:
    message = said(office, "bruno", space, "first")
    office.clock.at -= 1
    forged(office, "bruno", space, message, "before it was written")

    assert office.texts("eva", space) == ["first"]
    assert office.alarms("eva") == ["late-edit"]


def test_nobody_changes_the_words_of_another(office: Office, space: SpaceId) -> None:
    message = said(office, "ana", space, "mine")
    forged(office, "bruno", space, message, "I never said that")

    assert office.texts("ana", space) == office.texts("eva", space) == ["mine"]
    assert history(office, "eva", space, message) == []
    assert office.alarms("eva") == office.alarms("ana") == ["forged"]


def test_a_message_of_another_space_is_not_reached(office: Office, space: SpaceId) -> None:
    other = office.open_space(*EVERYBODY)
    message = said(office, "bruno", other, "there")
    forged(office, "bruno", space, message, "changed from here")

    assert office.texts("ana", other) == ["there"]
    assert office.texts("ana", space) == []
    assert history(office, "ana", other, message) == []


def test_what_is_no_text_is_not_changed(office: Office, space: SpaceId) -> None:
    message = said(office, "bruno", space, "one")
    changed(office, "bruno", space, message, "two")
    edit = office.on("ana", _last_edit, space)
    forged(office, "bruno", space, edit, "an edit of an edit")

    assert office.texts("ana", space) == ["two"]
    assert office.alarms("ana") == ["forged"]


def _last_edit(session: Session, space: SpaceId) -> bytes:
    sp = session.stores.space(space)
    found = sp.execute("SELECT message FROM message WHERE kind = 'edit'").fetchall()
    return bytes(found[-1][0])


def test_two_edits_that_come_in_the_other_order_end_the_same(
    office: Office, space: SpaceId
) -> None:
    message = said(office, "bruno", space, "one")
    for text in ("two", "three"):
        office.clock.at += MINUTE
        office.on("bruno", edit_message.edit, space, message, text)
        office.post("bruno", space)
    office.queues["ana"].reverse()
    office.exchange(space, *EVERYBODY, rounds=3)

    for name in EVERYBODY:
        assert office.texts(name, space) == ["three"]
        assert history(office, name, space, message) == ["one", "two", "three"]


def test_an_edit_waits_for_its_message(office: Office, space: SpaceId) -> None:
    message = MessageId(office.write("bruno", space, "one"))
    office.post("bruno", space)
    office.clock.at += MINUTE
    office.on("bruno", edit_message.edit, space, message, "two")
    office.post("bruno", space)
    office.queues["ana"].reverse()

    first, *rest = office.queues["ana"]
    assert office.on("ana", opening.deliver, first)
    assert office.texts("ana", space) == []
    office.restart("ana")
    office.queues["ana"] = rest
    office.exchange(space, *EVERYBODY, rounds=3)

    assert office.texts("ana", space) == ["two"]
    assert history(office, "ana", space, message) == ["one", "two"]
    assert office.alarms("ana") == []


def test_a_foreign_edit_that_came_before_its_message_is_told_when_that_comes(
    office: Office, space: SpaceId
) -> None:
    message = MessageId(office.write("ana", space, "mine"))
    forged(office, "bruno", space, message, "not his", others=("eva",))
    assert office.texts("eva", space) == office.alarms("eva") == []
    office.exchange(space, *EVERYBODY, rounds=3)

    assert office.texts("eva", space) == ["mine"]
    assert office.alarms("eva") == ["forged"]
    assert history(office, "eva", space, message) == []


def test_who_is_named_by_an_edit_is_told_and_who_is_not_any_more_is_not_counted(
    office: Office, space: SpaceId
) -> None:
    message = said(office, "ana", space, "Who decides?")
    office.on("bruno", _seen, space)
    bruno, eva = (Target(user=office.people[name].user).token for name in ("bruno", "eva"))
    changed(office, "ana", space, message, f"{bruno} decides.")
    assert office.on("bruno", mentioned.unread) == {space: 1}

    changed(office, "ana", space, message, f"{eva} decides.")

    assert office.on("bruno", mentioned.unread) == {}
    assert office.on("eva", mentioned.unread) == {space: 1}
    (spot,) = row(office, "eva", space, message).spots
    assert spot.label == "@Eva"


def _seen(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        messages.mark_read(sp)


def test_an_edit_that_says_the_same_sends_nothing(office: Office, space: SpaceId) -> None:
    message = said(office, "bruno", space, "the same")

    assert not office.on("bruno", edit_message.edit, space, message, "the same")
    assert office.post("bruno", space) == 0
