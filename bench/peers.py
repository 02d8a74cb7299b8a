"""Programs that encrypt files and carry them, where they are installed: what people would use.

- `rclone` with its crypt backend over WebDAV (nginx with dav-ext): XSalsa20-Poly1305, 64 KiB blocks
- `age` piped to `curl`, and back: X25519, ChaCha20-Poly1305, 64 KiB chunks
- `restic` to `rclone serve restic`: AES-256-CTR and Poly1305, deduplicating

All over TLS 1.3 on loopback, to servers that do not fsync. Down, each writes the decrypted file and
has checked its authentication tags; none of them compares a hash of the whole with a signed one.
Debian: `apt-get install rclone age restic nginx-light libnginx-mod-http-dav-ext`.
"""

from __future__ import annotations

import contextlib
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.measuring import Measured, timed_curl
from bench.nginx import Nginx

Warm = Callable[[int], None]


def both_ways(
    nginx: Nginx, folder: Path, source: Path, warm: Warm
) -> dict[str, tuple[Measured, Measured]]:
    """Every installed peer: (up, down) by its name."""
    found = {}
    for name, programs, move in (
        ("age + curl", ("age", "age-keygen", "curl"), _age),
        ("rclone crypt", ("rclone",), _rclone),
        ("restic", ("restic", "rclone"), _restic),
    ):
        if not all(map(shutil.which, programs)) or (move is _rclone and not nginx.lists):
            print(f"{name}: not installed, not measured", flush=True)
            continue
        place = folder / name.replace(" ", "-")
        place.mkdir()
        found[name] = move(nginx, place, source, warm)
        shutil.rmtree(place)
    return found


def _age(nginx: Nginx, place: Path, source: Path, warm: Warm) -> tuple[Measured, Measured]:
    key, out = place / "key", place / "out"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    to = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True)
    curl = "curl --insecure --silent --show-error --fail --tlsv1.3"
    url, name = f"{nginx.url}aged", shlex.quote(str(source))
    up = shell(f"age -r {to.stdout.strip()} {name} | {curl} -H Expect: -T - {url}")
    down = shell(f"{curl} {url} | age -d -i {key} -o {out}")
    size = source.stat().st_size
    warm(2 * size)
    done_up = timed_curl(up, nginx.workers)
    warm(2 * size)
    done_down = timed_curl(down, nginx.workers)
    _same(source, out)
    nginx.forget("aged")
    return done_up, done_down


def _rclone(nginx: Nginx, place: Path, source: Path, warm: Warm) -> tuple[Measured, Measured]:
    config, out = rclone_config(nginx, place), place / "out"
    rclone = ["rclone", "--config", str(config), "--no-check-certificate", "copyto"]
    size = source.stat().st_size
    warm(2 * size)
    up = timed_curl([*rclone, str(source), "vault:body"], nginx.workers)
    warm(2 * size)
    down = timed_curl([*rclone, "vault:body", str(out)], nginx.workers)
    _same(source, out)
    nginx.forget("body.bin")
    return up, down


def _restic(nginx: Nginx, place: Path, source: Path, warm: Warm) -> tuple[Measured, Measured]:
    with rest_server(nginx, place) as (port, server):
        restic = restic_words(nginx, place, port)
        subprocess.run([*restic, "init"], check=True)
        size = source.stat().st_size
        warm(2 * size)
        up = timed_curl([*restic, "backup", str(source)], (server,))
        warm(2 * size)
        out = place / "out"
        down = timed_curl([*restic, "restore", "latest", "--target", str(out)], (server,))
        _same(source, out / source.relative_to("/"))
    return up, down


def rclone_config(nginx: Nginx, place: Path) -> Path:
    """How rclone reaches nginx as `dav:`, and encrypted as `vault:`."""
    secret = subprocess.run(
        ["rclone", "obscure", "a passphrase"], check=True, capture_output=True, text=True
    ).stdout.strip()
    config = place / "rclone.conf"
    config.write_text(
        f"[dav]\ntype = webdav\nurl = {nginx.url}\nvendor = other\n"
        f"[vault]\ntype = crypt\nremote = dav:\nfilename_encryption = off\npassword = {secret}\n"
    )
    return config


def restic_words(nginx: Nginx, place: Path, port: int) -> list[str]:
    """How restic is called for the server at `port`; its repository is there after `init`."""
    env = {"RESTIC_PASSWORD": "a passphrase", "HOME": str(place)}
    return [
        "env", *(f"{name}={value}" for name, value in env.items()), "restic", "--quiet",
        "--no-cache", "-r", f"rest:https://127.0.0.1:{port}/", "--cacert", str(nginx.pem),
    ]  # fmt: skip


@contextlib.contextmanager
def rest_server(nginx: Nginx, place: Path) -> Iterator[tuple[int, int]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        "rclone", "serve", "restic", "--addr", f"127.0.0.1:{port}", "--cert", str(nginx.pem),
        "--key", str(nginx.key), str(place / "repository"),
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.02)
            yield port, server.pid
        finally:
            server.terminate()


def shell(line: str) -> list[str]:
    return ["bash", "-o", "pipefail", "-c", line]


def _same(source: Path, out: Path) -> None:
    """What came back is what went: a peer that lost something is not compared with."""
    if out.stat().st_size != source.stat().st_size:
        raise SystemExit(f"{out.name} is not what was sent")
    out.unlink()
