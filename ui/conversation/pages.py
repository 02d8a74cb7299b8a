"""Which messages are loaded, and what may be written to them. Pure."""

from __future__ import annotations

from typing import Final

from jitclient.views import MessageRow, SpaceDetail, SpaceState
from protocol.ids import ID_BYTES, MessageId, SpaceId, from_hex
from protocol.roles import Right, allows
from ui.language import tr
from ui.leftoff import LeftOff

PLACE: Final = "read-at"  # the first message that was in sight, unless it was the end


def merge(have: tuple[MessageRow, ...], page: tuple[MessageRow, ...]) -> tuple[MessageRow, ...]:
    """Keep the older pages that were loaded, take the newest page as it is now."""
    if not have or not page:
        return page
    start = page[0].message
    at = next((i for i, one in enumerate(have) if one.message == start), None)
    return page if at is None else (*have[:at], *page)


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
