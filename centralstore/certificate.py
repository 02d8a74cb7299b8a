"""The store's self-signed TLS certificate; clients pin its SHA-256 through the invitation.

The only module of the store that speaks X.509 (and therefore `cryptography`).
Spec: docs/protocol/70-store.md §1.
"""

from __future__ import annotations

import datetime
import ipaddress
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAYS: Final = 825
_NAME: Final = "jitstore"


def create(host: str, now: float) -> tuple[bytes, bytes]:
    """A new P-256 key (PKCS #8 PEM) and certificate (PEM) for `host`, made at `now`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock of a client may be behind: pinning, not dates, decides; still be lenient.
        .not_valid_before(moment - datetime.timedelta(days=2))
        .not_valid_after(moment + datetime.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret, made.public_bytes(serialization.Encoding.PEM)


def der(pem: bytes) -> bytes:
    """The certificate's DER bytes, over which the fingerprint is taken."""
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def dates(pem: bytes) -> tuple[float, float]:
    """From when until when a certificate says that it holds, seconds since 1970 UTC."""
    found = x509.load_pem_x509_certificate(pem)
    return found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp()


def is_ours(pem: bytes) -> bool:
    """Whether `create` made it: in its own name, and nobody else's."""
    found = x509.load_pem_x509_certificate(pem)
    ours = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    return found.subject == found.issuer == ours


def _names(host: str) -> list[x509.GeneralName]:
    found: dict[str, x509.GeneralName] = {"localhost": x509.DNSName("localhost")}
    for text in ("127.0.0.1", "::1", host):
        try:
            found[text] = x509.IPAddress(ipaddress.ip_address(text))
        except ValueError:
            found[text] = x509.DNSName(text)
    return list(found.values())
