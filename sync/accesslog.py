"""The store's routes for checking its access log, and one comparison with what is remembered.

Nothing that is read here proves anything: whoever stands behind the port checks signature and
proofs. Spec: docs/protocol/72-access-log.md §4.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final, TypeVar
from urllib.parse import urlencode

import msgspec

from protocol.api import logs, paths
from protocol.errors import JitError, TryAgainError
from protocol.limits import KIB, MAX_LOG_ROWS, MAX_PROOF_HASHES
from sync.errors import NotSignedInError
from sync.ports import AccessLog
from sync.session import StoreSession
from sync.steps import FATAL
from sync.transport import Transport

T = TypeVar("T")
M = TypeVar("M", bound=msgspec.Struct)

_ROWS_BYTES: Final = MAX_LOG_ROWS * (MAX_PROOF_HASHES * 48 + 1 * KIB)


class LogApi:
    """The access log of one store."""

    def __init__(self, transport: Transport, session: StoreSession) -> None:
        self._transport = transport
        self._session = session

    async def checkpoint(self) -> str:
        """The newest signed head, unverified."""
        return (await self._get(paths.LOG_CHECKPOINT, logs.CheckpointReply)).checkpoint

    async def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof between two sizes, unverified."""
        target = f"{paths.LOG_CONSISTENCY}?{urlencode({'from': first, 'to': second})}"
        return (await self._get(target, logs.ConsistencyReply)).path

    async def rows(self, first: int, size: int) -> tuple[logs.ProvenRow, ...]:
        """This person's rows from leaf `first` on, with paths to the tree of `size`; unverified."""
        target = f"{paths.LOG_ROWS}?{urlencode({'from': first, 'to': size})}"
        return (await self._get(target, logs.OwnRowsReply, limit=_ROWS_BYTES)).rows

    async def _get(self, target: str, kind: type[M], *, limit: int = 64 * KIB) -> M:
        async def send(token: str) -> M:
            return await self._transport.request(
                "GET", target, token=token, reply=kind, limit=limit
            )

        return await self._session.use(send)


async def compare(api: LogApi, log: AccessLog) -> None:
    """Ask for the head, for the proof that it continues the one remembered, and for own rows.

    Then for the proofs that it continues, or is continued by, what other members were shown. What
    the store will not show counts as not proven; what fails on the way is asked again later.
    """
    if not await log.due():
        return
    text = await _shown(api.checkpoint())
    wanted = await log.checkpoint(text)
    if wanted is not None and text is not None:
        path = await _shown(api.consistency(*wanted))
        rows = await _shown(api.rows(*wanted))
        await log.compared(text, path, rows)
    if text is not None:
        for sizes in await log.questions():
            await log.answered(sizes, await _shown(api.consistency(*sizes)))


async def _shown(work: Awaitable[T]) -> T | None:
    try:
        return await work
    except (*FATAL, TryAgainError, NotSignedInError):
        raise
    except JitError:
        return None
