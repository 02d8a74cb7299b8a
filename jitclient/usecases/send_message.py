"""Sending a message: saved here first, whatever the network does."""

from __future__ import annotations

from jitclient import mentions, sealing
from jitclient.foundation.text import check_message
from jitclient.place import place
from jitclient.sealing import Draft
from jitclient.session import Session
from localstore import drafts, messages, threads
from localstore import mentions as mentioned
from localstore.connection import transaction
from localstore.messages import MessageRecord
from protocol.content import Text
from protocol.ids import MessageId, SpaceId
from protocol.limits import MAX_BODY_BYTES

OVERHEAD_BYTES = 1024


async def send_message(
    session: Session,
    space: SpaceId,
    text: str,
    *,
    reply_to: MessageId | None = None,
    drafted: bool = False,
    in_thread: bool = False,
) -> MessageRecord:
    """Write a message to all members. It leaves with the next round that reaches the store.

    People, roles and exhibits it points to are written down in `text` (mentionviews.py). What was
    `drafted` is no draft any more, nor is the draft of the thread where it is said `in_thread`.

    Raises:
        BadInputError: empty or too long; NotFoundError: no such space;
        SpaceClosedError: closed, or one is no longer a member.
    """
    check_message(mentions.split(text)[0], limit_bytes=MAX_BODY_BYTES - OVERHEAD_BYTES)
    return await session.run(_write, session, space, text, reply_to, drafted, in_thread)


def _write(
    session: Session,
    space: SpaceId,
    text: str,
    reply_to: MessageId | None,
    drafted: bool = False,
    in_thread: bool = False,
) -> MessageRecord:
    at = place(session, space)
    marked, found = mentions.split(text)
    text = check_message(marked, limit_bytes=MAX_BODY_BYTES)
    words = mentions.worded(at, "you", text, found)
    content = Text(version=1, text=text, reply_to=reply_to, mentions=found)
    draft = Draft(content=content, kind="text", text=words.text, reply_to=reply_to)
    with transaction(at.sp):
        if drafted:
            drafts.drop(at.sp)
        if in_thread and reply_to is not None:
            threads.keep_draft(at.sp, reply_to, "")
        record = sealing.compose(at, draft)
        thread = threads.root_of(at.sp, record.message, reply_to)
        if thread is not None:
            messages.update_message(at.sp, record.message, thread=thread)
        mentioned.keep(at.sp, record.message, words.spots)
        return record
