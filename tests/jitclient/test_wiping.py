"""Wiping goes on from wherever it was cut off, and what it claims can be checked."""

from __future__ import annotations

from unittest import mock

import pytest

from crypto import signatures
from jitclient import wipe_receipts, wiping
from jitclient.session import Session
from jitclient.usecases import close_space
from localstore import spaces
from localstore.connection import transaction
from protocol import codec
from protocol.errors import NotFoundError, SpaceClosedError
from protocol.ids import SpaceId
from protocol.membership import record_hash
from protocol.receipts import Receipt, ReceiptKind
from tests.jitclient.office import Office


class CrashError(BaseException):
    """The power goes."""


def _closed_log(office: Office) -> SpaceId:
    """A space whose closing Bruno has not read yet."""
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("bruno", space, "To be wiped.")
    signed = office.on("ana", close_space._closing, space, "Done.")
    office.append("ana", space, signed)
    return space


def _state(session: Session, space: SpaceId) -> tuple[str, bytes, str]:
    record = spaces.space(session.stores.device, space)
    assert record is not None
    return record.state, record.database_key, record.wipe_phase


def _receipts(session: Session, space: SpaceId) -> list[bytes]:
    return [w.receipt for w in spaces.wipes(session.stores.device, space)]


CUTS = {
    "before the key is destroyed": "jitclient.wiping.spaces.save_closed_devices",
    "after the key, before the files": "jitclient.wiping.checkpoint",
    "among the files": "jitclient.wiping.wipe.destroy",
    "while the key goes": "jitclient.wiping.alarms.blur",
    "the folder set aside": "localstore.wipe._sync",
    "while the window is made to forget": "localstore.wipe._forget_in_window",
    "before the look at what is left": "jitclient.wiping.wipe.remaining",
    "while it is noted what stays": "jitclient.wiping.leftovers.stays",
    "among the traces of the desktop": "jitclient.leftovers.traces.forget",
    "before the receipt": "jitclient.wiping.signatures.sign",
    "while the receipt is saved": "jitclient.wiping.spaces.save_wipe",
}


@pytest.mark.parametrize("where", CUTS.values(), ids=CUTS.keys())
def test_a_wipe_cut_off_anywhere_is_finished_after_a_restart(office: Office, where: str) -> None:
    space = _closed_log(office)
    with mock.patch(where, side_effect=CrashError), pytest.raises(CrashError):
        office.follow("bruno", space)
    office.restart("bruno")
    office.on("bruno", wiping.resume_all, office.clock.now())
    assert office.on("bruno", _state, space) == ("wiped", b"", "")
    assert not office.sessions["bruno"].profile.space_folder(space).exists()
    (signed,) = office.on("bruno", _receipts, space)
    bruno = office.people["bruno"]
    receipt = signatures.verify(signed, bruno.dsk.public, Receipt, signer=bruno.device)
    roster = office.on("ana", lambda s: spaces.space(s.stores.device, space))
    assert roster is not None
    assert (receipt.kind, receipt.space) == (ReceiptKind.WIPED, space)
    assert (receipt.log_seq, receipt.log_head) == (roster.log_seq, roster.log_head)
    with pytest.raises((SpaceClosedError, NotFoundError)):
        office.write("bruno", space, "Too late.")


def test_a_second_run_changes_nothing(office: Office) -> None:
    space = _closed_log(office)
    office.follow("bruno", space)
    before = office.on("bruno", _receipts, space)
    office.on("bruno", wiping.resume, space)
    assert office.on("bruno", wiping.resume_all, office.clock.now()) == []
    assert office.on("bruno", _receipts, space) == before


def test_files_that_stay_are_told_and_tried_again(office: Office) -> None:
    space = _closed_log(office)
    with mock.patch("jitclient.wiping.wipe.destroy"):
        office.follow("bruno", space)
    state, key, phase = office.on("bruno", _state, space)
    assert (state, key, bool(phase)) == ("wiped", b"", True)
    (signed,) = office.on("bruno", _receipts, space)
    assert "did not let go" in signatures.peek(signed, Receipt).remaining
    first = signatures.peek(signed, Receipt)
    office.on("bruno", wiping.resume_all, office.clock.now())
    assert office.on("bruno", _state, space)[2] == ""
    (later,) = office.on("bruno", _receipts, space)
    second = signatures.peek(later, Receipt)
    assert "did not let go" not in second.remaining
    assert second.device_seq == first.device_seq + 1
    assert second.prev == record_hash(codec.encode(first))
    office.on("bruno", wiping.resume_all, office.clock.now())
    assert office.on("bruno", _receipts, space) == [later]
    assert not office.sessions["bruno"].profile.space_folder(space).exists()


def test_a_later_receipt_takes_the_place_of_an_earlier_one_and_never_the_other_way(
    office: Office,
) -> None:
    space = _closed_log(office)
    with mock.patch("jitclient.wiping.wipe.destroy"):
        office.follow("bruno", space)
    (first,) = office.on("bruno", _receipts, space)
    office.on("ana", wipe_receipts.received, space, [first])
    assert office.on("ana", wipe_receipts.watching) == [space]  # there is more to come
    office.on("bruno", wiping.resume_all, office.clock.now())
    (later,) = office.on("bruno", _receipts, space)

    office.on("ana", wipe_receipts.received, space, [later])
    office.on("ana", wipe_receipts.received, space, [first])

    assert later in office.on("ana", _receipts, space)
    assert first not in office.on("ana", _receipts, space)
    assert office.on("ana", wipe_receipts.watching) == []
    assert office.alarms("ana") == []


def _bad(office: Office, space: SpaceId, what: str) -> bytes:
    (true,) = office.on("bruno", _receipts, space)
    receipt = signatures.peek(true, Receipt)
    bruno, ana = office.people["bruno"], office.people["ana"]
    changed = {f: getattr(receipt, f) for f in receipt.__struct_fields__}
    if what == "another kind":
        changed["kind"] = ReceiptKind.DELIVERED
    if what == "another space":
        changed["space"] = bytes(16)
    record = Receipt(**changed)
    if what == "a stranger":
        carla = office.people["carla"]
        return signatures.sign(carla.dsk, carla.device, record)
    key = ana.dsk if what == "another's key" else bruno.dsk
    return signatures.sign(key, bruno.device, record)


@pytest.mark.parametrize("what", ["another kind", "another space", "a stranger", "another's key"])
def test_only_what_a_device_of_the_space_signed_about_it_confirms(
    office: Office, what: str
) -> None:
    space = _closed_log(office)
    office.join("carla")
    office.follow("bruno", space)
    office.on("ana", wipe_receipts.received, space, [_bad(office, space, what)])
    assert len(office.on("ana", _receipts, space)) == 1  # its own
    assert office.alarms("ana") == ["forged"]
    assert office.on("ana", wipe_receipts.watching) == [space]
    office.on("ana", wipe_receipts.received, space, office.on("bruno", _receipts, space))
    assert office.on("ana", wipe_receipts.watching) == []


def test_the_deadline_wipes_without_the_store(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")

    def due(session: Session) -> None:
        with transaction(session.stores.device):
            spaces.update_space(session.stores.device, space, deadline=office.clock.now() + 1)

    office.on("bruno", due)
    assert office.on("bruno", wiping.resume_all, office.clock.now()) == []
    assert office.on("bruno", wiping.resume_all, office.clock.now() + 1) == [space]
    assert office.on("bruno", _state, space)[0] == "wiped"
