"""Prekeys: kept here before they leave, renewed in time, and never two of one number."""

from __future__ import annotations

import msgspec
import pytest

from crypto import signatures
from crypto.handshake import Init
from jitclient import opening, prekeys
from jitclient.place import place
from jitclient.session import Session
from localstore import devices, sessions, spacelog
from protocol.api.accounts import PrekeyCount, PrekeyUpload
from protocol.envelope import Envelope
from protocol.limits import (
    ONE_TIME_KEMS,
    ONE_TIME_PREKEYS,
    PREKEY_KEEP_SECONDS,
    PREKEY_SECONDS,
)
from protocol.prekeys import SignedPrekeys
from tests.jitclient.office import Office

FULL = PrekeyCount(one_time=ONE_TIME_PREKEYS, kems=ONE_TIME_KEMS)


def _publish(office: Office) -> None:
    office.join("ana")
    office.on("ana", prekeys.published, office.uploads["ana"])


def _kept(session: Session, kind: str, number: int) -> bool:
    return devices.prekey(session.stores.device, kind, number) is not None


def test_the_private_halves_are_here_before_the_public_ones_leave(office: Office) -> None:
    office.join("ana")
    upload = office.uploads["ana"]
    signed = signatures.peek(upload.signed, SignedPrekeys)
    office.restart("ana")
    assert office.on("ana", _kept, "spk", signed.spk_id)
    assert office.on("ana", _kept, "kem", signed.kem_id)
    assert all(office.on("ana", _kept, "opk", one.id) for one in upload.one_time)
    assert all(office.on("ana", _kept, "kem_once", one.id) for one in upload.kems)


def test_lasting_and_one_time_kem_keys_never_share_a_number(office: Office) -> None:
    office.join("ana")
    numbers: list[int] = []
    for upload in (office.uploads["ana"], office.on("ana", prekeys.first)):
        lasting = signatures.peek(upload.signed, SignedPrekeys).kem_id
        numbers += [lasting, *(one.id for one in upload.kems)]
    assert len(set(numbers)) == len(numbers)


def test_a_full_store_wants_nothing(office: Office) -> None:
    _publish(office)
    assert office.on("ana", prekeys.wanted, FULL) is None


