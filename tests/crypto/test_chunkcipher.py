"""The C2SP vectors, and both directions against the implementation in `cryptography`."""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
import zlib
from typing import Any

import cryptography_vectors
import pytest
from cryptography import cobblestone
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from crypto.chunkcipher import FILES, MAX_CHUNKS, ChunkCipher, Suite, sealed_length
from protocol.errors import ForgedError
from protocol.limits import CHUNK_BYTES

SUITES = {
    "AEAD_AES_128_GCM": Suite(b"AEAD_AES_128_GCM", 16, AESGCM, hashes.SHA256),
    "AEAD_AES_256_GCM": Suite(b"AEAD_AES_256_GCM", 32, AESGCM, hashes.SHA256),
    "AEAD_CHACHA20_POLY1305": Suite(b"AEAD_CHACHA20_POLY1305", 32, ChaCha20Poly1305, hashes.SHA256),
}
COBBLESTONE = Suite(b"AEAD_AES_256_GCM", 32, AESGCM, hashes.SHA512)
KEY = bytes(range(32))


def _vectors() -> list[dict[str, Any]]:
    with cryptography_vectors.open_vector_file("chunked-encryption/vectors.json", "r") as file:
        vectors: list[dict[str, Any]] = json.load(file)["vectors"]
    return vectors


def seal_message(suite: Suite, key: bytes, salt: bytes, context: bytes, plain: bytes) -> bytes:
    cipher = ChunkCipher(suite, key, salt, context)
    out = bytearray(sealed_length(len(plain)))
    cipher.seal(0, plain, len(plain), memoryview(out))
    return cipher.header + bytes(out)


def open_message(suite: Suite, key: bytes, context: bytes, sealed: bytes) -> bytes:
    cipher = ChunkCipher(suite, key, sealed[:24], context)
    cipher.check(sealed[24:56])
    out = bytearray(len(sealed))
    return bytes(out[: cipher.open(0, sealed[56:], memoryview(out), final=True)])


@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: vector["name"])
def test_i20_every_public_vector_holds(vector: dict[str, Any]) -> None:
    suite = SUITES[vector["aead"]]
    key, context = bytes.fromhex(vector["key"]), vector["context"].encode()
    sealed = base64.b64decode(vector["ciphertext"] or "")
    if vector.get("compressed"):
        sealed = zlib.decompress(sealed)

    if vector["expect"] == "failure":
        with pytest.raises(ForgedError):
            open_message(suite, key, context, sealed)
        return

    plain = open_message(suite, key, context, sealed)
    assert len(plain) == vector["payload_length"]
    assert hashlib.sha256(plain).hexdigest() == vector["payload_sha256"]
    assert seal_message(suite, key, sealed[:24], context, plain) == sealed


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 3 * CHUNK_BYTES + 7])
def test_cobblestone_and_we_open_each_others_messages(size: int) -> None:
    suite = COBBLESTONE
    plain = bytes(i % 251 for i in range(size))

    theirs = cobblestone.Cobblestone256Encryptor(KEY, b"context")
    sealed = theirs.update(plain) + theirs.finalize()
    reader = cobblestone.Cobblestone256Decryptor(KEY, b"context")
    ours = seal_message(suite, KEY, bytes(24), b"context", plain)

    assert open_message(suite, KEY, b"context", sealed) == plain
    assert reader.update(ours) + reader.finalize() == plain


def test_a_message_may_not_end_in_the_middle_nor_go_on_behind_its_end() -> None:
    cipher = ChunkCipher(FILES, KEY, bytes(24), b"")
    body = seal_message(FILES, KEY, bytes(24), b"", bytes(CHUNK_BYTES + 5))[56:]
    out = memoryview(bytearray(2 * CHUNK_BYTES))

    with pytest.raises(ForgedError):
        cipher.open(0, body, out, final=False)
    with pytest.raises(ForgedError):
        cipher.open(0, body[: CHUNK_BYTES + 16], out, final=True)
    with pytest.raises(ForgedError):
        cipher.open(0, b"", out, final=True)


def test_more_than_the_buffer_holds_is_refused() -> None:
    cipher = ChunkCipher(FILES, KEY, bytes(24), b"")
    body = seal_message(FILES, KEY, bytes(24), b"", bytes(5))[56:]

    with pytest.raises(ForgedError):
        cipher.open(0, body, memoryview(bytearray(4)), final=True)


def test_the_counter_has_an_end_and_a_beginning() -> None:
    cipher = ChunkCipher(FILES, KEY, bytes(24), b"")

    for number in (MAX_CHUNKS, -1):
        with pytest.raises(ForgedError):
            cipher.seal(number, b"x", 1, memoryview(bytearray(17)))


def test_a_chunk_shorter_than_its_tag_has_an_impossible_length() -> None:
    cipher = ChunkCipher(FILES, KEY, bytes(24), b"")

    with pytest.raises(ForgedError, match="impossible length"):
        cipher.open(0, bytes(15), memoryview(bytearray(64)), final=True)


@pytest.mark.parametrize(("key", "salt"), [(KEY[:31], bytes(24)), (KEY, bytes(23)), (KEY, b"")])
def test_keys_and_salts_have_one_length(key: bytes, salt: bytes) -> None:
    with pytest.raises(ForgedError):
        ChunkCipher(FILES, key, salt, b"")


def test_a_cipher_shows_and_pickles_nothing() -> None:
    cipher = ChunkCipher(FILES, KEY, bytes(24), b"")

    assert f"{cipher!r}" == "ChunkCipher(<redacted>)"
    with pytest.raises(TypeError):
        pickle.dumps(cipher)
