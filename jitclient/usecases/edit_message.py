"""Changing a text of one's own: it travels like a message, and every version stays."""

from __future__ import annotations

from jitclient import editing, mentions, sealing
from jitclient.foundation.text import check_message
from jitclient.place import place
from jitclient.sealing import Draft
from jitclient.session import Session
from jitclient.usecases.send_message import OVERHEAD_BYTES
from localstore import messages
from localstore.connection import transaction
from protocol.content import Edited
from protocol.errors import NotFoundError
from protocol.ids import MessageId, SpaceId
from protocol.limits import MAX_BODY_BYTES


def edit(session: Session, space: SpaceId, message: MessageId, text: str) -> bool:
    """Write another version; False: it says what stands there already. Database thread.

    Raises:
        NotFoundError: no such message; BadInputError: not one's own, too late, empty or too long;
        SpaceClosedError: closed, or one is no longer a member.
    """
    at = place(session, space)
    marked, found = mentions.split(text)
    body = check_message(marked, limit_bytes=MAX_BODY_BYTES - OVERHEAD_BYTES)
    words = mentions.worded(at, "you", body, found)
    with transaction(at.sp):
        known = messages.message(at.sp, message)
        if known is None:
            raise NotFoundError("There is no such message in this space.")
        editing.check_own(at, known)
        if words.text == known.text:
            return False
        content = Edited(version=1, message=message, text=body, mentions=found)
        row = sealing.compose(at, Draft(content=content, kind="edit", text=words.text))
        editing.wrote(at, row, words, known)
    return True
