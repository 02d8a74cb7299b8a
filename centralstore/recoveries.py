"""A person without a device: known by the user key, she reads her list and hands in the next one.

Both take a nonce and a signature by the user key, which is not on any device's way to sign in.
Whatever is wrong, the answer is the same. Spec: docs/protocol/71-recovery.md.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete

from centralstore import authn, devicelists, directory
from centralstore.authn import digest
from centralstore.database import Transaction
from centralstore.tables import CHALLENGE
from crypto import signatures
from protocol.api.accounts import User
from protocol.devicelist import DeviceList
from protocol.errors import BadInputError, ForgedError, MalformedError, NotFoundError
from protocol.ids import UserId
from protocol.limits import MAX_DEVICE_LIST_BYTES
from protocol.membership import record_hash
from protocol.recovery import RecoveryProof

NOTHING: Final = bytes(32)
_REFUSED: Final = "The store does not accept this recovery."


def newest_list(tx: Transaction, proof: bytes, certificates: frozenset[bytes]) -> bytes:
    """The newest device list of whoever signed `proof` (a `Signed` RecoveryProof).

    Raises:
        ForgedError: anything at all is wrong; the answer does not tell what.
    """
    user = _proven(tx, proof, certificates, NOTHING)
    return devicelists.device_list(tx, user)


def recover(tx: Transaction, proof: bytes, signed: bytes, certificates: frozenset[bytes]) -> User:
    """Put `signed` behind the newest list of its person; devices it drops are revoked.

    The very same list again (a lost answer) succeeds again.

    Raises:
        ForgedError: anything at all is wrong; the answer does not tell what.
        BadInputError: `conflict`; the list changes nothing or brings back a device.
    """
    try:
        body = signatures.parse(signed, limit=MAX_DEVICE_LIST_BYTES).body
    except MalformedError as error:
        raise ForgedError(_REFUSED) from error
    user = _proven(tx, proof, certificates, record_hash(body), alone=True)
    if devicelists.device_list(tx, user) != signed:
        try:
            devicelists.succeed(tx, devicelists.read(signed, user), signed)
        except BadInputError:
            raise
        except (ForgedError, MalformedError) as error:
            raise ForgedError(_REFUSED) from error
    return directory.person(tx, user)


def _proven(
    tx: Transaction,
    proof: bytes,
    certificates: frozenset[bytes],
    subject: bytes,
    *,
    alone: bool = False,
) -> UserId:
    """Whose user key, the one in force, signed a fresh proof about `subject` (32 B)."""
    try:
        user = UserId(signatures.parse(proof).signer)
        if alone:
            tx.hold(user)
        current = devicelists.device_list(tx, user)
        key = signatures.peek(current, DeviceList, limit=MAX_DEVICE_LIST_BYTES).user_key
        claim = signatures.verify(proof, key, RecoveryProof, signer=user)
    except (ForgedError, MalformedError, NotFoundError) as error:
        raise ForgedError(_REFUSED) from error
    if authn.blocked(tx, user):
        raise ForgedError(_REFUSED)
    spent = tx.conn.execute(
        delete(CHALLENGE).where(
            CHALLENGE.c.nonce_hash == digest(claim.nonce), CHALLENGE.c.expires_at > tx.second
        )
    )
    seen = claim.certificate in certificates
    if spent.rowcount != 1 or not seen or (claim.user, claim.subject) != (user, subject):
        raise ForgedError(_REFUSED)
    tx.user = user
    return user
