"""What does not open, or never comes, is asked for and comes once, in its place; without a loop."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from crypto import ratchet
from jitclient import healing, opening
from jitclient.session import Session
from jitclient.usecases import ask_again
from localstore import sessions
from localstore.connection import transaction
from protocol.api.spaces import Delivery
from protocol.ids import MessageId, SpaceId
from protocol.limits import RESET_SECONDS
from tests.jitclient.office import Office
from tests.jitclient.two import PAIR, events, pair, whole


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


# --- what a device may lose ----------------------------------------------------------------------


@pytest.mark.parametrize("who", PAIR)
def test_a_lost_session_heals_and_the_message_comes_once(office: Office, who: str) -> None:
    space = pair(office)
    other = PAIR[1 - PAIR.index(who)]
    _drop_sessions(office, who, other, space)

    office.write(other, space, "Three.")
    office.exchange(space, *PAIR, rounds=4)
    office.write(who, space, "Four.")
    office.exchange(space, *PAIR, rounds=2)

    whole(office, space, "One.", "Two.", "Three.", "Four.")
    assert len(events(office, who, space)) == len(events(office, other, space)) == 1


def test_both_lose_their_session_at_once_and_agree_on_one_afterwards(office: Office) -> None:
    space = pair(office)
    for name in PAIR:
        other = PAIR[1 - PAIR.index(name)]
        office.write(name, space, f"Lost on the way to {other}.")
        office.post(name, space)
    for name in PAIR:
        _drop_sessions(office, name, PAIR[1 - PAIR.index(name)], space)
    for name in PAIR:
        office.deliver(name)
    on_the_way = {}
    for name in PAIR:  # both ask before either hears of it
        office.post(name, space)
        on_the_way.update({who: items for who, items in office.queues.items() if items})
        office.queues.update({who: [] for who in PAIR})
    office.queues.update(on_the_way)
    for name in PAIR:
        office.deliver(name)

    used = {
        ratchet.Session.load(_state(office, name, PAIR[1 - PAIR.index(name)], space)).state.binding
        for name in PAIR
    }
    assert len(used) == 1
    office.exchange(space, *PAIR, rounds=3)
    assert len(office.texts("ana", space)) == 4
    assert office.texts("ana", space) == office.texts("bruno", space)


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

    whole(office, space, "One.", "Two.", "Three.", "Four.")


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
    space = pair(office)
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
    whole(office, space, *office.texts("ana", space))
    assert len(office.texts("ana", space)) == 7


def test_what_was_written_before_and_after_a_put_back_both_arrives(
    office: Office, tmp_path: Path
) -> None:
    space = pair(office)
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
    space = pair(office)
    office.write("ana", space, "Three.")
    office.post("ana", space)
    office.queues["bruno"] = [_alter(item) for item in office.queues["bruno"]]

    office.exchange(space, "bruno", "ana", rounds=3)

    whole(office, space, "One.", "Two.", "Three.")
    (asked,), (answered,) = events(office, "bruno", space), events(office, "ana", space)
    assert "1 message(s) of Ana could not be opened here" in asked
    assert "1 of your messages did not reach Bruno, or did not open there" in answered


def test_i08_the_store_alone_makes_a_reader_start_afresh_once_an_hour_and_a_sender_never(
    office: Office,
) -> None:
    space = pair(office)
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
    space = pair(office)
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
    space = pair(office)
    office.write("ana", space, "Held back.")
    office.write("ana", space, "Three.")
    office.post("ana", space)
    held = office.queues["bruno"].pop(0)
    office.exchange(space, "bruno", "ana", rounds=3)

    assert office.on("bruno", opening.deliver, held)

    whole(office, space, "One.", "Two.", "Held back.", "Three.")


def test_what_was_given_up_comes_after_all_when_a_person_asks_once_more(office: Office) -> None:
    space = pair(office)
    office.write("ana", space, "Dropped.")
    after = MessageId(office.write("ana", space, "Three."))
    office.post("ana", space)
    office.queues["bruno"].pop(0)
    for _ in range(22):  # days in which the store drops whatever Bruno asks
        office.deliver("bruno")
        office.post("bruno", space)
        office.queues["ana"].clear()
        office.clock.at += 86_400
    assert set(office.alarms("bruno")) == {"messages-missing"}
    office.exchange(space, "bruno", "ana", rounds=3)
    assert "Dropped." not in office.texts("bruno", space)

    assert office.on("bruno", ask_again.ask_again, space, after)
    office.exchange(space, "bruno", "ana", rounds=3)

    for name in PAIR:
        assert office.texts(name, space) == ["One.", "Two.", "Dropped.", "Three."]
    assert not office.on("bruno", ask_again.ask_again, space, after)  # nothing is missing now


def test_a_person_cannot_make_a_device_ask_more_often_than_the_protocol_allows(
    office: Office,
) -> None:
    space = pair(office)
    office.write("ana", space, "Dropped.")
    after = MessageId(office.write("ana", space, "Three."))
    office.post("ana", space)
    office.queues["bruno"].pop(0)
    office.deliver("bruno")

    asked = [office.on("bruno", ask_again.ask_again, space, after) for _ in range(30)]

    assert sum(asked) <= healing.NOTICES
    assert not asked[-1]
    office.clock.at += RESET_SECONDS
    assert office.on("bruno", ask_again.ask_again, space, after)
