"""A01, A08: whoever writes the vault file gains nothing, and learns nothing from the answer."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import nacl.pwhash
import pytest

from crypto.entropy import SYSTEM
from jitclient import vaults
from localstore.profile import Profile
from protocol.errors import DamagedStoreError, JitError, WrongPassphraseError
from protocol.limits import MIB
from tests.support.keyrings import FileKeyring, installed
from tests.support.people import make_person
from tests.support.profiles import ANA, PASSPHRASE, cheap_guesses, make_profile

HEADER = 34


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_guesses():
        yield


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[FileKeyring]:
    with installed(tmp_path / "keyring.json") as backend:
        yield backend


def answer(folder: Path, passphrase: str = PASSPHRASE) -> tuple[type[JitError], str, str]:
    """What trying to open says."""
    with Profile(folder) as profile, pytest.raises(JitError) as refused:
        vaults.open_by_passphrase(profile, passphrase)
    return type(refused.value), refused.value.reason, refused.value.sentence


def test_a01_a_vault_swapped_altered_or_wrong_gives_one_answer(tmp_path: Path) -> None:
    """Same passphrase in both profiles: even then the key of one opens nothing in the other."""
    one, other = tmp_path / "one", tmp_path / "other"
    make_profile(one)
    make_profile(other, make_person("bruno"))
    true = (one / "vault").read_bytes()
    altered = [(other / "vault").read_bytes()]
    altered += [_flipped(true, at) for at in (18, 33, HEADER, 57, 58, 105)]
    answers = {answer(one, "something else")}

    for data in altered:
        (one / "vault").write_bytes(data)
        answers.add(answer(one))

    assert answers == {
        (WrongPassphraseError, "wrong-passphrase", "The passphrase does not open this profile.")
    }


def test_a01_the_wrap_of_the_words_does_not_move_to_another_profile(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    make_profile(one)
    make_profile(other)  # of the same person: the same root, another profile
    (one / "vault").write_bytes((other / "vault").read_bytes())

    with Profile(one) as profile, pytest.raises(WrongPassphraseError):
        vaults.open_by_root(profile, ANA.root)


def test_a01_a_wrap_of_one_vault_does_not_fit_the_header_of_another(tmp_path: Path) -> None:
    one = tmp_path / "one"
    make_profile(one)
    first = (one / "vault").read_bytes()
    with Profile(one) as profile:
        master = vaults.open_by_passphrase(profile, PASSPHRASE)
        vaults.write(profile, master, PASSPHRASE, ANA.root, SYSTEM)
    second = (one / "vault").read_bytes()
    (one / "vault").write_bytes(second[:HEADER] + first[HEADER:])

    assert answer(one)[1] == "wrong-passphrase"


def test_a01_taking_the_keyring_mark_away_does_not_open_without_the_keyring(
    tmp_path: Path, keyring: FileKeyring
) -> None:
    make_profile(tmp_path / "p")
    data = bytearray((tmp_path / "p" / "vault").read_bytes())
    data[5] = 0
    (tmp_path / "p" / "vault").write_bytes(data)
    keyring.put({})

    assert answer(tmp_path / "p")[1] == "wrong-passphrase"


@pytest.mark.parametrize(
    ("ops", "memory"),
    [(1, 256 * MIB), (2, 256 * MIB), (3, 8 * MIB), (3, 256 * MIB - 1), (0, 0)],
    ids=["one pass", "two passes", "little memory", "a byte less", "nothing"],
)
def test_a08_cheaper_guesses_are_refused_before_anything_is_computed(
    tmp_path: Path, ops: int, memory: int
) -> None:
    assert _computes_nothing(tmp_path, ops, memory) == (DamagedStoreError, "damaged-store")


@pytest.mark.parametrize(
    ("ops", "memory"),
    [(17, 256 * MIB), (2**32 - 1, 256 * MIB), (3, 2048 * MIB + 1), (3, 2**63)],
    ids=["more passes", "endless passes", "more memory", "all memory"],
)
def test_a08_costs_that_exhaust_the_machine_are_refused_before_anything_is_computed(
    tmp_path: Path, ops: int, memory: int
) -> None:
    assert _computes_nothing(tmp_path, ops, memory) == (DamagedStoreError, "damaged-store")


def _computes_nothing(tmp_path: Path, ops: int, memory: int) -> tuple[type[JitError], str]:
    make_profile(tmp_path / "p")
    file = tmp_path / "p" / "vault"
    data = file.read_bytes()
    file.write_bytes(data[:6] + struct.pack(">IQ", ops, memory) + data[18:])

    with mock.patch.object(nacl.pwhash.argon2id, "kdf") as computed:
        kind, code, _ = answer(tmp_path / "p")

    computed.assert_not_called()
    assert file.read_bytes()[18:] == data[18:], "it was left as it was"
    return kind, code


def _flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)
