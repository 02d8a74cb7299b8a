"""The engine's ports to what this device remembers of the store: access log, certificates."""

from __future__ import annotations

from collections.abc import Sequence

from jitclient import gossip, logwatch, succession
from jitclient.session import Session
from protocol.api.logs import ProvenRow


class AccessLogPort:
    """See `sync.ports.AccessLog`; the checks are in `logwatch`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def due(self) -> bool:
        """At the first round after unlocking, and once an hour."""
        return logwatch.due(self._session)

    async def checkpoint(self, text: str | None) -> tuple[int, int] | None:
        """Check the signature; the sizes between which growth is to be proven."""
        return await self._session.run(logwatch.judge, self._session, text)

    async def compared(
        self, text: str, path: Sequence[bytes] | None, rows: Sequence[ProvenRow] | None
    ) -> None:
        """Check the proof and the rows, and remember."""
        await self._session.run(logwatch.compared, self._session, text, path, rows)

    async def questions(self) -> Sequence[tuple[int, int]]:
        """What others were shown, as sizes between which growth is to be proven."""
        return await self._session.run(gossip.open_questions, self._session)

    async def answered(self, sizes: tuple[int, int], path: Sequence[bytes] | None) -> None:
        """Check the proof against what others were shown."""
        await self._session.run(gossip.answered, self._session, sizes, path)


class CertificatesPort:
    """See `sync.ports.Certificates`; the checks are in `succession`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def due(self) -> bool:
        """At the first round after unlocking, and once an hour."""
        return succession.due(self._session)

    async def heard(self, statements: Sequence[bytes]) -> None:
        """Check the signatures, and remember."""
        await self._session.run(succession.heard, self._session, statements)
