"""The vault: one small file that turns a passphrase into the master key of a profile.

The passphrase goes through Argon2id; where the system has a keyring, a secret kept there goes in
as well, so that a stolen disk alone does not even allow guessing. Parameters below the floor are
refused: whoever writes the file must not be able to make guessing cheap.
Spec: docs/protocol/80-vault.md.
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from typing import Final

import nacl.bindings
import nacl.exceptions
import nacl.pwhash

from crypto.entropy import Entropy, draw
from crypto.kdf import hkdf
from protocol.errors import BugError, MalformedError, WrongPassphraseError
from protocol.limits import MIB

MASTER_BYTES: Final = 32
KEYRING_BYTES: Final = 32
_MAGIC: Final = b"JITV"
_VERSION: Final = 1
_HEADER: Final = struct.Struct(">4sBBIQ16s24s")
_FLAG_KEYRING: Final = 1
_TAG_BYTES: Final = 16
_VAULT_BYTES: Final = _HEADER.size + MASTER_BYTES + _TAG_BYTES
_NO_KEYRING: Final = bytes(KEYRING_BYTES)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: Argon2id passes and bytes of memory."""

    ops: int
    memory: int


FLOOR: Final = Cost(ops=3, memory=256 * MIB)
"""The least this program accepts and its default."""

CEILING: Final = Cost(ops=16, memory=2048 * MIB)
"""The most: an altered file must not be able to exhaust the machine."""


def create(
    passphrase: str, keyring_secret: bytes | None, entropy: Entropy, cost: Cost = FLOOR
) -> tuple[bytes, bytes]:
    """Make a new vault.

    Args:
        passphrase: as typed; compared after Unicode normalisation (NFC).
        keyring_secret: 32 bytes that the system keyring keeps, or None without a keyring.
        entropy: where salt, nonce and master key come from.
        cost: Argon2id parameters, between FLOOR and CEILING.

    Returns:
        The bytes of the vault file and the master key (32 bytes).

    Raises:
        MalformedError: the cost is out of bounds.
        BugError: the keyring secret is not 32 bytes.
    """
    _check_cost(cost)
    flags = 0 if keyring_secret is None else _FLAG_KEYRING
    salt, nonce, master = draw(entropy, 16), draw(entropy, 24), draw(entropy, MASTER_BYTES)
    header = _HEADER.pack(_MAGIC, _VERSION, flags, cost.ops, cost.memory, salt, nonce)
    key = _wrapping_key(passphrase, keyring_secret, salt, cost)
    seal = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt
    return header + seal(master, header, nonce, key), master


def open_vault(data: bytes, passphrase: str, keyring_secret: bytes | None) -> bytes:
    """Open a vault; return the master key (32 bytes).

    Raises:
        WrongPassphraseError: the passphrase is wrong, the keyring half is missing or another, or
            the file was altered; which of them cannot be told.
        MalformedError: not a vault, or parameters out of bounds.
    """
    flags, cost, salt, nonce = _read(data)
    if flags & _FLAG_KEYRING and keyring_secret is None:
        raise WrongPassphraseError("This profile also needs the secret in the system keyring.")
    secret = keyring_secret if flags & _FLAG_KEYRING else None
    key = _wrapping_key(passphrase, secret, salt, cost)
    header, sealed = data[: _HEADER.size], data[_HEADER.size :]
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, header, nonce, key)
    except nacl.exceptions.CryptoError as error:
        raise WrongPassphraseError("The passphrase does not open this profile.") from error


def needs_keyring(data: bytes) -> bool:
    """Tell whether this vault was made with a secret in the system keyring.

    Raises:
        MalformedError: not a vault.
    """
    return bool(_read(data)[0] & _FLAG_KEYRING)


def subkey(master: bytes, label: str, length: int = 32) -> bytes:
    """Derive the key of one purpose from the master key: HKDF-SHA-512, label "jitc/v1/vault/...".

    Raises:
        BugError: the master key has the wrong length.
    """
    if len(master) != MASTER_BYTES:
        raise BugError("A master key is 32 bytes.")
    return hkdf(b"", master, b"jitc/v1/vault/" + label.encode(), b"", length)


def _read(data: bytes) -> tuple[int, Cost, bytes, bytes]:
    """Flags, cost, salt and nonce of a well-formed vault."""
    if len(data) != _VAULT_BYTES:
        raise MalformedError("Not a vault file.")
    magic, version, flags, ops, memory, salt, nonce = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != _VERSION or flags & ~_FLAG_KEYRING:
        raise MalformedError("Not a vault file of this version.")
    cost = Cost(ops, memory)
    _check_cost(cost)
    return flags, cost, salt, nonce


def _check_cost(cost: Cost) -> None:
    if not (FLOOR.ops <= cost.ops <= CEILING.ops and FLOOR.memory <= cost.memory <= CEILING.memory):
        raise MalformedError("The vault asks for Argon2id parameters out of bounds.")


def _wrapping_key(passphrase: str, keyring_secret: bytes | None, salt: bytes, cost: Cost) -> bytes:
    if keyring_secret is not None and len(keyring_secret) != KEYRING_BYTES:
        raise BugError("A keyring secret is 32 bytes.")
    words = unicodedata.normalize("NFC", passphrase).encode(errors="surrogatepass")
    stretched = nacl.pwhash.argon2id.kdf(32, words, salt, opslimit=cost.ops, memlimit=cost.memory)
    return hkdf(keyring_secret or _NO_KEYRING, stretched, b"jitc/v1/vault", b"", 32)
