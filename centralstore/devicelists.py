"""Device lists: every one a person ever had, by its hash; the newest is in force here at once.

Lists of one user key form a chain; a re-invitation begins another. Membership logs name lists by
their hash, so old ones stay. Spec: docs/protocol/70-store.md §3, docs/protocol/20-identities.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select

from centralstore import authn, devices
from centralstore.database import Transaction
from centralstore.errors import conflict, unknown
from centralstore.tables import ACCOUNT, DEVICE_LIST
from crypto import signatures
from protocol import codec, devicelist
from protocol.devicelist import DeviceList
from protocol.errors import ForgedError, MalformedError, RefusedError
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_DEVICE_LIST_BYTES
from protocol.membership import NO_PREVIOUS, key_digest, record_hash
from protocol.roles import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A device list as the directory keeps it.

    `user_key` and `head` are digests (32 B) of its user key and of itself; `chain` counts the user
    keys of the person from 1; `newest` tells that no other list is in force.
    """

    party: Party
    user_key: bytes
    seq: int
    head: bytes
    chain: int
    devices: frozenset[DeviceId]
    present_chain: bool
    newest: bool


def device_list(tx: Transaction, user: UserId, head: bytes | None = None) -> bytes:
    """The newest signed device list of a user, or the one of that hash (32 B).

    Raises:
        NotFoundError: nobody enrolled has that id, or never had that list.
    """
    tx.subject = user
    which = DEVICE_LIST.c.user_id == user
    if head is not None:
        which &= DEVICE_LIST.c.head == head
    signed = tx.conn.execute(
        select(DEVICE_LIST.c.signed)
        .where(which)
        .order_by(DEVICE_LIST.c.chain.desc(), DEVICE_LIST.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    if signed is None:
        raise unknown()
    return bytes(signed)


def enrolled(tx: Transaction, user: bytes) -> bool:
    """Whether somebody of that id ever enrolled."""
    found = tx.conn.execute(select(ACCOUNT.c.chains).where(ACCOUNT.c.id == user)).scalar()
    return bool(found)


def listed(tx: Transaction, user: bytes, head: bytes) -> Listed | None:
    """What the directory knows of the device list of a user with that hash."""
    row = tx.conn.execute(
        select(ACCOUNT.c.party, ACCOUNT.c.chains, DEVICE_LIST)
        .join(DEVICE_LIST, DEVICE_LIST.c.user_id == ACCOUNT.c.id)
        .where(ACCOUNT.c.id == user, DEVICE_LIST.c.head == head)
    ).one_or_none()
    if row is None:
        return None
    found = signatures.peek(row.signed, DeviceList, limit=MAX_DEVICE_LIST_BYTES)
    newest = device_list(tx, UserId(user)) == row.signed
    return Listed(
        party=Party(row.party),
        user_key=row.user_key,
        seq=row.seq,
        head=row.head,
        chain=row.chain,
        devices=frozenset(DeviceId(entry.device) for entry in found.devices),
        present_chain=row.chain == row.chains,
        newest=newest,
    )


def first(tx: Transaction, user: UserId, chain: int) -> bytes:
    """The signed list that a chain began with."""
    signed = tx.conn.execute(
        select(DEVICE_LIST.c.signed)
        .where(DEVICE_LIST.c.user_id == user, DEVICE_LIST.c.chain == chain)
        .order_by(DEVICE_LIST.c.seq)
        .limit(1)
    ).scalar_one()
    return bytes(signed)


def begin(tx: Transaction, user: UserId, signed: bytes, chain: int) -> DeviceList:
    """Take in the first list of a chain; devices of earlier chains are revoked by it.

    Raises:
        MalformedError, ForgedError: not the first list of that person, or not properly signed.
        BadInputError: `conflict`; a device or a user key that was here before.
    """
    found = read(signed, user)
    if found.prev != NO_PREVIOUS or found.seq != 1 or not found.devices or found.revoked:
        raise MalformedError("A first device list names a device and follows nothing.")
    user_key = key_digest(codec.encode(found.user_key))
    known = tx.conn.execute(
        select(DEVICE_LIST.c.head)
        .where(DEVICE_LIST.c.user_id == user, DEVICE_LIST.c.user_key == user_key)
        .limit(1)
    )
    if known.one_or_none() is not None:
        raise conflict("A new beginning needs a new user key.")
    devices.revoke_others(tx, user)
    _save(tx, found, signed, chain)
    return found


def update(tx: Transaction, user: UserId, signed: bytes) -> bytes:
    """Replace the caller's own list by its direct successor.

    Raises:
        ForgedError: not signed by the same user key, not the next in the chain, or without the
            device that hands it in.
        BadInputError: `conflict`; another list came first, it changes nothing, or it brings back a
            device.
        NotFoundError: somebody else's list.
    """
    tx.subject = user
    if user != tx.user:
        raise unknown()
    tx.hold(user)
    authn.present(tx)
    if device_list(tx, user) == signed:
        return signed
    found = read(signed, user)
    if tx.device not in {entry.device for entry in found.devices}:
        raise ForgedError("A device cannot take itself off the list it hands in.")
    succeed(tx, found, signed)
    return signed


def succeed(tx: Transaction, found: DeviceList, signed: bytes) -> None:
    """Put a list behind the newest one of its person; who is not on it any more is revoked.

    Raises:
        ForgedError: another user key, or it does not follow the newest list by its rules.
        BadInputError: `conflict`; another list came first, it changes nothing, or it brings back a
            device.
    """
    user = UserId(found.user)
    current = device_list(tx, user)
    old = signatures.peek(current, DeviceList, limit=MAX_DEVICE_LIST_BYTES)
    if found.user_key == old.user_key and found.seq <= old.seq:
        raise conflict("Another device changed the device list first. Read it again.")
    try:
        devicelist.check_successor(old, found)
    except RefusedError as error:
        raise ForgedError("A device list follows the last one, under the same user key.") from error
    if (old.devices, old.revoked) == (found.devices, found.revoked):
        raise conflict("The device list changes nothing.")
    chain = select(ACCOUNT.c.chains).where(ACCOUNT.c.id == user)
    _save(tx, found, signed, int(tx.conn.execute(chain).scalar_one()))


def read(signed: bytes, user: bytes) -> DeviceList:
    """A device list of `user` that is consistent in itself and signed by the user key inside it.

    Raises:
        ForgedError: the signature does not verify.
        MalformedError: no device list, one of somebody else, or one that contradicts itself.
    """
    claim = signatures.peek(signed, DeviceList, limit=MAX_DEVICE_LIST_BYTES)
    signatures.check_public(claim.user_key)
    found = signatures.verify(
        signed, claim.user_key, DeviceList, signer=user, limit=MAX_DEVICE_LIST_BYTES
    )
    ids = [entry.device for entry in found.devices]
    if found.user != user or len(set(ids)) != len(ids) or set(ids) & set(found.revoked):
        raise MalformedError("A device list contradicts itself.")
    for entry in found.devices:
        signatures.check_public(entry.signing)
    return found


def _save(tx: Transaction, found: DeviceList, signed: bytes, chain: int) -> None:
    body = signatures.parse(signed, limit=MAX_DEVICE_LIST_BYTES).body
    tx.conn.execute(
        insert(DEVICE_LIST).values(
            user_id=found.user,
            head=record_hash(body),
            chain=chain,
            seq=found.seq,
            user_key=key_digest(codec.encode(found.user_key)),
            signed=signed,
        )
    )
    devices.add(tx, found)
    devices.revoke_absent(tx, found)
