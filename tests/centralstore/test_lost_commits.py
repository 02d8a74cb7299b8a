"""Bytes that a row may name stay: a commit whose answer was lost may have taken place."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from centralstore import parts
from centralstore.blobs import Folder, new_prefix
from centralstore.routes import files
from centralstore.routes import smallfiles as together
from crypto import merkle, partleaf
from protocol import codec
from protocol.api import paths
from protocol.api.smallfiles import SmallFile, StoreSmallRequest
from protocol.errors import ErasedError, StoreBusyError
from protocol.ids import FileId, SpaceId
from protocol.limits import MAX_JSON_BYTES

SPACE, FILE = SpaceId(b"s" * 16), FileId(b"f" * 16)
PART = b"sealed" * 100


class Inside:
    """A store whose second job ends as it is told; the bytes lie in a real folder."""

    def __init__(self, folder: Path, end: BaseException) -> None:
        folder.mkdir()
        self.blobs, self.database, self.folder = Folder(folder), self, folder
        self.arriving = asyncio.Semaphore(1)
        self.quotas = self.key = None
        self._slot = parts.Slot(space=SPACE, file=FILE, number=0, prefix=new_prefix(), known=None)
        self._ends: list[Any] = [self._slot, end]

    async def run(self, _operation: str, _work: object, **_how: object) -> object:
        end = self._ends.pop(0)
        if isinstance(end, BaseException):
            raise end
        return end if _operation == "part.put" else {FILE: end}

    def kept(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


def asked(body: bytes, headers: list[tuple[bytes, bytes]]) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    named = {"space": SPACE.hex(), "file": FILE.hex(), "number": "0"}
    scope = {"type": "http", "method": "PUT", "headers": headers, "path_params": named}
    return Request(scope, receive)


async def put_one(inside: Any) -> None:
    digest = (paths.PART_DIGEST_HEADER.lower().encode(), partleaf.leaf(PART).hex().encode())
    endpoint: Any = SimpleNamespace(operation="part.put", status=204)
    await files.put_part(inside, endpoint, asked(PART, [digest]))


async def put_several(inside: Any) -> None:
    root = merkle.root([partleaf.leaf(PART)])
    one = SmallFile(file=FILE, recipients=(b"u" * 16,), part=PART, root=root)
    endpoint: Any = SimpleNamespace(operation="small.store", status=200, limit=MAX_JSON_BYTES)
    body = codec.encode_json(StoreSmallRequest(files=(one,)))
    await together.store(inside, endpoint, asked(body, []))


@pytest.mark.asyncio
@pytest.mark.parametrize("put", [put_one, put_several])
@pytest.mark.parametrize(
    ("end", "left"),
    [
        pytest.param(StoreBusyError("lost at its commit"), 1, id="nobody-knows"),
        pytest.param(asyncio.CancelledError(), 1, id="stopped-while-waiting"),
        pytest.param(ErasedError("refused"), 0, id="refused"),
    ],
)
async def test_only_what_no_row_can_name_is_taken_away(
    tmp_path: Path, put: Any, end: BaseException, left: int
) -> None:
    inside = Inside(tmp_path / "parts", end)

    with pytest.raises(type(end)):
        await put(inside)

    assert len(inside.kept()) == left
