"""nginx with TLS and WebDAV, where it is installed: the bare wire to compare with."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.measuring import Measured, children_of
from centralstore import certificate

_MODULE = Path("/usr/lib/nginx/modules/ngx_http_dav_ext_module.so")
"""Lists folders over WebDAV, which rclone asks for."""
_CONFIG = """
{module}
daemon off; worker_processes 1; pid {place}/nginx.pid; error_log {place}/error.log;
user root;
events {{ worker_connections 64; }}
http {{
  access_log off; client_max_body_size 0; sendfile on;
  client_body_temp_path {place}/body; proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fcgi; uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.3;
    ssl_certificate {place}/crt.pem; ssl_certificate_key {place}/key.pem;
    root {place}/files; dav_methods PUT DELETE MKCOL; {listing}
  }}
}}
"""


class Nginx:
    """A running nginx."""

    def __init__(self, place: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self._place, self._port, self._process = place, port, process

    @classmethod
    @contextlib.contextmanager
    def running(cls, folder: Path) -> Iterator[Nginx | None]:
        """Start nginx in `folder`; None where it is not installed."""
        program = shutil.which("nginx")
        if program is None:
            yield None
            return
        place = folder / "nginx"
        (place / "files").mkdir(parents=True)
        key, pem = certificate.create("127.0.0.1", time.time())
        (place / "key.pem").write_bytes(key)
        (place / "crt.pem").write_bytes(pem)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        lists = _MODULE.exists()
        config = _CONFIG.format(
            place=place,
            port=port,
            module=f"load_module {_MODULE};" if lists else "",
            listing="dav_ext_methods PROPFIND OPTIONS;" if lists else "",
        )
        (place / "nginx.conf").write_text(config)
        command = [program, "-c", str(place / "nginx.conf"), "-e", str(place / "error.log")]
        process = subprocess.Popen(command)
        try:
            cls._wait(port)
            yield cls(place, port, process)
        finally:
            process.terminate()
            process.wait(20)

    @property
    def url(self) -> str:
        """Where files go and come from, with a slash at the end."""
        return f"https://127.0.0.1:{self._port}/"

    @property
    def lists(self) -> bool:
        """Whether it answers what a WebDAV client asks before it sends."""
        return _MODULE.exists()

    @property
    def pem(self) -> Path:
        """Its certificate."""
        return self._place / "crt.pem"

    @property
    def key(self) -> Path:
        """The key of its certificate."""
        return self._place / "key.pem"

    def forget(self, name: str) -> None:
        """Delete a file that was put there."""
        (self._place / "files" / name).unlink()

    @property
    def workers(self) -> tuple[int, ...]:
        """The processes that do the work."""
        return children_of(self._process.pid)

    def both_ways(
        self,
        source: Path,
        timed: Callable[[list[str], Any], Measured],
        warm: Callable[[int], None],
    ) -> tuple[Measured, Measured]:
        """One body up and down again."""
        url = f"{self.url}body"
        out = self._place / "out"
        common = ["curl", "--insecure", "--silent", "--show-error", "--fail", "--tlsv1.3"]
        workers = self.workers
        warm(2 * source.stat().st_size)
        up = timed([*common, "-H", "Expect:", "-T", str(source), url], workers)
        warm(2 * source.stat().st_size)
        down = timed([*common, "-o", str(out), url], workers)
        out.unlink()
        (self._place / "files" / "body").unlink()
        return up, down

    @staticmethod
    def _wait(port: int) -> None:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                return
            time.sleep(0.02)
        raise SystemExit("nginx does not answer")
