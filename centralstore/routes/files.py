"""Files and their parts. Part bodies stream: hashed while they arrive, refused before they show."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from centralstore import doorway, files, parts, web
from centralstore.access import enter, enter_file
from centralstore.blobs import Pieces
from centralstore.database import Transaction
from centralstore.errors import unknown
from centralstore.policy import Act
from centralstore.sentfile import PATH_SEND, SentFile
from centralstore.service import Service
from centralstore.web import Call, Endpoint
from crypto import partleaf
from protocol.api import paths
from protocol.api.files import FileReply
from protocol.api.spaces import StoredReply
from protocol.errors import (
    BadInputError,
    DiskError,
    ErasedError,
    JitError,
    LimitExceededError,
    MalformedError,
    PartCorruptedError,
    StoreBusyError,
)
from protocol.ids import FileId, SpaceId, from_hex
from protocol.limits import KIB, MAX_PART_BYTES, MAX_PARTS

OCTETS: Final = "application/octet-stream"
STILL_SECONDS: Final = 60.0
STEP_BYTES: Final = 64 * KIB
"""A part may take hours on a slow line; without this much in STILL_SECONDS its place is needed."""
_SMALL_BYTES: Final = 16 * KIB
SPARE_BYTES: Final = 256 * 1024 * 1024
"""Kept free on the disk for the database and for what is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrived:
    """What came of a body: its leaf, size and object key, or why it is refused."""

    leaf: bytes = b""
    size: int = 0
    key: str = ""
    refusal: JitError | None = None


def announce(service: Service, tx: Transaction, call: Call) -> FileReply:
    """POST /spaces/{space}/files."""
    entered = enter(tx, Act.ANNOUNCE_FILE, SpaceId(call.id("space")))
    if call.body.sealed_bytes + SPARE_BYTES > service.blobs.free_bytes():
        raise DiskError("The store has no room for this file.")
    return files.announce(tx, entered, call.body, service.quotas)


def state(service: Service, tx: Transaction, call: Call) -> FileReply:
    """GET /spaces/{space}/files/{file}."""
    _, row = enter_file(tx, Act.READ_FILE, *_ids(call))
    return files.reply(tx, row)


def complete(service: Service, tx: Transaction, call: Call) -> StoredReply:
    """POST /spaces/{space}/files/{file}/complete."""
    space, file = _ids(call)
    return StoredReply(receipt=files.complete(tx, space, file, call.body.root, service.key))


def verified(service: Service, tx: Transaction, call: Call) -> FileReply:
    """POST /spaces/{space}/files/{file}/verified."""
    return files.prove(tx, *_ids(call), call.body.proof)


def withdraw(service: Service, tx: Transaction, call: Call) -> FileReply:
    """POST /spaces/{space}/files/{file}/withdraw."""
    return files.withdraw(tx, *_ids(call), call.body.proof)


