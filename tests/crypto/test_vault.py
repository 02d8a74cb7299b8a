"""The vault. Argon2id runs at its real floor here: half a second per guess is the point."""

from __future__ import annotations

import hashlib
import struct

import nacl.bindings
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import vault
from protocol.errors import BugError, MalformedError, WrongPassphraseError
from protocol.limits import MIB
from tests.crypto import second

SECRET = b"k" * 32
ROOT = b"r" * 32
PROFILE = b"p" * 16


class Repeatable:
    """Random bytes from a seed."""

    def __init__(self, seed: bytes = b"") -> None:
        self._state = hashlib.sha256(seed).digest()

    def token(self, size: int) -> bytes:
        self._state = hashlib.sha256(self._state).digest()
        return hashlib.shake_256(self._state).digest(size)


def create(
    passphrase: str, keyring: bytes | None, entropy: Repeatable, cost: vault.Cost = vault.FLOOR
) -> tuple[bytes, bytes]:
    """A vault and its master key."""
    master, salt = vault.new_master(entropy), vault.new_salt(entropy)
    keys = vault.Keys(passphrase=passphrase, keyring=keyring, root=ROOT)
    return vault.seal(master, keys, PROFILE, entropy, salt=salt, cost=cost), master


@pytest.fixture(scope="module")
def plain_vault() -> tuple[bytes, bytes]:
    return create("correct horse", None, Repeatable())


@pytest.fixture(scope="module")
def keyring_vault() -> tuple[bytes, bytes]:
    return create("correct horse", SECRET, Repeatable())


def test_the_passphrase_opens_what_it_made(plain_vault: tuple[bytes, bytes]) -> None:
    data, master = plain_vault

    assert vault.open_vault(data, "correct horse", None, PROFILE) == master
    assert len(master) == vault.MASTER_BYTES
    assert not vault.needs_keyring(data)


def test_another_passphrase_does_not_open_it(plain_vault: tuple[bytes, bytes]) -> None:
    with pytest.raises(WrongPassphraseError):
        vault.open_vault(plain_vault[0], "correct horse ", None, PROFILE)


def test_the_keyring_half_is_needed_where_it_was_used(
    keyring_vault: tuple[bytes, bytes],
) -> None:
    data, master = keyring_vault

    assert vault.needs_keyring(data)
    assert vault.open_vault(data, "correct horse", SECRET, PROFILE) == master
    with pytest.raises(WrongPassphraseError, match="system keyring"):
        vault.open_vault(data, "correct horse", None, PROFILE)
    with pytest.raises(WrongPassphraseError):
        vault.open_vault(data, "correct horse", bytes(32), PROFILE)


def test_taking_the_keyring_mark_away_opens_nothing(keyring_vault: tuple[bytes, bytes]) -> None:
    data = bytearray(keyring_vault[0])
    data[5] = 0

    with pytest.raises(WrongPassphraseError):
        vault.open_vault(bytes(data), "correct horse", None, PROFILE)


def test_an_unneeded_keyring_secret_is_not_mixed_in(plain_vault: tuple[bytes, bytes]) -> None:
    data, master = plain_vault

    assert vault.open_vault(data, "correct horse", SECRET, PROFILE) == master


def test_the_same_letters_typed_on_another_keyboard_open_it() -> None:
    data, master = create("caf\u00e9", None, Repeatable())

    assert vault.open_vault(data, "cafe\u0301", None, PROFILE) == master


@pytest.mark.parametrize("at", [14, 40, 60, 105], ids=["cost", "nonce", "key", "tag"])
def test_an_altered_vault_does_not_open(plain_vault: tuple[bytes, bytes], at: int) -> None:
    data = bytearray(plain_vault[0])
    data[at] ^= 1

    with pytest.raises((WrongPassphraseError, MalformedError)):
        vault.open_vault(bytes(data), "correct horse", None, PROFILE)


@pytest.mark.parametrize(
    ("ops", "memory"),
    [(2, 256 * MIB), (3, 256 * MIB - 1), (17, 256 * MIB), (3, 2**40), (0, 0)],
)
def test_cheap_and_exhausting_parameters_are_refused(
    plain_vault: tuple[bytes, bytes], ops: int, memory: int
) -> None:
    data = plain_vault[0][:6] + struct.pack(">IQ", ops, memory) + plain_vault[0][18:]

    with pytest.raises(MalformedError):
        vault.open_vault(data, "correct horse", None, PROFILE)
    with pytest.raises(MalformedError):
        create("x", None, Repeatable(), vault.Cost(ops, memory))


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
        create("x", b"short", Repeatable())


