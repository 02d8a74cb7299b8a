"""One secret per profile in the system's keyring, and only in a real one.

Accepted: Secret Service, KWallet, macOS Keychain, Windows Credential Locker, by their exact
classes. A chain of keyrings is searched for one of these and not used itself; whatever would keep
the secret in a file, or nowhere, is refused. Calls may wait for a prompt of the desktop: make them
on a worker thread. Spec: docs/protocol/81-local-store.md §5.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from protocol.errors import BugError

SECRET_BYTES: Final = 32
_MAX_DIGITS: Final = 18
_ENCODED_CHARS: Final = 44
_SERVICE: Final = "jitclient"
_REAL: Final = frozenset(
    {
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
        ("keyring.backends.macOS", "Keyring"),
        ("keyring.backends.Windows", "WinVaultKeyring"),
    }
)


def available() -> bool:
    """Whether this system has a keyring we accept (it may still be locked)."""
    return accepted(_current()) is not None


def secret(profile_id: str) -> bytes | None:
    """The 32 bytes kept for a profile; None when there are none, or no keyring, or it is locked."""
    backend = accepted(_current())
    if backend is None:
        return None
    try:
        text = backend.get_password(_SERVICE, profile_id)
    except Exception:  # noqa: BLE001 - every backend has errors of its own, D-Bus ones too
        return None
    if text is None or len(text) != _ENCODED_CHARS:
        return None
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == SECRET_BYTES else None


def save(profile_id: str, secret_bytes: bytes) -> bool:
    """Keep 32 bytes for a profile; True only when reading them back gave the same.

    On False nothing may depend on the secret: seal the vault under the passphrase alone.
    """
    if len(secret_bytes) != SECRET_BYTES:
        raise BugError("A keyring secret has 32 bytes.")
    backend = accepted(_current())
    if backend is None:
        return False
    try:
        backend.set_password(_SERVICE, profile_id, base64.b64encode(secret_bytes).decode())
    except Exception:  # noqa: BLE001 - as above
        return False
    stored = secret(profile_id)
    return stored is not None and hmac.compare_digest(stored, secret_bytes)


def epoch(profile_id: str) -> int | None:
    """How far a profile had come when it was last told; None when the keyring does not say."""
    backend = accepted(_current())
    if backend is None:
        return None
    try:
        text = backend.get_password(_SERVICE, _epoch_entry(profile_id))
    except Exception:  # noqa: BLE001 - as above
        return None
    known = text is not None and text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
    return int(text) if text is not None and known else None


def save_epoch(profile_id: str, number: int) -> bool:
    """Keep how far a profile has come; True only when reading it back gave the same."""
    backend = accepted(_current())
    if backend is None:
        return False
    try:
        backend.set_password(_SERVICE, _epoch_entry(profile_id), str(number))
    except Exception:  # noqa: BLE001 - as above
        return False
    return epoch(profile_id) == number


def _epoch_entry(profile_id: str) -> str:
    return f"{profile_id}.epoch"


def forget(profile_id: str) -> None:
    """Remove a profile's secret; no error when there is none."""
    backend = accepted(_current())
    if backend is None:
        return
    try:
        backend.delete_password(_SERVICE, profile_id)
    except Exception:  # noqa: BLE001 - as above; also "no such password"
        return


def accepted(backend: KeyringBackend | None) -> KeyringBackend | None:
    """The backend itself, or the first one of a chain, that is a real keyring; else None."""
    candidates = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
    for candidate in candidates:
        kind = type(candidate)
        if (kind.__module__, kind.__qualname__) in _REAL:
            return candidate
    return None


def _current() -> KeyringBackend | None:
    try:
        return keyring.get_keyring()
    except Exception:  # noqa: BLE001 - a broken configuration file counts as no keyring
        return None
