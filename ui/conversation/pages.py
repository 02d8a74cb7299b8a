"""Which messages are loaded, and what may be written to them. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from jitclient.views import MessageRow, SpaceDetail, SpaceState
from protocol.ids import ID_BYTES, MessageId, SpaceId, from_hex
from protocol.roles import Right, allows
from ui.conversation.state import ConversationState
from ui.language import tr
from ui.leftoff import LeftOff

PLACE: Final = "read-at"  # the first message that was in sight, unless it was the end

PAGE: Final = 100
"""Messages that are loaded at a time."""
MOST: Final = 300
"""So many messages are loaded at most: each has its widgets, and all are laid out together, in a
tenth of a millisecond each, whenever a few more have come."""
_SLACK: Final = 100
"""What may come at the end before the oldest go."""

Messages = tuple[MessageRow, ...]


def merge(have: Messages, page: Messages) -> tuple[Messages, bool]:
    """Keep the older pages that were loaded, take the newest page as it is now.

    Also says whether the oldest had to go.
    """
    start = page[0].message if have and page else None
    at = next((i for i, one in enumerate(have) if one.message == start), 0)
    every = (*have[:at], *page)
    return (every[-MOST:], True) if len(every) > MOST + _SLACK else (every, False)


def further(have: Messages, page: Messages, *, newer: bool) -> tuple[Messages, bool]:
    """One more page at an end, and whether rows had to go at the other one for it."""
    every = (*have, *page) if newer else (*page, *have)
    return every[-MOST:] if newer else every[:MOST], len(every) > MOST


def ends(state: ConversationState, *, newer: bool, more: bool, cut: bool) -> ConversationState:
    """What is said of both ends after one more page at one: `more` follow there."""
    if newer:
        return replace(state, has_newer=more, has_older=state.has_older or cut, loading_older=False)
    return replace(state, has_older=more, has_newer=state.has_newer or cut, loading_older=False)


def may_write(detail: SpaceDetail) -> tuple[bool, str, bool]:
    """Whether one may write here, why not, and whether one may hand over evidence."""
    match detail.row.state:
        case SpaceState.OPEN:
            me = next((one for one in detail.members if one.is_me), None)
            if me is None or not allows(me.role, Right.MESSAGE):
                return False, tr("Your role in this space is to read."), False
            return True, "", me.may_upload
        case SpaceState.JOINING:
            return (
                False,
                tr("You can write once the welcome of an administrator has arrived."),
                False,
            )
        case SpaceState.LEFT:
            return False, tr("You were removed from this space. You can read what you have."), False
        case _:
            return False, tr("This space is closed. Nothing new can enter it."), False


def place_left(left: LeftOff, space: SpaceId) -> tuple[SpaceId, MessageId] | None:
    """The first message that was in sight when a space was left; None: it was the end."""
    message = from_hex(left.of(space, PLACE), ID_BYTES)
    return None if message is None else (space, MessageId(message))
