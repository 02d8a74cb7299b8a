"""Changing what was written: who may, until when, and that every version stays.

Runs inside the transaction of a delivery or of a sending. Spec: docs/protocol/40-messages.md §10.
"""

from __future__ import annotations

from dataclasses import replace

from jitclient.errors import LateEditError
from jitclient.events import MessagesChanged
from jitclient.mentions import Worded
from jitclient.place import Place
from localstore import mentions as mentioned
from localstore import messages, versions
from localstore.messages import MessageRecord
from localstore.versions import Version
from protocol.errors import BadInputError, ForgedError, RefusedError
from protocol.ids import UserId
from protocol.limits import EDIT_SECONDS


def take(at: Place, who: str, row: MessageRecord, words: Worded, message: bytes) -> None:
    """An edit came, and its own row `row` is written: judge it, keep it, show it.

    Of a message that is not here yet it waits.

    Raises:
        ForgedError: it changes what its author did not write, or cannot change.
        LateEditError: it came too late, by the author's own times.
    """
    version = _version(row, message, words.text, me=words.me)
    text = messages.message(at.sp, message)
    if text is not None:
        _judge(at, who, text, version)
    mentioned.keep(at.sp, row.message, words.spots)
    versions.add(at.sp, replace(version, waits=text is None))
    if text is not None:
        _show(at, text)


def arrived(at: Place, who: str, text: MessageRecord) -> None:
    """A text came: judge the edits that waited for it. One that does not hold is told and goes."""
    waiting = versions.waiting(at.sp, text.message)
    held = False
    for version in waiting:
        try:
            _judge(at, who, text, version)
        except RefusedError as error:
            versions.drop(at.sp, version.edit)
            at.session.alarm(at.space, error, key=version.edit.hex())
            continue
        versions.settle(at.sp, version.edit)
        held = True
    if held:
        _show(at, text)


def wrote(at: Place, row: MessageRecord, words: Worded, text: MessageRecord) -> None:
    """This device wrote an edit of `text`."""
    mentioned.keep(at.sp, row.message, words.spots)
    versions.add(at.sp, _version(row, text.message, words.text, me=words.me))
    _show(at, text)


def check_own(at: Place, text: MessageRecord) -> None:
    """Whether this person may change a text now, by the rules that every reader has.

    Raises:
        BadInputError: it is somebody else's, no text, was not sent, or it is too late.
    """
    if text.author_user != at.session.user or text.kind != "text" or text.told_by:
        raise BadInputError("Only a text of your own can be changed.")
    if text.state == "refused":
        raise BadInputError("It was not sent. Write it anew.")
    after = at.now - text.claimed_at
    if not 0 <= after <= EDIT_SECONDS or at.now < versions.said_here(at.sp, at.session.device):
        minutes = EDIT_SECONDS // 60
        raise BadInputError(f"A message can be changed for {minutes} minutes. Write another one.")


def _judge(at: Place, who: str, text: MessageRecord, version: Version) -> None:
    if text.author_user != version.author_user:
        raise ForgedError(f"{who} changed a message of {_name(at, text)}; it was refused.")
    if text.kind != "text" or text.told_by or version.lamport <= text.lamport:
        raise ForgedError(f"{who} changed what cannot be changed; it was refused.")
    after = version.claimed_at - text.claimed_at
    before = versions.said_before(at.sp, version.author_device, version.sender_seq)
    if not 0 <= after <= EDIT_SECONDS or version.claimed_at < before:
        raise LateEditError(
            f"{who} changed a message later than is allowed. It stands as it was written."
        )


def _name(at: Place, text: MessageRecord) -> str:
    if text.author_user == at.session.user:
        return "yours"
    return at.name(UserId(text.author_user))


def _show(at: Place, text: MessageRecord) -> None:
    """The newest version, whichever came last, stands in the conversation and is found."""
    known = versions.of(at.sp, text.message)
    if text.edited_at is None:
        versions.add(at.sp, _version(text, text.message, text.text, me=text.mentions_me))
    newest = known[-1]
    mine = text.author_user == at.session.user
    me = newest.me and not mine
    messages.update_message(
        at.sp,
        text.message,
        text=newest.text,
        edited_at=newest.claimed_at,
        mentions_me=me,
        unread=text.unread or (me and not text.mentions_me),
    )
    mentioned.keep(at.sp, text.message, mentioned.of(at.sp, newest.edit))
    if not mine:
        at.session.touch_space(at.space, at.now)
    at.session.tell(MessagesChanged(at.space))


def _version(row: MessageRecord, message: bytes, text: str, *, me: bool) -> Version:
    """What the message `row` said, as a version of `message`; the first is a version of itself."""
    return Version(
        edit=row.message,
        message=message,
        author_user=row.author_user,
        author_device=row.author_device,
        sender_seq=row.sender_seq,
        lamport=row.lamport,
        claimed_at=row.claimed_at,
        received_at=row.received_at,
        text=text,
        me=me,
        waits=False,
    )
