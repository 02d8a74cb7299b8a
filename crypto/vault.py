"""The vault: one small file that gives the master key of a profile to a passphrase, or to words.

The passphrase goes through Argon2id; where the system has a keyring, a secret kept there goes in
as well, so that a stolen disk alone does not even allow guessing. The same master key is wrapped a
second time under the person's root, which the recovery sheet carries: a forgotten passphrase or a
lost keyring costs nothing. Parameters below the floor are refused: whoever writes the file must
not be able to make guessing cheap. Spec: docs/protocol/80-vault.md.
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass, field
from typing import Final

import nacl.bindings
import nacl.exceptions
import nacl.pwhash

from crypto import recovery
from crypto.entropy import Entropy, draw
from crypto.kdf import hkdf
from protocol.errors import BugError, MalformedError, WrongPassphraseError
from protocol.limits import MIB

MASTER_BYTES: Final = 32
KEYRING_BYTES: Final = 32
PROFILE_BYTES: Final = 16
SALT_BYTES: Final = 16
_MAGIC: Final = b"JITV"
_VERSION: Final = 2
_HEADER: Final = struct.Struct(">4sBBIQ16s")
_FLAG_KEYRING: Final = 1
_NONCE_BYTES: Final = 24
_SEALED_BYTES: Final = MASTER_BYTES + 16
_WRAP_BYTES: Final = _NONCE_BYTES + _SEALED_BYTES
_VAULT_BYTES: Final = _HEADER.size + 2 * _WRAP_BYTES
_NO_KEYRING: Final = bytes(KEYRING_BYTES)
_BY_PASSPHRASE: Final = b"jitc/v1/vault"
_BY_ROOT: Final = b"jitc/v1/root/vault"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: Argon2id passes and bytes of memory."""

    ops: int
    memory: int


FLOOR: Final = Cost(ops=3, memory=256 * MIB)
"""The least this program accepts and its default."""

CEILING: Final = Cost(ops=16, memory=2048 * MIB)
"""The most: an altered file must not be able to exhaust the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What opens a vault: the passphrase with the keyring's 32 bytes (or None), or the root."""

    passphrase: str = field(repr=False)
    keyring: bytes | None = field(repr=False)
    root: bytes = field(repr=False)


def new_master(entropy: Entropy) -> bytes:
    """The master key of a new profile; 32 bytes."""
    return draw(entropy, MASTER_BYTES)


def new_salt(entropy: Entropy) -> bytes:
    """The salt of the next vault; 16 bytes. It also names the secret in the keyring."""
    return draw(entropy, SALT_BYTES)


def seal(
    master: bytes,
    keys: Keys,
    profile: bytes,
    entropy: Entropy,
    *,
    salt: bytes,
    cost: Cost = FLOOR,
) -> bytes:
    """Make a vault of a master key.

    Args:
        master: 32 bytes, from `new_master` or from the vault that this one replaces.
        keys: what shall open it. The passphrase is compared after Unicode normalisation (NFC).
        profile: the 16-byte id of the profile; in another profile the vault does not open.
        entropy: where the nonces come from.
        salt: from `new_salt`, for this vault alone.
        cost: Argon2id parameters, between FLOOR and CEILING.

    Returns:
        The bytes of the vault file.

    Raises:
        MalformedError: the cost is out of bounds.
        BugError: a secret has the wrong length.
    """
    _check_cost(cost)
    if len(master) != MASTER_BYTES or len(salt) != SALT_BYTES or len(profile) != PROFILE_BYTES:
        raise BugError("A master key is 32 bytes, a salt and a profile's id are 16.")
    flags = 0 if keys.keyring is None else _FLAG_KEYRING
    header = _HEADER.pack(_MAGIC, _VERSION, flags, cost.ops, cost.memory, salt)
    stretched = _wrapping_key(keys.passphrase, keys.keyring, salt, cost)
    return (
        header
        + _wrap(stretched, master, header + profile, entropy)
        + _wrap(_root_key(keys.root, salt), master, header + profile, entropy)
    )


