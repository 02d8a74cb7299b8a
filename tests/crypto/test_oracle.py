"""The judge: `doubleratchet` with our key derivation has the same message keys, always (I2)."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from functools import cache
from typing import Any

import doubleratchet
import pytest
from doubleratchet import EncryptedMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import ratchet
from crypto.chains import RootStep
from crypto.keys import encapsulate
from crypto.session import begin_initiator
from protocol.errors import RefusedError
from protocol.limits import KEM_STEP_SECONDS
from tests.crypto import second
from tests.support.entropy import Seeded
from tests.support.people import BOB, NOW
from tests.support.sessions import End, answer, start

_ROOT_INFO = b"jitc/v1/dr/root\x00"


class _RootKdf(doubleratchet.KDF):
    @staticmethod
    async def derive(key: bytes, data: bytes, length: int) -> bytes:
        assert length == 64
        return second.hkdf(key, data, _ROOT_INFO, 96)[:64]


class _ChainKdf(doubleratchet.KDF):
    @staticmethod
    async def derive(key: bytes, data: bytes, length: int) -> bytes:
        assert (data, length) == (b"", 64)
        return hmac.digest(key, b"\x02", "sha256") + hmac.digest(key, b"\x01", "sha256")


class _ShowKey(doubleratchet.AEAD):
    """An AEAD whose ciphertext is the message key, so that the test can compare it."""

    @staticmethod
    async def encrypt(plaintext: bytes, key: bytes, associated_data: bytes) -> bytes:
        return key + plaintext

    @staticmethod
    async def decrypt(ciphertext: bytes, key: bytes, associated_data: bytes) -> bytes:
        if ciphertext[:32] != key:
            raise doubleratchet.AuthenticationFailedException
        return ciphertext[32:]


class _Oracle(doubleratchet.DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: doubleratchet.Header) -> bytes:
        return b""


def _ratchet_drawing(
    draw: Callable[[], bytes], extra: list[bytes]
) -> type[doubleratchet.DiffieHellmanRatchet]:
    """X25519, and after it what the ML-KEM step of this root step gives, if it has one."""

    class _Ratchet(doubleratchet.DiffieHellmanRatchet):
        @staticmethod
        def _generate_priv() -> bytes:
            return draw()

        @staticmethod
        def _derive_pub(priv: bytes) -> bytes:
            return second.public_of(priv)

        @staticmethod
        def _perform_diffie_hellman(own_priv: bytes, other_pub: bytes) -> bytes:
            return second.x25519(own_priv, other_pub) + (extra.pop(0) if extra else b"")

    return _Ratchet


class _Keys:
    """Hands the same X25519 secrets, in the same order, to us and to the oracle; nonces to us."""

    def __init__(self, seed: bytes) -> None:
        self._ours, self._theirs = Seeded(seed), Seeded(seed)
        self._nonces = Seeded(b"nonce" + seed)

    def token(self, size: int) -> bytes:
        return (self._ours if size == 32 else self._nonces).token(size)

    def drawn_again(self) -> bytes:
        return self._theirs.token(32)


@cache
def _encapsulate(public: bytes) -> tuple[bytes, bytes]:
    """One secret per proposed key: the oracle makes its own root step long before ours."""
    return encapsulate(public)


def _parameters(keys: _Keys, extra: list[bytes]) -> dict[str, Any]:
    return {
        "diffie_hellman_ratchet_class": _ratchet_drawing(keys.drawn_again, extra),
        "root_chain_kdf": _RootKdf,
        "message_chain_kdf": _ChainKdf,
        "message_chain_constant": b"",
        "dos_protection_threshold": 1000,
        "max_num_skipped_message_keys": 2000,
        "aead": _ShowKey,
    }


class _Pair:
    """One end of ours and one of the oracle's, in step."""

    def __init__(self, ours: End, keys: _Keys) -> None:
        self.ours = ours
        self.keys = keys
        self.ours.entropy = keys  # type: ignore[assignment]
        self.oracle: _Oracle | None = None
        self.extra: list[bytes] = []

    async def send(self, payload: bytes, root: bytes, now: int) -> tuple[bytes, EncryptedMessage]:
        state = self.ours.session.state
        message = self.ours.send(payload, now)
        if self.oracle is None:
            self.oracle, shown = await _Oracle.encrypt_initial_message(
                **_parameters(self.keys, self.extra),
                shared_secret=root,
                recipient_ratchet_pub=BOB.spk.public,
                message=payload,
                associated_data=b"",
            )
        else:
            shown = await self.oracle.encrypt_message(payload, b"")
        label = b"\x01" if state.initiator else b"\x02"
        key = second.hkdf_expand(shown.ciphertext[:32], b"jitc/v1/dr/msg\x00", 32)
        end = 83 + (0, 1184, 1088)[message[0]]
        associated = b"jitc/v1/dr/ad" + state.binding + label + message[:end]
        assert second.xchacha_open(key, message[end:], associated) == payload
        return message, shown

    async def receive(
        self, message: bytes, shown: EncryptedMessage, root: bytes, now: int
    ) -> bytes:
        before = self.ours.session.state
        payload = self.ours.receive(message, now)
        after = self.ours.session.state
        if after.peer != before.peer:  # the oracle makes the peer's root step and its own now
            self.extra[:] = [_shared(before.own_kem_public), _shared(after.peer_kem)]
        if self.oracle is None:
            self.oracle, theirs = await _Oracle.decrypt_initial_message(
                **_parameters(self.keys, self.extra),
                shared_secret=root,
                own_ratchet_priv=BOB.spk.dump(),
                message=shown,
                associated_data=b"",
            )
        else:
            theirs = await self.oracle.decrypt_message(shown, b"")
        assert theirs == payload
        return payload


