"""What a transfer asks of the device: where sealed parts come from and where they go.

Everything here is sealed; sync sees neither plaintext nor keys, and cannot compute a digest: the
leaf comes with the part. All methods of `PartSource` and `PartSink` are called from several worker
threads at once and may block. Implemented by jitclient.evidence_io.
Spec: docs/protocol/50-files.md §50.6 and §50.7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SealedPart:
    """One part, sealed. `data` belongs to the thread that asked until it asks again."""

    index: int
    data: memoryview
    leaf: bytes
    """Merkle leaf of `data`, 32 bytes: the part's digest on the wire."""


class PartSource(Protocol):
    """An exhibit being sealed, read once; what an earlier run sent is read again for its hash."""

    def begin(self, stored: Collection[int]) -> None:
        """An attempt begins: the store has confirmed these parts and lacks all others."""

    def next(self) -> SealedPart | None:
        """The next part the store lacks, in file order, or None behind the last.

        Sealing goes on side by side. The leaf is on record before this returns, and a part that
        was returned before, by any run, has exactly the same bytes again.

        Raises:
            SourceChangedError: the file changed; nothing of the changed part was returned.
            NoInputError: the file cannot be read any more.
        """

    def catch_up(self) -> bool:
        """Read and check one part that `next` passed over; False when there is none left.

        Waits for `next` where the two are level. One thread at a time.

        Raises:
            SourceChangedError, NoInputError: as for `next`.
        """

    def sent(self, index: int) -> None:
        """The store has confirmed this part."""

    def root(self) -> bytes:
        """The Merkle root, 32 bytes, once `next` gave None and `catch_up` False.

        Raises:
            SourceChangedError: the file changed while it was read.
        """


class PartSink(Protocol):
    """An exhibit being received."""

    def wanted(self) -> Iterable[int]:
        """The indexes of the parts that are not kept yet, in file order."""

    def store(self, index: int, data: memoryview) -> None:
        """Check one part and begin to keep it. `data` may be reused by the caller afterwards.

        Raises:
            PartCorruptedError: it is not what the signed manifest promises; nothing was kept.
            DiskError: this part, or one before it, cannot be written.
        """

    def settle(self) -> None:
        """Wait until nothing is being written any more. Never raises; more may follow."""

    def finish(self) -> None:
        """Check the whole.

        Raises:
            HashMismatchError: root or SHA-256 are not those of the signed manifest.
        """


class Tokens(Protocol):
    """The session at the store; `sync.api.StoreApi` has it."""

    async def token(self, *, stale: str | None = None) -> str:
        """The bearer token of the session; another one than `stale`."""
