"""A person asks the device that wrote a line for the messages that are missing before it."""

from __future__ import annotations

from jitclient import healing
from jitclient.events import MessagesChanged
from jitclient.session import Session
from localstore import messages
from protocol.errors import NotFoundError
from protocol.ids import MessageId, SpaceId


def ask_again(session: Session, space: SpaceId, message: MessageId) -> bool:
    """Ask now, by a signed notice that leaves with the next round; False: it cannot be asked.

    Database thread. Spec: docs/protocol/40-messages.md §7.

    Raises:
        NotFoundError: no such message here.
    """
    record = messages.message(session.stores.space(space), message)
    if record is None:
        raise NotFoundError("There is no such message in this space.")
    asked = healing.ask_at_once(session, space, record.author_device)
    if asked:
        session.tell(MessagesChanged(space))
    return asked
