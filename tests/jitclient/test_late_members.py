"""A member for whom no usable bundle is to be had: the others talk, and he gets it all once."""

from __future__ import annotations

import msgspec
import pytest

from jitclient import claims, posting, prekeys, receipts, sealing
from jitclient.place import place
from jitclient.session import Session
from jitclient.views import AlarmRow
from localstore import alarms, evidence, messages, outbox
from localstore.alarms import AlarmRecord
from localstore.connection import transaction
from localstore.sessions import CLAIM_AGAIN_SECONDS
from protocol.ids import SpaceId
from protocol.limits import QUEUE_SECONDS
from protocol.receipts import ReceiptKind
from sync.ports import Outgoing
from tests.jitclient.office import Office, receipt_for
from tests.localstore.samples import exhibit

EVERYBODY = ("ana", "bruno", "carla")


def _away(office: Office) -> SpaceId:
    """Bruno was away until his prekeys ran out; then he is added to a space."""
    office.join(*EVERYBODY)
    office.clock.at += QUEUE_SECONDS
    _renew(office, "ana", "carla")
    space = office.open_space("ana", "carla")
    office.add("ana", space, "bruno")
    office.exchange(space, "ana", "carla")
    return space


def _renew(office: Office, *names: str) -> None:
    for name in names:
        office.uploads[name] = office.on(name, prekeys.first)


def _claims(office: Office, name: str) -> int:
    before = sum(len(upload.one_time) for upload in office.uploads.values())
    for space in office.logs:
        office.bundles(name, space)
    return before - sum(len(upload.one_time) for upload in office.uploads.values())


def _state(session: Session, space: SpaceId, message: bytes) -> tuple[str, int, int]:
    sp = session.stores.space(space)
    row = messages.message(sp, message)
    assert row is not None
    got = [at for _, at in messages.deliveries(sp, message)]
    return row.state, len([at for at in got if at is not None]), len(got)


def _missing(office: Office, name: str, space: SpaceId) -> int:
    rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
    return sum(row.missing_before for row in rows)


def test_the_others_talk_at_once_and_he_gets_everything_once_and_in_order(office: Office) -> None:
    space = _away(office)
    first = office.write("ana", space, "One.")
    office.exchange(space, "ana", "carla")
    office.write("carla", space, "Two.")
    office.exchange(space, "carla", "ana")
    assert office.texts("carla", space) == office.texts("ana", space) == ["One.", "Two."]
    assert office.on("ana", _state, space, first) == ("on-server", 1, 2)

    office.clock.at += CLAIM_AGAIN_SECONDS
    _renew(office, "bruno")
    office.write("ana", space, "Three.")
    office.exchange(space, *EVERYBODY, rounds=4)

    for name in EVERYBODY:
        assert office.texts(name, space) == ["One.", "Two.", "Three."]
        assert _missing(office, name, space) == 0
    assert office.alarms("bruno") == []
    assert office.on("ana", _state, space, first) == ("received", 2, 2)
    assert (
        office.on(
            "ana",
            lambda s: outbox.waiting_for(s.stores.space(space), office.people["bruno"].device),
        )
        == []
    )


def test_his_own_first_message_to_us_opens_the_way_without_a_claim(office: Office) -> None:
    space = _away(office)
    one = office.write("ana", space, "One.")
    office.exchange(space, "ana", "carla")
    office.follow("bruno", space)
    office.bundles("bruno", space)
    office.on("bruno", _greet, space)
    office.post("bruno", space)
    before = office.uploads["bruno"]

    office.deliver("ana")
    two = office.write("ana", space, "Two.")
    office.post("ana", space)

    queue = [item.message for item in office.queues["bruno"]]
    assert queue.index(one) < queue.index(two), "not overtaken, though a session was there already"
    assert office.uploads["bruno"] == before, "no key of his was claimed"
    office.deliver("bruno")
    assert office.texts("bruno", space) == ["One.", "Two."]
    assert _missing(office, "bruno", space) == 0
    assert office.alarms("bruno") == []


def _greet(session: Session, space: SpaceId) -> None:
    at = place(session, space)
    with transaction(at.sp):
        receipts.owe(
            at,
            at.log.others(session.user),
            receipts.Claim(kind=ReceiptKind.DELIVERED, message=bytes(16), subject=bytes(32)),
        )


def test_a_claim_in_vain_is_repeated_once_an_hour_also_after_a_restart(office: Office) -> None:
    space = _away(office)
    assert _claims(office, "ana") == 0
    for _ in range(3):
        office.clock.at += CLAIM_AGAIN_SECONDS // 3 - 1
        office.restart("ana")
        office.write("ana", space, "Still here.")
        assert _claims(office, "ana") == 0
    office.clock.at += 3
    assert _claims(office, "ana") == 1
    assert _claims(office, "ana") == 0


def test_that_he_was_away_is_told_once_with_his_name_and_is_no_attack(office: Office) -> None:
    _away(office)
    (told,) = office.on("ana", lambda s: alarms.alarms(s.stores.device))
    assert told.code == "prekeys-expired"
    assert "Bruno" in told.sentence
    assert "away" in told.sentence
    assert _shown(told).notice
    office.on("ana", lambda s: alarms.dismiss(s.stores.device, told.alarm))
    office.clock.at += CLAIM_AGAIN_SECONDS
    assert _claims(office, "ana") == 1
    assert office.alarms("ana") == []