def _shared(public: bytes | None) -> bytes:
    return b"" if public is None else _encapsulate(public)[0]


@settings(max_examples=40)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_i02_message_keys_are_those_of_the_plain_double_ratchet(
    data: st.DataObject, seed: int
) -> None:
    forms = asyncio.run(_run(data, seed, lambda: 0))

    assert forms <= {0}


def test_with_the_ml_kem_secret_in_its_root_steps_the_oracle_still_has_our_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ratchet, "encapsulate", _encapsulate)
    forms: set[int] = set()

    @settings(max_examples=40)
    @given(data=st.data(), seed=st.integers(0, 2**32))
    def run(data: st.DataObject, seed: int) -> None:
        passes = st.sampled_from([0, KEM_STEP_SECONDS])
        forms.update(asyncio.run(_run(data, seed, lambda: data.draw(passes))))

    run()
    assert forms == {0, 1, 2}


async def _run(data: st.DataObject, seed: int, passes: Callable[[], int]) -> set[int]:
    unsent, init = start(seed=seed)
    fresh = answer(init)
    root = fresh.session.state.root
    # The initiator before its first step: what `begin_initiator` made.
    alice, bob = _Pair(unsent, _Keys(b"a%d" % seed)), _Pair(fresh, _Keys(b"b%d" % seed))
    _rewind(alice, bob, root)
    pairs = {"a": alice, "b": bob}
    flying: list[tuple[str, bytes, EncryptedMessage]] = []
    now, forms = NOW, set()
    for turn in range(data.draw(st.integers(10, 60))):
        who = data.draw(st.sampled_from("ab"))
        if who == "b" and bob.oracle is None:
            who = "a"
        if data.draw(st.booleans()) or not flying:
            now += passes()
            message, shown = await pairs[who].send(turn.to_bytes(4, "big"), root, now)
            forms.add(message[0])
            flying.append(("b" if who == "a" else "a", message, shown))
            continue
        to, message, shown = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
        if data.draw(st.integers(0, 5)) == 0:
            continue  # lost
        await pairs[to].receive(message, shown, root, now)
        with pytest.raises(RefusedError):
            pairs[to].ours.receive(message, now)
    return forms


def _rewind(alice: _Pair, bob: _Pair, root: bytes) -> None:
    """Put the initiator before its first message, with the keys the responder derived."""
    theirs = bob.ours.session.state
    assert theirs.next_send_header is not None
    secrets = RootStep(root, theirs.next_receive_header, theirs.next_send_header)
    alice.ours.session = begin_initiator(
        binding=theirs.binding, secrets=secrets, peer=BOB.spk.public, init=b""
    )
