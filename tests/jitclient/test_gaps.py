"""What never came is asked for and closes its gap; a notice that is none moves nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crypto import signatures
from jitclient import opening, sealing
from jitclient.again import ANSWERS
from jitclient.place import place
from jitclient.session import Session
from localstore import again, messages
from localstore.connection import transaction
from protocol.content import CannotOpen, Missing, SendAgain
from protocol.envelope import KeyMsg
from protocol.ids import DeviceId, SpaceId
from protocol.limits import MAX_REDELIVERIES
from tests.jitclient.office import Office
from tests.jitclient.two import PAIR, events, pair, whole

# --- gaps ----------------------------------------------------------------------------------------


def test_a_gap_is_shown_asked_for_and_closed_in_its_place(office: Office) -> None:
    space = pair(office)
    office.write("ana", space, "Dropped.")
    office.write("ana", space, "After it.")
    office.post("ana", space)
    del office.queues["bruno"][0]
    office.deliver("bruno")
    (row,) = [r for r in _rows(office, space) if r.text == "After it."]
    assert row.missing_before == 1
    device = office.people["ana"].device
    (gap,) = office.on("bruno", lambda s: messages.gap_states(s.stores.space(space), device))
    assert gap.tries == 0

    office.post("bruno", space)
    (gap,) = office.on("bruno", lambda s: messages.gap_states(s.stores.space(space), device))
    assert gap.tries == 1
    assert events(office, "bruno", space) == [], "the line itself tells that it is missing"
    office.exchange(space, "ana", "bruno", rounds=2)

    whole(office, space, "One.", "Two.", "Dropped.", "After it.")


def _rows(office: Office, space: SpaceId) -> list[messages.MessageRecord]:
    return office.on("bruno", lambda s: messages.messages(s.stores.space(space), 1000))


def test_nothing_is_asked_for_while_the_queue_is_not_read_to_its_end(office: Office) -> None:
    space = pair(office)
    office.write("ana", space, "First.")
    office.write("ana", space, "Second.")
    office.post("ana", space)
    first, second = office.queues["bruno"]
    office.queues["bruno"] = [second]
    office.deliver("bruno")
    office.queues["bruno"] = [first]

    office.post("bruno", space)
    office.deliver("bruno")

    device = office.people["ana"].device
    assert office.on("bruno", _asked, space, device) == 0
    assert office.texts("bruno", space)[-2:] == ["First.", "Second."]


def _asked(session: Session, space: SpaceId, device: DeviceId) -> int:
    return again.notes(session.stores.space(space), device, "asked", 0)


@pytest.mark.parametrize("field", ["prev_own", "sender_seq"])
def test_a_late_message_that_does_not_fit_its_place_is_refused(office: Office, field: str) -> None:
    space = pair(office)
    late = office.write("ana", space, "Late.")
    office.write("ana", space, "After it.")
    office.post("ana", space)
    del office.queues["bruno"][0]
    office.deliver("bruno")
    wrong = {"prev_own": b"\x07" * 32, "sender_seq": 99}[field]
    office.on("ana", _falsify, space, late, **{field: wrong})

    office.exchange(space, "bruno", "ana", rounds=2)

    assert "Late." not in office.texts("bruno", space) or field == "sender_seq"
    if field == "prev_own":
        assert office.alarms("bruno") == ["reordered"]


def _falsify(session: Session, space: SpaceId, message_id: bytes, **fields: object) -> None:
    """A member whose program lies about where what it kept stands."""
    at = place(session, space)
    found = at.sp.execute("SELECT key_msg FROM sent WHERE message = ?", (message_id,)).fetchall()
    data = bytes(found[0][0])
    again.replace_key(at.sp, message_id, replace(KeyMsg.unpack(data), **fields).pack())  # type: ignore[arg-type]


@pytest.mark.parametrize("beyond", [True, False])
def test_the_cut_of_a_removal_holds_for_what_is_sent_again(office: Office, beyond: bool) -> None:
    everybody = ("ana", "bruno", "carla")
    office.join(*everybody)
    space = office.open_space(*everybody)
    office.write("bruno", space, "Known to Ana.")
    office.post("bruno", space)
    kept = office.queues["carla"].pop()
    if beyond:
        office.queues["ana"].clear()  # so that her cut lies before it
    office.deliver("ana")
    office.remove("ana", space, "bruno")
    office.follow("carla", space)

    assert office.on("carla", opening.deliver, kept)

    assert office.texts("carla", space) == ([] if beyond else ["Known to Ana."])
    assert office.alarms("carla") == (["removed-sender"] if beyond else [])


# --- notices that are none -----------------------------------------------------------------------


def _notice(office: Office, *, signer: str, **changed: object) -> bytes:
    """A notice for all that somebody ever had of Ana, with some fields changed."""
    who = office.people[signer]
    fields: dict[str, object] = {
        "device": who.device,
        "sender": office.people["ana"].device,
        "messages": (),
        "missing": (Missing(version=1, first=1, last=9),),
        **changed,
    }
    record = CannotOpen(
        version=1,
        reached=0,
        place=0,
        head=bytes(32),
        claimed_at=office.clock.now(),
        nonce=bytes(16),
        **fields,  # type: ignore[arg-type]
    )
    return signatures.sign(who.dsk, who.device, record)


def _send_notice(session: Session, space: SpaceId, notice: bytes, to: bytes) -> None:
    at = place(session, space)
    content = SendAgain(version=1, notice=notice)
    with transaction(at.sp):
        sealing.compose(at, sealing.Draft(content=content, kind="again", audience=(to,)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signer", "changed"),
    [
        ("carla", {}),
        ("bruno", {"space": SpaceId(b"s" * 16)}),
        ("bruno", {"device": b"d" * 16}),
        ("bruno", {"sender": b"d" * 16}),
    ],
    ids=["signed by another", "another space", "another asker", "another sender"],
)
def test_a_notice_that_is_not_what_it_says_moves_nothing(
    office: Office, signer: str, changed: dict[str, object]
) -> None:
    office.join(*PAIR, "carla")
    space = office.open_space(*PAIR, "carla")
    office.write("ana", space, "One.")
    office.exchange(space, *PAIR, "carla")
    fields = {"device": office.people["bruno"].device, "space": space, **changed}
    notice = _notice(office, signer=signer, **fields)
    office.on("bruno", _send_notice, space, notice, office.people["ana"].user)
    office.post("bruno", space)
    office.deliver("ana")

    assert office.post("ana", space) == 0
    assert office.alarms("ana") == ["forged"]


def test_nobody_gets_again_what_was_never_given_to_him(office: Office) -> None:
    office.join(*PAIR, "carla")
    space = office.open_space(*PAIR)
    before = office.write("ana", space, "Before Carla came.")
    office.exchange(space, *PAIR)
    office.add("ana", space, "carla")
    office.exchange(space, *PAIR, "carla")
    notice = _notice(office, signer="carla", space=space, messages=(before,))
    office.on("carla", _send_notice, space, notice, office.people["ana"].user)

    office.exchange(space, "carla", "ana", "carla", rounds=2)

    assert office.texts("carla", space) == []


def test_who_asks_without_end_is_refused_and_named(office: Office) -> None:

    space = pair(office)
    user = office.people["ana"].user
    for _ in range(ANSWERS + 2):
        office.on("bruno", _send_notice, space, _notice(office, signer="bruno", space=space), user)
    office.post("bruno", space)
    office.deliver("ana")

    assert office.alarms("ana") == ["too-many-notices"]
    given = office.post("ana", space)
    office.deliver("bruno")
    assert given <= 3, "each thing once, however often it was asked for"
    assert office.texts("bruno", space) == ["One.", "Two."]


def test_one_message_is_given_to_a_device_only_so_often(office: Office) -> None:
    space = pair(office)
    user, device = office.people["ana"].user, office.people["bruno"].device
    for _ in range(MAX_REDELIVERIES + 2):
        office.on("bruno", _send_notice, space, _notice(office, signer="bruno", space=space), user)
        office.post("bruno", space)
        office.deliver("ana")
        office.post("ana", space)
        office.queues["bruno"].clear()

    given = office.on("ana", lambda s: again.sent_between(s.stores.space(space), device, 1, 2, 9))
    assert [row.again for row in given] == [MAX_REDELIVERIES - 1] * 2
