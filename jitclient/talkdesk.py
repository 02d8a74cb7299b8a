"""The part of the desk about what is said: mentions, edits, threads."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from jitclient import searchquery
from jitclient.link import Link
from jitclient.mentionviews import MentionRow, VersionRow
from jitclient.queries import answered, exhibits, mentioned, timeline
from jitclient.searchmarks import places
from jitclient.session import Session
from jitclient.threadviews import Place, ThreadPage
from jitclient.usecases import ask_again, edit_message, keep_draft, send_message
from jitclient.views import ExhibitRow, MessageRow
from localstore.folding import fold
from protocol.ids import FileId, MessageId, SpaceId

SHOWN = 200


class TalkDesk:
    """One unlocked profile's conversations."""

    def __init__(self, session: Session, link: Link) -> None:
        self._session, self._link = session, link

    async def mentions(
        self, space: SpaceId | None = None, *, unread: bool = False, limit: int = SHOWN
    ) -> tuple[MentionRow, ...]:
        """Messages that point to this person, newest first, in one space or in all."""
        return await self._session.run(mentioned.of_me, self._session, space, limit, unread=unread)

    async def edit(self, space: SpaceId, message: MessageId, text: str) -> MessageRow:
        """Write another version of a text of one's own; see `usecases.edit_message`."""
        if await self._session.run(edit_message.edit, self._session, space, message, text):
            self._link.send_soon()
        return await self._session.run(timeline.one_message, self._session, space, message)

    async def ask_again(self, space: SpaceId, message: MessageId) -> bool:
        """Ask for what is missing before a message; see `usecases.ask_again`."""
        asked = await self._session.run(ask_again.ask_again, self._session, space, message)
        if asked:
            self._link.send_soon()
        return asked

    async def answer(self, space: SpaceId, root: MessageId, text: str) -> MessageRow:
        """Answer in a thread; its draft is none any more. See `usecases.send_message`."""
        record = await send_message.send_message(
            self._session, space, text, reply_to=root, in_thread=True
        )
        self._link.send_soon()
        message = MessageId(record.message)
        return await self._session.run(timeline.one_message, self._session, space, message)

    async def thread(self, space: SpaceId, root: MessageId) -> tuple[MessageRow, ...]:
        """A message and what answers it, oldest first."""
        return await self._session.run(timeline.thread, self._session, space, root)

    async def threads(
        self,
        space: SpaceId,
        *,
        below: Place | None = None,
        seen: Collection[MessageId] = (),
        wanted: str = "",
    ) -> ThreadPage:
        """The next part of the threads of a space, that answered last first; some have no rows.

        Args:
            space: whose threads.
            below: where the part before it ended.
            seen: the threads that were in that part and before it.
            wanted: words that must be in the first message or in the names beside it.
        """
        return await self._session.run(answered.page, self._session, space, below, seen, wanted)

    async def draft(self, space: SpaceId, root: MessageId) -> str:
        """What is being written in a thread."""
        return await self._session.run(keep_draft.of_thread, self._session, space, root)

    async def keep_draft(self, space: SpaceId, root: MessageId, text: str) -> None:
        """Keep what is being written in a thread."""
        await self._session.run(keep_draft.keep_of_thread, self._session, space, root, text)

    async def versions(self, space: SpaceId, message: MessageId) -> tuple[VersionRow, ...]:
        """All versions of a text that was changed, the first one first; else none."""
        return await self._session.run(timeline.versions_of, self._session, space, message)

    async def marks(
        self, asked: str, texts: Sequence[str]
    ) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Where in each text stands what is looked for: (start, end) in characters.

        Raises:
            BadInputError: the query cannot be understood.
        """
        terms = [fold(word) for word in searchquery.parse(asked).words]
        return await asyncio.to_thread(lambda: tuple(places(text, terms) for text in texts))

    async def exhibits(self, space: SpaceId, files: Collection[FileId]) -> tuple[ExhibitRow, ...]:
        """The exhibits that are spoken of, as far as they are here."""
        return await self._session.run(exhibits.some, self._session, space, files)

    async def first_unread(self, space: SpaceId) -> MessageId | None:
        """The first message of a space that nobody has seen here."""
        return await self._session.run(timeline.first_unread, self._session, space)

    async def unread_mentions(self) -> Mapping[SpaceId, int]:
        """How many mentions of this person nobody has seen here yet, by space."""
        return await self._session.run(mentioned.unread, self._session)
