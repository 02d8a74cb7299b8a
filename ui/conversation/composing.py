"""What is being written, once for all windows of a profile: typed in one, it stands in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from protocol.ids import MessageId, SpaceId
from ui.conversation.state import ConversationState, ReplyLine

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Written:
    """What the composer of a space holds: see `ConversationState`."""

    draft: str = ""
    reply: ReplyLine | None = None
    changes: ReplyLine | None = None
    before: tuple[str, ReplyLine | None] = ("", None)

    @property
    def kept(self) -> tuple[str, ReplyLine | None]:
        """What is being written anew, and what it answers."""
        return (self.draft, self.reply) if self.changes is None else self.before

    @classmethod
    def of(cls, state: ConversationState) -> Written:
        """What is in a composer now."""
        return cls(state.draft, state.reply, state.changes, state.before)

    def into(self, state: ConversationState) -> ConversationState:
        """The same in another composer."""
        return replace(
            state, draft=self.draft, reply=self.reply, changes=self.changes, before=self.before
        )


class Together(Generic[K, V]):
    """One value for each key; who listens is told of every change, also of those it made."""

    def __init__(self) -> None:
        self._now: dict[K, V] = {}
        self._heard: list[Callable[[K, V], None]] = []

    def get(self, key: K, nothing: V) -> V:
        """The value, or `nothing`."""
        return self._now.get(key, nothing)

    def put(self, key: K, value: V) -> None:
        """Another value."""
        if key not in self._now or self._now[key] != value:
            self._now[key] = value
            for hear in tuple(self._heard):
                hear(key, value)

    def drop(self, key: K) -> None:
        """Hold no value any more; nobody is told."""
        self._now.pop(key, None)

    def listen(self, hear: Callable[[K, V], None]) -> Callable[[], None]:
        """Be told; what is returned ends it."""
        self._heard.append(hear)
        return lambda: self._heard.remove(hear) if hear in self._heard else None


class Composing:
    """The composers of all spaces and threads, and what of them is kept already.

    Attributes:
        kept: text and answered message of a space, as they lie on the disk.
        answers: the message a kept text answers, while it is not loaded.
        kept_answers: the text of a thread as it lies on the disk.
        resumed: spaces of which is known whether a change of a message was begun.
    """

    def __init__(self) -> None:
        self.written: Together[SpaceId, Written] = Together()
        self.answering: Together[tuple[SpaceId, MessageId], str] = Together()
        self.kept: dict[SpaceId, tuple[str, MessageId | None]] = {}
        self.answers: dict[SpaceId, MessageId] = {}
        self.kept_answers: dict[tuple[SpaceId, MessageId], str] = {}
        self.resumed: set[SpaceId] = set()

    def forget(self, space: SpaceId) -> None:
        """The space was wiped: nothing of it stays in memory here."""
        self.written.drop(space)
        self.kept.pop(space, None)
        self.answers.pop(space, None)
        for one in [one for one in self.kept_answers if one[0] == space]:
            del self.kept_answers[one]
            self.answering.drop(one)
