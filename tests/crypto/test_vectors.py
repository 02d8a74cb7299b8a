"""The frozen run: ours repeats it byte for byte, the second implementation understands it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crypto import handshake, ratchet
from crypto.handshake import Init
from crypto.keys import IdentityKey
from protocol.envelope import EnvelopeKind
from tests.crypto import second
from tests.crypto.second_ratchet import Ratchet
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, NOW, SPACE

PATH = Path(__file__).parent.parent / "vectors" / "handshake.json"
VECTOR: dict[str, Any] = json.loads(PATH.read_text())
INIT_BYTES = 1133


def _raw(*path: str) -> bytes:
    node: Any = VECTOR
    for name in path:
        node = node[name]
    return bytes.fromhex(node)


def test_ours_repeats_the_frozen_run_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = handshake.read_bundle(BOB.bundle(), BOB.peer, now=NOW)
    ephemeral = IdentityKey.load(_raw("ephemeral_secret"))
    fresh = handshake._Fresh(ephemeral, _raw("kem_secret"), _raw("ciphertext"))
    sessions = {"a": handshake._begin(SPACE, ALICE.own, BOB.peer, bundle, fresh)}
    entropies = {"a": Seeded(b"vector a"), "b": Seeded(b"vector b")}
    unsent = iter(VECTOR["messages"])
    for step in VECTOR["steps"]:
        message = next(unsent) if step == "seal" else VECTOR["messages"][step]
        who, payload, body = message["from"], _hex(message, "payload"), _hex(message, "body")
        if step == "seal":
            drawn = _hex(message, "kem_secret"), _hex(message, "kem_ciphertext")
            monkeypatch.setattr(ratchet, "encapsulate", lambda _, drawn=drawn: drawn)
            sealed = ratchet.seal(sessions[who], payload, entropies[who], now=message["now"])
            assert sealed.body == body
            assert (sealed.kind is EnvelopeKind.INIT) == _is_init(body)
            sessions[who] = sealed.session
            continue
        to = "b" if who == "a" else "a"
        if _is_init(body):
            init = Init.unpack(body)
            body = init.message
            sessions.setdefault(to, _accept(init))
        opened = ratchet.open_message(sessions[to], body, now=message["now"])
        assert opened.payload == payload
        sessions[to] = opened.session
    for who, session in sessions.items():
        assert session.state.root == _raw("final_root", who)


def _hex(message: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(message.get(name, ""))


def _is_init(body: bytes) -> bool:
    return body[:33] == b"\x01" + second.public_of(_raw("ephemeral_secret"))


def _accept(init: Init) -> ratchet.Session:
    return handshake.accept(
        space=SPACE,
        own=BOB.own,
        peer=ALICE.peer,
        init=init,
        spk=BOB.spk,
        opk=BOB.opk,
        kem=BOB.once,
    )


def test_the_second_implementation_writes_and_reads_the_same_bytes() -> None:
    ends = _ends_by_the_second()
    nonces = {"a": Seeded(b"vector a"), "b": Seeded(b"vector b")}
    unsent = iter(VECTOR["messages"])
    answered = False
    forms = []
    for step in VECTOR["steps"]:
        message = next(unsent) if step == "seal" else VECTOR["messages"][step]
        who, payload, body = message["from"], _hex(message, "payload"), _hex(message, "body")
        if step != "seal":
            inner = body[INIT_BYTES:] if _is_init(body) else body
            assert ends["b" if who == "a" else "a"].read(inner) == payload
            answered |= who == "b"
            continue
        end = ends[who]
        if end.due:
            nonces[who].token(32)
            seed = _hex(message, "kem_seed")
            if seed:
                nonces[who].token(64)
            ss, ct = _hex(message, "kem_secret"), _hex(message, "kem_ciphertext")
            end.begin(_hex(message, "ratchet_secret"), seed=seed, ss=ss, ct=ct)
        written = end.write(payload, nonces[who].token(24), nonces[who].token(24))
        pending = who == "a" and not answered
        assert body == (_init_by_the_second() if pending else b"") + written
        forms.append(written[0])
    assert {who: end.root for who, end in ends.items()} == {w: _raw("final_root", w) for w in "ab"}
    assert [forms.count(form) for form in (0, 1, 2)] == [57, 3, 3]


def _ends_by_the_second() -> dict[str, Ratchet]:
    binding, keys = _handshake_by_the_second()
    root, header_a, header_b = keys[:32], keys[32:64], keys[64:]
    spk = _raw("b", "spk_secret")
    assert binding[:32] == _raw("binding")
    alice, bob = (Ratchet(binding=binding[:32], initiator=i, root=root) for i in (True, False))
    alice.peer, alice.send_header, alice.next_receive_header = (
        second.public_of(spk), header_a, header_b,
    )  # fmt: skip
    bob.own, bob.next_send_header, bob.next_receive_header = spk, header_b, header_a
    return {"a": alice, "b": bob}


def _number(name: str) -> bytes:
    return int(VECTOR["ids"][name]).to_bytes(4, "big")


def _init_by_the_second() -> bytes:
    ephemeral = second.public_of(_raw("ephemeral_secret"))
    ids = _number("spk") + _number("opk") + _number("kem")
    return b"\x01" + ephemeral + ids + _raw("ciphertext")


def _handshake_by_the_second() -> tuple[bytes, bytes]:
    """The responder's side, from the bytes in the file alone."""
    public, secrets = second.public_of, VECTOR["b"]
    spk, opk = bytes.fromhex(secrets["spk_secret"]), bytes.fromhex(secrets["opk_secret"])
    ephemeral, dik_a = public(_raw("ephemeral_secret")), public(_raw("a", "dik_secret"))
    dik_b = _raw("b", "dik_secret")
    fields = {
        "space": _raw("space"),
        "spk_id": _number("spk"),
        "spk": public(spk),
        "opk_id": _number("opk"),
        "opk": public(opk),
        "kem_id": _number("kem"),
        "kem": second.kem_public(_raw("b", "kem_seed")),
        "ephemeral": ephemeral,
        "ciphertext": _raw("ciphertext"),
    }
    for who in "ab":
        dsk = second.signing_public(_raw(who, "dsk_ed"), _raw(who, "dsk_mldsa"))
        fields[f"user_{who}"] = _raw(who, "user")
        fields[f"device_{who}"] = _raw(who, "device")
        fields[f"dsk_{who}_hash"] = second.record_hash(dsk)
        fields[f"dik_{who}"] = public(_raw(who, "dik_secret"))
    agreed = [
        second.x25519(spk, dik_a),
        second.x25519(dik_b, ephemeral),
        second.x25519(spk, ephemeral),
        second.x25519(opk, ephemeral),
    ]
    secret = second.decapsulate(_raw("b", "kem_seed"), _raw("ciphertext"))
    assert secret == _raw("kem_secret")
    binding = second.transcript(fields)
    return binding, second.handshake_keys(agreed, secret, binding)
