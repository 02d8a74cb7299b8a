"""Makes `formats.json`: messages, files, receipts, signatures, with the secrets to make them again.

Run by hand where a format changes: `python -m tests.vectors.make_formats`. ML-DSA signatures are
hedged, so every run makes other, equally good ones; all else follows from seeds.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from crypto import merkle, message, partleaf, signatures
from crypto.filestream import FileShape, Sealer, padme
from crypto.signatures import StoreKey
from protocol import codec
from protocol.envelope import Envelope, EnvelopeKind, KeyMsg
from protocol.ids import EnvelopeId, FileId, MailboxId, MessageId, mailbox_id
from protocol.manifest import Manifest
from protocol.membership import agreement_digest, record_hash, space_id
from protocol.prekeys import OneTimeKem
from protocol.receipts import Receipt, ReceiptKind, StoreReceipt
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, NOW, SPACE, Person, genesis

PATH: Final = Path(__file__).with_name("formats.json")
MESSAGE: Final = MessageId(b"message-id-16-by")
FILE: Final = FileId(b"file-id-of-16-by")
SIZES: Final = (0, 1, 2, 9, 100, 16_384, 65_535, 1_000_000, 4_194_304, 10**9 + 7, 2**40 + 1)


def hexed(**values: bytes) -> dict[str, str]:
    """Bytes as JSON."""
    return {name: value.hex() for name, value in values.items()}


def _messages() -> dict[str, Any]:
    sealed = message.seal_body(SPACE, MESSAGE, b"the words", Seeded(b"body"))
    key_msg = KeyMsg(
        space=SPACE,
        message=MESSAGE,
        sender_seq=7,
        prev_own=b"p" * 32,
        pair_seq=5,
        log_seq=3,
        log_head=b"h" * 32,
        content_key=sealed.content_key,
        body_digest=sealed.digest,
        body_length=len(sealed.body),
    )
    envelope = Envelope(
        kind=EnvelopeKind.MSG,
        to=mailbox_id(SPACE, BOB.device),
        sender=mailbox_id(SPACE, ALICE.device),
        id=EnvelopeId(b"envelope-16-byte"),
        body=b"sealed for one",
    )
    context = b"note" + SPACE + (9).to_bytes(8)
    note = message.seal_note(b"c" * 32, context, b"Grund: Frist", Seeded(b"note"))
    return {
        "body": hexed(
            space=SPACE,
            message=MESSAGE,
            plain=b"the words",
            key=sealed.content_key,
            sealed=sealed.body,
            digest=sealed.digest,
        ),
        "key_message": {
            "numbers": {"sender_seq": 7, "pair_seq": 5, "log_seq": 3},
            **hexed(prev_own=b"p" * 32, log_head=b"h" * 32, bytes=key_msg.pack()),
        },
        "envelope": {
            "kind": 2,
            **hexed(
                to=envelope.to,
                sender=MailboxId(envelope.sender),
                id=envelope.id,
                body=envelope.body,
                bytes=envelope.pack(),
            ),
        },
        "note": hexed(key=b"c" * 32, context=context, text=b"Grund: Frist", sealed=note),
        "chain": hexed(
            previous=bytes(32), head=message.chain_head(bytes(32), MESSAGE, sealed.digest)
        ),
        "seen": hexed(
            device=ALICE.device, mark=message.seen_mark(MESSAGE, ALICE.device, sealed.digest)
        ),
    }


def _digests() -> dict[str, Any]:
    first = codec.encode(genesis(ALICE))
    reference = "  JIT  12/2026 \u1e9e "
    return {
        "mailbox": hexed(space=SPACE, device=ALICE.device, mailbox=mailbox_id(SPACE, ALICE.device)),
        "agreement": {"reference": reference, **hexed(digest=agreement_digest(reference))},
        "user_key": hexed(
            ed=ALICE.usk.public.ed, mldsa=ALICE.usk.public.mldsa, digest=ALICE.user_key
        ),
        "space": hexed(genesis=first, id=space_id(first), hash=record_hash(first)),
    }


def content(size: int) -> bytes:
    """The bytes of the sample files."""
    return hashlib.shake_256(b"vector").digest(size)


def _file(size: int) -> dict[str, Any]:
    key, salt = Seeded(b"file key").token(32), Seeded(b"file salt").token(24)
    shape = FileShape(size=size)
    sealer = Sealer(key, SPACE, FILE, salt, shape)
    plain = content(size)
    parts = []
    for index in range(shape.parts):
        where = shape.plain_range(index)
        parts.append(bytes(sealer.seal_part(index, plain[where.start : where.stop])))
    leaves = [partleaf.leaf(part) for part in parts]
    whole = b"".join(parts)
    return {
        "size": size,
        "padded": shape.padded,
        "leaves": [leaf.hex() for leaf in leaves],
        "proof_of_0": [item.hex() for item in merkle.proof(leaves, 0)],
        "sealed": whole.hex() if len(whole) < 2000 else "",
        **hexed(
            key=key,
            salt=salt,
            space=SPACE,
            file=FILE,
            commitment=sealer.commitment,
            root=merkle.root(leaves),
            sha256=hashlib.sha256(plain).digest(),
            sealed_sha256=hashlib.sha256(whole).digest(),
        ),
    }


def _manifest(made: dict[str, Any]) -> str:
    manifest = Manifest(
        version=1,
        file=FILE,
        space=SPACE,
        suite=1,
        name="Überwachung 3.mp4",
        mime="video/mp4",
        exhibit="A-12/3",
        facts=(("Ort", "Lyon"), ("Gerät", "№ 4")),
        size=made["size"],
        padded=made["padded"],
        parts=len(made["leaves"]),
        salt=bytes.fromhex(made["salt"]),
        commitment=bytes.fromhex(made["commitment"]),
        root=bytes.fromhex(made["root"]),
        sha256=bytes.fromhex(made["sha256"]),
        log_seq=3,
        log_head=b"h" * 32,
        claimed_at=NOW,
    )
    return signatures.sign(ALICE.dsk, ALICE.device, manifest).hex()


def _receipts() -> list[str]:
    signed, before = [], bytes(32)
    for number, kind in enumerate(ReceiptKind, start=1):
        wiped = kind is ReceiptKind.WIPED
        receipt = Receipt(
            version=1,
            kind=kind,
            space=SPACE,
            message=bytes(16) if wiped else MESSAGE,
            subject=b"s" * 32,
            sha256=b"t" * 32 if kind is ReceiptKind.VERIFIED else None,
            device=ALICE.device,
            device_seq=number,
            prev=before,
            log_seq=3,
            log_head=b"h" * 32,
            remaining="one export" if wiped else "",
            claimed_at=NOW + number,
            nonce=bytes([number]) * 16,
        )
        before = record_hash(codec.encode(receipt))
        signed.append(signatures.sign(ALICE.dsk, ALICE.device, receipt).hex())
    return signed


def _signatures() -> dict[str, Any]:
    store = StoreKey(Seeded(b"store").token(32))
    receipt = StoreReceipt(version=1, space=SPACE, item=MESSAGE, subject=b"s" * 32, stored_at=NOW)
    bundle = BOB.bundle()
    assert bundle.kem is not None
    once = OneTimeKem(version=1, device=BOB.device, kem_id=3, kem=BOB.once.public)
    return {
        "key": _public(ALICE),
        "store": hexed(
            seed=store.dump(), public=store.public, signed=signatures.sign_store(store, receipt)
        ),
        "prekeys": {
            **_public(BOB),
            **hexed(signed=bundle.signed, once=codec.encode(once), once_ed=bundle.kem.signature),
        },
    }


def _public(person: Person) -> dict[str, str]:
    public = person.dsk.public
    return hexed(seeds=person.dsk.dump(), ed=public.ed, mldsa=public.mldsa, device=person.device)


def make() -> dict[str, Any]:
    """All of them."""
    large = _file(4_194_304 * 2 + 5)
    return {
        "messages": _messages(),
        "digests": _digests(),
        "padme": [[size, padme(size)] for size in SIZES],
        "files": [_file(0), _file(1000), _file(16_384), large],
        "manifest": _manifest(large),
        "receipts": _receipts(),
        "signatures": _signatures(),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n")
