"""What a message that passed every check does: one function per kind of content.

Runs inside the transaction of its delivery. Spec: docs/protocol/40-messages.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crypto import message as sealed_message
from jitclient import (
    again,
    consequences,
    controllers,
    editing,
    factviews,
    founders,
    manifests,
    mentions,
    receipts,
    records,
    sharing,
    witnessing,
)
from jitclient.events import ExhibitsChanged, MessagesChanged, SpacesChanged
from jitclient.foundation.text import visible
from jitclient.founders import FoundingError
from jitclient.place import Place
from jitclient.receipts import Claim
from localstore import custody, evidence, messages, spacelog, spaces, threads
from localstore import mentions as mentioned
from localstore.connection import transaction
from localstore.messages import MessageRecord
from protocol import codec
from protocol.content import (
    Body,
    Edited,
    ExhibitNotice,
    History,
    Receipts,
    ReceiptsAndHead,
    SendAgain,
    SpaceCard,
    Text,
    Welcome,
    Withdrawn,
    WithdrawnBecause,
)
from protocol.devicelist import DeviceEntry
from protocol.envelope import KeyMsg
from protocol.errors import ForgedError, RefusedError, ReplayError
from protocol.ids import DeviceId, FileId, MessageId, UserId
from protocol.manifest import Manifest
from protocol.membership import agreement_digest
from protocol.receipts import ReceiptKind
from protocol.roles import Right, allows


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One opened message and who, by its session, wrote it."""

    author: UserId
    device: DeviceEntry
    who: str
    key_msg: KeyMsg
    body: Body
    missing_before: int
    line: int  # the session it came on


class NotAllowedError(RefusedError):
    """The author's role does not allow this content."""

    code = "role-not-allowed"


def take_content(at: Place, new: Incoming) -> None:
    """Store one message by its kind and owe what it asks for.

    Raises:
        RefusedError: the author may not do this, or what he signed does not hold.
    """
    if messages.message(at.sp, new.key_msg.message) is not None:
        raise ReplayError(f"{new.who} used the number of another message once more.")
    messages.witness_lamport(at.sp, new.body.lamport)
    match new.body.content:
        case Text() as said:
            _right(at, new, Right.MESSAGE)
            _text(at, new, said)
            _owe_delivered(at, new)
        case Edited() as changed:
            _right(at, new, Right.MESSAGE)
            _edited(at, new, changed)
            _owe_delivered(at, new)
        case ExhibitNotice() as notice:
            _exhibit(at, new, notice)
            _owe_delivered(at, new)
        case Welcome(card_key=card_key):
            _welcome(at, new, card_key)
        case Receipts() | ReceiptsAndHead() as batch:
            receipts.take_all(at, new.author, new.device, batch)
        case Withdrawn() | WithdrawnBecause() as gone:
            _withdrawn(at, new, gone)
        case SendAgain(notice=notice):
            again.take(at, new.author, new.device, notice, new.line)
        case History() as told:
            sharing.take(at, new.author, new.device, told)
    witnessing.came(at, DeviceId(new.device.device), new.key_msg, new.body)


def _right(at: Place, new: Incoming, right: Right) -> None:
    member = at.log.member_or_former(new.author)
    if member is None or not allows(member.role, right):
        raise NotAllowedError(f"{new.who} did what the role does not allow; it was refused.")


def _may_upload(at: Place, new: Incoming, manifest: Manifest) -> None:
    """Its author's role hands over evidence, and a controller stood for it where one must."""
    member = at.log.member_or_former(new.author)
    if member is None or not allows(member.role, Right.UPLOAD, controlled=True):
        raise NotAllowedError(f"{new.who} did what the role does not allow; it was refused.")
    controllers.check_manifest(at, new.author, manifest)


def _row(at: Place, new: Incoming, kind: str, text: str) -> MessageRecord:
    author = (new.author, DeviceId(new.device.device))
    row = records.placed(new.key_msg, new.body, author, kind=kind, text=text, now=at.now)
    row = replace(row, missing_before=new.missing_before, unread=True)
    if new.author == at.session.user:  # written at one's own other device, and it left there
        row = replace(row, state="on-server", on_server_at=at.now, unread=False)
    return row


def _add(at: Place, row: MessageRecord) -> None:
    messages.add_message(at.sp, row)
    at.session.counts.messages_in += 1
    if row.author_user == at.session.user:
        readers = row.audience or at.log.others(at.session.user)
        messages.expect(at.sp, row.message, [u for u in readers if u != at.session.user])
    else:
        at.session.touch_space(at.space, at.now)
    at.session.tell(MessagesChanged(at.space))


