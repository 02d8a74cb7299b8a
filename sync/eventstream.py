"""Reading a server-sent event stream from chunks cut anywhere.

Only what the store sends is understood: `event`, `data` and comments (heartbeats). Lengths are
bounded, since a store could otherwise send one endless line. Pure: bytes in, wakes out.
Spec: docs/protocol/70-store.md §7; the format is the HTML standard's `text/event-stream`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol import codec
from protocol.api.spaces import Wake
from protocol.errors import LimitExceededError, MalformedError

MAX_LINE_BYTES: Final = 16 * 1024
_WAKE: Final = b"wake"


class EventParser:
    """Collects chunks and yields one `Wake` for every complete event of that name."""

    def __init__(self) -> None:
        self._rest = b""
        self._after_cr = False
        self._name = b""
        self._data: list[bytes] = []
        self._held = 0

    def feed(self, chunk: bytes) -> Iterator[Wake]:
        """Take the next bytes of the stream.

        Raises:
            LimitExceededError: a line or an event longer than MAX_LINE_BYTES.
            MalformedError: the data of a wake event is not a `Wake`.
        """
        if self._after_cr and chunk:  # a CRLF cut in two is one line end, not two
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if chunk.endswith(b"\r"):
            self._after_cr = True
        joined = self._rest + chunk
        lines = joined.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > MAX_LINE_BYTES:
            raise LimitExceededError("A line of the event stream is too long.")
        for line in lines:
            wake = self._line(line)
            if wake is not None:
                yield wake

    def _line(self, line: bytes) -> Wake | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            self._name = value
        elif field == b"data":
            self._held += len(value)
            if self._held > MAX_LINE_BYTES:
                raise LimitExceededError("An event of the store is too long.")
            self._data.append(value)
        return None

    def _dispatch(self) -> Wake | None:
        name, data = self._name, b"\n".join(self._data)
        self._name, self._data, self._held = b"", [], 0
        if name != _WAKE or not data:
            return None
        try:
            return codec.decode_json(Wake, data, limit=MAX_LINE_BYTES)
        except MalformedError as error:
            raise MalformedError("The store sent a wake-up that cannot be read.") from error
