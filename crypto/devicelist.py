"""A person's devices, signed by the user key: make, extend, read, compare.

Whose user key is the right one, and which list counts, is said by the membership log of the space
(`user_key` and `list_head` of a member), never by the store.
Spec: docs/protocol/20-identities.md §6.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from typing import Final

from msgspec.structs import replace

from crypto import signatures
from crypto.keys import check_agreement_public
from crypto.signatures import SigningKey
from protocol import codec
from protocol.devicelist import DeviceEntry, DeviceList
from protocol.errors import (
    BugError,
    ForgedError,
    GhostMemberError,
    KeySubstitutedError,
    MalformedError,
)
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_DEVICE_LIST_BYTES, MAX_DEVICES_PER_USER
from protocol.membership import NO_PREVIOUS, key_digest, record_hash
from protocol.records import VERSION, SigningPublic

FIRST_SEQ: Final = 1


def first_list(
    user: UserId, usk: SigningKey, device: DeviceId, signing: SigningPublic, identity: bytes
) -> bytes:
    """The list of a person's first device.

    Args:
        user: the person.
        usk: the person's signing key; signs this and every later list.
        device: the device's id.
        signing: the device's public signing key (DSK).
        identity: the device's X25519 public key (DIK), 32 bytes.

    Returns:
        An encoded `Signed` of a `DeviceList` with sequence number 1.
    """
    only = DeviceEntry(
        version=VERSION,
        device=device,
        signing=signing,
        identity=identity,
        added_seq=FIRST_SEQ,
    )
    first = DeviceList(
        version=VERSION,
        user=user,
        seq=FIRST_SEQ,
        prev=NO_PREVIOUS,
        user_key=usk.public,
        devices=(only,),
        revoked=(),
    )
    return _seal(first, usk)


def add_device(
    data: bytes, usk: SigningKey, device: DeviceId, signing: SigningPublic, identity: bytes
) -> bytes:
    """The list that follows `data` and has one device more; an encoded `Signed`.

    Raises:
        BugError: the device is or was on the list, or the list is full.
    """
    old = read_list(data, _owner(data))
    known = {entry.device for entry in old.devices} | set(old.revoked)
    if device in known or len(old.devices) >= MAX_DEVICES_PER_USER:
        raise BugError("This device cannot be added to the list.")
    fresh = DeviceEntry(
        version=VERSION,
        device=device,
        signing=signing,
        identity=identity,
        added_seq=old.seq + 1,
    )
    return _seal(_next(data, old, (*old.devices, fresh), old.revoked), usk)


def revoke_device(data: bytes, usk: SigningKey, device: DeviceId) -> bytes:
    """The list that follows `data` and names `device` as revoked; an encoded `Signed`.

    Raises:
        BugError: the device is not on the list.
    """
    old = read_list(data, _owner(data))
    rest = tuple(entry for entry in old.devices if entry.device != device)
    if len(rest) == len(old.devices):
        raise BugError("This device is not on the list.")
    return _seal(_next(data, old, rest, (*old.revoked, device)), usk)


def restore_device(
    data: bytes, usk: SigningKey, fresh: DeviceEntry, revoked: Collection[bytes]
) -> bytes:
    """The list that follows `data`, with one device more and some revoked; an encoded `Signed`.

    Args:
        data: the newest list.
        usk: the person's signing key.
        fresh: the new device; its `added_seq` is set here.
        revoked: ids of listed devices that are lost.

    Raises:
        BugError: the new device is or was on the list, or too many would stand on it.
    """
    old = read_list(data, _owner(data))
    stay = tuple(entry for entry in old.devices if entry.device not in revoked)
    gone = tuple(entry.device for entry in old.devices if entry.device in revoked)
    known = {entry.device for entry in old.devices} | set(old.revoked)
    if fresh.device in known or len(stay) >= MAX_DEVICES_PER_USER:
        raise BugError("This device cannot be added to the list.")
    added = replace(fresh, added_seq=old.seq + 1)
    return _seal(_next(data, old, (*stay, added), (*old.revoked, *gone)), usk)


def read_list(
    data: bytes, user: UserId, *, user_key: bytes | None = None, head: bytes | None = None
) -> DeviceList:
    """Read a device list: signed by the user key inside it, and that key the expected one.

    Without `user_key` this shows only that the list is whole; it says nothing about whose it is.

    Args:
        data: an encoded `Signed` of a `DeviceList`.
        user: whose list it must be.
        user_key: `key_digest` (32 B) of the user key that the membership log states.
        head: `record_hash` (32 B) of the list that the membership log states.

    Raises:
        KeySubstitutedError: another user key than the log states (A02).
        GhostMemberError: another list than the log states (A04).
        ForgedError: the signature does not verify, or it is another person's list.
        MalformedError: not a list, or one with unfit keys or devices named twice.
    """
    listed = signatures.peek(data, DeviceList, limit=MAX_DEVICE_LIST_BYTES)
    if listed.user != user:
        raise ForgedError("A device list of another person was served.")
    if user_key is not None and not hmac.compare_digest(
        key_digest(codec.encode(listed.user_key)), user_key
    ):
        raise KeySubstitutedError("The store served another user key than the membership states.")
    signatures.verify(data, listed.user_key, DeviceList, signer=user, limit=MAX_DEVICE_LIST_BYTES)
    _check_shape(listed)
    if head is not None and not hmac.compare_digest(record_hash(codec.encode(listed)), head):
        raise GhostMemberError("The store served other devices than the membership states.")
    return listed


def list_head(data: bytes) -> bytes:
    """`record_hash` of the list inside a `Signed`, as the membership log names it; 32 bytes.

    Raises:
        MalformedError: not a `Signed`.
    """
    return record_hash(signatures.parse(data, limit=MAX_DEVICE_LIST_BYTES).body)


def find_device(listed: DeviceList, device: bytes) -> DeviceEntry | None:
    """The entry of a device that may act: on the list and not revoked."""
    if device in listed.revoked:
        return None
    return next((entry for entry in listed.devices if entry.device == device), None)


def _owner(data: bytes) -> UserId:
    return UserId(signatures.parse(data, limit=MAX_DEVICE_LIST_BYTES).signer)


def _next(
    data: bytes,
    old: DeviceList,
    devices: tuple[DeviceEntry, ...],
    revoked: tuple[bytes, ...],
) -> DeviceList:
    return replace(old, seq=old.seq + 1, prev=list_head(data), devices=devices, revoked=revoked)


def _seal(listed: DeviceList, usk: SigningKey) -> bytes:
    if usk.public != listed.user_key:
        raise BugError("A device list is signed by the user key it names.")
    _check_shape(listed)
    return signatures.sign(usk, listed.user, listed)


def _check_shape(listed: DeviceList) -> None:
    ids = [entry.device for entry in listed.devices] + list(listed.revoked)
    if len(set(ids)) != len(ids):
        raise MalformedError("A device list names a device twice.")
    if listed.seq < FIRST_SEQ or (listed.seq == FIRST_SEQ) != (listed.prev == NO_PREVIOUS):
        raise MalformedError("A device list has no proper place in its chain.")
    for entry in listed.devices:
        if not FIRST_SEQ <= entry.added_seq <= listed.seq:
            raise MalformedError("A device list states when a device was added, wrongly.")
        signatures.check_public(entry.signing)
        check_agreement_public(entry.identity)
