"""What does not open, or never comes, is asked for and comes once, in its place; without a loop."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from crypto import signatures
from jitclient import healing, opening, sealing
from jitclient.again import ANSWERS
from jitclient.place import place
from jitclient.session import Session
from localstore import again, messages, sessions
from localstore.connection import transaction
from protocol.api.spaces import Delivery
from protocol.content import CannotOpen, Missing, SendAgain
from protocol.envelope import KeyMsg
from protocol.ids import DeviceId, SpaceId
from protocol.limits import RESET_SECONDS
from tests.jitclient.office import Office

PAIR = ("ana", "bruno")


def _pair(office: Office) -> SpaceId:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    for name, text in zip(PAIR, ("One.", "Two."), strict=True):
        office.write(name, space, text)
        office.exchange(space, *PAIR, rounds=3)
    return space


def _events(office: Office, name: str, space: SpaceId) -> list[str]:
    rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
    return [row.text for row in rows if row.kind == "event" and "again" in row.text]


def _drop_sessions(office: Office, name: str, other: str, space: SpaceId) -> None:
    device = office.people[other].device

    def drop(session: Session) -> None:
        with transaction(session.stores.space(space)):
            sessions.drop_sessions(session.stores.space(space), device)

    office.on(name, drop)


def _set_state(office: Office, name: str, other: str, space: SpaceId, state: bytes) -> None:
    device = office.people[other].device

    def change(session: Session) -> None:
        sp = session.stores.space(space)
        sp.execute("UPDATE session SET state = ? WHERE device = ?", (state, device))

    office.on(name, change)


def _state(office: Office, name: str, other: str, space: SpaceId) -> bytes:
    device = office.people[other].device
    return office.on(name, lambda s: sessions.sessions(s.stores.space(space), device)[0].state)


def _whole(office: Office, space: SpaceId, *said: str) -> None:
    """Everybody has everything once, in order, nothing is missing, nobody was accused."""
    for name in PAIR:
        assert office.texts(name, space) == list(said)
        assert office.alarms(name) == []
        rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
        assert sum(row.missing_before for row in rows) == 0
        other = office.people[PAIR[1 - PAIR.index(name)]].device
        assert office.on(name, lambda s, d=other: messages.gaps(s.stores.space(space), d)) == []


# --- what a device may lose ----------------------------------------------------------------------


@pytest.mark.parametrize("who", PAIR)
def test_a_lost_session_heals_and_the_message_comes_once(office: Office, who: str) -> None:
    space = _pair(office)
    other = PAIR[1 - PAIR.index(who)]
    _drop_sessions(office, who, other, space)

    office.write(other, space, "Three.")
    office.exchange(space, *PAIR, rounds=4)
    office.write(who, space, "Four.")
    office.exchange(space, *PAIR, rounds=2)

    _whole(office, space, "One.", "Two.", "Three.", "Four.")
    assert len(_events(office, who, space)) == len(_events(office, other, space)) == 1


@pytest.mark.parametrize("who", PAIR)
@pytest.mark.parametrize("how", ["unreadable", "of another time"])
def test_a_damaged_ratchet_state_heals(office: Office, who: str, how: str) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    other = PAIR[1 - PAIR.index(who)]
    old = _state(office, who, other, space)
    office.write("ana", space, "One.")
    office.exchange(space, *PAIR, rounds=3)
    office.write("bruno", space, "Two.")
    office.exchange(space, *PAIR, rounds=3)
    _set_state(office, who, other, space, old if how == "of another time" else b"\x00" * 80)

    office.write(who, space, "Three.")
    office.exchange(space, *PAIR, rounds=4)
    office.write(other, space, "Four.")
    office.exchange(space, *PAIR, rounds=4)

    _whole(office, space, "One.", "Two.", "Three.", "Four.")


def _copy(office: Office, name: str, to: Path) -> None:
    office.stop(name)
    shutil.copytree(office.folder / name, to)
    office.reopen(name)


def _put_back(office: Office, name: str, copy: Path) -> None:
    office.stop(name)
    shutil.rmtree(office.folder / name)
    shutil.copytree(copy, office.folder / name)
    office.reopen(name)


@pytest.mark.parametrize("first", PAIR, ids=lambda who: f"{who} speaks first")
def test_a_profile_put_back_to_an_older_state_comes_to_have_everything(
    office: Office, tmp_path: Path, first: str
) -> None:
    space = _pair(office)
    _copy(office, "bruno", tmp_path / "copy")
    office.write("ana", space, "Three.")
    office.exchange(space, *PAIR, rounds=3)
    office.write("ana", space, "Four.")
    office.exchange(space, *PAIR, rounds=3)

    _put_back(office, "bruno", tmp_path / "copy")
    office.write(first, space, "Five.")
    for _ in range(3):
        office.exchange(space, *PAIR, rounds=4)
        office.clock.at += RESET_SECONDS
    office.write("bruno", space, "Six.")
    office.exchange(space, *PAIR, rounds=3)
    office.write("ana", space, "Seven.")
    office.exchange(space, *PAIR, rounds=3)

    assert sorted(office.texts("bruno", space)) == sorted(office.texts("ana", space))
    _whole(office, space, *office.texts("ana", space))
    assert len(office.texts("ana", space)) == 7


def test_what_was_written_before_and_after_a_put_back_both_arrives(
    office: Office, tmp_path: Path
) -> None:
    space = _pair(office)
    _copy(office, "bruno", tmp_path / "copy")
    office.write("bruno", space, "Lost here, known to Ana.")
    office.exchange(space, *PAIR, rounds=2)

    _put_back(office, "bruno", tmp_path / "copy")
    office.write("bruno", space, "Written anew.")
    for _ in range(3):
        office.exchange(space, *PAIR, rounds=4)
        office.clock.at += RESET_SECONDS

    texts = office.texts("ana", space)
    assert sorted(texts) == ["Lost here, known to Ana.", "One.", "Two.", "Written anew."]
    assert office.alarms("ana") == office.alarms("bruno") == []


# --- what a store may do -------------------------------------------------------------------------


def _alter(item: Delivery) -> Delivery:
    data = bytearray(item.envelope)
    data[-1] ^= 1
    return msgspec.structs.replace(item, envelope=bytes(data))


def test_what_the_store_altered_is_asked_for_and_told_on_both_sides(office: Office) -> None:
    space = _pair(office)
    office.write("ana", space, "Three.")
    office.post("ana", space)
    office.queues["bruno"] = [_alter(item) for item in office.queues["bruno"]]

    office.exchange(space, "bruno", "ana", rounds=3)

    _whole(office, space, "One.", "Two.", "Three.")
    (asked,), (answered,) = _events(office, "bruno", space), _events(office, "ana", space)
    assert "1 message(s) of Ana could not be opened here" in asked
    assert "1 of your messages did not reach Bruno, or did not open there" in answered


def test_the_store_alone_makes_a_reader_start_afresh_once_an_hour_and_a_sender_never(
    office: Office,
) -> None:
    space = _pair(office)
    before = _sessions(office, space)
    for number in range(10):
        office.write("ana", space, f"Number {number}.")
        office.post("ana", space)
        office.queues["bruno"] = [_alter(item) for item in office.queues["bruno"]]
        office.deliver("bruno")
        office.post("bruno", space)
        office.queues["ana"].clear()  # and whatever Bruno signs never gets there

    after = _sessions(office, space)

    assert after["ana"] == before["ana"], "nothing that is unsigned makes her do anything"
    assert len(after["bruno"] - before["bruno"]) == 1
    office.clock.at += RESET_SECONDS
    office.exchange(space, "bruno", "ana", rounds=4)
    assert len(_sessions(office, space)["bruno"] - before["bruno"]) == 2
    assert len(office.texts("bruno", space)) == 12


def _sessions(office: Office, space: SpaceId) -> dict[str, set[int]]:
    found = {}
    for name in PAIR:
        other = office.people[PAIR[1 - PAIR.index(name)]].device
        rows = office.on(name, lambda s, d=other: sessions.sessions(s.stores.space(space), d))
        found[name] = {row.number for row in rows}
    return found


def test_what_cannot_be_had_is_given_up_after_five_times_and_told_once(office: Office) -> None:
    space = _pair(office)
    office.write("ana", space, "Altered.")
    office.write("ana", space, "Dropped.")
    office.write("ana", space, "Three.")
    office.post("ana", space)
    first, _, last = office.queues["bruno"]
    office.queues["bruno"] = [_alter(first), last]
    posted = 0
    for _ in range(40):  # weeks in which the store drops whatever Bruno asks
        office.deliver("bruno")
        posted += office.post("bruno", space)
        office.queues["ana"].clear()
        office.clock.at += 86_400

    assert posted <= 2 * healing.MAX_TRIES + 1, "notices, and one receipt"
    assert set(office.alarms("bruno")) == {"messages-missing"}
    assert len(office.alarms("bruno")) <= 2


def test_a_late_original_of_what_was_sent_again_is_silently_taken(office: Office) -> None:
    space = _pair(office)
    office.write("ana", space, "Held back.")
    office.write("ana", space, "Three.")
    office.post("ana", space)
    held = office.queues["bruno"].pop(0)
    office.exchange(space, "bruno", "ana", rounds=3)

    assert office.on("bruno", opening.deliver, held)

    _whole(office, space, "One.", "Two.", "Held back.", "Three.")


# --- gaps ----------------------------------------------------------------------------------------


def test_a_gap_is_shown_asked_for_and_closed_in_its_place(office: Office) -> None:
    space = _pair(office)
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
    assert _events(office, "bruno", space) == [], "the line itself tells that it is missing"
    office.exchange(space, "ana", "bruno", rounds=2)

    _whole(office, space, "One.", "Two.", "Dropped.", "After it.")


def _rows(office: Office, space: SpaceId) -> list[messages.MessageRecord]:
    return office.on("bruno", lambda s: messages.messages(s.stores.space(space), 1000))


def test_nothing_is_asked_for_while_the_queue_is_not_read_to_its_end(office: Office) -> None:
    space = _pair(office)
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
    space = _pair(office)
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
    (data,) = at.sp.execute("SELECT key_msg FROM sent WHERE message = ?", (message_id,)).fetchone()
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

    space = _pair(office)
    user = office.people["ana"].user
    for _ in range(ANSWERS + 2):
        office.on("bruno", _send_notice, space, _notice(office, signer="bruno", space=space), user)
    office.post("bruno", space)
    office.deliver("ana")

    assert office.alarms("ana") == ["too-many-notices"] * 2
    given = office.post("ana", space)
    office.deliver("bruno")
    assert given <= 3, "each thing once, however often it was asked for"
    assert office.texts("bruno", space) == ["One.", "Two."]
