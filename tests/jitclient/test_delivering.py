"""What comes from members and from the store: one bad item is refused and stops nothing."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import msgspec
import pytest

from crypto import message, ratchet
from jitclient import housekeeping, opening, receipts, sealing
from jitclient.place import place
from jitclient.session import Session
from jitclient.usecases import note_seen
from localstore import messages, outbox, sessions, spaces
from localstore.connection import transaction
from protocol.content import Withdrawn
from protocol.envelope import Envelope, KeyMsg
from protocol.ids import DeviceId, EnvelopeId, SpaceId, mailbox_id
from tests.jitclient.office import Office


def _forge(session: Session, space: SpaceId, to: DeviceId, **changed: object) -> None:
    """Seal the newest waiting message for one device anew, its key message changed."""
    at = place(session, space)
    (row,) = outbox.unsent(at.sp)
    record = outbox.outgoing(at.sp, row)
    assert record is not None
    known = sessions.sessions(at.sp, to)[0]
    key_msg = replace(KeyMsg.unpack(record.key_msg), **changed)  # type: ignore[arg-type]
    state = ratchet.Session.load(known.state)
    sealed = message.seal_key(state, key_msg, session.entropy, now=at.now)
    envelope = Envelope(
        kind=sealed.kind,
        to=mailbox_id(space, to),
        sender=mailbox_id(space, session.device),
        id=EnvelopeId(session.entropy.token(16)),
        body=sealed.body,
    )
    with transaction(at.sp):
        sessions.save_session(
            at.sp, to, known.number, sealed.session.dump(), at.now, received=False
        )
        at.sp.execute(
            "UPDATE outgoing_envelope SET envelope = ? WHERE message = ? AND device = ?",
            (envelope.pack(), row, to),
        )


@pytest.mark.parametrize("field", ["sender_seq", "pair_seq", "log_seq"])
def test_a_number_nobody_counts_to_is_refused_like_any_other_bad_message(
    office: Office, field: str
) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("bruno", space, "Bad.")
    to = office.people["ana"].device
    office.on("bruno", _forge, space, to, **{"pair_seq": 99, field: 2**64 - 1})
    office.exchange(space, "bruno", "ana")
    assert office.queues["ana"] == []
    assert len(office.alarms("ana")) == 1
    assert office.texts("ana", space) == []
    office.write("bruno", space, "Good.")
    office.exchange(space, "bruno", "ana")
    # What he wrote before it was altered is missed, asked for, and comes as he wrote it.
    assert office.texts("ana", space) == ["Bad.", "Good."]


def test_a_message_under_the_number_of_another_is_refused(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("bruno", space, "First.")
    office.exchange(space, "bruno", "ana")
    taken = office.write("bruno", space, "Second.")
    office.bundles("bruno", space)
    with_it = office.on("ana", lambda s: _keep_line(s, space, taken))
    assert with_it
    office.exchange(space, "bruno", "ana")
    assert office.queues["ana"] == []
    assert office.alarms("ana") == ["replay"]


def _keep_line(session: Session, space: SpaceId, taken: bytes) -> bool:
    """A line with this id stands already: a member and the store chose it together."""
    at = place(session, space)
    first = messages.messages(at.sp, 10)[-1]
    with transaction(at.sp):
        messages.add_message(at.sp, replace(first, message=taken))
    return True


def test_a_delivery_of_a_space_not_listed_yet_waits_for_the_list(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana")
    office.add("ana", space, "bruno")
    office.post("ana", space)  # the welcome overtakes the list of spaces
    assert office.deliver("bruno") == 1
    office.exchange(space, "bruno")
    record = office.on("bruno", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert (record.state, record.title) == ("open", "Albatross")


def test_a_welcome_that_comes_after_a_removal_opens_nothing(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana")
    office.add("ana", space, "bruno")
    office.post("ana", space)
    office.remove("ana", space, "bruno")
    office.follow("bruno", space)
    office.deliver("bruno")
    record = office.on("bruno", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert record.state == "left"


def test_somebody_added_again_reads_and_writes_again(office: Office) -> None:
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    everybody = ("ana", "bruno", "carla")
    office.write("ana", space, "One.")
    office.exchange(space, *everybody)
    office.remove("ana", space, "bruno")
    office.exchange(space, *everybody)
    office.write("carla", space, "Without Bruno.")
    office.exchange(space, *everybody)
    office.add("ana", space, "bruno")
    office.exchange(space, *everybody)
    office.write("bruno", space, "Here again.")
    office.write("carla", space, "Welcome.")
    office.exchange(space, *everybody)
    assert sorted(office.texts("bruno", space)) == sorted(["One.", "Here again.", "Welcome."])
    for name in ("ana", "carla"):
        assert sorted(office.texts(name, space)) == sorted(
            ["One.", "Without Bruno.", "Here again.", "Welcome."]
        )
        assert office.alarms(name) == []
    assert office.alarms("bruno") == []


def test_nothing_is_lost_when_the_store_repeats_a_delivery(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("ana", space, "Once.")
    office.post("ana", space)
    again = list(office.queues["bruno"])
    office.deliver("bruno")
    office.queues["bruno"] = again
    assert office.deliver("bruno") == 0
    assert office.alarms("bruno") == []
    old = msgspec.structs.replace(again[0], index=again[0].index + 50)
    assert office.on("bruno", opening.deliver, old)
    assert office.alarms("bruno") == ["replay"]
    assert office.texts("bruno", space) == ["Once."]


def test_a_message_waits_for_the_keys_of_a_new_member(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana")
    office.add("ana", space, "bruno")
    office.write("ana", space, "Early.")
    assert office.on("ana", sealing.seal_waiting, space) == 0
    office.exchange(space, "ana", "bruno")
    assert office.texts("bruno", space) == ["Early."]


def _unread(office: Office, name: str, space: SpaceId) -> int:
    record = office.on(name, lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    return record.unread


def test_a_delivery_that_a_crash_repeats_is_unread_once(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("bruno", space, "One.")
    office.post("bruno", space)
    with (
        mock.patch.object(receipts, "owe", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        office.deliver("ana")

    office.restart("ana")
    office.deliver("ana")

    assert office.texts("ana", space) == ["One."]
    assert _unread(office, "ana", space) == 1


def test_what_came_before_a_crash_is_counted_after_it(office: Office) -> None:
    """It is readable before it is counted where the spaces are listed."""
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("bruno", space, "One.")
    office.post("bruno", space)
    with (
        mock.patch.object(spaces, "update_space", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        office.deliver("ana")
    assert (office.texts("ana", space), _unread(office, "ana", space)) == (["One."], 0)

    office.restart("ana")
    office.on("ana", housekeeping.tend)

    assert _unread(office, "ana", space) == 1


def test_what_was_read_before_a_crash_is_not_counted_after_it(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("bruno", space, "One.")
    office.post("bruno", space)
    office.deliver("ana")
    with (
        mock.patch.object(spaces, "update_space", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        office.on("ana", note_seen._mark_read, space)
    assert _unread(office, "ana", space) == 1

    office.restart("ana")
    office.on("ana", housekeeping.tend)

    assert _unread(office, "ana", space) == 0


def test_what_a_member_may_not_say_is_refused_once_and_not_asked_for(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.on("bruno", _withdraw, space)
    office.write("bruno", space, "After it.")

    office.exchange(space, "bruno", "ana", rounds=3)

    assert office.texts("ana", space) == ["After it."]
    assert office.alarms("ana") == ["forged"]
    rows = office.on("ana", lambda s: messages.messages(s.stores.space(space), 100))
    assert [row.missing_before for row in rows if row.missing_before] == []
    assert not any("asked for" in row.text for row in rows)


def _withdraw(session: Session, space: SpaceId) -> None:
    """An exhibit that is not his."""
    at = place(session, space)
    with transaction(at.sp):
        content = Withdrawn(version=1, file=b"f" * 16)
        sealing.compose(at, sealing.Draft(content=content, kind="withdrawn"))
