"""Prekeys: published by a device, handed out once each, to people of a common space, few an hour.

Spec: docs/protocol/70-store.md §6, docs/protocol/20-identities.md §3.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, delete, func, insert, select, update

from centralstore import authn
from centralstore.database import Transaction
from centralstore.errors import unknown
from centralstore.prekeytables import CLAIM, ONE_TIME_KEY, SIGNED_PREKEYS
from centralstore.prepared import Prepared
from centralstore.tables import DEVICE
from crypto import signatures
from protocol.api.accounts import (
    Bundle,
    OneTimeKemKey,
    OneTimePrekey,
    PrekeyCount,
    PrekeyUpload,
)
from protocol.errors import ForgedError, LimitExceededError
from protocol.ids import DeviceId
from protocol.limits import CLAIMS_PER_HOUR, ONE_TIME_KEMS, ONE_TIME_PREKEYS
from protocol.prekeys import OneTimeKem, SignedPrekeys
from protocol.records import VERSION

_X25519: Final = "x"
_KEM: Final = "kem"
_HOUR: Final = 3_600
_BOUND: Final = {_X25519: ONE_TIME_PREKEYS, _KEM: ONE_TIME_KEMS}
_LEFT = Prepared(  # every device asks in every round
    select(ONE_TIME_KEY.c.kind, func.count().label("number"))
    .where(ONE_TIME_KEY.c.device_id == bindparam("device"), ONE_TIME_KEY.c.claimed.is_(False))
    .group_by(ONE_TIME_KEY.c.kind)
)


def upload(tx: Transaction, request: PrekeyUpload) -> PrekeyCount:
    """Take in the caller's signed prekeys and one-time keys.

    Ids seen before are passed over: a repeated upload never offers a key a second time.

    Raises:
        ForgedError: a signature is not the caller's device's.
        LimitExceededError: more unused keys than the protocol keeps.
    """
    tx.hold(tx.device)
    public = authn.device_key(tx)
    if request.signed:
        found = signatures.verify(request.signed, public, SignedPrekeys, signer=tx.device)
        if found.device != tx.device:
            raise ForgedError("The prekeys belong to another device.")
        changed = tx.conn.execute(
            update(SIGNED_PREKEYS)
            .where(SIGNED_PREKEYS.c.device_id == tx.device)
            .values(signed=request.signed)
        )
        if changed.rowcount == 0:
            tx.conn.execute(
                insert(SIGNED_PREKEYS).values(device_id=tx.device, signed=request.signed)
            )
    for kem in request.kems:
        record = OneTimeKem(version=VERSION, device=tx.device, kem_id=kem.id, kem=kem.key)
        signatures.verify_once(kem.signature, public, record)
    _add(tx, _X25519, {one.id: (one.key, b"") for one in request.one_time})
    _add(tx, _KEM, {kem.id: (kem.key, kem.signature) for kem in request.kems})
    return count(tx)


def count(tx: Transaction) -> PrekeyCount:
    """How many unused one-time keys of the caller's device remain."""
    left = _left(tx)
    return PrekeyCount(one_time=left[_X25519], kems=left[_KEM])


def claim(tx: Transaction, device: DeviceId) -> Bundle:
    """Hand out one bundle; its one-time keys are never handed out again.

    Whoever claimed often lately gets one without them, so that nobody drains another.

    Raises:
        NotFoundError: the device published nothing or is revoked.
    """
    signed = tx.conn.execute(
        select(SIGNED_PREKEYS.c.signed)
        .join(DEVICE, DEVICE.c.id == SIGNED_PREKEYS.c.device_id)
        .where(DEVICE.c.id == device, DEVICE.c.revoked.is_(False))
    ).scalar_one_or_none()
    if signed is None:
        raise unknown()
    one_time = kem = None
    if _counts(tx, device):
        one_time, kem = _take(tx, device, _X25519), _take(tx, device, _KEM)
    return Bundle(
        device=device,
        signed=signed,
        one_time=None if one_time is None else OneTimePrekey(id=one_time[0], key=one_time[1]),
        kem=None if kem is None else OneTimeKemKey(id=kem[0], key=kem[1], signature=kem[2]),
    )


def forget(tx: Transaction, device: DeviceId) -> None:
    """Delete every prekey of a revoked device; nobody can start a session with it any more."""
    tx.conn.execute(delete(SIGNED_PREKEYS).where(SIGNED_PREKEYS.c.device_id == device))
    tx.conn.execute(delete(ONE_TIME_KEY).where(ONE_TIME_KEY.c.device_id == device))
    tx.conn.execute(delete(CLAIM).where(CLAIM.c.device_id == device))


def sweep(tx: Transaction) -> None:
    """Forget claims that count no more."""
    tx.conn.execute(delete(CLAIM).where(CLAIM.c.settled_at <= tx.second))


def _counts(tx: Transaction, device: DeviceId) -> bool:
    """Whether the caller may take one-time keys of `device` now; then it counts as taken.

    CLAIMS_PER_HOUR at once, and one more each time its share of an hour has passed.
    """
    pair = (CLAIM.c.user_id == tx.user) & (CLAIM.c.device_id == device)
    settled = tx.conn.execute(select(CLAIM.c.settled_at).where(pair).with_for_update()).scalar()
    later = max(settled or 0, tx.second) + _HOUR // CLAIMS_PER_HOUR
    if later > tx.second + _HOUR:
        return False
    if settled is None:
        row = {"user_id": tx.user, "device_id": device, "settled_at": later}
        tx.conn.execute(insert(CLAIM), row)
    else:
        tx.conn.execute(update(CLAIM).where(pair).values(settled_at=later))
    return True


def _take(tx: Transaction, device: DeviceId, kind: str) -> tuple[int, bytes, bytes] | None:
    table = ONE_TIME_KEY.c
    row = tx.conn.execute(
        select(table.key_id, table.public, table.signature)
        .where(table.device_id == device, table.kind == kind, table.claimed.is_(False))
        .order_by(table.key_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    tx.conn.execute(
        update(ONE_TIME_KEY)
        .where(table.device_id == device, table.kind == kind, table.key_id == row.key_id)
        .values(claimed=True, public=None, signature=None)
    )
    return int(row.key_id), bytes(row.public), bytes(row.signature)


def _add(tx: Transaction, kind: str, keys: dict[int, tuple[bytes, bytes]]) -> None:
    if not keys:
        return
    table = ONE_TIME_KEY.c
    seen = set(
        tx.conn.execute(
            select(table.key_id).where(
                table.device_id == tx.device, table.kind == kind, table.key_id.in_(list(keys))
            )
        ).scalars()
    )
    fresh = [
        {
            "device_id": tx.device,
            "kind": kind,
            "key_id": key_id,
            "public": public,
            "signature": signature,
            "claimed": False,
        }
        for key_id, (public, signature) in keys.items()
        if key_id not in seen
    ]
    if _left(tx)[kind] + len(fresh) > 2 * _BOUND[kind]:
        raise LimitExceededError("The store holds enough one-time keys of this device.")
    if fresh:
        tx.conn.execute(insert(ONE_TIME_KEY), fresh)


def _left(tx: Transaction) -> dict[str, int]:
    """The caller's device's unused keys, by kind."""
    found = _LEFT.rows(tx.conn, {"device": tx.device})
    return dict.fromkeys(_BOUND, 0) | {row.kind: int(row.number) for row in found}
