"""Checking, with nothing but the file, that two membership logs of one space exist.

Spec: docs/protocol/41-membership.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crypto import devicelist, fingerprint, signatures
from crypto.devicelist import find_device
from protocol import codec
from protocol.devicelist import DeviceEntry
from protocol.errors import ForgedError, MalformedError, RefusedError
from protocol.forks import MAX_PROOF_BYTES, ForkProof, Statement
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.limits import MAX_LOG_ENTRY_BYTES
from protocol.membership import Entry, Genesis, entry_hash, space_id
from protocol.receipts import Receipt

_KINDS: Final[dict[str, type[Genesis | Entry | Receipt]]] = {
    "genesis": Genesis,
    "entry": Entry,
    "receipt": Receipt,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Whose device signed one of the statements, by the list enclosed with it."""

    user: UserId
    device: DeviceId
    what: str  # genesis, entry or receipt
    digits: str  # the person's half of a safety number, 30 digits
    head: bytes  # what it says stands after the entry in question, 32 B


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """What a proof proves: both signed for different logs of one space."""

    space: SpaceId
    seq: int
    first: Witness
    second: Witness


def heads_of(signed: bytes) -> tuple[str, SpaceId, dict[int, bytes]]:
    """What a signed statement says of the log, WITHOUT verifying it: kind, space, seq -> head.

    Raises:
        MalformedError: neither a genesis, an entry nor a receipt.
    """
    body = signatures.parse(signed, limit=MAX_LOG_ENTRY_BYTES).body
    for kind in (Entry, Receipt, Genesis):
        try:
            record = signatures.peek(signed, kind, limit=MAX_LOG_ENTRY_BYTES)
        except MalformedError:
            continue
        if isinstance(record, Entry):
            heads = {record.seq: entry_hash(body), record.seq - 1: record.prev}
            return "entry", SpaceId(record.space), heads
        if isinstance(record, Receipt):
            return "receipt", SpaceId(record.space), {record.log_seq: record.log_head}
        return "genesis", space_id(body), {0: entry_hash(body)}
    raise MalformedError("A statement about a membership log that is none.")


def check(data: bytes) -> Fork:
    """Verify a proof with what it encloses.

    It does not prove whose the user keys are: compare the digits with the persons. It does not
    say which of the two logs is the true one, nor whether a person or the store made the fork.

    Raises:
        MalformedError: not a proof. ForgedError: a signature or a device list is false.
        RefusedError: properly signed, but the statements do not contradict each other.
    """
    proof = codec.decode(ForkProof, data, limit=MAX_PROOF_BYTES)
    space = SpaceId(proof.space)
    first, second = (_witness(one, space, proof.seq) for one in (proof.first, proof.second))
    if first.head == second.head:
        raise RefusedError("Both statements name the same log: this proves no fork.")
    return Fork(space=space, seq=proof.seq, first=first, second=second)


def _witness(statement: Statement, space: SpaceId, seq: int) -> Witness:
    user = UserId(statement.user)
    listed = devicelist.read_list(statement.devices, user)
    signer = signatures.parse(statement.signed, limit=MAX_LOG_ENTRY_BYTES).signer
    device = find_device(listed, signer)
    if device is None:
        raise ForgedError("A statement is signed by a device that its device list does not name.")
    what, of_space, heads = heads_of(statement.signed)
    _verify(statement.signed, device, what, user)
    if of_space != space or seq not in heads:
        raise RefusedError("A statement is about another space or another place of the log.")
    digits = fingerprint.half(user, codec.encode(listed.user_key))
    return Witness(user=user, device=DeviceId(signer), what=what, digits=digits, head=heads[seq])


def _verify(signed: bytes, device: DeviceEntry, what: str, user: UserId) -> None:
    kind: type[Genesis | Entry | Receipt] = _KINDS[what]
    record = signatures.verify(
        signed, device.signing, kind, signer=device.device, limit=MAX_LOG_ENTRY_BYTES
    )
    if isinstance(record, Receipt):
        named: tuple[bytes, bytes] = (user, record.device)
    else:
        named = (record.actor_user, record.actor_device)
    if named != (user, device.device):
        raise ForgedError("A statement names another person or device than signed it.")
