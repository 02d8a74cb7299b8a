"""Messages, files, signatures, lines, words and vault a second time, from docs/protocol alone.

Imports nothing of `protocol` or `crypto`; X25519, AEADs, Argon2id and both signature schemes come
from `cryptography` directly, BLAKE3 from its library, MessagePack from `second_records`.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import unicodedata
from typing import Any

from blake3 import blake3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tests.crypto import second, second_records

BODY_BUCKETS = (192, 512, 1024, 4096, 16_384, 65_536)
NOTE_BUCKETS = (192, 512, 1024, 2008)


def blake(person: bytes, data: bytes, size: int = 32, key: bytes = b"") -> bytes:
    """BLAKE2b with a person (10 §5)."""
    return hashlib.blake2b(data, digest_size=size, key=key, person=person).digest()


# --- messages (40) -------------------------------------------------------------------------------


def pad(plain: bytes, buckets: tuple[int, ...]) -> bytes:
    """0x80 and zeros up to the smallest bucket that fits."""
    bucket = min(one for one in buckets if one > len(plain))
    return (plain + b"\x80").ljust(bucket, b"\x00")


def body(space: bytes, message: bytes, plain: bytes, key: bytes, nonce: bytes) -> bytes:
    """40 §2."""
    commitment = blake(b"jitc1bodycommit", space + message, key=key)
    associated = b"jitc/v1/body" + space + message + commitment
    return commitment + second.xchacha_seal(key, nonce, pad(plain, BODY_BUCKETS), associated)


def note(key: bytes, context: bytes, text: bytes, nonce: bytes) -> bytes:
    """40 §5."""
    padded = pad(text, NOTE_BUCKETS)
    return second.xchacha_seal(key, nonce, padded, b"jitc/v1/note\x00" + context)


def envelope(kind: int, to: bytes, sender: bytes, name: bytes, content: bytes) -> bytes:
    """40 §1."""
    return bytes([1, kind]) + to + sender + name + struct.pack(">I", len(content)) + content


# --- files (50) ----------------------------------------------------------------------------------


def padme(size: int) -> int:
    """50.2, in the words of the paper: keep the leading bits, clear the rest upwards."""
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    step = 1 << max(exponent - (exponent.bit_length() - 1) - 1, 0)
    return -(-size // step) * step


def sealed_file(key: bytes, salt: bytes, context: bytes, plain: bytes) -> tuple[bytes, bytes]:
    """50.3: the commitment and the whole sealed file with its header."""
    info = b"c2sp.org/chunked-encryption@v1+AEAD_CHACHA20_POLY1305\x00" + salt + context
    stream = HKDFExpand(SHA512(), 76, info).derive(key)
    aead, base, commitment = ChaCha20Poly1305(stream[:32]), stream[32:44], stream[44:]
    padded = plain.ljust(padme(len(plain)), b"\x00")
    out = [salt, commitment]
    for number in range(len(padded) // 16_384 + 1):
        nonce = int.from_bytes(base, "big") ^ number
        chunk = padded[number * 16_384 : (number + 1) * 16_384]
        out.append(aead.encrypt(nonce.to_bytes(12, "big"), chunk, None))
    return commitment, b"".join(out)


def parts(sealed: bytes) -> list[bytes]:
    """50.4: 256 chunks each, the header in front of the first."""
    first, size = 56 + 256 * 16_400, 256 * 16_400
    rest = [sealed[at : at + size] for at in range(first, len(sealed), size)]
    return [sealed[:first], *rest]


def tree(leaves: list[bytes]) -> bytes:
    """50.5: RFC 6962 by its recursive definition."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    pair = tree(leaves[:half]) + tree(leaves[half:])
    return hashlib.sha256(b"\x01" + pair).digest()


def leaf(part: bytes) -> bytes:
    """50.5."""
    return blake3(part).digest()


# --- signatures (10 §3, §4) ----------------------------------------------------------------------


