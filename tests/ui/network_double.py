"""What the double of the desk says of the way to the store."""

from __future__ import annotations

from pathlib import Path

from jitclient.networkviews import Authority, Look
from protocol.errors import ConfigurationError, JitError


class NetworkDouble:
    """Fits `ui.frameports.NetworkPort`."""

    def __init__(self) -> None:
        self.proxies: list[str | None] = []
        self.files: list[Path | None] = []
        self.chosen: list[tuple[str, str]] = []
        self.found: tuple[Authority, ...] = ()
        self.refuses: JitError | None = None
        self.seen = Look(address="store.example:8443")

    async def proxy(self, value: str | None) -> None:
        self._maybe()
        self.proxies.append(value)

    async def choose(self, key: str, value: str) -> None:
        self._maybe()
        self.chosen.append((key, value))

    async def demand(self, file: Path | None) -> None:
        self._maybe()
        self.files.append(file)
        self.found = () if file is None else (Authority("Office root (example)", 1_900_000_000),)

    async def authorities(self) -> tuple[Authority, ...]:
        if isinstance(self.refuses, ConfigurationError):
            raise self.refuses
        return self.found

    async def look(self) -> Look:
        self._maybe()
        return self.seen

    def _maybe(self) -> None:
        if self.refuses is not None:
            raise self.refuses
