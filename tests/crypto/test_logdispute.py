"""Two heads of one access log, as a file that anybody checks."""

from __future__ import annotations

import pytest

from crypto import checkpoint, logdispute
from crypto.checkpoint import Checkpoint
from crypto.signatures import StoreKey
from protocol import codec
from protocol.errors import ForgedError, MalformedError, RefusedError
from protocol.forks import LogDispute
from tests.support.entropy import Seeded

KEY = StoreKey.generate(Seeded(b"store"))


def filed(*heads: Checkpoint, key: StoreKey = KEY, store: bytes = KEY.public) -> bytes:
    first, second = (checkpoint.sign(key, one) for one in heads)
    return codec.encode(LogDispute(version=1, store=store, first=first, second=second))


def test_two_roots_of_one_size_are_a_proof() -> None:
    one, other = Checkpoint(7, b"a" * 32), Checkpoint(7, b"b" * 32)

    found = logdispute.check(filed(one, other))

    assert found.proven
    assert {found.first, found.second} == {one, other}
    assert found.store == KEY.public


def test_two_sizes_are_what_the_store_signed_and_no_proof_alone() -> None:
    short, long = Checkpoint(7, b"a" * 32), Checkpoint(9, b"b" * 32)

    found = logdispute.check(filed(long, short))

    assert not found.proven
    assert (found.first, found.second) == (short, long)


def test_what_says_the_same_twice_or_is_signed_by_another_key_proves_nothing() -> None:
    one, other = Checkpoint(7, b"a" * 32), Checkpoint(7, b"b" * 32)
    thief = StoreKey.generate(Seeded(b"thief"))

    with pytest.raises(RefusedError):
        logdispute.check(filed(one, one))
    with pytest.raises(ForgedError):
        logdispute.check(filed(one, other, key=thief))
    with pytest.raises(MalformedError):
        logdispute.check(b"no file of ours")


def test_every_flipped_byte_is_refused() -> None:
    good = filed(Checkpoint(7, b"a" * 32), Checkpoint(7, b"b" * 32))

    for place in range(len(good)):
        spoilt = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        with pytest.raises(RefusedError):
            logdispute.check(spoilt)
