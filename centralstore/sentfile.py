"""A file as the whole body of an answer: the server sends it, past Python."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PATH_SEND: Final = "http.response.pathsend"
"""The extension of ASGI that a server names which can do it."""


class SentFile(Response):
    """A whole file as the body, sent by the server; ASGI's extension `http.response.pathsend`."""

    def __init__(self, path: Path, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(media_type=media_type, headers=headers)
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        del scope, receive
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        await send({"type": PATH_SEND, "path": str(self._path)})
