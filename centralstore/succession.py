"""One certificate after another: made ahead, stated by the store's long-term key, put in place.

DATA/keys/next.key, next.crt          the certificate that comes next, when there is one
DATA/keys/tls.statement, next.statement   what the store's key says of each (`StoreCertificate`)

A statement that is missing, or of another certificate, is made anew; it is not in backups, so that
a store that was set back states its old certificate anew, as the newest. The number is the time
in seconds at which it was made, or one more than the last one's, whichever is higher.
Spec: docs/protocol/74-certificate.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from centralstore import certificate
from centralstore.settings import Store
from crypto import signatures
from protocol.certificates import MAX_STATEMENT_BYTES, StoreCertificate
from protocol.errors import BadInputError, CannotCreateError, JitError, NotFoundError
from protocol.records import VERSION

MAKE_DAYS: Final = 60
"""A certificate of the store's own making has a successor from so many days before its end."""
SWITCH_DAYS: Final = 35
"""And makes way for it then: before anybody is warned (30 days)."""
_DAY: Final = 86_400.0
_TIMES: Final = (0, 2**37)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A certificate and what the store's key says of it."""

    record: StoreCertificate
    signed: bytes


def load_pair(pem: Path, key: Path) -> bytes:
    """The certificate's PEM, if the key is its own.

    Raises:
        OSError, ValueError: a file that cannot be read, is no certificate, or another key's
            (`ssl.SSLError` is an OSError).
    """
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(pem, key)
    return pem.read_bytes()


def stated(store: Store, pem: bytes, now: float, *, ahead: bool = False) -> Stated:
    """The statement about a certificate (of the next one: `ahead`), made now if there is none.

    Where the folder cannot be written it is made anew at every start: a higher number of the same
    certificate harms nobody.

    Raises:
        ValueError: not a certificate.
    """
    digest = hashlib.sha256(certificate.der(pem)).digest()
    found = _kept(store, ahead=ahead)
    if found is not None and found.record.certificate == digest:
        return found
    others = (found, _kept(store, ahead=not ahead))
    last = max((one.record.number for one in others if one is not None), default=0)
    key = store.store_key()
    begins, ends = certificate.dates(pem)
    record = StoreCertificate(
        version=VERSION,
        store=key.public,
        number=max(last + 1, int(now)),
        certificate=digest,
        not_before=_bounded(begins),
        not_after=_bounded(ends),
    )
    made = Stated(record=record, signed=signatures.sign_store(key, record))
    with contextlib.suppress(OSError):
        _write(_statement(store, ahead=ahead), made.signed)
    return made


def upcoming(store: Store, now: float) -> Stated | None:
    """What is stated of the next certificate, once it lies there with its key.

    Raises:
        OSError, ValueError: the two files do not fit together.
    """
    if not (store.next_certificate.exists() and store.next_key.exists()):
        return None
    pem = load_pair(store.next_certificate, store.next_key)
    return stated(store, pem, now, ahead=True)


def make(store: Store, now: float, given: tuple[bytes, bytes] | None = None) -> Stated:
    """Put a next certificate beside the present one: a given key and certificate, or our own.

    Raises:
        CannotCreateError: there is one already, or the folder cannot be written.
        BadInputError: what was given does not fit together.
    """
    if store.next_certificate.exists() and store.next_key.exists():
        raise CannotCreateError("There is a next certificate already. See: certificate show")
    key, pem = given or certificate.create(store.host, now)
    try:
        # Key first: a certificate without a key is what an interrupted `switch` leaves.
        store.next_certificate.unlink(missing_ok=True)
        _write(store.next_key, key)
        _write(store.next_certificate, pem)
        load_pair(store.next_certificate, store.next_key)
        return stated(store, pem, now, ahead=True)
    except (ssl.SSLError, ValueError) as error:
        for path in (store.next_certificate, store.next_key):
            path.unlink(missing_ok=True)
        raise BadInputError("The certificate and the key do not fit together.") from error
    except OSError as error:
        raise CannotCreateError("The next certificate cannot be written into keys/.") from error


def switch(store: Store, now: float) -> StoreCertificate:
    """Put the next certificate in the place of the present one; a running store takes it up.

    Raises:
        NotFoundError: there is none.
        BadInputError: it does not fit its key, or is not valid at this moment.
        CannotCreateError: the folder cannot be written.
    """
    try:
        following = upcoming(store, now)
    except (OSError, ValueError) as error:
        raise BadInputError("The next certificate does not fit its key.") from error
    if following is None:
        raise NotFoundError("There is no next certificate. Make one with: certificate make")
    if not following.record.not_before <= now <= following.record.not_after:
        raise BadInputError("The next certificate is not valid now.")
    try:
        store.next_key.replace(store.tls_key)
        resume(store)
    except OSError as error:
        raise CannotCreateError("The certificate cannot be put in its place.") from error
    return following.record


def resume(store: Store) -> None:
    """Finish a `switch` that was cut off: a next certificate whose key is in place already."""
    if store.next_certificate.exists() and not store.next_key.exists():
        with contextlib.suppress(FileNotFoundError):
            _statement(store, ahead=True).replace(_statement(store, ahead=False))
        store.next_certificate.replace(store.tls_certificate)


def tend(store: Store, now: float) -> None:
    """Renew a certificate of this program's own making before its end.

    One that an operator put there is his to renew.

    Raises:
        JitError, OSError, ValueError: it could not be done; asked again at the next look.
    """
    pem = store.tls_certificate.read_bytes()
    left = (certificate.dates(pem)[1] - now) / _DAY
    if left > MAKE_DAYS or not certificate.is_ours(pem):
        return
    if upcoming(store, now) is None:
        make(store, now)
    if left <= SWITCH_DAYS:
        switch(store, now)


def _kept(store: Store, *, ahead: bool) -> Stated | None:
    try:
        with _statement(store, ahead=ahead).open("rb") as file:
            signed = file.read(MAX_STATEMENT_BYTES + 1)
        public = store.store_key().public
        record = signatures.verify_store(
            signed, public, StoreCertificate, limit=MAX_STATEMENT_BYTES
        )
    except (OSError, JitError):
        return None
    return Stated(record=record, signed=signed) if record.store == public else None


def _statement(store: Store, *, ahead: bool) -> Path:
    return (store.next_certificate if ahead else store.tls_certificate).with_suffix(".statement")


def _bounded(moment: float) -> int:
    low, high = _TIMES
    return int(min(max(moment, low), high))


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
