"""The ratchets that ours is measured with and against: one way, in turns, sealing only.

Each is a `Pair`: `one_way(count)` seals and opens, `turns(count)` makes a step with every message,
`seal_only(count)` seals. All carry PAYLOAD and keep their state in memory, as their users do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import doubleratchet
import vodozemac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from doubleratchet.recommended import (
    HashFunction,
    aead_aes_hmac,
    diffie_hellman_ratchet_curve25519,
    kdf_hkdf,
    kdf_separate_hmacs,
)

from crypto import handshake, ratchet
from crypto.entropy import SYSTEM
from crypto.handshake import Init
from crypto.session import Session
from tests.support.people import ALICE, BOB, NOW, SPACE

PAYLOAD: Final = bytes(200)


@dataclass(frozen=True)
class Pair:
    """A fresh pair of ends that have met, and what they can do `count` times."""

    one_way: Callable[[int], None]
    turns: Callable[[int], None]
    seal_only: Callable[[int], None]


def meet() -> tuple[Session, Session]:
    """Two sessions of ours after a message each way."""
    bundle = handshake.read_bundle(BOB.bundle(), BOB.peer, now=NOW)
    first = handshake.initiate(
        space=SPACE, own=ALICE.own, peer=BOB.peer, bundle=bundle, entropy=SYSTEM
    )
    hello = ratchet.seal(first, b"hello", SYSTEM, now=NOW)
    init = Init.unpack(hello.body)
    second = handshake.accept(
        space=SPACE,
        own=BOB.own,
        peer=ALICE.peer,
        init=init,
        spk=BOB.spk,
        opk=BOB.opk,
        kem=BOB.once,
    )
    second = ratchet.open_message(second, init.message, now=NOW).session
    reply = ratchet.seal(second, b"yes", SYSTEM, now=NOW)
    return ratchet.open_message(hello.session, reply.body, now=NOW).session, reply.session


def ours() -> Pair:
    """Header encryption, immutable states; an ML-KEM step every fifty messages in turns."""
    first, second = meet()

    def one_way(count: int) -> None:
        sender, receiver = first, second
        for _ in range(count):
            sealed = ratchet.seal(sender, PAYLOAD, SYSTEM, now=NOW)
            sender = sealed.session
            receiver = ratchet.open_message(receiver, sealed.body, now=NOW).session

    def turns(count: int) -> None:
        sender, receiver = first, second
        for _ in range(count):
            sealed = ratchet.seal(sender, PAYLOAD, SYSTEM, now=NOW)
            opened = ratchet.open_message(receiver, sealed.body, now=NOW)
            sender, receiver = opened.session, sealed.session

    def seal_only(count: int) -> None:
        sender = first
        for _ in range(count):
            sender = ratchet.seal(sender, PAYLOAD, SYSTEM, now=NOW).session

    return Pair(one_way, turns, seal_only)


class _Root(kdf_hkdf.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_512

    @staticmethod
    def _get_info() -> bytes:
        return b"bench root"


class _Chain(kdf_separate_hmacs.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256


class _Aead(aead_aes_hmac.AEAD):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return b"bench message"


class _DoubleRatchet(doubleratchet.DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: doubleratchet.Header) -> bytes:
        lengths = (header.previous_sending_chain_length, header.sending_chain_length)
        numbers = b"".join(length.to_bytes(8, "big") for length in lengths)
        return associated_data + header.ratchet_pub + numbers


_CONFIGURATION: Final[dict[str, Any]] = {
    "diffie_hellman_ratchet_class": diffie_hellman_ratchet_curve25519.DiffieHellmanRatchet,
    "root_chain_kdf": _Root,
    "message_chain_kdf": _Chain,
    "message_chain_constant": b"\x01\x02",
    "dos_protection_threshold": 1000,
    "max_num_skipped_message_keys": 2000,
    "aead": _Aead,
}


def double_ratchet() -> Pair:
    """`doubleratchet` with the parts it recommends: AES-CBC with HMAC, headers in the clear."""
    first, second = asyncio.run(_meet_double())

    async def one_way(count: int) -> None:
        for _ in range(count):
            await second.decrypt_message(await first.encrypt_message(PAYLOAD, b"ad"), b"ad")

    async def turns(count: int) -> None:
        sender, receiver = first, second
        for _ in range(count):
            await receiver.decrypt_message(await sender.encrypt_message(PAYLOAD, b"ad"), b"ad")
            sender, receiver = receiver, sender

    async def seal_only(count: int) -> None:
        for _ in range(count):
            await first.encrypt_message(PAYLOAD, b"ad")

    return Pair(
        lambda count: asyncio.run(one_way(count)),
        lambda count: asyncio.run(turns(count)),
        lambda count: asyncio.run(seal_only(count)),
    )


async def _meet_double() -> tuple[_DoubleRatchet, _DoubleRatchet]:
    prekey = X25519PrivateKey.generate()
    first, hello = await _DoubleRatchet.encrypt_initial_message(
        **_CONFIGURATION,
        shared_secret=bytes(32),
        recipient_ratchet_pub=prekey.public_key().public_bytes_raw(),
        message=b"hello",
        associated_data=b"ad",
    )
    second, _ = await _DoubleRatchet.decrypt_initial_message(
        **_CONFIGURATION,
        shared_secret=bytes(32),
        own_ratchet_priv=prekey.private_bytes_raw(),
        message=hello,
        associated_data=b"ad",
    )
    await first.decrypt_message(await second.encrypt_message(b"yes", b"ad"), b"ad")
    return first, second


def olm() -> Pair:
    """`vodozemac`: Olm in Rust, headers in the clear, tags of 8 bytes."""
    one, two = vodozemac.Account(), vodozemac.Account()
    two.generate_one_time_keys(1)
    (key,) = two.one_time_keys.values()
    first = one.create_outbound_session(two.curve25519_key, key)
    hello = first.encrypt(b"hello")
    opening = hello.to_pre_key()
    assert opening is not None
    second, _ = two.create_inbound_session(one.curve25519_key, opening)
    first.decrypt(second.encrypt(b"yes"))

    def one_way(count: int) -> None:
        for _ in range(count):
            second.decrypt(first.encrypt(PAYLOAD))

    def turns(count: int) -> None:
        sender, receiver = first, second
        for _ in range(count):
            receiver.decrypt(sender.encrypt(PAYLOAD))
            sender, receiver = receiver, sender

    def seal_only(count: int) -> None:
        for _ in range(count):
            first.encrypt(PAYLOAD)

    return Pair(one_way, turns, seal_only)
