"""What a message that passed every check does: one function per kind of content.

Runs inside the transaction of its delivery. Spec: docs/protocol/40-messages.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass

from crypto import message as sealed_message
from crypto import signatures
from crypto.filestream import FileShape
from jitclient import receipts
from jitclient.evidence_sink import check_shape
from jitclient.events import ExhibitsChanged, MessagesChanged, SpacesChanged
from jitclient.foundation.text import visible
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import custody, evidence, messages, spacelog, spaces
from localstore.connection import Connection, transaction
from localstore.evidence import ExhibitRecord
from localstore.messages import MessageRecord
from protocol import codec
from protocol.content import (
    Body,
    ExhibitNotice,
    Receipts,
    SpaceCard,
    Text,
    Welcome,
    Withdrawn,
)
from protocol.devicelist import DeviceEntry
from protocol.envelope import KeyMsg
from protocol.errors import ForgedError, RefusedError
from protocol.ids import SpaceId, UserId
from protocol.manifest import Manifest
from protocol.receipts import ReceiptKind
from protocol.roles import Right, allows


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One opened message and who, by its session, wrote it."""

    space: SpaceId
    author: UserId
    device: DeviceEntry
    who: str
    key_msg: KeyMsg
    body: Body
    missing_before: int


class NotAllowedError(RefusedError):
    """The author's role does not allow this content."""

    code = "role-not-allowed"


def take_content(session: Session, sp: Connection, log: SpaceLog, new: Incoming) -> None:
    """Store one message by its kind and owe what it asks for.

    Raises:
        RefusedError: the author may not do this, or what he signed does not hold.
    """
    messages.witness_lamport(sp, new.body.lamport)
    match new.body.content:
        case Text(text=text, reply_to=reply_to):
            _right(log, new, Right.MESSAGE)
            _add(session, sp, new, "text", visible(text, lines=True), reply_to=reply_to)
            _owe_delivered(session, sp, log, new)
        case ExhibitNotice() as notice:
            _right(log, new, Right.UPLOAD)
            _exhibit(session, sp, log, new, notice)
            _owe_delivered(session, sp, log, new)
        case Welcome(card_key=card_key):
            _right(log, new, Right.ADMINISTER)
            _welcome(session, sp, log, new, card_key)
        case Receipts(receipts=signed):
            for data in signed:
                receipts.take(session, sp, log, new.author, new.device, data)
        case Withdrawn(file=file):
            _withdrawn(session, sp, new, file)


def _right(log: SpaceLog, new: Incoming, right: Right) -> None:
    member = log.member_or_former(new.author)
    if member is None or not allows(member.role, right):
        raise NotAllowedError(f"{new.who} did what the role does not allow; it was refused.")


def _add(  # noqa: PLR0913 - the facts of one row
    session: Session,
    sp: Connection,
    new: Incoming,
    kind: str,
    text: str,
    *,
    reply_to: bytes | None = None,
    file: bytes | None = None,
) -> None:
    now = session.clock.now()
    messages.add_message(
        sp,
        MessageRecord(
            message=new.key_msg.message,
            author_user=new.author,
            author_device=new.device.device,
            sender_seq=new.key_msg.sender_seq,
            lamport=new.body.lamport,
            log_seq=new.key_msg.log_seq,
            kind=kind,
            text=text,
            reply_to=reply_to,
            file=file,
            audience=new.body.audience,
            state="incoming",
            claimed_at=new.body.claimed_at,
            received_at=now,
            on_server_at=None,
            store_receipt=b"",
            body_digest=new.key_msg.body_digest,
            missing_before=new.missing_before,
            problem="",
            unread=True,
        ),
    )
    session.counts.messages_in += 1
    session.touch_space(new.space, now)
    session.tell(MessagesChanged(new.space))


def _owe_delivered(session: Session, sp: Connection, log: SpaceLog, new: Incoming) -> None:
    receipts.owe(
        session,
        sp,
        log,
        to=(new.author,),
        kind=ReceiptKind.DELIVERED,
        message=new.key_msg.message,
        subject=new.key_msg.body_digest,
    )


def _exhibit(
    session: Session, sp: Connection, log: SpaceLog, new: Incoming, notice: ExhibitNotice
) -> None:
    manifest = signatures.verify(
        notice.manifest, new.device.signing, Manifest, signer=new.device.device
    )
    if manifest.space != new.space:
        raise ForgedError(f"{new.who} handed over an exhibit of another space.")
    if evidence.exhibit(sp, manifest.file) is not None:
        raise ForgedError(f"{new.who} handed over the same exhibit a second time.")
    name = visible(manifest.name)
    shape = FileShape(manifest.size)
    check_shape(manifest, shape)
    now = session.clock.now()
    evidence.add_exhibit(
        sp,
        ExhibitRecord(
            file=manifest.file,
            message=new.key_msg.message,
            manifest=notice.manifest,
            file_key=notice.file_key,
            salt=manifest.salt,
            name=name,
            mime=visible(manifest.mime),
            exhibit=visible(manifest.exhibit),
            size=manifest.size,
            sha256=manifest.sha256,
            author_user=new.author,
            mine=False,
            state="available",
            sealed_total=shape.sealed_bytes,
            parts=manifest.parts,
            source="",
            source_stat="",
            recipients=new.body.audience,
            added_at=now,
            expires_at=None,
            problem="",
            announced=False,
            root=manifest.root,
            exported_to="",
        ),
    )
    _add(session, sp, new, "exhibit", name, file=manifest.file)
    custody.append(
        sp, "exhibit-received", new.who, name, f"sha256 {manifest.sha256.hex()}", now
    )
    session.tell(ExhibitsChanged(new.space))


def _welcome(
    session: Session, sp: Connection, log: SpaceLog, new: Incoming, card_key: bytes
) -> None:
    if spacelog.card(sp) is not None:
        return
    plain = sealed_message.open_note(card_key, b"card", log.roster.genesis.card)
    card = codec.decode(SpaceCard, plain)
    title, agreement = visible(card.title), visible(card.agreement)
    spacelog.save_card(sp, card_key, title, agreement)
    custody.append(sp, "joined", new.who, title, agreement, session.clock.now())
    with transaction(session.stores.device):
        spaces.update_space(
            session.stores.device, new.space, title=title, agreement=agreement, state="open"
        )
    session.tell(SpacesChanged())


def _withdrawn(session: Session, sp: Connection, new: Incoming, file: bytes) -> None:
    row = evidence.exhibit(sp, file)
    if row is None or row.author_user != new.author:
        raise ForgedError(f"{new.who} withdrew an exhibit that is not theirs.")
    if row.state in {"available", "downloading", "paused", "failed"}:
        evidence.update_exhibit(sp, file, state="withdrawn", problem="")
    _add(session, sp, new, "event", f"{new.who} withdrew “{row.name}”.", file=file)
    custody.append(sp, "exhibit-withdrawn", new.who, row.name, "", session.clock.now())
    session.tell(ExhibitsChanged(new.space))
