"""The store's word for a message counts only with its signature, for this message."""

from __future__ import annotations

import pytest

from crypto.signatures import StoreKey
from jitclient import posting
from jitclient.session import Session
from localstore import messages, outbox
from protocol.ids import SpaceId
from sync.ports import Outgoing
from tests.jitclient.office import STORE_KEY, Office, receipt_for
from tests.support.entropy import Seeded

ANOTHER = StoreKey.generate(Seeded(b"another store"))


def _state(session: Session, space: SpaceId, message: bytes) -> tuple[str, bytes, int]:
    sp = session.stores.space(space)
    row = messages.message(sp, message)
    assert row is not None
    return row.state, row.store_receipt, outbox.waiting(sp)


def _due(office: Office, space: SpaceId) -> Outgoing:
    (item,) = office.on("ana", posting.due, space, office.clock.now())
    return item


def _forged(item: Outgoing, forgery: str) -> bytes:
    if forgery == "key":
        return receipt_for(item, ANOTHER)
    if forgery == "bytes":
        return b"no receipt"
    changed = {forgery: bytes(32 if forgery == "subject" else 16)}
    return receipt_for(item, STORE_KEY, **changed)


@pytest.mark.parametrize("forgery", ["key", "item", "subject", "space", "bytes"])
def test_a_forged_receipt_marks_nothing_and_the_message_is_posted_again(
    office: Office, forgery: str
) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    message = office.write("ana", space, "Hello.")
    item = _due(office, space)
    receipt = _forged(item, forgery)
    office.on("ana", posting.accepted, item, receipt)
    assert office.on("ana", _state, space, message) == ("saved", b"", 1)
    assert len(office.alarms("ana")) == 1
    office.clock.at += 3600
    again = _due(office, space)
    assert again.request == item.request
    true = receipt_for(item)
    office.on("ana", posting.accepted, again, true)
    assert office.on("ana", _state, space, message) == ("on-server", true, 0)


def test_exactly_the_same_bytes_are_posted_after_a_restart(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("ana", space, "Hello.")
    before = _due(office, space)
    office.restart("ana")
    assert _due(office, space).request == before.request


def test_a_message_whose_recipients_all_left_was_not_sent(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    message = office.write("ana", space, "Too late.")
    office.remove("ana", space, "bruno")
    assert office.on("ana", posting.due, space, office.clock.now()) == []
    state, receipt, waiting = office.on("ana", _state, space, message)
    assert (state, receipt, waiting) == ("refused", b"", 0)


def test_messages_leave_in_the_order_they_were_written(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    written = [office.write("ana", space, str(n)) for n in range(5)]
    due = office.on("ana", posting.due, space, office.clock.now())
    assert [item.message for item in due] == written
    office.on("ana", posting.postponed, due[0], office.clock.now() + 60, 1)
    assert office.on("ana", posting.due, space, office.clock.now()) == []
    office.clock.at += 60
    due = office.on("ana", posting.due, space, office.clock.now())
    assert [item.message for item in due] == written