def test_two_vaults_of_one_passphrase_share_nothing() -> None:
    one, first = create("x", None, Repeatable(b"1"))
    two, second = create("x", None, Repeatable(b"2"))

    assert one[18:] != two[18:]
    assert first != second


def test_every_purpose_has_its_own_key() -> None:
    master = bytes(32)

    keys = {vault.subkey(master, label) for label in ("device.db", "space", "keyring")}

    assert len(keys) == 3
    assert len(vault.subkey(master, "device.db", 64)) == 64
    with pytest.raises(BugError):
        vault.subkey(b"short", "device.db")


def test_the_root_opens_it_without_passphrase_and_keyring(
    keyring_vault: tuple[bytes, bytes],
) -> None:
    data, master = keyring_vault

    assert vault.open_with_root(data, ROOT, PROFILE) == master
    with pytest.raises(WrongPassphraseError):
        vault.open_with_root(data, bytes(32), PROFILE)
    with pytest.raises(BugError):
        vault.open_with_root(data, b"short", PROFILE)


def test_a_new_vault_of_the_same_master_key_opens_under_the_new_passphrase_only(
    plain_vault: tuple[bytes, bytes],
) -> None:
    master = plain_vault[1]
    keys = vault.Keys(passphrase="another", keyring=None, root=ROOT)

    changed = vault.seal(master, keys, PROFILE, Repeatable(b"n"), salt=b"s" * 16)

    assert vault.open_vault(changed, "another", None, PROFILE) == master
    assert vault.open_with_root(changed, ROOT, PROFILE) == master
    with pytest.raises(WrongPassphraseError):
        vault.open_vault(changed, "correct horse", None, PROFILE)


def test_a_vault_carried_into_another_profile_opens_with_nothing(
    plain_vault: tuple[bytes, bytes],
) -> None:
    data = plain_vault[0]

    with pytest.raises(WrongPassphraseError):
        vault.open_vault(data, "correct horse", None, b"q" * 16)
    with pytest.raises(WrongPassphraseError):
        vault.open_with_root(data, ROOT, b"q" * 16)


@settings(max_examples=30, deadline=None)
@given(at=st.integers(0, 177), bit=st.integers(0, 7))
def test_no_bit_of_a_vault_may_change(plain_vault: tuple[bytes, bytes], at: int, bit: int) -> None:
    """The root's wrap answers at once; of the passphrase's wrap the header is the costly part."""
    data = bytearray(plain_vault[0])
    data[at] ^= 1 << bit

    if at < 34 or at >= 106:
        with pytest.raises((WrongPassphraseError, MalformedError)):
            vault.open_with_root(bytes(data), ROOT, PROFILE)
    else:
        with pytest.raises(WrongPassphraseError):
            vault.open_vault(bytes(data), "correct horse", None, PROFILE)


def test_what_opens_a_vault_does_not_show_itself() -> None:
    keys = vault.Keys(passphrase="correct horse", keyring=SECRET, root=ROOT)

    assert repr(keys) == "Keys()"


def test_the_format_is_what_the_specification_says(keyring_vault: tuple[bytes, bytes]) -> None:
    data, master = keyring_vault
    header, salt = data[:34], data[18:34]
    aead = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt

    stretched = nacl.bindings.crypto_pwhash_alg(
        32, b"correct horse", salt, 3, 256 * MIB, nacl.bindings.crypto_pwhash_ALG_ARGON2ID13
    )
    by_passphrase = second.hkdf(SECRET, stretched, b"jitc/v1/vault\x00", 32)
    by_root = second.hkdf(salt, ROOT, b"jitc/v1/root/vault\x00", 32)

    assert len(data) == 178
    assert header[:18] == b"JITV\x02\x01" + struct.pack(">IQ", 3, 256 * MIB)
    assert aead(data[58:106], header + PROFILE, data[34:58], by_passphrase) == master
    assert aead(data[130:], header + PROFILE, data[106:130], by_root) == master
