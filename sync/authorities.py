"""Reads a file of authorities, in PEM, before it is demanded of anybody. ADR 62.

OpenSSL reads it, as it will when it is used; nothing here decides whom to trust.
"""

from __future__ import annotations

import ssl
from typing import Any, Final

from protocol.errors import ConfigurationError

MAX_BYTES: Final = 1024 * 1024
_NAMED_BY: Final = ("commonName", "organizationName", "organizationalUnitName")
_MAX_NAME: Final = 200


def read_authorities(data: bytes) -> tuple[tuple[str, int], ...]:
    """Of each authority its name and when it ends, in Unix seconds.

    Args:
        data: the file, at most `MAX_BYTES`; text between the certificates is passed over.

    Raises:
        ConfigurationError: there is none in it, or what nobody may put there.
    """
    if len(data) > MAX_BYTES:
        raise ConfigurationError("This file is too long for a list of authorities.")
    text = data.decode("ascii", "ignore")
    if "PRIVATE KEY-----" in text:
        raise ConfigurationError(
            "There is a private key in this file. Choose one with the authority's certificate only."
        )
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise ConfigurationError("This is no file of certificates in PEM form.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=text)
        found = context.get_ca_certs()
    except (ssl.SSLError, ValueError) as error:
        raise ConfigurationError("A certificate in this file cannot be read.") from error
    if not found:
        raise ConfigurationError(
            "There is no authority in this file; the certificate of a server is none."
        )
    return tuple((_name(one), _until(one)) for one in found)


def _name(certificate: dict[str, Any]) -> str:
    said = {key: value for part in certificate.get("subject", ()) for key, value in part}
    name = next((str(said[one]) for one in _NAMED_BY if said.get(one)), "")
    return "".join(one for one in name if one.isprintable())[:_MAX_NAME]


def _until(certificate: dict[str, Any]) -> int:
    try:
        return int(ssl.cert_time_to_seconds(str(certificate.get("notAfter", ""))))
    except ValueError:
        return 0
