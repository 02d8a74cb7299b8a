"""Starts a store on this computer and ends it: for the training and for the demonstration."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jitclient.foundation.programs import STORE, words_to_start
from jitclient.training.lines import ASKED, SAID, STATUS, read, written
from protocol.errors import ConfigurationError, MalformedError

READY: Final = "jitstore ready"
_END_SECONDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody whom the store invites."""

    name: str
    authority: str
    country: str  # ISO 3166 alpha-2
    party: str  # a value of `protocol.roles.Party`


@dataclass(slots=True)
class OwnStore:
    """A real store, SQLite and a folder, with TLS on a free port of loopback.

    Args:
        folder: its data; it must not exist.
        log: where its talk goes.
    """

    folder: Path
    log: Path
    address: str = ""
    fingerprint: str = ""
    invitations: tuple[str, ...] = ()
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def start(self, guests: Sequence[Guest]) -> None:
        """Make it, invite the guests, and serve until `stop`, or until this process ends. Blocking.

        Raises:
            ConfigurationError: it did not come up.
        """
        with self.log.open("w") as talk:
            self._process = process = subprocess.Popen(  # noqa: S603 - our own
                words_to_start(STORE),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=talk,
                text=True,
                # Ctrl+C in the terminal must not end it before those who still talk to it.
                start_new_session=os.name == "posix",
            )
        with contextlib.suppress(BrokenPipeError):
            self._tell(written(**{ASKED: self._commands(guests)}))
        made = self._heard()
        self.address, self.fingerprint = made["address"], made["fingerprint"]
        self.invitations = tuple(self._heard()["invitation"] for _ in guests)
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith(READY):
            raise self._silent()

    def _commands(self, guests: Sequence[Guest]) -> list[list[str]]:
        data = ["--data", str(self.folder)]
        made = ["init", *data, "--listen", "127.0.0.1:0", "--admin-listen", "off", "--json"]
        who = [["user", "invite", *data, *_words_of(one), "--json"] for one in guests]
        return [made, *who, ["serve", *data]]

    def _tell(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _heard(self) -> dict[str, str]:
        line = self._process.stdout.readline() if self._process and self._process.stdout else ""
        try:
            said = read(line)
        except MalformedError:
            raise self._silent() from None
        if said[STATUS]:
            raise self._silent()
        return dict(json.loads(said[SAID]))

    def _silent(self) -> ConfigurationError:
        told = self.log.read_text(errors="replace").strip().splitlines()
        why = told[-1] if told else "it said nothing"
        return ConfigurationError(f"The store of the training did not start: {why}")

    def stop(self) -> None:
        """End it in order, and wait. Blocking."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _words_of(one: Guest) -> list[str]:
    named = ["--name", one.name, "--authority", one.authority]
    return [*named, "--country", one.country, "--party", one.party]