async def put_part(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """PUT /spaces/{space}/files/{file}/parts/{number}.

    Who may is decided before a byte is taken; the digest is compared before a byte is kept; and
    both again, with the row, after the bytes are durable.
    """
    call = Call(path=request.path_params)
    authorization = request.headers.get("authorization", "")

    def may(tx: Transaction) -> parts.Slot:
        doorway.identify(service, tx, authorization)
        return parts.slot(tx, *_ids(call), _number(call))

    try:
        at = await service.database.run(endpoint.operation, may, log_success=False)
    except JitError:
        await doorway.drain(request, MAX_PART_BYTES)
        raise
    async with service.arriving:
        arrived = await _arrive(service, request, at)

    def keep(tx: Transaction) -> bool:
        doorway.identify(service, tx, authorization)
        tx.space, tx.subject = at.space, at.file
        if arrived.refusal is not None:
            raise arrived.refusal
        return parts.store_part(tx, at, arrived.leaf, arrived.size, arrived.key)

    kept = True
    try:
        kept = await service.database.run(endpoint.operation, keep)
    except JitError as error:
        kept = not undone(error)
        raise
    finally:
        if arrived.key and not kept:
            await service.blobs.remove(arrived.key)
    service.metrics.part("in", arrived.size)
    return Response(status_code=endpoint.status)


def undone(error: JitError) -> bool:
    """Whether nothing of a job that failed is committed.

    A line to the database that was lost at its commit leaves that open, and so does whoever is
    stopped while he waits: a row may name the bytes. They stay, and go with their file.
    """
    return not isinstance(error, StoreBusyError)


async def _arrive(service: Service, request: Request, at: parts.Slot) -> _Arrived:
    """Take the bytes, compare the digest, and make them durable unless they are here already."""
    try:
        claimed = _claimed(request)
        leaf, size, data = await _receive(request)
        if not hmac.compare_digest(claimed, leaf):
            raise PartCorruptedError("The bytes that arrived are not those that were sent.")
        known = at.known is not None
        key = "" if known else await service.blobs.put(at.prefix, at.number, data)
    except LimitExceededError as error:
        await doorway.drain(request, 2 * MAX_PART_BYTES)  # somewhat too long: who sends it hears so
        return _Arrived(refusal=error)
    except JitError as error:
        return _Arrived(refusal=error)
    return _Arrived(leaf=leaf, size=size, key=key)


async def get_part(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """GET /spaces/{space}/files/{file}/parts/{number}."""
    call = Call(path=request.path_params)
    authorization = request.headers.get("authorization", "")

    def may(tx: Transaction) -> parts.Stored:
        doorway.identify(service, tx, authorization)
        return parts.find_part(tx, *_ids(call), _number(call))

    part = await service.database.run(endpoint.operation, may)
    service.metrics.part("out", part.size)
    headers = {"content-length": str(part.size), paths.PART_DIGEST_HEADER: part.leaf.hex()}
    path = service.blobs.path(part.key)
    if path is not None and PATH_SEND in request.scope.get("extensions", {}):
        return await _whole(path, part.size, headers)
    return StreamingResponse(
        service.blobs.read(part.key, part.size), media_type=OCTETS, headers=headers
    )


async def _whole(path: Path, size: int, headers: dict[str, str]) -> Response:
    """The file itself, sent by the server: its bytes never come through Python.

    Raises:
        ErasedError, DiskError: it is gone, or is not what was kept.
    """
    try:
        found = await asyncio.to_thread(path.stat)
    except FileNotFoundError as error:
        raise ErasedError("The store has erased this part.") from error
    except OSError as error:
        raise DiskError("The store cannot read this part.") from error
    if found.st_size != size:
        raise DiskError("The store's disk keeps another part than it was given.")
    return SentFile(path, media_type=OCTETS, headers=headers)


async def _receive(request: Request) -> tuple[bytes, int, Pieces]:
    """The body in pieces, with its Merkle leaf and size; at most MAX_PART_BYTES, as it comes.

    Raises:
        StoreBusyError: hardly anything comes any more; the sender may try again.
    """
    web.check_length(request, MAX_PART_BYTES)
    leaf, size = partleaf.Arriving(), 0
    data: list[bytes | bytearray] = [bytearray()]
    now = asyncio.get_running_loop().time
    step = STEP_BYTES
    try:
        async with asyncio.timeout(STILL_SECONDS) as patience:
            async for piece in request.stream():
                size += len(piece)
                if size > MAX_PART_BYTES:
                    raise LimitExceededError(f"A part has at most {MAX_PART_BYTES} bytes.")
                leaf.add(piece)
                if len(piece) >= _SMALL_BYTES:
                    data += [piece, bytearray()]
                else:  # a sender of single bytes must not make an object of each
                    data[-1] += piece
                if size >= step:
                    step = size + STEP_BYTES
                    patience.reschedule(now() + STILL_SECONDS)
    except ClientDisconnect as error:
        raise MalformedError("The part ended early.") from error
    except TimeoutError as error:
        raise StoreBusyError("The part stopped arriving. Send it again.") from error
    parts.check_part_size(size)
    return leaf.leaf(), size, data


def _claimed(request: Request) -> bytes:
    text = request.headers.get(paths.PART_DIGEST_HEADER, "")
    claimed = from_hex(text, 32)
    if claimed is None:
        raise MalformedError(f"{paths.PART_DIGEST_HEADER} is 64 hexadecimal digits.")
    return claimed


def _ids(call: Call) -> tuple[SpaceId, FileId]:
    return SpaceId(call.id("space")), FileId(call.id("file"))


def _number(call: Call) -> int:
    try:
        return web.whole(call.path["number"], "part", low=0, high=MAX_PARTS)
    except BadInputError as error:
        raise unknown() from error
