"""A bad member makes one ciphertext that opens under two keys, and gives one to each of two."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import nacl.bindings
import pytest

from crypto import message
from jitclient import sealing
from jitclient.place import Place
from protocol.devicelist import DeviceEntry
from protocol.envelope import KeyMsg
from protocol.ids import UserId
from tests.support.hostile_team import HostileTeam
from tests.support.salamander import two_keys

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOR_ANA, FOR_EVA, NONCE = b"a" * 32, b"e" * 32, b"n" * 24


async def test_a25_one_ciphertext_with_two_valid_keys_is_refused(
    team: HostileTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = sealing._seal_for
    opened_under: list[bytes] = []

    def two_faced(
        at: Place, key_msg: KeyMsg, user: UserId, entry: DeviceEntry, *, forced: bool
    ) -> bytes | None:
        if user == team.user("eva"):
            key_msg = replace(key_msg, content_key=FOR_EVA)
        return honest(at, key_msg, user, entry, forced=forced)

    def send(at: Place) -> None:
        _, key_msg = sealing._seal(at, b"a place in the chain")
        commitment = hashlib.blake2b(
            at.space + key_msg.message, key=FOR_ANA, digest_size=32, person=b"jitc1bodycommit"
        ).digest()
        associated = b"jitc/v1/body" + at.space + key_msg.message + commitment
        sealed = two_keys(FOR_ANA, FOR_EVA, NONCE, associated, 192)
        for key in (FOR_ANA, FOR_EVA):
            nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, associated, NONCE, key)
            opened_under.append(key)
        body = commitment + NONCE + sealed
        told = replace(
            key_msg,
            content_key=FOR_ANA,
            body_digest=message.body_digest(body),
            body_length=len(body),
        )
        others = at.log.devices((team.user("ana"), team.user("eva")))
        sealing._enqueue(at, body, told, others, forced=False)

    monkeypatch.setattr(sealing, "_seal_for", two_faced)
    await team.act("bruno", send)
    await team.settle("bruno", "eva", "ana", rounds=1)

    assert opened_under == [FOR_ANA, FOR_EVA]
    assert team.hostile.posted(team.device("bruno"))
    assert await team.news("eva") == []
    assert await team.news("ana") == []
    await team.named("eva", "forged", "Bruno Keller", "another key")
