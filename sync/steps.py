"""Doing one step after another: what fails is noted, and what ends a round ends it.

A step that is refused or malformed is noted and the next step goes on; only a lost line, a busy
store, a foreign certificate or a disk that refuses ends the round, and those leave everything to be
done again.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final

from protocol.errors import (
    BugError,
    JitError,
    StoreBusyError,
    StoreIdentityError,
    StoreUnreachableError,
)
from sync.errors import DiskRefusesError

FATAL: Final = (
    StoreUnreachableError,
    StoreBusyError,
    StoreIdentityError,
    DiskRefusesError,
    BugError,
)
"""What ends a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResult:
    """What one round did.

    `error` is what ended it early (unreachable, busy), else the first step that failed while the
    others were done. `sound`: it ran to its end and no log was left out.
    """

    messages_in: int
    messages_out: int
    online: bool
    error: JitError | None
    sound: bool


class Steps:
    """Keeps whether the store answers and the error to report; `ended` after a fatal one."""

    def __init__(self) -> None:
        self.online = False
        self.ended = False
        self.error: JitError | None = None

    async def attempt(self, work: Awaitable[object]) -> bool:
        """Do one step; whether it succeeded. What ends the round is raised."""
        try:
            await work
        except FATAL:
            raise
        except JitError as error:
            self.note(error)
            return False
        return True

    async def count(self, work: Awaitable[int]) -> int:
        """Do one step that tells how much came of it; perhaps something, when it failed."""
        try:
            return await work
        except FATAL:
            raise
        except JitError as error:
            self.note(error)
            return 1

    async def guard(self, work: Awaitable[object]) -> None:
        """Do several steps; an unreachable or a busy store, or the disk, ends them quietly.

        Raises:
            StoreIdentityError: somebody else answers at the store's address.
            BugError: ours.
        """
        try:
            await work
        except StoreUnreachableError as error:
            self.online, self.ended, self.error = False, True, error
        except StoreBusyError as error:
            self.online, self.ended, self.error = True, True, error
        except DiskRefusesError as error:  # what else came could not be kept
            self.ended, self.error = True, error

    def note(self, error: JitError) -> None:
        """Keep the first error that ends nothing."""
        self.error = self.error or error
