"""The small requests about a file, over the connections its parts travel on.

A small file is one part and three of these; over httpx each cost more processor time than the part
itself (docs/adr/0005). Every one of them may be repeated. Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

import msgspec

from protocol import codec
from protocol.api import files, paths, smallfiles
from protocol.api.spaces import StoredReply
from protocol.errors import MalformedError, NotSignedInError, StoreUnreachableError
from protocol.ids import FileId, SpaceId
from protocol.limits import KIB, MAX_DEVICES_PER_SPACE, MAX_JSON_BYTES
from sync.chunk_io import Lane
from sync.line import Bearer, Line
from sync.ports_transfer import Tokens
from sync.replies import MIN_BYTES_PER_SECOND
from sync.transport import decoded

T = TypeVar("T", bound=msgspec.Struct)

_ROUNDS: Final = 3
"""Connecting, asking, and asking again on a new connection: each may take the line's timeout."""


class FileCalls:
    """What a transfer asks the store beside its parts. Belongs to an event loop.

    Args:
        line: how the store is reached.
        tokens: the session's bearer token, renewed once when the store does not accept it.
    """

    def __init__(self, line: Line, tokens: Tokens) -> None:
        self._line = line
        self._tokens = tokens

    async def announce(self, space: SpaceId, request: files.AnnounceRequest) -> files.FileReply:
        """Announce a file; idempotent by file id. Answers which parts the store has.

        Raises:
            StoreUnreachableError: no connection, no answer in time, or the line broke.
            StoreIdentityError: another certificate; nothing was sent.
            MalformedError: the reply does not follow the format, or exceeds its limit.
            JitError: the store's refusal, by `sync.errors.from_answer`.
        """
        limit = file_bytes(request.parts)
        return await self._ask("POST", paths.files(space), files.FileReply, request, limit)

    async def state(self, space: SpaceId, file: FileId, parts: int) -> files.FileReply:
        """Where the store stands with a file of at most `parts` parts. Raises like `announce`."""
        limit = file_bytes(parts)
        return await self._ask("GET", paths.file(space, file), files.FileReply, None, limit)

    async def complete(self, space: SpaceId, file: FileId, root: bytes) -> bytes:
        """Every part is stored; the store's receipt for the whole (`StoreSigned`), unverified.

        Raises like `announce`.
        """
        body = files.CompleteRequest(root=root)
        return (await self._ask("POST", paths.complete(space, file), StoredReply, body)).receipt

    async def prove(self, space: SpaceId, file: FileId, proof: bytes) -> None:
        """Hand in a `Signed` DownloadProof: this device needs the store's copy no longer.

        Raises like `announce`.
        """
        body = files.ProofRequest(proof=proof)
        await self._signed_in("POST", paths.verified(space, file), body, MAX_JSON_BYTES)

    async def store_together(
        self, space: SpaceId, request: smallfiles.StoreSmallRequest
    ) -> tuple[bytes, ...]:
        """Store several whole small files; a receipt each, in order, unverified.

        Raises like `announce`: what one is refused for refuses all.
        """
        path, count = paths.small_files(space), len(request.files)
        reply = await self._ask("POST", path, smallfiles.StoreSmallReply, request)
        return _as_many(reply.receipts, count)

    async def fetch_together(self, space: SpaceId, files_: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The sealed bytes of several small files, in order, unverified. Raises like `announce`."""
        path, body = paths.small_parts(space), smallfiles.FetchSmallRequest(files=files_)
        reply = await self._ask("POST", path, smallfiles.FetchSmallReply, body)
        return _as_many(reply.parts, len(files_))

    async def prove_together(self, space: SpaceId, proofs: tuple[bytes, ...]) -> None:
        """Hand in several `Signed` DownloadProofs. Raises like `announce`."""
        body = smallfiles.ProveSmallRequest(proofs=proofs)
        await self._signed_in("POST", paths.small_proofs(space), body, MAX_JSON_BYTES)

    async def _ask(
        self,
        method: str,
        path: str,
        kind: type[T],
        body: msgspec.Struct | None,
        limit: int = MAX_JSON_BYTES,
    ) -> T:
        return decoded(kind, await self._signed_in(method, path, body, limit), limit)

    async def _signed_in(
        self, method: str, path: str, body: msgspec.Struct | None, limit: int
    ) -> bytes:
        content = None if body is None else codec.encode_json(body)
        token = await self._tokens.token()
        try:
            return await self._send(method, path, token, content, limit)
        except NotSignedInError:
            token = await self._tokens.token(stale=token)
            return await self._send(method, path, token, content, limit)

    async def _send(
        self, method: str, path: str, token: str, content: bytes | None, limit: int
    ) -> bytes:
        """One request in a thread, which ends soon when nobody waits for it any more."""
        lane = Lane(self._line, Bearer(lambda _: token), lambda _: None)
        asked = self._line.threads.submit(lane.ask, method, path, content, limit)
        most = _ROUNDS * self._line.timeout + limit / MIN_BYTES_PER_SECOND
        try:
            async with asyncio.timeout(most):
                return await asyncio.wrap_future(asked)
        except TimeoutError as error:
            raise StoreUnreachableError("The store answers too slowly.") from error
        finally:
            if not asked.done():
                lane.abort()


def _as_many(answers: tuple[bytes, ...], asked: int) -> tuple[bytes, ...]:
    if len(answers) != asked:
        raise MalformedError("The store answered for another number of files than was asked.")
    return answers


def file_bytes(parts: int) -> int:
    """The longest `FileReply` of so many parts: an index and a comma each, and who verified."""
    return parts * (len(str(parts)) + 1) + MAX_DEVICES_PER_SPACE * 32 + 4 * KIB
