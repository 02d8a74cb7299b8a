"""A small store of parts over real TLS whose every answer can be spoiled.

It speaks the routes of a transfer as protocol.api describes them. `Spoil` says what happens to
the next requests that match: a connection cut, a wrong status, an altered part.
"""

from __future__ import annotations

import contextlib
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

from centralstore import certificate
from crypto import merkle, partleaf
from protocol.api import accounts, files, paths
from protocol.api.spaces import StoredReply
from sync.line import Line
from sync.tls import pinned_context


@dataclass
class Spoil:
    """What happens to the next `times` requests of `method` whose path ends in `ending`."""

    method: str
    ending: str
    how: Callable[[Handler], None]
    times: int = 1


@dataclass
class Kept:
    """One file at the store."""

    announced: files.AnnounceRequest
    parts: dict[int, bytes] = field(default_factory=dict)
    state: files.FileState = files.FileState.RECEIVING
    root: bytes = b""
    proofs: list[bytes] = field(default_factory=list)


class PartStore(ThreadingHTTPServer):
    """The server; use `running`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Path) -> None:
        key, pem = certificate.create("127.0.0.1", time.time())
        (folder / "key.pem").write_bytes(key)
        (folder / "crt.pem").write_bytes(pem)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "crt.pem", folder / "key.pem")
        self.pin = hashlib.sha256(certificate.der(pem)).digest()
        self.files: dict[str, Kept] = {}
        self.spoils: list[Spoil] = []
        self.log: list[tuple[str, str, int]] = []
        self.token = "token-1"
        self.sign_ins = 0
        self.connections = 0
        self.lock = threading.Lock()
        self.lines: list[Line] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def line(self, timeout: float = 120.0) -> Line:
        line = Line("127.0.0.1", self.port, pinned_context(self.pin), timeout)
        self.lines.append(line)
        return line

    def end_lines(self) -> None:
        """Wait until nothing runs on any line that was made."""
        for line in self.lines:
            line.close()
            line.threads.shutdown(wait=True)

    def count(self, method: str, status: int = 200) -> int:
        """How many part requests of this method got this status."""
        with self.lock:
            return sum(1 for m, p, s in self.log if m == method and s == status and "/parts/" in p)

    def spoil(
        self, method: str, ending: str, how: Callable[[Handler], None], times: int = 1
    ) -> None:
        self.spoils.append(Spoil(method, ending, how, times))

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(120)
        with self.lock:
            self.connections += 1
        with contextlib.suppress(OSError):
            super().finish_request(
                self.context.wrap_socket(request, server_side=True), client_address
            )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are the point."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: PartStore

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        with self.server.lock:
            self.server.log.append((self.command, self.path, status))
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def refuse(self, status: int, code: str, **headers: str) -> None:
        problem = accounts.Problem(status=status, code=code)
        self.answer(status, msgspec.json.encode(problem), **headers)

    def cut(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True
        with self.server.lock:
            self.server.log.append((self.command, self.path, 0))

    def _serve(self) -> None:
        for spoil in self.server.spoils:
            if spoil.times and spoil.method == self.command and self.path.endswith(spoil.ending):
                spoil.times -= 1
                spoil.how(self)
                return
        self.handle_well()

    def handle_well(self) -> None:
        """Answer as a good store does."""
        if self.path == paths.CHALLENGES:
            self.body()
            self._json(accounts.ChallengeReply(nonce=bytes(32), expires_in=60))
        elif self.path == paths.SESSIONS:
            self.body()
            self.server.sign_ins += 1
            self._json(accounts.SessionReply(token=self.server.token, expires_in=60))
        elif self.headers.get("Authorization") != f"Bearer {self.server.token}":
            self.body()
            self.refuse(401, "not-signed-in")
        elif "/parts/" in self.path:
            self._part()
        else:
            self._file()

    def _json(self, reply: msgspec.Struct) -> None:
        self.answer(200, msgspec.json.encode(reply), Content_Type="application/json")

    def _file(self) -> None:
        if self.path.endswith("/files"):
            request = msgspec.json.decode(self.body(), type=files.AnnounceRequest)
            kept = self.server.files.setdefault(request.file.hex(), Kept(request))
            self._state(kept)
            return
        words = self.path.split("/")
        kept = self.server.files[words[5]]
        if self.path.endswith("/verified"):
            kept.proofs.append(msgspec.json.decode(self.body(), type=files.ProofRequest).proof)
            self._json(accounts.Problem())
            return
        if not self.path.endswith("/complete"):
            self._state(kept)
            return
        kept.root = msgspec.json.decode(self.body(), type=files.CompleteRequest).root
        leaves = [partleaf.leaf(data) for _, data in sorted(kept.parts.items())]
        if len(leaves) != kept.announced.parts:
            self.refuse(409, "parts-missing")
        elif merkle.root(leaves) != kept.root:
            self.refuse(422, "bad-input")
        else:
            kept.state = files.FileState.COMPLETE
            self._json(StoredReply(receipt=b"receipt"))

    def _state(self, kept: Kept) -> None:
        whole = kept.state is not files.FileState.RECEIVING
        self._json(
            files.FileReply(
                file=kept.announced.file,
                state=kept.state,
                parts=kept.announced.parts,
                sealed_bytes=kept.announced.sealed_bytes,
                stored=() if whole else tuple(sorted(kept.parts)),
                verified_by=(),
                erase_reason=None,
                expires_at=0,
            )
        )

    def _part(self) -> None:
        words = self.path.split("/")
        kept, index = self.server.files[words[5]], int(words[7])
        if self.command == "GET":
            self.answer(200, kept.parts[index])
            return
        data = self.body()
        if self.headers.get(paths.PART_DIGEST_HEADER) != partleaf.leaf(data).hex():
            self.refuse(422, "bad-input")
            return
        if kept.parts.setdefault(index, data) != data:
            self.refuse(409, "conflict")
            return
        self.answer(200)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[PartStore]:
    """A running part store on a free loopback port."""
    with PartStore(folder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.end_lines()
            server.shutdown()
            thread.join()
