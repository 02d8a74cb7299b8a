"""What is being written: in the composer, in memory for other spaces, kept with the messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from protocol.errors import JitError, NotFoundError, SpaceClosedError
from protocol.ids import MessageId, SpaceId
from ui.conversation.state import ConversationState, ReplyLine
from ui.ports import DeskPort
from ui.tasks import TaskScope


class Drafts:
    """The texts of all spaces. What is in front is in the state of the conversation.

    Args:
        state: the conversation now; show: takes a changed one; reply_to: puts a message above the
            composer, if it is loaded.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        state: Callable[[], ConversationState],
        show: Callable[[ConversationState], None],
        reply_to: Callable[[MessageId], None],
    ) -> None:
        self._desk, self._tasks = desk, tasks
        self._state, self._show, self._reply_to = state, show, reply_to
        self._texts: dict[SpaceId, tuple[str, ReplyLine | None]] = {}
        self._kept: dict[SpaceId, tuple[str, MessageId | None]] = {}
        self._answers: MessageId | None = None
        self.beside: Callable[[], Awaitable[None]] | None = None
        """Keeps what is written beside the conversation, in a thread."""

    def leave(self) -> None:
        """Another space comes to the front."""
        state = self._state()
        if state.space is None:
            return
        draft, reply = state.kept
        if draft or reply:
            self._texts[state.space] = (draft, reply)
        else:
            self._texts.pop(state.space, None)
        self.tick()
        self._answers = None

    def enter(self, space: SpaceId | None) -> tuple[str, ReplyLine | None]:
        """What was being written in the space that is now in front, as far as it is known."""
        if space is None:
            return "", None
        if space not in self._kept:
            self._tasks.start(self._load(space), name="draft")
        return self._texts.get(space, ("", None))

    def tick(self) -> None:
        """Keep what was written since the last time."""
        found = self._unkept()
        if found is not None:
            self._tasks.start(self._write(*found), name="keep-draft")

    async def keep(self) -> None:
        """Keep what is in the composer; the window is about to lock or close.

        Raises:
            JitError: it could not be written.
        """
        found = self._unkept()
        if found is not None:
            await self._write(*found)
        if self.beside is not None:
            await self.beside()

    def sent(self, space: SpaceId) -> None:
        """It became a message, and is kept no more."""
        self._kept[space] = ("", None)

    def returned(self, space: SpaceId, text: str, reply: ReplyLine | None) -> None:
        """It could not be sent, and another space is in front by now."""
        self._texts[space] = (text, reply)

    def answer_nothing(self) -> None:
        """The person took the answered message away."""
        self._answers = None

    def answer(self) -> None:
        """Show what the kept text answers, once that message is loaded."""
        if self._answers is not None and self._state().reply is None:
            self._reply_to(self._answers)
        if self._state().reply is not None:
            self._answers = None

    def forget(self, space: SpaceId) -> None:
        """The space was wiped."""
        self._texts.pop(space, None)
        self._kept.pop(space, None)

    async def _load(self, space: SpaceId) -> None:
        try:
            text, answers = await self._desk.draft(space)
        except JitError:
            return  # a space that is wiped has none
        self._kept[space] = (text, answers)
        state = self._state()
        if state.space == space and not state.draft and not state.reply:
            self._answers = answers
            self._show(replace(state, draft=text))
            self.answer()

    async def _write(self, space: SpaceId, text: str, answers: MessageId | None) -> None:
        try:
            await self._desk.keep_draft(space, text, answers)
        except (NotFoundError, SpaceClosedError):
            return  # wiped meanwhile, and the draft with it
        self._kept[space] = (text, answers)

    def _unkept(self) -> tuple[SpaceId, str, MessageId | None] | None:
        """The text in front, unless it is kept already or the kept one is not loaded yet."""
        state = self._state()
        if state.space is None or state.space not in self._kept:
            return None
        draft, reply = state.kept
        now = (draft, reply.message if reply else self._answers)
        return None if self._kept[state.space] == now else (state.space, *now)