@pytest.mark.parametrize(
    ("one_time", "kems", "fresh"),
    [
        (ONE_TIME_PREKEYS // 4, ONE_TIME_KEMS // 4, (0, 0)),
        (ONE_TIME_PREKEYS // 4 - 1, ONE_TIME_KEMS, (76, 0)),
        (ONE_TIME_PREKEYS, ONE_TIME_KEMS // 4 - 1, (0, 16)),
        (0, 0, (ONE_TIME_PREKEYS, ONE_TIME_KEMS)),
    ],
)
def test_below_a_quarter_it_is_filled_up(
    office: Office, one_time: int, kems: int, fresh: tuple[int, int]
) -> None:
    _publish(office)
    upload = office.on("ana", prekeys.wanted, PrekeyCount(one_time=one_time, kems=kems))
    assert (len(upload.one_time), len(upload.kems)) == fresh if upload else fresh == (0, 0)
    assert upload is None or not upload.signed


def test_signed_keys_are_renewed_every_week_and_until_they_are_published(office: Office) -> None:
    office.join("ana")
    again = office.on("ana", prekeys.wanted, FULL)
    assert again is not None
    assert again.signed
    office.on("ana", prekeys.published, again)
    office.clock.at += PREKEY_SECONDS - 1
    assert office.on("ana", prekeys.wanted, FULL) is None
    office.clock.at += 1
    renewed = office.on("ana", prekeys.wanted, FULL)
    assert renewed is not None
    assert renewed.signed


def test_old_signed_keys_go_when_nothing_in_a_queue_can_need_them(office: Office) -> None:
    _publish(office)
    first = signatures.peek(office.uploads["ana"].signed, SignedPrekeys).spk_id
    office.clock.at += PREKEY_KEEP_SECONDS
    upload = office.on("ana", prekeys.wanted, FULL)
    assert upload is not None
    office.on("ana", prekeys.published, upload)
    assert office.on("ana", _kept, "spk", first)
    office.clock.at += 1
    office.on("ana", prekeys.published, upload)
    assert not office.on("ana", _kept, "spk", first)
    assert office.on("ana", _kept, "spk", signatures.peek(upload.signed, SignedPrekeys).spk_id)


def test_a_one_time_key_is_gone_once_it_started_a_session(office: Office) -> None:
    office.join("ana", "bruno")
    opk, kem = office.uploads["bruno"].one_time[0].id, office.uploads["bruno"].kems[0].id
    office.open_space("ana", "bruno")
    assert not office.on("bruno", _kept, "opk", opk)
    assert not office.on("bruno", _kept, "kem_once", kem)


def _counted(session: Session) -> int:
    return int(devices.setting(session.stores.device, prekeys.DRAINED) or 0)


@pytest.mark.parametrize("count", [(0, ONE_TIME_KEMS), (ONE_TIME_PREKEYS, 0)])
def test_running_out_is_said_once_and_counted(office: Office, count: tuple[int, int]) -> None:
    _publish(office)
    short = PrekeyCount(one_time=count[0], kems=count[1])

    for _ in range(3):
        assert office.on("ana", prekeys.wanted, short) is not None

    assert office.alarms("ana") == ["prekeys-drained"]
    assert office.on("ana", _counted) == 3


def test_before_the_first_keys_are_published_nothing_ran_out(office: Office) -> None:
    office.join("ana")

    assert office.on("ana", prekeys.wanted, PrekeyCount(one_time=0, kems=0)) is not None

    assert office.alarms("ana") == []


@pytest.mark.parametrize("one_time", [True, False], ids=["one-time", "last-resort"])
def test_a_message_to_keys_renewed_long_ago_still_opens(office: Office, one_time: bool) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana")
    office.add("ana", space, "bruno")
    if not one_time:
        signed = office.uploads["bruno"].signed
        office.uploads["bruno"] = PrekeyUpload(signed=signed, one_time=(), kems=())
    office.on("bruno", prekeys.published, office.uploads["bruno"])
    office.post("ana", space)
    before = office.on("bruno", lambda s: devices.newest_prekey(s.stores.device, "spk"))
    for _ in range(PREKEY_KEEP_SECONDS // PREKEY_SECONDS):
        office.clock.at += PREKEY_SECONDS
        upload = office.on("bruno", prekeys.wanted, FULL)
        assert upload is not None
        office.on("bruno", prekeys.published, upload)

    office.exchange(space, "bruno")

    after = office.on("bruno", lambda s: devices.newest_prekey(s.stores.device, "spk"))
    assert before is not None
    assert after is not None
    assert after.id - before.id == PREKEY_KEEP_SECONDS // PREKEY_SECONDS
    assert office.on("bruno", lambda s: spacelog.card(s.stores.space(space))) is not None
    assert office.alarms("bruno") == []


def test_a_one_time_key_is_consumed_once_also_across_a_crash(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana")
    office.add("ana", space, "bruno")
    office.post("ana", space)
    office.follow("bruno", space)
    (item,) = office.queues["bruno"]
    init = Init.unpack(Envelope.unpack(item.envelope).body)
    assert init.opk_id is not None

    office.on("bruno", lambda s: opening._deliver(place(s, space), item))  # and dies here
    office.restart("bruno")
    assert office.on("bruno", _kept, "opk", init.opk_id), "two files, two commits"
    again = msgspec.structs.replace(item, index=item.index + 1)
    assert office.on("bruno", opening.deliver, again)

    assert not office.on("bruno", _kept, "opk", init.opk_id)
    assert not office.on("bruno", _kept, "kem_once", init.kem_id)
    assert office.alarms("bruno") == ["replay"]
    device = office.people["ana"].device
    assert len(office.on("bruno", lambda s: sessions.sessions(s.stores.space(space), device))) == 1
