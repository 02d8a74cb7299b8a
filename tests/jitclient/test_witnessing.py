"""I19: what each device states of others' bodies, what is compared, and what a liar can do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crypto.message import seen_mark
from jitclient import sealing
from jitclient.errors import TwoVersionsError
from jitclient.place import place
from jitclient.sealing import Draft
from jitclient.session import Session
from jitclient.usecases import note_seen
from localstore import alarms, messages, witnesses
from localstore.connection import transaction
from localstore.witnesses import Stated
from protocol import codec
from protocol.content import Body, Seen, Text
from protocol.ids import DeviceId, MessageId, SpaceId
from protocol.limits import MAX_SEEN
from tests.jitclient.office import Office
from tests.jitclient.test_equivocation import TEAM, _twice

WRONG = b"w" * 32


def begun(office: Office) -> SpaceId:
    """Three people who have read each other's first line, and stated it."""
    office.join(*TEAM)
    space = office.open_space(*TEAM)
    for _ in range(2):
        for name in TEAM:
            office.write(name, space, f"{name} is here.")
        office.exchange(space, *TEAM, rounds=2)
    for name in TEAM:
        office.on(name, _clear, space)
    return space


def _clear(session: Session, space: SpaceId) -> None:
    with transaction(session.stores.space(space)):
        witnesses.told(session.stores.space(space), witnesses.MAX_UNTOLD)


def untold(office: Office, name: str, space: SpaceId) -> list[bytes]:
    """Of which messages somebody has yet to say what he has."""
    found = office.on(name, lambda s: witnesses.untold(s.stores.space(space), 1000))
    return [one.message for one in found]


def states(session: Session, space: SpaceId, *seen: Seen, text: str = "As I saw it.") -> None:
    """Write to all with statements of one's own making."""
    at = place(session, space)
    with transaction(at.sp):
        body = Body(
            version=1,
            lamport=messages.next_lamport(at.sp),
            claimed_at=at.now,
            audience=(),
            content=Text(version=1, text=text, reply_to=None, mentions=()),
            seen=seen,
        )
        sealed, key_msg = sealing._seal(at, codec.encode(body))
        sealing._enqueue(at, sealed, key_msg, at.log.devices(at.log.others(session.user)))


def lie(office: Office, space: SpaceId, message: bytes, mark: bytes = WRONG) -> None:
    """Carla says that she has something else under a message id."""
    office.on("carla", states, space, Seen(version=1, message=message, mark=mark))
    office.post("carla", space)
    office.deliver("ana")


def dismiss(office: Office, name: str) -> None:
    """A person has dealt with every alarm."""
    for row in office.on(name, lambda s: alarms.alarms(s.stores.device)):
        office.on(name, note_seen._dismiss, row.alarm)


def test_i19_what_came_is_stated_once_to_everybody_and_by_no_quiet_message(office: Office) -> None:
    space = begun(office)
    first = office.write("bruno", space, "To be stated.")
    office.exchange(space, *TEAM, rounds=2)  # receipts leave, and state nothing
    assert untold(office, "ana", space) == [first]

    office.write("ana", space, "I have it.")
    assert untold(office, "ana", space) == []
    office.exchange(space, *TEAM, rounds=2)
    for name in TEAM:
        assert office.alarms(name) == []


def test_what_a_message_to_some_states_is_stated_again_to_all(office: Office) -> None:
    space = begun(office)
    first = office.write("bruno", space, "To be stated.")
    office.exchange(space, *TEAM, rounds=2)

    def write(session: Session) -> None:
        at = place(session, space)
        audience = (office.people["carla"].user,)
        with transaction(at.sp):
            content = Text(version=1, text="For you.", reply_to=None, mentions=())
            sealing.compose(at, Draft(content=content, kind="text", audience=audience))

    office.on("ana", write)
    assert untold(office, "ana", space) == [first]


def test_a_text_that_leaves_no_room_leaves_the_statement_to_the_next(office: Office) -> None:
    space = begun(office)
    first = office.write("bruno", space, "To be stated.")
    office.exchange(space, *TEAM, rounds=2)

    office.write("ana", space, "x" * 65_460)
    assert untold(office, "ana", space) == [first]
    office.write("ana", space, "Short.")
    assert untold(office, "ana", space) == []


def test_a_message_states_so_many_the_oldest_first(office: Office) -> None:
    space = begun(office)
    written = [office.write("bruno", space, f"Line {n}.") for n in range(MAX_SEEN + 3)]
    office.exchange(space, *TEAM, rounds=2)

    office.write("ana", space, "I have them.")

    assert untold(office, "ana", space) == written[MAX_SEEN:]


