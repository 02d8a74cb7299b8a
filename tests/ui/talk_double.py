"""What is said in a `DeskDouble`: mentions, as the real desk tells of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jitclient import searchquery
from jitclient.events import MessagesChanged
from jitclient.mentionviews import MentionRow, Spot, Target, VersionRow, parts
from jitclient.searchmarks import places
from jitclient.threadviews import Place, ThreadPage, ThreadRow
from jitclient.views import ExhibitRow, MessageKind, MessageRow
from localstore.folding import fold
from protocol.ids import FileId, MessageId, SpaceId

if TYPE_CHECKING:
    from tests.ui.desk_double import DeskDouble


class TalkDouble:
    """Fits `ui.talkports.TalkPort`."""

    def __init__(self, desk: DeskDouble) -> None:
        self._desk = desk
        self.part = 3
        self.asked: list[MessageId] = []
        self.may_ask = True
        self.drafts: dict[MessageId, str] = {}
        self.changed: dict[MessageId, tuple[VersionRow, ...]] = {}

    async def ask_again(self, space: SpaceId, message: MessageId) -> bool:
        await self._desk._enter("ask_again")
        self.asked.append(message)
        return self.may_ask

    async def mentions(
        self, space: SpaceId | None = None, *, unread: bool = False, limit: int = 200
    ) -> tuple[MentionRow, ...]:
        await self._desk._enter("mentions")
        return tuple(row for row in self._rows(space) if row.unread or not unread)[:limit]

    async def edit(self, space: SpaceId, message: MessageId, text: str) -> MessageRow:
        await self._desk._enter("edit")
        rows = self._desk.rows[space]
        at = next(i for i, one in enumerate(rows) if one.message == message)
        before = rows[at]
        first = VersionRow(
            text=before.text,
            at=before.claimed_at,
            received_at=before.received_at,
            received_by=2,
            of=3,
        )
        words, spots = self.worded(space, text)
        now = before.claimed_at + 60
        newest = VersionRow(text=words, at=now, received_at=now, received_by=0, of=3)
        self.changed[message] = (*self.changed.get(message, (first,)), newest)
        rows[at] = replace(before, text=words, spots=spots, edited_at=now)
        self._desk.publish(MessagesChanged(space))
        return rows[at]

    async def answer(self, space: SpaceId, root: MessageId, text: str) -> MessageRow:
        await self._desk._enter("answer")
        self.drafts.pop(root, None)
        row = self.write(space, 0, text, reply_to=root)
        self._desk.publish(MessagesChanged(space))
        return row

    async def thread(self, space: SpaceId, root: MessageId) -> tuple[MessageRow, ...]:
        await self._desk._enter("thread")
        rows = self._desk.rows[space]
        return tuple(one for one in rows if root in (one.message, one.reply_to))

    async def threads(
        self,
        space: SpaceId,
        *,
        below: Place | None = None,
        seen: Collection[MessageId] = (),
        wanted: str = "",
    ) -> ThreadPage:
        """Three answers at a time, as the real desk reads some hundreds."""
        await self._desk._enter("threads")
        answers = [one for one in reversed(self._desk.rows[space]) if one.thread is not None]
        begin = 0 if below is None else below[-1]
        part = answers[begin : begin + self.part]
        roots = dict.fromkeys(one.thread for one in part if one.thread not in seen)
        fresh = [one for one in roots if one is not None]
        rows = (thread_row(self._desk, space, one) for one in fresh)
        end = begin + self.part
        return ThreadPage(
            rows=tuple(one for one in rows if _fits(one, wanted)),
            seen=frozenset(fresh),
            below=(0, 0, b"", end) if end < len(answers) else None,
        )

    async def draft(self, space: SpaceId, root: MessageId) -> str:
        await self._desk._enter("thread_draft")
        return self.drafts.get(root, "")

    async def keep_draft(self, space: SpaceId, root: MessageId, text: str) -> None:
        await self._desk._enter("keep_thread_draft")
        self.drafts[root] = text

    async def versions(self, space: SpaceId, message: MessageId) -> tuple[VersionRow, ...]:
        await self._desk._enter("versions")
        return self.changed.get(message, ())

    async def marks(
        self, asked: str, texts: Sequence[str]
    ) -> tuple[tuple[tuple[int, int], ...], ...]:
        terms = [fold(word) for word in searchquery.parse(asked).words]
        return tuple(places(text, terms) for text in texts)

    async def exhibits(self, space: SpaceId, files: Collection[FileId]) -> tuple[ExhibitRow, ...]:
        await self._desk._enter("exhibits")
        return tuple(one for one in self._desk.files[space] if one.file in files)

    async def first_unread(self, space: SpaceId) -> MessageId | None:
        await self._desk._enter("first_unread")
        left = self._desk.details[space].row.unread
        others = [
            one
            for one in self._desk.rows[space]
            if not one.mine and one.kind is not MessageKind.EVENT
        ]
        return others[-left:][0].message if left and others else None

    async def unread_mentions(self) -> Mapping[SpaceId, int]:
        await self._desk._enter("unread_mentions")
        found: dict[SpaceId, int] = {}
        for row in self._rows(None):
            if row.unread:
                found[row.space] = found.get(row.space, 0) + 1
        return found

    def _rows(self, space: SpaceId | None) -> Sequence[MentionRow]:
        rows = []
        for one, said in self._desk.rows.items():
            left = self._desk.details[one].row.unread
            for row in reversed(said):
                left -= not row.mine
                if row.mentions_me and space in (None, one):
                    rows.append(
                        MentionRow(
                            space=one,
                            space_title=self._desk.details[one].row.title,
                            message=row.message,
                            author=row.author,
                            author_name=row.author_name,
                            text=row.text,
                            at=row.received_at,
                            unread=left >= 0,
                            by_role=all(s.target.user != self._desk.me.user for s in row.spots),
                        )
                    )
        return sorted(rows, key=lambda row: -row.at)

    def worded(self, space: SpaceId, written: str) -> tuple[str, tuple[Spot, ...]]:
        """A text that is written down as it is read, and where it points to something."""
        text, spots = "", []
        for part in parts(written):
            if isinstance(part, str):
                text += part
                continue
            label = self._label(space, part)
            me = part.user == self._desk.me.user
            spots.append(
                Spot(start=len(text), end=len(text) + len(label), target=part, label=label, me=me)
            )
            text += label
        return text, tuple(spots)

    def write(
        self, space: SpaceId, author: int, text: str, *, reply_to: MessageId | None = None
    ) -> MessageRow:
        """Say something that may point to people, roles and exhibits."""
        words, spots = self.worded(space, text)
        row = self._desk.say(space, author, words, reply_to=reply_to)
        row = replace(row, thread=reply_to)
        for at, one in enumerate(self._desk.rows[space]):
            if one.message == reply_to:
                self._desk.rows[space][at] = replace(one, answers=one.answers + 1)
        me = author != 0 and any(spot.me for spot in spots)
        row = replace(row, spots=spots, mentions_me=me)
        self._desk.rows[space][-1] = row
        return row

    def _label(self, space: SpaceId, target: Target) -> str:
        if target.role is not None:
            return f"@{target.role.value}"
        for member in self._desk.details[space].members:
            if member.user == target.user:
                return f"@{member.name}"
        for file in self._desk.files[space]:
            if file.file == target.file:
                return f"#{file.exhibit or file.name}"
        return "#exhibit"


def thread_row(desk: DeskDouble, space: SpaceId, root: MessageId) -> ThreadRow:
    """How a thread stands."""
    said = desk.rows[space]
    answers = [one for one in said if one.thread == root]
    first = next((one for one in said if one.message == root), None)
    left = desk.details[space].row.unread
    unread = {one.message for one in [one for one in said if not one.mine][-left:] if left}
    return ThreadRow(
        space=space,
        root=root,
        text=first.text if first is not None else "",
        author_name=first.author_name if first is not None else "",
        answers=len(answers),
        unread=sum(one.message in unread for one in answers),
        last_name=answers[-1].author_name,
        last_mine=answers[-1].mine,
        at=answers[-1].received_at,
    )


def _fits(row: ThreadRow, wanted: str) -> bool:
    inside = fold(f"{row.text} {row.author_name} {row.last_name}")
    return all(word in inside for word in fold(wanted).split())
