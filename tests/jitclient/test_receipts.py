"""A receipt counts for what its device signed, about what this person sent, in this space."""

from __future__ import annotations

from typing import Any

import pytest

from crypto import signatures
from jitclient import receipts
from jitclient.place import place
from jitclient.session import Session
from localstore import messages, outbox
from localstore.connection import transaction
from protocol import codec
from protocol.errors import ForgedError, LogForkError
from protocol.ids import SpaceId
from protocol.receipts import Receipt, ReceiptKind
from tests.jitclient.office import Office
from tests.support.people import Person


def _take(session: Session, space: SpaceId, who: Person, data: bytes) -> None:
    at = place(session, space)
    (device,) = who.listed.devices
    with transaction(at.sp):
        receipts.take(at, who.user, device, data)


def _true(session: Session, space: SpaceId) -> bytes:
    (owed,) = outbox.queued_receipts(session.stores.space(space)).popitem()[1]
    return signatures.sign(session.signing, session.device, codec.decode(Receipt, owed.data))


def _delivered(office: Office) -> tuple[SpaceId, bytes, bytes]:
    """A message of Ana that Bruno has, and the receipt he owes for it."""
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    message = office.write("ana", space, "Read this.")
    office.post("ana", space)
    office.deliver("bruno")
    return space, message, office.on("bruno", _true, space)


def _has(session: Session, space: SpaceId, message: bytes) -> list[int | None]:
    return [at for _, at in messages.deliveries(session.stores.space(space), message)]


def test_a_true_receipt_counts_once_and_only_for_its_device(office: Office) -> None:
    space, message, true = _delivered(office)
    with pytest.raises(ForgedError):
        office.on("ana", _take, space, office.people["carla"], true)
    for _ in range(2):
        office.on("ana", _take, space, office.people["bruno"], true)
    assert sorted(map(bool, office.on("ana", _has, space, message))) == [False, True]


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": bytes(32)},
        {"space": bytes(16)},
        {"device": bytes(16)},
        {"log_head": bytes(32)},
        {"kind": ReceiptKind.WIPED},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_receipt_about_something_else_is_refused(office: Office, changed: dict[str, Any]) -> None:
    space, message, true = _delivered(office)
    bruno = office.people["bruno"]
    fields = signatures.peek(true, Receipt)
    record = Receipt(**{f: getattr(fields, f) for f in fields.__struct_fields__} | changed)
    forged = signatures.sign(bruno.dsk, bruno.device, record)
    with pytest.raises(LogForkError if "log_head" in changed else ForgedError):
        office.on("ana", _take, space, bruno, forged)
    assert not any(office.on("ana", _has, space, message))


def test_receipts_owed_survive_a_restart_and_leave_once(office: Office) -> None:
    space, message, _ = _delivered(office)
    office.restart("bruno")
    office.exchange(space, "bruno", "ana", "carla")
    assert all(office.on("ana", _has, space, message))
    row = office.on("ana", lambda s: messages.message(s.stores.space(space), message))
    assert row is not None
    assert row.state == "received"
    assert office.on("bruno", lambda s: outbox.queued_receipts(s.stores.space(space))) == {}
    assert office.alarms("ana") == []