def _text(at: Place, new: Incoming, said: Text) -> None:
    words = mentions.worded(at, new.who, said.text, said.mentions)
    row = replace(
        _row(at, new, "text", words.text),
        reply_to=MessageId(said.reply_to) if said.reply_to else None,
        mentions_me=words.me and new.author != at.session.user,
        thread=threads.root_of(at.sp, new.key_msg.message, said.reply_to),
    )
    _add(at, row)
    threads.came(at.sp, row.message, row.thread)
    mentioned.keep(at.sp, row.message, words.spots)
    editing.arrived(at, new.who, row)


def _edited(at: Place, new: Incoming, changed: Edited) -> None:
    words = mentions.worded(at, new.who, changed.text, changed.mentions)
    row = replace(_row(at, new, "edit", words.text), unread=False)
    _add(at, row)
    editing.take(at, new.who, row, words, changed.message)


def _owe_delivered(at: Place, new: Incoming) -> None:
    if new.author == at.session.user:
        return  # nobody acknowledges to himself
    claim = Claim(
        kind=ReceiptKind.DELIVERED,
        message=new.key_msg.message,
        subject=new.key_msg.body_digest,
    )
    receipts.owe(at, (new.author,), claim)


def _exhibit(at: Place, new: Incoming, notice: ExhibitNotice) -> None:
    manifest = manifests.read(at, notice.manifest, new.device, new.who)
    _may_upload(at, new, manifest)
    if evidence.exhibit(at.sp, FileId(manifest.file)) is not None:
        raise ForgedError(f"{new.who} handed over the same exhibit a second time.")
    record = manifests.exhibit(
        at,
        manifest,
        notice.manifest,
        notice.file_key,
        new.key_msg.message,
        new.author,
        recipients=tuple(UserId(u) for u in new.body.audience),
    )
    evidence.add_exhibit(at.sp, record)
    _add(at, replace(_row(at, new, "exhibit", record.name), file=record.file))
    digest = f"sha256 {manifest.sha256.hex()}"
    detail = ", ".join((digest, *factviews.marks(record.facts)))
    custody.append(at.sp, "exhibit-received", new.who, record, detail, at.now)
    at.session.tell(ExhibitsChanged.of(at.space, record.file))


def _welcome(at: Place, new: Incoming, card_key: bytes) -> None:
    _right(at, new, Right.MESSAGE)  # the genesis says what the card is, not who hands over its key
    if spacelog.card(at.sp) is not None:
        return
    plain = sealed_message.open_note(card_key, b"card", at.log.roster.genesis.card)
    card = codec.decode(SpaceCard, plain)
    title, agreement = visible(card.title), visible(card.agreement)
    if agreement_digest(card.agreement) != at.log.roster.genesis.agreement:
        raise ForgedError("The card of this space names another agreement than it was opened for.")
    if not founders.names_something(agreement):
        raise FoundingError("This space was opened for an agreement without a reference.")
    spacelog.save_card(at.sp, card_key, title, agreement)
    custody.append(at.sp, "joined", new.who, title, agreement, at.now)
    db = at.session.stores.device
    with transaction(db):
        spaces.update_space(db, at.space, title=title, agreement=agreement)
        record = spaces.space(db, at.space)
        if record is not None and record.state == "joining":  # and not left again meanwhile
            spaces.update_space(db, at.space, state="open")
    consequences.welcome_own_devices(at)
    at.session.tell(SpacesChanged())


def _withdrawn(at: Place, new: Incoming, gone: Withdrawn | WithdrawnBecause) -> None:
    file = FileId(gone.file)
    reason = visible(gone.reason) if isinstance(gone, WithdrawnBecause) else ""
    row = evidence.exhibit(at.sp, file)
    if row is None or row.author_user != new.author:
        raise ForgedError(f"{new.who} withdrew an exhibit that is not theirs.")
    if row.state in {"available", "downloading", "paused", "failed"}:
        evidence.update_exhibit(at.sp, file, state="withdrawn", problem="")
    line = _row(at, new, "event", consequences.withdrawal(new.who, row.name, reason))
    _add(at, replace(line, file=file))
    custody.append(at.sp, "exhibit-withdrawn", new.who, row, reason, at.now)
    at.session.tell(ExhibitsChanged.of(at.space, file))