def _shown(told: AlarmRecord) -> AlarmRow:
    return AlarmRow(
        alarm=told.alarm, space=None, code=told.code, sentence=told.sentence, at=told.at
    )


@pytest.mark.parametrize("how", ["withheld", "forged"])
def test_keys_withheld_or_false_hold_up_nobody_else(office: Office, how: str) -> None:
    office.join(*EVERYBODY)
    space = office.open_space("ana", "carla")
    office.add("ana", space, "bruno")
    device = office.people["bruno"].device
    written = office.write("ana", space, "One.")
    assert office.on("ana", posting.due, space, office.clock.now()) == [], "the try comes first"

    if how == "withheld":
        office.on("ana", claims.refused, space, device)
    else:
        theirs = msgspec.structs.replace(office.bundle("carla"), device=device)
        office.on("ana", claims.keep, space, device, theirs)
    office.exchange(space, "ana", "carla")

    assert office.texts("carla", space) == ["One."]
    assert office.on("ana", _state, space, written)[0] == "on-server"
    (told,) = office.on("ana", lambda s: alarms.alarms(s.stores.device))
    assert told.code == {"withheld": "no-prekeys", "forged": "forged"}[how]
    assert _shown(told).notice is (how == "withheld")
    assert "Bruno" in told.sentence
    office.clock.at += CLAIM_AGAIN_SECONDS
    office.exchange(space, *EVERYBODY, rounds=3)
    assert office.texts("bruno", space) == ["One."]
    assert _missing(office, "bruno", space) == 0
    assert office.alarms("bruno") == []


def _due(office: Office, space: SpaceId) -> list[Outgoing]:
    office.bundles("ana", space)
    office.on("ana", sealing.seal_waiting, space)
    return office.on("ana", posting.due, space, office.clock.now())


def test_the_same_late_bytes_are_posted_after_a_kill_and_a_lost_answer(office: Office) -> None:
    space = _away(office)
    written = office.write("ana", space, "One.")
    (first,) = _due(office, space)
    office.restart("ana")  # posted, the answer lost
    (again,) = _due(office, space)
    assert again.request == first.request
    office.on("ana", posting.accepted, again, receipt_for(again))

    office.clock.at += CLAIM_AGAIN_SECONDS
    _renew(office, "bruno")
    late = _due(office, space)
    assert [item.message for item in late][-1] == written
    assert all(len(item.request.envelopes) == 1 for item in late)
    assert not set(late[-1].request.envelopes) & set(first.request.envelopes)
    office.restart("ana")
    assert [i.request for i in _due(office, space)] == [i.request for i in late]
    state = office.on("ana", _state, space, written)
    for item in late:
        office.on("ana", posting.accepted, item, receipt_for(item))
    assert office.on("ana", _state, space, written) == state
    assert _due(office, space) == []
    assert office.on("ana", lambda s: outbox.waiting(s.stores.space(space))) == 0


def test_a_lost_first_answer_is_made_good_together_with_the_late_envelope(office: Office) -> None:
    space = _away(office)
    written = office.write("ana", space, "One.")
    (lost,) = _due(office, space)
    office.clock.at += CLAIM_AGAIN_SECONDS
    _renew(office, "bruno")
    item = next(i for i in _due(office, space) if i.message == written)
    assert set(item.request.envelopes) > set(lost.request.envelopes)
    assert item.request.body == lost.request.body


def test_a_late_envelope_refused_for_good_leaves_the_message_on_the_server(office: Office) -> None:
    space = _away(office)
    written = office.write("ana", space, "One.")
    office.exchange(space, "ana", "carla")
    office.clock.at += CLAIM_AGAIN_SECONDS
    _renew(office, "bruno")
    item = next(i for i in _due(office, space) if i.message == written)
    office.on("ana", posting.refused, item, "store-refused", "The store has no room for it.")
    assert office.on("ana", _state, space, written)[0] == "on-server"
    assert written not in {i.message for i in _due(office, space)}
    assert office.alarms("ana") == ["prekeys-expired", "store-refused"]


def test_who_is_removed_before_his_keys_come_is_waited_for_no_longer(office: Office) -> None:
    space = _away(office)
    written = office.write("ana", space, "One.")
    office.exchange(space, "ana", "carla")
    office.remove("ana", space, "bruno")
    assert _due(office, space) == []
    assert office.on("ana", lambda s: outbox.outgoing(s.stores.space(space), written)) is None
    assert office.on("ana", _state, space, written)[0] in {"on-server", "received"}


def test_a_notice_refused_for_good_fails_its_exhibit(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    written = office.write("ana", space, "disk.img")
    file = office.on("ana", _as_exhibit, space, written)
    (item,) = office.on("ana", posting.due, space, office.clock.now())

    office.on("ana", posting.refused, item, "store-refused", "The store has no room for it.")

    row = office.on("ana", lambda s: evidence.exhibit(s.stores.space(space), file))
    assert row is not None
    assert (row.state, row.problem) == ("failed", "The store has no room for it.")


def _as_exhibit(session: Session, space: SpaceId, message: bytes) -> bytes:
    sp = session.stores.space(space)
    record = exhibit(state="on-server", message=message)
    with transaction(sp):
        evidence.add_exhibit(sp, record)
        sp.execute(
            "UPDATE message SET kind = 'exhibit', file = ? WHERE message = ?",
            (record.file, message),
        )
    return record.file
