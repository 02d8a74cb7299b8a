"""The frozen run: ours repeats it byte for byte, the second implementation understands it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crypto import handshake, ratchet
from crypto.handshake import Init
from crypto.keys import IdentityKey
from protocol.envelope import EnvelopeKind
from tests.crypto import second
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


def test_ours_repeats_the_frozen_run_byte_for_byte() -> None:
    bundle = handshake.read_bundle(BOB.bundle(), BOB.peer, now=NOW)
    ephemeral = IdentityKey.load(_raw("ephemeral_secret"))
    fresh = handshake._Fresh(ephemeral, _raw("kem_secret"), _raw("ciphertext"))
    sessions = {"a": handshake._begin(SPACE, ALICE.own, BOB.peer, bundle, fresh)}
    entropies = {"a": Seeded(b"vector a"), "b": Seeded(b"vector b")}
    for message in VECTOR["messages"]:
        who, payload, body = (
            message["from"],
            bytes.fromhex(message["payload"]),
            bytes.fromhex(message["body"]),
        )
        sealed = ratchet.seal(sessions[who], payload, entropies[who])
        assert sealed.body == body
        sessions[who] = sealed.session
        to = "b" if who == "a" else "a"
        if sealed.kind is EnvelopeKind.INIT:
            init = Init.unpack(body)
            body = init.message
            sessions.setdefault(to, _accept(init))
        opened = ratchet.open_message(sessions[to], body, now=NOW)
        assert opened.payload == payload
        sessions[to] = opened.session
    for who, session in sessions.items():
        assert session.state.root == _raw("final_root", who)


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


def test_the_second_implementation_derives_the_same_keys_and_opens_everything() -> None:
    binding, keys = _handshake_by_the_second()
    root, header_a, header_b = keys[:32], keys[32:64], keys[64:]
    ends = {
        "a": second.Reader(
            binding=binding[:32],
            root=root,
            own=b"",
            next_receive_header=header_b,
            initiator=True,
            peer=second.public_of(_raw("b", "spk_secret")),
            due=True,
        ),
        "b": second.Reader(
            binding=binding[:32],
            root=root,
            own=_raw("b", "spk_secret"),
            next_receive_header=header_a,
            next_send_header=header_b,
            initiator=False,
        ),
    }

    assert binding[:32] == _raw("binding")
    for message in VECTOR["messages"]:
        sender, reader = ends[message["from"]], ends["b" if message["from"] == "a" else "a"]
        if sender.due:
            sender.start_sending(bytes.fromhex(message["ratchet_secret"]))
        body = bytes.fromhex(message["body"])
        if len(body) > INIT_BYTES:
            assert body[:INIT_BYTES] == _init_by_the_second()
            body = body[INIT_BYTES:]
        assert reader.open(body) == bytes.fromhex(message["payload"])
    assert ends["b"].numbers == [(0, 0), (0, 1), (2, 0), (1, 0), (1, 1)]
    assert ends["a"].numbers == [(0, 0), (1, 0), (1, 1), (2, 0)]
    for who, end in ends.items():
        assert end.root == _raw("final_root", who)


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
