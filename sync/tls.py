"""TLS to one store, known by the SHA-256 of its certificate and by nothing else.

The pin comes from the invitation, which a person received out of band, or from a statement that
the store's long-term key signed (`transport.py`); no authority and no host name can stand in for
it. The check sits inside the handshake of the context's own socket and
object classes: whoever gets a connected stream from this context, httpx as well as http.client,
gets it only after the check, so no byte of a request can leave for another certificate.
Spec: docs/protocol/70-store.md §1.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ssl
from collections.abc import Iterator
from typing import Final

from protocol.errors import BugError, StoreIdentityError
from sync.issuer import issuer_of
from sync.network import authorities

PIN_BYTES: Final = 32


class PinnedContext(ssl.SSLContext):
    """A client context of TLS 1.3 that remembers the one certificate it accepts."""

    certificate_sha256: bytes


class _PinnedSocket(ssl.SSLSocket):
    """Blocking TLS, as http.client uses it."""

    def do_handshake(self, block: bool = False) -> None:
        with _authorities_named():
            super().do_handshake(block)
        try:
            check_peer(self, _pin_of(self.context))
        except BaseException:
            self.close()  # ssl closes it for OSError only; nobody else holds it yet
            raise


class _PinnedObject(ssl.SSLObject):
    """TLS over memory buffers, as asyncio and anyio (httpx) use it."""

    def do_handshake(self) -> None:
        with _authorities_named():
            super().do_handshake()
        check_peer(self, _pin_of(self.context))


def pinned_context(certificate_sha256: bytes) -> ssl.SSLContext:
    """A context that connects to the certificate with this SHA-256 only, over TLS 1.3 only.

    Where the machine demands authorities (`network.py`), one of them must have issued it as well.
    Takes some milliseconds (OpenSSL reads its configuration): build it off the loop's thread.

    Args:
        certificate_sha256: SHA-256 of the certificate's DER form, 32 bytes.

    Raises:
        BugError: the pin is not 32 bytes long.
    """
    if len(certificate_sha256) != PIN_BYTES:
        raise BugError("A certificate pin has 32 bytes.")
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.certificate_sha256 = bytes(certificate_sha256)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The identity is the pin. TLS itself still proves that the peer holds the certificate's key.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if authorities():  # a further condition where the machine sets one, never another identity
        context.load_verify_locations(cafile=authorities())
        context.verify_mode = ssl.CERT_REQUIRED
    context.sslsocket_class = _PinnedSocket
    context.sslobject_class = _PinnedObject
    return context


def check_peer(connection: ssl.SSLSocket | ssl.SSLObject, pin: bytes) -> None:
    """Compare the certificate of a finished handshake with the pin.

    Raises:
        StoreIdentityError: another certificate, or none.
    """
    certificate = connection.getpeercert(binary_form=True)
    seen = hashlib.sha256(certificate).digest() if certificate is not None else b""
    if not hmac.compare_digest(seen, pin):
        raise _not_the_store(certificate or b"", seen)


def _not_the_store(certificate: bytes, seen: bytes) -> StoreIdentityError:
    issuer = issuer_of(certificate)
    error = StoreIdentityError(
        f"The server that answered is not the store of your invitation. Its certificate was issued "
        f"by “{issuer}”. Nothing of yours was sent to it."
        if issuer
        else "The server that answered is not the store of your invitation. Nothing of yours was "
        "sent to it."
    )
    error.certificate = seen
    return error


@contextlib.contextmanager
def _authorities_named() -> Iterator[None]:
    """A chain that leads to none of the demanded authorities is another identity."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise StoreIdentityError(
            "The certificate of the server that answered comes from none of the authorities that "
            "this computer demands. Nothing of yours was sent to it."
        ) from error


def _pin_of(context: ssl.SSLContext) -> bytes:
    if not isinstance(context, PinnedContext):
        raise BugError("A pinned connection without a pin.")
    return context.certificate_sha256
