"""One lane: a connection of its own that moves one part after the other, blocking.

Parts go over `http.client` instead of httpx: the same bytes for half the processor time and a
fraction of the memory (docs/adr/0005). A lane lives in a worker thread and writes from, and reads
into, buffers that are used again. Spec: docs/protocol/70-store.md.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Callable
from typing import Final, TypeVar

from protocol import codec
from protocol.api import paths
from protocol.api.accounts import Problem
from protocol.errors import (
    JitError,
    LimitExceededError,
    MalformedError,
    StoreUnreachableError,
)
from protocol.limits import KIB
from sync import replies
from sync.errors import NotSignedInError, from_answer
from sync.line import Bearer, Line
from sync.network import Proxy, proxy_for, refused_by
from sync.throttle import Throttle

V = TypeVar("V")

SLICE_BYTES: Final = 256 * KIB
"""A socket's timeout counts per slice, so that a slow line is not taken for a dead one."""
UNSENT_BYTES: Final = 128 * KIB
"""So much at most lies in the system's send buffer without being on its way. Without a bound a slow
line would seem to have taken a whole part at once, and then to hang until the answer comes."""
_MAX_PROBLEM_BYTES: Final = 16 * KIB
_BROKEN: Final = (OSError, http.client.HTTPException)


class Lane:
    """One connection. Used by one thread; `abort` may be called by any.

    Args:
        line: how to reach the store.
        bearer: shared by all lanes of a transfer.
        moved: told how many bytes went over the line, slice by slice.
        throttle: what bounds them.
    """

    def __init__(
        self,
        line: Line,
        bearer: Bearer,
        moved: Callable[[int], None],
        throttle: Throttle | None = None,
    ) -> None:
        self._line = line
        self._bearer = bearer
        self._moved = moved
        self._throttle = throttle or Throttle()
        self._connection: http.client.HTTPSConnection | None = None
        self._proxy: Proxy | None = None
        self._aborted = False
        self._at_rest = False  # nothing is under way on the connection

    def put(self, path: str, data: memoryview, digest: bytes) -> None:
        """Store one part; `digest` is its Merkle leaf.

        Raises:
            StoreUnreachableError: no connection, silence, or `abort`.
            JitError: the store's refusal, by `sync.errors.from_answer`.
        """
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(data)),
            paths.PART_DIGEST_HEADER: digest.hex(),
        }
        self._signed_in(
            lambda token: self._exchange("PUT", path, token, headers, data, replies.nothing)
        )

    def get(self, path: str, buffer: memoryview) -> int:
        """Read one part into `buffer`; return its length.

        Raises:
            LimitExceededError: the store wants to send more than fits.
            StoreUnreachableError, JitError: as for `put`.
        """

        def read(response: http.client.HTTPResponse) -> int:
            return self._into(response, buffer)

        return self._signed_in(lambda token: self._exchange("GET", path, token, {}, None, read))

    def ask(self, method: str, path: str, content: bytes | None, limit: int) -> bytes:
        """One small request with its reply, whole; then the connection is left to others.

        The token is not renewed: that is the asker's. Raises like `put`, and:
            LimitExceededError: the reply is longer than `limit` bytes.
            MalformedError: it is compressed.
        """
        headers = {"Accept": "application/json"}
        if content is not None:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        data, token = None if content is None else memoryview(content), self._bearer.token()

        def read(response: http.client.HTTPResponse) -> bytes:
            return replies.whole(response, limit, self._line.timeout)

        try:
            return self._exchange(method, path, token, headers, data, read)
        finally:
            self.release()

    def release(self) -> None:
        """Leave the connection to other lanes, if it is sound; the lane may be used again."""
        if self._connection is not None and self._at_rest and not self._aborted:
            connection, self._connection = self._connection, None
            self._line.kept.give(connection)
        self.close()

    def close(self) -> None:
        """Close the connection; the lane may be used again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def abort(self) -> None:
        """Make the running exchange, and every later one, fail soon. For another thread."""
        self._aborted = True
        connection = self._connection
        sock = connection.sock if connection is not None else None
        if sock is not None:
            # Not SSLSocket.shutdown: that one first turns the socket back to plain text.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _has_ended(self) -> bool:
        return self._aborted

    def _signed_in(self, exchange: Callable[[str], V]) -> V:
        token = self._bearer.token()
        try:
            return exchange(token)
        except NotSignedInError:
            return exchange(self._bearer.replace(token))

    def _exchange(
        self,
        method: str,
        path: str,
        token: str,
        headers: dict[str, str],
        data: memoryview | None,
        read: Callable[[http.client.HTTPResponse], V],
    ) -> V:
        """One request with its reply; once more when a kept connection breaks, as on a bad line.

        Each says the same when it is repeated: a part is put, or read, as a whole.
        """
        self._at_rest = False
        self._connection = self._connection or self._line.kept.take()
        kept = self._connection is not None
        try:
            try:
                found = self._read(self._request(method, path, token, headers, data), read)
            except _BROKEN:
                if not kept or self._aborted:
                    raise
                self.close()
                found = self._read(self._request(method, path, token, headers, data), read)
            self._at_rest = True
            return found
        except _BROKEN as error:
            self.close()
            broken = StoreUnreachableError("The connection to the store broke.")
            raise (refused_by(self._proxy, error) or broken) from error
        except JitError:
            self.close()
            raise

    def _request(
        self,
        method: str,
        path: str,
        token: str,
        headers: dict[str, str],
        data: memoryview | None,
    ) -> http.client.HTTPResponse:
        connection = self._connected()
        connection.putrequest(method, path, skip_accept_encoding=True)
        connection.putheader("Authorization", f"Bearer {token}")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        if data is not None:
            try:
                start = 0
                while start < len(data):
                    piece = data[start : start + self._throttle.piece(SLICE_BYTES)]
                    self._throttle.take(len(piece), self._has_ended)
                    connection.send(piece)
                    self._moved(len(piece))
                    start += len(piece)
            except (BrokenPipeError, ConnectionResetError):
                # The store may have answered (401, 413) before it read everything.
                return connection.getresponse()
        return connection.getresponse()

    def _connected(self) -> http.client.HTTPSConnection:
        if self._connection is None:
            line = self._line
            proxy = self._proxy = proxy_for(line.host, line.port)
            host, port = (line.host, line.port) if proxy is None else (proxy.host, proxy.port)
            connection = http.client.HTTPSConnection(
                host, port, timeout=line.timeout, context=line.context
            )
            if proxy is not None:
                connection.set_tunnel(line.host, line.port, proxy.headers)
            self._connection = connection
            connection.connect()
            _bound_buffer(self._connection.sock)
        if self._aborted:
            raise ConnectionAbortedError
        return self._connection

    def _read(
        self,
        response: http.client.HTTPResponse,
        read: Callable[[http.client.HTTPResponse], V],
    ) -> V:
        if not 200 <= response.status < 300:
            raise self._refusal(response)
        return read(response)

    def _into(self, response: http.client.HTTPResponse, buffer: memoryview) -> int:
        """The reply's body, a part."""
        length = response.length
        if length is None or response.getheader("Content-Encoding") is not None:
            raise MalformedError("The store sent a part without its length.")
        if length > len(buffer):
            raise LimitExceededError("The store sent a part that is too long.")
        filled = 0
        while filled < length:
            most = filled + self._throttle.piece(SLICE_BYTES)
            count = response.readinto(buffer[filled : min(length, most)])
            if not count:
                raise http.client.IncompleteRead(b"")
            self._throttle.take(count, self._has_ended)
            filled += count
            self._moved(count)
        response.close()
        return filled

    def _refusal(self, response: http.client.HTTPResponse) -> JitError:
        if response.status < 400:
            return MalformedError("The store answered with a redirection.")
        problem = Problem(status=response.status)
        with contextlib.suppress(MalformedError):
            problem = codec.decode_json(Problem, response.read(_MAX_PROBLEM_BYTES))
        return from_answer(response.status, problem, response.getheader("Retry-After"))


def _bound_buffer(sock: socket.socket) -> None:
    """Let a write return only when what it wrote is about to leave."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    with contextlib.suppress(OSError):  # a matter of telling the truth about progress, no more
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * UNSENT_BYTES)
