"""Where sealed parts lie when several processes serve one store: an S3-compatible object store.

A part is sent with its SHA-256, and believed only when the store shows an object of that size and
mark afterwards. What fails for a moment is tried again with growing pauses, for a bounded time.
Nothing is conditional on what is there: keys are random, and the row in the database decides.
The bucket must not keep old versions: what is erased must be gone. Spec: docs/protocol/70-store.md
§9.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import obstore
from obstore.exceptions import (
    BaseError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from centralstore.blobs import SLICE_BYTES, Pieces
from protocol.errors import ConfigurationError, DiskError, ErasedError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

_RETRY: Final[RetryConfig] = {
    "max_retries": 10,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=5),
        "base": 2,
    },
}
_REFUSED: Final = (
    FileNotFoundError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
)
_TIMEOUT: Final = "30s"
_CONNECT_TIMEOUT: Final = "5s"
_UNKNOWN_ROOM: Final = 2**62
PUT_SECONDS: Final = 120.0
"""No put or read goes on for longer: retries and timeouts together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where an object store is and as whom it is asked; `folder` may be empty."""

    name: str
    folder: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str


class Objects:
    """Parts in a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        config: S3Config = {
            "region": bucket.region,
            "access_key_id": bucket.access_key,
            "secret_access_key": bucket.secret_key,
            "checksum_algorithm": "sha256",
            "virtual_hosted_style_request": False,
            "imdsv1_fallback": False,
            "conditional_put": "disabled",
        }
        if bucket.endpoint:
            config["endpoint"] = bucket.endpoint
        client: ClientConfig = {
            "timeout": _TIMEOUT,
            "connect_timeout": _CONNECT_TIMEOUT,
            "allow_http": bucket.endpoint.startswith("http://"),
        }
        self._store = S3Store(
            bucket.name,
            prefix=bucket.folder or None,
            config=config,
            client_options=client,
            retry_config=_RETRY,
        )

    async def check(self) -> None:
        """Refuse a bucket that is not there or does not let us write.

        One that is out of reach now is not refused: messages go on, and `/readyz` tells.

        Raises:
            ConfigurationError: no such bucket, or not with these keys.
        """
        try:
            key = await self.put("probe", 0, [b"jitstore"])
            await self.remove(key)
        except DiskError as error:
            if isinstance(error.__cause__, _REFUSED):
                raise ConfigurationError(
                    "The object store refuses: no such bucket, or not with these keys."
                ) from error

    async def put(self, prefix: str, number: int, data: Pieces) -> str:
        """See `Blobs.put`. What was sent is looked at before it is believed.

        What is gone by then was erased with its file, by another process, a moment ago. It is sent
        once more: whether the file still takes it is for the database to say, not for us.
        """
        key, whole = f"{prefix}/{number}-{secrets.token_hex(4)}", b"".join(data)
        try:
            try:
                sent, kept = await self._sent(key, whole)
            except FileNotFoundError:
                sent, kept = await self._sent(key, whole)
        except (BaseError, OSError) as error:
            raise DiskError("The store's object store fails; the part was not kept.") from error
        marks = (sent["e_tag"], kept["e_tag"])
        if kept["size"] != len(whole) or (all(marks) and marks[0] != marks[1]):
            raise DiskError("The store's object store kept something else; the part was not kept.")
        return key

    async def _sent(self, key: str, whole: bytes) -> tuple[Any, Any]:
        sent = await obstore.put_async(self._store, key, whole, use_multipart=False)
        return sent, await obstore.head_async(self._store, key)

    def path(self, key: str) -> Path | None:
        """See `Blobs.path`: there is none."""
        del key
        return None

    async def read(self, key: str, size: int) -> AsyncIterator[bytes]:
        """See `Blobs.read`. One request, taken in as the caller asks for more."""
        left = size
        try:
            found = await obstore.get_async(self._store, key)
            async for piece in found.stream(min_chunk_size=SLICE_BYTES):
                left -= len(piece)
                if left < 0:
                    break
                yield bytes(piece)
        except FileNotFoundError as error:
            raise ErasedError("The store has erased this part.") from error
        except (BaseError, OSError) as error:
            raise DiskError("The store cannot read this part.") from error
        if left:
            raise DiskError("The store's object store keeps another part than it was given.")

    async def remove(self, key: str) -> None:
        """See `Blobs.remove`."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise DiskError("The store cannot delete a part.") from error

    async def erase(self, prefix: str) -> int:
        """See `Blobs.erase`. The listing is asked for anew until it is empty."""
        count = 0
        try:
            while gone := await self._erase_listed(prefix):
                count += gone
        except (BaseError, OSError) as error:
            raise DiskError("The store cannot delete parts.") from error
        return count

    async def _erase_listed(self, prefix: str) -> int:
        count = 0
        async for batch in obstore.list(self._store, prefix=prefix):
            keys = [meta["path"] for meta in batch]
            await obstore.delete_async(self._store, keys)
            count += len(keys)
        return count

    def free_bytes(self) -> int:
        """An object store does not say; its own quota refuses."""
        return _UNKNOWN_ROOM