def signing_input(label: str, data: bytes) -> bytes:
    """What both halves sign."""
    return b"jitc/v1/sig/" + label.encode() + b"\x00" + struct.pack(">I", len(data)) + data


def ed_sign(seed: bytes, message: bytes) -> bytes:
    """Ed25519 is deterministic."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def publics(seeds: bytes) -> tuple[bytes, bytes]:
    """Both public halves of a signing key's 64 bytes."""
    one = Ed25519PrivateKey.from_private_bytes(seeds[:32]).public_key().public_bytes_raw()
    other = MLDSA65PrivateKey.from_seed_bytes(seeds[32:]).public_key().public_bytes_raw()
    return one, other


def open_signed(label: str, data: bytes, ed: bytes, mldsa: bytes) -> dict[str, Any]:
    """Verify both halves of a `Signed`; the fields of its body, `signer`, and the bytes."""
    signed = second_records.decode("signed", data)
    message = signing_input(label, signed["body"])
    Ed25519PublicKey.from_public_bytes(ed).verify(signed["ed"], message)
    MLDSA65PublicKey.from_public_bytes(mldsa).verify(signed["mldsa"], message)
    fields = second_records.decode(label, signed["body"])
    return {**fields, "_signer": signed["signer"], "_body": signed["body"]}


# --- lines, safety number, words, vault (10 §6, 80) ----------------------------------------------

PERSONS = {
    "jit-invite:": b"jitc1invite",
    "jit-link:": b"jitc1link",
    "jit-verify:": b"jitc1verify",
    "jit-recover:": b"jitc1recover",
}


def line(prefix: str, data: bytes) -> str:
    """10 §6."""
    check = blake(PERSONS[prefix], data, size=6)
    return prefix + base64.urlsafe_b64encode(data + check).decode().rstrip("=")


def link_code(both: bytes) -> str:
    """21 §2: 80 bits in Crockford's base 32."""
    symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    bits = "".join(f"{byte:08b}" for byte in blake(b"jitc1linkcode", both)[:10])
    text = "".join(symbols[int(bits[at : at + 5], 2)] for at in range(0, 80, 5))
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def fingerprint(user: bytes, key: bytes) -> bytes:
    """80.6: all 64 bytes; the fingerprint is the first 32."""
    value = b"\x00\x00" + key + user
    for _ in range(5200):
        value = hashlib.sha512(value + key).digest()
    return value


def safety_number(*prints: bytes) -> str:
    """80.6."""
    halves = []
    for one in prints:
        groups = [int.from_bytes(one[at : at + 5], "big") % 100_000 for at in range(0, 30, 5)]
        halves.append("".join(f"{group:05}" for group in groups))
    return "".join(sorted(halves))


def words(root: bytes, listed: list[str]) -> list[str]:
    """80.4, bit by bit."""
    bits = "".join(f"{byte:08b}" for byte in root + hashlib.sha256(root).digest()[:1])
    return [listed[int(bits[at : at + 11], 2)] for at in range(0, 264, 11)]


def open_vault(
    data: bytes, profile: bytes, *, passphrase: str = "", keyring: bytes = b"", root: bytes = b""
) -> bytes:
    """80.2: the master key, by the passphrase or, if given, by the root."""
    magic, version, flags, ops, memory, salt = struct.unpack_from(">4sBBIQ16s", data)
    assert (magic, version, flags) == (b"JITV", 2, 1)
    if root:
        key = second.hkdf(salt, root, b"jitc/v1/root/vault\x00", 32)
        wrapped = data[34 + 72 :]
    else:
        text = unicodedata.normalize("NFC", passphrase).encode()
        stretched = Argon2id(
            salt=salt, length=32, iterations=ops, lanes=1, memory_cost=memory // 1024
        ).derive(text)
        key = second.hkdf(keyring, stretched, b"jitc/v1/vault\x00", 32)
        wrapped = data[34 : 34 + 72]
    return second.xchacha_open(key, wrapped, data[:34] + profile)
