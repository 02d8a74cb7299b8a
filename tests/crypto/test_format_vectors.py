"""The frozen bytes of messages, files, receipts and signatures: ours again, and by the second."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from crypto import merkle, message, signatures
from crypto.filestream import FileShape, Opener, Sealer, padme
from protocol.envelope import Envelope, KeyMsg
from protocol.ids import DeviceId, FileId, MessageId, SpaceId, mailbox_id
from protocol.manifest import Manifest
from protocol.membership import agreement_digest, key_digest, record_hash, space_id
from protocol.prekeys import SignedPrekeys
from protocol.receipts import Receipt, StoreReceipt
from protocol.records import SigningPublic
from tests.crypto import second, second_formats, second_records
from tests.crypto.second_formats import blake
from tests.vectors.make_formats import content, make

PATH = Path(__file__).parent.parent / "vectors" / "formats.json"
VECTORS: dict[str, Any] = json.loads(PATH.read_text())
MESSAGES, DIGESTS, SIGNED = VECTORS["messages"], VECTORS["digests"], VECTORS["signatures"]


def _raw(vector: dict[str, Any]) -> dict[str, bytes]:
    """The hex strings of a vector as bytes."""
    return {k: bytes.fromhex(v) for k, v in vector.items() if isinstance(v, str) and _is_hex(v)}


def _is_hex(text: str) -> bool:
    return len(text) % 2 == 0 and set(text) <= set("0123456789abcdef")


def _public(vector: dict[str, Any]) -> SigningPublic:
    return SigningPublic(version=1, ed=_raw(vector)["ed"], mldsa=_raw(vector)["mldsa"])


def test_ours_makes_the_frozen_bytes_again() -> None:
    """All but ML-DSA signatures, which are hedged."""
    again = json.loads(json.dumps(make()))
    for whole in (again, frozen := json.loads(PATH.read_text())):
        for name in ("manifest", "receipts"):
            del whole[name]
        del whole["signatures"]["prekeys"]["signed"]

    assert again == frozen


# --- messages ------------------------------------------------------------------------------------


def test_a_body_is_sealed_alike_and_opens() -> None:
    v = _raw(MESSAGES["body"])
    nonce = v["sealed"][32:56]
    by_second = second_formats.body(v["space"], v["message"], v["plain"], v["key"], nonce)
    where = SpaceId(v["space"]), MessageId(v["message"])

    assert by_second == v["sealed"]
    assert blake(b"jitc1body", by_second) == v["digest"]
    assert message.open_body(*where, v["sealed"], v["key"], v["digest"]) == v["plain"]


def test_a_key_message_is_laid_out_alike() -> None:
    body, v, numbers = (
        _raw(MESSAGES["body"]), _raw(MESSAGES["key_message"]), MESSAGES["key_message"]["numbers"],
    )  # fmt: skip
    by_second = (
        b"\x01" + body["space"] + body["message"] + numbers["sender_seq"].to_bytes(8, "big")
        + v["prev_own"] + numbers["pair_seq"].to_bytes(8, "big")
        + numbers["log_seq"].to_bytes(8, "big") + v["log_head"] + body["key"] + body["digest"]
        + len(body["sealed"]).to_bytes(4, "big") + b"\x00"
    )  # fmt: skip

    assert by_second == v["bytes"]
    assert len(by_second) == 190
    assert KeyMsg.unpack(v["bytes"]).pack() == v["bytes"]


def test_an_envelope_is_laid_out_alike() -> None:
    v = _raw(MESSAGES["envelope"])
    to, sender = (
        blake(b"jitc1mailbox", _raw(MESSAGES["body"])["space"] + device, size=16)
        for device in (_raw(SIGNED["prekeys"])["device"], _raw(SIGNED["key"])["device"])
    )

    assert second_formats.envelope(2, to, sender, v["id"], v["body"]) == v["bytes"]
    assert Envelope.unpack(v["bytes"]).pack() == v["bytes"]


def test_a_note_is_sealed_alike_and_opens() -> None:
    v = _raw(MESSAGES["note"])

    assert second_formats.note(v["key"], v["context"], v["text"], v["sealed"][:24]) == v["sealed"]
    assert message.open_note(v["key"], v["context"], v["sealed"]) == v["text"]


def test_chains_and_digests_are_alike() -> None:
    chain, seen, body = (_raw(MESSAGES[name]) for name in ("chain", "seen", "body"))
    mailbox, space, key = (_raw(DIGESTS[name]) for name in ("mailbox", "space", "user_key"))
    agreement = DIGESTS["agreement"]
    folded = " ".join(agreement["reference"].split()).casefold().encode()
    encoded = second.signing_public(key["ed"], key["mldsa"])

    assert (
        blake(b"jitc1chain", chain["previous"] + body["message"] + body["digest"])
        == (chain["head"])
    )
    assert blake(b"jitc1seen", body["message"] + seen["device"] + body["digest"]) == (seen["mark"])
    assert blake(b"jitc1mailbox", mailbox["space"] + mailbox["device"], 16) == mailbox["mailbox"]
    assert mailbox_id(SpaceId(mailbox["space"]), DeviceId(mailbox["device"])) == mailbox["mailbox"]
    assert blake(b"jitc1agreement", folded).hex() == agreement["digest"]
    assert agreement_digest(agreement["reference"]).hex() == agreement["digest"]
    assert blake(b"jitc1userkey", encoded) == key["digest"] == key_digest(encoded)
    assert blake(b"jitc1space", space["genesis"], 16) == space["id"] == space_id(space["genesis"])
    assert second.record_hash(space["genesis"]) == space["hash"] == record_hash(space["genesis"])


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "padded"), VECTORS["padme"])
def test_lengths_are_padded_alike(size: int, padded: int) -> None:
    assert second_formats.padme(size) == padded == padme(size)


@pytest.mark.parametrize("number", range(len(VECTORS["files"])))
def test_a_file_is_sealed_alike_part_by_part_and_opens(number: int) -> None:
    vector = VECTORS["files"][number]
    v, plain = _raw(vector), content(vector["size"])
    context = b"jitc/v1/file\x00" + v["space"] + v["file"]
    commitment, sealed = second_formats.sealed_file(v["key"], v["salt"], context, plain)
    parts = second_formats.parts(sealed)
    leaves = [second_formats.leaf(part) for part in parts]

    assert commitment == v["commitment"]
    assert hashlib.sha256(sealed).digest() == v["sealed_sha256"]
    assert vector["sealed"] in ("", sealed.hex())
    assert [leaf.hex() for leaf in leaves] == vector["leaves"]
    assert second_formats.tree(leaves) == v["root"] == merkle.root(leaves)
    path = [bytes.fromhex(item) for item in vector["proof_of_0"]]
    assert merkle.verify_proof(leaves[0], 0, len(leaves), path, v["root"])
    shape = FileShape(size=vector["size"])
    where = SpaceId(v["space"]), FileId(v["file"]), v["salt"]
    opener = Opener(v["key"], *where, v["commitment"], shape)
    assert b"".join(bytes(opener.open_part(i, part)) for i, part in enumerate(parts)) == plain
    sealer = Sealer(v["key"], *where, shape)
    ours = [sealer.seal_part(i, plain[r.start : r.stop]) for i, r in _ranges(shape)]
    assert ours == parts


def _ranges(shape: FileShape) -> list[tuple[int, range]]:
    return [(index, shape.plain_range(index)) for index in range(shape.parts)]


# --- what is signed ------------------------------------------------------------------------------


def test_the_manifest_verifies_on_both_sides_and_names_the_file() -> None:
    data, key, v = (
        bytes.fromhex(VECTORS["manifest"]), _raw(SIGNED["key"]), _raw(VECTORS["files"][-1]),
    )  # fmt: skip
    by_second = second_formats.open_signed("manifest", data, key["ed"], key["mldsa"])
    ours = signatures.verify(data, _public(SIGNED["key"]), Manifest, signer=key["device"])

    for name in ("root", "sha256", "salt", "commitment"):
        assert by_second[name] == v[name] == getattr(ours, name)
    assert by_second["facts"] == [["Ort", "Lyon"], ["Gerät", "№ 4"]]


def test_the_receipts_verify_on_both_sides_and_are_chained() -> None:
    key, before = _raw(SIGNED["key"]), bytes(32)
    kinds = []
    for number, data in enumerate(map(bytes.fromhex, VECTORS["receipts"]), start=1):
        by_second = second_formats.open_signed("receipt", data, key["ed"], key["mldsa"])
        ours = signatures.verify(data, _public(SIGNED["key"]), Receipt, signer=key["device"])
        assert by_second["prev"] == before == ours.prev
        assert by_second["device_seq"] == number
        before = second.record_hash(by_second["_body"])
        kinds.append(by_second["kind"])

    assert kinds == ["delivered", "downloaded-verified", "exported", "refused", "wiped"]


def test_keys_come_from_their_seeds_and_prekeys_are_signed_by_both_halves() -> None:
    v = _raw(SIGNED["prekeys"])
    by_second = second_formats.open_signed("prekeys", v["signed"], v["ed"], v["mldsa"])
    once = second_formats.signing_input("kem-once", v["once"])

    assert second_formats.publics(v["seeds"]) == (v["ed"], v["mldsa"])
    assert by_second["_signer"] == by_second["device"] == v["device"]
    assert signatures.verify(v["signed"], _public(SIGNED["prekeys"]), SignedPrekeys).spk_id == 1
    assert second_formats.ed_sign(v["seeds"][:32], once) == v["once_ed"]


def test_the_store_signs_with_its_one_key() -> None:
    v = _raw(SIGNED["store"])
    ours = signatures.verify_store(v["signed"], v["public"], StoreReceipt)
    stored = second_records.decode("store-signed", v["signed"])
    signature = second_formats.signing_input("store-receipt", stored["body"])

    assert ours.stored_at == 1_800_000_000
    assert second_formats.ed_sign(v["seed"], signature) == stored["ed"]
