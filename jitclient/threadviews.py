"""The threads of a conversation, as rows to paint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from protocol.ids import MessageId, SpaceId

Place: TypeAlias = tuple[int, int, bytes, int]
"""Where an answer stands in the order of reading: log entry, counter, device, row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRow:
    """A message that was answered, and who answered it last; `at` is when that came here.

    `text` is what the first message says, or number and name of the exhibit that was handed over;
    empty: it is not here.
    """

    space: SpaceId
    root: MessageId
    text: str
    author_name: str
    answers: int
    unread: int
    last_name: str
    last_mine: bool
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    """Threads, the one that was answered last first, of a part of the answers.

    `seen`: all threads of that part, whether they are among the rows or not. `below`: where the
    next part begins, given back to get it; None: there is none.
    """

    rows: tuple[ThreadRow, ...]
    seen: frozenset[MessageId]
    below: Place | None
