"""A text that is being written outlives the window: it is kept where the messages are.

It dies with the space, and in the transaction that makes a message of it (send_message.py).
"""

from __future__ import annotations

from jitclient.session import Session
from localstore import drafts, messages, threads
from localstore.connection import transaction
from protocol.ids import MessageId, SpaceId
from protocol.limits import MAX_BODY_BYTES


def keep(session: Session, space: SpaceId, text: str, reply_to: MessageId | None) -> None:
    """Keep what is in the composer; an empty text that answers nothing is no draft.

    What is longer than any message is kept as far as one could be. Database thread.

    Raises:
        NotFoundError: no such space; SpaceClosedError: it was wiped.
    """
    sp = session.stores.space(space)
    with transaction(sp):
        if text.strip() or reply_to is not None:
            drafts.keep(sp, text[:MAX_BODY_BYTES], reply_to)
        else:
            drafts.drop(sp)


def draft(session: Session, space: SpaceId) -> tuple[str, MessageId | None]:
    """The text, and the message it answers if that is still here. Database thread.

    Raises:
        NotFoundError: no such space; SpaceClosedError: it was wiped.
    """
    sp = session.stores.space(space)
    text, reply_to = drafts.load(sp)
    if reply_to is None or messages.message(sp, reply_to) is None:
        return text, None
    return text, MessageId(reply_to)


def keep_of_thread(session: Session, space: SpaceId, root: MessageId, text: str) -> None:
    """Keep what is being written in a thread. Database thread.

    Raises:
        NotFoundError: no such space; SpaceClosedError: it was wiped.
    """
    sp = session.stores.space(space)
    with transaction(sp):
        threads.keep_draft(sp, root, text[:MAX_BODY_BYTES])


def of_thread(session: Session, space: SpaceId, root: MessageId) -> str:
    """What is being written in a thread; empty: nothing. Database thread.

    Raises:
        NotFoundError: no such space; SpaceClosedError: it was wiped.
    """
    return threads.draft(session.stores.space(space), root)
