"""Receipts: forged ones of the store, and of members about others, other texts, other contents."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from crypto import signatures
from crypto.signatures import StoreKey
from jitclient.place import Place
from jitclient.sealing import Draft, compose
from jitclient.views import ExhibitState, MessageState
from localstore import evidence, messages
from protocol.api.spaces import PostedReply
from protocol.content import Receipts
from protocol.ids import DeviceId, MessageId
from protocol.membership import record_hash
from protocol.receipts import Receipt, ReceiptKind, StoreReceipt
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam
from tests.support.people import make_person
from tests.support.people_at_work import evidence_file

MALLORY = make_person("mallory")
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("what", ["other-key", "other-message", "other-text", "other-space"])
async def test_a23_a_store_receipt_that_does_not_hold_marks_nothing(
    team: HostileTeam, what: str
) -> None:
    def forge(reply: PostedReply) -> PostedReply:
        key = team.hostile.receipt_key
        true = signatures.verify_store(reply.receipt, key.public, StoreReceipt)
        false = {
            "other-key": true,
            "other-message": replace(true, item=b"o" * 16),
            "other-text": replace(true, subject=b"o" * 32),
            "other-space": replace(true, space=b"o" * 16),
        }[what]
        if what == "other-key":
            key = StoreKey.load(b"k" * 32)
        return replace(reply, receipt=signatures.sign_store(key, false))

    # In a space of its own: what is to be posted again is not overtaken by later messages.
    space = await team.new_space(f"Kept {what}", "bruno")
    deed = team.hostile.rewrites(
        PostedReply, "/messages$", forge, method="POST", to=team.device("ana"), times=1
    )
    sent = await team["ana"].send(space, f"kept? {what}")
    await team["ana"].sync_now()

    assert deed.count == 1
    row = await team["ana"].message(space, sent.message)
    assert row.state is MessageState.SAVED
    assert row.on_server_at is None
    assert (await team["ana"].status()).waiting_messages >= 1
    await team.named("ana", "forged")


def signed_by(team: HostileTeam, who: str, at: Place, kind: ReceiptKind, **of: object) -> bytes:
    """A receipt signed with a member's own key, stating whatever he likes."""
    session = team.session(who)
    receipt = Receipt(
        version=1,
        kind=kind,
        space=at.space,
        message=b"m" * 16,
        subject=bytes(32),
        sha256=None,
        device=session.device,
        device_seq=99,
        prev=bytes(32),
        log_seq=at.log.roster.seq,
        log_head=at.log.roster.head,
        remaining="",
        claimed_at=at.now,
        nonce=b"n" * 16,
    )
    stated = replace(receipt, **of)
    return signatures.sign(session.signing, DeviceId(stated.device), stated)


def sends(team: HostileTeam, at: Place, *receipts: bytes) -> None:
    """Put receipts into a message to Ana."""
    content = Receipts(version=1, receipts=receipts)
    compose(at, Draft(content=content, kind="receipts", audience=(team.user("ana"),)))


async def written_for(team: HostileTeam, text: str) -> tuple[MessageId, bytes]:
    """A message of Ana at the store, which nobody fetched; its body's digest."""
    sent = await team["ana"].send(team.space, text)
    await team["ana"].sync_now()

    def digest(at: Place) -> bytes:
        row = messages.message(at.sp, sent.message)
        assert row is not None
        return row.body_digest

    return sent.message, await team.act("ana", digest)


@pytest.mark.parametrize("signer", ["eva", "bruno"])
async def test_a23_nobody_receives_in_somebody_elses_name(team: HostileTeam, signer: str) -> None:
    """Bruno states, with his key, that Eva's device has the message."""
    message, digest = await written_for(team, "has Eva read it?")
    team.hostile.answers("GET", "/mailbox", empties, to=team.device("bruno"))

    def forge(at: Place) -> None:
        about = {"message": message, "subject": digest, "device": team.device("eva")}
        signed = signed_by(team, "bruno", at, ReceiptKind.DELIVERED, **about)
        stated = signatures.peek(signed, Receipt)
        key = team.session("bruno").signing
        sends(team, at, signatures.sign(key, team.device(signer), stated))

    await team.act("bruno", forge)
    await team.settle("bruno", "ana", rounds=1)

    assert team.hostile.posted(team.device("bruno"))
    row = await team["ana"].message(team.space, message)
    assert {r.name: r.at for r in row.received_by}["Eva Moreau"] is None
    await team.named("ana", "forged", "Bruno Keller")


