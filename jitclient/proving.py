"""Proofs of what was verified here go to the store beside the transfers, which wait for none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jitclient import taking_over
from jitclient.session import Session
from jitclient.taking_over import Post, PostMany
from protocol.errors import JitError


class Proofs:
    """Posts what is owed, for as long as something is. One event loop's; end it with `stop`.

    Args:
        session: whose proofs.
        post: hands one to the store.
        failed: told when some could not be posted; they are owed still.
        post_many: hands it several of one space; without it each goes alone.
    """

    def __init__(
        self,
        session: Session,
        post: Post,
        failed: Callable[[], None],
        post_many: PostMany | None = None,
    ) -> None:
        self._session = session
        self._post = post
        self._post_many = post_many
        self._failed = failed
        self._more = False
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> asyncio.Task[None] | None:
        """Look for what is owed, now or once more; None when it was stopped."""
        self._more = True
        if not self._stopped and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._work())
            self._task.add_done_callback(self._ended)
        return self._task

    async def settle(self) -> None:
        """Post all that is owed now.

        Raises:
            TryAgainError: the store cannot be reached.
            NotSignedInError, StoreIdentityError: it does not accept this device, or is another.
        """
        if (task := self.wake()) is None:
            return
        await asyncio.wait((task,))  # it is not the waiting one's to end
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error

    async def stop(self) -> None:
        """Begin nothing any more, and end what is under way: it is owed still."""
        self._stopped = True
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait((task,))

    async def _work(self) -> None:
        while self._more:
            self._more = False
            await taking_over.post_proofs(self._session, self._post, self._post_many)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        self._failed()
        if not isinstance(error, JitError):
            raise error  # the loop's handler shows it
