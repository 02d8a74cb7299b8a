"""Signing in: a device signs the store's nonce and the certificate it saw; sessions are short.

Nonces and tokens are kept as SHA-256 only. Spec: docs/protocol/70-store.md §4.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from centralstore.database import Transaction
from centralstore.errors import not_signed_in
from centralstore.prepared import Prepared
from centralstore.steps import Question, Steps, first
from centralstore.tables import BLOCKED, CHALLENGE, DEVICE, SESSION
from crypto import signatures
from protocol import codec
from protocol.api.accounts import ChallengeReply, SessionReply
from protocol.errors import ForgedError, MalformedError
from protocol.ids import DeviceId, UserId
from protocol.limits import CHALLENGE_SECONDS, SESSION_SECONDS
from protocol.receipts import Login
from protocol.records import SigningPublic

_MAX_TOKEN_CHARS: Final = 128
_MAX_SESSIONS_PER_DEVICE: Final = 8
_REFUSED: Final = "The store does not accept this sign-in."


def digest(secret: bytes) -> bytes:
    """SHA-256 of a random secret of at least 128 bits."""
    return hashlib.sha256(secret).digest()


def challenge(tx: Transaction) -> ChallengeReply:
    """A fresh nonce, good for one sign-in within CHALLENGE_SECONDS."""
    tx.conn.execute(delete(CHALLENGE).where(CHALLENGE.c.expires_at <= tx.second))
    nonce = secrets.token_bytes(32)
    expires = tx.second + CHALLENGE_SECONDS
    tx.conn.execute(insert(CHALLENGE).values(nonce_hash=digest(nonce), expires_at=expires))
    return ChallengeReply(nonce=nonce, expires_in=CHALLENGE_SECONDS)


def sign_in(tx: Transaction, login: bytes, certificates: frozenset[bytes]) -> SessionReply:
    """A session for the device that signed `login` (a `Signed` Login).

    Args:
        tx: the transaction.
        login: the signed record.
        certificates: SHA-256 of those we present; a client that saw another one is refused,
            because somebody stands between.

    Raises:
        ForgedError: anything at all is wrong; the answer does not tell what.
    """
    try:
        device = DeviceId(signatures.parse(login).signer)
        tx.hold(device)
        row = tx.conn.execute(
            select(DEVICE.c.signing, DEVICE.c.user_id).where(
                DEVICE.c.id == device, DEVICE.c.revoked.is_(False)
            )
        ).one_or_none()
        if row is None or blocked(tx, device, row.user_id):
            raise ForgedError(_REFUSED)
        public = codec.decode(SigningPublic, row.signing)
        claim = signatures.verify(login, public, Login, signer=device)
    except (ForgedError, MalformedError) as error:
        raise ForgedError(_REFUSED) from error
    tx.user, tx.device = UserId(row.user_id), device
    spent = tx.conn.execute(
        delete(CHALLENGE).where(
            CHALLENGE.c.nonce_hash == digest(claim.nonce), CHALLENGE.c.expires_at > tx.second
        )
    )
    if spent.rowcount != 1 or claim.device != device or claim.certificate not in certificates:
        raise ForgedError(_REFUSED)
    tx.conn.execute(update(DEVICE).where(DEVICE.c.id == device).values(last_seen=tx.second))
    return _session(tx)


def blocked(tx: Transaction, *ids: bytes) -> bool:
    """Whether the operator has shut out one of these people or devices."""
    found = tx.conn.execute(select(BLOCKED.c.id).where(BLOCKED.c.id.in_(ids)).limit(1))
    return found.scalar() is not None


def _session(tx: Transaction) -> SessionReply:
    tx.conn.execute(delete(SESSION).where(SESSION.c.expires_at <= tx.second))
    older = tx.conn.execute(
        select(SESSION.c.token_hash)
        .where(SESSION.c.device_id == tx.device)
        .order_by(SESSION.c.expires_at.desc())
        .offset(_MAX_SESSIONS_PER_DEVICE - 1)
    ).scalars()
    for token_hash in older.all():
        tx.conn.execute(delete(SESSION).where(SESSION.c.token_hash == token_hash))
    token = secrets.token_urlsafe(32)
    tx.conn.execute(
        insert(SESSION).values(
            token_hash=digest(token.encode()),
            user_id=tx.user,
            device_id=tx.device,
            expires_at=tx.second + SESSION_SECONDS,
        )
    )
    return SessionReply(token=token, expires_in=SESSION_SECONDS)


_IDENTIFY = Prepared(
    select(SESSION.c.user_id, SESSION.c.device_id, SESSION.c.expires_at)
    .join(DEVICE, DEVICE.c.id == SESSION.c.device_id)
    .where(
        DEVICE.c.revoked.is_(False),
        SESSION.c.token_hash == bindparam("token_hash"),
        SESSION.c.expires_at > bindparam("now"),
    )
)


def identify(tx: Transaction, authorization: str) -> Steps[int]:
    """Put the caller's user and device into `tx`; returns when the session ends.

    Raises:
        TryAgainError: `not-signed-in`; no bearer token, an unknown or an expired one.
    """
    scheme, _, token = authorization.partition(" ")
    row = None
    if scheme.lower() == "bearer" and 0 < len(token) <= _MAX_TOKEN_CHARS:
        asked = {"token_hash": digest(token.encode()), "now": tx.second}
        row = first((yield Question(_IDENTIFY, asked)))
    if row is None:
        raise not_signed_in()
    tx.user, tx.device = UserId(row.user_id), DeviceId(row.device_id)
    return int(row.expires_at)


def sign_out(tx: Transaction, authorization: str) -> None:
    """End the session that `authorization` names."""
    token = authorization.partition(" ")[2]
    tx.conn.execute(delete(SESSION).where(SESSION.c.token_hash == digest(token.encode())))


def end_sessions(tx: Transaction, device: DeviceId) -> None:
    """End every session of a device."""
    tx.conn.execute(delete(SESSION).where(SESSION.c.device_id == device))


def device_key(tx: Transaction) -> SigningPublic:
    """The public signing key of the calling device, as its device list states it.

    Raises:
        TryAgainError: `not-signed-in`; it was revoked since it was identified.
    """
    here = (DEVICE.c.id == tx.device) & DEVICE.c.revoked.is_(False)
    signing = tx.conn.execute(select(DEVICE.c.signing).where(here)).scalar_one_or_none()
    if signing is None:
        raise not_signed_in()
    return codec.decode(SigningPublic, signing)


def present(tx: Transaction) -> None:
    """Look again, once the device or its person is held, whether the caller was revoked meanwhile.

    Raises:
        TryAgainError: `not-signed-in`; it was.
    """
    here = (DEVICE.c.id == tx.device) & DEVICE.c.revoked.is_(False)
    if tx.conn.execute(select(DEVICE.c.id).where(here)).one_or_none() is None:
        raise not_signed_in()