async def test_a23_a_receipt_its_device_did_not_sign_marks_nothing(team: HostileTeam) -> None:
    """What is kept as proof must be the signature of the device it names."""
    message, digest = await written_for(team, "will you sign for it?")
    team.hostile.answers("GET", "/mailbox", empties, to=team.device("bruno"))

    def forge(at: Place) -> None:
        about = {"message": message, "subject": digest}
        signed = signatures.parse(signed_by(team, "bruno", at, ReceiptKind.DELIVERED, **about))
        stated = signatures.peek(msgspec.msgpack.encode(signed), Receipt)
        sends(team, at, signatures.sign(MALLORY.dsk, team.device("bruno"), stated))

    await team.act("bruno", forge)
    await team.settle("bruno", "ana", rounds=1)

    row = await team["ana"].message(team.space, message)
    assert {r.name: r.at for r in row.received_by}["Bruno Keller"] is None
    await team.named("ana", "forged", "Bruno Keller")


async def test_a23_a_receipt_for_another_text_marks_nothing(team: HostileTeam) -> None:
    message, _ = await written_for(team, "what exactly did you get?")
    team.hostile.answers("GET", "/mailbox", empties, to=team.device("bruno"))

    def forge(at: Place) -> None:
        about = {"message": message, "subject": b"another text, another text, anot"}
        sends(team, at, signed_by(team, "bruno", at, ReceiptKind.DELIVERED, **about))

    await team.act("bruno", forge)
    await team.settle("bruno", "ana", rounds=1)

    row = await team["ana"].message(team.space, message)
    assert {r.name: r.at for r in row.received_by}["Bruno Keller"] is None
    await team.named("ana", "forged", "Bruno Keller", "another text")


async def test_a23_a_receipt_out_of_another_history_marks_nothing(team: HostileTeam) -> None:
    message, digest = await written_for(team, "in which space are you?")
    team.hostile.answers("GET", "/mailbox", empties, to=team.device("bruno"))

    def forge(at: Place) -> None:
        about = {"message": message, "subject": digest, "log_head": b"h" * 32}
        sends(team, at, signed_by(team, "bruno", at, ReceiptKind.DELIVERED, **about))

    await team.act("bruno", forge)
    await team.settle("bruno", "ana", rounds=1)

    row = await team["ana"].message(team.space, message)
    assert {r.name: r.at for r in row.received_by}["Bruno Keller"] is None
    await team.named("ana", "log-fork", "Bruno Keller", "membership log")


async def test_a23_whoever_verified_another_content_has_not_verified(
    team: HostileTeam, tmp_path: Path
) -> None:
    source = evidence_file(tmp_path, "contested.img", 20_000)
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team["ana"].sync_now()
    team.hostile.answers("GET", "/mailbox", empties, to=team.device("bruno"))

    def manifest(at: Place) -> bytes:
        record = evidence.exhibit(at.sp, row.file)
        assert record is not None
        return record_hash(signatures.parse(record.manifest).body)

    subject = await team.act("ana", manifest)

    def forge(at: Place) -> None:
        about = {"subject": subject, "sha256": b"another content, another content"}
        sends(team, at, signed_by(team, "bruno", at, ReceiptKind.VERIFIED, **about))

    await team.act("bruno", forge)
    await team.settle("bruno", "ana", rounds=1)

    now = await team["ana"].exhibit(team.space, row.file)
    assert now.state is ExhibitState.ON_SERVER
    assert [r.at for r in now.recipients] == [None]
    await team.named("ana", "forged", "Bruno Keller", "contested.img")


def empties(exchange: Exchange) -> bool:
    """Keep everything from a device, so that it owes nothing of its own."""
    exchange.body = b'{"deliveries":[],"waiting":0}'
    return True
