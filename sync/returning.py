"""The store's route for entries that it lost. Spec: docs/protocol/73-backup.md §5."""

from __future__ import annotations

from collections.abc import Sequence

from protocol.api import paths
from protocol.api.spaces import ReturnRequest, SpaceSummary
from protocol.ids import SpaceId
from sync.session import StoreSession
from sync.transport import Transport


class ReturnApi:
    """Handing in what one store lost."""

    def __init__(self, transport: Transport, session: StoreSession) -> None:
        self._transport = transport
        self._session = session

    async def log(
        self, space: SpaceId, entries: Sequence[bytes], lists: Sequence[bytes]
    ) -> SpaceSummary:
        """Entries of a membership log in order, and the lists they name; where it ends now.

        Raises:
            LogMovedError: the store has another log, or somebody appended meanwhile.
        """
        body = ReturnRequest(entries=tuple(entries), lists=tuple(lists))

        async def send(token: str) -> SpaceSummary:
            return await self._transport.request(
                "POST", paths.returned_log(space), body=body, token=token, reply=SpaceSummary
            )

        return await self._session.use(send)
