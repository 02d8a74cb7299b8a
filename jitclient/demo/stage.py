"""What the story plays on: a folder, a real store as its own process, a file to hand over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jitclient.training.ownstore import Guest, OwnStore

MIB: Final = 1024 * 1024
DEMO_MIB: Final = 256


@dataclass(slots=True)
class Stage:
    """One folder with everything in it; removed and made anew by every demo."""

    folder: Path
    store: OwnStore | None = None

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

    def start_store(self, guests: Sequence[Guest]) -> OwnStore:
        """A store on a free loopback port that invites the guests; see `training.ownstore`.

        Raises:
            ConfigurationError: the store did not come up.
        """
        self.store = OwnStore(self.store_folder, self.folder / "store.log")
        self.store.start(guests)
        return self.store

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
        """End the store."""
        if self.store is not None:
            self.store.stop()


def make_file(path: Path, mebibytes: int = DEMO_MIB) -> Path:
    """A file nobody can compress: random bytes, written in blocks."""
    with path.open("wb") as out:
        for _ in range(mebibytes):
            out.write(os.urandom(MIB))
    return path