def test_i19_another_body_is_told_once_names_both_and_stops_what_a_person_says(
    office: Office,
) -> None:
    space = begun(office)
    said = office.write("bruno", space, "Six o'clock.")
    office.exchange(space, *TEAM, rounds=2)
    lie(office, space, said)

    (row,) = office.on("ana", lambda s: alarms.alarms(s.stores.device))
    assert row.code == "two-versions"
    assert "Bruno" in row.sentence
    assert "Carla" in row.sentence
    assert "states wrongly" in row.sentence
    (kept,) = office.on("ana", lambda s: witnesses.versions(s.stores.space(space)))
    assert (kept.message, kept.witness, kept.stated) == (
        said,
        office.people["carla"].device,
        WRONG,
    )
    office.restart("ana")
    with pytest.raises(TwoVersionsError, match="Nothing is sent"):
        office.write("ana", space, "Not now.")
    assert office.post("ana", space), "what is owed leaves: the receipt for what Carla wrote"

    dismiss(office, "ana")
    office.write("ana", space, "We have compared it.")
    lie(office, space, said, b"v" * 32)
    assert office.alarms("ana") == [], "of this message she has told already"


def test_a_liar_about_my_own_message_is_named_alone(office: Office) -> None:
    space = begun(office)
    said = office.write("ana", space, "Mine.")
    office.exchange(space, *TEAM, rounds=2)
    lie(office, space, said)

    (row,) = office.on("ana", lambda s: alarms.alarms(s.stores.device))
    assert row.code == "two-versions"
    assert "Carla states that a message of yours" in row.sentence
    assert "Bruno" not in row.sentence


def test_i19_an_id_that_another_member_took_first_is_told_to_its_author(office: Office) -> None:
    """Carla writes under the id of a message of Bruno's, and Ana gets hers alone."""
    space = begun(office)
    said = office.on("bruno", _twice, space, "Six o'clock.", None)
    office.on("carla", _twice, space, "Seven o'clock.", said)
    office.post("carla", space)
    office.deliver("ana")
    assert office.texts("ana", space)[-1] == "Seven o'clock."

    office.on("bruno", _keep_line, space, said)
    office.write("ana", space, "Seven it is.")
    office.post("ana", space)
    office.queues["bruno"] = [item for item in office.queues["bruno"] if item.message != said]
    office.deliver("bruno")

    assert office.alarms("bruno") == ["two-versions"]


def _keep_line(session: Session, space: SpaceId, message: bytes) -> None:
    """The line that an honest program keeps of what it wrote."""
    at = place(session, space)
    with transaction(at.sp):
        old = next(r for r in messages.messages(at.sp, 1000) if r.author_user == session.user)
        messages.add_message(at.sp, replace(old, message=MessageId(message)))


def test_what_a_device_states_of_messages_that_never_come_is_bounded(office: Office) -> None:
    space = begun(office)
    rounds = witnesses.MAX_HEARD // MAX_SEEN + 2
    for number in range(rounds):
        ids = [(number * MAX_SEEN + i).to_bytes(16, "big") for i in range(MAX_SEEN)]
        seen = [Seen(version=1, message=one, mark=WRONG) for one in ids]
        office.on("carla", states, space, *seen)
    office.post("carla", space)
    office.deliver("ana")

    kept = office.on("ana", lambda s: s.stores.space(space).execute(
        "SELECT min(message), count(*) FROM heard"
    ).fetchall()[0])  # fmt: skip
    assert kept == ((2 * MAX_SEEN).to_bytes(16, "big"), witnesses.MAX_HEARD)
    assert office.alarms("ana") == []


def test_i19_what_was_stated_before_a_message_came_is_compared_when_it_comes(
    office: Office,
) -> None:
    space = begun(office)
    said = office.write("bruno", space, "Six o'clock.")
    device = office.people["bruno"].device
    row = office.on("bruno", lambda s: messages.message(s.stores.space(space), said))
    assert row is not None
    true = seen_mark(MessageId(said), DeviceId(device), row.body_digest)
    office.post("bruno", space)
    held, office.queues["ana"] = office.queues["ana"], []

    office.on("carla", states, space, Seen(version=1, message=said, mark=true))
    office.post("carla", space)
    office.deliver("ana")
    office.queues["ana"] = held
    office.deliver("ana")
    assert office.alarms("ana") == []
    assert office.on("ana", _heard, space, said) == []


def _heard(session: Session, space: SpaceId, message: bytes) -> list[tuple[bytes, bytes]]:
    sp = session.stores.space(space)
    with transaction(sp):
        return witnesses.heard(sp, message)


def test_who_only_reads_keeps_so_many_statements(office: Office) -> None:
    space = begun(office)

    def note(session: Session) -> int:
        sp = session.stores.space(space)
        with transaction(sp):
            for number in range(witnesses.MAX_UNTOLD + 5):
                witnesses.note(sp, Stated(message=number.to_bytes(16, "big"), mark=WRONG))
        return len(witnesses.untold(sp, 10_000))

    assert office.on("ana", note) == witnesses.MAX_UNTOLD
    assert untold(office, "ana", space)[0] == (5).to_bytes(16, "big")
