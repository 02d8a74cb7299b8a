"""This device's prekeys: made, published, renewed, and forgotten when their time is over.

Spec: docs/protocol/20-identities.md §3. Private halves are in device.db before the public ones
leave the device.
"""

from __future__ import annotations

from crypto import signatures
from crypto.keys import IdentityKey, KemKey
from jitclient.session import Session
from localstore import devices
from localstore.connection import transaction
from localstore.devices import PrekeyRow
from protocol.api.accounts import OneTimeKemKey, OneTimePrekey, PrekeyCount, PrekeyUpload
from protocol.errors import TryAgainError
from protocol.limits import (
    ONE_TIME_KEMS,
    ONE_TIME_PREKEYS,
    PREKEY_KEEP_SECONDS,
    PREKEY_SECONDS,
    QUEUE_SECONDS,
)
from protocol.prekeys import OneTimeKem, SignedPrekeys

REFILL_BELOW = 4  # a quarter
DRAINED = "drained"


class PrekeysDrainedError(TryAgainError):
    """The one-time keys of this device ran out at the store."""

    code = "prekeys-drained"


def first(session: Session) -> PrekeyUpload:
    """Everything a new device publishes."""
    return _make(session, signed=True, one_time=ONE_TIME_PREKEYS, kems=ONE_TIME_KEMS)


def wanted(session: Session, count: PrekeyCount) -> PrekeyUpload | None:
    """What the store is short of, or None."""
    db = session.stores.device
    now = session.clock.now()
    newest = devices.newest_prekey(db, "spk")
    if newest is not None and newest.published and not (count.one_time and count.kems):
        _drained(session)
    stale = newest is None or not newest.published or now - newest.created >= PREKEY_SECONDS
    one_time = ONE_TIME_PREKEYS - count.one_time if _low(count.one_time, ONE_TIME_PREKEYS) else 0
    kems = ONE_TIME_KEMS - count.kems if _low(count.kems, ONE_TIME_KEMS) else 0
    if not (stale or one_time or kems):
        return None
    return _make(session, signed=stale, one_time=one_time, kems=kems)


def published(session: Session, upload: PrekeyUpload) -> None:
    """The store has these; forget privates that no waiting message can need any more."""
    db = session.stores.device
    done = [("opk", p.id) for p in upload.one_time] + [("kem_once", k.id) for k in upload.kems]
    if upload.signed:
        prekeys = signatures.peek(upload.signed, SignedPrekeys)
        done += [("spk", prekeys.spk_id), ("kem", prekeys.kem_id)]
    with transaction(db):
        devices.mark_published(db, done)
        horizon = session.clock.now() - PREKEY_KEEP_SECONDS
        for kind in ("spk", "kem"):
            devices.drop_prekeys_before(db, kind, horizon)


def _drained(session: Session) -> None:
    """They went faster than this device came to refill them: count it, and say it once.

    Nothing is broken by it (20-identities.md §7), but one who empties them on purpose takes from
    every first message the keys that nobody can be made to give out later.
    """
    db = session.stores.device
    with transaction(db):
        devices.set_setting(db, DRAINED, str(int(devices.setting(db, DRAINED) or 0) + 1))
    session.alarm(
        None,
        PrekeysDrainedError(
            "The store had no one-time keys of this device left; fresh ones are on their way. That "
            "happens after a long absence. If it happens often, somebody uses them up on purpose."
        ),
    )


def _low(left: int, full: int) -> bool:
    return left * REFILL_BELOW < full


def _make(session: Session, *, signed: bool, one_time: int, kems: int) -> PrekeyUpload:
    db = session.stores.device
    rows: list[PrekeyRow] = []
    with transaction(db):
        pack = _signed(session, rows) if signed else b""
        keys = tuple(_one_time(session, rows) for _ in range(one_time))
        once = tuple(_kem_once(session, rows) for _ in range(kems))
        devices.save_prekeys(db, rows)
    return PrekeyUpload(signed=pack, one_time=keys, kems=once)


def _row(session: Session, rows: list[PrekeyRow], kind: str, secret: bytes) -> int:
    counter = "kem" if kind == "kem_once" else kind  # an INIT names either by one number
    number = devices.next_prekey_id(session.stores.device, counter)
    rows.append(
        PrekeyRow(kind=kind, id=number, secret=secret, created=session.clock.now(), published=False)
    )
    return number


def _signed(session: Session, rows: list[PrekeyRow]) -> bytes:
    spk, kem = IdentityKey.generate(session.entropy), KemKey.generate(session.entropy)
    now = session.clock.now()
    record = SignedPrekeys(
        version=1,
        device=session.device,
        spk_id=_row(session, rows, "spk", spk.dump()),
        spk=spk.public,
        kem_id=_row(session, rows, "kem", kem.dump()),
        kem=kem.public,
        created=now,
        expires=now + QUEUE_SECONDS,
    )
    return signatures.sign(session.signing, session.device, record)


def _one_time(session: Session, rows: list[PrekeyRow]) -> OneTimePrekey:
    key = IdentityKey.generate(session.entropy)
    return OneTimePrekey(id=_row(session, rows, "opk", key.dump()), key=key.public)


def _kem_once(session: Session, rows: list[PrekeyRow]) -> OneTimeKemKey:
    key = KemKey.generate(session.entropy)
    number = _row(session, rows, "kem_once", key.dump())
    record = OneTimeKem(version=1, device=session.device, kem_id=number, kem=key.public)
    signature = signatures.sign_once(session.signing, record)
    return OneTimeKemKey(id=number, key=key.public, signature=signature)
