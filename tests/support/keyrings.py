"""A keyring for tests: entries in one file, so that a child process and a killed one see the same.

It stands in for Secret Service, which needs a desktop session; `installed` makes the product
accept it in place of the real ones and of nothing else.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest import mock

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from localstore import keychain
from localstore.files import save_file


class FileKeyring(KeyringBackend):
    """One JSON file; `locked` answers as a locked Secret Service does."""

    priority = 9

    def __init__(self, file: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.file = file
        self.locked = False

    @property
    def entries(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.file.read_text()) if self.file.exists() else {}
        return found

    def put(self, entries: dict[str, str]) -> None:
        save_file(self.file, json.dumps(entries).encode())  # durably, as keyrings have to

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.put({**self.entries, username: password})

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        entries = self.entries
        if entries.pop(username, None) is None:
            raise PasswordDeleteError(username)
        self.put(entries)

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked


KeyringBackend._classes.discard(FileKeyring)  # defining one makes it everybody's candidate
_NAME: Final = (FileKeyring.__module__, FileKeyring.__qualname__)


@contextlib.contextmanager
def installed(file: Path) -> Iterator[FileKeyring]:
    """The keyring of this process until the end of the block."""
    backend = FileKeyring(file)
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        with mock.patch.object(keychain, "_REAL", frozenset({_NAME})):
            yield backend
    finally:
        keyring.set_keyring(before)
