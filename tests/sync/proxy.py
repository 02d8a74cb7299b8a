"""A real proxy on loopback that is asked to CONNECT: it lets through, refuses, or diverts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Seen:
    """What it was asked: the target of each CONNECT, and its headers in small letters."""

    address: str = ""
    targets: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def proxying(*, status: int = 200, divert: str = "") -> Iterator[Seen]:
    """Serve until the block ends.

    Args:
        status: what it answers; anything but 200 connects nothing.
        divert: `host:port` it connects to whatever was asked for, as an inspecting proxy does.
    """
    seen = Seen()
    listener = socket.create_server(("127.0.0.1", 0))
    seen.address = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                threading.Thread(
                    target=_serve, args=(line, seen, status, divert), daemon=True
                ).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield seen
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _serve(line: socket.socket, seen: Seen, status: int, divert: str) -> None:
    with line, suppress(OSError, ValueError):
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            piece = line.recv(1)
            if not piece:
                return
            data += piece
        first, *rest = data.decode("latin-1").strip().split("\r\n")
        verb, target, _ = first.split(" ")
        named = (one.partition(":") for one in rest)
        seen.headers.append({name.lower(): value.strip() for name, _, value in named})
        seen.targets.append(f"{verb} {target}")
        if status != 200:
            line.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
            return
        host, _, port = (divert or target).rpartition(":")
        with socket.create_connection((host, int(port))) as other:
            line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(other, line), daemon=True)
            back.start()
            _pump(line, other)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
