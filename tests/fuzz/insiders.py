"""Targets that only a member can feed: what he seals and signs properly, with any content.

Random bytes stop at the first tag or signature. Here the target itself seals or signs what it is
given, with the keys of a member, so that the readers behind the tag meet hostile content.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec.structs import replace

from crypto import chains, handshake, header, membership, message, ratchet, sealing, signatures
from crypto.devicelist import read_list
from crypto.filestream import FileShape, Opener, Sealer
from crypto.keys import IdentityKey
from crypto.session import Session
from jitclient.evidence_sink import check_shape
from protocol import codec, facts
from protocol.api.accounts import Bundle
from protocol.content import Body
from protocol.devicelist import DeviceList
from protocol.ids import FileId, MessageId, SpaceId
from protocol.limits import BODY_BUCKETS, MAX_BODY_BYTES, MAX_SKIP
from protocol.manifest import Manifest
from protocol.membership import Entry, EntryKind, Genesis
from protocol.prekeys import SignedPrekeys
from protocol.receipts import Receipt
from protocol.records import VERSION, Record, Signed
from protocol.roles import Party, Role
from tests.fuzz import made
from tests.fuzz.mutate import Form
from tests.fuzz.target import Target
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, CAROL, NOW, SPACE, Person, entry, genesis, lists
from tests.support.sessions import End, answer, start

_SEED: Final = Seeded(b"fuzz")
_CONTENT_KEY: Final = bytes(range(32))
_MESSAGE: Final = MessageId(b"message-of-fuzz!")
_FILE: Final = FileId(b"a-file-of-tests!")
_SAMPLES: Final = 4


def _signed(person: Person, kind: type[Record], body: bytes, *, user: bool = False) -> bytes:
    """`body`, whatever it is, properly signed as a record of `kind`."""
    key = person.usk if user else person.dsk
    text = signatures.signature_input(kind, body)
    return codec.encode(
        Signed(
            version=VERSION,
            signer=person.user if user else person.device,
            body=body,
            ed=key.ed_half(text),
            mldsa=key.mldsa_half(text),
        )
    )


def _record(name: str, read: Callable[[bytes], object], seeds: list[bytes]) -> Target:
    return Target(name=name, read=read, seeds=lambda: seeds, form=Form.RECORD, weight=2.0)


def _samples(kind: type[Record]) -> list[bytes]:
    return [made.record(kind, random.Random(number)) for number in range(_SAMPLES)]


def logs() -> list[Target]:
    """Log entries, the beginning of a log, device lists."""
    opened = genesis(ALICE)
    _, roster = membership.create(opened, ALICE.dsk)
    add = partial(entry, roster, ALICE, EntryKind.ADD, party=Party.MEMBER_STATE)
    change = partial(entry, roster, ALICE, subject=ALICE)
    entries = [
        codec.encode(add(subject=BOB, role=Role.INVESTIGATOR)),
        codec.encode(add(subject=CAROL, role=Role.ADMINISTRATOR)),
        codec.encode(entry(roster, ALICE, EntryKind.CLOSE)),
        codec.encode(change(EntryKind.REMOVE)),
        codec.encode(change(EntryKind.ROLE, role=Role.ADMINISTRATOR)),
    ]

    def follow(data: bytes) -> None:
        after = membership.follow(roster, _signed(ALICE, Entry, data), lists(ALICE, BOB))
        assert after.seq == roster.seq + 1
        assert after.administrators()

    def begin(data: bytes) -> None:
        after = membership.open_log(_signed(ALICE, Genesis, data), lists(ALICE))
        assert list(after.members) == [ALICE.user]

    def devices(data: bytes) -> None:
        found = read_list(_signed(ALICE, DeviceList, data, user=True), ALICE.user)
        assert found.user_key == ALICE.usk.public

    return [
        _record("member-entry", follow, entries),
        _record("member-genesis", begin, [codec.encode(opened)]),
        _record("member-device-list", devices, [signatures.parse(ALICE.signed_list).body]),
    ]


def signed() -> list[Target]:
    """Manifests, receipts and prekeys, signed; a bundle as the store alters it."""

    def manifest(data: bytes) -> None:
        found = signatures.verify(
            _signed(ALICE, Manifest, data), ALICE.dsk.public, Manifest, signer=ALICE.device
        )
        check_shape(found, FileShape(found.size))
        facts.check(found.facts)

    def receipt(data: bytes) -> None:
        signatures.verify(_signed(ALICE, Receipt, data), ALICE.dsk.public, Receipt)

    def prekeys(data: bytes) -> None:
        bundle = Bundle(
            device=BOB.device, signed=_signed(BOB, SignedPrekeys, data), one_time=None, kem=None
        )
        usable = handshake.read_bundle(bundle, BOB.peer, now=NOW)
        session = handshake.initiate(
            space=SPACE, own=ALICE.own, peer=BOB.peer, bundle=usable, entropy=_SEED
        )
        ratchet.seal(session, b"hello", _SEED, now=NOW)

    def claimed(data: bytes) -> None:
        handshake.read_bundle(codec.decode_json(Bundle, data), BOB.peer, now=NOW)

    manifests = []
    for size, sample in zip((0, 1, 70_000, 2**33), _samples(Manifest), strict=True):
        shape = FileShape(size)
        known = codec.decode(Manifest, sample)
        stated = (("title", "t"), ("acquired-at", "2026-11-02T14:05+01:00"), ("tlp", "RED"))
        lengths = {"size": size, "padded": shape.padded, "parts": shape.parts}
        known = replace(known, **lengths, facts=stated if size else ())
        manifests.append(codec.encode(known))
    bundle = codec.encode_json(BOB.bundle())
    return [
        _record("member-manifest", manifest, manifests),
        _record("member-receipt", receipt, _samples(Receipt)),
        _record("member-prekeys", prekeys, [signatures.parse(BOB.bundle().signed).body]),
        Target(name="bundle", read=claimed, seeds=lambda: [bundle], form=Form.JSON),
    ]


def sealed() -> list[Target]:
    """Headers and payloads under the header key of a peer who has just stepped."""
    first, init = start()
    second = answer(init)
    second.receive(init.message)
    first.receive(second.send(b"met"))
    first.send(b"the first message of a new chain")
    peer, ours = first.session.state, second.session
    assert peer.send_header is not None
    assert peer.own_public is not None
    header_key, plain = peer.send_header, peer.own_public + bytes(10)

    def read(data: bytes) -> None:
        """A byte for the form, two for the length of the header, the header, the payload."""
        form = header.Form(data[0] % len(header.Form)) if data else header.Form.PLAIN
        size = int.from_bytes(data[1:3])
        head, payload = data[3 : 3 + size], data[3 + size :]
        associated = ratchet._associated(peer, form, from_initiator=True)
        sealed_head = sealing.seal(header_key, head, associated, _SEED)
        key = chains.sealing_key(_message_key(int.from_bytes(head[36:40])))
        tail = sealing.seal(key, payload, associated + sealed_head, _SEED)
        opened = ratchet.open_message(ours, header.join(form, sealed_head, tail), now=NOW)
        assert opened.payload == payload
        assert Session.load(opened.session.dump()).dump() == opened.session.dump()

    def _message_key(number: int) -> bytes:
        """What the responder derives for this place, where the ratchet key is the true one."""
        chain = chains.root_step(*_answer_of(first, second)).chain
        for _ in range(min(number, MAX_SKIP)):
            _, chain = chains.chain_step(chain)
        return chains.chain_step(chain)[0]

    def packed(form: header.Form, head: bytes) -> bytes:
        return bytes([form]) + len(head).to_bytes(2) + head + b"words"

    seeds = [
        packed(header.Form.PLAIN, plain),
        packed(header.Form.PLAIN, plain[:36] + (3).to_bytes(4) + bytes(2)),
        packed(header.Form.PROPOSAL, plain[:41] + b"\x01" + BOB.kem.public),
        packed(header.Form.ANSWER, plain[:41] + b"\x02" + bytes(1088)),
    ]
    return [Target(name="member-ratchet", read=read, seeds=lambda: seeds, limit=3_000, weight=2.0)]


def _answer_of(first: End, second: End) -> tuple[bytes, bytes]:
    """Root key and secret of the step that `first` has made and `second` has not seen."""
    ours, peer = second.session.state, first.session.state
    assert ours.own is not None
    assert peer.own_public is not None
    return ours.root, IdentityKey.load(ours.own).agree(peer.own_public)


def contents() -> list[Target]:
    """Bodies and notes under their key, with any padding and any content; parts of a file."""

    def read_body(data: bytes) -> None:
        commitment = message._commitment(SPACE, _MESSAGE, _CONTENT_KEY)
        associated = message._BODY_LABEL + SPACE + _MESSAGE + commitment
        body = commitment + sealing.seal(_CONTENT_KEY, data, associated, _SEED)
        plain = message.open_body(SPACE, _MESSAGE, body, _CONTENT_KEY, message.body_digest(body))
        assert sealing.pad(plain, BODY_BUCKETS) == data
        found = codec.decode(Body, plain, limit=MAX_BODY_BYTES)
        assert codec.encode(found) == plain

    def read_outer(data: bytes) -> None:
        message.open_body(SPACE, _MESSAGE, data, _CONTENT_KEY, message.body_digest(data))

    def read_note(data: bytes) -> None:
        sealed_note = sealing.seal(_CONTENT_KEY, data, message._NOTE_LABEL + b"card", _SEED)
        plain = message.open_note(_CONTENT_KEY, b"card", sealed_note)
        assert message.seal_note(_CONTENT_KEY, b"card", plain, _SEED)

    shape = FileShape(20_000)
    sealer = Sealer(_CONTENT_KEY, SpaceId(SPACE), _FILE, bytes(24), shape)
    opener = Opener(_CONTENT_KEY, SpaceId(SPACE), _FILE, bytes(24), sealer.commitment, shape)
    part = bytes(sealer.seal_part(0, bytes(20_000)))

    def read_part(data: bytes) -> None:
        assert opener.open_part(0, data) == bytes(20_000)

    bodies = [
        sealing.pad(made.record(Body, random.Random(n)), BODY_BUCKETS) for n in range(_SAMPLES)
    ]

    class Fixed:
        """The content key that the reader has, then nonces."""

        def token(self, size: int) -> bytes:
            return _CONTENT_KEY if size == 32 else bytes(size)

    outer = message.seal_body(SPACE, _MESSAGE, b"words", Fixed())
    note = sealing.pad(b"words", message._NOTE_BUCKETS)
    return [
        Target(name="member-body", read=read_body, seeds=lambda: bodies, limit=70_000),
        Target(name="body", read=read_outer, seeds=lambda: [outer.body], limit=1_000),
        Target(name="member-note", read=read_note, seeds=lambda: [note], limit=3_000),
        Target(name="part", read=read_part, seeds=lambda: [part], limit=30_000, weight=0.3),
    ]
