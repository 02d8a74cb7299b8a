"""What the story plays on: a folder, a real store as its own process, a file to hand over."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from protocol.errors import ConfigurationError

MIB: Final = 1024 * 1024
DEMO_MIB: Final = 256
READY: Final = "jitstore ready"


@dataclass(slots=True)
class Stage:
    """One folder with everything in it; removed and made anew by every demo."""

    folder: Path
    process: subprocess.Popen[str] | None = None
    address: str = ""
    fingerprint: str = ""

    @property
    def store_folder(self) -> Path:
        """The store's data."""
        return self.folder / "store"

    def profile(self, who: str) -> Path:
        """The profile folder of one person."""
        return self.folder / who

    @property
    def passphrase_file(self) -> Path:
        """One passphrase for the three demo profiles."""
        return self.folder / "passphrase"

    def clear(self) -> None:
        """Start from an empty folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        self.passphrase_file.write_text("a demo passphrase, not for real cases\n")

    @property
    def passphrase(self) -> str:
        """The demo passphrase."""
        return self.passphrase_file.read_text().strip()

    def start_store(self) -> None:
        """`jitstore init` and `jitstore serve` on a free loopback port.

        Raises:
            ConfigurationError: the store did not come up.
        """
        init = ["init", "--data", str(self.store_folder), "--listen", "127.0.0.1:0", "--json"]
        init += ["--admin-listen", "off"]
        made = json.loads(_store(init))
        self.address, self.fingerprint = made["address"], made["fingerprint"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "centralstore", "serve", "--data", str(self.store_folder)],
            stdout=subprocess.PIPE,
            stderr=(self.folder / "store.log").open("w"),
            text=True,
        )
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line.startswith(READY):
            log = (self.folder / "store.log").read_text()[-2000:]
            raise ConfigurationError(f"The store did not start: {line or log}")

    def invite(self, name: str, authority: str, country: str, party: str) -> str:
        """`jitstore user invite`: one line of text."""
        words = ["user", "invite", "--data", str(self.store_folder), "--name", name]
        words += ["--authority", authority, "--country", country, "--party", party, "--json"]
        return str(json.loads(_store(words))["invitation"])

    def client(self, who: str, *words: str) -> dict[str, object]:
        """`jitclient` for one of the three, with --json; errors come back as an object too."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "jitclient",
                "--profile",
                str(self.profile(who)),
                "--passphrase-file",
                str(self.passphrase_file),
                *words,
                "--json",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        return dict(json.loads(done.stdout or "{}"))

    def stop(self) -> None:
        """End the store as an operator would: SIGTERM, and wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _store(words: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "centralstore", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ConfigurationError(f"jitstore {words[0]}: {done.stderr.strip()}")
    return done.stdout


def make_file(path: Path, mebibytes: int = DEMO_MIB) -> Path:
    """A file nobody can compress: random bytes, written in blocks."""
    with path.open("wb") as out:
        for _ in range(mebibytes):
            out.write(os.urandom(MIB))
    return path
