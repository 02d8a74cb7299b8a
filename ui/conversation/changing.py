"""Changing a message that was sent: the composer takes its text, and gives the draft back after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from jitclient.mentionviews import written
from jitclient.views import MessageKind, MessageRow, MessageState
from protocol.errors import BadInputError
from protocol.ids import MessageId, SpaceId
from protocol.limits import EDIT_SECONDS
from ui.conversation import rows
from ui.conversation.state import ConversationState, ReplyLine
from ui.errors.cards import card_for
from ui.language import trn
from ui.ports import DeskPort
from ui.tasks import TaskScope


class Changing:
    """The message that is being changed, in the space in front.

    Args:
        state: the conversation now; show: takes a changed one; messages: what is loaded;
            now: seconds since 1970 UTC; again: puts a version back into the composer;
        done: it was written, or not.
    """

    def __init__(  # noqa: PLR0913 - what a part of the conversation needs of it
        self,
        desk: DeskPort,
        tasks: TaskScope,
        *,
        state: Callable[[], ConversationState],
        show: Callable[[ConversationState], None],
        messages: Callable[[], Sequence[MessageRow]],
        now: Callable[[], float],
        again: Callable[[SpaceId, str, ReplyLine], None],
        done: Callable[[], None],
    ) -> None:
        self._desk, self._tasks = desk, tasks
        self._state, self._show, self._messages = state, show, messages
        self._now, self._again, self._done = now, again, done

    def last(self) -> None:
        """Change what this person wrote last."""
        mine = (one for one in reversed(self._messages()) if _own(one))
        found = next(mine, None)
        if found is not None:
            self.begin(found.message)

    def begin(self, message: MessageId) -> None:
        """Take the text of an own message into the composer."""
        found = next((one for one in self._messages() if one.message == message), None)
        state = self._state()
        if found is None or not _own(found) or not state.writable or state.changes is not None:
            return
        if not 0 <= self._now() - found.claimed_at <= EDIT_SECONDS:
            minutes = EDIT_SECONDS // 60
            told = trn(
                "A message can be changed for {count} minute. Write another one.",
                "A message can be changed for {count} minutes. Write another one.",
                minutes,
            )
            self._show(replace(state, problem=card_for(BadInputError(told))))
            return
        self._show(
            replace(
                state,
                draft=written(found.text, found.spots),
                reply=None,
                changes=rows.reply_line(found),
                before=(state.draft, state.reply),
                problem=None,
            )
        )

    def cancel(self) -> None:
        """The message stays; what was being written before is there again."""
        state = self._state()
        if state.changes is not None:
            draft, reply = state.before
            self._show(replace(state, draft=draft, reply=reply, changes=None, before=("", None)))

    def send(self) -> None:
        """Write the other version."""
        state = self._state()
        if state.changes is None or state.space is None or not state.can_send:
            return
        message, text = state.changes.message, state.draft.strip()
        changes = state.changes
        self.cancel()
        self._tasks.start(self._send(state.space, message, text, changes), name="edit")

    async def _send(
        self, space: SpaceId, message: MessageId, text: str, changes: ReplyLine
    ) -> None:
        try:
            await self._desk.talking.edit(space, message, text)
        except Exception as failure:  # noqa: BLE001 - the text is never lost
            self._again(space, text, changes)
            self._show(replace(self._state(), problem=card_for(failure)))
        self._done()


def _own(one: MessageRow) -> bool:
    sent = one.state is not MessageState.REFUSED
    return one.mine and one.kind is MessageKind.TEXT and sent and not one.told_by
