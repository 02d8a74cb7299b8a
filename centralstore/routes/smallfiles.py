"""Several small files in one request: stored whole, fetched, proven. Decided in smallfiles.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from centralstore import doorway, smallfiles, web
from centralstore.database import Transaction
from centralstore.parts import Slot, Stored
from centralstore.routes.files import SPARE_BYTES, undone
from centralstore.service import Service
from centralstore.smallfiles import Placed, Whole
from centralstore.web import Call, Endpoint
from protocol import codec
from protocol.api import smallfiles as api
from protocol.errors import DiskError, JitError, LimitExceededError
from protocol.ids import SpaceId
from protocol.limits import MAX_PART_BYTES

T = TypeVar("T")
B = TypeVar("B", bound=msgspec.Struct)


async def store(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """POST /spaces/{space}/small-files.

    Two transactions, as for a part: who may, and where, before a byte is kept; and what shows after
    all bytes are durable.
    """
    doing = _Doing(service, endpoint, request)
    async with doing.refusing():
        body = await doing.body(api.StoreSmallRequest)
        whole = smallfiles.checked(body.files)
        if sum(len(one.file.part) for one in whole) + SPARE_BYTES > service.blobs.free_bytes():
            raise DiskError("The store has no room for these files.")
    doing.admit(len(whole))
    slots = await doing.job(lambda tx: smallfiles.announce(tx, doing.space, whole, service.quotas))
    placed: list[Placed] = []
    used: set[str] = set()
    known = True  # whether a row names the bytes; see `undone`
    try:
        async with service.arriving:
            await _make_durable(service, slots, whole, placed)
        known = False
        receipts, used = await doing.job(
            lambda tx: smallfiles.keep(tx, doing.space, placed, whole, service.key)
        )
        known = True
    except JitError as error:
        known = known or undone(error)
        raise
    finally:
        for _, _, key in placed:
            if key and known and key not in used:
                await service.blobs.remove(key)
    for one in whole:
        service.metrics.part("in", len(one.file.part))
    ordered = tuple(receipts[one.file] for one in body.files)
    return web.reply_of(api.StoreSmallReply(receipts=ordered), endpoint.status)


async def fetch(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """POST /spaces/{space}/small-files/parts."""
    doing = _Doing(service, endpoint, request)
    async with doing.refusing():
        body = await doing.body(api.FetchSmallRequest)
    doing.admit(len(body.files))
    found = await doing.job(lambda tx: smallfiles.find(tx, doing.space, body.files))
    async with service.arriving:
        parts = tuple([await _bytes(service, one) for one in found])
    for one in found:
        service.metrics.part("out", one.size)
    return web.reply_of(api.FetchSmallReply(parts=parts), endpoint.status)


async def verified(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """POST /spaces/{space}/small-files/verified."""
    doing = _Doing(service, endpoint, request)
    async with doing.refusing():
        body = await doing.body(api.ProveSmallRequest)
    doing.admit(len(body.proofs))
    await doing.job(lambda tx: smallfiles.prove(tx, doing.space, body.proofs))
    return web.reply_of(None, endpoint.status)


class _Doing:
    """One request of a signed-in device.

    What is done has a row in the access log for each file and act; a refusal is one row.
    """

    def __init__(self, service: Service, endpoint: Endpoint, request: Request) -> None:
        self._service = service
        self._endpoint = endpoint
        self._request = request
        self._call = Call(path=request.path_params)

    @property
    def space(self) -> SpaceId:
        return SpaceId(self._call.id("space"))

    async def body(self, kind: type[B]) -> B:
        """What was sent. Raises MalformedError, LimitExceededError."""
        try:
            return codec.decode_json(kind, await web.read(self._request, self._endpoint.limit))
        except LimitExceededError:
            await doorway.drain(self._request, MAX_PART_BYTES)
            raise

    def admit(self, files: int) -> None:
        """Count it as one request for each file; the first was counted when it came.

        Raises:
            LimitedError: that is too many.
        """
        for _ in range(files - 1):
            doorway.admit(self._service, self._request)

    async def job(self, work: Callable[[Transaction], T]) -> T:
        """One transaction of whoever asks."""
        authorization = self._request.headers.get("authorization", "")

        def identified(tx: Transaction) -> T:
            doorway.identify(self._service, tx, authorization)
            return work(tx)

        run = self._service.database.run
        return await run(self._endpoint.operation, identified, log_success=False)

    @asynccontextmanager
    async def refusing(self) -> AsyncIterator[None]:
        """What is refused inside is logged with whose request it was."""
        try:
            yield
        except JitError as error:
            refusal = error

            def refuse(_: Transaction) -> None:
                raise refusal

            await self.job(refuse)


async def _make_durable(
    service: Service, slots: Mapping[bytes, Slot], whole: Sequence[Whole], placed: list[Placed]
) -> None:
    """Keep the bytes that are not here yet; what was kept is in `placed`, also after a failure."""
    here = [(slots[one.file.file], one) for one in whole if one.file.file in slots]
    placed += [(at, one, "") for at, one in here if at.known is not None]
    new = [(at, one) for at, one in here if at.known is None]
    puts = (service.blobs.put(at.prefix, at.number, [one.file.part]) for at, one in new)
    kept = await asyncio.gather(*puts, return_exceptions=True)
    placed += [
        (at, one, key) for (at, one), key in zip(new, kept, strict=True) if isinstance(key, str)
    ]
    for failure in kept:
        if isinstance(failure, BaseException):
            raise failure


async def _bytes(service: Service, part: Stored) -> bytes:
    """A part, whole.

    Raises:
        ErasedError, DiskError: it is gone, or is not what was kept.
    """
    data = b"".join([piece async for piece in service.blobs.read(part.key, part.size)])
    if len(data) != part.size:
        raise DiskError("The store's disk keeps another part than it was given.")
    return data
