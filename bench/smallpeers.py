"""A folder of small files by programs that encrypt and carry: see bench/peers.py for what they do.

`rclone` moves file by file, eight at once; `restic` and `tar | age | curl` put many into one.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from bench.measuring import Measured, timed_curl
from bench.nginx import Nginx
from bench.peers import rclone_config, rest_server, restic_words, shell

Same = Callable[[Path, Path], None]
_AT_ONCE = 8


def both_ways(nginx: Nginx, folder: Path, source: Path, same: Same) -> dict[str, Measured]:
    """Every installed peer, up and down."""
    found: dict[str, Measured] = {}
    for name, programs, move in (
        ("tar + age + curl", ("tar", "age", "age-keygen", "curl"), _age),
        ("rclone crypt", ("rclone",), _rclone),
        ("restic", ("restic", "rclone"), _restic),
    ):
        if not all(map(shutil.which, programs)) or (move is _rclone and not nginx.lists):
            print(f"{name}: not installed, not measured", flush=True)
            continue
        place = folder / name.replace(" ", "-")
        place.mkdir()
        up, down = move(nginx, place, source, same)
        found |= {f"{name} up": up, f"{name} down": down}
    return found


def _age(nginx: Nginx, place: Path, source: Path, same: Same) -> tuple[Measured, Measured]:
    key, out = place / "key", place / "out"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    to = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True)
    curl, url = "curl --insecure --silent --show-error --fail --tlsv1.3", f"{nginx.url}aged"
    out.mkdir()
    up = timed_curl(
        shell(f"tar -C {source} -c . | age -r {to.stdout.strip()} | {curl} -H Expect: -T - {url}"),
        nginx.workers,
    )
    down = timed_curl(shell(f"{curl} {url} | age -d -i {key} | tar -C {out} -x"), nginx.workers)
    same(source, out)
    return up, down


def _rclone(nginx: Nginx, place: Path, source: Path, same: Same) -> tuple[Measured, Measured]:
    out = place / "out"
    rclone = [
        "rclone", "--config", str(rclone_config(nginx, place)), "--no-check-certificate",
        "--transfers", str(_AT_ONCE), "--checkers", str(_AT_ONCE), "copy",
    ]  # fmt: skip
    up = timed_curl([*rclone, str(source), "vault:small"], nginx.workers)
    down = timed_curl([*rclone, "vault:small", str(out)], nginx.workers)
    same(source, out)
    return up, down


def _restic(nginx: Nginx, place: Path, source: Path, same: Same) -> tuple[Measured, Measured]:
    with rest_server(nginx, place) as (port, server):
        restic = restic_words(nginx, place, port)
        subprocess.run([*restic, "init"], check=True)
        up = timed_curl([*restic, "backup", str(source)], (server,))
        out = place / "out"
        down = timed_curl([*restic, "restore", "latest", "--target", str(out)], (server,))
        same(source, out / source.relative_to("/"))
    return up, down
