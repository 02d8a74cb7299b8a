"""The store's own ASGI server, with its own settings and certificate, and nothing behind it.

    python -m bench.rawserver DATA     serves where the store in DATA would, until SIGTERM

Bodies are read and thrown away, parts are served from memory, a waiting request is held: what the
store takes beyond this is what the store does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import uvloop
from starlette.types import Receive, Scope, Send

from bench.wire import Place
from centralstore import server, settings
from centralstore.blobs import SLICE_BYTES
from protocol.limits import PART_BYTES
from tests.support.store import made_store

ROOT = Path(__file__).resolve().parents[1]
_PART = os.urandom(PART_BYTES)
_SLICES = [_PART[at : at + SLICE_BYTES] for at in range(0, PART_BYTES, SLICE_BYTES)]
_RECEIPT = b'{"receipt":"' + b"A" * 400 + b'"}'
_NOTHING = b'{"deliveries":[],"waiting":0}'
_STATUS = {"POST": 201, "PUT": 204, "GET": 200}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Any path; by method."""
    method = scope["method"]
    while (await receive()).get("more_body"):
        pass
    pieces = [_RECEIPT if method == "POST" else b"" if method == "PUT" else _NOTHING]
    if method == "GET" and "/parts/" in scope["path"]:
        pieces = _SLICES
    elif wait := parse_qs(scope["query_string"]).get(b"wait"):
        await asyncio.sleep(float(wait[0]))
    length = sum(map(len, pieces))
    head = [(b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": _STATUS[method], "headers": head})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[Place, int]]:
    """The raw server in a process of its own: where it listens, and its process id."""
    made = made_store(folder / "raw")
    command = [sys.executable, "-m", "bench.rawserver", str(made.data_dir)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    host, _, port = made.address.rpartition(":")
    try:
        yield Place(host=host, port=int(port)), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


async def _serve(data: Path) -> None:
    store = settings.load(data)
    made = server._granian(store, application)  # the very same settings are the point
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, made.stop)
    serving = loop.create_task(made.serve())
    await server._answering(store.listen, serving)
    print("ready", flush=True)
    await serving


if __name__ == "__main__":
    server._keep_memory()
    uvloop.run(_serve(Path(sys.argv[1])))
