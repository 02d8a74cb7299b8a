"""The root of a person: what follows from it, and that nothing else does."""

from __future__ import annotations

import pytest

from crypto import recovery
from protocol.errors import BugError
from tests.crypto import second
from tests.support.entropy import Seeded

ROOT = bytes(range(32))


def test_the_user_key_follows_from_the_root_alone() -> None:
    again = recovery.user_key(bytes(ROOT))

    assert recovery.user_key(ROOT).public == again.public
    assert recovery.user_key(ROOT).dump() == second.hkdf(
        b"", ROOT, b"jitc/v1/root/user-key\x00", 64
    )


def test_every_bit_of_the_root_changes_the_user_key() -> None:
    publics = set()
    for bit in range(8 * recovery.ROOT_BYTES):
        other = bytearray(ROOT)
        other[bit // 8] ^= 1 << bit % 8
        publics.add(recovery.user_key(bytes(other)).public.ed)

    assert len(publics) == 256
    assert recovery.user_key(ROOT).public.ed not in publics


def test_a_new_root_is_32_bytes_of_the_source() -> None:
    assert recovery.new_root(Seeded(7)) == Seeded(7).token(32)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_root_of_another_length_is_a_mistake_of_ours(size: int) -> None:
    with pytest.raises(BugError):
        recovery.user_key(bytes(size))
