"""Loads the conversation in pages, keeps drafts, sends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from jitclient.mentionviews import Target
from jitclient.views import ExhibitRow, MemberRow, MessageRow, SpaceDetail, SpaceState
from protocol.errors import JitError
from protocol.ids import FileId, MessageId, SpaceId
from ui.conversation import pages, rows
from ui.conversation.changing import Changing
from ui.conversation.common import Common
from ui.conversation.drafts import Drafts
from ui.conversation.pointing import Choice, Known
from ui.conversation.spokenof import spoken_of
from ui.conversation.state import ConversationState, Goal, ReplyLine
from ui.errors.cards import card_for
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope

_SCREEN: Final = 6  # more unread than that do not fit below the line
AROUND: Final = 100  # rows on each side of a message that was asked for
_GONE: Final = frozenset({SpaceState.CLOSING, SpaceState.WIPED})


class ConversationPresenter(Presenter[ConversationState]):
    """One for the window; it turns to the space in front.

    Drafts are kept with the messages: `drafts`.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        zone: tzinfo | None = None,
        on_read: Callable[[], None] = lambda: None,
        *,
        now: Callable[[], float],
        common: Common | None = None,
    ) -> None:
        super().__init__(ConversationState())
        self._desk, self._tasks, self._zone, self._on_read = desk, tasks, zone, on_read
        self._messages: tuple[MessageRow, ...] = ()
        self._exhibits: dict[FileId, ExhibitRow] = {}
        self._members: tuple[MemberRow, ...] = ()
        self._unread_from: MessageId | None = None
        self._unread, common = 0, common or Common(desk)
        self.left = common.left
        self.drafts = Drafts(desk, tasks, lambda: self.state, self._show, self.reply_to, common)
        self.refresh = Reload(tasks, self._load, name="conversation")
        self.changing = Changing(
            desk,
            tasks,
            state=lambda: self.state,
            show=self._show,
            messages=lambda: self._messages,
            now=now,
            again=self.drafts.changing,
            done=self.refresh,
        )
        self.listed: Callable[[], Mapping[FileId, ExhibitRow]] = dict  # all, once they are read
        self._seen, self._turn, self._how = False, 0, (False, False)  # how: quietly; as it was left
        self._read_to: MessageId | None = None
        self._asked: tuple[SpaceId, MessageId] | None = None

    def open(self, detail: SpaceDetail | None) -> None:
        """Turn to a space, or take note that its facts changed."""
        space = detail.row.space if detail is not None else None
        self._members = detail.members if detail is not None else ()
        if space != self.state.space:
            self.drafts.tick()
            self._messages, self._exhibits = (), {}
            self._unread_from, self._unread = None, 0
            self._show(self.drafts.enter(space).into(ConversationState(space=space)))
        if detail is None:
            return
        self._unread = self._unread if self._messages else detail.row.unread or self._unread
        writable, why_not, can_attach = pages.may_write(detail)
        self._show(replace(self.state, writable=writable, why_not=why_not, can_attach=can_attach))
        if detail.row.state in _GONE:
            self.forget(detail.row.space)
            return
        self.refresh()

    def _show(self, state: ConversationState) -> None:
        super()._show(state)
        self.drafts.shown()

    def exhibits_changed(self, files: Collection[FileId] | None) -> None:
        """Read again if it speaks of one of these exhibits; None: of any."""
        if files is None or not self._exhibits.keys().isdisjoint(files):
            self.refresh()

    def seen(self, yes: bool) -> None:
        """Whether a person has the conversation before their eyes now."""
        self._seen = yes
        if yes:
            self._mark_read()

    def newest(self) -> bool:
        """Back to the end of the conversation; False: it is what is loaded."""
        far = self.state.has_newer
        if far:
            self._messages, self._unread = (), 0
            self._show(replace(self.state, has_newer=False))
            self.refresh()
        return far

    def older(self) -> None:
        """Load the page before the first row."""
        if self.state.has_older and not self.state.loading_older:
            self._show(replace(self.state, loading_older=True))
            self._tasks.start(self._load_further(newer=False), name="older")

    def to_unread(self) -> None:
        """Go where reading stopped last time."""
        self._show(replace(self.state, unread=0))
        if self._unread_from is not None and self.state.space is not None:
            self.go_to(self.state.space, self._unread_from)

    def newer(self) -> None:
        """Load the page after the last row, where it is not the end."""
        if self.state.has_newer and not self.state.loading_older:
            self._show(replace(self.state, loading_older=True))
            self._tasks.start(self._load_further(newer=True), name="newer")

    def go_to(self, space: SpaceId, message: MessageId, *, quiet: bool = False) -> None:
        """Bring a message into sight, as soon as its space is in front; see `Goal`."""
        self._asked, self._how = (space, message), (quiet, False)
        if self.state.space == space:
            self.refresh()

    def draft_changed(self, text: str) -> None:
        """The composer changed."""
        self._show(replace(self.state, draft=text))

    def reply_to(self, message: MessageId) -> None:
        """Answer a message."""
        found = next((one for one in self._messages if one.message == message), None)
        if found is not None and self.state.writable:
            self.changing.cancel()
            self._show(replace(self.state, reply=rows.reply_line(found)))

    def choices(self, sign: str, typed: str) -> tuple[Choice, ...]:
        """Whom or what can be meant by what was typed after @ or #."""
        return self._known().choices(sign, typed)

    def label(self, target: Target) -> str:
        """What a mention in the composer is called."""
        return self._known().label(target)

    def _known(self) -> Known:
        return Known(self._members, self._exhibits, self.listed())

    def hold(self, yes: bool) -> None:
        """Whether sending waits for a decision about somebody's new key; the text stays."""
        self._show(replace(self.state, held=yes))

    def cancel_reply(self) -> None:
        """Answer nothing in particular."""
        self.drafts.answer_nothing()
        self._show(replace(self.state, reply=None))

    def dismiss(self) -> None:
        """Take the error card away."""
        self._show(replace(self.state, problem=None))

    def send(self) -> None:
        """Save and send what is in the composer; the screen never waits for the network."""
        state = self.state
        if not state.can_send or state.space is None:
            return
        if state.changes is not None:
            self.changing.send()
            return
        text, reply = state.draft.strip(), state.reply
        self._unread_from, self._unread = None, 0
        if state.has_newer:  # back to the end, where it will stand
            self._messages = ()
        self._show(replace(state, draft="", reply=None, problem=None, has_newer=False, unread=0))
        self._tasks.start(self._send(state.space, text, reply), name="send")

    async def _send(self, space: SpaceId, text: str, reply: ReplyLine | None) -> None:
        try:
            answers = reply.message if reply else None
            await self._desk.send(space, text, reply_to=answers, drafted=True)
            self.drafts.sent(space)
        except Exception as failure:  # noqa: BLE001 - the text is never lost
            self.drafts.returned(space, text, reply)
            if self.state.space == space:
                self._show(replace(self.state, problem=card_for(failure)))
        self.refresh()

    async def _load(self) -> None:
        if (space := self.state.space) is None:
            return
        await self.left.load(space)
        try:
            page = await self._desk.messages(space, limit=pages.PAGE)
            every = (*self._messages, *page)
            exhibits = await spoken_of(self._desk, space, every, self.state.draft)
            look = self._unread and not self._messages
            fresh = await self._desk.talking.first_unread(space) if look else None
        except JitError as failure:
            if self.state.space == space:
                self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        if self.state.space != space:
            return
        first = not self._messages
        if self.state.loading and self._asked is None and not self._unread:
            self._asked, self._how = pages.place_left(self.left, space), (True, True)
        if not self.state.has_newer:
            self._messages, cut = pages.merge(self._messages, page)
            further = cut or len(page) >= pages.PAGE or (self.state.has_older and not first)
            self._show(replace(self.state, has_older=further))
        self._exhibits |= exhibits
        if first:
            self._unread_from = fresh
            many = self._unread if fresh is not None and self._unread > _SCREEN else 0
            self._show(replace(self.state, unread=many))
        self._paint()
        self.drafts.answer()
        self._mark_read()
        if self._asked is not None and self._asked[0] == space:
            await self._go(*self._asked)

    async def _go(self, space: SpaceId, message: MessageId) -> None:
        self._asked = None
        if all(one.message != message for one in self._messages):
            try:
                one = await self._desk.message(space, message)
                before = await self._desk.messages(space, limit=AROUND, before=message)
                after = await self._desk.messages(space, limit=AROUND, after=message)
                around = (*before, one, *after)
                self._exhibits |= await spoken_of(self._desk, space, around)
            except JitError as failure:
                if not self._how[1]:
                    self._show(replace(self.state, problem=card_for(failure)))
                return
            if self.state.space != space:
                return
            self._messages = around
            has = (len(before) >= AROUND, len(after) >= AROUND)
            self._show(replace(self.state, has_older=has[0], has_newer=has[1]))
            self._paint()
        self._turn += 1
        self._show(replace(self.state, goal=Goal(rows.key_of(message), self._turn, *self._how)))

    async def _load_further(self, *, newer: bool) -> None:
        if (space := self.state.space) is None or not self._messages:
            return
        end = {"after" if newer else "before": self._messages[-1 if newer else 0].message}
        try:
            page = await self._desk.messages(space, limit=pages.PAGE, **end)
            self._exhibits |= await spoken_of(self._desk, space, page)
        except JitError as failure:
            self._show(replace(self.state, loading_older=False, problem=card_for(failure)))
            return
        if self.state.space != space or not self._messages:
            return
        self._messages, cut = pages.further(self._messages, page, newer=newer)
        self._show(pages.ends(self.state, newer=newer, more=len(page) >= pages.PAGE, cut=cut))
        self._paint()
        self.drafts.answer()
        if newer:
            self._mark_read()

    def _paint(self) -> None:
        unread, zone = self._unread_from, self._zone
        shown = rows.build(self._messages, self._exhibits, unread_from=unread, zone=zone)
        self._show(replace(self.state, rows=shown, loading=False))

    def _mark_read(self) -> None:
        newest = next((one.message for one in reversed(self._messages) if not one.mine), None)
        if self.state.has_newer:
            return  # the newest are not before anybody's eyes
        if self._seen and self.state.space is not None and newest not in (None, self._read_to):
            self._read_to = newest
            self._tasks.start(self._read(self.state.space), name="read")

    async def _read(self, space: SpaceId) -> None:
        try:
            await self._desk.mark_read(space)
        except JitError:
            return  # Counted as unread until the next look; nothing is lost.
        self._on_read()

    def forget(self, space: SpaceId) -> None:
        """A space was wiped: nothing of it stays in memory here."""
        self.drafts.forget(space)
        if self.state.space == space:
            self._messages, self._exhibits = (), {}
            self._show(ConversationState(space=space, loading=False))
