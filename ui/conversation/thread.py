"""A thread beside the conversation: what answers one message, with a draft of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo

from protocol.errors import JitError
from protocol.ids import MessageId, SpaceId
from ui.conversation import rows
from ui.conversation.common import Common
from ui.conversation.spokenof import spoken_of
from ui.conversation.state import ConversationState, MessageItem, TimelineRow
from ui.errors.cards import ErrorCard, card_for
from ui.language import trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope


@dataclass(frozen=True, slots=True)
class ThreadState:
    """The side column; `root` is the message it begins with, None: it is closed."""

    root: MessageId | None = None
    rows: tuple[TimelineRow, ...] = ()
    standing: str = ""
    draft: str = ""
    can_send: bool = False
    problem: ErrorCard | None = None


class ThreadPresenter(Presenter[ThreadState]):
    """One for the window; it closes when another space comes to the front.

    Args:
        above: the conversation beside it.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        zone: tzinfo | None,
        above: Callable[[], ConversationState],
        common: Common,
    ) -> None:
        super().__init__(ThreadState())
        self._shared = common.composing
        self.stop = self._shared.answering.listen(self._heard)
        self._desk, self._tasks, self._zone = desk, tasks, zone
        self._above = above
        self._space: SpaceId | None = None
        self._rows: object = None
        self.refresh = Reload(tasks, self._load, name="thread")

    def open(self, root: MessageId) -> None:
        """Show the thread that begins with a message."""
        space = self._above().space
        if space is None or root == self.state.root:
            return
        self.tick()
        self._space = space
        self._show(ThreadState(root=root, draft=self._shared.answering.get((space, root), "")))
        if (space, root) not in self._shared.kept_answers:
            self._tasks.start(self._draft(space, root), name="thread-draft")
        self.refresh()

    def close(self) -> None:
        """The conversation alone; what was being written is kept."""
        self.tick()
        self._show(ThreadState())

    def draft_changed(self, text: str) -> None:
        """What is written here changed."""
        self._show(self._judged(replace(self.state, draft=text)))

    def _show(self, state: ThreadState) -> None:
        super()._show(state)
        if state.root is not None and self._space is not None:
            self._shared.answering.put((self._space, state.root), state.draft)

    def _heard(self, where: tuple[SpaceId, MessageId], text: str) -> None:
        """It was written in another window."""
        if where == (self._space, self.state.root) and text != self.state.draft:
            self.draft_changed(text)

    def above_changed(self) -> None:
        """The conversation beside it changed: there is more to read, or nothing any more."""
        above = self._above()
        if self.state.root is None or above.rows is self._rows:
            pass
        elif above.rows:
            self.refresh()
        elif not above.loading:  # wiped: nothing of it stays in memory here
            self._show(ThreadState())
        self._rows = above.rows
        judged = self._judged(self.state)
        if judged != self.state:
            self._show(judged)

    def tick(self) -> None:
        """Keep what was written since the last time."""
        for (space, root), text in self._unkept():
            self._shared.kept_answers[space, root] = text
            self._tasks.start(self._keep(space, root, text), name="keep-draft")

    async def keep(self) -> None:
        """Keep what is written here; the window is about to lock or close.

        Raises:
            JitError: it could not be written.
        """
        for (space, root), text in self._unkept():
            await self._desk.talking.keep_draft(space, root, text)
            self._shared.kept_answers[space, root] = text

    def _unkept(self) -> list[tuple[tuple[SpaceId, MessageId], str]]:
        kept, now = self._shared.kept_answers, self._shared.answering
        return [(one, now.get(one, "")) for one in kept if now.get(one, "") != kept[one]]

    def send(self) -> None:
        """Answer in the thread."""
        state = self.state
        if state.root is None or self._space is None or not state.can_send:
            return
        text = state.draft.strip()
        self._shared.kept_answers[self._space, state.root] = ""
        self._show(replace(state, draft="", can_send=False, problem=None))
        self._tasks.start(self._send(self._space, state.root, text), name="answer")

    async def _send(self, space: SpaceId, root: MessageId, text: str) -> None:
        try:
            await self._desk.talking.answer(space, root, text)
        except Exception as failure:  # noqa: BLE001 - the text is never lost
            if not self._shared.answering.get((space, root), ""):
                self._shared.answering.put((space, root), text)
            if self.state.root == root:
                self._show(self._judged(replace(self.state, problem=card_for(failure))))
            else:
                await self._keep(space, root, text)
        self.refresh()

    async def _load(self) -> None:
        space, root = self._space, self.state.root
        if space is None or root is None:
            return
        try:
            found = await self._desk.talking.thread(space, root)
            exhibits = await spoken_of(self._desk, space, found)
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
            return
        if root != self.state.root:
            return
        built = rows.build(found, exhibits, unread_from=None, zone=self._zone)
        shown = tuple(_within(one, root) for one in built)
        count = sum(one.message != root for one in found)
        standing = trn("{count} answer", "{count} answers", count)
        self._show(self._judged(replace(self.state, rows=shown, standing=standing)))

    async def _draft(self, space: SpaceId, root: MessageId) -> None:
        try:
            text = await self._desk.talking.draft(space, root)
        except JitError:
            return
        self._shared.kept_answers.setdefault((space, root), text)
        if not self._shared.answering.get((space, root), ""):
            self._shared.answering.put((space, root), text)

    async def _keep(self, space: SpaceId, root: MessageId, text: str) -> None:
        try:
            await self._desk.talking.keep_draft(space, root, text)
        except JitError:
            return  # wiped meanwhile, and the draft with it

    def _judged(self, state: ThreadState) -> ThreadState:
        above = self._above()
        yes = above.writable and not above.held and bool(state.draft.strip())
        return replace(state, can_send=yes)


def _within(one: TimelineRow, root: MessageId) -> TimelineRow:
    """A row as it stands in its own thread: what it answers is in sight above it."""
    if not isinstance(one, MessageItem):
        return one
    plain = one.reply is None or one.reply.message == root
    return replace(one, reply=None if plain else one.reply, answers="")
