"""What is being written: in the composers of all windows, and kept with the messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from jitclient.mentionviews import written
from protocol.errors import JitError, NotFoundError, SpaceClosedError
from protocol.ids import ID_BYTES, MessageId, SpaceId, from_hex
from ui.conversation import rows
from ui.conversation.common import Common
from ui.conversation.composing import Written
from ui.conversation.state import ConversationState, ReplyLine
from ui.ports import DeskPort
from ui.tasks import TaskScope

_NOTHING = Written()
_EDIT: Final = "edit"  # the message that is being changed, and its text


class Drafts:
    """The texts of all spaces. What is in front is in the state of the conversation.

    Args:
        state: the conversation now; show: takes a changed one; reply_to: puts a message above the
            composer, if it is loaded; common: what the windows share.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        state: Callable[[], ConversationState],
        show: Callable[[ConversationState], None],
        reply_to: Callable[[MessageId], None],
        common: Common,
    ) -> None:
        self._desk, self._tasks = desk, tasks
        self._state, self._show, self._reply_to = state, show, reply_to
        self._shared, self._left = common.composing, common.left
        self.stop = self._shared.written.listen(self._heard)
        self.beside: Callable[[], Awaitable[None]] | None = None
        """Keeps what is written beside the conversation, in a thread."""

    def shown(self) -> None:
        """The composer here may hold something else: so do those of the other windows."""
        state = self._state()
        if state.space is not None:
            self._shared.written.put(state.space, Written.of(state))
            if state.space in self._shared.resumed:
                begun = f"{state.changes.message.hex()} {state.draft}" if state.changes else ""
                self._left.note(state.space, _EDIT, begun)

    def _heard(self, space: SpaceId, written: Written) -> None:
        state = self._state()
        if state.space == space and Written.of(state) != written:
            self._show(written.into(state))

    def enter(self, space: SpaceId | None) -> Written:
        """What was being written in the space that comes to the front, as far as it is known."""
        if space is None:
            return _NOTHING
        if space not in self._shared.kept:
            self._tasks.start(self._load(space), name="draft")
        return self._shared.written.get(space, _NOTHING)

    def tick(self) -> None:
        """Keep what was written since the last time."""
        for found in self._unkept():
            self._tasks.start(self._write(*found), name="keep-draft")

    async def keep(self) -> None:
        """Keep what is in the composer; the window is about to lock or close.

        Raises:
            JitError: it could not be written.
        """
        for found in self._unkept():
            await self._write(*found)
        if self.beside is not None:
            await self.beside()

    def sent(self, space: SpaceId) -> None:
        """It became a message, and is kept no more."""
        self._shared.kept[space] = ("", None)

    def returned(self, space: SpaceId, text: str, reply: ReplyLine | None) -> None:
        """It could not be sent; what was begun meanwhile stays."""
        if self._shared.written.get(space, _NOTHING) == _NOTHING:
            self._shared.written.put(space, Written(text, reply))

    def changing(self, space: SpaceId, text: str, changes: ReplyLine) -> None:
        """Another version of a message is being written, over what was in the composer."""
        now = self._shared.written.get(space, _NOTHING)
        if now.changes is None:
            self._shared.written.put(space, Written(text, None, changes, (now.draft, now.reply)))

    def answer_nothing(self) -> None:
        """The person took the answered message away."""
        space = self._state().space
        if space is not None:
            self._shared.answers.pop(space, None)

    def answer(self) -> None:
        """Show what the kept text answers, once that message is loaded."""
        state = self._state()
        if state.space is None or state.changes is not None:
            return
        wanted = self._shared.answers.get(state.space)
        if wanted is not None and state.reply is None:
            self._reply_to(wanted)
        if self._state().reply is not None:
            self._shared.answers.pop(state.space, None)

    def forget(self, space: SpaceId) -> None:
        """The space was wiped."""
        self._shared.forget(space)
        self._left.forget(space)

    async def _load(self, space: SpaceId) -> None:
        try:
            text, answers = await self._desk.draft(space)
        except JitError:
            return  # a space that is wiped has none
        if space in self._shared.kept:
            return  # another window was here first
        self._shared.kept[space] = (text, answers)
        if self._shared.written.get(space, _NOTHING) == _NOTHING:
            if answers is not None:
                self._shared.answers[space] = answers
            self._shared.written.put(space, Written(text))
            self.answer()
        await self._resume(space)

    async def _resume(self, space: SpaceId) -> None:
        """Go on with the change of a message that was begun before the window was locked."""
        await self._left.load(space)
        named, _, text = self._left.of(space, _EDIT).partition(" ")
        message = from_hex(named, ID_BYTES) if text else None
        if message is not None:
            try:
                row = await self._desk.message(space, MessageId(message))
            except JitError:
                self.returned(space, text, None)
            else:
                if text != written(row.text, row.spots):
                    self.changing(space, text, rows.reply_line(row))
        self._shared.resumed.add(space)

    async def _write(self, space: SpaceId, text: str, answers: MessageId | None) -> None:
        try:
            await self._desk.keep_draft(space, text, answers)
        except (NotFoundError, SpaceClosedError):
            return  # wiped meanwhile, and the draft with it
        self._shared.kept[space] = (text, answers)

    def _unkept(self) -> list[tuple[SpaceId, str, MessageId | None]]:
        """The texts that are not kept already; of which the kept one is not loaded yet, none."""
        found = []
        for space, kept in self._shared.kept.items():
            draft, reply = self._shared.written.get(space, _NOTHING).kept
            now = (draft, reply.message if reply else self._shared.answers.get(space))
            if now != kept:
                found.append((space, *now))
        return found
