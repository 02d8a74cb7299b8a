"""Reading a server-sent event stream from chunks cut anywhere.

Only what the store sends is understood: `event`, `data` and comments (heartbeats). Lengths are
bounded, since a store could otherwise send one endless line. Pure: bytes in, wakes and deliveries
out.
Spec: docs/protocol/70-store.md §7; the format is the HTML standard's `text/event-stream`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol import codec
from protocol.api.spaces import Delivery, Wake
from protocol.errors import LimitExceededError, MalformedError

MAX_LINE_BYTES: Final = 48 * 1024
"""A pushed delivery of 24 KiB in base64, and its names."""
_KINDS: Final[dict[bytes, type[Wake | Delivery]]] = {b"wake": Wake, b"delivery": Delivery}


class EventParser:
    """Collects chunks and yields one struct for every complete event with a known name."""

    def __init__(self) -> None:
        self._rest = b""
        self._after_cr = False
        self._name = b""
        self._data: list[bytes] = []
        self._held = 0

    def feed(self, chunk: bytes) -> Iterator[Wake | Delivery]:
        """Take the next bytes of the stream.

        Raises:
            LimitExceededError: a line or an event longer than MAX_LINE_BYTES.
            MalformedError: the data of an event is not what its name says.
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
            told = self._line(line)
            if told is not None:
                yield told

    def _line(self, line: bytes) -> Wake | Delivery | None:
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

    def _dispatch(self) -> Wake | Delivery | None:
        name, data = self._name, b"\n".join(self._data)
        self._name, self._data, self._held = b"", [], 0
        kind = _KINDS.get(name)
        if kind is None or not data:
            return None
        try:
            return codec.decode_json(kind, data, limit=MAX_LINE_BYTES)
        except MalformedError as error:
            raise MalformedError("The store sent an event that cannot be read.") from error
