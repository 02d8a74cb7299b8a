"""Several files of one part each in one request: the same acts as one by one, in one transaction.

Nothing is allowed here that is not allowed file by file, and the access log has the same rows: each
act is asked of files.py and parts.py. What one file is refused for refuses them all.
Spec: docs/protocol/50-files.md §50.11.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from centralstore import files, parts
from centralstore.access import enter
from centralstore.accesslog import Access
from centralstore.database import Transaction
from centralstore.parts import Slot, Stored
from centralstore.policy import Act
from centralstore.quotas import Quotas
from crypto import merkle, partleaf, signatures
from crypto.signatures import StoreKey
from protocol.api.files import AnnounceRequest, FileState
from protocol.api.smallfiles import SmallFile
from protocol.errors import HashMismatchError, LimitExceededError, MalformedError
from protocol.ids import FileId, SpaceId
from protocol.limits import MAX_TOGETHER_BYTES
from protocol.receipts import DownloadProof


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One file of a request whose bytes are what they are said to be."""

    file: SmallFile
    leaf: bytes


Placed = tuple[Slot, Whole, str]
"""Where a part goes, what it is, and the key of its durable object; empty when it was known."""


def checked(request: Sequence[SmallFile]) -> list[Whole]:
    """Every file with its leaf, in the order of their ids, in which their rows are taken.

    Raises:
        HashMismatchError: bytes that do not make the root stated for them.
        LimitExceededError: together too many bytes; MalformedError: one file twice.
    """
    if sum(len(one.part) for one in request) > MAX_TOGETHER_BYTES:
        raise LimitExceededError(f"Together they have at most {MAX_TOGETHER_BYTES} bytes.")
    _once([one.file for one in request])
    found = []
    for one in sorted(request, key=lambda one: one.file):
        leaf = partleaf.leaf(one.part)
        if not hmac.compare_digest(merkle.root([leaf]), one.root):
            raise HashMismatchError("The bytes that arrived are not those that were sent.")
        found.append(Whole(file=one, leaf=leaf))
    return found


def announce(
    tx: Transaction, space: SpaceId, request: Sequence[Whole], quotas: Quotas
) -> dict[bytes, Slot]:
    """Make room for all; where the bytes go of those that are not here yet.

    Raises:
        JitError: what `files.announce` and `parts.slot` refuse one of them for.
    """
    entered = enter(tx, Act.ANNOUNCE_FILE, space)
    slots = {}
    for one in request:
        asked = AnnounceRequest(
            file=one.file.file,
            parts=1,
            sealed_bytes=len(one.file.part),
            recipients=one.file.recipients,
        )
        known = files.announce(tx, entered, asked, quotas)
        _note(tx, Act.ANNOUNCE_FILE, space, one.file.file)
        if known.state is not FileState.COMPLETE:
            file = FileId(one.file.file)
            slots[one.file.file] = parts.slot(tx, space, file, 0, looking=True)
    return slots


def keep(
    tx: Transaction,
    space: SpaceId,
    placed: Sequence[Placed],
    request: Sequence[Whole],
    key: StoreKey,
) -> tuple[dict[bytes, bytes], set[str]]:
    """Show what is durable now and close every file; receipts by file, and which keys are used.

    Raises:
        JitError: what `parts.store_part` and `files.complete` refuse one of them for.
    """
    used = set()
    for at, one, where in placed:
        if parts.store_part(tx, at, one.leaf, len(one.file.part), where):
            used.add(where)
        _note(tx, Act.PUT_PART, space, at.file)
    receipts: dict[bytes, bytes] = {}
    for one in request:
        file = FileId(one.file.file)
        receipts[file] = files.complete(tx, space, file, one.file.root, key)
        _note(tx, Act.COMPLETE_FILE, space, file)
    return receipts, used


def find(tx: Transaction, space: SpaceId, wanted: Sequence[bytes]) -> list[Stored]:
    """The only part of each file, in the order asked for.

    Raises:
        LimitExceededError: together too many bytes.
        JitError: what `parts.find_part` refuses one of them for.
    """
    _once(wanted)
    found = []
    for file in wanted:
        one = parts.find_part(tx, space, FileId(file), 0)
        _note(tx, Act.GET_PART, space, file)
        found.append(one)
    if sum(one.size for one in found) > MAX_TOGETHER_BYTES:
        raise LimitExceededError(f"Together they have more than {MAX_TOGETHER_BYTES} bytes.")
    return found


def prove(tx: Transaction, space: SpaceId, proofs: Sequence[bytes]) -> None:
    """Take a recipient's proofs; the last one of a file erases it.

    Raises:
        ForgedError: not signed by the calling device, or about another file.
        JitError: what `files.prove` refuses one of them for.
    """
    named = {signatures.peek(signed, DownloadProof).file: signed for signed in proofs}
    if len(named) != len(proofs):
        raise MalformedError("A file is named twice.")
    for file, signed in sorted(named.items()):
        files.prove(tx, space, FileId(file), signed)
        _note(tx, Act.PROVE_FILE, space, file)


def _once(ids: Sequence[bytes]) -> None:
    if len(set(ids)) != len(ids):
        raise MalformedError("A file is named twice.")


def _note(tx: Transaction, act: Act, space: bytes, file: bytes) -> None:
    """The row of the access log that the act has when it comes alone."""
    tx.accesses.append(
        Access(
            now=tx.now,
            user=tx.user,
            device=tx.device,
            operation=act.value,
            space=space,
            subject=file,
            result="ok",
        )
    )
