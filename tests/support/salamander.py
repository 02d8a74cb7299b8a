"""One ciphertext that opens under two keys: XChaCha20-Poly1305 commits to none.

Poly1305 is linear in each block of its message, so for two keys one block can be solved for that
gives both the same tag ("invisible salamanders"; Grubbs, Lu and Ristenpart, 2017, do it for
AES-GCM). A bad member can do this; a reader must therefore be shown which key was meant.
"""

from __future__ import annotations

import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

PRIME = 2**130 - 5
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
BLOCK = 16


def two_keys(first: bytes, second: bytes, nonce: bytes, associated: bytes, size: int) -> bytes:
    """A ciphertext of `size` bytes (a multiple of 16) with its tag, valid under both keys.

    Raises:
        ValueError: `size` is no multiple of 16.
    """
    if size % BLOCK:
        raise ValueError("whole blocks only")
    (r1, s1), (r2, s2) = _one_time_key(first, nonce), _one_time_key(second, nonce)
    count = size // BLOCK
    lengths = struct.pack("<QQ", len(associated), size)
    padded = associated + bytes(-len(associated) % BLOCK)
    power = 2  # the free block is the last one of the ciphertext; the lengths follow it
    slope = pow((pow(r1, power, PRIME) - pow(r2, power, PRIME)) % PRIME, -1, PRIME)
    for attempt in range(10_000):
        fixed = attempt.to_bytes(BLOCK, "little") + bytes((count - 2) * BLOCK)
        rest = [_sum(padded + fixed, [None, lengths], r) for r in (r1, r2)]
        wanted = ((rest[1] + s2) - (rest[0] + s1)) % PRIME
        free = wanted * slope % PRIME
        if not 2**128 <= free < 2**129:
            continue  # a full block has its 129th bit set and no higher one
        ciphertext = fixed + (free - 2**128).to_bytes(BLOCK, "little")
        tags = {_tag(padded + ciphertext + lengths, r, s) for r, s in ((r1, s1), (r2, s2))}
        if len(tags) == 1:
            return ciphertext + tags.pop()
    raise ValueError("no such block was found")


def _sum(known: bytes, tail: list[bytes | None], r: int) -> int:
    total = 0
    blocks: list[bytes | None] = [known[i : i + BLOCK] for i in range(0, len(known), BLOCK)]
    for block in [*blocks, *tail]:
        value = 0 if block is None else int.from_bytes(block, "little") + 2**128
        total = (total + value) * r % PRIME
    return total


def _tag(data: bytes, r: int, s: int) -> bytes:
    blocks: list[bytes | None] = [data[i : i + BLOCK] for i in range(0, len(data), BLOCK)]
    return ((_sum(b"", blocks, r) + s) % 2**128).to_bytes(BLOCK, "little")


def _one_time_key(key: bytes, nonce: bytes) -> tuple[int, int]:
    subkey = _hchacha20(key, nonce[:16])
    start = bytes(4) + bytes(4) + nonce[16:]
    stream = Cipher(algorithms.ChaCha20(subkey, start), None).encryptor().update(bytes(32))
    return int.from_bytes(stream[:16], "little") & CLAMP, int.from_bytes(stream[16:], "little")


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    state = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    state += [*struct.unpack("<8I", key), *struct.unpack("<4I", nonce)]
    for _ in range(10):
        for a, b, c, d in _ROUNDS:
            _quarter(state, a, b, c, d)
    return struct.pack("<8I", *state[:4], *state[12:])


_ROUNDS = [(i, i + 4, i + 8, i + 12) for i in range(4)] + [
    (i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12) for i in range(4)
]


def _quarter(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for left, right, turned, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[left] = (state[left] + state[right]) & 0xFFFFFFFF
        mixed = state[turned] ^ state[left]
        state[turned] = ((mixed << by) | (mixed >> (32 - by))) & 0xFFFFFFFF
