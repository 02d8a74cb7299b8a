"""Wipe receipts of a closed space: posting one's own, believing only well-signed ones of others.

Spec: docs/protocol/61-closing.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crypto import signatures
from jitclient import leftovers
from jitclient.events import SpacesChanged
from jitclient.session import Session
from localstore import spaces
from localstore.connection import transaction
from localstore.spaces import ClosedDevice
from protocol import codec
from protocol.errors import ForgedError, RefusedError
from protocol.ids import SpaceId
from protocol.membership import record_hash
from protocol.receipts import Receipt, ReceiptKind
from protocol.records import SigningPublic

UNHEARD = -1


def received(session: Session, space: SpaceId, receipts: Sequence[bytes]) -> None:
    """Believe wipe receipts that devices of the closed space signed; refuse others."""
    db = session.stores.device
    known = {d.device: d for d in spaces.closed_devices(db, space)}
    here = {w.device: _seq(w.receipt) for w in spaces.wipes(db, space)}
    for data in receipts:
        try:
            signer = signatures.parse(data).signer
            device = known.get(signer)
            if device is None:
                raise ForgedError("The store shows a wipe receipt of a device never in the space.")
            if signer == session.device or _seq(data) <= here.get(signer, UNHEARD):
                continue
            public = codec.decode(SigningPublic, device.signing)
            receipt = signatures.verify(data, public, Receipt, signer=signer)
            if receipt.kind is not ReceiptKind.WIPED or receipt.space != space:
                raise ForgedError(f"A wipe receipt of {device.name} is about something else.")
        except RefusedError as error:
            session.alarm(space, _whose(known, data, error), key=record_hash(data).hex())
            continue
        here[signer] = receipt.device_seq
        with transaction(db):
            spaces.save_wipe(
                db, space, signer, data, receipt.claimed_at, receipt.remaining, posted=True
            )
        session.tell(SpacesChanged())


def _seq(receipt: bytes) -> int:
    """Where a receipt stands in its device's chain; unverified."""
    return signatures.peek(receipt, Receipt).device_seq


def _whose(known: Mapping[bytes, ClosedDevice], data: bytes, error: RefusedError) -> RefusedError:
    """The same refusal, saying in whose name the receipt was shown."""
    try:
        device = known.get(signatures.parse(data).signer)
    except RefusedError:
        return error
    if device is None or device.name in error.sentence:
        return error
    sentence = f"The store shows a wipe receipt of {device.name} that was refused: {error.sentence}"
    return type(error)(sentence, code=error.reason)


def unposted(session: Session) -> list[tuple[SpaceId, bytes]]:
    """Own wipe receipts the store does not have yet."""
    rows = spaces.unposted_wipes(session.stores.device)
    return [(SpaceId(r.space), r.receipt) for r in rows if r.device == session.device]


def watching(session: Session) -> list[SpaceId]:
    """Wiped spaces in which some device has not confirmed, or has more to confirm."""
    found = []
    for record in spaces.spaces(session.stores.device):
        if record.state != "wiped":
            continue
        space = SpaceId(record.space)
        heard = spaces.wipes(session.stores.device, space)
        confirmed = {w.device for w in heard if leftovers.HELD not in w.remaining}
        if any(
            d.device not in confirmed for d in spaces.closed_devices(session.stores.device, space)
        ):
            found.append(space)
    return found
