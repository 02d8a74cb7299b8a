"""Messages that point to the person of this device, over all spaces."""

from __future__ import annotations

from jitclient import mentions, spacewise
from jitclient.foundation.text import visible
from jitclient.mentionviews import MentionRow
from jitclient.session import Session
from localstore import mentions as mentioned
from localstore import spaces
from localstore.messages import MessageRecord
from protocol.ids import MessageId, SpaceId, UserId


def of_me(
    session: Session, space: SpaceId | None, limit: int, *, unread: bool = False
) -> tuple[MentionRow, ...]:
    """The newest mentions of this person, in one space or in all; newest first."""

    def inside(session: Session, one: SpaceId) -> tuple[MentionRow, ...]:
        if space is not None and one != space:
            return ()
        sp = session.stores.space(one)
        return tuple(_row(session, one, m) for m in mentioned.of_me(sp, limit, unread=unread))

    found = spacewise.gather(session, inside)
    return tuple(sorted(found, key=lambda row: -row.at)[:limit])


def unread(session: Session) -> dict[SpaceId, int]:
    """How many unread mentions of this person there are, by space; those without are left out."""

    def inside(session: Session, one: SpaceId) -> tuple[tuple[SpaceId, int], ...]:
        return ((one, mentioned.unread_of_me(session.stores.space(one))),)

    return {space: count for space, count in spacewise.gather(session, inside) if count}


def _row(session: Session, space: SpaceId, record: MessageRecord) -> MentionRow:
    title = spaces.space(session.stores.device, space)
    spots = mentions.spots(session, space, record.message)
    return MentionRow(
        space=space,
        space_title=visible(title.title) if title is not None else "",
        message=MessageId(record.message),
        author=UserId(record.author_user),
        author_name=session.name_of(UserId(record.author_user)),
        text=record.text,
        at=record.received_at,
        unread=record.unread,
        by_role=all(one.target.user != session.user for one in spots),
    )