def open_vault(data: bytes, passphrase: str, keyring_secret: bytes | None, profile: bytes) -> bytes:
    """Open a vault with the passphrase; return the master key (32 bytes).

    Raises:
        WrongPassphraseError: the passphrase is wrong, the keyring half is missing or another, the
            file was altered or belongs to another profile; which of them cannot be told.
        MalformedError: not a vault, or parameters out of bounds.
    """
    flags, cost, salt = _read(data)
    if flags & _FLAG_KEYRING and keyring_secret is None:
        raise WrongPassphraseError("This profile also needs the secret in the system keyring.")
    secret = keyring_secret if flags & _FLAG_KEYRING else None
    key = _wrapping_key(passphrase, secret, salt, cost)
    return _unwrap(key, data, _HEADER.size, profile)


def open_with_root(data: bytes, root: bytes, profile: bytes) -> bytes:
    """Open a vault with the person's root; return the master key (32 bytes).

    Raises:
        WrongPassphraseError: another person's root, an altered file or another profile's.
        MalformedError: not a vault.
    """
    salt = _read(data)[2]
    return _unwrap(_root_key(root, salt), data, _HEADER.size + _WRAP_BYTES, profile)


def needs_keyring(data: bytes) -> bool:
    """Tell whether this vault was made with a secret in the system keyring.

    Raises:
        MalformedError: not a vault.
    """
    return bool(_read(data)[0] & _FLAG_KEYRING)


def salt_of(data: bytes) -> bytes:
    """The salt (16 B) of a vault, by which the keyring knows its secret.

    Raises:
        MalformedError: not a vault.
    """
    return _read(data)[2]


def subkey(master: bytes, label: str, length: int = 32) -> bytes:
    """Derive the key of one purpose from the master key: HKDF-SHA-512, label "jitc/v1/vault/...".

    Raises:
        BugError: the master key has the wrong length.
    """
    if len(master) != MASTER_BYTES:
        raise BugError("A master key is 32 bytes.")
    return hkdf(b"", master, b"jitc/v1/vault/" + label.encode(), b"", length)


def _read(data: bytes) -> tuple[int, Cost, bytes]:
    """Flags, cost and salt of a well-formed vault."""
    if len(data) != _VAULT_BYTES:
        raise MalformedError("Not a vault file.")
    magic, version, flags, ops, memory, salt = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != _VERSION or flags & ~_FLAG_KEYRING:
        raise MalformedError("Not a vault file of this version.")
    cost = Cost(ops, memory)
    _check_cost(cost)
    return flags, cost, salt


def _check_cost(cost: Cost) -> None:
    if not (FLOOR.ops <= cost.ops <= CEILING.ops and FLOOR.memory <= cost.memory <= CEILING.memory):
        raise MalformedError("The vault asks for Argon2id parameters out of bounds.")


def _wrapping_key(passphrase: str, keyring_secret: bytes | None, salt: bytes, cost: Cost) -> bytes:
    if keyring_secret is not None and len(keyring_secret) != KEYRING_BYTES:
        raise BugError("A keyring secret is 32 bytes.")
    words = unicodedata.normalize("NFC", passphrase).encode(errors="surrogatepass")
    stretched = nacl.pwhash.argon2id.kdf(32, words, salt, opslimit=cost.ops, memlimit=cost.memory)
    return hkdf(keyring_secret or _NO_KEYRING, stretched, _BY_PASSPHRASE, b"", 32)


def _root_key(root: bytes, salt: bytes) -> bytes:
    if len(root) != recovery.ROOT_BYTES:
        raise BugError("A person's root is 32 bytes.")
    return hkdf(salt, root, _BY_ROOT, b"", 32)


def _wrap(key: bytes, master: bytes, context: bytes, entropy: Entropy) -> bytes:
    nonce = draw(entropy, _NONCE_BYTES)
    seal_ = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt
    return nonce + seal_(master, context, nonce, key)


def _unwrap(key: bytes, data: bytes, at: int, profile: bytes) -> bytes:
    nonce, sealed = data[at : at + _NONCE_BYTES], data[at + _NONCE_BYTES : at + _WRAP_BYTES]
    context = data[: _HEADER.size] + profile
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, context, nonce, key)
    except nacl.exceptions.CryptoError as error:
        raise WrongPassphraseError("This does not open the profile.") from error
