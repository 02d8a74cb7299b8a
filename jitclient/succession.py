"""Which certificate of the store counts: the remembered one, then what its key vouches for.

The store's key came with the invitation and never changes; it vouches for each certificate in a
statement with a number that only rises. What is remembered of it lies in device.db.
Spec: docs/protocol/74-certificate.md §3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from crypto import signatures
from jitclient.foundation.clock import Clock
from jitclient.session import Session
from localstore import devices
from localstore.connection import transaction
from protocol.certificates import MAX_STATEMENT_BYTES, StoreCertificate
from protocol.errors import ForgedError, JitError
from protocol.ids import from_hex
from protocol.limits import LOG_WATCH_SECONDS
from sync.pool import Judge

NUMBER: Final = "certificate-number"
NEXT: Final = "certificate-next"
"""Settings of device.db: the highest number stated of the certificate in use; a statement, hex."""


def verify(signed: bytes, store_key: bytes) -> StoreCertificate:
    """A statement that this store's key signed.

    Raises:
        ForgedError: another key's, or about another store.
        MalformedError: not a statement.
    """
    record = signatures.verify_store(signed, store_key, StoreCertificate, limit=MAX_STATEMENT_BYTES)
    if record.store != store_key:
        raise ForgedError("A statement about the certificate of another store.")
    return record


def vouches(record: StoreCertificate, seen: bytes, *, above: int, now: int) -> bool:
    """Whether a verified statement lets a store with the certificate `seen` be followed.

    It must be about this very certificate, newer than what is remembered (an old one that was
    stolen has a lower number), and valid now.
    """
    newer = record.certificate == seen and record.number > above
    return newer and record.not_before <= now <= record.not_after


def judge_of(session: Session) -> Judge:
    """For the connection of an unlocked device."""
    return partial(session.run, judge, session)


def judge_without_profile(store_key: bytes, clock: Clock) -> Judge:
    """For a connection before there is a profile that could remember a number."""

    async def judged(seen: bytes, statement: bytes | None) -> bool:
        try:
            record = verify(statement or b"", store_key)
        except JitError:
            return False
        return vouches(record, seen, above=-1, now=clock.now())

    return judged


def judge(session: Session, seen: bytes, statement: bytes | None) -> bool:
    """Whether the store may be known by the certificate `seen`; then it is. Database thread.

    Args:
        session: the device.
        seen: SHA-256 of what answered at the store's address.
        statement: what it stated, unverified; None: what this device heard before.
    """
    if statement is None:
        kept = devices.setting(session.stores.device, NEXT) or ""
        statement = from_hex(kept, len(kept) // 2)
    try:
        record = verify(statement or b"", session.identity.store_key)
    except JitError:
        return False
    if not vouches(record, seen, above=_number(session), now=session.clock.now()):
        return False
    with transaction(session.stores.device):
        devices.repin(session.stores.device, seen)
        devices.set_setting(session.stores.device, NUMBER, str(record.number))
        devices.set_setting(session.stores.device, NEXT, "")
    session.identity = replace(session.identity, store_certificate=seen)
    return True


def due(session: Session) -> bool:
    """At the first round after unlocking, and once an hour."""
    passed = session.clock.now() - session.certificates_heard
    return not 0 <= passed < LOG_WATCH_SECONDS


def heard(session: Session, statements: Sequence[bytes]) -> None:
    """Remember the number of the certificate in use, and the statement about the next one.

    Raises:
        ForgedError, MalformedError: something that the store's key did not state.
    """
    session.certificates_heard = session.clock.now()
    key, present = session.identity.store_key, session.identity.store_certificate
    found = [(verify(one, key), one) for one in statements]
    number = _number(session)
    for record, _ in found:
        if record.certificate == present:
            number = max(number, record.number)
    later = [(r.number, one) for r, one in found if r.certificate != present and r.number > number]
    with transaction(session.stores.device):
        devices.set_setting(session.stores.device, NUMBER, str(number))
        if later:
            devices.set_setting(session.stores.device, NEXT, max(later)[1].hex())


def _number(session: Session) -> int:
    return int(devices.setting(session.stores.device, NUMBER) or -1)
