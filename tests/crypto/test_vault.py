"""The vault. Argon2id runs at its real floor here: half a second per guess is the point."""

from __future__ import annotations

import hashlib
import hmac
import struct

import nacl.bindings
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import vault
from protocol.errors import BugError, MalformedError, WrongPassphraseError
from protocol.limits import MIB

SECRET = b"k" * 32


class Repeatable:
    """Random bytes from a seed."""

    def __init__(self, seed: bytes = b"") -> None:
        self._state = hashlib.sha256(seed).digest()

    def token(self, size: int) -> bytes:
        self._state = hashlib.sha256(self._state).digest()
        return hashlib.shake_256(self._state).digest(size)


@pytest.fixture(scope="module")
def plain_vault() -> tuple[bytes, bytes]:
    return vault.create("correct horse", None, Repeatable())


@pytest.fixture(scope="module")
def keyring_vault() -> tuple[bytes, bytes]:
    return vault.create("correct horse", SECRET, Repeatable())


def test_the_passphrase_opens_what_it_made(plain_vault: tuple[bytes, bytes]) -> None:
    data, master = plain_vault

    assert vault.open_vault(data, "correct horse", None) == master
    assert len(master) == vault.MASTER_BYTES
    assert not vault.needs_keyring(data)


def test_another_passphrase_does_not_open_it(plain_vault: tuple[bytes, bytes]) -> None:
    with pytest.raises(WrongPassphraseError):
        vault.open_vault(plain_vault[0], "correct horse ", None)


def test_the_keyring_half_is_needed_where_it_was_used(
    keyring_vault: tuple[bytes, bytes],
) -> None:
    data, master = keyring_vault

    assert vault.needs_keyring(data)
    assert vault.open_vault(data, "correct horse", SECRET) == master
    with pytest.raises(WrongPassphraseError):
        vault.open_vault(data, "correct horse", None)
    with pytest.raises(WrongPassphraseError):
        vault.open_vault(data, "correct horse", bytes(32))


def test_taking_the_keyring_mark_away_opens_nothing(keyring_vault: tuple[bytes, bytes]) -> None:
    data = bytearray(keyring_vault[0])
    data[5] = 0

    with pytest.raises(WrongPassphraseError):
        vault.open_vault(bytes(data), "correct horse", None)


def test_an_unneeded_keyring_secret_is_not_mixed_in(plain_vault: tuple[bytes, bytes]) -> None:
    data, master = plain_vault

    assert vault.open_vault(data, "correct horse", SECRET) == master


def test_the_same_letters_typed_on_another_keyboard_open_it() -> None:
    data, master = vault.create("caf\u00e9", None, Repeatable())

    assert vault.open_vault(data, "cafe\u0301", None) == master


@pytest.mark.parametrize("at", [14, 40, 60, -1], ids=["cost", "nonce", "key", "tag"])
def test_an_altered_vault_does_not_open(plain_vault: tuple[bytes, bytes], at: int) -> None:
    data = bytearray(plain_vault[0])
    data[at] ^= 1

    with pytest.raises((WrongPassphraseError, MalformedError)):
        vault.open_vault(bytes(data), "correct horse", None)


@pytest.mark.parametrize(
    ("ops", "memory"),
    [(2, 256 * MIB), (3, 256 * MIB - 1), (17, 256 * MIB), (3, 2**40), (0, 0)],
)
def test_cheap_and_exhausting_parameters_are_refused(
    plain_vault: tuple[bytes, bytes], ops: int, memory: int
) -> None:
    data = plain_vault[0][:6] + struct.pack(">IQ", ops, memory) + plain_vault[0][18:]

    with pytest.raises(MalformedError):
        vault.open_vault(data, "correct horse", None)
    with pytest.raises(MalformedError):
        vault.create("x", None, Repeatable(), vault.Cost(ops, memory))


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_anything_else_is_not_a_vault(data: bytes) -> None:
    with pytest.raises(MalformedError):
        vault.needs_keyring(data)


@pytest.mark.parametrize("at", [0, 4, 5])
def test_another_kind_version_or_flag_is_refused(plain_vault: tuple[bytes, bytes], at: int) -> None:
    data = bytearray(plain_vault[0])
    data[at] ^= 0x80

    with pytest.raises(MalformedError):
        vault.needs_keyring(bytes(data))


def test_a_keyring_secret_of_another_length_is_our_mistake() -> None:
    with pytest.raises(BugError):
        vault.create("x", b"short", Repeatable())


def test_two_vaults_of_one_passphrase_share_nothing() -> None:
    one, first = vault.create("x", None, Repeatable(b"1"))
    two, second = vault.create("x", None, Repeatable(b"2"))

    assert one[18:] != two[18:]
    assert first != second


def test_every_purpose_has_its_own_key() -> None:
    master = bytes(32)

    keys = {vault.subkey(master, label) for label in ("device.db", "space", "keyring")}

    assert len(keys) == 3
    assert len(vault.subkey(master, "device.db", 64)) == 64
    with pytest.raises(BugError):
        vault.subkey(b"short", "device.db")


def test_the_format_is_what_the_specification_says(keyring_vault: tuple[bytes, bytes]) -> None:
    data, master = keyring_vault
    salt, nonce, header = data[18:34], data[34:58], data[:58]

    stretched = nacl.bindings.crypto_pwhash_alg(
        32, b"correct horse", salt, 3, 256 * MIB, nacl.bindings.crypto_pwhash_ALG_ARGON2ID13
    )
    extracted = hmac.digest(SECRET, stretched, hashlib.sha512)
    key = hmac.digest(extracted, b"jitc/v1/vault\x00\x01", hashlib.sha512)[:32]

    opened = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(data[58:], header, nonce, key)
    assert header[:18] == b"JITV\x01\x01" + struct.pack(">IQ", 3, 256 * MIB)
    assert opened == master
