"""Which ASGI server carries the store better over TLS: uvicorn or granian.

One process each, TLS 1.3 on loopback, the same Starlette application: (a) a small request with a
bearer token that is hashed and looked up, answered with JSON; (b) PUT of one part (4 MiB, hashed
while it arrives); (c) GET of one part. Clients are `http.client` processes; the server's CPU
seconds come from the kernel, so that they do not depend on how the clients share the two cores.

Run: .venv/bin/python bench/server_choice.py [--seconds 4] [--rounds 3]
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import http.client
import json
import multiprocessing
import os
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

PART = 4 * 1024 * 1024
TOKEN = "b7" * 32
_SLICE = 256 * 1024


def application() -> object:
    """The same routes for both servers."""
    import msgspec
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    known = {hashlib.sha256(TOKEN.encode()).digest(): b"device"}
    body = os.urandom(PART)

    async def small(request: Request) -> Response:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hashlib.sha256(bearer.encode()).digest() not in known:
            return Response(status_code=401)
        return Response(msgspec.json.encode({"waiting": 0, "deliveries": []}))

    async def put(request: Request) -> Response:
        digest, size = hashlib.sha256(b"\x00"), 0
        async for piece in request.stream():
            digest.update(piece)
            size += len(piece)
        return Response(digest.hexdigest(), status_code=201 if size == PART else 400)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, PART, _SLICE):
            yield body[start : start + _SLICE]

    async def get(request: Request) -> Response:
        return StreamingResponse(pieces(), headers={"content-length": str(PART)})

    return Starlette(
        routes=[
            Route("/small", small),
            Route("/part", put, methods=["PUT"]),
            Route("/part", get, methods=["GET"]),
        ]
    )


def serve(kind: str, port: int, cert: str, key: str) -> None:
    """Run one server in this process until SIGTERM."""
    import uvloop

    if kind == "uvicorn":
        import uvicorn

        def context(config: object, default: object) -> ssl.SSLContext:
            made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            made.minimum_version = ssl.TLSVersion.TLSv1_3
            made.load_cert_chain(cert, key)
            return made

        uvicorn.run(
            application(),  # type: ignore[arg-type]
            host="127.0.0.1",
            port=port,
            loop="uvloop",
            http="httptools",
            log_level="error",
            access_log=False,
            server_header=False,
            ssl_certfile=cert,
            ssl_keyfile=key,
            ssl_context_factory=context,
        )
        return
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    async def main() -> None:
        server = Server(
            application(),
            address="127.0.0.1",
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
            ssl_cert=Path(cert),
            ssl_key=Path(key),
        )
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        await server.serve()

    uvloop.run(main())


def certificate(folder: Path) -> tuple[str, str]:
    """A throw-away P-256 certificate."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subprocess.run(
        [*command.split(), "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    return str(cert), str(key)


def client(work: str, port: int, seconds: float, done: multiprocessing.Queue[int]) -> None:
    """Repeat one request on one kept connection; report how many were answered."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body, headers, count = os.urandom(PART), {"Authorization": f"Bearer {TOKEN}"}, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        match work:
            case "small":
                connection.request("GET", "/small", headers=headers)
            case "put":
                connection.request("PUT", "/part", body, headers=headers)
            case _:
                connection.request("GET", "/part", headers=headers)
        answer = connection.getresponse()
        if answer.status not in (200, 201):
            raise SystemExit(f"status {answer.status}")
        while answer.read(1024 * 1024):
            pass
        count += 1
    done.put(count)


def cpu_seconds(pid: int) -> float:
    """User and system time of one process with its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(fields[i]) for i in (11, 12)) / os.sysconf("SC_CLK_TCK")


def peak_mib(pid: int) -> float:
    """Peak resident memory of one process."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def measure(kind: str, work: str, seconds: float, cert: str, key: str) -> dict[str, float]:
    """One server, four clients (two for bodies), one figure."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            sys.executable,
            __file__,
            "--serve",
            kind,
            "--port",
            str(port),
            "--cert",
            cert,
            "--key",
            key,
        ]
    )
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        done: multiprocessing.Queue[int] = multiprocessing.Queue()
        crowd = [
            multiprocessing.Process(target=client, args=(work, port, seconds, done))
            for _ in range(4 if work == "small" else 2)
        ]
        before, began = cpu_seconds(server.pid), time.monotonic()
        for one in crowd:
            one.start()
        count = sum(done.get(timeout=seconds + 30) for _ in crowd)
        elapsed, used = time.monotonic() - began, cpu_seconds(server.pid) - before
        for one in crowd:
            one.join()
        rate = count / elapsed * (1 if work == "small" else PART / 2**20)
        unit = used / count * 1e6 if work == "small" else used / (count * PART / 2**30)
        return {"rate": rate, "cpu": unit, "peak": peak_mib(server.pid)}
    finally:
        server.terminate()
        server.wait(10)


def main() -> None:
    """Interleave both servers over all kinds of work and print medians as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    for hidden in ("serve", "cert", "key"):
        parser.add_argument(f"--{hidden}", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port, given.cert, given.key)
        return
    rows: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        cert, key = certificate(Path(folder))
        for _ in range(given.rounds):
            for work in ("small", "put", "get"):
                for kind in ("uvicorn", "granian"):
                    row = measure(kind, work, given.seconds, cert, key)
                    rows.setdefault(f"{work} {kind}", []).append(row)
    for name, found in sorted(rows.items()):
        medians = {k: round(statistics.median(r[k] for r in found), 1) for k in found[0]}
        print(json.dumps({"case": name, **medians}))


if __name__ == "__main__":
    main()
